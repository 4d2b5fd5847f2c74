//! A module's contents as they travel and are kept: small numbers in a byte, no word for a byte.
//!
//! What is run is the image ([`crate::module`]), which this becomes again, word for word. Numbers are of variable
//! length (LEB128). Words of code are written without the bytes of theirs that are 0: before each two words a byte
//! whose bits say which bytes follow.

use crate::module::{Count, Counts, Function, Handler, PackageModule, Parts, flags};
use crate::value::{Kind, Value, header, header_kind, header_length, little_endian, object_words, text_word};
use alloc::vec;
use alloc::vec::Vec;

/// Bits of a function's description that say what is written of it beyond the least.
mod has {
    pub const HANDLERS: u8 = 1;
    pub const CAPTURES: u8 = 2;
    pub const POSITIONAL_ONLY: u8 = 4;
    pub const KEYWORD_ONLY: u8 = 8;
    pub const FLAGS: u8 = 16;
    /// Where its code, handlers and parameters are: not behind those of the function before it.
    pub const PLACES: u8 = 32;
    /// From here on the number of its parameters by position; all bits: it is more, and follows.
    pub const POSITIONAL: u8 = 64;
}

/// What an entry of constants and objects is: the lowest bits of its first number, above them its length or value.
mod entry {
    /// Text, and the constant that is it.
    pub const TEXT: u32 = 0;
    /// Text that no constant is.
    pub const INNER_TEXT: u32 = 1;
    /// Constant: a small integer, zigzag.
    pub const SMALL: u32 = 2;
    /// Constant: a word, that follows.
    pub const WORD: u32 = 3;
    /// Constant: a builtin.
    pub const BUILTIN: u32 = 4;
    /// Object of so many words, which follow, and the constant that is it.
    pub const OBJECT: u32 = 5;
    /// Object that no constant is.
    pub const INNER_OBJECT: u32 = 6;
    /// Constant: the text of one letter.
    pub const LETTER: u32 = 7;
    pub const BITS: u32 = 3;
    /// What fits above them.
    pub const MOST: u32 = u32::MAX >> BITS;
}

/// The flags that the module has beside those the compiler knows.
fn all_flags(function: &Function) -> u8 {
    let rest = function.flags & !flags::SIMPLE;
    let is_simple = rest & (flags::VARARGS | flags::KEYWORDS | flags::GENERATOR | flags::COROUTINE) == 0
        && function.keyword_only == 0;
    rest | if is_simple { flags::SIMPLE } else { 0 }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn entry(&mut self, kind: u32, number: u32) {
        self.number(number << entry::BITS | kind);
    }

    fn words(&mut self, words: &[u32]) {
        for pair in words.chunks(2) {
            let bytes = pair.iter().flat_map(|word| word.to_le_bytes());
            let mask = bytes.clone().enumerate().fold(0, |mask, (place, byte)| mask | u8::from(byte != 0) << place);
            self.0.push(mask);
            self.0.extend(bytes.filter(|byte| *byte != 0));
        }
    }

    /// Constants and objects, each object before what refers to it.
    fn values(&mut self, parts: &Parts) {
        let mut at = 0;
        for word in &parts.constants {
            let value = Value(*word);
            let offset = (value.offset() / 4) as usize;
            if let Some(letter) = value.as_letter() {
                self.entry(entry::LETTER, letter.into());
            } else if value.is_image() && offset >= at && offset < parts.objects.len() {
                while at < offset {
                    at += self.object(parts.objects.get(at..).unwrap_or(&[]), false);
                }
                if at == offset {
                    at += self.object(parts.objects.get(at..).unwrap_or(&[]), true);
                } else {
                    self.entry(entry::WORD, 0);
                    self.number(*word);
                }
            } else if value.is_small() && zigzag(value.as_small()) <= entry::MOST {
                self.entry(entry::SMALL, zigzag(value.as_small()));
            } else if let Some(builtin) = value.as_builtin() {
                self.entry(entry::BUILTIN, builtin as u32);
            } else {
                self.entry(entry::WORD, 0);
                self.number(*word);
            }
        }
        while at < parts.objects.len() {
            at += self.object(parts.objects.get(at..).unwrap_or(&[]), false);
        }
    }

    /// The first of the objects; its words.
    fn object(&mut self, objects: &[u32], is_constant: bool) -> usize {
        let Some(first) = objects.first() else { return 1 };
        let words = (object_words(*first) as usize).min(objects.len());
        let object = objects.get(..words).unwrap_or(objects);
        let length = header_length(*first);
        if header_kind(*first) == Kind::Str as u8 {
            let bytes: Vec<u8> =
                object.iter().skip(2).flat_map(|word| word.to_le_bytes()).take(length as usize).collect();
            let mut made = vec![0; text_words(bytes.len())];
            if put_text(&bytes, &mut made).is_some() && made == object {
                self.entry(if is_constant { entry::TEXT } else { entry::INNER_TEXT }, length);
                self.0.extend(bytes);
                return words;
            }
        }
        self.entry(if is_constant { entry::OBJECT } else { entry::INNER_OBJECT }, words as u32);
        self.words(object);
        words
    }

    fn functions(&mut self, parts: &Parts) {
        let mut next = Function::default();
        for function in &parts.functions {
            let is_next = function.code == next.code
                && function.first_handler == next.first_handler
                && function.first_parameter == next.first_parameter
                && function.defaults == 0;
            let rest = all_flags(function) & !flags::SIMPLE;
            let few = function.positional.min(3);
            let mut bits = few * has::POSITIONAL;
            for (bit, there) in [
                (has::HANDLERS, function.handlers > 0),
                (has::CAPTURES, function.captures > 0),
                (has::POSITIONAL_ONLY, function.positional_only > 0),
                (has::KEYWORD_ONLY, function.keyword_only > 0),
                (has::FLAGS, rest > 0),
                (has::PLACES, !is_next),
            ] {
                bits |= if there { bit } else { 0 };
            }
            self.0.extend([bits, function.registers]);
            self.number(function.name.into());
            self.number(function.words.into());
            for (bit, byte) in [
                (has::HANDLERS, function.handlers),
                (has::CAPTURES, function.captures),
                (has::POSITIONAL_ONLY, function.positional_only),
                (has::KEYWORD_ONLY, function.keyword_only),
                (has::FLAGS, rest),
            ] {
                if bits & bit != 0 {
                    self.0.push(byte);
                }
            }
            if few == 3 {
                self.0.push(function.positional);
            }
            if !is_next {
                self.number(function.code);
                self.number(function.first_handler.into());
                self.number(function.first_parameter.into());
                self.0.push(function.defaults);
            }
            next = behind(function);
        }
    }
}

