//! A module that was checked once, viewed as words.

use crate::features::{FEATURES, needed};
use crate::letters;
use crate::raw;
use crate::verify::{self, LoadError, Needed, zeros};
// The cores of small devices have no atomics, and one thread.
#[cfg(not(target_has_atomic = "ptr"))]
use alloc::rc::Rc as Arc;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use alloc::vec::Vec;
use nano_wire::features::Features;
use nano_wire::isa::Instruction;
use nano_wire::module::{self, Function, Packed, ParseError};
use nano_wire::value::{Kind, Value, header, header_kind, header_length};

/// The sections of a verified module. Made only by [`Module::image`].
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    pub(crate) globals: u16,
    pub(crate) caches: u16,
    pub(crate) code: &'a [u32],
    pub(crate) constants: &'a [u32],
    pub(crate) objects: &'a [u32],
    pub(crate) functions: &'a [u32],
    pub(crate) handlers: &'a [u32],
    pub(crate) parameters: &'a [u16],
    pub(crate) global_names: &'a [u16],
    /// Two words a module.
    pub(crate) modules: &'a [u32],
    /// The arena after the top level; empty: the top level runs at a cold start.
    pub(crate) snapshot: &'a [u32],
}

impl<'a> Image<'a> {
    /// A word of the objects, by byte offset, or of the letters; 0 outside.
    #[inline]
    pub(crate) fn object_word(&self, offset: u32) -> u32 {
        match self.objects.get((offset / 4) as usize) {
            Some(word) => *word,
            None => letters::word(offset),
        }
    }

    /// Header and first word of an object of the module, which has both unless it is empty; `None`: it is a letter.
    #[inline]
    pub(crate) fn head(&self, value: Value) -> Option<[u32; 2]> {
        let at = (value.offset() / 4) as usize;
        self.objects.get(at..at + 2).and_then(|words| words.try_into().ok())
    }

    /// Bytes of the objects, by byte offset, or of the letters.
    #[inline]
    pub(crate) fn object_bytes(&self, at: usize, length: usize) -> Option<&'a [u8]> {
        let objects: &'a [u32] = self.objects;
        raw::bytes(objects).get(at..at + length).or_else(|| letters::bytes(at, length))
    }

    /// The number of a value that is a float among the objects.
    #[inline]
    pub(crate) fn float(&self, value: Value) -> Option<f64> {
        if !value.is_image() {
            return None;
        }
        let at = (value.offset() / 4) as usize;
        match self.objects.get(at..at + 3) {
            Some(&[head, low, high]) if head == header(Kind::Float as u8, 2) => {
                Some(f64::from_bits(u64::from(low) | u64::from(high) << 32))
            }
            _ => None,
        }
    }

    /// A constant.
    #[inline]
    pub(crate) fn constant(&self, index: u16) -> Value {
        Value(self.constants.get(index as usize).copied().unwrap_or(0))
    }

    /// A constant that is a text; else an empty one.
    pub(crate) fn text(&self, constant: u16) -> &'a str {
        let value = self.constant(constant);
        let header = self.object_word(value.offset());
        let is_text = value.is_image() && header_kind(header) == Kind::Str as u8;
        let length = if is_text { header_length(header) as usize } else { 0 };
        raw::text(self.object_bytes(value.offset() as usize + 8, length).unwrap_or(&[]))
    }

    /// A function.
    #[inline]
    pub(crate) fn function(&self, index: u32) -> Function {
        let at = index as usize * Function::WORDS;
        match self.functions.get(at..at + Function::WORDS) {
            Some(&[a, b, c, d, e]) => Function::from_words([a, b, c, d, e]),
            _ => Function::default(),
        }
    }

    /// Whether the function's code names one of its registers, by itself or within a window.
    pub(crate) fn names_register(&self, function: &Function, register: u8) -> bool {
        let end = function.code as usize + usize::from(function.words);
        let code = self.code.get(function.code as usize..end).unwrap_or(&[]);
        let mut at = 0;
        while let Some(&word) = code.get(at) {
            // Most need no second look.
            let (names, words) = match verify::only_registers(word) {
                Some(bytes) => (has_byte(word, bytes, register), 1),
                None => match code.get(at..).and_then(Instruction::decode) {
                    Some(instruction) => (instruction.names_register(register), instruction.words()),
                    None => break,
                },
            };
            if names {
                return true;
            }
            at += words;
        }
        false
    }

    /// How many functions.
    pub(crate) fn function_count(&self) -> u32 {
        (self.functions.len() / Function::WORDS) as u32
    }

    /// How many modules.
    pub(crate) fn module_count(&self) -> u32 {
        (self.modules.len() / 2) as u32
    }

    /// Module `index`: name constant, top-level function, first global, globals.
    pub(crate) fn module(&self, index: u32) -> module::PackageModule {
        let at = index as usize * 2;
        let (low, high) = match self.modules.get(at..at + 2) {
            Some(&[low, high]) => (low, high),
            _ => (0, 0),
        };
        module::PackageModule {
            name: low as u16,
            function: (low >> 16) as u16,
            first_global: high as u16,
            globals: (high >> 16) as u16,
        }
    }
}

/// Whether one of these bytes of the word, as a mask of them, is that.
fn has_byte(word: u32, bytes: u32, byte: u8) -> bool {
    // 0 where a byte is it.
    let differs = (word ^ u32::from_ne_bytes([byte; 4])) | !bytes;
    differs.wrapping_sub(0x0101_0101) & !differs & 0x8080_8080 != 0
}

