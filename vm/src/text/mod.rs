//! str, bytes and bytearray: methods, formatting, `repr` and `str` of everything.

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
    /// `+`, `*`, `%` where an operand is text or bytes; `None`: not of this kind.
    pub fn binary_text(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Option<Value>> {
        let _ = (operation, a, b);
        Ok(None)
    }

    /// Order of two texts or two bytes-likes; `None`: not of this kind.
    pub fn compare_text(&self, a: Value, b: Value) -> Option<core::cmp::Ordering> {
        let _ = (a, b);
        None
    }

    /// `text[key]` for an integer key; `None`: not text or bytes.
    pub fn get_item_text(&mut self, text: Value, key: Value) -> Outcome<Option<Value>> {
        let _ = (text, key);
        Ok(None)
    }

    /// `text[start:stop:step]`, each an integer-like or None; `None`: not text or bytes.
    pub fn get_slice_text(&mut self, text: Value, start: Value, stop: Value, step: Value) -> Outcome<Option<Value>> {
        let _ = (text, start, stop, step);
        Ok(None)
    }

    /// `item in text`; `None`: not text or bytes.
    pub fn contains_text(&mut self, text: Value, item: Value) -> Outcome<Option<bool>> {
        let _ = (text, item);
        Ok(None)
    }

    /// Characters of a str, bytes of a bytes-like; `None`: not of this kind.
    pub fn length_text(&self, value: Value) -> Option<u32> {
        let _ = (value);
        None
    }

    /// `repr(value)`: a str object. Serves every kind; instances through `__repr__`.
    pub fn repr(&mut self, value: Value) -> Outcome<Value> {
        let _ = (value);
        Ok(Value::NONE)
    }

    /// `str(value)`: a str object.
    pub fn str(&mut self, value: Value) -> Outcome<Value> {
        let _ = (value);
        Ok(Value::NONE)
    }

    /// `ascii(value)`: a str object.
    pub fn ascii(&mut self, value: Value) -> Outcome<Value> {
        let _ = (value);
        Ok(Value::NONE)
    }

    /// `format(value, spec)`, spec a str object: a str object.
    pub fn format(&mut self, value: Value, spec: Value) -> Outcome<Value> {
        let _ = (value, spec);
        Ok(Value::NONE)
    }
}
