//! A log of variable-size records in segment files: appended in groups, found by an index, recovered to a prefix.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::commit::Pending;
use crate::directory::{self, DirectoryLock};
use crate::error::Error;
use crate::lanes::Lanes;
use crate::record::{Header, Record};
use crate::recover;
use crate::room::Room;
use crate::segment::{self, Offsets, SegmentFile, SegmentHeader};
use crate::sequence::{Appended, Config, LogId, Origin, Sequence};

/// When an append is acknowledged, and so what a failure may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SyncPolicy {
    /// Each append is written and fsynced on its own before it returns.
    ///
    /// May lose: nothing acknowledged, by process death, system crash or power cut.
    EveryAppend,
    /// Appends that arrive during an fsync are written and fsynced together by the next one; each returns when its
    /// own is done. The default.
    ///
    /// May lose: nothing acknowledged, by process death, system crash or power cut. Of the unacknowledged ones any
    /// number may have survived, always without a gap.
    #[default]
    Group,
    /// An append returns when the operating system has it; nothing is fsynced until a segment is full.
    ///
    /// May lose: nothing by process death (`kill -9`). By a system crash or power cut everything acknowledged since
    /// the kernel last wrote back (tens of seconds), as a suffix: what is left has no gap.
    Os,
}

/// How a log is run; may differ from one opening to the next.
#[derive(Debug, Clone, Copy)]
pub struct LogOptions {
    /// See [`SyncPolicy`].
    pub policy: SyncPolicy,
    /// A segment file is finished when it reaches this many bytes. At most 2 GiB.
    pub segment_bytes: u32,
    /// Most bytes that a segment file is longer than what is in it, once it has 64 KiB: room for what comes next, so that
    /// fsyncs need not change the file's length. A file that follows another one has it from the beginning. 0: none.
    pub ahead_bytes: u32,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { policy: SyncPolicy::default(), segment_bytes: 64 << 20, ahead_bytes: 8 << 20 }
    }
}

/// What opening a log found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovery {
    /// Bytes of unfinished appends that were cut off the end.
    pub truncated_bytes: u64,
    /// Whole records among them: written after an unfinished one, never acknowledged as durable.
    pub dropped_records: u64,
}

/// A record read from a log, with its own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it says about itself.
    pub header: Header,
    /// Its bytes, at their true length.
    pub payload: Vec<u8>,
}

impl From<Record<'_>> for Entry {
    fn from(record: Record<'_>) -> Self {
        Self { header: record.header, payload: record.payload.to_vec() }
    }
}

/// Records that lie next to each other, read together and verified; payloads are ranges of one buffer.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Raw bytes of all the records.
    pub buffer: Vec<u8>,
    /// Per record its header and where in `buffer` its payload is.
    pub records: Vec<(Header, std::ops::Range<usize>)>,
}

impl Run {
    /// The records.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.records.iter().map(|(header, range)| Record {
            header: *header,
            payload: self.buffer.get(range.clone()).unwrap_or_default(),
        })
    }
}

/// One segment of an open log.
#[derive(Debug)]
pub(crate) struct Segment {
    pub header: SegmentHeader,
    pub file: Arc<SegmentFile>,
    pub offsets: Offsets,
}

impl Segment {
    pub const fn base(&self) -> u64 {
        self.header.base.0
    }

    /// Position of the record after the last one here.
    pub fn end(&self) -> u64 {
        self.base() + self.offsets.starts.len() as u64
    }
}

/// The file of the segment that comes next, made before an append needs it.
#[derive(Debug)]
pub(crate) enum Next {
    /// It isn't there. It was asked for last when the newest segment began with this record.
    Absent { asked_in: u64 },
    /// Someone makes it.
    Making,
    /// It is there, durable.
    Made(SegmentFile),
}

/// What the mutex guards.
#[derive(Debug)]
pub(crate) struct State {
    /// Oldest first; never empty; the last one is appended to.
    pub segments: VecDeque<Segment>,
    /// The last acknowledged record, 0 for none. Readers see up to here.
    pub committed: u64,
    /// Encoded records that no committer has taken yet.
    pub pending: Pending,
    /// What the disk had no room for.
    pub room: Room,
    /// Where the segment begins that takes no more records.
    pub ended: Option<u64>,
    /// Room of records that were written, for the next ones: a busy log asks for none anew.
    pub spare: Vec<u8>,
    /// Someone is writing.
    pub committing: bool,
    /// Threads that are at the log's files although they don't have the lock. Whoever takes the files away waits for them.
    pub at_files: usize,
    /// So many wait until it changes.
    pub sleeping: usize,
    /// Where segments begin that others follow and whose files are not finished yet.
    pub finished: Vec<u64>,
    /// See [`Next`].
    pub next: Next,
    /// Origins of all records, submitted ones included.
    pub lanes: Lanes,
    /// Origins of acknowledged records.
    pub durable_lanes: Lanes,
    /// Why nothing more is appended.
    pub failed: Option<Error>,
}

