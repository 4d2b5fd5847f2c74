//! Numbers of objects: what `id` says and what hashes those that have no hash of their own.
//!
//! Objects move, so a place is no name. An object gets a number when somebody asks for it first, and the arena a table
//! of those that have one: nobody else pays. The collector takes out what has died and points the rest to where it will
//! be; what is in the table is not alive by that. Numbers go up and none is used twice, so one also tells whether its
//! object is still there.
//!
//! ```text
//! RAW [next number, count << 1 | are places filled, (object, number) .., 1 + index of an entry or 0, by object ..]
//! ```
//!
//! Entries are in the order of their numbers, and three for each four places: these are a hash table by where objects
//! are, so after a collection they are filled anew when they are needed.

use crate::collect::{header_of, is_white};
use crate::error::Outcome;
use crate::kind::kind;
use crate::raw::Cells;
use crate::vm::{Vm, roots};
use nano_wire::value::{Value, header_length};

const NEXT: u32 = 0;
const COUNT: u32 = 1;
const ENTRIES: u32 = 2;
/// Fewest places, a power of two.
const FEWEST: u32 = 4;

/// `id` of the first object that got a number: it and those behind it are small integers for as long as can be.
const FIRST_ID: u64 = 0x1000_0000;
/// Between two of them, as if they were places.
const SPACING: u64 = 16;
/// `id` of what is no object of the arena: this and its word, beyond the last number's.
const ID_OF_WORD: u64 = 0x7F00_0000_0000;

/// Payload words of a table with so many places.
const fn words(places: u32) -> u32 {
    ENTRIES + places / 4 * 6 + places
}

/// Places of a table with so many payload words.
const fn places(words: u32) -> u32 {
    words.saturating_sub(ENTRIES) / 10 * 4
}

/// Entries that a table with so many places has room for.
const fn capacity(places: u32) -> u32 {
    places / 4 * 3
}

/// The next number, and the entries of a table at rest; `None`: the payload is none of those.
pub(crate) fn entries(payload: &[u32]) -> Option<(u32, &[[u32; 2]])> {
    let (&[next, count], rest) = payload.split_first_chunk()?;
    let places = places(payload.len() as u32);
    let holds = places >= FEWEST
        && places.is_power_of_two()
        && payload.len() == words(places) as usize
        && count & 1 == 0
        && count >> 1 <= capacity(places);
    holds.then(|| rest.as_chunks().0.get(..count as usize >> 1).map(|entries| (next, entries)))?
}

/// Takes objects that nothing leads to out of the table, and strings the references to the others. Once everything that
/// is alive has been marked; `table` is where it was before.
#[cold]
pub(crate) fn forget_dead(cells: Cells<'_>, table: u32) {
    let length = header_length(header_of(cells, table).1);
    let (count_at, first) = (table + 4 + COUNT * 4, table + 4 + ENTRIES * 4);
    if !cells.reaches(table + 4 + length * 4) || length < words(FEWEST) {
        return;
    }
    let count = (cells.get(count_at) >> 1).min(capacity(places(length)));
    let mut to = first;
    for from in (first..first + count * 8).step_by(8) {
        let (object, number) = (cells.get(from), cells.get(from + 4));
        if !Value(object).is_arena() || !cells.has(object) || is_white(cells.get(object)) {
            continue;
        }
        cells.set(to + 4, number);
        cells.set(to, cells.get(object));
        cells.set(object, to);
        to += 8;
    }
    cells.set(count_at, ((to - first) / 8) << 1);
}

