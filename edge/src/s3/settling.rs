//! Requests that wait until their changes are durable: one thread writes and fsyncs for all of them.
//!
//! With a thread for each, every change is handed to one and back, and those threads wake each other when the disk has
//! answered: with few cores that takes longer than the disk does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use s3s::{S3Error, S3Result};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::store::{ObjectStore, StoreError, Unsettled};

/// Told when an event is durable, or why it will not be.
type Told = oneshot::Sender<Result<(), StoreError>>;

/// Those who wait.
#[derive(Debug, Default)]
struct Waiting {
    /// For which event each of them.
    requests: Vec<(u64, Told)>,
    /// A thread is at it, and looks here before it ends.
    is_served: bool,
}

/// Waits for a store's journal on behalf of requests.
#[derive(Debug)]
pub(super) struct Settling {
    store: Arc<ObjectStore>,
    waiting: Mutex<Waiting>,
}

impl Settling {
    pub fn new(store: Arc<ObjectStore>) -> Arc<Self> {
        Arc::new(Self { store, waiting: Mutex::default() })
    }

    /// The outcome of a change, when it is durable. From the first poll on, the change is on its way to the disk, whether
    /// anybody goes on waiting or not.
    pub async fn settled<T>(self: &Arc<Self>, begun: Unsettled<T>) -> S3Result<T> {
        if !self.store.is_settled(begun.until) {
            self.wait(begun.until).await.map_err(S3Error::internal_error)??;
        }
        Ok(begun.outcome?)
    }

