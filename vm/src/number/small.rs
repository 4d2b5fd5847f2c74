//! Arithmetic of the interpreter's own loop, on two small integers as they are tagged; `None`: not a small result.

use nano_wire::value::Value;

#[inline]
pub(crate) fn add_small(x: Value, y: Value) -> Option<Value> {
    // (2x + 1) + (2y + 1) - 1 = 2(x + y) + 1, and 32-bit overflow is 31-bit overflow.
    (x.0 as i32).checked_add((y.0 - 1) as i32).map(|sum| Value(sum as u32))
}

#[inline]
pub(crate) fn subtract_small(x: Value, y: Value) -> Option<Value> {
    (x.0 as i32).checked_sub((y.0 - 1) as i32).map(|difference| Value(difference as u32))
}

#[inline]
pub(crate) fn multiply_small(x: Value, y: Value) -> Option<Value> {
    ((x.0 - 1) as i32).checked_mul(y.as_small()).map(|product| Value(product as u32 | 1))
}

#[inline]
pub(crate) fn no_small(_: Value, _: Value) -> Option<Value> {
    None
}

#[inline]
pub(crate) fn divide_float(x: f64, y: f64) -> Option<f64> {
    if y == 0.0 { None } else { Some(x / y) }
}

#[inline]
pub(crate) fn left_one(x: Value, _: Value) -> Value {
    x
}

#[inline]
pub(crate) fn right_one(_: Value, y: Value) -> Value {
    y
}

#[inline]
pub(crate) fn floor_divide_small(x: Value, y: Value) -> Option<Value> {
    let (x, y) = (x.as_small(), y.as_small());
    if y > 0 && y & (y - 1) == 0 {
        return Some(Value::small_unchecked(x >> y.trailing_zeros()));
    }
    if y == 0 {
        return None;
    }
    // One division: a core without the instruction takes a hundred others for it.
    let quotient = x / y;
    let rest = x - quotient * y;
    Value::small(if rest != 0 && (x ^ y) < 0 { quotient - 1 } else { quotient })
}

#[inline]
pub(crate) fn modulo_small(x: Value, y: Value) -> Option<Value> {
    let (x, y) = (x.as_small(), y.as_small());
    if y == 0 {
        return None;
    }
    if y > 0 && y & (y - 1) == 0 {
        return Some(Value::small_unchecked(x & (y - 1)));
    }
    let rest = x % y;
    Value::small(if rest != 0 && (rest ^ y) < 0 { rest + y } else { rest })
}

#[inline]
pub(crate) fn shift_left_small(x: Value, y: Value) -> Option<Value> {
    let (x, by) = (x.as_small(), y.as_small());
    if !(0..31).contains(&by) {
        return None;
    }
    i32::try_from(i64::from(x) << by).ok().and_then(Value::small)
}

#[inline]
pub(crate) fn shift_right_small(x: Value, y: Value) -> Option<Value> {
    let by = y.as_small();
    if by < 0 {
        return None;
    }
    Some(Value::small_unchecked(x.as_small() >> by.min(31)))
}
