//! Methods of float.

use super::int_methods::made_by;
use super::real;
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Line, Vm};
use core::fmt::Write as _;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

pub(super) const METHODS: &[Native] = &[
    Native::new("as_integer_ratio", as_integer_ratio, 1, 1),
    Native::new("conjugate", conjugate, 1, 1),
    Native::new("fromhex", fromhex, 2, 2).part_of(Feature::FloatHex),
    Native::new("hex", hex, 1, 1).part_of(Feature::FloatHex),
    Native::new("is_integer", is_integer, 1, 1),
];

#[expect(clippy::unnecessary_wraps, reason = "the shape of natives")]
fn conjugate(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    Ok(vm.arg(args, 0))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of natives")]
fn is_integer(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let number = vm.float(vm.arg(args, 0));
    Ok(Value::bool(number.is_finite() && libm::trunc(number) == number))
}

/// `float.as_integer_ratio()`: in lowest terms, for the denominator is a power of two.
fn as_integer_ratio(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let number = vm.float(vm.arg(args, 0));
    if number.is_nan() {
        return vm.raise(Builtin::ValueError, "cannot convert NaN to integer ratio");
    }
    if number.is_infinite() {
        return vm.raise(Builtin::OverflowError, "cannot convert Infinity to integer ratio");
    }
    let (mantissa, exponent) = real::parts(number);
    if mantissa == 0 {
        return vm.pair(Value::small_unchecked(0), Value::small_unchecked(1));
    }
    let zeros = mantissa.trailing_zeros();
    let (mantissa, exponent) = ((mantissa >> zeros) as i64, exponent + zeros as i32);
    let numerator = vm.new_int(if number < 0.0 { -mantissa } else { mantissa })?;
    let (numerator, denominator) = vm.root2(numerator, Value::small_unchecked(1))?;
    let shifted = if exponent >= 0 { numerator } else { denominator };
    let value = vm.shift_left(shifted, u64::from(exponent.unsigned_abs()))?;
    vm.set(shifted, value);
    vm.pair(vm.get(numerator), vm.get(denominator))
}

/// `float.hex()`.
fn hex(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let number = vm.float(vm.arg(args, 0));
    let mut line = Line::default();
    let sign = if number.is_sign_negative() && !number.is_nan() { "-" } else { "" };
    let _ = if number.is_nan() {
        write!(line, "nan")
    } else if number.is_infinite() {
        write!(line, "{sign}inf")
    } else if number == 0.0 {
        write!(line, "{sign}0x0.0p+0")
    } else {
        let (mantissa, exponent) = real::parts(number);
        let (lead, fraction) = (mantissa >> 52, mantissa & ((1 << 52) - 1));
        write!(line, "{sign}0x{lead}.{fraction:013x}p{:+}", exponent + 52)
    };
    vm.new_str(line.as_str())
}

/// `float.fromhex(text)`; the receiver is the type.
fn fromhex(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let text = vm.arg(args, 1);
    if vm.kind(text) != kind::STR {
        return vm.raise(Builtin::TypeError, "bad argument type for built-in operation");
    }
    match parse_hex(vm.text(text)) {
        Ok(number) => {
            let number = vm.new_float(number)?;
            made_by(vm, args, number)
        }
        Err(Unreadable::TooLarge) => {
            vm.raise(Builtin::OverflowError, "hexadecimal value too large to represent as a float")
        }
        Err(Unreadable::Invalid) => vm.raise(Builtin::ValueError, "invalid hexadecimal floating-point string"),
    }
}

/// Why text is no hexadecimal float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unreadable {
    Invalid,
    TooLarge,
}

/// Reads a hexadecimal float, rounding once.
fn parse_hex(text: &str) -> Result<f64, Unreadable> {
    use Unreadable::{Invalid, TooLarge};
    let text = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let (negative, text) = match text.as_bytes() {
        [b'-', ..] => (true, text.get(1..).ok_or(Invalid)?),
        [b'+', ..] => (false, text.get(1..).ok_or(Invalid)?),
        _ => (false, text),
    };
    let signed = |number: f64| Ok(if negative { -number } else { number });
    if ["inf", "infinity"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return signed(f64::INFINITY);
    }
    if text.eq_ignore_ascii_case("nan") {
        return signed(f64::NAN);
    }
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let (digits, exponent) = match text.split_once(['p', 'P']) {
        Some((digits, exponent)) => {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Invalid);
            }
            // Beyond any float either way; digits before the point can't make up for it.
            let clamp = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
            (digits, exponent.parse::<i64>().unwrap_or(clamp).clamp(i64::MIN / 4, i64::MAX / 4))
        }
        None => (text, 0),
    };
    // The first 60 bits that matter, whether anything follows, and the exponent of the lowest of them.
    let (mut mantissa, mut sticky, mut scale, mut any, mut point) = (0u64, false, exponent, false, false);
    for byte in digits.bytes() {
        if byte == b'.' && !point {
            point = true;
            continue;
        }
        let digit = u64::from(char::from(byte).to_digit(16).ok_or(Invalid)?);
        any = true;
        if mantissa >> 56 == 0 {
            mantissa = mantissa << 4 | digit;
            scale -= if point { 4 } else { 0 };
        } else {
            sticky |= digit != 0;
            scale += if point { 0 } else { 4 };
        }
    }
    if !any {
        return Err(Invalid);
    }
    signed(real::scaled(mantissa | u64::from(sticky), scale).ok_or(TooLarge)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_floats() {
        for (text, number) in [
            ("0x1.8p1", 3.0),
            (" -0X1.8P+3\n", -12.0),
            ("1.8", 1.5),
            ("0x1.fffffffffffff8p0", 2.0),
            ("0x1p-1075", 0.0),
            ("0x1.8p-1075", 5e-324),
            ("0x.8p1", 1.0),
            ("0x1.p1", 2.0),
            ("0x0p99999999999999999999", 0.0),
            ("0x0.0000000000000000000000000000000000000000000000000001p208", 1.0),
            ("+infinity", f64::INFINITY),
        ] {
            assert_eq!(parse_hex(text), Ok(number), "{text}");
        }
        for text in ["", "0x", "zz", "0x.p1", "0x1p", "0x1.2.3", "0x1p+-1", "- 1", "0x1p1 1"] {
            assert_eq!(parse_hex(text), Err(Unreadable::Invalid), "{text}");
        }
        assert_eq!(parse_hex("0x1p1024"), Err(Unreadable::TooLarge));
        assert_eq!(parse_hex("1p99999999999999999999"), Err(Unreadable::TooLarge));
    }
}
