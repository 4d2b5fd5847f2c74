//! Appends that invoke functions: in the order of the records, one after the other for each WooF.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::edge::{Edge, EdgeEvent, Invoke, WeakEdge};
use crate::lambda::Functions;
use nano_woof::Sequence;

/// A record that was appended.
struct Appended {
    woof: String,
    sequence: u64,
    event: Bytes,
}

/// Listens to appends from now on.
pub(crate) fn start(edge: &Edge) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let weak = edge.downgrade();
    let functions: Arc<Functions> = edge.functions_shared();
    edge.woofs().listen(Box::new(move |woof, sequence, payload| {
        if let Some(edge) = weak.upgrade() {
            edge.tell(EdgeEvent::Appended { woof: woof.to_owned(), sequence: sequence.get() });
        }
        if !functions.triggered_by(woof).is_empty() {
            let appended = Appended { woof: woof.to_owned(), sequence: sequence.get(), event: event(payload) };
            let _ = sender.send(appended);
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
    while let Some(Appended { woof, sequence, event }) = appends.recv().await {
        let Some(edge) = edge.upgrade() else { return };
        for (version, every) in edge.functions().triggered_by(&woof) {
            if !sequence.is_multiple_of(u64::from(every)) {
                continue;
            }
            // At every n-th append (n > 1) the handler gets a list of the newest n records, oldest first.
            let event = if every > 1 {
                batch(&edge, &woof, sequence, every).unwrap_or_else(|| event.clone())
            } else {
                event.clone()
            };
            let (id, cause) = (edge.world().uuid(), Some((woof.clone(), sequence)));
            // A failure is in the function's log, as for any event that nobody waits for.
            let _ = edge.invoke_version(version, Invoke::new(event), id, cause).await;
        }
    }
}

/// The newest records up to `sequence` as a JSON list of events; fewer where the log's history is shorter.
fn batch(edge: &Edge, woof: &str, sequence: u64, every: u32) -> Option<Bytes> {
    let from = (sequence + 1).saturating_sub(u64::from(every)).max(1);
    let stat = edge.woofs().stat(woof).ok()?;
    let from = from.max(stat.first.get());
    let records = edge.woofs().range(woof, Sequence(from), sequence + 1 - from).ok()?;
    let mut list = vec![b'['];
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            list.extend_from_slice(b", ");
        }
        list.extend_from_slice(&event(&record.payload));
    }
    list.push(b']');
    Some(list.into())
}

/// A record as the event of a handler: JSON as it is; other text as a string; bytes that are no text as a list of
/// numbers.
pub(crate) fn event(payload: &[u8]) -> Bytes {
    if serde_json::from_slice::<serde::de::IgnoredAny>(payload).is_ok() {
        return Bytes::copy_from_slice(payload);
    }
    let json = match std::str::from_utf8(payload) {
        Ok(text) => serde_json::to_vec(text),
        Err(_) => serde_json::to_vec(payload),
    };
    json.unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::event;

    #[test]
    fn records_become_events() {
        assert_eq!(event(b"512"), "512");
        assert_eq!(event(b"{\"level\": 7}"), "{\"level\": 7}");
        assert_eq!(event(b"dark \"night\""), r#""dark \"night\"""#);
        assert_eq!(event(&[0xff, 1]), "[255,1]");
        assert_eq!(event(b""), "\"\"");
    }
}
