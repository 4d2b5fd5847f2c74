//! Methods of `object`, `BaseException`, `property`, generators and classes.

use crate::error::Outcome;
use crate::exception;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const OBJECT: &[Native] = &[
    Native::new("__init__", object_init, 1, 255),
    Native::any_keywords("__new__", object_new, 1, 255).part_of(Feature::Classes),
    Native::new("__setattr__", object_setattr, 3, 3).part_of(Feature::Classes),
    Native::new("__getattribute__", object_getattribute, 2, 2).part_of(Feature::Classes),
    Native::new("__delattr__", object_delattr, 2, 2).part_of(Feature::Classes),
    Native::new("__repr__", object_repr, 1, 1),
    Native::new("__str__", object_str, 1, 1),
    Native::new("__format__", object_format, 2, 2),
    Native::new("__eq__", object_eq, 2, 2),
    Native::new("__ne__", object_ne, 2, 2),
    Native::new("__hash__", object_hash, 1, 1),
    Native::any_keywords("__init_subclass__", object_init_subclass, 0, 255).part_of(Feature::Classes),
    Native::new("__dir__", super::inspect::names_of, 1, 1).part_of(Feature::Introspection),
];

const EXCEPTION: &[Native] = &[
    Native::new("__init__", exception_init, 1, 255),
    Native::new("__repr__", object_repr, 1, 1),
    Native::new("__str__", exception_str, 1, 1),
    Native::new("with_traceback", exception_with_traceback, 2, 2),
    Native::new("add_note", exception_add_note, 2, 2),
];

const PROPERTY: &[Native] = &[
    Native::new("getter", property_getter, 2, 2).part_of(Feature::Classes),
    Native::new("setter", property_setter, 2, 2).part_of(Feature::Classes),
    Native::new("deleter", property_deleter, 2, 2).part_of(Feature::Classes),
];

const GENERATOR: &[Native] = &[
    Native::new("__iter__", generator_iter, 1, 1).part_of(Feature::Generators),
    Native::new("__next__", generator_next, 1, 1).part_of(Feature::Generators),
    Native::new("send", generator_send, 2, 2).part_of(Feature::Generators),
    Native::new("throw", generator_throw, 2, 4).part_of(Feature::Generators),
    Native::new("close", generator_close, 1, 1).part_of(Feature::Generators),
];

const COROUTINE: &[Native] = &[
    Native::new("__await__", generator_iter, 1, 1).part_of(Feature::Generators),
    Native::new("send", generator_send, 2, 2).part_of(Feature::Generators),
    Native::new("throw", generator_throw, 2, 4).part_of(Feature::Generators),
    Native::new("close", generator_close, 1, 1).part_of(Feature::Generators),
];

const TYPE: &[Native] = &[
    Native::new("mro", type_mro, 1, 1).part_of(Feature::Classes),
    Native::any_keywords("__call__", type_call, 1, 255).part_of(Feature::Classes),
];

pub(super) fn methods(builtin_type: Builtin) -> &'static [Native] {
    match builtin_type {
        Builtin::ObjectType => OBJECT,
        Builtin::BaseException => EXCEPTION,
        Builtin::BaseExceptionGroup => super::group::METHODS,
        Builtin::PropertyType => PROPERTY,
        Builtin::GeneratorType => GENERATOR,
        Builtin::CoroutineType => COROUTINE,
        Builtin::TypeType => TYPE,
        _ => &[],
    }
}

fn object_init(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if args.len() > 1 {
        let class = vm.type_of(value);
        if vm.lookup_defined_text(class, "__init__").is_some() {
            return vm.raise(
                Builtin::TypeError,
                "object.__init__() takes exactly one argument (the instance to initialize)",
            );
        }
        return vm.raise_type("{}() takes no arguments", value);
    }
    Ok(Value::NONE)
}

fn object_new(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    // Keywords are for `__init__`.
    let args = if vm.take_keywords_given() { Args { base: args.base, count: args.count - 1 } } else { args };
    let class = vm.arg(args, 0);
    if vm.is(class, kind::CLASS) {
        let base = vm.field(class, crate::class::field::BASE).as_builtin().unwrap_or(Builtin::ObjectType);
        if base.is_exception() {
            return vm.new_exception(class, args.from(1));
        }
        if base != Builtin::ObjectType {
            let given =
                if crate::class::is_held_fixed(base) { args.from(1) } else { Args { base: args.base, count: 0 } };
            let held = vm.call(Value::builtin(base), given)?;
            return vm.new_holder(vm.arg(args, 0), held);
        }
        return vm.new_instance(class);
    }
    match class.as_builtin() {
        Some(builtin) if builtin.is_type() => vm.call(class, args.from(1)),
        _ => vm.raise(Builtin::TypeError, "object.__new__(X): X is not a type object"),
    }
}

fn object_setattr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (value, name) = (vm.arg(args, 0), vm.arg(args, 1));
    if vm.kind(name) != kind::STR || !matches!(vm.kind(value), kind::INSTANCE | kind::EXCEPTION) {
        return vm.raise(Builtin::TypeError, "can't apply this __setattr__ to the object");
    }
    vm.set_attr_plainly(args.root(0), name, args.root(2))?;
    Ok(Value::NONE)
}

