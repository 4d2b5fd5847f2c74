//! A `WooF` in a fixed piece of memory: no heap, the newest `history` records stay.
//!
//! ```text
//!  0  magic    u32   "WRNG"
//!  4  version  u16   1
//!  6  reserved u16   0
//!  8  log id   u32
//! 12  element  u32   most bytes in a record
//! 16  history  u32   slots
//! 20  crc32c   u32   over bytes 0..20
//! 24  slots          record n is in slot (n - 1) % history; a slot has room for a record of `element` bytes
//! ```
//!
//! Where the memory survives a reset, [`RingLog::open`] finds the records again: a torn last append is not one,
//! and what it overwrote was about to leave the history anyway.

use core::fmt;

use crate::checksum::crc32c;
use crate::record::{self, HEADER_BYTES, Header, Record, RecordError};
use crate::sequence::{Appended, LogId, Origin, Sequence};

const RING_HEADER: usize = 24;
const RING_MAGIC: u32 = u32::from_le_bytes(*b"WRNG");
const RING_VERSION: u16 = 1;

/// Lanes whose last append is remembered, so that a retry happens once: those of the capability format.
pub const RING_LANES: usize = 8;

/// Why a ring log refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RingError {
    /// The memory is too small for that element size and history, or the history is 0.
    Space,
    /// The memory does not begin with a ring log's header, or it is damaged.
    Format,
    /// The payload is over the element size.
    TooLong,
    /// A lane from 8 up, or client sequence 0.
    Origin,
    /// The lane is past that client sequence and the record is no longer there to compare.
    Stale,
    /// No such record yet.
    NotYet,
    /// The record has left the history.
    Gone,
    /// The record is damaged.
    Damaged,
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Space => "the memory is too small for the ring",
            Self::Format => "not a ring log",
            Self::TooLong => "the payload is over the element size",
            Self::Origin => "the lane or client sequence is out of range",
            Self::Stale => "the client sequence is below the lane's last",
            Self::NotYet => "no such record yet",
            Self::Gone => "the record has left the history",
            Self::Damaged => "the record is damaged",
        })
    }
}

impl core::error::Error for RingError {}

/// An append-only log of records of up to `element` bytes in memory that the caller provides.
///
/// ```
/// use nano_woof::{LogId, RingLog, Sequence};
///
/// let mut memory = [0_u8; RingLog::<&mut [u8]>::bytes_for(8, 2)];
/// let mut log = RingLog::format(&mut memory[..], LogId(1), 8, 2)?;
/// for level in 1..=3_u8 {
///     log.append(&[level], 1_000)?;
/// }
/// assert_eq!(log.latest()?.payload, [3]);
/// assert_eq!(log.get(Sequence(1)), Err(nano_woof::RingError::Gone));
/// # Ok::<(), nano_woof::RingError>(())
/// ```
#[derive(Debug)]
pub struct RingLog<B> {
    memory: B,
    id: LogId,
    element: u32,
    history: u32,
    /// Bytes of a slot.
    slot: usize,
    /// Last record, 0 when there is none.
    last: u64,
    /// Oldest record that is there.
    first: u64,
    /// Last record when it was opened. What has been appended since was written by this log, and nobody else could change
    /// the memory: [`RingLog::payloads`] does not sum it again.
    opened: u64,
    /// Where the newest record is, and the bytes of its payload, once this log has written it; else 0 and 0.
    newest: (usize, usize),
    /// Per lane: the last client sequence and the record it became; 0 = none.
    lanes: [(u64, u64); RING_LANES],
}

impl<B> RingLog<B> {
    /// Bytes of memory that `history` records of up to `element` bytes need.
    #[must_use]
    pub const fn bytes_for(element: u32, history: u32) -> usize {
        RING_HEADER.saturating_add(record::stored_bytes(element as usize).saturating_mul(history as usize))
    }

    /// What it was made with.
    pub const fn id(&self) -> LogId {
        self.id
    }

    /// The most bytes in a record.
    pub const fn element(&self) -> u32 {
        self.element
    }

    /// How many records stay.
    pub const fn history(&self) -> u32 {
        self.history
    }

    /// The newest record's position.
    pub const fn last(&self) -> Option<Sequence> {
        if self.last == 0 { None } else { Some(Sequence(self.last)) }
    }

