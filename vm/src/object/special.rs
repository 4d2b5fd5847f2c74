//! The special methods of builtin types: what `super().__setitem__(..)` of a class derived from one calls, and what
//! `int.__add__` is. Each does what the syntax for it does, on the builtin value that stands behind its receiver.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::protocol::{Binary, Comparison};
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Groups of types, one bit each.
mod group {
    pub const INT: u32 = 1;
    pub const FLOAT: u32 = 1 << 1;
    pub const TEXT: u32 = 1 << 2;
    pub const BYTES: u32 = 1 << 3;
    pub const BYTEARRAY: u32 = 1 << 4;
    pub const LIST: u32 = 1 << 5;
    pub const TUPLE: u32 = 1 << 6;
    pub const DICT: u32 = 1 << 7;
    pub const SET: u32 = 1 << 8;
    pub const FROZENSET: u32 = 1 << 9;
    pub const RANGE: u32 = 1 << 10;
    pub const VIEW: u32 = 1 << 11;
    pub const ITERATOR: u32 = 1 << 12;
    pub const CALLABLE: u32 = 1 << 13;

    pub const NUMBER: u32 = INT | FLOAT;
    pub const STRING: u32 = TEXT | BYTES | BYTEARRAY;
    pub const SETS: u32 = SET | FROZENSET;
    pub const SEQUENCE: u32 = STRING | LIST | TUPLE | RANGE;
    pub const CONTAINER: u32 = SEQUENCE | DICT | SETS | VIEW;
    pub const MUTABLE: u32 = LIST | DICT | SET | BYTEARRAY;
    pub const VALUE: u32 = NUMBER | CONTAINER;
    pub const ORDERED: u32 = NUMBER | STRING | LIST | TUPLE | SETS;
}

fn group_of(builtin: Builtin) -> u32 {
    match builtin {
        Builtin::IntType | Builtin::BoolType => group::INT,
        Builtin::FloatType => group::FLOAT,
        Builtin::StrType => group::TEXT,
        Builtin::BytesType => group::BYTES,
        Builtin::BytearrayType => group::BYTEARRAY,
        Builtin::ListType => group::LIST,
        Builtin::TupleType => group::TUPLE,
        Builtin::DictType => group::DICT,
        Builtin::SetType => group::SET,
        Builtin::FrozensetType => group::FROZENSET,
        Builtin::RangeType => group::RANGE,
        Builtin::DictKeysType | Builtin::DictValuesType | Builtin::DictItemsType | Builtin::MappingproxyType => {
            group::VIEW
        }
        Builtin::FunctionType | Builtin::BuiltinFunctionType | Builtin::MethodType | Builtin::MethodDescriptorType => {
            group::CALLABLE
        }
        Builtin::EnumerateType
        | Builtin::ZipType
        | Builtin::MapType
        | Builtin::FilterType
        | Builtin::ReversedType
        | Builtin::ListIteratorType
        | Builtin::ListReverseIteratorType
        | Builtin::TupleIteratorType
        | Builtin::StrIteratorType
        | Builtin::BytesIteratorType
        | Builtin::BytearrayIteratorType
        | Builtin::RangeIteratorType
        | Builtin::SetIteratorType
        | Builtin::CallableIteratorType
        | Builtin::SequenceIteratorType
        | Builtin::DictKeyIteratorType
        | Builtin::DictValueIteratorType
        | Builtin::DictItemIteratorType => group::ITERATOR,
        _ => 0,
    }
}

/// Index in [`SPECIAL`] of a builtin type's special method.
pub(crate) fn special(builtin_type: Builtin, name: &str) -> Option<u16> {
    let group = group_of(builtin_type);
    if group == 0 {
        return None;
    }
    let found = SPECIAL.iter().position(|(native, groups)| groups & group != 0 && native.name() == name);
    found.map(|index| index as u16)
}

macro_rules! binary {
    ($($name:ident $reflected:ident $($in_place:ident)? => $operation:ident;)*) => {
        $(
            fn $name(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
                operate(vm, args, Binary::$operation, false)
            }
            fn $reflected(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
                operate(vm, args, Binary::$operation, true)
            }
            $(fn $in_place(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
                operate_in_place(vm, args, Binary::$operation)
            })?
        )*
    };
}

