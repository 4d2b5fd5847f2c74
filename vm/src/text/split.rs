//! split, rsplit, splitlines and join.

use super::search;
use super::space::Set;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// White space for a text.
    pub(crate) fn spaces_of(&self, text: Value) -> Set<'static> {
        if self.is_str(text) { Set::Space } else { Set::ByteSpace }
    }

    /// Puts an item at a place of a list's store; there is room.
    fn put_item(&mut self, list: Root, index: u32, item: Value) {
        let buffer = self.field(self.get(list), 1);
        self.set_field(buffer, index, item);
    }
}

/// `split` and `rsplit`: arguments are the text, the separator or None, the most splits.
fn split_any(vm: &mut Vm<'_>, args: Args, back: bool) -> Outcome<Value> {
    let limit = vm.integer_or(vm.arg(args, 2), -1)?;
    let limit = u32::try_from(limit).unwrap_or(u32::MAX - 1);
    let separator = vm.arg(args, 1);
    if separator == Value::NONE || separator.is_unbound() {
        return if back { rsplit_space(vm, args, limit) } else { split_space(vm, args, limit) };
    }
    if vm.is_str(vm.arg(args, 0)) && !vm.is_text_argument(args, 1, true) {
        return vm.raise_type("must be str or None, not {}", separator);
    }
    vm.same_kind_argument(args, 1)?;
    let text = args.root(0);
    let (hay, needle) = (vm.view(vm.get(text)), vm.view(vm.arg(args, 1)));
    let (length, width) = (hay.len() as u32, needle.len() as u32);
    if width == 0 {
        return vm.raise(Builtin::ValueError, "empty separator");
    }
    let splits = search::count(hay, needle, limit as usize) as u32;
    vm.work(length / 4)?;
    let list = vm.new_list_with(splits + 1)?;
    let list = vm.root(list)?;
    if back {
        let mut end = length;
        for index in (1..=splits).rev() {
            let hay = vm.view_part(vm.get(text), 0, end);
            let at = search::rfind(hay, vm.view(vm.arg(args, 1))).unwrap_or(0) as u32;
            vm.work(1)?;
            let part = vm.part(text, (at + width).min(end), end)?;
            vm.put_item(list, index, part);
            end = at;
        }
        let part = vm.part(text, 0, end)?;
        vm.put_item(list, 0, part);
    } else {
        let mut from = 0;
        let (source, _) = vm.blob_root(vm.get(text))?;
        let one = if let [byte] = *vm.view(vm.arg(args, 1)) { Some(byte) } else { None };
        for index in 0..splits {
            let hay = vm.bytes(vm.get(source)).get(from as usize..length as usize).unwrap_or(&[]);
            let found = match one {
                Some(byte) => hay.iter().position(|candidate| *candidate == byte),
                None => search::find(hay, vm.view(vm.arg(args, 1))),
            };
            let at = from + found.unwrap_or(0) as u32;
            vm.work(1)?;
            let part = vm.part(text, from, at)?;
            vm.put_item(list, index, part);
            from = at + width;
        }
        let part = vm.part(text, from.min(length), length)?;
        vm.put_item(list, splits, part);
    }
    let list = vm.get(list);
    vm.set_number(list, 0, splits + 1);
    Ok(list)
}

pub(super) fn split(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    split_any(vm, args, false)
}

pub(super) fn rsplit(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    split_any(vm, args, true)
}

/// The next word from an offset on: its start and end.
fn word(set: &Set<'_>, bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let from = set.skip(bytes, at, true);
    (from < bytes.len()).then(|| (from, set.skip(bytes, from, false)))
}

/// The last word before an offset: its start and end.
fn word_back(set: &Set<'_>, bytes: &[u8], end: usize) -> Option<(usize, usize)> {
    let end = set.skip_back(bytes, end, true);
    (end > 0).then(|| (set.skip_back(bytes, end, false), end))
}

