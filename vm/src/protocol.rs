//! What Python's syntax and builtins ask of values: type, truth, equality, order, hash, length, items, iteration.
//!
//! Each method first serves builtin kinds (in `number`, `text`, `container`), then classes with the special methods.
//! They take and return plain values: whatever the caller wants to keep across the call it keeps in a root.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Line, Vm};
use core::fmt::Write as _;
use nano_wire::builtins::{Builtin, Category};
use nano_wire::value::{Value, header_kind};

/// A binary operation, in the order of the opcodes.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    TrueDivide,
    FloorDivide,
    Modulo,
    Power,
    MatrixMultiply,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
}

impl Binary {
    /// Special method, reflected method, in-place method, operator as messages show it.
    pub const fn names(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Add => ("__add__", "__radd__", "__iadd__", "+"),
            Self::Subtract => ("__sub__", "__rsub__", "__isub__", "-"),
            Self::Multiply => ("__mul__", "__rmul__", "__imul__", "*"),
            Self::TrueDivide => ("__truediv__", "__rtruediv__", "__itruediv__", "/"),
            Self::FloorDivide => ("__floordiv__", "__rfloordiv__", "__ifloordiv__", "//"),
            Self::Modulo => ("__mod__", "__rmod__", "__imod__", "%"),
            Self::Power => ("__pow__", "__rpow__", "__ipow__", "** or pow()"),
            Self::MatrixMultiply => ("__matmul__", "__rmatmul__", "__imatmul__", "@"),
            Self::ShiftLeft => ("__lshift__", "__rlshift__", "__ilshift__", "<<"),
            Self::ShiftRight => ("__rshift__", "__rrshift__", "__irshift__", ">>"),
            Self::And => ("__and__", "__rand__", "__iand__", "&"),
            Self::Or => ("__or__", "__ror__", "__ior__", "|"),
            Self::Xor => ("__xor__", "__rxor__", "__ixor__", "^"),
        }
    }
}

/// A comparison.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Comparison {
    Less,
    LessEqual,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// Special method, that of the swapped operands, operator as messages show it.
    pub const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Less => ("__lt__", "__gt__", "<"),
            Self::LessEqual => ("__le__", "__ge__", "<="),
            Self::Equal => ("__eq__", "__eq__", "=="),
            Self::NotEqual => ("__ne__", "__ne__", "!="),
            Self::Greater => ("__gt__", "__lt__", ">"),
            Self::GreaterEqual => ("__ge__", "__le__", ">="),
        }
    }

    /// Does an order satisfy it? `None` is "unordered" (a NaN).
    pub fn holds(self, order: Option<core::cmp::Ordering>) -> bool {
        use core::cmp::Ordering::{Equal, Greater, Less};
        match self {
            Self::Less => order == Some(Less),
            Self::LessEqual => matches!(order, Some(Less | Equal)),
            Self::Equal => order == Some(Equal),
            Self::NotEqual => order != Some(Equal),
            Self::Greater => order == Some(Greater),
            Self::GreaterEqual => matches!(order, Some(Greater | Equal)),
        }
    }
}

