//! What entries, rights and times say, in words.

use super::hex;
use nano_caps::{ANY, Entry, LANES, LaneRule, Rights, Summary, Widening};
use serde_json::{Value, json};

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

/// The same for programs; any handle is 65535, as in the format.
pub fn json(entry: &Entry) -> Value {
    match entry {
        Entry::Grant(grant) => {
            json!({"grant": {"ns": grant.ns, "woof": grant.woof, "rights": names(grant.rights)}})
        }
        Entry::Expires(at) => json!({"expires": at}),
        Entry::NotBefore(at) => json!({"not_before": at}),
        Entry::Lane(lane) => json!({"lane": lane}),
        Entry::Requires(identity) => json!({"requires": hex(&identity.0)}),
        Entry::Ident(identity) => json!({"identity": hex(&identity.0)}),
        Entry::MaxLen(bytes) => json!({"max_payload": bytes}),
        Entry::Sealed => json!({"sealed": true}),
        Entry::MinGap(ms) => json!({"min_gap_ms": ms}),
    }
}

/// A lane.
pub fn lane(lane: LaneRule) -> String {
    match lane {
        LaneRule::Default => "0 (the owner's and the edge's)".to_string(),
        LaneRule::Only(lane) if lane >= LANES => format!("{lane}, which there is not: unusable"),
        LaneRule::Only(lane) => lane.to_string(),
        LaneRule::Never => "none, since its frames name different ones: unusable".to_string(),
    }
}

/// Why no request with it will ever be done.
pub fn unusable(summary: &Summary) -> Option<String> {
    match (summary.lane, summary.not_before, summary.expires) {
        (LaneRule::Never, _, _) => Some("its frames name different lanes".to_owned()),
        (LaneRule::Only(lane), _, _) if lane >= LANES => Some(format!("there is no lane {lane}")),
        (_, Some(from), Some(until)) if until < from => Some("it ends before it begins".to_owned()),
        _ => None,
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

/// A unix time in UTC.
pub fn time(unix_s: u64) -> String {
    format!("{} ({unix_s})", crate::time::utc(unix_s))
}

/// How far away a unix time is, in its largest unit.
pub fn away(unix_s: u64, now_s: u64) -> String {
    let seconds = unix_s.abs_diff(now_s);
    let (number, unit) = match seconds {
        0..120 => (seconds, "s"),
        120..7200 => (seconds / 60, "min"),
        7200..172_800 => (seconds / 3600, "h"),
        _ => (seconds / 86_400, "days"),
    };
    if unix_s <= now_s { format!("{number} {unit} ago") } else { format!("in {number} {unit}") }
}

/// `1 frame`, `2 frames`.
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
