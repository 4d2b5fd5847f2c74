//! Methods that look for text in text: find, index, count, startswith, replace, partition, removeprefix.

use super::search;
use super::view::{Flavor, count_chars, first_char};
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// Checks that an argument can be looked for in argument 0. `Some`: the byte that an integer means.
    fn needle_argument(&mut self, args: Args, index: usize) -> Outcome<Option<u8>> {
        let is_str = self.is_str(self.arg(args, 0));
        if self.is_text_argument(args, index, is_str) {
            return Ok(None);
        }
        let value = self.arg(args, index);
        if is_str {
            return self.raise_type("must be str, not {}", value);
        }
        if let Some(number) = self.index_of(value)? {
            return self.byte_of(number).map(Some);
        }
        self.raise_type("argument should be integer or bytes-like object, not '{}'", self.arg(args, index))
    }

    /// Checks that an argument is text of the same kind as argument 0, with CPython's words for the others.
    pub(crate) fn same_kind_argument(&mut self, args: Args, index: usize) -> Outcome<()> {
        let is_str = self.is_str(self.arg(args, 0));
        if self.is_text_argument(args, index, is_str) {
            return Ok(());
        }
        let message = if is_str { "must be str, not {}" } else { "a bytes-like object is required, not '{}'" };
        self.raise_type(message, self.arg(args, index))
    }

    /// As [`Vm::same_kind_argument`], of methods that name themselves: "replace() argument 1 must be str, not int".
    fn named_argument(&mut self, args: Args, index: usize, method: &'static str) -> Outcome<()> {
        if self.is_str(self.arg(args, 0)) && !self.is_text_argument(args, index, true) {
            let name = self.given_name(self.arg(args, index));
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("{method}() argument{} must be str, not {name}", Ordinal(method, index)),
            );
        }
        self.same_kind_argument(args, index)
    }

    /// The object that holds the bytes of a text, as a root, and how many there are.
    pub(crate) fn blob_root(&mut self, text: Value) -> Outcome<(Root, u32)> {
        let (object, length) = self.blob(text);
        Ok((self.root(object)?, length))
    }
}

/// The number of an argument in a message, which methods with only one leave out.
struct Ordinal(&'static str, usize);

impl core::fmt::Display for Ordinal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.0.starts_with("remove") { Ok(()) } else { write!(f, " {}", self.1) }
    }
}

/// Byte offset of the first or last occurrence of argument 1 in argument 0, between the optional arguments 2 and 3.
fn locate(vm: &mut Vm<'_>, args: Args, last: bool) -> Outcome<Option<u32>> {
    let range = vm.range_arguments(args, 2)?;
    let byte = vm.needle_argument(args, 1)?;
    let Some((from, to)) = range else { return Ok(None) };
    let hay = vm.view_part(vm.arg(args, 0), from, to);
    let buffer = [byte.unwrap_or(0)];
    let needle = if byte.is_some() { &buffer } else { vm.view(vm.arg(args, 1)) };
    let at = if last { search::rfind(hay, needle) } else { search::find(hay, needle) };
    let searched = needle.len() + at.map_or(hay.len(), |at| if last { hay.len() - at } else { at });
    vm.work(searched as u32 / 4)?;
    Ok(at.map(|at| from + at as u32))
}

fn position(vm: &mut Vm<'_>, args: Args, last: bool) -> Outcome<Value> {
    Ok(match locate(vm, args, last)? {
        Some(offset) => Value::small_unchecked(vm.position_at(vm.arg(args, 0), offset) as i32),
        None => Value::small_unchecked(-1),
    })
}

fn position_or_raise(vm: &mut Vm<'_>, args: Args, last: bool) -> Outcome<Value> {
    let found = position(vm, args, last)?;
    if found.as_small() >= 0 {
        return Ok(found);
    }
    let is_str = vm.is_str(vm.arg(args, 0));
    vm.raise(Builtin::ValueError, if is_str { "substring not found" } else { "subsection not found" })
}

pub(super) fn find(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    position(vm, args, false)
}

