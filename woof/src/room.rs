//! What becomes of records that the disk has no room for: they keep their places, or are not there and never were.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::commit::Pending;
use crate::error::Error;
use crate::sequence::Sequence;

/// How many times of a disk filling up again are known.
const MOST_KNOWN: usize = 256;

/// A batch that was to be written when there was no room for it.
#[derive(Debug, Default)]
pub(crate) enum Unwritten {
    #[default]
    None,
    /// Somebody counts on its places: it goes before all that is pending.
    Kept(Pending),
    /// Someone tries again, and has it.
    Retried,
}

/// Want of room, as far as a log has met it.
#[derive(Debug, Default)]
pub(crate) struct Room {
    pub unwritten: Unwritten,
    /// How often a batch found none.
    pub refusals: u64,
    /// How often records were taken back for it, nobody counting on their places.
    discards: u64,
    /// The last acknowledged record when that happened, and how often it had happened before the first time that this was
    /// the last one: where a disk stays full there is one entry, however many records are taken back. The last entries.
    committed: VecDeque<(u64, u64)>,
    /// Why it found none last.
    why: Arc<str>,
}

/// When a record was handed over, for [`Room::taken_back`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handed {
    discards: u64,
}

impl Room {
    pub const fn now(&self) -> Handed {
        Handed { discards: self.discards }
    }

    pub fn keep(&mut self, batch: Pending, error: &Error) {
        self.unwritten = Unwritten::Kept(batch);
        (self.refusals, self.why) = (self.refusals + 1, error.to_string().into());
    }

    pub fn take_back(&mut self, committed: u64, error: &Error) {
        (self.refusals, self.why) = (self.refusals + 1, error.to_string().into());
        if self.committed.back().is_none_or(|(_, last)| *last != committed) {
            self.committed.push_back((self.discards, committed));
        }
        if self.committed.len() > MOST_KNOWN {
            self.committed.pop_front();
        }
        self.discards += 1;
    }

    /// Why nothing more is taken, if that is so.
    pub fn refusal(&self) -> Option<Error> {
        matches!(self.unwritten, Unwritten::Kept(_)).then(|| self.full())
    }

    pub fn full(&self) -> Error {
        Error::Full(Arc::clone(&self.why))
    }

    /// Whether a record that was handed over then was taken back, and its place may be another's: by the first time that
    /// came then, unless it was acknowledged before. Who slept through a disk that filled up and had room again more often
    /// than is known can't be told, and hears that it was.
    pub fn taken_back(&self, sequence: Sequence, handed: Handed) -> bool {
        if self.discards == handed.discards {
            return false;
        }
        let later = self.committed.partition_point(|(discards, _)| *discards <= handed.discards);
        let first = later.checked_sub(1).and_then(|place| self.committed.get(place));
        first.is_none_or(|(_, committed)| sequence.0 > *committed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_taken_back_by_the_first_time_after_it() {
        let mut room = Room::default();
        let full = Error::NotYet(Sequence(1));
        let before = room.now();
        room.take_back(5, &full);
        let between = room.now();
        assert!(!room.taken_back(Sequence(5), before) && room.taken_back(Sequence(6), before));
        room.take_back(9, &full);
        // The sixth record of whoever came before is another one than the sixth of whoever came between.
        assert!(!room.taken_back(Sequence(5), before) && room.taken_back(Sequence(6), before));
        assert!(!room.taken_back(Sequence(6), between) && room.taken_back(Sequence(10), between));
        assert!(!room.taken_back(Sequence(10), room.now()));
        // However long the disk stays full.
        for _ in 0..10 * MOST_KNOWN {
            room.take_back(20, &full);
        }
        assert!(!room.taken_back(Sequence(5), before) && room.taken_back(Sequence(6), before));
        for committed in 0..MOST_KNOWN as u64 {
            room.take_back(21 + committed, &full);
        }
        assert!(room.taken_back(Sequence(5), before));
        assert_eq!(room.committed.len(), MOST_KNOWN);
    }
}