/// Bytes that stay where they are and stay the same: what a module can be made of.
pub trait ModuleBytes: sealed::Sealed {
    /// The image that is run (`nano_wire::module::unpack`), aligned to 4; or why there is none.
    fn image(&self) -> Result<&[u8], LoadError>;

    /// The module as it travels, where that was kept; else the image.
    fn bytes(&self) -> &[u8];
}

mod sealed {
    /// What [`super::raw::Viewed`] relies on: the image's bytes stay where they are when the value that names them is moved
    /// or cloned, and stay the same as long as one of those values is there.
    pub trait Sealed {}
    impl Sealed for &[u8] {}
    impl Sealed for super::Aligned {}
}

/// An image, run where it lies: in flash, for one.
impl ModuleBytes for &[u8] {
    fn image(&self) -> Result<&[u8], LoadError> {
        Ok(self)
    }

    fn bytes(&self) -> &[u8] {
        self
    }
}

/// A module's image in words, and the module itself where it is wanted again; cheap to clone. Or why there is none, which
/// [`Module::load`] says.
#[derive(Clone, Debug)]
pub struct Aligned(Result<Arc<Kept>, LoadError>);

#[derive(Debug)]
struct Kept {
    image: Vec<u32>,
    /// Empty: it was not kept.
    module: Vec<u8>,
}

impl Aligned {
    /// Unpacks the module, and keeps it.
    pub fn new(module: &[u8]) -> Self {
        Self(Self::kept(Packed::read(module), module))
    }

    /// Unpacks the module and keeps only its image.
    pub fn image_of(module: &[u8]) -> Self {
        Self::unpacked(Packed::read(module))
    }

    /// As [`Aligned::image_of`], of a module whose beginning has been read.
    pub fn unpacked(module: Result<Packed<'_>, ParseError>) -> Self {
        Self(Self::kept(module, &[]))
    }

    fn kept(module: Result<Packed<'_>, ParseError>, copied: &[u8]) -> Result<Arc<Kept>, LoadError> {
        let image = module?.unpack()?;
        let mut module = zeros(copied.len(), Needed::Module)?;
        module.copy_from_slice(copied);
        // Sharing takes a few words more, and there is no way to ask for them that may fail: whether they are there is
        // found out before.
        zeros::<[usize; 8]>(1, Needed::Module)?;
        Ok(Arc::new(Kept { image, module }))
    }
}

impl ModuleBytes for Aligned {
    fn image(&self) -> Result<&[u8], LoadError> {
        self.0.as_ref().map(|kept| raw::bytes(&kept.image)).map_err(|error| *error)
    }

    fn bytes(&self) -> &[u8] {
        match &self.0 {
            Ok(kept) if !kept.module.is_empty() => &kept.module,
            _ => self.image().unwrap_or(&[]),
        }
    }
}

/// A verified module: proof that its code stays within its registers, constants, globals and itself.
///
/// It does not prove that the program is useful, ends, or fits an arena.
#[derive(Clone, Debug)]
pub struct Module<B: ModuleBytes>(raw::Viewed<B>);

impl<B: ModuleBytes> Module<B> {
    /// Checks a module once and for all.
    pub fn load(bytes: B) -> Result<Self, LoadError> {
        Self::load_for(bytes, FEATURES)
    }

    /// As [`Module::load`], of a VM that has only some of this one's features.
    pub fn load_for(bytes: B, features: Features) -> Result<Self, LoadError> {
        let viewed = raw::Viewed::new(bytes, view)?;
        verify::verify(viewed.image())?;
        if features != Features::ALL {
            let lacking = needed(viewed.image())?.without(features);
            if !lacking.is_empty() {
                return Err(LoadError::Lacks(lacking));
            }
        }
        Ok(Self(viewed))
    }

    /// The features that its code and constants use, as far as can be told before it runs; all, where there is no memory
    /// to find out.
    pub fn needs(&self) -> Features {
        needed(self.image()).unwrap_or(Features::ALL)
    }

    /// Its sections.
    pub fn image(&self) -> &Image<'_> {
        self.0.image()
    }

    /// Does its entry bind this name at the top level? Whether it gets there is another question.
    pub fn has_global(&self, name: &str) -> bool {
        let image = self.image();
        let entry = image.module(0);
        let slots = image.global_names.iter().skip(usize::from(entry.first_global)).take(usize::from(entry.globals));
        slots.copied().any(|constant| image.text(constant) == name)
    }

    /// Whether the other is a clone of this one: the same bytes in the same place.
    pub fn is_clone_of(&self, other: &Self) -> bool {
        core::ptr::eq(self.image().code, other.image().code)
    }

    /// Its bytes as they travel, where they were kept; else those of its image.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes().bytes()
    }
}

fn view(bytes: &[u8]) -> Result<Image<'_>, LoadError> {
    let sections = module::parse(bytes)?;
    let words = |bytes| raw::words(bytes).ok_or(LoadError::Unaligned);
    let halves = |bytes| raw::half_words(bytes).ok_or(LoadError::Unaligned);
    Ok(Image {
        globals: sections.globals,
        caches: sections.caches,
        code: words(sections.code)?,
        constants: words(sections.constants)?,
        objects: words(sections.objects)?,
        functions: words(sections.functions)?,
        handlers: words(sections.handlers)?,
        parameters: halves(sections.parameters)?,
        global_names: halves(sections.global_names)?,
        modules: words(sections.modules)?,
        snapshot: words(sections.snapshot)?,
    })
}
