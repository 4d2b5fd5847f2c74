//! Sorting: Tim Peters' stable merge sort, with the order of merges of Munro and Wild, as CPython has both.
//!
//! What it compares, and when, can be seen: a program's `__lt__` may print or raise, and NaN is in no order. So runs are
//! found, lengthened and merged exactly as described in CPython's `Objects/listsort.txt`.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::Comparison;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const SORTED: Native = Native::new("sorted,,key,reverse", sorted, 1, 1);

/// Lists of fewer records are sorted by insertion alone.
const MERGED: u32 = 64;

/// So many records in a row that come from one run tell that searching for the next ones is cheaper than one by one.
const GALLOP: u32 = 7;

/// Runs that wait at most: their powers rise, and no list has 2^32 records.
const WAITING: u32 = 34;

/// How keys are compared: without Python code where all are of one plain kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Small,
    Float,
    Str,
    Ask,
    /// All are instances of one class: its `__lt__` is asked, and where that gives no answer, asked again as by `<`.
    Alike,
}

/// A sort under way: `count` records of `stride` words (key, or key and item) in a BUFFER.
#[derive(Clone, Copy)]
struct Sort {
    records: Root,
    /// Room for half of the records, and behind it two words for each run that waits: its length, its power.
    spare: Root,
    /// Where in the spare room those begin.
    waiting: u32,
    stride: u32,
    order: Order,
    /// Records in a row that start galloping: fewer where that paid.
    gallop: u32,
}

/// A record: in the records or in the spare room, by its number.
#[derive(Clone, Copy)]
struct Place {
    root: Root,
    index: u32,
}

/// Two neighbouring runs being merged, of which the shorter one waits in the spare room.
#[derive(Clone, Copy)]
struct Merge {
    from: u32,
    to: u32,
    /// Records that were moved to the spare room, and what is left of them.
    moved: u32,
    held: u32,
    /// What is left of the run that stayed.
    other: u32,
    /// The right run is the one that waits; then both are merged from their ends.
    down: bool,
}

impl Merge {
    /// Is the rest in order, but for where it stands?
    fn ends(self) -> bool {
        self.other == 0 || self.held <= 1
    }
}

/// `list.sort(*, key=None, reverse=False)`.
pub(super) fn sort(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let reverse = match vm.arg(args, 2) {
        Value::UNBOUND => false,
        value => vm.integer_value(value).map(|number| number != Value::small_unchecked(0))?,
    };
    let key = vm.arg(args, 1);
    let key = if key == Value::NONE { Value::UNBOUND } else { key };
    vm.set(args.root(1), key);
    vm.sort_list(args.root(0), args.root(1), reverse)?;
    Ok(Value::NONE)
}

fn sorted(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let list = vm.list_from(vm.arg(args, 0))?;
    vm.set(args.root(0), list);
    sort(vm, args)?;
    Ok(vm.arg(args, 0))
}

