//! How a value is written in 32 bits, and how objects are laid out, in the arena and in a module alike.
//!
//! ```text
//! .......1            small integer, 31 bits, signed
//! ......00            object in the arena: byte offset (a multiple of 4); 0 is "unbound"
//! 0.....10            object in the module's `objects`: byte offset
//! 1kkkkk p{24} 10     immediate of kind k: 0 = builtin (wire::builtins), 1 = method of a builtin type
//! ```
//!
//! An object is a header word and its payload:
//!
//! ```text
//! header = length:23 | kind:6 | mark:2 | 1
//! ```
//!
//! `length` counts bytes for [`Kind::Str`] and [`Kind::Bytes`], payload words for everything else. The lowest bit
//! tells a header from a reference; the collector relies on that while it threads references through headers.

use crate::builtins::Builtin;

/// A value, as a word. See the module's picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(pub u32);

/// Kinds of immediates.
const IMMEDIATE: u32 = 0x8000_0002;

impl Value {
    /// No value: an unbound variable, a missing argument.
    pub const UNBOUND: Self = Self(0);
    /// `None`.
    pub const NONE: Self = Self::builtin(Builtin::None);
    /// `False`.
    pub const FALSE: Self = Self::builtin(Builtin::False);
    /// `True`.
    pub const TRUE: Self = Self::builtin(Builtin::True);
    /// `NotImplemented`.
    pub const NOT_IMPLEMENTED: Self = Self::builtin(Builtin::NotImplemented);
    /// Smallest small integer.
    pub const SMALL_MIN: i32 = -(1 << 30);
    /// Largest small integer.
    pub const SMALL_MAX: i32 = (1 << 30) - 1;

    /// The builtin as a value.
    pub const fn builtin(builtin: Builtin) -> Self {
        Self(IMMEDIATE | (builtin as u32) << 2)
    }

    /// The small integer; `None` where it takes more than 31 bits.
    #[inline(always)]
    pub const fn small(number: i32) -> Option<Self> {
        if number >= Self::SMALL_MIN && number <= Self::SMALL_MAX {
            Some(Self((number.cast_unsigned() << 1) | 1))
        } else {
            None
        }
    }

    /// The small integer, of a number that is known to fit in 31 bits (others lose their top bit).
    #[inline(always)]
    pub const fn small_unchecked(number: i32) -> Self {
        Self((number.cast_unsigned() << 1) | 1)
    }

    /// `True` or `False`.
    #[inline(always)]
    pub const fn bool(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// Method `index` of the builtin type `builtin_type` (below 256).
    pub const fn method(builtin_type: u8, index: u16) -> Self {
        Self(IMMEDIATE | 1 << 26 | (builtin_type as u32) << 18 | (index as u32) << 2)
    }

    /// Reference to the object at this byte offset of the arena (a multiple of 4).
    #[inline(always)]
    pub const fn arena(offset: u32) -> Self {
        Self(offset)
    }

    /// Reference to the object at this byte offset of the module's objects (a multiple of 4 below 2 GiB).
    pub const fn image(offset: u32) -> Self {
        Self(offset | 2)
    }

    /// The text of one ASCII character: an object that every VM has behind those of any module.
    pub const fn letter(byte: u8) -> Self {
        Self::image(LETTERS + (byte & 127) as u32 * LETTER_BYTES)
    }

    /// The character, of such a text.
    pub const fn as_letter(self) -> Option<u8> {
        let at = self.offset().wrapping_sub(LETTERS);
        if self.is_image() && at < 128 * LETTER_BYTES && at.is_multiple_of(LETTER_BYTES) {
            Some((at / LETTER_BYTES) as u8)
        } else {
            None
        }
    }

    /// Is it one? (Of a value that was checked when its module was loaded, or that a VM made.)
    #[inline(always)]
    pub const fn is_letter(self) -> bool {
        self.0 & 0xC000_0003 == LETTERS | 2
    }

    /// Is it a small integer?
    #[inline(always)]
    pub const fn is_small(self) -> bool {
        self.0 & 1 != 0
    }

    /// Its number, of a small integer (nonsense of others).
    #[inline(always)]
    pub const fn as_small(self) -> i32 {
        self.0.cast_signed() >> 1
    }

    /// Is it an object in the arena? False for [`Value::UNBOUND`].
    #[inline(always)]
    pub const fn is_arena(self) -> bool {
        self.0 & 3 == 0 && self.0 != 0
    }

    /// Is it an object in the module?
    #[inline(always)]
    pub const fn is_image(self) -> bool {
        self.0 & 0x8000_0003 == 2
    }

    /// Is it an object, in the arena or in the module?
    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.is_arena() || self.is_image()
    }

