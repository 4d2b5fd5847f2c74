//! The builtin functions that walk iterables, and the constructors of lazy iterators.

use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::{Binary, Comparison};
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

pub(super) const LEN: Native = Native::new("len", len, 1, 1);
pub(super) const ITER: Native = Native::new("iter", iter, 1, 2);
pub(super) const NEXT: Native = Native::new("next", next, 1, 2);
pub(super) const ANY: Native = Native::new("any", any, 1, 1);
pub(super) const ALL: Native = Native::new("all", all, 1, 1);
pub(super) const SUM: Native = Native::new("sum,,start", sum, 1, 2);
/// The arguments of `min` and `max` are taken apart by hand: any number, and two keywords.
pub(super) const MIN: Native = Native::any_keywords("min", min, 1, 255);
pub(super) const MAX: Native = Native::any_keywords("max", max, 1, 255);
pub(super) const ENUMERATE: Native = Native::new("enumerate,iterable,start", enumerate, 1, 2);
pub(super) const ZIP: Native = Native::any_keywords("zip", zip, 0, 255);
pub(super) const MAP: Native = Native::new("map", map, 0, 255);
pub(super) const FILTER: Native = Native::new("filter", filter, 2, 2);
pub(super) const REVERSED: Native = Native::new("reversed", reversed, 1, 1);
pub(super) const SLICE: Native = Native::new("slice", slice, 1, 3).part_of(Feature::Slices);
pub(super) const SLICE_METHODS: &[Native] = &[Native::new("indices", indices, 2, 2).part_of(Feature::Slices)];

const ZERO: Value = Value::small_unchecked(0);

fn len(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if vm.kind(value) == kind::RANGE {
        let length = vm.field(value, 3);
        if vm.to_i64(length).is_none() {
            return vm.raise(Builtin::OverflowError, "Python int too large to convert to C ssize_t");
        }
        return Ok(length);
    }
    let length = vm.length_of(value)?;
    vm.new_int(i64::from(length))
}

fn iter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 {
        return vm.iter(vm.arg(args, 0));
    }
    if !vm.is_callable(vm.arg(args, 0)) {
        return vm.raise(Builtin::TypeError, "iter(v, w): v must be callable");
    }
    vm.iterator_of(Builtin::CallableIteratorType, vm.arg(args, 0), ZERO, vm.arg(args, 1))
}

fn next(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 && vm.is(vm.arg(args, 0), kind::GENERATOR) {
        // Its StopIteration carries what the generator returned.
        return vm.generator_step(vm.arg(args, 0), Value::NONE);
    }
    match vm.next(vm.arg(args, 0))? {
        Some(item) => Ok(item),
        None if args.len() > 1 => Ok(vm.arg(args, 1)),
        None => vm.raise(Builtin::StopIteration, ""),
    }
}

