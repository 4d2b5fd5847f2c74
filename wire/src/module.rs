//! The module: what the compiler writes, the edge stores and the device executes in place.
//!
//! A flatbuffers table (`wire/schema/module.fbs`). [`encode`] builds one from [`Parts`]; [`parse`] checks the buffer's
//! structure and gives the [`Sections`] as byte slices, which a VM then views as aligned words. That the *contents*
//! are sound (opcodes, registers, jumps, references) is what `nano_vm::Module::load` proves, not this file.

use crate::generated::module::module as fb;
use alloc::vec::Vec;

/// Version of the instruction set, the builtins and the layout of objects. A device refuses any other.
pub const ISA_VERSION: u16 = 2;

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
    let mut builder = flatbuffers::FlatBufferBuilder::with_capacity(1024);
    let words = |v: &[u32]| -> Option<Vec<u32>> { if v.is_empty() { None } else { Some(v.to_vec()) } };
    let functions: Vec<fb::Function> = parts
        .functions
        .iter()
        .map(|f| {
            let simple = f.flags & (flags::VARARGS | flags::KEYWORDS | flags::GENERATOR | flags::COROUTINE) == 0
                && f.keyword_only == 0;
            let all = (f.flags & !flags::SIMPLE) | if simple { flags::SIMPLE } else { 0 };
            fb::Function::new(
                f.code,
                f.words,
                f.name,
                f.first_handler,
                f.first_parameter,
                f.handlers,
                f.registers,
                f.positional,
                f.positional_only,
                f.keyword_only,
                all,
                f.captures,
                f.defaults,
            )
        })
        .collect();
    let handlers: Vec<fb::Handler> =
        parts.handlers.iter().map(|h| fb::Handler::new(h.start, h.end, h.target, 0)).collect();
    let modules: Vec<fb::PackageModule> =
        parts.modules.iter().map(|m| fb::PackageModule::new(m.name, m.function, m.first_global, m.globals)).collect();
    let snapshot = words(&parts.snapshot).map(|v| builder.create_vector(&v));
    let args = fb::ModuleArgs {
        isa: ISA_VERSION,
        globals: parts.global_names.len() as u16,
        caches: parts.caches,
        code: Some(builder.create_vector(&parts.code)),
        constants: words(&parts.constants).map(|v| builder.create_vector(&v)),
        objects: words(&parts.objects).map(|v| builder.create_vector(&v)),
        functions: Some(builder.create_vector(&functions)),
        handlers: if handlers.is_empty() { None } else { Some(builder.create_vector(&handlers)) },
        parameters: if parts.parameters.is_empty() { None } else { Some(builder.create_vector(&parts.parameters)) },
        global_names: if parts.global_names.is_empty() {
            None
        } else {
            Some(builder.create_vector(&parts.global_names))
        },
        modules: Some(builder.create_vector(&modules)),
        snapshot,
    };
    let root = fb::Module::create(&mut builder, &args);
    fb::finish_module_buffer(&mut builder, root);
    builder.finished_data().to_vec()
}

/// The same module with a snapshot of its arena (see the VM's `Module::snapshot`), or without one where it is empty.
pub fn with_snapshot(module: &[u8], snapshot: &[u32]) -> Result<Vec<u8>, ParseError> {
    parse(module)?;
    let module = fb::root_as_module(module).map_err(|_| ParseError::Damaged)?;
    let mut builder = flatbuffers::FlatBufferBuilder::with_capacity(1024 + snapshot.len() * 4);
    let snapshot = if snapshot.is_empty() { None } else { Some(builder.create_vector(snapshot)) };
    macro_rules! copy {
        ($section:ident) => {
            module.$section().map(|section| builder.create_vector(&section.iter().collect::<Vec<_>>()))
        };
    }
    macro_rules! copy_structs {
        ($section:ident) => {
            module.$section().map(|section| builder.create_vector(&section.iter().copied().collect::<Vec<_>>()))
        };
    }
    let args = fb::ModuleArgs {
        isa: module.isa(),
        globals: module.globals(),
        caches: module.caches(),
        code: copy!(code),
        constants: copy!(constants),
        objects: copy!(objects),
        functions: copy_structs!(functions),
        handlers: copy_structs!(handlers),
        parameters: copy!(parameters),
        global_names: copy!(global_names),
        modules: copy_structs!(modules),
        snapshot,
    };
    let root = fb::Module::create(&mut builder, &args);
    fb::finish_module_buffer(&mut builder, root);
    Ok(builder.finished_data().to_vec())
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
        }
    }
}

