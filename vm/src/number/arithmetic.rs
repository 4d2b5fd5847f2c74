//! Binary and unary operators on numbers: small ones first, then 64-bit ones, floats, and at last arbitrary integers.

use super::real;
use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Messages of the operators that divide.
pub(super) const INTEGER_DIVISION: &str = "integer division or modulo by zero";
const TOO_LARGE: &str = "int too large to convert to float";

fn is_bool(value: Value) -> bool {
    value == Value::TRUE || value == Value::FALSE
}

impl Vm<'_> {
    /// A binary operation on two numbers (bool counts as int); `None`: not two numbers.
    pub fn binary_number(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Option<Value>> {
        if let (Some(x), Some(y)) = (self.to_i64(a), self.to_i64(b)) {
            if is_bool(a) && is_bool(b) {
                let (x, y) = (a == Value::TRUE, b == Value::TRUE);
                match operation {
                    Binary::And => return Ok(Some(Value::bool(x & y))),
                    Binary::Or => return Ok(Some(Value::bool(x | y))),
                    Binary::Xor => return Ok(Some(Value::bool(x ^ y))),
                    _ => {}
                }
            }
            return self.binary_i64(operation, x, y);
        }
        let (float_a, float_b) = (self.kind(a) == kind::FLOAT, self.kind(b) == kind::FLOAT);
        if float_a && float_b {
            let (x, y) = (self.float(a), self.float(b));
            return self.binary_float(operation, x, y);
        }
        if float_a && self.is_integer(b) {
            let (x, y) = (self.float(a), self.to_float(b)?);
            return self.binary_float(operation, x, y);
        }
        if float_b && self.is_integer(a) {
            let (x, y) = (self.to_float(a)?, self.float(b));
            return self.binary_float(operation, x, y);
        }
        let (Some(x), Some(y)) = (self.integer(a), self.integer(b)) else { return Ok(None) };
        self.must_have(Feature::LongIntegers)?;
        if let (Some(x), Some(y)) = (self.to_i128(&x), self.to_i128(&y))
            && let Some(result) = binary_i128(operation, x, y)
        {
            return self.new_wide(result).map(Some);
        }
        match operation {
            Binary::Add => self.add_operands([a, b], x, y, false).map(Some),
            Binary::Subtract => self.add_operands([a, b], x, y, true).map(Some),
            Binary::Multiply => self.multiply_operands([a, b], x, y).map(Some),
            Binary::And | Binary::Or | Binary::Xor => self.bitwise(operation, a, b).map(Some),
            _ => {
                let mark = self.mark();
                let (a, b) = self.root2(a, b)?;
                let result = self.binary_integers(operation, a, b)?;
                self.release(mark);
                Ok(result)
            }
        }
    }

    /// An operation on two integers of 64 bits.
    fn binary_i64(&mut self, operation: Binary, x: i64, y: i64) -> Outcome<Option<Value>> {
        let result = match operation {
            Binary::Add => match x.checked_add(y) {
                Some(sum) => self.new_int(sum),
                None => self.new_wide(i128::from(x) + i128::from(y)),
            },
            Binary::Subtract => match x.checked_sub(y) {
                Some(difference) => self.new_int(difference),
                None => self.new_wide(i128::from(x) - i128::from(y)),
            },
            Binary::Multiply => match multiply(x, y) {
                Some(product) => self.new_int(product),
                None => self.new_wide(i128::from(x) * i128::from(y)),
            },
            Binary::FloorDivide | Binary::Modulo if y == 0 => {
                let text = if operation == Binary::Modulo { "integer modulo by zero" } else { INTEGER_DIVISION };
                self.raise(Builtin::ZeroDivisionError, text)
            }
            Binary::FloorDivide => match floor_divide(x, y) {
                Some((quotient, _)) => self.new_int(quotient),
                None => self.new_wide(-i128::from(x)),
            },
            Binary::Modulo => {
                let remainder = floor_divide(x, y).map_or(0, |(_, remainder)| remainder);
                self.new_int(remainder)
            }
            Binary::TrueDivide => {
                if y == 0 {
                    self.raise(Builtin::ZeroDivisionError, "division by zero")
                } else if x.unsigned_abs() <= 1 << 53 && y.unsigned_abs() <= 1 << 53 {
                    self.new_float(x as f64 / y as f64)
                } else {
                    let quotient = real::quotient(x.unsigned_abs(), y.unsigned_abs());
                    self.new_float(if (x < 0) == (y < 0) { quotient } else { -quotient })
                }
            }
            Binary::Power if y < 0 => {
                if x == 0 {
                    self.raise(Builtin::ZeroDivisionError, real::ZERO_TO_NEGATIVE)
                } else {
                    return self.binary_float(operation, x as f64, y as f64);
                }
            }
            Binary::Power => self.power_i64(x, y),
            Binary::And => self.new_int(x & y),
            Binary::Or => self.new_int(x | y),
            Binary::Xor => self.new_int(x ^ y),
            Binary::ShiftLeft | Binary::ShiftRight if y < 0 => self.raise(Builtin::ValueError, "negative shift count"),
            Binary::ShiftRight => self.new_int(x >> y.min(63)),
            Binary::ShiftLeft => {
                if x == 0 {
                    Ok(Value::small_unchecked(0))
                } else if y < 64 {
                    self.new_wide(i128::from(x) << y)
                } else {
                    let mark = self.mark();
                    let a = self.new_int(x)?;
                    let a = self.root(a)?;
                    let result = self.shift_left(a, y as u64);
                    self.release(mark);
                    result
                }
            }
            Binary::MatrixMultiply => return Ok(None),
        };
        result.map(Some)
    }

    /// An operation on two integers, of which one at least is beyond 64 bits.
    #[inline(never)]
    fn binary_integers(&mut self, operation: Binary, a: Root, b: Root) -> Outcome<Option<Value>> {
        let result = match operation {
            Binary::FloorDivide | Binary::Modulo => {
                if self.get(b) == Value::small_unchecked(0) || self.get(b) == Value::FALSE {
                    let text = if operation == Binary::Modulo { "integer modulo by zero" } else { INTEGER_DIVISION };
                    return self.raise(Builtin::ZeroDivisionError, text);
                }
                let floor = operation == Binary::FloorDivide;
                let (quotient, remainder) = self.divide_integers(a, b, floor, !floor)?;
                Ok(if floor { quotient } else { remainder })
            }
            Binary::TrueDivide => {
                if self.get(b) == Value::small_unchecked(0) || self.get(b) == Value::FALSE {
                    return self.raise(Builtin::ZeroDivisionError, "division by zero");
                }
                self.true_divide(a, b)
            }
            Binary::Power => {
                if self.integer(self.get(b)).is_some_and(|exponent| exponent.negative) {
                    let (x, y) = (self.to_float(self.get(a))?, self.to_float(self.get(b))?);
                    return self.binary_float(operation, x, y);
                }
                self.power_integers(a, b)
            }
            Binary::ShiftLeft | Binary::ShiftRight => {
                let Some(count) = self.to_i64_clamped(self.get(b)) else { return Ok(None) };
                if count < 0 {
                    return self.raise(Builtin::ValueError, "negative shift count");
                }
                if operation == Binary::ShiftRight {
                    self.shift_right(a, count as u64)
                } else if self.get(a) == Value::small_unchecked(0) || self.get(a) == Value::FALSE {
                    Ok(Value::small_unchecked(0))
                } else if count == i64::MAX {
                    self.raise(Builtin::OverflowError, "too many digits in integer")
                } else {
                    self.shift_left(a, count as u64)
                }
            }
            _ => return Ok(None),
        };
        result.map(Some)
    }

    /// An operation on two floats.
    fn binary_float(&mut self, operation: Binary, x: f64, y: f64) -> Outcome<Option<Value>> {
        let divides = matches!(operation, Binary::TrueDivide | Binary::FloorDivide | Binary::Modulo);
        if divides && y == 0.0 {
            let text = match operation {
                Binary::TrueDivide => "float division by zero",
                Binary::FloorDivide => "float floor division by zero",
                _ => "float modulo",
            };
            return self.raise(Builtin::ZeroDivisionError, text);
        }
        let result = match operation {
            Binary::Add => x + y,
            Binary::Subtract => x - y,
            Binary::Multiply => x * y,
            Binary::TrueDivide => x / y,
            Binary::FloorDivide => real::divmod(x, y).0,
            Binary::Modulo => real::modulo(x, y),
            Binary::Power if real::is_power_complex(x, y) => return self.power_complex(x, y).map(Some),
            Binary::Power => self.power_float(x, y)?,
            _ => return Ok(None),
        };
        self.new_float(result).map(Some)
    }

    /// The number of a float, int or bool as a float; OverflowError where an int is too large. 0 for others.
    #[expect(clippy::wrong_self_convention, reason = "raising takes the machine")]
    pub(crate) fn to_float(&mut self, value: Value) -> Outcome<f64> {
        if self.kind(value) == kind::FLOAT {
            return Ok(self.float(value));
        }
        if let Some(number) = self.to_i64(value) {
            return Ok(number as f64);
        }
        let Some(integer) = self.integer(value) else { return Ok(0.0) };
        self.must_have(Feature::LongIntegers)?;
        match real::of_integer(integer.negative, self.limbs(&integer)) {
            Some(number) => Ok(number),
            None => self.raise(Builtin::OverflowError, TOO_LARGE),
        }
    }

    /// `-value`; `None`: not a number.
    pub fn negate_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        if let Some(number) = self.to_i64(value) {
            return match number.checked_neg() {
                Some(negated) => self.new_int(negated),
                None => self.new_wide(-i128::from(number)),
            }
            .map(Some);
        }
        match self.kind(value) {
            kind::FLOAT => self.new_float(-self.float(value)).map(Some),
            kind::BIG_INT => {
                self.must_have(Feature::LongIntegers)?;
                let mark = self.mark();
                let root = self.root(value)?;
                let negated = self.negate_integer(root)?;
                self.release(mark);
                Ok(Some(negated))
            }
            _ => Ok(None),
        }
    }

    /// `+value`; `None`: not a number.
    pub fn positive_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        if is_bool(value) {
            return Ok(Some(Value::small_unchecked(i32::from(value == Value::TRUE))));
        }
        Ok((self.is_integer(value) || self.kind(value) == kind::FLOAT).then_some(value))
    }

    /// `~value`; `None`: not an integer.
    pub fn invert_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        if let Some(number) = self.to_i64(value) {
            return self.new_int(!number).map(Some);
        }
        if self.kind(value) != kind::BIG_INT {
            return Ok(None);
        }
        self.must_have(Feature::LongIntegers)?;
        let mark = self.mark();
        let root = self.root(value)?;
        let negated = self.negate_integer(root)?;
        self.set(root, negated);
        let one = self.root(Value::small_unchecked(1))?;
        let inverted = self.add_integers(root, one, true)?;
        self.release(mark);
        Ok(Some(inverted))
    }

    /// `abs(value)`; `None`: not a number.
    pub(super) fn absolute_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        if self.kind(value) == kind::FLOAT {
            let number = self.float(value).abs();
            return self.new_float(number).map(Some);
        }
        match self.integer(value) {
            Some(integer) if integer.negative => self.negate_number(value),
            Some(_) => self.positive_number(value),
            None => Ok(None),
        }
    }
}

