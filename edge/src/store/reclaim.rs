//! Room that nobody needs any more: chunks of objects that were overwritten or deleted, and of uploads that were aborted.
//!
//! The blob log is cleaned from its beginning. When more than half of it is garbage, what is still needed of its oldest
//! segment is written again at its end, the journal says where it is now, and the segment goes when nobody refers to it:
//! no object, no upload, and no reader that began before. Writers go on meanwhile; the index is locked for moments, and the
//! disk is asked for little at a time, so that whoever cleans may rest in between.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use nano_woof::Sequence;

use super::CHUNK_BYTES;
use super::error::StoreError;
use super::event::{Event, Moved, Owner};
use super::hold::{Runs, Zones};
use super::index::{Bucket, Index};
use super::object::{Object, Piece, Place};
use super::objects::{Logs, ObjectStore};

/// Keys that are looked at while the index is locked.
const SLICE_KEYS: usize = 500;

/// Moves that are written as one event.
const MOST_MOVES: usize = 100;

/// Chunks that are copied together: a writer waits for no more of them.
const BATCH_CHUNKS: u64 = 64;

/// What a reclamation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reclaimed {
    /// Bytes of files that are gone.
    pub bytes: u64,
    /// Chunks, or stretches of bytes in the journal, that were written again.
    pub moved_chunks: u64,
}

/// Kept while a backup is made.
pub(super) fn backup_lock(directory: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(directory.join("backup"))
}

/// What was found to be in the way: where it is, whose it is and its pieces.
pub(super) type Found = (String, String, Owner, Vec<Piece>);

/// Asked between pieces of work of about a MiB, each durable: rests, and says whether to go on.
pub(crate) type Between<'a> = &'a mut dyn FnMut() -> bool;

impl ObjectStore {
    /// Reclaims what can be; returns at once where less than half of the chunks are garbage.
    pub fn reclaim(&self) -> Result<Reclaimed, StoreError> {
        self.reclaim_slowly(&mut || true)
    }

    /// As [`Self::reclaim`]. What was done when it is not to go on is kept.
    pub(crate) fn reclaim_slowly(&self, between: Between<'_>) -> Result<Reclaimed, StoreError> {
        let mut reclaimed = Reclaimed::default();
        self.end_segment_for_room();
        loop {
            let segments = self.logs.blobs.segments();
            let (Some(first), Some(next)) = (segments.first(), segments.get(1).copied()) else { break };
            let held = &self.logs.held.blobs;
            if held.is_used_before(next.get()) {
                let all = self.logs.blobs.last().map_or(0, Sequence::get) + 1 - first.get();
                if held.total() * 2 > all {
                    break;
                }
                let Some(moved) = self.move_out(Zones::end_of(next.get()), between)? else { break };
                reclaimed.moved_chunks += moved;
            }
            let before = self.logs.blobs.stored_bytes();
            if !self.trim(next)? {
                break;
            }
            reclaimed.bytes += before.saturating_sub(self.logs.blobs.stored_bytes());
        }
        Ok(reclaimed)
    }

    /// On a full disk, where all chunks are in one segment and nobody needs any: has what waits for room begin another one, so that
    /// this one can go. A small file may still have room.
    fn end_segment_for_room(&self) {
        let blobs = &self.logs.blobs;
        if blobs.is_full() && blobs.segments().len() == 1 && self.logs.held.blobs.total() == 0 {
            blobs.end_segment();
            // Whoever writes next is told if this was in vain.
            let _ = blobs.sync();
        }
    }

    /// Whether chunks wait for room.
    pub(crate) fn is_full(&self) -> bool {
        self.logs.blobs.is_full()
    }

    /// Drops the segments before `next`, if nobody refers to them.
    fn trim(&self, next: Sequence) -> Result<bool, StoreError> {
        if self.logs.held.blobs.is_used_before(next.get()) {
            return Ok(false);
        }
        // A backup has read the journal and is going to read what that names.
        let file = backup_lock(&self.logs.directory).map_err(|error| nano_woof::Error::Io {
            operation: "open",
            path: self.logs.directory.join("backup"),
            source: Arc::new(error),
        })?;
        if file.try_lock().is_err() {
            return Ok(false);
        }
        // That nobody refers to them is true for good only when the last event that made it so is durable, whatever the
        // policy.
        self.sync()?;
        self.logs.blobs.trim_before(next)?;
        Ok(true)
    }

