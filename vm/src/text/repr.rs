//! `repr` of containers, and `repr`, `str` and `ascii` as the machine offers them.
//!
//! Containers are walked with records on the machine's own stack, not by recursion: `[container, position, link]`, the
//! newest in `Vm::repr_chain`. The records are also what tells a list that contains itself (`[...]`).

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::exception::field as exception;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Bytes of a record.
const RECORD: u32 = 12;
/// In the position of a dict's record: something was written already.
const ANY: u32 = 1;
/// In the position of a dict's record: the value is next.
const VALUE: u32 = 2;

/// What to do next with a container.
enum Step {
    /// Write this item.
    Item(Value),
    /// All are written.
    End,
}

fn is_container(kind: u8) -> bool {
    matches!(
        kind,
        kind::LIST
            | kind::TUPLE
            | kind::DICT
            | kind::SET
            | kind::FROZENSET
            | kind::DICT_VIEW
            | kind::SLICE
            | kind::EXCEPTION
    )
}

impl TextBuilder {
    /// Appends `repr(value)`.
    pub fn push_repr(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        if value.is_small() {
            return self.push_int(vm, value);
        }
        let kind = vm.kind(value);
        if !is_container(kind) {
            return self.push_simple_repr(vm, value);
        }
        let (base, mark) = (vm.repr_chain, vm.mark());
        let result = self.walk(vm, value, base);
        vm.repr_chain = base;
        if result.is_ok() {
            vm.release(mark);
        }
        result
    }

    fn walk(&mut self, vm: &mut Vm<'_>, value: Value, base: u32) -> Outcome<()> {
        self.open(vm, value)?;
        while vm.repr_chain != base {
            let record = vm.repr_chain;
            vm.work(1)?;
            match self.step(vm, record)? {
                Step::Item(item) if item.is_small() => self.push_int(vm, item)?,
                Step::Item(item) if is_container(vm.kind(item)) => self.open(vm, item)?,
                Step::Item(item) => self.push_simple_repr(vm, item)?,
                Step::End => {
                    self.close(vm, Root(record))?;
                    vm.repr_chain = vm.get(Root(record + 8)).as_small() as u32;
                    vm.release(record);
                }
            }
        }
        Ok(())
    }

    /// Begins a container: a record, and the text before its items. One that is being written already is three dots.
    fn open(&mut self, vm: &mut Vm<'_>, container: Value) -> Outcome<()> {
        let kind = vm.kind(container);
        let (mut at, mut depth) = (vm.repr_chain, 0);
        while at != 0 {
            if vm.get(Root(at)) == container {
                return self.push_str(
                    vm,
                    match kind {
                        kind::LIST => "[...]",
                        kind::TUPLE => "(...)",
                        kind::DICT => "{...}",
                        kind::SET => "set(...)",
                        kind::FROZENSET => "frozenset(...)",
                        _ => "...",
                    },
                );
            }
            at = vm.get(Root(at + 8)).as_small() as u32;
            depth += 1;
        }
        vm.work(depth / 4)?;
        if depth >= vm.limits.recursion {
            return vm.raise(
                Builtin::RecursionError,
                "maximum recursion depth exceeded while getting the repr of an object",
            );
        }
        if kind == kind::EXCEPTION && vm.field(container, 0).as_builtin().is_none() {
            let root = vm.root(container)?;
            let made = vm.own_text(container, "__repr__")?;
            let container = vm.get(root);
            vm.release(root.0);
            if let Some(made) = made {
                return self.push_returned(vm, made, "__repr__");
            }
            return self.open_record(vm, container);
        }
        self.open_record(vm, container)
    }

