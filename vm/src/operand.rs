//! Operands that builtin operations don't take as they are: values held by instances, and what is said of the others.

use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Line, Vm};
use core::fmt::Write as _;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Is it a kind that is joined by `+` and repeated by `*`?
pub(crate) fn is_sequence(kind: u8) -> bool {
    matches!(kind, kind::STR | kind::BYTES | kind::BYTEARRAY | kind::LIST | kind::TUPLE)
}

impl Vm<'_> {
    /// An operation of values that instances hold; `None`: they have none such, and the classes of the instances are
    /// named.
    pub(crate) fn binary_of_held(
        &mut self,
        operation: Binary,
        a: Value,
        b: Value,
        in_place: bool,
    ) -> Outcome<Option<Value>> {
        let mark = self.mark();
        let (a, b) = self.root2(a, b)?;
        let mut result = self.binary_number(operation, self.get(a), self.get(b))?;
        if result.is_none() && in_place && operation == Binary::Add && self.kind(self.get(a)) == kind::BYTEARRAY {
            result = Some(self.extend_bytearray(self.get(a), self.get(b))?);
        }
        if result.is_none() {
            result = self.binary_text(operation, self.get(a), self.get(b))?;
        }
        if result.is_none() {
            result = self.binary_container(operation, self.get(a), self.get(b), in_place)?;
        }
        self.release(mark);
        Ok(result)
    }

    /// Can a sequence go on with this? Of others it is asked later.
    pub(crate) fn can_join(&self, a: Value, b: Value) -> bool {
        match self.kind(a) {
            kind::STR => self.is_str(b),
            kind::BYTES | kind::BYTEARRAY => self.is_bytes_like(b),
            kind::LIST | kind::TUPLE => self.kind(a) == self.kind(b),
            _ => true,
        }
    }

    /// What sequences say about an operand that they can't be added to, or repeated by.
    /// (Of instances only where it is the values they hold that were asked.)
    pub(crate) fn refuse_sequence(
        &mut self,
        operation: Binary,
        a: Value,
        b: Value,
        in_place: bool,
        held: bool,
    ) -> Outcome<()> {
        let (ka, kb) = if held { (self.plain(a), self.plain(b)) } else { (a, b) };
        let (ka, kb) = (self.kind(ka), self.kind(kb));
        let (left, right) = (self.type_name(a), self.type_name(b));
        match operation {
            Binary::Add if matches!(ka, kind::BYTES | kind::BYTEARRAY) => {
                self.raise_fmt(Builtin::TypeError, format_args!("can't concat {right} to {left}"))
            }
            Binary::Add if ka == kind::LIST && in_place => {
                self.raise_fmt(Builtin::TypeError, format_args!("'{right}' object is not iterable"))
            }
            Binary::Add if is_sequence(ka) => {
                let left = self.type_name(self.plain(a));
                self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("can only concatenate {left} (not \"{right}\") to {left}"),
                )
            }
            Binary::Or | Binary::And | Binary::Xor | Binary::Subtract
                if ka == kind::DICT_VIEW && self.field(a, 0) != Value::builtin(Builtin::DictValuesType) =>
            {
                self.raise_fmt(Builtin::TypeError, format_args!("'{right}' object is not iterable"))
            }
            Binary::Multiply if is_sequence(ka) || is_sequence(kb) => {
                let other = if is_sequence(ka) { right } else { left };
                self.raise_fmt(Builtin::TypeError, format_args!("can't multiply sequence by non-int of type '{other}'"))
            }
            _ => Ok(()),
        }
    }

    /// As [`Vm::type_name`], of an argument whose type was checked: None goes by its own name.
    pub(crate) fn given_name(&self, value: Value) -> Line {
        let mut line = self.type_name(value);
        if value == Value::NONE {
            line = Line::default();
            let _ = line.write_str("None");
        }
        line
    }
}
