//! pow: the logarithm to 68 bits, times the exponent, through exp.

use super::exponential::exp_of;
use super::logarithm::{LN2_HIGH, LN2_LOW, split};
use super::table::{POW, POW_INVERSE};
use super::{entry, fma};

const A: [f64; 7] = [
    -0.5,
    0.3333333333333339 * -2.0,
    -0.25000000000000033 * -2.0,
    0.1999999998830994 * 4.0,
    -0.16666666658719348 * 4.0,
    0.14286370355743763 * -8.0,
    -0.12500519079594427 * -8.0,
];

/// Logarithm of a positive number's bits, as a double and the rest of it.
fn log_of(bits: u64) -> (f64, f64) {
    let (index, k, z) = split(bits, 0x3FE6_9555_0000_0000, 7);
    // (Flash is read by words on some boards.)
    let four = POW_INVERSE.get(index / 4).copied().unwrap_or(0);
    let inverse = f64::from((four >> (index % 4 * 16)) as u16) / 256.0;
    let (log_c, log_c_rest) = (entry(&POW, 2 * index), entry(&POW, 2 * index + 1));
    let kd = k as f64;
    let r = fma(z, inverse, -1.0);
    let t1 = fma(kd, LN2_HIGH, log_c);
    let t2 = t1 + r;
    let low1 = fma(kd, LN2_LOW, log_c_rest);
    let low2 = t1 - t2 + r;
    let ar = A[0] * r;
    let ar2 = r * ar;
    let ar3 = r * ar2;
    let high = t2 + ar2;
    let low3 = fma(ar, r, -ar2);
    let low4 = t2 - high + ar2;
    let p = fma(ar2, fma(ar2, fma(r, A[6], A[5]), fma(r, A[4], A[3])), fma(r, A[2], A[1]));
    let low = fma(ar3, p, low1 + low2 + low3 + low4);
    let y = high + low;
    (y, high - y + low)
}

/// 0: not an integer, 1: odd, 2: even.
fn parity(y: f64) -> u32 {
    let bits = y.to_bits();
    let exponent = (bits >> 52) as u32 & 0x7FF;
    if exponent < 0x3FF {
        0
    } else if exponent > 0x3FF + 52 {
        2
    } else {
        let unit = 1u64 << (0x3FF + 52 - exponent);
        if bits & (unit - 1) != 0 {
            0
        } else if bits & unit != 0 {
            1
        } else {
            2
        }
    }
}

/// `x ** y` of C.
pub fn pow(x: f64, y: f64) -> f64 {
    let mut sign = 0;
    let mut x_bits = x.to_bits();
    let y_bits = y.to_bits();
    let (top_x, top_y) = ((x_bits >> 52) as u32, (y_bits >> 52) as u32);
    let is_special = |bits: u64| bits.wrapping_mul(2).wrapping_sub(1) >= 0xFFE0_0000_0000_0000 - 1;
    if top_x.wrapping_sub(1) >= 0x7FF - 1 || (top_y & 0x7FF).wrapping_sub(0x3BE) >= 0x43E - 0x3BE {
        if is_special(y_bits) {
            if y == 0.0 || x == 1.0 {
                return 1.0;
            }
            if x.is_nan() || y.is_nan() {
                return x + y;
            }
            let size = x.abs();
            return if size == 1.0 {
                1.0
            } else if (size < 1.0) == (y > 0.0) {
                0.0
            } else {
                y * y
            };
        }
        if is_special(x_bits) {
            let square = x * x;
            let square = if x.is_sign_negative() && parity(y) == 1 { -square } else { square };
            return if y < 0.0 { 1.0 / square } else { square };
        }
        if x < 0.0 {
            match parity(y) {
                0 => return f64::NAN,
                1 => sign = 0x800 << 7,
                _ => {}
            }
            x_bits &= !(1 << 63);
        }
        let top_x = (x_bits >> 52) as u32;
        if (top_y & 0x7FF).wrapping_sub(0x3BE) >= 0x43E - 0x3BE {
            if x_bits == 1.0f64.to_bits() {
                return 1.0;
            }
            if top_y & 0x7FF < 0x3BE {
                // |y| < 2^-65.
                return if x_bits > 1.0f64.to_bits() { 1.0 + y } else { 1.0 - y };
            }
            return if (x_bits > 1.0f64.to_bits()) == (top_y < 0x800) { f64::INFINITY } else { 0.0 };
        }
        if top_x == 0 {
            x_bits = (x * 4503599627370496.0).to_bits() & !(1 << 63);
            x_bits = x_bits.wrapping_sub(52 << 52);
        }
    }
    let (high, low) = log_of(x_bits);
    let product = y * high;
    let rest = fma(y, low, fma(y, high, -product));
    let top = (product.to_bits() >> 52) as u32 & 0x7FF;
    let special = top.wrapping_sub(0x3C9) >= 0x408 - 0x3C9;
    if special {
        let signed = |result: f64| if sign != 0 { -result } else { result };
        if top < 0x3C9 {
            return signed(1.0 + product);
        }
        if top >= 0x409 {
            return signed(if product < 0.0 { 0.0 } else { f64::INFINITY });
        }
    }
    exp_of(product, rest, special, sign)
}
