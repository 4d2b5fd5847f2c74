//! Integers to text and back, in any base.
//!
//! Decimal text is limited as in CPython (sys.set_int_max_str_digits), which bounds what the quadratic conversion costs.

use super::arithmetic::multiply;
use super::limbs;
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{MAX_LENGTH, Value};

/// Most digits of text in a base that isn't a power of two, as CPython 3.11.
const MAX_DIGITS: u32 = 4300;
/// Nine decimal digits to a limb.
const BILLION: u32 = 1_000_000_000;

/// Why text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It isn't written as one.
    Invalid,
    /// More digits than allowed: how many.
    TooLong(u32),
}

fn digit_value(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(36)
}

fn digit_text(digit: u32) -> u8 {
    char::from_digit(digit, 36).map_or(b'0', |digit| digit as u8)
}

impl Vm<'_> {
    /// The digits of an int or bool (a root) as a str object, with `-` and without a prefix; `radix` is 2 to 36.
    /// ValueError where decimal digits would be more than 4300.
    pub(crate) fn int_to_text(&mut self, root: Root, radix: u32) -> Outcome<Value> {
        if let Some(number) = self.to_i64(self.get(root)) {
            let mut buffer = [0u8; 65];
            let mut magnitude = number.unsigned_abs();
            let mut start = buffer.len();
            for place in buffer.iter_mut().rev() {
                start -= 1;
                *place = digit_text((magnitude % u64::from(radix)) as u32);
                magnitude /= u64::from(radix);
                if magnitude == 0 {
                    break;
                }
            }
            if number < 0 && start > 0 {
                start -= 1;
                if let Some(place) = buffer.get_mut(start) {
                    *place = b'-';
                }
            }
            let text = buffer.get(start..).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or("");
            return self.new_str(text);
        }
        if radix.is_power_of_two() {
            self.int_to_text_by_bits(root, radix)
        } else {
            self.int_to_text_by_division(root, radix)
        }
    }

    /// Base 2, 4, 8, 16, 32: digits are groups of bits.
    fn int_to_text_by_bits(&mut self, root: Root, radix: u32) -> Outcome<Value> {
        let Some(integer) = self.integer(self.get(root)) else { return self.new_str("") };
        let width = radix.trailing_zeros();
        let bits = limbs::bits(self.limbs(&integer));
        let sign = u32::from(integer.negative);
        let digits = bits.div_ceil(u64::from(width));
        if digits > u64::from(MAX_LENGTH) {
            return self.memory_error();
        }
        let digits = digits as u32;
        let text = self.new_str_unfilled(digits + sign, true)?;
        let Some(integer) = self.integer(self.get(root)) else { return Ok(text) };
        let at = text.0 as usize / 4;
        let (below, above) = self.mem.words_mut().split_at_mut(at);
        let source = integer.limbs(below, self.image.objects);
        // Two words of header and hash come before the characters.
        let Some(target) = above.get_mut(2..) else { return Ok(text) };
        let mut put = |index: u32, byte: u8| {
            if let Some(word) = target.get_mut(index as usize / 4) {
                let mut bytes = word.to_ne_bytes();
                if let Some(place) = bytes.get_mut(index as usize % 4) {
                    *place = byte;
                }
                *word = u32::from_ne_bytes(bytes);
            }
        };
        if sign != 0 {
            put(0, b'-');
        }
        let (mut pool, mut filled, mut rest) = (0u64, 0, source.iter());
        for index in (sign..digits + sign).rev() {
            if filled < width {
                pool |= u64::from(rest.next().copied().unwrap_or(0)) << filled;
                filled += 32;
            }
            put(index, digit_text(pool as u32 & (radix - 1)));
            pool >>= width;
            filled -= width;
        }
        Ok(text)
    }

    /// Any other base: by repeated division, as many digits at a time as a limb holds.
    fn int_to_text_by_division(&mut self, root: Root, radix: u32) -> Outcome<Value> {
        let Some(integer) = self.integer(self.get(root)) else { return self.new_str("") };
        let (power, group) = chunk(radix);
        // A bound of the digits from above: each takes more than log2(radix) rounded down bits.
        let length = integer.len() as u32;
        let limit = u64::from(MAX_DIGITS) * u64::from(radix.ilog2() + 1) / 32 + 2;
        if u64::from(length) > limit {
            return self.too_many_digits();
        }
        let chunks = (length * 32).div_ceil(power.ilog2()) + 1;
        let mark = self.mark();
        let scratch = self.alloc(kind::RAW, length + chunks)?;
        let scratch = self.root(scratch)?;
        let Some(integer) = self.integer(self.get(root)) else { return self.new_str("") };
        let (mut used, mut top) = (0u32, 0u32);
        let at = self.get(scratch).0 as usize / 4 + 1;
        let (below, above) = self.mem.words_mut().split_at_mut(at);
        let source = integer.limbs(below, self.image.objects);
        if let Some((work, parts)) = above.split_at_mut_checked(length as usize) {
            work.copy_from_slice(source);
            let mut work = work;
            for pair in parts.chunks_mut(2) {
                let left = limbs::trimmed(work);
                if left == 0 {
                    break;
                }
                work = work.get_mut(..left).unwrap_or(&mut []);
                // A constant divisor is a multiplication to the compiler.
                let rests = if power == BILLION {
                    divide_by_billion_twice(work)
                } else {
                    [limbs::divide_small(work, power), limbs::divide_small(work, power)]
                };
                for (part, rest) in pair.iter_mut().zip(rests) {
                    *part = rest;
                    used += 1;
                }
            }
            while used > 1 && parts.get(used as usize - 1) == Some(&0) {
                used -= 1;
            }
            top = parts.get((used as usize).saturating_sub(1)).copied().unwrap_or(0);
        }
        let mut digits = (used.max(1) - 1) * group;
        let mut rest = top;
        while rest != 0 {
            digits += 1;
            rest /= radix;
        }
        if digits > MAX_DIGITS {
            return self.too_many_digits();
        }
        let sign = u32::from(integer.negative);
        let text = self.new_str_unfilled(digits + sign, true)?;
        let (parts, negative) = (self.get(scratch), integer.negative);
        let mut end = digits + sign;
        for index in 0..used {
            let mut part = self.word(parts, length + index);
            let start = end.saturating_sub(group).max(sign);
            if let Some(places) = self.bytes_mut(text).get_mut(start as usize..end as usize) {
                for place in places.iter_mut().rev() {
                    *place = digit_text(part % radix);
                    part /= radix;
                }
            }
            end = start;
        }
        if negative && let Some(place) = self.bytes_mut(text).first_mut() {
            *place = b'-';
        }
        self.release(mark);
        Ok(text)
    }

    #[cold]
    fn too_many_digits<T>(&mut self) -> Outcome<T> {
        self.raise(
            Builtin::ValueError,
            "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
        )
    }

    /// Reads the integer written in the ASCII text or bytes of an object (a root): whitespace around it, a sign, a prefix of
    /// the base, digits with single underscores between. `base` is 0 or 2 to 36.
    pub(super) fn int_from_text(&mut self, root: Root, base: u32) -> Outcome<Result<Value, Unreadable>> {
        let bytes = self.bytes(self.get(root));
        let Some(Written { negative, base, start, end, digits }) = parse(bytes, base) else {
            return Ok(Err(Unreadable::Invalid));
        };
        if digits > MAX_DIGITS as usize && !base.is_power_of_two() {
            return Ok(Err(Unreadable::TooLong(digits as u32)));
        }
        let values = bytes.get(start..end).unwrap_or(&[]).iter().filter_map(|byte| digit_value(*byte));
        // Whatever the base, twelve digits fit in 63 bits, and eighteen decimal ones.
        if digits <= 12 || (base <= 10 && digits <= 18) {
            let number = values.fold(0i64, |number, digit| number.wrapping_mul(i64::from(base)) + i64::from(digit));
            return self.new_int(if negative { -number } else { number }).map(Ok);
        }
        if !FEATURES.has(Feature::LongIntegers) {
            let mut values = values;
            let below =
                values.try_fold(0i64, |number, digit| multiply(number, i64::from(base))?.checked_sub(i64::from(digit)));
            return match below.and_then(|below| if negative { Some(below) } else { below.checked_neg() }) {
                Some(number) => self.new_int(number).map(Ok),
                None => self.lacks(Feature::LongIntegers as u8),
            };
        }
        let bits = digits as u64 * u64::from(base.ilog2() + u32::from(!base.is_power_of_two()));
        let length = bits / 32 + 1;
        if length >= u64::from(MAX_LENGTH) {
            return self.memory_error();
        }
        let length = length as u32;
        let object = self.alloc(kind::BIG_INT, length + 1)?;
        let place = object.0 as usize / 4 + 2;
        if base.is_power_of_two() {
            let (mut pool, mut filled, mut at) = (0u64, 0, 0);
            let mut index = end;
            while index > start {
                index -= 1;
                let Some(digit) = self.bytes(self.get(root)).get(index).and_then(|byte| digit_value(*byte)) else {
                    continue;
                };
                pool |= u64::from(digit) << filled;
                filled += base.trailing_zeros();
                if filled >= 32 {
                    self.set_word(object, 1 + at, pool as u32);
                    pool >>= 32;
                    filled -= 32;
                    at += 1;
                }
            }
            if at < length {
                self.set_word(object, 1 + at, pool as u32);
            }
        } else {
            let (mut index, mut used) = (start, 0usize);
            let (power, _) = chunk(base);
            while index < end {
                let (mut value, mut factor) = (0, 1u32);
                let bytes = self.bytes(self.get(root)).get(index..end).unwrap_or(&[]);
                for byte in bytes {
                    index += 1;
                    if let Some(digit) = digit_value(*byte) {
                        value = value * base + digit;
                        factor *= base;
                        if factor == power {
                            break;
                        }
                    }
                }
                let Some(target) = self.mem.words_mut().get_mut(place..place + length as usize) else { break };
                let (low, high) = target.split_at_mut_checked(used).unwrap_or((&mut [], &mut []));
                let carry = limbs::multiply_small(low, factor, value);
                if carry != 0
                    && let Some(next) = high.first_mut()
                {
                    *next = carry;
                    used += 1;
                }
            }
        }
        Ok(Ok(self.finish_int(object, negative)))
    }
}

