//! The module: what the compiler writes, the edge stores and the device executes in place.
//!
//! It travels and is kept as a flatbuffers table (`wire/schema/module.fbs`) around its packed contents, which
//! [`encode`] makes of [`Parts`]. It is run as an image of words, which [`unpack`] makes of it; [`parse`] checks that
//! image's structure and gives the [`Sections`] as byte slices, which a VM then views as aligned words, in place. That
//! the *contents* are sound (opcodes, registers, jumps, references) is what `nano_vm::Module::load` proves.

use crate::generated::module::module as fb;
use crate::packed;
use alloc::vec;
use alloc::vec::Vec;

/// Version of the instruction set, the builtins and the layout of objects. A device refuses any other.
pub const ISA_VERSION: u16 = 6;

/// No index.
pub const NONE: u16 = 0xFFFF;

/// Most bytes a module may have.
pub const MAX_BYTES: usize = 8 << 20;

/// Flags of a function.
pub mod flags {
    /// Takes `*args`.
    pub const VARARGS: u8 = 1;
    /// Takes `**kwargs`.
    pub const KEYWORDS: u8 = 2;
    /// Calling it makes a generator.
    pub const GENERATOR: u8 = 4;
    /// Body of a class: takes the namespace, returns the `__class__` cell or None.
    pub const CLASS_BODY: u8 = 8;
    /// Parameters by position only, no captures of arguments needed: the fast call path may enter it directly when the
    /// count of arguments is `positional`. Set by [`super::encode`].
    pub const SIMPLE: u8 = 16;
    /// Calling it makes a coroutine; it is a generator, too.
    pub const COROUTINE: u8 = 32;
}

/// One function, as the compiler knows it. Layout: five words, see `module.fbs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// First word in `code`.
    pub code: u32,
    /// Length in words.
    pub words: u16,
    /// Constant: qualified name.
    pub name: u16,
    /// Its first handler.
    pub first_handler: u16,
    /// Names of its parameters in `parameters`: positional, keyword-only, `*args`, `**kwargs`.
    pub first_parameter: u16,
    /// How many handlers.
    pub handlers: u8,
    /// Registers of its window. Parameters come first, in the order of their names.
    pub registers: u8,
    /// Parameters by position, positional-only ones included.
    pub positional: u8,
    /// Positional-only parameters.
    pub positional_only: u8,
    /// Keyword-only parameters.
    pub keyword_only: u8,
    /// [`flags`].
    pub flags: u8,
    /// Cells it captures.
    pub captures: u8,
    /// Reserved, 0.
    pub defaults: u8,
}

impl Function {
    /// Words of one function in the module.
    pub const WORDS: usize = 5;

    /// Registers that parameters take: positional, keyword-only, `*args`, `**kwargs`.
    pub const fn parameters(&self) -> usize {
        self.positional as usize
            + self.keyword_only as usize
            + (self.flags & flags::VARARGS != 0) as usize
            + (self.flags & flags::KEYWORDS != 0) as usize
    }

    /// Its five words.
    pub fn words(&self) -> [u32; Self::WORDS] {
        let byte = |byte: u8, place: u32| u32::from(byte) << (8 * place);
        [
            self.code,
            self.words as u32 | (self.name as u32) << 16,
            self.first_handler as u32 | (self.first_parameter as u32) << 16,
            byte(self.handlers, 0) | byte(self.registers, 1) | byte(self.positional, 2) | byte(self.positional_only, 3),
            byte(self.keyword_only, 0) | byte(self.flags, 1) | byte(self.captures, 2) | byte(self.defaults, 3),
        ]
    }

    /// Reads it from its five words.
    #[inline(always)]
    pub const fn from_words(words: [u32; Self::WORDS]) -> Self {
        let [w0, w1, w2, w3, w4] = words;
        Self {
            code: w0,
            words: w1 as u16,
            name: (w1 >> 16) as u16,
            first_handler: w2 as u16,
            first_parameter: (w2 >> 16) as u16,
            handlers: w3 as u8,
            registers: (w3 >> 8) as u8,
            positional: (w3 >> 16) as u8,
            positional_only: (w3 >> 24) as u8,
            keyword_only: w4 as u8,
            flags: (w4 >> 8) as u8,
            captures: (w4 >> 16) as u8,
            defaults: (w4 >> 24) as u8,
        }
    }
}

