//! `translate` and `maketrans`.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// What a table says of a character.
enum Entry {
    Keep,
    Drop,
    Char(char),
    Text(Value),
}

fn look_up(vm: &mut Vm<'_>, table: Root, character: char) -> Outcome<Entry> {
    let key = Value::small_unchecked(character as i32);
    let object = vm.get(table);
    let found = if vm.is(object, kind::DICT) {
        match vm.dict_get(object, key)? {
            Some(found) => found,
            None => return Ok(Entry::Keep),
        }
    } else {
        match vm.get_item(object, key) {
            Ok(found) => found,
            Err(_) if vm.raised_is(Builtin::LookupError) => {
                vm.take_exception();
                return Ok(Entry::Keep);
            }
            Err(raise) => return Err(raise),
        }
    };
    if found == Value::NONE {
        return Ok(Entry::Drop);
    }
    let found = vm.plain(found);
    if vm.is_str(found) {
        return Ok(Entry::Text(found));
    }
    let Some(number) = vm.index_of(found)? else {
        return vm.raise(Builtin::TypeError, "character mapping must return integer, None or str");
    };
    match u32::try_from(number).ok().and_then(char::from_u32) {
        Some(character) => Ok(Entry::Char(character)),
        None => vm.raise(Builtin::ValueError, "character mapping must be in range(0x110000)"),
    }
}

pub(super) fn translate(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (text, table) = (args.root(0), args.root(1));
    let mut out = TextBuilder::new(vm, vm.length(vm.get(text)))?;
    let mut at = 0;
    while let Some((character, next)) = vm.char_at(vm.get(text), at) {
        vm.work(1)?;
        match look_up(vm, table, character)? {
            Entry::Keep => out.push_char(vm, character)?,
            Entry::Drop => {}
            Entry::Char(character) => out.push_char(vm, character)?,
            Entry::Text(text) => out.push_value(vm, text)?,
        }
        at = next;
    }
    Ok(out.finish(vm))
}

/// `bytes.translate(table, delete=b"")`.
pub(super) fn translate_bytes(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (table, delete) = (vm.arg(args, 1), vm.arg(args, 2));
    for (index, value) in [(1, table), (2, delete)] {
        if value != Value::NONE && !value.is_unbound() {
            vm.same_kind_argument(args, index)?;
        }
    }
    if table != Value::NONE && vm.blob(table).1 != 256 {
        return vm.raise(Builtin::ValueError, "translation table must be 256 characters long");
    }
    let text = args.root(0);
    let (source, length) = vm.blob_root(vm.get(text))?;
    let mut out = TextBuilder::bytes(vm, length)?;
    let mut deleted = [false; 256];
    vm.work(vm.blob(vm.arg(args, 2)).1)?;
    for byte in vm.view(vm.arg(args, 2)) {
        if let Some(deleted) = deleted.get_mut(usize::from(*byte)) {
            *deleted = true;
        }
    }
    for at in 0..length {
        let byte = vm.bytes(vm.get(source)).get(at as usize).copied().unwrap_or(0);
        vm.work(1)?;
        if !deleted.get(usize::from(byte)).is_some_and(|deleted| *deleted) {
            let mapped = vm.view(vm.arg(args, 1)).get(usize::from(byte)).copied().unwrap_or(byte);
            out.push_byte(vm, mapped)?;
        }
    }
    let made = out.finish(vm);
    vm.as_kind_of(text, made)
}

/// `str.maketrans(x)`, `str.maketrans(x, y)`, `str.maketrans(x, y, z)`.
pub(super) fn maketrans(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 {
        return from_dict(vm, args);
    }
    let is_first = vm.is_text_argument(args, 0, true);
    for index in 1..args.len() {
        if !vm.is_text_argument(args, index, true) {
            let name = vm.given_name(vm.arg(args, index));
            return vm.raise_fmt(
                Builtin::TypeError,
                format_args!("maketrans() argument {} must be str, not {name}", index + 1),
            );
        }
    }
    if !is_first {
        return vm.raise(Builtin::TypeError, "first maketrans argument must be a string if there is a second argument");
    }
    if vm.text_length(vm.arg(args, 0)) != vm.text_length(vm.arg(args, 1)) {
        return vm.raise(Builtin::ValueError, "the first two maketrans arguments must have equal length");
    }
    let dict = vm.new_dict(0)?;
    let (dict, item) = vm.root2(dict, Value::NONE)?;
    let (mut from, mut to) = (0, 0);
    while let (Some((key, next)), Some((character, behind))) =
        (vm.char_at(vm.arg(args, 0), from), vm.char_at(vm.arg(args, 1), to))
    {
        vm.work(1)?;
        vm.set(item, Value::small_unchecked(character as i32));
        set_char(vm, dict, key, item)?;
        (from, to) = (next, behind);
    }
    vm.set(item, Value::NONE);
    let mut at = 0;
    while args.len() > 2
        && let Some((key, next)) = vm.char_at(vm.arg(args, 2), at)
    {
        vm.work(1)?;
        set_char(vm, dict, key, item)?;
        at = next;
    }
    Ok(vm.get(dict))
}

fn set_char(vm: &mut Vm<'_>, dict: Root, key: char, item: Root) -> Outcome<()> {
    let key = vm.root(Value::small_unchecked(key as i32))?;
    let result = vm.dict_set(dict, key, item);
    vm.release(key.0);
    result
}

fn from_dict(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if !vm.is(vm.arg(args, 0), kind::DICT) {
        return vm.raise(Builtin::TypeError, "if you give only one argument to maketrans it must be a dict");
    }
    let made = vm.new_dict(0)?;
    let (made, key, item) = vm.root3(made, Value::NONE, Value::NONE)?;
    let mut at = 0;
    while let Some((next, given, value)) = vm.dict_entry(vm.arg(args, 0), at) {
        vm.work(1)?;
        vm.set(item, value);
        if vm.is_str(given) {
            let mut characters = vm.text(given).chars();
            let (Some(character), None) = (characters.next(), characters.next()) else {
                return vm.raise(Builtin::ValueError, "string keys in translate table must be of length 1");
            };
            vm.set(key, Value::small_unchecked(character as i32));
        } else if vm.builtin_type(given) == Builtin::IntType || vm.builtin_type(given) == Builtin::BoolType {
            vm.set(key, given);
        } else {
            return vm.raise(Builtin::TypeError, "keys in translate table must be strings or integers");
        }
        vm.dict_set(made, key, item)?;
        at = next;
    }
    Ok(vm.get(made))
}

/// `bytes.maketrans(from, to)`.
pub(super) fn maketrans_bytes(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    for index in 0..2 {
        if !vm.is_bytes_like(vm.arg(args, index)) {
            let name = vm.given_name(vm.arg(args, index));
            return vm.raise_fmt(Builtin::TypeError, format_args!("a bytes-like object is required, not '{name}'"));
        }
    }
    if vm.blob(vm.arg(args, 0)).1 != vm.blob(vm.arg(args, 1)).1 {
        return vm.raise(Builtin::ValueError, "maketrans arguments must have same length");
    }
    let mut table = [0u8; 256];
    for (index, place) in table.iter_mut().enumerate() {
        *place = index as u8;
    }
    for (from, to) in vm.view(vm.arg(args, 0)).iter().zip(vm.view(vm.arg(args, 1))) {
        if let Some(place) = table.get_mut(usize::from(*from)) {
            *place = *to;
        }
    }
    vm.new_bytes(&table)
}
