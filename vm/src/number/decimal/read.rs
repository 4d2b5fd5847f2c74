//! The double nearest to decimal text.

use core::cmp::Ordering;

use super::Expansion;
use super::scaled::Scaled;

/// Digits that surely fit into 64 bits.
const TAKEN: i32 = 19;
/// Units that the product with a power of ten is wrong by at most, and what digits that were left out add.
const ERROR: u64 = 4;
const LEFT_OUT: u64 = 32;

/// The whole text as a float: a sign, digits, a point, an exponent, or `inf`, `infinity`, `nan` in any case. `None`: it
/// is none.
pub(crate) fn read(text: &[u8]) -> Option<f64> {
    let (is_negative, text) = sign(text);
    let magnitude = if ["inf", "infinity"].iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())) {
        f64::INFINITY
    } else if text.eq_ignore_ascii_case(b"nan") {
        f64::NAN
    } else {
        let mut parts = text.splitn(2, |byte| byte.eq_ignore_ascii_case(&b'e'));
        let digits = parts.next()?;
        let exponent = parts.next().map_or(Some(0), exponent)?;
        let point = digits.iter().position(|byte| *byte == b'.');
        let (whole, fraction) = digits.split_at_checked(point.unwrap_or(digits.len()))?;
        let fraction = fraction.get(1..).unwrap_or(&[]);
        if whole.len() + fraction.len() == 0 || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
            return None;
        }
        nearest(digits, exponent.saturating_add(whole.len() as i32))
    };
    Some(if is_negative { -magnitude } else { magnitude })
}

/// Is it negative, and what is behind the sign?
fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// An exponent; as good as any other where it is out of all proportion.
fn exponent(text: &[u8]) -> Option<i32> {
    let (is_negative, digits) = sign(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let magnitude =
        digits.iter().fold(0i32, |number, digit| number.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
    Some(if is_negative { -magnitude } else { magnitude })
}

/// The double nearest to `0.ddd * 10^point`; among the digits may be a point, which counts for nothing.
pub(in crate::number) fn nearest(digits: &[u8], point: i32) -> f64 {
    let digits = digits.iter().filter(|byte| **byte != b'.').map(|byte| byte - b'0');
    let zeros = digits.clone().take_while(|digit| *digit == 0).count();
    let digits = digits.skip(zeros);
    let point = point.saturating_sub(zeros as i32);
    let (mut number, mut taken, mut error) = (0u64, 0, ERROR);
    for digit in digits.clone() {
        if taken < TAKEN {
            number = number * 10 + u64::from(digit);
            taken += 1;
        } else if digit != 0 {
            error = ERROR + LEFT_OUT;
            break;
        }
    }
    // Beyond what is finite, and below half of the least: neither is any matter of rounding.
    if number == 0 || point < -330 {
        return 0.0;
    }
    if point > 309 {
        return f64::INFINITY;
    }
    let scaled = Scaled::new(number, 0).times(Scaled::power_of_ten(point - taken));
    // What the double's lowest bit counts, and the bits that are below it, moved to the top.
    let unit = (scaled.exponent + 11).max(-1074);
    let below = (unit - scaled.exponent) as u32;
    let mantissa = if below > 64 { scaled.mantissa >> (below - 64).min(63) } else { scaled.mantissa };
    let below = below.min(64);
    let down = mantissa.checked_shr(below).unwrap_or(0);
    let rest = mantissa << (64 - below);
    let half = 1 << 63;
    let is_up = if rest.abs_diff(half) > error << (64 - below) {
        rest > half
    } else {
        match Expansion::new(2 * down + 1, unit - 1).compare(digits, point) {
            Ordering::Less => false,
            Ordering::Equal => down & 1 == 1,
            Ordering::Greater => true,
        }
    };
    // The mantissa's highest bit adds the one that a normal number's exponent is more by; all that is too large is infinite.
    let bits = ((unit + 1074) as u64) << 52;
    f64::from_bits((bits + down + u64::from(is_up)).min(f64::INFINITY.to_bits()))
}
