//! `repr` and `str` of every kind of value.
//!
//! Containers are walked with records on the machine's own stack, not by recursion: `[container, position, link]`, the
//! newest in `Vm::repr_chain`. The records are also what tells a list that contains itself (`[...]`).

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::exception::field as exception;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::{Builtin, Category};
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
        if depth >= vm.limits.recursion {
            return vm.raise(
                Builtin::RecursionError,
                "maximum recursion depth exceeded while getting the repr of an object",
            );
        }
        if kind == kind::EXCEPTION && vm.field(container, 0).as_builtin().is_none() {
            let root = vm.root(container)?;
            let made = vm.call_special(container, "__repr__", &[])?;
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
                self.push_str(vm, if vm.kind(vm.get(Root(record.base))) == kind::DICT_VIEW { "([" } else { "(" })
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

    /// `repr` of what holds no items.
    fn push_simple_repr(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        let root = vm.root(value)?;
        match vm.kind(value) {
            kind::STR | kind::BYTES => {
                if vm.kind(value) == kind::BYTES {
                    self.push_byte(vm, b'b')?;
                }
                self.push_quoted(vm, vm.get(root), false)?;
            }
            kind::BYTEARRAY => {
                self.push_str(vm, "bytearray(b")?;
                self.push_quoted(vm, vm.get(root), false)?;
                self.push_byte(vm, b')')?;
            }
            kind::FLOAT => {
                let number = vm.float(value);
                self.push_float(vm, number)?;
            }
            kind::BIG_INT => self.push_int(vm, value)?,
            kind::RANGE => {
                self.push_str(vm, "range(")?;
                self.push_int(vm, vm.field(vm.get(root), 0))?;
                self.push_str(vm, ", ")?;
                self.push_int(vm, vm.field(vm.get(root), 1))?;
                if vm.field(vm.get(root), 2) != Value::small_unchecked(1) {
                    self.push_str(vm, ", ")?;
                    self.push_int(vm, vm.field(vm.get(root), 2))?;
                }
                self.push_byte(vm, b')')?;
            }
            kind::INSTANCE => {
                let made = vm.call_special(value, "__repr__", &[])?;
                match made {
                    Some(made) => self.push_returned(vm, made, "__repr__")?,
                    None => self.push_default_repr(vm, root)?,
                }
            }
            kind::CLASS => {
                self.push_str(vm, "<class '__main__.")?;
                self.push_value(vm, vm.field(vm.get(root), 0))?;
                self.push_str(vm, "'>")?;
            }
            kind::FUNCTION => {
                self.push_str(vm, "<function ")?;
                self.push_function_name(vm, vm.get(root))?;
                self.push_address(vm, root)?;
            }
            kind::GENERATOR => {
                self.push_str(vm, "<generator object ")?;
                self.push_function_name(vm, vm.field(vm.get(root), 1))?;
                self.push_address(vm, root)?;
            }
            kind::BOUND_METHOD => self.push_method_repr(vm, root)?,
            kind::STATIC_METHOD | kind::CLASS_METHOD => {
                let is_static = vm.kind(value) == kind::STATIC_METHOD;
                self.push_str(vm, if is_static { "<staticmethod(" } else { "<classmethod(" })?;
                vm.nest()?;
                self.push_repr(vm, vm.field(vm.get(root), 0))?;
                vm.unnest();
                self.push_str(vm, ")>")?;
            }
            kind::SUPER => {
                let class = vm.class_name(vm.field(value, 0));
                let receiver = vm.type_name(vm.field(value, 1));
                self.push_fmt(vm, format_args!("<super: <class '{class}'>, <{receiver} object>>"))?;
            }
            kind::MODULE => {
                self.push_str(vm, "<module ")?;
                self.push_quoted(vm, vm.field(vm.get(root), 1), false)?;
                self.push_byte(vm, b'>')?;
            }
            kind::CELL => {
                let content = vm.field(value, 0);
                let (at, name) = (address(value), vm.type_name(content));
                if content.is_unbound() {
                    self.push_fmt(vm, format_args!("<cell at {at:#x}: empty>"))?;
                } else {
                    let inner = address(content);
                    self.push_fmt(vm, format_args!("<cell at {at:#x}: {name} object at {inner:#x}>"))?;
                }
            }
            255 => self.push_immediate_repr(vm, value)?,
            _ => {
                let name = vm.type_name(value);
                self.push_fmt(vm, format_args!("<{name} object"))?;
                self.push_address(vm, root)?;
            }
        }
        vm.release(root.0);
        Ok(())
    }

    /// `repr` of a builtin or of a method of a builtin type.
    fn push_immediate_repr(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        if value.is_small() {
            return self.push_int(vm, value);
        }
        let Some(builtin) = value.as_builtin() else {
            if let (Some(native), Some((owner, _))) = (crate::native::method(value), value.as_method()) {
                let (name, owner) = (native.name, crate::native::type_of_index(owner).name());
                return self.push_fmt(vm, format_args!("<method '{name}' of '{owner}' objects>"));
            }
            return self.push_str(vm, "<unbound>");
        };
        let name = builtin.name();
        match builtin.category() {
            Category::Constant => self.push_str(vm, name),
            _ if builtin == Builtin::JSONDecodeError => self.push_str(vm, "<class 'json.decoder.JSONDecodeError'>"),
            Category::Type | Category::HiddenType | Category::Exception(_) => {
                self.push_fmt(vm, format_args!("<class '{name}'>"))
            }
            Category::Module => self.push_fmt(vm, format_args!("<module '{name}' (built-in)>")),
            Category::Function | Category::Member(_) => self.push_fmt(vm, format_args!("<built-in function {name}>")),
        }
    }

    fn push_method_repr(&mut self, vm: &mut Vm<'_>, method: Root) -> Outcome<()> {
        let function = vm.field(vm.get(method), 0);
        if vm.is(function, kind::FUNCTION) {
            self.push_str(vm, "<bound method ")?;
            self.push_function_name(vm, vm.field(vm.get(method), 0))?;
            self.push_str(vm, " of ")?;
            vm.nest()?;
            self.push_repr(vm, vm.field(vm.get(method), 1))?;
            vm.unnest();
            return self.push_byte(vm, b'>');
        }
        let name = crate::native::method(function).map_or("?", |native| native.name);
        let receiver = vm.field(vm.get(method), 1);
        let (owner, at) = (vm.type_name(receiver), address(receiver));
        self.push_fmt(vm, format_args!("<built-in method {name} of {owner} object at {at:#x}>"))
    }

    fn push_function_name(&mut self, vm: &mut Vm<'_>, function: Value) -> Outcome<()> {
        if !vm.is(function, kind::FUNCTION) {
            return self.push_str(vm, "?");
        }
        let name = vm.image.constant(vm.image.function(vm.number(function, 0)).name);
        if vm.is_str(name) { self.push_value(vm, name) } else { self.push_str(vm, "?") }
    }

    /// `<__main__.A object at 0x..>`.
    fn push_default_repr(&mut self, vm: &mut Vm<'_>, value: Root) -> Outcome<()> {
        let class = vm.type_of(vm.get(value));
        if vm.is(class, kind::CLASS) {
            self.push_str(vm, "<__main__.")?;
        } else {
            self.push_byte(vm, b'<')?;
        }
        let name = vm.type_name(vm.get(value));
        self.push_str(vm, name.as_str())?;
        self.push_str(vm, " object")?;
        self.push_address(vm, value)
    }

    fn push_address(&mut self, vm: &mut Vm<'_>, value: Root) -> Outcome<()> {
        // Room first: what is written is where the object then is.
        self.reserve(vm, 24)?;
        let at = address(vm.get(value));
        self.push_fmt(vm, format_args!(" at {at:#x}>"))
    }

    /// Appends what `__repr__` or `__str__` returned, which must be text.
    fn push_returned(&mut self, vm: &mut Vm<'_>, made: Value, method: &str) -> Outcome<()> {
        if vm.is_str(made) {
            return self.push_value(vm, made);
        }
        let name = vm.type_name(made);
        vm.raise_fmt(Builtin::TypeError, format_args!("{method} returned non-string (type {name})"))
    }

    /// Appends `str(value)`.
    pub fn push_str_of(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        match vm.kind(value) {
            kind::STR => self.push_value(vm, value),
            kind::INSTANCE => {
                let root = vm.root(value)?;
                let made = vm.call_special(value, "__str__", &[])?;
                let value = vm.get(root);
                vm.release(root.0);
                match made {
                    Some(made) => self.push_returned(vm, made, "__str__"),
                    None => self.push_repr(vm, value),
                }
            }
            kind::EXCEPTION => {
                let root = vm.root(value)?;
                let made = vm.call_special(value, "__str__", &[])?;
                match made {
                    Some(made) => self.push_returned(vm, made, "__str__")?,
                    None => self.push_exception_text(vm, root)?,
                }
                vm.release(root.0);
                Ok(())
            }
            _ => self.push_repr(vm, value),
        }
    }

    /// `str` of an exception: what its arguments say.
    fn push_exception_text(&mut self, vm: &mut Vm<'_>, exception: Root) -> Outcome<()> {
        let value = vm.get(exception);
        let args = vm.field(value, exception::ARGS);
        let class = vm.type_of(value);
        let is = |vm: &Vm<'_>, builtin| vm.is_subclass(class, Value::builtin(builtin));
        let count = if vm.kind(args) == kind::TUPLE { vm.length(args) } else { 0 };
        vm.nest()?;
        match count {
            0 => {}
            1 if is(vm, Builtin::KeyError) => self.push_repr(vm, vm.field(args, 0))?,
            1 => self.push_str_of(vm, vm.field(args, 0))?,
            2 | 3 if is(vm, Builtin::OSError) => {
                let args = vm.root(args)?;
                self.push_str(vm, "[Errno ")?;
                self.push_str_of(vm, vm.field(vm.get(args), 0))?;
                self.push_str(vm, "] ")?;
                self.push_str_of(vm, vm.field(vm.get(args), 1))?;
                if count == 3 {
                    self.push_str(vm, ": ")?;
                    self.push_repr(vm, vm.field(vm.get(args), 2))?;
                }
            }
            _ => self.push_repr(vm, args)?,
        }
        vm.unnest();
        Ok(())
    }
}

/// Where an object is, as `id` says it.
fn address(value: Value) -> u64 {
    u64::from(value.0) + 0x7F00_0000_0000
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
        self.text_of(value, TextBuilder::push_str_of)
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