/// An append-only log in a directory of its own. Shared by reference among threads.
///
/// Whoever opens it is responsible for being the only process that does (see [`crate::DirectoryLock`]).
#[derive(Debug)]
pub struct Log {
    pub(crate) directory: PathBuf,
    pub(crate) id: LogId,
    pub(crate) config: Config,
    pub(crate) options: LogOptions,
    pub(crate) state: Mutex<State>,
    pub(crate) changed: Condvar,
    /// Had by who drops segments: one at a time, so that the oldest are gone for good before the next ones go.
    pub(crate) dropping: Mutex<()>,
    /// What its directory is in: nobody else has that while the log is open.
    pub(crate) lock: Option<Arc<DirectoryLock>>,
    recovery: Recovery,
    #[cfg(test)]
    pub(crate) fail_next_sync: std::sync::atomic::AtomicBool,
}

impl Log {
    /// Whether `directory` has a log.
    pub fn exists(directory: &Path) -> bool {
        recover::segments(directory).is_ok_and(|bases| !bases.is_empty())
    }

    /// Makes an empty log of records of up to `config.element` bytes. The directory may exist but have no log.
    pub fn create(
        directory: &Path,
        id: LogId,
        config: Config,
        options: LogOptions,
        created_ms: u64,
    ) -> Result<Self, Error> {
        directory::create_durably(directory)?;
        if Self::exists(directory) {
            return Err(Error::Exists(directory.display().to_string()));
        }
        let header = SegmentHeader { id, config, base: Sequence::FIRST, created_ms, lanes: Lanes::default() };
        segment::create(directory, &header)?;
        Self::open(directory, options)
    }

    /// Opens the log in `directory` and recovers it: what was acknowledged is there, without gaps.
    pub fn open(directory: &Path, options: LogOptions) -> Result<Self, Error> {
        let recovered = recover::open(directory)?;
        let newest = &recovered.newest;
        let committed = recovered.segments.back().map_or(0, |s| s.end() - 1);
        let options = LogOptions { segment_bytes: options.segment_bytes.clamp(4096, 2 << 30), ..options };
        Ok(Self {
            directory: directory.to_path_buf(),
            id: newest.id,
            config: newest.config,
            options,
            state: Mutex::new(State {
                segments: recovered.segments,
                committed,
                room: Room::default(),
                ended: None,
                spare: vec![],
                pending: Pending::after(committed),
                committing: false,
                at_files: 0,
                sleeping: 0,
                finished: vec![],
                next: Next::Absent { asked_in: 0 },
                lanes: recovered.lanes.clone(),
                durable_lanes: recovered.lanes,
                failed: None,
            }),
            changed: Condvar::new(),
            dropping: Mutex::new(()),
            lock: None,
            recovery: recovered.report,
            #[cfg(test)]
            fail_next_sync: std::sync::atomic::AtomicBool::new(false),
        })
    }

