//! Asking about objects: `isinstance`, `getattr`, `callable`, `dir`, `hash`, `id`, `type`.

use crate::class::field as class_field;
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::native::{self, Native};
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const ISINSTANCE: Native = Native::new("isinstance", isinstance, 2, 2);
const ISSUBCLASS: Native = Native::new("issubclass", issubclass, 2, 2);
const CALLABLE: Native = Native::new("callable", callable, 1, 1);
const GETATTR: Native = Native::new("getattr", getattr, 2, 3);
const HASATTR: Native = Native::new("hasattr", hasattr, 2, 2);
const SETATTR: Native = Native::new("setattr", setattr, 3, 3);
const DELATTR: Native = Native::new("delattr", delattr, 2, 2);
const HASH: Native = Native::new("hash", hash, 1, 1);
const ID: Native = Native::new("id", id, 1, 1);
const VARS: Native = Native::new("vars", vars, 1, 1).part_of(Feature::Introspection);
const DIR: Native = Native::new("dir", dir, 1, 1).part_of(Feature::Introspection);
const TYPE: Native = Native::any_keywords("type", type_, 1, 3);
const OBJECT: Native = Native::new("object", object, 0, 0);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::Isinstance => &ISINSTANCE,
        Builtin::Issubclass => &ISSUBCLASS,
        Builtin::Callable => &CALLABLE,
        Builtin::Getattr => &GETATTR,
        Builtin::Hasattr => &HASATTR,
        Builtin::Setattr => &SETATTR,
        Builtin::Delattr => &DELATTR,
        Builtin::Hash => &HASH,
        Builtin::Id => &ID,
        Builtin::Vars => &VARS,
        Builtin::Dir => &DIR,
        Builtin::TypeType => &TYPE,
        Builtin::ObjectType => &OBJECT,
        _ => return None,
    })
}

fn is_class(vm: &Vm<'_>, value: Value) -> bool {
    vm.is(value, kind::CLASS) || value.as_builtin().is_some_and(Builtin::is_type)
}

/// Is the class one of those that a class or (nested) tuple of classes names?
fn among(vm: &mut Vm<'_>, class: Value, wanted: Value, message: &str) -> Outcome<bool> {
    if is_class(vm, wanted) {
        return Ok(vm.is_subclass(class, wanted));
    }
    let wanted = if vm.is(wanted, kind::UNION) { vm.field(wanted, 0) } else { wanted };
    if vm.kind(wanted) == kind::TUPLE {
        vm.nest()?;
        for index in 0..vm.length(wanted) {
            // Tuples may share their parts, over and over.
            vm.work(1)?;
            let one = vm.field(wanted, index);
            if among(vm, class, one, message)? {
                vm.unnest();
                return Ok(true);
            }
        }
        vm.unnest();
        return Ok(false);
    }
    vm.raise(Builtin::TypeError, message)
}

/// What the class itself says, or the object that stands for one (as typing's): it may have no opinion.
fn asked(vm: &mut Vm<'_>, wanted: Value, check: &str, value: Value) -> Outcome<Option<Value>> {
    let answer = if FEATURES.has(Feature::Introspection) && vm.is(wanted, kind::INSTANCE) {
        let check = if check == "__class_instancecheck__" { "__instancecheck__" } else { "__subclasscheck__" };
        vm.call_special(wanted, check, &[value])?
    } else {
        vm.call_meta(wanted, check, &[value])?
    };
    match answer {
        Some(answer) if answer != Value::NOT_IMPLEMENTED => vm.truth(answer).map(|is| Some(Value::bool(is))),
        _ => Ok(None),
    }
}

