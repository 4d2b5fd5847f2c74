//! The arc functions: all of them the angle of a point, computed to twice the precision and rounded once.

use super::double::Double;
use super::fma;
use super::table::ARCTANGENT;

const PI: Double = Double::new(3.141592653589793, 1.2246467991473532e-16);
const HALF_PI: Double = Double::new(1.5707963267948966, 6.123233995736766e-17);

/// Arc tangent of `numerator / denominator`, of `0 < numerator <= denominator`.
fn small_angle(numerator: Double, denominator: Double) -> Double {
    let ratio = numerator.high / denominator.high;
    // atan(n/d) = atan(c) + atan((n - c d) / (d + c n)), of the nearest multiple c of 1/32.
    let index = libm::rint(ratio * 32.0);
    let t = if index == 0.0 {
        numerator.over(denominator)
    } else {
        let c = index / 32.0;
        let above = numerator.plus(denominator.times(-c));
        let below = denominator.plus(numerator.times(c));
        above.over(below)
    };
    let t2 = t.high * t.high;
    let p =
        fma(t2, fma(t2, fma(t2, fma(t2, fma(t2, 1.0 / 13.0, -1.0 / 11.0), 1.0 / 9.0), -1.0 / 7.0), 0.2), -1.0 / 3.0);
    // The rest of t changes t^3 / 3 by t^2 times as much.
    let cubic = fma(t2 * t.high, p, -t2 * t.low);
    let index = 2 * index as usize;
    let base = Double::new(super::entry(&ARCTANGENT, index), super::entry(&ARCTANGENT, index + 1));
    let angle = Double::quick_sum(t.high, t.low + cubic);
    if index == 0 { angle } else { base.plus(angle) }
}

/// The angle of the point (x, y) in the first quadrant, of numbers that are neither 0 nor infinite.
fn first_quadrant(y: Double, x: Double) -> Double {
    if y.high <= x.high { small_angle(y, x) } else { HALF_PI.plus(small_angle(x, y).negated()) }
}

/// Arc tangent.
pub fn atan(x: f64) -> f64 {
    let size = x.abs();
    if size < 7.450580596923828e-9 || x.is_nan() {
        // 2^-27: x^3 / 3 is below half a unit.
        return x;
    }
    if size > 1e17 {
        return HALF_PI.value().copysign(x);
    }
    first_quadrant(Double::new(size, 0.0), Double::new(1.0, 0.0)).value().copysign(x)
}

/// Angle of the point (x, y).
pub fn atan2(y: f64, x: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    let (size_x, size_y) = (x.abs(), y.abs());
    let behind = x.is_sign_negative();
    if y == 0.0 {
        return if behind { PI.value() } else { 0.0 }.copysign(y);
    }
    if x == 0.0 {
        return HALF_PI.value().copysign(y);
    }
    if x.is_infinite() || y.is_infinite() {
        let angle = match (x.is_infinite(), y.is_infinite()) {
            (true, true) => {
                if behind {
                    2.356194490192345
                } else {
                    0.7853981633974483
                }
            }
            (false, true) => HALF_PI.value(),
            _ => {
                if behind {
                    PI.value()
                } else {
                    0.0
                }
            }
        };
        return angle.copysign(y);
    }
    let distance = exponent(size_y) - exponent(size_x);
    if distance > 60 {
        return HALF_PI.value().copysign(y);
    }
    if distance < -60 {
        return if behind { PI.value() } else { size_y / size_x }.copysign(y);
    }
    // Both near 1, so that no product is out of range.
    let scale = -exponent(if distance > 0 { size_y } else { size_x });
    let (size_x, size_y) = (libm::scalbn(size_x, scale), libm::scalbn(size_y, scale));
    let angle = first_quadrant(Double::new(size_y, 0.0), Double::new(size_x, 0.0));
    let angle = if behind { PI.plus(angle.negated()) } else { angle };
    angle.value().copysign(y)
}

/// Binary exponent of a number that is neither 0 nor infinite.
fn exponent(x: f64) -> i32 {
    let biased = (x.to_bits() >> 52) as i32 & 0x7FF;
    if biased == 0 { -1011 - x.to_bits().leading_zeros() as i32 } else { biased - 1023 }
}

/// `sqrt(1 - x^2)`.
fn leg(x: f64) -> Double {
    let square = Double::product(x, x);
    let rest = Double::sum(1.0, -square.high);
    rest.plus_small(-square.low).sqrt()
}

/// Arc sine; NaN outside of -1 to 1.
pub fn asin(x: f64) -> f64 {
    let size = x.abs();
    if size > 1.0 || x.is_nan() {
        return f64::NAN;
    }
    if size < 7.450580596923828e-9 {
        return x;
    }
    if size == 1.0 {
        return HALF_PI.value().copysign(x);
    }
    first_quadrant(Double::new(size, 0.0), leg(x)).value().copysign(x)
}

/// Arc cosine; NaN outside of -1 to 1.
pub fn acos(x: f64) -> f64 {
    let size = x.abs();
    if size > 1.0 || x.is_nan() {
        return f64::NAN;
    }
    if size < 1e-300 {
        return HALF_PI.value();
    }
    if size == 1.0 {
        return if x > 0.0 { 0.0 } else { PI.value() };
    }
    let angle = first_quadrant(leg(x), Double::new(size, 0.0));
    if x > 0.0 { angle.value() } else { PI.plus(angle.negated()).value() }
}
