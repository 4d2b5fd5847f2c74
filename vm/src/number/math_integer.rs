//! The functions of `math` on integers: gcd, lcm, factorial, comb, perm, isqrt.

use super::limbs;
use crate::error::Outcome;
use crate::protocol::Binary;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

const ZERO: Value = Value::small_unchecked(0);
const ONE: Value = Value::small_unchecked(1);

impl Vm<'_> {
    /// Argument `index` as an integer, put in its place; TypeError where it is none.
    fn whole_argument(&mut self, args: Args, index: usize) -> Outcome<Root> {
        let value = self.arg(args, index);
        let Some(integer) = self.index_value(value)? else {
            let value = self.arg(args, index);
            return self.not_an_integer(value);
        };
        let root = args.root(index);
        self.set(root, integer);
        Ok(root)
    }

    fn is_negative(&self, root: Root) -> bool {
        self.integer(self.get(root)).is_some_and(|integer| integer.negative)
    }

    fn is_zero(&self, root: Root) -> bool {
        self.integer(self.get(root)).is_none_or(|integer| integer.len() == 0)
    }

    /// `target = target * factor`.
    fn multiply_into(&mut self, target: Root, factor: Root) -> Outcome<()> {
        let product = self.multiply_integers(target, factor)?;
        self.set(target, product);
        Ok(())
    }

    /// `target = target * factor` of a number of 63 bits.
    fn multiply_by(&mut self, target: Root, factor: u64) -> Outcome<()> {
        let mark = self.mark();
        let factor = self.new_uint(factor)?;
        let factor = self.root(factor)?;
        self.multiply_into(target, factor)?;
        self.release(mark);
        Ok(())
    }

    /// `a = gcd(a, b)`, of roots, which both change.
    fn gcd_into(&mut self, a: Root, b: Root) -> Outcome<()> {
        while !self.is_zero(b) {
            if let (Some(x), Some(y)) = (self.to_i64(self.get(a)), self.to_i64(self.get(b))) {
                let (mut x, mut y) = (x.unsigned_abs(), y.unsigned_abs());
                while y != 0 {
                    (x, y) = (y, x.checked_rem(y).unwrap_or(0));
                }
                let result = self.new_uint(x)?;
                self.set(a, result);
                return Ok(());
            }
            let (_, rest) = self.divide_integers(a, b, false, true)?;
            let divisor = self.get(b);
            self.set(a, divisor);
            self.set(b, rest);
        }
        let result = self.absolute_number(self.get(a))?.unwrap_or(ZERO);
        self.set(a, result);
        Ok(())
    }
}

/// `gcd(*integers)`.
pub(super) fn gcd(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (result, other) = vm.root2(ZERO, ZERO)?;
    for index in 0..args.len() {
        let argument = vm.whole_argument(args, index)?;
        let argument = vm.get(argument);
        vm.set(other, argument);
        vm.gcd_into(result, other)?;
    }
    Ok(vm.get(result))
}

/// `lcm(*integers)`.
pub(super) fn lcm(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (result, divisor, other) = vm.root3(ONE, ZERO, ZERO)?;
    for index in 0..args.len() {
        let argument = vm.whole_argument(args, index)?;
        if vm.is_zero(result) || vm.is_zero(argument) {
            vm.set(result, ZERO);
            continue;
        }
        let (a, b) = (vm.get(result), vm.get(argument));
        vm.set(divisor, a);
        vm.set(other, b);
        vm.gcd_into(divisor, other)?;
        let (quotient, _) = vm.divide_integers(result, divisor, true, false)?;
        vm.set(result, quotient);
        vm.multiply_into(result, argument)?;
        let absolute = vm.absolute_number(vm.get(result))?.unwrap_or(ZERO);
        vm.set(result, absolute);
    }
    Ok(vm.get(result))
}

/// `factorial(n)`.
pub(super) fn factorial(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let n = vm.whole_argument(args, 0)?;
    if vm.is_negative(n) {
        return vm.raise(Builtin::ValueError, "factorial() not defined for negative values");
    }
    let Some(n) = vm.to_i64(vm.get(n)) else {
        return vm.raise(Builtin::OverflowError, "factorial() argument should not exceed 9223372036854775807");
    };
    product_of_range(vm, 2, n as u64)
}

/// Factors that are multiplied one after the other; more are halved, for factors of one size are multiplied quickest.
const FEW: u64 = 64;

/// The product of all integers from `first` to `last`.
fn product_of_range(vm: &mut Vm<'_>, first: u64, last: u64) -> Outcome<Value> {
    let mark = vm.mark();
    let result = vm.root(ONE)?;
    if last.saturating_sub(first) > FEW {
        let middle = first.midpoint(last);
        let low = product_of_range(vm, first, middle)?;
        vm.set(result, low);
        let high = product_of_range(vm, middle + 1, last)?;
        let high = vm.root(high)?;
        vm.multiply_into(result, high)?;
    } else {
        let mut product = 1u64;
        for factor in first..=last {
            product = if let Some(larger) = product.checked_mul(factor) {
                larger
            } else {
                vm.multiply_by(result, product)?;
                factor
            };
        }
        vm.multiply_by(result, product)?;
    }
    let value = vm.get(result);
    vm.release(mark);
    Ok(value)
}