/// A guarded range of a function, in words from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First word guarded.
    pub start: u16,
    /// First word behind.
    pub end: u16,
    /// Its `catch_begin`.
    pub target: u16,
}

/// A module of the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageModule {
    /// Constant: dotted name.
    pub name: u16,
    /// Function: its top level.
    pub function: u16,
    /// Its first global slot.
    pub first_global: u16,
    /// Its global slots.
    pub globals: u16,
}

/// Everything a module is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Instructions of all functions.
    pub code: Vec<u32>,
    /// Constants ([`crate::value::Value`]).
    pub constants: Vec<u32>,
    /// Objects the constants refer to, as in the arena.
    pub objects: Vec<u32>,
    /// Functions.
    pub functions: Vec<Function>,
    /// Handlers, innermost first within a function.
    pub handlers: Vec<Handler>,
    /// Names of parameters (constants).
    pub parameters: Vec<u16>,
    /// Names of globals (constants), one a slot.
    pub global_names: Vec<u16>,
    /// Modules; the first is the handler's.
    pub modules: Vec<PackageModule>,
    /// Inline caches.
    pub caches: u16,
    /// The arena after the top level; empty: run the top level.
    pub snapshot: Vec<u32>,
}

/// Writes the module.
pub fn encode(parts: &Parts) -> Vec<u8> {
    let body = packed::pack(parts);
    let mut builder = flatbuffers::FlatBufferBuilder::with_capacity(64 + body.len());
    let args = fb::ModuleArgs { isa: ISA_VERSION, body: Some(builder.create_vector(&body)) };
    let root = fb::Module::create(&mut builder, &args);
    fb::finish_module_buffer(&mut builder, root);
    builder.finished_data().to_vec()
}

/// The same module with a snapshot of its arena (see the VM's `Module::snapshot`), or without one where it is empty.
pub fn with_snapshot(module: &[u8], snapshot: &[u32]) -> Result<Vec<u8>, ParseError> {
    let image: Vec<u8> = unpack(module)?.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut parts = parse(&image)?.parts();
    parts.snapshot = snapshot.to_vec();
    Ok(encode(&parts))
}

/// A module as it travels, whose beginning has been read: how large its image is, before there is one.
#[derive(Clone, Copy, Debug)]
pub struct Packed<'a>(packed::Head<'a>);

impl<'a> Packed<'a> {
    /// Reads the beginning.
    pub fn read(module: &'a [u8]) -> Result<Self, ParseError> {
        packed::head(body(module)?).map(Self).ok_or(ParseError::Damaged)
    }

    /// Bytes of the image.
    pub fn image_bytes(&self) -> usize {
        self.0.total * 4
    }

    /// The image: what is run. A word for each four bytes, which [`parse`] takes.
    pub fn unpack(self) -> Result<Vec<u32>, ParseError> {
        // There is no way to ask for zeroed memory that may fail, and filling it by the word takes a small core three times
        // as long: whether it is there is found out before.
        let room = Vec::<u32>::new().try_reserve_exact(self.0.total);
        room.map_err(|_| ParseError::Memory(self.image_bytes() as u32))?;
        let mut image = vec![0; self.0.total];
        packed::unpack(self.0, ISA_VERSION, &mut image).ok_or(ParseError::Damaged)?;
        Ok(image)
    }
}

/// The image of a module.
pub fn unpack(module: &[u8]) -> Result<Vec<u32>, ParseError> {
    Packed::read(module)?.unpack()
}

/// The packed contents of a module of this version.
fn body(module: &[u8]) -> Result<&[u8], ParseError> {
    if module.len() > MAX_BYTES {
        return Err(ParseError::TooLarge);
    }
    match module.get(4..8) {
        Some(identifier) if identifier == fb::MODULE_IDENTIFIER.as_bytes() => {}
        Some(b"NPY1") => return Err(ParseError::Version(2)),
        _ => return Err(ParseError::NotAModule),
    }
    let module = fb::root_as_module(module).map_err(|_| ParseError::Damaged)?;
    if module.isa() != ISA_VERSION {
        return Err(ParseError::Version(module.isa()));
    }
    Ok(module.body().map_or(&[][..], |body| body.bytes()))
}

