//! Products and powers of arbitrary integers.

use super::arithmetic::multiply;
use super::integer::Integer;
use super::limbs::{self, KARATSUBA};
use crate::error::{Outcome, Raise, Stop};
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{MAX_LENGTH, Value};

/// Longer operands are multiplied in blocks of this many limbs, so that the host is asked in between.
const BLOCK: usize = 4096;

impl Vm<'_> {
    /// `a * b`, of roots.
    pub(super) fn multiply_integers(&mut self, a: Root, b: Root) -> Outcome<Value> {
        let (a, b) = (self.get(a), self.get(b));
        if let (Some(x), Some(y)) = (self.to_i64(a), self.to_i64(b)) {
            return self.new_wide(i128::from(x) * i128::from(y));
        }
        self.multiply_values(a, b)
    }

    /// `a * b`.
    pub(super) fn multiply_values(&mut self, a: Value, b: Value) -> Outcome<Value> {
        match (self.integer(a), self.integer(b)) {
            (Some(x), Some(y)) => self.multiply_operands([a, b], x, y),
            _ => Ok(Value::small_unchecked(0)),
        }
    }

    /// The same, of values that were taken for operands already.
    pub(super) fn multiply_operands(&mut self, mut pair: [Value; 2], mut x: Integer, mut y: Integer) -> Outcome<Value> {
        let (long, short) = (x.len().max(y.len()), x.len().min(y.len()));
        let length = long + short;
        let block = short.min(BLOCK);
        let scratch = 4 * block + limbs::multiply_scratch(block);
        let room = (self.heap_limit - self.heap_top) as usize / 4;
        if short >= KARATSUBA && length + scratch + 2 <= room && length + scratch < MAX_LENGTH as usize {
            let mark = self.mark();
            let [a, b] = pair;
            let (a, b) = self.root2(a, b)?;
            let product = self.multiply_in_blocks(a, b, block, scratch)?;
            self.release(mark);
            return Ok(product);
        }
        self.charge((long as u64).saturating_mul(short as u64))?;
        self.room_for_limbs(length, &mut pair, &mut x, &mut y)?;
        let object = self.take_limbs(length);
        let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
        let out = above.get_mut(..length).unwrap_or(&mut []);
        out.fill(0);
        limbs::multiply(x.limbs(below, self.image.objects), y.limbs(below, self.image.objects), out);
        Ok(self.finish_int(object, x.negative != y.negative))
    }

    /// As above, by Karatsuba's method, with scratch space behind the result.
    fn multiply_in_blocks(&mut self, a: Root, b: Root, block: usize, scratch: usize) -> Outcome<Value> {
        let lengths = (self.integer(self.get(a)), self.integer(self.get(b)));
        let (Some(x), Some(y)) = lengths else { return Ok(Value::small_unchecked(0)) };
        let (blocks_x, blocks_y) = (x.len().div_ceil(block), y.len().div_ceil(block));
        let length = x.len() + y.len();
        let object = self.new_limbs(length + scratch)?;
        let (Some(x), Some(y)) = (self.integer(self.get(a)), self.integer(self.get(b))) else { return Ok(object) };
        // n^1.58 of the block, roughly.
        let cost = (block as u64) * u64::from((block as u32).isqrt()) * 2;
        for i in 0..blocks_x {
            for j in 0..blocks_y {
                self.charge(cost)?;
                let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
                let Some((out, scratch)) = above.split_at_mut_checked(length) else { continue };
                let Some((padded, scratch)) = scratch.split_at_mut_checked(2 * block) else { continue };
                let Some((product, scratch)) = scratch.split_at_mut_checked(2 * block) else { continue };
                let Some((left, right)) = padded.split_at_mut_checked(block) else { continue };
                let p = x.limbs(below, self.image.objects).chunks(block).nth(i).unwrap_or(&[]);
                let q = y.limbs(below, self.image.objects).chunks(block).nth(j).unwrap_or(&[]);
                let Some(out) = out.get_mut((i + j) * block..) else { continue };
                if p.len().min(q.len()) * 8 < block {
                    // A short rest.
                    product.fill(0);
                    limbs::multiply(p, q, product);
                } else if p.len() == q.len() {
                    let product = product.get_mut(..2 * p.len()).unwrap_or(&mut []);
                    limbs::multiply_equal(p, q, product, scratch);
                    limbs::add_to(out, limbs::trim(product));
                    continue;
                } else {
                    fill_padded(left, p);
                    fill_padded(right, q);
                    limbs::multiply_equal(left, right, product, scratch);
                }
                limbs::add_to(out, limbs::trim(product));
            }
        }
        self.shrink(object, length as u32 + 1);
        Ok(self.finish_int(object, x.negative != y.negative))
    }

    /// `x ** y`, of `y >= 0`.
    pub(super) fn power_i64(&mut self, x: i64, y: i64) -> Outcome<Value> {
        let (mut result, mut base, mut exponent) = (Some(1i64), Some(x), y);
        while exponent != 0 {
            if exponent & 1 != 0 {
                result = result.zip(base).and_then(|(result, base)| multiply(result, base));
            }
            exponent >>= 1;
            if exponent != 0 {
                base = base.and_then(|base| multiply(base, base));
            }
            if result.is_none() || base.is_none() {
                break;
            }
        }
        if let (Some(result), 0) = (result, exponent) {
            return self.new_int(result);
        }
        self.must_have(Feature::LongIntegers)?;
        let mark = self.mark();
        let (a, b) = self.root2(Value::UNBOUND, Value::UNBOUND)?;
        let base = self.new_int(x)?;
        self.set(a, base);
        let exponent = self.new_int(y)?;
        self.set(b, exponent);
        let result = self.power_integers(a, b);
        self.release(mark);
        result
    }

    /// `a ** b` of integers, `b >= 0`.
    pub(super) fn power_integers(&mut self, a: Root, b: Root) -> Outcome<Value> {
        let mark = self.mark();
        let (Some(base), Some(exponent)) = (self.integer(self.get(a)), self.to_i64_clamped(self.get(b))) else {
            return Ok(Value::small_unchecked(0));
        };
        let odd = self.integer(self.get(b)).is_some_and(|b| self.limbs(&b).first().is_some_and(|limb| limb & 1 != 0));
        if let Some(small) = self.to_i64(self.get(a))
            && (-1..=1).contains(&small)
        {
            let result = if exponent == 0 || small == 1 || (small == -1 && !odd) { 1 } else { small };
            return Ok(Value::small_unchecked(result as i32));
        }
        let bits = limbs::bits(self.limbs(&base));
        let negative = base.negative && odd;
        // The result has more bits than this; beyond the arena there is no need to try.
        let least = (bits - 1).saturating_mul(exponent as u64);
        if least / 8 > u64::from(self.mem.bytes()) || least / 32 >= u64::from(MAX_LENGTH) {
            return self.memory_error();
        }
        if limbs::bits(self.limbs(&base)) == limbs_trailing_zeros(self.limbs(&base)) + 1 {
            let one = self.root(Value::small_unchecked(if negative { -1 } else { 1 }))?;
            let result = self.shift_left(one, least)?;
            self.release(mark);
            return Ok(result);
        }
        let result = self.root(Value::small_unchecked(1))?;
        for bit in (0..64 - exponent.leading_zeros()).rev() {
            let squared = self.multiply_integers(result, result)?;
            self.set(result, squared);
            if exponent >> bit & 1 != 0 {
                let product = self.multiply_integers(result, a)?;
                self.set(result, product);
            }
        }
        let value = self.get(result);
        self.release(mark);
        Ok(value)
    }

    /// `pow(a, b, modulus)` of integers (roots).
    pub(super) fn power_modulo(&mut self, a: Root, b: Root, modulus: Root) -> Outcome<Value> {
        let mark = self.mark();
        let Some(divisor) = self.integer(self.get(modulus)) else { return Ok(Value::small_unchecked(0)) };
        if divisor.len() == 0 {
            return self.raise(Builtin::ValueError, "pow() 3rd argument cannot be 0");
        }
        let (base, exponent) = self.root2(self.get(a), self.get(b))?;
        if self.integer(self.get(b)).is_some_and(|exponent| exponent.negative) {
            let inverse = self.inverse_modulo(a, modulus)?;
            self.set(base, inverse);
            let positive = self.negate_number(self.get(b))?.unwrap_or(Value::small_unchecked(0));
            self.set(exponent, positive);
        }
        let (_, reduced) = self.divide_integers(base, modulus, false, true)?;
        self.set(base, reduced);
        if let (Some(x), Some(m)) = (self.to_i64(reduced), self.to_i64(self.get(modulus)))
            && m.unsigned_abs() < 1 << 62
        {
            let result = self.power_modulo_64(x, exponent, m);
            self.release(mark);
            return self.new_int(result);
        }
        let (_, one) = {
            let one = self.root(Value::small_unchecked(1))?;
            self.divide_integers(one, modulus, false, true)?
        };
        let result = self.root(one)?;
        let bits = self.integer(self.get(exponent)).map_or(0, |exponent| limbs::bits(self.limbs(&exponent)));
        for bit in (0..bits).rev() {
            self.multiply_modulo(result, result, modulus)?;
            if self.bit(self.get(exponent), bit) {
                self.multiply_modulo(result, base, modulus)?;
            }
        }
        let value = self.get(result);
        self.release(mark);
        Ok(value)
    }

    /// Within 64 bits: `base` is reduced already.
    fn power_modulo_64(&self, base: i64, exponent: Root, modulus: i64) -> i64 {
        let wide = i128::from(modulus);
        let reduce = |number: i128| {
            let rest = number.checked_rem(wide).unwrap_or(0);
            if rest != 0 && (rest < 0) != (wide < 0) { rest + wide } else { rest }
        };
        let mut result = reduce(1);
        if let Some(exponent) = self.integer(self.get(exponent)) {
            for limb in self.limbs(&exponent).iter().rev() {
                for bit in (0..32).rev() {
                    result = reduce(result * result);
                    if limb >> bit & 1 != 0 {
                        result = reduce(result * i128::from(base));
                    }
                }
            }
        }
        result as i64
    }

    /// `target = target * factor % modulus`.
    fn multiply_modulo(&mut self, target: Root, factor: Root, modulus: Root) -> Outcome<()> {
        let product = self.multiply_integers(target, factor)?;
        self.set(target, product);
        let (_, rest) = self.divide_integers(target, modulus, false, true)?;
        self.set(target, rest);
        Ok(())
    }

    /// Bit of the magnitude of an integer.
    fn bit(&self, value: Value, bit: u64) -> bool {
        self.integer(value).is_some_and(|value| {
            self.limbs(&value).get(bit as usize / 32).is_some_and(|limb| limb >> (bit % 32) & 1 != 0)
        })
    }

    /// The inverse of `a` modulo `modulus`, by the extended algorithm of Euclid.
    fn inverse_modulo(&mut self, a: Root, modulus: Root) -> Outcome<Value> {
        let mark = self.mark();
        let absolute = self.absolute_number(self.get(modulus))?.unwrap_or(Value::small_unchecked(0));
        let n = self.root(absolute)?;
        let (_, reduced) = self.divide_integers(a, n, false, true)?;
        // x, y: coefficients of a in the remainders p, q.
        let (p, q) = self.root2(reduced, self.get(n))?;
        let (x, y) = self.root2(Value::small_unchecked(1), Value::small_unchecked(0))?;
        let (quotient, product) = self.root2(Value::UNBOUND, Value::UNBOUND)?;
        while self.integer(self.get(q)).is_some_and(|q| q.len() != 0) {
            let (ratio, rest) = self.divide_integers(p, q, true, true)?;
            self.set(quotient, ratio);
            let next = self.get(q);
            self.set(p, next);
            self.set(q, rest);
            let value = self.multiply_integers(quotient, y)?;
            self.set(product, value);
            let next = self.add_integers(x, product, true)?;
            let value = self.get(y);
            self.set(x, value);
            self.set(y, next);
        }
        if self.to_i64(self.get(p)) != Some(1) {
            return self.raise(Builtin::ValueError, "base is not invertible for the given modulus");
        }
        let value = self.get(x);
        self.release(mark);
        Ok(value)
    }

    /// Asks the host whether the run is to end; natives that work long do so now and then.
    pub(super) fn poll(&mut self) -> Outcome<()> {
        if self.host.interrupted() {
            self.stop = Some(Stop::Interrupted);
            return Err(Raise);
        }
        Ok(())
    }
}

