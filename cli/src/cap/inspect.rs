//! `nano cap inspect`: what a capability allows, without any key.

use super::arguments::Inspect;
use super::{describe, hex, read, store, text};
use crate::failure::Failure;
use nano_caps::{ANY, Body, LaneRule};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

/// The objects that grants name, the widest first.
fn objects(body: &Body<'_>) -> Vec<(u16, u16)> {
    let mut named: BTreeSet<(u16, u16)> =
        body.frames().flat_map(|frame| frame.grants()).map(|grant| (grant.ns, grant.woof)).collect();
    named.insert((ANY, ANY));
    named.into_iter().rev().collect()
}

/// Prints a capability as a tree.
pub fn inspect(arguments: &Inspect) -> Result<u8, Failure> {
    let capability = read(&arguments.capability)?;
    let written = text(&capability)?;
    let body = capability.body();
    let (header, summary) = (body.header(), body.summary());
    let objects = objects(&body);
    if arguments.json {
        let frames: Vec<_> = body
            .frames()
            .map(|frame| frame.entries().map(|entry| describe::json(&entry)).collect::<Vec<_>>())
            .collect();
        let effective: Vec<_> = objects
            .iter()
            .map(|(ns, woof)| json!({"ns": ns, "woof": woof, "rights": describe::names(body.rights(*ns, *woof))}))
            .collect();
        let lane = match summary.lane {
            LaneRule::Default => Some(0),
            LaneRule::Only(lane) => Some(lane),
            LaneRule::Never => None,
        };
        println!(
            "{}",
            json!({"verified": false, "slot": header.slot(), "generation": header.generation(), "epoch": header.epoch(),
                "frames": frames, "rights": describe::names(body.rights(ANY, ANY)), "effective": effective,
                "expires": summary.expires, "not_before": summary.not_before, "lane": lane,
                "max_payload": summary.max_payload, "min_gap_ms": summary.min_gap_ms, "sealed": summary.sealed,
                "may_mint": summary.may_mint,
                "requires": body.required().map(|id| hex(&id.0)).collect::<Vec<_>>(),
                "identities": body.identities().map(|id| hex(&id.0)).collect::<Vec<_>>(),
                "inert": body.widenings().count(), "compressions": body.compressions(),
                "capability": arguments.reveal.then_some(&written)})
        );
        return Ok(0);
    }
    anstream::println!("capability (unverified: no key was used)");
    anstream::println!("├─ slot {}, generation {}, epoch {}", header.slot(), header.generation(), header.epoch());
    for (index, frame) in body.frames().enumerate() {
        anstream::println!("├─ frame {index}{}", if index == 0 { " (root)" } else { "" });
        let entries: Vec<_> = frame.entries().collect();
        for (number, entry) in entries.iter().enumerate() {
            let branch = if number + 1 == entries.len() { "└─" } else { "├─" };
            anstream::println!("│  {branch} {}", describe::entry(entry));
        }
    }
    anstream::println!("├─ all frames together");
    for (ns, woof) in &objects {
        let rights = describe::rights(body.rights(*ns, *woof));
        if (*ns, *woof) == (ANY, ANY) {
            anstream::println!("│  ├─ on everything: {rights}");
        } else {
            anstream::println!(
                "│  ├─ on namespace {}, woof {}: {rights}",
                describe::handle(*ns),
                describe::handle(*woof)
            );
        }
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if let Some(from) = summary.not_before.map(u64::from) {
        let yet = if from > now { "not valid yet: " } else { "" };
        anstream::println!("│  ├─ {yet}from {}, {}", describe::time(from), describe::away(from, now));
    }
    match summary.expires.map(u64::from) {
        Some(until) => {
            let over = if until < now { "expired: " } else { "" };
            anstream::println!("│  ├─ {over}until {}, {}", describe::time(until), describe::away(until, now));
        }
        None => anstream::println!("│  ├─ never expires"),
    }
    for identity in body.required() {
        anstream::println!("│  ├─ only beside identity {}", hex(&identity.0));
    }
    for identity in body.identities() {
        anstream::println!("│  ├─ carries identity {}", hex(&identity.0));
    }
    if let Some(bytes) = summary.max_payload {
        anstream::println!("│  ├─ payload of at most {bytes} bytes");
    }
    if summary.min_gap_ms > 0 {
        anstream::println!("│  ├─ at most once in {} ms", summary.min_gap_ms);
    }
    if summary.sealed {
        anstream::println!("│  ├─ sealed: nothing can be derived from it");
    }
    anstream::println!("│  └─ lane {}", describe::lane(summary.lane));
    let inert = body.widenings().count();
    if inert > 0 {
        anstream::println!("├─ {} without effect (nano cap check says which)", describe::count(inert, "grant"));
    }
    anstream::println!("└─ verifying a request with it costs {} SHA-256 compressions", body.compressions());
    if arguments.qr {
        anstream::println!("{}", store::code(&written)?);
    } else if arguments.reveal {
        println!("{written}");
    }
    Ok(0)
}
