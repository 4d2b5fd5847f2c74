//! Appending: many threads encode into one buffer, one of them writes it, all wait for that one fsync.

use std::fs;
use std::sync::{Arc, MutexGuard, PoisonError};

use crate::directory;
use crate::disk;
use crate::error::{At, Error};
use crate::index;
use crate::lanes::Seen;
use crate::log::{Log, Next, Segment, State, SyncPolicy};
use crate::record::{self, Header};
use crate::room::{Handed, Unwritten};
use crate::segment::{self, Offsets, SegmentFile, SegmentHeader};
use crate::sequence::{Appended, Origin, Sequence};

/// Appends that no committer takes wait when this much is in memory.
const MOST_PENDING: usize = 4 << 20;

/// Less room than this is no trouble to come by; what few write to holds none.
const LEAST_SPARE: usize = 64 << 10;

/// Encoded records on their way to a segment.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    bytes: Vec<u8>,
    /// Where each record begins in `bytes`.
    starts: Vec<u32>,
    /// Sequence of the first.
    first: u64,
    origins: Vec<(Origin, Sequence)>,
    timestamp_ms: u64,
    /// Somebody counts on the places of some of them, whatever comes in between.
    is_counted_on: bool,
}

impl Pending {
    /// Nothing, to follow record `last`.
    pub fn after(last: u64) -> Self {
        Self { first: last + 1, ..Self::default() }
    }

    fn next(&self) -> u64 {
        self.first + self.starts.len() as u64
    }

    fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

/// Where a batch went.
struct Written {
    /// The segment that was begun for it.
    begun: Option<(SegmentHeader, SegmentFile)>,
    /// Where in the segment it is.
    at: u32,
}

impl Log {
    /// Hands records over without waiting: they follow each other, and the position of the last one is returned. They
    /// are not acknowledged, and no reader sees them, before [`Log::wait`] for it returns.
    ///
    /// [`Error::Full`] while the disk has no room for what was handed over before: then nothing was.
    pub fn submit(&self, payloads: &[&[u8]], timestamp_ms: u64) -> Result<Sequence, Error> {
        self.encode(payloads, timestamp_ms, None, true).map(|(appended, _)| appended.sequence)
    }

    /// As [`Log::submit`] for one record, unless this very append has happened before.
    pub fn submit_once(&self, payload: &[u8], timestamp_ms: u64, origin: Origin) -> Result<Appended, Error> {
        self.encode(&[payload], timestamp_ms, Some(origin), true).map(|(appended, _)| appended)
    }

    /// Adds a record and returns when it is acknowledged, as the policy says. Where there is no room for it, it is not there
    /// and will not be, as long as the process lives.
    pub(crate) fn append_record(
        &self,
        payload: &[u8],
        timestamp_ms: u64,
        origin: Option<Origin>,
    ) -> Result<Appended, Error> {
        let (appended, handed) = self.encode(&[payload], timestamp_ms, origin, false)?;
        if self.wait_for(appended.sequence, Some(handed))? {
            self.look_after();
        }
        Ok(appended)
    }

