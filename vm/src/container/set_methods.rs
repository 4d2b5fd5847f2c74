//! `set` and `frozenset`: constructors and methods.
#![expect(clippy::unnecessary_wraps, reason = "natives have one signature")]

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::Comparison;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

pub(super) const SET: Native = Native::new("set", make_set, 0, 1).part_of(Feature::Sets);
pub(super) const FROZENSET: Native = Native::new("frozenset", make_frozenset, 0, 1).part_of(Feature::Sets);

pub(super) const SET_METHODS: &[Native] = &[
    Native::new("add", add, 2, 2).part_of(Feature::Sets),
    Native::new("clear", clear, 1, 1).part_of(Feature::Sets),
    Native::new("copy", copy, 1, 1).part_of(Feature::Sets),
    Native::new("difference", difference, 1, 255).part_of(Feature::Sets),
    Native::new("difference_update", difference_update, 1, 255).part_of(Feature::Sets),
    Native::new("discard", discard, 2, 2).part_of(Feature::Sets),
    Native::new("intersection", intersection, 1, 255).part_of(Feature::Sets),
    Native::new("intersection_update", intersection_update, 1, 255).part_of(Feature::Sets),
    Native::new("isdisjoint", isdisjoint, 2, 2).part_of(Feature::Sets),
    Native::new("issubset", issubset, 2, 2).part_of(Feature::Sets),
    Native::new("issuperset", issuperset, 2, 2).part_of(Feature::Sets),
    Native::new("pop", pop, 1, 1).part_of(Feature::Sets),
    Native::new("remove", remove, 2, 2).part_of(Feature::Sets),
    Native::new("symmetric_difference", symmetric_difference, 2, 2).part_of(Feature::Sets),
    Native::new("symmetric_difference_update", symmetric_difference_update, 2, 2).part_of(Feature::Sets),
    Native::new("union", union, 1, 255).part_of(Feature::Sets),
    Native::new("update", update, 1, 255).part_of(Feature::Sets),
];

pub(super) const FROZENSET_METHODS: &[Native] = &[
    Native::new("copy", copy, 1, 1).part_of(Feature::Sets),
    Native::new("difference", difference, 1, 255).part_of(Feature::Sets),
    Native::new("intersection", intersection, 1, 255).part_of(Feature::Sets),
    Native::new("isdisjoint", isdisjoint, 2, 2).part_of(Feature::Sets),
    Native::new("issubset", issubset, 2, 2).part_of(Feature::Sets),
    Native::new("issuperset", issuperset, 2, 2).part_of(Feature::Sets),
    Native::new("symmetric_difference", symmetric_difference, 2, 2).part_of(Feature::Sets),
    Native::new("union", union, 1, 255).part_of(Feature::Sets),
];

fn make_set(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 0 { vm.new_set() } else { vm.set_from(args.root(0), kind::SET) }
}

fn make_frozenset(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    match args.len() {
        0 => vm.new_set_of(kind::FROZENSET),
        _ if vm.kind(vm.arg(args, 0)) == kind::FROZENSET => Ok(vm.arg(args, 0)),
        _ => vm.set_from(args.root(0), kind::FROZENSET),
    }
}

fn add(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.set_add(args.root(0), args.root(1))?;
    Ok(Value::NONE)
}

fn clear(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.set_clear(vm.arg(args, 0));
    Ok(Value::NONE)
}

fn copy(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let set = vm.arg(args, 0);
    if vm.kind(set) == kind::FROZENSET { Ok(set) } else { vm.set_from(args.root(0), kind::SET) }
}

/// The set's copy, as a root that replaces argument 0.
pub(super) fn copied(vm: &mut Vm<'_>, args: Args) -> Outcome<Root> {
    let kind = vm.kind(vm.arg(args, 0));
    let set = vm.set_from(args.root(0), kind)?;
    vm.set(args.root(0), set);
    Ok(args.root(0))
}

