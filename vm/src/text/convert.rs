//! The functions ascii, bin, chr, format, hex, oct, ord and repr.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) fn repr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.repr(vm.arg(args, 0))
}

pub(super) fn ascii(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.ascii(vm.arg(args, 0))
}

/// `format(value, spec="")`.
pub(super) fn format(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if vm.arg(args, 1).is_unbound() {
        let empty = vm.new_str("")?;
        return vm.format(vm.arg(args, 0), empty);
    }
    if !vm.is_text_argument(args, 1, true) {
        let name = vm.given_name(vm.arg(args, 1));
        return vm.raise_fmt(Builtin::TypeError, format_args!("format() argument 2 must be str, not {name}"));
    }
    vm.format(vm.arg(args, 0), vm.arg(args, 1))
}

pub(super) fn chr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let number = vm.integer_argument(vm.arg(args, 0))?;
    if i32::try_from(number).is_err() {
        return vm.raise(Builtin::OverflowError, "Python int too large to convert to C int");
    }
    match u32::try_from(number).ok().and_then(char::from_u32) {
        Some(character) => vm.new_char(character),
        None if (0xD800..0xE000).contains(&number) => {
            vm.raise(Builtin::ValueError, "chr() arg is a surrogate, which text can't hold here")
        }
        None => vm.raise(Builtin::ValueError, "chr() arg not in range(0x110000)"),
    }
}

pub(super) fn ord(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.plain(vm.arg(args, 0));
    if vm.flavor(value).is_none() {
        return vm.raise_type("ord() expected string of length 1, but {} found", value);
    }
    let length = vm.text_length(value);
    if length != 1 {
        return vm.raise_fmt(
            Builtin::TypeError,
            format_args!("ord() expected a character, but string of length {length} found"),
        );
    }
    let code = if vm.is_str(value) {
        vm.char_at(value, 0).map_or(0, |(character, _)| character as i32)
    } else {
        vm.view(value).first().map_or(0, |byte| i32::from(*byte))
    };
    Ok(Value::small_unchecked(code))
}

/// An integer with the prefix of its radix.
fn prefixed(vm: &mut Vm<'_>, args: Args, radix: u32, prefix: &str) -> Outcome<Value> {
    let mut value = vm.plain(vm.arg(args, 0));
    if !vm.is_int(value) {
        value = match vm.call_special(value, "__index__", &[])? {
            Some(made) if vm.is_int(made) => made,
            Some(made) => {
                return vm.raise_type("__index__ returned non-int (type {})", made);
            }
            None => {
                return vm.raise_type("'{}' object cannot be interpreted as an integer", vm.arg(args, 0));
            }
        };
    }
    let value = vm.root(value)?;
    let mut out = TextBuilder::new(vm, 16)?;
    if vm.int_is_negative(vm.get(value)) {
        out.push_byte(vm, b'-')?;
    }
    out.push_str(vm, prefix)?;
    out.push_int_magnitude(vm, vm.get(value), radix, false)?;
    Ok(out.finish(vm))
}

pub(super) fn bin(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    prefixed(vm, args, 2, "0b")
}

pub(super) fn oct(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    prefixed(vm, args, 8, "0o")
}

pub(super) fn hex(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    prefixed(vm, args, 16, "0x")
}
