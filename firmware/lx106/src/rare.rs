//! Sums, products and quotients of doubles where an operand or the result is zero, subnormal, infinite or no number:
//! `arithmetic.S` and `quotient.S` do the others and come here for these. Right for every operand, and not quick.

/// The sign of a double.
const SIGN: u64 = 1 << 63;
/// Infinity, and the exponent of what is no number.
const INFINITY: u64 = 0x7FF << 52;
/// No number; what is one has this bit set where it is quiet.
const NAN: u64 = INFINITY | QUIET;
const QUIET: u64 = 1 << 51;

/// A finite double that isn't zero: its significand with the leading bit at the top, and its exponent as it is biased,
/// which for subnormal ones goes below 1.
fn parts(magnitude: u64) -> (u64, i32) {
    let exponent = (magnitude >> 52) as i32;
    let fraction = magnitude << 11;
    if exponent == 0 {
        let by = fraction.leading_zeros();
        (fraction << by, 1 - by as i32)
    } else {
        (fraction | SIGN, exponent)
    }
}

/// Moves down, with the lowest bit set where another one fell out.
fn down(significand: u64, by: u32) -> u64 {
    match by {
        0 => significand,
        1..64 => significand >> by | u64::from(significand << (64 - by) != 0),
        _ => u64::from(significand != 0),
    }
}

/// The double nearest to a significand with its leading bit at the top, to the even one of two.
fn round(sign: u64, exponent: i32, significand: u64) -> u64 {
    if exponent >= 0x7FF {
        return sign | INFINITY;
    }
    let (exponent, significand) = match exponent {
        1.. => (exponent as u64 - 1, significand),
        _ => (0, down(significand, exponent.abs_diff(1))),
    };
    let (kept, rest) = (significand >> 11, significand & 0x7FF);
    let up = rest > 0x400 || (rest == 0x400 && kept & 1 != 0);
    // The leading bit of a normal one, and a carry out of the significand, count for the exponent.
    sign | ((exponent << 52) + kept + u64::from(up))
}

/// High and low half of a product.
fn wide_product(x: u64, y: u64) -> (u64, u64) {
    let (x1, x0, y1, y0) = (x >> 32, x & 0xFFFF_FFFF, y >> 32, y & 0xFFFF_FFFF);
    let low = x0 * y0;
    let middle = x1 * y0 + (low >> 32);
    let other = x0 * y1 + (middle & 0xFFFF_FFFF);
    (x1 * y1 + (middle >> 32) + (other >> 32), other << 32 | (low & 0xFFFF_FFFF))
}

/// `x + y`, as bits.
// SAFETY: the name is unique; `arithmetic.S` jumps here with the operands it was called with.
#[unsafe(no_mangle)]
pub extern "C" fn lx106_rare_sum(x: u64, y: u64) -> u64 {
    let (p, q) = (x & !SIGN, y & !SIGN);
    if p > INFINITY {
        return x | QUIET;
    }
    if q > INFINITY {
        return y | QUIET;
    }
    if p == INFINITY || q == INFINITY {
        return match (p == INFINITY, q == INFINITY) {
            (true, true) if x != y => NAN,
            (true, _) => x,
            _ => y,
        };
    }
    if q == 0 {
        return if p == 0 { x & y } else { x };
    }
    if p == 0 {
        return y;
    }
    let (larger, smaller) = if p >= q { (x, y) } else { (y, x) };
    let (a, exponent) = parts(larger & !SIGN);
    let (b, below) = parts(smaller & !SIGN);
    let sign = larger & SIGN;
    let b = down(b, (exponent - below) as u32);
    if (x ^ y) & SIGN == 0 {
        let (sum, carried) = a.overflowing_add(b);
        if carried { round(sign, exponent + 1, down(sum, 1) | SIGN) } else { round(sign, exponent, sum) }
    } else {
        let difference = a - b;
        if difference == 0 {
            return 0;
        }
        let by = difference.leading_zeros();
        round(sign, exponent - by as i32, difference << by)
    }
}

/// `x * y`, as bits.
// SAFETY: as of `lx106_rare_sum`.
#[unsafe(no_mangle)]
pub extern "C" fn lx106_rare_product(x: u64, y: u64) -> u64 {
    let (p, q) = (x & !SIGN, y & !SIGN);
    if p > INFINITY {
        return x | QUIET;
    }
    if q > INFINITY {
        return y | QUIET;
    }
    let sign = (x ^ y) & SIGN;
    if p == INFINITY || q == INFINITY {
        return if p == 0 || q == 0 { NAN } else { sign | INFINITY };
    }
    if p == 0 || q == 0 {
        return sign;
    }
    let ((a, above), (b, below)) = (parts(p), parts(q));
    let (high, low) = wide_product(a, b);
    let exponent = above + below - 1022;
    // Two leading bits make a product of 127 or 128 bits.
    let (high, low, exponent) =
        if high & SIGN == 0 { (high << 1 | low >> 63, low << 1, exponent - 1) } else { (high, low, exponent) };
    round(sign, exponent, high | u64::from(low != 0))
}

/// `x / y`, as bits.
// SAFETY: as of `lx106_rare_sum`.
#[unsafe(no_mangle)]
pub extern "C" fn lx106_rare_quotient(x: u64, y: u64) -> u64 {
    let (p, q) = (x & !SIGN, y & !SIGN);
    if p > INFINITY {
        return x | QUIET;
    }
    if q > INFINITY {
        return y | QUIET;
    }
    let sign = (x ^ y) & SIGN;
    if p == q && (p == 0 || p == INFINITY) {
        return NAN;
    }
    if p == INFINITY || q == 0 {
        return sign | INFINITY;
    }
    if p == 0 || q == INFINITY {
        return sign;
    }
    let ((a, above), (b, below)) = (parts(p), parts(q));
    let (mut rest, exponent) =
        if a >= b { (a - b, above - below) } else { ((a << 1).wrapping_sub(b), above - below - 1) };
    let mut quotient = 1_u64;
    for _ in 0..63 {
        let carried = rest & SIGN != 0;
        rest <<= 1;
        quotient <<= 1;
        if carried || rest >= b {
            rest = rest.wrapping_sub(b);
            quotient |= 1;
        }
    }
    round(sign, exponent + 1023, quotient | u64::from(rest != 0))
}