    fn encode(
        &self,
        payloads: &[&[u8]],
        timestamp_ms: u64,
        origin: Option<Origin>,
        is_counted_on: bool,
    ) -> Result<(Appended, Handed), Error> {
        if origin.is_some_and(|origin| origin.client_sequence == 0) {
            return Err(Error::Origin);
        }
        let limit = self.config.element;
        if let Some(long) = payloads.iter().find(|p| p.len() > limit as usize) {
            return Err(Error::TooLong { length: long.len(), limit });
        }
        let alone = self.options.policy == SyncPolicy::EveryAppend;
        let mut state = self.lock();
        loop {
            if let Some(error) = &state.failed {
                return Err(error.clone());
            }
            match state.room.unwritten {
                Unwritten::None => {}
                // What comes of that is known soon.
                Unwritten::Retried => {
                    state = self.sleep(state);
                    continue;
                }
                Unwritten::Kept(_) => {
                    state = self.tidy(self.commit(state));
                    if let Some(error) = state.room.refusal() {
                        return Err(error);
                    }
                    continue;
                }
            }
            let full = state.pending.bytes.len() >= MOST_PENDING;
            if !full && !(alone && (state.committing || !state.pending.is_empty())) {
                break;
            }
            // Nobody may be waiting for what is pending, so whoever needs the room writes it.
            state = if state.committing { self.sleep(state) } else { self.tidy(self.commit(state)) };
        }
        if let Some(origin) = origin {
            match state.lanes.find(origin) {
                Seen::New => {}
                Seen::Before(sequence) => return Ok((Appended { sequence, duplicate: true }, state.room.now())),
                Seen::Stale { last } => return Err(Error::Stale { lane: origin.lane, last }),
            }
        }
        state.pending.is_counted_on |= is_counted_on;
        let handed = state.room.now();
        for payload in payloads {
            let sequence = Sequence(state.pending.next());
            let pending = &mut state.pending;
            // The buffer is written when everything handed to the disk before it is durable, and not otherwise.
            let barrier = pending.is_empty() && self.options.policy != SyncPolicy::Os;
            let header = Header { sequence, timestamp_ms, origin, barrier };
            let start = pending.bytes.len();
            pending.timestamp_ms = if pending.is_empty() { timestamp_ms } else { pending.timestamp_ms };
            pending.starts.push(start as u32);
            pending.bytes.extend(record::encode_header(self.id, &header, payload));
            pending.bytes.extend_from_slice(payload);
            pending.bytes.resize(start + record::stored_bytes(payload.len()), 0);
            if let Some(origin) = origin {
                pending.origins.push((origin, sequence));
                state.lanes.insert(origin, sequence);
            }
        }
        let sequence = Sequence(state.pending.next() - 1);
        if alone {
            drop(self.tidy(self.commit(state)));
        }
        Ok((Appended { sequence, duplicate: false }, handed))
    }

    /// Whether a record handed over now would find room in memory, so that [`Log::submit`] waits for no disk.
    pub fn takes_at_once(&self) -> bool {
        let state = self.lock();
        self.options.policy != SyncPolicy::EveryAppend
            && matches!(state.room.unwritten, Unwritten::None)
            && state.pending.bytes.len() < MOST_PENDING
    }

    /// Returns when the record at `sequence`, and so every one before it, is acknowledged as the policy says.
    ///
    /// [`Error::Full`] where the disk has no room for it now. It keeps its place, since others may have been handed over
    /// behind it, and is written as soon as anybody asks for anything of the log and there is room.
    pub fn wait(&self, sequence: Sequence) -> Result<(), Error> {
        if self.wait_only(sequence)? {
            self.look_after();
        }
        Ok(())
    }

    /// As [`Log::wait`], but does nothing that no append waits for. Whether there is such work, for
    /// [`Log::look_after`]: who has others to tell that their records are acknowledged does that first.
    pub fn wait_only(&self, sequence: Sequence) -> Result<bool, Error> {
        self.wait_for(sequence, None)
    }

    fn wait_for(&self, sequence: Sequence, handed: Option<Handed>) -> Result<bool, Error> {
        let mut state = self.lock();
        let (mut wrote, refusals) = (false, state.room.refusals);
        loop {
            if handed.is_some_and(|handed| state.room.taken_back(sequence, handed)) {
                return Err(state.room.full());
            }
            if state.committed >= sequence.0 {
                return Ok(wrote && self.is_work_left(&state));
            }
            if let Some(error) = &state.failed {
                return Err(error.clone());
            }
            let is_refused = state.room.refusals != refusals;
            if is_refused && let Some(error) = state.room.refusal() {
                return Err(error);
            }
            if sequence.0 >= state.pending.next() {
                return Err(if is_refused { state.room.full() } else { Error::NotYet(sequence) });
            }
            if state.committing {
                state = self.sleep(state);
            } else {
                state = self.commit(state);
                wrote = true;
            }
        }
    }

    /// Finishes the file of a segment that another one follows, makes the file of the next one before it is needed, and
    /// drops what left the history, whichever of these is due.
    pub fn look_after(&self) {
        drop(self.tidy(self.lock()));
    }

