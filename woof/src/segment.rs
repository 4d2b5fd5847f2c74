//! One file of a log: its header, its creation, and finding its records again.
//!
//! Little endian. `<base, 20 digits>.log`:
//!
//! ```text
//!  0  magic       u32   "WSEG"
//!  4  version     u16   1
//!  6  lanes       u16   entries in the lane table
//!  8  log id      u32
//! 12  element     u32   most bytes in a record
//! 16  history     u64   records that stay readable, 0 = all
//! 24  base        u64   sequence of the first record here
//! 32  created_ms  u64   Unix time
//! 40  lane table        per entry: lane u8, client sequence u64, sequence u64: what was deduplicated before `base`
//!     zeros             to a multiple of four
//!     crc32c      u32   over all before it
//!     records           see `record`
//! ```

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::checksum::crc32c;
use crate::directory;
use crate::disk;
use crate::error::{At, Error};
use crate::lanes::Lanes;
use crate::record::{self, HEADER_BYTES, MAGIC, Record, RecordError, Unverified};
use crate::sequence::{Config, LogId, Origin, Sequence};

const SEGMENT_MAGIC: [u8; 4] = *b"WSEG";
const VERSION: u16 = 1;
const FIXED: usize = 40;
const LANE_ENTRY: usize = 17;
/// Bytes looked at together when searching beyond damage.
const WINDOW: usize = 1 << 20;

/// An open segment file and where it is.
#[derive(Debug)]
pub(crate) struct SegmentFile {
    pub path: PathBuf,
    pub file: File,
    /// Up to where room was made.
    reserved: AtomicU64,
    /// Up to where zeros were written into that room.
    blanked: AtomicU64,
}

/// Bytes that are written together are few up to here.
const FEW: usize = 32 << 10;

/// Zeros that are written ahead of few bytes.
const BLANKED: u64 = 256 << 10;

/// Bytes of a removed file that are freed together: 0.2 ms.
const FREED: u64 = 1 << 20;

/// Up to here a file gets its room as it grows: most logs stay small.
const UNRESERVED: u64 = 64 << 10;

impl SegmentFile {
    pub const fn new(path: PathBuf, file: File) -> Self {
        Self { path, file, reserved: AtomicU64::new(0), blanked: AtomicU64::new(0) }
    }

    /// Makes a file that a segment will be in, with room for its first bytes where that can be had. Nobody takes a file of
    /// this name (`.tmp`) for a segment; opening the log removes what is left of it.
    pub fn draft(path: PathBuf, room: u64) -> Result<Self, Error> {
        let file = disk::create(&path).at("create", &path)?;
        let has_room = room > UNRESERVED && disk::allocate(&file, &path, 0, room).is_ok();
        let reserved = AtomicU64::new(if has_room { room } else { 0 });
        Ok(Self { reserved, ..Self::new(path, file) })
    }

    /// Makes the file's length and room durable.
    pub fn sync(&self) -> Result<(), Error> {
        disk::sync(&self.file, &self.path, true).at("sync", &self.path)
    }

    /// Makes a blank file the durable segment of this header, with its first records; where they begin. It gets its name when
    /// all that is in it is durable: no segment is ever seen with half a header.
    pub fn begin(self, directory: &Path, header: &SegmentHeader, records: &[u8]) -> Result<(Self, u32), Error> {
        let bytes = header.encode();
        let at = bytes.len() as u64;
        let path = path(directory, header.base);
        let named = || {
            disk::write_all_at(&self.file, &self.path, &bytes, 0).at("write", &self.path)?;
            disk::write_all_at(&self.file, &self.path, records, at).at("write", &self.path)?;
            self.sync()?;
            disk::rename(&self.path, &path).at("rename", &self.path)
        };
        if let Err(error) = named() {
            // It has room that others may need.
            let _ = disk::remove(&self.path);
            return Err(error);
        }
        directory::sync(directory)?;
        Ok((Self { path, ..self }, at as u32))
    }

