//! Sums and differences of arbitrary integers; their bits, as two's complement without end; shifts.

use super::integer::Integer;
use super::limbs;
use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Root, Vm};
use core::cmp::Ordering;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{MAX_LENGTH, Value};

impl Vm<'_> {
    /// A BIG_INT with room for `limbs` limbs, all 0.
    pub(super) fn new_limbs(&mut self, limbs: usize) -> Outcome<Value> {
        if limbs >= MAX_LENGTH as usize {
            return self.memory_error();
        }
        self.alloc(kind::BIG_INT, limbs as u32 + 1)
    }

    /// `a + b`, or `a - b`, of roots.
    pub(super) fn add_integers(&mut self, a: Root, b: Root, subtract: bool) -> Outcome<Value> {
        self.add_values(self.get(a), self.get(b), subtract)
    }

    /// `a + b`, or `a - b`.
    pub(super) fn add_values(&mut self, a: Value, b: Value, subtract: bool) -> Outcome<Value> {
        match (self.integer(a), self.integer(b)) {
            (Some(x), Some(y)) => self.add_operands([a, b], x, y, subtract),
            _ => Ok(Value::small_unchecked(0)),
        }
    }

    /// The same, of values that were taken for operands already.
    pub(super) fn add_operands(
        &mut self,
        mut pair: [Value; 2],
        mut x: Integer,
        mut y: Integer,
        subtract: bool,
    ) -> Outcome<Value> {
        let longest = x.len().max(y.len());
        self.charge(longest as u64)?;
        self.room_for_limbs(longest + 1, &mut pair, &mut x, &mut y)?;
        let object = self.take_limbs(longest + 1);
        let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
        let out = above.get_mut(..longest + 1).unwrap_or(&mut []);
        let (p, q) = (x.limbs(below, self.image.objects), y.limbs(below, self.image.objects));
        let negative_y = y.negative != subtract;
        let negative = if x.negative == negative_y {
            let (long, short) = if p.len() < q.len() { (q, p) } else { (p, q) };
            limbs::add(long, short, out);
            x.negative
        } else if limbs::compare(p, q) == Ordering::Less {
            limbs::subtract(q, p, out);
            negative_y
        } else {
            limbs::subtract(p, q, out);
            x.negative
        };
        Ok(self.finish_int(object, negative))
    }

    /// `-a`.
    pub(super) fn negate_integer(&mut self, a: Root) -> Outcome<Value> {
        let value = self.get(a);
        let Some(mut x) = self.integer(value) else { return Ok(value) };
        let (length, mut same) = (x.len(), x);
        self.room_for_limbs(length, &mut [value, value], &mut x, &mut same)?;
        let object = self.take_limbs(length);
        let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
        for (place, limb) in above.iter_mut().zip(x.limbs(below, self.image.objects)) {
            *place = *limb;
        }
        Ok(self.finish_int(object, !x.negative))
    }

    /// `a & b`, `a | b`, `a ^ b`.
    pub(super) fn bitwise(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Value> {
        let (Some(mut x), Some(mut y)) = (self.integer(a), self.integer(b)) else {
            return Ok(Value::small_unchecked(0));
        };
        let length = x.len().max(y.len()) + 1;
        self.charge(length as u64)?;
        self.room_for_limbs(length, &mut [a, b], &mut x, &mut y)?;
        let object = self.take_limbs(length);
        let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
        let out = above.get_mut(..length).unwrap_or(&mut []);
        let mut left = TwosComplement::new(x.negative, x.limbs(below, self.image.objects));
        let mut right = TwosComplement::new(y.negative, y.limbs(below, self.image.objects));
        for place in &mut *out {
            let (p, q) = (left.next(), right.next());
            *place = match operation {
                Binary::And => p & q,
                Binary::Or => p | q,
                _ => p ^ q,
            };
        }
        let negative = match operation {
            Binary::And => x.negative && y.negative,
            Binary::Or => x.negative || y.negative,
            _ => x.negative != y.negative,
        };
        if negative {
            for place in &mut *out {
                *place = !*place;
            }
            limbs::increment(out);
        }
        Ok(self.finish_int(object, negative))
    }

    /// `a << bits`, of `a` that isn't 0.
    pub(super) fn shift_left(&mut self, a: Root, bits: u64) -> Outcome<Value> {
        self.must_have(Feature::LongIntegers)?;
        let Some(x) = self.integer(self.get(a)) else { return Ok(Value::small_unchecked(0)) };
        let words = bits / 32;
        if words >= u64::from(MAX_LENGTH) {
            return self.memory_error();
        }
        let words = words as usize;
        let object = self.new_limbs(x.len() + words + 1)?;
        let Some(x) = self.integer(self.get(a)) else { return Ok(object) };
        let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
        if let Some(out) = above.get_mut(words..words + x.len() + 1) {
            limbs::shift_left(x.limbs(below, self.image.objects), bits as u32 % 32, out);
        }
        Ok(self.finish_int(object, x.negative))
    }

    /// `a >> bits`, rounded down.
    pub(super) fn shift_right(&mut self, a: Root, bits: u64) -> Outcome<Value> {
        let Some(x) = self.integer(self.get(a)) else { return Ok(Value::small_unchecked(0)) };
        let words = usize::try_from(bits / 32).unwrap_or(usize::MAX);
        if words >= x.len() {
            return Ok(Value::small_unchecked(-i32::from(x.negative)));
        }
        let length = x.len() - words;
        let object = self.new_limbs(length + 1)?;
        let Some(x) = self.integer(self.get(a)) else { return Ok(object) };
        let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
        let out = above.get_mut(..length + 1).unwrap_or(&mut []);
        let (lost, kept) = x.limbs(below, self.image.objects).split_at_checked(words).unwrap_or((&[], &[]));
        for (place, limb) in out.iter_mut().zip(kept) {
            *place = *limb;
        }
        let bits = bits as u32 % 32;
        let lost_bits = kept.first().is_some_and(|lowest| lowest & ((1 << bits) - 1) != 0);
        limbs::shift_right_in_place(out, bits);
        if x.negative && (lost_bits || lost.iter().any(|limb| *limb != 0)) {
            limbs::increment(out);
        }
        Ok(self.finish_int(object, x.negative))
    }

    /// ValueError of `int.from_bytes` and the like, for a size that no int can have.
    #[cold]
    pub(super) fn too_big<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::OverflowError, "int too big to convert")
    }
}

/// The limbs of an integer in two's complement, without end.
pub(super) struct TwosComplement<'a> {
    limbs: core::slice::Iter<'a, u32>,
    negative: bool,
    carry: bool,
}

impl<'a> TwosComplement<'a> {
    /// Of a sign and a magnitude.
    pub fn new(negative: bool, limbs: &'a [u32]) -> Self {
        Self { limbs: limbs.iter(), negative, carry: negative }
    }

    /// The next limb.
    pub fn next(&mut self) -> u32 {
        let limb = self.limbs.next().copied().unwrap_or(0);
        if !self.negative {
            return limb;
        }
        let (limb, carry) = (!limb).overflowing_add(u32::from(self.carry));
        self.carry = carry;
        limb
    }
}
