//! What Python's syntax and builtins ask of values: type, truth, equality, order, hash, length, items, iteration.
//!
//! Each method first serves builtin kinds (in `number`, `text`, `container`), then classes with the special methods.
//! They take and return plain values: whatever the caller wants to keep across the call it keeps in a root.

use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::operand::is_sequence;
use crate::vm::{Args, Line, Vm};
use core::fmt::Write as _;
use nano_wire::builtins::{Builtin, Category};
use nano_wire::features::Feature;
use nano_wire::value::{Value, header_kind, header_length};

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

/// The type of each kind's objects, where it is one.
#[allow(clippy::indexing_slicing, reason = "computed when this is compiled")]
const TYPES: [Option<Builtin>; 29] = {
    let mut types = [None; 29];
    let of = [
        (kind::FLOAT, Builtin::FloatType),
        (kind::BIG_INT, Builtin::IntType),
        (kind::STR, Builtin::StrType),
        (kind::BYTES, Builtin::BytesType),
        (kind::TUPLE, Builtin::TupleType),
        (kind::LIST, Builtin::ListType),
        (kind::DICT, Builtin::DictType),
        (kind::SET, Builtin::SetType),
        (kind::FROZENSET, Builtin::FrozensetType),
        (kind::BYTEARRAY, Builtin::BytearrayType),
        (kind::RANGE, Builtin::RangeType),
        (kind::SLICE, Builtin::SliceType),
        (kind::FUNCTION, Builtin::FunctionType),
        (kind::CELL, Builtin::CellType),
        (kind::CLASS, Builtin::TypeType),
        (kind::MODULE, Builtin::ModuleType),
        (kind::PROPERTY, Builtin::PropertyType),
        (kind::STATIC_METHOD, Builtin::StaticmethodType),
        (kind::CLASS_METHOD, Builtin::ClassmethodType),
        (kind::SUPER, Builtin::SuperType),
        (kind::UNION, Builtin::UnionType),
    ];
    let mut at = 0;
    while at < of.len() {
        types[of[at].0 as usize] = Some(of[at].1);
        at += 1;
    }
    types
};

/// The type of all objects of a kind, where it is one.
#[inline]
pub(crate) fn type_of_kind(kind: u8) -> Option<Builtin> {
    TYPES.get(usize::from(kind)).copied().flatten()
}

