//! The builtin functions about numbers: abs, divmod, pow, round.

use super::{arithmetic, real};
use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// `abs(x)`.
pub(super) fn abs(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if let Some(number) = vm.as_float(vm.arg(args, 0)) {
        return vm.new_float(number.abs());
    }
    let args = vm.use_held(args, "__abs__")?;
    let value = vm.arg(args, 0);
    if let Some(result) = vm.absolute_number(value)? {
        return Ok(result);
    }
    if let Some(method) = vm.special(value, "__abs__")? {
        return vm.call_values(method, &[]);
    }
    vm.raise_type("bad operand type for abs(): '{}'", vm.arg(args, 0))
}

/// `divmod(a, b)`.
pub(super) fn divmod(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let given = args;
    let args = vm.use_held(args, "__divmod__")?;
    let (a, b) = (vm.arg(args, 0), vm.arg(args, 1));
    let is_number = |value| vm.is_integer(value) || vm.kind(value) == kind::FLOAT;
    if is_number(a) && is_number(b) {
        if vm.is_integer(a) && vm.is_integer(b) {
            if vm.to_i64(b) == Some(0) {
                return vm.raise(Builtin::ZeroDivisionError, arithmetic::INTEGER_DIVISION);
            }
            let (quotient, rest) = vm.divide_integers(args.root(0), args.root(1), true, true)?;
            return vm.pair(quotient, rest);
        }
        let (x, y) = (vm.to_float(a)?, vm.to_float(b)?);
        if y == 0.0 {
            return vm.raise(Builtin::ZeroDivisionError, "float divmod()");
        }
        let (quotient, rest) = real::divmod(x, y);
        return vm.pair_of_floats(quotient, rest);
    }
    for (name, receiver, other) in [("__divmod__", 0, 1), ("__rdivmod__", 1, 0)] {
        let value = vm.arg(args, receiver);
        if let Some(method) = vm.special(value, name)? {
            let result = vm.call_values(method, &[vm.arg(args, other)])?;
            if result != Value::NOT_IMPLEMENTED {
                return Ok(result);
            }
        }
    }
    let (a, b) = (vm.type_name(vm.arg(given, 0)), vm.type_name(vm.arg(given, 1)));
    vm.raise_fmt(Builtin::TypeError, format_args!("unsupported operand type(s) for divmod(): '{a}' and '{b}'"))
}

