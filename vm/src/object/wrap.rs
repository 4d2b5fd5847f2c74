//! Objects that wrap functions: `property`, `staticmethod`, `classmethod`, `super`.

use crate::class::field as class_field;
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const PROPERTY: Native = Native::new("property,fget,fset,fdel,doc", property, 0, 4).part_of(Feature::Classes);
const STATICMETHOD: Native = Native::new("staticmethod", staticmethod, 1, 1).part_of(Feature::Classes);
const CLASSMETHOD: Native = Native::new("classmethod", classmethod, 1, 1).part_of(Feature::Classes);
const SUPER: Native = Native::new("super", super_, 2, 2).part_of(Feature::Classes);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::PropertyType => &PROPERTY,
        Builtin::StaticmethodType => &STATICMETHOD,
        Builtin::ClassmethodType => &CLASSMETHOD,
        Builtin::SuperType => &SUPER,
        _ => return None,
    })
}

fn property(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let object = vm.alloc(kind::PROPERTY, 4)?;
    for index in 0..4 {
        let given = vm.arg(args, index);
        vm.set_field(object, index as u32, if given.is_unbound() { Value::NONE } else { given });
    }
    Ok(object)
}

fn wrapped(vm: &mut Vm<'_>, args: Args, wrapper: u8) -> Outcome<Value> {
    let object = vm.alloc(wrapper, 1)?;
    let function = vm.arg(args, 0);
    vm.set_field(object, 0, function);
    Ok(object)
}

fn staticmethod(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    wrapped(vm, args, kind::STATIC_METHOD)
}

fn classmethod(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    wrapped(vm, args, kind::CLASS_METHOD)
}

/// `super(class, receiver)`; the form without arguments is compiled to this.
fn super_(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (class, receiver) = (vm.arg(args, 0), vm.arg(args, 1));
    if !vm.is(class, kind::CLASS) {
        if class.is_unbound() {
            return vm.raise(Builtin::RuntimeError, "super(): empty __class__ cell");
        }
        return vm.raise_type("super() argument 1 must be a type, not {}", class);
    }
    let of =
        if vm.is(receiver, kind::CLASS) && vm.is_subclass(receiver, class) { receiver } else { vm.type_of(receiver) };
    if !vm.is(of, kind::CLASS) || !vm.is_subclass(of, class) {
        return vm.raise(Builtin::TypeError, "super(type, obj): obj must be an instance or subtype of type");
    }
    let object = vm.alloc(kind::SUPER, 3)?;
    let (class, receiver) = (vm.arg(args, 0), vm.arg(args, 1));
    let of =
        if vm.is(receiver, kind::CLASS) && vm.is_subclass(receiver, class) { receiver } else { vm.type_of(receiver) };
    debug_assert!(vm.is(vm.field(of, class_field::DICT), kind::DICT));
    vm.set_field(object, 0, class);
    vm.set_field(object, 1, receiver);
    vm.set_field(object, 2, of);
    Ok(object)
}
