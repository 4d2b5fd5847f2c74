//! Constant folding: expressions whose value is known, computed as CPython would.
//!
//! What could raise (division by zero) or grow (powers, repetition) is left to the VM.

use crate::constant::Constant;
use crate::front::ast::{self, Expr, Number, Operator, UnaryOp};
use nano_wire::builtins::Builtin;

/// Longest string that is made by folding.
const MAX_TEXT: usize = 4096;

/// The value of an expression, where it is known.
pub(crate) fn constant(expression: &Expr) -> Option<Constant> {
    Some(match expression {
        Expr::NumberLiteral(node) => number(&node.value)?,
        Expr::StringLiteral(node) => Constant::Str(node.value.to_str().to_string()),
        Expr::BytesLiteral(node) => Constant::Bytes(node.value.bytes().collect()),
        Expr::BooleanLiteral(node) => Constant::bool(node.value),
        Expr::NoneLiteral(_) => Constant::NONE,
        Expr::EllipsisLiteral(_) => Constant::Builtin(Builtin::Ellipsis),
        Expr::Tuple(node) => Constant::Tuple(node.elts.iter().map(constant).collect::<Option<_>>()?),
        Expr::UnaryOp(node) => unary(node.op, &constant(&node.operand)?)?,
        Expr::BinOp(node) => {
            // The right side first: it is the shallow one in a chain.
            let right = constant(&node.right)?;
            binary(node.op, &constant(&node.left)?, &right)?
        }
        Expr::Name(node) if node.id.as_str() == "__debug__" => Constant::bool(true),
        _ => return None,
    })
}

/// The value of a number literal; `None` for a complex one.
pub(crate) fn number(number: &Number) -> Option<Constant> {
    match number {
        Number::Int(value) => match value.as_i64() {
            Some(small) => Some(Constant::Int(small)),
            None => big(&value.to_string()),
        },
        Number::Float(value) => Some(Constant::float(*value)),
        Number::Complex { .. } => None,
    }
}

/// Decimal digits of an integer literal that CPython would still convert.
pub(crate) const MAX_DIGITS: usize = 4300;

/// The limbs of an integer literal's text, any base.
fn big(text: &str) -> Option<Constant> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (base, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        _ => (10, digits.as_str()),
    };
    let mut limbs: Vec<u32> = Vec::new();
    for digit in digits.chars() {
        let mut carry = u64::from(digit.to_digit(base)?);
        for limb in &mut limbs {
            let product = u64::from(*limb) * u64::from(base) + carry;
            *limb = product as u32;
            carry = product >> 32;
        }
        if carry != 0 {
            limbs.push(carry as u32);
        }
    }
    Some(Constant::Big(false, limbs))
}

/// Is it an integer literal with more decimal digits than CPython converts? Their count.
pub(crate) fn too_many_digits(number: &Number) -> Option<usize> {
    let Number::Int(value) = number else { return None };
    if value.as_u64().is_some() {
        return None;
    }
    let text = value.to_string();
    if text.get(..2).is_some_and(|prefix| prefix.ends_with(|c: char| c.is_ascii_alphabetic())) {
        return None;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (digits > MAX_DIGITS).then_some(digits)
}

fn unary(op: UnaryOp, operand: &Constant) -> Option<Constant> {
    match (op, operand) {
        (UnaryOp::Not, value) => Some(Constant::bool(!value.truth())),
        (UnaryOp::USub, Constant::Float(bits)) => Some(Constant::float(-f64::from_bits(*bits))),
        (UnaryOp::USub, Constant::Big(negative, limbs)) => {
            // -2**63 fits in 64 bits again.
            if !negative && limbs[..] == [0, 0x8000_0000] {
                return Some(Constant::Int(i64::MIN));
            }
            Some(Constant::Big(!negative, limbs.clone()))
        }
        (UnaryOp::UAdd, Constant::Float(_) | Constant::Big(..)) => Some(operand.clone()),
        (UnaryOp::USub, value) => value.as_int()?.checked_neg().map(Constant::Int),
        (UnaryOp::UAdd, value) => value.as_int().map(Constant::Int),
        (UnaryOp::Invert, value) => value.as_int().map(|v| Constant::Int(!v)),
    }
}

fn binary(op: Operator, left: &Constant, right: &Constant) -> Option<Constant> {
    if let (Constant::Str(a), Constant::Str(b), Operator::Add) = (left, right, op) {
        return (a.len() + b.len() <= MAX_TEXT).then(|| Constant::Str(format!("{a}{b}")));
    }
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
        return integers(op, a, b, left, right);
    }
    let a = real(left)?;
    let b = real(right)?;
    let value = match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        _ => return None,
    };
    Some(Constant::float(value))
}