/// `pow(base, exp, mod=None)`.
pub(super) fn pow(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let args = vm.use_held(args, "__pow__")?;
    let (base, exponent, modulus) = (vm.arg(args, 0), vm.arg(args, 1), vm.arg(args, 2));
    if modulus.is_unbound() || modulus == Value::NONE {
        return vm.binary(Binary::Power, base, exponent);
    }
    if vm.is_integer(base) && vm.is_integer(exponent) && vm.is_integer(modulus) {
        vm.must_have(Feature::PowModulo)?;
        return vm.power_modulo(args.root(0), args.root(1), args.root(2));
    }
    if let Some(method) = vm.special(base, "__pow__")? {
        let result = vm.call_values(method, &[vm.arg(args, 1), vm.arg(args, 2)])?;
        if result != Value::NOT_IMPLEMENTED {
            return Ok(result);
        }
    }
    let all = [vm.arg(args, 0), vm.arg(args, 1), vm.arg(args, 2)];
    let is_number = |value: &Value| vm.is_integer(*value) || vm.kind(*value) == kind::FLOAT;
    if all.iter().all(is_number) {
        return vm.raise(Builtin::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    }
    let [a, b, c] = all.map(|value| vm.type_name(value));
    vm.raise_fmt(Builtin::TypeError, format_args!("unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'"))
}

/// `round(number, ndigits=None)`.
pub(super) fn round(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let args = vm.use_held(args, "__round__")?;
    let value = vm.arg(args, 0);
    let none = vm.arg(args, 1).is_unbound() || vm.arg(args, 1) == Value::NONE;
    if let Some(method) = vm.special(value, "__round__")? {
        let digits = vm.arg(args, 1);
        return if none { vm.call_values(method, &[]) } else { vm.call_values(method, &[digits]) };
    }
    let value = vm.arg(args, 0);
    let is_float = vm.kind(value) == kind::FLOAT;
    if !is_float && !vm.is_integer(value) {
        return vm.raise_type("type {} doesn't define __round__ method", vm.arg(args, 0));
    }
    if none {
        if is_float {
            return vm.int_from_float(libm::rint(vm.float(value)));
        }
        return Ok(vm.positive_number(value)?.unwrap_or(value));
    }
    let digits = vm.arg(args, 1);
    let Some(digits) = vm.index_of(digits)? else {
        let digits = vm.arg(args, 1);
        return vm.not_an_integer(digits);
    };
    let value = vm.arg(args, 0);
    if is_float {
        let number = vm.round_float(vm.float(value), digits)?;
        return vm.new_float(number);
    }
    if digits >= 0 {
        return Ok(vm.positive_number(value)?.unwrap_or(value));
    }
    vm.round_integer(args.root(0), digits.unsigned_abs())
}

/// An integer rounded to a multiple of 10^digits, half to even; `None`: that, or the power, takes more than 64 bits.
fn round_i64(number: i64, digits: u32) -> Option<i64> {
    let power = arithmetic::power_of_ten(digits)?;
    let (quotient, rest) = arithmetic::floor_divide(number, power)?;
    // What is left over the half; twice the rest is below 2 * 10^18.
    let over = rest * 2 - power;
    let up = over > 0 || over == 0 && quotient & 1 != 0;
    (number.checked_sub(rest)?).checked_add(if up { power } else { 0 })
}

impl Vm<'_> {
    /// An integer (a root) rounded to a multiple of 10^digits, half to even.
    fn round_integer(&mut self, value: Root, digits: u64) -> Outcome<Value> {
        let zero = Value::small_unchecked(0);
        let length = self.integer(self.get(value)).map_or(0, |integer| integer.len() as u64);
        if digits > length * 10 {
            // 10^digits is more than twice as large.
            return Ok(zero);
        }
        if let Some(rounded) = self.to_i64(self.get(value)).and_then(|number| round_i64(number, digits as u32)) {
            return self.new_int(rounded);
        }
        self.must_have(Feature::LongIntegers)?;
        let mark = self.mark();
        let power = self.power_i64(10, digits as i64)?;
        let power = self.root(power)?;
        let (quotient, rest) = self.divide_integers(value, power, true, true)?;
        let (quotient, rest) = self.root2(quotient, rest)?;
        let doubled = self.shift_left_or_zero(rest)?;
        let odd = self.to_i64_low_bit(self.get(quotient));
        let up = match self.compare_number(doubled, self.get(power)).flatten() {
            Some(core::cmp::Ordering::Greater) => true,
            Some(core::cmp::Ordering::Equal) => odd,
            _ => false,
        };
        let result = self.add_integers(value, rest, true)?;
        self.set(rest, result);
        let result = if up { self.add_integers(rest, power, false)? } else { result };
        self.release(mark);
        Ok(result)
    }

    fn shift_left_or_zero(&mut self, value: Root) -> Outcome<Value> {
        if self.to_i64(self.get(value)) == Some(0) { Ok(self.get(value)) } else { self.shift_left(value, 1) }
    }

    fn to_i64_low_bit(&self, value: Value) -> bool {
        self.integer(value).is_some_and(|value| self.limbs(&value).first().is_some_and(|limb| limb & 1 != 0))
    }

    /// A tuple of two values.
    pub(super) fn pair(&mut self, a: Value, b: Value) -> Outcome<Value> {
        let mark = self.mark();
        let items = self.root_all(&[a, b])?;
        let tuple = self.new_tuple(items)?;
        self.release(mark);
        Ok(tuple)
    }

    /// A tuple of two floats.
    pub(super) fn pair_of_floats(&mut self, a: f64, b: f64) -> Outcome<Value> {
        let mark = self.mark();
        let first = self.new_float(a)?;
        let first = self.root(first)?;
        let second = self.new_float(b)?;
        let tuple = self.pair(self.get(first), second)?;
        self.release(mark);
        Ok(tuple)
    }
}

impl Vm<'_> {
    /// The arguments with the builtin values they hold in their place, unless their class has the special method.
    fn use_held(&mut self, args: Args, special: &str) -> Outcome<Args> {
        let holds =
            |vm: &Self, value| vm.held(value).filter(|_| vm.lookup_defined_text(vm.type_of(value), special).is_none());
        if (0..args.len()).all(|index| holds(self, self.arg(args, index)).is_none()) {
            return Ok(args);
        }
        let args = self.own_args(args)?;
        for index in 0..args.len() {
            if let Some(held) = holds(self, self.arg(args, index)) {
                self.set(args.root(index), held);
            }
        }
        Ok(args)
    }
}
