//! Sorting: a stable merge sort over blocks sorted by insertion; runs that are in order already cost one comparison.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::Comparison;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const SORTED: Native = Native::with("sorted", sorted, 1, 1, &["", "key", "reverse"]);

/// Items sorted by insertion before merging begins.
const BLOCK: u32 = 12;

/// How keys are compared: without Python code where all are of one plain kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Small,
    Float,
    Str,
    Ask,
}

/// A sort under way: `count` records of `stride` words (key, or key and item) in a BUFFER.
#[derive(Clone, Copy)]
struct Sort {
    records: Root,
    /// Room for half of the records.
    spare: Root,
    stride: u32,
    order: Order,
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
        let mut sort = Sort { records, spare, stride: 1, order: Order::Ask };
        if !has_key {
            sort.order = self.sort_order(sort, count);
        }
        if sort.order != Order::Ask {
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
        let records = self.get(sort.records);
        let order = of(self.field(records, 0));
        let all = order != Order::Ask && (1..count).all(|index| of(self.field(records, index * sort.stride)) == order);
        if all { order } else { Order::Ask }
    }

    #[inline(always)]
    fn sort_less(&mut self, order: Order, a: Value, b: Value) -> Outcome<bool> {
        Ok(match order {
            Order::Small => a.as_small() < b.as_small(),
            Order::Float => self.float(a) < self.float(b),
            Order::Str => self.bytes(a) < self.bytes(b),
            Order::Ask => return self.compare(Comparison::Less, a, b),
        })
    }

    fn sort_records(&mut self, sort: Sort, count: u32, reverse: bool) -> Outcome<()> {
        let spare = self.alloc(kind::BUFFER, count.div_ceil(2).saturating_mul(sort.stride))?;
        self.set(sort.spare, spare);
        // Equal items keep their order backwards too: turned before and after.
        if reverse {
            self.sort_turn(sort, count);
        }
        let result = self.sort_all(sort, count);
        if reverse {
            self.sort_turn(sort, count);
        }
        result
    }

    fn sort_turn(&mut self, sort: Sort, count: u32) {
        let records = self.get(sort.records);
        let items = self.mem.values_mut(records.0 + 4, count * sort.stride);
        items.reverse();
        if sort.stride == 2 {
            items.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
    }

    fn sort_all(&mut self, sort: Sort, count: u32) -> Outcome<()> {
        let mut at = 0;
        while at < count {
            let end = count.min(at + BLOCK);
            self.sort_block(sort, at, end)?;
            at = end;
        }
        let mut width = BLOCK;
        while width < count {
            let mut at = 0;
            while count - at > width {
                let middle = at + width;
                let end = middle + width.min(count - middle);
                self.sort_merge(sort, at, middle, end)?;
                at = end;
            }
            width *= 2;
        }
        Ok(())
    }

    #[inline(always)]
    fn sort_key(&self, buffer: Root, sort: Sort, index: u32) -> Value {
        Value(self.mem.word(self.get(buffer).0 + 4 + index * sort.stride * 4))
    }

    #[inline(always)]
    fn sort_copy(&mut self, sort: Sort, from: Root, at: u32, to: Root, place: u32, count: u32) {
        let (from, to) = (self.get(from).0 + 4, self.get(to).0 + 4);
        if count == 1 && sort.stride == 1 {
            let word = self.mem.word(from + at * 4);
            self.mem.set_word(to + place * 4, word);
            return;
        }
        self.mem.copy_words(from + at * sort.stride * 4, to + place * sort.stride * 4, count * sort.stride);
    }

    /// Binary insertion; the record on its way waits in the spare room.
    fn sort_block(&mut self, sort: Sort, from: u32, to: u32) -> Outcome<()> {
        for at in from + 1..to {
            let (key, last) = (self.sort_key(sort.records, sort, at), self.sort_key(sort.records, sort, at - 1));
            if !self.sort_less(sort.order, key, last)? {
                continue;
            }
            let (mut low, mut high) = (from, at - 1);
            while low < high {
                let middle = low + (high - low) / 2;
                let (key, other) = (self.sort_key(sort.records, sort, at), self.sort_key(sort.records, sort, middle));
                if self.sort_less(sort.order, key, other)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.sort_copy(sort, sort.records, at, sort.spare, 0, 1);
            self.sort_copy(sort, sort.records, low, sort.records, low + 1, at - low);
            self.sort_copy(sort, sort.spare, 0, sort.records, low, 1);
        }
        Ok(())
    }

    /// Merges two neighbouring runs. Where a comparison raises, every record is still there once.
    fn sort_merge(&mut self, sort: Sort, from: u32, middle: u32, to: u32) -> Outcome<()> {
        let (first, last) = (self.sort_key(sort.records, sort, middle), self.sort_key(sort.records, sort, middle - 1));
        if !self.sort_less(sort.order, first, last)? {
            return Ok(());
        }
        // The left run may be longer than the spare room only when the right one is shorter: then that moves away.
        if middle - from > to - middle {
            return self.sort_merge_down(sort, from, middle, to);
        }
        let left_count = middle - from;
        self.sort_copy(sort, sort.records, from, sort.spare, 0, left_count);
        let (mut left, mut right, mut place) = (0, middle, from);
        let mut result = Ok(());
        while left < left_count && right < to {
            let (a, b) = (self.sort_key(sort.spare, sort, left), self.sort_key(sort.records, sort, right));
            match self.sort_less(sort.order, b, a) {
                Ok(true) => {
                    self.sort_copy(sort, sort.records, right, sort.records, place, 1);
                    right += 1;
                }
                Ok(false) => {
                    self.sort_copy(sort, sort.spare, left, sort.records, place, 1);
                    left += 1;
                }
                Err(raise) => {
                    result = Err(raise);
                    break;
                }
            }
            place += 1;
        }
        self.sort_copy(sort, sort.spare, left, sort.records, place, left_count - left);
        result
    }

    /// As [`Vm::sort_merge`], from the end.
    fn sort_merge_down(&mut self, sort: Sort, from: u32, middle: u32, to: u32) -> Outcome<()> {
        let right_count = to - middle;
        self.sort_copy(sort, sort.records, middle, sort.spare, 0, right_count);
        let (mut left, mut right, mut place) = (middle, right_count, to);
        let mut result = Ok(());
        while left > from && right > 0 {
            let (a, b) = (self.sort_key(sort.records, sort, left - 1), self.sort_key(sort.spare, sort, right - 1));
            match self.sort_less(sort.order, b, a) {
                Ok(true) => {
                    left -= 1;
                    place -= 1;
                    self.sort_copy(sort, sort.records, left, sort.records, place, 1);
                }
                Ok(false) => {
                    right -= 1;
                    place -= 1;
                    self.sort_copy(sort, sort.spare, right, sort.records, place, 1);
                }
                Err(raise) => {
                    result = Err(raise);
                    break;
                }
            }
        }
        self.sort_copy(sort, sort.spare, 0, sort.records, place - right, right);
        result
    }
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
