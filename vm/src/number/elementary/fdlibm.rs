//! The hyperbolic functions, expm1, log1p and cbrt.
//!
//! Source: fdlibm (Copyright 1993 Sun Microsystems, Inc.; "Permission to use, copy, modify, and distribute this software
//! is freely granted"), with sums grouped as glibc groups them. cbrt is glibc's own formula.

use super::exponential::exp;
use super::fma;
use super::logarithm::log;

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const LN2: f64 = core::f64::consts::LN_2;

fn high_word(x: f64) -> u32 {
    (x.to_bits() >> 32) as u32
}

fn size_word(x: f64) -> u32 {
    high_word(x) & 0x7FFF_FFFF
}

/// Adds to the binary exponent, which stays in range.
fn add_exponent(x: f64, exponent: i32) -> f64 {
    f64::from_bits(x.to_bits().wrapping_add_signed(i64::from(exponent) << 52))
}

/// `e^x - 1`.
pub fn expm1(x: f64) -> f64 {
    const Q1: f64 = -3.33333333333331316428e-02;
    const Q2: f64 = 1.58730158725481460165e-03;
    const Q3: f64 = -7.93650757867487942473e-05;
    const Q4: f64 = 4.00821782732936239552e-06;
    const Q5: f64 = -2.01099218183624371326e-07;
    let word = size_word(x);
    let negative = x.is_sign_negative();
    if word >= 0x4043_687A {
        // |x| >= 56 ln 2.
        if word >= 0x4086_2E42 {
            if x.is_nan() {
                return x;
            }
            if x == f64::NEG_INFINITY {
                return -1.0;
            }
            if x > 7.09782712893383973096e+02 {
                return f64::INFINITY;
            }
        }
        if negative {
            return -1.0;
        }
    }
    let (mut k, mut x, mut c) = (0, x, 0.0);
    if word > 0x3FD6_2E42 {
        // |x| > 0.5 ln 2.
        let (high, low);
        if word < 0x3FF0_A2B2 {
            k = if negative { -1 } else { 1 };
            high = if negative { x + LN2_HIGH } else { x - LN2_HIGH };
            low = if negative { -LN2_LOW } else { LN2_LOW };
        } else {
            let half = if negative { -0.5 } else { 0.5 };
            k = fma(1.44269504088896338700e+00, x, half) as i32;
            let t = f64::from(k);
            high = fma(-t, LN2_HIGH, x);
            low = t * LN2_LOW;
        }
        x = high - low;
        c = (high - x) - low;
    } else if word < 0x3C90_0000 {
        return x;
    }
    let half = 0.5 * x;
    let hxs = x * half;
    let r1 = fma(hxs, Q1, 1.0);
    let h2 = hxs * hxs;
    let r2 = fma(hxs, Q3, Q2);
    let h4 = h2 * h2;
    let r3 = fma(hxs, Q5, Q4);
    let r1 = fma(h4, r3, fma(h2, r2, r1));
    let t = fma(-r1, half, 3.0);
    let mut e = hxs * ((r1 - t) / fma(-x, t, 6.0));
    if k == 0 {
        return x - fma(x, e, -hxs);
    }
    e = fma(x, e - c, -c);
    e -= hxs;
    if k == -1 {
        return 0.5 * (x - e) - 0.5;
    }
    if k == 1 {
        return if x < -0.25 { -2.0 * (e - (x + 0.5)) } else { 1.0 + 2.0 * (x - e) };
    }
    if k <= -2 || k > 56 {
        return add_exponent(1.0 - (e - x), k) - 1.0;
    }
    if k < 20 {
        let t = f64::from_bits(u64::from(0x3FF0_0000 - (0x20_0000u32 >> k)) << 32);
        add_exponent(t - (e - x), k)
    } else {
        let t = f64::from_bits(((0x3FF - k) as u64) << 52);
        add_exponent(x - (e + t) + 1.0, k)
    }
}

