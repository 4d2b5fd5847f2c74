//! How str, bytes and bytearray are looked at: their bytes, their characters, positions in them.
//!
//! A str is UTF-8, so searching, splitting and stripping work on bytes for all three; only positions that programs see
//! are counted in characters, and are the same as byte offsets where the str is ASCII.

use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{Value, header};

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    Str,
    Bytes,
    Bytearray,
}

/// Positions `start`, `start + step`, ..: `count` of them. All lie within the sequence it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u32,
    pub step: i64,
    pub count: u32,
}

impl Span {
    /// Its positions, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        let step = self.step.clamp(-(1 << 40), 1 << 40);
        (0..i64::from(self.count)).map(move |index| (i64::from(self.start) + index * step) as usize)
    }
}

/// Characters in UTF-8.
#[inline]
pub(crate) fn count_chars(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| is_start(**byte)).count() as u32
}

/// Is it the first byte of a character?
#[inline]
pub(crate) fn is_start(byte: u8) -> bool {
    byte.cast_signed() >= -64
}

/// The character at the start of UTF-8, and its length in bytes.
#[inline]
pub(crate) fn first_char(bytes: &[u8]) -> Option<(char, u32)> {
    let first = u32::from(*bytes.first()?);
    if first < 0x80 {
        return Some((first as u8 as char, 1));
    }
    let tail = |index: usize| u32::from(bytes.get(index).copied().unwrap_or(0)) & 0x3F;
    let (code, length) = if first < 0xE0 {
        ((first & 0x1F) << 6 | tail(1), 2)
    } else if first < 0xF0 {
        ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
    } else {
        ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
    };
    Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), length))
}

/// The last character of UTF-8, and its length in bytes.
pub(crate) fn last_char(bytes: &[u8]) -> Option<(char, u32)> {
    let back = bytes.iter().rev().position(|byte| is_start(*byte))?;
    first_char(bytes.get(bytes.len() - 1 - back..)?)
}