/// Where the function behind this one is, if it is where it should be.
fn behind(function: &Function) -> Function {
    Function {
        code: function.code.wrapping_add(function.words.into()),
        first_handler: function.first_handler.wrapping_add(function.handlers.into()),
        first_parameter: function.first_parameter.wrapping_add(function.parameters() as u16),
        ..Function::default()
    }
}

fn zigzag(number: i32) -> u32 {
    (number << 1 ^ number >> 31).cast_unsigned()
}

/// Words of the object of a text of so many bytes.
fn text_words(length: usize) -> usize {
    2 + length.div_ceil(4)
}

/// Makes the object of a text, in as many words as it has.
fn put_text(bytes: &[u8], object: &mut [u32]) -> Option<()> {
    let [head, hash, words @ ..] = object else { return None };
    let length = bytes.len() as u32;
    *head = header(Kind::Str as u8, length);
    let (whole, rest) = bytes.as_chunks();
    for (word, chunk) in words.iter_mut().zip(whole) {
        *word = u32::from_le_bytes(*chunk);
    }
    if !rest.is_empty() {
        *words.last_mut()? = little_endian(rest);
    }
    *hash = text_word(words, length);
    Some(())
}

/// Packs everything.
pub(crate) fn pack(parts: &Parts) -> Vec<u8> {
    let mut writer = Writer(Vec::new());
    writer.number(parts.caches.into());
    for count in Counts::of(parts).0 {
        writer.number(count);
    }
    writer.words(&parts.code);
    writer.values(parts);
    writer.functions(parts);
    for Handler { start, end, target } in &parts.handlers {
        for number in [*start, end.wrapping_sub(*start), *target] {
            writer.number(number.into());
        }
    }
    for PackageModule { name, function, first_global, globals } in &parts.modules {
        for number in [*name, *function, *first_global, *globals] {
            writer.number(number.into());
        }
    }
    writer.words(&parts.snapshot);
    for name in parts.parameters.iter().chain(&parts.global_names) {
        writer.number((*name).into());
    }
    writer.0
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    #[inline]
    fn number(&mut self) -> Option<u32> {
        // Most are small.
        match self.0.split_first() {
            Some((byte, rest)) if *byte < 0x80 => {
                self.0 = rest;
                Some(u32::from(*byte))
            }
            _ => self.long_number(),
        }
    }

    #[inline(never)]
    fn long_number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            if shift == 28 && byte > 15 {
                return None;
            }
            number |= u32::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn half(&mut self) -> Option<u16> {
        self.number()?.try_into().ok()
    }

    fn words(&mut self, words: &mut [u32]) -> Option<()> {
        let mut bytes = self.0.iter();
        // Which bytes of the next words follow, under a bit that says where these end.
        let mut mask = 1;
        for word in words {
            if mask == 1 {
                mask = u32::from(*bytes.next()?) | 0x100;
            }
            let mut byte = |bit: u32| match mask & bit {
                0 => Some(0),
                _ => bytes.next().filter(|byte| **byte != 0).map(|byte| u32::from(*byte)),
            };
            *word = byte(1)? | byte(2)? << 8 | byte(4)? << 16 | byte(8)? << 24;
            mask >>= 4;
        }
        self.0 = bytes.as_slice();
        // Of an odd word the other half says nothing.
        matches!(mask, 1 | 0x10).then_some(())
    }

    fn values(&mut self, constants: &mut [u32], objects: &mut [u32]) -> Option<()> {
        let (mut constant, mut object) = (0, 0);
        while constant < constants.len() || object < objects.len() {
            let head = self.number()?;
            let (kind, number) = (head & ((1 << entry::BITS) - 1), head >> entry::BITS);
            let (mut value, mut words) = (Value::image((object as u32).checked_mul(4)?), 0);
            match kind {
                entry::TEXT | entry::INNER_TEXT => {
                    let (bytes, rest) = self.0.split_at_checked(number as usize)?;
                    self.0 = rest;
                    words = text_words(bytes.len());
                    put_text(bytes, objects.get_mut(object..object.checked_add(words)?)?)?;
                }
                entry::OBJECT | entry::INNER_OBJECT => {
                    words = number as usize;
                    let place = objects.get_mut(object..object.checked_add(words)?)?;
                    if place.is_empty() {
                        return None;
                    }
                    self.words(place)?;
                }
                entry::SMALL => value = Value::small((number >> 1).cast_signed() ^ -(number & 1).cast_signed())?,
                entry::BUILTIN => value = Value(Value::NONE.0.checked_add(number.checked_mul(4)?)?),
                entry::LETTER => value = Value::letter(u8::try_from(number).ok().filter(u8::is_ascii)?),
                _ => value = Value(self.number().filter(|_| number == 0)?),
            }
            object += words;
            if kind != entry::INNER_TEXT && kind != entry::INNER_OBJECT {
                *constants.get_mut(constant)? = value.0;
                constant += 1;
            }
        }
        Some(())
    }

    fn function(&mut self, next: &Function) -> Option<Function> {
        let (bits, registers) = (self.byte()?, self.byte()?);
        let (name, words) = (self.half()?, self.half()?);
        let mut optional = |bit| if bits & bit != 0 { self.byte() } else { Some(0) };
        let mut function = Function {
            name,
            words,
            registers,
            handlers: optional(has::HANDLERS)?,
            captures: optional(has::CAPTURES)?,
            positional_only: optional(has::POSITIONAL_ONLY)?,
            keyword_only: optional(has::KEYWORD_ONLY)?,
            flags: optional(has::FLAGS)?,
            positional: bits / has::POSITIONAL,
            ..*next
        };
        if function.positional == 3 {
            function.positional = self.byte()?;
        }
        function.flags = all_flags(&function);
        if bits & has::PLACES != 0 {
            function.code = self.number()?;
            function.first_handler = self.half()?;
            function.first_parameter = self.half()?;
            function.defaults = self.byte()?;
        }
        Some(function)
    }
}

