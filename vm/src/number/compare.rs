//! Order and hash of numbers, exact across int and float.

use super::integer::Integer;
use super::{limbs, real};
use crate::features::FEATURES;
use crate::kind::kind;
use crate::vm::Vm;
use core::cmp::Ordering;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Bits of the Mersenne prime that CPython's hashes of numbers are taken modulo.
const HASH_BITS: u32 = 61;
/// Hash of infinity.
const INFINITY: u64 = 314_159;

impl Vm<'_> {
    /// Order of two numbers (`Some(None)`: unordered, a NaN); `None`: not two numbers.
    pub fn compare_number(&self, a: Value, b: Value) -> Option<Option<Ordering>> {
        if a.is_small() && b.is_small() {
            return Some(Some(a.as_small().cmp(&b.as_small())));
        }
        match (self.kind(a) == kind::FLOAT, self.kind(b) == kind::FLOAT) {
            (true, true) => Some(self.float(a).partial_cmp(&self.float(b))),
            (false, true) => {
                let integer = self.integer(a)?;
                Some(self.compare_with_float(a, &integer, self.float(b)))
            }
            (true, false) => {
                let integer = self.integer(b)?;
                Some(self.compare_with_float(b, &integer, self.float(a)).map(Ordering::reverse))
            }
            (false, false) => {
                let (x, y) = (self.integer(a)?, self.integer(b)?);
                Some(Some(self.compare_integers(&x, &y)))
            }
        }
    }

    /// Order of an integer and a float.
    fn compare_with_float(&self, value: Value, integer: &Integer, number: f64) -> Option<Ordering> {
        if number.is_nan() {
            return None;
        }
        let by_sign = if integer.negative { Ordering::Less } else { Ordering::Greater };
        if number.is_infinite() {
            return Some(if number > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        if let Some(small) = self.to_i64(value) {
            if small.unsigned_abs() <= 1 << 53 {
                return (small as f64).partial_cmp(&number);
            }
            if number.abs() >= 9_223_372_036_854_775_808.0 {
                // It is at least as far from 0; -2**63 is the one integer that can be equal.
                if small == i64::MIN && number == -9_223_372_036_854_775_808.0 {
                    return Some(Ordering::Equal);
                }
                return Some(if number > 0.0 { Ordering::Less } else { Ordering::Greater });
            }
            // From here on floats are whole numbers, unless they are far too small to be equal.
            return Some(small.cmp(&(number as i64)));
        }
        let differ = number.abs() < 9_223_372_036_854_775_808.0 || (number < 0.0) != integer.negative;
        if differ || !FEATURES.has(Feature::LongIntegers) {
            return Some(by_sign);
        }
        // Both are whole and of one sign: by length, then limb by limb.
        let (mantissa, exponent) = real::parts(number);
        let limbs = self.limbs(integer);
        let bits = u64::from(64 - mantissa.leading_zeros()) + exponent as u64;
        let order = limbs::bits(limbs).cmp(&bits).then_with(|| {
            let limb_of_float = |index: usize| {
                let shift = index as i64 * 32 - i64::from(exponent);
                if shift >= 64 || shift <= -64 {
                    0
                } else if shift >= 0 {
                    (mantissa >> shift) as u32
                } else {
                    (mantissa << -shift) as u32
                }
            };
            limbs
                .iter()
                .enumerate()
                .rev()
                .map(|(index, limb)| limb.cmp(&limb_of_float(index)))
                .find(|order| *order != Ordering::Equal)
                .unwrap_or(Ordering::Equal)
        });
        Some(if integer.negative { order.reverse() } else { order })
    }

    /// CPython's hash of a number on a 64-bit machine, equal for equal numbers (1 == 1.0 == True); `None`: not a number.
    pub(crate) fn number_python_hash(&self, value: Value) -> Option<i64> {
        let (negative, hash) = self.hash_magnitude(value)?;
        let hash = if negative { -(hash as i64) } else { hash as i64 };
        Some(if hash == -1 { -2 } else { hash })
    }

    /// Sign and magnitude of a number, the latter modulo the prime of hashes.
    fn hash_magnitude(&self, value: Value) -> Option<(bool, u64)> {
        let prime = (1u64 << HASH_BITS) - 1;
        if let Some(integer) = self.integer(value) {
            let hash = self.limbs(&integer).iter().rev().fold(0u64, |hash, limb| {
                let wide = u128::from(hash) << 32 | u128::from(*limb);
                let folded = (wide & u128::from(prime)) as u64 + (wide >> HASH_BITS) as u64;
                let folded = (folded & prime) + (folded >> HASH_BITS);
                if folded >= prime { folded - prime } else { folded }
            });
            return Some((integer.negative, hash));
        }
        if self.kind(value) != kind::FLOAT {
            return None;
        }
        let number = self.float(value);
        if number.is_nan() {
            return Some((false, 0));
        }
        if number.is_infinite() {
            return Some((number < 0.0, INFINITY));
        }
        let (mantissa, exponent) = real::parts(number);
        // 2^61 is 1 in this ring: a power of two is a rotation.
        let turn = exponent.rem_euclid(HASH_BITS as i32) as u32;
        let hash = if turn == 0 { mantissa } else { (mantissa << turn & prime) | mantissa >> (HASH_BITS - turn) };
        Some((number < 0.0, hash))
    }
}
