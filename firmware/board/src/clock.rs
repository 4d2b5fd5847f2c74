//! Time by a counter of 32 bits that wraps, as processors count their cycles.

/// The time so far. It must be asked at least once each time that the counter goes around.
#[derive(Clone, Debug)]
pub struct Clock {
    us: u64,
    counter: u32,
    /// Ticks that are no microsecond yet.
    rest: u32,
    ticks_a_us: u32,
    /// By how much a tick is multiplied to be a microsecond, in parts of 2^32: never too much, and too little by less than one
    /// for as many ticks as there can be.
    share: u32,
}

impl Clock {
    /// From this state of the counter on.
    pub fn new(counter: u32, ticks_a_us: u32) -> Self {
        let ticks_a_us = ticks_a_us.max(1);
        Self { us: 0, counter, rest: 0, ticks_a_us, share: u32::MAX / ticks_a_us }
    }

    /// Microseconds since the beginning, now that the counter is here. A core without division takes a tenth of the time
    /// that one of 64 bits would, and this is asked a dozen times for each event.
    pub fn at(&mut self, counter: u32) -> u64 {
        let ticks = counter.wrapping_sub(self.counter);
        self.counter = counter;
        let (us, mut rest) = self.split(ticks);
        self.us += u64::from(us);
        rest += self.rest;
        if rest >= self.ticks_a_us {
            rest -= self.ticks_a_us;
            self.us += 1;
        }
        self.rest = rest;
        self.us
    }

    /// Whole microseconds of so many ticks, and the ticks that are left.
    fn split(&self, ticks: u32) -> (u32, u32) {
        let us = ((u64::from(ticks) * u64::from(self.share)) >> 32) as u32;
        let rest = ticks - us * self.ticks_a_us;
        if rest >= self.ticks_a_us { (us + 1, rest - self.ticks_a_us) } else { (us, rest) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_division_and_goes_on_over_the_counters_end() {
        let mut state = 0x9E37_79B9_u32;
        for ticks_a_us in [1, 2, 3, 7, 25, 26, 40, 79, 80, 81, 160, 240, 65_537] {
            let begin = u32::MAX - 1000;
            let (mut clock, mut counter, mut ticks) = (Clock::new(begin, ticks_a_us), begin, 0_u64);
            for step in 0..20_000 {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                let next = [u32::MAX, u32::MAX - 1, 0, 1, ticks_a_us, ticks_a_us - 1, state, state >> 12, state >> 24];
                let next = next[step % next.len()];
                counter = counter.wrapping_add(next);
                ticks += u64::from(next);
                assert_eq!(clock.at(counter), ticks / u64::from(ticks_a_us), "{ticks} of {ticks_a_us}");
            }
            // More than the 49 days that 32 bits of milliseconds hold, at 1 tick a microsecond.
            assert!(ticks_a_us > 1 || ticks / 1000 > u64::from(u32::MAX));
        }
    }
}
