//! Iterators of builtin kinds: `[builtin type, source, position, extra]`; an exhausted one has an unbound source. Those
//! over dicts have a fifth field.

use super::range::RangeWalk;
use crate::error::Outcome;
use crate::kind::kind;
use crate::letters::letter;
use crate::protocol::Binary;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const SOURCE: u32 = 1;
pub(super) const POSITION: u32 = 2;
pub(super) const EXTRA: u32 = 3;
/// How many entries are left, of an iterator over a dict alone.
const LEFT: u32 = 4;

/// Words of the types, to match on.
pub(super) mod types {
    use nano_wire::builtins::Builtin;
    use nano_wire::value::Value;

    pub const LIST: Value = Value::builtin(Builtin::ListIteratorType);
    pub const LIST_REVERSE: Value = Value::builtin(Builtin::ListReverseIteratorType);
    pub const TUPLE: Value = Value::builtin(Builtin::TupleIteratorType);
    pub const STR: Value = Value::builtin(Builtin::StrIteratorType);
    pub const BYTES: Value = Value::builtin(Builtin::BytesIteratorType);
    pub const BYTEARRAY: Value = Value::builtin(Builtin::BytearrayIteratorType);
    pub const RANGE: Value = Value::builtin(Builtin::RangeIteratorType);
    pub const SET: Value = Value::builtin(Builtin::SetIteratorType);
    pub const CALLABLE: Value = Value::builtin(Builtin::CallableIteratorType);
    pub const SEQUENCE: Value = Value::builtin(Builtin::SequenceIteratorType);
    pub const KEYS: Value = Value::builtin(Builtin::DictKeyIteratorType);
    pub const VALUES: Value = Value::builtin(Builtin::DictValueIteratorType);
    pub const ITEMS: Value = Value::builtin(Builtin::DictItemIteratorType);
    pub const ENUMERATE: Value = Value::builtin(Builtin::EnumerateType);
    pub const ZIP: Value = Value::builtin(Builtin::ZipType);
    pub const MAP: Value = Value::builtin(Builtin::MapType);
    pub const FILTER: Value = Value::builtin(Builtin::FilterType);
    pub const REVERSED: Value = Value::builtin(Builtin::ReversedType);
}

/// Is it the type of an iterator over a dict?
pub(crate) fn is_of_dict(iterator_type: Value) -> bool {
    matches!(iterator_type, types::KEYS | types::VALUES | types::ITEMS)
}

