//! Kinds of objects and what their payload words hold.
//!
//! Payload words are values (numbers are small integers), except in the raw kinds. `[..]` names words from index 0.

/// Kind of an object; the first five are those of `nano_wire::value::Kind`.
#[allow(missing_docs, reason = "the layout behind each is its documentation")]
#[expect(clippy::module_inception, reason = "read at its uses: kind::LIST")]
pub mod kind {
    use crate::features::FEATURES;
    use nano_wire::features::Feature;

    /// Raw: low word, high word.
    pub const FLOAT: u8 = 0;
    /// Raw: sign, limbs.
    pub const BIG_INT: u8 = 1;
    /// Raw: hash word, UTF-8.
    pub const STR: u8 = 2;
    /// Raw: bytes.
    pub const BYTES: u8 = 3;
    /// Items.
    pub const TUPLE: u8 = 4;
    /// Items of a list or entries of a dict; unused ones are unbound.
    pub const BUFFER: u8 = 5;
    /// Raw words: an index of a dict, the bytes of a bytearray.
    pub const RAW: u8 = 6;
    /// [count, BUFFER]
    pub const LIST: u8 = 7;
    /// [live, used, BUFFER of (hash, key, value), RAW index or unbound]
    pub const DICT: u8 = 8;
    /// [live, used (active and dummy), BUFFER of (hash, key) in a power of two of places, finger of pop]
    pub const SET: u8 = 9;
    /// As SET.
    pub const FROZENSET: u8 = 10;
    /// [length, RAW]
    pub const BYTEARRAY: u8 = 11;
    /// [start, stop, step, length], any integers
    pub const RANGE: u8 = 12;
    /// [start, stop, step]
    pub const SLICE: u8 = 13;
    /// [function index, defaults tuple or unbound, extra dict or unbound, captured cells ..]
    pub const FUNCTION: u8 = 14;
    /// [function, receiver]
    pub const BOUND_METHOD: u8 = 15;
    /// [value or unbound]
    pub const CELL: u8 = 16;
    /// [state, function, resume word, handled exception, registers ..]; states in `generator.rs`
    pub const GENERATOR: u8 = 17;
    /// [name, bases, mro, dict, version, base kind, slot names, initial slots]; see `class.rs`
    pub const CLASS: u8 = 18;
    /// [class, overflow BUFFER or the `__dict__` or unbound, slots ..]
    pub const INSTANCE: u8 = 19;
    /// [class, attributes (BUFFER or DICT) or unbound, args, traceback, cause, context, flags]
    pub const EXCEPTION: u8 = 20;
    /// [builtin type of the iterator, source, position, extra]
    pub const ITERATOR: u8 = 21;
    /// [builtin type of the view, dict]
    pub const DICT_VIEW: u8 = 22;
    /// [index of the package module, name]
    pub const MODULE: u8 = 23;
    /// [getter, setter, deleter, doc]
    pub const PROPERTY: u8 = 24;
    /// [function]
    pub const STATIC_METHOD: u8 = 25;
    /// [function]
    pub const CLASS_METHOD: u8 = 26;
    /// [class, receiver, class of the receiver]
    pub const SUPER: u8 = 27;
    /// [tuple of types]
    pub const UNION: u8 = 28;
    /// Can there be objects of this kind? Those of a part that was left out are never made.
    #[inline(always)]
    pub const fn exists(kind: u8) -> bool {
        match kind {
            SET | FROZENSET => FEATURES.has(Feature::Sets),
            BYTEARRAY => FEATURES.has(Feature::Bytearray),
            SLICE => FEATURES.has(Feature::Slices),
            GENERATOR => FEATURES.has(Feature::Generators),
            PROPERTY | STATIC_METHOD | CLASS_METHOD | SUPER => FEATURES.has(Feature::Classes),
            _ => true,
        }
    }

    /// Do the payload words hold values?
    #[inline(always)]
    pub const fn has_values(kind: u8) -> bool {
        !matches!(kind, FLOAT | BIG_INT | STR | BYTES | RAW)
    }
}
