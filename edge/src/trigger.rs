//! Appends that invoke functions: in the order of the records, one after the other for each WooF.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use nano_woof::Sequence;
use serde::de::IgnoredAny;
use tokio::sync::mpsc;

use crate::edge::{Edge, EdgeEvent, Invoke, WeakEdge};
use crate::lambda::Functions;
use crate::run::EventKind;

/// A record that was appended. Its bytes are read when its turn comes, so that a queue of many costs little.
struct Appended {
    woof: String,
    sequence: u64,
}

/// Listens to appends from now on.
pub(crate) fn start(edge: &Edge) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let weak = edge.downgrade();
    let functions: Arc<Functions> = edge.functions_shared();
    edge.woofs().listen(Box::new(move |woof, sequence| {
        if let Some(edge) = weak.upgrade() {
            edge.tell(EdgeEvent::Appended { woof: woof.to_owned(), sequence: sequence.get() });
        }
        if !functions.triggered_by(woof).is_empty() {
            let _ = sender.send(Appended { woof: woof.to_owned(), sequence: sequence.get() });
        }
    }));
    edge.handle().spawn(dispatch(edge.downgrade(), receiver));
}

/// Gives each record to its `WooF`'s own queue.
async fn dispatch(edge: WeakEdge, mut appends: mpsc::UnboundedReceiver<Appended>) {
    let mut queues: HashMap<String, mpsc::UnboundedSender<Appended>> = HashMap::new();
    while let Some(appended) = appends.recv().await {
        let queue = queues.entry(appended.woof.clone()).or_insert_with(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            tokio::spawn(invoke(edge.clone(), receiver));
            sender
        });
        let _ = queue.send(appended);
    }
}

async fn invoke(edge: WeakEdge, mut appends: mpsc::UnboundedReceiver<Appended>) {
    while let Some(appended) = appends.recv().await {
        let Some(edge) = edge.upgrade() else { return };
        for (version, every) in edge.functions().triggered_by(&appended.woof) {
            if !appended.sequence.is_multiple_of(u64::from(every)) {
                continue;
            }
            let records = newest(&edge, &appended, every);
            if records.is_empty() {
                // They have left the history before their turn came.
                continue;
            }
            let (event, kind) = event(&records);
            let (id, cause) = (edge.world().uuid(), Some((appended.woof.clone(), appended.sequence)));
            // A failure is in the function's log, as for any event that nobody waits for.
            let _ = edge.invoke_version(version, Invoke { event, kind, ..Invoke::default() }, id, cause).await;
        }
    }
}

/// The last `count` records up to an appended one; fewer where the history has no more.
fn newest(edge: &Edge, appended: &Appended, count: u32) -> Vec<Vec<u8>> {
    let first = Sequence(appended.sequence.saturating_sub(u64::from(count) - 1).max(1));
    let records = edge.woofs().range(&appended.woof, first, u64::from(count)).unwrap_or_default();
    let wanted = records.into_iter().filter(|record| record.header.sequence.get() <= appended.sequence);
    wanted.map(|record| record.payload).collect()
}

/// The event of these records, as on a device: one record is the event; several are a list of JSON values, or all
/// their bytes where one of them is no JSON.
pub(crate) fn event(records: &[Vec<u8>]) -> (Bytes, EventKind) {
    let is_json = |bytes: &[u8]| serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    match records {
        [record] if is_json(record) => (record.clone().into(), EventKind::Json),
        [_, _, ..] if records.iter().all(|record| is_json(record)) => {
            (Bytes::from([&b"["[..], &records.join(&b", "[..]), b"]"].concat()), EventKind::Json)
        }
        _ => (records.concat().into(), EventKind::Bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_events() {
        let of = |records: &[&[u8]]| event(&records.iter().map(|record| record.to_vec()).collect::<Vec<_>>());
        assert_eq!(of(&[b"[512]"]), ("[512]".into(), EventKind::Json));
        assert_eq!(of(&[b"dark"]), ("dark".into(), EventKind::Bytes));
        assert_eq!(of(&[b"[1]", b"{\"a\": 2}", b"3"]), ("[[1], {\"a\": 2}, 3]".into(), EventKind::Json));
        assert_eq!(of(&[b"[1]", b"x"]), ("[1]x".into(), EventKind::Bytes));
        assert_eq!(of(&[b""]), ("".into(), EventKind::Bytes));
        assert_eq!(of(&[]), ("".into(), EventKind::Bytes));
    }
}