impl Vm<'_> {
    /// The builtin type that a value's representation belongs to; for instances of classes, `object` or the builtin
    /// exception or type their class derives from is *not* looked up: it is `ObjectType`.
    pub fn builtin_type(&self, value: Value) -> Builtin {
        if value.is_small() {
            return Builtin::IntType;
        }
        if let Some(builtin) = value.as_builtin() {
            return match builtin.category() {
                Category::Constant => match builtin {
                    Builtin::None => Builtin::NoneTypeType,
                    Builtin::False | Builtin::True => Builtin::BoolType,
                    Builtin::Ellipsis => Builtin::EllipsisType,
                    _ => Builtin::NotImplementedTypeType,
                },
                Category::Type | Category::HiddenType | Category::Exception(_) => Builtin::TypeType,
                Category::Module => Builtin::ModuleType,
                Category::Function | Category::Member(_) => Builtin::BuiltinFunctionType,
            };
        }
        if value.as_method().is_some() {
            return Builtin::MethodDescriptorType;
        }
        match self.kind(value) {
            kind::FLOAT => Builtin::FloatType,
            kind::BIG_INT => Builtin::IntType,
            kind::STR => Builtin::StrType,
            kind::BYTES => Builtin::BytesType,
            kind::TUPLE => Builtin::TupleType,
            kind::LIST => Builtin::ListType,
            kind::DICT => Builtin::DictType,
            kind::SET => Builtin::SetType,
            kind::FROZENSET => Builtin::FrozensetType,
            kind::BYTEARRAY => Builtin::BytearrayType,
            kind::RANGE => Builtin::RangeType,
            kind::SLICE => Builtin::SliceType,
            kind::FUNCTION => Builtin::FunctionType,
            kind::BOUND_METHOD => {
                if self.is(self.field(value, 0), kind::FUNCTION) {
                    Builtin::MethodType
                } else {
                    Builtin::BuiltinFunctionType
                }
            }
            kind::CELL => Builtin::CellType,
            kind::GENERATOR => Builtin::GeneratorType,
            kind::CLASS => Builtin::TypeType,
            kind::EXCEPTION => self.field(value, 0).as_builtin().unwrap_or(Builtin::ObjectType),
            kind::ITERATOR | kind::DICT_VIEW => self.field(value, 0).as_builtin().unwrap_or(Builtin::ObjectType),
            kind::MODULE => Builtin::ModuleType,
            kind::PROPERTY => Builtin::PropertyType,
            kind::STATIC_METHOD => Builtin::StaticmethodType,
            kind::CLASS_METHOD => Builtin::ClassmethodType,
            kind::SUPER => Builtin::SuperType,
            _ => Builtin::ObjectType,
        }
    }

    /// `type(value)`: a builtin type or a CLASS object.
    pub fn type_of(&self, value: Value) -> Value {
        match self.kind(value) {
            kind::INSTANCE | kind::EXCEPTION => self.field(value, 0),
            _ => Value::builtin(self.builtin_type(value)),
        }
    }

    /// Name of a value's type, for messages.
    pub fn type_name(&self, value: Value) -> Line {
        self.class_name(self.type_of(value))
    }

    /// Name of a class, for messages.
    pub fn class_name(&self, class: Value) -> Line {
        let mut line = Line::default();
        let _ = match class.as_builtin() {
            Some(builtin) => line.write_str(builtin.name()),
            None if self.is(class, kind::CLASS) => line.write_str(self.text(self.field(class, 0))),
            None => line.write_str("object"),
        };
        line
    }

    /// Truth of a value.
    #[inline]
    pub fn truth(&mut self, value: Value) -> Outcome<bool> {
        if value.is_small() {
            return Ok(value.as_small() != 0);
        }
        if value == Value::TRUE {
            return Ok(true);
        }
        if value == Value::FALSE || value == Value::NONE {
            return Ok(false);
        }
        self.truth_of_object(value)
    }

    #[inline(never)]
    fn truth_of_object(&mut self, value: Value) -> Outcome<bool> {
        Ok(match self.kind(value) {
            kind::FLOAT => self.float(value) != 0.0,
            kind::STR | kind::BYTES | kind::TUPLE => header_kind(self.header(value)) != 255 && self.length(value) != 0,
            kind::LIST | kind::DICT | kind::SET | kind::FROZENSET | kind::BYTEARRAY => self.number(value, 0) != 0,
            kind::RANGE => self.field(value, 3) != Value::small_unchecked(0),
            kind::DICT_VIEW => self.number(self.field(value, 1), 0) != 0,
            kind::INSTANCE => return self.truth_of_instance(value),
            _ => true,
        })
    }

    /// Calls `callable` with arguments that are roots already. The one way from native code into Python.
    pub fn call(&mut self, callable: Value, args: Args) -> Outcome<Value> {
        self.call_value(callable, args)
    }

    /// Calls with one argument.
    pub fn call1(&mut self, callable: Value, argument: Value) -> Outcome<Value> {
        self.call_values(callable, &[argument])
    }

    /// Calls with these arguments (at most 4; they are made roots here).
    pub fn call_values(&mut self, callable: Value, arguments: &[Value]) -> Outcome<Value> {
        let mark = self.mark();
        let mut all = [callable; 5];
        for (place, argument) in all.iter_mut().skip(1).zip(arguments) {
            *place = *argument;
        }
        let args = self.root_all(all.get(..=arguments.len()).unwrap_or(&all))?;
        let result = self.call(self.arg(args, 0), args.from(1));
        self.release(mark);
        result
    }
}

/// Placeholders of the interpreter's half while it is being written.
impl Vm<'_> {
    fn call_value(&mut self, callable: Value, args: Args) -> Outcome<Value> {
        let _ = (callable, args);
        Ok(Value::NONE)
    }

    fn truth_of_instance(&mut self, value: Value) -> Outcome<bool> {
        let _ = value;
        Ok(true)
    }

    pub(crate) fn raise_value<T>(&mut self, class: Builtin, argument: Value) -> Outcome<T> {
        let _ = (class, argument);
        Err(crate::error::Raise)
    }

    /// `a == b`.
    pub fn equal(&mut self, a: Value, b: Value) -> Outcome<bool> {
        Ok(a == b)
    }

    /// Truth of `a <comparison> b`.
    pub fn compare(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<bool> {
        let _ = (comparison, a, b);
        Ok(false)
    }

    /// Hash for dicts and sets; TypeError where the value has none.
    pub fn hash(&mut self, value: Value) -> Outcome<u32> {
        let _ = value;
        Ok(0)
    }

    /// `len(value)`.
    pub fn length_of(&mut self, value: Value) -> Outcome<u32> {
        let _ = value;
        Ok(0)
    }

    /// `iter(value)`.
    pub fn iter(&mut self, value: Value) -> Outcome<Value> {
        Ok(value)
    }

    /// Next item of an iterator of any kind; `None` at its end.
    pub fn next(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let _ = iterator;
        Ok(None)
    }

    /// `value[key]`.
    pub fn get_item(&mut self, value: Value, key: Value) -> Outcome<Value> {
        let _ = (value, key);
        Ok(Value::NONE)
    }

    /// `a <operation> b`.
    pub fn binary(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Value> {
        let _ = (operation, a, b);
        Ok(Value::NONE)
    }

    /// `value.name` (name: a str object); AttributeError where there is none.
    pub fn get_attr(&mut self, value: Value, name: Value) -> Outcome<Value> {
        let _ = (value, name);
        Ok(Value::NONE)
    }

    /// The special method `name` of a value's class, bound; `None`: it has none. Only classes made by the program
    /// (and classes derived from builtin types) are asked; builtin kinds give `None`.
    pub fn special(&mut self, value: Value, name: &str) -> Outcome<Option<Value>> {
        let _ = (value, name);
        Ok(None)
    }
}