    /// Makes room up to `end` and up to `ahead` bytes beyond it, but not over `limit`, so that the next fsyncs need not change the file's
    /// length: on ext4 that takes a third of their time. The room is zeros, which are no record. Where it can't be had,
    /// writing says so, or goes without.
    pub fn reserve(&self, end: u64, ahead: u64, limit: u64) {
        let reserved = self.reserved.load(Ordering::Relaxed);
        if end <= reserved.max(UNRESERVED) || ahead == 0 {
            return;
        }
        let until = (end + end.min(ahead)).min(limit.max(end));
        self.reserved.store(until, Ordering::Relaxed);
        let _ = disk::allocate(&self.file, &self.path, reserved, until - reserved);
    }

    /// Where few bytes are written that end at `end`, writes zeros behind them, into room that was made: an fsync of what
    /// is written over them need not change the file's extents. On ext4 one of a page takes half as long then, and half of
    /// the core's time. Many bytes cost more as zeros than that saves. What fails here does no harm.
    pub fn blank(&self, length: usize, end: u64) {
        let until = (end + BLANKED).min(self.reserved.load(Ordering::Relaxed));
        if length > FEW || end <= self.blanked.load(Ordering::Relaxed) || until <= end {
            return;
        }
        self.blanked.store(until, Ordering::Relaxed);
        let _ = disk::write_all_at(&self.file, &self.path, &vec![0; (until - end) as usize], end);
    }

    /// Gives room back that nothing was written to, after the last byte at `end`.
    pub fn give_back(&self, end: u64) -> Result<(), Error> {
        if self.reserved.swap(end, Ordering::Relaxed) > end {
            disk::set_length(&self.file, &self.path, end).at("truncate", &self.path)?;
        }
        Ok(())
    }

    /// Takes back what arrived of a write that failed, behind the last record's end: what comes next may begin another segment, and
    /// only the last one may have half a record.
    pub fn cut(&self, end: u64) -> Result<(), Error> {
        disk::set_length(&self.file, &self.path, end).at("truncate", &self.path)?;
        self.reserved.store(end, Ordering::Relaxed);
        self.blanked.store(end, Ordering::Relaxed);
        self.sync()
    }

    /// Closes a file that was removed, which frees its room, and lets others have the core every so often: all at once that
    /// takes 5 ms for 64 MiB on ext4, and a thread that waits for the core gets it after 4 of them at the earliest.
    pub fn free(self) {
        let Ok(metadata) = self.file.metadata() else { return };
        if metadata.nlink() > 0 {
            // By another name it is somebody else's.
            return;
        }
        let mut length = metadata.len();
        while length > FREED {
            length -= FREED;
            // Not by way of `disk`: no crash and no failure here makes a difference to the log.
            if self.file.set_len(length).is_err() {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Where the last byte from `from` on that is not zero ends: what is beyond was never written.
    pub fn written_end(&self, from: u64) -> Result<u64, Error> {
        let mut end = self.file.metadata().at("read", &self.path)?.len();
        while end > from {
            let start = end.saturating_sub(WINDOW as u64).max(from);
            let window = self.read_at(start, (end - start) as usize)?;
            if let Some(last) = window.iter().rposition(|byte| *byte != 0) {
                return Ok(start + last as u64 + 1);
            }
            end = start;
        }
        Ok(from)
    }

    pub fn read_at(&self, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; length];
        disk::read_exact_at(&self.file, &self.path, &mut bytes, offset).at("read", &self.path)?;
        Ok(bytes)
    }

    /// As [`Self::read_at`] if no disk has to be waited for.
    pub fn read_cached_at(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        disk::read_cached_at(&self.file, &self.path, &mut bytes, offset).then_some(bytes)
    }

    pub fn corrupt(&self, offset: u64, reason: &'static str) -> Error {
        Error::Corrupt { path: self.path.clone(), offset, reason }
    }
}

/// What a segment says at its beginning.
#[derive(Debug, Clone)]
pub(crate) struct SegmentHeader {
    pub id: LogId,
    pub config: Config,
    pub base: Sequence,
    pub created_ms: u64,
    pub lanes: Lanes,
}

impl SegmentHeader {
    pub fn encode(&self) -> Vec<u8> {
        let entries: Vec<_> = self.lanes.iter().collect();
        let mut out = Vec::with_capacity(FIXED + entries.len() * LANE_ENTRY + 8);
        out.extend(SEGMENT_MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend((entries.len() as u16).to_le_bytes());
        out.extend(self.id.0.to_le_bytes());
        out.extend(self.config.element.to_le_bytes());
        out.extend(self.config.history.to_le_bytes());
        out.extend(self.base.0.to_le_bytes());
        out.extend(self.created_ms.to_le_bytes());
        for (origin, sequence) in entries {
            out.push(origin.lane);
            out.extend(origin.client_sequence.to_le_bytes());
            out.extend(sequence.0.to_le_bytes());
        }
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(crc32c(0, &out).to_le_bytes());
        out
    }

    /// Reads the header at the start of `bytes` and says how long it is.
    pub fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let word = |at: usize| bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b));
        let long = |at: usize| bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u64::from_le_bytes(*b));
        let half = |at: usize| bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u16::from_le_bytes(*b));
        if !bytes.starts_with(&SEGMENT_MAGIC) || half(4)? != VERSION {
            return None;
        }
        let count = usize::from(half(6)?);
        let crc_at = (FIXED + count * LANE_ENTRY).next_multiple_of(4);
        if crc32c(0, bytes.get(..crc_at)?) != word(crc_at)? {
            return None;
        }
        let mut lanes = Lanes::default();
        for index in 0..count {
            let at = FIXED + index * LANE_ENTRY;
            let origin = Origin { lane: *bytes.get(at)?, client_sequence: long(at + 1)? };
            lanes.insert(origin, Sequence(long(at + 9)?));
        }
        let header = Self {
            id: LogId(word(8)?),
            config: Config { element: word(12)?, history: long(16)? },
            base: Sequence(long(24)?),
            created_ms: long(32)?,
            lanes,
        };
        Some((header, crc_at + 4))
    }

    /// The most bytes that a header takes.
    const LONGEST: u64 = (FIXED + u16::MAX as usize * LANE_ENTRY + 8) as u64;

    /// Reads the header of an open segment.
    pub fn read(segment: &SegmentFile) -> Result<(Self, usize), Error> {
        let mut bytes = Vec::with_capacity(4096);
        let mut file = &segment.file;
        file.seek(SeekFrom::Start(0)).at("read", &segment.path)?;
        file.take(4096).read_to_end(&mut bytes).at("read", &segment.path)?;
        if let Some(found) = Self::decode(&bytes) {
            return Ok(found);
        }
        file.take(Self::LONGEST).read_to_end(&mut bytes).at("read", &segment.path)?;
        Self::decode(&bytes).ok_or_else(|| segment.corrupt(0, "the segment's header is damaged"))
    }
}