/// An operation on two integers of 128 bits; `None`: the result takes more, or another way is to be gone.
fn binary_i128(operation: Binary, x: i128, y: i128) -> Option<i128> {
    match operation {
        Binary::Add => x.checked_add(y),
        Binary::Subtract => x.checked_sub(y),
        Binary::Multiply => x.checked_mul(y),
        Binary::FloorDivide | Binary::Modulo => {
            let (quotient, remainder) = match (u64::try_from(x), u64::try_from(y)) {
                (Ok(x), Ok(y)) => (i128::from(x.checked_div(y)?), i128::from(x.checked_rem(y)?)),
                _ => (x.checked_div(y)?, x.checked_rem(y)?),
            };
            let adjust = remainder != 0 && (remainder < 0) != (y < 0);
            Some(match operation {
                Binary::FloorDivide => quotient - i128::from(adjust),
                _ if adjust => remainder + y,
                _ => remainder,
            })
        }
        Binary::And => Some(x & y),
        Binary::Or => Some(x | y),
        Binary::Xor => Some(x ^ y),
        _ => None,
    }
}

/// `x * y`; `None`: it takes more than 64 bits. A core of 32 bits takes a hundred bytes of code for it.
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(super) fn multiply(x: i64, y: i64) -> Option<i64> {
    x.checked_mul(y)
}

/// `10 ** digits`; `None`: it takes more than 64 bits.
pub(super) fn power_of_ten(digits: u32) -> Option<i64> {
    (0..digits).try_fold(1, |power, _| multiply(power, 10))
}

/// Quotient and remainder as Python rounds them; `None`: the quotient takes 65 bits. The divisor isn't 0.
pub(super) fn floor_divide(x: i64, y: i64) -> Option<(i64, i64)> {
    let (quotient, remainder) = (x.checked_div(y)?, x.checked_rem(y)?);
    if remainder != 0 && (remainder < 0) != (y < 0) {
        Some((quotient - 1, remainder + y))
    } else {
        Some((quotient, remainder))
    }
}