impl Vm<'_> {
    /// `id(value)`: the same for as long as it lives, and no other's.
    pub(crate) fn identity(&mut self, value: Value) -> Outcome<u64> {
        if value.is_arena() {
            Ok(FIRST_ID + u64::from(self.number_of(value)?) * SPACING)
        } else {
            Ok(ID_OF_WORD + u64::from(value.0))
        }
    }

    /// The object whose `id` that is, if it is there still: dead ones are until the next collection.
    pub(crate) fn identified(&self, id: u64) -> Option<Value> {
        let number = u32::try_from(id.checked_sub(FIRST_ID)? / SPACING).ok()?;
        let table = Value(self.mem.word(roots::IDENTITIES));
        if table.is_unbound() {
            return None;
        }
        let (mut low, mut high) = (0, self.word(table, COUNT) >> 1);
        while low < high {
            let middle = low.midpoint(high);
            if self.word(table, ENTRIES + middle * 2 + 1) < number { low = middle + 1 } else { high = middle }
        }
        let at = ENTRIES + low * 2;
        let is_there = low < self.word(table, COUNT) >> 1 && self.word(table, at + 1) == number;
        is_there.then(|| self.field(table, at))
    }

    /// The number of an object of the arena. May collect, where it has none yet.
    #[inline(never)]
    pub(crate) fn number_of(&mut self, object: Value) -> Outcome<u32> {
        let table = Value(self.mem.word(roots::IDENTITIES));
        if !table.is_unbound() {
            if self.word(table, COUNT) & 1 == 0 {
                self.fill_places(table)?;
            }
            let places = places(self.length(table));
            let place = self.place_of(table, object);
            if let Some(entry) = self.word(table, place).checked_sub(1) {
                return Ok(self.word(table, ENTRIES + entry * 2 + 1));
            }
            let (number, count) = (self.word(table, NEXT), self.word(table, COUNT) >> 1);
            if count < capacity(places) {
                let Some(next) = number.checked_add(1) else { return self.memory_error() };
                let at = ENTRIES + count * 2;
                self.set_word(table, NEXT, next);
                self.set_word(table, COUNT, (count + 1) << 1 | 1);
                self.set_word(table, at, object.0);
                self.set_word(table, at + 1, number);
                self.set_word(table, place, count + 1);
                return Ok(number);
            }
        }
        let object = self.root(object)?;
        self.widen_identities()?;
        let again = self.get(object);
        self.release(object.0);
        self.number_of(again)
    }

    /// A table of twice as many places, or the first.
    fn widen_identities(&mut self) -> Outcome<()> {
        let old = Value(self.mem.word(roots::IDENTITIES));
        let places = if old.is_unbound() { FEWEST } else { places(self.length(old)) * 2 };
        if self.heap_limit - self.heap_top <= words(places) * 4 && !old.is_unbound() {
            // Most of those that have numbers may be dead.
            self.collect_paid(0)?;
            let old = Value(self.mem.word(roots::IDENTITIES));
            if self.word(old, COUNT) >> 1 < capacity(places / 2) {
                return Ok(());
            }
        }
        let new = self.alloc(kind::RAW, words(places))?;
        let old = Value(self.mem.word(roots::IDENTITIES));
        if !old.is_unbound() {
            let count = self.word(old, COUNT) >> 1;
            self.mem.copy_words(old.0 + 4, new.0 + 4, ENTRIES + count * 2);
            self.set_word(new, COUNT, count << 1);
        }
        self.mem.set_word(roots::IDENTITIES, new.0);
        Ok(())
    }

    /// Fills the places by where objects are now; of a table that few entries are left in, fewer places.
    fn fill_places(&mut self, table: Value) -> Outcome<()> {
        let count = self.word(table, COUNT) >> 1;
        let mut places = places(self.length(table));
        self.work(places)?;
        while places > FEWEST && count < places / 8 {
            places /= 2;
        }
        self.shrink(table, words(places));
        for place in words(places) - places..words(places) {
            self.set_word(table, place, 0);
        }
        for entry in 0..count {
            let place = self.place_of(table, self.field(table, ENTRIES + entry * 2));
            self.set_word(table, place, entry + 1);
        }
        self.set_word(table, COUNT, count << 1 | 1);
        Ok(())
    }

    /// Which word of the table has the object's place, or is free for it.
    fn place_of(&self, table: Value, object: Value) -> u32 {
        let length = self.length(table);
        let places = places(length);
        let mut place = (object.0 >> 2).wrapping_mul(0x9E37_79B1) >> (places.leading_zeros() + 1);
        loop {
            let at = length - places + place;
            match self.word(table, at).checked_sub(1) {
                Some(entry) if self.word(table, ENTRIES + entry * 2) != object.0 => {
                    place = (place + 1) & (places - 1);
                }
                _ => return at,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{capacity, entries, places, words};
    use crate::kind::kind;
    use crate::testing::{rounds, with_vm};
    use crate::vm::{Vm, roots};
    use nano_wire::value::Value;
    use std::vec::Vec;

    fn table(vm: &Vm<'_>) -> Value {
        Value(vm.mem.word(roots::IDENTITIES))
    }

    #[test]
    fn tables_have_the_places_they_were_made_for() {
        for places in [4, 8, 16, 1 << 20] {
            assert_eq!(super::places(words(places)), places);
            assert!(capacity(places) < places);
        }
        assert_eq!(places(0), 0);
    }

    #[test]
    fn an_object_keeps_its_number_and_the_dead_leave_the_table() {
        with_vm(64 << 10, |vm| {
            let count = rounds(120).max(12);
            let list = vm.new_list_with(0).unwrap();
            let list = vm.root(list).unwrap();
            let mut ids = Vec::new();
            for _ in 0..count {
                let mark = vm.mark();
                // Garbage between them, some of which has a number.
                let other = vm.new_str("other").unwrap();
                vm.identity(other).unwrap();
                let object = vm.alloc(kind::TUPLE, 1).unwrap();
                let object = vm.root(object).unwrap();
                vm.list_push(list, object).unwrap();
                ids.push(vm.identity(vm.get(object)).unwrap());
                vm.release(mark);
            }
            for turn in 0..3 {
                vm.collect(if turn == 1 { 256 } else { 0 });
                for index in (0..ids.len()).rev() {
                    let object = vm.items(vm.get(list))[index];
                    assert_eq!(vm.identity(object), Ok(ids[index]));
                    assert_eq!(vm.identified(ids[index]), Some(object));
                }
                assert_eq!(vm.word(table(vm), super::COUNT) >> 1, count);
            }
            let before = vm.length(table(vm));
            vm.set(list, Value::NONE);
            vm.collect(0);
            assert_eq!(vm.identified(ids[0]), None);
            let object = vm.alloc(kind::TUPLE, 1).unwrap();
            let id = vm.identity(object).unwrap();
            assert!(!ids.contains(&id) && vm.identified(id).is_some());
            assert!(vm.length(table(vm)) < before);
            assert_eq!(vm.identified(id + 1600), None);
        });
    }

    #[test]
    fn what_is_no_object_of_the_arena_takes_no_place() {
        with_vm(4 << 10, |vm| {
            let values =
                [Value::NONE, Value::TRUE, Value::small_unchecked(0), Value::small_unchecked(-1), Value::letter(65)];
            let ids: Vec<u64> = values.iter().map(|value| vm.identity(*value).unwrap()).collect();
            assert!(ids.iter().enumerate().all(|(index, id)| !ids[..index].contains(id)));
            assert!(table(vm).is_unbound());
        });
    }

    #[test]
    fn numbers_of_temporaries_do_not_use_memory_up() {
        with_vm(4 << 10, |vm| {
            let mut last = 0;
            for _ in 0..rounds(5000) {
                let object = vm.alloc(kind::TUPLE, 2).unwrap();
                let id = vm.identity(object).unwrap();
                assert!(id > last);
                last = id;
            }
        });
    }

    #[test]
    fn only_tables_at_rest_are_read() {
        let mut table = std::vec![0; words(8) as usize];
        table[0] = 9;
        table[1] = 2 << 1;
        table[2..6].copy_from_slice(&[64, 3, 80, 8]);
        assert_eq!(entries(&table), Some((9, &[[64, 3], [80, 8]][..])));
        table[1] |= 1;
        assert_eq!(entries(&table), None);
        table[1] = (capacity(8) + 1) << 1;
        assert_eq!(entries(&table), None);
        assert_eq!(entries(&table[1..]), None);
        assert_eq!(entries(&[]), None);
    }
}
