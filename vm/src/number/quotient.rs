//! Quotients and remainders of arbitrary integers, and their quotient as a float.

use super::real;
use super::{arithmetic, limbs};
use crate::error::Outcome;
use crate::protocol::Binary;
use crate::vm::{Root, Vm};
use core::cmp::Ordering;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Steps of limb arithmetic between two looks at the host.
const STEPS: usize = 1 << 20;

impl Vm<'_> {
    /// `a // b` and `a % b`, of `b` that isn't 0; each only where wanted (else 0). Nothing is allocated after the two.
    pub(super) fn divide_integers(
        &mut self,
        a: Root,
        b: Root,
        quotient: bool,
        remainder: bool,
    ) -> Outcome<(Value, Value)> {
        let zero = Value::small_unchecked(0);
        if let (Some(x), Some(y)) = (self.to_i64(self.get(a)), self.to_i64(self.get(b)))
            && let Some((x, y)) = arithmetic::floor_divide(x, y)
        {
            let mark = self.mark();
            let x = if quotient { self.new_int(x)? } else { zero };
            let x = self.root(x)?;
            let y = if remainder { self.new_int(y)? } else { zero };
            let x = self.get(x);
            self.release(mark);
            return Ok((x, y));
        }
        self.must_have(Feature::LongIntegers)?;
        let (Some(x), Some(y)) = (self.integer(self.get(a)), self.integer(self.get(b))) else {
            return Ok((zero, zero));
        };
        let differ = x.negative != y.negative;
        if limbs::compare(self.limbs(&x), self.limbs(&y)) == Ordering::Less {
            if x.len() == 0 || !differ {
                // (A bool leaves as an int.)
                let rest = self.positive_number(self.get(a))?.unwrap_or(zero);
                return Ok((zero, rest));
            }
            let rest = if remainder { self.add_integers(a, b, false)? } else { zero };
            return Ok((Value::small_unchecked(-1), rest));
        }
        if y.len() == 1 {
            return self.divide_by_limb(a, b, quotient, remainder);
        }
        if !quotient && !y.negative && limbs::is_power_of_two(self.limbs(&y)) {
            // The low bits, of two's complement.
            let mark = self.mark();
            let mask = self.root(Value::small_unchecked(1))?;
            let mask = self.add_integers(b, mask, true)?;
            let rest = self.bitwise(Binary::And, self.get(a), mask)?;
            self.release(mark);
            return Ok((zero, rest));
        }
        let digits = x.len() - y.len() + 1;
        self.charge((digits as u64).saturating_mul(y.len() as u64))?;
        let mark = self.mark();
        let result = if quotient { self.new_limbs(digits + 1)? } else { zero };
        let result = self.root(result)?;
        // The dividend, shifted, which becomes the remainder; behind it the divisor, shifted.
        let work = self.new_limbs(x.len() + 1 + y.len())?;
        let (Some(x), Some(y)) = (self.integer(self.get(a)), self.integer(self.get(b))) else {
            return Ok((zero, zero));
        };
        let target = self.get(result);
        self.release(mark);
        let at = work.0 as usize / 4 + 2;
        let objects = self.image.objects;
        let (below, above) = self.mem.words_mut().split_at_mut(at);
        let (p, q) = (x.limbs(below, objects), y.limbs(below, objects));
        let shift = q.last().map_or(0, |top| top.leading_zeros());
        if let Some((dividend, rest)) = above.split_at_mut_checked(x.len() + 1) {
            limbs::shift_left(p, shift, dividend);
            limbs::shift_left(q, shift, rest.get_mut(..y.len()).unwrap_or(&mut []));
        }
        for (count, place) in (0..digits).rev().enumerate() {
            let Some((dividend, rest)) =
                self.mem.words_mut().get_mut(at..).and_then(|work| work.split_at_mut_checked(x.len() + 1))
            else {
                break;
            };
            let divisor = rest.get(..y.len()).unwrap_or(&[]);
            let window = dividend.get_mut(place..=place + y.len()).unwrap_or(&mut []);
            let digit = limbs::divide_step(window, divisor);
            if quotient {
                self.set_word(target, place as u32 + 1, digit);
            }
            if (count + 1) % (STEPS / y.len() + 1) == 0 {
                self.poll()?;
            }
        }
        if let Some((dividend, rest)) =
            self.mem.words_mut().get_mut(at..).and_then(|work| work.split_at_mut_checked(x.len() + 1))
        {
            let divisor = rest.get_mut(..y.len()).unwrap_or(&mut []);
            let (rest, _) = dividend.split_at_mut_checked(y.len()).unwrap_or((&mut [], &mut []));
            if differ && rest.iter().any(|limb| *limb != 0) {
                limbs::subtract_from(divisor, rest);
                rest.copy_from_slice(divisor);
                if quotient
                    && let Some(limbs) = self.mem.words_mut().get_mut(target.0 as usize / 4 + 2..)
                    && let Some(limbs) = limbs.get_mut(..=digits)
                {
                    limbs::increment(limbs);
                }
            }
        }
        let rest = if remainder {
            if let Some(rest) = self.mem.words_mut().get_mut(at..at + y.len()) {
                limbs::shift_right_in_place(rest, shift);
            }
            self.shrink(work, y.len() as u32 + 1);
            self.finish_int(work, y.negative)
        } else {
            self.free_last(work);
            zero
        };
        let result = if quotient { self.finish_int(target, differ) } else { zero };
        Ok((result, rest))
    }

    /// As above, of a divisor of one limb.
    fn divide_by_limb(&mut self, a: Root, b: Root, quotient: bool, remainder: bool) -> Outcome<(Value, Value)> {
        let zero = Value::small_unchecked(0);
        let (Some(x), Some(y)) = (self.integer(self.get(a)), self.integer(self.get(b))) else {
            return Ok((zero, zero));
        };
        let differ = x.negative != y.negative;
        self.charge(x.len() as u64)?;
        let divisor = self.limbs(&y).first().copied().unwrap_or(1);
        let mark = self.mark();
        let (target, mut rest);
        if quotient {
            let object = self.new_limbs(x.len() + 1)?;
            let Some(x) = self.integer(self.get(a)) else { return Ok((zero, zero)) };
            let (below, above) = self.mem.words_mut().split_at_mut(object.0 as usize / 4 + 2);
            let out = above.get_mut(..x.len() + 1).unwrap_or(&mut []);
            for (place, limb) in out.iter_mut().zip(x.limbs(below, self.image.objects)) {
                *place = *limb;
            }
            rest = limbs::divide_small(out, divisor);
            if differ && rest != 0 {
                limbs::increment(out);
            }
            target = self.finish_int(object, differ);
        } else {
            rest = limbs::remainder_small(self.limbs(&x), divisor);
            target = zero;
        }
        if !remainder {
            return Ok((target, zero));
        }
        if differ && rest != 0 {
            rest = divisor - rest;
        }
        let target = self.root(target)?;
        let rest = self.new_int(if y.negative { -i64::from(rest) } else { i64::from(rest) })?;
        let target = self.get(target);
        self.release(mark);
        Ok((target, rest))
    }

    /// `a / b` as a float, rounded once; `b` isn't 0.
    pub(super) fn true_divide(&mut self, a: Root, b: Root) -> Outcome<Value> {
        let mark = self.mark();
        let (Some(x), Some(y)) = (self.integer(self.get(a)), self.integer(self.get(b))) else {
            return self.new_float(0.0);
        };
        let negative = x.negative != y.negative;
        let (bits_x, bits_y) = (limbs::bits(self.limbs(&x)) as i64, limbs::bits(self.limbs(&y)) as i64);
        let sign = if negative { -1.0 } else { 1.0 };
        if bits_x == 0 || bits_x - bits_y < -1080 {
            return self.new_float(0.0f64.copysign(sign));
        }
        if bits_x - bits_y > 1026 {
            return self.quotient_too_large();
        }
        // The quotient of 66 or 67 bits, and whether it is exact.
        let shift = 66 - (bits_x - bits_y);
        let (dividend, divisor) = self.root2(self.get(a), self.get(b))?;
        if negative {
            let value = self.negate_integer(dividend)?;
            self.set(dividend, value);
        }
        let target = if shift >= 0 { dividend } else { divisor };
        let value = self.shift_left(target, shift.unsigned_abs())?;
        self.set(target, value);
        let (quotient, rest) = self.divide_integers(dividend, divisor, true, true)?;
        let exact = rest == Value::small_unchecked(0);
        let number = self.integer(quotient).and_then(|quotient| {
            let (top, exponent, sticky) = real::top_bits(self.limbs(&quotient));
            real::scaled(top | u64::from(sticky || !exact), exponent - shift)
        });
        self.release(mark);
        match number {
            Some(number) => self.new_float(number.copysign(sign)),
            None => self.quotient_too_large(),
        }
    }

    #[cold]
    fn quotient_too_large<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::OverflowError, "integer division result too large for a float")
    }
}
