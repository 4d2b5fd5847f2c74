//! Operators on text and bytes: `+`, `*`, `in`, indexing, slicing, order, length.

use super::builder::TextBuilder;
use super::bytearray::BYTEARRAY_INDEX;
use super::search;
use super::view::{Flavor, Span};
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::letters::letter;
use crate::protocol::Binary;
use crate::vm::{Root, Vm};
use core::cmp::Ordering;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

impl Vm<'_> {
    /// `+`, `*`, `%` where an operand is text or bytes; `None`: not of this kind.
    pub fn binary_text(&mut self, operation: Binary, a: Value, b: Value) -> Outcome<Option<Value>> {
        let (left, right) = (self.flavor(a), self.flavor(b));
        if left.is_none() && right.is_none() {
            return Ok(None);
        }
        match (operation, left, right) {
            (Binary::Add, Some(left), Some(right)) if (left == Flavor::Str) == (right == Flavor::Str) => {
                self.join_texts(a, b).map(Some)
            }
            // The other operand may know how (`__radd__`).
            (Binary::Add, Some(_), _) if self.is(b, kind::INSTANCE) => Ok(None),
            (Binary::Add, Some(_), _) => self.cannot_join_text(a, b),
            (Binary::Multiply, Some(_), _) if self.is_count(b) => self.repeat_text(a, b).map(Some),
            (Binary::Multiply, None, Some(_))
                if self.is_count(a) && !matches!(self.kind(a), kind::LIST | kind::TUPLE) =>
            {
                self.repeat_text(b, a).map(Some)
            }
            (Binary::Modulo, Some(_), _) if !FEATURES.has(Feature::PercentFormat) => {
                self.lacks(Feature::PercentFormat as u8)
            }
            (Binary::Modulo, Some(_), _) => self.percent(a, b).map(Some),
            _ => Ok(None),
        }
    }

    /// Raises what CPython says of `text + other`.
    #[cold]
    pub(crate) fn cannot_join_text<T>(&mut self, text: Value, other: Value) -> Outcome<T> {
        let (left, right) = (self.type_name(text), self.type_name(other));
        if self.is_str(text) {
            self.raise_fmt(Builtin::TypeError, format_args!("can only concatenate str (not \"{right}\") to str"))
        } else {
            self.raise_fmt(Builtin::TypeError, format_args!("can't concat {right} to {left}"))
        }
    }

    /// `a + b` of two str.
    pub(crate) fn join_strings(&mut self, a: Value, b: Value) -> Outcome<Value> {
        let (left, right) = (self.length(a), self.length(b));
        if left == 0 || right == 0 {
            return Ok(if left == 0 { b } else { a });
        }
        let Some(made) = self.new_str_quickly(left.saturating_add(right), self.is_ascii(a) && self.is_ascii(b)) else {
            return self.join_texts(a, b);
        };
        self.copy_text(a, 0, made.0 + 8, left);
        self.copy_text(b, 0, made.0 + 8 + left, right);
        Ok(made)
    }

    /// `a + b` of two str, or two bytes-likes.
    pub(crate) fn join_texts(&mut self, a: Value, b: Value) -> Outcome<Value> {
        let mark = self.mark();
        let (a, b) = self.root2(a, b)?;
        let ((_, left), (_, right)) = (self.blob(self.get(a)), self.blob(self.get(b)));
        let made = if self.is_str(self.get(a)) {
            if right == 0 || left == 0 {
                let whole = self.get(if right == 0 { a } else { b });
                self.release(mark);
                return Ok(whole);
            }
            let ascii = self.is_ascii(self.get(a)) && self.is_ascii(self.get(b));
            let made = self.new_str_unfilled(left.saturating_add(right), ascii)?;
            self.copy_text(self.get(a), 0, made.0 + 8, left);
            self.copy_text(self.get(b), 0, made.0 + 8 + left, right);
            made
        } else {
            let made = self.alloc(kind::BYTES, left.saturating_add(right))?;
            let ((first, _), (second, _)) = (self.blob(self.get(a)), self.blob(self.get(b)));
            self.copy_text(first, 0, made.0 + 4, left);
            self.copy_text(second, 0, made.0 + 4 + left, right);
            self.as_kind_of(a, made)?
        };
        self.release(mark);
        Ok(made)
    }

    /// Not an instance, which is asked first whether it has a multiplication of its own.
    fn is_count(&self, value: Value) -> bool {
        !self.is(value, kind::INSTANCE)
    }

    /// `text * times`.
    pub(crate) fn repeat_text(&mut self, text: Value, times: Value) -> Outcome<Value> {
        let mark = self.mark();
        let (text, times) = self.root2(text, times)?;
        let Some(count) = self.index_of(self.get(times))? else {
            return self.raise_type("can't multiply sequence by non-int of type '{}'", self.get(times));
        };
        if count == i64::MAX || count == i64::MIN {
            return self.raise(Builtin::OverflowError, "cannot fit 'int' into an index-sized integer");
        }
        let (value, (_, length)) = (self.get(text), self.blob(self.get(text)));
        let is_bytearray = self.kind(value) == kind::BYTEARRAY;
        if (count == 1 || length == 0) && !is_bytearray {
            self.release(mark);
            return Ok(value);
        }
        let total = i64::from(length).saturating_mul(count.max(0));
        if total > i64::MAX / 4 {
            return self.raise(Builtin::OverflowError, "repeated string is too long");
        }
        let Ok(total) = u32::try_from(total) else { return self.memory_error() };
        let (made, start) = if self.is_str(value) {
            let ascii = total == 0 || self.is_ascii(value);
            (self.new_str_unfilled(total, ascii)?, 8)
        } else {
            (self.alloc(kind::BYTES, total)?, 4)
        };
        let (source, _) = self.blob(self.get(text));
        let target = made.0 + start;
        if length == 1 {
            let byte = self.bytes(source).first().copied().unwrap_or(0);
            self.mem.slice_mut(target, total).fill(byte);
        } else if total > 0 {
            self.copy_text(source, 0, target, length);
            // What is there is doubled until it fills the rest.
            let mut filled = length;
            while filled < total {
                let more = filled.min(total - filled);
                self.mem.copy_bytes(target, target + filled, more);
                filled += more;
            }
        }
        let made = self.as_kind_of(text, made)?;
        self.release(mark);
        Ok(made)
    }

    /// Order of two texts or two bytes-likes; `None`: not of this kind.
    pub fn compare_text(&self, a: Value, b: Value) -> Option<Ordering> {
        let (left, right) = (self.flavor(a)?, self.flavor(b)?);
        // The order of UTF-8 is the order of characters.
        ((left == Flavor::Str) == (right == Flavor::Str)).then(|| {
            let (a, b) = (self.view(a), self.view(b));
            self.note_compared(a.len().min(b.len()));
            a.cmp(b)
        })
    }

    /// Characters of a str, bytes of a bytes-like; `None`: not of this kind.
    #[inline]
    pub fn length_text(&self, value: Value) -> Option<u32> {
        self.flavor(value).map(|_| self.text_length(value))
    }

    /// `text[key]` for an integer key or a SLICE; `None`: not text or bytes.
    pub fn get_item_text(&mut self, text: Value, key: Value) -> Outcome<Option<Value>> {
        let Some(flavor) = self.flavor(text) else { return Ok(None) };
        if key.is_small() && flavor == Flavor::Str && self.is_ascii(text) {
            let index = key.as_small();
            let length = self.length(text) as i32;
            let index = if index < 0 { index.wrapping_add(length) } else { index };
            if let Some(byte) = self.bytes(text).get(index as usize).copied() {
                return self.new_char(char::from(byte)).map(Some);
            }
        }
        if self.is(key, kind::SLICE) {
            let parts = [0, 1, 2].map(|index| self.field(key, index));
            let [start, stop, step] = parts;
            return self.get_slice_text(text, start, stop, step);
        }
        let mark = self.mark();
        let (index, text) = if key.is_small() {
            (i64::from(key.as_small()), text)
        } else {
            let (root, key) = self.root2(text, key)?;
            let Some(index) = self.index_of(self.get(key))? else {
                let message = match flavor {
                    Flavor::Str => "string indices must be integers, not '{}'",
                    Flavor::Bytes => "byte indices must be integers or slices, not {}",
                    Flavor::Bytearray => BYTEARRAY_INDEX,
                };
                return self.raise_type(message, self.get(key));
            };
            (index, self.get(root))
        };
        let length = self.text_length(text);
        let position = if index < 0 { index.saturating_add(i64::from(length)) } else { index };
        if position < 0 || position >= i64::from(length) {
            if index == i64::MAX || index == i64::MIN {
                return self.raise(Builtin::IndexError, "cannot fit 'int' into an index-sized integer");
            }
            return self.raise(
                Builtin::IndexError,
                match flavor {
                    Flavor::Str => "string index out of range",
                    Flavor::Bytes => "index out of range",
                    Flavor::Bytearray => "bytearray index out of range",
                },
            );
        }
        let offset = self.offset_at(text, position as u32);
        let item = if flavor == Flavor::Str {
            let (character, _) = self.char_at(text, offset).unwrap_or(('\0', 0));
            self.new_char(character)?
        } else {
            let byte = self.view(text).get(offset as usize).copied().unwrap_or(0);
            Value::small_unchecked(i32::from(byte))
        };
        self.release(mark);
        Ok(Some(item))
    }

    /// A str of one character.
    #[inline]
    pub fn new_char(&mut self, character: char) -> Outcome<Value> {
        match letter(character) {
            Some(letter) => Ok(letter),
            None => self.new_str(character.encode_utf8(&mut [0; 4])),
        }
    }

    /// `text[start:stop:step]`, each an integer-like or None; `None`: not text or bytes.
    pub fn get_slice_text(&mut self, text: Value, start: Value, stop: Value, step: Value) -> Outcome<Option<Value>> {
        if self.flavor(text).is_none() {
            return Ok(None);
        }
        let mark = self.mark();
        let roots = self.root_all(&[text, start, stop, step])?;
        let (start, stop, step) = (self.arg(roots, 1), self.arg(roots, 2), self.arg(roots, 3));
        let text = roots.root(0);
        let bounds = self.slice_bounds(start, stop, step)?;
        let span = bounds.span(self.text_length(self.get(text)));
        let span = Span { start: span.start.max(0) as u32, step: span.step, count: span.count };
        let made = self.take_span(text, span)?;
        self.release(mark);
        Ok(Some(made))
    }

    fn take_span(&mut self, text: Root, span: Span) -> Outcome<Value> {
        let value = self.get(text);
        if span.step == 1 || span.count == 0 {
            let from = self.offset_at(value, span.start);
            let to = if self.is_wide(value) {
                self.offset_at(value, span.start.saturating_add(span.count))
            } else {
                from + span.count
            };
            return if span.count == 0 { self.part(text, 0, 0) } else { self.part(text, from, to) };
        }
        if self.is_wide(value) {
            return self.take_wide(text, span);
        }
        let is_str = self.is_str(value);
        let made = if is_str { self.new_str_unfilled(span.count, true)? } else { self.alloc(kind::BYTES, span.count)? };
        let (source, _) = self.blob(self.get(text));
        self.work(span.count)?;
        for (target, position) in span.positions().enumerate() {
            let byte = self.bytes(source).get(position).copied().unwrap_or(0);
            if let Some(place) = self.bytes_mut(made).get_mut(target) {
                *place = byte;
            }
        }
        self.as_kind_of(text, made)
    }

    /// Characters at a step, of a str beyond ASCII.
    fn take_wide(&mut self, text: Root, span: Span) -> Outcome<Value> {
        let mut out = TextBuilder::new(self, span.count)?;
        for position in span.positions() {
            self.work(1)?;
            let value = self.get(text);
            let Some((character, _)) = self.char_at(value, self.offset_at(value, position as u32)) else { break };
            out.push_char(self, character)?;
        }
        Ok(out.finish_and_release(self))
    }

    /// `item in text`; `None`: not text or bytes.
    pub fn contains_text(&mut self, text: Value, item: Value) -> Outcome<Option<bool>> {
        let Some(flavor) = self.flavor(text) else { return Ok(None) };
        let (given, item) = (item, self.plain(item));
        if flavor == Flavor::Str && !self.is_str(item) {
            return self.raise_type("'in <string>' requires string as left operand, not {}", given);
        }
        if flavor == Flavor::Str || self.is_bytes_like(item) {
            let (hay, needle) = (self.view(text), self.view(item));
            let found = search::find(hay, needle);
            let searched = needle.len() + found.unwrap_or(hay.len());
            self.work(searched as u32 / 4)?;
            return Ok(Some(found.is_some()));
        }
        let mark = self.mark();
        let (text, item) = self.root2(text, item)?;
        let Some(number) = self.index_of(self.get(item))? else {
            return self.raise_type("a bytes-like object is required, not '{}'", self.get(item));
        };
        let byte = self.byte_of(number)?;
        let text = self.get(text);
        self.release(mark);
        Ok(Some(self.view(text).contains(&byte)))
    }

    /// A number as a byte; ValueError outside 0..256.
    pub(crate) fn byte_of(&mut self, number: i64) -> Outcome<u8> {
        match u8::try_from(number) {
            Ok(byte) => Ok(byte),
            Err(_) => self.raise(Builtin::ValueError, "byte must be in range(0, 256)"),
        }
    }
}
