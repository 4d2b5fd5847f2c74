//! Floats as text: the shortest digits that read back the same, and digits to a given precision.
//!
//! [`decimal`] gives the digits; what CPython does with them (`repr` and the type codes e, f, g) is done here, on the text
//! in place.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::number::decimal::{self, Expansion, fixed};
use crate::vm::Vm;

/// How a float is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As `repr`: shortest digits, at least one behind the point.
    Shortest,
    /// `e`: this many digits behind the point, and an exponent.
    Exponent(u32),
    /// `f`: this many digits behind the point.
    Fixed(u32),
    /// `g`: this many digits in all. `true`: as `repr` would (type code left out).
    General(u32, bool),
}

/// No double has more digits behind its point that aren't zero.
const MOST_FRACTION: u32 = 1100;
/// No double has more significant digits.
const MOST_DIGITS: u32 = 800;

impl TextBuilder {
    /// Appends `repr` of a float.
    pub fn push_float(&mut self, vm: &mut Vm<'_>, number: f64) -> Outcome<()> {
        // Integers of up to 15 digits are by far the most frequent, and quicker by way of an integer.
        if number.abs() < 1e15 && number == (number as i64) as f64 && !(number == 0.0 && number.is_sign_negative()) {
            return self.push_fmt(vm, format_args!("{}.0", number as i64));
        }
        if number.is_sign_negative() && !number.is_nan() {
            self.push_byte(vm, b'-')?;
        }
        self.push_magnitude(vm, number.abs(), Style::Shortest, false)
    }

    /// Appends a float that isn't negative; `alternate`: with a point in any case, and all digits of `g`.
    pub(crate) fn push_magnitude(
        &mut self,
        vm: &mut Vm<'_>,
        number: f64,
        style: Style,
        alternate: bool,
    ) -> Outcome<()> {
        if number.is_nan() {
            return self.push_str(vm, "nan");
        }
        if number.is_infinite() {
            return self.push_str(vm, "inf");
        }
        let start = self.len();
        match style {
            Style::Fixed(precision) => {
                if let Some(scaled) = scaled(number, precision) {
                    self.push_u64(vm, scaled, 10, false)?;
                } else {
                    let exact = precision.min(MOST_FRACTION);
                    let point = self.push_rounded(vm, number, |point| point + exact as i32)?;
                    // One more where all were 9.
                    let missing = point + exact as i32 - (self.len() - start) as i32;
                    self.push_repeated(vm, '0', u32::try_from(missing).unwrap_or(0))?;
                    self.push_repeated(vm, '0', precision - exact)?;
                }
                self.place_fraction(vm, start, precision, alternate)
            }
            Style::Exponent(precision) => {
                let exact = precision.min(MOST_DIGITS);
                let point = self.push_rounded(vm, number, |_| exact as i32 + 1)?;
                self.push_repeated(vm, '0', precision - exact)?;
                self.push_exponent(vm, start, point - 1, alternate)
            }
            Style::Shortest => {
                let digits = decimal::shortest(number);
                self.push_bytes(vm, digits.as_bytes())?;
                self.place_point(vm, start, digits.point - 1, 16, true, alternate)
            }
            Style::General(precision, as_repr) => {
                let precision = precision.max(1);
                let exact = precision.min(MOST_DIGITS);
                let point = self.push_rounded(vm, number, |_| exact as i32)?;
                let limit = (i64::from(precision) - i64::from(as_repr)).min(1 << 30) as i32;
                if alternate {
                    self.push_repeated(vm, '0', precision - exact)?;
                    return self.place_point(vm, start, point - 1, limit, false, true);
                }
                self.trim_zeros(vm, start);
                self.place_point(vm, start, point - 1, limit, as_repr, false)
            }
        }
    }

