//! What the library written in Python asks the machine: the error stream, the environment, arguments, the handled
//! exception, where one came by.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const ERROR: Native = Native::new("error", error, 1, 1);
const ENVIRON: Native = Native::new("environ", environ, 0, 0);
const ARGUMENTS: Native = Native::new("arguments", arguments, 0, 0);
const HANDLING: Native = Native::new("handling", handling, 0, 0);
const PLACES: Native = Native::new("places", places, 1, 1);
const COLLECTIONS: Native = Native::new("collections", collections, 0, 1).part_of(Feature::Introspection);
const IDENTIFIED: Native = Native::new("identified", identified, 1, 1).part_of(Feature::Introspection);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::MachineError => &ERROR,
        Builtin::MachineEnviron => &ENVIRON,
        Builtin::MachineArguments => &ARGUMENTS,
        Builtin::MachineHandling => &HANDLING,
        Builtin::MachinePlaces => &PLACES,
        Builtin::MachineCollections => &COLLECTIONS,
        Builtin::MachineIdentified => &IDENTIFIED,
        _ => return None,
    })
}

/// Text for the host's error stream.
fn error(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let text = vm.arg(args, 0);
    if vm.kind(text) == kind::STR {
        let Vm { mem, image, host, .. } = vm;
        let bytes = crate::vm::text_bytes(mem, image, text);
        host.print_error(crate::raw::text(bytes));
    }
    Ok(Value::NONE)
}

/// A dict of the environment's variables.
fn environ(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let _ = args;
    let dict = vm.new_dict(0)?;
    let dict = vm.root(dict)?;
    for index in 0.. {
        let Some((name, item)) = vm.host.environment(index) else { break };
        let mut pair = alloc::vec::Vec::from(name.as_bytes());
        let at = pair.len();
        pair.extend_from_slice(item.as_bytes());
        let (name, item) = pair.split_at(at);
        let mark = vm.mark();
        let name = vm.new_str(crate::raw::text(name))?;
        let name = vm.root(name)?;
        let item = vm.new_str(crate::raw::text(item))?;
        let item = vm.root(item)?;
        vm.dict_set(dict, name, item)?;
        vm.release(mark);
    }
    Ok(vm.get(dict))
}

/// A list of the program's arguments.
fn arguments(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let _ = args;
    let list = vm.new_list_with(0)?;
    let list = vm.root(list)?;
    for index in 0.. {
        let Some(text) = vm.host.argument(index).map(alloc::string::String::from) else { break };
        let mark = vm.mark();
        let text = vm.new_str(&text)?;
        let text = vm.root(text)?;
        vm.list_push(list, text)?;
        vm.release(mark);
    }
    Ok(vm.get(list))
}

/// The exception being handled, or None.
fn handling(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let _ = args;
    let exception = vm.handling();
    Ok(if exception.is_unbound() { Value::NONE } else { exception })
}

/// How many collections there have been; with an argument after another one.
fn collections(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if args.len() > 0 {
        vm.spend(vm.going_through())?;
        vm.collect(0);
    }
    vm.new_int(i64::from(vm.collections()))
}

/// The object that has this `id`; None where it is gone, or never had been.
fn identified(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let id = vm.arg(args, 0);
    let id = vm.to_i64(id).and_then(|id| u64::try_from(id).ok());
    Ok(id.and_then(|id| vm.identified(id)).unwrap_or(Value::NONE))
}

/// A list of where an exception came by, outermost first: for each place its function, the word in it and how often in
/// a row.
fn places(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let list = vm.new_list_with(0)?;
    let list = vm.root(list)?;
    for index in 0.. {
        let Some(place) = vm.traceback_place(vm.arg(args, 0), index) else { break };
        for number in [u32::from(place.function), u32::from(place.word), place.repeats] {
            let number = vm.root(Value::small_unchecked(number.cast_signed()))?;
            vm.list_push(list, number)?;
            vm.release(number.0);
        }
    }
    Ok(vm.get(list))
}
