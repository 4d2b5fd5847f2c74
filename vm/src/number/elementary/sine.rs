//! sin, cos and tan: a table of sines and cosines in steps of 1/128, and short polynomials.

use super::double::Double;
use super::reduction::{reduce, reduce_large};
use super::table::SINE;
use super::{entry, fma};

/// Adding it to a number leaves its nearest multiple of 1/128 in the low bits.
const BIG: f64 = 52776558133248.0; // 1.5 * 2^45
const HALF_PI: Double = Double::new(1.5707963267948966, 6.123233995736766e-17);

const S3: f64 = -0.16666666666666488;
const S5: f64 = 0.00833333214285722;
const C2: f64 = 0.5;
const C4: f64 = -0.04166666666666644;
const C6: f64 = 0.001388888740079376;

/// The nearest multiple of 1/128 as an index of the table, and what is left.
fn nearest(x: f64) -> (usize, f64) {
    let shifted = BIG + x;
    (4 * (shifted.to_bits() as usize & 0xFFFF), x - (shifted - BIG))
}

/// Sine of `x + rest`.
fn sine(x: f64, rest: f64) -> f64 {
    const T1: f64 = -0.16666666666666666;
    const T2: f64 = 0.008333333333332329;
    const T3: f64 = -0.00019841269834414642;
    const T4: f64 = 2.755729806860771e-06;
    const T5: f64 = -2.5022014848318398e-08;
    let size = x.abs();
    if size < 0.126 {
        let square = x * x;
        let p = fma(fma(fma(fma(T5, square, T4), square, T3), square, T2), square, T1);
        return x + fma(fma(p, x, -0.5 * rest), square, rest);
    }
    let rest = if x <= 0.0 { -rest } else { rest };
    let (index, x_rest) = nearest(size);
    let square = x_rest * x_rest;
    let s = x_rest + fma(x_rest * square, fma(square, S5, S3), rest);
    let c = fma(x_rest, rest, square * fma(square, fma(square, C6, C4), C2));
    let [sine, sine_rest, cosine, _] = at(index);
    let correction = fma(cosine, s, fma(-sine, c, fma(s, cosine_rest(index), sine_rest)));
    (sine + correction).copysign(x)
}

/// Cosine of `x + rest`.
fn cosine(x: f64, rest: f64) -> f64 {
    let rest = if x < 0.0 { -rest } else { rest };
    let (index, x_rest) = nearest(x.abs());
    let x_rest = x_rest + rest;
    let square = x_rest * x_rest;
    let s = fma(x_rest * square, fma(square, S5, S3), x_rest);
    let c = square * fma(square, fma(square, C6, C4), C2);
    let [sine, sine_rest, cosine, cosine_rest] = at(index);
    let correction = fma(-sine, s, fma(-cosine, c, fma(-s, sine_rest, cosine_rest)));
    cosine + correction
}

/// Sine and cosine of the multiple, each with its rest.
fn at(index: usize) -> [f64; 4] {
    [0, 1, 2, 3].map(|place| entry(&SINE, index + place))
}

fn cosine_rest(index: usize) -> f64 {
    entry(&SINE, index + 3)
}

/// Sine or cosine of an angle that is a multiple of pi/2 and a rest.
fn by_quadrant((x, rest, n): (f64, f64, u32)) -> f64 {
    let value = if n & 1 != 0 { cosine(x, rest) } else { sine(x, rest) };
    if n & 2 != 0 { -value } else { value }
}

/// High word of |x|, as fdlibm compares them.
fn size_word(x: f64) -> u32 {
    (x.to_bits() >> 32) as u32 & 0x7FFF_FFFF
}

/// Sine; NaN of infinities.
pub fn sin(x: f64) -> f64 {
    let word = size_word(x);
    if word < 0x3E50_0000 {
        x
    } else if word < 0x3FEB_6000 {
        sine(x, 0.0)
    } else if word < 0x4003_68FD {
        cosine(HALF_PI.high - x.abs(), HALF_PI.low).copysign(x)
    } else if word < 0x4199_21FB {
        by_quadrant(reduce(x))
    } else if word < 0x7FF0_0000 {
        by_quadrant(reduce_large(x))
    } else {
        f64::NAN
    }
}

/// Cosine; NaN of infinities.
pub fn cos(x: f64) -> f64 {
    let word = size_word(x);
    let turned = |(x, rest, n): (f64, f64, u32)| by_quadrant((x, rest, n + 1));
    if word < 0x3E40_0000 {
        1.0
    } else if word < 0x3FEB_6000 {
        cosine(x, 0.0)
    } else if word < 0x4003_68FD {
        let angle = HALF_PI.high - x.abs();
        let high = angle + HALF_PI.low;
        sine(high, (angle - high) + HALF_PI.low)
    } else if word < 0x4199_21FB {
        turned(reduce(x))
    } else if word < 0x7FF0_0000 {
        turned(reduce_large(x))
    } else {
        f64::NAN
    }
}

/// Tangent; NaN of infinities.
pub fn tan(x: f64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    let size = x.abs();
    if size < 7.450580596923828e-9 {
        return x;
    }
    let (high, low, n) = if size < 0.78 {
        (x, 0.0, 0)
    } else if size < 1048576.0 {
        reduce_to_double(x)
    } else {
        reduce_large(x)
    };
    let (high, low, negative) = if high < 0.0 { (-high, -low, true) } else { (high, low, false) };
    let (index, rest) = nearest(high);
    let t = Double::sum(rest, low);
    let square = t.high * t.high;
    // sin t = t + s, 1 - cos t = c.
    let s = square * t.high * fma(square, fma(square, -1.0 / 5040.0, 1.0 / 120.0), -1.0 / 6.0);
    let s = fma(-0.5 * square, t.low, s);
    let c = fma(t.high, t.low, square * fma(square, fma(square, 1.0 / 720.0, -1.0 / 24.0), 0.5));
    let (s, [sin_c, sin_rest, cos_c, cos_rest]) = (t.plus_small(s), at(index));
    let (sin_c, cos_c) = (Double::new(sin_c, sin_rest), Double::new(cos_c, cos_rest));
    // The cosine's part is small beside the sine's and the cosine's own: one product of doubles does.
    let sine = sin_c.plus(cos_c.by(s)).plus(Double::product(sin_c.high, -c));
    let cosine = cos_c.plus(sin_c.by(s).negated()).plus(Double::product(cos_c.high, -c));
    let ratio = if n & 1 != 0 { cosine.over(sine).negated() } else { sine.over(cosine) };
    let value = ratio.value();
    if negative { -value } else { value }
}

/// Reduction with a rest that is exact enough for both to be one number of twice the precision.
fn reduce_to_double(x: f64) -> (f64, f64, u32) {
    let (high, low, n) = reduce(x);
    let sum = Double::quick_sum(high, low);
    (sum.high, sum.low, n)
}
