//! Floats: scaling with one rounding, the sign rules of `//` and `%`, powers, conversions from and to integers, rounding.

use super::arithmetic::power_of_ten;
use super::decimal::{Digits, Expansion, fixed, nearest};
use super::limbs;
use crate::error::Outcome;
use crate::vm::{Vm, roots};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::symbols::COMPLEX_POWER;
use nano_wire::value::Value;

pub(super) const ZERO_TO_NEGATIVE: &str = "0.0 cannot be raised to a negative power";
/// The C library's number of it, which CPython passes on.
const ERANGE: i32 = 34;

/// `mantissa * 2**exponent`, rounded once, half to even; `None`: beyond the largest float.
pub(super) fn scaled(mantissa: u64, exponent: i64) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = i64::from(64 - mantissa.leading_zeros());
    // The value lies below 2**top.
    let top = exponent + bits;
    if top > 1024 {
        return None;
    }
    if top < -1074 {
        return Some(0.0);
    }
    let keep = if top < -1021 { top + 1074 } else { 53 };
    let drop = bits - keep;
    let (mantissa, exponent) = if drop <= 0 {
        (mantissa, exponent)
    } else {
        let drop = drop as u32;
        let kept = mantissa.checked_shr(drop).unwrap_or(0);
        let rest = mantissa - kept.checked_shl(drop).unwrap_or(0);
        let half = 1 << (drop - 1);
        let up = rest > half || (rest == half && kept & 1 != 0);
        (kept + u64::from(up), exponent + i64::from(drop))
    };
    let number = libm::scalbn(mantissa as f64, exponent as i32);
    number.is_finite().then_some(number)
}

/// The highest 64 bits of a magnitude (all, of a shorter one), the exponent of the lowest of them, and whether there
/// is anything below.
pub(super) fn top_bits(limbs: &[u32]) -> (u64, i64, bool) {
    let limbs = limbs::trim(limbs);
    let mut from_top = limbs.iter().rev().map(|limb| u64::from(*limb));
    let (high, middle, low) =
        (from_top.next().unwrap_or(0), from_top.next().unwrap_or(0), from_top.next().unwrap_or(0));
    if limbs.len() <= 2 {
        let value = if limbs.len() == 2 { high << 32 | middle } else { high };
        return (value, 0, false);
    }
    let zeros = (high as u32).leading_zeros();
    let top = (high << 32 | middle) << zeros | (low << zeros) >> 32;
    let lost = (low << zeros) as u32 != 0 || from_top.any(|limb| limb != 0);
    (top, (limbs.len() as i64 - 2) * 32 - i64::from(zeros), lost)
}

/// An integer as a float; `None`: too large.
pub(super) fn of_integer(negative: bool, limbs: &[u32]) -> Option<f64> {
    let (top, exponent, lost) = top_bits(limbs);
    let number = scaled(top | u64::from(lost), exponent)?;
    Some(if negative { -number } else { number })
}

/// The integer mantissa and exponent of a finite float's magnitude: `mantissa * 2**exponent`.
pub(super) fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let exponent = (bits >> 52) as i32 & 0x7FF;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// What is left of `x / y` rounded towards zero, exactly, as C's `fmod`: NaN where `x` is infinite, `y` 0, or one NaN.
pub(super) fn remainder(x: f64, y: f64) -> f64 {
    if !x.is_finite() || y.is_nan() || y == 0.0 {
        return f64::NAN;
    }
    let ((mut rest, exponent), (divisor, least)) = (parts(x), parts(y));
    // A mantissa has its highest bit unless the exponent is the least there is: `x` is below `y`.
    if exponent < least || y.is_infinite() {
        return x;
    }
    let mut left = exponent.abs_diff(least);
    rest %= divisor;
    while left > 0 && rest != 0 {
        // Both have 53 bits: so many are free.
        let by = left.min(11);
        rest = (rest << by) % divisor;
        left -= by;
    }
    libm::scalbn(rest as f64, least).copysign(x)
}

/// `x // y` and `x % y` of floats, as CPython computes them; `y` isn't 0.
pub(super) fn divmod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = remainder(x, y);
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0.0f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0f64.copysign(x / y), rest);
    }
    let floor = libm::floor(quotient);
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