    /// Writes all that is before chunk `end` again, behind everything; how many chunks. Nothing if it did not go on.
    fn move_out(&self, end: u64, between: Between<'_>) -> Result<Option<u64>, StoreError> {
        let (now_ms, moved) = ((self.clock)(), HashMap::new());
        let mut copier = Copier { logs: &self.logs, end, now_ms, moved, held: vec![], unsettled: None, between };
        let mut cursor = Some((String::new(), Bound::Unbounded));
        while let Some(from) = cursor.take() {
            let is_in_the_way = |pieces: &[Piece]| {
                pieces.iter().filter_map(Piece::runs).any(|runs| runs.iter().any(|(first, _)| *first < end))
            };
            let (found, next) = slice(&self.index(), from, is_in_the_way);
            cursor = next;
            for batch in found.chunks(MOST_MOVES) {
                let mut moves = Vec::with_capacity(batch.len());
                for (bucket, key, of, pieces) in batch {
                    let pieces =
                        pieces.iter().map(|piece| copier.copy(piece)).collect::<Result<Option<Vec<_>>, _>>()?;
                    let Some(pieces) = pieces else { return Ok(None) };
                    moves.push(Moved { bucket: bucket.clone(), key: key.clone(), of: of.clone(), pieces });
                }
                copier.settle()?;
                self.change(&[], |index| {
                    // What was replaced meanwhile needs no move.
                    let is_there = |(place, moved): (&Found, Moved)| {
                        let now = index.buckets.get(&moved.bucket)?.pieces(&moved.key, &moved.of)?;
                        (now == place.3).then_some(moved)
                    };
                    let moves: Vec<_> = batch.iter().zip(moves).filter_map(is_there).collect();
                    Ok((!moves.is_empty()).then_some(Event::PiecesMoved { moves }))
                })?;
            }
        }
        Ok(Some(copier.moved.len() as u64))
    }

    /// Whether every record that something refers to is in the logs.
    pub(super) fn check_places(&self) -> Result<(), StoreError> {
        let there = self.logs.blobs.first().get()..=self.logs.blobs.last().map_or(0, Sequence::get);
        let events = self.logs.journal.first().get()..=self.index().last;
        let check = |pieces: &[Piece]| {
            let inline = pieces.iter().filter_map(Piece::event).find(|sequence| !events.contains(sequence));
            if let Some(sequence) = inline {
                return Err(StoreError::Damaged(format!("event {sequence} is not there")));
            }
            let missing =
                pieces.iter().filter_map(Piece::runs).flat_map(|runs| runs.iter()).find(|(first, count)| {
                    *count > 0 && !(there.contains(first) && there.contains(&(first + count - 1)))
                });
            missing.map_or(Ok(()), |(first, _)| Err(StoreError::Damaged(format!("chunk {first} is not there"))))
        };
        let index = self.index();
        for bucket in index.buckets.values() {
            let versions = bucket.history.values().flatten();
            bucket.objects.values().chain(versions).try_for_each(|object| check(&object.pieces))?;
            let parts = bucket.uploads.values().flat_map(|upload| upload.parts.values());
            parts.into_iter().try_for_each(|part| check(&part.record.pieces))?;
        }
        Ok(())
    }
}

/// What has pieces that are in the way, among the next keys; and where to go on.
pub(super) fn slice(
    index: &Index,
    (bucket, from): (String, Bound<String>),
    is_in_the_way: impl Fn(&[Piece]) -> bool,
) -> (Vec<Found>, Option<(String, Bound<String>)>) {
    let mut found = vec![];
    let Some((name, entry)) = index.buckets.range(bucket.clone()..).next() else { return (found, None) };
    let from = if *name == bucket { from } else { Bound::Unbounded };
    let mut keys = 0;
    let mut last = None;
    for (key, object) in entry.objects.range((from.clone(), Bound::Unbounded)).take(SLICE_KEYS) {
        keys += 1;
        last = Some(key.clone());
        if is_in_the_way(&object.pieces) {
            let of = Owner::Version(object.version_name().to_owned());
            found.push((name.clone(), key.clone(), of, object.pieces.clone()));
        }
    }
    if from == Bound::Unbounded {
        // Of these there are few as a rule, so they are looked through with the first keys.
        for (key, object) in entry.history.iter().flat_map(|(key, all)| all.iter().map(move |object| (key, object))) {
            let is_current = entry.objects.get(key).is_some_and(|current| Arc::ptr_eq(current, object));
            if !is_current && is_in_the_way(&object.pieces) {
                let of = Owner::Version(object.version_name().to_owned());
                found.push((name.clone(), key.clone(), of, object.pieces.clone()));
            }
        }
        for ((key, upload), begun) in &entry.uploads {
            for (number, part) in begun.parts.iter().filter(|(_, part)| is_in_the_way(&part.record.pieces)) {
                let of = Owner::Part(upload.clone(), *number);
                found.push((name.clone(), key.clone(), of, part.record.pieces.clone()));
            }
        }
    }
    let next = match last.filter(|_| keys == SLICE_KEYS) {
        Some(last) => Some((name.clone(), Bound::Excluded(last))),
        None => Some((format!("{name}\0"), Bound::Unbounded)),
    };
    (found, next)
}