fn fill_padded(target: &mut [u32], source: &[u32]) {
    target.fill(0);
    for (place, limb) in target.iter_mut().zip(source) {
        *place = *limb;
    }
}

fn limbs_trailing_zeros(limbs: &[u32]) -> u64 {
    let zeros = limbs.iter().take_while(|limb| **limb == 0).count();
    zeros as u64 * 32 + limbs.get(zeros).map_or(0, |limb| u64::from(limb.trailing_zeros()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;
    use crate::protocol::Binary;
    use crate::testing::{with_host, with_vm};
    use core::cell::Cell;

    /// A number of about 2^17 bits, in a root.
    fn large(vm: &mut Vm<'_>) -> Root {
        let value = vm.power_i64(3, 80_000).unwrap();
        vm.root(value).unwrap()
    }

    #[test]
    #[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
    fn long_arithmetic_costs_fuel() {
        with_vm(1 << 20, |vm| {
            let a = large(vm);
            let before = vm.fuel;
            let b = vm.multiply_integers(a, a).unwrap();
            let b = vm.root(b).unwrap();
            assert!(before - vm.fuel > 4000);
            let (quotient, rest) = vm.divide_integers(b, a, true, true).unwrap();
            assert_eq!(vm.compare_number(quotient, vm.get(a)), Some(Some(core::cmp::Ordering::Equal)));
            assert_eq!(rest, Value::small_unchecked(0));
            vm.fuel = 100;
            assert!(vm.multiply_integers(a, a).is_err());
            assert_eq!(vm.stop, Some(Stop::Fuel));
        });
    }

    #[test]
    fn what_cannot_fit_is_not_tried() {
        with_vm(1 << 14, |vm| {
            for exponent in [1_000_000, 1 << 40, i64::MAX] {
                assert!(vm.power_i64(2, exponent).is_err());
                assert!(vm.power_i64(7, exponent).is_err());
                let (a, b) = (Value::small_unchecked(1), vm.new_int(exponent).unwrap());
                assert!(vm.binary_number(Binary::ShiftLeft, a, b).is_err());
            }
        });
    }

    struct Impatient<'a>(&'a Cell<bool>);

    impl Host for Impatient<'_> {
        fn interrupted(&mut self) -> bool {
            self.0.get()
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
    fn long_arithmetic_asks_the_host() {
        let is_late = Cell::new(false);
        with_host(&mut Impatient(&is_late), 1 << 20, |vm| {
            is_late.set(false);
            let value = vm.power_i64(3, 20_000).unwrap();
            let a = vm.root(value).unwrap();
            assert!(vm.power_integers(a, a).is_err());
            let value = vm.shift_left(a, 1_000_000).unwrap();
            let b = vm.root(value).unwrap();
            is_late.set(true);
            assert!(vm.divide_integers(b, a, true, false).is_err());
            assert_eq!(vm.stop, Some(Stop::Interrupted));
        });
    }
}