    /// The oldest readable record's position.
    pub const fn first(&self) -> Option<Sequence> {
        if self.last == 0 { None } else { Some(Sequence(self.first)) }
    }

    /// Gives the memory back.
    pub fn into_memory(self) -> B {
        self.memory
    }

    fn slot(&self, sequence: u64) -> (usize, usize) {
        let before = sequence.wrapping_sub(1);
        // A small core has no division, and one of 64 bits takes it long.
        let index = if self.history.is_power_of_two() {
            before as u32 & (self.history - 1)
        } else {
            before.checked_rem(u64::from(self.history)).unwrap_or_default() as u32
        } as usize;
        // Within the memory, which holds all slots: [`Self::bytes_for`].
        let start = RING_HEADER.wrapping_add(index.wrapping_mul(self.slot));
        (start, start.wrapping_add(self.slot))
    }
}

impl<B: AsRef<[u8]>> RingLog<B> {
    /// Finds the log that [`RingLog::format`] made in `memory`, with the records that are whole.
    pub fn open(memory: B) -> Result<Self, RingError> {
        let header: &[u8; RING_HEADER] = memory.as_ref().first_chunk().ok_or(RingError::Format)?;
        let (fields, crc) = header.split_last_chunk::<4>().ok_or(RingError::Format)?;
        if crc32c(0, fields) != u32::from_le_bytes(*crc) {
            return Err(RingError::Format);
        }
        let word = |at: usize| fields.get(at..).and_then(|f| f.first_chunk()).map(|w| u32::from_le_bytes(*w));
        let [Some(magic), Some(version), Some(id), Some(element), Some(history)] = [0, 4, 8, 12, 16].map(word) else {
            return Err(RingError::Format);
        };
        if magic != RING_MAGIC || version != u32::from(RING_VERSION) || history == 0 {
            return Err(RingError::Format);
        }
        if memory.as_ref().len() < Self::bytes_for(element, history) {
            return Err(RingError::Space);
        }
        let lanes = [(0, 0); RING_LANES];
        let slot = record::stored_bytes(element as usize);
        let mut log =
            Self { memory, id: LogId(id), element, history, slot, last: 0, first: 1, opened: 0, newest: (0, 0), lanes };
        log.recover();
        Ok(log)
    }

    /// The newest record is the greatest whole one, the oldest the least whole one within the history before it;
    /// damage in between stays where it is and is reported when read.
    fn recover(&mut self) {
        let last = (1..=u64::from(self.history)).filter_map(|slot| self.in_slot(slot)).max().unwrap_or_default();
        let oldest = last.saturating_sub(u64::from(self.history)).saturating_add(1);
        (self.last, self.opened) = (last, last);
        self.first = (oldest..=last).find(|&sequence| self.in_slot(sequence) == Some(sequence)).unwrap_or(1);
        for sequence in self.first..=last {
            let origin = self.read(sequence).ok().and_then(|r| r.header.origin);
            self.remember(origin, sequence);
        }
    }

    /// The sequence number of the whole record in the slot of `sequence`, if it belongs there.
    fn in_slot(&self, sequence: u64) -> Option<u64> {
        let found = self.read(sequence).ok()?.header.sequence.0;
        (found != 0 && self.slot(found) == self.slot(sequence)).then_some(found)
    }

    fn remember(&mut self, origin: Option<Origin>, sequence: u64) {
        if let Some(origin) = origin
            && let Some(lane) = self.lanes.get_mut(usize::from(origin.lane))
            && origin.client_sequence > lane.0
        {
            *lane = (origin.client_sequence, sequence);
        }
    }

