//! `nano cap check`: grants without effect, what can never be used, and capabilities where they don't belong.

use super::arguments::Check;
use super::{describe, leaks, read};
use crate::failure::Failure;
use nano_caps::{ANY, Grant, Right, Rights};
use serde_json::json;

/// Rights on the device, or on a namespace, that are granted on less: the device does nothing on their account.
fn misplaced(grant: Grant) -> Rights {
    let device = Right::MkNs | Right::SeqFix | Right::Revoke | Right::Update;
    let wide = match (grant.ns, grant.woof) {
        // What names no rights means those that the object can have.
        _ if grant.rights == Rights::ALL => Rights::NONE,
        (ANY, ANY) => Rights::NONE,
        (_, ANY) => device,
        _ => device | Right::MkWoof,
    };
    grant.rights & wide
}

/// Exit code 1 when there is something to be seen to.
pub fn check(arguments: &Check) -> Result<u8, Failure> {
    let mut found = 0;
    if let Some(argument) = &arguments.capability {
        let capability = read(argument)?;
        for widening in capability.body().widenings() {
            found += 1;
            if arguments.json {
                println!(
                    "{}",
                    json!({"frame": widening.frame, "ns": widening.grant.ns, "woof": widening.grant.woof,
                        "inert": describe::names(widening.inert)})
                );
            } else {
                anstream::println!("warning: {}", describe::widening(&widening));
            }
        }
        let body = capability.body();
        if let Some(why) = describe::unusable(&body.summary()) {
            found += 1;
            if arguments.json {
                println!("{}", json!({"unusable": why}));
            } else {
                anstream::println!("warning: it can never be used: {why}");
            }
        }
        let grants = body.frames().enumerate().flat_map(|(frame, f)| f.grants().map(move |grant| (frame, grant)));
        for (frame, grant) in grants {
            let inert = misplaced(grant);
            if inert.is_empty() {
                continue;
            }
            found += 1;
            let (ns, woof) = (grant.ns, grant.woof);
            if arguments.json {
                println!("{}", json!({"frame": frame, "ns": ns, "woof": woof, "inert": describe::names(inert)}));
            } else {
                anstream::println!(
                    "warning: {} on namespace {}, woof {} has no effect: it takes the right on {}",
                    describe::rights(inert),
                    describe::handle(ns),
                    describe::handle(woof),
                    if inert == Rights::from(Right::MkWoof) {
                        "any woof of the namespace"
                    } else {
                        "any woof of any namespace"
                    }
                );
            }
        }
        if found == 0 && !arguments.json {
            anstream::println!("nothing inert: every grant has an effect");
        }
    }
    if let Some(folder) = &arguments.git {
        let leaks = leaks::scan(folder)?;
        for leak in &leaks {
            if arguments.json {
                println!(
                    "{}",
                    json!({"file": leak.file, "line": leak.line, "staged_only": leak.staged_only, "what": leak.what})
                );
            } else {
                let place = if leak.staged_only { " (in git's index)" } else { "" };
                anstream::println!("{}:{}{place}: {}", leak.file, leak.line, leak.what);
            }
        }
        if leaks.is_empty() {
            if !arguments.json {
                anstream::println!("no capability or device secret in the files that git tracks");
            }
        } else {
            anstream::eprintln!(
                "hint: who can read the repository can use them: revoke them (nano cap revoke), then take them out"
            );
        }
        found += leaks.len();
    }
    Ok(u8::from(found > 0))
}