    /// Opens the log in `directory`, or makes it.
    pub fn open_or_create(
        directory: &Path,
        id: LogId,
        config: Config,
        options: LogOptions,
        created_ms: u64,
    ) -> Result<Self, Error> {
        if Self::exists(directory) {
            Self::open(directory, options)
        } else {
            Self::create(directory, id, config, options, created_ms)
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the log was created with.
    pub const fn config(&self) -> Config {
        self.config
    }

    /// Which log it is: other ones in the same place have other ids.
    pub const fn id(&self) -> LogId {
        self.id
    }

    /// What opening found.
    pub const fn recovery(&self) -> Recovery {
        self.recovery
    }

    /// Adds a record and returns when it is acknowledged, as the policy says. [`Error::Full`]: the disk has no room for it now.
    pub fn append(&self, payload: &[u8], timestamp_ms: u64) -> Result<Sequence, Error> {
        self.append_record(payload, timestamp_ms, None).map(|appended| appended.sequence)
    }

    /// As [`Log::append`], unless this very append has happened before: then says where.
    pub fn append_once(&self, payload: &[u8], timestamp_ms: u64, origin: Origin) -> Result<Appended, Error> {
        self.append_record(payload, timestamp_ms, Some(origin))
    }

    /// The newest acknowledged record's position.
    pub fn last(&self) -> Option<Sequence> {
        let committed = self.lock().committed;
        (committed > 0).then_some(Sequence(committed))
    }

    /// The oldest readable record's position; when there is none yet, where the first will be.
    pub fn first(&self) -> Sequence {
        Sequence(self.first_in(&self.lock()))
    }

    pub(crate) fn first_in(&self, state: &State) -> u64 {
        let oldest = state.segments.front().map_or(1, Segment::base);
        match self.config.history {
            0 => oldest,
            history => oldest.max(state.committed.saturating_sub(history) + 1),
        }
    }

    /// The first record's position in each segment, ascending; never empty. The last segment is appended to.
    pub fn segments(&self) -> Vec<Sequence> {
        self.lock().segments.iter().map(|segment| segment.header.base).collect()
    }

    /// Bytes that the log's segments take on disk.
    pub fn stored_bytes(&self) -> u64 {
        self.lock().segments.iter().map(|s| u64::from(s.offsets.end)).sum()
    }

    /// The record at `sequence`.
    pub fn get(&self, sequence: Sequence) -> Result<Entry, Error> {
        let run = self.read(sequence, 1, usize::MAX)?;
        run.iter().next().map(Entry::from).ok_or(Error::NotYet(sequence))
    }

    /// The newest record.
    pub fn latest(&self) -> Result<Entry, Error> {
        loop {
            let newest = Sequence(self.lock().committed);
            match self.get(newest) {
                // There are newer ones by now, and the history is short.
                Err(Error::Gone { .. }) => {}
                other => return other,
            }
        }
    }

    /// The newest `count` records, oldest first; fewer when there are fewer.
    pub fn tail(&self, count: u64) -> Result<Vec<Entry>, Error> {
        let from = {
            let state = self.lock();
            (state.committed + 1).saturating_sub(count).max(self.first_in(&state))
        };
        self.range(Sequence(from)).collect()
    }

    /// The records from `from` to the newest of now, oldest first; begins with the oldest when `from` is gone.
    pub fn range(&self, from: Sequence) -> LogRange<'_> {
        let state = self.lock();
        let next = from.0.max(self.first_in(&state));
        LogRange { log: self, next, last: state.committed, run: vec![].into_iter() }
    }

    /// Reads every record and checks it; returns how many there are.
    pub fn verify(&self) -> Result<u64, Error> {
        self.range(Sequence::FIRST).try_fold(0, |count, entry| entry.map(|_| count + 1))
    }

    /// Whether the disk has no room for records that were handed over.
    pub fn is_full(&self) -> bool {
        self.lock().room.refusal().is_some()
    }

    /// Has what comes next begin a segment, so that the one before it can be dropped.
    pub fn end_segment(&self) {
        let mut state = self.lock();
        state.ended = state.segments.back().map(Segment::base);
    }

    /// Why nothing more is appended, if a write or fsync has failed for another reason than want of room (or the log was
    /// deleted).
    pub fn failure(&self) -> Option<Error> {
        self.lock().failed.clone()
    }
}

/// Walks a log; see [`Log::range`].
#[derive(Debug)]
pub struct LogRange<'a> {
    log: &'a Log,
    next: u64,
    last: u64,
    run: std::vec::IntoIter<Entry>,
}

impl Iterator for LogRange<'_> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(entry) = self.run.next() {
            return Some(Ok(entry));
        }
        if self.next > self.last {
            return None;
        }
        let count = self.last - self.next + 1;
        match self.log.read(Sequence(self.next), count, 1 << 20) {
            Ok(run) => {
                self.next += run.records.len() as u64;
                self.run = run.iter().map(Entry::from).collect::<Vec<_>>().into_iter();
                self.run.next().map(Ok)
            }
            // Records that left the history while the walk went on are skipped, as if it had begun later.
            Err(Error::Gone { first, .. }) => {
                self.next = first.0;
                self.next()
            }
            Err(error) => {
                self.next = u64::MAX;
                Some(Err(error))
            }
        }
    }
}