fn difference(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 {
        return copy(vm, args);
    }
    for index in 1..args.len() {
        let set = vm.set_difference(args.root(0), args.root(index))?;
        vm.set(args.root(0), set);
    }
    Ok(vm.arg(args, 0))
}

fn difference_update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    for index in 1..args.len() {
        vm.set_subtract(args.root(0), args.root(index))?;
    }
    Ok(Value::NONE)
}

fn discard(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let hash = vm.set_key_hash(args.root(1))?;
    vm.set_discard(args.root(0), hash, args.root(1))?;
    Ok(Value::NONE)
}

fn remove(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let given = vm.root(vm.arg(args, 1))?;
    let hash = vm.set_key_hash(args.root(1))?;
    if vm.set_discard(args.root(0), hash, args.root(1))? {
        Ok(Value::NONE)
    } else {
        vm.raise_value(Builtin::KeyError, vm.get(given))
    }
}

fn intersection(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() == 1 {
        return copy(vm, args);
    }
    for index in 1..args.len() {
        let set = vm.set_intersection(args.root(0), args.root(index))?;
        vm.set(args.root(0), set);
    }
    Ok(vm.arg(args, 0))
}

fn intersection_update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let target = vm.root(vm.arg(args, 0))?;
    let result = if args.len() == 1 { vm.set_from(args.root(0), kind::SET)? } else { intersection(vm, args)? };
    vm.set_become(vm.get(target), result);
    Ok(Value::NONE)
}

fn isdisjoint(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (mut set, mut other) = (args.root(0), args.root(1));
    if vm.is_any_set(vm.get(other)) && vm.set_length(vm.get(other)) > vm.set_length(vm.get(set)) {
        core::mem::swap(&mut set, &mut other);
    }
    let mut walk = vm.walk(vm.get(other))?;
    let key = vm.root(Value::UNBOUND)?;
    while let Some(found) = vm.step(&mut walk)? {
        vm.set(key, found);
        let hash = vm.stored_hash(found)?;
        if vm.set_has(set, hash, key)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// The other argument as a set.
fn as_set(vm: &mut Vm<'_>, other: Root) -> Outcome<()> {
    if !vm.is_any_set(vm.get(other)) {
        let set = vm.set_from(other, kind::SET)?;
        vm.set(other, set);
    }
    Ok(())
}

fn issubset(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    as_set(vm, args.root(1))?;
    vm.sets_compare(Comparison::LessEqual, vm.arg(args, 0), vm.arg(args, 1)).map(Value::bool)
}

fn issuperset(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if vm.is_any_set(vm.arg(args, 1)) {
        return vm.sets_compare(Comparison::GreaterEqual, vm.arg(args, 0), vm.arg(args, 1)).map(Value::bool);
    }
    // The first item that is missing ends it.
    let iterator = vm.iter(vm.arg(args, 1))?;
    let iterator = vm.root(iterator)?;
    while let Some(item) = vm.next(vm.get(iterator))? {
        vm.work(1)?;
        if !vm.set_contains(vm.arg(args, 0), item)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

fn pop(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if let Some(item) = vm.set_pop(vm.arg(args, 0)) {
        return Ok(item);
    }
    let text = vm.new_str("pop from an empty set")?;
    vm.raise_value(Builtin::KeyError, text)
}

pub(super) fn symmetric_difference(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let kind = vm.kind(vm.arg(args, 0));
    let result = vm.set_from(args.root(1), kind)?;
    let result = vm.root(result)?;
    vm.set_toggle(result, args.root(0))?;
    Ok(vm.get(result))
}

fn symmetric_difference_update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.set_toggle(args.root(0), args.root(1))?;
    Ok(Value::NONE)
}

fn union(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let set = copied(vm, args)?;
    for index in 1..args.len() {
        vm.set_update(set, args.root(index))?;
    }
    Ok(vm.get(set))
}

fn update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    for index in 1..args.len() {
        vm.set_update(args.root(0), args.root(index))?;
    }
    Ok(Value::NONE)
}