    /// Is it unbound?
    #[inline(always)]
    pub const fn is_unbound(self) -> bool {
        self.0 == 0
    }

    /// Byte offset of an object in its space.
    #[inline(always)]
    pub const fn offset(self) -> u32 {
        self.0 & 0x7FFF_FFFC
    }

    /// The builtin it is, if it is one.
    pub fn as_builtin(self) -> Option<Builtin> {
        if self.0 & 0xFC00_0003 == IMMEDIATE { Builtin::from_id((self.0 >> 2) as u16) } else { None }
    }

    /// Type and index, if it is a method of a builtin type.
    pub const fn as_method(self) -> Option<(u8, u16)> {
        if self.0 & 0xFC00_0003 == IMMEDIATE | 1 << 26 {
            Some(((self.0 >> 18) as u8, (self.0 >> 2) as u16))
        } else {
            None
        }
    }
}

impl core::fmt::Debug for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.is_small() {
            write!(f, "{}", self.as_small())
        } else if self.is_unbound() {
            write!(f, "unbound")
        } else if let Some(builtin) = self.as_builtin() {
            write!(f, "{builtin}")
        } else if self.is_arena() {
            write!(f, "arena+{:#x}", self.offset())
        } else if self.is_image() {
            write!(f, "image+{:#x}", self.offset())
        } else {
            write!(f, "immediate {:#x}", self.0)
        }
    }
}

/// What an object is. Only the first few can stand in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// IEEE 754 double: low word, high word.
    Float = 0,
    /// Integer beyond 31 bits: sign (0 or 1), then limbs of 32 bits, lowest first, the last not 0.
    BigInt = 1,
    /// Text: hash word (`hash << 1 | ascii`), then UTF-8, zero-padded to words.
    Str = 2,
    /// Bytes, zero-padded to words.
    Bytes = 3,
    /// Items.
    Tuple = 4,
    /// Kinds from here on live in arenas only; the VM names them.
    FirstOfArena = 5,
}

/// Header of an object.
pub const fn header(kind: u8, length: u32) -> u32 {
    length << 9 | (kind as u32) << 3 | 1
}

/// Kind in a header.
#[inline(always)]
pub const fn header_kind(header: u32) -> u8 {
    (header >> 3) as u8 & 63
}

/// Length in a header.
#[inline(always)]
pub const fn header_length(header: u32) -> u32 {
    header >> 9
}

/// Most a header's length can say.
pub const MAX_LENGTH: u32 = (1 << 23) - 1;

/// Words the object with this header takes, header included.
#[inline(always)]
pub const fn object_words(header: u32) -> u32 {
    object_bytes(header) / 4
}

/// Bytes the object with this header takes, header included: a multiple of 4.
#[inline(always)]
pub const fn object_bytes(header: u32) -> u32 {
    const TEXT: u32 = self::header(Kind::Str as u8, 0);
    const { assert!(Kind::Str as u8 == 2 && Kind::Bytes as u8 == 3) }
    // The collector walks every object by this: one comparison tells text and bytes from all else.
    if header & 62 << 3 == TEXT & 62 << 3 {
        // Text has a word more than bytes.
        let hash = if header & 1 << 3 == 0 { 4 } else { 0 };
        ((header_length(header) + 7) & !3) + hash
    } else {
        header_length(header) * 4 + 4
    }
}

/// Offset of the first letter among the objects of a module: beyond any module's own.
pub const LETTERS: u32 = 1 << 30;
/// Header, hash word, the character.
pub const LETTER_BYTES: u32 = 12;

/// [`hash_bytes`] of one byte.
pub const fn hash_letter(byte: u8) -> u32 {
    last_mix(mix(1 ^ 0x9E37_79B1, byte as u32))
}

const fn mix(hash: u32, word: u32) -> u32 {
    let hash = (hash ^ word).wrapping_mul(0x85EB_CA6B);
    hash ^ hash >> 15
}

