//! The storage of dicts: entries in insertion order, and above 8 of them an index of where each is.
//!
//! `[live, used, BUFFER of (hash, key, item), RAW index or unbound]`. A hash is a small integer, so that the collector
//! may look at it; a deleted entry has an unbound hash and key, which no lookup meets.

use super::index::{home, index_bytes, places_in};
use super::key::{NeedsEqual, Same};
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

const LIVE: u32 = 0;
const USED: u32 = 1;
const ENTRIES: u32 = 2;
const INDEX: u32 = 3;
/// Up to here dicts are searched without an index.
const SMALL: u32 = 8;

impl Vm<'_> {
    #[inline]
    pub(super) fn entries(&self, dict: Value) -> &[[Value; 3]] {
        let used = self.number(dict, USED);
        if used == 0 {
            return &[];
        }
        let buffer = self.field(dict, ENTRIES);
        self.mem.triples(buffer.0 + 4, used)
    }

    /// Position of the entry of a key; `Err` where `==` must be asked.
    #[inline]
    pub(super) fn dict_find(&self, dict: Value, hash: Value, key: Value) -> Result<Option<u32>, NeedsEqual> {
        let Some(&[_, _, used, buffer, index]) = self.mem.head(dict) else { return Ok(None) };
        if used.as_small() == 0 {
            return Ok(None);
        }
        let entries = self.mem.triples(buffer.0 + 4, used.as_small() as u32);
        if !index.is_unbound() {
            return self.dict_find_indexed(entries, index, hash, key);
        }
        for (at, [stored, found, _]) in entries.iter().enumerate() {
            if *stored == hash {
                match self.same_key(*found, key) {
                    Same::Yes => return Ok(Some(at as u32)),
                    Same::No => {}
                    Same::Ask => return Err(NeedsEqual),
                }
            }
        }
        Ok(None)
    }

    /// As [`Vm::dict_find`] where Python code may have to run; begins again where that changed the dict.
    #[inline(never)]
    fn dict_find_slow(&mut self, dict: Root, hash: Value, key: Root) -> Outcome<Option<u32>> {
        let mark = self.mark();
        let (buffer, candidate) = self.root2(Value::UNBOUND, Value::UNBOUND)?;
        'again: loop {
            let object = self.get(dict);
            let before = (self.field(object, LIVE), self.field(object, USED));
            self.set(buffer, self.field(object, ENTRIES));
            let index = self.field(object, INDEX);
            let mut cursor = if index.is_unbound() {
                0
            } else {
                let bytes = self.length(index) * 4;
                home(hash, places_in(bytes))
            };
            loop {
                let object = self.get(dict);
                let index = self.field(object, INDEX);
                let at = if index.is_unbound() {
                    cursor += 1;
                    cursor - 1
                } else {
                    let bytes = self.length(index) * 4;
                    let at = self.place(index, bytes, cursor).wrapping_sub(1);
                    cursor = (cursor + 1) & (places_in(bytes) - 1);
                    at
                };
                let Some([stored, found, _]) = self.entries(object).get(at as usize).copied() else { break 'again };
                self.work(1)?;
                if stored != hash {
                    continue;
                }
                let same = match self.same_key(found, self.get(key)) {
                    Same::Yes => true,
                    Same::No => false,
                    Same::Ask => {
                        self.set(candidate, found);
                        let same = self.equal(found, self.get(key))?;
                        let object = self.get(dict);
                        let now = (self.field(object, LIVE), self.field(object, USED));
                        let entry = self.entries(object).get(at as usize);
                        let still = entry.is_some_and(|entry| entry[1] == self.get(candidate));
                        if now != before || self.field(object, ENTRIES) != self.get(buffer) || !still {
                            continue 'again;
                        }
                        same
                    }
                };
                if same {
                    self.release(mark);
                    return Ok(Some(at));
                }
            }
        }
        self.release(mark);
        Ok(None)
    }

    /// Position of the entry of a key, however it is told.
    pub(super) fn dict_search(&mut self, dict: Root, hash: Value, key: Root) -> Outcome<Option<u32>> {
        match self.dict_find(self.get(dict), hash, self.get(key)) {
            Ok(found) => Ok(found),
            Err(NeedsEqual) => self.dict_find_slow(dict, hash, key),
        }
    }

    // ---- what others use ----

    /// An empty dict with room for `capacity` entries.
    pub fn new_dict(&mut self, capacity: u32) -> Outcome<Value> {
        let dict = self.alloc(kind::DICT, 4)?;
        self.set_number(dict, LIVE, 0);
        self.set_number(dict, USED, 0);
        if capacity == 0 {
            return Ok(dict);
        }
        let dict = self.root(dict)?;
        if capacity <= SMALL {
            let buffer = self.alloc(kind::BUFFER, capacity * 3)?;
            self.set_field(self.get(dict), ENTRIES, buffer);
        } else {
            self.dict_rebuild(dict, capacity)?;
        }
        let object = self.get(dict);
        self.release(dict.0);
        Ok(object)
    }

    /// A dict of items under keys, which alternate.
    pub fn new_dict_of(&mut self, pairs: Args) -> Outcome<Value> {
        let dict = self.new_dict(pairs.count / 2)?;
        let filled = self.dict_fill_plainly(dict, pairs);
        if filled == pairs.count / 2 {
            return Ok(dict);
        }
        let dict = self.root(dict)?;
        for index in (filled as usize * 2..pairs.len()).step_by(2) {
            self.dict_set(dict, pairs.root(index), pairs.root(index + 1))?;
        }
        let object = self.get(dict);
        self.release(dict.0);
        Ok(object)
    }

    /// Puts pairs into a new dict that has room for them and no index, up to a key that might be there already or whose
    /// hash may take Python code; how many.
    fn dict_fill_plainly(&mut self, dict: Value, pairs: Args) -> u32 {
        let buffer = self.field(dict, ENTRIES);
        if buffer.is_unbound() || !self.field(dict, INDEX).is_unbound() {
            return 0;
        }
        let mut filled = 0;
        while filled < pairs.count / 2 {
            let pair = pairs.base + filled * 8;
            let (key, item) = (Value(self.mem.word(pair)), Value(self.mem.word(pair + 4)));
            let Some(hash) = self.plain_hash(key) else { break };
            if self.mem.triples(buffer.0 + 4, filled).iter().any(|[stored, ..]| *stored == hash) {
                break;
            }
            if let [to_hash, to_key, to_item] = self.mem.values_mut(buffer.0 + 4 + filled * 12, 3) {
                (*to_hash, *to_key, *to_item) = (hash, key, item);
            }
            filled += 1;
        }
        self.set_number(dict, LIVE, filled);
        self.set_number(dict, USED, filled);
        filled
    }

    /// The item under a key of a DICT; `None`: there is none.
    #[inline]
    pub fn dict_get(&mut self, dict: Value, key: Value) -> Outcome<Option<Value>> {
        if let Some(hash) = self.plain_hash(key)
            && let Ok(found) = self.dict_find(dict, hash, key)
        {
            return Ok(found.map(|entry| self.dict_item(dict, entry)));
        }
        self.dict_get_slow(dict, key)
    }

    #[inline(never)]
    fn dict_get_slow(&mut self, dict: Value, key: Value) -> Outcome<Option<Value>> {
        let (dict, key) = self.root2(dict, key)?;
        let hash = self.stored_hash(self.get(key))?;
        let found = self.dict_search(dict, hash, key)?;
        let item = found.map(|entry| self.dict_item(self.get(dict), entry));
        self.release(dict.0);
        Ok(item)
    }

    /// The item under a str key of a DICT; never runs Python code, never allocates.
    #[inline]
    pub fn dict_get_str(&self, dict: Value, key: Value) -> Option<Value> {
        let word = self.word(key, 0);
        let hash = if word >> 1 != 0 { word >> 1 } else { nano_wire::value::hash_bytes(self.bytes(key)) };
        let hash = Value::small_unchecked(hash as i32);
        match self.dict_find(dict, hash, key) {
            Ok(found) => found.map(|entry| self.dict_item(dict, entry)),
            // A key with code of its own and this very hash: it counts as another one here.
            Err(NeedsEqual) => None,
        }
    }

    /// The item under a str key of a DICT, by the key's text and [`hash_bytes`](nano_wire::value::hash_bytes) of that.
    pub(crate) fn dict_get_text(&self, dict: Value, hash: u32, text: &str) -> Option<Value> {
        let hash = Value::small_unchecked(hash as i32);
        let entries = self.entries(dict);
        let is_it = |entry: &&[Value; 3]| {
            let [stored, key, _] = **entry;
            stored == hash && self.kind(key) == kind::STR && self.text(key) == text
        };
        let index = self.field(dict, INDEX);
        if index.is_unbound() {
            return entries.iter().find(is_it).map(|[_, _, item]| *item);
        }
        let bytes = self.length(index) * 4;
        let places = places_in(bytes);
        let mut place = home(hash, places);
        loop {
            let entry = entries.get(self.place(index, bytes, place).wrapping_sub(1) as usize)?;
            if is_it(&entry) {
                return Some(entry[2]);
            }
            place = (place + 1) & (places - 1);
        }
    }

    /// The item under a key of a DICT, where finding it takes no Python code: `None` says nothing then.
    #[inline]
    pub(crate) fn dict_get_plain(&mut self, dict: Value, key: Value) -> Option<Value> {
        let hash = self.plain_hash(key)?;
        match self.dict_find(dict, hash, key) {
            Ok(Some(entry)) => Some(self.dict_item(dict, entry)),
            _ => None,
        }
    }

    /// Is there such a key? `None`: that takes Python code.
    #[inline]
    pub(super) fn dict_has_plain(&mut self, dict: Value, key: Value) -> Option<bool> {
        let hash = self.plain_hash(key)?;
        self.dict_find(dict, hash, key).ok().map(|found| found.is_some())
    }

    /// `dict[key] = item` where that takes neither memory nor Python code; `false`: it does, and nothing was done.
    #[inline]
    pub(crate) fn dict_set_plain(&mut self, dict: Value, key: Value, item: Value) -> bool {
        let Some(hash) = self.plain_hash(key) else { return false };
        match self.dict_find(dict, hash, key) {
            Ok(Some(entry)) => {
                self.dict_set_entry(dict, entry, item);
                true
            }
            Ok(None) => {
                let buffer = self.field(dict, ENTRIES);
                if buffer.is_unbound() || self.number(dict, USED) * 3 + 3 > self.length(buffer) {
                    return false;
                }
                self.dict_append(dict, hash, key, item);
                true
            }
            Err(NeedsEqual) => false,
        }
    }

    /// Item of an entry.
    #[inline]
    pub(super) fn dict_item(&self, dict: Value, entry: u32) -> Value {
        self.entries(dict).get(entry as usize).map_or(Value::NONE, |[_, _, item]| *item)
    }

    /// Replaces the item of an entry.
    #[inline]
    pub(super) fn dict_set_entry(&mut self, dict: Value, entry: u32, item: Value) {
        if entry < self.number(dict, USED) {
            let buffer = self.field(dict, ENTRIES);
            self.set_field(buffer, entry * 3 + 2, item);
        }
    }

    /// `dict[key] = item` (roots).
    #[inline]
    pub fn dict_set(&mut self, dict: Root, key: Root, item: Root) -> Outcome<()> {
        let hash = self.stored_hash(self.get(key))?;
        match self.dict_search(dict, hash, key)? {
            Some(entry) => {
                self.dict_set_entry(self.get(dict), entry, self.get(item));
                Ok(())
            }
            None => self.dict_insert(dict, hash, key, item),
        }
    }

    /// Adds a key that the dict doesn't hold.
    #[inline]
    pub(super) fn dict_insert(&mut self, dict: Root, hash: Value, key: Root, item: Root) -> Outcome<()> {
        let object = self.get(dict);
        let used = self.number(object, USED);
        let buffer = self.field(object, ENTRIES);
        if buffer.is_unbound() || used * 3 + 3 > self.length(buffer) {
            self.dict_grow(dict)?;
        }
        self.dict_append(self.get(dict), hash, self.get(key), self.get(item));
        Ok(())
    }

    /// Adds an entry that there is room for.
    #[inline]
    fn dict_append(&mut self, dict: Value, hash: Value, key: Value, item: Value) {
        let used = self.number(dict, USED);
        let buffer = self.field(dict, ENTRIES);
        self.set_field(buffer, used * 3, hash);
        self.set_field(buffer, used * 3 + 1, key);
        self.set_field(buffer, used * 3 + 2, item);
        self.set_number(dict, USED, used + 1);
        let live = self.number(dict, LIVE);
        self.set_number(dict, LIVE, live + 1);
        let index = self.field(dict, INDEX);
        if !index.is_unbound() {
            self.index_put(index, hash, used);
        }
    }

    /// Makes room for one more entry: closes the gaps of deleted ones, or takes a larger buffer.
    #[inline(never)]
    fn dict_grow(&mut self, dict: Root) -> Outcome<()> {
        let object = self.get(dict);
        let (live, used) = (self.number(object, LIVE), self.number(object, USED));
        self.work(used)?;
        if used - live > used / 4 || (used != live && used <= SMALL) {
            self.dict_compact(object);
            return Ok(());
        }
        let room = (self.heap_limit - self.heap_top) / 12;
        let wanted = match live {
            0..4 => 4,
            4..8 => 8,
            // Twice as many where that is little of what is free, half as many more, or just a few.
            _ if live < room / 8 => live * 2,
            _ if live + live / 2 + 2 <= room => live + live / 2 + 1,
            _ => live + live / 8 + 1,
        };
        self.dict_rebuild(dict, wanted)
    }

    /// Moves the live entries to the front and indexes them anew; allocates nothing.
    fn dict_compact(&mut self, dict: Value) {
        let buffer = self.field(dict, ENTRIES);
        let used = self.number(dict, USED);
        let live = self.dict_move(buffer, used, buffer);
        for word in self.mem.values_mut(buffer.0 + 4 + live * 12, (used - live) * 3) {
            *word = Value::UNBOUND;
        }
        self.set_number(dict, USED, live);
        let index = self.field(dict, INDEX);
        if !index.is_unbound() {
            let words = self.length(index);
            for word in self.mem.values_mut(index.0 + 4, words) {
                *word = Value::UNBOUND;
            }
            self.index_all(dict, index);
        }
    }

    /// Copies live entries to the start of another buffer or of the same; how many there are.
    fn dict_move(&mut self, from: Value, used: u32, to: Value) -> u32 {
        let mut live = 0;
        for entry in 0..used {
            if !self.field(from, entry * 3 + 1).is_unbound() {
                if from != to || live != entry {
                    self.mem.copy_words(from.0 + 4 + entry * 12, to.0 + 4 + live * 12, 3);
                }
                live += 1;
            }
        }
        live
    }

    /// Moves a dict to a buffer (and index) for `capacity` entries, at least as many as are live.
    fn dict_rebuild(&mut self, dict: Root, capacity: u32) -> Outcome<()> {
        let mark = self.mark();
        let old_index = self.field(self.get(dict), INDEX);
        let mut index = Value::UNBOUND;
        if capacity > SMALL {
            let bytes = index_bytes(capacity);
            if !old_index.is_unbound() && self.length(old_index) * 4 == bytes {
                index = old_index;
            } else {
                index = self.alloc(kind::RAW, bytes / 4)?;
            }
        }
        let new_index = self.root(index)?;
        let buffer = self.alloc(kind::BUFFER, capacity.saturating_mul(3))?;
        let object = self.get(dict);
        let old = self.field(object, ENTRIES);
        let used = self.number(object, USED);
        let live = if used == 0 { 0 } else { self.dict_move(old, used, buffer) };
        self.set_number(object, LIVE, live);
        self.set_number(object, USED, live);
        self.set_field(object, ENTRIES, buffer);
        let index = self.get(new_index);
        self.set_field(object, INDEX, index);
        if !index.is_unbound() {
            let words = self.length(index);
            for word in self.mem.values_mut(index.0 + 4, words) {
                *word = Value::UNBOUND;
            }
            self.index_all(object, index);
        }
        self.release(mark);
        Ok(())
    }

    /// Makes room for `more` entries at once.
    pub(super) fn dict_reserve(&mut self, dict: Root, more: u32) -> Outcome<()> {
        let object = self.get(dict);
        let buffer = self.field(object, ENTRIES);
        let room = if buffer.is_unbound() { 0 } else { self.length(buffer) / 3 };
        let wanted = self.number(object, LIVE).saturating_add(more);
        if wanted > room { self.dict_rebuild(dict, wanted) } else { Ok(()) }
    }

    /// Removes a key; the item, `None` where there was none.
    pub fn dict_remove(&mut self, dict: Value, key: Value) -> Outcome<Option<Value>> {
        let (dict, key) = self.root2(dict, key)?;
        let hash = self.stored_hash(self.get(key))?;
        let found = self.dict_search(dict, hash, key)?;
        let item = found.map(|entry| self.dict_delete(self.get(dict), entry).1);
        self.release(dict.0);
        Ok(item)
    }

    /// Deletes an entry; its key and item.
    pub(super) fn dict_delete(&mut self, dict: Value, entry: u32) -> (Value, Value) {
        let Some([hash, key, item]) = self.entries(dict).get(entry as usize).copied() else {
            return (Value::NONE, Value::NONE);
        };
        let index = self.field(dict, INDEX);
        if !index.is_unbound() {
            self.index_remove(dict, index, hash, entry);
        }
        let buffer = self.field(dict, ENTRIES);
        for word in 0..3 {
            self.set_field(buffer, entry * 3 + word, Value::UNBOUND);
        }
        let live = self.number(dict, LIVE) - 1;
        self.set_number(dict, LIVE, live);
        // Deleted entries at the end are given back at once: `popitem` and stacks of keys cost no search.
        let mut used = self.number(dict, USED);
        while used > 0 && self.field(buffer, used * 3 - 2).is_unbound() {
            used -= 1;
        }
        self.set_number(dict, USED, used);
        (key, item)
    }

    /// Entry at or after position `at` of a DICT: (next position, key, item).
    #[inline]
    pub fn dict_entry(&self, dict: Value, at: u32) -> Option<(u32, Value, Value)> {
        let rest = self.entries(dict).get(at as usize..)?;
        for (skipped, [_, key, item]) in rest.iter().enumerate() {
            if !key.is_unbound() {
                return Some((at + skipped as u32 + 1, *key, *item));
            }
        }
        None
    }

    /// The last entry at or before position `at - 1`: (its position, key, item).
    pub(super) fn dict_entry_before(&self, dict: Value, at: u32) -> Option<(u32, Value, Value)> {
        let entries = self.entries(dict);
        let rest = entries.get(..at as usize).unwrap_or(entries);
        let at = rest.iter().rposition(|[_, key, _]| !key.is_unbound())?;
        rest.get(at).map(|[_, key, item]| (at as u32, *key, *item))
    }

    /// Hash as stored of the entry before a position that [`Vm::dict_entry`] gave.
    pub(super) fn dict_hash_before(&self, dict: Value, next: u32) -> Value {
        self.entries(dict).get(next.wrapping_sub(1) as usize).map_or(Value::UNBOUND, |[hash, _, _]| *hash)
    }

    /// Entries in a DICT.
    #[inline]
    pub fn dict_length(&self, dict: Value) -> u32 {
        self.number(dict, LIVE)
    }

    /// Removes all entries.
    pub fn dict_clear(&mut self, dict: Value) {
        self.set_number(dict, LIVE, 0);
        self.set_number(dict, USED, 0);
        self.set_field(dict, ENTRIES, Value::UNBOUND);
        self.set_field(dict, INDEX, Value::UNBOUND);
    }

    /// A dict with the same entries.
    pub fn dict_copy(&mut self, dict: Value) -> Outcome<Value> {
        let (from, to) = self.root2(dict, Value::UNBOUND)?;
        let copy = self.new_dict(self.number(dict, LIVE))?;
        self.set(to, copy);
        let (object, copy) = (self.get(from), self.get(to));
        let live = self.number(object, LIVE);
        self.work(live)?;
        if live != 0 {
            let buffer = self.field(copy, ENTRIES);
            self.dict_move(self.field(object, ENTRIES), self.number(object, USED), buffer);
            self.set_number(copy, LIVE, live);
            self.set_number(copy, USED, live);
            let index = self.field(copy, INDEX);
            if !index.is_unbound() {
                self.index_all(copy, index);
            }
        }
        self.release(from.0);
        Ok(copy)
    }

    /// Raises what a loop over a dict raises when the dict has changed.
    #[cold]
    pub(super) fn dict_changed<T>(&mut self, how: &str) -> Outcome<T> {
        self.raise(Builtin::RuntimeError, how)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{rounds, with_vm};
    use nano_wire::value::Value;
    use std::collections::BTreeMap;
    use std::vec::Vec;

    fn small(number: i32) -> Value {
        Value::small(number).unwrap()
    }

    #[test]
    fn a_dict_agrees_with_a_model() {
        with_vm(256 * 1024, |vm| {
            let dict = vm.new_dict(0).unwrap();
            let dict = vm.root(dict).unwrap();
            let mut model: Vec<(i32, i32)> = Vec::new();
            let mut seed = 12345u32;
            let steps = rounds(if vm.limits.stress { 600 } else { 20_000 }) as i32;
            for step in 0..steps {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
                let key = ((seed >> 16) % 700) as i32 * 1024;
                if seed >> 8 & 3 == 0 {
                    let removed = vm.dict_remove(vm.get(dict), small(key)).unwrap().map(Value::as_small);
                    let at = model.iter().position(|(k, _)| *k == key);
                    assert_eq!(removed, at.map(|at| model.remove(at).1));
                } else {
                    let mark = vm.mark();
                    let (k, v) = vm.root2(small(key), small(step)).unwrap();
                    vm.dict_set(dict, k, v).unwrap();
                    vm.release(mark);
                    match model.iter_mut().find(|(k, _)| *k == key) {
                        Some(entry) => entry.1 = step,
                        None => model.push((key, step)),
                    }
                }
            }
            let mut at = 0;
            let mut entries = Vec::new();
            while let Some((next, key, item)) = vm.dict_entry(vm.get(dict), at) {
                entries.push((key.as_small(), item.as_small()));
                at = next;
            }
            assert_eq!(entries, model);
            assert_eq!(vm.dict_length(vm.get(dict)), model.len() as u32);
            let copy = vm.dict_copy(vm.get(dict)).unwrap();
            for (key, item) in &model {
                assert_eq!(vm.dict_get(copy, small(*key)).unwrap(), Some(small(*item)));
            }
            assert_eq!(vm.dict_get(copy, small(7)).unwrap(), None);
        });
    }

    #[test]
    fn text_is_found_by_its_bytes() {
        with_vm(64 * 1024, |vm| {
            let dict = vm.new_dict(2).unwrap();
            let dict = vm.root(dict).unwrap();
            let mut model = BTreeMap::new();
            for number in 0..60 {
                let mark = vm.mark();
                let text = std::format!("key {}", number % 40);
                let key = vm.new_str(&text).unwrap();
                let (key, item) = vm.root2(key, small(number)).unwrap();
                vm.dict_set(dict, key, item).unwrap();
                vm.release(mark);
                model.insert(text, number);
            }
            assert_eq!(vm.dict_length(vm.get(dict)), 40);
            for (text, number) in &model {
                let key = vm.new_str(text).unwrap();
                assert_eq!(vm.dict_get_str(vm.get(dict), key), Some(small(*number)));
            }
            let key = vm.new_str("absent").unwrap();
            assert_eq!(vm.dict_get_str(vm.get(dict), key), None);
        });
    }

    #[test]
    fn large_dicts_use_wider_places() {
        with_vm(4 * 1024 * 1024, |vm| {
            if vm.limits.stress || cfg!(miri) {
                return;
            }
            let dict = vm.new_dict(0).unwrap();
            let dict = vm.root(dict).unwrap();
            for number in 0..90_000 {
                let mark = vm.mark();
                let (key, item) = vm.root2(small(number * 3), small(number)).unwrap();
                vm.dict_set(dict, key, item).unwrap();
                vm.release(mark);
            }
            for number in 0..90_000 {
                assert_eq!(vm.dict_get(vm.get(dict), small(number * 3)).unwrap(), Some(small(number)));
                assert_eq!(vm.dict_get(vm.get(dict), small(number * 3 + 1)).unwrap(), None);
            }
        });
    }
}
