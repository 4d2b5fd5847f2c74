//! What a device's gate decided, for the edge's audit log.

use nano_device::{Asked, Trace};
use nano_edge::{Audit, AuditEntry};

/// Records a trace, if it is one of the gate's decisions. A repeated answer decides nothing.
pub fn record(audit: &Audit, device: &str, trace: &Trace<'_>) {
    let nobody = || AuditEntry {
        at_ms: 0,
        device: device.to_owned(),
        client: String::new(),
        slot: [0; 3],
        lane: 0,
        seq: 0,
        op: String::new(),
        ns: 0,
        woof: 0,
        answer: String::new(),
        missed: 0,
    };
    audit.record(match trace {
        Trace::Answered { status, asked: Asked { op, lane, seq, ns, woof, capability }, .. } => {
            let header = capability.header();
            AuditEntry {
                client: AuditEntry::client_of(capability.as_bytes()),
                slot: [header.slot(), header.generation(), header.epoch()],
                lane: *lane,
                seq: seq.0,
                op: op.name().to_owned(),
                ns: *ns,
                woof: *woof,
                answer: status.name().to_owned(),
                ..nobody()
            }
        }
        Trace::Silent { why, .. } => AuditEntry { answer: format!("silence: {why:?}"), ..nobody() },
        _ => return,
    });
}
