//! Integers as text, in any radix that `int`, `bin`, `oct`, `hex` and `format` use.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Digits of a number that CPython still converts to decimal.
const MOST_DECIMAL_DIGITS: u32 = 4300;
/// Limbs that certainly have more.
const MOST_LIMBS: u32 = 448;

/// Digits of a radix, for numbers in large or small letters.
pub(crate) fn digit(value: u32, upper: bool) -> u8 {
    let value = value as u8;
    match value {
        0..=9 => b'0' + value,
        _ if upper => b'A' + (value - 10),
        _ => b'a' + (value - 10),
    }
}

impl TextBuilder {
    /// Appends an integer (small, big or bool) in decimal.
    #[inline]
    pub fn push_int(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        if value.is_small() {
            let number = value.as_small();
            if number < 0 {
                self.push_byte(vm, b'-')?;
            }
            return self.push_u64(vm, u64::from(number.unsigned_abs()), 10, false);
        }
        if vm.int_is_negative(value) {
            let root = vm.root(value)?;
            self.push_byte(vm, b'-')?;
            let value = vm.get(root);
            vm.release(root.0);
            return self.push_int_magnitude(vm, value, 10, false);
        }
        self.push_int_magnitude(vm, value, 10, false)
    }

    /// Appends the digits of an integer without its sign; radix 2, 8, 10 or 16.
    pub(crate) fn push_int_magnitude(&mut self, vm: &mut Vm<'_>, value: Value, radix: u32, upper: bool) -> Outcome<()> {
        if value.is_small() {
            return self.push_u64(vm, u64::from(value.as_small().unsigned_abs()), radix, upper);
        }
        if vm.kind(value) != kind::BIG_INT {
            return self.push_u64(vm, u64::from(value == Value::TRUE), radix, upper);
        }
        let limbs = vm.length(value).saturating_sub(1);
        if limbs <= 2 {
            let high = if limbs == 2 { vm.word(value, 2) } else { 0 };
            return self.push_u64(vm, u64::from(high) << 32 | u64::from(vm.word(value, 1)), radix, upper);
        }
        if radix == 10 { self.push_decimal(vm, value, limbs) } else { self.push_bits(vm, value, limbs, radix, upper) }
    }

    /// Appends a number.
    pub(crate) fn push_u64(&mut self, vm: &mut Vm<'_>, number: u64, radix: u32, upper: bool) -> Outcome<()> {
        let mut digits = [0u8; 64];
        let mut count = 0;
        let mut rest = number;
        for place in digits.iter_mut().rev() {
            if rest <= u64::from(u32::MAX) {
                // Most numbers; on a 32-bit machine a division of 64 bits is a call.
                let narrow = rest as u32;
                *place = digit(narrow % radix, upper);
                rest = u64::from(narrow / radix);
            } else {
                *place = digit((rest % u64::from(radix)) as u32, upper);
                rest /= u64::from(radix);
            }
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.push_bytes(vm, digits.get(64 - count..).unwrap_or(&[]))
    }

    /// A big integer in a radix that is a power of two: its bits, from the top.
    fn push_bits(&mut self, vm: &mut Vm<'_>, value: Value, limbs: u32, radix: u32, upper: bool) -> Outcome<()> {
        let root = vm.root(value)?;
        let width = radix.trailing_zeros();
        let top = vm.word(value, limbs);
        let bits = limbs.saturating_mul(32) - top.leading_zeros();
        let digits = bits.div_ceil(width);
        self.reserve(vm, digits)?;
        for index in (0..digits).rev() {
            let value = vm.get(root);
            let bit = index * width;
            let (limb, shift) = (bit / 32, bit % 32);
            let low = u64::from(vm.word(value, 1 + limb));
            let high = if limb + 1 < limbs { u64::from(vm.word(value, 2 + limb)) } else { 0 };
            let number = (high << 32 | low) >> shift;
            self.push_byte(vm, digit(number as u32 & (radix - 1), upper))?;
        }
        vm.release(root.0);
        Ok(())
    }

    /// A big integer in decimal: nine digits at a time, lowest first, then turned round.
    fn push_decimal(&mut self, vm: &mut Vm<'_>, value: Value, limbs: u32) -> Outcome<()> {
        if limbs > MOST_LIMBS {
            return too_long(vm);
        }
        let root = vm.root(value)?;
        self.reserve(vm, limbs * 10)?;
        let scratch = vm.alloc(kind::RAW, limbs)?;
        let value = vm.get(root);
        for limb in 0..limbs {
            let word = vm.word(value, 1 + limb);
            vm.set_word(scratch, limb, word);
        }
        let start = self.len();
        let mut left = limbs;
        while left > 0 {
            let mut remainder = 0u64;
            for limb in (0..left).rev() {
                let dividend = remainder << 32 | u64::from(vm.word(scratch, limb));
                vm.set_word(scratch, limb, (dividend / 1_000_000_000) as u32);
                remainder = dividend % 1_000_000_000;
            }
            while left > 0 && vm.word(scratch, left - 1) == 0 {
                left -= 1;
            }
            let mut group = remainder as u32;
            for _ in 0..9 {
                if left == 0 && group == 0 {
                    break;
                }
                // There is room, so the scratch object stays where it is.
                self.push_byte(vm, b'0' + (group % 10) as u8)?;
                group /= 10;
            }
        }
        if let Some(digits) = self.written_mut(vm).get_mut(start as usize..) {
            digits.reverse();
        }
        vm.release(root.0);
        if self.len() - start > MOST_DECIMAL_DIGITS { too_long(vm) } else { Ok(()) }
    }
}

#[cold]
fn too_long(vm: &mut Vm<'_>) -> Outcome<()> {
    vm.raise(
        Builtin::ValueError,
        "Exceeds the limit (4300 digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit",
    )
}

impl Vm<'_> {
    /// Is an integer (small, big or bool) below zero?
    pub(crate) fn int_is_negative(&self, value: Value) -> bool {
        if value.is_small() {
            value.as_small() < 0
        } else {
            self.kind(value) == kind::BIG_INT && self.word(value, 0) != 0
        }
    }

    /// Is it an int or a bool?
    pub(crate) fn is_int(&self, value: Value) -> bool {
        value.is_small() || value == Value::TRUE || value == Value::FALSE || self.kind(value) == kind::BIG_INT
    }

    /// An integer in decimal, as a str object.
    pub fn int_to_text(&mut self, value: Value) -> Outcome<Value> {
        let mark = self.mark();
        let value = self.root(value)?;
        let mut out = TextBuilder::new(self, 12)?;
        out.push_int(self, self.get(value))?;
        let made = out.finish(self);
        self.release(mark);
        Ok(made)
    }
}