fn object_getattribute(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (value, name) = (vm.arg(args, 0), vm.arg(args, 1));
    if vm.kind(name) != kind::STR {
        return vm.raise(Builtin::TypeError, "attribute name must be string");
    }
    vm.get_attr_plainly(value, name)
}

fn object_delattr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (value, name) = (vm.arg(args, 0), vm.arg(args, 1));
    if vm.kind(name) != kind::STR {
        return vm.raise(Builtin::TypeError, "attribute name must be string");
    }
    vm.delete_attr_plainly(value, name)?;
    Ok(Value::NONE)
}

fn object_repr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    vm.repr_plainly(value)
}

fn object_str(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    vm.repr(value)
}

fn exception_str(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    vm.str_plainly(value)
}

fn object_format(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let spec = vm.arg(args, 1);
    if vm.kind(spec) == kind::STR && vm.length(spec) > 0 {
        return vm.raise_type("unsupported format string passed to {}.__format__", vm.arg(args, 0));
    }
    let value = vm.arg(args, 0);
    vm.str(value)
}

fn object_eq(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    Ok(if vm.arg(args, 0) == vm.arg(args, 1) { Value::TRUE } else { Value::NOT_IMPLEMENTED })
}

fn object_ne(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (a, b) = (vm.arg(args, 0), vm.arg(args, 1));
    let equal = vm.equal(a, b)?;
    Ok(Value::bool(!equal))
}

fn object_hash(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    let class = vm.type_of(value);
    let hash = if vm.is(class, kind::CLASS) { i64::from(vm.number_of(value)?) } else { vm.hash(value)? };
    vm.new_int(hash)
}

fn object_init_subclass(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if vm.take_keywords_given() {
        let class = vm.class_name(vm.arg(args, 0));
        return vm
            .raise_fmt(Builtin::TypeError, format_args!("{class}.__init_subclass__() takes no keyword arguments"));
    }
    Ok(Value::NONE)
}

fn exception_init(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let tuple = vm.new_tuple(args.from(1))?;
    let value = vm.arg(args, 0);
    if vm.is(value, kind::EXCEPTION) {
        vm.set_field(value, exception::field::ARGS, tuple);
    }
    Ok(Value::NONE)
}

fn exception_with_traceback(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (value, kept) = (vm.arg(args, 0), vm.arg(args, 1));
    // A number is the library's: the exception came by no more than so many places.
    if kept.is_small() {
        vm.forget_places(value, kept.as_small() as u32);
    }
    Ok(value)
}

fn exception_add_note(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let note = vm.arg(args, 1);
    if vm.kind(note) != kind::STR {
        return vm.raise_type("note must be a str, not '{}'", note);
    }
    let value = vm.arg(args, 0);
    let notes = match vm.get_attr_text(value, "__notes__")? {
        Some(notes) if vm.is(notes, kind::LIST) => vm.root(notes)?,
        _ => {
            let list = vm.new_list_with(1)?;
            let list = vm.root(list)?;
            let name = vm.new_str("__notes__")?;
            vm.set_attr(args.root(0), name, list)?;
            list
        }
    };
    vm.list_push(notes, args.root(1))?;
    Ok(Value::NONE)
}

/// A copy of a property with one of its functions replaced.
fn with_function(vm: &mut Vm<'_>, args: Args, replaced: u32) -> Outcome<Value> {
    let object = vm.alloc(kind::PROPERTY, 4)?;
    let old = vm.arg(args, 0);
    for index in 0..4 {
        let value = if index == replaced { vm.arg(args, 1) } else { vm.field(old, index) };
        vm.set_field(object, index, value);
    }
    Ok(object)
}

fn property_getter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    with_function(vm, args, 0)
}

fn property_setter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    with_function(vm, args, 1)
}

fn property_deleter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    with_function(vm, args, 2)
}

fn generator_iter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    Ok(vm.arg(args, 0))
}

fn generator_next(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let generator = vm.arg(args, 0);
    vm.generator_step(generator, Value::NONE)
}

fn generator_send(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (generator, sent) = (vm.arg(args, 0), vm.arg(args, 1));
    vm.generator_step(generator, sent)
}

fn generator_throw(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.generator_method_throw(args)
}

fn generator_close(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let generator = vm.arg(args, 0);
    vm.generator_close(generator)?;
    Ok(Value::NONE)
}

/// `type.__call__(class, ..)`: an instance, whatever the class's own `__class_call__` does.
fn type_call(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let named = vm.take_keywords_given();
    let positional = Args { base: args.base, count: args.count - u32::from(named) };
    vm.skip_meta = vm.is(vm.arg(args, 0), kind::CLASS);
    if !named {
        return vm.call(vm.arg(args, 0), positional.from(1));
    }
    let dict = args.root(args.len() - 1);
    vm.call_with_dict(args.root(0), positional.from(1), dict)
}

fn type_mro(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let class = vm.arg(args, 0);
    let mro = vm.get_attr_text(class, "__mro__")?.unwrap_or(Value::NONE);
    vm.list_from(mro)
}
