//! An object's bytes on their way out, a few hundred KiB at a time.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use nano_woof::Sequence;

use super::CHUNK_BYTES;
use super::error::StoreError;
use super::object::{Object, Piece, Place, cut};
use super::objects::Logs;

/// Bytes that are read together.
const BATCH_BYTES: usize = 16 * CHUNK_BYTES;

/// Reads a range of an object. It stays readable although the object may be overwritten or deleted meanwhile.
#[derive(Debug)]
pub struct Reader {
    logs: Arc<Logs>,
    pieces: VecDeque<Piece>,
    remaining: u64,
}

impl Reader {
    pub(super) fn new(logs: Arc<Logs>, object: &Object, range: Range<u64>) -> Self {
        let end = range.end.min(object.length);
        let pieces = cut(&object.pieces, range.start, end);
        Self { logs, pieces: pieces.into(), remaining: end.saturating_sub(range.start) }
    }

    /// Bytes still to come.
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Whether the rest is few bytes that are likely in memory, so that reading them is no matter for a thread.
    pub fn is_small(&self) -> bool {
        self.remaining <= CHUNK_BYTES as u64 && self.pieces.iter().all(|p| matches!(p.place, Place::Journal(_)))
    }

    /// The next bytes, in one or more buffers; none at the end.
    pub fn next_batch(&mut self) -> Result<Vec<Bytes>, StoreError> {
        let Some(piece) = self.pieces.pop_front() else { return Ok(vec![]) };
        let damaged = || StoreError::Damaged("an object's chunk is shorter than its record says".to_owned());
        match &piece.place {
            Place::Here => Err(damaged()),
            Place::Journal(inline) => {
                let run = self.logs.journal.read(Sequence(inline.sequence()), 1, usize::MAX)?;
                let (_, payload) = run.records.into_iter().next().ok_or_else(damaged)?;
                let start = payload.start + piece.skip as usize;
                let end = start + piece.length as usize;
                if end > payload.end {
                    return Err(damaged());
                }
                self.remaining -= piece.length;
                Ok(vec![Bytes::from(run.buffer).slice(start..end)])
            }
            Place::Blobs(runs) => {
                let Some(&(first, count)) = runs.first() else { return Err(damaged()) };
                let run = self.logs.blobs.read(Sequence(first), count, BATCH_BYTES + BATCH_BYTES / 8)?;
                let chunks = run.records.len() as u64;
                let batch = (chunks * CHUNK_BYTES as u64 - piece.skip).min(piece.length);
                let buffer = Bytes::from(run.buffer);
                let (mut skip, mut left) = (piece.skip as usize, batch as usize);
                let mut found = Vec::with_capacity(run.records.len());
                for (_, payload) in run.records {
                    let start = payload.start + skip;
                    let end = payload.end.min(start + left);
                    if start > end || (end - start < left && payload.len() != CHUNK_BYTES) {
                        return Err(damaged());
                    }
                    left -= end - start;
                    skip = 0;
                    found.push(buffer.slice(start..end));
                }
                self.remaining -= batch;
                if batch < piece.length {
                    self.pieces.push_front(piece.cut(batch, piece.length));
                }
                Ok(found)
            }
        }
    }

    /// All of the rest in one buffer.
    pub fn read_to_end(mut self) -> Result<Bytes, StoreError> {
        let mut batches = self.next_batch()?;
        if self.remaining == 0 && batches.len() <= 1 {
            return Ok(batches.pop().unwrap_or_default());
        }
        let mut all = Vec::with_capacity(self.remaining as usize + batches.iter().map(Bytes::len).sum::<usize>());
        while !batches.is_empty() {
            for bytes in batches {
                all.extend_from_slice(&bytes);
            }
            batches = self.next_batch()?;
        }
        Ok(all.into())
    }
}
