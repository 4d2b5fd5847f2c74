//! `nano cap why-denied`: what a device would say to a request, and which frame is the reason.

use super::arguments::WhyDenied;
use super::{describe, device, hex, request};
use crate::failure::Failure;
use nano_caps::{Body, Entry, MAX_AHEAD_MS, Refusal, RequestView, Sequence, Silence, Status, Unrevoked, Verifier};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the device would answer, and why.
struct Verdict {
    /// The status by name, or `silence`.
    answer: &'static str,
    reasons: Vec<String>,
    verified: bool,
}

/// Explains one request. Exit code 0 when it would be done.
pub fn why_denied(arguments: &WhyDenied) -> Result<u8, Failure> {
    let request = request(&arguments.request)?;
    let verdict = judge(&request, arguments)?;
    if arguments.json {
        println!(
            "{}",
            json!({"answer": verdict.answer, "reasons": verdict.reasons, "verified": verdict.verified,
                "allowed": verdict.answer == "OK"})
        );
    } else {
        let unverified = if verdict.verified { "" } else { " (unverified: no key was used)" };
        anstream::println!("{}{unverified}", verdict.answer);
        for reason in &verdict.reasons {
            anstream::println!("  {reason}");
        }
    }
    Ok(u8::from(verdict.answer != "OK"))
}

fn judge(request: &[u8], arguments: &WhyDenied) -> Result<Verdict, Failure> {
    let silent = |reason: String, verified| Verdict { answer: "silence", reasons: vec![reason], verified };
    let view = match RequestView::parse(request) {
        Ok(view) => view,
        Err(error) => return Ok(silent(format!("it {error}; a device does not answer that"), false)),
    };
    let time_ms = arguments.time.map_or_else(
        || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64),
        |seconds| seconds.saturating_mul(1000),
    );
    let mut told = None;
    if let Some(name) = &arguments.device {
        let owned = device::owned(name)?;
        let mut verifier = Verifier::boot(None, time_ms, 0);
        verifier.set_last(view.lane, Sequence(arguments.last)).map_err(super::internal)?;
        let mut copy = request.to_vec();
        told = Some(match verifier.verify_in_place(&owned.ring, &mut copy, 0, |_| true) {
            Ok(_) => Status::Ok,
            Err(Refusal::Answer { status, .. }) => status,
            Err(Refusal::Retry(_)) => Status::Ok,
            Err(Refusal::Silent(why)) => {
                let reason = match why {
                    Silence::Revoked => {
                        let ever = Unrevoked { device: owned.identity.key, id: owned.identity.id };
                        let mut fresh = Verifier::boot(None, time_ms, 0);
                        let mut copy = request.to_vec();
                        match fresh.verify_in_place(&ever, &mut copy, 0, |_| true) {
                            Err(Refusal::Silent(_)) => {
                                "slot, generation or epoch are not the device's, and the tag is wrong".to_string()
                            }
                            _ => format!("the capability, or one that it was derived from, was revoked on {name}"),
                        }
                    }
                    Silence::Tag => format!(
                        "the tag is wrong: the capability is not derived from the secret of {name}, or a byte was changed"
                    ),
                    Silence::Malformed(error) => format!("it {error}"),
                    Silence::Flood => "the device has no time for it".to_string(),
                };
                return Ok(silent(reason, true));
            }
        });
    }
    let (answer, reasons) = explain(&view, time_ms, Sequence(arguments.last));
    // The verifier has the last word; the explanation follows the same order.
    Ok(Verdict { answer: told.map_or(answer, Status::name), reasons, verified: told.is_some() })
}

/// The format's order of answers, each with its frame.
fn explain(view: &RequestView<'_>, time_ms: u64, last: Sequence) -> (&'static str, Vec<String>) {
    let bodies: Vec<(&str, Body<'_>)> = std::iter::once(("", view.first))
        .chain(view.second.map(|second| ("of the second capability, ", second)))
        .collect();
    let mut denied = Vec::new();
    let lane = view.first.summary().lane;
    if !lane.allows(view.lane) {
        denied.push(format!("it is sent in lane {}, and the capability's lane is {}", view.lane, describe::lane(lane)));
    }
    for (index, frame) in view.first.frames().enumerate() {
        let mut grants = frame.grants().peekable();
        if grants.peek().is_some() && !grants.any(|grant| grant.covers(view.ns, view.woof, view.op)) {
            let says: Vec<String> = frame.grants().map(|grant| describe::entry(&Entry::Grant(grant))).collect();
            denied.push(format!(
                "frame {index} does not allow {} on namespace {}, woof {}; it says: {}",
                view.op.name().to_ascii_lowercase(),
                describe::handle(view.ns),
                describe::handle(view.woof),
                says.join("; ")
            ));
        }
    }
    let brought = |by: Option<Body<'_>>, identity| by.is_some_and(|body| body.identities().any(|id| id == identity));
    for (body, other) in [(Some(view.first), view.second), (view.second, Some(view.first))] {
        for identity in body.iter().flat_map(Body::required) {
            if !brought(other, identity) {
                denied.push(format!("it requires identity {}, which no other capability brings", hex(&identity.0)));
            }
        }
    }
    let now_s = view.seq.ms().max(time_ms) / 1000;
    let mut expired = Vec::new();
    let mut too_big = Vec::new();
    let mut busy = Vec::new();
    for (of, body) in &bodies {
        for (index, frame) in body.frames().enumerate() {
            for entry in frame.entries() {
                let said = describe::entry(&entry);
                match entry {
                    Entry::NotBefore(at) if now_s < u64::from(at) => {
                        denied.push(format!("{of}frame {index} is valid {said}; it is {}", describe::time(now_s)));
                    }
                    Entry::Expires(at) if now_s > u64::from(at) => {
                        expired.push(format!("{of}frame {index} is valid {said}; it is {}", describe::time(now_s)));
                    }
                    Entry::MaxLen(bytes) if view.payload.len() > usize::from(bytes) => {
                        too_big.push(format!("{of}frame {index} says {said}; this one has {}", view.payload.len()));
                    }
                    Entry::MinGap(ms)
                        if last != Sequence::ZERO && view.seq.ms().saturating_sub(last.ms()) < u64::from(ms) =>
                    {
                        busy.push(format!("{of}frame {index} says {said} in its lane"));
                    }
                    _ => {}
                }
            }
        }
    }
    if !denied.is_empty() {
        return ("DENIED", denied);
    }
    if !expired.is_empty() {
        return ("EXPIRED", expired);
    }
    if !too_big.is_empty() {
        return ("TOOBIG", too_big);
    }
    if view.seq <= last {
        return ("SEQ_LOW", vec![format!("its number {} is not above the lane's last, {last}", view.seq)]);
    }
    if !busy.is_empty() {
        return ("BUSY", busy);
    }
    if view.seq.ms() > time_ms.saturating_add(MAX_AHEAD_MS) {
        return ("SEQ_AHEAD", vec!["its number is more than a day ahead of the device's time".to_string()]);
    }
    ("OK", Vec::new())
}
