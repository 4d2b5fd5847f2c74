//! Integers as the arithmetic sees them: a sign and limbs, wherever they are kept.

use super::limbs;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::Vm;
use core::cmp::Ordering;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{MAX_LENGTH, Value, header};

/// An integer operand: sign and where its limbs are. Stale once something was allocated.
#[derive(Clone, Copy)]
pub(super) struct Integer {
    pub negative: bool,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    /// The magnitude itself.
    Small(u32),
    /// First word and length in the arena.
    Arena(usize, usize),
    /// First word and length in the module's objects.
    Image(usize, usize),
}

impl Integer {
    /// Its limbs, out of the arena's words and the module's objects; without zeros at the top.
    #[inline]
    pub fn limbs<'s>(&'s self, arena: &'s [u32], objects: &'s [u32]) -> &'s [u32] {
        match &self.place {
            Place::Small(0) => &[],
            Place::Small(magnitude) => core::slice::from_ref(magnitude),
            Place::Arena(at, length) => arena.get(*at..at + length).unwrap_or(&[]),
            Place::Image(at, length) => objects.get(*at..at + length).unwrap_or(&[]),
        }
    }

    /// How many limbs it has.
    #[inline]
    pub fn len(&self) -> usize {
        match self.place {
            Place::Small(magnitude) => usize::from(magnitude != 0),
            Place::Arena(_, length) | Place::Image(_, length) => length,
        }
    }
}