/// `x % y` of floats; `y` isn't 0.
pub(super) fn modulo(x: f64, y: f64) -> f64 {
    let rest = remainder(x, y);
    if rest == 0.0 {
        0.0f64.copysign(y)
    } else if (y < 0.0) != (rest < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// `x / y`, rounded once; `y` isn't 0. Bit by bit: one is more than 53 bits long, which is rare.
pub(super) fn quotient(x: u64, y: u64) -> f64 {
    let (mut quotient, mut rest, mut exponent) = (x / y, x % y, 0);
    // Ten bits more than a float has; what is left of the rest only tells that it isn't exact.
    while rest != 0 && quotient < 1 << 62 {
        let carry = rest >> 63 != 0;
        rest <<= 1;
        quotient <<= 1;
        exponent -= 1;
        if carry || rest >= y {
            rest = rest.wrapping_sub(y);
            quotient |= 1;
        }
    }
    scaled(quotient | u64::from(rest != 0), exponent).unwrap_or(f64::INFINITY)
}

/// Is `x ** y` a complex number?
pub(super) fn is_power_complex(x: f64, y: f64) -> bool {
    x < 0.0 && x.is_finite() && y.is_finite() && y != libm::floor(y)
}

impl Vm<'_> {
    /// `x ** y` that is complex: by the library's function, where the program has it.
    #[cold]
    #[inline(never)]
    pub(super) fn power_complex(&mut self, x: f64, y: f64) -> Outcome<Value> {
        let names = self.image.global_names.iter();
        let slot = names.map(|name| self.text(self.image.constant(*name))).position(|name| name == COMPLEX_POWER);
        let function = slot.map_or(Value::UNBOUND, |slot| Value(self.mem.word(roots::END + slot as u32 * 4)));
        if function.is_unbound() {
            return self.raise(
                Builtin::TypeError,
                "a negative number to a fractional power is complex, and this program has no complex numbers",
            );
        }
        let mark = self.mark();
        let function = self.root(function)?;
        let base = self.new_float(x)?;
        let base = self.root(base)?;
        let exponent = self.new_float(y)?;
        let result = self.call_values(self.get(function), &[self.get(base), exponent]);
        self.release(mark);
        result
    }

    /// `x ** y` of floats, with CPython's exceptions.
    pub(super) fn power_float(&mut self, x: f64, y: f64) -> Outcome<f64> {
        if y == 0.0 || x == 1.0 {
            return Ok(1.0);
        }
        if x.is_nan() || y.is_nan() {
            return Ok(if x.is_nan() { x } else { y });
        }
        if x == 0.0 && y < 0.0 && y.is_finite() {
            return self.raise(Builtin::ZeroDivisionError, ZERO_TO_NEGATIVE);
        }
        self.must_have(Feature::MathExponential)?;
        let result = super::elementary::pow(x, y);
        if result.is_infinite() && x.is_finite() && y.is_finite() {
            return self.out_of_range();
        }
        Ok(result)
    }

    /// OverflowError as the C library reports it.
    #[cold]
    pub(super) fn out_of_range<T>(&mut self) -> Outcome<T> {
        let mark = self.mark();
        let text = self.new_str("Numerical result out of range")?;
        let args = self.root_all(&[Value::small_unchecked(ERANGE), text])?;
        let exception = self.new_exception(Value::builtin(Builtin::OverflowError), args)?;
        self.release(mark);
        self.raise_object(exception)
    }

    /// The integer part of a float as an int; ValueError or OverflowError of what has none.
    pub(super) fn int_from_float(&mut self, number: f64) -> Outcome<Value> {
        if number.is_nan() {
            return self.raise(Builtin::ValueError, "cannot convert float NaN to integer");
        }
        if number.is_infinite() {
            return self.raise(Builtin::OverflowError, "cannot convert float infinity to integer");
        }
        if number.abs() < 9.2e18 {
            return self.new_int(number as i64);
        }
        let (mantissa, exponent) = parts(number);
        let mark = self.mark();
        let whole = self.new_int(if number < 0.0 { -(mantissa as i64) } else { mantissa as i64 })?;
        let whole = self.root(whole)?;
        let result = self.shift_left(whole, exponent as u64)?;
        self.release(mark);
        Ok(result)
    }

    /// `round(number, digits)`: the float nearest to the decimal text of its exact value with so many digits.
    pub(super) fn round_float(&mut self, number: f64, digits: i64) -> Outcome<f64> {
        if !number.is_finite() || number == 0.0 || digits > 323 {
            return Ok(number);
        }
        if digits < -308 {
            return Ok(0.0 * number);
        }
        let digits = digits as i32;
        if let Some(rounded) = round_quickly(number, digits) {
            return Ok(rounded.copysign(number));
        }
        let mut expansion = Expansion::of(number);
        let significant = expansion.point + digits;
        if significant > 17 {
            // As many digits always name the same float.
            return Ok(number);
        }
        if significant < 0 {
            return Ok(0.0f64.copysign(number));
        }
        let mut taken = Digits::new(expansion.point);
        let mut is_odd = false;
        for _ in 0..significant {
            let digit = expansion.next_digit();
            is_odd = digit & 1 == 1;
            taken.push(digit);
        }
        if expansion.rounds_up(is_odd) {
            taken.increment();
        }
        self.rounded(nearest(taken.as_bytes(), taken.point), number)
    }

    fn rounded(&mut self, rounded: f64, of: f64) -> Outcome<f64> {
        if rounded.is_infinite() {
            return self.raise(Builtin::OverflowError, "rounded value too large to represent");
        }
        Ok(rounded.copysign(of))
    }
}

/// Rounds by way of an integer where that is exact: `number * 10^digits` in 128 bits, and a quotient of two floats that
/// are exact themselves. `None`: it isn't.
fn round_quickly(number: f64, digits: i32) -> Option<f64> {
    let (mantissa, exponent) = parts(number);
    // 10^15 is below 2^53.
    if !(-120..0).contains(&exponent) || !(0..=15).contains(&digits) {
        return None;
    }
    let whole = fixed(mantissa, digits.unsigned_abs(), exponent.unsigned_abs())?;
    (whole <= 1 << 53).then(|| whole as f64 / power_of_ten(digits.unsigned_abs()).unwrap_or(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::remainder;

    #[test]
    #[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
    fn remainders_are_those_of_the_library() {
        let edges = [0.0, 5e-324, 2.2e-308, 1e-300, 0.1, 1.0, 3.0, 1e15, 1.7e308, f64::INFINITY, f64::NAN];
        // Numbers of all sizes by a linear congruential generator.
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from_bits(state ^ state >> 32)
        };
        let edges = edges.into_iter().flat_map(|x| edges.map(|y| (x, -y)));
        for (x, y) in edges.chain((0..20_000).map(|_| (next(), next()))) {
            let (ours, expected) = (remainder(x, y), libm::fmod(x, y));
            assert!(ours.to_bits() == expected.to_bits() || ours.is_nan() && expected.is_nan(), "{x:e} % {y:e}");
        }
    }
}
