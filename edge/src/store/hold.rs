//! Who refers to which records: chunks of the blob log, and those of the journal that have bytes in them. What nobody
//! refers to may go.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Records that are counted together.
const ZONE_CHUNKS: u64 = 256;

/// Counts of the records of a log that are referred to, by zone. One that several refer to counts for each.
#[derive(Debug, Default)]
pub(super) struct Zones {
    counts: Mutex<BTreeMap<u64, u64>>,
    /// Held from before chunks get their positions until they are counted.
    entering: RwLock<()>,
}

impl Zones {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// While this is held, chunks may be in the log that nobody refers to yet.
    pub fn enter(&self) -> RwLockReadGuard<'_, ()> {
        self.entering.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, runs: &[(u64, u64)]) {
        let mut counts = self.lock();
        each_zone(runs, |zone, count| *counts.entry(zone).or_default() += count);
    }

    fn remove(&self, runs: &[(u64, u64)]) {
        let mut counts = self.lock();
        each_zone(runs, |zone, count| {
            if let Some(left) = counts.get_mut(&zone) {
                *left = left.saturating_sub(count);
                if *left == 0 {
                    counts.remove(&zone);
                }
            }
        });
    }

    /// How many references there are to chunks.
    pub fn total(&self) -> u64 {
        self.lock().values().sum()
    }

    /// Whether anybody refers to a chunk before this one (or to one of the same zone).
    pub fn is_used_before(&self, chunk: u64) -> bool {
        // Those that have a position and are not counted yet are waited for.
        drop(self.entering.write().unwrap_or_else(PoisonError::into_inner));
        self.lock().range(..chunk.div_ceil(ZONE_CHUNKS)).next().is_some()
    }

    /// The first chunk that is in no zone that has one before this chunk.
    pub const fn end_of(chunk: u64) -> u64 {
        chunk.div_ceil(ZONE_CHUNKS) * ZONE_CHUNKS
    }
}

fn each_zone(runs: &[(u64, u64)], mut visit: impl FnMut(u64, u64)) {
    for &(first, count) in runs {
        let (mut at, end) = (first, first.saturating_add(count));
        while at < end {
            let next = ((at / ZONE_CHUNKS + 1) * ZONE_CHUNKS).min(end);
            visit(at / ZONE_CHUNKS, next - at);
            at = next;
        }
    }
}

/// Runs of chunks, (first sequence, count) each, that stay in the log while this exists.
///
/// What was just read from the journal holds nothing yet: see [`Runs::held`].
#[derive(Debug)]
pub(super) struct Runs {
    runs: Box<[(u64, u64)]>,
    zones: Option<Arc<Zones>>,
}

impl Runs {
    /// Holds these chunks.
    pub fn new(runs: Box<[(u64, u64)]>, zones: &Arc<Zones>) -> Self {
        zones.add(&runs);
        Self { runs, zones: Some(Arc::clone(zones)) }
    }

    /// Holds the chunks, if that is not so yet.
    pub fn hold(&mut self, zones: &Arc<Zones>) {
        if self.zones.is_none() {
            zones.add(&self.runs);
            self.zones = Some(Arc::clone(zones));
        }
    }

    /// Some of the chunks, held as these are.
    pub fn with(&self, runs: Vec<(u64, u64)>) -> Self {
        match &self.zones {
            Some(zones) => Self::new(runs.into(), zones),
            None => Self { runs: runs.into(), zones: None },
        }
    }
}

/// A record of the journal that has an object's bytes in it; it stays in the log while this exists.
#[derive(Debug)]
pub(super) struct Inline {
    sequence: u64,
    zones: Option<Arc<Zones>>,
}

impl Inline {
    /// Holds the record.
    pub fn new(sequence: u64, zones: &Arc<Zones>) -> Self {
        zones.add(&[(sequence, 1)]);
        Self { sequence, zones: Some(Arc::clone(zones)) }
    }

    /// Holds the record, if that is not so yet.
    pub fn hold(&mut self, zones: &Arc<Zones>) {
        if self.zones.is_none() {
            *self = Self::new(self.sequence, zones);
        }
    }

    /// Which record.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }
}

impl Clone for Inline {
    fn clone(&self) -> Self {
        match &self.zones {
            Some(zones) => Self::new(self.sequence, zones),
            None => Self { sequence: self.sequence, zones: None },
        }
    }
}

impl Drop for Inline {
    fn drop(&mut self) {
        if let Some(zones) = &self.zones {
            zones.remove(&[(self.sequence, 1)]);
        }
    }
}

impl PartialEq for Inline {
    fn eq(&self, other: &Self) -> bool {
        self.sequence == other.sequence
    }
}

impl Eq for Inline {}

impl From<u64> for Inline {
    /// As it is read from the journal: nothing is held yet.
    fn from(sequence: u64) -> Self {
        Self { sequence, zones: None }
    }
}

impl Serialize for Inline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.sequence.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Inline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
impl<const N: usize> From<[(u64, u64); N]> for Runs {
    fn from(runs: [(u64, u64); N]) -> Self {
        Self { runs: runs.into(), zones: None }
    }
}

impl Deref for Runs {
    type Target = [(u64, u64)];

    fn deref(&self) -> &Self::Target {
        &self.runs
    }
}

impl Clone for Runs {
    fn clone(&self) -> Self {
        self.with(self.runs.to_vec())
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        if let Some(zones) = &self.zones {
            zones.remove(&self.runs);
        }
    }
}

impl PartialEq for Runs {
    fn eq(&self, other: &Self) -> bool {
        self.runs == other.runs
    }
}

impl Eq for Runs {}

impl Serialize for Runs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.runs.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Runs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { runs: Box::deserialize(deserializer)?, zones: None })
    }
}

/// Counts for both logs.
#[derive(Debug, Default, Clone)]
pub(super) struct Held {
    /// Of the blob log's chunks.
    pub blobs: Arc<Zones>,
    /// Of the journal's records with bytes in them.
    pub journal: Arc<Zones>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_the_journal_are_used_while_anybody_refers_to_them() {
        let zones = Arc::new(Zones::default());
        let mut read = Inline::from(700);
        assert_eq!((zones.total(), read.sequence()), (0, 700));
        read.hold(&zones);
        read.hold(&zones);
        let copy = read.clone();
        assert_eq!(zones.total(), 2);
        drop(read);
        assert!(zones.is_used_before(701) && !zones.is_used_before(512));
        drop(copy);
        assert_eq!((zones.total(), zones.is_used_before(u64::MAX)), (0, false));
    }

    #[test]
    fn chunks_are_used_while_anybody_refers_to_them() {
        let zones = Arc::new(Zones::default());
        let runs = Runs::new([(200, 100), (1000, 1)].into(), &zones);
        assert_eq!(zones.total(), 101);
        assert!(!zones.is_used_before(0) && zones.is_used_before(1) && zones.is_used_before(300));
        let clone = runs.clone();
        let part = clone.with(vec![(1000, 1)]);
        drop(runs);
        assert_eq!(zones.total(), 102);
        drop(clone);
        assert_eq!(zones.total(), 1);
        assert!(!zones.is_used_before(768) && zones.is_used_before(769), "a zone is one");
        drop(part);
        assert_eq!((zones.total(), zones.is_used_before(u64::MAX)), (0, false));
        assert_eq!((Zones::end_of(1), Zones::end_of(256), Zones::end_of(257)), (256, 256, 512));
    }
}