fn isinstance(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (value, wanted) = (vm.arg(args, 0), vm.arg(args, 1));
    let class = vm.type_of(value);
    if class == wanted {
        return Ok(Value::TRUE);
    }
    let wanted = if vm.is(wanted, kind::UNION) {
        let parts = vm.field(wanted, 0);
        vm.set(args.root(1), parts);
        parts
    } else {
        wanted
    };
    if vm.kind(wanted) == kind::TUPLE {
        // Each on its own, for a class may decide itself.
        vm.nest()?;
        for index in 0..vm.length(wanted) {
            vm.work(1)?;
            let wanted = vm.arg(args, 1);
            let pair = vm.root_all(&[vm.arg(args, 0), vm.field(wanted, index)])?;
            let found = isinstance(vm, pair)?;
            vm.release(pair.base);
            if found == Value::TRUE {
                vm.unnest();
                return Ok(Value::TRUE);
            }
        }
        vm.unnest();
        return Ok(Value::FALSE);
    }
    if let Some(answer) = asked(vm, wanted, "__class_instancecheck__", value)? {
        return Ok(answer);
    }
    let (value, wanted) = (vm.arg(args, 0), vm.arg(args, 1));
    let class = vm.type_of(value);
    among(vm, class, wanted, "isinstance() arg 2 must be a type, a tuple of types, or a union").map(Value::bool)
}

fn issubclass(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (class, wanted) = (vm.arg(args, 0), vm.arg(args, 1));
    if !is_class(vm, class) {
        return vm.raise(Builtin::TypeError, "issubclass() arg 1 must be a class");
    }
    if let Some(answer) = asked(vm, wanted, "__class_subclasscheck__", class)? {
        return Ok(answer);
    }
    let (class, wanted) = (vm.arg(args, 0), vm.arg(args, 1));
    among(vm, class, wanted, "issubclass() arg 2 must be a class, a tuple of classes, or a union").map(Value::bool)
}

fn callable(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    Ok(Value::bool(match vm.kind(value) {
        kind::FUNCTION | kind::BOUND_METHOD | kind::CLASS | kind::STATIC_METHOD => true,
        kind::INSTANCE | kind::EXCEPTION => vm.lookup_defined_text(vm.field(value, 0), "__call__").is_some(),
        255 => {
            native::method(value).is_some()
                || value.as_builtin().is_some_and(|builtin| builtin.is_type() || native::function(builtin).is_some())
        }
        _ => false,
    }))
}

fn name_argument(vm: &mut Vm<'_>, args: Args, function: &str) -> Outcome<Value> {
    let name = vm.plain(vm.arg(args, 1));
    if vm.kind(name) == kind::STR {
        return Ok(name);
    }
    let message = match function {
        "getattr" | "hasattr" | "setattr" | "delattr" => "attribute name must be string, not '{}'",
        _ => "name must be a string, not '{}'",
    };
    vm.raise_type(message, vm.arg(args, 1))
}

fn getattr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let name = name_argument(vm, args, "getattr")?;
    let value = vm.arg(args, 0);
    match vm.get_attr(value, name) {
        Err(_) if args.len() == 3 && vm.raised_is(Builtin::AttributeError) => {
            vm.take_exception();
            Ok(vm.arg(args, 2))
        }
        other => other,
    }
}

fn hasattr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let name = name_argument(vm, args, "hasattr")?;
    let value = vm.arg(args, 0);
    match vm.get_attr(value, name) {
        Ok(_) => Ok(Value::TRUE),
        Err(_) if vm.raised_is(Builtin::AttributeError) => {
            vm.take_exception();
            Ok(Value::FALSE)
        }
        Err(raise) => Err(raise),
    }
}

fn setattr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let name = name_argument(vm, args, "setattr")?;
    vm.set_attr(args.root(0), name, args.root(2))?;
    Ok(Value::NONE)
}

fn delattr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let name = name_argument(vm, args, "delattr")?;
    let value = vm.arg(args, 0);
    vm.delete_attr(value, name)?;
    Ok(Value::NONE)
}

fn hash(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let hash = vm.hash(vm.arg(args, 0))?;
    vm.new_int(hash)
}

fn id(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let id = vm.identity(vm.arg(args, 0))?;
    vm.new_uint(id)
}

fn vars(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    match vm.kind(value) {
        kind::INSTANCE | kind::EXCEPTION | kind::CLASS | kind::FUNCTION => match vm.get_attr_text(value, "__dict__")? {
            Some(dict) => Ok(dict),
            None => vm.raise(Builtin::TypeError, "vars() argument must have __dict__ attribute"),
        },
        _ => vm.raise(Builtin::TypeError, "vars() argument must have __dict__ attribute"),
    }
}

