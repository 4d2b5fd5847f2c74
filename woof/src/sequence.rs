//! Positions in a log, the identity of a log, and what a `WooF` is created with.

use core::fmt;

/// A record's position in its log. The first record is 1; there are no gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

impl Sequence {
    /// The first record of every log.
    pub const FIRST: Self = Self(1);

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The one after this. Saturates: 2^64 appends do not happen.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What tells one log's records from another's.
///
/// It seeds every record's checksum, so bytes left behind by a deleted log, or a record that is stored as
/// the payload of another log's record, never pass for one of this log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId(pub u32);

impl LogId {
    /// The id of the log of `name` created at `created_ms`: two logs that follow each other under one name differ.
    #[must_use]
    pub fn derive(name: &[u8], created_ms: u64) -> Self {
        Self(crate::checksum::crc32c(crate::checksum::crc32c(0, name), &created_ms.to_le_bytes()))
    }
}

/// What a `WooF` is created with; it never changes afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Config {
    /// The most bytes that one record may carry.
    pub element: u32,
    /// How many of the newest records stay readable. 0 keeps all (file and memory stores only).
    pub history: u64,
}

/// What identifies an append across retries: the lane it came in by and the sender's own number there.
///
/// Within a lane the numbers rise. A retry carries the number of the first attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The sender's lane.
    pub lane: u8,
    /// The sender's number within the lane; 0 is reserved for "no origin".
    pub client_sequence: u64,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Appended {
    /// Where the record is.
    pub sequence: Sequence,
    /// True when an earlier attempt had already put it there: nothing was written, so no handler must run.
    pub duplicate: bool,
}
