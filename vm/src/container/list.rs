//! `list` and `tuple`: constructors and methods.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const LIST: Native = Native::new("list", make_list, 0, 1);
pub(super) const TUPLE: Native = Native::new("tuple", make_tuple, 0, 1);

pub(super) const LIST_METHODS: &[Native] = &[
    Native::new("append", append, 2, 2),
    Native::new("clear", clear, 1, 1),
    Native::new("copy", copy, 1, 1),
    Native::new("count", count, 2, 2),
    Native::new("extend", extend, 2, 2),
    Native::new("index", index, 2, 4),
    Native::new("insert", insert, 3, 3),
    Native::new("pop", pop, 1, 2),
    Native::new("remove", remove, 2, 2),
    Native::new("reverse", reverse, 1, 1),
    Native::new("sort,,key,reverse", super::sort::sort, 1, 1),
];

pub(super) const TUPLE_METHODS: &[Native] = &[Native::new("count", count, 2, 2), Native::new("index", index, 2, 4)];

fn make_list(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 0 { vm.new_list_with(0) } else { vm.list_from(vm.arg(args, 0)) }
}

fn make_tuple(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 0 { vm.alloc(kind::TUPLE, 0) } else { vm.tuple_from(vm.arg(args, 0)) }
}

fn append(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.list_push(args.root(0), args.root(1))?;
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let buffer = vm.alloc(kind::BUFFER, 0)?;
    let list = vm.arg(args, 0);
    vm.set_field(list, 1, buffer);
    vm.set_number(list, 0, 0);
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.list_from(vm.arg(args, 0))
}

fn count(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (mut at, mut found) = (0, 0);
    while let Some(next) = vm.find_item(args.root(0), args.root(1), at, u32::MAX)? {
        found += 1;
        at = next + 1;
    }
    Ok(Value::small_unchecked(found))
}

fn extend(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.list_extend(args.root(0), args.root(1))?;
    Ok(Value::NONE)
}

fn index(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut limits = [0, i64::MAX];
    for (position, limit) in limits.iter_mut().enumerate() {
        let value = vm.arg(args, position + 2);
        if !value.is_unbound() {
            *limit = match vm.index_of(value)? {
                Some(limit) => limit,
                None => {
                    return vm.raise(Builtin::TypeError, "slice indices must be integers or have an __index__ method");
                }
            };
        }
    }
    let count = vm.items(vm.arg(args, 0)).len() as i64;
    let [from, to] = limits.map(|limit| if limit < 0 { (limit.saturating_add(count)).max(0) } else { limit });
    let (from, to) = (from.min(count) as u32, to.min(i64::from(u32::MAX)) as u32);
    if let Some(at) = vm.find_item(args.root(0), args.root(1), from, to)? {
        return Ok(Value::small_unchecked(at as i32));
    }
    if vm.kind(vm.arg(args, 0)) == kind::TUPLE {
        return vm.raise(Builtin::ValueError, "tuple.index(x): x not in tuple");
    }
    let text = vm.repr_line(vm.arg(args, 1))?;
    vm.raise_fmt(Builtin::ValueError, format_args!("{text} is not in list"))
}

fn insert(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let at = vm.integer_index(vm.arg(args, 1))?;
    let count = i64::from(vm.number(vm.arg(args, 0), 0));
    let at = if at < 0 { at.saturating_add(count).max(0) } else { at.min(count) } as u32;
    vm.list_open(args.root(0), at, 0, 1)?;
    let (buffer, item) = (vm.field(vm.arg(args, 0), 1), vm.arg(args, 2));
    vm.set_field(buffer, at, item);
    Ok(Value::NONE)
}

fn pop(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let given = vm.arg(args, 1);
    let at = if given.is_unbound() { -1 } else { vm.integer_index(given)? };
    let list = vm.arg(args, 0);
    let count = i64::from(vm.number(list, 0));
    if count == 0 {
        return vm.raise(Builtin::IndexError, "pop from empty list");
    }
    let at = if at < 0 { at.saturating_add(count) } else { at };
    if at < 0 || at >= count {
        return vm.raise(Builtin::IndexError, "pop index out of range");
    }
    let buffer = vm.field(list, 1);
    let item = vm.field(buffer, at as u32);
    if at == count - 1 {
        vm.set_field(buffer, at as u32, Value::UNBOUND);
        vm.set_number(list, 0, at as u32);
    } else {
        // Shrinking allocates nothing: `item` stays good.
        vm.list_open(args.root(0), at as u32, 1, 0)?;
    }
    Ok(item)
}

fn remove(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    match vm.find_item(args.root(0), args.root(1), 0, u32::MAX)? {
        Some(at) => {
            vm.list_open(args.root(0), at, 1, 0)?;
            Ok(Value::NONE)
        }
        None => vm.raise(Builtin::ValueError, "list.remove(x): x not in list"),
    }
}