impl Vm<'_> {
    /// Sorts a list in place; the key function is unbound where there is none.
    pub(crate) fn sort_list(&mut self, list: Root, key: Root, reverse: bool) -> Outcome<()> {
        let count = self.number(self.get(list), 0);
        let has_key = !self.get(key).is_unbound();
        if count < 2 && !has_key {
            return Ok(());
        }
        let mark = self.mark();
        let records = self.field(self.get(list), 1);
        let (records, spare) = self.root2(records, Value::UNBOUND)?;
        let mut sort = Sort { records, spare, waiting: 0, stride: 1, order: Order::Ask, gallop: GALLOP };
        if !has_key {
            sort.order = self.sort_order(sort, count);
        }
        if !matches!(sort.order, Order::Ask | Order::Alike) {
            // Nothing but this code runs: the list is sorted where it is.
            self.sort_records(sort, count, reverse)?;
            self.release(mark);
            return Ok(());
        }
        // Python code may run: meanwhile the list is empty, and what it did to it is noticed.
        let empty = self.alloc(kind::BUFFER, 0)?;
        let empty = self.root(empty)?;
        let object = self.get(list);
        let placeholder = self.get(empty);
        self.set_number(object, 0, 0);
        self.set_field(object, 1, placeholder);
        let result =
            if has_key { self.sort_by_key(sort, key, count, reverse) } else { self.sort_records(sort, count, reverse) };
        let object = self.get(list);
        let changed = self.field(object, 1) != self.get(empty) || self.number(object, 0) != 0;
        let records = self.get(records);
        self.set_field(object, 1, records);
        self.set_number(object, 0, count);
        result?;
        if changed {
            return self.raise(Builtin::ValueError, "list modified during sort");
        }
        self.release(mark);
        Ok(())
    }

    /// Sorts (key, item) records and puts the items back in their order.
    fn sort_by_key(&mut self, sort: Sort, key: Root, count: u32, reverse: bool) -> Outcome<()> {
        let pairs = self.alloc(kind::BUFFER, count.saturating_mul(2))?;
        let pairs = self.root(pairs)?;
        for index in 0..count {
            let item = self.field(self.get(sort.records), index);
            self.work(1)?;
            let made = self.call1(self.get(key), item)?;
            let (item, pairs) = (self.field(self.get(sort.records), index), self.get(pairs));
            self.set_field(pairs, index * 2, made);
            self.set_field(pairs, index * 2 + 1, item);
        }
        let mut by_key = Sort { records: pairs, stride: 2, ..sort };
        by_key.order = self.sort_order(by_key, count);
        let result = self.sort_records(by_key, count, reverse);
        let (pairs, records) = (self.get(pairs), self.get(sort.records));
        for index in 0..count {
            let item = self.field(pairs, index * 2 + 1);
            self.set_field(records, index, item);
        }
        result
    }

    /// How the keys can be compared.
    fn sort_order(&self, sort: Sort, count: u32) -> Order {
        let of = |value: Value| match self.kind(value) {
            255 if value.is_small() => Order::Small,
            kind::FLOAT => Order::Float,
            kind::STR => Order::Str,
            _ => Order::Ask,
        };
        if count == 0 {
            // Behind the records stands something else.
            return Order::Ask;
        }
        let records = self.get(sort.records);
        let order = of(self.field(records, 0));
        let all = order != Order::Ask && (1..count).all(|index| of(self.field(records, index * sort.stride)) == order);
        if all {
            return order;
        }
        let class = |index: u32| {
            let key = self.field(records, index * sort.stride);
            self.is(key, kind::INSTANCE).then(|| self.field(key, 0))
        };
        let first = class(0);
        let alike = first.is_some() && (1..count).all(|index| class(index) == first);
        if alike { Order::Alike } else { Order::Ask }
    }

    #[inline]
    fn sort_less(&mut self, order: Order, a: Value, b: Value) -> Outcome<bool> {
        Ok(match order {
            Order::Small => a.as_small() < b.as_small(),
            Order::Float => matches!((self.as_float(a), self.as_float(b)), (Some(a), Some(b)) if a < b),
            Order::Str => {
                if self.length(a) != 0 && self.length(b) != 0 {
                    // Text is padded with zeros: where the first four bytes differ, they decide.
                    let (x, y) = (self.word(a, 1).to_be(), self.word(b, 1).to_be());
                    if x != y {
                        return Ok(x < y);
                    }
                }
                self.work_on(self.length(a).min(self.length(b)))?;
                self.bytes(a) < self.bytes(b)
            }
            Order::Ask | Order::Alike => return self.sort_ask(order, a, b),
        })
    }

    #[inline(never)]
    fn sort_ask(&mut self, order: Order, a: Value, b: Value) -> Outcome<bool> {
        self.work(1)?;
        if order == Order::Alike {
            let kept = self.root2(a, b)?;
            let answer = self.call_special(a, "__lt__", &[b])?;
            let (a, b) = (self.get(kept.0), self.get(kept.1));
            self.release(kept.0.0);
            return match answer {
                Some(answer) if answer != Value::NOT_IMPLEMENTED => self.truth(answer),
                _ => self.compare(Comparison::Less, a, b),
            };
        }
        match self.compare_plain(Comparison::Less, a, b) {
            Some(less) => Ok(less),
            None => self.compare(Comparison::Less, a, b),
        }
    }

    fn sort_records(&mut self, mut sort: Sort, count: u32, reverse: bool) -> Outcome<()> {
        sort.waiting = count.div_ceil(2).saturating_mul(sort.stride);
        let runs = if count < MERGED { 0 } else { WAITING * 2 };
        let spare = self.alloc(kind::BUFFER, sort.waiting.saturating_add(runs))?;
        self.set(sort.spare, spare);
        // Equal items keep their order backwards too: turned before and after.
        if reverse {
            self.sort_turn(sort, 0, count);
        }
        let result = self.sort_all(sort, count);
        if reverse {
            self.sort_turn(sort, 0, count);
        }
        result
    }

    /// Turns the records `from..to`.
    fn sort_turn(&mut self, sort: Sort, from: u32, to: u32) {
        let records = self.get(sort.records);
        let items = self.mem.values_mut(records.0 + 4 + from * sort.stride * 4, (to - from) * sort.stride);
        items.reverse();
        if sort.stride == 2 {
            items.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }

    fn sort_all(&mut self, mut sort: Sort, count: u32) -> Outcome<()> {
        let least = least_run(count);
        let (mut from, mut runs) = (0, 0);
        while from < count {
            let mut length = self.sort_run(sort, from, count)?;
            if length < least {
                let forced = least.min(count - from);
                self.sort_insert(sort, from, from + length, from + forced)?;
                length = forced;
            }
            if count < MERGED {
                return Ok(());
            }
            if runs > 0 {
                let before = self.sort_length(sort, runs - 1);
                let power = power(from - before, before, length, count);
                while runs > 1 && self.sort_power(sort, runs - 2) > power {
                    self.sort_join(&mut sort, runs, runs - 2, from)?;
                    runs -= 1;
                }
                self.sort_note(sort, runs - 1, 1, power);
            }
            self.sort_note(sort, runs, 0, length);
            self.sort_note(sort, runs, 1, 0);
            runs += 1;
            from += length;
        }
        while runs > 1 {
            let mut at = runs - 2;
            if at > 0 && self.sort_length(sort, at - 1) < self.sort_length(sort, at + 1) {
                at -= 1;
            }
            self.sort_join(&mut sort, runs, at, count)?;
            runs -= 1;
        }
        Ok(())
    }

    fn sort_length(&self, sort: Sort, run: u32) -> u32 {
        self.field(self.get(sort.spare), sort.waiting + run * 2).as_small().cast_unsigned()
    }

    fn sort_power(&self, sort: Sort, run: u32) -> u32 {
        self.field(self.get(sort.spare), sort.waiting + run * 2 + 1).as_small().cast_unsigned()
    }

    fn sort_note(&mut self, sort: Sort, run: u32, word: u32, number: u32) {
        let spare = self.get(sort.spare);
        self.set_field(spare, sort.waiting + run * 2 + word, Value::small_unchecked(number.cast_signed()));
    }

    /// Is the key of one record less than that of another?
    fn sort_before(&mut self, sort: Sort, a: Place, b: Place) -> Outcome<bool> {
        let (a, b) = (self.sort_key(sort, a), self.sort_key(sort, b));
        self.sort_less(sort.order, a, b)
    }

    fn sort_key(&self, sort: Sort, place: Place) -> Value {
        Value(self.mem.word(self.sort_offset(sort, place)))
    }

    /// Where in the arena a record is; good until Python code runs.
    fn sort_offset(&self, sort: Sort, place: Place) -> u32 {
        self.get(place.root).0 + 4 + place.index * sort.stride * 4
    }

    fn sort_move(&mut self, sort: Sort, from: Place, to: Place, count: u32) {
        let (from, to) = (self.sort_offset(sort, from), self.sort_offset(sort, to));
        self.mem.copy_words(from, to, count * sort.stride);
    }

    /// The length of the run that begins at a record; one that falls is turned.
    fn sort_run(&mut self, sort: Sort, from: u32, to: u32) -> Outcome<u32> {
        let record = |index| Place { root: sort.records, index };
        let (mut end, mut falls) = (from + 1, false);
        while end < to {
            self.work(1)?;
            let less = self.sort_before(sort, record(end), record(end - 1))?;
            if end == from + 1 {
                falls = less;
            }
            if less != falls {
                break;
            }
            end += 1;
        }
        if falls {
            self.work((end - from) / 2)?;
            self.sort_turn(sort, from, end);
        }
        Ok(end - from)
    }

    /// Binary insertion of the records `at..to` into the run before them.
    fn sort_insert(&mut self, sort: Sort, from: u32, at: u32, to: u32) -> Outcome<()> {
        let record = |index| Place { root: sort.records, index };
        for own in at..to {
            let (mut low, mut high) = (from, own);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.sort_before(sort, record(own), record(middle))? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.work(4)?;
            if low < own {
                let waits = Place { root: sort.spare, index: 0 };
                self.sort_move(sort, record(own), waits, 1);
                self.sort_move(sort, record(low), record(low + 1), own - low);
                self.sort_move(sort, waits, record(low), 1);
            }
        }
        Ok(())
    }

    /// Merges the waiting runs `at` and `at + 1` of so many, which end before the record `end`.
    fn sort_join(&mut self, sort: &mut Sort, runs: u32, at: u32, end: u32) -> Outcome<()> {
        let behind: u32 = (at + 2..runs).map(|run| self.sort_length(*sort, run)).sum();
        let (left, right) = (self.sort_length(*sort, at), self.sort_length(*sort, at + 1));
        let middle = end - behind - right;
        let from = middle - left;
        self.sort_note(*sort, at, 0, left + right);
        for run in at + 1..runs - 1 {
            let (length, power) = (self.sort_length(*sort, run + 1), self.sort_power(*sort, run + 1));
            self.sort_note(*sort, run, 0, length);
            self.sort_note(*sort, run, 1, power);
        }
        self.work(right + left)?;
        let record = |index| Place { root: sort.records, index };
        // What is in its place already, at the start and at the end.
        let from = from + self.sort_search(*sort, record(middle), record(from), left, 0, true)?;
        if from == middle {
            return Ok(());
        }
        let right = self.sort_search(*sort, record(middle - 1), record(middle), right, right - 1, false)?;
        if right == 0 {
            return Ok(());
        }
        let (to, left) = (middle + right, middle - from);
        let down = left > right;
        let (moved, other, start) = if down { (right, left, middle) } else { (left, right, from) };
        self.sort_move(*sort, record(start), Place { root: sort.spare, index: 0 }, moved);
        let mut merge = Merge { from, to, moved, held: moved, other, down };
        let result = self.sort_merge(sort, &mut merge);
        // Where a comparison raised, every record is still there once.
        if merge.held == 1 && result.is_ok() {
            let other = merge.other;
            self.sort_take(*sort, &mut merge, false, other);
        }
        let held = merge.held;
        self.sort_take(*sort, &mut merge, true, held);
        result
    }

    /// Where in a run of so many records a key belongs: before those that equal it or `behind` them. The search begins
    /// near the record `hint` and goes on in steps that double.
    fn sort_search(&mut self, sort: Sort, key: Place, run: Place, count: u32, hint: u32, behind: bool) -> Outcome<u32> {
        let is_before = |vm: &mut Self, index: u32| {
            let record = Place { index: run.index + index, ..run };
            let (a, b) = if behind { (key, record) } else { (record, key) };
            vm.sort_before(sort, a, b).map(|less| less != behind)
        };
        let (mut last, mut step) = (0, 1);
        let (mut low, mut high);
        if is_before(self, hint)? {
            let most = count - hint;
            while step < most && is_before(self, hint + step)? {
                (last, step) = (step, step * 2 + 1);
            }
            (low, high) = (hint + last + 1, hint + step.min(most));
        } else {
            let most = hint + 1;
            while step < most && !is_before(self, hint - step)? {
                (last, step) = (step, step * 2 + 1);
            }
            (low, high) = (hint + 1 - step.min(most), hint - last);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(self, middle)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(high)
    }

    /// Merges until one record waits at most, or nothing else is left.
    fn sort_merge(&mut self, sort: &mut Sort, merge: &mut Merge) -> Outcome<()> {
        // Of the left run and of the right one: is it the one that waits?
        let (left, right) = (!merge.down, merge.down);
        self.sort_take(*sort, merge, false, 1);
        while !merge.ends() {
            let (mut lefts, mut rights) = (0, 0);
            // One at a time, until one of both wins again and again.
            while lefts.max(rights) < sort.gallop {
                let (a, b) = sort.next(*merge);
                if self.sort_before(*sort, b, a)? == merge.down {
                    (lefts, rights) = (lefts + 1, 0);
                    self.sort_take(*sort, merge, left, 1);
                } else {
                    (lefts, rights) = (0, rights + 1);
                    self.sort_take(*sort, merge, right, 1);
                }
                if merge.ends() {
                    return Ok(());
                }
            }
            sort.gallop += 1;
            loop {
                sort.gallop -= u32::from(sort.gallop > 1);
                lefts = self.sort_gallop(*sort, *merge, true)?;
                self.sort_take(*sort, merge, left, lefts);
                if !merge.ends() {
                    self.sort_take(*sort, merge, right, 1);
                }
                if merge.ends() {
                    return Ok(());
                }
                rights = self.sort_gallop(*sort, *merge, false)?;
                self.sort_take(*sort, merge, right, rights);
                if !merge.ends() {
                    self.sort_take(*sort, merge, left, 1);
                }
                if merge.ends() {
                    return Ok(());
                }
                if lefts < GALLOP && rights < GALLOP {
                    break;
                }
            }
            sort.gallop += 1;
        }
        Ok(())
    }

    /// How many records of the left run (or of the right one) come before the next record of the other.
    fn sort_gallop(&mut self, sort: Sort, merge: Merge, of_left: bool) -> Outcome<u32> {
        let (a, b) = sort.next(merge);
        let waits = of_left != merge.down;
        let count = if waits { merge.held } else { merge.other };
        let key = if of_left { b } else { a };
        let next = if of_left { a } else { b };
        if merge.down {
            let run = Place { index: next.index + 1 - count, ..next };
            return Ok(count - self.sort_search(sort, key, run, count, count - 1, of_left)?);
        }
        self.sort_search(sort, key, next, count, 0, of_left)
    }

    /// Moves so many records of the run that waits, or of the other, to where they belong.
    fn sort_take(&mut self, sort: Sort, merge: &mut Merge, waits: bool, count: u32) {
        let left = merge.held + merge.other;
        let mine = if waits { merge.held } else { merge.other };
        let (root, start, end) =
            if waits { (sort.spare, 0, merge.moved) } else { (sort.records, merge.from, merge.to) };
        // From the end, or from the start.
        let (index, place) =
            if merge.down { (start + mine - count, merge.from + left - count) } else { (end - mine, merge.to - left) };
        self.sort_move(sort, Place { root, index }, Place { root: sort.records, index: place }, count);
        if waits {
            merge.held -= count;
        } else {
            merge.other -= count;
        }
    }
}

impl Sort {
    /// The records that are next: of the left run, of the right run.
    fn next(self, merge: Merge) -> (Place, Place) {
        let (held, other) = if merge.down {
            (merge.held - 1, merge.from + merge.other - 1)
        } else {
            (merge.moved - merge.held, merge.to - merge.other)
        };
        let (held, other) = (Place { root: self.spare, index: held }, Place { root: self.records, index: other });
        if merge.down { (other, held) } else { (held, other) }
    }
}

/// Runs are made at least this long: a number of them that is a power of two, or a little less.
fn least_run(count: u32) -> u32 {
    let shift = (32 - count.leading_zeros()).saturating_sub(6);
    let rest = count & ((1 << shift) - 1);
    (count >> shift) + u32::from(rest != 0)
}

/// How deep in the tree of merges two neighbouring runs meet: the first binary digit in which their middles differ, as
/// parts of the list.
fn power(start: u32, left: u32, right: u32, count: u32) -> u32 {
    let (start, left, right, count) = (u64::from(start), u64::from(left), u64::from(right), u64::from(count));
    let (mut a, mut b) = (2 * start + left, 2 * (start + left) + right);
    let mut power = 1;
    while a >= count || b < count {
        if a >= count {
            a -= count;
            b -= count;
        }
        (a, b) = (a * 2, b * 2);
        power += 1;
    }
    power
}

#[cfg(test)]
mod tests {
    use crate::testing::with_vm;
    use nano_wire::value::Value;
    use std::vec::Vec;

    #[test]
    fn small_integers_are_sorted() {
        with_vm(128 * 1024, |vm| {
            let mut seed = 1u32;
            for count in [0, 1, 2, 3, 11, 12, 13, 24, 25, 37, 100, 777] {
                let mark = vm.mark();
                let list = vm.new_list_with(0).unwrap();
                let list = vm.root(list).unwrap();
                let none = vm.root(Value::UNBOUND).unwrap();
                let mut model = Vec::new();
                for _ in 0..count {
                    seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
                    let number = (seed >> 16) as i32 % 300 - 150;
                    let item = vm.root(Value::small(number).unwrap()).unwrap();
                    vm.list_push(list, item).unwrap();
                    vm.release(item.0);
                    model.push(number);
                }
                for reverse in [false, true, true, false] {
                    vm.sort_list(list, none, reverse).unwrap();
                    model.sort_unstable();
                    if reverse {
                        model.reverse();
                    }
                    let sorted: Vec<i32> = vm.items(vm.get(list)).iter().map(|item| item.as_small()).collect();
                    assert_eq!(sorted, model);
                }
                vm.release(mark);
            }
        });
    }
}