/// What stands before the sections, and they.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    caches: u16,
    counts: Counts,
    /// Words of the image.
    pub total: usize,
    sections: &'a [u8],
}

/// Reads it; `None`: it is damaged.
pub(crate) fn head(bytes: &[u8]) -> Option<Head<'_>> {
    let mut reader = Reader(bytes);
    // What is written takes at least a byte for each eight of the image.
    let most = bytes.len().checked_mul(2)? + 16;
    let caches = reader.half()?;
    let mut counts = Counts::default();
    for count in &mut counts.0 {
        *count = reader.number()?;
    }
    let total = counts.total_words().filter(|words| *words <= most)?;
    Some(Head { caches, counts, total, sections: reader.0 })
}

/// Writes the image that it all stands for into words that are 0, as many as it has; `None`: it is damaged.
pub(crate) fn unpack(head: Head<'_>, isa: u16, image: &mut [u32]) -> Option<()> {
    let Head { caches, counts, sections, .. } = head;
    let mut reader = Reader(sections);
    let (header, mut rest) = image.split_at_mut_checked(Counts::HEADER)?;
    header.copy_from_slice(&counts.header(isa, caches));
    let mut section = |count: Count| {
        let (section, behind) = core::mem::take(&mut rest).split_at_mut_checked(counts.words(count)?)?;
        rest = behind;
        Some(section)
    };
    reader.words(section(Count::Code)?)?;
    let constants = section(Count::Constants)?;
    reader.values(constants, section(Count::Objects)?)?;
    let mut next = Function::default();
    for words in section(Count::Functions)?.chunks_exact_mut(Function::WORDS) {
        let function = reader.function(&next)?;
        words.copy_from_slice(&function.words());
        next = behind(&function);
    }
    for words in section(Count::Handlers)?.chunks_exact_mut(2) {
        let (start, length, target) = (reader.half()?, reader.half()?, reader.half()?);
        let end = start.checked_add(length)?;
        words.copy_from_slice(&[u32::from(start) | u32::from(end) << 16, target.into()]);
    }
    for words in section(Count::Modules)?.chunks_exact_mut(2) {
        for word in words {
            *word = u32::from(reader.half()?) | u32::from(reader.half()?) << 16;
        }
    }
    reader.words(section(Count::Snapshot)?)?;
    for names in [Count::Parameters, Count::Globals] {
        let count = counts.get(names);
        for (index, word) in section(names)?.iter_mut().enumerate() {
            let low = reader.half()?;
            let high = if index as u32 * 2 + 1 < count { reader.half()? } else { 0 };
            *word = u32::from(low) | u32::from(high) << 16;
        }
    }
    reader.0.is_empty().then_some(())
}