fn split_space(vm: &mut Vm<'_>, args: Args, limit: u32) -> Outcome<Value> {
    let text = args.root(0);
    let set = vm.spaces_of(vm.get(text));
    let bytes = vm.view(vm.get(text));
    let (mut words, mut at) = (0, 0);
    while words <= limit
        && let Some((_, end)) = word(&set, bytes, at)
    {
        words += 1;
        at = end;
    }
    vm.work(bytes.len() as u32 / 4)?;
    let list = vm.new_list_with(words)?;
    let list = vm.root(list)?;
    let mut at = 0;
    for index in 0..words {
        let bytes = vm.view(vm.get(text));
        let (from, end) = word(&set, bytes, at).unwrap_or((0, 0));
        // What is left when the splits are used up is one item, white space at its end included.
        let end = if index == limit { bytes.len() } else { end };
        at = end;
        vm.work(1)?;
        let part = vm.part(text, from as u32, end as u32)?;
        vm.put_item(list, index, part);
    }
    let list = vm.get(list);
    vm.set_number(list, 0, words);
    Ok(list)
}

fn rsplit_space(vm: &mut Vm<'_>, args: Args, limit: u32) -> Outcome<Value> {
    let text = args.root(0);
    let set = vm.spaces_of(vm.get(text));
    let bytes = vm.view(vm.get(text));
    let (mut words, mut at) = (0, bytes.len());
    while words <= limit
        && let Some((from, _)) = word_back(&set, bytes, at)
    {
        words += 1;
        at = from;
    }
    let mut at = bytes.len();
    vm.work(bytes.len() as u32 / 4)?;
    let list = vm.new_list_with(words)?;
    let list = vm.root(list)?;
    for index in 0..words {
        let bytes = vm.view(vm.get(text));
        let (from, end) = word_back(&set, bytes, at).unwrap_or((0, 0));
        let from = if index == limit { 0 } else { from };
        at = from;
        vm.work(1)?;
        let part = vm.part(text, from as u32, end as u32)?;
        vm.put_item(list, words - 1 - index, part);
    }
    let list = vm.get(list);
    vm.set_number(list, 0, words);
    Ok(list)
}

/// The line that starts at an offset: its end, and the start of the next one.
fn line(bytes: &[u8], at: usize, is_str: bool) -> (usize, usize) {
    let mut end = at;
    while let Some(byte) = bytes.get(end) {
        let width = match *byte {
            b'\r' if bytes.get(end + 1) == Some(&b'\n') => 2,
            b'\n' | b'\r' => 1,
            0x0b | 0x0c | 0x1c..=0x1e if is_str => 1,
            0xC2 if is_str && bytes.get(end + 1) == Some(&0x85) => 2,
            0xE2 if is_str && matches!(bytes.get(end + 1..end + 3), Some([0x80, 0xA8 | 0xA9])) => 3,
            _ => {
                end += 1;
                continue;
            }
        };
        return (end, end + width);
    }
    (end, end)
}

pub(super) fn splitlines(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let keep = vm.integer_or(truth_as_number(vm.arg(args, 1)), 0)? != 0;
    let text = args.root(0);
    let is_str = vm.is_str(vm.get(text));
    let bytes = vm.view(vm.get(text));
    let (mut lines, mut at) = (0, 0);
    while at < bytes.len() {
        (_, at) = line(bytes, at, is_str);
        lines += 1;
    }
    vm.work(bytes.len() as u32 / 4)?;
    let list = vm.new_list_with(lines)?;
    let list = vm.root(list)?;
    let mut at = 0;
    for index in 0..lines {
        let (end, next) = line(vm.view(vm.get(text)), at, is_str);
        vm.work(1)?;
        let part = vm.part(text, at as u32, if keep { next } else { end } as u32)?;
        vm.put_item(list, index, part);
        at = next;
    }
    let list = vm.get(list);
    vm.set_number(list, 0, lines);
    Ok(list)
}

