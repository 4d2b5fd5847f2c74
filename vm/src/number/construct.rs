//! The constructors int(), float() and bool(), and what else makes a number of a value.

use super::decimal;
use super::radix::{self, Unreadable};
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Characters of a value that a message quotes at most, as CPython.
const QUOTED: usize = 200;

/// `int(x=0, /, base=10)`.
pub(super) fn int(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if vm.arg(args, 1).is_unbound() {
        if value.is_unbound() {
            return Ok(Value::small_unchecked(0));
        }
        return int_of(vm, args);
    }
    if value.is_unbound() {
        return vm.raise(Builtin::TypeError, "int() missing string argument");
    }
    let base = vm.arg(args, 1);
    let Some(base) = vm.index_of(base)? else {
        let base = vm.arg(args, 1);
        return vm.not_an_integer(base);
    };
    if base != 0 && !(2..=36).contains(&base) {
        return vm.raise(Builtin::ValueError, "int() base must be >= 2 and <= 36, or 0");
    }
    let text = vm.plain(vm.arg(args, 0));
    vm.set(args.root(0), text);
    match vm.kind(text) {
        kind::STR | kind::BYTES | kind::BYTEARRAY => vm.int_of_text(args.root(0), base as u32),
        _ => vm.raise(Builtin::TypeError, "int() can't convert non-string with explicit base"),
    }
}

/// `int(value)`.
fn int_of(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if let Some(integer) = plain_integer(vm, value) {
        return Ok(integer);
    }
    match vm.kind(value) {
        kind::FLOAT => return vm.int_from_float(vm.float(value)),
        kind::STR | kind::BYTES | kind::BYTEARRAY => return vm.int_of_text(args.root(0), 10),
        kind::INSTANCE => {
            for name in ["__int__", "__index__", "__trunc__"] {
                let value = vm.arg(args, 0);
                if let Some(number) = vm.integer_of_special(value, name)? {
                    return Ok(plain_integer(vm, number).unwrap_or(number));
                }
            }
            if let Some(held) = vm.held(vm.arg(args, 0)) {
                let held = vm.root_all(&[held])?;
                return int_of(vm, held);
            }
        }
        _ => {}
    }
    vm.raise_type("int() argument must be a string, a bytes-like object or a real number, not '{}'", vm.arg(args, 0))
}

/// An int as it is, a bool as an int.
fn plain_integer(vm: &Vm<'_>, value: Value) -> Option<Value> {
    if value == Value::TRUE || value == Value::FALSE {
        return Some(Value::small_unchecked(i32::from(value == Value::TRUE)));
    }
    vm.is_integer(value).then_some(value)
}

/// `float(x=0.0, /)`.
pub(super) fn float(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 0 {
        return vm.new_float(0.0);
    }
    let value = vm.arg(args, 0);
    match vm.kind(value) {
        kind::FLOAT => Ok(value),
        kind::STR | kind::BYTES | kind::BYTEARRAY => {
            let number = vm.float_of_text(args.root(0))?;
            vm.new_float(number)
        }
        _ => {
            if let Some(number) = vm.real_value(value)? {
                return vm.new_float(number);
            }
            if let Some(held) = vm.held(vm.arg(args, 0))
                && matches!(vm.kind(held), kind::STR | kind::BYTES | kind::BYTEARRAY)
            {
                vm.set(args.root(0), held);
                let number = vm.float_of_text(args.root(0))?;
                return vm.new_float(number);
            }
            vm.raise_type("float() argument must be a string or a real number, not '{}'", vm.arg(args, 0))
        }
    }
}

/// `bool(x=False, /)`.
pub(super) fn bool(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 0 {
        return Ok(Value::FALSE);
    }
    let value = vm.arg(args, 0);
    vm.truth(value).map(Value::bool)
}

/// Is every underscore between two digits?
fn underscores_are_fine(bytes: &[u8]) -> bool {
    let mut before = 0;
    let mut rest = bytes.iter().peekable();
    while let Some(byte) = rest.next() {
        if *byte == b'_' {
            let after = rest.peek().is_some_and(|after| after.is_ascii_digit());
            if !u8::is_ascii_digit(&before) || !after {
                return false;
            }
        }
        before = *byte;
    }
    true
}