/// Why bytes are no module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// Longer than [`MAX_BYTES`].
    TooLarge,
    /// Not a module at all: the file identifier is missing.
    NotAModule,
    /// The flatbuffers structure is broken (truncated or damaged).
    Damaged,
    /// Made for another version of the instruction set.
    Version(u16),
    /// There is no memory for the image, which takes so many bytes.
    Memory(u32),
}

impl core::fmt::Display for ParseError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::TooLarge => write!(f, "the module is larger than {MAX_BYTES} bytes"),
            Self::NotAModule => write!(f, "this is not an IoTPy module"),
            Self::Damaged => write!(f, "the module is damaged"),
            Self::Version(version) => {
                write!(f, "the module is of version {version}, this is version {ISA_VERSION}: compile it again")
            }
            Self::Memory(bytes) => write!(f, "there is no memory for the module's image of {bytes} bytes"),
        }
    }
}

impl core::error::Error for ParseError {}

/// How many there are of each.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub(crate) enum Count {
    Code,
    Constants,
    Objects,
    Functions,
    Handlers,
    Modules,
    Snapshot,
    Parameters,
    Globals,
}

/// All counts, in the order of the sections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts(pub [u32; 9]);

impl Counts {
    /// Words before the first section: what it is; version and caches; the counts.
    pub const HEADER: usize = 2 + 9;
    /// The first word of an image.
    const MAGIC: u32 = u32::from_le_bytes(*b"NPYi");

    pub fn of(parts: &Parts) -> Self {
        Self(
            [
                parts.code.len(),
                parts.constants.len(),
                parts.objects.len(),
                parts.functions.len(),
                parts.handlers.len(),
                parts.modules.len(),
                parts.snapshot.len(),
                parts.parameters.len(),
                parts.global_names.len(),
            ]
            .map(|count| count as u32),
        )
    }

    pub fn get(&self, count: Count) -> u32 {
        self.0.get(count as usize).copied().unwrap_or(0)
    }

    /// Words of a section; `None`: more than there can be.
    pub fn words(&self, count: Count) -> Option<usize> {
        let number = self.get(count) as usize;
        match count {
            Count::Code | Count::Constants | Count::Objects | Count::Snapshot => Some(number),
            Count::Functions => number.checked_mul(Function::WORDS),
            Count::Handlers | Count::Modules => number.checked_mul(2),
            Count::Parameters | Count::Globals => Some(number.div_ceil(2)),
        }
    }

    /// Words of the image.
    pub fn total_words(&self) -> Option<usize> {
        use Count::{Code, Constants, Functions, Globals, Handlers, Modules, Objects, Parameters, Snapshot};
        [Code, Constants, Objects, Functions, Handlers, Modules, Snapshot, Parameters, Globals]
            .into_iter()
            .try_fold(Self::HEADER, |total, count| total.checked_add(self.words(count)?))
            .filter(|words| *words <= MAX_BYTES / 4)
    }

    pub fn header(&self, isa: u16, caches: u16) -> [u32; Self::HEADER] {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        [Self::MAGIC, u32::from(isa) | u32::from(caches) << 16, a, b, c, d, e, f, g, h, i]
    }
}

/// The sections of an image, as bytes; each is little endian, aligned to 4 within the buffer, and a whole number of
/// its elements.
#[derive(Clone, Copy, Debug)]
pub struct Sections<'a> {
    /// Global slots.
    pub globals: u16,
    /// Inline caches.
    pub caches: u16,
    /// Words.
    pub code: &'a [u8],
    /// Words: values.
    pub constants: &'a [u8],
    /// Words: objects.
    pub objects: &'a [u8],
    /// [`Function::WORDS`] words each.
    pub functions: &'a [u8],
    /// Two words each.
    pub handlers: &'a [u8],
    /// Half-words.
    pub parameters: &'a [u8],
    /// Half-words.
    pub global_names: &'a [u8],
    /// Two words each.
    pub modules: &'a [u8],
    /// Words.
    pub snapshot: &'a [u8],
}