    /// Writes and fsyncs everything submitted so far, whatever the policy.
    pub fn sync(&self) -> Result<(), Error> {
        let last = Sequence(self.lock().pending.next() - 1);
        if last.0 > 0 {
            self.wait(last)?;
        }
        self.sync_acknowledged()
    }

    /// Fsyncs everything acknowledged so far, whatever the policy.
    pub fn sync_acknowledged(&self) -> Result<(), Error> {
        let newest = self.lock().segments.back().map(|s| Arc::clone(&s.file));
        let result = newest.map_or(Ok(()), |file| self.sync_file(&file, true));
        result.inspect_err(|error| self.poison(&mut self.lock(), error))
    }

    /// Drops whole segments in which every record is before `sequence`. They are gone for good.
    pub fn trim_before(&self, sequence: Sequence) -> Result<(), Error> {
        self.drop_segments(sequence.0)
    }

    fn sleep<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.sleeping += 1;
        let mut state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.sleeping -= 1;
        state
    }

    /// Has those who sleep look again. Waking nobody would be a call of the system all the same.
    fn wake(&self, state: &State) {
        if state.sleeping > 0 {
            self.changed.notify_all();
        }
    }

    fn poison(&self, state: &mut State, error: &Error) {
        state.failed.get_or_insert_with(|| Error::Poisoned(error.to_string().into()));
        self.wake(state);
    }

    /// Takes no more records, and answers so; returns when nobody is at the log's files any more: they are about to go, and
    /// another log's may have their names.
    pub(crate) fn retire(&self, error: Error) {
        let mut state = self.lock();
        state.failed = Some(error);
        self.wake(&state);
        while state.at_files > 0 {
            state = self.sleep(state);
        }
    }

    /// Ends what began with one more at the files.
    fn leave(&self, state: &mut State) {
        state.at_files -= 1;
        if state.at_files == 0 && state.failed.is_some() {
            self.wake(state);
        }
    }

