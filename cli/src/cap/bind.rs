//! `nano cap bind`: one request.

use super::arguments::Bind;
use super::{bytes, derive, hex, read, unhex};
use crate::failure::Failure;
use nano_caps::{Capability, LaneRule, REQUEST_HEADER_SIZE, Request, Sequence};
use std::time::{SystemTime, UNIX_EPOCH};

/// The lane that requests of a capability go in.
pub fn lane(capability: &Capability) -> Result<u8, Failure> {
    match capability.body().summary().lane {
        LaneRule::Default => Ok(0),
        LaneRule::Only(lane) if lane < nano_caps::LANES => Ok(lane),
        _ => Err(Failure::usage("the capability can be used in no lane")),
    }
}

/// Prints the request in hexadecimal digits: frames and a tag, no key.
pub fn bind(arguments: &Bind) -> Result<u8, Failure> {
    let first = read(&arguments.capability)?;
    let second = arguments.second.as_deref().map(read).transpose()?;
    let op = derive::right(&arguments.op)?;
    let payload = match (&arguments.payload, &arguments.payload_hex) {
        (Some(payload), _) => bytes(payload)?,
        (_, Some(digits)) => {
            unhex(digits).ok_or_else(|| Failure::usage(format!("'{digits}' is not hexadecimal digits")))?
        }
        (None, None) => Vec::new(),
    };
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let seq = arguments.seq.map_or(Sequence::new(now_ms, 0), Sequence);
    let lane = lane(&first)?;
    let (ns, woof) = (arguments.ns, arguments.woof);
    let request = Request { op, lane, seq, ns, woof, payload: &payload, wide_tag: arguments.wide };
    let mut out = vec![0; REQUEST_HEADER_SIZE + 2 * nano_caps::MAX_BODY + payload.len() + 16];
    let tokens: Vec<_> = std::iter::once(&first).chain(&second).map(Capability::token).collect();
    let bound =
        if arguments.encrypt { request.bind_encrypted(&tokens, &mut out) } else { request.bind(&tokens, &mut out) };
    let bound = bound.map_err(|error| Failure::usage(format!("this can't be bound: the request {error}")))?;
    let digits = hex(out.get(..bound.len).unwrap_or_default());
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({"request": digits, "bytes": bound.len, "op": op.name(), "lane": lane, "seq": seq.0,
                "ns": ns, "woof": woof, "tag_bytes": bound.exchange.tag_size(), "encrypted": arguments.encrypt})
        );
    } else {
        println!("{digits}");
    }
    Ok(0)
}
