//! Reading records that lie next to each other: together, verified, and if that is asked only where no disk is waited for.

use std::sync::Arc;

use crate::error::Error;
use crate::log::{Log, Run};
use crate::record;
use crate::segment::{self, SegmentFile};
use crate::sequence::Sequence;

/// Where records are.
struct Place {
    file: Arc<SegmentFile>,
    start: u64,
    bytes: usize,
    count: usize,
}

impl Log {
    /// Reads up to `count` records from `from` on that lie next to each other in one segment, and stops before
    /// `limit` bytes are passed (but reads one at least).
    pub fn read(&self, from: Sequence, count: u64, limit: usize) -> Result<Run, Error> {
        let place = self.place(from, count, limit)?;
        let buffer = place.file.read_at(place.start, place.bytes)?;
        self.verified(from, &place, buffer)
    }

    /// As [`Log::read`] if the operating system has all of the bytes in memory; nothing if a disk would have to be waited
    /// for, or if the system can't tell.
    pub fn read_cached(&self, from: Sequence, count: u64, limit: usize) -> Result<Option<Run>, Error> {
        let place = self.place(from, count, limit)?;
        let Some(buffer) = place.file.read_cached_at(place.start, place.bytes) else { return Ok(None) };
        self.verified(from, &place, buffer).map(Some)
    }

    fn place(&self, from: Sequence, count: u64, limit: usize) -> Result<Place, Error> {
        let state = self.lock();
        if from.0 == 0 || from.0 > state.committed {
            return Err(Error::NotYet(from));
        }
        let first = self.first_in(&state);
        if from.0 < first {
            return Err(Error::Gone { sequence: from, first: Sequence(first) });
        }
        let index = state.segments.partition_point(|s| s.base() <= from.0).saturating_sub(1);
        let segment = state.segments.get(index).ok_or(Error::NotYet(from))?;
        let at = (from.0 - segment.base()) as usize;
        let starts = segment.offsets.starts.get(at..).unwrap_or_default();
        let start = starts.first().copied().ok_or(Error::NotYet(from))?;
        let mut ends = starts.iter().skip(1).copied().chain([segment.offsets.end]).take(count as usize);
        let mut end = ends.next().ok_or(Error::NotYet(from))?;
        let mut count = 1;
        for later in ends.take_while(|later| (later - start) as usize <= limit) {
            end = later;
            count += 1;
        }
        Ok(Place { file: Arc::clone(&segment.file), start: u64::from(start), bytes: (end - start) as usize, count })
    }

    fn verified(&self, from: Sequence, place: &Place, buffer: Vec<u8>) -> Result<Run, Error> {
        let mut records = Vec::with_capacity(place.count);
        let mut at = 0;
        let mut expected = from;
        for _ in 0..place.count {
            let here = place.start + at as u64;
            let (record, total) = record::decode(buffer.get(at..).unwrap_or_default(), self.id, self.config.element)
                .map_err(|error| place.file.corrupt(here, segment::reason(error)))?;
            if record.header.sequence != expected {
                return Err(place.file.corrupt(here, "a record of another sequence"));
            }
            let payload = at + record::HEADER_BYTES;
            records.push((record.header, payload..payload + record.payload.len()));
            at += total;
            expected = expected.next();
        }
        Ok(Run { buffer, records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogOptions, SyncPolicy};
    use crate::sequence::{Config, LogId};

    #[test]
    fn what_is_in_memory_is_read_as_what_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let options = LogOptions { policy: SyncPolicy::Group, segment_bytes: 1 << 20, ..LogOptions::default() };
        let config = Config { element: 4096, history: 0 };
        let log = Log::open_or_create(directory.path(), LogId(1), config, options, 1).unwrap();
        for number in 0..100_u8 {
            log.append(&[number; 3000], 1).unwrap();
        }
        for (from, count, limit) in [(1, 100, usize::MAX), (1, 7, 10_000), (99, 9, 10), (100, 1, 0)] {
            let read = log.read(Sequence(from), count, limit).unwrap();
            // A file system may not be able to tell; what it does tell is right.
            if let Some(cached) = log.read_cached(Sequence(from), count, limit).unwrap() {
                assert_eq!((cached.buffer, cached.records), (read.buffer, read.records), "{from} {count} {limit}");
            }
        }
        assert!(matches!(log.read_cached(Sequence(101), 1, 1), Err(Error::NotYet(_))));
    }

    #[test]
    fn damage_is_found_in_memory_too() {
        let directory = tempfile::tempdir().unwrap();
        let config = Config { element: 4096, history: 0 };
        let log = Log::open_or_create(directory.path(), LogId(1), config, LogOptions::default(), 1).unwrap();
        log.append(b"whole", 1).unwrap();
        let place = log.place(Sequence(1), 1, 1).unwrap();
        let byte = place.start + record::HEADER_BYTES as u64;
        std::os::unix::fs::FileExt::write_all_at(&place.file.file, b"W", byte).unwrap();
        assert!(matches!(log.read(Sequence(1), 1, 1), Err(Error::Corrupt { .. })));
        assert!(!matches!(log.read_cached(Sequence(1), 1, 1), Ok(Some(_))));
    }
}
