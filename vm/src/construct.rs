//! Displays and their opposites: building containers and strings, unpacking, spreading arguments.

use crate::call::{Called, MARGIN, RECORD};
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

impl Vm<'_> {
    /// `a <operation> number`, where the quick path didn't hold.
    #[inline(never)]
    pub(crate) fn binary_with_int(&mut self, operation: Binary, a: Value, number: i32) -> Outcome<Value> {
        let number = Value::small_unchecked(number);
        if self.kind(a) == kind::FLOAT {
            let (x, y) = (self.float(a), f64::from(number.as_small()));
            match operation {
                Binary::Add => return self.new_float(x + y),
                Binary::Multiply => return self.new_float(x * y),
                _ => {}
            }
        }
        // `x - 1` was compiled to `x + -1`: messages and methods of classes must see the subtraction.
        if operation == Binary::Add && number.as_small() < 0 {
            let positive = Value::small_unchecked(-number.as_small());
            return self.arithmetic_slow(Binary::Subtract, a, positive, false);
        }
        self.arithmetic_slow(operation, a, number, false)
    }

    pub(crate) fn build_set(&mut self, items: Args) -> Outcome<Value> {
        let set = self.new_set()?;
        let set = self.root(set)?;
        for index in 0..items.len() {
            self.set_add(set, items.root(index))?;
        }
        let result = self.get(set);
        self.release(set.0);
        Ok(result)
    }

    pub(crate) fn build_dict(&mut self, pairs: Args) -> Outcome<Value> {
        self.new_dict_of(pairs)
    }

    /// Joins strings (f-strings); one that is none is a defect of the module.
    pub(crate) fn build_string(&mut self, parts: Args) -> Outcome<Value> {
        let (mut length, mut ascii) = (0u32, true);
        for index in 0..parts.len() {
            let part = self.arg(parts, index);
            if self.kind(part) != kind::STR {
                return self.wrong_register();
            }
            length = length.saturating_add(self.length(part));
            ascii &= self.is_ascii(part);
        }
        let text = self.new_str_unfilled(length, ascii)?;
        let mut at = text.0 + 8;
        for index in 0..parts.len() {
            let part = self.arg(parts, index);
            let length = self.length(part);
            self.copy_text(part, 0, at, length);
            at += length;
        }
        Ok(text)
    }

    /// `format(value, "")`.
    pub(crate) fn format_plain(&mut self, value: Value) -> Outcome<Value> {
        if matches!(self.kind(value), kind::INSTANCE | kind::EXCEPTION) {
            let kept = self.root(value)?;
            let spec = self.new_str("")?;
            let value = self.get(kept);
            self.release(kept.0);
            return self.format(value, spec);
        }
        self.str(value)
    }

    /// A tuple of the items of the list in a register.
    pub(crate) fn tuple_from_register(&mut self, list: Root) -> Outcome<Value> {
        let count = self.number(self.get(list), 0);
        let tuple = self.alloc(kind::TUPLE, count)?;
        let buffer = self.field(self.get(list), 1);
        self.mem.copy_words(buffer.0 + 4, tuple.0 + 4, count);
        Ok(tuple)
    }

    /// `[*items]` and `callee(*items)` (unbound: it is no call).
    pub(crate) fn spread(&mut self, list: Root, items: Root, callee: Value) -> Outcome<()> {
        let value = self.get(items);
        let is_iterable = match self.kind(value) {
            kind::INSTANCE => {
                let class = self.field(value, 0);
                self.held(value).is_some_and(|held| !self.is_integer(held) && self.kind(held) != kind::FLOAT)
                    || self.lookup_defined_text(class, "__iter__").is_some()
                    || self.lookup_defined_text(class, "__getitem__").is_some()
            }
            kind::LIST | kind::TUPLE | kind::DICT | kind::STR => true,
            kind::FLOAT | kind::BIG_INT | kind::FUNCTION | kind::BOUND_METHOD | kind::SLICE | kind::EXCEPTION => false,
            _ => !value.is_small() && (value.as_builtin().is_none() || value.is_letter()),
        };
        if is_iterable {
            return self.list_extend(list, items);
        }
        if callee.is_unbound() {
            return self.raise_type("Value after * must be an iterable, not {}", value);
        }
        let given = self.type_name(value);
        let callee = self.callee_name(callee);
        self.raise_fmt(Builtin::TypeError, format_args!("{callee} argument after * must be an iterable, not {given}"))
    }

    /// What is called, as messages about its arguments show it: `module.function()`.
    fn callee_name(&mut self, callee: Value) -> crate::vm::Line {
        use core::fmt::Write as _;
        let mut line = crate::vm::Line::default();
        if !FEATURES.has(Feature::Messages) {
            return line;
        }
        let _ = match self.kind(callee) {
            kind::BOUND_METHOD => return self.callee_name(self.field(callee, 0)),
            kind::FUNCTION => {
                let index = self.number(callee, 0);
                let name = self.given_qualified_name(callee);
                let name = self.name_line(name.unwrap_or_else(|| self.image.constant(self.image.function(index).name)));
                let module = self.module_of_function(index).map(|module| self.name_line(module));
                write!(line, "{}.{name}()", module.unwrap_or_default())
            }
            kind::CLASS => write!(line, "{}()", self.full_class_name(callee)),
            _ => match (callee.as_builtin(), callee.as_method(), crate::native::method(callee)) {
                (Some(builtin), ..) => write!(line, "{}()", builtin.name()),
                (_, Some((owner, _)), Some(native)) => {
                    write!(line, "{}.{}()", crate::native::type_of_index(owner).name(), native.name())
                }
                _ => write!(line, "{} object", self.type_name(callee)),
            },
        };
        line
    }

    /// The name of the module that a function is part of.
    pub(crate) fn module_of_function(&self, function: u32) -> Option<Value> {
        let count = (self.image.modules.len() / 2) as u32;
        let module = (0..count).rev().map(|index| self.image.module(index)).find(|m| u32::from(m.function) <= function);
        module.map(|module| self.image.constant(module.name))
    }

    /// Merges a mapping into a dict; for keyword arguments a key twice, or one that is no string, is an error.
    pub(crate) fn dict_merge(&mut self, dict: Root, other: Root, callee: Option<Root>) -> Outcome<()> {
        let mark = self.mark();
        let mapping = self.get(other);
        if !self.is(mapping, kind::DICT) {
            let Some(keys) = self.get_attr_text(mapping, "keys")? else {
                let name = self.type_name(self.get(other));
                let Some(callee) = callee else {
                    return self.raise_fmt(Builtin::TypeError, format_args!("'{name}' object is not a mapping"));
                };
                let callee = self.callee_name(self.get(callee));
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{callee} argument after ** must be a mapping, not {name}"),
                );
            };
            let keys = self.call_values(keys, &[])?;
            let iterator = self.iter(keys)?;
            let iterator = self.root(iterator)?;
            while let Some(key) = self.next(self.get(iterator))? {
                let key = self.root(key)?;
                let (mapping, key_value) = (self.get(other), self.get(key));
                let item = self.get_item(mapping, key_value)?;
                let item = self.root(item)?;
                self.merge_one(dict, key, item, callee)?;
                self.release(key.0);
            }
            self.release(mark);
            return Ok(());
        }
        let mut at = 0;
        while let Some((next, key, item)) = self.dict_entry(self.get(other), at) {
            let (key, item) = self.root2(key, item)?;
            self.merge_one(dict, key, item, callee)?;
            self.release(key.0);
            at = next;
        }
        self.release(mark);
        Ok(())
    }

    fn merge_one(&mut self, dict: Root, key: Root, item: Root, callee: Option<Root>) -> Outcome<()> {
        if let Some(callee) = callee {
            let key = self.get(key);
            if self.kind(key) != kind::STR {
                return self.raise(Builtin::TypeError, "keywords must be strings");
            }
            if self.dict_get_str(self.get(dict), key).is_some() {
                let name = self.name_line(key);
                let callee = self.callee_name(self.get(callee));
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{callee} got multiple values for keyword argument '{name}'"),
                );
            }
        }
        self.dict_set(dict, key, item)
    }

    // ---- unpacking ----

    /// Puts the items of an iterable into registers; their count must be exact.
    pub(crate) fn unpack(&mut self, to: Args, source: Value) -> Outcome<()> {
        let mark = self.mark();
        let source = self.root(source)?;
        let iterator = self.iter_to_unpack(source)?;
        let iterator = self.root(iterator)?;
        for index in 0..to.len() {
            match self.next(self.get(iterator))? {
                Some(item) => self.set(to.root(index), item),
                None => {
                    let wanted = to.count;
                    return self.raise_fmt(
                        Builtin::ValueError,
                        format_args!("not enough values to unpack (expected {wanted}, got {index})"),
                    );
                }
            }
        }
        if self.next(self.get(iterator))?.is_some() {
            let wanted = to.count;
            return self.raise_fmt(Builtin::ValueError, format_args!("too many values to unpack (expected {wanted})"));
        }
        self.release(mark);
        Ok(())
    }

    fn iter_to_unpack(&mut self, source: Root) -> Outcome<Value> {
        match self.iter(self.get(source)) {
            Err(_) if self.raised_is(Builtin::TypeError) => {
                let class = self.type_of(self.get(source));
                let name = self.class_name(class);
                let has_iter = self.lookup_defined_text(class, "__iter__").is_some();
                if has_iter {
                    return Err(crate::error::Raise);
                }
                self.take_exception();
                self.raise_fmt(Builtin::TypeError, format_args!("cannot unpack non-iterable {name} object"))
            }
            other => other,
        }
    }

    /// `a, *b, c = source` into consecutive words from `to`.
    pub(crate) fn unpack_star(&mut self, to: u32, source: Value, before: u32, after: u32) -> Outcome<()> {
        let mark = self.mark();
        let source = self.root(source)?;
        let iterator = self.iter_to_unpack(source)?;
        let list = self.list_from(iterator)?;
        let list = self.root(list)?;
        let count = self.number(self.get(list), 0);
        if count < before + after {
            let wanted = before + after;
            return self.raise_fmt(
                Builtin::ValueError,
                format_args!("not enough values to unpack (expected at least {wanted}, got {count})"),
            );
        }
        let rest = count - before - after;
        let middle = self.alloc(kind::BUFFER, rest)?;
        let buffer = self.field(self.get(list), 1);
        self.mem.copy_words(buffer.0 + 4 + before * 4, middle.0 + 4, rest);
        let middle = self.list_of_buffer(middle, rest)?;
        let buffer = self.field(self.get(list), 1);
        self.mem.copy_words(buffer.0 + 4, to, before);
        self.mem.set_word(to + before * 4, middle.0);
        self.mem.copy_words(buffer.0 + 4 + (before + rest) * 4, to + (before + 1) * 4, after);
        self.release(mark);
        Ok(())
    }

    // ---- calls with stars ----

    /// `f(*args, **kwargs)`: spreads them above the window at `at` and prepares the call there.
    pub(crate) fn prepare_spread(&mut self, at: u32) -> Outcome<Called> {
        let given = Value(self.mem.word(at + RECORD));
        let keywords = Value(self.mem.word(at + RECORD + 4));
        if !matches!(self.kind(given), kind::LIST | kind::TUPLE)
            || !(keywords == Value::NONE || self.is(keywords, kind::DICT))
        {
            return self.wrong_register();
        }
        let positional = self.items(given).len() as u32;
        let named = if keywords == Value::NONE { 0 } else { self.number(keywords, 0) };
        let top = self.sp;
        let end = top + RECORD + (positional + named) * 4;
        if end + MARGIN > self.heap_start {
            self.grow_stack(end + MARGIN - self.sp)?;
            return self.prepare_spread(at);
        }
        let names = if named == 0 { Value::UNBOUND } else { self.alloc(kind::TUPLE, named)? };
        let (given, keywords) = (Value(self.mem.word(at + RECORD)), Value(self.mem.word(at + RECORD + 4)));
        let callee = self.mem.word(at);
        self.mem.set_word(top, callee);
        self.mem.set_word(top + 4, 0);
        self.mem.set_word(top + 8, 0);
        for index in 0..positional {
            let item = self.items(given).get(index as usize).copied().unwrap_or(Value::NONE);
            self.mem.set_word(top + RECORD + index * 4, item.0);
        }
        let (mut position, mut index) = (0, 0);
        while named > 0
            && let Some((next, key, item)) = self.dict_entry(keywords, position)
        {
            if self.kind(key) != kind::STR {
                return self.raise(Builtin::TypeError, "keywords must be strings");
            }
            self.set_field(names, index, key);
            self.mem.set_word(top + RECORD + (positional + index) * 4, item.0);
            position = next;
            index += 1;
        }
        self.sp = end;
        self.prepare(top, positional + named, names)
    }

    /// `range(..)` with numbers that aren't small, or none at all: an iterator in the first register.
    pub(crate) fn prepare_range(&mut self, args: Args) -> Outcome<()> {
        let range = self.call(Value::builtin(Builtin::RangeType), args)?;
        let iterator = self.iter(range)?;
        self.set(args.root(0), iterator);
        self.set(args.root(1), Value::UNBOUND);
        Ok(())
    }
}
