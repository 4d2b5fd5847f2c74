//! Sorting: a stable merge sort over blocks sorted by insertion; runs that are in order already cost one comparison.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::Comparison;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const SORTED: Native = Native::new("sorted,,key,reverse", sorted, 1, 1);

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
        if all { order } else { Order::Ask }
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
            Order::Ask => return self.sort_ask(a, b),
        })
    }

    #[inline(never)]
    fn sort_ask(&mut self, a: Value, b: Value) -> Outcome<bool> {
        self.work(1)?;
        match self.compare_plain(Comparison::Less, a, b) {
            Some(less) => Ok(less),
            None => self.compare(Comparison::Less, a, b),
        }
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
            self.work((end - at) * 2)?;
            self.sort_block(sort, at, end)?;
            at = end;
        }
        let mut width = BLOCK;
        while width < count {
            let mut at = 0;
            while count - at > width {
                let middle = at + width;
                let end = middle + width.min(count - middle);
                self.work(end - at)?;
                self.sort_merge(sort, at, middle, end)?;
                at = end;
            }
            width *= 2;
        }
        Ok(())
    }

    /// Arena offsets of the records and of the spare room; good until Python code runs.
    #[inline]
    fn sort_places(&self, sort: Sort) -> (u32, u32) {
        (self.get(sort.records).0 + 4, self.get(sort.spare).0 + 4)
    }

    #[inline]
    fn sort_move(&mut self, stride: u32, from: u32, to: u32) {
        let word = self.mem.word(from);
        self.mem.set_word(to, word);
        if stride == 2 {
            let word = self.mem.word(from + 4);
            self.mem.set_word(to + 4, word);
        }
    }

    /// Binary insertion; the record on its way waits in the spare room.
    fn sort_block(&mut self, sort: Sort, from: u32, to: u32) -> Outcome<()> {
        let width = sort.stride * 4;
        let (mut records, mut spare) = self.sort_places(sort);
        for at in from + 1..to {
            let key = |vm: &Self, records: u32, index: u32| Value(vm.mem.word(records + index * width));
            // `low` is where the record belongs among those before it.
            let (mut low, mut high) = (from, at);
            let mut middle = at - 1;
            while low < high {
                let (own, other) = (key(self, records, at), key(self, records, middle));
                if self.sort_less(sort.order, own, other)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
                middle = low + (high - low) / 2;
                if sort.order == Order::Ask {
                    (records, spare) = self.sort_places(sort);
                }
            }
            if low < at {
                self.sort_move(sort.stride, records + at * width, spare);
                let mut place = at;
                while place > low {
                    self.sort_move(sort.stride, records + (place - 1) * width, records + place * width);
                    place -= 1;
                }
                self.sort_move(sort.stride, spare, records + low * width);
            }
        }
        Ok(())
    }

    /// Merges two neighbouring runs. Where a comparison raises, every record is still there once.
    fn sort_merge(&mut self, sort: Sort, from: u32, middle: u32, to: u32) -> Outcome<()> {
        let width = sort.stride * 4;
        let (records, _) = self.sort_places(sort);
        let (last, first) = (self.mem.word(records + (middle - 1) * width), self.mem.word(records + middle * width));
        if !self.sort_less(sort.order, Value(first), Value(last))? {
            return Ok(());
        }
        // The left run may be longer than the spare room only when the right one is shorter: then that moves away.
        if middle - from > to - middle {
            return self.sort_merge_down(sort, from, middle, to);
        }
        let (mut records, mut spare) = self.sort_places(sort);
        let left_count = middle - from;
        self.mem.copy_words(records + from * width, spare, left_count * sort.stride);
        let (mut left, mut right, mut place) = (0, middle, from);
        let mut result = Ok(());
        while left < left_count && right < to {
            let (a, b) = (self.mem.word(spare + left * width), self.mem.word(records + right * width));
            let less = self.sort_less(sort.order, Value(b), Value(a));
            if sort.order == Order::Ask {
                (records, spare) = self.sort_places(sort);
            }
            let source = match less {
                Ok(true) => {
                    right += 1;
                    records + (right - 1) * width
                }
                Ok(false) => {
                    left += 1;
                    spare + (left - 1) * width
                }
                Err(raise) => {
                    result = Err(raise);
                    break;
                }
            };
            self.sort_move(sort.stride, source, records + place * width);
            place += 1;
        }
        self.mem.copy_words(spare + left * width, records + place * width, (left_count - left) * sort.stride);
        result
    }

    /// As [`Vm::sort_merge`], from the end.
    fn sort_merge_down(&mut self, sort: Sort, from: u32, middle: u32, to: u32) -> Outcome<()> {
        let width = sort.stride * 4;
        let (mut records, mut spare) = self.sort_places(sort);
        let right_count = to - middle;
        self.mem.copy_words(records + middle * width, spare, right_count * sort.stride);
        let (mut left, mut right, mut place) = (middle, right_count, to);
        let mut result = Ok(());
        while left > from && right > 0 {
            let (a, b) = (self.mem.word(records + (left - 1) * width), self.mem.word(spare + (right - 1) * width));
            let less = self.sort_less(sort.order, Value(b), Value(a));
            if sort.order == Order::Ask {
                (records, spare) = self.sort_places(sort);
            }
            let source = match less {
                Ok(true) => {
                    left -= 1;
                    records + left * width
                }
                Ok(false) => {
                    right -= 1;
                    spare + right * width
                }
                Err(raise) => {
                    result = Err(raise);
                    break;
                }
            };
            place -= 1;
            self.sort_move(sort.stride, source, records + place * width);
        }
        self.mem.copy_words(spare, records + (place - right) * width, right * sort.stride);
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
