//! int, bool and float: arithmetic, conversion, `math`, `time` and `device`.

mod additive;
mod arithmetic;
mod compare;
mod construct;
pub(crate) mod decimal;
mod device;
mod elementary;
mod float_methods;
mod functions;
mod int_methods;
mod integer;
mod limbs;
mod math;
mod math_integer;
mod math_sequence;
mod product;
mod quotient;
mod radix;
mod real;
pub(crate) mod small;
mod time;

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// The native behind a builtin function, constructor or module member of this area.
pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    static ABS: Native = Native::new("abs", functions::abs, 1, 1);
    static BOOL: Native = Native::new("bool", construct::bool, 0, 1);
    static DIVMOD: Native = Native::new("divmod", functions::divmod, 2, 2);
    static FLOAT: Native = Native::new("float", construct::float, 0, 1);
    static INT: Native = Native::new("int,,base", construct::int, 0, 2);
    static POW: Native = Native::new("pow,base,exp,mod", functions::pow, 2, 3);
    static ROUND: Native = Native::new("round,number,ndigits", functions::round, 1, 2);
    Some(match builtin {
        Builtin::Abs => &ABS,
        Builtin::BoolType => &BOOL,
        Builtin::Divmod => &DIVMOD,
        Builtin::FloatType => &FLOAT,
        Builtin::IntType => &INT,
        Builtin::Pow => &POW,
        Builtin::Round => &ROUND,
        _ => return math::function(builtin).or_else(|| time::function(builtin)).or_else(|| device::function(builtin)),
    })
}

/// The methods of int and float.
pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    match builtin_type {
        Builtin::IntType => int_methods::METHODS,
        Builtin::FloatType => float_methods::METHODS,
        _ => &[],
    }
}

impl crate::vm::Vm<'_> {
    /// Attributes of numbers that are values: `real`, `numerator`, ..; `None`: no such attribute.
    pub(crate) fn number_attribute(&self, value: Value, name: &str) -> Option<Value> {
        let integer = self.is_integer(value);
        if !integer && self.kind(value) != kind::FLOAT {
            return None;
        }
        match name {
            "real" | "numerator" if value == Value::TRUE => Some(Value::small_unchecked(1)),
            "real" | "numerator" if value == Value::FALSE => Some(Value::small_unchecked(0)),
            "real" => Some(value),
            "numerator" if integer => Some(value),
            "imag" if integer => Some(Value::small_unchecked(0)),
            "denominator" if integer => Some(Value::small_unchecked(1)),
            _ => None,
        }
    }

    /// An index: the integer clamped to i64, of int, bool or an instance with `__index__`. `None`: it is none of them,
    /// and the TypeError naming what was asked ("list indices must be integers or slices, not str") is the caller's.
    pub fn index_of(&mut self, value: Value) -> Outcome<Option<i64>> {
        if let Some(number) = self.to_i64_clamped(value) {
            return Ok(Some(number));
        }
        if self.kind(value) != kind::INSTANCE {
            return Ok(None);
        }
        let index = self.index_value(value)?;
        Ok(index.and_then(|index| self.to_i64_clamped(index)))
    }

    /// The integer that a value stands for: an int, a bool, what `__index__` returns; `None`: it has none.
    pub(crate) fn index_value(&mut self, value: Value) -> Outcome<Option<Value>> {
        if self.is_integer(value) {
            return Ok(Some(value));
        }
        if self.kind(value) != kind::INSTANCE {
            return Ok(None);
        }
        if let Some(held) = self.held(value)
            && self.is_integer(held)
        {
            return Ok(Some(held));
        }
        self.integer_of_special(value, "__index__")
    }

    /// What the special method `name` of an instance returns, which has to be an int.
    fn integer_of_special(&mut self, value: Value, name: &str) -> Outcome<Option<Value>> {
        let Some(method) = self.special(value, name)? else { return Ok(None) };
        let result = self.call_values(method, &[])?;
        if self.is_integer(result) {
            return Ok(Some(result));
        }
        let given = self.type_name(result);
        self.raise_fmt(Builtin::TypeError, format_args!("{name} returned non-int (type {given})"))
    }
}
