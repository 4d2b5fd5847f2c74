//! A line of text that is written without `core::fmt`, which takes a small core ten times the instructions.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Powers of ten up to which a number is written in 32 bits.
const BILLION: u64 = 1_000_000_000;

/// Text under construction.
#[derive(Debug, Default)]
pub struct Line(Vec<u8>);

impl Line {
    /// Nothing is in it; its memory stays.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Makes room for so many bytes at once.
    pub fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Its bytes: UTF-8, unless it was cut within a character.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its bytes, for whoever keeps them.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// What it says.
    pub fn text(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Cuts it.
    pub fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Appends text.
    pub fn push(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Appends a number in decimal.
    pub fn push_decimal(&mut self, number: u64) {
        push_decimal(&mut self.0, number, 1);
    }

    /// Appends a number of at most nine digits in at least so many.
    pub fn push_digits(&mut self, number: u32, least: usize) {
        push_digits(&mut self.0, number, least);
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

fn push_decimal(out: &mut Vec<u8>, number: u64, least: usize) {
    // A division of 64 bits is for what needs one.
    if number < BILLION {
        push_digits(out, number as u32, least);
    } else {
        push_decimal(out, number / BILLION, 1);
        push_digits(out, (number % BILLION) as u32, 9);
    }
}

fn push_digits(out: &mut Vec<u8>, number: u32, least: usize) {
    if number < 10 && least <= 1 {
        return out.push(b'0' + number as u8);
    }
    let mut digits = [b'0'; 12];
    let (mut first, mut rest) = (digits.len(), number);
    for place in digits.iter_mut().rev() {
        // By a multiplication, where 32 bits hold it: a small core has no division.
        let left = if rest < 1 << 16 { (rest * 52_429) >> 19 } else { rest / 10 };
        *place = b'0'.wrapping_add((rest - left * 10) as u8);
        first -= 1;
        rest = left;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(first.min(digits.len() - least)..).unwrap_or_default());
}

/// Writes a number in decimal into a text, in place of what it holds.
pub fn set_decimal(text: &mut String, number: u64) {
    let mut bytes = core::mem::take(text).into_bytes();
    bytes.clear();
    push_decimal(&mut bytes, number, 1);
    *text = String::from_utf8(bytes).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn digits_are_those_of_fmt() {
        let mut numbers = std::vec![0, 1, 9, 10, 99, 100, u64::from(u32::MAX), 1 << 32, u64::MAX];
        numbers.extend(0..1 << 17);
        numbers.extend((0..64).flat_map(|shift| [1 << shift, (1 << shift) - 1, 10_u64.wrapping_pow(shift)]));
        let mut text = String::from("before");
        for number in numbers {
            let mut line = Line::default();
            line.push("n");
            line.push_decimal(number);
            assert_eq!(line.text()[1..], number.to_string());
            set_decimal(&mut text, number);
            assert_eq!(text, number.to_string());
        }
        let mut line = Line::default();
        line.push_digits(7, 3);
        assert_eq!(line.text(), "007");
    }
}
