//! One record of a log as bytes: the same in memory, in files and in flash.
//!
//! Little endian; a record begins at a multiple of four (flash is written by words) and is padded with zeros to one.
//!
//! ```text
//!  0  magic            u16   "WF" (never 0x0000 or 0xFFFF: preallocated and erased space is not a record)
//!  2  flags            u8    bit 0: BARRIER; the others are 0
//!  3  lane             u8    sender's lane, 0 unless client_sequence is set
//!  4  length           u32   of the payload, bytes
//!  8  sequence         u64   position in the log, from 1
//! 16  timestamp_ms     u64   Unix time, as handed in by whoever appended
//! 24  client_sequence  u64   sender's number within the lane, 0 = none
//! 32  crc32c           u32   over bytes 0..32 and the payload, seeded with the log's id
//! 36  payload                then 0 to 3 zero bytes
//! ```

use crate::checksum::crc32c;
use crate::sequence::{LogId, Origin, Sequence};

/// Bytes before the payload.
pub const HEADER_BYTES: usize = 36;

/// "WF".
pub const MAGIC: u16 = u16::from_le_bytes(*b"WF");

/// Everything before this record was durable when this record was written.
///
/// Recovery uses it to tell a torn last write (records after the damage were never acknowledged) from damage to
/// data that had been acknowledged (a later record with this flag proves it).
pub const FLAG_BARRIER: u8 = 1;

const KNOWN_FLAGS: u8 = FLAG_BARRIER;

/// What a record says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Header {
    /// Position in the log.
    pub sequence: Sequence,
    /// Unix time in milliseconds, as handed in.
    pub timestamp_ms: u64,
    /// Who sent it, for deduplication.
    pub origin: Option<Origin>,
    /// See [`FLAG_BARRIER`].
    pub barrier: bool,
}

/// A verified record, borrowed from where it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it says about itself.
    pub header: Header,
    /// Its bytes, at their true length.
    pub payload: &'a [u8],
}

/// Why bytes are not a record of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordError {
    /// No record begins here: blank, erased or foreign bytes.
    Magic,
    /// A flag that this version does not know, or a lane without a client sequence.
    Flags,
    /// The length is over the log's limit.
    Length,
    /// The bytes end before the record does.
    Truncated,
    /// Damaged, torn, or of another log.
    Checksum,
}

impl core::fmt::Display for RecordError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Magic => "no record begins here",
            Self::Flags => "unknown flags",
            Self::Length => "length over the log's limit",
            Self::Truncated => "the bytes end within the record",
            Self::Checksum => "checksum mismatch",
        })
    }
}

impl core::error::Error for RecordError {}

/// Bytes that a record with a payload of `length` occupies, padding included.
#[must_use]
pub const fn stored_bytes(length: usize) -> usize {
    HEADER_BYTES.saturating_add(length).saturating_add(3) & !3
}

/// The header of a record whose payload has not been looked at yet: shape checked, checksum not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unverified {
    header: Header,
    length: u32,
    crc: u32,
    seed: u32,
}

impl Unverified {
    /// Reads the first [`HEADER_BYTES`] of `bytes`. `limit` is the log's greatest payload.
    pub fn parse(bytes: &[u8], log: LogId, limit: u32) -> Result<Self, RecordError> {
        let header: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or(RecordError::Truncated)?;
        let (words, _) = header.as_chunks::<4>();
        let [[m, n, flags, lane], length, sequence @ .., crc] = words else { return Err(RecordError::Truncated) };
        let [sequence, sequence_high, time, time_high, client, client_high] = sequence else {
            return Err(RecordError::Truncated);
        };
        if u16::from_le_bytes([*m, *n]) != MAGIC {
            return Err(RecordError::Magic);
        }
        let wide = |low, high| u64::from(u32::from_le_bytes(low)) | u64::from(u32::from_le_bytes(high)) << 32;
        let (flags, lane) = (*flags, *lane);
        let length = u32::from_le_bytes(*length);
        let sequence = Sequence(wide(*sequence, *sequence_high));
        let timestamp_ms = wide(*time, *time_high);
        let client_sequence = wide(*client, *client_high);
        let crc = u32::from_le_bytes(*crc);
        if flags & !KNOWN_FLAGS != 0 || (client_sequence == 0 && lane != 0) {
            return Err(RecordError::Flags);
        }
        if length > limit {
            return Err(RecordError::Length);
        }
        let origin = (client_sequence != 0).then_some(Origin { lane, client_sequence });
        let seed = crc32c(log.0, header.get(..32).ok_or(RecordError::Truncated)?);
        let header = Header { sequence, timestamp_ms, origin, barrier: flags & FLAG_BARRIER != 0 };
        Ok(Self { header, length, crc, seed })
    }

