//! What a program may ask about functions, and methods made by hand: `inspect.signature`, `types.MethodType`.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::module::flags;
use nano_wire::value::Value;

const PARAMETERS: Native = Native::new("parameters", parameters, 1, 1).part_of(Feature::Introspection);
const METHOD: Native = Native::new("method", method, 2, 2).part_of(Feature::Introspection);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::MachineParameters => &PARAMETERS,
        Builtin::MethodType => &METHOD,
        _ => return None,
    })
}

/// `method(function, object)`, which is `types.MethodType`.
fn method(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if !vm.is_callable(vm.arg(args, 0)) {
        return vm.raise(Builtin::TypeError, "first argument must be callable");
    }
    // Looking for `__call__` may have moved both.
    let (function, object) = (vm.arg(args, 0), vm.arg(args, 1));
    if object == Value::NONE {
        return vm.raise(Builtin::TypeError, "instance must not be None");
    }
    vm.bind(function, object)
}

/// A list of what a function takes: how many parameters by position, how many of them by position only, how many by
/// name only, whether it has `*args` and `**kwargs`, whether calling it makes a generator or a coroutine, the defaults and those by name (or None), then the names in that
/// order. None for what is no function.
fn parameters(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let object = vm.arg(args, 0);
    if !vm.is(object, kind::FUNCTION) {
        return Ok(Value::NONE);
    }
    let function = vm.image.function(vm.number(object, 0));
    let list = vm.new_list_with(0)?;
    let list = vm.root(list)?;
    for count in [function.positional, function.positional_only, function.keyword_only] {
        let count = vm.new_int(i64::from(count))?;
        vm.push_rooted(list, count)?;
    }
    for flag in [flags::VARARGS, flags::KEYWORDS, flags::GENERATOR, flags::COROUTINE] {
        vm.push_rooted(list, Value::bool(function.flags & flag != 0))?;
    }
    let defaults = vm.field(vm.arg(args, 0), 1);
    vm.push_rooted(list, if defaults.is_unbound() { Value::NONE } else { defaults })?;
    let extra = vm.field(vm.arg(args, 0), 2);
    let by_name = if vm.is(extra, kind::DICT) { vm.keyword_defaults(extra) } else { Value::UNBOUND };
    vm.push_rooted(list, if by_name.is_unbound() { Value::NONE } else { by_name })?;
    for index in 0..function.parameters() {
        let at = usize::from(function.first_parameter) + index;
        let Some(name) = vm.image.parameters.get(at).map(|constant| vm.image.constant(*constant)) else { break };
        vm.push_rooted(list, name)?;
    }
    Ok(vm.get(list))
}

impl Vm<'_> {
    fn push_rooted(&mut self, list: crate::vm::Root, item: Value) -> Outcome<()> {
        let mark = self.mark();
        let item = self.root(item)?;
        self.list_push(list, item)?;
        self.release(mark);
        Ok(())
    }
}