impl Vm<'_> {
    /// An ITERATOR of these parts (unlike `new_iterator`, of all of them).
    pub(crate) fn iterator_of(
        &mut self,
        builtin_type: Builtin,
        source: Value,
        position: Value,
        extra: Value,
    ) -> Outcome<Value> {
        let args = self.root_all(&[source, position, extra])?;
        let is_of_dict = is_of_dict(Value::builtin(builtin_type));
        let iterator = self.alloc(kind::ITERATOR, 4 + u32::from(is_of_dict))?;
        self.set_field(iterator, 0, Value::builtin(builtin_type));
        if is_of_dict {
            // A small number: how many entries there are.
            self.set_field(iterator, LEFT, extra);
        }
        for index in 0..3 {
            let value = self.arg(args, index as usize);
            self.set_field(iterator, 1 + index, value);
        }
        self.release(args.root(0).0);
        Ok(iterator)
    }

    /// `iter(value)` for builtin kinds: an ITERATOR (or the value, of one); `None`: not such a kind.
    pub fn iter_builtin(&mut self, value: Value) -> Outcome<Option<Value>> {
        let zero = Value::small_unchecked(0);
        let (builtin_type, extra) = match self.kind(value) {
            kind::LIST => (Builtin::ListIteratorType, zero),
            kind::TUPLE => (Builtin::TupleIteratorType, zero),
            kind::DICT => (Builtin::DictKeyIteratorType, self.field(value, 0)),
            kind::ITERATOR => return Ok(Some(value)),
            kind::STR => (Builtin::StrIteratorType, zero),
            kind::BYTES => (Builtin::BytesIteratorType, zero),
            kind::BYTEARRAY => (Builtin::BytearrayIteratorType, zero),
            kind::SET | kind::FROZENSET => (Builtin::SetIteratorType, self.field(value, 0)),
            kind::DICT_VIEW => return self.iter_view(value, false).map(Some),
            kind::RANGE => return self.iter_range(value).map(Some),
            _ => return Ok(None),
        };
        self.iterator_of(builtin_type, value, zero, extra).map(Some)
    }

    /// Iterator over a view of a dict, forwards or backwards. Backwards, positions are negative: `-1 - position`.
    pub(super) fn iter_view(&mut self, view: Value, backwards: bool) -> Outcome<Value> {
        let dict = self.field(view, 1);
        let builtin_type = match self.field(view, 0).as_builtin() {
            Some(Builtin::DictKeysType | Builtin::MappingproxyType) => Builtin::DictKeyIteratorType,
            Some(Builtin::DictValuesType) => Builtin::DictValueIteratorType,
            _ => Builtin::DictItemIteratorType,
        };
        self.iter_dict(builtin_type, dict, backwards)
    }

    /// Iterator over a dict.
    pub(super) fn iter_dict(&mut self, builtin_type: Builtin, dict: Value, backwards: bool) -> Outcome<Value> {
        let position = if backwards { -1 - self.number(dict, 1) as i32 } else { 0 };
        let live = self.field(dict, 0);
        self.iterator_of(builtin_type, dict, Value::small_unchecked(position), live)
    }

    /// Iterator over a range: of small numbers `[type, next, how many are left, step]`, else `[type, RANGE, index]`.
    fn iter_range(&mut self, range: Value) -> Outcome<Value> {
        let parts = self.range_walk(range);
        match parts {
            Some(RangeWalk { next, left, step }) => self.iterator_of(Builtin::RangeIteratorType, next, left, step),
            None => self.iterator_of(Builtin::RangeIteratorType, range, Value::small_unchecked(0), Value::UNBOUND),
        }
    }

    /// Next item of an ITERATOR object; `None`: at its end.
    #[inline]
    pub fn next_builtin(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        match self.field(iterator, 0) {
            types::LIST | types::TUPLE => {
                let source = self.field(iterator, SOURCE);
                if source.is_unbound() {
                    return Ok(None);
                }
                let position = self.number(iterator, POSITION);
                if let Some(item) = self.items(source).get(position as usize).copied() {
                    self.set_number(iterator, POSITION, position + 1);
                    return Ok(Some(item));
                }
                self.set_field(iterator, SOURCE, Value::UNBOUND);
                Ok(None)
            }
            types::RANGE => self.next_of_range(iterator),
            types::STR => {
                let source = self.field(iterator, SOURCE);
                if source.is_unbound() { Ok(None) } else { self.next_of_str(iterator, source) }
            }
            types::KEYS | types::VALUES | types::ITEMS => self.next_of_dict(iterator),
            _ => self.next_other(iterator),
        }
    }

    #[inline(never)]
    fn next_other(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let source = self.field(iterator, SOURCE);
        if source.is_unbound() {
            return Ok(None);
        }
        match self.field(iterator, 0) {
            types::BYTES | types::BYTEARRAY => {
                let position = self.number(iterator, POSITION);
                let byte = if self.kind(source) == kind::BYTES {
                    self.bytes(source).get(position as usize).copied()
                } else if position < self.number(source, 0) {
                    self.bytes(self.field(source, 1)).get(position as usize).copied()
                } else {
                    None
                };
                Ok(self.advanced(iterator, byte.map(|byte| Value::small_unchecked(i32::from(byte)))))
            }
            types::SET => self.next_of_set(iterator, source),
            types::LIST_REVERSE => {
                let position = self.field(iterator, POSITION).as_small() - 1;
                let item = self.items(source).get(position as usize).copied();
                self.set_field(iterator, POSITION, Value::small_unchecked(position));
                if item.is_none() {
                    self.set_field(iterator, SOURCE, Value::UNBOUND);
                }
                Ok(item)
            }
            types::REVERSED => self.next_reversed(iterator, source),
            _ => {
                if let Some(item) = self.next_of_simple(iterator, source)? {
                    return Ok(Some(item));
                }
                // Iterators over iterators: a chain of them is as deep as the program makes it.
                self.nest()?;
                let item = self.next_of_others(iterator, source)?;
                self.unnest();
                Ok(item)
            }
        }
    }

    fn next_of_others(&mut self, iterator: Value, source: Value) -> Outcome<Option<Value>> {
        match self.field(iterator, 0) {
            types::SEQUENCE => self.next_of_sequence(iterator, source),
            types::CALLABLE => self.next_of_callable(iterator, source),
            types::ENUMERATE => self.next_enumerated(iterator, source),
            types::ZIP => self.next_zipped(iterator),
            types::MAP => self.next_mapped(iterator),
            types::FILTER => self.next_filtered(iterator),
            _ => Ok(None),
        }
    }

    /// Moves a counting iterator on, or ends it.
    fn advanced(&mut self, iterator: Value, item: Option<Value>) -> Option<Value> {
        if item.is_some() {
            let position = self.number(iterator, POSITION);
            self.set_number(iterator, POSITION, position + 1);
        } else {
            self.set_field(iterator, SOURCE, Value::UNBOUND);
        }
        item
    }

    #[inline]
    fn next_of_range(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let next = self.field(iterator, SOURCE);
        if next.is_small() {
            let left = self.field(iterator, POSITION).as_small();
            if left <= 0 {
                return Ok(None);
            }
            let step = self.field(iterator, EXTRA).as_small();
            self.set_field(iterator, POSITION, Value::small_unchecked(left - 1));
            self.set_field(iterator, SOURCE, Value::small_unchecked(next.as_small().wrapping_add(step)));
            return Ok(Some(next));
        }
        let iterator = self.root(iterator)?;
        let position = self.field(self.get(iterator), POSITION);
        let item = self.range_item(next, position)?;
        if let Some(item) = item {
            let item = self.root(item)?;
            let position = self.field(self.get(iterator), POSITION);
            let position = self.binary(Binary::Add, position, Value::small_unchecked(1))?;
            self.set_field(self.get(iterator), POSITION, position);
            let item = self.get(item);
            self.release(iterator.0);
            return Ok(Some(item));
        }
        self.release(iterator.0);
        Ok(None)
    }

    fn next_of_dict(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let dict = self.field(iterator, SOURCE);
        if dict.is_unbound() {
            return Ok(None);
        }
        if self.field(dict, 0) != self.field(iterator, EXTRA) {
            self.set_field(iterator, EXTRA, Value::small_unchecked(-1));
            return self.dict_changed("dictionary changed size during iteration");
        }
        let position = self.field(iterator, POSITION).as_small();
        let found = if position < 0 {
            self.dict_entry_before(dict, (-1 - position) as u32).map(|(at, key, item)| (-1 - at as i32, key, item))
        } else {
            self.dict_entry(dict, position as u32).map(|(next, key, item)| (next as i32, key, item))
        };
        let left = self.number(iterator, LEFT);
        let (Some((next, key, item)), 1..) = (found, left) else {
            self.set_field(iterator, SOURCE, Value::UNBOUND);
            // There are as many as before, but others, or they stand elsewhere.
            let changed = found.is_some() || left != 0;
            return if changed { self.dict_changed("dictionary keys changed during iteration") } else { Ok(None) };
        };
        self.set_number(iterator, LEFT, left - 1);
        // Deleted entries are passed over.
        self.work(next.abs_diff(position) / 16)?;
        self.set_field(iterator, POSITION, Value::small_unchecked(next));
        match self.field(iterator, 0) {
            types::KEYS => Ok(Some(key)),
            types::VALUES => Ok(Some(item)),
            _ => self.new_pair(key, item).map(Some),
        }
    }

    /// A tuple of two.
    pub(crate) fn new_pair(&mut self, a: Value, b: Value) -> Outcome<Value> {
        let args = self.root_all(&[a, b])?;
        let pair = self.new_tuple(args)?;
        self.release(args.root(0).0);
        Ok(pair)
    }

    fn next_of_str(&mut self, iterator: Value, source: Value) -> Outcome<Option<Value>> {
        let position = self.number(iterator, POSITION);
        if let Some(byte) = self.bytes(source).get(position as usize)
            && let Some(letter) = letter(char::from(*byte))
        {
            self.set_number(iterator, POSITION, position + 1);
            return Ok(Some(letter));
        }
        let Some(character) = self.text(source).get(position as usize..).and_then(|rest| rest.chars().next()) else {
            self.set_field(iterator, SOURCE, Value::UNBOUND);
            return Ok(None);
        };
        self.set_number(iterator, POSITION, position + character.len_utf8() as u32);
        self.new_char(character).map(Some)
    }

    fn next_reversed(&mut self, iterator: Value, source: Value) -> Outcome<Option<Value>> {
        let position = self.field(iterator, POSITION).as_small();
        if position <= 0 {
            self.set_field(iterator, SOURCE, Value::UNBOUND);
            return Ok(None);
        }
        self.set_field(iterator, POSITION, Value::small_unchecked(position - 1));
        self.item_or_end(iterator, source, position - 1)
    }

    fn next_of_sequence(&mut self, iterator: Value, source: Value) -> Outcome<Option<Value>> {
        let position = self.field(iterator, POSITION).as_small();
        self.set_field(iterator, POSITION, Value::small_unchecked(position.wrapping_add(1)));
        self.item_or_end(iterator, source, position)
    }

    /// `source[position]`; IndexError and StopIteration end the iterator.
    fn item_or_end(&mut self, iterator: Value, source: Value, position: i32) -> Outcome<Option<Value>> {
        let iterator = self.root(iterator)?;
        let result = self.get_item(source, Value::small_unchecked(position));
        let object = self.get(iterator);
        self.release(iterator.0);
        match result {
            Ok(item) => Ok(Some(item)),
            Err(raise) => {
                if self.caught(Builtin::IndexError) || self.caught(Builtin::StopIteration) {
                    self.set_field(object, SOURCE, Value::UNBOUND);
                    return Ok(None);
                }
                Err(raise)
            }
        }
    }

    fn next_of_callable(&mut self, iterator: Value, callable: Value) -> Outcome<Option<Value>> {
        let iterator = self.root(iterator)?;
        let result = match self.call_values(callable, &[]) {
            Ok(result) => result,
            Err(raise) => {
                if self.caught(Builtin::StopIteration) {
                    let object = self.get(iterator);
                    self.set_field(object, SOURCE, Value::UNBOUND);
                    self.release(iterator.0);
                    return Ok(None);
                }
                return Err(raise);
            }
        };
        let result = self.root(result)?;
        let sentinel = self.field(self.get(iterator), EXTRA);
        let found = self.get(result);
        if self.identical_or_equal(sentinel, found)? {
            let object = self.get(iterator);
            self.set_field(object, SOURCE, Value::UNBOUND);
            self.release(iterator.0);
            return Ok(None);
        }
        let item = self.get(result);
        self.release(iterator.0);
        Ok(Some(item))
    }
}