    /// Length of the payload in bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length as usize
    }

    /// Checks the payload, which is exactly [`Self::length`] bytes.
    pub fn verify(self, payload: &[u8]) -> Result<Record<'_>, RecordError> {
        if payload.len() != self.length() {
            return Err(RecordError::Truncated);
        }
        if crc32c(self.seed, payload) != self.crc {
            return Err(RecordError::Checksum);
        }
        Ok(Record { header: self.header, payload })
    }
}

/// Reads and verifies the record at the start of `bytes`; also says how many bytes it occupies.
pub fn decode(bytes: &[u8], log: LogId, limit: u32) -> Result<(Record<'_>, usize), RecordError> {
    let unverified = Unverified::parse(bytes, log, limit)?;
    let length = unverified.length();
    let end = HEADER_BYTES.checked_add(length).ok_or(RecordError::Length)?;
    let payload = bytes.get(HEADER_BYTES..end).ok_or(RecordError::Truncated)?;
    Ok((unverified.verify(payload)?, stored_bytes(length)))
}

/// Bytes that the record at the start of `bytes` occupies, by its header alone: nothing is verified.
pub(crate) fn occupied(bytes: &[u8], limit: u32) -> Result<usize, RecordError> {
    let length = u32::from_le_bytes(array(bytes, 4)?);
    if u16::from_le_bytes(array(bytes, 0)?) != MAGIC {
        return Err(RecordError::Magic);
    }
    if length > limit { Err(RecordError::Length) } else { Ok(stored_bytes(length as usize)) }
}

/// Number and payload of the record at the start of `bytes`, verified: what most readers want of it, for less than
/// [`decode`] takes a small core.
pub(crate) fn numbered(bytes: &[u8], log: LogId, limit: u32) -> Result<(Sequence, &[u8]), RecordError> {
    let (head, rest) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(RecordError::Truncated)?;
    let (fields, crc) = head.split_last_chunk::<4>().ok_or(RecordError::Truncated)?;
    let word = |at: usize| fields.get(at..).and_then(|f| f.first_chunk()).map_or(0, |w| u32::from_le_bytes(*w));
    let (first, length) = (word(0), word(4));
    if first as u16 != MAGIC {
        return Err(RecordError::Magic);
    }
    let (flags, lane) = ((first >> 16) as u8, first >> 24);
    if flags & !KNOWN_FLAGS != 0 || (lane != 0 && word(24) | word(28) == 0) {
        return Err(RecordError::Flags);
    }
    if length > limit {
        return Err(RecordError::Length);
    }
    let payload = rest.get(..length as usize).ok_or(RecordError::Truncated)?;
    if crc32c(crc32c(log.0, fields), payload) != u32::from_le_bytes(*crc) {
        return Err(RecordError::Checksum);
    }
    Ok((Sequence(u64::from(word(8)) | u64::from(word(12)) << 32), payload))
}

/// Number and payload of a record that is known to be as it was written: nothing is summed.
pub(crate) fn written(bytes: &[u8], limit: u32) -> Result<(Sequence, &[u8]), RecordError> {
    let (head, rest) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(RecordError::Truncated)?;
    let word = |at: usize| head.get(at..).and_then(|f| f.first_chunk()).map_or(0, |w| u32::from_le_bytes(*w));
    if word(0) as u16 != MAGIC {
        return Err(RecordError::Magic);
    }
    let length = word(4);
    if length > limit {
        return Err(RecordError::Length);
    }
    let payload = rest.get(..length as usize).ok_or(RecordError::Truncated)?;
    Ok((Sequence(u64::from(word(8)) | u64::from(word(12)) << 32), payload))
}

/// The [`HEADER_BYTES`] that go before `payload`.
#[must_use]
pub fn encode_header(log: LogId, header: &Header, payload: &[u8]) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    write_header(&mut out, log, header, payload);
    out
}

/// As [`encode_header`], where it is wanted.
#[inline(always)]
fn write_header(out: &mut [u8; HEADER_BYTES], log: LogId, header: &Header, payload: &[u8]) {
    let (lane, client_sequence) = header.origin.map_or((0, 0), |o| (o.lane, o.client_sequence));
    let flags = if header.barrier { FLAG_BARRIER } else { 0 };
    let first = u32::from(MAGIC) | u32::from(flags) << 16 | u32::from(lane) << 24;
    let (sequence, timestamp_ms) = (header.sequence.0, header.timestamp_ms);
    let words = [
        first,
        payload.len() as u32,
        sequence as u32,
        (sequence >> 32) as u32,
        timestamp_ms as u32,
        (timestamp_ms >> 32) as u32,
        client_sequence as u32,
        (client_sequence >> 32) as u32,
    ];
    let (fields, _) = out.as_chunks_mut::<4>();
    for (to, word) in fields.iter_mut().zip(words) {
        *to = word.to_le_bytes();
    }
    let crc = crc32c(crc32c(log.0, out.get(..32).unwrap_or_default()), payload);
    if let Some(to) = out.last_chunk_mut() {
        *to = crc.to_le_bytes();
    }
}