impl core::error::Error for ParseError {}

/// The sections of a module, as bytes; each is little endian, aligned to 4 within the buffer, and a whole number of
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

/// Checks the structure of a module.
pub fn parse(bytes: &[u8]) -> Result<Sections<'_>, ParseError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseError::TooLarge);
    }
    if bytes.len() < 8 || !fb::module_buffer_has_identifier(bytes) {
        return Err(ParseError::NotAModule);
    }
    let module = fb::root_as_module(bytes).map_err(|_| ParseError::Damaged)?;
    if module.isa() != ISA_VERSION {
        return Err(ParseError::Version(module.isa()));
    }
    Ok(Sections {
        globals: module.globals(),
        caches: module.caches(),
        code: module.code().map_or(&[], |v| v.bytes()),
        constants: module.constants().map_or(&[], |v| v.bytes()),
        objects: module.objects().map_or(&[], |v| v.bytes()),
        functions: module.functions().map_or(&[], |v| v.bytes()),
        handlers: module.handlers().map_or(&[], |v| v.bytes()),
        parameters: module.parameters().map_or(&[], |v| v.bytes()),
        global_names: module.global_names().map_or(&[], |v| v.bytes()),
        modules: module.modules().map_or(&[], |v| v.bytes()),
        snapshot: module.snapshot().map_or(&[], |v| v.bytes()),
    })
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

    #[test]
    fn sections_come_back() {
        let bytes = encode(&sample());
        let sections = parse(&bytes).unwrap();
        assert_eq!(sections.code, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!((sections.globals, sections.caches), (1, 4));
        let mut words = [0; 5];
        for (word, chunk) in words.iter_mut().zip(sections.functions.chunks(4)) {
            *word = u32::from_le_bytes(chunk.try_into().unwrap());
        }
        let function = Function::from_words(words);
        assert_eq!((function.words, function.registers, function.positional, function.captures), (3, 9, 2, 1));
        assert_eq!(function.flags, flags::SIMPLE);
        assert_eq!(sections.code.as_ptr() as usize % 4, bytes.as_ptr() as usize % 4);
    }

    #[test]
    fn a_snapshot_is_added_and_taken_away() {
        let plain = encode(&sample());
        let with = with_snapshot(&plain, &[1, 2, 3]).unwrap();
        let (before, after) = (parse(&plain).unwrap(), parse(&with).unwrap());
        assert_eq!(after.snapshot, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!((before.code, before.functions), (after.code, after.functions));
        assert_eq!((before.modules, before.handlers), (after.modules, after.handlers));
        assert_eq!((before.parameters, before.constants), (after.parameters, after.constants));
        assert!(parse(&with_snapshot(&with, &[]).unwrap()).unwrap().snapshot.is_empty());
    }

    #[test]
    fn damage_is_refused_or_harmless() {
        let bytes = encode(&sample());
        for length in 0..bytes.len() {
            let _ = parse(&bytes[..length]);
        }
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[index] ^= 1 << bit;
                let _ = parse(&damaged);
            }
        }
        assert_eq!(parse(b"").unwrap_err(), ParseError::NotAModule);
        assert_eq!(parse(&[0; 64]).unwrap_err(), ParseError::NotAModule);
    }
}
