//! The functions of `math` over many numbers: fsum, prod, hypot, dist.

use super::elementary::Norm;
use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Floats that a RAW object starts with room for.
const FIRST_PARTIALS: u32 = 8;

/// `prod(iterable, *, start=1)`.
pub(super) fn prod(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let start = vm.arg(args, 1);
    let result = vm.root(if start.is_unbound() { Value::small_unchecked(1) } else { start })?;
    let iterable = vm.arg(args, 0);
    let iterator = vm.iter(iterable)?;
    let iterator = vm.root(iterator)?;
    while let Some(item) = vm.next(vm.get(iterator))? {
        vm.work(1)?;
        let product = vm.binary(Binary::Multiply, vm.get(result), item)?;
        vm.set(result, product);
    }
    Ok(vm.get(result))
}

/// Partial sums that don't overlap, lowest first, kept in a RAW object.
///
/// Source: J. R. Shewchuk, "Adaptive precision floating-point arithmetic", 1997; CPython's `fsum` is the same.
struct Partials {
    buffer: Root,
    count: u32,
}

impl Partials {
    fn get(&self, vm: &Vm<'_>, index: u32) -> f64 {
        let object = vm.get(self.buffer);
        f64::from_bits(u64::from(vm.word(object, index * 2)) | u64::from(vm.word(object, index * 2 + 1)) << 32)
    }

    fn set(&self, vm: &mut Vm<'_>, index: u32, number: f64) {
        let object = vm.get(self.buffer);
        vm.set_word(object, index * 2, number.to_bits() as u32);
        vm.set_word(object, index * 2 + 1, (number.to_bits() >> 32) as u32);
    }

    /// Room for one more.
    fn reserve(&self, vm: &mut Vm<'_>) -> Outcome<()> {
        let words = vm.length(vm.get(self.buffer));
        if (self.count + 1) * 2 <= words {
            return Ok(());
        }
        let larger = vm.alloc(kind::RAW, words * 2)?;
        for index in 0..words {
            let word = vm.word(vm.get(self.buffer), index);
            vm.set_word(larger, index, word);
        }
        vm.set(self.buffer, larger);
        Ok(())
    }
}

/// `fsum(iterable)`: the sum, rounded once.
pub(super) fn fsum(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let buffer = vm.alloc(kind::RAW, FIRST_PARTIALS * 2)?;
    let buffer = vm.root(buffer)?;
    let iterable = vm.arg(args, 0);
    let iterator = vm.iter(iterable)?;
    let iterator = vm.root(iterator)?;
    let mut partials = Partials { buffer, count: 0 };
    let (mut special, mut infinities) = (0.0, 0.0);
    while let Some(item) = vm.next(vm.get(iterator))? {
        vm.work(1)?;
        let original = vm.real_or_type_error(item)?;
        let mut x = original;
        let mut kept = 0;
        for index in 0..partials.count {
            let mut y = partials.get(vm, index);
            if x.abs() < y.abs() {
                (x, y) = (y, x);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials.set(vm, kept, low);
                kept += 1;
            }
            x = high;
        }
        partials.count = kept;
        if x == 0.0 {
            continue;
        }
        if x.is_finite() {
            partials.reserve(vm)?;
            partials.set(vm, kept, x);
            partials.count += 1;
        } else {
            if original.is_finite() {
                return vm.raise(Builtin::OverflowError, "intermediate overflow in fsum");
            }
            if original.is_infinite() {
                infinities += original;
            }
            special += original;
            partials.count = 0;
        }
    }
    if special != 0.0 {
        if infinities.is_nan() {
            return vm.raise(Builtin::ValueError, "-inf + inf in fsum");
        }
        return vm.new_float(special);
    }
    let mut count = partials.count;
    let mut high = 0.0;
    if count > 0 {
        count -= 1;
        high = partials.get(vm, count);
        let mut low = 0.0;
        while count > 0 {
            let x = high;
            count -= 1;
            let y = partials.get(vm, count);
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half to even across what is left.
        if count > 0 {
            let below = partials.get(vm, count - 1);
            if (low < 0.0 && below < 0.0) || (low > 0.0 && below > 0.0) {
                let y = low * 2.0;
                let x = high + y;
                if y == x - high {
                    high = x;
                }
            }
        }
    }
    vm.new_float(high)
}

/// `hypot(*coordinates)`.
pub(super) fn hypot(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    // Each argument's magnitude in its place, as a float.
    let args = vm.own_args(args)?;
    for index in 0..args.len() {
        let x = vm.real_argument(args, index)?.abs();
        let x = vm.new_float(x)?;
        vm.set(args.root(index), x);
    }
    let length = norm(args.len(), |index| vm.float(vm.arg(args, index)));
    vm.new_float(length)
}

/// `dist(p, q)`.
pub(super) fn dist(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let args = vm.own_args(args)?;
    for index in 0..2 {
        let point = vm.arg(args, index);
        if vm.kind(point) != kind::TUPLE {
            let list = vm.list_from(point)?;
            vm.set(args.root(index), list);
        }
    }
    let count = vm.items(vm.arg(args, 0)).len();
    if count != vm.items(vm.arg(args, 1)).len() {
        return vm.raise(Builtin::ValueError, "both points must have the same number of dimensions");
    }
    // Differences, in a RAW object.
    let buffer = vm.alloc(kind::RAW, (count as u32 * 2).max(2))?;
    let differences = Partials { buffer: vm.root(buffer)?, count: count as u32 };
    for index in 0..count {
        let item = |vm: &Vm<'_>, point| vm.items(vm.arg(args, point)).get(index).copied().unwrap_or(Value::NONE);
        let p = item(vm, 0);
        let p = vm.real_or_type_error(p)?;
        let q = item(vm, 1);
        let q = vm.real_or_type_error(q)?;
        differences.set(vm, index as u32, (p - q).abs());
    }
    let length = norm(count, |index| differences.get(vm, index as u32));
    vm.new_float(length)
}

/// Length of the vector of these magnitudes.
fn norm(count: usize, element: impl Fn(usize) -> f64) -> f64 {
    let (mut max, mut nan) = (0.0, false);
    for index in 0..count {
        let x = element(index);
        nan |= x.is_nan();
        if x > max {
            max = x;
        }
    }
    if max == f64::INFINITY {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || count <= 1 {
        return max;
    }
    let mut norm = Norm::new(max);
    for index in 0..count {
        norm.add(element(index));
    }
    norm.length()
}