/// Writes the record with its padding to the start of `out` and says how many bytes that took.
pub fn encode(out: &mut [u8], log: LogId, header: &Header, payload: &[u8]) -> Result<usize, RecordError> {
    if u32::try_from(payload.len()).is_err() {
        return Err(RecordError::Length);
    }
    let total = stored_bytes(payload.len());
    let out = out.get_mut(..total).ok_or(RecordError::Truncated)?;
    let (head, rest) = out.split_at_mut_checked(HEADER_BYTES).ok_or(RecordError::Truncated)?;
    let (body, padding) = rest.split_at_mut_checked(payload.len()).ok_or(RecordError::Truncated)?;
    // Written by words where those lie at words, which those of `out` need not.
    let mut words = [0; HEADER_BYTES];
    write_header(&mut words, log, header, payload);
    head.copy_from_slice(&words);
    body.copy_from_slice(payload);
    padding.fill(0);
    Ok(total)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], RecordError> {
    bytes.get(at..).and_then(|b| b.first_chunk()).copied().ok_or(RecordError::Truncated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> Header {
        Header {
            sequence: Sequence(0x0102_0304_0506_0708),
            timestamp_ms: 1_700_000_000_123,
            origin: Some(Origin { lane: 7, client_sequence: 99 }),
            barrier: true,
        }
    }

    #[test]
    fn layout_is_as_documented() {
        let mut out = [0xAA; 48];
        assert_eq!(encode(&mut out, LogId(5), &header(), b"hello"), Ok(44));
        assert_eq!(out[..4], [b'W', b'F', 1, 7]);
        assert_eq!(out[4..8], [5, 0, 0, 0]);
        assert_eq!(out[8..16], [8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(out[16..24], 1_700_000_000_123_u64.to_le_bytes());
        assert_eq!(out[24..32], 99_u64.to_le_bytes());
        let crc = crc32c(crc32c(5, &out[..32]), b"hello");
        assert_eq!(out[32..36], crc.to_le_bytes());
        assert_eq!(&out[36..44], b"hello\0\0\0");
        assert_eq!(out[44..], [0xAA; 4]);
        // A fixture of the bytes themselves: the format is shared with logs that are already written.
        assert_eq!(crc, 0xA1A1_CA25);
    }

    #[test]
    fn blank_and_erased_space_is_no_record() {
        assert_eq!(decode(&[0; 64], LogId(1), 64), Err(RecordError::Magic));
        assert_eq!(decode(&[0xFF; 64], LogId(1), 64), Err(RecordError::Magic));
    }

    #[test]
    fn another_logs_record_is_refused() {
        let mut out = [0; 64];
        encode(&mut out, LogId(1), &header(), b"x").unwrap();
        assert!(decode(&out, LogId(1), 64).is_ok());
        assert_eq!(decode(&out, LogId(2), 64), Err(RecordError::Checksum));
    }

    proptest! {
        #[test]
        fn round_trip(payload in proptest::collection::vec(any::<u8>(), 0..300), log: u32, sequence: u64,
                      timestamp_ms: u64, lane: u8, client: u64, barrier: bool) {
            let origin = (client != 0).then_some(Origin { lane, client_sequence: client });
            let header = Header { sequence: Sequence(sequence), timestamp_ms, origin, barrier };
            let mut out = vec![0; stored_bytes(payload.len())];
            let total = encode(&mut out, LogId(log), &header, &payload).unwrap();
            prop_assert_eq!(total, out.len());
            prop_assert_eq!(decode(&out, LogId(log), 300), Ok((Record { header, payload: &payload }, total)));
            prop_assert_eq!(numbered(&out, LogId(log), 300), Ok((Sequence(sequence), payload.as_slice())));
            prop_assert_eq!(written(&out, 300), Ok((Sequence(sequence), payload.as_slice())));
        }

        #[test]
        fn any_flipped_bit_is_noticed(payload in proptest::collection::vec(any::<u8>(), 0..100), bit: usize) {
            let mut out = vec![0; stored_bytes(payload.len())];
            encode(&mut out, LogId(3), &header(), &payload).unwrap();
            let bit = bit % ((HEADER_BYTES + payload.len()) * 8);
            out[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(decode(&out, LogId(3), 100).is_err());
            prop_assert!(numbered(&out, LogId(3), 100).is_err());
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), limit: u32) {
            let _ = decode(&bytes, LogId(0), limit);
        }
    }
}