impl Vm<'_> {
    /// Which kind of text it is, if it is one.
    #[inline]
    pub(crate) fn flavor(&self, value: Value) -> Option<Flavor> {
        match self.kind(value) {
            kind::STR => Some(Flavor::Str),
            kind::BYTES => Some(Flavor::Bytes),
            kind::BYTEARRAY if FEATURES.has(Feature::Bytearray) => Some(Flavor::Bytearray),
            _ => None,
        }
    }

    /// Is it a bytes or a bytearray?
    #[inline]
    pub(crate) fn is_bytes_like(&self, value: Value) -> bool {
        matches!(self.kind(value), kind::BYTES | kind::BYTEARRAY)
    }

    /// Is it a str?
    #[inline]
    pub(crate) fn is_str(&self, value: Value) -> bool {
        self.kind(value) == kind::STR
    }

    /// Is an argument a str, or else bytes? What an instance of a derived class holds takes its place.
    #[inline]
    pub(crate) fn is_text_argument(&mut self, args: Args, index: usize, str: bool) -> bool {
        let value = self.arg(args, index);
        let fits = if str { self.is_str(value) } else { self.is_bytes_like(value) };
        fits || self.holds_text(args, index, str)
    }

    #[cold]
    #[inline(never)]
    fn holds_text(&mut self, args: Args, index: usize, str: bool) -> bool {
        let Some(held) = self.held(self.arg(args, index)) else { return false };
        let fits = if str { self.is_str(held) } else { self.is_bytes_like(held) };
        if fits {
            self.set(args.root(index), held);
        }
        fits
    }

    /// The object that holds the bytes of a str, bytes or bytearray, and how many there are.
    #[inline]
    pub(crate) fn blob(&self, value: Value) -> (Value, u32) {
        match self.kind(value) {
            kind::STR | kind::BYTES => (value, self.length(value)),
            kind::BYTEARRAY => (self.field(value, 1), self.number(value, 0)),
            _ => (value, 0),
        }
    }

    /// The bytes of a str, bytes or bytearray; empty of everything else.
    #[inline]
    pub(crate) fn view(&self, value: Value) -> &[u8] {
        match self.kind(value) {
            kind::STR | kind::BYTES => self.bytes(value),
            kind::BYTEARRAY => {
                let bytes = self.bytes(self.field(value, 1));
                bytes.get(..self.number(value, 0) as usize).unwrap_or(&[])
            }
            _ => &[],
        }
    }

    /// Part of the bytes; empty where the range isn't in them.
    #[inline]
    pub(crate) fn view_part(&self, value: Value, from: u32, to: u32) -> &[u8] {
        self.view(value).get(from as usize..to as usize).unwrap_or(&[])
    }

    /// Is it a str with characters beyond ASCII (so that positions aren't byte offsets)?
    #[inline]
    pub(crate) fn is_wide(&self, value: Value) -> bool {
        self.kind(value) == kind::STR && !self.is_ascii(value)
    }

    /// Characters of a str, bytes of the others.
    #[inline]
    pub(crate) fn text_length(&self, value: Value) -> u32 {
        if self.is_wide(value) { self.wide_length(value) } else { self.blob(value).1 }
    }

    /// Byte offset of a position.
    #[inline]
    pub(crate) fn offset_at(&self, value: Value, position: u32) -> u32 {
        if self.is_wide(value) { self.wide_place(value, position, false).offset } else { position }
    }

    /// Position of a byte offset.
    #[inline]
    pub(crate) fn position_at(&self, value: Value, offset: u32) -> u32 {
        if self.is_wide(value) { self.wide_place(value, offset, true).position } else { offset }
    }

    /// The character that starts at a byte offset of a str, and the offset behind it.
    #[inline]
    pub(crate) fn char_at(&self, text: Value, offset: u32) -> Option<(char, u32)> {
        let (character, length) = first_char(self.bytes(text).get(offset as usize..)?)?;
        Some((character, offset + length))
    }

    /// An argument of a slice or of `find`: the number, `None` for None and unbound.
    pub(crate) fn slice_number(&mut self, value: Value) -> Outcome<Option<i64>> {
        if value.is_small() {
            return Ok(Some(i64::from(value.as_small())));
        }
        if value == Value::NONE || value.is_unbound() {
            return Ok(None);
        }
        match self.index_of(value)? {
            Some(number) => Ok(Some(number)),
            None => {
                self.raise(Builtin::TypeError, "slice indices must be integers or None or have an __index__ method")
            }
        }
    }

    /// Byte range that the optional arguments start and end (at `first` and behind it) mean for argument 0, as `find`,
    /// `count` and `startswith` take them; `None` where it is outside.
    pub(crate) fn range_arguments(&mut self, args: Args, first: usize) -> Outcome<Option<(u32, u32)>> {
        if args.len() <= first {
            return Ok(Some((0, self.blob(self.arg(args, 0)).1)));
        }
        let start = self.slice_number(self.arg(args, first))?.unwrap_or(0);
        let end = self.slice_number(self.arg(args, first + 1))?.unwrap_or(i64::MAX);
        let text = self.arg(args, 0);
        let length = i64::from(self.text_length(text));
        let adjust = |at: i64| if at < 0 { at.saturating_add(length).max(0) } else { at };
        let (start, end) = (adjust(start), adjust(end).min(length));
        if start > end {
            return Ok(None);
        }
        Ok(Some((self.offset_at(text, start as u32), self.offset_at(text, end as u32))))
    }

    /// A whole number that is an argument; TypeError otherwise.
    pub(crate) fn integer_argument(&mut self, value: Value) -> Outcome<i64> {
        if value.is_small() {
            return Ok(i64::from(value.as_small()));
        }
        let root = self.root(value)?;
        let number = self.index_of(value)?;
        let value = self.get(root);
        self.release(root.0);
        if let Some(number) = number {
            return Ok(number);
        }
        self.raise_type("'{}' object cannot be interpreted as an integer", value)
    }

    /// As [`Vm::integer_argument`]; the default where it isn't given.
    pub(crate) fn integer_or(&mut self, value: Value, default: i64) -> Outcome<i64> {
        if value.is_unbound() { Ok(default) } else { self.integer_argument(value) }
    }

    /// Makes a bytearray of a fresh bytes object, which becomes its store.
    pub(crate) fn bytearray_of(&mut self, bytes: Value) -> Outcome<Value> {
        let count = self.length(bytes);
        self.mem.set_word(bytes.0, header(kind::RAW, count.div_ceil(4)));
        let store = self.root(bytes)?;
        let object = self.alloc(kind::BYTEARRAY, 2)?;
        self.set_number(object, 0, count);
        self.set_field(object, 1, self.get(store));
        self.release(store.0);
        Ok(object)
    }

    /// Part of a text (a root): bytes `from..to`, as a new object of its kind. All of an immutable one is itself.
    pub(crate) fn part(&mut self, of: Root, from: u32, to: u32) -> Outcome<Value> {
        let value = self.get(of);
        if self.kind(value) == kind::STR && self.is_ascii(value) {
            // Nearly always; the general way below asks the same questions again and again.
            let length = self.length(value);
            if to - from == length {
                return Ok(value);
            }
            let made = self.new_str_unfilled(to - from, true)?;
            self.copy_text(self.get(of), from, made.0 + 8, to - from);
            return Ok(made);
        }
        if self.kind(value) != kind::BYTEARRAY {
            return if from == 0 && to == self.length(value) { Ok(value) } else { self.new_part(of, from, to) };
        }
        let bytes = self.alloc(kind::BYTES, to - from)?;
        let store = self.field(self.get(of), 1);
        self.copy_text(store, from, bytes.0 + 4, to - from);
        self.bytearray_of(bytes)
    }

    /// A finished str or bytes object as the kind of `model`: a bytearray where that is one.
    pub(crate) fn as_kind_of(&mut self, model: Root, made: Value) -> Outcome<Value> {
        if self.kind(self.get(model)) == kind::BYTEARRAY { self.bytearray_of(made) } else { Ok(made) }
    }
}
