//! exp and exp2: `2^(k/128)` from a table times a polynomial.

use super::fma;
use super::table::EXP;

pub(super) const SHIFT: f64 = 6755399441055744.0; // 1.5 * 2^52
const INVERSE_LN2_N: f64 = 184.6649652337873; // 128 / ln 2
const MINUS_LN2_HIGH_N: f64 = -0.005415212348111709;
const MINUS_LN2_LOW_N: f64 = -1.2864023111638346e-14;
const C2: f64 = 0.49999999999996786;
const C3: f64 = 0.16666666666665886;
const C4: f64 = 0.0416666808410674;
const C5: f64 = 0.008333335853059549;

/// Bits of sign and exponent of 2^-54, 512 and 1024.
const TINY: u32 = 0x3C9;
const LARGE: u32 = 0x408;
const HUGE: u32 = 0x409;

fn top12(x: f64) -> u32 {
    (x.to_bits() >> 52) as u32
}

/// The table's entry for `k`: T, and the bits of `2^(k/128) / (1 + T)`.
fn scale_of(k: u64) -> (f64, u64) {
    let index = 2 * (k % 128) as usize;
    let tail = super::entry(&EXP, index);
    let bits = EXP.get(index + 1).copied().unwrap_or(0).wrapping_add(k << 45);
    (tail, bits)
}

/// e^x.
pub fn exp(x: f64) -> f64 {
    let top = top12(x) & 0x7FF;
    let special = top.wrapping_sub(TINY) >= LARGE - TINY;
    if special {
        if top < TINY {
            return 1.0 + x;
        }
        if top >= HUGE {
            return if x == f64::NEG_INFINITY {
                0.0
            } else if top == 0x7FF {
                1.0 + x
            } else if x < 0.0 {
                0.0
            } else {
                f64::INFINITY
            };
        }
    }
    exp_of(x, 0.0, special, 0)
}

/// `e^(x + tail)`, with the sign bit of `sign` (0 or 2^18) flipped.
pub fn exp_of(x: f64, tail: f64, special: bool, sign: u64) -> f64 {
    let shifted = fma(INVERSE_LN2_N, x, SHIFT);
    let k = shifted.to_bits();
    let kd = shifted - SHIFT;
    let r = fma(kd, MINUS_LN2_LOW_N, fma(kd, MINUS_LN2_HIGH_N, x)) + tail;
    let (t, scale) = scale_of(k);
    let scale = scale.wrapping_add(sign << 45);
    let r2 = r * r;
    let value = fma(r2 * r2, fma(r, C5, C4), fma(r2, fma(r, C3, C2), t + r));
    if special {
        return scaled(value, scale, k, true);
    }
    let scale = f64::from_bits(scale);
    fma(scale, value, scale)
}

/// `scale + scale * value` where the scale's exponent may be out of range.
fn scaled(value: f64, scale: u64, k: u64, fused: bool) -> f64 {
    if k & 0x8000_0000 == 0 {
        let scale = f64::from_bits(scale.wrapping_sub(1009 << 52));
        let y = if fused { fma(scale, value, scale) } else { scale + scale * value };
        return f64::from_bits((1009 + 1023) << 52) * y;
    }
    let bits = scale.wrapping_add(1022 << 52);
    let scale = f64::from_bits(bits);
    // (Used twice, the product is not fused.)
    let rest = scale * value;
    let mut y = scale + rest;
    if y.abs() < 1.0 {
        // Rounded once, at the place where the subnormal result will have its last bit.
        let one = 1.0f64.copysign(y);
        let low = scale - y + rest;
        let high = one + y;
        let low = one - high + y + low;
        y = (high + low) - one;
        if y == 0.0 {
            y = f64::from_bits(bits & 1 << 63);
        }
    }
    f64::MIN_POSITIVE * y
}

/// 2^x. (glibc compiles it without fused operations.)
pub fn exp2(x: f64) -> f64 {
    const SHIFT_N: f64 = SHIFT / 128.0;
    const C1: f64 = 0.6931471805599453;
    const C2: f64 = 0.24022650695909065;
    const C3: f64 = 0.0555041086686087;
    const C4: f64 = 0.009618131975721055;
    const C5: f64 = 0.0013332074570119598;
    let top = top12(x) & 0x7FF;
    let mut special = top.wrapping_sub(TINY) >= LARGE - TINY;
    if special {
        if top < TINY {
            return 1.0 + x;
        }
        if top >= HUGE {
            if x.is_nan() || x == f64::INFINITY {
                return x;
            }
            if x > 0.0 {
                return f64::INFINITY;
            }
            if x <= -1075.0 {
                return 0.0;
            }
        }
    }
    special = special || x.abs() > 928.0;
    let shifted = x + SHIFT_N;
    let k = shifted.to_bits();
    let r = x - (shifted - SHIFT_N);
    let (t, scale) = scale_of(k);
    let r2 = r * r;
    let value = t + r * C1 + r2 * (C2 + r * C3) + r2 * r2 * (C4 + r * C5);
    if special {
        return scaled(value, scale, k, false);
    }
    let scale = f64::from_bits(scale);
    scale + scale * value
}