/// `log(1 + x)`.
pub fn log1p(x: f64) -> f64 {
    const L1: f64 = 6.666666666666735130e-01;
    const L2: f64 = 3.999999999940941908e-01;
    const L3: f64 = 2.857142874366239149e-01;
    const L4: f64 = 2.222219843214978396e-01;
    const L5: f64 = 1.818357216161805012e-01;
    const L6: f64 = 1.531383769920937332e-01;
    const L7: f64 = 1.479819860511658591e-01;
    let signed_word = high_word(x).cast_signed();
    let word = size_word(x);
    let (mut k, mut f, mut hu, mut c) = (1, 0.0, 1u32, 0.0);
    if signed_word < 0x3FDA_827A {
        if word >= 0x3FF0_0000 {
            return if x == -1.0 { f64::NEG_INFINITY } else { f64::NAN };
        }
        if word < 0x3E20_0000 {
            return if word < 0x3C90_0000 { x } else { x - x * x * 0.5 };
        }
        if signed_word > 0 || signed_word <= 0xBFD2_BEC3u32.cast_signed() {
            (k, f, hu) = (0, x, 1);
        }
    } else if signed_word >= 0x7FF0_0000 {
        return x;
    }
    if k != 0 {
        let mut u;
        if signed_word < 0x4340_0000 {
            u = 1.0 + x;
            hu = high_word(u);
            k = (hu >> 20).cast_signed() - 1023;
            c = if k > 0 { 1.0 - (u - x) } else { x - (u - 1.0) };
            c /= u;
        } else {
            u = x;
            hu = high_word(u);
            k = (hu >> 20).cast_signed() - 1023;
            c = 0.0;
        }
        hu &= 0x000F_FFFF;
        let low = u.to_bits() & 0xFFFF_FFFF;
        if hu < 0x6A09E {
            u = f64::from_bits(u64::from(hu | 0x3FF0_0000) << 32 | low);
        } else {
            k += 1;
            u = f64::from_bits(u64::from(hu | 0x3FE0_0000) << 32 | low);
            hu = (0x0010_0000 - hu) >> 2;
        }
        f = u - 1.0;
    }
    let kd = f64::from(k);
    let hfsq = 0.5 * f * f;
    if hu == 0 {
        if f == 0.0 {
            return if k == 0 { 0.0 } else { fma(kd, LN2_HIGH, fma(kd, LN2_LOW, c)) };
        }
        let r = hfsq * fma(-0.66666666666666666, f, 1.0);
        return if k == 0 { f - r } else { fma(kd, LN2_HIGH, -((r - fma(kd, LN2_LOW, c)) - f)) };
    }
    let s = f / (2.0 + f);
    let z = s * s;
    let z2 = z * z;
    let r2 = fma(z, L3, L2);
    let z4 = z2 * z2;
    let r3 = fma(z, L5, L4);
    let z6 = z4 * z2;
    let r4 = fma(z, L7, L6);
    let r = fma(z6, r4, fma(z4, r3, fma(z, L1, z2 * r2)));
    let p = s * (hfsq + r);
    if k == 0 { f - (hfsq - p) } else { fma(kd, LN2_HIGH, -((hfsq - (p + fma(kd, LN2_LOW, c))) - f)) }
}

/// Hyperbolic sine.
pub fn sinh(x: f64) -> f64 {
    let word = size_word(x);
    let half = 0.5f64.copysign(x);
    if word < 0x4036_0000 {
        if word < 0x3E30_0000 {
            return x;
        }
        let t = expm1(x.abs());
        return if word < 0x3FF0_0000 { half * (2.0 * t - t * t / (t + 1.0)) } else { half * (t + t / (t + 1.0)) };
    }
    half_exp(x, half, 1.0)
}

/// `factor * e^|x|`, of large |x|; infinite beyond the range.
fn half_exp(x: f64, factor: f64, sign: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let size = x.abs();
    if size_word(x) < 0x4086_2E42 {
        return factor * exp(size);
    }
    if size <= 710.4758600739439 {
        let w = exp(0.5 * size);
        let t = factor * w;
        return t * w;
    }
    sign * factor * f64::INFINITY
}

