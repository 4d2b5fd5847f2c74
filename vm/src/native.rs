//! Functions and methods written in Rust: how they are described and found.

use crate::error::Outcome;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// A native: its arguments are roots; the value it returns is not.
pub type NativeFn = fn(&mut Vm<'_>, Args) -> Outcome<Value>;

/// Description of a native function, constructor or method (the receiver is argument 0 and counts).
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// Name, for lookup and messages.
    pub name: &'static str,
    /// The code.
    pub run: NativeFn,
    /// Fewest arguments by position.
    pub min: u8,
    /// Most arguments by position; 255: any number.
    pub max: u8,
    /// Names of the arguments that can be given by keyword: names that are empty stand for positional-only ones.
    /// Not empty: `run` always gets exactly this many arguments, unbound where not given; those from index `max` on
    /// are keyword-only. Empty: no keywords, `run` gets what was given.
    pub parameters: &'static [&'static str],
    /// Takes any keyword: when some are given, `run` gets a DICT of them as an additional last argument, and
    /// [`Vm::take_keywords_given`] is true.
    pub any_keywords: bool,
}

impl Native {
    /// A native without keywords.
    pub const fn new(name: &'static str, run: NativeFn, min: u8, max: u8) -> Self {
        Self { name, run, min, max, parameters: &[], any_keywords: false }
    }

    /// A native with keywords.
    pub const fn with(
        name: &'static str,
        run: NativeFn,
        min: u8,
        max: u8,
        parameters: &'static [&'static str],
    ) -> Self {
        Self { name, run, min, max, parameters, any_keywords: false }
    }

    /// A native that takes any keyword.
    pub const fn any_keywords(name: &'static str, run: NativeFn, min: u8, max: u8) -> Self {
        Self { name, run, min, max, parameters: &[], any_keywords: true }
    }
}

impl Native {
    /// May it be called with so many arguments by position?
    #[inline(always)]
    pub(crate) fn accepts(&self, count: u32) -> bool {
        count >= u32::from(self.min) && (count <= u32::from(self.max) || self.max == 255)
    }
}

/// Natives that were called lately, by the word of the value that stands for them: their tables are many.
#[derive(Debug, Default)]
pub struct Recent {
    places: [(u32, Option<&'static Native>); RECENT],
}

/// A power of two; two words each.
const RECENT: usize = 16;

impl Vm<'_> {
    /// The native of a builtin or of a method of a builtin type; `None`: it is neither.
    #[inline(always)]
    pub(crate) fn native_of(&mut self, callee: Value) -> Option<&'static Native> {
        let place = (callee.0 >> 2 ^ callee.0 >> 18) as usize % RECENT;
        match self.recent.places.get(place) {
            Some((word, native)) if *word == callee.0 => *native,
            _ => self.look_up_native(callee, place),
        }
    }

    #[inline(never)]
    fn look_up_native(&mut self, callee: Value, place: usize) -> Option<&'static Native> {
        let native = match callee.as_builtin() {
            Some(builtin) => function(builtin),
            None => method(callee),
        };
        if let (Some(place), true) = (self.recent.places.get_mut(place), native.is_some()) {
            *place = (callee.0, native);
        }
        native
    }
}

/// The native behind a function of the builtin scope, a constructor of a type, or a function of a builtin module.
pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    crate::object::function(builtin)
        .or_else(|| crate::container::function(builtin))
        .or_else(|| crate::number::function(builtin))
        .or_else(|| crate::text::function(builtin))
}

/// The methods of a builtin type (not those it inherits).
pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    let tables = [
        crate::object::methods(builtin_type),
        crate::container::methods(builtin_type),
        crate::number::methods(builtin_type),
        crate::text::methods(builtin_type),
    ];
    tables.into_iter().find(|table| !table.is_empty()).unwrap_or(&[])
}

/// First index of the methods that builtin types share.
const SHARED: u16 = 0x100;

/// The method `name` of a builtin type: its index in [`methods`], or, from [`SHARED`] on, among the special methods
/// that types share.
pub(crate) fn method_index(builtin_type: Builtin, name: &str) -> Option<u16> {
    if let Some(index) = methods(builtin_type).iter().position(|native| native.name == name) {
        return Some(index as u16);
    }
    if !name.starts_with("__") {
        return None;
    }
    crate::object::special(builtin_type, name).map(|index| SHARED + index)
}

/// Is it one of the special methods that builtin types share?
pub(crate) fn is_shared(method: Value) -> bool {
    method.as_method().is_some_and(|(_, index)| index >= SHARED)
}

/// The type that a method value's first byte names.
pub(crate) fn type_of_index(index: u8) -> Builtin {
    Builtin::from_id(Builtin::ObjectType as u16 + u16::from(index)).unwrap_or(Builtin::ObjectType)
}

/// The native of a method value.
pub(crate) fn method(value: Value) -> Option<&'static Native> {
    let (type_index, index) = value.as_method()?;
    if let Some(index) = index.checked_sub(SHARED) {
        return crate::object::SPECIAL.get(usize::from(index)).map(|(native, _)| native);
    }
    methods(type_of_index(type_index)).get(usize::from(index))
}

/// The value of method `index` of a builtin type.
pub(crate) fn method_value(builtin_type: Builtin, index: u16) -> Value {
    Value::method((builtin_type as u16 - Builtin::ObjectType as u16) as u8, index)
}

/// The type whose method it is (its receiver counts as an argument), told by where its description stands; of the
/// special methods that types share, `object`. `None`: it is a function.
pub(crate) fn owner_of(native: &'static Native) -> Option<Builtin> {
    if crate::object::SPECIAL.iter().any(|(special, _)| core::ptr::eq(special, native)) {
        return Some(Builtin::ObjectType);
    }
    Builtin::all()
        .filter(|builtin| builtin.is_type())
        .find(|builtin_type| methods(*builtin_type).as_ptr_range().contains(&core::ptr::from_ref(native)))
}