    /// Writes what is pending while the lock is free for others to encode more. Nobody else is committing. What this leaves
    /// to do is [`Log::tidy`]'s.
    fn commit<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let batch = match std::mem::take(&mut state.room.unwritten) {
            Unwritten::Kept(batch) => {
                state.room.unwritten = Unwritten::Retried;
                batch
            }
            _ if state.pending.is_empty() => return state,
            _ => {
                let bytes = std::mem::take(&mut state.spare);
                let next = Pending { bytes, ..Pending::after(state.pending.next() - 1) };
                std::mem::replace(&mut state.pending, next)
            }
        };
        state.committing = true;
        state.at_files += 1;
        let written = match state.segments.back() {
            Some(newest) => {
                let full = u64::from(newest.offsets.end) + batch.bytes.len() as u64;
                let full = full > u64::from(self.options.segment_bytes) || state.ended == Some(newest.base());
                let full = full && !newest.offsets.starts.is_empty();
                let file = Arc::clone(&newest.file);
                if full {
                    let (base, created_ms) = (Sequence(batch.first), batch.timestamp_ms);
                    let lanes = state.durable_lanes.clone();
                    let header = SegmentHeader { base, created_ms, lanes, ..newest.header.clone() };
                    let blank = take_next(&mut state);
                    drop(state);
                    self.write_to_new(&batch, &file, header, blank)
                } else {
                    let at = newest.offsets.end;
                    drop(state);
                    self.write(&batch, &file, at).map(|()| Written { begun: None, at })
                }
            }
            None => Err(Error::NotFound(self.directory.display().to_string())),
        };
        let mut state = self.lock();
        state.committing = false;
        state.room.unwritten = Unwritten::None;
        match written {
            Ok(written) => publish(&mut state, batch, written),
            Err(error) if error.is_for_want_of_room() => refuse(&mut state, batch, &error),
            Err(error) => self.poison(&mut state, &error),
        }
        self.wake(&state);
        self.leave(&mut state);
        state
    }

    /// Whether [`Log::tidy`] has anything to do.
    fn is_work_left(&self, state: &State) -> bool {
        state.failed.is_none() && (!state.finished.is_empty() || self.is_next_due(state) || self.is_history_over(state))
    }

    /// See [`Log::look_after`]. Several may be at it: each takes what nobody has taken yet, while the lock is held.
    fn tidy<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if !self.is_work_left(&state) {
            return state;
        }
        state.at_files += 1;
        while state.failed.is_none()
            && let Some(base) = state.finished.pop()
        {
            // It may have left the history by now.
            let Some(finished) = state.segments.iter().find(|segment| segment.base() == base) else { continue };
            let (file, header, offsets) =
                (Arc::clone(&finished.file), finished.header.clone(), finished.offsets.clone());
            drop(state);
            // What is not given back now is when the log is opened.
            let _ = file.give_back(u64::from(offsets.end));
            index::write(&file.path, &header, &offsets);
            state = self.lock();
            if !state.segments.iter().any(|segment| segment.base() == base) {
                // It was dropped meanwhile.
                let _ = fs::remove_file(file.path.with_extension("idx"));
            }
        }
        if state.failed.is_none() && self.is_next_due(&state) {
            let asked_in = state.segments.back().map_or(0, Segment::base);
            state.next = Next::Making;
            drop(state);
            let made = self.make_next(asked_in);
            state = self.lock();
            state.next = made.map_or(Next::Absent { asked_in }, Next::Made);
        }
        if state.failed.is_none() && self.is_history_over(&state) {
            let first = self.first_in(&state);
            drop(state);
            // The records count as gone already; a file that can't be removed now is removed with the next.
            let _ = self.drop_segments(first);
            state = self.lock();
        }
        self.leave(&mut state);
        state
    }

    /// Whether all of the oldest segment has left the history.
    fn is_history_over(&self, state: &State) -> bool {
        let first = self.first_in(state);
        self.config.history > 0 && state.segments.get(1).is_some_and(|second| second.base() <= first)
    }

    /// Whether half of the newest segment is used and nobody has asked for the one after it.
    fn is_next_due(&self, state: &State) -> bool {
        let (Some(newest), Next::Absent { asked_in }) = (state.segments.back(), &state.next) else { return false };
        *asked_in != newest.base() && newest.offsets.end >= self.options.segment_bytes / 2
    }

    /// A file for the segment after the one that begins with record `base`, durable. Where it can't be had, the append that
    /// needs it tries again and says why.
    fn make_next(&self, base: u64) -> Option<SegmentFile> {
        // No other log's, should this one be deleted and made anew meanwhile, and no other segment's of this one.
        let path = self.directory.join(format!("next-{:08x}-{base}.tmp", self.id.0));
        let room = u64::from(self.options.ahead_bytes.min(self.options.segment_bytes));
        let made = SegmentFile::draft(path.clone(), room).and_then(|blank| blank.sync().map(|()| blank));
        made.inspect_err(|_| drop(disk::remove(&path))).ok()
    }

    fn write(&self, batch: &Pending, file: &SegmentFile, at: u32) -> Result<(), Error> {
        let end = u64::from(at) + batch.bytes.len() as u64;
        file.reserve(end, u64::from(self.options.ahead_bytes), u64::from(self.options.segment_bytes));
        let written = disk::write_all_at(&file.file, &file.path, &batch.bytes, u64::from(at)).at("write", &file.path);
        if let Err(error) = written {
            if error.is_for_want_of_room() {
                file.cut(u64::from(at))?;
            }
            return Err(error);
        }
        if self.options.policy != SyncPolicy::Os {
            file.blank(batch.bytes.len(), end);
        }
        self.sync_file(file, false)
    }

    /// Begins the next segment with the batch, in the file that was made for it if there is one.
    fn write_to_new(
        &self,
        batch: &Pending,
        newest: &SegmentFile,
        header: SegmentHeader,
        blank: Option<SegmentFile>,
    ) -> Result<Written, Error> {
        if self.options.policy == SyncPolicy::Os {
            // Only the last segment may be unfinished. Under the other policies all that is in this one is durable.
            self.sync_file(newest, true)?;
        }
        let draft = || SegmentFile::draft(segment::path(&self.directory, header.base).with_extension("tmp"), 0);
        let (file, at) = blank.map_or_else(draft, Ok)?.begin(&self.directory, &header, &batch.bytes)?;
        Ok(Written { begun: Some((header, file)), at })
    }

    /// Fsyncs what is in the file; unless `always`, only if the policy is to.
    fn sync_file(&self, file: &SegmentFile, always: bool) -> Result<(), Error> {
        if self.options.policy == SyncPolicy::Os && !always {
            return Ok(());
        }
        #[cfg(test)]
        if self.fail_next_sync.swap(false, std::sync::atomic::Ordering::SeqCst) {
            return Err(std::io::Error::other("made to fail")).at("sync", &file.path);
        }
        disk::sync(&file.file, &file.path, false).at("sync", &file.path)
    }

    /// Removes the files of segments that end before `first`, the oldest first, each durably before the next: after a
    /// power cut there is no hole.
    fn drop_segments(&self, first: u64) -> Result<(), Error> {
        let _alone = self.dropping.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(removed) = self.drop_oldest(first)? {
            let _ = fs::remove_file(removed.file.path.with_extension("idx"));
            let synced = directory::sync(&self.directory);
            let mut state = self.lock();
            if let Err(error) = &synced {
                self.poison(&mut state, error);
            }
            self.leave(&mut state);
            drop(state);
            synced?;
            // Not while the lock is held: everybody would wait for that. Who still reads it closes it.
            if let Some(file) = Arc::into_inner(removed.file) {
                file.free();
            }
        }
        Ok(())
    }

    /// Removes the file of the oldest segment if it ends before `first`. Whoever gets it is at the log's files. Nobody else
    /// does this meanwhile.
    fn drop_oldest(&self, first: u64) -> Result<Option<Segment>, Error> {
        let mut state = self.lock();
        if let Some(error) = &state.failed {
            // The files may be another log's by now.
            return Err(error.clone());
        }
        if state.segments.get(1).is_none_or(|second| second.base() > first) {
            return Ok(None);
        }
        let Some(oldest) = state.segments.pop_front() else { return Ok(None) };
        state.at_files += 1;
        // Who removes segments does so alone, so that this one can be put back. All others go on.
        drop(state);
        if let Err(error) = disk::remove(&oldest.file.path) {
            let failed = Err(error).at("remove", &oldest.file.path);
            let mut state = self.lock();
            state.segments.push_front(oldest);
            self.leave(&mut state);
            return failed;
        }
        Ok(Some(oldest))
    }
}

