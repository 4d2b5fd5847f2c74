//! A device's answer to what waited for it, as the command would have shown it that asked.

use super::client::Kept;
use crate::failure::Failure;
use base64::Engine as _;
use nano_caps::{Capability, Op, RequestView, Sequence, Status};
use nano_edge::World;
use nano_wire::message::operation::Refused;
use nano_wire::message::{Record, Records};
use serde_json::{Value, json};

/// Prints it; 1 where the device refused.
pub fn show(device: &str, kept: &Kept, capabilities: &[&Capability], as_json: bool) -> Result<u8, Failure> {
    let nonsense = |what: &str| Failure::usage(format!("the edge has kept what is no {what}"));
    let view = RequestView::parse(&kept.request).map_err(|_| nonsense("request"))?;
    let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
    let exchange = view.exchange(&tokens).map_err(|_| {
        Failure::with_hint(
            "the request was made with another capability",
            "an answer is opened with the very capability: --cap @FILE (and --with, where there were two)",
        )
    })?;
    let mut bytes = kept.answer.clone();
    let response = exchange
        .open_in_place(&mut bytes)
        .map_err(|_| Failure::Code(format!("error: the answer is not {device}'s: its tag is wrong\n")))?;
    let records = match (response.status, view.op) {
        (Status::Ok, Op::Get) => Records::decode(response.payload).ok(),
        _ => None,
    };
    let records: Option<Vec<Value>> = records.map(|records| {
        let record = |record: Record<'_>| {
            json!({"sequence": record.sequence, "timestamp_ms": record.timestamp_ms,
                "text": std::str::from_utf8(record.payload).ok(), "base64": base64(record.payload)})
        };
        records.iter().map(record).collect()
    });
    if as_json {
        let mut line = json!({"status": response.status.name(), "op": view.op.name(), "sequence": response.rseq});
        match &records {
            Some(records) => line["records"] = json!(records),
            None => line["base64"] = base64(response.payload).into(),
        }
        println!("{line}");
    } else if response.status == Status::Ok {
        match (&records, view.op) {
            (Some(records), _) => return crate::woof::print(&json!(records), false),
            (None, Op::Put | Op::Exec) => println!("{}", response.rseq),
            _ if response.payload.is_empty() => println!("OK"),
            _ => println!("base64:{}", base64(response.payload)),
        }
    }
    match response.status {
        Status::Ok => Ok(0),
        _ if as_json => Ok(1),
        // Lane and number were used, or the device has forgotten its answer: a reset may lie between.
        Status::SeqLow => Err(Failure::Code(format!(
            "error: {device}: SEQ_LOW: its lane was ahead of the request. It was not done, unless it was done before and \
the device was reset since: look\nhint: {}\n",
            above(Sequence(response.rseq), World::system().now_ms())
        ))),
        status => {
            let reason = Refused::decode(response.payload).map_or(String::new(), |reason| format!(": {reason}"));
            Err(Failure::Code(format!("error: {device} refuses: {status}{reason}\n")))
        }
    }
}

/// How to be above the lane's last number, the device's time being this.
fn above(time: Sequence, now_ms: u64) -> String {
    match time.ms().saturating_sub(now_ms).div_ceil(1000) {
        0 => "who has things wait uses a lane of his own: nano cap derive --lane".to_owned(),
        ahead_s => format!("its clock is {ahead_s} s ahead, as after a power cut: wait so long before you ask again"),
    }
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
