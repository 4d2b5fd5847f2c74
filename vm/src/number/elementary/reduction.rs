//! Reduction of an angle modulo half a turn's half.
//!
//! Source of the large case: M. Payne, R. Hanek, "Radian reduction for trigonometric functions", 1983.

use super::double::Double;
use super::exponential::SHIFT;
use super::fma;
use super::table::TWO_OVER_PI;

/// The angle less the nearest multiple of pi/2, as a double and the rest of it, and that multiple modulo 4.
/// For |x| below 105414350 as IBM's library does it, with pi/2 in four parts.
pub(super) fn reduce(x: f64) -> (f64, f64, u32) {
    const TWO_OVER_PI_ROUNDED: f64 = 0.6366197723675814;
    const PART_1: f64 = 1.5707963407039642;
    const PART_2: f64 = -1.3909067564377153e-8;
    const PART_3: f64 = -4.9789962314799099e-17;
    const PART_4: f64 = -1.9034889620193266e-25;
    let shifted = fma(x, TWO_OVER_PI_ROUNDED, SHIFT);
    let n = shifted - SHIFT;
    let y = fma(-n, PART_2, fma(-n, PART_1, x));
    let t = fma(-n, PART_3, y);
    let rest = fma(-n, PART_3, y - t);
    let high = fma(-n, PART_4, t);
    let rest = rest + fma(-n, PART_4, t - high);
    (high, rest, shifted.to_bits() as u32 & 3)
}

/// The same of any finite angle beyond 2^20.
pub(super) fn reduce_large(x: f64) -> (f64, f64, u32) {
    let bits = x.to_bits();
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    // |x| = mantissa * 2^shift. Bits of 2/pi whose product with it is a multiple of 4 don't count.
    let shift = ((bits >> 52) as i32 & 0x7FF) - 1075;
    let first = (shift - 2).max(0);
    let window = |at: i32| {
        let word = |index: i32| TWO_OVER_PI.get(index as usize).copied().unwrap_or(0);
        let (index, offset) = (at / 64, at % 64);
        if offset == 0 { word(index) } else { word(index) << offset | word(index + 1) >> (64 - offset) }
    };
    // The mantissa times 256 bits of 2/pi, from the lowest word up.
    let mut carry = 0;
    let mut step = |part: u64| {
        let wide = mantissa * u128::from(part) + carry;
        carry = wide >> 64;
        wide as u64
    };
    let _ = step(window(first + 192));
    let c = step(window(first + 128));
    let b = step(window(first + 64));
    let a = step(window(first));
    let above = carry as u64;
    // Moved so that two bits stand before the point.
    let right = 2 - (shift - first);
    let join = |high: u64, low: u64| if right == 0 { low } else { high << (64 - right) | low >> right };
    let (w0, w1, w2) = (join(above, a), join(a, b), join(b, c));
    let fraction = (u128::from(w0) << 64 | u128::from(w1)) << 2 | u128::from(w2) >> 62;
    // As a signed fraction of pi/2, at most a half.
    let up = fraction >> 127 != 0;
    let size = if up { fraction.wrapping_neg() } else { fraction };
    let zeros = size.leading_zeros().min(127);
    let normal = size << zeros;
    let high = libm::scalbn((normal >> 75) as f64, -53 - zeros as i32);
    let low = libm::scalbn(((normal << 53) >> 64) as f64, -117 - zeros as i32);
    let angle = Double::quick_sum(high, low).by(Double::new(1.5707963267948966, 6.123233995736766e-17));
    let n = (w0 >> 62) as u32 + u32::from(up);
    let n = if x < 0.0 { n.wrapping_neg() } else { n } & 3;
    if up == (x < 0.0) { (angle.high, angle.low, n) } else { (-angle.high, -angle.low, n) }
}