binary! {
    add radd iadd => Add;
    sub rsub isub => Subtract;
    mul rmul imul => Multiply;
    truediv rtruediv => TrueDivide;
    floordiv rfloordiv => FloorDivide;
    modulo rmodulo => Modulo;
    pow rpow => Power;
    lshift rlshift => ShiftLeft;
    rshift rrshift => ShiftRight;
    and rand iand => And;
    or ror ior => Or;
    xor rxor ixor => Xor;
}

macro_rules! comparison {
    ($($name:ident $comparison:ident;)*) => {
        $(fn $name(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
            compare(vm, args, Comparison::$comparison)
        })*
    };
}

comparison! {
    lt Less;
    le LessEqual;
    eq Equal;
    ne NotEqual;
    gt Greater;
    ge GreaterEqual;
}

/// `__add__` and the like: NotImplemented where the other operand doesn't fit.
fn operate(vm: &mut Vm<'_>, args: Args, operation: Binary, reflected: bool) -> Outcome<Value> {
    let (own, other) = (vm.plain(vm.arg(args, 0)), vm.plain(vm.arg(args, 1)));
    if vm.kind(other) == kind::INSTANCE {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let result = if reflected { vm.binary(operation, other, own) } else { vm.binary(operation, own, other) };
    match result {
        Err(_) if vm.raised_is(Builtin::TypeError) => {
            vm.take_exception();
            Ok(Value::NOT_IMPLEMENTED)
        }
        result => result,
    }
}

fn operate_in_place(vm: &mut Vm<'_>, args: Args, operation: Binary) -> Outcome<Value> {
    let (own, other) = (vm.plain(vm.arg(args, 0)), vm.plain(vm.arg(args, 1)));
    vm.binary_any(operation, own, other, true)?;
    Ok(vm.arg(args, 0))
}

fn compare(vm: &mut Vm<'_>, args: Args, comparison: Comparison) -> Outcome<Value> {
    let (own, other) = (vm.plain(vm.arg(args, 0)), vm.plain(vm.arg(args, 1)));
    if vm.kind(other) == kind::INSTANCE {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let like = |vm: &Vm<'_>, value| match vm.builtin_type(value) {
        Builtin::FloatType | Builtin::BoolType => Builtin::IntType,
        Builtin::FrozensetType | Builtin::DictKeysType | Builtin::DictItemsType => Builtin::SetType,
        Builtin::BytearrayType => Builtin::BytesType,
        other => other,
    };
    if like(vm, own) != like(vm, other) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    vm.compare_value(comparison, own, other)
}

fn len(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let length = vm.length_of(vm.plain(vm.arg(args, 0)))?;
    vm.new_int(i64::from(length))
}

fn iter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.iter(vm.plain(vm.arg(args, 0)))
}

fn next(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    match vm.next(vm.arg(args, 0))? {
        Some(item) => Ok(item),
        None => vm.raise(Builtin::StopIteration, ""),
    }
}

fn contains(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (own, item) = (vm.plain(vm.arg(args, 0)), vm.arg(args, 1));
    vm.contains(own, item).map(Value::bool)
}

fn getitem(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    let (own, key) = (vm.plain(value), vm.arg(args, 1));
    if own != value && vm.is(own, kind::DICT) {
        // As the syntax does: `__missing__` is asked.
        if let Some(item) = vm.dict_get(own, key)? {
            return Ok(item);
        }
        let (value, key) = (vm.arg(args, 0), vm.arg(args, 1));
        if let Some(item) = vm.call_special(value, "__missing__", &[key])? {
            return Ok(item);
        }
        let key = vm.arg(args, 1);
        return vm.raise_value(Builtin::KeyError, key);
    }
    vm.get_item(own, key)
}

fn setitem(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (own, key, item) = (vm.plain(vm.arg(args, 0)), vm.arg(args, 1), vm.arg(args, 2));
    vm.set_item(own, key, item)?;
    Ok(Value::NONE)
}

fn delitem(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (own, key) = (vm.plain(vm.arg(args, 0)), vm.arg(args, 1));
    vm.delete_item(own, key)?;
    Ok(Value::NONE)
}

fn reversed(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let own = vm.plain(vm.arg(args, 0));
    vm.call1(Value::builtin(Builtin::ReversedType), own)
}

fn call_builtin(vm: &mut Vm<'_>, args: Args, builtin: Builtin) -> Outcome<Value> {
    let own = vm.plain(vm.arg(args, 0));
    vm.set(args.root(0), own);
    vm.call(Value::builtin(builtin), args)
}

