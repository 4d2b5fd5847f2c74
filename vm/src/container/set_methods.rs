//! `set` and `frozenset`: constructors, methods, operators; and what dict views share with them.
#![expect(clippy::unnecessary_wraps, reason = "natives have one signature")]

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::{Binary, Comparison};
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const SET: Native = Native::new("set", make_set, 0, 1);
pub(super) const FROZENSET: Native = Native::new("frozenset", make_frozenset, 0, 1);

pub(super) const SET_METHODS: &[Native] = &[
    Native::new("add", add, 2, 2),
    Native::new("clear", clear, 1, 1),
    Native::new("copy", copy, 1, 1),
    Native::new("difference", difference, 1, 255),
    Native::new("difference_update", difference_update, 1, 255),
    Native::new("discard", discard, 2, 2),
    Native::new("intersection", intersection, 1, 255),
    Native::new("intersection_update", intersection_update, 1, 255),
    Native::new("isdisjoint", isdisjoint, 2, 2),
    Native::new("issubset", issubset, 2, 2),
    Native::new("issuperset", issuperset, 2, 2),
    Native::new("pop", pop, 1, 1),
    Native::new("remove", remove, 2, 2),
    Native::new("symmetric_difference", symmetric_difference, 2, 2),
    Native::new("symmetric_difference_update", symmetric_difference_update, 2, 2),
    Native::new("union", union, 1, 255),
    Native::new("update", update, 1, 255),
];

pub(super) const FROZENSET_METHODS: &[Native] = &[
    Native::new("copy", copy, 1, 1),
    Native::new("difference", difference, 1, 255),
    Native::new("intersection", intersection, 1, 255),
    Native::new("isdisjoint", isdisjoint, 2, 2),
    Native::new("issubset", issubset, 2, 2),
    Native::new("issuperset", issuperset, 2, 2),
    Native::new("symmetric_difference", symmetric_difference, 2, 2),
    Native::new("union", union, 1, 255),
];

fn make_set(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 0 { vm.new_set() } else { vm.set_from(args.root(0), kind::SET) }
}

fn make_frozenset(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    match args.len() {
        0 => vm.new_set_of(kind::FROZENSET),
        _ if vm.kind(vm.arg(args, 0)) == kind::FROZENSET => Ok(vm.arg(args, 0)),
        _ => vm.set_from(args.root(0), kind::FROZENSET),
    }
}

fn add(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.set_add(args.root(0), args.root(1))?;
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.set_clear(vm.arg(args, 0));
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let set = vm.arg(args, 0);
    if vm.kind(set) == kind::FROZENSET { Ok(set) } else { vm.set_from(args.root(0), kind::SET) }
}

/// The set's copy, as a root that replaces argument 0.
fn copied(vm: &mut Vm<'_>, args: Args) -> Outcome<Root> {
    let kind = vm.kind(vm.arg(args, 0));
    let set = vm.set_from(args.root(0), kind)?;
    vm.set(args.root(0), set);
    Ok(args.root(0))
}

fn difference(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 {
        return copy(vm, args);
    }
    for index in 1..args.len() {
        let set = vm.set_difference(args.root(0), args.root(index))?;
        vm.set(args.root(0), set);
    }
    Ok(vm.arg(args, 0))
}

fn difference_update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    for index in 1..args.len() {
        vm.set_subtract(args.root(0), args.root(index))?;
    }
    Ok(Value::NONE)
}

fn discard(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let hash = vm.set_key_hash(args.root(1))?;
    vm.set_discard(args.root(0), hash, args.root(1))?;
    Ok(Value::NONE)
}

fn remove(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let given = vm.root(vm.arg(args, 1))?;
    let hash = vm.set_key_hash(args.root(1))?;
    if vm.set_discard(args.root(0), hash, args.root(1))? {
        Ok(Value::NONE)
    } else {
        vm.raise_value(Builtin::KeyError, vm.get(given))
    }
}

fn intersection(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 {
        return copy(vm, args);
    }
    for index in 1..args.len() {
        let set = vm.set_intersection(args.root(0), args.root(index))?;
        vm.set(args.root(0), set);
    }
    Ok(vm.arg(args, 0))
}

fn intersection_update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let target = vm.root(vm.arg(args, 0))?;
    let result = if args.len() == 1 { vm.set_from(args.root(0), kind::SET)? } else { intersection(vm, args)? };
    vm.set_become(vm.get(target), result);
    Ok(Value::NONE)
}