impl Vm<'_> {
    /// The builtin type that a value's representation belongs to; for instances of classes, `object` or the builtin
    /// exception or type their class derives from is *not* looked up: it is `ObjectType`.
    #[inline]
    pub fn builtin_type(&self, value: Value) -> Builtin {
        if value.is_small() {
            return Builtin::IntType;
        }
        if !value.is_object() {
            return Self::builtin_type_of_immediate(value);
        }
        self.builtin_type_of_object(value)
    }

    #[inline(never)]
    fn builtin_type_of_immediate(value: Value) -> Builtin {
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
        Builtin::ObjectType
    }

    #[inline]
    fn builtin_type_of_object(&self, value: Value) -> Builtin {
        let kind = self.kind(value);
        match type_of_kind(kind) {
            Some(found) => found,
            None => self.builtin_type_of_one(value, kind),
        }
    }

    /// Of the kinds whose objects are of several types.
    #[inline(never)]
    fn builtin_type_of_one(&self, value: Value, kind: u8) -> Builtin {
        match kind {
            kind::BOUND_METHOD if self.is(self.field(value, 0), kind::FUNCTION) => Builtin::MethodType,
            kind::BOUND_METHOD => Builtin::BuiltinFunctionType,
            kind::GENERATOR if self.is_coroutine(value) => Builtin::CoroutineType,
            kind::GENERATOR => Builtin::GeneratorType,
            kind::EXCEPTION | kind::ITERATOR | kind::DICT_VIEW => {
                self.field(value, 0).as_builtin().unwrap_or(Builtin::ObjectType)
            }
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
            kind::INSTANCE | kind::EXCEPTION => return self.truth_of_instance(value),
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
}

impl Vm<'_> {
    fn truth_of_instance(&mut self, value: Value) -> Outcome<bool> {
        let value = self.root(value)?;
        let result = if let Some(answer) = self.call_special(self.get(value), "__bool__", &[])? {
            if answer == Value::TRUE || answer == Value::FALSE {
                Ok(answer == Value::TRUE)
            } else {
                self.raise_type("__bool__ should return bool, returned {}", answer)
            }
        } else if self.held(self.get(value)).is_none_or(|held| !self.is_integer(held) && self.kind(held) != kind::FLOAT)
            && self.lookup_defined_text(self.type_of(self.get(value)), "__len__").is_some()
        {
            self.length_of(self.get(value)).map(|length| length != 0)
        } else if let Some(held) = self.held(self.get(value)) {
            self.truth(held)
        } else {
            Ok(true)
        };
        self.release(value.0);
        result
    }

    /// What a class's own `__repr__` or `__str__` gives for a value; `None`: it has none, or is passed over.
    pub(crate) fn own_text(&mut self, value: Value, method: &str) -> Outcome<Option<Value>> {
        if core::mem::take(&mut self.plainly) {
            return Ok(None);
        }
        self.call_special(value, method, &[])
    }

    /// `object.__repr__(value)` and, of an exception, `BaseException.__repr__`: what `repr` does without `__repr__`.
    pub(crate) fn repr_plainly(&mut self, value: Value) -> Outcome<Value> {
        self.plainly = true;
        let result = self.repr(value);
        self.plainly = false;
        result
    }

    /// `BaseException.__str__(value)`: what `str` does without `__str__`.
    pub(crate) fn str_plainly(&mut self, value: Value) -> Outcome<Value> {
        self.plainly = true;
        let result = self.str(value);
        self.plainly = false;
        result
    }

    /// Counts one level of native recursion (nested data); RecursionError beyond the limit. [`Vm::unnest`] undoes it.
    pub fn nest(&mut self) -> Outcome<()> {
        if self.native_depth >= self.limits.native_depth {
            return self.raise(Builtin::RecursionError, "maximum recursion depth exceeded");
        }
        self.native_depth += 1;
        Ok(())
    }

    /// Leaves a level of native recursion. (Not needed on the way out with an error: the interpreter resets the count.)
    pub fn unnest(&mut self) {
        self.native_depth = self.native_depth.saturating_sub(1);
    }

    /// Are two str equal? `None`: they aren't both str.
    #[inline]
    pub(crate) fn same_strings(&self, a: Value, b: Value) -> Option<bool> {
        if a.is_letter() && b.is_letter() {
            return Some(a == b);
        }
        if !a.is_object() || !b.is_object() {
            return None;
        }
        let (x, y) = (self.header(a), self.header(b));
        if header_kind(x) != kind::STR || header_kind(y) != kind::STR {
            return None;
        }
        // Text is padded with zeros, so the first words decide most often.
        let length = header_length(x);
        let same_rest = || {
            self.note_compared(length as usize);
            self.bytes(a) == self.bytes(b)
        };
        let same_words = || self.word(a, 1) == self.word(b, 1) && (length <= 4 || same_rest());
        Some(a == b || (x == y && (length == 0 || same_words())))
    }

    /// `a == b`.
    #[inline]
    pub fn equal(&mut self, a: Value, b: Value) -> Outcome<bool> {
        if a.is_small() && b.is_small() {
            return Ok(a == b);
        }
        if let Some(same) = self.same_strings(a, b) {
            return Ok(same);
        }
        self.compare(Comparison::Equal, a, b)
    }

    /// Truth of `a <comparison> b`.
    pub fn compare(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<bool> {
        let result = self.compare_value(comparison, a, b)?;
        self.truth(result)
    }

    /// `a <comparison> b`: usually True or False, but a class's method may give anything.
    pub fn compare_value(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<Value> {
        let (ka, kb) = (self.kind(a), self.kind(b));
        if ka == kind::INSTANCE || kb == kind::INSTANCE || ka == kind::EXCEPTION || kb == kind::EXCEPTION {
            return self.compare_instances(comparison, a, b);
        }
        self.compare_plainly(comparison, a, b, (a, b))
    }

    /// The same of builtin values; where they have no such order, a message names the types of what they stand for.
    fn compare_plainly(&mut self, comparison: Comparison, a: Value, b: Value, named: (Value, Value)) -> Outcome<Value> {
        if let Some(order) = self.compare_number(a, b) {
            return Ok(Value::bool(comparison.holds(order)));
        }
        if let Some(order) = self.compare_text(a, b) {
            return Ok(Value::bool(comparison.holds(Some(order))));
        }
        let mark = self.mark();
        let named = self.root2(named.0, named.1)?;
        self.nest()?;
        let answer = match comparison {
            Comparison::Equal => self.equal_container(a, b)?.map(Value::bool),
            Comparison::NotEqual => self.equal_container(a, b)?.map(|equal| Value::bool(!equal)),
            _ => self.compare_container(comparison, a, b)?,
        };
        self.unnest();
        let (a, b) = (self.get(named.0), self.get(named.1));
        self.release(mark);
        match answer {
            Some(answer) => Ok(answer),
            None => self.compare_by_identity(comparison, a, b),
        }
    }

    fn compare_by_identity(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<Value> {
        let same = a == b
            || (self.is(a, kind::BOUND_METHOD)
                && self.is(b, kind::BOUND_METHOD)
                && self.field(a, 0) == self.field(b, 0)
                && self.field(a, 1) == self.field(b, 1));
        match comparison {
            Comparison::Equal => Ok(Value::bool(same)),
            Comparison::NotEqual => Ok(Value::bool(!same)),
            _ => {
                let (left, right) = (self.type_name(a), self.type_name(b));
                let operator = comparison.names().2;
                self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("'{operator}' not supported between instances of '{left}' and '{right}'"),
                )
            }
        }
    }

    fn compare_instances(&mut self, comparison: Comparison, a: Value, b: Value) -> Outcome<Value> {
        let mark = self.mark();
        let (a, b) = self.root2(a, b)?;
        let (name, swapped, _) = comparison.names();
        let (class_a, class_b) = (self.type_of(self.get(a)), self.type_of(self.get(b)));
        let right_first =
            class_a != class_b && self.is_subclass(class_b, class_a) && class_a != Value::builtin(Builtin::ObjectType);
        // Methods that gave no answer; they stand before what the builtin type of a holder would have said.
        let mut silent = 0;
        for turn in 0..2 {
            let (own, other, name) = if (turn == 0) == right_first { (b, a, swapped) } else { (a, b, name) };
            let given = self.get(other);
            let mut answer = self.call_special(self.get(own), name, &[given])?;
            if answer.is_none() && comparison == Comparison::NotEqual {
                // As `object.__ne__`: the opposite of `__eq__`. A builtin type that it holds has one of its own.
                let (own, other) = (self.get(own), self.get(other));
                if self.held(own).is_none() {
                    answer = self.call_special(own, "__eq__", &[other])?;
                }
                if let Some(equal) = answer
                    && equal != Value::NOT_IMPLEMENTED
                {
                    self.release(mark);
                    return Ok(Value::bool(!self.truth(equal)?));
                }
            }
            match answer {
                Some(Value::NOT_IMPLEMENTED) => silent += 1,
                Some(answer) => {
                    self.release(mark);
                    return Ok(answer);
                }
                None => {}
            }
        }
        let (a, b) = (self.get(a), self.get(b));
        self.release(mark);
        let (plain_a, plain_b) = (self.plain(a), self.plain(b));
        if silent < 2 && (plain_a != a || plain_b != b) {
            return self.compare_plainly(comparison, plain_a, plain_b, (a, b));
        }
        self.compare_by_identity(comparison, a, b)
    }

    /// `hash(value)`, 64 bits as CPython's; TypeError where the value has none.
    pub fn hash(&mut self, value: Value) -> Outcome<i64> {
        if let Some(hash) = self.pure_hash(value, 0) {
            return Ok(hash.cast_signed());
        }
        let hash = match self.kind(value) {
            kind::BYTES => {
                self.work(self.length(value) / 4)?;
                nano_wire::value::hash_bytes(self.bytes(value))
            }
            kind::INSTANCE | kind::EXCEPTION => return self.hash_instance(value),
            kind::FUNCTION => self.number(value, 0).wrapping_mul(0x9E37_79B1) >> 1,
            kind::CLASS => nano_wire::value::hash_bytes(self.bytes(self.field(value, 0))),
            kind::BOUND_METHOD => {
                // As they are compared: by which object it is, whatever that equals.
                let receiver = self.field(value, 1);
                if receiver.is_arena() { self.number_of(receiver)? } else { receiver.0 }
            }
            kind => {
                if let Some(hash) = self.hash_container(value)? {
                    return Ok(hash);
                }
                if value.is_arena() { self.number_of(value)? } else { 0x1234_5678 + u32::from(kind) }
            }
        };
        Ok(i64::from(hash))
    }

    fn hash_instance(&mut self, value: Value) -> Outcome<i64> {
        let class = self.type_of(value);
        if let Some(hash) = self.lookup_defined_text(class, "__hash__") {
            if hash == Value::NONE {
                return self.unhashable(value);
            }
            let answer = self.call_special(value, "__hash__", &[])?.unwrap_or(Value::NONE);
            let answer = self.plain(answer);
            if !self.is_integer(answer) {
                return self.raise(Builtin::TypeError, "__hash__ method should return an integer");
            }
            return Ok(match self.to_i64(answer) {
                Some(-1) => -2,
                Some(hash) => hash,
                None => self.number_python_hash(answer).unwrap_or(0),
            });
        }
        if self.lookup_defined_text(class, "__eq__").is_some() {
            // A slot is a descriptor of the class.
            if self.is_declared_slot(class, "__hash__")
                && let Some(function) = self.get_attr_text(value, "__hash__")?
            {
                let answer = self.call(function, Args { base: self.sp, count: 0 })?;
                return self.hash(answer);
            }
            return self.unhashable(value);
        }
        if let Some(held) = self.held(value) {
            if matches!(self.kind(held), kind::LIST | kind::DICT | kind::SET | kind::BYTEARRAY) {
                return self.unhashable(value);
            }
            return self.hash(held);
        }
        self.number_of(value).map(i64::from)
    }

    /// `len(value)`.
    pub fn length_of(&mut self, value: Value) -> Outcome<u32> {
        if let Some(length) = self.length_container(value) {
            return Ok(length);
        }
        if let Some(length) = self.length_text(value) {
            return Ok(length);
        }
        let kept = self.root(value)?;
        if let Some(answer) = self.call_special(value, "__len__", &[])? {
            self.release(kept.0);
            return match self.index_of(answer)? {
                Some(i64::MAX) => self.raise(Builtin::OverflowError, "cannot fit 'int' into an index-sized integer"),
                Some(length) if length >= 0 => Ok(u32::try_from(length).unwrap_or(u32::MAX)),
                Some(_) => self.raise(Builtin::ValueError, "__len__() should return >= 0"),
                None => self.raise_type("'{}' object cannot be interpreted as an integer", answer),
            };
        }
        let value = self.get(kept);
        self.release(kept.0);
        if let Some(held) = self.held(value)
            && !self.is_integer(held)
            && self.kind(held) != kind::FLOAT
        {
            return self.length_of(held);
        }
        if let Some(length) = self.call_meta(value, "__class_len__", &[])? {
            return Ok(self.index_of(length)?.unwrap_or(0) as u32);
        }
        self.raise_type("object of type '{}' has no len()", value)
    }

    /// A class that has None for this method says that its objects are not what the method makes them.
    pub(crate) fn refuse_none(&mut self, value: Value, method: &str, what: &str) -> Outcome<()> {
        if self.kind(value) == kind::INSTANCE
            && self.lookup_defined_text(self.field(value, 0), method) == Some(Value::NONE)
        {
            let name = self.type_name(value);
            return self.raise_fmt(Builtin::TypeError, format_args!("'{name}' object is not {what}"));
        }
        Ok(())
    }

    /// `iter(value)`.
    #[expect(clippy::iter_not_returning_iterator, reason = "Python's iter(), on values of Python")]
    pub fn iter(&mut self, value: Value) -> Outcome<Value> {
        if self.is(value, kind::GENERATOR) && !self.is_coroutine(value) {
            return Ok(value);
        }
        let kept = self.root(value)?;
        if let Some(iterator) = self.iter_builtin(value)? {
            self.release(kept.0);
            return Ok(iterator);
        }
        self.refuse_none(value, "__iter__", "iterable")?;
        if let Some(iterator) = self.call_special(self.get(kept), "__iter__", &[])? {
            self.release(kept.0);
            let class = self.type_of(iterator);
            let fine = match self.kind(iterator) {
                kind::GENERATOR | kind::ITERATOR => true,
                _ => self.lookup_defined_text(class, "__next__").is_some(),
            };
            if !fine {
                let name = self.class_name(class);
                return self
                    .raise_fmt(Builtin::TypeError, format_args!("iter() returned non-iterator of type '{name}'"));
            }
            return Ok(iterator);
        }
        let value = self.get(kept);
        self.release(kept.0);
        let class = self.type_of(value);
        // A subclass of a builtin container inherits how that is walked, whatever its `__getitem__` does.
        if let Some(held) = self.held(value)
            && !self.is_integer(held)
            && self.kind(held) != kind::FLOAT
        {
            return self.iter(held);
        }
        if self.lookup_defined_text(class, "__getitem__").is_some()
            && self.lookup_defined_text(class, "__iter__").is_none()
        {
            return self.new_iterator(Builtin::SequenceIteratorType, value);
        }
        if self.is(value, kind::CLASS) {
            let kept = self.root(value)?;
            if let Some(iterator) = self.call_meta(value, "__class_iter__", &[])? {
                self.release(kept.0);
                return Ok(iterator);
            }
            return self.raise_type("'{}' object is not iterable", self.get(kept));
        }
        self.raise_type("'{}' object is not iterable", value)
    }

    /// An ITERATOR of a builtin type over a source, at position 0.
    pub(crate) fn new_iterator(&mut self, iterator_type: Builtin, source: Value) -> Outcome<Value> {
        let source = self.root(source)?;
        let object = self.alloc(kind::ITERATOR, 4)?;
        self.set_field(object, 0, Value::builtin(iterator_type));
        self.set_field(object, 1, self.get(source));
        self.set_number(object, 2, 0);
        self.release(source.0);
        Ok(object)
    }

    /// Next item of an iterator of any kind; `None` at its end.
    #[inline]
    pub fn next(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        match self.kind(iterator) {
            kind::ITERATOR => match self.next_builtin(iterator) {
                Err(_) if self.raised_is(Builtin::StopIteration) => {
                    // What `map` calls may end the iteration.
                    self.take_exception();
                    Ok(None)
                }
                result => result,
            },
            kind::GENERATOR => self.generator_next(iterator),
            _ => self.next_of_instance(iterator),
        }
    }

    #[inline(never)]
    fn next_of_instance(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let kept = self.root(iterator)?;
        let result = self.call_special(iterator, "__next__", &[]);
        let iterator = self.get(kept);
        self.release(kept.0);
        match result {
            Ok(Some(item)) => Ok(Some(item)),
            Ok(None) => self.raise_type("'{}' object is not an iterator", iterator),
            Err(_) if self.raised_is(Builtin::StopIteration) => {
                self.take_exception();
                Ok(None)
            }
            Err(raise) => Err(raise),
        }
    }

    /// `value[key]`.
    pub fn get_item(&mut self, value: Value, key: Value) -> Outcome<Value> {
        let kept = self.root2(value, key)?;
        if let Some(item) = self.get_item_container(value, key)? {
            self.release(kept.0.0);
            return Ok(item);
        }
        let (value, key) = (self.get(kept.0), self.get(kept.1));
        if let Some(item) = self.get_item_text(value, key)? {
            self.release(kept.0.0);
            return Ok(item);
        }
        let (value, key) = (self.get(kept.0), self.get(kept.1));
        if let Some(item) = self.call_special(value, "__getitem__", &[key])? {
            self.release(kept.0.0);
            return Ok(item);
        }
        let (value, key) = (self.get(kept.0), self.get(kept.1));
        if let Some(held) = self.held(value)
            && !self.is_integer(held)
            && !matches!(self.kind(held), kind::FLOAT | kind::SET | kind::FROZENSET)
        {
            return self.get_item_of_holder(kept.0, held, key);
        }
        self.release(kept.0.0);
        if self.is(value, kind::CLASS) {
            if let Some(function) = self.lookup_defined_text(value, "__class_getitem__") {
                let function = if self.is(function, kind::CLASS_METHOD) { self.field(function, 0) } else { function };
                return self.call_values(function, &[value, key]);
            }
            if let Some(Builtin::ListType | Builtin::DictType | Builtin::TupleType | Builtin::SetType) =
                self.field(value, crate::class::field::BASE).as_builtin()
            {
                return Ok(value);
            }
            let name = self.class_name(value);
            return self.raise_fmt(Builtin::TypeError, format_args!("type '{name}' is not subscriptable"));
        }
        if let Some(builtin) = value.as_builtin().filter(|builtin| builtin.is_type()) {
            if matches!(
                builtin,
                Builtin::ListType
                    | Builtin::DictType
                    | Builtin::TupleType
                    | Builtin::SetType
                    | Builtin::FrozensetType
                    | Builtin::TypeType
            ) {
                // `list[int]` in an annotation or a default: the parameters mean nothing when running.
                return Ok(value);
            }
            let name = builtin.name();
            return self.raise_fmt(Builtin::TypeError, format_args!("type '{name}' is not subscriptable"));
        }
        self.raise_type("'{}' object is not subscriptable", value)
    }

    /// An item of the value that an instance holds; a dict's `__missing__` is asked where there is none.
    fn get_item_of_holder(&mut self, holder: crate::vm::Root, held: Value, key: Value) -> Outcome<Value> {
        if self.is(held, kind::DICT) {
            let key = self.root(key)?;
            let (held, key_value) = (held, self.get(key));
            if let Some(item) = self.dict_get(held, key_value)? {
                self.release(holder.0);
                return Ok(item);
            }
            let key_value = self.get(key);
            if let Some(item) = self.call_special(self.get(holder), "__missing__", &[key_value])? {
                self.release(holder.0);
                return Ok(item);
            }
            let key_value = self.get(key);
            self.release(holder.0);
            return self.raise_value(Builtin::KeyError, key_value);
        }
        self.release(holder.0);
        self.get_item(held, key)
    }

    /// `value[start:stop]`.
    pub(crate) fn get_slice(&mut self, value: Value, start: Value, stop: Value) -> Outcome<Value> {
        let (value, start, stop) = self.root3(value, start, stop)?;
        let (v, a, b) = (self.get(value), self.get(start), self.get(stop));
        if let Some(part) = self.get_slice_text(v, a, b, Value::NONE)? {
            self.release(value.0);
            return Ok(part);
        }
        let (v, a, b) = (self.get(value), self.get(start), self.get(stop));
        if let Some(part) = self.get_slice_container(v, a, b, Value::NONE)? {
            self.release(value.0);
            return Ok(part);
        }
        let slice = self.new_slice(start, stop, None)?;
        let result = self.get_item(self.get(value), slice);
        self.release(value.0);
        result
    }

    /// A slice object of roots.
    pub(crate) fn new_slice(
        &mut self,
        start: crate::vm::Root,
        stop: crate::vm::Root,
        step: Option<crate::vm::Root>,
    ) -> Outcome<Value> {
        self.must_have(Feature::Slices)?;
        let object = self.alloc(kind::SLICE, 3)?;
        self.set_field(object, 0, self.get(start));
        self.set_field(object, 1, self.get(stop));
        self.set_field(object, 2, step.map_or(Value::NONE, |step| self.get(step)));
        Ok(object)
    }

    /// `value[key] = item`.
    pub fn set_item(&mut self, value: Value, key: Value, item: Value) -> Outcome<()> {
        let kept = self.root3(value, key, item)?;
        if self.set_item_container(value, key, item)? {
            self.release(kept.0.0);
            return Ok(());
        }
        let (value, key, item) = (self.get(kept.0), self.get(kept.1), self.get(kept.2));
        if self.call_special(value, "__setitem__", &[key, item])?.is_some() {
            self.release(kept.0.0);
            return Ok(());
        }
        if let Some(held) = self.held(self.get(kept.0)) {
            let (key, item) = (self.get(kept.1), self.get(kept.2));
            self.release(kept.0.0);
            return self.set_item(held, key, item);
        }
        self.raise_type("'{}' object does not support item assignment", self.get(kept.0))
    }

    /// `del value[key]`.
    pub fn delete_item(&mut self, value: Value, key: Value) -> Outcome<()> {
        let kept = self.root2(value, key)?;
        if self.delete_item_container(value, key)? {
            self.release(kept.0.0);
            return Ok(());
        }
        let (value, key) = (self.get(kept.0), self.get(kept.1));
        if self.call_special(value, "__delitem__", &[key])?.is_some() {
            self.release(kept.0.0);
            return Ok(());
        }
        if let Some(held) = self.held(self.get(kept.0)) {
            let key = self.get(kept.1);
            self.release(kept.0.0);
            return self.delete_item(held, key);
        }
        let (value, key) = (self.get(kept.0), self.get(kept.1));
        let name = self.type_name(value);
        let is_sequence = !value.is_small() && !matches!(self.kind(value), kind::FLOAT | kind::BIG_INT | 255);
        let verb = if is_sequence && self.is_integer(key) { "doesn't" } else { "does not" };
        self.raise_fmt(Builtin::TypeError, format_args!("'{name}' object {verb} support item deletion"))
    }

    /// `item in container`.
    pub fn contains(&mut self, container: Value, item: Value) -> Outcome<bool> {
        if let Some(found) = self.contains_plain(container, item) {
            return Ok(found);
        }
        let kept = self.root2(container, item)?;
        let found = match self.contains_container(container, item)? {
            Some(found) => found,
            None => {
                let (container, item) = (self.get(kept.0), self.get(kept.1));
                match self.contains_text(container, item)? {
                    Some(found) => found,
                    None => {
                        let (container, item) = (self.get(kept.0), self.get(kept.1));
                        self.refuse_none(container, "__contains__", "a container")?;
                        match self.call_special(container, "__contains__", &[item])? {
                            Some(answer) => self.truth(answer)?,
                            None => self.contains_by_iteration(kept.0, kept.1)?,
                        }
                    }
                }
            }
        };
        self.release(kept.0.0);
        Ok(found)
    }

    fn contains_by_iteration(&mut self, container: crate::vm::Root, item: crate::vm::Root) -> Outcome<bool> {
        let value = self.get(container);
        // A subclass of a builtin container inherits that one's `__contains__`.
        if let Some(held) = self.held(value)
            && !self.is_integer(held)
            && self.kind(held) != kind::FLOAT
        {
            let wanted = self.get(item);
            return self.contains(held, wanted);
        }
        let class = self.type_of(value);
        let walkable = matches!(self.kind(value), kind::GENERATOR | kind::ITERATOR)
            || self.lookup_defined_text(class, "__iter__").is_some()
            || self.lookup_defined_text(class, "__getitem__").is_some();
        if !walkable {
            let wanted = self.get(item);
            if let Some(answer) = self.call_meta(value, "__class_contains__", &[wanted])? {
                return self.truth(answer);
            }
            let value = self.get(container);
            return self.raise_type("argument of type '{}' is not iterable", value);
        }
        let name = self.type_name(value);
        let iterator = match self.iter(value) {
            Err(_) if self.caught(Builtin::TypeError) => {
                return self.raise_fmt(Builtin::TypeError, format_args!("argument of type '{name}' is not iterable"));
            }
            iterator => iterator?,
        };
        let iterator = self.root(iterator)?;
        while let Some(found) = self.next(self.get(iterator))? {
            let wanted = self.get(item);
            if found == wanted || self.equal(found, wanted)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `a <operation> b`.
    pub fn binary(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Value> {
        self.binary_any(operation, a, b, false)
    }

    /// `a <operation> b` or `a <operation>= b`.
    pub(crate) fn binary_any(&mut self, operation: Binary, a: Value, b: Value, in_place: bool) -> Outcome<Value> {
        if self.kind(a) == kind::STR
            && self.kind(b) == kind::STR
            && let Some(result) = self.binary_text(operation, a, b)?
        {
            return Ok(result);
        }
        let kept = self.root2(a, b)?;
        if let Some(result) = self.binary_number(operation, a, b)? {
            self.release(kept.0.0);
            return Ok(result);
        }
        let (a, b) = (self.get(kept.0), self.get(kept.1));
        let (ka, kb) = (self.kind(a), self.kind(b));
        let instances = |k| k == kind::INSTANCE || k == kind::EXCEPTION;
        if in_place && operation == Binary::Add && ka == kind::BYTEARRAY {
            let result = self.extend_bytearray(a, b)?;
            self.release(kept.0.0);
            return Ok(result);
        }
        if !instances(ka) {
            if let Some(result) = self.binary_text(operation, a, b)? {
                self.release(kept.0.0);
                return Ok(result);
            }
            let (a, b) = (self.get(kept.0), self.get(kept.1));
            if !instances(kb)
                && let Some(result) = self.binary_container(operation, a, b, in_place)?
            {
                self.release(kept.0.0);
                return Ok(result);
            }
        }
        // Whose own method gave no answer: the builtin type that its class derives from has no say then.
        let (mut left_silent, mut right_silent) = (false, false);
        if FEATURES.has(Feature::Classes) && (instances(ka) || instances(kb)) {
            let (name, reflected, in_place_name, _) = operation.names();
            if in_place {
                let right = self.get(kept.1);
                if let Some(result) = self.call_special(self.get(kept.0), in_place_name, &[right])?
                    && result != Value::NOT_IMPLEMENTED
                {
                    self.release(kept.0.0);
                    return Ok(result);
                }
            }
            let (class_a, class_b) = (self.type_of(self.get(kept.0)), self.type_of(self.get(kept.1)));
            let right_first = class_a != class_b
                && self.is(class_a, kind::CLASS)
                && self.is_subclass(class_b, class_a)
                && self.lookup_defined_text(class_b, reflected) != self.lookup_defined_text(class_a, reflected);
            for turn in 0..2 {
                let is_right = (turn == 0) == right_first;
                let answer = if is_right {
                    if class_a == class_b {
                        right_silent = left_silent;
                        continue;
                    }
                    let left = self.get(kept.0);
                    self.call_special(self.get(kept.1), reflected, &[left])?
                } else {
                    let right = self.get(kept.1);
                    self.call_special(self.get(kept.0), name, &[right])?
                };
                match answer {
                    Some(Value::NOT_IMPLEMENTED) if is_right => right_silent = true,
                    Some(Value::NOT_IMPLEMENTED) => left_silent = true,
                    Some(answer) => {
                        self.release(kept.0.0);
                        return Ok(answer);
                    }
                    None => {}
                }
            }
        }
        let (a, b) = (self.get(kept.0), self.get(kept.1));
        let (plain_a, plain_b) = (self.plain(a), self.plain(b));
        let is_asked = !left_silent
            || !right_silent
                && [plain_a, plain_b].iter().all(|one| self.is_integer(*one) || self.kind(*one) == kind::FLOAT);
        let joins = operation != Binary::Add || in_place || self.can_join(plain_a, plain_b);
        // `|=` of a dict takes what `update` takes.
        let updates = in_place && operation == Binary::Or && self.kind(a) == kind::DICT;
        if is_asked && joins && (plain_a != a || plain_b != b || updates) {
            let held = self.root(plain_a)?;
            if let Some(result) = self.binary_of_held(operation, plain_a, plain_b, in_place)? {
                // What was changed in place is held still.
                let changed = in_place && plain_a != a && result == self.get(held);
                let result = if changed && !self.is_fixed(result) { self.get(kept.0) } else { result };
                self.release(kept.0.0);
                return Ok(result);
            }
        }
        if operation == Binary::Multiply {
            // A sequence is repeated as often as an object with `__index__` says.
            for (sequence, times) in [(kept.0, kept.1), (kept.1, kept.0)] {
                if self.is(self.get(times), kind::INSTANCE)
                    && is_sequence(self.kind(self.plain(self.get(sequence))))
                    && let Some(number) = self.index_value(self.get(times))?
                {
                    let object = self.get(sequence);
                    self.release(kept.0.0);
                    return self.binary_any(operation, object, number, in_place && sequence.0 == kept.0.0);
                }
            }
        }
        if operation == Binary::Or {
            let (a, b) = (self.get(kept.0), self.get(kept.1));
            if let Some(union) = self.union_of(a, b)? {
                self.release(kept.0.0);
                return Ok(union);
            }
        }
        self.raise_wordless(Builtin::TypeError)?;
        let (left, right) = (self.type_name(self.get(kept.0)), self.type_name(self.get(kept.1)));
        self.refuse_sequence(operation, self.get(kept.0), self.get(kept.1), in_place, is_asked && !joins)?;
        let operator = match (operation, in_place) {
            (Binary::Power, true) => "**=",
            (_, false) => operation.names().3,
            (_, true) => {
                let name = operation.names().3;
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("unsupported operand type(s) for {name}=: '{left}' and '{right}'"),
                );
            }
        };
        self.raise_fmt(
            Builtin::TypeError,
            format_args!("unsupported operand type(s) for {operator}: '{left}' and '{right}'"),
        )
    }

    /// Is it of a kind that never changes?
    fn is_fixed(&self, value: Value) -> bool {
        !matches!(self.kind(value), kind::LIST | kind::DICT | kind::SET | kind::BYTEARRAY)
    }

    fn unary(&mut self, value: Value, special: &str, operator: &str) -> Outcome<Value> {
        let kept = self.root(value)?;
        if let Some(result) = self.call_special(value, special, &[])? {
            self.release(kept.0);
            return Ok(result);
        }
        if let Some(held) = self.held(self.get(kept))
            && (self.is_integer(held) || special != "__invert__" && self.kind(held) == kind::FLOAT)
        {
            self.release(kept.0);
            return match special {
                "__neg__" => self.negate(held),
                "__pos__" => self.positive(held),
                _ => self.invert(held),
            };
        }
        let name = self.type_name(self.get(kept));
        self.raise_fmt(Builtin::TypeError, format_args!("bad operand type for unary {operator}: '{name}'"))
    }

    /// `-value`.
    pub(crate) fn negate(&mut self, value: Value) -> Outcome<Value> {
        let kept = self.root(value)?;
        let result = self.negate_number(value)?;
        let value = self.get(kept);
        self.release(kept.0);
        match result {
            Some(result) => Ok(result),
            None => self.unary(value, "__neg__", "-"),
        }
    }

    /// `+value`.
    pub(crate) fn positive(&mut self, value: Value) -> Outcome<Value> {
        let kept = self.root(value)?;
        let result = self.positive_number(value)?;
        let value = self.get(kept);
        self.release(kept.0);
        match result {
            Some(result) => Ok(result),
            None => self.unary(value, "__pos__", "+"),
        }
    }

    /// `~value`.
    pub(crate) fn invert(&mut self, value: Value) -> Outcome<Value> {
        let kept = self.root(value)?;
        let result = self.invert_number(value)?;
        let value = self.get(kept);
        self.release(kept.0);
        match result {
            Some(result) => Ok(result),
            None => self.unary(value, "__invert__", "~"),
        }
    }
}
