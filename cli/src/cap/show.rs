//! `nano cap inspect` and `nano cap check`: what a capability allows, without any key.

use super::{hex, read};
use crate::arguments::CapShow;
use crate::failure::Failure;
use nano_caps::{ANY, Capability, Entry, Rights};
use serde_json::json;

fn names(rights: Rights) -> String {
    if rights == Rights::ALL {
        return "all rights".to_string();
    }
    let names: Vec<String> = rights.iter().map(|right| right.name().to_ascii_lowercase()).collect();
    if names.is_empty() { "no rights".to_string() } else { names.join(", ") }
}

fn handle(handle: u16) -> String {
    if handle == ANY { "any".to_string() } else { handle.to_string() }
}

fn describe(entry: &Entry) -> String {
    match entry {
        Entry::Grant(grant) => {
            format!("allow {} on namespace {}, woof {}", names(grant.rights), handle(grant.ns), handle(grant.woof))
        }
        Entry::Expires(at) => format!("until {at} (seconds since 1970)"),
        Entry::NotBefore(at) => format!("from {at} (seconds since 1970)"),
        Entry::Lane(lane) => format!("lane {lane}"),
        Entry::Requires(identity) => format!("only beside identity {}", hex(&identity.0)),
        Entry::Ident(identity) => format!("carries identity {}", hex(&identity.0)),
        Entry::MaxLen(bytes) => format!("payload of at most {bytes} bytes"),
        Entry::Sealed => "sealed: nothing can be derived from it".to_string(),
        Entry::MinGap(ms) => format!("at most once in {ms} ms"),
    }
}

/// SHA-256 compressions that verifying it costs: one a frame of up to 30 (later 34) bytes, 4 for the tag.
fn compressions(capability: &Capability) -> usize {
    let mut total = 4;
    for (index, frame) in capability.body().frames().enumerate() {
        // 4 (counter) + 16 (key) + 1 (domain) + frame, and 4 of the header for the first; 9 bytes of padding.
        let bytes = 4 + 16 + 1 + frame.as_bytes().len() + if index == 0 { 4 } else { 0 };
        total += (bytes + 9).div_ceil(64);
    }
    total
}

/// Prints a capability as a tree.
pub fn inspect(arguments: &CapShow) -> Result<u8, Failure> {
    let capability = read(&arguments.capability)?;
    let body = capability.body();
    let header = body.header();
    if arguments.json {
        let frames: Vec<_> =
            body.frames().map(|frame| frame.entries().map(|entry| describe(&entry)).collect::<Vec<_>>()).collect();
        let summary = body.summary();
        println!(
            "{}",
            json!({"verified": false, "slot": header.slot(), "generation": header.generation(), "epoch": header.epoch(), "frames": frames,
                "rights": body.rights(ANY, ANY).iter().map(|right| right.name().to_ascii_lowercase()).collect::<Vec<_>>(),
                "expires": summary.expires, "sealed": summary.sealed, "compressions": compressions(&capability)})
        );
        return Ok(0);
    }
    anstream::println!("capability (unverified: no key was used)");
    anstream::println!("├─ slot {}, generation {}, epoch {}", header.slot(), header.generation(), header.epoch());
    for (index, frame) in body.frames().enumerate() {
        anstream::println!("├─ frame {index}{}", if index == 0 { " (root)" } else { "" });
        for entry in frame.entries() {
            anstream::println!("│  ├─ {}", describe(&entry));
        }
    }
    let summary = body.summary();
    anstream::println!("├─ everywhere it allows: {}", names(body.rights(ANY, ANY)));
    for frame in body.frames() {
        for grant in frame.grants().filter(|grant| grant.ns != ANY || grant.woof != ANY) {
            let rights = body.rights(grant.ns, grant.woof);
            anstream::println!(
                "├─ on namespace {}, woof {} it allows: {}",
                handle(grant.ns),
                handle(grant.woof),
                names(rights)
            );
        }
    }
    if let Some(until) = summary.expires {
        anstream::println!("├─ expires at {until} (seconds since 1970)");
    }
    anstream::println!("└─ verifying costs {} SHA-256 compressions", compressions(&capability));
    Ok(0)
}

/// Warns about grants that have no effect.
pub fn check(arguments: &CapShow) -> Result<u8, Failure> {
    let capability = read(&arguments.capability)?;
    let mut warnings = 0;
    for widening in capability.body().widenings() {
        warnings += 1;
        let (frame, ns, woof) = (widening.frame, handle(widening.grant.ns), handle(widening.grant.woof));
        let inert = names(widening.inert);
        if arguments.json {
            println!("{}", json!({"frame": frame, "ns": ns, "woof": woof, "inert": inert}));
        } else {
            anstream::println!(
                "warning: frame {frame} grants {inert} on namespace {ns}, woof {woof}, which an earlier frame doesn't: it has no effect"
            );
        }
    }
    if warnings == 0 && !arguments.json {
        anstream::println!("nothing inert: every grant has an effect");
    }
    Ok(u8::from(warnings > 0))
}
