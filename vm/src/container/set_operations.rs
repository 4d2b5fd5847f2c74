//! What methods and operators of sets do, and what the views of dicts share with them.

use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::protocol::{Binary, Comparison};
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

impl Vm<'_> {
    pub(super) fn is_any_set(&self, value: Value) -> bool {
        FEATURES.has(Feature::Sets) && matches!(self.kind(value), kind::SET | kind::FROZENSET)
    }

    /// A set, frozenset, or a view of a dict's keys or items.
    pub(super) fn is_set_like(&self, value: Value) -> bool {
        self.is_any_set(value)
            || self.kind(value) == kind::DICT_VIEW
                && matches!(self.field(value, 0).as_builtin(), Some(Builtin::DictKeysType | Builtin::DictItemsType))
    }

    /// Hash of what is looked for in a set; a set stands for the frozenset of the same items (the root is replaced).
    pub(super) fn set_key_hash(&mut self, key: Root) -> Outcome<Value> {
        let value = self.get(key);
        let held = self.held(value).filter(|_| self.lookup_defined_text(self.type_of(value), "__hash__").is_none());
        if self.kind(held.unwrap_or(value)) == kind::SET {
            let frozen = self.set_from(key, kind::FROZENSET)?;
            self.set(key, frozen);
        }
        self.stored_hash(self.get(key))
    }

    /// `item in set`.
    pub(super) fn set_contains(&mut self, set: Value, item: Value) -> Outcome<bool> {
        self.must_have(Feature::Sets)?;
        let (set, item) = self.root2(set, item)?;
        let hash = self.set_key_hash(item)?;
        let found = self.set_has(set, hash, item)?;
        self.release(set.0);
        Ok(found)
    }

    /// A SET or FROZENSET of the items of an iterable.
    pub(crate) fn set_from(&mut self, iterable: Root, kind: u8) -> Outcome<Value> {
        self.must_have(Feature::Sets)?;
        let set = self.new_set_of(kind)?;
        let set = self.root(set)?;
        self.set_update(set, iterable)?;
        let object = self.get(set);
        self.release(set.0);
        Ok(object)
    }

    /// Adds all items of an iterable (roots).
    pub(crate) fn set_update(&mut self, set: Root, iterable: Root) -> Outcome<()> {
        self.must_have(Feature::Sets)?;
        let source = self.get(iterable);
        if self.is_any_set(source) {
            return self.set_merge(set, iterable);
        }
        let mark = self.mark();
        if self.kind(source) == kind::DICT {
            self.set_expect(set, self.dict_length(source))?;
            let key = self.root(Value::UNBOUND)?;
            let mut at = 0;
            while let Some((next, found, _)) = self.dict_entry(self.get(iterable), at) {
                self.work(1)?;
                at = next;
                let hash = self.dict_hash_before(self.get(iterable), next);
                self.set(key, found);
                self.set_add_hashed(set, hash, key)?;
            }
        } else {
            let mut walk = self.walk(source)?;
            let key = self.root(Value::UNBOUND)?;
            while let Some(found) = self.step(&mut walk)? {
                self.set(key, found);
                self.set_add(set, key)?;
            }
        }
        self.release(mark);
        Ok(())
    }

    /// The items of `set` (a set) that are in an iterable, in a new set of its kind.
    pub(super) fn set_intersection(&mut self, set: Root, other: Root) -> Outcome<Value> {
        let kind = self.kind(self.get(set));
        if self.get(set) == self.get(other) {
            return self.set_from(set, kind);
        }
        let (mut set, mut other) = (set, other);
        let result = self.new_set_of(kind)?;
        let (result, key) = self.root2(result, Value::UNBOUND)?;
        if self.is_any_set(self.get(other)) {
            if self.set_length(self.get(other)) > self.set_length(self.get(set)) {
                core::mem::swap(&mut set, &mut other);
            }
            let mut at = 0;
            while let Some((next, hash, found)) = self.set_entry(self.get(other), at) {
                self.work(next - at)?;
                at = next;
                self.set(key, found);
                if self.set_has(set, hash, key)? {
                    self.set_add_hashed(result, hash, key)?;
                }
            }
        } else {
            let mut walk = self.walk(self.get(other))?;
            while let Some(found) = self.step(&mut walk)? {
                self.set(key, found);
                let hash = self.stored_hash(found)?;
                if self.set_has(set, hash, key)? {
                    self.set_add_hashed(result, hash, key)?;
                }
            }
        }
        let object = self.get(result);
        self.release(result.0);
        Ok(object)
    }

    /// The items of `set` (a set) that are not in an iterable, in a new set of its kind.
    pub(super) fn set_difference(&mut self, set: Root, other: Root) -> Outcome<Value> {
        let (object, against) = (self.get(set), self.get(other));
        let kind = self.kind(object);
        let other_length = match self.kind(against) {
            kind::SET | kind::FROZENSET => Some(self.set_length(against)),
            kind::DICT => Some(self.dict_length(against)),
            _ => None,
        };
        if other_length.is_none_or(|length| self.set_length(object) / 4 > length) {
            let result = self.set_from(set, kind)?;
            let result = self.root(result)?;
            self.set_subtract(result, other)?;
            let object = self.get(result);
            self.release(result.0);
            return Ok(object);
        }
        let result = self.new_set_of(kind)?;
        let (result, key) = self.root2(result, Value::UNBOUND)?;
        let mut at = 0;
        while let Some((next, hash, found)) = self.set_entry(self.get(set), at) {
            self.work(next - at)?;
            at = next;
            self.set(key, found);
            let inside = if self.kind(self.get(other)) == kind::DICT {
                self.dict_search(other, hash, key)?.is_some()
            } else {
                self.set_has(other, hash, key)?
            };
            if !inside {
                self.set_add_hashed(result, hash, key)?;
            }
        }
        let object = self.get(result);
        self.release(result.0);
        Ok(object)
    }

    /// Removes the items of an iterable (roots).
    pub(super) fn set_subtract(&mut self, set: Root, other: Root) -> Outcome<()> {
        let mark = self.mark();
        if self.get(set) == self.get(other) {
            self.set_clear(self.get(set));
            return Ok(());
        }
        let key = self.root(Value::UNBOUND)?;
        let mut other = other;
        if self.is_any_set(self.get(other)) {
            if self.set_length(self.get(other)) / 8 > self.set_length(self.get(set)) {
                let common = self.set_intersection(set, other)?;
                other = self.root(common)?;
            }
            let mut at = 0;
            while let Some((next, hash, found)) = self.set_entry(self.get(other), at) {
                self.work(next - at)?;
                at = next;
                self.set(key, found);
                self.set_discard(set, hash, key)?;
            }
        } else {
            let mut walk = self.walk(self.get(other))?;
            while let Some(found) = self.step(&mut walk)? {
                self.set(key, found);
                let hash = self.stored_hash(found)?;
                self.set_discard(set, hash, key)?;
            }
        }
        self.set_tidy(set)?;
        self.release(mark);
        Ok(())
    }

    /// Removes the items of an iterable that are there and adds those that aren't (roots).
    pub(super) fn set_toggle(&mut self, set: Root, other: Root) -> Outcome<()> {
        let mark = self.mark();
        if self.get(set) == self.get(other) {
            self.set_clear(self.get(set));
            return Ok(());
        }
        let (other, key) = self.root2(self.get(other), Value::UNBOUND)?;
        if !self.is_any_set(self.get(other)) {
            let made = self.set_from(other, kind::SET)?;
            self.set(other, made);
        }
        let mut at = 0;
        while let Some((next, hash, found)) = self.set_entry(self.get(other), at) {
            self.work(next - at)?;
            at = next;
            self.set(key, found);
            if !self.set_discard(set, hash, key)? {
                self.set_add_hashed(set, hash, key)?;
            }
        }
        self.release(mark);
        Ok(())
    }

    /// Gives a set the content of another; nothing is allocated.
    pub(super) fn set_become(&mut self, set: Value, other: Value) {
        for field in 0..4 {
            let value = self.field(other, field);
            self.set_field(set, field, value);
        }
    }

    /// `|`, `&`, `-`, `^` of sets and views; `None`: not such kinds.
    pub(super) fn binary_set(
        &mut self,
        operation: Binary,
        a: Value,
        b: Value,
        in_place: bool,
    ) -> Outcome<Option<Value>> {
        if self.is_any_set(a) && self.is_any_set(b) {
            let args = self.root_all(&[a, b])?;
            let (first, second) = (args.root(0), args.root(1));
            let result = if in_place && self.kind(a) == kind::SET {
                match operation {
                    Binary::Or => self.set_merge(first, second)?,
                    Binary::Subtract => self.set_subtract(first, second)?,
                    Binary::Xor => self.set_toggle(first, second)?,
                    _ => {
                        let result = self.set_intersection(first, second)?;
                        self.set_become(self.get(first), result);
                    }
                }
                self.get(first)
            } else {
                match operation {
                    Binary::Or => {
                        let set = super::set_methods::copied(self, args)?;
                        self.set_merge(set, second)?;
                        self.get(set)
                    }
                    Binary::Subtract => self.set_difference(first, second)?,
                    Binary::Xor => super::set_methods::symmetric_difference(self, args)?,
                    _ => self.set_intersection(first, second)?,
                }
            };
            self.release(first.0);
            return Ok(Some(result));
        }
        let view = |vm: &Self, value: Value| vm.is_set_like(value) && !vm.is_any_set(value);
        if !view(self, a) && !view(self, b) {
            return Ok(None);
        }
        // Views give sets; the other operand may be any iterable.
        let args = self.root_all(&[a, b])?;
        let (first, second) = (args.root(0), args.root(1));
        self.must_have(Feature::Sets)?;
        if operation == Binary::And {
            let swap = !view(self, self.get(first));
            let (own, other) = if swap { (second, first) } else { (first, second) };
            let result = self.new_set()?;
            let result = self.root(result)?;
            let mut walk = self.walk(self.get(other))?;
            let key = self.root(Value::UNBOUND)?;
            while let Some(found) = self.step(&mut walk)? {
                self.set(key, found);
                if self.view_contains(self.get(own), found)? {
                    self.set_add(result, key)?;
                }
            }
            let object = self.get(result);
            self.release(first.0);
            return Ok(Some(object));
        }
        let result = self.set_from(first, kind::SET)?;
        self.set(first, result);
        match operation {
            Binary::Or => self.set_update(first, second)?,
            Binary::Subtract => self.set_subtract(first, second)?,
            _ => self.set_toggle(first, second)?,
        }
        let result = self.get(first);
        self.release(first.0);
        Ok(Some(result))
    }

    /// Equality and subset order of two sets or set-like views.
    pub(super) fn sets_compare(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<bool> {
        let length = |vm: &Self, value: Value| {
            if vm.is_any_set(value) { vm.set_length(value) } else { vm.dict_length(vm.field(value, 1)) }
        };
        let (first, second) = (length(self, a), length(self, b));
        let (inner, outer) = match comparison {
            Comparison::Equal | Comparison::NotEqual if first != second => {
                return Ok(comparison == Comparison::NotEqual);
            }
            Comparison::Less if first >= second => return Ok(false),
            Comparison::LessEqual if first > second => return Ok(false),
            Comparison::Greater if first <= second => return Ok(false),
            Comparison::GreaterEqual if first < second => return Ok(false),
            Comparison::Greater | Comparison::GreaterEqual => (b, a),
            _ => (a, b),
        };
        let (inner, outer) = self.root2(inner, outer)?;
        let key = self.root(Value::UNBOUND)?;
        let mut all = true;
        if self.is_any_set(self.get(inner)) && self.is_any_set(self.get(outer)) {
            let mut at = 0;
            while let Some((next, hash, found)) = self.set_entry(self.get(inner), at) {
                self.work(next - at)?;
                at = next;
                self.set(key, found);
                all = self.set_has(outer, hash, key)?;
                if !all {
                    break;
                }
            }
        } else {
            let mut walk = self.walk(self.get(inner))?;
            while let Some(found) = self.step(&mut walk)? {
                all = self.contains_container(self.get(outer), found)?.unwrap_or(false);
                if !all {
                    break;
                }
            }
        }
        self.release(inner.0);
        Ok(all != (comparison == Comparison::NotEqual))
    }

    /// CPython's hash of a frozenset, from those of its items. Of what lies too deep in it the stored hashes count: sets
    /// of sets that share their parts could take for ever.
    pub(super) fn frozenset_hash(&mut self, set: Value, depth: u32) -> i64 {
        if !FEATURES.has(Feature::Sets) {
            return 0;
        }
        let shuffle = |hash: u64| ((hash ^ 0x055B_4DB3) ^ (hash << 16)).wrapping_mul(3_644_798_167);
        let mut hash = 0u64;
        let mut at = 0;
        self.note(self.set_length(set));
        while let Some((next, stored, key)) = self.set_entry(set, at) {
            at = next;
            let depth = depth + u32::from(self.kind(key) == kind::FROZENSET);
            hash ^= shuffle(self.pure_hash(key, depth).unwrap_or(i64::from(stored.as_small()) as u64));
        }
        hash ^= (u64::from(self.set_length(set)) + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        if hash == u64::MAX { 590_923_713 } else { hash as i64 }
    }
}
