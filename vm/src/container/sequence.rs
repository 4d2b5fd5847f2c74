//! Items and slices of lists, tuples, ranges and dicts by key; joining and repeating.

use super::slice::{Bounds, Span};
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// Copies items of a list or tuple to a place in a BUFFER or TUPLE; both exist, nothing is allocated.
    pub(super) fn copy_items(&mut self, source: Value, from: u32, count: u32, target: Value, at: u32) {
        let to = target.0 + 4 + at * 4;
        if source.is_image() {
            for index in 0..count {
                let item = self.field(source, from + index);
                self.mem.set_word(to + index * 4, item.0);
            }
            return;
        }
        let start = if self.kind(source) == kind::LIST { self.field(source, 1).0 } else { source.0 };
        self.mem.copy_words(start + 4 + from * 4, to, count);
    }

    /// Item at an index, counted from the end where negative; `None` outside.
    #[inline]
    pub(super) fn item_at(&self, sequence: Value, index: i64) -> Option<Value> {
        let items = self.items(sequence);
        let index = if index < 0 { index + items.len() as i64 } else { index };
        usize::try_from(index).ok().and_then(|index| items.get(index)).copied()
    }

    #[cold]
    fn index_error<T>(&mut self, sequence: Value, what: &str) -> Outcome<T> {
        let name = self.type_name(sequence);
        self.raise_fmt(Builtin::IndexError, format_args!("{name} {what} out of range"))
    }

    /// The number of an index that isn't a small integer; TypeError where it is none, IndexError where it is huge.
    fn odd_index(&mut self, sequence: Root, key: Root) -> Outcome<i64> {
        match self.index_of(self.get(key))? {
            Some(i64::MAX | i64::MIN) => {
                self.raise(Builtin::IndexError, "cannot fit 'int' into an index-sized integer")
            }
            Some(index) => Ok(index),
            None => {
                let (name, given) = (self.type_name(self.get(sequence)), self.type_name(self.get(key)));
                self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{name} indices must be integers or slices, not {given}"),
                )
            }
        }
    }

    /// `container[key]` for list, tuple, dict, range (key may be a SLICE); `None`: not such a kind.
    #[inline]
    pub fn get_item_container(&mut self, container: Value, key: Value) -> Outcome<Option<Value>> {
        match self.kind(container) {
            kind::LIST | kind::TUPLE => {
                if key.is_small()
                    && let Some(item) = self.item_at(container, i64::from(key.as_small()))
                {
                    return Ok(Some(item));
                }
                self.get_item_odd(container, key).map(Some)
            }
            kind::DICT_VIEW => match self.behind_proxy(container) {
                Some(dict) => self.get_item_container(dict, key),
                None => Ok(None),
            },
            kind::DICT => {
                if let Some(hash) = self.plain_hash(key)
                    && let Ok(found) = self.dict_find(container, hash, key)
                {
                    return match found {
                        Some(entry) => Ok(Some(self.dict_item(container, entry))),
                        None => self.raise_value(Builtin::KeyError, key),
                    };
                }
                let (container, key) = self.root2(container, key)?;
                match self.dict_get(self.get(container), self.get(key))? {
                    Some(item) => {
                        self.release(container.0);
                        Ok(Some(item))
                    }
                    None => self.raise_value(Builtin::KeyError, self.get(key)),
                }
            }
            kind::RANGE => self.get_item_odd(container, key).map(Some),
            _ => Ok(None),
        }
    }

    #[inline(never)]
    fn get_item_odd(&mut self, sequence: Value, key: Value) -> Outcome<Value> {
        let (sequence, key) = self.root2(sequence, key)?;
        let object = self.get(sequence);
        let is_range = self.kind(object) == kind::RANGE;
        let item = if self.is(self.get(key), kind::SLICE) {
            let bounds = self.slice_object_bounds(self.get(key))?;
            self.slice_of(sequence, bounds)?
        } else if is_range && let Some(index) = self.integer_of(self.get(key))? {
            self.range_get(self.get(sequence), index)?
        } else {
            let index = if self.get(key).is_small() {
                i64::from(self.get(key).as_small())
            } else {
                self.odd_index(sequence, key)?
            };
            let object = self.get(sequence);
            match self.item_at(object, index) {
                Some(item) => item,
                None => return self.index_error(object, "index"),
            }
        };
        self.release(sequence.0);
        Ok(item)
    }

    /// The slice of a list, tuple or range.
    fn slice_of(&mut self, sequence: Root, bounds: Bounds) -> Outcome<Value> {
        let object = self.get(sequence);
        match self.kind(object) {
            kind::RANGE => self.range_slice(object, bounds),
            kind::TUPLE => {
                let span = bounds.span(self.length(object));
                if span.count == self.length(object) && span.step == 1 {
                    return Ok(object);
                }
                let result = self.alloc(kind::TUPLE, span.count)?;
                self.pick(sequence, span, result);
                Ok(result)
            }
            _ => {
                let span = bounds.span(self.number(object, 0));
                let buffer = self.alloc(kind::BUFFER, span.count)?;
                self.pick(sequence, span, buffer);
                self.list_of_buffer(buffer, span.count)
            }
        }
    }

    /// Copies the items of a span to the start of a BUFFER or TUPLE.
    fn pick(&mut self, sequence: Root, span: Span, target: Value) {
        let source = self.get(sequence);
        if span.step == 1 {
            self.copy_items(source, span.start as u32, span.count, target, 0);
            return;
        }
        let holder = if self.kind(source) == kind::LIST { self.field(source, 1) } else { source };
        let mut at = span.start as u32;
        self.note(span.count);
        for index in 0..span.count {
            let item = self.field(holder, at);
            self.set_field(target, index, item);
            at = at.wrapping_add(span.step as u32);
        }
    }

    /// `container[start:stop:step]`; `None`: not list, tuple or range.
    pub fn get_slice_container(
        &mut self,
        container: Value,
        start: Value,
        stop: Value,
        step: Value,
    ) -> Outcome<Option<Value>> {
        if !matches!(self.kind(container), kind::LIST | kind::TUPLE | kind::RANGE) {
            return Ok(None);
        }
        let args = self.root_all(&[container, start, stop, step])?;
        let bounds = self.slice_bounds(self.arg(args, 1), self.arg(args, 2), self.arg(args, 3))?;
        let result = self.slice_of(args.root(0), bounds)?;
        self.release(args.root(0).0);
        Ok(Some(result))
    }

    /// `container[key] = item` for list (also slices) and dict; `false`: not such a kind.
    #[inline]
    pub fn set_item_container(&mut self, container: Value, key: Value, item: Value) -> Outcome<bool> {
        match self.kind(container) {
            kind::LIST => {
                if key.is_small() {
                    let index = key.as_small();
                    let items = self.items_mut(container);
                    let index = if index < 0 { index.wrapping_add(items.len() as i32) } else { index };
                    if let Some(place) = items.get_mut(index as usize) {
                        *place = item;
                        return Ok(true);
                    }
                }
                self.set_item_odd(container, key, item)?;
                Ok(true)
            }
            kind::DICT => {
                if self.dict_set_plain(container, key, item) {
                    return Ok(true);
                }
                let (container, key, item) = self.root3(container, key, item)?;
                self.dict_set(container, key, item)?;
                self.release(container.0);
                Ok(true)
            }
            kind::BYTEARRAY => self.set_item_bytearray(container, key, item).map(|()| true),
            _ => Ok(false),
        }
    }

    #[inline(never)]
    fn set_item_odd(&mut self, list: Value, key: Value, item: Value) -> Outcome<()> {
        let (list, key, item) = self.root3(list, key, item)?;
        if self.is(self.get(key), kind::SLICE) {
            let bounds = self.slice_object_bounds(self.get(key))?;
            self.set_slice(list, bounds, item)?;
        } else {
            let index =
                if self.get(key).is_small() { i64::from(self.get(key).as_small()) } else { self.odd_index(list, key)? };
            let object = self.get(list);
            let value = self.get(item);
            let count = i64::from(self.number(object, 0));
            let index = if index < 0 { index + count } else { index };
            match usize::try_from(index).ok().and_then(|index| self.items_mut(object).get_mut(index)) {
                Some(place) => *place = value,
                None => return self.index_error(object, "assignment index"),
            }
        }
        self.release(list.0);
        Ok(())
    }

    /// `list[slice] = items`.
    fn set_slice(&mut self, list: Root, bounds: Bounds, items: Root) -> Outcome<()> {
        let given = self.get(items);
        if bounds.step == 1 {
            if given == self.get(list) || !matches!(self.kind(given), kind::LIST | kind::TUPLE) {
                let iterator = self.iter_or(given, "can only assign an iterable")?;
                let copy = self.list_from(iterator)?;
                self.set(items, copy);
            }
            let more = self.items(self.get(items)).len() as u32;
            let span = bounds.span(self.number(self.get(list), 0));
            self.list_open(list, span.start as u32, span.count, more)?;
            let (object, given) = (self.get(list), self.get(items));
            let buffer = self.field(object, 1);
            self.copy_items(given, 0, more, buffer, span.start as u32);
            return Ok(());
        }
        let copy = match self.kind(given) {
            kind::TUPLE => given,
            kind::LIST if given != self.get(list) => given,
            _ => {
                let iterator = self.iter_or(given, "must assign iterable to extended slice")?;
                self.list_from(iterator)?
            }
        };
        let object = self.get(list);
        let span = bounds.span(self.number(object, 0));
        let more = self.items(copy).len() as u32;
        if more != span.count {
            let wanted = span.count;
            return self.raise_fmt(
                Builtin::ValueError,
                format_args!("attempt to assign sequence of size {more} to extended slice of size {wanted}"),
            );
        }
        self.work(more)?;
        for index in 0..more {
            let item = self.items(copy).get(index as usize).copied().unwrap_or(Value::NONE);
            if let Some(place) = self.items_mut(object).get_mut(span.at(index) as usize) {
                *place = item;
            }
        }
        Ok(())
    }

    /// Replaces `old` items of a list at `at` by `new` places whose content is for the caller to write at once.
    pub(super) fn list_open(&mut self, list: Root, at: u32, old: u32, new: u32) -> Outcome<()> {
        let count = self.number(self.get(list), 0);
        if new != old {
            self.work_on((count - at).saturating_mul(4))?;
        }
        let after = count - old + new;
        if new > old {
            self.list_reserve(list, after)?;
        }
        let object = self.get(list);
        let buffer = self.field(object, 1);
        if new != old {
            let rest = count - at - old;
            self.mem.copy_words(buffer.0 + 4 + (at + old) * 4, buffer.0 + 4 + (at + new) * 4, rest);
            if after < count {
                for word in self.mem.values_mut(buffer.0 + 4 + after * 4, count - after) {
                    *word = Value::UNBOUND;
                }
            }
            self.set_number(object, 0, after);
        }
        Ok(())
    }

    /// `del container[key]`; `false`: not such a kind.
    pub fn delete_item_container(&mut self, container: Value, key: Value) -> Outcome<bool> {
        match self.kind(container) {
            kind::LIST => {
                let (list, key) = self.root2(container, key)?;
                if self.is(self.get(key), kind::SLICE) {
                    let bounds = self.slice_object_bounds(self.get(key))?;
                    self.delete_slice(list, bounds)?;
                } else {
                    let index = if self.get(key).is_small() {
                        i64::from(self.get(key).as_small())
                    } else {
                        self.odd_index(list, key)?
                    };
                    let object = self.get(list);
                    let count = i64::from(self.number(object, 0));
                    let index = if index < 0 { index + count } else { index };
                    if index < 0 || index >= count {
                        return self.index_error(object, "assignment index");
                    }
                    self.list_open(list, index as u32, 1, 0)?;
                }
                self.release(list.0);
                Ok(true)
            }
            kind::DICT => {
                let (dict, key) = self.root2(container, key)?;
                if self.dict_remove(self.get(dict), self.get(key))?.is_none() {
                    return self.raise_value(Builtin::KeyError, self.get(key));
                }
                self.release(dict.0);
                Ok(true)
            }
            kind::BYTEARRAY => self.delete_item_bytearray(container, key).map(|()| true),
            _ => Ok(false),
        }
    }

    fn delete_slice(&mut self, list: Root, bounds: Bounds) -> Outcome<()> {
        let object = self.get(list);
        let count = self.number(object, 0);
        let span = bounds.span(count);
        if span.step == 1 || span.count == 0 {
            return self.list_open(list, span.start as u32, span.count, 0);
        }
        self.work(count)?;
        // Forwards: what stays moves down over what goes.
        let (first, step) = if span.step < 0 {
            (span.at(span.count - 1), span.step.unsigned_abs())
        } else {
            (span.start as u32, span.step.unsigned_abs())
        };
        let buffer = self.field(object, 1);
        let (mut to, mut gone) = (first, 0);
        for from in first..count {
            if gone < span.count && u64::from(from - first) == u64::from(gone) * step {
                gone += 1;
            } else {
                let item = self.field(buffer, from);
                self.set_field(buffer, to, item);
                to += 1;
            }
        }
        for place in to..count {
            self.set_field(buffer, place, Value::UNBOUND);
        }
        self.set_number(object, 0, to);
        Ok(())
    }

    /// `a + b` of two lists or two tuples.
    pub(super) fn concatenate(&mut self, a: Value, b: Value) -> Outcome<Value> {
        let (a, b) = self.root2(a, b)?;
        let is_list = self.kind(self.get(a)) == kind::LIST;
        let (first, second) = (self.items(self.get(a)).len() as u32, self.items(self.get(b)).len() as u32);
        if !is_list && (first == 0 || second == 0) {
            let object = self.get(if first == 0 { b } else { a });
            self.release(a.0);
            return Ok(object);
        }
        let target = self.alloc(if is_list { kind::BUFFER } else { kind::TUPLE }, first + second)?;
        self.copy_items(self.get(a), 0, first, target, 0);
        self.copy_items(self.get(b), 0, second, target, first);
        self.release(a.0);
        if is_list { self.list_of_buffer(target, first + second) } else { Ok(target) }
    }

    /// `sequence * times` of a list or tuple.
    pub(super) fn repeat(&mut self, sequence: Value, times: i64) -> Outcome<Value> {
        let sequence = self.root(sequence)?;
        let object = self.get(sequence);
        let is_list = self.kind(object) == kind::LIST;
        let count = self.items(object).len() as u32;
        let times = u32::try_from(times.max(0)).unwrap_or(u32::MAX);
        if !is_list && times == 1 {
            self.release(sequence.0);
            return Ok(object);
        }
        let Some(all) = count.checked_mul(times) else { return self.memory_error() };
        let target = self.alloc(if is_list { kind::BUFFER } else { kind::TUPLE }, all)?;
        if all > 0 {
            self.copy_items(self.get(sequence), 0, count, target, 0);
            self.double(target, count, all);
        }
        self.release(sequence.0);
        if is_list { self.list_of_buffer(target, all) } else { Ok(target) }
    }

    /// Fills the first `all` words of an object by repeating its first `count`.
    pub(super) fn double(&mut self, target: Value, count: u32, all: u32) {
        let mut done = count;
        while done < all {
            let next = done.min(all - done);
            self.mem.copy_words(target.0 + 4, target.0 + 4 + done * 4, next);
            done += next;
        }
    }
}
