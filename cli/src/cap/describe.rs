//! What entries, rights and times say, in words.

use super::hex;
use nano_caps::{ANY, Entry, LaneRule, Rights, Widening};

/// Rights by name.
pub fn rights(rights: Rights) -> String {
    if rights == Rights::ALL {
        return "all rights".to_string();
    }
    let names = names(rights);
    if names.is_empty() { "no rights".to_string() } else { names.join(", ") }
}

/// The names one by one.
pub fn names(rights: Rights) -> Vec<String> {
    rights.iter().map(|right| right.name().to_ascii_lowercase()).collect()
}

/// A handle, or any.
pub fn handle(handle: u16) -> String {
    if handle == ANY { "any".to_string() } else { handle.to_string() }
}

/// One entry.
pub fn entry(entry: &Entry) -> String {
    match entry {
        Entry::Grant(grant) => {
            format!("allow {} on namespace {}, woof {}", rights(grant.rights), handle(grant.ns), handle(grant.woof))
        }
        Entry::Expires(at) => format!("until {}", time((*at).into())),
        Entry::NotBefore(at) => format!("from {}", time((*at).into())),
        Entry::Lane(lane) => format!("lane {lane}"),
        Entry::Requires(identity) => format!("only beside identity {}", hex(&identity.0)),
        Entry::Ident(identity) => format!("carries identity {}", hex(&identity.0)),
        Entry::MaxLen(bytes) => format!("payload of at most {bytes} bytes"),
        Entry::Sealed => "sealed: nothing can be derived from it".to_string(),
        Entry::MinGap(ms) => format!("at most once in {ms} ms"),
    }
}

/// A lane.
pub fn lane(lane: LaneRule) -> String {
    match lane {
        LaneRule::Default => "0 (the owner's and the edge's)".to_string(),
        LaneRule::Only(lane) if lane > 7 => format!("{lane}, which there is not: unusable"),
        LaneRule::Only(lane) => lane.to_string(),
        LaneRule::Never => "none: its LANE entries contradict each other".to_string(),
    }
}

/// An inert grant.
pub fn widening(widening: &Widening) -> String {
    format!(
        "frame {} grants {} on namespace {}, woof {}, which an earlier frame doesn't: it has no effect",
        widening.frame,
        rights(widening.inert),
        handle(widening.grant.ns),
        handle(widening.grant.woof)
    )
}

/// A unix time in UTC, and how far away it is.
pub fn time(unix_s: u64) -> String {
    format!("{} ({unix_s})", crate::time::utc(unix_s))
}
