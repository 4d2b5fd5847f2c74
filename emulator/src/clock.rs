//! A software board's clock: virtual, or the machine's own with the time that a slower processor would have taken.

use std::time::Instant;

/// Nanoseconds in a microsecond.
const NS: u64 = 1000;

/// A clock that never runs back.
#[derive(Clone, Debug)]
pub enum Clock {
    /// Stands still unless work is done or the board idles: the same run takes the same time.
    Virtual {
        /// Time since it was switched on, ns.
        now_ns: u64,
    },
    /// The machine's time. While the emulated processor would still be at work, it is the moment when it will be done.
    Real {
        /// When it was switched on.
        start: Instant,
        /// Until when the processor is at work, ns.
        busy_until_ns: u64,
    },
}

impl Clock {
    /// A clock of virtual time.
    pub const fn virtual_time() -> Self {
        Self::Virtual { now_ns: 0 }
    }

    /// A clock of real time, switched on at `start`.
    pub const fn real_time(start: Instant) -> Self {
        Self::Real { start, busy_until_ns: 0 }
    }

    fn now_ns(&self) -> u64 {
        match self {
            Self::Virtual { now_ns } => *now_ns,
            Self::Real { start, busy_until_ns } => elapsed_ns(*start).max(*busy_until_ns),
        }
    }

    /// Microseconds since it was switched on.
    pub fn now_us(&self) -> u64 {
        self.now_ns() / NS
    }

    /// The processor has been at work for this long.
    pub fn worked(&mut self, ns: u64) {
        let until = self.now_ns().saturating_add(ns);
        match self {
            Self::Virtual { now_ns } => *now_ns = until,
            Self::Real { busy_until_ns, .. } => *busy_until_ns = until,
        }
    }

    /// Until when the processor is at work, where that is later than the machine's time; microseconds.
    pub fn occupied_until_us(&self) -> Option<u64> {
        match self {
            Self::Virtual { .. } => None,
            Self::Real { start, busy_until_ns } => (*busy_until_ns > elapsed_ns(*start)).then(|| busy_until_ns / NS),
        }
    }

    /// How long a real board waits until then; a virtual one is there at once.
    pub fn idle(&mut self, until_us: u64) -> Option<std::time::Duration> {
        match self {
            Self::Virtual { now_ns } => {
                *now_ns = (*now_ns).max(until_us.saturating_mul(NS));
                None
            }
            Self::Real { start, .. } => {
                let left = until_us.saturating_mul(NS).saturating_sub(elapsed_ns(*start));
                Some(std::time::Duration::from_nanos(left))
            }
        }
    }
}

fn elapsed_ns(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_time_passes_by_work_and_idling_only() {
        let mut clock = Clock::virtual_time();
        clock.worked(1500);
        assert_eq!(clock.now_us(), 1);
        clock.worked(500);
        assert_eq!(clock.now_us(), 2);
        assert_eq!(clock.idle(10), None);
        assert_eq!(clock.idle(5), None);
        assert_eq!(clock.now_us(), 10);
        assert_eq!(clock.occupied_until_us(), None);
    }

    #[test]
    fn real_time_is_ahead_while_the_processor_would_work() {
        let mut clock = Clock::real_time(Instant::now());
        clock.worked(3_600_000_000_000);
        let now = clock.now_us();
        assert!(now >= 3_600_000_000);
        assert_eq!(clock.now_us(), now, "it waits for the machine to catch up");
        assert_eq!(clock.occupied_until_us(), Some(now));
        assert!(clock.idle(now).is_some_and(|wait| wait.as_secs() > 3000));
    }
}