fn hash(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::Hash)
}

fn repr(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if vm.held(value).is_some() { vm.repr_plainly(value) } else { vm.repr(value) }
}

fn str_(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::StrType)
}

fn format(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let spec = vm.arg(args, 1);
    if vm.kind(spec) == kind::STR && vm.length(spec) == 0 {
        // Nothing is asked for: what the value's own class has for text.
        return vm.str(vm.arg(args, 0));
    }
    call_builtin(vm, args, Builtin::Format)
}

fn int(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::IntType)
}

fn float(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::FloatType)
}

fn bool(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::BoolType)
}

fn abs(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::Abs)
}

fn round(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::Round)
}

fn floor(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::MathFloor)
}

fn ceil(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::MathCeil)
}

fn divmod(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    call_builtin(vm, args, Builtin::Divmod)
}

fn neg(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.negate(vm.plain(vm.arg(args, 0)))
}

fn pos(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.positive(vm.plain(vm.arg(args, 0)))
}

fn invert(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.invert(vm.plain(vm.arg(args, 0)))
}

fn call(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.call(vm.arg(args, 0), args.from(1))
}

fn get(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (function, instance) = (vm.arg(args, 0), vm.arg(args, 1));
    if instance == Value::NONE || instance.is_unbound() { Ok(function) } else { vm.bind(function, instance) }
}

/// `__init__` of a type whose values change: fills the value anew.
fn init(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let named = vm.take_keywords_given();
    let own = vm.plain(vm.arg(args, 0));
    let positional = if named { args.len() - 1 } else { args.len() };
    let (clear, fill) = match vm.builtin_type(own) {
        Builtin::ListType => ("clear", "extend"),
        Builtin::BytearrayType => ("clear", "extend"),
        Builtin::SetType => ("clear", "update"),
        _ => ("", "update"),
    };
    let own = vm.root(own)?;
    if !clear.is_empty()
        && let Some(method) = vm.get_attr_text(vm.get(own), clear)?
    {
        vm.call_values(method, &[])?;
    }
    for index in 1..args.len() {
        if index < positional || vm.builtin_type(vm.get(own)) == Builtin::DictType {
            let Some(method) = vm.get_attr_text(vm.get(own), fill)? else { break };
            let given = vm.arg(args, index);
            vm.call_values(method, &[given])?;
        }
    }
    Ok(Value::NONE)
}

use group as g;