/// The file that the segment beginning at `base` is in.
pub(crate) fn path(directory: &Path, base: Sequence) -> PathBuf {
    directory.join(format!("{:020}.log", base.0))
}

/// Makes a durable empty segment.
pub(crate) fn create(directory: &Path, header: &SegmentHeader) -> Result<(), Error> {
    let draft = path(directory, header.base).with_extension("tmp");
    SegmentFile::draft(draft, 0)?.begin(directory, header, &[]).map(|_| ())
}

/// Where the records of a segment are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offsets {
    /// Where each record begins.
    pub starts: Vec<u32>,
    /// Where the last one ends.
    pub end: u32,
}

/// What a walk over all records of a segment found.
#[derive(Debug)]
pub(crate) struct Scan {
    pub offsets: Offsets,
    /// Why the walk ended before the file did.
    pub stopped: Option<&'static str>,
}

/// Walks the records from `start` on, handing each verified one to `visit`, up to the first that is not whole.
pub(crate) fn scan(
    segment: &SegmentFile,
    header: &SegmentHeader,
    start: usize,
    mut visit: impl FnMut(&Record<'_>),
) -> Result<Scan, Error> {
    let file_length = segment.file.metadata().at("read", &segment.path)?.len();
    let mut file = &segment.file;
    file.seek(SeekFrom::Start(start as u64)).at("read", &segment.path)?;
    let mut reader = BufReader::with_capacity(256 << 10, file);
    let mut scan = Scan { offsets: Offsets { starts: vec![], end: start as u32 }, stopped: None };
    let mut expected = header.base;
    let mut head = [0; HEADER_BYTES];
    let mut payload = vec![];
    loop {
        match read_up_to(&mut reader, &mut head).at("read", &segment.path)? {
            0 => return Ok(scan),
            HEADER_BYTES => {}
            _ => {
                scan.stopped = Some("the file ends within a record");
                return Ok(scan);
            }
        }
        let unverified = match Unverified::parse(&head, header.id, header.config.element) {
            Ok(unverified) => unverified,
            Err(error) => {
                scan.stopped = Some(reason(error));
                return Ok(scan);
            }
        };
        let total = record::stored_bytes(unverified.length());
        let whole = u64::from(scan.offsets.end) + total as u64 <= file_length;
        payload.resize(if whole { total - HEADER_BYTES } else { 0 }, 0);
        if !whole || read_up_to(&mut reader, &mut payload).at("read", &segment.path)? < payload.len() {
            scan.stopped = Some("the file ends within a record");
            return Ok(scan);
        }
        let length = unverified.length();
        let record = match unverified.verify(payload.get(..length).unwrap_or_default()) {
            Ok(record) if record.header.sequence == expected => record,
            Ok(_) => {
                scan.stopped = Some("a record of another sequence");
                return Ok(scan);
            }
            Err(error) => {
                scan.stopped = Some(reason(error));
                return Ok(scan);
            }
        };
        let Some(end) = u32::try_from(total).ok().and_then(|total| scan.offsets.end.checked_add(total)) else {
            scan.stopped = Some("the segment is over 4 GiB");
            return Ok(scan);
        };
        visit(&record);
        scan.offsets.starts.push(scan.offsets.end);
        scan.offsets.end = end;
        expected = expected.next();
    }
}

/// Whether, and how many, whole records of this log lie beyond damage at `offset`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// Whole records found.
    pub records: u64,
    /// One of them says that everything before it was durable.
    pub barrier: bool,
}

