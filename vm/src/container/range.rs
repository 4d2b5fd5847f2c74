//! `range`: `[start, stop, step, length]`, four integers of any size.

use super::slice::Bounds;
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::{Binary, Comparison};
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

const ZERO: Value = Value::small_unchecked(0);
const ONE: Value = Value::small_unchecked(1);

/// A range of small numbers, ready to be walked.
pub(super) struct RangeWalk {
    pub next: Value,
    pub left: Value,
    pub step: Value,
}

pub(super) const CONSTRUCTOR: Native = Native::new("range", make, 1, 3);

pub(super) const METHODS: &[Native] = &[Native::new("count", count, 2, 2), Native::new("index", index, 2, 2)];

fn make(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut parts = [ZERO, ZERO, ONE];
    for (position, place) in parts.iter_mut().enumerate().take(args.len()) {
        *place = vm.arg(args, position);
    }
    if args.len() == 1 {
        parts = [ZERO, parts[0], ONE];
    }
    vm.new_range(parts[0], parts[1], parts[2])
}

fn count(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if !vm.is_integer(vm.arg(args, 1)) {
        return walk(vm, args, true);
    }
    let found = vm.range_contains(vm.arg(args, 0), vm.arg(args, 1))?;
    Ok(Value::small_unchecked(i32::from(found)))
}

fn index(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if !vm.is_integer(vm.arg(args, 1)) {
        return walk(vm, args, false);
    }
    if vm.range_contains(vm.arg(args, 0), vm.arg(args, 1))? {
        let start = vm.field(vm.arg(args, 0), 0);
        let distance = vm.binary(Binary::Subtract, vm.arg(args, 1), start)?;
        let step = vm.field(vm.arg(args, 0), 2);
        return vm.binary(Binary::FloorDivide, distance, step);
    }
    let text = vm.repr_line(vm.arg(args, 1))?;
    vm.raise_fmt(Builtin::ValueError, format_args!("{text} is not in range"))
}

/// As CPython: what is no integer is looked for among the numbers, to be counted or for the place of the first.
fn walk(vm: &mut Vm<'_>, args: Args, counts: bool) -> Outcome<Value> {
    let mut walk = vm.walk(vm.arg(args, 0))?;
    let (mut at, mut found) = (0, 0);
    let mark = vm.mark();
    while let Some(item) = vm.step(&mut walk)? {
        if vm.identical_or_equal(item, vm.arg(args, 1))? {
            if !counts {
                return vm.new_int(at);
            }
            found += 1;
        }
        vm.release(mark);
        at += 1;
    }
    if counts { vm.new_int(found) } else { vm.raise(Builtin::ValueError, "sequence.index(x): x not in sequence") }
}