fn isdisjoint(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (mut set, mut other) = (args.root(0), args.root(1));
    if vm.is_any_set(vm.get(other)) && vm.set_length(vm.get(other)) > vm.set_length(vm.get(set)) {
        core::mem::swap(&mut set, &mut other);
    }
    let mut walk = vm.walk(vm.get(other))?;
    let key = vm.root(Value::UNBOUND)?;
    while let Some(found) = vm.step(&mut walk)? {
        vm.set(key, found);
        let hash = vm.stored_hash(found)?;
        if vm.set_has(set, hash, key)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// The other argument as a set.
fn as_set(vm: &mut Vm<'_>, other: Root) -> Outcome<()> {
    if !vm.is_any_set(vm.get(other)) {
        let set = vm.set_from(other, kind::SET)?;
        vm.set(other, set);
    }
    Ok(())
}

fn issubset(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    as_set(vm, args.root(1))?;
    vm.sets_compare(Comparison::LessEqual, vm.arg(args, 0), vm.arg(args, 1)).map(Value::bool)
}

fn issuperset(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    as_set(vm, args.root(1))?;
    vm.sets_compare(Comparison::GreaterEqual, vm.arg(args, 0), vm.arg(args, 1)).map(Value::bool)
}

fn pop(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if let Some(item) = vm.set_pop(vm.arg(args, 0)) {
        return Ok(item);
    }
    let text = vm.new_str("pop from an empty set")?;
    vm.raise_value(Builtin::KeyError, text)
}

fn symmetric_difference(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let kind = vm.kind(vm.arg(args, 0));
    let result = vm.set_from(args.root(1), kind)?;
    let result = vm.root(result)?;
    vm.set_toggle(result, args.root(0))?;
    Ok(vm.get(result))
}

fn symmetric_difference_update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.set_toggle(args.root(0), args.root(1))?;
    Ok(Value::NONE)
}

fn union(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let set = copied(vm, args)?;
    for index in 1..args.len() {
        vm.set_update(set, args.root(index))?;
    }
    Ok(vm.get(set))
}

fn update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    for index in 1..args.len() {
        vm.set_update(args.root(0), args.root(index))?;
    }
    Ok(Value::NONE)
}

impl Vm<'_> {
    pub(super) fn is_any_set(&self, value: Value) -> bool {
        matches!(self.kind(value), kind::SET | kind::FROZENSET)
    }

    /// A set, frozenset, or a view of a dict's keys or items.
    pub(super) fn is_set_like(&self, value: Value) -> bool {
        self.is_any_set(value)
            || self.kind(value) == kind::DICT_VIEW && self.field(value, 0) != Value::builtin(Builtin::DictValuesType)
    }

    /// Hash of what is looked for in a set; a set stands for the frozenset of the same items (the root is replaced).
    fn set_key_hash(&mut self, key: Root) -> Outcome<Value> {
        if self.kind(self.get(key)) == kind::SET {
            let frozen = self.set_from(key, kind::FROZENSET)?;
            self.set(key, frozen);
        }
        self.stored_hash(self.get(key))
    }

    /// `item in set`.
    pub(super) fn set_contains(&mut self, set: Value, item: Value) -> Outcome<bool> {
        let (set, item) = self.root2(set, item)?;
        let hash = self.set_key_hash(item)?;
        let found = self.set_has(set, hash, item)?;
        self.release(set.0);
        Ok(found)
    }

    /// A SET or FROZENSET of the items of an iterable.
    pub(crate) fn set_from(&mut self, iterable: Root, kind: u8) -> Outcome<Value> {
        let set = self.new_set_of(kind)?;
        let set = self.root(set)?;
        self.set_update(set, iterable)?;
        let object = self.get(set);
        self.release(set.0);
        Ok(object)
    }

    /// Adds all items of an iterable (roots).
    pub(crate) fn set_update(&mut self, set: Root, iterable: Root) -> Outcome<()> {
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
    fn set_intersection(&mut self, set: Root, other: Root) -> Outcome<Value> {
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
    fn set_difference(&mut self, set: Root, other: Root) -> Outcome<Value> {
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
    fn set_subtract(&mut self, set: Root, other: Root) -> Outcome<()> {
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
    fn set_toggle(&mut self, set: Root, other: Root) -> Outcome<()> {
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
    fn set_become(&mut self, set: Value, other: Value) {
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
                        let set = copied(self, args)?;
                        self.set_merge(set, second)?;
                        self.get(set)
                    }
                    Binary::Subtract => self.set_difference(first, second)?,
                    Binary::Xor => symmetric_difference(self, args)?,
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

    /// CPython's hash of a frozenset, from those of its items.
    pub(super) fn frozenset_hash(&mut self, set: Value) -> i64 {
        let shuffle = |hash: u64| ((hash ^ 0x055B_4DB3) ^ (hash << 16)).wrapping_mul(3_644_798_167);
        let mut hash = 0u64;
        let mut at = 0;
        while let Some((next, stored, key)) = self.set_entry(set, at) {
            at = next;
            hash ^= shuffle(self.full_hash(stored, key));
        }
        hash ^= (u64::from(self.set_length(set)) + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
        if hash == u64::MAX { 590_923_713 } else { hash as i64 }
    }
}
