//! Numbers that look like chance and are the same everywhere, with the edges of their types over-represented.

/// splitmix64.
pub struct Chance(u64);

impl Chance {
    /// Begins somewhere.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 128 bits of any magnitude: one in eight is an edge.
    pub fn wide(&mut self) -> u128 {
        let bits = u128::from(self.next()) << 64 | u128::from(self.next());
        match self.below(8) {
            0 => [0, 1, 2, u128::MAX, u128::MAX - 1, 1 << 127, 1 << 63, 1 << 64, 1 << 31, 1 << 32, 10, 255]
                [self.below(12)],
            _ => bits >> self.below(128),
        }
    }

    /// A float of any magnitude, edges included; never a NaN, whose payload is nobody's business.
    pub fn float(&mut self) -> f64 {
        const EDGES: [f64; 12] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.1,
            1e300,
            -1e-300,
            5e-324,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        match self.below(8) {
            0 => EDGES[self.below(12)],
            1 | 2 => (self.next() as i64 >> self.below(64)) as f64,
            3 | 4 => (self.next() >> 11) as f64 / (1u64 << 53) as f64,
            _ => {
                let float = f64::from_bits(self.next());
                if float.is_nan() { 3.5 } else { float }
            }
        }
    }

    /// Below `bound`, which is small.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
