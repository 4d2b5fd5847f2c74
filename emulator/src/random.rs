//! Chance from a seed: the same seed gives the same run.

/// splitmix64: small, fast, good enough for delays and losses, for nothing secret.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Everything follows from the seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1, 1 excluded.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Normally distributed, mean 0, deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_fair_and_repeats() {
        let (mut a, mut b) = (Random::new(1), Random::new(1));
        let draws: Vec<f64> = (0..10_000).map(|_| a.normal()).collect();
        assert!(draws.iter().all(|draw| *draw == b.normal()));
        let mean = draws.iter().sum::<f64>() / 10_000.0;
        let deviation = (draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 10_000.0).sqrt();
        assert!(mean.abs() < 0.05 && (deviation - 1.0).abs() < 0.05, "{mean} {deviation}");
        assert!((0..10_000).map(|_| a.unit()).all(|draw| (0.0..1.0).contains(&draw)));
    }
}
