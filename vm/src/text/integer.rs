//! Integers as text, in any radix that `int`, `bin`, `oct`, `hex` and `format` use.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::Vm;
use nano_wire::features::Feature;
use nano_wire::value::Value;

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
        vm.must_have(Feature::LongIntegers)?;
        // Longer ones are converted whole, to a text that is copied.
        let root = vm.root(value)?;
        let text = vm.int_to_text(root, radix)?;
        let sign = u32::from(vm.int_is_negative(vm.get(root)));
        let start = self.len();
        vm.set(root, text);
        self.push_part(vm, root, sign, vm.length(text))?;
        vm.release(root.0);
        if upper && let Some(digits) = self.written_mut(vm).get_mut(start as usize..) {
            digits.make_ascii_uppercase();
        }
        Ok(())
    }

    /// Appends a number.
    pub(crate) fn push_u64(&mut self, vm: &mut Vm<'_>, number: u64, radix: u32, upper: bool) -> Outcome<()> {
        let mut digits = [0u8; 64];
        let mut count = 0;
        let mut rest = number;
        for place in digits.iter_mut().rev() {
            if let Ok(narrow) = u32::try_from(rest) {
                // Most numbers; on a 32-bit machine a division of 64 bits is a call.
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
}
