//! Functions and methods written in Rust: how they are described and found.

use crate::error::Outcome;
use crate::text::walk::Walked;
use crate::vm::{Args, Vm};
use core::cell::Cell;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// A native: its arguments are roots; the value it returns is not.
pub type NativeFn = fn(&mut Vm<'_>, Args) -> Outcome<Value>;

/// Description of a native function, constructor or method (the receiver is argument 0 and counts).
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// Its name; behind it, each behind a comma, the names of its parameters.
    text: &'static str,
    /// The code.
    pub run: NativeFn,
    /// From the lowest byte up: fewest and most arguments by position, bytes of the name and [`ANY_KEYWORDS`], parameters. In one word,
    /// because flash may answer no less.
    shape: u32,
}

/// Of a native's shape: it takes any keyword.
const ANY_KEYWORDS: u32 = 1 << 23;
/// Bytes of a name are less than this.
const MOST_NAME: u32 = 1 << 7;
/// As the most arguments by position: any number.
const ANY: u32 = 255;

impl Native {
    /// A native. `text`: its name, and behind it, each behind a comma, the names of the arguments that can be given by keyword;
    /// names that are empty stand for positional-only ones (`"split,,sep,maxsplit"`). Where there are any, `run` always gets exactly
    /// this many arguments, unbound where not given; those from index `max` on are keyword-only. Else it gets what was given.
    pub const fn new(text: &'static str, run: NativeFn, min: u8, max: u8) -> Self {
        Self { text, run, shape: shape(text, min, max) }
    }

    /// A native that takes any keyword: when some are given, `run` gets a DICT of them as an additional last argument, and
    /// [`Vm::take_keywords_given`] is true.
    pub const fn any_keywords(name: &'static str, run: NativeFn, min: u8, max: u8) -> Self {
        let native = Self::new(name, run, min, max);
        Self { shape: native.shape | ANY_KEYWORDS, ..native }
    }

    /// The same by other code.
    pub(crate) const fn run_by(self, run: NativeFn) -> Self {
        Self { run, ..self }
    }

    /// Name, for lookup and messages.
    pub(crate) fn name(&self) -> &'static str {
        self.text.get(..((self.shape >> 16) % MOST_NAME) as usize).unwrap_or("")
    }

    /// Fewest arguments by position.
    pub(crate) fn min(&self) -> u32 {
        self.shape & 0xFF
    }

    /// Most arguments by position; `None`: any number.
    pub(crate) fn max(&self) -> Option<u32> {
        Some(self.shape >> 8 & 0xFF).filter(|max| *max != ANY)
    }

    /// How many parameters it has; 0: `run` gets what was given.
    #[inline(always)]
    pub(crate) fn parameter_count(&self) -> u32 {
        self.shape >> 24
    }

    /// The index of the parameter of this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<usize> {
        self.text.split(',').skip(1).position(|parameter| !parameter.is_empty() && parameter == name)
    }

    /// The name of a parameter; empty of one that is given by position only.
    pub(crate) fn parameter_name(&self, index: u32) -> &'static str {
        self.text.split(',').nth(index as usize + 1).unwrap_or("")
    }

    /// Does it take any keyword?
    pub(crate) fn takes_any_keywords(&self) -> bool {
        self.shape & ANY_KEYWORDS != 0
    }

    /// May it be called with so many arguments by position?
    #[inline(always)]
    pub(crate) fn accepts(&self, count: u32) -> bool {
        let max = self.shape >> 8 & 0xFF;
        count >= self.min() && (count <= max || max == ANY)
    }
}

/// How a native of this text is called.
const fn shape(text: &str, min: u8, max: u8) -> u32 {
    let bytes = text.as_bytes();
    let (mut name, mut parameters, mut at) = (bytes.len() as u32, 0, 0);
    while at < bytes.len() {
        #[expect(clippy::indexing_slicing, reason = "of a constant, when compiling")]
        if bytes[at] == b',' {
            if parameters == 0 {
                name = at as u32;
            }
            parameters += 1;
        }
        at += 1;
    }
    assert!(name < MOST_NAME && parameters < 1 << 8, "a native's name or parameters");
    min as u32 | (max as u32) << 8 | name << 16 | parameters << 24
}

/// What was looked up lately.
#[derive(Debug, Default)]
pub struct Recent {
    /// A place in the text beyond ASCII that positions were asked of last (see `text/walk.rs`).
    pub(crate) walked: Cell<Walked>,
    /// Natives that were called, by the word of the value that stands for them: their tables are many.
    places: [(u32, Option<&'static Native>); RECENT],
    /// What inline caches have learnt, for those that see objects of several classes.
    pub(crate) attributes: Attributes,
}

impl Recent {
    /// The inline cache of an attribute, where it is known for a class of this version.
    #[inline]
    pub(crate) fn attribute(&mut self, version: u32, name: Value) -> Option<&mut (u32, Value, [u32; 2])> {
        self.attributes.0.get_mut((version.wrapping_mul(0x9E37) ^ name.0 >> 2) as usize % ATTRIBUTES.max(1))
    }

    /// A collection moves methods and values, but no slots.
    pub(crate) fn forget_values(&mut self) {
        for (version, _, [_, value]) in &mut self.attributes.0 {
            if *value != 0 {
                *version = 0;
            }
        }
    }
}

/// Attributes that are remembered beside inline caches: only where there is memory for it.
const ATTRIBUTES: usize = if cfg!(target_pointer_width = "64") { 128 } else { 0 };

/// Version of the class, name, the words of the cache.
#[derive(Debug)]
pub(crate) struct Attributes([(u32, Value, [u32; 2]); ATTRIBUTES]);

impl Default for Attributes {
    fn default() -> Self {
        Self([(0, Value::UNBOUND, [0; 2]); ATTRIBUTES])
    }
}

/// A power of two; two words each.
const RECENT: usize = 8;

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
    if let Some(index) = methods(builtin_type).iter().position(|native| native.name() == name) {
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
