//! bytes and bytearray: constructors, `hex`, `fromhex`.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// `bytes(source=b"", encoding, errors)`.
pub(super) fn new_bytes(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    make(vm, args, "bytes")
}

/// `bytearray(source=b"", encoding, errors)`.
pub(super) fn new_bytearray(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let made = make(vm, args, "bytearray")?;
    if vm.arg(args, 0) == made && vm.kind(made) == kind::BYTES {
        // A bytes object given is shared with its owner: its bytes are copied.
        let (bytes, length) = vm.blob_root(made)?;
        let copy = vm.alloc(kind::BYTES, length)?;
        vm.copy_text(vm.get(bytes), 0, copy.0 + 4, length);
        return vm.bytearray_of(copy);
    }
    vm.bytearray_of(made)
}

fn make(vm: &mut Vm<'_>, args: Args, type_name: &str) -> Outcome<Value> {
    let (source, encoding, errors) = (vm.arg(args, 0), vm.arg(args, 1), vm.arg(args, 2));
    if vm.kind(source) == kind::STR {
        if encoding.is_unbound() {
            return vm.raise(Builtin::TypeError, "string argument without an encoding");
        }
        return vm.encode_text(args.root(0), encoding, args.root(2), type_name);
    }
    if !encoding.is_unbound() || !errors.is_unbound() {
        return vm.raise(Builtin::TypeError, "encoding without a string argument");
    }
    if source.is_unbound() {
        return vm.alloc(kind::BYTES, 0);
    }
    match vm.kind(source) {
        kind::BYTES => return Ok(source),
        kind::BYTEARRAY => {
            let (blob, length) = vm.blob_root(source)?;
            let copy = vm.alloc(kind::BYTES, length)?;
            vm.copy_text(vm.get(blob), 0, copy.0 + 4, length);
            return Ok(copy);
        }
        _ => {}
    }
    if vm.is(source, kind::INSTANCE)
        && let Some(made) = vm.call_special(source, "__bytes__", &[])?
    {
        if vm.kind(made) == kind::BYTES {
            return Ok(made);
        }
        return vm.raise_type("__bytes__ returned non-bytes (type {})", made);
    }
    if let Some(count) = vm.index_of(vm.arg(args, 0))? {
        return zeros(vm, count);
    }
    vm.bytes_from_iterable(args.root(0), type_name)
}

fn zeros(vm: &mut Vm<'_>, count: i64) -> Outcome<Value> {
    if matches!(count, i64::MIN | i64::MAX) {
        return vm.raise(Builtin::OverflowError, "cannot fit 'int' into an index-sized integer");
    }
    if count < 0 {
        return vm.raise(Builtin::ValueError, "negative count");
    }
    match u32::try_from(count) {
        Ok(count) => vm.alloc(kind::BYTES, count),
        Err(_) => vm.memory_error(),
    }
}

impl Vm<'_> {
    /// A bytes object of the integers of an iterable.
    pub(crate) fn bytes_from_iterable(&mut self, source: Root, type_name: &str) -> Outcome<Value> {
        let mark = self.mark();
        let mut out = TextBuilder::bytes(self, 0)?;
        let value = self.get(source);
        if matches!(self.kind(value), kind::LIST | kind::TUPLE) {
            let mut index = 0;
            while let Some(item) = self.items(self.get(source)).get(index).copied() {
                self.work(1)?;
                let byte = self.byte_item(item, type_name)?;
                out.push_byte(self, byte)?;
                index += 1;
            }
        } else {
            let iterator = match self.iter(value) {
                Ok(iterator) => self.root(iterator)?,
                Err(raise) => {
                    if self.raised_is(Builtin::TypeError) {
                        self.take_exception();
                        let name = self.type_name(self.get(source));
                        return self.raise_fmt(
                            Builtin::TypeError,
                            format_args!("cannot convert '{name}' object to {type_name}"),
                        );
                    }
                    return Err(raise);
                }
            };
            while let Some(item) = self.next(self.get(iterator))? {
                self.work(1)?;
                let byte = self.byte_item(item, type_name)?;
                out.push_byte(self, byte)?;
            }
        }
        let made = out.finish(self);
        self.release(mark);
        Ok(made)
    }

    /// An item as a byte.
    fn byte_item(&mut self, item: Value, type_name: &str) -> Outcome<u8> {
        let number = self.integer_argument(item)?;
        match u8::try_from(number) {
            Ok(byte) => Ok(byte),
            Err(_) if type_name == "bytes" => self.raise(Builtin::ValueError, "bytes must be in range(0, 256)"),
            Err(_) => self.byte_of(number),
        }
    }

    /// A bytearray of bytes that lie outside the arena.
    pub fn new_bytearray(&mut self, bytes: &[u8]) -> Outcome<Value> {
        let made = self.new_bytes(bytes)?;
        self.bytearray_of(made)
    }
}

