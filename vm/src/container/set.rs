//! The storage of sets and frozensets: CPython's own table, so that iteration comes in CPython's order.
//!
//! `[live, used (active and dummy), BUFFER of (hash, key), finger of pop]`, the BUFFER unbound until the first item
//! (it counts as 8 places). A place is empty (unbound, unbound), a dummy (None, unbound) or active (hash, key).
//! Places are probed by 64-bit hashes, which are made again from the key where the stored 31 bits are not enough.
//!
//! Source: CPython 3.11, Objects/setobject.c.

use super::key::{NeedsEqual, Same};
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::features::Feature;
use nano_wire::value::Value;

const LIVE: u32 = 0;
const USED: u32 = 1;
const TABLE: u32 = 2;
const FINGER: u32 = 3;
const MIN_PLACES: u32 = 8;
const LINEAR_PROBES: u32 = 9;

/// The places to look at for a hash, in order.
struct Probe {
    mask: u32,
    base: u32,
    at: u32,
    left: u32,
    perturb: u64,
}

impl Probe {
    fn new(hash: u64, mask: u32) -> Self {
        let base = hash as u32 & mask;
        Self { mask, base, at: base, left: Self::run(base, mask), perturb: hash }
    }

    fn run(base: u32, mask: u32) -> u32 {
        if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
    }

    fn advance(&mut self) {
        if self.left > 0 {
            self.left -= 1;
            self.at += 1;
        } else {
            self.perturb >>= 5;
            self.base = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as u32) & self.mask;
            self.at = self.base;
            self.left = Self::run(self.base, self.mask);
        }
    }
}

/// What a search ended at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    Found(u32),
    Dummy(u32),
    Empty(u32),
}