    fn wait(self: &Arc<Self>, event: u64) -> oneshot::Receiver<Result<(), StoreError>> {
        let (told, answer) = oneshot::channel();
        let mut waiting = self.lock();
        waiting.requests.push((event, told));
        if !waiting.is_served {
            waiting.is_served = true;
            let here = Arc::clone(self);
            spawn_blocking(move || here.serve());
        }
        answer
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until nobody waits: has the events of all who do written and fsynced together, then tells them.
    fn serve(&self) {
        loop {
            let requests = {
                let mut waiting = self.lock();
                if waiting.requests.is_empty() {
                    waiting.is_served = false;
                    return;
                }
                std::mem::take(&mut waiting.requests)
            };
            let last = requests.iter().map(|(event, _)| *event).max().unwrap_or_default();
            // What fails here fails below too, but for those that were durable before.
            let is_work_left = self.store.settle_only(last).unwrap_or(false);
            for (event, told) in requests {
                // Who does not wait any more needs no answer.
                let _ = told.send(self.store.settle_only(event).map(|_| ()));
            }
            if is_work_left {
                // Not here: others may wait already.
                let store = Arc::clone(&self.store);
                spawn_blocking(move || store.look_after_journal());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::time::Duration;

    use nano_woof::faults::{Disk, Fault};

    use super::*;
    use crate::store::{Attributes, Content, Precondition, StoreOptions};

    fn open(directory: &Path) -> Arc<ObjectStore> {
        // Small, so that files are finished and go all the time.
        let options = StoreOptions { journal_segment_bytes: 64 << 10, ..StoreOptions::default() };
        Arc::new(ObjectStore::open(directory, options, Arc::new(|| 1)).unwrap())
    }

    fn content(store: &ObjectStore, text: &str) -> Content {
        let mut writer = store.writer();
        writer.write(text.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    fn begin(store: &ObjectStore, key: &str, text: &str) -> Result<Unsettled<u64>, StoreError> {
        let begun =
            store.begin_put("b", key, content(store, text), Attributes::default(), &Precondition::None, None)?;
        Ok(Unsettled { until: begun.until, outcome: begun.outcome.map(|object| object.revision) })
    }

    fn read(store: &ObjectStore, key: &str) -> Option<u64> {
        let object = store.object("b", key).ok()?;
        let bytes = store.reader(&object, 0..object.length).read_to_end().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let (number, padding) = text.split_once(' ').unwrap();
        assert!(padding.bytes().all(|byte| byte == b'.'));
        Some(number.parse().unwrap())
    }

    fn text(number: u64) -> String {
        format!("{number} {}", ".".repeat(number as usize * 37 % 900))
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
    }

    /// Puts numbers under a key, rising, until a failure or the last: the last one that was answered.
    async fn put_rising(settling: &Arc<Settling>, key: &str, numbers: u64) -> u64 {
        let mut answered = 0;
        for number in 1..=numbers {
            let Ok(begun) = begin(&settling.store, key, &text(number)) else { break };
            let until = begun.until;
            let waited = settling.settled(begun);
            if number % 5 == 0 {
                // Who asked goes away: now, or a little later.
                let patience = Duration::from_micros(number * 7 % 300);
                match tokio::time::timeout(patience, waited).await {
                    Ok(Ok(_)) => answered = number,
                    Ok(Err(_)) => break,
                    Err(_) => {}
                }
            } else if waited.await.is_ok() {
                assert!(settling.store.is_settled(until), "answered before it was durable");
                answered = number;
            } else {
                break;
            }
        }
        answered
    }

    #[test]
    fn what_is_answered_is_durable_whoever_else_writes_or_goes_away() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(directory.path());
        store.create_bucket("b", "r").unwrap();
        let settling = Settling::new(Arc::clone(&store));
        let done = Arc::new(AtomicBool::new(false));
        let runtime = runtime();
        let others: Vec<_> = (0..2)
            .map(|thread| {
                let (store, done) = (Arc::clone(&store), Arc::clone(&done));
                std::thread::spawn(move || {
                    while !done.load(Ordering::SeqCst) {
                        let (content, key) = (content(&store, &text(thread)), format!("other {thread}"));
                        store.put("b", &key, content, Attributes::default(), &Precondition::None).unwrap();
                        store.checkpoint().unwrap();
                        store.compact_journal().unwrap();
                    }
                })
            })
            .collect();
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let settling = Arc::clone(&settling);
                runtime.spawn(async move { put_rising(&settling, &format!("key {task}"), 150).await })
            })
            .collect();
        for (task, joined) in tasks.into_iter().enumerate() {
            let answered = runtime.block_on(joined).unwrap();
            assert_eq!(read(&store, &format!("key {task}")), Some(150), "{answered} was answered last");
        }
        done.store(true, Ordering::SeqCst);
        for other in others {
            other.join().unwrap();
        }
        drop(runtime);
        assert!(!settling.lock().is_served && settling.lock().requests.is_empty());
        drop((settling, store));
        let store = open(directory.path());
        assert!((0..16).all(|task| read(&store, &format!("key {task}")) == Some(150)));
        store.verify().unwrap();
    }

    #[test]
    fn a_power_cut_takes_nothing_that_was_answered_and_all_hear_of_a_failure() {
        let mut seen = BTreeMap::new();
        for (call, fault) in (2..60).step_by(5).flat_map(|call| [(call, Fault::PowerCut), (call, Fault::Error)]) {
            let directory = tempfile::tempdir().unwrap();
            let store = open(directory.path());
            store.create_bucket("b", "r").unwrap();
            let disk = Disk::over(directory.path());
            disk.fail(call, fault);
            let settling = Settling::new(Arc::clone(&store));
            let runtime = runtime();
            let tasks: Vec<_> = (0..8)
                .map(|task| {
                    let settling = Arc::clone(&settling);
                    runtime.spawn(async move { put_rising(&settling, &format!("key {task}"), 200).await })
                })
                .collect();
            // Each ends by itself: nobody waits for ever for what failed.
            let answered: Vec<u64> = tasks.into_iter().map(|task| runtime.block_on(task).unwrap()).collect();
            drop(runtime);
            drop((settling, store));
            disk.mend();
            let random = AtomicU64::new(call);
            disk.cut_power(|| random.fetch_add(0x9E37_79B9, Ordering::Relaxed) >> 3).unwrap();
            let store = open(directory.path());
            for (task, answered) in answered.iter().enumerate() {
                let found = read(&store, &format!("key {task}")).unwrap_or(0);
                assert!(found >= *answered, "{fault:?} at call {call}: {answered} was answered, {found} is there");
            }
            *seen.entry(answered.iter().sum::<u64>() > 0).or_insert(0) += 1;
            disk.forget();
        }
        assert!(seen[&true] > 10, "hardly anything was answered: {seen:?}");
    }
}
