//! An object's bytes on their way out, a few hundred KiB at a time.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use nano_woof::{Error, Log, Run, Sequence};

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

    /// The next bytes, in one or more buffers; none at the end. May wait for a disk.
    pub fn next_batch(&mut self) -> Result<Vec<Bytes>, StoreError> {
        let read = |log: &Log, first, count, limit| {
            // Bytes that were just moved within the journal may not be durable where they are now.
            log.wait(first)?;
            log.read(first, count, limit).map(Some)
        };
        // Nothing is left out that is waited for.
        Ok(self.batch(read)?.unwrap_or_default())
    }

    /// As [`Self::next_batch`] if the bytes are in memory, so that no thread is needed to wait for them; nothing if not.
    pub fn next_batch_now(&mut self) -> Result<Option<Vec<Bytes>>, StoreError> {
        self.batch(|log, first, count, limit| match log.read_cached(first, count, limit) {
            Err(Error::NotYet(_)) => Ok(None),
            read => read,
        })
    }

    fn batch(
        &mut self,
        read: impl Fn(&Log, Sequence, u64, usize) -> Result<Option<Run>, Error>,
    ) -> Result<Option<Vec<Bytes>>, StoreError> {
        let Some(piece) = self.pieces.front() else { return Ok(Some(vec![])) };
        let damaged = || StoreError::Damaged("an object's chunk is shorter than its record says".to_owned());
        let (found, batch) = match &piece.place {
            Place::Here => return Err(damaged()),
            Place::Journal(inline) => {
                let run = read(&self.logs.journal, Sequence(inline.sequence()), 1, usize::MAX)?;
                let Some(run) = run else { return Ok(None) };
                let (_, payload) = run.records.into_iter().next().ok_or_else(damaged)?;
                let start = payload.start + piece.skip as usize;
                let end = start + piece.length as usize;
                if end > payload.end {
                    return Err(damaged());
                }
                (vec![Bytes::from(run.buffer).slice(start..end)], piece.length)
            }
            Place::Blobs(runs) => {
                let Some(&(first, count)) = runs.first() else { return Err(damaged()) };
                let run = read(&self.logs.blobs, Sequence(first), count, BATCH_BYTES + BATCH_BYTES / 8)?;
                let Some(run) = run else { return Ok(None) };
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
                (found, batch)
            }
        };
        let rest = (batch < piece.length).then(|| piece.cut(batch, piece.length));
        self.pieces.pop_front();
        if let Some(rest) = rest {
            self.pieces.push_front(rest);
        }
        self.remaining -= batch;
        Ok(Some(found))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::hold::Inline;
    use crate::store::{Attributes, ObjectStore, StoreOptions};

    #[test]
    fn bytes_on_their_way_to_another_record_are_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(directory.path(), StoreOptions::default(), Arc::new(|| 1)).unwrap();
        // As compaction leaves it between its change of the index and the disk's answer.
        let moved = store.logs.journal.submit(&[b"0123456789"], 1).unwrap();
        let place = Place::Journal(Inline::new(moved.get(), &store.logs.held.journal));
        let object = Object {
            length: 4,
            etag: String::new(),
            modified_ms: 1,
            attributes: Arc::new(Attributes::default()),
            parts: vec![],
            revision: 0,
            version: None,
            is_delete_marker: false,
            pieces: vec![Piece { length: 4, skip: 3, place }],
        };
        let mut reader = store.reader(&object, 0..4);
        assert_eq!(reader.next_batch_now().unwrap(), None);
        assert_eq!(reader.next_batch().unwrap(), [Bytes::from("3456")]);
        assert_eq!(reader.remaining(), 0);
    }
}