    fn open_record(&mut self, vm: &mut Vm<'_>, container: Value) -> Outcome<()> {
        let link = Value::small_unchecked(vm.repr_chain as i32);
        let record = vm.root_all(&[container, Value::small_unchecked(0), link])?;
        debug_assert_eq!(record.count * 4, RECORD);
        vm.repr_chain = record.base;
        let container = vm.get(Root(record.base));
        match vm.kind(container) {
            kind::LIST => self.push_byte(vm, b'['),
            kind::TUPLE => self.push_byte(vm, b'('),
            kind::SET if vm.number(container, 0) == 0 => self.push_str(vm, "set("),
            kind::SET | kind::DICT => self.push_byte(vm, b'{'),
            kind::FROZENSET if vm.number(container, 0) == 0 => self.push_str(vm, "frozenset("),
            kind::FROZENSET => self.push_str(vm, "frozenset({"),
            kind::SLICE => self.push_str(vm, "slice("),
            _ => {
                let name = vm.type_name(container);
                self.push_str(vm, name.as_str())?;
                self.push_str(
                    vm,
                    match vm.kind(vm.get(Root(record.base))) {
                        kind::DICT_VIEW if vm.behind_proxy(vm.get(Root(record.base))).is_some() => "({",
                        kind::DICT_VIEW => "([",
                        _ => "(",
                    },
                )
            }
        }
    }

    /// The text behind the items.
    fn close(&mut self, vm: &mut Vm<'_>, record: Root) -> Outcome<()> {
        let container = vm.get(record);
        let text = match vm.kind(container) {
            kind::LIST => "]",
            kind::TUPLE if vm.length(container) == 1 => ",)",
            kind::DICT => "}",
            kind::SET | kind::FROZENSET => {
                let empty = vm.number(container, 0) == 0 && vm.get(Root(record.0 + 4)).as_small() & ANY as i32 == 0;
                match (vm.kind(container), empty) {
                    (kind::FROZENSET, false) => "})",
                    (_, false) => "}",
                    _ => ")",
                }
            }
            kind::DICT_VIEW if vm.behind_proxy(container).is_some() => "})",
            kind::DICT_VIEW => "])",
            _ => ")",
        };
        self.push_str(vm, text)
    }

    /// The next item of a container, and the text before it.
    fn step(&mut self, vm: &mut Vm<'_>, record: u32) -> Outcome<Step> {
        let container = vm.get(Root(record));
        match vm.kind(container) {
            kind::LIST | kind::TUPLE => {
                let at = vm.get(Root(record + 4)).as_small() as u32;
                if vm.items(container).get(at as usize).is_none() {
                    return Ok(Step::End);
                }
                vm.set(Root(record + 4), Value::small_unchecked(at as i32 + 1));
                if at > 0 {
                    self.push_str(vm, ", ")?;
                }
                let items = vm.items(vm.get(Root(record)));
                Ok(Step::Item(items.get(at as usize).copied().unwrap_or(Value::NONE)))
            }
            kind::SLICE => {
                let at = vm.get(Root(record + 4)).as_small() as u32;
                if at == 3 {
                    return Ok(Step::End);
                }
                vm.set(Root(record + 4), Value::small_unchecked(at as i32 + 1));
                if at > 0 {
                    self.push_str(vm, ", ")?;
                }
                Ok(Step::Item(vm.field(vm.get(Root(record)), at)))
            }
            kind::EXCEPTION => {
                let at = vm.get(Root(record + 4)).as_small() as u32;
                let args = vm.field(container, exception::ARGS);
                if vm.kind(args) != kind::TUPLE || at >= vm.length(args) {
                    return Ok(Step::End);
                }
                vm.set(Root(record + 4), Value::small_unchecked(at as i32 + 1));
                if at > 0 {
                    self.push_str(vm, ", ")?;
                }
                let args = vm.field(vm.get(Root(record)), exception::ARGS);
                Ok(Step::Item(vm.field(args, at)))
            }
            kind::SET | kind::FROZENSET => {
                let position = vm.get(Root(record + 4)).as_small() as u32;
                let Some((next, _)) = set_entry(vm, container, position >> 2) else { return Ok(Step::End) };
                vm.set(Root(record + 4), Value::small_unchecked((next << 2 | ANY) as i32));
                if position & ANY != 0 {
                    self.push_str(vm, ", ")?;
                }
                let entry = set_entry(vm, vm.get(Root(record)), next - 1);
                Ok(Step::Item(entry.map_or(Value::NONE, |(_, key)| key)))
            }
            kind::DICT => self.step_dict(vm, record, container, Builtin::DictType),
            _ => {
                let view = vm.field(container, 0).as_builtin().unwrap_or(Builtin::DictKeysType);
                let dict = vm.field(container, 1);
                self.step_dict(vm, record, dict, view)
            }
        }
    }