/// `bytes.fromhex(text)`, also of bytearray. (A receiver, if any, stands before the text.)
pub(super) fn fromhex(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let last = args.len().saturating_sub(1);
    let text = args.root(last);
    if !vm.is_text_argument(args, last, true) {
        return vm.raise_type("fromhex() argument must be str, not {}", vm.get(text));
    }
    let length = vm.length(vm.get(text));
    let mut out = TextBuilder::bytes(vm, length / 2)?;
    let digit = |vm: &Vm<'_>, at: u32| {
        let byte = vm.bytes(vm.get(text)).get(at as usize).copied().unwrap_or(0);
        (byte as char).to_digit(16).map(|digit| digit as u8)
    };
    let mut at = 0;
    while at < length {
        vm.work(1)?;
        if matches!(vm.bytes(vm.get(text)).get(at as usize), Some(b' ' | b'\t'..=b'\r')) {
            at += 1;
            continue;
        }
        let (high, low) = (digit(vm, at), digit(vm, at + 1));
        let (Some(high), Some(low)) = (high, low) else {
            let at = vm.position_at(vm.get(text), at + u32::from(high.is_some()));
            return vm.raise_fmt(
                Builtin::ValueError,
                format_args!("non-hexadecimal number found in fromhex() arg at position {at}"),
            );
        };
        out.push_byte(vm, high << 4 | low)?;
        at += 2;
    }
    Ok(out.finish(vm))
}

pub(super) fn fromhex_bytearray(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let made = fromhex(vm, args)?;
    vm.bytearray_of(made)
}

/// `bytes.hex(sep, bytes_per_sep=1)`.
pub(super) fn hex(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let separator = vm.arg(args, 1);
    let mut between = None;
    if !separator.is_unbound() {
        if vm.flavor(separator).is_none() {
            if vm.length_of(separator)? != 1 {
                return vm.raise(Builtin::ValueError, "sep must be length 1.");
            }
            return vm.raise(Builtin::TypeError, "sep must be str or bytes.");
        }
        if vm.text_length(separator) != 1 {
            return vm.raise(Builtin::ValueError, "sep must be length 1.");
        }
        match *vm.view(separator) {
            [byte] if byte.is_ascii() => between = Some(byte),
            _ => return vm.raise(Builtin::ValueError, "sep must be ASCII."),
        }
    }
    let group = vm.integer_or(vm.arg(args, 2), 1)?;
    let every = u32::try_from(group.unsigned_abs()).unwrap_or(u32::MAX);
    let (source, length) = vm.blob_root(vm.arg(args, 0))?;
    let mut out = TextBuilder::new(vm, length.saturating_mul(2))?;
    for at in 0..length {
        vm.work(1)?;
        // Groups are counted from the right, with a negative size from the left.
        let place = if group < 0 { at } else { length - at };
        if let Some(between) = between
            && at > 0
            && every > 0
            && place % every == 0
        {
            out.push_byte(vm, between)?;
        }
        let byte = vm.bytes(vm.get(source)).get(at as usize).copied().unwrap_or(0);
        for digit in [byte >> 4, byte & 15] {
            out.push_byte(vm, char::from_digit(u32::from(digit), 16).unwrap_or('0') as u8)?;
        }
    }
    Ok(out.finish(vm))
}
