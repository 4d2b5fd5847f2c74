//! Room in the journal that nobody needs any more: events that checkpoints cover, and bytes of small objects that were
//! overwritten or deleted.
//!
//! The journal is cleaned from its beginning, as the blob log is. A segment goes when both checkpoints cover it and nobody
//! refers to bytes in it. When more than half of the records have no such bytes, those of its oldest segment that have
//! are written again at its end first.

use std::ops::Bound;

use nano_woof::Sequence;

use super::error::StoreError;
use super::event::{Event, Moved};
use super::hold::Zones;
use super::object::{Piece, Place};
use super::objects::ObjectStore;
use super::reclaim::{Between, Found, Reclaimed, backup_lock, slice};

/// Bytes that are written as one event. While it is made nobody else writes or reads.
const MOST_BYTES: usize = 256 << 10;

/// Moves that are written as one event.
const MOST_MOVES: usize = 100;

impl ObjectStore {
    /// Drops what can be of the journal. Writers and readers go on meanwhile.
    pub fn compact_journal(&self) -> Result<Reclaimed, StoreError> {
        self.compact_journal_slowly(&mut || true)
    }

    /// As [`Self::compact_journal`]. What was done when it is not to go on is kept.
    pub(crate) fn compact_journal_slowly(&self, between: Between<'_>) -> Result<Reclaimed, StoreError> {
        let mut reclaimed = Reclaimed::default();
        let Some(covered) = self.checkpoints.covered() else { return Ok(reclaimed) };
        let (journal, held) = (&self.logs.journal, &self.logs.held.journal);
        loop {
            let segments = journal.segments();
            let (Some(first), Some(next)) = (segments.first(), segments.get(1).copied()) else { break };
            if next.get() > covered + 1 {
                break;
            }
            if held.is_used_before(next.get()) {
                let all = journal.last().map_or(0, Sequence::get) + 1 - first.get();
                let end = Zones::end_of(next.get());
                // Records are counted by zones: what is moved must come into another one than what is to go.
                let is_too_near = journal.last().map_or(0, Sequence::get) + 1 < end;
                if held.total() * 2 > all || is_too_near {
                    break;
                }
                reclaimed.moved_chunks += self.move_inline(end, between)?;
                if held.is_used_before(next.get()) {
                    // By a reader, who will be through some time.
                    break;
                }
            }
            // A backup may be about to copy it.
            let Some(_lock) = backup_lock(&self.logs.directory).ok().filter(|file| file.try_lock().is_ok()) else {
                break;
            };
            // What moved away from there is durable before that goes, whatever the policy.
            self.sync()?;
            let before = journal.stored_bytes();
            journal.trim_before(next)?;
            reclaimed.bytes += before.saturating_sub(journal.stored_bytes());
        }
        Ok(reclaimed)
    }

    /// Writes bytes that are in records before `end` again, behind everything, as long as it is to go on; how many stretches
    /// of them.
    fn move_inline(&self, end: u64, between: Between<'_>) -> Result<u64, StoreError> {
        let is_in_the_way = |pieces: &[Piece]| {
            pieces.iter().any(|piece| matches!(&piece.place, Place::Journal(inline) if inline.sequence() < end))
        };
        let mut cursor = Some((String::new(), Bound::Unbounded));
        let mut moved = 0;
        while let Some(from) = cursor.take() {
            let (found, next) = slice(&self.index(), from, is_in_the_way);
            cursor = next;
            let (mut bytes, mut batch) = (vec![], vec![]);
            for found in found {
                let pieces = found.3.iter().map(|piece| self.lift(piece, end, &mut bytes)).collect::<Result<_, _>>()?;
                batch.push((found, pieces));
                if batch.len() >= MOST_MOVES || bytes.len() >= MOST_BYTES {
                    moved += self.write_moved(std::mem::take(&mut batch), &std::mem::take(&mut bytes))?;
                    if !between() {
                        return Ok(moved);
                    }
                }
            }
            moved += self.write_moved(batch, &bytes)?;
        }
        Ok(moved)
    }

    /// The piece, with bytes in a record before `end` added to those that are written next instead.
    fn lift(&self, piece: &Piece, end: u64, bytes: &mut Vec<u8>) -> Result<Piece, StoreError> {
        let sequence = match &piece.place {
            Place::Journal(inline) if inline.sequence() < end => inline.sequence(),
            _ => return Ok(piece.clone()),
        };
        let record = self.logs.journal.get(Sequence(sequence))?.payload;
        let (from, to) = (piece.skip as usize, (piece.skip + piece.length) as usize);
        let found = record.get(from..to);
        let found = found.ok_or_else(|| StoreError::Damaged(format!("event {sequence} has too few bytes")))?;
        let skip = bytes.len() as u64;
        bytes.extend_from_slice(found);
        Ok(Piece { length: piece.length, skip, place: Place::Here })
    }

    fn write_moved(&self, batch: Vec<(Found, Vec<Piece>)>, bytes: &[u8]) -> Result<u64, StoreError> {
        if batch.is_empty() {
            return Ok(0);
        }
        let mut moved = 0;
        self.change(bytes, |index| {
            // What was replaced meanwhile needs no move.
            let is_there = |((bucket, key, of, before), pieces): (Found, Vec<Piece>)| {
                let now = index.buckets.get(&bucket)?.pieces(&key, &of)?;
                (now == before).then_some(Moved { bucket, key, of, pieces })
            };
            let moves: Vec<_> = batch.into_iter().filter_map(is_there).collect();
            moved = moves.len() as u64;
            Ok((!moves.is_empty()).then_some(Event::PiecesMoved { moves }))
        })?;
        Ok(moved)
    }
}
