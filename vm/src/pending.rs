//! What the natives' folders will provide: delete each here when it is there.

use crate::error::Outcome;
use nano_wire::value::Value;

impl crate::vm::Vm<'_> {
    /// `object.__repr__(value)` and, of an exception, `BaseException.__repr__`: what `repr` does without `__repr__`.
    pub(crate) fn repr_plainly(&mut self, value: Value) -> Outcome<Value> {
        self.repr(value)
    }

    /// `BaseException.__str__(value)`: what `str` does without `__str__`.
    pub(crate) fn str_plainly(&mut self, value: Value) -> Outcome<Value> {
        self.str(value)
    }
}