/// `perm(n, k=None)`.
pub(super) fn perm(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() < 2 || vm.arg(args, 1) == Value::NONE {
        return factorial(vm, args);
    }
    let (n, k) = (vm.whole_argument(args, 0)?, vm.whole_argument(args, 1)?);
    if let Some(nothing) = check_n_k(vm, n, k)? {
        return Ok(nothing);
    }
    let Some(count) = vm.to_i64(vm.get(k)) else {
        return vm.raise(Builtin::OverflowError, "k must not exceed 9223372036854775807");
    };
    if let Some(n) = vm.to_i64(vm.get(n)) {
        return product_of_range(vm, (n - count) as u64 + 1, n as u64);
    }
    falling_product(vm, n, count as u64, false)
}

/// ValueError of negative ones; 0 where `k > n`.
fn check_n_k(vm: &mut Vm<'_>, n: Root, k: Root) -> Outcome<Option<Value>> {
    if vm.is_negative(n) {
        return vm.raise(Builtin::ValueError, "n must be a non-negative integer");
    }
    if vm.is_negative(k) {
        return vm.raise(Builtin::ValueError, "k must be a non-negative integer");
    }
    let order = vm.compare_number(vm.get(k), vm.get(n)).flatten();
    Ok((order == Some(core::cmp::Ordering::Greater)).then_some(ZERO))
}

/// `n (n - 1) .. (n - count + 1)`, divided by `count!` where asked for.
fn falling_product(vm: &mut Vm<'_>, n: Root, count: u64, divide: bool) -> Outcome<Value> {
    let (result, factor, divisor) = vm.root3(ONE, vm.get(n), ONE)?;
    let one = vm.root(ONE)?;
    for index in 0..count {
        vm.multiply_into(result, factor)?;
        let next = vm.add_integers(factor, one, true)?;
        vm.set(factor, next);
        if divide {
            let value = vm.new_uint(index + 1)?;
            vm.set(divisor, value);
            let (quotient, _) = vm.divide_integers(result, divisor, true, false)?;
            vm.set(result, quotient);
        }
    }
    Ok(vm.get(result))
}

/// `comb(n, k)`.
pub(super) fn comb(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (n, k) = (vm.whole_argument(args, 0)?, vm.whole_argument(args, 1)?);
    if let Some(nothing) = check_n_k(vm, n, k)? {
        return Ok(nothing);
    }
    let rest = vm.add_integers(n, k, true)?;
    let rest = vm.root(rest)?;
    let order = vm.compare_number(vm.get(rest), vm.get(k)).flatten();
    let smaller = if order == Some(core::cmp::Ordering::Less) { rest } else { k };
    let Some(count) = vm.to_i64(vm.get(smaller)) else {
        return vm.raise(Builtin::OverflowError, "min(n - k, k) must not exceed 9223372036854775807");
    };
    if let Some(n) = vm.to_i64(vm.get(n)) {
        // While it fits, each step is exact: the product of i numbers in a row is a multiple of i!.
        let steps = (1..=count as u64).zip((0..=n as u64).rev());
        let all = steps.into_iter().try_fold(1u64, |result, (divisor, factor)| {
            result.checked_mul(factor).and_then(|product| product.checked_div(divisor))
        });
        if let Some(result) = all {
            return vm.new_uint(result);
        }
    }
    falling_product(vm, n, count as u64, true)
}

/// `isqrt(n)`: Newton's method with a precision that doubles, as in CPython.
pub(super) fn isqrt(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let n = vm.whole_argument(args, 0)?;
    if vm.is_negative(n) {
        return vm.raise(Builtin::ValueError, "isqrt() argument must be nonnegative");
    }
    if let Some(small) = vm.to_i64(vm.get(n)) {
        return vm.new_uint((small as u64).isqrt());
    }
    let bits = vm.integer(vm.get(n)).map_or(0, |integer| limbs::bits(vm.limbs(&integer)));
    let c = (bits - 1) / 2;
    let (a, part) = vm.root2(ONE, ZERO)?;
    let mut d = 0u64;
    for s in (0..64 - c.leading_zeros()).rev() {
        let e = d;
        d = c >> s;
        let shifted = vm.shift_right(n, 2 * c - e - d + 1)?;
        vm.set(part, shifted);
        let (quotient, _) = vm.divide_integers(part, a, true, false)?;
        vm.set(part, quotient);
        if d - e > 1 {
            let shifted = vm.shift_left(a, d - e - 1)?;
            vm.set(a, shifted);
        }
        let sum = vm.add_integers(a, part, false)?;
        vm.set(a, sum);
    }
    let square = vm.multiply_integers(a, a)?;
    if vm.compare_number(square, vm.get(n)).flatten() == Some(core::cmp::Ordering::Greater) {
        let value = vm.get(a);
        return vm.binary(Binary::Subtract, value, ONE);
    }
    Ok(vm.get(a))
}