impl Vm<'_> {
    /// Is it an int or a bool?
    #[inline]
    pub(crate) fn is_integer(&self, value: Value) -> bool {
        value.is_small() || value == Value::TRUE || value == Value::FALSE || self.kind(value) == kind::BIG_INT
    }

    /// An int or a bool as an operand.
    #[inline]
    pub(super) fn integer(&self, value: Value) -> Option<Integer> {
        if value.is_small() {
            let number = value.as_small();
            return Some(Integer { negative: number < 0, place: Place::Small(number.unsigned_abs()) });
        }
        if value == Value::TRUE || value == Value::FALSE {
            return Some(Integer { negative: false, place: Place::Small(u32::from(value == Value::TRUE)) });
        }
        if self.kind(value) != kind::BIG_INT {
            return None;
        }
        let first = (value.offset() / 4 + 2) as usize;
        let length = self.length(value).saturating_sub(1) as usize;
        let place = if value.is_image() { Place::Image(first, length) } else { Place::Arena(first, length) };
        Some(Integer { negative: self.word(value, 0) & 1 != 0, place })
    }

    /// The limbs of an operand.
    #[inline]
    pub(super) fn limbs<'s>(&'s self, integer: &'s Integer) -> &'s [u32] {
        integer.limbs(self.mem.words(), self.image.objects)
    }

    /// An int or a bool that fits in 64 bits.
    #[inline]
    pub(crate) fn to_i64(&self, value: Value) -> Option<i64> {
        if value.is_small() {
            return Some(i64::from(value.as_small()));
        }
        if value == Value::TRUE || value == Value::FALSE {
            return Some(i64::from(value == Value::TRUE));
        }
        if self.kind(value) != kind::BIG_INT || self.length(value) > 3 {
            return None;
        }
        let high = if self.length(value) == 3 { self.word(value, 2) } else { 0 };
        let magnitude = u64::from(self.word(value, 1)) | u64::from(high) << 32;
        if self.word(value, 0) & 1 == 0 {
            i64::try_from(magnitude).ok()
        } else if magnitude <= 1 << 63 {
            Some((magnitude as i64).wrapping_neg())
        } else {
            None
        }
    }

    /// An int or a bool clamped to 64 bits; `None`: it is neither.
    pub(crate) fn to_i64_clamped(&self, value: Value) -> Option<i64> {
        match self.to_i64(value) {
            Some(number) => Some(number),
            None => self.integer(value).map(|integer| if integer.negative { i64::MIN } else { i64::MAX }),
        }
    }

    /// An operand that fits in 128 bits.
    #[inline]
    pub(super) fn to_i128(&self, integer: &Integer) -> Option<i128> {
        if integer.len() > 4 {
            return None;
        }
        let magnitude = self.limbs(integer).iter().rev().fold(0u128, |high, limb| high << 32 | u128::from(*limb));
        let magnitude = i128::try_from(magnitude).ok()?;
        Some(if integer.negative { -magnitude } else { magnitude })
    }

    /// An integer of up to 128 bits.
    pub(super) fn new_wide(&mut self, number: i128) -> Outcome<Value> {
        if let Ok(number) = i64::try_from(number) {
            return self.new_int(number);
        }
        self.must_have(Feature::LongIntegers)?;
        let magnitude = number.unsigned_abs();
        let limbs = (128 - magnitude.leading_zeros()).div_ceil(32);
        let object = self.alloc(kind::BIG_INT, limbs + 1)?;
        self.set_word(object, 0, u32::from(number < 0));
        for (index, shift) in (1..=limbs).zip([0, 32, 64, 96]) {
            self.set_word(object, index, (magnitude >> shift) as u32);
        }
        Ok(object)
    }

    /// Makes sure of room for a BIG_INT of so many limbs, which [`Vm::take_limbs`] takes then. Two values and what they
    /// are as operands go through it: they may have moved.
    #[inline]
    pub(super) fn room_for_limbs(
        &mut self,
        limbs: usize,
        pair: &mut [Value; 2],
        x: &mut Integer,
        y: &mut Integer,
    ) -> Outcome<()> {
        let bytes = limbs.saturating_add(2).saturating_mul(4);
        if !self.limits.stress && (self.heap_limit - self.heap_top) as usize >= bytes && limbs < MAX_LENGTH as usize {
            return Ok(());
        }
        self.make_room_for_limbs(limbs, bytes, pair)?;
        let [a, b] = *pair;
        if let Some(moved) = self.integer(a) {
            *x = moved;
        }
        if let Some(moved) = self.integer(b) {
            *y = moved;
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn make_room_for_limbs(&mut self, limbs: usize, bytes: usize, pair: &mut [Value; 2]) -> Outcome<()> {
        let mark = self.mark();
        let [a, b] = *pair;
        let (a, b) = self.root2(a, b)?;
        self.collect_paid(0)?;
        *pair = [self.get(a), self.get(b)];
        self.release(mark);
        if ((self.heap_limit - self.heap_top) as usize) < bytes || limbs >= MAX_LENGTH as usize {
            return self.memory_error();
        }
        Ok(())
    }

    /// A BIG_INT of so many limbs, for which room was made. Its limbs are still to be written, all of them.
    #[inline]
    pub(super) fn take_limbs(&mut self, limbs: usize) -> Value {
        let object = Value::arena(self.heap_top);
        self.heap_top += (limbs as u32 + 2) * 4;
        self.mem.set_word(object.0, header(kind::BIG_INT, limbs as u32 + 1));
        object
    }

    /// Gives a BIG_INT whose limbs were just filled in its normal form: zeros at the top are cut off, and what fits in
    /// 31 bits becomes a small integer. Frees what is cut off where the object is the last of the heap.
    pub(super) fn finish_int(&mut self, object: Value, negative: bool) -> Value {
        let limbs = self.mem.words().get(object.0 as usize / 4 + 2..).unwrap_or(&[]);
        let limbs = limbs.get(..self.length(object).saturating_sub(1) as usize).unwrap_or(limbs);
        let length = limbs::trimmed(limbs) as u32;
        if length <= 1 {
            let magnitude = i64::from(limbs.first().copied().unwrap_or(0));
            let number = if negative { -magnitude } else { magnitude };
            if let Ok(number) = i32::try_from(number)
                && let Some(small) = Value::small(number)
            {
                self.free_last(object);
                return small;
            }
        }
        self.set_word(object, 0, u32::from(negative));
        self.shrink(object, length.max(1) + 1);
        object
    }

    /// Takes back the object if it is the last of the heap.
    pub(super) fn free_last(&mut self, object: Value) {
        self.shrink(object, 0);
        if self.heap_top == object.0 + 4 {
            self.heap_top = object.0;
        }
    }

    /// Order of two integers.
    pub(super) fn compare_integers(&self, a: &Integer, b: &Integer) -> Ordering {
        match (a.negative, b.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => limbs::compare(self.limbs(a), self.limbs(b)),
            (true, true) => limbs::compare(self.limbs(b), self.limbs(a)),
        }
    }

    /// Accounts for work of a native that isn't bounded by its arguments' count: `limbs` steps of limb arithmetic.
    /// Stops the run where its fuel is used up or its host wants it to end.
    pub(super) fn charge(&mut self, limbs: u64) -> Outcome<()> {
        self.spend(limbs / 16)
    }

    /// TypeError of what is no integer.
    #[cold]
    pub(crate) fn not_an_integer<T>(&mut self, value: Value) -> Outcome<T> {
        let mut name = crate::vm::Line::default();
        let _ = core::fmt::write(&mut name, format_args!("{}", self.type_name(value)));
        self.raise_fmt(Builtin::TypeError, format_args!("'{name}' object cannot be interpreted as an integer"))
    }
}