fn any(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut walk = vm.walk(vm.arg(args, 0))?;
    while let Some(item) = vm.step(&mut walk)? {
        if vm.truth(item)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn all(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut walk = vm.walk(vm.arg(args, 0))?;
    while let Some(item) = vm.step(&mut walk)? {
        if !vm.truth(item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

fn sum(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let start = vm.arg(args, 1);
    let start = if start.is_unbound() { ZERO } else { start };
    match vm.kind(start) {
        kind::STR => return vm.raise(Builtin::TypeError, "sum() can't sum strings [use ''.join(seq) instead]"),
        kind::BYTES => return vm.raise(Builtin::TypeError, "sum() can't sum bytes [use b''.join(seq) instead]"),
        kind::BYTEARRAY => {
            return vm.raise(Builtin::TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
        }
        _ => {}
    }
    let total = vm.root(start)?;
    let mut walk = vm.walk(vm.arg(args, 0))?;
    let mark = vm.mark();
    // While all are small integers the total stays in a register; then, while floats come, in another.
    let mut item = None;
    if start.is_small() {
        let mut whole = i64::from(start.as_small());
        loop {
            item = vm.step(&mut walk)?;
            match item {
                Some(number) if number.is_small() => whole += i64::from(number.as_small()),
                Some(Value::TRUE) => whole += 1,
                Some(Value::FALSE) => {}
                _ => break,
            }
            if whole.unsigned_abs() > 1 << 62 {
                item = None;
                break;
            }
        }
        let kept = vm.root(item.unwrap_or(Value::UNBOUND))?;
        let number = vm.new_int(whole)?;
        vm.set(total, number);
        if item.is_none() {
            // The end, or a total that leaves 62 bits: in that case the walk goes on below.
            if whole.unsigned_abs() <= 1 << 62 {
                return Ok(number);
            }
        } else {
            item = Some(vm.get(kept));
        }
        vm.release(mark);
    }
    let is_float = |vm: &Vm<'_>, value: Value| vm.kind(value) == kind::FLOAT;
    let first = vm.get(total);
    if is_float(vm, first) || (first.is_small() && item.is_some_and(|item| is_float(vm, item))) {
        let mut number = if first.is_small() { f64::from(first.as_small()) } else { vm.float(first) };
        loop {
            let next = match item.take() {
                Some(item) => Some(item),
                None => vm.step(&mut walk)?,
            };
            match next {
                Some(value) if value.is_small() => number += f64::from(value.as_small()),
                Some(value) if is_float(vm, value) => number += vm.float(value),
                other => {
                    let kept = vm.root(other.unwrap_or(Value::UNBOUND))?;
                    let float = vm.new_float(number)?;
                    if other.is_none() {
                        return Ok(float);
                    }
                    vm.set(total, float);
                    item = Some(vm.get(kept));
                    vm.release(mark);
                    break;
                }
            }
        }
    }
    loop {
        let next = match item.take() {
            Some(item) => item,
            None => match vm.step(&mut walk)? {
                Some(item) => item,
                None => return Ok(vm.get(total)),
            },
        };
        let more = vm.binary(Binary::Add, vm.get(total), next)?;
        vm.set(total, more);
    }
}

fn min(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    extreme(vm, args, "min", Comparison::Less)
}

fn max(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    extreme(vm, args, "max", Comparison::Greater)
}

fn extreme(vm: &mut Vm<'_>, args: Args, name: &str, comparison: Comparison) -> Outcome<Value> {
    let (mut key, mut default) = (Value::UNBOUND, Value::UNBOUND);
    let mut args = args;
    if vm.take_keywords_given() {
        let count = args.count - 1;
        let dict = args.root(count as usize);
        args = Args { base: args.base, count };
        let mut at = 0;
        while let Some((next, word, value)) = vm.dict_entry(vm.get(dict), at) {
            at = next;
            match vm.text(word) {
                "key" => key = if value == Value::NONE { Value::UNBOUND } else { value },
                "default" => default = value,
                _ => {
                    let mut line = crate::vm::Line::default();
                    let _ = core::fmt::Write::write_str(&mut line, vm.text(word));
                    return vm.raise_fmt(
                        Builtin::TypeError,
                        format_args!("'{line}' is an invalid keyword argument for {name}()"),
                    );
                }
            }
        }
    }
    if args.len() == 0 {
        return vm.raise_fmt(Builtin::TypeError, format_args!("{name} expected at least 1 argument, got 0"));
    }
    if args.len() > 1 && !default.is_unbound() {
        return vm.raise_fmt(
            Builtin::TypeError,
            format_args!("Cannot specify a default for {name}() with multiple positional arguments"),
        );
    }
    if args.len() == 2 && key.is_unbound() {
        // The common `min(a, b)`.
        let (a, b) = (vm.arg(args, 0), vm.arg(args, 1));
        let second = if a.is_small() && b.is_small() {
            comparison.holds(Some(b.as_small().cmp(&a.as_small())))
        } else if let (Some(a), Some(b)) = (vm.as_float(a), vm.as_float(b)) {
            comparison.holds(b.partial_cmp(&a))
        } else {
            vm.compare(comparison, b, a)?
        };
        return Ok(vm.arg(args, usize::from(second)));
    }
    let (key, default) = vm.root2(key, default)?;
    let source = if args.len() == 1 { vm.arg(args, 0) } else { vm.new_tuple(args)? };
    let mut walk = vm.walk(source)?;
    let best = vm.root_all(&[Value::UNBOUND; 4])?;
    let [best, best_key, item, item_key] = [0, 1, 2, 3].map(|index| best.root(index));
    while let Some(found) = vm.step(&mut walk)? {
        vm.set(item, found);
        let made = if vm.get(key).is_unbound() { found } else { vm.call1(vm.get(key), found)? };
        vm.set(item_key, made);
        let old = vm.get(best_key);
        let better = if old.is_unbound() {
            true
        } else if old.is_small() && made.is_small() {
            comparison.holds(Some(made.as_small().cmp(&old.as_small())))
        } else {
            vm.compare(comparison, made, old)?
        };
        if better {
            let (item, made) = (vm.get(item), vm.get(item_key));
            vm.set(best, item);
            vm.set(best_key, made);
        }
    }
    if !vm.get(best_key).is_unbound() {
        return Ok(vm.get(best));
    }
    if vm.get(default).is_unbound() {
        return vm.raise_fmt(Builtin::ValueError, format_args!("{name}() arg is an empty sequence"));
    }
    Ok(vm.get(default))
}

fn enumerate(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let start = vm.arg(args, 1);
    let start = if start.is_unbound() { ZERO } else { vm.integer_value(start)? };
    let start = vm.root(start)?;
    let source = vm.iter(vm.arg(args, 0))?;
    vm.iterator_of(Builtin::EnumerateType, source, vm.get(start), Value::UNBOUND)
}

/// A tuple of iterators over the arguments.
fn iterators(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let args = vm.own_args(args)?;
    for index in 0..args.len() {
        let iterator = vm.iter(vm.arg(args, index))?;
        vm.set(args.root(index), iterator);
    }
    vm.new_tuple(args)
}

fn zip(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut args = args;
    let mut strict = Value::FALSE;
    if vm.take_keywords_given() {
        let count = args.count - 1;
        let dict = args.root(count as usize);
        args = Args { base: args.base, count };
        if let Some((_, word, value)) = vm.dict_entry(vm.get(dict), 0) {
            if vm.text(word) != "strict" || vm.dict_length(vm.get(dict)) != 1 {
                return vm.raise(Builtin::TypeError, "zip() got an unexpected keyword argument");
            }
            strict = Value::bool(vm.truth(value)?);
        }
    }
    let all = iterators(vm, args)?;
    vm.iterator_of(Builtin::ZipType, strict, strict, all)
}

fn map(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() < 2 {
        return vm.raise(Builtin::TypeError, "map() must have at least two arguments.");
    }
    let all = iterators(vm, args.from(1))?;
    vm.iterator_of(Builtin::MapType, vm.arg(args, 0), ZERO, all)
}

fn filter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let source = vm.iter(vm.arg(args, 1))?;
    vm.iterator_of(Builtin::FilterType, vm.arg(args, 0), ZERO, source)
}

fn reversed(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    match vm.kind(value) {
        kind::LIST => {
            let position = vm.field(value, 0);
            return vm.iterator_of(Builtin::ListReverseIteratorType, value, position, ZERO);
        }
        kind::RANGE => {
            let back = vm.range_reversed(value)?;
            return vm.iter(back);
        }
        kind::DICT => return vm.iter_dict(Builtin::DictKeyIteratorType, value, true),
        kind::DICT_VIEW => return vm.iter_view(value, true),
        kind::TUPLE | kind::STR | kind::BYTES | kind::BYTEARRAY => {}
        _ => {
            vm.refuse_none(value, "__reversed__", "reversible")?;
            if let Some(method) = vm.special(value, "__reversed__")? {
                return vm.call_values(method, &[]);
            }
            let value = vm.arg(args, 0);
            if FEATURES.has(Feature::Introspection)
                && let Some(answer) = vm.call_meta(value, "__class_reversed__", &[])?
            {
                return Ok(answer);
            }
            let value = vm.arg(args, 0);
            if vm.special(value, "__getitem__")?.is_none() {
                if let Some(held) = vm.held(vm.arg(args, 0))
                    && !matches!(vm.kind(held), kind::SET | kind::FROZENSET | kind::FLOAT | kind::BIG_INT | 255)
                {
                    return vm.call1(Value::builtin(Builtin::ReversedType), held);
                }
                return vm.raise_type("'{}' object is not reversible", vm.arg(args, 0));
            }
        }
    }
    let length = vm.length_of(vm.arg(args, 0))?;
    vm.iterator_of(Builtin::ReversedType, vm.arg(args, 0), Value::small_unchecked(length as i32), ZERO)
}

fn slice(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let object = vm.alloc(kind::SLICE, 3)?;
    let parts = match args.len() {
        1 => [Value::NONE, vm.arg(args, 0), Value::NONE],
        2 => [vm.arg(args, 0), vm.arg(args, 1), Value::NONE],
        _ => [vm.arg(args, 0), vm.arg(args, 1), vm.arg(args, 2)],
    };
    for (index, part) in parts.into_iter().enumerate() {
        vm.set_field(object, index as u32, part);
    }
    Ok(object)
}

/// `slice.indices(length)`.
fn indices(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let length = vm.integer_index(vm.arg(args, 1))?;
    if length < 0 {
        return vm.raise(Builtin::ValueError, "length should not be negative");
    }
    let bounds = vm.slice_object_bounds(vm.arg(args, 0))?;
    let (start, stop, step, _) = bounds.fit(length);
    let parts: [Root; 3] = {
        let roots = vm.root_all(&[ZERO; 3])?;
        [0, 1, 2].map(|index| roots.root(index))
    };
    for (place, number) in parts.into_iter().zip([start, stop, step]) {
        let number = vm.new_int(number)?;
        vm.set(place, number);
    }
    vm.new_tuple(Args { base: parts[0].0, count: 3 })
}

impl Vm<'_> {
    /// Can it be called?
    pub(crate) fn is_callable(&mut self, value: Value) -> bool {
        match self.kind(value) {
            kind::FUNCTION | kind::BOUND_METHOD | kind::CLASS | kind::STATIC_METHOD => true,
            kind::INSTANCE => matches!(self.special(value, "__call__"), Ok(Some(_))),
            255 => {
                value.as_method().is_some()
                    || value.as_builtin().is_some_and(|builtin| {
                        use nano_wire::builtins::Category;
                        !matches!(builtin.category(), Category::Constant | Category::Module)
                    })
            }
            _ => false,
        }
    }

    /// Consumes the exception being raised if it is of this builtin class.
    /// `iter(value)`; these words instead where there is none.
    pub(crate) fn iter_or(&mut self, value: Value, message: &str) -> Outcome<Value> {
        match self.iter(value) {
            Err(_) if self.caught(Builtin::TypeError) => self.raise(Builtin::TypeError, message),
            iterator => iterator,
        }
    }

    pub(crate) fn caught(&mut self, class: Builtin) -> bool {
        let is = self.raised_is(class);
        if is {
            self.take_exception();
        }
        is
    }
}