/// Each special method and the types that have it.
pub(crate) static SPECIAL: &[(Native, u32)] = &parts([
    (Native::any_keywords("__init__", init, 1, 3), g::MUTABLE),
    (Native::new("__len__", len, 1, 1), g::CONTAINER),
    (Native::new("__iter__", iter, 1, 1), g::CONTAINER | g::ITERATOR),
    (Native::new("__next__", next, 1, 1), g::ITERATOR),
    (Native::new("__contains__", contains, 2, 2), g::CONTAINER),
    (Native::new("__getitem__", getitem, 2, 2), g::SEQUENCE | g::DICT),
    (Native::new("__setitem__", setitem, 3, 3), g::LIST | g::DICT | g::BYTEARRAY),
    (Native::new("__delitem__", delitem, 2, 2), g::LIST | g::DICT | g::BYTEARRAY),
    (Native::new("__reversed__", reversed, 1, 1), g::LIST | g::DICT | g::RANGE | g::VIEW),
    (Native::new("__lt__", lt, 2, 2), g::ORDERED),
    (Native::new("__le__", le, 2, 2), g::ORDERED),
    (Native::new("__eq__", eq, 2, 2), g::VALUE),
    (Native::new("__ne__", ne, 2, 2), g::VALUE),
    (Native::new("__gt__", gt, 2, 2), g::ORDERED),
    (Native::new("__ge__", ge, 2, 2), g::ORDERED),
    (Native::new("__hash__", hash, 1, 1), g::NUMBER | g::TEXT | g::BYTES | g::TUPLE | g::FROZENSET | g::RANGE),
    (Native::new("__repr__", repr, 1, 1), g::VALUE),
    (Native::new("__str__", str_, 1, 1), g::TEXT),
    (Native::new("__format__", format, 2, 2), g::NUMBER | g::TEXT),
    (Native::new("__add__", add, 2, 2), g::NUMBER | g::STRING | g::LIST | g::TUPLE),
    (Native::new("__radd__", radd, 2, 2), g::NUMBER),
    (Native::new("__iadd__", iadd, 2, 2), g::LIST | g::BYTEARRAY),
    (Native::new("__sub__", sub, 2, 2), g::NUMBER | g::SETS | g::VIEW),
    (Native::new("__rsub__", rsub, 2, 2), g::NUMBER | g::SETS | g::VIEW),
    (Native::new("__isub__", isub, 2, 2), g::SET),
    (Native::new("__mul__", mul, 2, 2), g::NUMBER | g::STRING | g::LIST | g::TUPLE),
    (Native::new("__rmul__", rmul, 2, 2), g::NUMBER | g::STRING | g::LIST | g::TUPLE),
    (Native::new("__imul__", imul, 2, 2), g::LIST | g::BYTEARRAY),
    (Native::new("__truediv__", truediv, 2, 2), g::NUMBER),
    (Native::new("__rtruediv__", rtruediv, 2, 2), g::NUMBER),
    (Native::new("__floordiv__", floordiv, 2, 2), g::NUMBER),
    (Native::new("__rfloordiv__", rfloordiv, 2, 2), g::NUMBER),
    (Native::new("__mod__", modulo, 2, 2), g::NUMBER | g::STRING),
    (Native::new("__rmod__", rmodulo, 2, 2), g::NUMBER),
    (Native::new("__pow__", pow, 2, 2), g::NUMBER),
    (Native::new("__rpow__", rpow, 2, 2), g::NUMBER),
    (Native::new("__lshift__", lshift, 2, 2), g::INT),
    (Native::new("__rlshift__", rlshift, 2, 2), g::INT),
    (Native::new("__rshift__", rshift, 2, 2), g::INT),
    (Native::new("__rrshift__", rrshift, 2, 2), g::INT),
    (Native::new("__and__", and, 2, 2), g::INT | g::SETS | g::VIEW),
    (Native::new("__rand__", rand, 2, 2), g::INT | g::SETS | g::VIEW),
    (Native::new("__iand__", iand, 2, 2), g::SET),
    (Native::new("__or__", or, 2, 2), g::INT | g::SETS | g::VIEW | g::DICT),
    (Native::new("__ror__", ror, 2, 2), g::INT | g::SETS | g::VIEW | g::DICT),
    (Native::new("__ior__", ior, 2, 2), g::SET | g::DICT),
    (Native::new("__xor__", xor, 2, 2), g::INT | g::SETS | g::VIEW),
    (Native::new("__rxor__", rxor, 2, 2), g::INT | g::SETS | g::VIEW),
    (Native::new("__ixor__", ixor, 2, 2), g::SET),
    (Native::new("__divmod__", divmod, 2, 2), g::NUMBER),
    (Native::new("__neg__", neg, 1, 1), g::NUMBER),
    (Native::new("__pos__", pos, 1, 1), g::NUMBER),
    (Native::new("__invert__", invert, 1, 1), g::INT),
    (Native::new("__abs__", abs, 1, 1), g::NUMBER),
    (Native::new("__round__", round, 1, 2), g::NUMBER),
    (Native::new("__floor__", floor, 1, 1), g::NUMBER),
    (Native::new("__ceil__", ceil, 1, 1), g::NUMBER),
    (Native::new("__trunc__", int, 1, 1), g::NUMBER),
    (Native::new("__int__", int, 1, 1), g::NUMBER),
    (Native::new("__index__", int, 1, 1), g::INT),
    (Native::new("__float__", float, 1, 1), g::NUMBER),
    (Native::new("__bool__", bool, 1, 1), g::NUMBER),
    (Native::new("__call__", call, 1, 255), g::CALLABLE),
    (Native::new("__get__", get, 2, 3), g::CALLABLE),
]);

/// All of them are of one part: classes that derive from builtin types are what calls them.
#[expect(clippy::indexing_slicing, reason = "of a constant, when compiling")]
const fn parts<const COUNT: usize>(mut table: [(Native, u32); COUNT]) -> [(Native, u32); COUNT] {
    let mut at = 0;
    while at < COUNT {
        table[at].0 = table[at].0.part_of(Feature::Classes);
        at += 1;
    }
    table
}
