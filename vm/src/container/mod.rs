//! list, tuple, dict, set, range, slice and their iterators; sorting; the builtins that walk iterables; `json`.

mod dict;

use crate::error::Outcome;
use crate::native::Native;
use crate::protocol::{Binary, Comparison};
use crate::vm::Root;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    let _ = builtin;
    None
}

pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    let _ = builtin_type;
    &[]
}

impl crate::vm::Vm<'_> {
    /// `iter(value)` for builtin kinds: an ITERATOR (or the value, of one); `None`: not such a kind.
    pub fn iter_builtin(&mut self, value: Value) -> Outcome<Option<Value>> {
        let _ = (value);
        Ok(None)
    }

    /// Next item of an ITERATOR object; `None`: at its end.
    pub fn next_builtin(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let _ = (iterator);
        Ok(None)
    }

    /// `len(value)` for containers (not text); `None`: not such a kind.
    pub fn length_container(&self, value: Value) -> Option<u32> {
        let _ = (value);
        None
    }

    /// `container[key]` for list, tuple, dict, range (key may be a SLICE); `None`: not such a kind.
    pub fn get_item_container(&mut self, container: Value, key: Value) -> Outcome<Option<Value>> {
        let _ = (container, key);
        Ok(None)
    }

    /// `container[start:stop:step]`; `None`: not list, tuple or range.
    pub fn get_slice_container(
        &mut self,
        container: Value,
        start: Value,
        stop: Value,
        step: Value,
    ) -> Outcome<Option<Value>> {
        let _ = (container, start, stop, step);
        Ok(None)
    }

    /// `container[key] = item` for list (also slices), dict, bytearray; `false`: not such a kind.
    pub fn set_item_container(&mut self, container: Value, key: Value, item: Value) -> Outcome<bool> {
        let _ = (container, key, item);
        Ok(false)
    }

    /// `del container[key]`; `false`: not such a kind.
    pub fn delete_item_container(&mut self, container: Value, key: Value) -> Outcome<bool> {
        let _ = (container, key);
        Ok(false)
    }

    /// `item in container`; `None`: not such a kind.
    pub fn contains_container(&mut self, container: Value, item: Value) -> Outcome<Option<bool>> {
        let _ = (container, item);
        Ok(None)
    }

    /// `a == b` of two containers; `None`: not such kinds.
    pub fn equal_container(&mut self, a: Value, b: Value) -> Outcome<Option<bool>> {
        let _ = (a, b);
        Ok(None)
    }

    /// Order of two lists, tuples or sets; `None`: no such order.
    pub fn compare_container(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<Option<bool>> {
        let _ = (comparison, a, b);
        Ok(None)
    }

    /// Hash of a tuple, frozenset, range, ..; TypeError for list, dict, set; `None`: not such a kind.
    pub fn hash_container(&mut self, value: Value) -> Outcome<Option<u32>> {
        let _ = (value);
        Ok(None)
    }

    /// A binary operation on containers (list + list, list * int, set | set, dict | dict, ..); `None`: not such kinds.
    pub fn binary_container(
        &mut self,
        operation: Binary,
        a: Value,
        b: Value,
        in_place: bool,
    ) -> Outcome<Option<Value>> {
        let _ = (operation, a, b, in_place);
        Ok(None)
    }

    /// Appends all items of an iterable to a list (both roots).
    pub fn list_extend(&mut self, list: Root, iterable: Root) -> Outcome<()> {
        let _ = (list, iterable);
        Ok(())
    }

    /// A list of all items of an iterable.
    pub fn list_from(&mut self, iterable: Value) -> Outcome<Value> {
        let _ = (iterable);
        Ok(Value::NONE)
    }

    /// An empty set.
    pub fn new_set(&mut self) -> Outcome<Value> {
        Ok(Value::NONE)
    }

    /// Adds to a SET (roots).
    pub fn set_add(&mut self, set: Root, item: Root) -> Outcome<()> {
        let _ = (set, item);
        Ok(())
    }
}