/// The file that was made for the next segment, if it was.
fn take_next(state: &mut State) -> Option<SegmentFile> {
    // Until a segment has begun in it, nobody makes another: that would have this one's name.
    let asked_in = state.segments.back().map_or(0, Segment::base);
    match std::mem::replace(&mut state.next, Next::Absent { asked_in }) {
        Next::Made(blank) => Some(blank),
        // It will do for the one after.
        making => {
            state.next = making;
            None
        }
    }
}

/// Keeps a batch that the disk has no room for, if somebody counts on the places of its records or of those behind them;
/// else none of them are there.
fn refuse(state: &mut State, batch: Pending, error: &Error) {
    if batch.is_counted_on || state.pending.is_counted_on {
        state.room.keep(batch, error);
    } else {
        state.room.take_back(state.committed, error);
        state.lanes = state.durable_lanes.clone();
        state.pending = Pending::after(state.committed);
    }
}

/// Lets readers see a batch that was written.
fn publish(state: &mut State, batch: Pending, written: Written) {
    if let Some((header, file)) = written.begun {
        state.finished.extend(state.segments.back().map(Segment::base));
        let offsets = Offsets { starts: vec![], end: written.at };
        state.segments.push_back(Segment { header, file: Arc::new(file), offsets });
    }
    let last = batch.next() - 1;
    for (origin, sequence) in batch.origins {
        state.durable_lanes.insert(origin, sequence);
    }
    if let Some(newest) = state.segments.back_mut() {
        newest.offsets.starts.extend(batch.starts.iter().map(|start| written.at + start));
        newest.offsets.end = written.at + batch.bytes.len() as u32;
    }
    state.committed = last;
    if (LEAST_SPARE..=2 * MOST_PENDING).contains(&batch.bytes.capacity()) {
        state.spare = batch.bytes;
        state.spare.clear();
    }
}

