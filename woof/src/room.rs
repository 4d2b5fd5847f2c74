//! What becomes of records that the disk has no room for: they keep their places, or are not there and never were.

use std::sync::Arc;

use crate::commit::Pending;
use crate::error::Error;
use crate::sequence::Sequence;

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
    /// The last acknowledged record when that happened last.
    committed: u64,
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
        (self.discards, self.committed) = (self.discards + 1, committed);
    }

    /// Why nothing more is taken, if that is so.
    pub fn refusal(&self) -> Option<Error> {
        matches!(self.unwritten, Unwritten::Kept(_)).then(|| self.full())
    }

    pub fn full(&self) -> Error {
        Error::Full(Arc::clone(&self.why))
    }

    /// Whether a record that was handed over then was taken back, and its place may be another's. Where that happened more
    /// than once, what was written before the first time can't be told from the rest, and counts as taken back too.
    pub const fn taken_back(&self, sequence: Sequence, handed: Handed) -> bool {
        match self.discards - handed.discards {
            0 => false,
            1 => sequence.0 > self.committed,
            _ => true,
        }
    }
}
