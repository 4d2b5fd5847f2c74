//! Floats as text: the shortest digits that read back the same, and digits to a given precision.
//!
//! `core` gives the digits (both kinds are exact); what CPython does with them (`repr` and the type codes e, f, g) is
//! done here, on the text in place.

use super::builder::TextBuilder;
use crate::error::Outcome;
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
                    return self.push_scaled(vm, scaled, precision, alternate);
                }
                let exact = precision.min(MOST_FRACTION);
                self.push_fmt(vm, format_args!("{number:.0$}", exact as usize))?;
                self.push_repeated(vm, '0', precision - exact)?;
                if alternate && precision == 0 {
                    self.push_byte(vm, b'.')?;
                }
                Ok(())
            }
            Style::Exponent(precision) => {
                let exact = precision.min(MOST_DIGITS);
                self.push_fmt(vm, format_args!("{number:.0$e}", exact as usize))?;
                let exponent = self.take_exponent(vm, start);
                self.push_repeated(vm, '0', precision - exact)?;
                if alternate && precision == 0 {
                    self.push_byte(vm, b'.')?;
                }
                self.push_exponent(vm, exponent)
            }
            Style::Shortest => {
                self.push_fmt(vm, format_args!("{number:e}"))?;
                let exponent = self.take_exponent(vm, start);
                self.break_tie(vm, number, start, exponent);
                if alternate && self.len() - start == 1 && !(-4..16).contains(&exponent) {
                    self.push_byte(vm, b'.')?;
                }
                self.place_point(vm, start, exponent, 16, true)
            }
            Style::General(precision, as_repr) => {
                let precision = precision.max(1);
                let exact = precision.min(MOST_DIGITS);
                self.push_fmt(vm, format_args!("{number:.0$e}", exact as usize - 1))?;
                let exponent = self.take_exponent(vm, start);
                let limit = i64::from(precision) - i64::from(as_repr);
                if alternate {
                    self.push_repeated(vm, '0', precision - exact)?;
                    let with_exponent = exponent < -4 || i64::from(exponent) >= limit;
                    self.place_point(vm, start, exponent, limit as i32, false)?;
                    // A point in any case.
                    let digits = self.written(vm).get(start as usize..).unwrap_or(&[]);
                    if !digits.contains(&b'.') {
                        let at = digits.iter().position(|byte| *byte == b'e').unwrap_or(digits.len()) as u32;
                        debug_assert!(with_exponent || at == digits.len() as u32);
                        self.insert(vm, start + at, 1, b'.')?;
                    }
                    return Ok(());
                }
                self.trim_zeros(vm, start);
                self.place_point(vm, start, exponent, limit.min(1 << 30) as i32, as_repr)
            }
        }
    }

    /// Appends `scaled` / 10^precision.
    fn push_scaled(&mut self, vm: &mut Vm<'_>, scaled: u64, precision: u32, alternate: bool) -> Outcome<()> {
        let start = self.len();
        self.push_u64(vm, scaled, 10, false)?;
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

    /// Cuts `e-5` off what was written from `start` on; the exponent.
    fn take_exponent(&mut self, vm: &mut Vm<'_>, start: u32) -> i32 {
        let text = self.written(vm).get(start as usize..).unwrap_or(&[]);
        let Some(at) = text.iter().rposition(|byte| *byte == b'e') else { return 0 };
        let mut exponent = 0;
        let digits = text.get(at + 1..).unwrap_or(&[]);
        for byte in digits.iter().filter(|byte| byte.is_ascii_digit()) {
            exponent = exponent * 10 + i32::from(*byte - b'0');
        }
        let negative = digits.first() == Some(&b'-');
        self.truncate(vm, start + at as u32);
        if negative { -exponent } else { exponent }
    }

    /// Where two shortest texts are equally near, `core` takes the larger one and CPython the one with an even digit.
    fn break_tie(&mut self, vm: &mut Vm<'_>, number: f64, start: u32, exponent: i32) {
        // The number is an odd multiple of 2^-halvings, so a multiple of 10^-(halvings - 1) and a half.
        let bits = number.to_bits();
        let scale = 1075 - (bits >> 52) as i32;
        let halvings = scale - (bits | 1 << 52).trailing_zeros() as i32;
        // `d.ddd`, of which the digits behind the point of the whole number count.
        let behind = (self.len() - start).saturating_sub(2) as i32 - exponent;
        if halvings >= 2
            && behind == halvings - 1
            && let Some(last) = self.written_mut(vm).last_mut()
            && last.is_ascii_digit()
            && *last % 2 == 1
        {
            *last -= 1;
        }
    }

    fn push_exponent(&mut self, vm: &mut Vm<'_>, exponent: i32) -> Outcome<()> {
        let sign = if exponent < 0 { '-' } else { '+' };
        self.push_fmt(vm, format_args!("e{sign}{:02}", exponent.unsigned_abs()))
    }

    /// Cuts zeros off the end of `d.ddd`, and the point if it is the last then.
    fn trim_zeros(&mut self, vm: &mut Vm<'_>, start: u32) {
        let text = self.written(vm).get(start as usize..).unwrap_or(&[]);
        if !text.contains(&b'.') {
            return;
        }
        let zeros = text.iter().rev().take_while(|byte| **byte == b'0').count();
        let point = usize::from(text.len() > zeros && text.get(text.len() - zeros - 1) == Some(&b'.'));
        let length = text.len() - zeros - point;
        self.truncate(vm, start + length as u32);
    }

    /// Of `d` or `d.ddd` from `start` on, and its exponent: the number with its point where it belongs, or with an
    /// exponent below -4 and from `limit` on. `fraction`: at least one digit behind the point.
    fn place_point(&mut self, vm: &mut Vm<'_>, start: u32, exponent: i32, limit: i32, fraction: bool) -> Outcome<()> {
        if exponent < -4 || exponent >= limit {
            return self.push_exponent(vm, exponent);
        }
        let digits = self.len() - start;
        // The point is taken out: the digits alone.
        let digits = if digits > 1 {
            let text = self.written_mut(vm);
            if let Some(tail) = text.get_mut(start as usize + 1..) {
                tail.copy_within(1.., 0);
            }
            self.truncate(vm, start + digits - 1);
            digits - 1
        } else {
            1
        };
        if exponent < 0 {
            self.insert(vm, start, exponent.unsigned_abs() + 1, b'0')?;
            if let Some(place) = self.written_mut(vm).get_mut(start as usize + 1) {
                *place = b'.';
            }
            return Ok(());
        }
        let whole = exponent as u32 + 1;
        if whole >= digits {
            self.push_repeated(vm, '0', whole - digits)?;
            return if fraction { self.push_str(vm, ".0") } else { Ok(()) };
        }
        self.insert(vm, start + whole, 1, b'.')
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
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let shift = 1075 - exponent;
    let product = mantissa * u128::from(10u64.pow(precision));
    let rounded = match shift {
        ..-10 => return None,
        -10..=0 => product.checked_mul(1 << -shift)?,
        // All of it is behind the point that is rounded at, and less than half.
        120.. => 0,
        _ => {
            let (whole, rest, half) = (product >> shift, product & ((1 << shift) - 1), 1u128 << (shift - 1));
            whole + u128::from(rest > half || (rest == half && whole & 1 == 1))
        }
    };
    u64::try_from(rounded).ok()
}

impl Vm<'_> {
    /// Appends `repr` of a float.
    pub fn float_to_text(&mut self, number: f64, out: &mut TextBuilder) -> Outcome<()> {
        out.push_float(self, number)
    }
}