    /// The next key or value of a dict or of a view of one.
    fn step_dict(&mut self, vm: &mut Vm<'_>, record: u32, dict: Value, what: Builtin) -> Outcome<Step> {
        let place = Root(record + 4);
        let position = vm.get(place).as_small() as u32;
        let (cursor, any, value_next) = (position >> 2, position & ANY != 0, position & VALUE != 0);
        let pairs = what == Builtin::DictItemsType;
        let entry = vm.dict_entry(dict, cursor);
        let Some((next, key, item)) = entry else {
            if pairs && any {
                self.push_byte(vm, b')')?;
            }
            return Ok(Step::End);
        };
        if what == Builtin::DictKeysType || what == Builtin::DictValuesType {
            vm.set(place, Value::small_unchecked((next << 2 | ANY) as i32));
            let item = vm.root(if what == Builtin::DictKeysType { key } else { item })?;
            if any {
                self.push_str(vm, ", ")?;
            }
            let child = vm.get(item);
            vm.release(item.0);
            return Ok(Step::Item(child));
        }
        if value_next {
            // The value, kept by its key's cursor; behind it comes the next pair.
            vm.set(place, Value::small_unchecked((next << 2 | ANY) as i32));
            let item = vm.root(item)?;
            self.push_str(vm, if pairs { ", " } else { ": " })?;
            let child = vm.get(item);
            vm.release(item.0);
            return Ok(Step::Item(child));
        }
        vm.set(place, Value::small_unchecked((cursor << 2 | ANY | VALUE) as i32));
        let key = vm.root(key)?;
        if any {
            self.push_str(vm, if pairs { "), " } else { ", " })?;
        }
        if pairs {
            self.push_byte(vm, b'(')?;
        }
        let child = vm.get(key);
        vm.release(key.0);
        Ok(Step::Item(child))
    }
}

/// Entry at or after place `at` of a set: the place behind it, and its key.
fn set_entry(vm: &Vm<'_>, set: Value, at: u32) -> Option<(u32, Value)> {
    let table = vm.field(set, 2);
    if table.is_unbound() {
        return None;
    }
    let places = vm.length(table) / 2;
    (at..places).find_map(|place| {
        let key = vm.field(table, place * 2 + 1);
        (!key.is_unbound()).then_some((place + 1, key))
    })
}

impl Vm<'_> {
    /// `repr(value)`: a str object. Serves every kind; instances through `__repr__`.
    pub fn repr(&mut self, value: Value) -> Outcome<Value> {
        self.text_of(value, TextBuilder::push_repr)
    }

    /// `str(value)`: a str object.
    pub fn str(&mut self, value: Value) -> Outcome<Value> {
        if self.kind(value) == kind::STR {
            return Ok(value);
        }
        if value.is_small() {
            return self.decimal(value.as_small());
        }
        self.text_of(value, TextBuilder::push_str_of)
    }

    /// The str of a small integer.
    pub(crate) fn decimal(&mut self, number: i32) -> Outcome<Value> {
        let mut digits = [b'-'; 11];
        let (mut rest, mut start) = (number.unsigned_abs(), digits.len());
        for place in digits.iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
            start -= 1;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            // In front of the digits it still is the sign.
            start -= 1;
        }
        self.new_str(digits.get(start..).map_or("", crate::raw::text))
    }

    /// `ascii(value)`: a str object.
    pub fn ascii(&mut self, value: Value) -> Outcome<Value> {
        let made = self.repr(value)?;
        if self.is_ascii(made) {
            return Ok(made);
        }
        let mark = self.mark();
        let made = self.root(made)?;
        let mut out = TextBuilder::new(self, self.length(self.get(made)))?;
        let mut at = 0;
        while let Some((character, next)) = self.char_at(self.get(made), at) {
            if character.is_ascii() {
                out.push_byte(self, character as u8)?;
            } else {
                super::quote::push_escape(self, &mut out, character as u32)?;
            }
            at = next;
        }
        let made = out.finish(self);
        self.release(mark);
        Ok(made)
    }

    fn text_of(&mut self, value: Value, push: fn(&mut TextBuilder, &mut Self, Value) -> Outcome<()>) -> Outcome<Value> {
        let mark = self.mark();
        let value = self.root(value)?;
        let mut out = TextBuilder::new(self, 16)?;
        push(&mut out, self, self.get(value))?;
        let made = out.finish(self);
        self.release(mark);
        Ok(made)
    }
}