/// Hyperbolic cosine.
pub fn cosh(x: f64) -> f64 {
    let word = size_word(x);
    if word < 0x4036_0000 {
        if word < 0x3FD6_2E43 {
            if word < 0x3C80_0000 {
                return 1.0;
            }
            let t = expm1(x.abs());
            let w = 1.0 + t;
            return 1.0 + (t * t) / (w + w);
        }
        let t = exp(x.abs());
        return 0.5 * t + 0.5 / t;
    }
    half_exp(x, 0.5, 1.0)
}

/// Hyperbolic tangent.
pub fn tanh(x: f64) -> f64 {
    if x.is_nan() || x == 0.0 {
        return x;
    }
    let word = size_word(x);
    let z = if word < 0x4036_0000 {
        if word < 0x3C80_0000 {
            return x * (1.0 + x);
        }
        if word >= 0x3FF0_0000 {
            let t = expm1(2.0 * x.abs());
            1.0 - 2.0 / (t + 2.0)
        } else {
            let t = expm1(-2.0 * x.abs());
            -t / (t + 2.0)
        }
    } else {
        1.0
    };
    z.copysign(x)
}

/// Inverse hyperbolic sine.
pub fn asinh(x: f64) -> f64 {
    let word = size_word(x);
    if word < 0x3E30_0000 || !x.is_finite() {
        return x;
    }
    let size = x.abs();
    let w = if word > 0x41B0_0000 {
        log(size) + LN2
    } else if word > 0x4000_0000 {
        log(2.0 * size + 1.0 / (super::sqrt(size * size + 1.0) + size))
    } else {
        let t = size * size;
        log1p(size + t / (1.0 + super::sqrt(1.0 + t)))
    };
    w.copysign(x)
}

/// Inverse hyperbolic cosine; NaN below 1.
pub fn acosh(x: f64) -> f64 {
    if x > 2.0 {
        if x >= 268435456.0 {
            return if x.is_infinite() { x } else { log(x) + LN2 };
        }
        let t = x * x;
        log(2.0 * x - 1.0 / (x + super::sqrt(t - 1.0)))
    } else if x > 1.0 {
        let t = x - 1.0;
        log1p(t + super::sqrt(2.0 * t + t * t))
    } else if x == 1.0 {
        0.0
    } else {
        f64::NAN
    }
}

/// Inverse hyperbolic tangent; NaN outside of -1 to 1.
pub fn atanh(x: f64) -> f64 {
    let size = x.abs();
    let t = if size < 0.5 {
        if size < 3.725290298461914e-09 {
            return x;
        }
        let t = size + size;
        0.5 * log1p(t + t * size / (1.0 - size))
    } else if size < 1.0 {
        0.5 * log1p((size + size) / (1.0 - size))
    } else if size == 1.0 {
        f64::INFINITY
    } else {
        return f64::NAN;
    };
    t.copysign(x)
}

/// Cube root.
pub fn cbrt(x: f64) -> f64 {
    const CBRT_2: f64 = 1.2599210498948731648;
    const CBRT_4: f64 = 1.5874010519681996;
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let (m, exponent) = libm::frexp(x.abs());
    let u = 0.354895765043919860
        + ((1.50819193781584896
            - ((2.11499494167371287
                - ((2.4469312256353444
                    - ((1.83469277483613086 - (0.784932344976639262 - 0.145263899385486367 * m) * m) * m))
                    * m))
                * m))
            * m);
    let t = u * u * u;
    let factor = match exponent % 3 {
        -2 => 1.0 / CBRT_4,
        -1 => 1.0 / CBRT_2,
        1 => CBRT_2,
        2 => CBRT_4,
        _ => 1.0,
    };
    let root = u * (t + 2.0 * m) / (2.0 * t + m) * factor;
    libm::scalbn(if x > 0.0 { root } else { -root }, exponent / 3)
}