impl Drop for Log {
    /// Submitted records that nobody waited for are written; they were not promised.
    fn drop(&mut self) {
        let _ = self.sync();
        let state = self.lock();
        if state.failed.is_some() {
            // The files may be another log's by now. Opening them does this otherwise.
            return;
        }
        if let Some(newest) = state.segments.back() {
            let _ = newest.file.give_back(u64::from(newest.offsets.end));
        }
        if let Next::Made(blank) = &state.next {
            let _ = disk::remove(&blank.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::log::LogOptions;
    use crate::sequence::{Config, LogId};

    fn log(directory: &std::path::Path, policy: SyncPolicy) -> Log {
        let config = Config { element: 100, history: 0 };
        Log::open_or_create(
            directory,
            LogId(1),
            config,
            LogOptions { policy, segment_bytes: 4096, ..LogOptions::default() },
            1,
        )
        .unwrap()
    }

    #[test]
    fn a_failed_fsync_poisons_the_log_until_it_is_opened_again() {
        for policy in [SyncPolicy::EveryAppend, SyncPolicy::Group] {
            let directory = tempfile::tempdir().unwrap();
            let open = log(directory.path(), policy);
            open.append(b"kept", 1).unwrap();
            open.fail_next_sync.store(true, Ordering::SeqCst);
            let error = open.append(b"unknown", 2).unwrap_err();
            assert!(matches!(&error, Error::Poisoned(cause) if cause.contains("made to fail")), "{error}");
            assert!(matches!(open.append(b"refused", 3), Err(Error::Poisoned(_))));
            assert!(matches!(open.sync(), Err(Error::Poisoned(_))));
            assert!(open.failure().is_some());
            assert_eq!((open.last(), open.latest().unwrap().payload), (Some(Sequence(1)), b"kept".to_vec()));
            drop(open);
            let again = log(directory.path(), policy);
            assert_eq!(again.get(Sequence(1)).unwrap().payload, b"kept");
            assert!(again.append(b"taken", 4).unwrap() >= Sequence(2));
        }
    }

    #[test]
    fn submitted_records_are_seen_when_waited_for_and_share_one_write() {
        let directory = tempfile::tempdir().unwrap();
        let log = log(directory.path(), SyncPolicy::Group);
        let first = log.submit(&[b"a", b"b"], 1).unwrap();
        let second = log.submit(&[b"c"], 2).unwrap();
        assert_eq!((first, second, log.last()), (Sequence(2), Sequence(3), None));
        assert!(matches!(log.get(first), Err(Error::NotYet(_))));
        assert!(matches!(log.wait(Sequence(4)), Err(Error::NotYet(_))));
        log.wait(first).unwrap();
        assert_eq!(log.last(), Some(second));
        let barriers: Vec<_> = log.range(Sequence::FIRST).map(|e| e.unwrap().header.barrier).collect();
        assert_eq!(barriers, [true, false, false]);
    }

    #[test]
    fn what_was_submitted_is_written_when_the_log_closes() {
        let directory = tempfile::tempdir().unwrap();
        log(directory.path(), SyncPolicy::Group).submit(&[b"a"], 1).unwrap();
        assert_eq!(log(directory.path(), SyncPolicy::Group).last(), Some(Sequence(1)));
    }

    #[test]
    fn room_that_was_asked_for_ahead_is_given_back() {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { element: 4096, history: 0 };
        let options = LogOptions { policy: SyncPolicy::Group, segment_bytes: 1 << 20, ..LogOptions::default() };
        let log = Log::open_or_create(directory.path(), LogId(1), config, options, 1).unwrap();
        let files = || {
            let names = recover_segments(directory.path());
            names.into_iter().map(|path| fs::metadata(path).unwrap()).collect::<Vec<_>>()
        };
        for _ in 0..300 {
            log.append(&[7; 4096], 1).unwrap();
        }
        let found = files();
        assert_eq!(found.len(), 2);
        assert!(found[0].len() <= 1 << 20, "a finished file has no more than its records");
        let copy = directory.path().join("copy");
        fs::create_dir(&copy).unwrap();
        for path in recover_segments(directory.path()) {
            fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
        }
        drop(log);
        let bytes = files().pop().unwrap().len();
        assert!(bytes <= found[1].len(), "{bytes}");
        // Closed, or as a crash would have left it.
        for directory in [directory.path(), &copy] {
            let log = Log::open(directory, options).unwrap();
            assert_eq!((log.recovery(), log.last()), (crate::Recovery::default(), Some(Sequence(300))));
            assert_eq!(log.verify().unwrap(), 300);
            log.append(b"goes on", 2).unwrap();
        }
    }

    #[test]
    fn what_was_dropped_is_whole_where_it_has_another_name() {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { element: 64 << 10, history: 0 };
        let options = LogOptions { policy: SyncPolicy::Os, segment_bytes: 4 << 20, ..LogOptions::default() };
        let log = Log::open_or_create(directory.path(), LogId(1), config, options, 1).unwrap();
        while log.segments().len() < 3 {
            log.append(&vec![7; 64 << 10], 1).unwrap();
        }
        let first = recover_segments(directory.path()).remove(0);
        let copy = directory.path().join("snapshot");
        fs::hard_link(&first, &copy).unwrap();
        let before = fs::read(&copy).unwrap();
        log.trim_before(log.segments()[2]).unwrap();
        assert!(!first.exists() && before.len() > 3 << 20);
        assert_eq!(fs::read(&copy).unwrap(), before);
        assert_eq!(log.verify().unwrap(), log.last().unwrap().0 + 1 - log.segments()[0].0);
    }

    #[test]
    fn no_two_segments_share_a_file_that_was_made_ahead() {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { element: 4096, history: 0 };
        let options = LogOptions { policy: SyncPolicy::Os, segment_bytes: 64 << 10, ..LogOptions::default() };
        let log = Log::open_or_create(directory.path(), LogId(1), config, options, 1).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        log.append(&[7; 4096], 1).unwrap();
                    }
                });
            }
        });
        assert_eq!(log.verify().unwrap(), 8000);
    }

    #[test]
    fn work_that_no_append_waits_for_is_left_until_it_is_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { element: 4096, history: 0 };
        let options = LogOptions { policy: SyncPolicy::Group, segment_bytes: 1 << 20, ..LogOptions::default() };
        let log = Log::open_or_create(directory.path(), LogId(1), config, options, 1).unwrap();
        let drafts = || {
            let names = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
            names.filter(|name| name.to_string_lossy().starts_with("next-")).count()
        };
        let append = || log.wait_only(log.submit(&[&[7; 4096]], 1).unwrap()).unwrap();
        assert!(!append(), "an empty segment needs none after it");
        while !append() {}
        assert_eq!(drafts(), 0, "nothing is made meanwhile");
        log.look_after();
        assert_eq!(drafts(), 1);
        // Into the next segment: the file of the one before it is to be finished.
        while log.segments().len() < 2 {
            assert!(!append() || log.segments().len() == 2);
        }
        let finished = &recover_segments(directory.path())[0];
        let before = fs::metadata(finished).unwrap().len();
        log.look_after();
        assert!(fs::metadata(finished).unwrap().len() <= before);
        assert!(finished.with_extension("idx").is_file());
        log.look_after();
        drop(log);
        Log::open(directory.path(), options).unwrap().verify().unwrap();
    }

    #[test]
    fn nothing_is_lost_while_others_do_what_appends_leave() {
        for (policy, history) in [(SyncPolicy::Os, 0), (SyncPolicy::Os, 300), (SyncPolicy::Group, 0)] {
            let directory = tempfile::tempdir().unwrap();
            let config = Config { element: 4096, history };
            let options = LogOptions { policy, segment_bytes: 64 << 10, ..LogOptions::default() };
            let log = Log::open_or_create(directory.path(), LogId(1), config, options, 1).unwrap();
            let (threads, appends) = (8, if policy == SyncPolicy::Os { 500_u64 } else { 60 });
            let done = std::sync::atomic::AtomicU64::new(0);
            std::thread::scope(|scope| {
                for thread in 0..threads {
                    let (log, done) = (&log, &done);
                    scope.spawn(move || {
                        for number in 0..appends {
                            let payload = [thread as u8; 3000];
                            let sequence = log.submit(&[&payload], number).unwrap();
                            // Of each kind: who does all, who leaves work to others, who waits for nothing.
                            match (number + thread) % 3 {
                                0 => log.wait(sequence).unwrap(),
                                1 => drop(log.wait_only(sequence).unwrap()),
                                _ => continue,
                            }
                            if history == 0 {
                                assert_eq!(log.get(sequence).unwrap().payload, payload);
                            }
                        }
                        log.wait_only(log.submit(&[b"end"], 1).unwrap()).unwrap();
                        done.fetch_add(1, Ordering::SeqCst);
                    });
                }
                for _ in 0..2 {
                    scope.spawn(|| {
                        while done.load(Ordering::SeqCst) < threads {
                            log.look_after();
                            std::thread::yield_now();
                        }
                    });
                }
            });
            log.look_after();
            let all = threads * (appends + 1);
            assert_eq!(log.last(), Some(Sequence(all)), "{policy:?} {history}");
            assert_eq!(log.verify().unwrap(), if history == 0 { all } else { history });
            let state = log.lock();
            assert!(state.finished.is_empty() && state.sleeping == 0);
            for segment in state.segments.iter().take(state.segments.len() - 1) {
                let length = fs::metadata(&segment.file.path).unwrap().len();
                assert_eq!(length, u64::from(segment.offsets.end), "{policy:?} {history}: room that nobody gave back");
            }
            drop(state);
            drop(log);
            let again = Log::open(directory.path(), options).unwrap();
            assert_eq!((again.last(), again.recovery()), (Some(Sequence(all)), crate::Recovery::default()));
        }
    }

    #[test]
    fn a_failure_is_told_to_all_who_sleep() {
        let directory = tempfile::tempdir().unwrap();
        let log = log(directory.path(), SyncPolicy::Group);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let log = &log;
                scope.spawn(move || {
                    for number in 0_u64.. {
                        if thread == 0 && number == 20 {
                            log.fail_next_sync.store(true, Ordering::SeqCst);
                        }
                        if let Err(error) = log.append(b"x", number) {
                            assert!(matches!(error, Error::Poisoned(_)), "{error}");
                            return;
                        }
                    }
                });
            }
        });
        assert_eq!(log.lock().sleeping, 0);
    }

    fn recover_segments(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
        let bases = crate::recover::segments(directory).unwrap();
        bases.into_iter().map(|base| segment::path(directory, Sequence(base))).collect()
    }

    #[test]
    fn threads_share_commits_and_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        for policy in [SyncPolicy::EveryAppend, SyncPolicy::Group, SyncPolicy::Os] {
            let path = directory.path().join(format!("{policy:?}"));
            let log = log(&path, policy);
            std::thread::scope(|scope| {
                for lane in 1..=4 {
                    let log = &log;
                    scope.spawn(move || {
                        for client_sequence in 1..=50 {
                            let payload = [lane, client_sequence as u8];
                            let origin = Origin { lane, client_sequence };
                            let once = log.append_once(&payload, 1, origin).unwrap();
                            assert_eq!(log.get(once.sequence).unwrap().payload, payload);
                            let again = log.append_once(&payload, 1, origin).unwrap();
                            assert_eq!(again, Appended { duplicate: true, ..once });
                        }
                    });
                }
            });
            assert_eq!(log.last(), Some(Sequence(200)));
            drop(log);
            let log = self::log(&path, policy);
            assert_eq!(log.verify().unwrap(), 200);
            for lane in 1..=4 {
                let origin = Origin { lane, client_sequence: 50 };
                assert!(log.append_once(b"retried", 1, origin).unwrap().duplicate);
            }
        }
    }
}
