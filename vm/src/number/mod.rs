//! int, bool and float: arithmetic, conversion, `math`, `time` and `device`.

mod integer;
mod limbs;
mod radix;

use crate::error::Outcome;
use crate::native::Native;
use crate::protocol::Binary;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    let _ = builtin;
    None
}

pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    let _ = builtin_type;
    &[]
}

impl crate::vm::Vm<'_> {
    /// A binary operation on two numbers (bool counts as int); `None`: not two numbers.
    pub fn binary_number(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Option<Value>> {
        let _ = (operation, a, b);
        Ok(None)
    }

    /// `-value`; `None`: not a number.
    pub fn negate_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        let _ = (value);
        Ok(None)
    }

    /// `+value`; `None`: not a number.
    pub fn positive_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        let _ = (value);
        Ok(None)
    }

    /// `~value`; `None`: not an integer.
    pub fn invert_number(&mut self, value: Value) -> Outcome<Option<Value>> {
        let _ = (value);
        Ok(None)
    }

    /// Order of two numbers (`Some(None)`: unordered, a NaN); `None`: not two numbers.
    pub fn compare_number(&self, a: Value, b: Value) -> Option<Option<core::cmp::Ordering>> {
        let _ = (a, b);
        None
    }

    /// Hash of a number, equal for equal numbers (1 == 1.0 == True); `None`: not a number.
    pub fn hash_number(&self, value: Value) -> Option<u32> {
        let _ = (value);
        None
    }

    /// An index: the integer clamped to i64, of int, bool or an instance with `__index__`; TypeError naming what was asked (`what`, for example "list indices must be integers or slices, not {type}") is the caller's: `None`: not an integer.
    pub fn index_of(&mut self, value: Value) -> Outcome<Option<i64>> {
        let _ = (value);
        Ok(None)
    }
}