    /// Appends so many digits of a number, as many as `count` says of where its point is, rounded half to even as its exact
    /// value is; where the point is then. Where there would be none, a 0.
    fn push_rounded(&mut self, vm: &mut Vm<'_>, number: f64, count: impl Fn(i32) -> i32) -> Outcome<i32> {
        let mut expansion = Expansion::of(number);
        let (start, point) = (self.len() as usize, expansion.point);
        let count = count(point);
        let mut last = b'0';
        for _ in 0..count {
            last = b'0' + expansion.next_digit();
            self.push_byte(vm, last)?;
        }
        // Of a number of which not even the first digit counts nothing is left.
        let is_up = count >= 0 && expansion.rounds_up(last & 1 == 1);
        if count <= 0 {
            self.push_byte(vm, if is_up { b'1' } else { b'0' })?;
            return Ok(point + i32::from(is_up));
        }
        let carries = is_up && decimal::increment(self.written_mut(vm).get_mut(start..).unwrap_or(&mut []));
        Ok(point + i32::from(carries))
    }

    /// Puts the point into digits, which are those of the number times 10^precision.
    fn place_fraction(&mut self, vm: &mut Vm<'_>, start: u32, precision: u32, alternate: bool) -> Outcome<()> {
        let digits = self.len() - start;
        if digits <= precision {
            self.insert(vm, start, precision + 1 - digits, b'0')?;
        }
        if precision > 0 || alternate {
            let point = self.len() - precision;
            self.insert(vm, point, 1, b'.')?;
        }
        Ok(())
    }

    /// Makes `d.ddde-05` of digits; `alternate`: with a point in any case.
    fn push_exponent(&mut self, vm: &mut Vm<'_>, start: u32, exponent: i32, alternate: bool) -> Outcome<()> {
        if alternate || self.len() - start > 1 {
            self.insert(vm, start + 1, 1, b'.')?;
        }
        self.push_byte(vm, b'e')?;
        self.push_byte(vm, if exponent < 0 { b'-' } else { b'+' })?;
        let magnitude = exponent.unsigned_abs();
        if magnitude < 10 {
            self.push_byte(vm, b'0')?;
        }
        self.push_u64(vm, u64::from(magnitude), 10, false)
    }

    /// Cuts zeros off the end of digits; one digit stays.
    fn trim_zeros(&mut self, vm: &mut Vm<'_>, start: u32) {
        let digits = self.written(vm).get(start as usize..).unwrap_or(&[]);
        let length = digits.iter().rposition(|byte| *byte != b'0').map_or(1, |last| last + 1);
        self.truncate(vm, start + length as u32);
    }

    /// Of digits from `start` on, and the exponent of the first one: the number with its point where it belongs, or with an
    /// exponent below -4 and from `limit` on. `fraction`: at least one digit behind the point; `alternate`: a point in any
    /// case.
    fn place_point(
        &mut self,
        vm: &mut Vm<'_>,
        start: u32,
        exponent: i32,
        limit: i32,
        fraction: bool,
        alternate: bool,
    ) -> Outcome<()> {
        if exponent < -4 || exponent >= limit {
            return self.push_exponent(vm, start, exponent, alternate);
        }
        let digits = self.len() - start;
        let precision = if exponent < 0 {
            digits - 1 + exponent.unsigned_abs()
        } else {
            let missing = (exponent as u32 + 1).saturating_sub(digits);
            self.push_repeated(vm, '0', missing)?;
            if digits + missing - 1 == exponent as u32 && fraction {
                self.push_byte(vm, b'0')?;
            }
            self.len() - start - 1 - exponent as u32
        };
        self.place_fraction(vm, start, precision, alternate)
    }
}

/// `number` * 10^precision, rounded half to even as an exact decimal expansion would be; `None` where that takes more
/// than 64 bits. Much quicker than digit by digit, and what nearly all fixed-point numbers are.
fn scaled(number: f64, precision: u32) -> Option<u64> {
    let bits = number.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32;
    if number == 0.0 {
        return Some(0);
    }
    if exponent == 0 || precision > 18 {
        return None;
    }
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    match 1075 - exponent {
        ..-10 => None,
        shift @ -10..=0 => fixed(mantissa << -shift, precision, 0),
        // All of it is behind the point that is rounded at, and less than half.
        120.. => Some(0),
        shift => fixed(mantissa, precision, shift.unsigned_abs()),
    }
}

impl Vm<'_> {
    /// Appends `repr` of a float.
    pub fn float_to_text(&mut self, number: f64, out: &mut TextBuilder) -> Outcome<()> {
        out.push_float(self, number)
    }
}
