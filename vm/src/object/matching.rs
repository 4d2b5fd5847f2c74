//! What `match` is compiled to: is it a sequence, a mapping, an instance of a class, and its parts.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const SEQUENCE: Native = Native::new("match sequence", sequence, 1, 1).part_of(Feature::Match);
const MAPPING: Native = Native::new("match mapping", mapping, 1, 1).part_of(Feature::Match);
const KEYS: Native = Native::new("match keys", keys, 2, 2).part_of(Feature::Match);
const REST: Native = Native::new("match rest", rest, 2, 2).part_of(Feature::Match);
const CLASS: Native = Native::new("match class", class, 4, 4).part_of(Feature::Match);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::MatchSequence => &SEQUENCE,
        Builtin::MatchMapping => &MAPPING,
        Builtin::MatchKeys => &KEYS,
        Builtin::MatchRest => &REST,
        Builtin::MatchClass => &CLASS,
        _ => return None,
    })
}

fn sequence(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    let is_builtin = matches!(vm.kind(vm.plain(value)), kind::LIST | kind::TUPLE | kind::RANGE);
    let class = vm.type_of(value);
    Ok(Value::bool(is_builtin || vm.lookup_defined_text(class, "__match_sequence__").is_some()))
}

fn mapping(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    let is_builtin = vm.kind(vm.plain(value)) == kind::DICT;
    let class = vm.type_of(value);
    Ok(Value::bool(is_builtin || vm.lookup_defined_text(class, "__match_mapping__").is_some()))
}

/// The values of all keys in a mapping as a tuple; None where one is missing. `__missing__` is not asked.
fn keys(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let count = vm.length(vm.arg(args, 1));
    let seen = vm.new_dict(count)?;
    let seen = vm.root(seen)?;
    let values = vm.new_list_with(count)?;
    let values = vm.root(values)?;
    for index in 0..count {
        let mark = vm.mark();
        let key = vm.field(vm.arg(args, 1), index);
        let key = vm.root(key)?;
        let (seen_now, key_now) = (vm.get(seen), vm.get(key));
        if vm.contains(seen_now, key_now)? {
            let text = vm.repr(vm.get(key))?;
            let text = vm.name_line(text);
            return vm.raise_fmt(Builtin::ValueError, format_args!("mapping pattern checks duplicate key ({text})"));
        }
        vm.dict_set(seen, key, key)?;
        let subject = vm.arg(args, 0);
        let plain = vm.plain(subject);
        let found = if vm.is(plain, kind::DICT) {
            let key = vm.get(key);
            vm.dict_get(plain, key)?
        } else {
            let marker = vm.get(seen);
            match vm.get_attr_text(subject, "get")? {
                Some(get) => {
                    let key = vm.get(key);
                    let found = vm.call_values(get, &[key, marker])?;
                    if found == vm.get(seen) { None } else { Some(found) }
                }
                None => None,
            }
        };
        let Some(found) = found else { return Ok(Value::NONE) };
        let found = vm.root(found)?;
        vm.list_push(values, found)?;
        vm.release(mark);
    }
    vm.tuple_from(vm.get(values))
}

/// A dict of what a mapping has besides these keys.
fn rest(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let subject = vm.arg(args, 0);
    let copy = vm.call1(Value::builtin(Builtin::DictType), subject)?;
    let copy = vm.root(copy)?;
    for index in 0..vm.length(vm.arg(args, 1)) {
        let (dict, key) = (vm.get(copy), vm.field(vm.arg(args, 1), index));
        vm.dict_remove(dict, key)?;
    }
    Ok(vm.get(copy))
}

/// (subject, class, count of positional parts, names of the others): a tuple of the parts, or None.
fn class(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let wanted = vm.arg(args, 1);
    if !(vm.is(wanted, kind::CLASS) || wanted.as_builtin().is_some_and(Builtin::is_type)) {
        return vm.raise(Builtin::TypeError, "called match pattern must be a class");
    }
    let (subject, wanted) = (vm.arg(args, 0), vm.arg(args, 1));
    if vm.call_values(Value::builtin(Builtin::Isinstance), &[subject, wanted])? != Value::TRUE {
        return Ok(Value::NONE);
    }
    let parts = vm.new_list_with(2)?;
    let parts = vm.root(parts)?;
    let positional = vm.arg(args, 2).as_small().max(0) as u32;
    if positional > 0 {
        let wanted = vm.arg(args, 1);
        let names = vm.get_attr_text(wanted, "__match_args__")?;
        match names {
            Some(names) => {
                let names = vm.root(names)?;
                if vm.kind(vm.get(names)) != kind::TUPLE {
                    let (class, given) = (vm.class_name(vm.arg(args, 1)), vm.type_name(vm.get(names)));
                    return vm.raise_fmt(
                        Builtin::TypeError,
                        format_args!("{class}.__match_args__ must be a tuple (got {given})"),
                    );
                }
                let allowed = vm.length(vm.get(names));
                if positional > allowed {
                    return too_many(vm, args, allowed, positional);
                }
                for index in 0..positional {
                    let name = vm.field(vm.get(names), index);
                    if !take_part(vm, args, name, parts)? {
                        return Ok(Value::NONE);
                    }
                }
            }
            None if matches_itself(vm, vm.arg(args, 1)) => {
                if positional > 1 {
                    return too_many(vm, args, 1, positional);
                }
                vm.list_push(parts, args.root(0))?;
            }
            None => return too_many(vm, args, 0, positional),
        }
    }
    for index in 0..vm.length(vm.arg(args, 3)) {
        let name = vm.field(vm.arg(args, 3), index);
        if !take_part(vm, args, name, parts)? {
            return Ok(Value::NONE);
        }
    }
    vm.tuple_from(vm.get(parts))
}

fn take_part(vm: &mut Vm<'_>, args: Args, name: Value, parts: crate::vm::Root) -> Outcome<bool> {
    if vm.kind(name) != kind::STR {
        return vm.raise_type("__match_args__ elements must be strings (got {})", name);
    }
    let subject = vm.arg(args, 0);
    match vm.get_attr(subject, name) {
        Ok(part) => {
            let part = vm.root(part)?;
            vm.list_push(parts, part)?;
            vm.release(part.0);
            Ok(true)
        }
        Err(_) if vm.caught(Builtin::AttributeError) => Ok(false),
        Err(raise) => Err(raise),
    }
}

fn too_many<T>(vm: &mut Vm<'_>, args: Args, allowed: u32, given: u32) -> Outcome<T> {
    let class = vm.class_name(vm.arg(args, 1));
    let plural = if allowed == 1 { "" } else { "s" };
    vm.raise_fmt(
        Builtin::TypeError,
        format_args!("{class}() accepts {allowed} positional sub-pattern{plural} ({given} given)"),
    )
}

/// Types whose one positional part is the value itself.
fn matches_itself(vm: &Vm<'_>, class: Value) -> bool {
    const TYPES: [Builtin; 11] = [
        Builtin::BoolType,
        Builtin::BytearrayType,
        Builtin::BytesType,
        Builtin::DictType,
        Builtin::FloatType,
        Builtin::FrozensetType,
        Builtin::IntType,
        Builtin::ListType,
        Builtin::SetType,
        Builtin::StrType,
        Builtin::TupleType,
    ];
    TYPES.iter().any(|builtin| vm.is_subclass(class, Value::builtin(*builtin)))
}
