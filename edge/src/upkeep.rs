//! What an edge does by itself now and then: the lifecycle rules of its buckets, the retention of its logs, checkpoints of
//! the index, and room and code that nobody needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::edge::Edge;
use crate::log_groups::carry_out_retention;
use crate::s3::carry_out_lifecycle;
use crate::store::ObjectStore;

/// How often it is looked whether a checkpoint is due. A start reads the events since the last one.
const CHECKPOINTS: Duration = Duration::from_secs(2);

/// So many times as long as a piece of cleaning took, the disk is left to others before the next one: what cleaning takes
/// of a disk is a quarter. Where half of a log is garbage it frees as much as it writes, and keeps up with whoever writes at
/// that rate.
const REST: u32 = 3;

/// The longest rest, should a piece have taken long.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Rules count in days, and a minute late is soon enough; where a day is short, a fifth of it.
fn rounds_between_rules(lifecycle_day_ms: u64) -> u64 {
    (lifecycle_day_ms / 5 / CHECKPOINTS.as_millis() as u64).clamp(1, 30)
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Upkeep {
    /// Checkpoints made since the start.
    pub checkpoints: AtomicU64,
    /// Attempts at anything that failed.
    pub failures: AtomicU64,
}

/// Begins; ends with the edge.
pub(crate) fn start(edge: &Edge) {
    let weak = edge.downgrade();
    edge.handle().spawn(async move {
        for round in 1_u64.. {
            tokio::time::sleep(CHECKPOINTS).await;
            let Some(edge) = weak.upgrade() else { return };
            let (store, functions, upkeep) = (Arc::clone(edge.store()), edge.functions_shared(), edge.upkeep());
            let here = edge.downgrade();
            drop(edge);
            // A store that fails says so to whoever uses it; this is tried again.
            let _ = tokio::task::spawn_blocking(move || {
                let is_wanted = || here.upgrade().is_some();
                checkpoint(&store, &upkeep, is_wanted);
                note(&upkeep, functions.drop_unused_code());
                if round.is_multiple_of(rounds_between_rules(store.lifecycle_day_ms())) {
                    note(&upkeep, carry_out_lifecycle(&store));
                    if let Some(edge) = here.upgrade() {
                        note(&upkeep, carry_out_retention(&edge));
                        note(&upkeep, edge.drop_old_translations());
                    }
                    note(&upkeep, store.reclaim_slowly(&mut rests(is_wanted)));
                } else if store.is_full() {
                    // What was deleted since may be room enough.
                    note(&upkeep, store.reclaim_slowly(&mut rests(is_wanted)));
                }
            })
            .await;
        }
    });
}

/// What is done between pieces of cleaning, as long as it is wanted.
fn rests(is_wanted: impl Fn() -> bool) -> impl FnMut() -> bool {
    let mut begun = Instant::now();
    move || {
        std::thread::sleep((begun.elapsed() * REST).min(LONGEST_REST));
        begun = Instant::now();
        is_wanted()
    }
}

fn note<T, E>(upkeep: &Upkeep, result: Result<T, E>) -> Option<T> {
    if result.is_err() {
        upkeep.failures.fetch_add(1, Ordering::Relaxed);
    }
    result.ok()
}

fn checkpoint(store: &ObjectStore, upkeep: &Upkeep, is_wanted: impl Fn() -> bool) {
    if !store.checkpoint_is_due() {
        return;
    }
    if let Some(Some(_)) = note(upkeep, store.checkpoint()) {
        upkeep.checkpoints.fetch_add(1, Ordering::Relaxed);
        note(upkeep, store.compact_journal_slowly(&mut rests(is_wanted)));
    }
}
