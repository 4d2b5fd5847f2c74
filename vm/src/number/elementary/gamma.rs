//! gamma and lgamma, as CPython computes them itself.
//!
//! Source: C. Lanczos, "A precision approximation of the gamma function", 1964, with the coefficients of Boost and CPython
//! (g = 6.0246800407767296, N = 13).

use super::exponential::exp;
use super::logarithm::log;
use super::power::pow;
use super::sine::{cos, sin};
use core::f64::consts::PI;

const G: f64 = 6.0246800407767296;
const G_LESS_HALF: f64 = 5.5246800407767296;
const LOG_PI: f64 = 1.1447298858494002;

const NUMERATOR: [f64; 13] = [
    23531376880.41076,
    42919803642.6491,
    35711959237.35567,
    17921034426.03721,
    6039542586.352028,
    1439720407.3117216,
    248874557.86205417,
    31426415.585400194,
    2876370.6289353725,
    186056.26539522348,
    8071.672002365816,
    210.82427775157936,
    2.5066282746310002,
];
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// Lanczos' sum, of x > 0.
fn sum(x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    if x < 5.0 {
        for (a, b) in NUMERATOR.iter().zip(&DENOMINATOR).rev() {
            above = above * x + a;
            below = below * x + b;
        }
    } else {
        for (a, b) in NUMERATOR.iter().zip(&DENOMINATOR) {
            above = above / x + a;
            below = below / x + b;
        }
    }
    above / below
}

/// `sin(pi x)`.
fn sine_of_pi(x: f64) -> f64 {
    let y = crate::number::real::remainder(x.abs(), 2.0);
    let value = match libm::round(2.0 * y) as i32 {
        0 => sin(PI * y),
        1 => cos(PI * (y - 0.5)),
        2 => sin(PI * (1.0 - y)),
        3 => -cos(PI * (y - 1.5)),
        _ => sin(PI * (y - 2.0)),
    };
    1.0f64.copysign(x) * value
}

/// The gamma function. Infinite beyond its range, NaN at its poles and at -inf; infinite at 0.
pub fn gamma(x: f64) -> f64 {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { x } else { f64::NAN };
    }
    if x == 0.0 {
        return f64::INFINITY.copysign(x);
    }
    if x == libm::floor(x) {
        if x < 0.0 {
            return f64::NAN;
        }
        if x <= 23.0 {
            // Factorials up to 22! are exact.
            return (2..x as u32).fold(1.0, |product, factor| product * f64::from(factor));
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return 1.0 / x;
    }
    if size > 200.0 {
        return if x < 0.0 { 0.0 / sine_of_pi(x) } else { f64::INFINITY };
    }
    let y = size + G_LESS_HALF;
    // What was lost in that sum.
    let lost = if size > G_LESS_HALF { (y - size) - G_LESS_HALF } else { (y - G_LESS_HALF) - size };
    let lost = lost * G / y;
    if x < 0.0 {
        let mut r = -PI / sine_of_pi(size) / size * exp(y) / sum(size);
        r -= lost * r;
        if size < 140.0 {
            r / pow(y, size - 0.5)
        } else {
            let root = pow(y, size / 2.0 - 0.25);
            r / root / root
        }
    } else {
        let mut r = sum(size) / exp(y);
        r += lost * r;
        if size < 140.0 {
            r * pow(y, size - 0.5)
        } else {
            let root = pow(y, size / 2.0 - 0.25);
            r * root * root
        }
    }
}

/// Logarithm of the gamma function's magnitude; infinite at its poles.
pub fn lgamma(x: f64) -> f64 {
    if !x.is_finite() {
        return if x.is_nan() { x } else { f64::INFINITY };
    }
    if x == libm::floor(x) && x <= 2.0 {
        return if x <= 0.0 { f64::INFINITY } else { 0.0 };
    }
    let size = x.abs();
    if size < 1e-20 {
        return -log(size);
    }
    let mut r = log(sum(size)) - G;
    r += (size - 0.5) * (log(size + G - 0.5) - 1.0);
    if x < 0.0 {
        r = LOG_PI - log(sine_of_pi(size).abs()) - log(size) - r;
    }
    r
}
