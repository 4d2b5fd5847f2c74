//! Numbers of twice the precision: an unevaluated sum of two doubles.
//!
//! Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.

use super::fma;

/// `high + low`, where `low` is below half a unit in the last place of `high`.
#[derive(Clone, Copy)]
pub(super) struct Double {
    pub high: f64,
    pub low: f64,
}

impl Double {
    pub const fn new(high: f64, low: f64) -> Self {
        Self { high, low }
    }

    /// `a + b`, exactly.
    pub fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let rest = high - a;
        Self { high, low: (a - (high - rest)) + (b - rest) }
    }

    /// `a + b`, exactly, of `|a| >= |b|` or `a == 0`.
    pub fn quick_sum(a: f64, b: f64) -> Self {
        let high = a + b;
        Self { high, low: b - (high - a) }
    }

    /// `a * b`, exactly.
    pub fn product(a: f64, b: f64) -> Self {
        let high = a * b;
        Self { high, low: fma(a, b, -high) }
    }

    pub fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    pub fn plus(self, other: Self) -> Self {
        let high = Self::sum(self.high, other.high);
        let low = Self::sum(self.low, other.low);
        let sum = Self::quick_sum(high.high, high.low + low.high);
        Self::quick_sum(sum.high, sum.low + low.low)
    }

    pub fn plus_small(self, other: f64) -> Self {
        let sum = Self::sum(self.high, other);
        Self::quick_sum(sum.high, sum.low + self.low)
    }

    pub fn times(self, other: f64) -> Self {
        let product = Self::product(self.high, other);
        Self::quick_sum(product.high, fma(self.low, other, product.low))
    }

    pub fn by(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        Self::quick_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }

    pub fn over(self, divisor: Self) -> Self {
        let quotient = self.high / divisor.high;
        let rest = fma(-quotient, divisor.high, self.high) + self.low - quotient * divisor.low;
        Self::quick_sum(quotient, rest / divisor.high)
    }

    /// Square root, of a number that isn't negative.
    pub fn sqrt(self) -> Self {
        if self.high <= 0.0 {
            return Self::new(0.0, 0.0);
        }
        let root = super::sqrt(self.high);
        let rest = fma(-root, root, self.high) + self.low;
        Self::quick_sum(root, rest / (2.0 * root))
    }

    pub fn value(self) -> f64 {
        self.high + self.low
    }
}