/// Booleans as the integers they are.
fn truth_as_number(value: Value) -> Value {
    match value {
        Value::TRUE => Value::small_unchecked(1),
        Value::FALSE => Value::small_unchecked(0),
        _ => value,
    }
}

pub(super) fn join(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let separator = args.root(0);
    let given = vm.arg(args, 1);
    let items = match vm.kind(given) {
        kind::LIST | kind::TUPLE => args.root(1),
        255 | kind::FLOAT | kind::BIG_INT | kind::FUNCTION => {
            return vm.raise(Builtin::TypeError, "can only join an iterable");
        }
        _ => {
            let iterator = vm.iter_or(given, "can only join an iterable")?;
            let list = vm.list_from(iterator)?;
            vm.root(list)?
        }
    };
    let is_str = vm.is_str(vm.get(separator));
    if !is_str {
        read_views(vm, items)?;
    }
    let count = vm.items(vm.get(items)).len();
    vm.work((count as u32).saturating_mul(2))?;
    let (_, width) = vm.blob(vm.get(separator));
    let mut total = u64::from(width) * (count as u64).saturating_sub(1);
    let mut ascii = is_str && (count < 2 || vm.is_ascii(vm.get(separator)));
    for (index, item) in vm.items(vm.get(items)).iter().enumerate() {
        let item = if vm.is(*item, kind::INSTANCE) { vm.plain(*item) } else { *item };
        let fits = if is_str { vm.is_str(item) } else { vm.is_bytes_like(item) };
        if !fits {
            return wrong_item(vm, items, index, is_str);
        }
        ascii &= is_str && vm.is_ascii(item);
        total += u64::from(vm.blob(item).1);
    }
    if count == 1 && is_str {
        return Ok(item_at(vm, items, 0));
    }
    let Ok(total) = u32::try_from(total) else { return vm.memory_error() };
    let made = if is_str { vm.new_str_unfilled(total, ascii)? } else { vm.alloc(kind::BYTES, total)? };
    // Nothing is allocated from here on, so nothing moves.
    let mut target = made.0 + if is_str { 8 } else { 4 };
    let (joint, _) = vm.blob(vm.get(separator));
    for index in 0..count {
        if index > 0 && width > 0 {
            vm.copy_text(joint, 0, target, width);
            target += width;
        }
        let (blob, length) = vm.blob(item_at(vm, items, index));
        vm.copy_text(blob, 0, target, length);
        target += length;
    }
    vm.as_kind_of(separator, made)
}

/// Puts the bytes of each view (the library's memoryview has `__buffer__`) in its place, in a copy of the items.
fn read_views(vm: &mut Vm<'_>, items: Root) -> Outcome<()> {
    for index in 0..vm.items(vm.get(items)).len() {
        let item = vm.items(vm.get(items)).get(index).copied().unwrap_or(Value::UNBOUND);
        let Some(bytes) = vm.call_special(item, "__buffer__", &[])? else { continue };
        let mark = vm.mark();
        let bytes = vm.root(bytes)?;
        let list = vm.list_from(vm.get(items))?;
        vm.set(items, list);
        let buffer = vm.field(list, 1);
        vm.set_field(buffer, index as u32, vm.get(bytes));
        vm.release(mark);
    }
    Ok(())
}

#[cold]
fn wrong_item(vm: &mut Vm<'_>, items: Root, index: usize, is_str: bool) -> Outcome<Value> {
    let item = vm.items(vm.get(items)).get(index).copied().unwrap_or(Value::UNBOUND);
    let name = vm.type_name(item);
    let wanted = if is_str { "str instance" } else { "a bytes-like object" };
    vm.raise_fmt(Builtin::TypeError, format_args!("sequence item {index}: expected {wanted}, {name} found"))
}

fn item_at(vm: &Vm<'_>, items: Root, index: usize) -> Value {
    let item = vm.items(vm.get(items)).get(index).copied().unwrap_or(Value::UNBOUND);
    vm.plain(item)
}