/// As a double, where the conversion is exact.
fn real(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Float(bits) => Some(f64::from_bits(*bits)),
        _ => constant.as_int().filter(|v| v.unsigned_abs() <= 1 << 53).map(|v| v as f64),
    }
}

fn integers(op: Operator, a: i64, b: i64, left: &Constant, right: &Constant) -> Option<Constant> {
    let value = match op {
        Operator::Add => a.checked_add(b)?,
        Operator::Sub => a.checked_sub(b)?,
        Operator::Mult => a.checked_mul(b)?,
        Operator::Div if b != 0 => return Some(Constant::float(real(left)? / real(right)?)),
        Operator::FloorDiv if b != 0 && b != -1 => a.div_euclid(b) - i64::from(b < 0 && a.rem_euclid(b) != 0),
        Operator::Mod if b != 0 && b != -1 => {
            let remainder = a % b;
            if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder }
        }
        Operator::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        Operator::LShift if (0..63).contains(&b) => {
            let shifted = a << b;
            if shifted >> b == a { shifted } else { return None }
        }
        Operator::RShift if b >= 0 => a >> b.min(63),
        Operator::BitAnd | Operator::BitOr | Operator::BitXor => {
            let value = match op {
                Operator::BitAnd => a & b,
                Operator::BitOr => a | b,
                _ => a ^ b,
            };
            // bool & bool is a bool.
            if matches!((left, right), (Constant::Builtin(_), Constant::Builtin(_))) {
                return Some(Constant::bool(value != 0));
            }
            value
        }
        _ => return None,
    };
    Some(Constant::Int(value))
}

/// The name of a simple `Name` expression.
pub(crate) fn name(expression: &Expr) -> Option<&ast::name::Name> {
    match expression {
        Expr::Name(node) => Some(&node.id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::parse;
    use crate::nesting::nesting;

    fn fold(source: &str) -> Option<Constant> {
        let source = format!("{source}\n");
        let body = parse(&source, nesting(&source).unwrap()).unwrap();
        match &body[0] {
            ast::Stmt::Expr(statement) => constant(&statement.value),
            _ => None,
        }
    }

    #[test]
    fn as_cpython_computes() {
        for (source, value) in [
            ("1 + 2 * 3", 7),
            ("-7 // 2", -4),
            ("7 // -2", -4),
            ("-6 // -2", 3),
            ("-7 % 3", 2),
            ("7 % -3", -2),
            ("2 ** 10", 1024),
            ("~5", -6),
            ("-9223372036854775808", i64::MIN),
            ("1 << 40", 1 << 40),
            ("True + 1", 2),
            ("-1 >> 70", -1),
        ] {
            assert_eq!(fold(source), Some(Constant::Int(value)), "{source}");
        }
        assert_eq!(fold("1 / 4"), Some(Constant::float(0.25)));
        assert_eq!(fold("-0.0"), Some(Constant::float(-0.0)));
        assert_eq!(fold("True & False"), Some(Constant::bool(false)));
        assert_eq!(fold("'a' 'b' + 'c'"), Some(Constant::Str("abc".into())));
        assert_eq!(fold("not ()"), Some(Constant::bool(true)));
    }

    #[test]
    fn what_may_raise_or_grow_is_left() {
        for source in ["1 / 0", "1 % 0", "2 ** -1", "2 ** 100", "1 << 63", "1 << -1", "x + 1", "'a' * 9", "1j"] {
            assert_eq!(fold(source), None, "{source}");
        }
    }

    #[test]
    fn integers_of_any_size_and_base() {
        assert_eq!(fold("18446744073709551616"), Some(Constant::Big(false, vec![0, 0, 1])));
        assert_eq!(fold("0x1_0000_0000_0000_0000"), Some(Constant::Big(false, vec![0, 0, 1])));
        assert_eq!(fold("-18446744073709551617"), Some(Constant::Big(true, vec![1, 0, 1])));
        assert_eq!(fold("9223372036854775808"), Some(Constant::Big(false, vec![0, 0x8000_0000])));
    }
}
