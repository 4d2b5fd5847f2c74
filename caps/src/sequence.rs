//! Sequence numbers: the time and order of operations in one number.

use core::fmt;

/// `unix_ms << 16 | counter`. Together with its lane it is an operation's identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub u64);

impl Sequence {
    /// Before every operation.
    pub const ZERO: Self = Self(0);
    /// The last millisecond a sequence number can name.
    pub const MAX_MS: u64 = u64::MAX >> 16;

    /// Times beyond [`Sequence::MAX_MS`] count as that.
    pub const fn new(unix_ms: u64, counter: u16) -> Self {
        let ms = if unix_ms > Self::MAX_MS { Self::MAX_MS } else { unix_ms };
        Self(ms << 16 | counter as u64)
    }

    /// Milliseconds since 1970.
    pub const fn ms(self) -> u64 {
        self.0 >> 16
    }

    /// The same counter `ms` later, or the largest number there is.
    #[must_use]
    pub const fn later(self, ms: u64) -> Self {
        match ms.checked_mul(1 << 16) {
            Some(step) => Self(self.0.saturating_add(step)),
            None => Self(u64::MAX),
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A client's source of sequence numbers for one lane of one device: strictly rising, on the device's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequencer {
    offset_ms: i64,
    last: Sequence,
}

impl Sequencer {
    /// Until told otherwise the device's clock is taken to be ours.
    pub const fn new() -> Self {
        Self { offset_ms: 0, last: Sequence::ZERO }
    }

    /// The next number, `now_ms` being our unix time.
    pub fn next(&mut self, now_ms: u64) -> Sequence {
        let now = Sequence::new(now_ms.saturating_add_signed(self.offset_ms), 0);
        self.last = now.max(Sequence(self.last.0.saturating_add(1)));
        self.last
    }

    /// Moves to just after the device's time, which a `SEQ_LOW` or `SEQ_AHEAD` answer carries as `rseq`. Then retry once.
    pub fn follow(&mut self, rseq: u64, now_ms: u64) {
        // In lane 0 the device's time may be that of the last operation: a millisecond later is above it for sure.
        let device_ms = Sequence(rseq).ms() + 1;
        // Both are below 2^63 after the clamp, so the difference fits.
        self.offset_ms = device_ms as i64 - now_ms.min(Sequence::MAX_MS) as i64;
        // What was sent and refused may lie far ahead; the device forgot it, so do we.
        self.last = Sequence::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_rises_strictly_and_follows_the_device() {
        let mut client = Sequencer::new();
        let first = client.next(1000);
        assert_eq!(first, Sequence::new(1000, 0));
        assert_eq!(client.next(1000), Sequence::new(1000, 1));
        assert_eq!(client.next(400), Sequence::new(1000, 2)); // our clock was set back
        client.follow(Sequence::new(90_000, 0).0, 2000);
        assert_eq!(client.next(2000), Sequence::new(90_001, 0));
        assert_eq!(client.next(2500), Sequence::new(90_501, 0));
        client.follow(Sequence::new(10, 0).0, 2500);
        assert_eq!(client.next(2600), Sequence::new(111, 0));
        client.follow(0, u64::MAX);
        assert_eq!(client.next(0), Sequence(1));
    }

    #[test]
    fn arithmetic_ends_at_the_last_number() {
        assert_eq!(Sequence(u64::MAX).later(1), Sequence(u64::MAX));
        assert_eq!(Sequence::new(5, 9).later(u64::MAX), Sequence(u64::MAX));
        assert_eq!(Sequence::new(u64::MAX, 0).ms(), Sequence::MAX_MS);
    }
}