/// Writes chunks again, each once however many refer to it.
struct Copier<'a> {
    logs: &'a Logs,
    end: u64,
    now_ms: u64,
    /// By where they were.
    moved: HashMap<u64, u64>,
    /// Keeps them there until the index does.
    held: Vec<Runs>,
    /// The first and the last chunk that were written and not waited for.
    unsettled: Option<(u64, u64)>,
    between: Between<'a>,
}

impl Copier<'_> {
    /// The piece, with its chunks before the end somewhere else. Nothing if it is not to go on.
    fn copy(&mut self, piece: &Piece) -> Result<Option<Piece>, StoreError> {
        let Some(runs) = piece.runs() else { return Ok(Some(piece.clone())) };
        let mut places: Vec<(u64, u64)> = vec![];
        for &(first, count) in runs {
            let before = self.end.saturating_sub(first).min(count);
            let mut at = first;
            while at < first + before {
                let batch = (first + before - at).min(BATCH_CHUNKS);
                let known = self.moved.contains_key(&at);
                let alike = (at..at + batch).take_while(|chunk| self.moved.contains_key(chunk) == known).count() as u64;
                if !known && !self.write_again(at, alike)? {
                    return Ok(None);
                }
                for chunk in at..at + alike {
                    let now = self.moved.get(&chunk).copied().unwrap_or(chunk);
                    extend(&mut places, now, 1);
                }
                at += alike;
            }
            if count > before {
                extend(&mut places, first + before, count - before);
            }
        }
        let place = Place::Blobs(Runs::new(places.into(), &self.logs.held.blobs));
        Ok(Some(Piece { place, ..piece.clone() }))
    }

    /// Whether to go on.
    fn write_again(&mut self, first: u64, count: u64) -> Result<bool, StoreError> {
        let (mut at, end) = (first, first + count);
        while at < end {
            let run = self.logs.blobs.read(Sequence(at), end - at, BATCH_CHUNKS as usize * (CHUNK_BYTES + 64))?;
            let chunks: Vec<&[u8]> = run.iter().map(|record| record.payload).collect();
            let count = chunks.len() as u64;
            let (now, held) = self.logs.submit_chunks(&chunks, self.now_ms)?;
            self.held.push(held);
            for offset in 0..count {
                self.moved.insert(at + offset, now + offset);
            }
            at += count;
            let begin = self.unsettled.map_or(now, |(first, _)| first);
            self.unsettled = Some((begin, now + count - 1));
            // Whoever writes meanwhile waits for so much, not for all that is to be moved.
            if now + count - begin >= BATCH_CHUNKS {
                self.settle()?;
                if !(self.between)() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Returns when all that was written is durable.
    fn settle(&mut self) -> Result<(), StoreError> {
        self.unsettled.take().map_or(Ok(()), |(_, last)| Ok(self.logs.blobs.wait(Sequence(last))?))
    }
}

fn extend(places: &mut Vec<(u64, u64)>, first: u64, count: u64) {
    match places.last_mut() {
        Some((begin, length)) if *begin + *length == first => *length += count,
        _ => places.push((first, count)),
    }
}

impl Bucket {
    /// Where the bytes of a version or part are.
    pub fn pieces(&self, key: &str, of: &Owner) -> Option<&[Piece]> {
        match of {
            Owner::Version(version) => self.version(key, version).ok().map(|object| &object.pieces[..]),
            Owner::Part(upload, number) => {
                let upload = self.uploads.get(&(key.to_owned(), upload.clone()))?;
                Some(&upload.parts.get(number)?.record.pieces)
            }
        }
    }

    /// The bytes of a version or part are somewhere else now; nothing else about it changes.
    pub fn move_pieces(&mut self, key: &str, of: &Owner, pieces: Vec<Piece>) {
        match of {
            Owner::Version(version) => {
                let Ok(found) = self.version(key, version) else { return };
                let object = Arc::new(Object { pieces, ..Object::clone(found) });
                self.replace_version(key, &object);
            }
            Owner::Part(upload, number) => {
                let upload = self.uploads.get_mut(&(key.to_owned(), upload.clone()));
                if let Some(part) = upload.and_then(|upload| upload.parts.get_mut(number)) {
                    part.record.pieces = pieces;
                }
            }
        }
    }
}

impl Piece {
    /// The event behind which it is, if it is in the journal.
    pub fn event(&self) -> Option<u64> {
        match &self.place {
            Place::Journal(inline) => Some(inline.sequence()),
            Place::Here | Place::Blobs(_) => None,
        }
    }

    /// Its chunks, if it is in the blob log.
    pub fn runs(&self) -> Option<&[(u64, u64)]> {
        match &self.place {
            Place::Blobs(runs) => Some(runs),
            Place::Here | Place::Journal(_) => None,
        }
    }
}

/// A backup's claim on all that there is; chunks go when it is dropped.
#[derive(Debug)]
pub struct BackupClaim {
    _file: File,
}

impl BackupClaim {
    /// Waits for a reclamation that is at it.
    pub fn take(objects: &Path) -> std::io::Result<Self> {
        let file = backup_lock(objects)?;
        file.lock_shared()?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Attributes, Precondition, StoreOptions};

    const LENGTH: usize = 1 << 20;

    fn open(directory: &Path) -> ObjectStore {
        let options = StoreOptions { blob_segment_bytes: 4 << 20, ..StoreOptions::default() };
        ObjectStore::open(directory, options, Arc::new(|| 1)).unwrap()
    }

    fn put(store: &ObjectStore, key: &str, byte: u8) {
        let mut writer = store.writer();
        writer.write(&vec![byte; LENGTH]).unwrap();
        store.put("b", key, writer.finish().unwrap(), Attributes::default(), &Precondition::None).unwrap();
    }

    fn check(store: &ObjectStore, key: &str, byte: u8) {
        let object = store.object("b", key).unwrap();
        let bytes = store.reader(&object, 0..object.length).read_to_end().unwrap();
        assert!(bytes.len() == LENGTH && bytes.iter().all(|found| *found == byte), "{key}");
    }

    #[test]
    fn between_pieces_others_write_and_cleaning_may_end() {
        for last in 1..=4 {
            let directory = tempfile::tempdir().unwrap();
            let store = open(directory.path());
            store.create_bucket("b", "r").unwrap();
            for (key, byte) in [("first", 1), ("second", 2), ("third", 3)] {
                put(&store, key, byte);
            }
            (0..12).for_each(|round| put(&store, "changes", round));
            let mut pieces = 0;
            let reclaimed = store.reclaim_slowly(&mut || {
                pieces += 1;
                check(&store, "first", 1);
                // One that was copied and is not moved yet, or one that is still to be copied.
                put(&store, if last % 2 == 0 { "first" } else { "third" }, if last % 2 == 0 { 1 } else { 30 });
                pieces < last
            });
            let reclaimed = reclaimed.unwrap();
            // The first file has three of them; it goes when all are somewhere else and it is to go on.
            assert_eq!((pieces, reclaimed.bytes > 0), (last, last > 3), "{reclaimed:?}");
            let all = |store: &ObjectStore| {
                for (key, byte) in [("first", 1), ("second", 2), ("changes", 11)] {
                    check(store, key, byte);
                }
                check(store, "third", if last % 2 == 0 { 3 } else { 30 });
                store.verify().unwrap();
            };
            all(&store);
            drop(store);
            let store = open(directory.path());
            all(&store);
            store.reclaim().unwrap();
            assert!(store.stored_bytes() < 12 * LENGTH as u64, "{}", store.stored_bytes());
            all(&store);
        }
    }
}