impl Vm<'_> {
    /// The int that a value stands for as an index: itself, of a bool its number, of an instance its `__index__`.
    /// `None`: it is no integer.
    pub(crate) fn integer_of(&mut self, value: Value) -> Outcome<Option<Value>> {
        Ok(self.index_value(value)?.map(|number| match number {
            Value::TRUE => ONE,
            Value::FALSE => ZERO,
            _ => number,
        }))
    }

    /// As [`Vm::integer_of`]; TypeError "'str' object cannot be interpreted as an integer".
    pub(crate) fn integer_value(&mut self, value: Value) -> Outcome<Value> {
        let value = self.root(value)?;
        if let Some(number) = self.integer_of(self.get(value))? {
            self.release(value.0);
            return Ok(number);
        }
        self.not_an_integer(self.get(value))
    }

    /// `range(start, stop, step)`.
    pub fn new_range(&mut self, start: Value, stop: Value, step: Value) -> Outcome<Value> {
        let args = self.root_all(&[start, stop, step, ZERO])?;
        for position in 0..3 {
            let number = self.integer_value(self.arg(args, position))?;
            self.set(args.root(position), number);
        }
        if self.arg(args, 2) == ZERO {
            return self.raise(Builtin::ValueError, "range() arg 3 must not be zero");
        }
        let length = self.range_length(args)?;
        self.set(args.root(3), length);
        let range = self.alloc(kind::RANGE, 4)?;
        for position in 0..4 {
            let part = self.arg(args, position as usize);
            self.set_field(range, position, part);
        }
        self.release(args.root(0).0);
        Ok(range)
    }

    fn range_length(&mut self, args: Args) -> Outcome<Value> {
        let (start, stop, step) = (self.arg(args, 0), self.arg(args, 1), self.arg(args, 2));
        if start.is_small() && stop.is_small() && step.is_small() {
            let (start, stop, step) =
                (i64::from(start.as_small()), i64::from(stop.as_small()), i64::from(step.as_small()));
            let distance = if step < 0 { start - stop } else { stop - start };
            let length = if distance <= 0 {
                0
            } else if step == 1 {
                distance
            } else {
                // Both fit in 32 bits without a sign: the small division of a 32-bit core does.
                i64::from((distance - 1) as u32 / step.unsigned_abs() as u32) + 1
            };
            return self.new_int(length);
        }
        let negative = self.compare(Comparison::Less, step, ZERO)?;
        let (low, high) = if negative { (1, 0) } else { (0, 1) };
        let distance = self.binary(Binary::Subtract, self.arg(args, high), self.arg(args, low))?;
        let distance = self.root(distance)?;
        if !self.compare(Comparison::Greater, self.get(distance), ZERO)? {
            return Ok(ZERO);
        }
        let less = self.binary(Binary::Subtract, self.get(distance), ONE)?;
        self.set(distance, less);
        let step = self.arg(args, 2);
        let size = if negative { self.binary(Binary::Subtract, ZERO, step)? } else { step };
        let times = self.binary(Binary::FloorDivide, self.get(distance), size)?;
        self.binary(Binary::Add, times, ONE)
    }

    /// A walk over small numbers; `None` where a part is larger.
    pub(super) fn range_walk(&self, range: Value) -> Option<RangeWalk> {
        let (next, stop, step, left) =
            (self.field(range, 0), self.field(range, 1), self.field(range, 2), self.field(range, 3));
        let small = next.is_small() && stop.is_small() && step.is_small() && left.is_small();
        small.then_some(RangeWalk { next, left, step })
    }

    /// Item of a range at a non-negative index; `None` behind the end.
    pub(super) fn range_item(&mut self, range: Value, index: Value) -> Outcome<Option<Value>> {
        if let Some(RangeWalk { next, left, step }) = self.range_walk(range)
            && index.is_small()
        {
            if index.as_small() >= left.as_small() {
                return Ok(None);
            }
            let item = i64::from(next.as_small()) + i64::from(index.as_small()) * i64::from(step.as_small());
            return self.new_int(item).map(Some);
        }
        let (range, index) = self.root2(range, index)?;
        let length = self.field(self.get(range), 3);
        if self.compare(Comparison::GreaterEqual, self.get(index), length)? {
            self.release(range.0);
            return Ok(None);
        }
        let item = self.range_place(range, index)?;
        self.release(range.0);
        Ok(Some(item))
    }

    /// `start + index * step` for any index.
    fn range_place(&mut self, range: crate::vm::Root, index: crate::vm::Root) -> Outcome<Value> {
        let step = self.field(self.get(range), 2);
        let distance = self.binary(Binary::Multiply, self.get(index), step)?;
        let start = self.field(self.get(range), 0);
        self.binary(Binary::Add, start, distance)
    }

    /// `range[index]` for an int.
    pub(super) fn range_get(&mut self, range: Value, index: Value) -> Outcome<Value> {
        let (range, index) = self.root2(range, index)?;
        if self.compare(Comparison::Less, self.get(index), ZERO)? {
            let length = self.field(self.get(range), 3);
            let from_start = self.binary(Binary::Add, self.get(index), length)?;
            self.set(index, from_start);
        }
        if !self.compare(Comparison::Less, self.get(index), ZERO)?
            && let Some(item) = self.range_item(self.get(range), self.get(index))?
        {
            self.release(range.0);
            return Ok(item);
        }
        self.raise(Builtin::IndexError, "range object index out of range")
    }

    /// `range[start:stop:step]`.
    pub(super) fn range_slice(&mut self, range: Value, bounds: Bounds) -> Outcome<Value> {
        let args = self.root_all(&[range, ZERO, ZERO, ZERO])?;
        let length = self.field(range, 3);
        let length = match self.index_of(length)? {
            Some(length) if length < i64::MAX => length,
            _ => return self.raise(Builtin::OverflowError, "Python int too large to convert to C ssize_t"),
        };
        let (start, stop, step, _) = bounds.fit(length);
        for (position, number) in [(1, start), (2, stop)] {
            let number = self.new_int(number)?;
            self.set(args.root(position), number);
            let place = self.range_place(args.root(0), args.root(position))?;
            self.set(args.root(position), place);
        }
        let number = self.new_int(step)?;
        let step = self.field(self.arg(args, 0), 2);
        let step = self.binary(Binary::Multiply, step, number)?;
        self.set(args.root(3), step);
        let result = self.new_range(self.arg(args, 1), self.arg(args, 2), self.arg(args, 3))?;
        self.release(args.root(0).0);
        Ok(result)
    }

    /// A range of the same numbers backwards.
    pub(super) fn range_reversed(&mut self, range: Value) -> Outcome<Value> {
        // start + (length - 1) * step down to before start.
        let args = self.root_all(&[range, ZERO, ZERO])?;
        let length = self.field(range, 3);
        let last = self.binary(Binary::Subtract, length, ONE)?;
        self.set(args.root(1), last);
        let last = self.range_place(args.root(0), args.root(1))?;
        self.set(args.root(1), last);
        let (start, step) = (self.field(self.arg(args, 0), 0), self.field(self.arg(args, 0), 2));
        let before = self.binary(Binary::Subtract, start, step)?;
        self.set(args.root(2), before);
        let step = self.field(self.arg(args, 0), 2);
        let back = self.binary(Binary::Subtract, ZERO, step)?;
        let result = self.new_range(self.arg(args, 1), self.arg(args, 2), back)?;
        self.release(args.root(0).0);
        Ok(result)
    }

    /// `item in range`.
    pub(super) fn range_contains(&mut self, range: Value, item: Value) -> Outcome<bool> {
        if !self.is_integer(item) {
            let (range, item) = self.root2(range, item)?;
            let found = self.walk_contains(self.get(range), item)?;
            self.release(range.0);
            return Ok(found);
        }
        let args = self.root_all(&[range, item, ZERO])?;
        let step = self.field(range, 2);
        let negative = self.compare(Comparison::Less, step, ZERO)?;
        let (start, stop) = (self.field(self.arg(args, 0), 0), self.field(self.arg(args, 0), 1));
        let item = self.arg(args, 1);
        let inside = if negative {
            self.compare(Comparison::LessEqual, item, start)? && self.compare(Comparison::Greater, item, stop)?
        } else {
            self.compare(Comparison::GreaterEqual, item, start)? && self.compare(Comparison::Less, item, stop)?
        };
        if !inside {
            self.release(args.root(0).0);
            return Ok(false);
        }
        let distance = self.binary(Binary::Subtract, item, start)?;
        let step = self.field(self.arg(args, 0), 2);
        let rest = self.binary(Binary::Modulo, distance, step)?;
        self.release(args.root(0).0);
        Ok(rest == ZERO)
    }

    /// Equality of two ranges: of the numbers in them.
    pub(super) fn range_equal(&mut self, a: Value, b: Value) -> Outcome<bool> {
        let (a, b) = self.root2(a, b)?;
        let mut equal = self.range_parts_equal(a, b, 3)?;
        let length = self.field(self.get(a), 3);
        if equal && length != ZERO {
            equal = self.range_parts_equal(a, b, 0)? && (length == ONE || self.range_parts_equal(a, b, 2)?);
        }
        self.release(a.0);
        Ok(equal)
    }

    fn range_parts_equal(&mut self, a: crate::vm::Root, b: crate::vm::Root, part: u32) -> Outcome<bool> {
        let (a, b) = (self.field(self.get(a), part), self.field(self.get(b), part));
        self.identical_or_equal(a, b)
    }
}