impl Vm<'_> {
    /// An empty set.
    pub fn new_set(&mut self) -> Outcome<Value> {
        self.new_set_of(kind::SET)
    }

    /// An empty SET or FROZENSET.
    pub(super) fn new_set_of(&mut self, kind: u8) -> Outcome<Value> {
        self.must_have(Feature::Sets)?;
        let set = self.alloc(kind, 4)?;
        for field in [LIVE, USED, FINGER] {
            self.set_number(set, field, 0);
        }
        Ok(set)
    }

    /// Items in a set.
    #[inline]
    pub(super) fn set_length(&self, set: Value) -> u32 {
        self.number(set, LIVE)
    }

    #[inline]
    fn set_table(&self, set: Value) -> &[[Value; 2]] {
        let table = self.field(set, TABLE);
        if table.is_unbound() {
            return &[];
        }
        self.mem.values(table.0 + 4, self.length(table)).as_chunks().0
    }

    fn set_mask(&self, set: Value) -> u32 {
        let table = self.field(set, TABLE);
        if table.is_unbound() { MIN_PLACES - 1 } else { self.length(table) / 2 - 1 }
    }

    fn set_spot(&self, set: Value, full: u64, hash: Value, key: Value) -> Result<Spot, NeedsEqual> {
        let table = self.set_table(set);
        let mut probe = Probe::new(full, self.set_mask(set));
        let mut free = None;
        loop {
            match table.get(probe.at as usize) {
                Some([stored, candidate]) if *stored == hash => match self.same_key(*candidate, key) {
                    Same::Yes => return Ok(Spot::Found(probe.at)),
                    Same::No => {}
                    Same::Ask => return Err(NeedsEqual),
                },
                Some([stored, _]) if *stored == Value::NONE => free = Some(probe.at),
                Some([stored, _]) if !stored.is_unbound() => {}
                _ => return Ok(free.map_or(Spot::Empty(probe.at), Spot::Dummy)),
            }
            probe.advance();
            self.note(1);
        }
    }

    /// As [`Vm::set_spot`] where Python code may have to run; begins again where that changed the set.
    #[inline(never)]
    fn set_spot_slow(&mut self, set: Root, full: u64, hash: Value, key: Root) -> Outcome<Spot> {
        let mark = self.mark();
        let (table, candidate) = self.root2(Value::UNBOUND, Value::UNBOUND)?;
        'again: loop {
            let object = self.get(set);
            let before = (self.field(object, LIVE), self.field(object, USED));
            self.set(table, self.field(object, TABLE));
            let mut probe = Probe::new(full, self.set_mask(object));
            let mut free = None;
            loop {
                let at = probe.at;
                let entry = self.set_table(self.get(set)).get(at as usize).copied();
                let [stored, found] = entry.unwrap_or([Value::UNBOUND; 2]);
                if stored.is_unbound() {
                    self.release(mark);
                    return Ok(free.map_or(Spot::Empty(at), Spot::Dummy));
                }
                if stored == Value::NONE {
                    free = Some(at);
                } else if stored == hash {
                    let same = match self.same_key(found, self.get(key)) {
                        Same::Yes => true,
                        Same::No => false,
                        Same::Ask => {
                            self.set(candidate, found);
                            let same = self.equal(found, self.get(key))?;
                            let object = self.get(set);
                            let now = (self.field(object, LIVE), self.field(object, USED));
                            let entry = self.set_table(object).get(at as usize);
                            let still = entry.is_some_and(|entry| entry[1] == self.get(candidate));
                            if now != before || self.field(object, TABLE) != self.get(table) || !still {
                                continue 'again;
                            }
                            same
                        }
                    };
                    if same {
                        self.release(mark);
                        return Ok(Spot::Found(at));
                    }
                }
                probe.advance();
                self.work(1)?;
            }
        }
    }

    fn set_search(&mut self, set: Root, hash: Value, key: Root) -> Outcome<Spot> {
        let full = self.full_hash(hash, self.get(key));
        match self.set_spot(self.get(set), full, hash, self.get(key)) {
            Ok(spot) => Ok(spot),
            Err(NeedsEqual) => self.set_spot_slow(set, full, hash, key),
        }
    }

    /// Is a key in the set? `None`: that takes Python code.
    #[inline]
    pub(super) fn set_has_plain(&mut self, set: Value, key: Value) -> Option<bool> {
        if !FEATURES.has(Feature::Sets) {
            return None;
        }
        let hash = self.plain_hash(key)?;
        let full = self.full_hash(hash, key);
        self.set_spot(set, full, hash, key).ok().map(|spot| matches!(spot, Spot::Found(_)))
    }

    /// Is a key of this stored hash in the set? (Roots.)
    pub(super) fn set_has(&mut self, set: Root, hash: Value, key: Root) -> Outcome<bool> {
        if self.set_length(self.get(set)) == 0 {
            return Ok(false);
        }
        Ok(matches!(self.set_search(set, hash, key)?, Spot::Found(_)))
    }

    /// Adds to a SET or FROZENSET under construction (roots).
    pub fn set_add(&mut self, set: Root, item: Root) -> Outcome<()> {
        self.must_have(Feature::Sets)?;
        let hash = self.stored_hash(self.get(item))?;
        self.set_add_hashed(set, hash, item)
    }

    /// As [`Vm::set_add`] with the stored hash known.
    pub(super) fn set_add_hashed(&mut self, set: Root, hash: Value, item: Root) -> Outcome<()> {
        let spot = self.set_search(set, hash, item)?;
        let (place, fresh) = match spot {
            Spot::Found(_) => return Ok(()),
            Spot::Dummy(place) => (place, false),
            Spot::Empty(place) => (place, true),
        };
        if self.field(self.get(set), TABLE).is_unbound() {
            let table = self.alloc(kind::BUFFER, MIN_PLACES * 2)?;
            self.set_field(self.get(set), TABLE, table);
        }
        let (object, item) = (self.get(set), self.get(item));
        let table = self.field(object, TABLE);
        self.set_field(table, place * 2, hash);
        self.set_field(table, place * 2 + 1, item);
        let live = self.number(object, LIVE) + 1;
        self.set_number(object, LIVE, live);
        if fresh {
            let used = self.number(object, USED) + 1;
            self.set_number(object, USED, used);
            if u64::from(used) * 5 >= u64::from(self.set_mask(object)) * 3 {
                let result = self.set_resize(set, if live > 50_000 { live * 2 } else { live * 4 });
                if result.is_err() {
                    // Without the memory the item stays out: a table that fills up would be searched for ever.
                    let object = self.get(set);
                    let table = self.field(object, TABLE);
                    self.set_field(table, place * 2, Value::UNBOUND);
                    self.set_field(table, place * 2 + 1, Value::UNBOUND);
                    self.set_number(object, LIVE, live - 1);
                    self.set_number(object, USED, used - 1);
                }
                return result;
            }
        }
        Ok(())
    }

    /// A new table with more than `least` places, without dummies.
    pub(super) fn set_resize(&mut self, set: Root, least: u32) -> Outcome<()> {
        let places = least.saturating_add(1).next_power_of_two().max(MIN_PLACES);
        let table = self.alloc(kind::BUFFER, places.saturating_mul(2))?;
        let object = self.get(set);
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_entry(object, at) {
            self.work(next - at)?;
            at = next;
            self.set_insert_clean(table, hash, key);
        }
        let live = self.number(object, LIVE);
        self.set_number(object, USED, live);
        self.set_field(object, TABLE, table);
        Ok(())
    }

    /// Puts an item that isn't there yet into a table without dummies.
    fn set_insert_clean(&mut self, table: Value, hash: Value, key: Value) {
        let full = self.full_hash(hash, key);
        let mut probe = Probe::new(full, self.length(table) / 2 - 1);
        while !self.field(table, probe.at * 2).is_unbound() {
            probe.advance();
            self.note(1);
        }
        self.set_field(table, probe.at * 2, hash);
        self.set_field(table, probe.at * 2 + 1, key);
    }

    /// Entry at or after place `at`: (next place, stored hash, key).
    #[inline]
    pub(super) fn set_entry(&self, set: Value, at: u32) -> Option<(u32, Value, Value)> {
        let rest = self.set_table(set).get(at as usize..)?;
        let skipped = rest.iter().position(|[_, key]| !key.is_unbound())?;
        rest.get(skipped).map(|[hash, key]| (at + skipped as u32 + 1, *hash, *key))
    }

    /// Removes a key (roots); was it there?
    pub(super) fn set_discard(&mut self, set: Root, hash: Value, key: Root) -> Outcome<bool> {
        if self.set_length(self.get(set)) == 0 {
            return Ok(false);
        }
        let Spot::Found(place) = self.set_search(set, hash, key)? else { return Ok(false) };
        self.set_drop(self.get(set), place);
        Ok(true)
    }

    fn set_drop(&mut self, set: Value, place: u32) {
        let table = self.field(set, TABLE);
        self.set_field(table, place * 2, Value::NONE);
        self.set_field(table, place * 2 + 1, Value::UNBOUND);
        let live = self.number(set, LIVE) - 1;
        self.set_number(set, LIVE, live);
    }

    /// Takes some item out; `None`: the set is empty.
    pub(super) fn set_pop(&mut self, set: Value) -> Option<Value> {
        let finger = self.number(set, FINGER) & self.set_mask(set);
        let (next, _, key) = self.set_entry(set, finger).or_else(|| self.set_entry(set, 0))?;
        self.set_drop(set, next - 1);
        self.set_number(set, FINGER, next);
        Some(key)
    }

    /// Removes all items.
    pub(super) fn set_clear(&mut self, set: Value) {
        for field in [LIVE, USED, FINGER] {
            self.set_number(set, field, 0);
        }
        self.set_field(set, TABLE, Value::UNBOUND);
    }

    /// Gets rid of dummies where they are more than a quarter of the places.
    pub(super) fn set_tidy(&mut self, set: Root) -> Outcome<()> {
        let object = self.get(set);
        let live = self.number(object, LIVE);
        if self.number(object, USED) - live <= self.set_mask(object) / 4 {
            return Ok(());
        }
        self.set_resize(set, if live > 50_000 { live * 2 } else { live * 4 })
    }

    /// Makes room for `more` items at once, as merging does.
    pub(super) fn set_expect(&mut self, set: Root, more: u32) -> Outcome<()> {
        let object = self.get(set);
        let used = u64::from(self.number(object, USED));
        if (used + u64::from(more)) * 5 >= u64::from(self.set_mask(object)) * 3 {
            let live = self.number(object, LIVE);
            return self.set_resize(set, (live + more).saturating_mul(2));
        }
        Ok(())
    }

    /// Adds all items of another set (roots).
    pub(super) fn set_merge(&mut self, set: Root, other: Root) -> Outcome<()> {
        let (object, source) = (self.get(set), self.get(other));
        if object == source || self.set_length(source) == 0 {
            return Ok(());
        }
        self.set_expect(set, self.set_length(source))?;
        let (object, source) = (self.get(set), self.get(other));
        let (used, live) = (self.number(source, USED), self.number(source, LIVE));
        if self.number(object, USED) == 0 {
            let places = self.set_mask(object) + 1;
            let table = self.alloc(kind::BUFFER, places * 2)?;
            let (object, source) = (self.get(set), self.get(other));
            if used == live && self.set_mask(source) + 1 == places {
                let from = self.field(source, TABLE);
                self.mem.copy_words(from.0 + 4, table.0 + 4, places * 2);
            } else {
                let mut at = 0;
                while let Some((next, hash, key)) = self.set_entry(source, at) {
                    self.work(next - at)?;
                    at = next;
                    self.set_insert_clean(table, hash, key);
                }
            }
            self.set_field(object, TABLE, table);
            self.set_number(object, USED, live);
            self.set_number(object, LIVE, live);
            return Ok(());
        }
        let mark = self.mark();
        let key = self.root(Value::UNBOUND)?;
        let mut at = 0;
        while let Some((next, hash, found)) = self.set_entry(self.get(other), at) {
            self.work(next - at)?;
            at = next;
            self.set(key, found);
            self.set_add_hashed(set, hash, key)?;
        }
        self.release(mark);
        Ok(())
    }

    /// Next item of a set's iterator.
    pub(super) fn next_of_set(&mut self, iterator: Value, set: Value) -> Outcome<Option<Value>> {
        self.must_have(Feature::Sets)?;
        if self.field(set, LIVE) != self.field(iterator, 3) {
            self.set_field(iterator, 3, Value::small_unchecked(-1));
            return self.raise(nano_wire::builtins::Builtin::RuntimeError, "Set changed size during iteration");
        }
        let at = self.number(iterator, 2);
        if let Some((next, _, key)) = self.set_entry(set, at) {
            self.work(next.saturating_sub(at) / 16)?;
            self.set_number(iterator, 2, next);
            return Ok(Some(key));
        }
        self.set_field(iterator, 1, Value::UNBOUND);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::with_vm;
    use nano_wire::value::Value;
    use std::vec::Vec;

    fn items(vm: &crate::vm::Vm<'_>, set: Value) -> Vec<i32> {
        let mut at = 0;
        let mut all = Vec::new();
        while let Some((next, _, key)) = vm.set_entry(set, at) {
            all.push(key.as_small());
            at = next;
        }
        all
    }

    #[test]
    fn order_is_that_of_cpython() {
        with_vm(64 * 1024, |vm| {
            let set = vm.new_set().unwrap();
            let set = vm.root(set).unwrap();
            let key = vm.root(Value::UNBOUND).unwrap();
            let add = |vm: &mut crate::vm::Vm<'_>, number: i32| {
                vm.set(key, Value::small(number).unwrap());
                vm.set_add(set, key).unwrap();
            };
            // The outputs are those of CPython 3.11.
            for number in [0, 8, 16] {
                add(vm, number);
            }
            for number in [0, 8] {
                vm.set(key, Value::small(number).unwrap());
                let hash = vm.get(key);
                assert!(vm.set_discard(set, hash, key).unwrap());
            }
            add(vm, 24);
            add(vm, 32);
            assert_eq!(items(vm, vm.get(set)), [32, 24, 16]);
            vm.set_clear(vm.get(set));
            for number in [100, -5, 33, 7, -1, 64, 1000, 32, 5, 96, -2] {
                add(vm, number);
            }
            assert_eq!(items(vm, vm.get(set)), [64, 33, 32, 96, 100, 5, 7, 1000, -2, -5, -1]);
        });
    }

    #[test]
    fn a_set_and_a_dict_survive_the_end_of_memory() {
        with_vm(6 * 1024, |vm| {
            let set = vm.new_set().unwrap();
            let set = vm.root(set).unwrap();
            let dict = vm.new_dict(0).unwrap();
            let dict = vm.root(dict).unwrap();
            let key = vm.root(Value::UNBOUND).unwrap();
            for number in 0..600 {
                let before = (vm.set_length(vm.get(set)), vm.dict_length(vm.get(dict)));
                vm.set(key, Value::small(number * 5).unwrap());
                let added = [vm.set_add(set, key).is_ok(), vm.dict_set(dict, key, key).is_ok()];
                let after = (vm.set_length(vm.get(set)), vm.dict_length(vm.get(dict)));
                assert_eq!(after, (before.0 + u32::from(added[0]), before.1 + u32::from(added[1])));
                vm.set_exception(Value::UNBOUND);
                vm.release(key.0 + 4);
            }
            let (in_set, in_dict) = (vm.set_length(vm.get(set)), vm.dict_length(vm.get(dict)));
            assert!(in_set > 10 && in_dict > 10 && in_set < 600 && in_dict < 600, "{in_set} {in_dict}");
            let mut found = (0, 0);
            for number in 0..600 {
                let key = Value::small(number * 5).unwrap();
                found.0 += u32::from(vm.set_contains(vm.get(set), key).unwrap());
                found.1 += u32::from(vm.dict_get(vm.get(dict), key).unwrap().is_some());
            }
            assert_eq!(found, (in_set, in_dict));
        });
    }
}