fn reverse(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let list = vm.arg(args, 0);
    vm.work(vm.number(list, 0) / 4)?;
    vm.items_mut(list).reverse();
    Ok(Value::NONE)
}

impl Vm<'_> {
    /// An index argument; TypeError where it is no integer, clamped where it is huge.
    pub(super) fn integer_index(&mut self, value: Value) -> Outcome<i64> {
        if value.is_small() {
            return Ok(i64::from(value.as_small()));
        }
        let value = self.root(value)?;
        match self.index_of(self.get(value))? {
            Some(i64::MIN | i64::MAX) => {
                self.raise(Builtin::OverflowError, "Python int too large to convert to C ssize_t")
            }
            Some(number) => {
                self.release(value.0);
                Ok(number)
            }
            None => self.raise_type("'{}' object cannot be interpreted as an integer", self.get(value)),
        }
    }

    /// `repr(value)` for a message.
    pub(super) fn repr_line(&mut self, value: Value) -> Outcome<crate::vm::Line> {
        let text = self.repr(value)?;
        let mut line = crate::vm::Line::default();
        let _ = core::fmt::Write::write_str(&mut line, self.text(text));
        Ok(line)
    }

    /// Appends all items of an iterable to a list (both roots).
    pub fn list_extend(&mut self, list: Root, iterable: Root) -> Outcome<()> {
        let source = self.get(iterable);
        match self.kind(source) {
            kind::LIST | kind::TUPLE => {
                let more = self.items(source).len() as u32;
                self.work_on(more.saturating_mul(4))?;
                let count = self.number(self.get(list), 0);
                self.list_reserve(list, count + more)?;
                let (object, source) = (self.get(list), self.get(iterable));
                let buffer = self.field(object, 1);
                self.copy_items(source, 0, more, buffer, count);
                self.set_number(object, 0, count + more);
                return Ok(());
            }
            kind::RANGE => {
                if let Some(walk) = self.range_walk(source) {
                    let more = walk.left.as_small() as u32;
                    self.work_on(more.saturating_mul(4))?;
                    let (mut next, step) = (walk.next.as_small(), walk.step.as_small());
                    let count = self.number(self.get(list), 0);
                    self.list_reserve(list, count + more)?;
                    let object = self.get(list);
                    let buffer = self.field(object, 1);
                    for place in self.mem.values_mut(buffer.0 + 4 + count * 4, more) {
                        *place = Value::small_unchecked(next);
                        next = next.wrapping_add(step);
                    }
                    self.set_number(object, 0, count + more);
                    return Ok(());
                }
            }
            kind::DICT => {
                let count = self.number(self.get(list), 0);
                let more = self.dict_length(source);
                self.work(more)?;
                self.list_reserve(list, count + more)?;
                let (object, dict) = (self.get(list), self.get(iterable));
                let buffer = self.field(object, 1);
                let (mut at, mut to) = (0, count);
                while let Some((next, key, _)) = self.dict_entry(dict, at) {
                    self.set_field(buffer, to, key);
                    to += 1;
                    at = next;
                }
                self.set_number(object, 0, to);
                return Ok(());
            }
            _ => {}
        }
        let mark = self.mark();
        let iterator = self.iter(source)?;
        let (iterator, item) = self.root2(iterator, Value::UNBOUND)?;
        while let Some(found) = self.next(self.get(iterator))? {
            self.work(1)?;
            self.set(item, found);
            self.list_push(list, item)?;
        }
        self.release(mark);
        Ok(())
    }

    /// A list of all items of an iterable.
    pub fn list_from(&mut self, iterable: Value) -> Outcome<Value> {
        let (iterable, list) = self.root2(iterable, Value::UNBOUND)?;
        let new = self.new_list_with(0)?;
        self.set(list, new);
        self.list_extend(list, iterable)?;
        let result = self.get(list);
        self.release(iterable.0);
        Ok(result)
    }

    /// A tuple of all items of an iterable; a tuple itself.
    pub fn tuple_from(&mut self, iterable: Value) -> Outcome<Value> {
        if self.kind(iterable) == kind::TUPLE {
            return Ok(iterable);
        }
        let list = if self.kind(iterable) == kind::LIST { iterable } else { self.list_from(iterable)? };
        self.list_as_tuple(list)
    }

    /// A tuple of a list's items.
    pub fn list_as_tuple(&mut self, list: Value) -> Outcome<Value> {
        let list = self.root(list)?;
        let count = self.number(self.get(list), 0);
        let tuple = self.alloc(kind::TUPLE, count)?;
        self.copy_items(self.get(list), 0, count, tuple, 0);
        self.release(list.0);
        Ok(tuple)
    }
}
