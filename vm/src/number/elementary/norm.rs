//! Euclidean length of a vector, as CPython computes it (`hypot`, `dist`): squares split without loss, one correction.
//!
//! Source: CPython 3.11, Modules/mathmodule.c, vector_norm; after T. J. Dekker, 1971.

/// Splits a double into halves of 26 and 27 bits.
const SPLIT: f64 = 134217729.0; // 2^27 + 1

fn halves(x: f64) -> (f64, f64) {
    let t = x * SPLIT;
    let high = t - (t - x);
    (high, x - high)
}

/// Adds up the squares of a vector whose largest magnitude is known.
pub struct Norm {
    max: f64,
    /// What each element is multiplied by; `None`: it would be infinite, elements are divided by `max`.
    scale: Option<f64>,
    sum: f64,
    rests: [f64; 3],
}

impl Norm {
    /// `max` is finite and above 0.
    pub fn new(max: f64) -> Self {
        let (_, exponent) = libm::frexp(max);
        let scale = (exponent >= -1023).then(|| libm::scalbn(1.0, -exponent));
        Self { max, scale, sum: 1.0, rests: [0.0; 3] }
    }

    fn add_part(&mut self, part: f64, rest: usize) {
        let old = self.sum;
        self.sum += part;
        if let Some(place) = self.rests.get_mut(rest) {
            *place += (old - self.sum) + part;
        }
    }

    /// Adds the square of an element (a magnitude).
    pub fn add(&mut self, element: f64) {
        let Some(scale) = self.scale else {
            let ratio = element / self.max;
            return self.add_part(ratio * ratio, 0);
        };
        let (high, low) = halves(element * scale);
        self.add_part(high * high, 0);
        self.add_part(2.0 * high * low, 1);
        let [_, _, third] = &mut self.rests;
        *third += low * low;
    }

    /// The length.
    pub fn length(mut self) -> f64 {
        let total = |norm: &Self| {
            let [first, second, third] = norm.rests;
            norm.sum - 1.0 + (first + second + third)
        };
        let Some(scale) = self.scale else {
            let [first, _, _] = self.rests;
            return self.max * super::sqrt(self.sum - 1.0 + first);
        };
        let root = super::sqrt(total(&self));
        let (high, low) = halves(root);
        self.add_part(-high * high, 0);
        self.add_part(-2.0 * high * low, 1);
        self.add_part(-low * low, 2);
        (root + total(&self) / (2.0 * root)) / scale
    }
}