/// The largest power of a base in a limb, and its exponent.
fn chunk(base: u32) -> (u32, u32) {
    let (mut power, mut exponent) = (base, 1);
    while let Some(next) = power.checked_mul(base) {
        power = next;
        exponent += 1;
    }
    (power, exponent)
}

/// Divides by a billion, and the quotient again, in one go; the remainders. (The second chain of divisions runs beside
/// the first on a processor that can.)
fn divide_by_billion_twice(work: &mut [u32]) -> [u32; 2] {
    let (mut first, mut second) = (0u64, 0u64);
    for place in work.iter_mut().rev() {
        let dividend = first << 32 | u64::from(*place);
        first = dividend % u64::from(BILLION);
        let dividend = (second << 32) | (dividend / u64::from(BILLION));
        *place = (dividend / u64::from(BILLION)) as u32;
        second = dividend % u64::from(BILLION);
    }
    [first as u32, second as u32]
}

/// An integer as it is written: where its digits (and underscores) stand.
struct Written {
    negative: bool,
    base: u32,
    start: usize,
    end: usize,
    digits: usize,
}

/// The bytes without whitespace around; where the rest starts.
pub(super) fn strip(bytes: &[u8]) -> (usize, &[u8]) {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = bytes.iter().position(|byte| !space(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !space(byte)).map_or(start, |last| last + 1);
    (start, bytes.get(start..end).unwrap_or(&[]))
}

fn parse(bytes: &[u8], base: u32) -> Option<Written> {
    let (mut start, mut rest) = strip(bytes);
    let mut negative = false;
    if let [sign @ (b'+' | b'-'), tail @ ..] = rest {
        negative = *sign == b'-';
        (start, rest) = (start + 1, tail);
    }
    let mut base = base;
    let mut only_zeros = false;
    if let [b'0', letter, tail @ ..] = rest {
        let of_prefix = match letter {
            b'x' | b'X' => 16,
            b'o' | b'O' => 8,
            b'b' | b'B' => 2,
            _ => 0,
        };
        if of_prefix != 0 && (base == 0 || base == of_prefix) {
            (base, start, rest) = (of_prefix, start + 2, tail);
            if let [b'_', tail @ ..] = rest {
                (start, rest) = (start + 1, tail);
            }
        } else {
            only_zeros = base == 0;
        }
    }
    if base == 0 {
        base = 10;
    }
    let mut digits = 0;
    let mut after_digit = false;
    for byte in rest {
        if *byte == b'_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
            continue;
        }
        let digit = digit_value(*byte).filter(|digit| *digit < base)?;
        if only_zeros && digit != 0 {
            return None;
        }
        digits += 1;
        after_digit = true;
    }
    if !after_digit {
        return None;
    }
    Some(Written { negative, base, start, end: start + rest.len(), digits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::with_vm;
    use std::string::{String, ToString};

    fn through(vm: &mut Vm<'_>, text: &str, base: u32, to: u32) -> String {
        let text = vm.new_str(text).unwrap();
        let root = vm.root(text).unwrap();
        let number = vm.int_from_text(root, base).unwrap().unwrap();
        vm.set(root, number);
        let text = vm.int_to_text(root, to).unwrap();
        let result = vm.text(text).to_string();
        vm.release(root.0);
        result
    }

    #[test]
    fn text_comes_back() {
        with_vm(1 << 16, |vm| {
            for text in
                ["0", "-1", "1073741823", "1073741824", "-1073741825", "18446744073709551615", "-18446744073709551616"]
            {
                assert_eq!(through(vm, text, 10, 10), text);
                let hex = through(vm, text, 10, 16);
                assert_eq!(through(vm, &hex, 16, 10), text);
            }
            for length in [20, 63, 64, 65, 500, 4300] {
                let text: String = (0..length).map(|digit| char::from(b'1' + (digit * 7 % 9) as u8)).collect();
                assert_eq!(through(vm, &text, 10, 10), text);
                for radix in [2, 3, 7, 8, 16, 32, 36] {
                    if length < 500 {
                        let other = through(vm, &text, 10, radix);
                        assert_eq!(through(vm, &other, radix, 10), text, "{radix}");
                    }
                }
            }
            assert_eq!(through(vm, "1000000000000000000000000000000", 10, 10), "1000000000000000000000000000000");
            assert_eq!(through(vm, " -0x_Ff_ff ", 0, 2), "-1111111111111111");
            assert_eq!(through(vm, "100000000000000000000000000000000", 2, 16), "100000000");
        });
    }

    #[test]
    fn what_is_no_integer_is_refused() {
        for (text, base) in [
            ("", 10),
            ("_1", 10),
            ("1_", 10),
            ("1__0", 10),
            ("010", 0),
            ("0x", 16),
            ("0_x1", 0),
            ("12a", 10),
            ("2", 2),
            ("+ 1", 10),
            ("--1", 10),
            ("0b2", 0),
            ("z", 35),
            ("\u{e9}", 10),
        ] {
            assert!(parse(text.as_bytes(), base).is_none(), "{text} {base}");
        }
        for (text, base) in [("00_0", 0), ("0b1", 16), ("0_1", 2), (" 7\n", 10), ("0X1f", 16), ("Z", 36)] {
            assert!(parse(text.as_bytes(), base).is_some(), "{text} {base}");
        }
        with_vm(1 << 16, |vm| {
            let text = vm.new_str(&"1".repeat(4301)).unwrap();
            let root = vm.root(text).unwrap();
            assert_eq!(vm.int_from_text(root, 10).unwrap(), Err(Unreadable::TooLong(4301)));
        });
    }
}
