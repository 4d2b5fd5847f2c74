//! log, log2 and log10: a table of logarithms and a polynomial.

use super::table::{LOG, LOG2};
use super::{entry, fma};

pub(super) const LN2_HIGH: f64 = 0.6931471805598903;
pub(super) const LN2_LOW: f64 = 5.497923018708371e-14;

/// Interval, exponent and reduced argument of a positive normal number's bits.
pub(super) fn split(bits: u64, offset: u64, index_bits: u32) -> (usize, i64, f64) {
    let rest = bits.wrapping_sub(offset);
    let index = (rest >> (52 - index_bits)) as usize & ((1 << index_bits) - 1);
    let exponent = (rest.cast_signed()) >> 52;
    (index, exponent, f64::from_bits(bits.wrapping_sub(rest & 0xFFF << 52)))
}

/// The bits of a positive number, of a subnormal one as if exponents went on; `Err` has the result of all others.
fn positive(x: f64) -> Result<u64, f64> {
    let bits = x.to_bits();
    if (bits >> 48).wrapping_sub(0x10) < 0x7FF0 - 0x10 {
        return Ok(bits);
    }
    if x == 0.0 {
        return Err(f64::NEG_INFINITY);
    }
    if x == f64::INFINITY || x.is_nan() {
        return Err(x);
    }
    if x < 0.0 {
        return Err(f64::NAN);
    }
    Ok((x * 4503599627370496.0).to_bits().wrapping_sub(52 << 52))
}

/// Natural logarithm.
pub fn log(x: f64) -> f64 {
    const A: [f64; 5] =
        [-0.5000000000000001, 0.33333333331825593, -0.2499999999622955, 0.20000304511814496, -0.16667054827627667];
    const B: [f64; 11] = [
        -0.5,
        0.3333333333333352,
        -0.24999999999998432,
        0.19999999999320328,
        -0.16666666669929706,
        0.14285715076560868,
        -0.12499997863982555,
        0.11110712032936046,
        -0.10000486757818193,
        0.09181994006195467,
        -0.08328363062289341,
    ];
    let bits = x.to_bits();
    const LOW: u64 = 0x3FEE_0000_0000_0000;
    const HIGH: u64 = 0x3FF1_0900_0000_0000;
    if bits.wrapping_sub(LOW) < HIGH - LOW {
        if x == 1.0 {
            return 0.0;
        }
        let r = x - 1.0;
        let r2 = r * r;
        let r3 = r * r2;
        let p = fma(r3, B[10], fma(r2, B[9], fma(r, B[8], B[7])));
        let p = fma(r3, p, fma(r2, B[6], fma(r, B[5], B[4])));
        let p = fma(r3, p, fma(r2, B[3], fma(r, B[2], B[1])));
        let w = r * 134217728.0;
        let r_high = r + w - w;
        let r_low = r - r_high;
        let w = r_high * r_high * B[0];
        let high = r + w;
        let low = r - high + w;
        let low = fma(B[0] * r_low, r_high + r, low);
        return fma(r3, p, low) + high;
    }
    let bits = match positive(x) {
        Ok(bits) => bits,
        Err(result) => return result,
    };
    let (index, k, z) = split(bits, 0x3FE6_0000_0000_0000, 7);
    let (inverse, log_c) = (entry(&LOG, 2 * index), entry(&LOG, 2 * index + 1));
    let r = fma(z, inverse, -1.0);
    let kd = k as f64;
    let w = fma(kd, LN2_HIGH, log_c);
    let high = w + r;
    let low = fma(kd, LN2_LOW, w - high + r);
    let r2 = r * r;
    let p = fma(r2, fma(r, A[4], A[3]), fma(r, A[2], A[1]));
    fma(r * r2, p, fma(r2, A[0], low)) + high
}

/// Binary logarithm.
pub fn log2(x: f64) -> f64 {
    const INVERSE_HIGH: f64 = 1.4426950407214463;
    const INVERSE_LOW: f64 = 1.6751713164886512e-10;
    const A: [f64; 6] = [
        -0.7213475204444882,
        0.4808983469629985,
        -0.36067375954075914,
        0.2885390073180969,
        -0.2404693555628422,
        0.2061202382173603,
    ];
    const B: [f64; 10] = [
        -0.7213475204444817,
        0.48089834696298744,
        -0.360673760222145,
        0.2885390081805197,
        -0.24044917405728863,
        0.2060992861022954,
        -0.18033596705327856,
        0.1603032746063156,
        -0.14483316576701266,
        0.13046826811283835,
    ];
    let bits = x.to_bits();
    const LOW: u64 = 0x3FEE_A4AF_0000_0000;
    const HIGH: u64 = 0x3FF0_B550_0000_0000;
    if bits.wrapping_sub(LOW) < HIGH - LOW {
        if x == 1.0 {
            return 0.0;
        }
        let r = x - 1.0;
        let high = r * INVERSE_HIGH;
        let low = fma(r, INVERSE_LOW, fma(r, INVERSE_HIGH, -high));
        let r2 = r * r;
        let r4 = r2 * r2;
        let q = fma(r, B[1], B[0]);
        let y = fma(r2, q, high);
        let low = low + fma(r2, q, high - y);
        let p =
            fma(r4, fma(r2, fma(r, B[9], B[8]), fma(r, B[7], B[6])), fma(r2, fma(r, B[5], B[4]), fma(r, B[3], B[2])));
        let low = fma(r4, p, low);
        return y + low;
    }
    let bits = match positive(x) {
        Ok(bits) => bits,
        Err(result) => return result,
    };
    let (index, k, z) = split(bits, 0x3FE6_0000_0000_0000, 6);
    let (inverse, log_c) = (entry(&LOG2, 2 * index), entry(&LOG2, 2 * index + 1));
    let r = fma(z, inverse, -1.0);
    let t1 = r * INVERSE_HIGH;
    let t2 = fma(r, INVERSE_LOW, fma(r, INVERSE_HIGH, -t1));
    let t3 = k as f64 + log_c;
    let high = t3 + t1;
    let low = t3 - high + t1 + t2;
    let r2 = r * r;
    let r4 = r2 * r2;
    let p = fma(r4, fma(r, A[5], A[4]), fma(r2, fma(r, A[3], A[2]), fma(r, A[1], A[0])));
    fma(r2, p, low) + high
}

/// Decimal logarithm, as in fdlibm.
pub fn log10(x: f64) -> f64 {
    const INVERSE_LN10: f64 = 0.4342944819032518;
    const LOG10_2_HIGH: f64 = 0.30102999566361177;
    const LOG10_2_LOW: f64 = 3.694239077158931e-13;
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x < 0.0 {
        return f64::NAN;
    }
    if !x.is_finite() {
        return x;
    }
    let (x, below) = if x < f64::MIN_POSITIVE { (x * 18014398509481984.0, 54) } else { (x, 0) };
    let bits = x.to_bits();
    let k = (bits >> 52) as i64 - 1023 - below;
    let i = i64::from(k < 0);
    let z = f64::from_bits(bits & ((1 << 52) - 1) | ((0x3FF - i) as u64) << 52);
    let y = (k + i) as f64;
    (y * LOG10_2_LOW + INVERSE_LN10 * log(z)) + y * LOG10_2_HIGH
}
