//! Where the records of a finished segment are, kept beside it so that opening a log reads no old records.
//!
//! `<base>.idx`, little endian: "WIDX", version u16, 0 u16, log id u32, base u64, count u32, end u32, a u32 per
//! record, crc32c u32 over all before it. A cache: when it is missing or wrong the segment is walked.

use std::fs;
use std::path::Path;

use crate::checksum::crc32c;
use crate::segment::{Offsets, SegmentHeader};

const INDEX_MAGIC: [u8; 4] = *b"WIDX";
const VERSION: u32 = 1;

/// Saves the offsets of the segment at `segment`. Failing costs a walk at the next opening, so it is not an error.
pub(crate) fn write(segment: &Path, header: &SegmentHeader, offsets: &Offsets) {
    let mut bytes = Vec::with_capacity(32 + offsets.starts.len() * 4);
    bytes.extend(INDEX_MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(header.id.0.to_le_bytes());
    bytes.extend(header.base.0.to_le_bytes());
    bytes.extend((offsets.starts.len() as u32).to_le_bytes());
    bytes.extend(offsets.end.to_le_bytes());
    bytes.extend(offsets.starts.iter().flat_map(|start| start.to_le_bytes()));
    bytes.extend(crc32c(0, &bytes).to_le_bytes());
    // A half-written file is told by its checksum.
    let _ = fs::write(segment.with_extension("idx"), bytes);
}

/// The saved offsets, if they are whole and belong to this segment as it is.
pub(crate) fn read(segment: &Path, header: &SegmentHeader, file_length: u64) -> Option<Offsets> {
    let bytes = fs::read(segment.with_extension("idx")).ok()?;
    let (body, crc) = bytes.split_last_chunk::<4>()?;
    if crc32c(0, body) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (head, starts) = body.split_first_chunk::<28>()?;
    let word = |at: usize| head.get(at..).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b));
    let base = u64::from_le_bytes(*head.get(12..)?.first_chunk()?);
    if !head.starts_with(&INDEX_MAGIC) || word(4)? != VERSION || word(8)? != header.id.0 || base != header.base.0 {
        return None;
    }
    let (starts, rest) = starts.as_chunks::<4>();
    let end = word(24)?;
    if starts.len() != word(20)? as usize || !rest.is_empty() || u64::from(end) != file_length {
        return None;
    }
    Some(Offsets { starts: starts.iter().map(|start| u32::from_le_bytes(*start)).collect(), end })
}
