//! Appends that invoke functions: in the order of the records, one after the other for each WooF.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use nano_woof::Sequence;
use serde::de::IgnoredAny;
use tokio::sync::Notify;

use crate::edge::{Edge, EdgeEvent, Invoke, WeakEdge};
use crate::lambda::Functions;
use crate::run::EventKind;

/// The records of one `WooF` whose turn is to come: stretches of sequences, first and last, so that however many wait takes no
/// room. Their bytes are read when their turn comes.
#[derive(Debug, Default)]
struct Turns {
    waiting: Mutex<VecDeque<(u64, u64)>>,
    more: Notify,
}

impl Turns {
    fn add(&self, sequence: u64) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.back_mut() {
            Some((_, last)) if *last + 1 == sequence => *last = sequence,
            _ => waiting.push_back((sequence, sequence)),
        }
        drop(waiting);
        self.more.notify_one();
    }

    fn take(&self) -> Option<u64> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, last) = waiting.front_mut()?;
        let next = *first;
        if *first == *last {
            waiting.pop_front();
        } else {
            *first += 1;
        }
        Some(next)
    }

    async fn next(&self) -> u64 {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.more.notified().await;
        }
    }
}

/// Listens to appends from now on.
pub(crate) fn start(edge: &Edge) {
    let weak = edge.downgrade();
    let functions: Arc<Functions> = edge.functions_shared();
    let handle = edge.handle().clone();
    let queues: Mutex<HashMap<String, Arc<Turns>>> = Mutex::default();
    edge.woofs().listen(Box::new(move |woof, sequence| {
        if let Some(edge) = weak.upgrade() {
            edge.tell(EdgeEvent::Appended { woof: woof.to_owned(), sequence: sequence.get() });
        }
        if functions.triggered_by(woof).is_empty() {
            return;
        }
        let mut queues = queues.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = if let Some(turns) = queues.get(woof) {
            Arc::clone(turns)
        } else {
            let turns = Arc::<Turns>::default();
            queues.insert(woof.to_owned(), Arc::clone(&turns));
            handle.spawn(invoke(weak.clone(), woof.to_owned(), Arc::clone(&turns)));
            turns
        };
        drop(queues);
        turns.add(sequence.get());
    }));
}

async fn invoke(edge: WeakEdge, woof: String, turns: Arc<Turns>) {
    loop {
        let sequence = turns.next().await;
        let Some(edge) = edge.upgrade() else { return };
        for (version, every) in edge.functions().triggered_by(&woof) {
            if !sequence.is_multiple_of(u64::from(every)) {
                continue;
            }
            let records = newest(&edge, (&woof, sequence), every);
            if records.is_empty() {
                // They have left the history before their turn came.
                continue;
            }
            let (event, kind) = event(&records);
            let (id, cause) = (edge.world().uuid(), Some((woof.clone(), sequence)));
            // A failure is in the function's log, as for any event that nobody waits for.
            let _ = edge.invoke_version(version, Invoke { event, kind, ..Invoke::default() }, id, cause).await;
        }
    }
}

/// The last `count` records up to an appended one; fewer where the history has no more.
fn newest(edge: &Edge, (woof, sequence): (&str, u64), count: u32) -> Vec<Vec<u8>> {
    let first = Sequence(sequence.saturating_sub(u64::from(count) - 1).max(1));
    let records = edge.woofs().range(woof, first, u64::from(count)).unwrap_or_default();
    let wanted = records.into_iter().filter(|record| record.header.sequence.get() <= sequence);
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
    fn however_many_wait_they_take_no_room_and_keep_their_order() {
        let turns = Turns::default();
        (1..=100_000).for_each(|sequence| turns.add(sequence));
        turns.add(100_003);
        turns.add(100_002);
        assert_eq!(turns.waiting.lock().unwrap().len(), 3);
        assert_eq!((turns.take(), turns.take()), (Some(1), Some(2)));
        let rest: Vec<u64> = std::iter::from_fn(|| turns.take()).collect();
        assert_eq!(rest.len(), 100_000);
        assert_eq!(rest[99_997..], [100_000, 100_003, 100_002]);
        assert_eq!(turns.take(), None);
        turns.add(7);
        assert_eq!(turns.take(), Some(7));
    }

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