/// Looks for whole records after the damage at `offset`, where record `expected` should have been.
pub(crate) fn beyond(
    segment: &SegmentFile,
    header: &SegmentHeader,
    offset: u64,
    expected: Sequence,
) -> Result<Beyond, Error> {
    let length = segment.file.metadata().at("read", &segment.path)?.len();
    let mut found = Beyond::default();
    let mut at = offset;
    while at + (HEADER_BYTES as u64) <= length {
        let window = segment.read_at(at, WINDOW.min((length - at) as usize))?;
        let mut skip = 0;
        // Records begin at multiples of four; the header of one may straddle the window's end, so windows overlap.
        while let Some(candidate) = window.get(skip..skip + HEADER_BYTES) {
            let here = at + skip as u64;
            skip += 4;
            if !candidate.starts_with(&MAGIC.to_le_bytes()) {
                continue;
            }
            let Ok(unverified) = Unverified::parse(candidate, header.id, header.config.element) else { continue };
            let payload = unverified.length();
            if here + (HEADER_BYTES + payload) as u64 > length {
                continue;
            }
            let bytes = segment.read_at(here + HEADER_BYTES as u64, payload)?;
            if let Ok(record) = unverified.verify(&bytes)
                && record.header.sequence > expected
            {
                found.records += 1;
                found.barrier |= record.header.barrier;
            }
        }
        at += skip as u64;
    }
    Ok(found)
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The cause in words.
pub(crate) const fn reason(error: RecordError) -> &'static str {
    match error {
        RecordError::Magic => "no record begins here",
        RecordError::Flags => "a record with unknown flags",
        RecordError::Length => "a record with an impossible length",
        RecordError::Truncated => "the file ends within a record",
        RecordError::Checksum => "a record whose checksum is wrong",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_reads_back_and_any_damage_is_noticed() {
        let mut lanes = Lanes::default();
        lanes.insert(Origin { lane: 3, client_sequence: 77 }, Sequence(8));
        lanes.insert(Origin { lane: 4, client_sequence: 78 }, Sequence(9));
        let header = SegmentHeader {
            id: LogId(5),
            config: Config { element: 64, history: 128 },
            base: Sequence(10),
            created_ms: 11,
            lanes,
        };
        let bytes = header.encode();
        let (read, length) = SegmentHeader::decode(&bytes).unwrap();
        assert_eq!((length, read.id, read.config, read.base), (bytes.len(), header.id, header.config, header.base));
        assert_eq!(length % 4, 0);
        assert_eq!(read.lanes, header.lanes);
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(SegmentHeader::decode(&damaged).is_none(), "bit {bit}");
        }
        for cut in 0..bytes.len() {
            assert!(SegmentHeader::decode(&bytes[..cut]).is_none());
        }
    }
}
