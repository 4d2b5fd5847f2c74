//! The link between a device and its edge, as a model: delay, loss, rate, outages; all from a seed.

use crate::random::Random;

/// What a link is like. Times are those of one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Median delay, microseconds.
    pub delay_us: f64,
    /// Spread of the delay: deviation of its logarithm.
    pub spread: f64,
    /// Share of frames that get lost.
    pub loss: f64,
    /// Share of frames that take between 1 and 3 s.
    pub spikes: f64,
    /// Bytes a second; infinite: no limit.
    pub bytes_per_s: f64,
    /// Down for so many microseconds ..
    pub outage_us: u64,
    /// .. in every so many; 0: never.
    pub outage_every_us: u64,
}

impl Link {
    /// No delay, no loss: for tests, and for runs whose time is the device's alone.
    pub const PERFECT: Self = Self {
        delay_us: 0.0,
        spread: 0.0,
        loss: 0.0,
        spikes: 0.0,
        bytes_per_s: f64::INFINITY,
        outage_us: 0,
        outage_every_us: 0,
    };
    /// A quiet room with the edge in it: a round trip of 4 ms.
    pub const LOCAL: Self = Self { delay_us: 2_000.0, spread: 0.1, bytes_per_s: 250_000.0, ..Self::PERFECT };
    /// A round trip of 12 ms.
    pub const GOOD: Self = Self { delay_us: 6_000.0, spread: 0.15, bytes_per_s: 125_000.0, ..Self::PERFECT };
    /// The paper's: a median round trip of 290 ms, 2 % of spikes.
    pub const PAPER: Self =
        Self { delay_us: 145_000.0, spread: 0.22, spikes: 0.02, bytes_per_s: 125_000.0, ..Self::PERFECT };
    /// The paper's with more of everything that is bad.
    pub const CONGESTED: Self = Self { spread: 0.5, loss: 0.05, ..Self::PAPER };
    /// Good, but down for 30 s in every 5 min.
    pub const OUTAGE: Self = Self { outage_us: 30_000_000, outage_every_us: 300_000_000, ..Self::GOOD };

    /// Those that have names.
    pub const NAMED: [(&'static str, Self); 6] = [
        ("perfect", Self::PERFECT),
        ("local", Self::LOCAL),
        ("good", Self::GOOD),
        ("paper", Self::PAPER),
        ("congested", Self::CONGESTED),
        ("outage", Self::OUTAGE),
    ];

    /// Whether it is up at this moment.
    pub fn is_up(&self, at_us: u64) -> bool {
        at_us.checked_rem(self.outage_every_us).is_none_or(|since| {
            // At the end of the period, so that a run begins with a link.
            since < self.outage_every_us.saturating_sub(self.outage_us)
        })
    }

    /// How long a frame of this many bytes is on its way, microseconds; `None`: it gets lost.
    pub fn delay(&self, bytes: usize, random: &mut Random) -> Option<u64> {
        // Always as many draws, so that one frame's fate does not change the next one's.
        let (lost, spike, length, normal) = (random.unit(), random.unit(), random.unit(), random.normal());
        if lost < self.loss {
            return None;
        }
        let mut delay = self.delay_us * (self.spread * normal).exp();
        if spike < self.spikes {
            delay += 1e6 + 2e6 * length;
        }
        // At most some seconds.
        Some((delay + bytes as f64 / self.bytes_per_s * 1e6) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(link: Link, seed: u64) -> Vec<Option<u64>> {
        let mut random = Random::new(seed);
        (0..10_000).map(|_| link.delay(100, &mut random)).collect()
    }

    #[test]
    fn a_link_is_what_it_says() {
        assert!(delays(Link::PERFECT, 1).iter().all(|delay| *delay == Some(0)));
        let mut paper: Vec<u64> = delays(Link::PAPER, 1).into_iter().flatten().collect();
        assert_eq!(paper.len(), 10_000);
        paper.sort_unstable();
        assert!((140_000..152_000).contains(&paper[5000]), "{}", paper[5000]);
        let spikes = paper.iter().filter(|delay| **delay > 1_000_000).count();
        assert!((150..250).contains(&spikes), "{spikes}");
        let lost = delays(Link::CONGESTED, 1).iter().filter(|delay| delay.is_none()).count();
        assert!((400..600).contains(&lost), "{lost}");
        assert_eq!(delays(Link::CONGESTED, 7), delays(Link::CONGESTED, 7));
        assert_ne!(delays(Link::CONGESTED, 7), delays(Link::CONGESTED, 8));
    }

    #[test]
    fn outages_come_and_go() {
        assert!(Link::GOOD.is_up(u64::MAX));
        assert!(Link::OUTAGE.is_up(0) && Link::OUTAGE.is_up(269_999_999));
        assert!(!Link::OUTAGE.is_up(270_000_000) && !Link::OUTAGE.is_up(299_999_999));
        assert!(Link::OUTAGE.is_up(300_000_000));
    }
}