impl Vm<'_> {
    /// The float that a value stands for: a float, int or bool, or what `__float__` or `__index__` returns; `None`: it
    /// stands for none.
    pub(crate) fn real_value(&mut self, value: Value) -> Outcome<Option<f64>> {
        if self.kind(value) == kind::FLOAT {
            return Ok(Some(self.float(value)));
        }
        if self.is_integer(value) {
            return self.to_float(value).map(Some);
        }
        if self.kind(value) != kind::INSTANCE {
            return Ok(None);
        }
        let mark = self.mark();
        let kept = self.root(value)?;
        let held = self.plain(value);
        let result = if let Some(method) = self.special(value, "__float__")? {
            let result = self.call_values(method, &[])?;
            if self.kind(result) != kind::FLOAT {
                let (class, given) = (self.type_name(self.get(kept)), self.type_name(result));
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{class}.__float__ returned non-float (type {given})"),
                );
            }
            Some(self.float(result))
        } else if self.kind(held) == kind::FLOAT || self.is_integer(held) {
            self.real_value(self.plain(self.get(kept)))?
        } else {
            match self.index_value(self.get(kept))? {
                Some(index) => Some(self.to_float(index)?),
                None => None,
            }
        };
        self.release(mark);
        Ok(result)
    }

    /// The int written in a str, bytes or bytearray (a root); ValueError where it is none.
    fn int_of_text(&mut self, root: Root, base: u32) -> Outcome<Value> {
        let mark = self.mark();
        let plain = self.plain_bytes(root)?;
        let number = self.int_from_text(plain, base)?;
        self.release(mark);
        match number {
            Ok(value) => Ok(value),
            Err(Unreadable::TooLong(digits)) => self.raise_fmt(
                Builtin::ValueError,
                format_args!(
                    "Exceeds the limit (4300 digits) for integer string conversion: value has {digits} digits; \
                     use sys.set_int_max_str_digits() to increase the limit"
                ),
            ),
            Err(Unreadable::Invalid) => {
                let mut prefix = crate::vm::Line::default();
                let _ = core::fmt::write(&mut prefix, format_args!("invalid literal for int() with base {base}: "));
                self.raise_quoting(prefix.as_str(), root)
            }
        }
    }

    /// The float written in a str, bytes or bytearray (a root); ValueError where it is none.
    fn float_of_text(&mut self, root: Root) -> Outcome<f64> {
        let mark = self.mark();
        let plain = self.plain_bytes(root)?;
        let (start, stripped) = radix::strip(self.bytes(self.get(plain)));
        if let Some(number) = decimal::read(stripped) {
            self.release(mark);
            return Ok(number);
        }
        if stripped.contains(&b'_') && underscores_are_fine(stripped) {
            let length = stripped.len();
            let copy = self.alloc(kind::BYTES, length as u32)?;
            let mut at = 0;
            for index in start..start + length {
                let byte = self.bytes(self.get(plain)).get(index).copied().unwrap_or(b'_');
                if byte != b'_' {
                    if let Some(place) = self.bytes_mut(copy).get_mut(at) {
                        *place = byte;
                    }
                    at += 1;
                }
            }
            if let Some(number) = self.bytes(copy).get(..at).and_then(decimal::read) {
                self.release(mark);
                return Ok(number);
            }
        }
        self.raise_quoting("could not convert string to float: ", root)
    }

    /// A root whose bytes are what a number may be written in: a bytearray (which becomes bytes, as messages show it), and
    /// text beyond ASCII with its decimal digits and spaces replaced by those of ASCII, everything else by `?`.
    fn plain_bytes(&mut self, root: Root) -> Outcome<Root> {
        let value = self.get(root);
        match self.kind(value) {
            kind::BYTEARRAY => {
                let length = self.number(value, 0);
                let copy = self.alloc(kind::BYTES, length)?;
                let buffer = self.field(self.get(root), 1);
                self.mem.copy_bytes(buffer.0 + 4, copy.0 + 4, length);
                self.set(root, copy);
                Ok(root)
            }
            kind::STR if !self.is_ascii(value) => {
                let count = self.text_length(value) as usize;
                let copy = self.alloc(kind::BYTES, count as u32)?;
                let (mut from, mut to) = (0, 0);
                while let Some(next) = self.text(self.get(root)).get(from..).and_then(|rest| rest.chars().next()) {
                    from += next.len_utf8();
                    let byte = if next.is_ascii() {
                        next as u8
                    } else if crate::text::is_space(next) {
                        b' '
                    } else {
                        crate::text::decimal_digit(next).map_or(b'?', |digit| b'0' + digit as u8)
                    };
                    if let Some(place) = self.bytes_mut(copy).get_mut(to) {
                        *place = byte;
                    }
                    to += 1;
                }
                self.root(copy)
            }
            _ => Ok(root),
        }
    }

    /// ValueError whose message ends with the repr of a value.
    #[cold]
    fn raise_quoting<T>(&mut self, prefix: &str, root: Root) -> Outcome<T> {
        let text = self.repr(self.get(root))?;
        let root = self.root(text)?;
        let text = self.get(root);
        let quoted = self.text(text);
        let length = quoted.char_indices().nth(QUOTED).map_or(quoted.len(), |(at, _)| at) as u32;
        let ascii = quoted.is_ascii();
        let start = prefix.len() as u32;
        let message = self.new_str_unfilled(start + length, ascii)?;
        if let Some(target) = self.bytes_mut(message).get_mut(..prefix.len()) {
            target.copy_from_slice(prefix.as_bytes());
        }
        let text = self.get(root);
        self.copy_text(text, 0, message.0 + 8 + start, length);
        self.raise_value(Builtin::ValueError, message)
    }
}