const fn last_mix(hash: u32) -> u32 {
    let hash = hash.wrapping_mul(0xC2B2_AE35);
    let hash = (hash ^ hash >> 13) & 0x7FFF_FFFF;
    if hash == 0 { 1 } else { hash }
}

/// Hash of text and bytes, 31 bits and never 0: four bytes at a time, so that a device can compute it over flash.
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    let mut hash = (bytes.len() as u32) ^ 0x9E37_79B1;
    let (words, rest) = bytes.as_chunks();
    for word in words {
        hash = mix(hash, u32::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        hash = mix(hash, little_endian(rest));
    }
    last_mix(hash)
}

/// Up to four bytes as a word.
pub(crate) fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// The word before the text of a str of so many bytes, which are these words; behind them are zeros: [`hash_bytes`] of
/// them, and in the lowest bit whether they are ASCII.
pub fn text_word(words: &[u32], length: u32) -> u32 {
    let (mut hash, mut all) = (length ^ 0x9E37_79B1, 0);
    for word in words {
        hash = mix(hash, *word);
        all |= word;
    }
    last_mix(hash) << 1 | u32::from(all & 0x8080_8080 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_text_has_one_hash_by_bytes_and_by_words() {
        for text in ["", "a", "abc", "abcd", "abcdefg", "é", "abc\u{e9}", "0123456789abcdef"] {
            let bytes = text.as_bytes();
            let words: Vec<u32> = bytes.chunks(4).map(little_endian).collect();
            let word = text_word(&words, bytes.len() as u32);
            assert_eq!((word >> 1, word & 1 != 0), (hash_bytes(bytes), text.is_ascii()), "{text}");
        }
    }

    #[test]
    fn a_value_is_four_bytes() {
        assert_eq!(size_of::<Value>(), 4);
    }

    #[test]
    fn kinds_of_values_are_disjoint() {
        for number in [0, 1, -1, Value::SMALL_MIN, Value::SMALL_MAX] {
            let value = Value::small(number).unwrap();
            assert!(value.is_small() && !value.is_object() && value.as_builtin().is_none());
            assert_eq!(value.as_small(), number);
        }
        assert_eq!(Value::small(Value::SMALL_MAX + 1), None);
        assert_eq!(Value::small(Value::SMALL_MIN - 1), None);
        assert!(Value::arena(8).is_arena() && !Value::arena(8).is_image());
        assert!(Value::image(0).is_image() && !Value::image(0).is_arena());
        assert!(!Value::NONE.is_image() && !Value::NONE.is_arena());
        assert_eq!(Value::NONE.as_builtin(), Some(Builtin::None));
        assert_eq!(Value::method(7, 300).as_method(), Some((7, 300)));
        assert_eq!(Value::method(7, 300).as_builtin(), None);
        assert_eq!(Value::TRUE.as_method(), None);
    }

    #[test]
    fn letters_are_told_from_other_objects() {
        for byte in 0..128 {
            let letter = Value::letter(byte);
            assert_eq!(letter.as_letter(), Some(byte));
            assert!(letter.is_letter() && letter.is_image());
            assert_eq!(hash_letter(byte), hash_bytes(&[byte]));
            assert_eq!(Value::image(letter.offset() + 4).as_letter(), None);
        }
        assert_eq!(Value::image(0).as_letter(), None);
        assert!(!Value::image((crate::module::MAX_BYTES as u32) & !3).is_letter());
        assert_eq!(Value::image(LETTERS + 128 * LETTER_BYTES).as_letter(), None);
    }

    #[test]
    fn sizes_of_objects() {
        assert_eq!(object_words(header(Kind::Float as u8, 2)), 3);
        assert_eq!(object_words(header(Kind::Str as u8, 5)), 4);
        assert_eq!(object_words(header(Kind::Bytes as u8, 4)), 2);
        assert_eq!(object_words(header(Kind::Tuple as u8, 0)), 1);
    }

    #[test]
    fn hashes_differ_and_are_never_zero() {
        let hashes = [&b""[..], b"a", b"b", b"ab", b"abc", b"abcd", b"abcde", b"\0", b"\0\0"].map(hash_bytes);
        for (index, hash) in hashes.iter().enumerate() {
            assert_ne!(*hash, 0);
            assert!(!hashes[..index].contains(hash));
        }
    }
}