/// Names of an object's attributes, sorted; without those that every object has.
fn dir(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    let said = match vm.call_meta(value, "__class_dir__", &[])? {
        None => vm.call_special(vm.arg(args, 0), "__dir__", &[])?,
        said => said,
    };
    let names = match said {
        Some(names) => names,
        None => names_of(vm, args)?,
    };
    vm.call1(Value::builtin(Builtin::Sorted), names)
}

/// `object.__dir__(value)`.
pub(super) fn names_of(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    let names = vm.new_dict(8)?;
    let names = vm.root(names)?;
    let value = if matches!(vm.kind(value), kind::INSTANCE | kind::EXCEPTION) {
        let own = vm.attributes(vm.arg(args, 0))?;
        let own = vm.root(own)?;
        vm.dict_merge(names, own, None)?;
        vm.type_of(vm.arg(args, 0))
    } else {
        vm.arg(args, 0)
    };
    if vm.is(value, kind::CLASS) {
        let mro = vm.field(value, class_field::MRO);
        let mro = vm.root(mro)?;
        for index in 0..vm.length(vm.get(mro)) {
            let class = vm.field(vm.get(mro), index);
            if vm.is(class, kind::CLASS) {
                let dict = vm.field(class, class_field::DICT);
                let dict = vm.root(dict)?;
                vm.dict_merge(names, dict, None)?;
                vm.release(dict.0);
            }
        }
    } else {
        let class = value.as_builtin().filter(|builtin| builtin.is_type()).unwrap_or(vm.builtin_type(value));
        for native in native::methods(class) {
            let mark = vm.mark();
            let name = vm.new_str(native.name())?;
            let (name, nothing) = vm.root2(name, Value::NONE)?;
            vm.dict_set(names, name, nothing)?;
            vm.release(mark);
        }
    }
    let names = vm.get(names);
    vm.call1(Value::builtin(Builtin::ListType), names)
}

fn type_(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (args, named) = match (vm.take_keywords_given(), args.len().checked_sub(1)) {
        (true, Some(last)) => (Args { base: args.base, count: last as u32 }, Some(args.root(last))),
        _ => (args, None),
    };
    if args.len() == 1 && named.is_none() {
        return Ok(vm.type_of(vm.arg(args, 0)));
    }
    if args.len() != 3 {
        return vm.raise(Builtin::TypeError, "type() takes 1 or 3 arguments");
    }
    vm.must_have(Feature::Classes)?;
    let (name, bases, namespace) = (vm.arg(args, 0), vm.arg(args, 1), vm.arg(args, 2));
    if vm.kind(name) != kind::STR || vm.kind(bases) != kind::TUPLE || !vm.is(namespace, kind::DICT) {
        return vm.raise(Builtin::TypeError, "type() takes a name, a tuple of bases and a dict");
    }
    let dict = vm.new_dict(4)?;
    let dict = vm.root(dict)?;
    vm.dict_merge(dict, args.root(2), None)?;
    let class = vm.new_class(args.root(0), args.root(1), dict)?;
    let class = vm.root(class)?;
    vm.name_descriptors(class)?;
    let (mut names, mut count) = (Value::UNBOUND, 0);
    let mut base = vm.mark();
    if let Some(named) = named {
        let keys = vm.list_from(vm.get(named))?;
        let keys = vm.root(keys)?;
        count = vm.number(vm.get(keys), 0);
        let tuple = vm.tuple_from(vm.get(keys))?;
        let tuple = vm.root(tuple)?;
        base = vm.mark();
        for at in 0..count {
            let key = vm.items(vm.get(tuple)).get(at as usize).copied().unwrap_or(Value::NONE);
            let item = vm.dict_get(vm.get(named), key)?.unwrap_or(Value::NONE);
            vm.root(item)?;
        }
        names = vm.get(tuple);
    }
    vm.init_subclass(class, Args { base, count }, names)?;
    Ok(vm.get(class))
}

fn object(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let _ = args;
    let object = vm.alloc(kind::INSTANCE, 2)?;
    vm.set_field(object, 0, Value::builtin(Builtin::ObjectType));
    Ok(object)
}
