//! Numbers as text, without `core::fmt`, which takes a small core ten times the instructions.

use core::fmt::{self, Write};

/// Most digits of 64 bits.
const DIGITS: usize = 20;

/// Writes a number in decimal.
pub fn write_decimal(out: &mut impl Write, number: u64) -> fmt::Result {
    let mut digits = [b'0'; DIGITS];
    let mut first = DIGITS;
    let mut rest = number;
    for (index, digit) in digits.iter_mut().enumerate().rev() {
        // A division of 64 bits is for what needs one.
        let left = match u32::try_from(rest) {
            Ok(small) => u64::from(small / 10),
            Err(_) => rest / 10,
        };
        *digit = b'0'.wrapping_add((rest as u8).wrapping_sub((left as u8).wrapping_mul(10)));
        first = index;
        rest = left;
        if rest == 0 {
            break;
        }
    }
    out.write_str(digits.get(first..).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default())
}

/// Appends a number in decimal. Writing into a String does not fail.
pub fn push_decimal(out: &mut alloc::string::String, number: u64) {
    let _ = write_decimal(out, number);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    #[test]
    fn digits_are_those_of_fmt() {
        let mut numbers = std::vec![0, 1, 9, 10, 99, 100, u64::from(u32::MAX), 1 << 32, u64::MAX];
        numbers.extend((0..64).flat_map(|shift| [1 << shift, (1 << shift) - 1, 10_u64.wrapping_pow(shift)]));
        for number in numbers {
            let mut text = String::from("n");
            push_decimal(&mut text, number);
            assert_eq!(text[1..], number.to_string());
        }
    }
}
