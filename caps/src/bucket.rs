//! A token bucket, handed the time.

/// Allows `rate` uses a second on average and `burst` at once. Its clock may stand still or jump; it never runs back.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    thousandths: u32,
    rate: u16,
    burst: u16,
    last_ms: u64,
}

impl TokenBucket {
    /// A full bucket.
    pub const fn new(rate: u16, burst: u16, now_ms: u64) -> Self {
        Self { thousandths: burst as u32 * 1000, rate, burst, last_ms: now_ms }
    }

    /// Takes one use, if there is one. `now_ms` is any monotonic clock.
    pub fn take(&mut self, now_ms: u64) -> bool {
        // In 32 bits: it stands before everything that costs time on a small core. More than a minute without a
        // use counts as a minute.
        let elapsed_ms = now_ms.saturating_sub(self.last_ms);
        let elapsed_ms = if elapsed_ms > 65_536 { 65_536 } else { elapsed_ms as u32 };
        let full = u32::from(self.burst) * 1000; // at most 65_535_000
        // One use a second is one thousandth of a use a millisecond.
        let earned = elapsed_ms.saturating_mul(u32::from(self.rate));
        let level = self.thousandths.saturating_add(earned);
        let level = level.min(full);
        self.last_ms = self.last_ms.max(now_ms);
        let taken = level >= 1000;
        self.thousandths = if taken { level - 1000 } else { level };
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_to_its_rate() {
        let mut bucket = TokenBucket::new(50, 50, 7);
        assert_eq!((0..200).filter(|_| bucket.take(7)).count(), 50);
        assert!(!bucket.take(26), "19 ms earn 0.95");
        assert!(bucket.take(27));
        assert!(!bucket.take(27));
        // A minute at four times the rate.
        assert_eq!((0..12_000u64).filter(|i| bucket.take(27 + i * 5)).count(), 2999);
        assert_eq!((0..200).filter(|_| bucket.take(u64::MAX)).count(), 50);
        assert!(!bucket.take(0), "a clock that runs back earns nothing");
    }
}