impl Sections<'_> {
    /// What they hold.
    pub fn parts(&self) -> Parts {
        let halves = |bytes: &[u8]| -> Vec<u16> {
            bytes.as_chunks::<2>().0.iter().map(|half| u16::from_le_bytes(*half)).collect()
        };
        let pairs = |bytes: &[u8]| -> Vec<[u16; 4]> {
            bytes
                .as_chunks::<8>()
                .0
                .iter()
                .map(|[a, b, c, d, e, f, g, h]| {
                    [[a, b], [c, d], [e, f], [g, h]].map(|[low, high]| u16::from_le_bytes([*low, *high]))
                })
                .collect()
        };
        Parts {
            code: words(self.code),
            constants: words(self.constants),
            objects: words(self.objects),
            functions: words(self.functions).as_chunks().0.iter().map(|words| Function::from_words(*words)).collect(),
            handlers: pairs(self.handlers)
                .iter()
                .map(|[start, end, target, _]| Handler { start: *start, end: *end, target: *target })
                .collect(),
            parameters: halves(self.parameters),
            global_names: halves(self.global_names),
            modules: pairs(self.modules)
                .iter()
                .map(|[name, function, first_global, globals]| PackageModule {
                    name: *name,
                    function: *function,
                    first_global: *first_global,
                    globals: *globals,
                })
                .collect(),
            caches: self.caches,
            snapshot: words(self.snapshot),
        }
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

/// Checks the structure of an image ([`unpack`]).
pub fn parse(image: &[u8]) -> Result<Sections<'_>, ParseError> {
    if image.len() > MAX_BYTES {
        return Err(ParseError::TooLarge);
    }
    let word = |index: usize| {
        let bytes = image.get(index * 4..index * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    if word(0) != Some(Counts::MAGIC) {
        return Err(ParseError::NotAModule);
    }
    let versions = word(1).ok_or(ParseError::Damaged)?;
    if versions as u16 != ISA_VERSION {
        return Err(ParseError::Version(versions as u16));
    }
    let mut counts = Counts::default();
    for (index, count) in counts.0.iter_mut().enumerate() {
        *count = word(2 + index).ok_or(ParseError::Damaged)?;
    }
    if counts.total_words() != Some(image.len() / 4) || !image.len().is_multiple_of(4) {
        return Err(ParseError::Damaged);
    }
    let mut rest = image.get(Counts::HEADER * 4..).unwrap_or(&[]);
    let mut section = |count| {
        let (section, behind) = rest.split_at_checked(counts.words(count)? * 4)?;
        rest = behind;
        Some(section)
    };
    let mut sections = || {
        let (code, constants, objects) = (section(Count::Code)?, section(Count::Constants)?, section(Count::Objects)?);
        let (functions, handlers) = (section(Count::Functions)?, section(Count::Handlers)?);
        let (modules, snapshot) = (section(Count::Modules)?, section(Count::Snapshot)?);
        let mut names = |count| section(count)?.get(..counts.get(count) as usize * 2);
        Some(Sections {
            parameters: names(Count::Parameters)?,
            global_names: names(Count::Globals)?,
            globals: counts.get(Count::Globals).try_into().ok()?,
            caches: (versions >> 16) as u16,
            code,
            constants,
            objects,
            functions,
            handlers,
            modules,
            snapshot,
        })
    };
    sections().ok_or(ParseError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn sample() -> Parts {
        Parts {
            code: vec![1, 2, 3],
            constants: vec![7],
            functions: vec![Function {
                code: 0,
                words: 3,
                registers: 9,
                positional: 2,
                name: 0,
                captures: 1,
                ..Function::default()
            }],
            handlers: vec![Handler { start: 0, end: 2, target: 2 }],
            parameters: vec![0, 0],
            global_names: vec![0],
            modules: vec![PackageModule { name: 0, function: 0, first_global: 0, globals: 1 }],
            caches: 4,
            ..Parts::default()
        }
    }

    /// The image of a module, as bytes.
    fn image(module: &[u8]) -> Vec<u8> {
        unpack(module).unwrap().iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn sections_come_back() {
        let bytes = image(&encode(&sample()));
        let sections = parse(&bytes).unwrap();
        assert_eq!(sections.code, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!((sections.globals, sections.caches), (1, 4));
        let function = Function::from_words(words(sections.functions).try_into().unwrap());
        assert_eq!((function.words, function.registers, function.positional, function.captures), (3, 9, 2, 1));
        assert_eq!(function.flags, flags::SIMPLE);
        assert_eq!(Function::from_words(function.words()), function);
        assert_eq!(sections.code.as_ptr() as usize % 4, bytes.as_ptr() as usize % 4);
    }

    /// Values and descriptions of every kind come back as they were.
    #[test]
    fn everything_comes_back() {
        use crate::value::{Kind, Value, hash_bytes, header};
        let text = |text: &[u8]| {
            let mut words = vec![header(Kind::Str as u8, text.len() as u32), hash_bytes(text) << 1 | 1];
            let padded =
                text.chunks(4).map(|part| part.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)));
            words.extend(padded);
            words
        };
        let mut parts = sample();
        parts.objects = text(b"payload");
        parts.objects.extend([header(Kind::Float as u8, 2), 0, 0x3FF0_0000]);
        parts.objects.extend(text(b""));
        // A text with another hash is no text that can be made again.
        parts.objects.extend([header(Kind::Str as u8, 1), 7, 0x61]);
        parts.objects.extend([header(Kind::Tuple as u8, 1), Value::image(0).0]);
        parts.constants = vec![
            Value::image(0).0,
            Value::image(16).0,
            Value::small(-1).unwrap().0,
            Value::small(Value::SMALL_MIN).unwrap().0,
            Value::image(16).0,
            Value::NONE.0,
            Value::letter(b'x').0,
            Value::image(48).0,
            Value::UNBOUND.0,
        ];
        parts.functions.push(Function {
            code: 1,
            words: 2,
            name: 300,
            first_handler: 1,
            first_parameter: 2,
            handlers: 1,
            registers: 255,
            positional: 200,
            positional_only: 1,
            keyword_only: 2,
            flags: flags::VARARGS | flags::GENERATOR,
            captures: 3,
            defaults: 0,
        });
        parts.functions.push(Function { code: 0, words: 1, name: 1, ..Function::default() });
        parts.handlers.push(Handler { start: 7, end: 400, target: 9 });
        parts.parameters = vec![0, 300, 2];
        parts.snapshot = vec![0, 0xFF00_00FF, 0, 0, 1];
        let back = parse(&image(&encode(&parts))).unwrap().parts();
        for function in &mut parts.functions {
            function.flags = back.functions[0].flags & flags::SIMPLE & !function.flags | function.flags;
        }
        parts.functions[1].flags &= !flags::SIMPLE;
        assert_eq!(back, parts);
    }

    #[test]
    fn a_snapshot_is_added_and_taken_away() {
        let plain = encode(&sample());
        let with = with_snapshot(&plain, &[1, 2, 3]).unwrap();
        let (before, after) = (image(&plain), image(&with));
        let (before, after) = (parse(&before).unwrap(), parse(&after).unwrap());
        assert_eq!(after.snapshot, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(Parts { snapshot: vec![], ..after.parts() }, before.parts());
        assert_eq!(with_snapshot(&with, &[]).unwrap(), plain);
    }

    #[test]
    fn damage_is_refused_or_harmless() {
        let bytes = encode(&sample());
        let image = image(&bytes);
        for (whole, check) in
            [(&bytes, (|bytes| unpack(bytes).is_ok()) as fn(&[u8]) -> bool), (&image, |bytes| parse(bytes).is_ok())]
        {
            for length in 0..whole.len() {
                // Only what pads the end may be missing.
                assert!(!check(&whole[..length]) || length + 4 > whole.len(), "cut to {length} bytes");
            }
            for index in 0..whole.len() {
                for bit in 0..8 {
                    let mut damaged = whole.clone();
                    damaged[index] ^= 1 << bit;
                    check(&damaged);
                }
            }
        }
        assert_eq!(unpack(b"").unwrap_err(), ParseError::NotAModule);
        assert_eq!(unpack(&[0; 64]).unwrap_err(), ParseError::NotAModule);
        assert_eq!(parse(&bytes).unwrap_err(), ParseError::NotAModule);
        assert_eq!(unpack(b"\x10\0\0\0NPY1\0\0\0\0").unwrap_err(), ParseError::Version(2));
    }
}