pub(super) fn rfind(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    position(vm, args, true)
}

pub(super) fn index(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    position_or_raise(vm, args, false)
}

pub(super) fn rindex(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    position_or_raise(vm, args, true)
}

pub(super) fn count(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let range = vm.range_arguments(args, 2)?;
    let byte = vm.needle_argument(args, 1)?;
    let Some((from, to)) = range else { return Ok(Value::small_unchecked(0)) };
    let text = vm.arg(args, 0);
    let hay = vm.view_part(text, from, to);
    let buffer = [byte.unwrap_or(0)];
    let needle = if byte.is_some() { &buffer } else { vm.view(vm.arg(args, 1)) };
    let count = if !needle.is_empty() {
        search::count(hay, needle, usize::MAX)
    } else if vm.is_wide(text) {
        count_chars(hay) as usize + 1
    } else {
        hay.len() + 1
    };
    vm.work((to - from) / 4)?;
    Ok(Value::small_unchecked(count as i32))
}

/// `startswith` and `endswith`.
fn has_affix(vm: &mut Vm<'_>, args: Args, end: bool) -> Outcome<Value> {
    let range = vm.range_arguments(args, 2)?;
    let (text, affix) = (vm.arg(args, 0), vm.arg(args, 1));
    let is_str = vm.is_str(text);
    let method = if end { "endswith" } else { "startswith" };
    let matches = |vm: &Vm<'_>, affix: Value| {
        range.is_some_and(|(from, to)| {
            let part = vm.view_part(vm.arg(args, 0), from, to);
            if end { part.ends_with(vm.view(affix)) } else { part.starts_with(vm.view(affix)) }
        })
    };
    let fits = |vm: &Vm<'_>, affix: Value| if is_str { vm.is_str(affix) } else { vm.is_bytes_like(affix) };
    if fits(vm, affix) {
        return Ok(Value::bool(matches(vm, affix)));
    }
    let held = vm.plain(affix);
    if fits(vm, held) {
        return Ok(Value::bool(matches(vm, held)));
    }
    let affix = if vm.kind(held) == kind::TUPLE { held } else { affix };
    if vm.kind(affix) != kind::TUPLE {
        let name = vm.type_name(affix);
        let kind = if is_str { "str" } else { "bytes" };
        return vm.raise_fmt(
            Builtin::TypeError,
            format_args!("{method} first arg must be {kind} or a tuple of {kind}, not {name}"),
        );
    }
    for index in 0..vm.length(affix) {
        let given = vm.field(affix, index);
        let item = vm.plain(given);
        vm.work(vm.steps_to_compare(item))?;
        if !fits(vm, item) {
            let name = vm.type_name(given);
            return if is_str {
                vm.raise_fmt(Builtin::TypeError, format_args!("tuple for {method} must only contain str, not {name}"))
            } else {
                vm.raise_fmt(Builtin::TypeError, format_args!("a bytes-like object is required, not '{name}'"))
            };
        }
        if matches(vm, item) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

pub(super) fn startswith(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    has_affix(vm, args, false)
}

pub(super) fn endswith(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    has_affix(vm, args, true)
}

pub(super) fn removeprefix(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.named_argument(args, 1, "removeprefix")?;
    let (text, affix) = (vm.view(vm.arg(args, 0)), vm.view(vm.arg(args, 1)));
    let (length, cut) = (text.len() as u32, if text.starts_with(affix) { affix.len() as u32 } else { 0 });
    vm.part(args.root(0), cut, length)
}

pub(super) fn removesuffix(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.named_argument(args, 1, "removesuffix")?;
    let (text, affix) = (vm.view(vm.arg(args, 0)), vm.view(vm.arg(args, 1)));
    let (length, cut) = (text.len() as u32, if text.ends_with(affix) { affix.len() as u32 } else { 0 });
    vm.part(args.root(0), 0, length - cut)
}

pub(super) fn replace(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.named_argument(args, 1, "replace")?;
    vm.named_argument(args, 2, "replace")?;
    let limit = vm.integer_or(vm.arg(args, 3), -1)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let text = args.root(0);
    let (source, length) = vm.blob_root(vm.get(text))?;
    let (old, new) = (vm.blob(vm.arg(args, 1)).1, vm.blob(vm.arg(args, 2)).1);
    vm.work(length / 4)?;
    let found = if old == 0 {
        limit.min(vm.text_length(vm.get(text)) as usize + 1)
    } else {
        search::count(vm.view(vm.get(text)), vm.view(vm.arg(args, 1)), limit)
    };
    if found == 0 {
        return vm.part(text, 0, length);
    }
    let grown = (i64::from(new) - i64::from(old)).saturating_mul(found as i64).saturating_add(i64::from(length));
    let Ok(capacity) = u32::try_from(grown) else { return vm.memory_error() };
    let is_str = vm.is_str(vm.get(text));
    let ascii = is_str && vm.is_ascii(vm.get(text)) && vm.is_ascii(vm.arg(args, 2));
    let made = if is_str { vm.new_str_unfilled(capacity, ascii)? } else { vm.alloc(kind::BYTES, capacity)? };
    // Nothing is allocated from here on, so nothing moves.
    let (source, needle) = (vm.get(source), vm.arg(args, 1));
    let (replacement, _) = vm.blob(vm.arg(args, 2));
    let start = made.0 + if is_str { 8 } else { 4 };
    let (mut at, mut target) = (0, start);
    for index in 0..found {
        let next = if old == 0 {
            // Before each character, and behind the last.
            if index == 0 { at } else { at + step(vm, vm.get(text), at) }
        } else {
            let rest = vm.bytes(source).get(at as usize..length as usize).unwrap_or(&[]);
            at + search::find(rest, vm.view(needle)).unwrap_or(0) as u32
        };
        vm.copy_text(source, at, target, next - at);
        target += next - at;
        vm.copy_text(replacement, 0, target, new);
        target += new;
        at = next + old;
    }
    vm.copy_text(source, at, target, length - at);
    if is_str && !ascii {
        // What is left may be ASCII even so.
        let ascii = vm.bytes(made).is_ascii();
        vm.set_word(made, 0, u32::from(ascii));
    }
    vm.as_kind_of(text, made)
}

/// Bytes of the character of a text at an offset.
fn step(vm: &Vm<'_>, text: Value, at: u32) -> u32 {
    if !vm.is_wide(text) {
        return 1;
    }
    vm.bytes(text).get(at as usize..).and_then(first_char).map_or(1, |(_, length)| length)
}

/// `partition` and `rpartition`: the part before, the separator, the part behind.
fn parts(vm: &mut Vm<'_>, args: Args, last: bool) -> Outcome<Value> {
    vm.same_kind_argument(args, 1)?;
    let text = args.root(0);
    let (hay, needle) = (vm.view(vm.get(text)), vm.view(vm.arg(args, 1)));
    let (length, width) = (hay.len() as u32, needle.len() as u32);
    if width == 0 {
        return vm.raise(Builtin::ValueError, "empty separator");
    }
    let at = if last { search::rfind(hay, needle) } else { search::find(hay, needle) };
    vm.work((length + width) / 4)?;
    let cuts = match at {
        Some(at) => [0, at as u32, at as u32 + width, length],
        None if last => [0, 0, 0, length],
        None => [0, length, length, length],
    };
    let triple = vm.root_all(&[Value::UNBOUND; 3])?;
    for (index, pair) in cuts.windows(2).enumerate() {
        if let [from, to] = *pair {
            let made = if index == 1 && to > from && vm.flavor(vm.get(text)) != Some(Flavor::Bytearray) {
                vm.arg(args, 1)
            } else {
                vm.part(text, from, to)?
            };
            vm.set(triple.root(index), made);
        }
    }
    vm.new_tuple(triple)
}

pub(super) fn partition(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    parts(vm, args, false)
}

pub(super) fn rpartition(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    parts(vm, args, true)
}