    fn read(&self, sequence: u64) -> Result<Record<'_>, RecordError> {
        let (start, end) = self.slot(sequence);
        let slot = self.memory.as_ref().get(start..end).ok_or(RecordError::Truncated)?;
        record::decode(slot, self.id, self.element).map(|(record, _)| record)
    }

    /// The record at `sequence`.
    pub fn get(&self, sequence: Sequence) -> Result<Record<'_>, RingError> {
        if sequence.0 == 0 || sequence.0 > self.last {
            return Err(RingError::NotYet);
        }
        if sequence.0 < self.first {
            return Err(RingError::Gone);
        }
        let record = self.read(sequence.0).map_err(|_| RingError::Damaged)?;
        if record.header.sequence == sequence { Ok(record) } else { Err(RingError::Damaged) }
    }

    /// The newest record.
    pub fn latest(&self) -> Result<Record<'_>, RingError> {
        self.get(Sequence(self.last))
    }

    /// Where the header, or a record, lies in the memory, and its bytes: for memory that must be copied to survive. They
    /// have their checksum with them and are not verified here.
    pub fn stored(&self, sequence: Option<Sequence>) -> Option<(usize, &[u8])> {
        let Some(Sequence(sequence)) = sequence else { return Some((0, self.memory.as_ref().get(..RING_HEADER)?)) };
        let (start, length) = self.newest;
        if sequence == self.last && start > 0 {
            let end = start.wrapping_add(record::stored_bytes(length));
            return Some((start, self.memory.as_ref().get(start..end)?));
        }
        let (start, end) = self.slot(sequence);
        let slot = self.memory.as_ref().get(start..end)?;
        Some((start, slot.get(..record::occupied(slot, self.element).ok()?)?))
    }

    /// The payloads of the records in a range of sequence numbers that are there and whole, oldest first. A record is
    /// summed unless this log has written it since it was opened: memory that it owns is not suspected.
    pub fn payloads(&self, from: Sequence, to: Sequence) -> impl Iterator<Item = &[u8]> {
        let first = from.0.max(self.first).max(1);
        (first..=to.0.min(self.last)).filter_map(|sequence| self.payload(Sequence(sequence)))
    }

    /// The payload of one record, as [`RingLog::payloads`] has it.
    pub fn payload(&self, Sequence(sequence): Sequence) -> Option<&[u8]> {
        if sequence == 0 || sequence < self.first || sequence > self.last {
            return None;
        }
        let (start, length) = self.newest;
        if sequence == self.last && start > 0 {
            let from = start.wrapping_add(HEADER_BYTES);
            return self.memory.as_ref().get(from..from.wrapping_add(length));
        }
        let (start, end) = self.slot(sequence);
        let slot = self.memory.as_ref().get(start..end)?;
        let (found, payload) = if sequence > self.opened {
            record::written(slot, self.element).ok()?
        } else {
            record::numbered(slot, self.id, self.element).ok()?
        };
        (found.0 == sequence).then_some(payload)
    }

    /// The newest `count` records, oldest first; fewer when there are fewer.
    pub fn tail(&self, count: u32) -> impl Iterator<Item = Result<Record<'_>, RingError>> {
        let from = self.last.saturating_add(1).saturating_sub(u64::from(count)).max(self.first);
        (from..=self.last).map(|sequence| self.get(Sequence(sequence)))
    }

    /// The records from `from` on, oldest first; begins with the oldest when `from` has left the history.
    pub fn range(&self, from: Sequence) -> impl Iterator<Item = Result<Record<'_>, RingError>> {
        (from.0.max(self.first)..=self.last).map(|sequence| self.get(Sequence(sequence)))
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> RingLog<B> {
    /// Makes an empty log in `memory`, which needs [`RingLog::bytes_for`] bytes. A log made later in the same
    /// memory gets another `id`, so that old records never pass for new ones.
    pub fn format(mut memory: B, id: LogId, element: u32, history: u32) -> Result<Self, RingError> {
        if history == 0 || memory.as_ref().len() < Self::bytes_for(element, history) {
            return Err(RingError::Space);
        }
        let mut header = [0_u8; RING_HEADER];
        let words = [
            RING_MAGIC.to_le_bytes(),
            u32::from(RING_VERSION).to_le_bytes(),
            id.0.to_le_bytes(),
            element.to_le_bytes(),
            history.to_le_bytes(),
        ];
        for (to, from) in header.iter_mut().zip(words.iter().flatten()) {
            *to = *from;
        }
        let crc = crc32c(0, header.get(..20).unwrap_or_default()).to_le_bytes();
        for (to, from) in header.iter_mut().skip(20).zip(crc) {
            *to = from;
        }
        memory.as_mut().get_mut(..RING_HEADER).ok_or(RingError::Space)?.copy_from_slice(&header);
        let lanes = [(0, 0); RING_LANES];
        let slot = record::stored_bytes(element as usize);
        let mut log = Self { memory, id, element, history, slot, last: 0, first: 1, opened: 0, newest: (0, 0), lanes };
        for sequence in 1..=u64::from(history) {
            let (start, _) = log.slot(sequence);
            if let Some(header) =
                start.checked_add(HEADER_BYTES).and_then(|end| log.memory.as_mut().get_mut(start..end))
            {
                header.fill(0);
            }
        }
        Ok(log)
    }

    /// Adds a record; the oldest leaves when the history is full.
    pub fn append(&mut self, payload: &[u8], timestamp_ms: u64) -> Result<Sequence, RingError> {
        self.put(payload, timestamp_ms, None)
    }

    /// Adds a record unless this very append has happened before.
    pub fn append_once(&mut self, payload: &[u8], timestamp_ms: u64, origin: Origin) -> Result<Appended, RingError> {
        let &(last_client, sequence) = self.lanes.get(usize::from(origin.lane)).ok_or(RingError::Origin)?;
        if origin.client_sequence == 0 {
            return Err(RingError::Origin);
        }
        if origin.client_sequence == last_client {
            return Ok(Appended { sequence: Sequence(sequence), duplicate: true });
        }
        if origin.client_sequence < last_client {
            let earlier = self.range(Sequence::FIRST).flatten().find(|r| r.header.origin == Some(origin));
            let sequence = earlier.map(|r| r.header.sequence).ok_or(RingError::Stale)?;
            return Ok(Appended { sequence, duplicate: true });
        }
        let sequence = self.put(payload, timestamp_ms, Some(origin))?;
        Ok(Appended { sequence, duplicate: false })
    }

    fn put(&mut self, payload: &[u8], timestamp_ms: u64, origin: Option<Origin>) -> Result<Sequence, RingError> {
        if payload.len() > self.element as usize {
            return Err(RingError::TooLong);
        }
        let sequence = self.last.wrapping_add(1);
        let (start, end) = self.slot(sequence);
        let header = Header { sequence: Sequence(sequence), timestamp_ms, origin, barrier: true };
        let slot = self.memory.as_mut().get_mut(start..end).ok_or(RingError::Space)?;
        record::encode(slot, self.id, &header, payload).map_err(|_| RingError::TooLong)?;
        (self.last, self.newest) = (sequence, (start, payload.len()));
        // As many as are kept are there at most, so at most one leaves.
        if sequence.wrapping_sub(self.first) >= u64::from(self.history) {
            self.first = self.first.wrapping_add(1);
        }
        self.remember(origin, sequence);
        Ok(Sequence(sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn memory(element: u32, history: u32) -> Vec<u8> {
        vec![0xA5; RingLog::<Vec<u8>>::bytes_for(element, history)]
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let bytes = memory(8, 4);
        assert_eq!(RingLog::format(bytes.clone(), LogId(1), 8, 5).err(), Some(RingError::Space));
        assert_eq!(RingLog::format(bytes.clone(), LogId(1), 8, 0).err(), Some(RingError::Space));
        assert_eq!(RingLog::open(bytes.clone()).err(), Some(RingError::Format));
        assert_eq!(RingLog::open(vec![0; 3]).err(), Some(RingError::Format));
        let mut log = RingLog::format(bytes, LogId(1), 8, 4).unwrap();
        assert_eq!(log.append(&[0; 9], 1), Err(RingError::TooLong));
        assert_eq!(log.latest(), Err(RingError::NotYet));
        assert_eq!(log.tail(3).count(), 0);
        let lane = |lane, client_sequence| Origin { lane, client_sequence };
        assert_eq!(log.append_once(&[1], 1, lane(8, 1)), Err(RingError::Origin));
        assert_eq!(log.append_once(&[1], 1, lane(1, 0)), Err(RingError::Origin));
        assert_eq!(log.last(), None);
    }

    #[test]
    fn retries_happen_once_and_after_reopening() {
        let mut log = RingLog::format(memory(8, 4), LogId(1), 8, 4).unwrap();
        let origin = |client_sequence| Origin { lane: 2, client_sequence };
        assert!(!log.append_once(&[1], 1, origin(10)).unwrap().duplicate);
        assert!(!log.append_once(&[2], 2, origin(11)).unwrap().duplicate);
        let again = Appended { sequence: Sequence(1), duplicate: true };
        assert_eq!(log.append_once(&[1], 3, origin(10)), Ok(again));
        let mut log = RingLog::open(log.into_memory()).unwrap();
        assert_eq!(log.append_once(&[1], 3, origin(10)), Ok(again));
        assert_eq!(log.append_once(&[0], 3, origin(9)), Err(RingError::Stale));
        for level in 0..9 {
            log.append(&[level], 4).unwrap();
        }
        assert_eq!(log.append_once(&[2], 3, origin(11)), Ok(Appended { sequence: Sequence(2), duplicate: true }));
        assert_eq!(log.append_once(&[1], 3, origin(10)), Err(RingError::Stale));
    }

    #[test]
    fn records_of_an_earlier_log_in_the_same_memory_are_not_seen() {
        let mut log = RingLog::format(memory(4, 3), LogId(1), 4, 3).unwrap();
        log.append(b"old", 1).unwrap();
        let old = log.into_memory();
        let mut new = RingLog::format(old.clone(), LogId(2), 4, 3).unwrap().into_memory();
        new[RING_HEADER..].copy_from_slice(&old[RING_HEADER..]);
        assert_eq!(RingLog::open(new).unwrap().last(), None);
    }

    proptest! {
        #[test]
        fn equals_a_list(element in 0..40_u32, history in 1..9_u32,
                         appends in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..48), any::<u64>()), 0..40)) {
            let mut log = RingLog::format(memory(element, history), LogId(7), element, history).unwrap();
            let mut model: Vec<(Vec<u8>, u64)> = vec![];
            for (payload, time) in appends {
                match log.append(&payload, time) {
                    Ok(sequence) => { model.push((payload, time)); prop_assert_eq!(sequence.0, model.len() as u64); }
                    Err(error) => { prop_assert_eq!(error, RingError::TooLong); prop_assert!(payload.len() > element as usize); }
                }
                log = RingLog::open(log.into_memory()).unwrap();
                for (index, (payload, time)) in model.iter().enumerate() {
                    let found = log.get(Sequence(index as u64 + 1));
                    if index + (history as usize) < model.len() {
                        prop_assert_eq!(found, Err(RingError::Gone));
                    } else {
                        let record = found.unwrap();
                        prop_assert_eq!((record.payload, record.header.timestamp_ms), (payload.as_slice(), *time));
                    }
                }
            }
            let all: Vec<_> = log.payloads(Sequence(0), Sequence(u64::MAX)).map(<[u8]>::to_vec).collect();
            let kept = model.len().saturating_sub(history as usize);
            prop_assert_eq!(all, model[kept..].iter().map(|m| m.0.clone()).collect::<Vec<_>>());
            let tail: Vec<_> = log.tail(3).map(|r| r.unwrap().payload.to_vec()).collect();
            let from = model.len().saturating_sub(3.min(history as usize));
            prop_assert_eq!(tail, model[from..].iter().map(|m| m.0.clone()).collect::<Vec<_>>());
        }

        #[test]
        fn damage_is_reported_or_was_the_last_append(count in 0..12_u64, at: usize, byte: u8) {
            let mut log = RingLog::format(memory(6, 5), LogId(7), 6, 5).unwrap();
            for n in 1..=count {
                log.append(&n.to_le_bytes()[..6], n).unwrap();
            }
            let mut bytes = log.into_memory();
            let at = at % bytes.len();
            bytes[at] = byte;
            let Ok(log) = RingLog::open(bytes) else { return Ok(()) };
            if let (Some(first), Some(last)) = (log.first(), log.last()) {
                prop_assert!(last.0 <= count && last.0 + 1 >= count);
                let mut damaged = 0;
                for n in first.0..=last.0 {
                    match log.get(Sequence(n)) {
                        Ok(record) => prop_assert_eq!(record.payload, &n.to_le_bytes()[..6]),
                        Err(error) => { prop_assert_eq!(error, RingError::Damaged); damaged += 1; }
                    }
                }
                prop_assert!(damaged <= 1);
            }
        }

        #[test]
        fn arbitrary_memory_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = RingLog::open(bytes);
        }
    }
}
