//! Equality, order and hashes of containers, and the binary operators on them.

use super::key::SHORT;
use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::{Binary, Comparison};
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// `a == b` of two containers; `None`: not such kinds.
    pub fn equal_container(&mut self, a: Value, b: Value) -> Outcome<Option<bool>> {
        let (ka, kb) = (self.kind(a), self.kind(b));
        match (ka, kb) {
            (kind::LIST, kind::LIST) | (kind::TUPLE, kind::TUPLE) => self.sequences_equal(a, b).map(Some),
            (kind::DICT, kind::DICT) => self.dicts_equal(a, b).map(Some),
            (kind::DICT_VIEW, _) if self.behind_proxy(a).is_some() => {
                let dict = self.behind_proxy(a).unwrap_or(a);
                self.equal_container(dict, b)
            }
            (kind::DICT, kind::DICT_VIEW) if self.behind_proxy(b).is_some() => {
                let dict = self.behind_proxy(b).unwrap_or(b);
                self.equal_container(a, dict)
            }
            (kind::RANGE, kind::RANGE) => self.range_equal(a, b).map(Some),
            (kind::SLICE, kind::SLICE) => {
                let (a, b) = self.root2(a, b)?;
                let mut equal = true;
                for part in 0..3 {
                    let (x, y) = (self.field(self.get(a), part), self.field(self.get(b), part));
                    equal = equal && self.identical_or_equal(x, y)?;
                }
                self.release(a.0);
                Ok(Some(equal))
            }
            (kind::UNION, kind::UNION) => Ok(Some(self.same_union(a, b))),
            _ if self.is_set_like(a) && self.is_set_like(b) => self.sets_compare(Comparison::Equal, a, b).map(Some),
            _ => Ok(None),
        }
    }

    fn sequences_equal(&mut self, a: Value, b: Value) -> Outcome<bool> {
        use super::key::Same;
        match self.same_key(a, b) {
            Same::Yes => return Ok(true),
            Same::No => return Ok(false),
            Same::Ask => {}
        }
        if self.items(a).len() != self.items(b).len() {
            return Ok(false);
        }
        let (a, b) = self.root2(a, b)?;
        let difference = self.first_difference(a, b)?;
        let same_count = self.items(self.get(a)).len() == self.items(self.get(b)).len();
        self.release(a.0);
        Ok(difference.is_none() && same_count)
    }

    /// First index where two sequences (roots) differ; `None` where the shorter is a prefix of the other.
    fn first_difference(&mut self, a: Root, b: Root) -> Outcome<Option<u32>> {
        let mut at = 0;
        loop {
            // Sequences that share their parts are compared over and over: it costs fuel.
            self.work(1)?;
            let (Some(x), Some(y)) =
                (self.items(self.get(a)).get(at as usize).copied(), self.items(self.get(b)).get(at as usize).copied())
            else {
                return Ok(None);
            };
            if !self.identical_or_equal(x, y)? {
                // Where the comparison took it out of them, the lengths decide.
                let is_there = |root| self.items(self.get(root)).len() > at as usize;
                return Ok((is_there(a) && is_there(b)).then_some(at));
            }
            at += 1;
        }
    }

    fn dicts_equal(&mut self, a: Value, b: Value) -> Outcome<bool> {
        if self.dict_length(a) != self.dict_length(b) {
            return Ok(false);
        }
        let (a, b) = self.root2(a, b)?;
        let item = self.root(Value::UNBOUND)?;
        let mut at = 0;
        let mut equal = true;
        while let Some((next, key, found)) = self.dict_entry(self.get(a), at) {
            self.work(next - at)?;
            at = next;
            self.set(item, found);
            let Some(other) = self.dict_get(self.get(b), key)? else {
                equal = false;
                break;
            };
            if !self.identical_or_equal(self.get(item), other)? {
                equal = false;
                break;
            }
        }
        self.release(a.0);
        Ok(equal)
    }

    /// Order of two lists, tuples or sets, or what the first items that differ say, which may be anything; `None`: no
    /// such order.
    pub fn compare_container(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<Option<Value>> {
        match (self.kind(a), self.kind(b)) {
            (kind::LIST, kind::LIST) | (kind::TUPLE, kind::TUPLE) => {}
            _ if self.is_set_like(a) && self.is_set_like(b) => {
                return self.sets_compare(comparison, a, b).map(|answer| Some(Value::bool(answer)));
            }
            _ => return Ok(None),
        }
        if let Some(answer) = self.compare_plain(comparison, a, b) {
            return Ok(Some(Value::bool(answer)));
        }
        let (a, b) = self.root2(a, b)?;
        let result = if let Some(at) = self.first_difference(a, b)? {
            let (x, y) = (self.item_at(self.get(a), i64::from(at)), self.item_at(self.get(b), i64::from(at)));
            match (x, y) {
                (Some(x), Some(y)) => self.compare_value(comparison, x, y)?,
                _ => Value::FALSE,
            }
        } else {
            let order = self.items(self.get(a)).len().cmp(&self.items(self.get(b)).len());
            Value::bool(comparison.holds(Some(order)))
        };
        self.release(a.0);
        Ok(Some(result))
    }

    /// Order of two lists or two tuples, or of two numbers or texts, where that takes no Python code.
    #[inline]
    pub(super) fn compare_plain(&self, comparison: Comparison, a: Value, b: Value) -> Option<bool> {
        use super::key::Same;
        let (mut a, mut b) = (a, b);
        // Into the first items that differ.
        while let (kind::LIST, kind::LIST) | (kind::TUPLE, kind::TUPLE) = (self.kind(a), self.kind(b)) {
            let (left, right) = (self.items(a), self.items(b));
            if left.len().min(right.len()) > SHORT {
                return None;
            }
            let mut different = None;
            for (x, y) in left.iter().zip(right) {
                match self.same_to(*x, *y, 1) {
                    Same::Yes => {}
                    Same::No => {
                        different = Some((*x, *y));
                        break;
                    }
                    Same::Ask => return None,
                }
            }
            let Some(pair) = different else { return Some(comparison.holds(Some(left.len().cmp(&right.len())))) };
            (a, b) = pair;
        }
        if a.is_small() && b.is_small() {
            return Some(comparison.holds(Some(a.as_small().cmp(&b.as_small()))));
        }
        if self.kind(a) == kind::STR && self.kind(b) == kind::STR {
            let (a, b) = (self.bytes(a), self.bytes(b));
            self.note_compared(a.len().min(b.len()));
            return Some(comparison.holds(Some(a.cmp(b))));
        }
        self.compare_number(a, b).map(|order| comparison.holds(order))
    }

    /// Hash of a tuple, range, ..; TypeError for list, dict, set; `None`: not such a kind.
    pub fn hash_container(&mut self, value: Value) -> Outcome<Option<i64>> {
        match self.kind(value) {
            kind::TUPLE => {
                let value = self.root(value)?;
                self.nest()?;
                let hash = self.tuple_hash(value);
                self.unnest();
                self.release(value.0);
                Ok(Some(hash?))
            }
            kind::RANGE => self.range_hash(value).map(Some),
            kind::LIST | kind::DICT | kind::SET | kind::SLICE | kind::BYTEARRAY => self.unhashable(value),
            kind::DICT_VIEW if self.field(value, 0) != Value::builtin(Builtin::DictValuesType) => {
                self.unhashable(value)
            }
            _ => Ok(None),
        }
    }

    #[cold]
    pub(crate) fn unhashable<T>(&mut self, value: Value) -> Outcome<T> {
        self.raise_type("unhashable type: '{}'", value)
    }

    fn tuple_hash(&mut self, tuple: Root) -> Outcome<i64> {
        let count = self.length(self.get(tuple));
        let mut hash = TupleHash::new();
        for index in 0..count {
            self.work(1)?;
            let item = self.field(self.get(tuple), index);
            hash.add(self.hash(item)?.cast_unsigned());
        }
        Ok(hash.finish(count))
    }

    fn range_hash(&mut self, range: Value) -> Outcome<i64> {
        let mut hash = TupleHash::new();
        let length = self.field(range, 3);
        let empty = length == Value::small_unchecked(0);
        let single = length == Value::small_unchecked(1);
        for part in [length, self.field(range, 0), self.field(range, 2)].into_iter().enumerate() {
            let value = match part {
                (0, length) => length,
                (1, start) if !empty => start,
                (2, step) if !empty && !single => step,
                _ => Value::NONE,
            };
            hash.add(self.hash(value)?.cast_unsigned());
        }
        Ok(hash.finish(3))
    }

    /// The 64-bit hash of a value whose stored hash is known; the same at every time, without Python code.
    pub(super) fn full_hash(&mut self, stored: Value, value: Value) -> u64 {
        self.pure_hash(value, 0).unwrap_or(i64::from(stored.as_small()) as u64)
    }

    fn is_large_set(&self, value: Value) -> bool {
        self.kind(value) == kind::FROZENSET && self.set_length(value) > SHORT as u32
    }

    /// CPython's hash of numbers and of tuples of what has one here; text counts with its own.
    pub(crate) fn pure_hash(&mut self, value: Value, depth: u32) -> Option<u64> {
        if value.is_small() {
            let number = i64::from(value.as_small());
            return Some(if number == -1 { -2 } else { number } as u64);
        }
        match self.kind(value) {
            kind::FLOAT | kind::BIG_INT => self.number_python_hash(value).map(|hash| hash as u64),
            kind::STR => Some(u64::from(self.str_hash(value))),
            255 if value == Value::TRUE => Some(1),
            255 if value == Value::FALSE => Some(0),
            255 => Some(u64::from(value.0 >> 2)),
            kind::TUPLE if depth < 2 => {
                let mut hash = TupleHash::new();
                let count = self.length(value);
                self.note(count);
                for index in 0..count {
                    let item = self.field(value, index);
                    // Parts that are shared may be hashed over and over.
                    if self.kind(item) == kind::TUPLE && self.length(item) > SHORT as u32 || self.is_large_set(item) {
                        return None;
                    }
                    hash.add(self.pure_hash(item, depth + 1)?);
                }
                Some(hash.finish(count) as u64)
            }
            kind::FROZENSET if depth < 2 => Some(self.frozenset_hash(value, depth) as u64),
            _ => None,
        }
    }

    /// A binary operation on containers (list + list, list * int, set | set, dict | dict, ..); `None`: not such kinds.
    pub fn binary_container(
        &mut self,
        operation: Binary,
        a: Value,
        b: Value,
        in_place: bool,
    ) -> Outcome<Option<Value>> {
        match operation {
            Binary::Add => self.add_container(a, b, in_place),
            Binary::Multiply => {
                let is_sequence = |vm: &Self, value: Value| matches!(vm.kind(value), kind::LIST | kind::TUPLE);
                if is_sequence(self, a) {
                    self.multiply_container(a, b, in_place)
                } else if is_sequence(self, b) {
                    self.multiply_container(b, a, false)
                } else {
                    Ok(None)
                }
            }
            Binary::Or if self.kind(a) == kind::DICT => {
                if self.kind(b) != kind::DICT && !in_place {
                    return Ok(None);
                }
                let (a, b) = self.root2(a, b)?;
                let target = if in_place { self.get(a) } else { self.dict_copy(self.get(a))? };
                self.set(a, target);
                self.dict_update(a, b)?;
                let result = self.get(a);
                self.release(a.0);
                Ok(Some(result))
            }
            Binary::Or | Binary::And | Binary::Xor | Binary::Subtract => self.binary_set(operation, a, b, in_place),
            _ => Ok(None),
        }
    }

    fn add_container(&mut self, a: Value, b: Value, in_place: bool) -> Outcome<Option<Value>> {
        let (ka, kb) = (self.kind(a), self.kind(b));
        if ka == kind::LIST && in_place {
            if kb == kind::INSTANCE && self.special(b, "__radd__")?.is_some() && self.special(b, "__iter__")?.is_none()
            {
                return Ok(None);
            }
            let (a, b) = self.root2(a, b)?;
            self.list_extend(a, b)?;
            let list = self.get(a);
            self.release(a.0);
            return Ok(Some(list));
        }
        if !matches!(ka, kind::LIST | kind::TUPLE) {
            return Ok(None);
        }
        if ka == kb {
            return self.concatenate(a, b).map(Some);
        }
        if kb == kind::INSTANCE {
            let (a, b) = self.root2(a, b)?;
            let reflected = self.special(self.get(b), "__radd__")?;
            if reflected.is_some() {
                self.release(a.0);
                return Ok(None);
            }
            return self.cannot_concatenate(self.get(a), self.get(b));
        }
        self.cannot_concatenate(a, b)
    }

    #[cold]
    fn cannot_concatenate<T>(&mut self, a: Value, b: Value) -> Outcome<T> {
        let (name, other) = (self.type_name(a), self.type_name(b));
        self.raise_fmt(Builtin::TypeError, format_args!("can only concatenate {name} (not \"{other}\") to {name}"))
    }

    fn multiply_container(&mut self, sequence: Value, times: Value, in_place: bool) -> Outcome<Option<Value>> {
        let (sequence, times) = self.root2(sequence, times)?;
        let number = match self.index_of(self.get(times))? {
            Some(i64::MAX) if !self.items(self.get(sequence)).is_empty() => {
                return self.raise(Builtin::OverflowError, "cannot fit 'int' into an index-sized integer");
            }
            Some(number) => number,
            None => {
                return self.raise_type("can't multiply sequence by non-int of type '{}'", self.get(times));
            }
        };
        let object = self.get(sequence);
        let is_list = self.kind(object) == kind::LIST;
        let result = self.repeat(object, number)?;
        let object = self.get(sequence);
        self.release(sequence.0);
        if in_place && is_list {
            let (count, buffer) = (self.field(result, 0), self.field(result, 1));
            self.set_field(object, 0, count);
            self.set_field(object, 1, buffer);
            return Ok(Some(object));
        }
        Ok(Some(result))
    }
}

/// CPython's hash of tuples, from the 64-bit hashes of the items (Objects/tupleobject.c, after xxHash).
pub(super) struct TupleHash(u64);

impl TupleHash {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    pub fn new() -> Self {
        Self(Self::PRIME_5)
    }

    pub fn add(&mut self, lane: u64) {
        let sum = self.0.wrapping_add(lane.wrapping_mul(Self::PRIME_2));
        self.0 = sum.rotate_left(31).wrapping_mul(Self::PRIME_1);
    }

    pub fn finish(self, count: u32) -> i64 {
        let hash = self.0.wrapping_add(u64::from(count) ^ (Self::PRIME_5 ^ 0x0035_D373)) as i64;
        if hash == -1 { 1_546_275_796 } else { hash }
    }
}
