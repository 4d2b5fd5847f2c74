//! Parts of this VM that its build may leave out, and what a module needs of them.
//!
//! A part is left out by a constant: where [`FEATURES`] lacks it, the native stands for [`missing`] and nothing refers to
//! the code any more, so the linker drops it. Everything is compiled in every build.

use crate::error::Outcome;
use crate::image::Image;
use crate::native::{Native, NativeFn};
use crate::verify::{Bits, LoadError};
use crate::vm::{Args, Line, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::{Feature, Features};
use nano_wire::isa::{Extra, Instruction, Opcode, Operand};
use nano_wire::module::{Function, flags};
use nano_wire::value::{Kind, Value, header_kind, header_length, object_words};

/// What this VM was built with.
pub const FEATURES: Features = Features::NONE
    .with(Feature::MathTrigonometry, cfg!(feature = "math-trigonometry"))
    .with(Feature::MathSpecial, cfg!(feature = "math-special"))
    .with(Feature::MathInteger, cfg!(feature = "math-integer"))
    .with(Feature::MathSums, cfg!(feature = "math-sums"))
    .with(Feature::PowModulo, cfg!(feature = "pow-modulo"))
    .with(Feature::IntBytes, cfg!(feature = "int-bytes"))
    .with(Feature::FloatHex, cfg!(feature = "float-hex"))
    .with(Feature::StrFormat, cfg!(feature = "str-format"))
    .with(Feature::StrTranslate, cfg!(feature = "str-translate"))
    .with(Feature::StrLayout, cfg!(feature = "str-layout"))
    .with(Feature::PercentFormat, cfg!(feature = "percent-format"))
    .with(Feature::Unicode, cfg!(feature = "unicode"))
    .with(Feature::Bytearray, cfg!(feature = "bytearray"))
    .with(Feature::Match, cfg!(feature = "match"))
    .with(Feature::Async, cfg!(feature = "async"))
    .with(Feature::ExceptionGroups, cfg!(feature = "exception-groups"))
    .with(Feature::Introspection, cfg!(feature = "introspection"))
    .with(Feature::Services, cfg!(feature = "services"))
    .with(Feature::Snapshot, cfg!(feature = "snapshot"))
    .with(Feature::MathExponential, cfg!(feature = "math-exponential"))
    .with(Feature::Sets, cfg!(feature = "sets"))
    .with(Feature::Codecs, cfg!(feature = "codecs"))
    .with(Feature::Generators, cfg!(feature = "generators"))
    .with(Feature::Classes, cfg!(feature = "classes"))
    .with(Feature::LongIntegers, cfg!(feature = "long-integers"))
    .with(Feature::Messages, cfg!(feature = "messages"))
    .with(Feature::FormatSpec, cfg!(feature = "format-spec"))
    .with(Feature::Device, cfg!(feature = "device"))
    .with(Feature::Time, cfg!(feature = "time"))
    .with(Feature::StrPredicates, cfg!(feature = "str-predicates"))
    .with(Feature::StrParts, cfg!(feature = "str-parts"))
    .with(Feature::Slices, cfg!(feature = "slices"));

impl Native {
    /// The same native, of a part that may be left out.
    #[expect(clippy::indexing_slicing, reason = "of a constant, when compiling")]
    pub(crate) const fn part_of(self, feature: Feature) -> Self {
        if FEATURES.has(feature) { self } else { self.run_by(MISSING[feature as usize]) }
    }
}

/// What stands for the natives of each feature where it is left out.
const MISSING: [NativeFn; 32] = [
    missing::<0>,
    missing::<1>,
    missing::<2>,
    missing::<3>,
    missing::<4>,
    missing::<5>,
    missing::<6>,
    missing::<7>,
    missing::<8>,
    missing::<9>,
    missing::<10>,
    missing::<11>,
    missing::<12>,
    missing::<13>,
    missing::<14>,
    missing::<15>,
    missing::<16>,
    missing::<17>,
    missing::<18>,
    missing::<19>,
    missing::<20>,
    missing::<21>,
    missing::<22>,
    missing::<23>,
    missing::<24>,
    missing::<25>,
    missing::<26>,
    missing::<27>,
    missing::<28>,
    missing::<29>,
    missing::<30>,
    missing::<31>,
];

fn missing<const FEATURE: u8>(vm: &mut Vm<'_>, _: Args) -> Outcome<Value> {
    vm.lacks(FEATURE)
}

impl Vm<'_> {
    /// The way into a part: an exception where it was left out, so that nothing refers to what is behind it.
    #[inline(always)]
    pub(crate) fn must_have(&mut self, feature: Feature) -> Outcome<()> {
        if FEATURES.has(feature) { Ok(()) } else { self.lacks(feature as u8) }
    }

    /// Raises what says that this VM lacks a feature.
    #[cold]
    #[inline(never)]
    pub(crate) fn lacks<T>(&mut self, feature: u8) -> Outcome<T> {
        let mut line = Line::default();
        line.push("this firmware was built without IoTPy's feature ");
        line.push(Feature::all().nth(usize::from(feature)).map_or("", Feature::name));
        // Whatever was left out, this is said.
        Err(self.raised(Builtin::NotImplementedError, line.as_str()))
    }
}

/// The features that a module's code and constants use, as far as can be told before it runs. A snapshot is not among them:
/// a VM without runs the top level.
pub(crate) fn needed(image: &Image<'_>) -> Result<Features, LoadError> {
    let read = Bits::new(image.constants.len())?;
    let mut found = Found { image, needs: Features::NONE, modules: [false; MODULES.len()], read };
    for word in image.constants {
        found.value(Value(*word));
    }
    let mut at = 0;
    while let Some(&header) = image.objects.get(at) {
        if header_kind(header) == Kind::Tuple as u8 {
            let items = image.objects.get(at + 1..).unwrap_or(&[]).iter().take(header_length(header) as usize);
            items.for_each(|word| found.value(Value(*word)));
        }
        at += object_words(header) as usize;
    }
    for index in 0..image.function_count() {
        found.function(&image.function(index));
    }
    found.names();
    Ok(found.needs)
}

/// Modules whose members are in features.
const MODULES: [Builtin; 3] = [Builtin::Math, Builtin::Device, Builtin::Time];

/// What was found so far.
struct Found<'a> {
    image: &'a Image<'a>,
    needs: Features,
    /// Which of [`MODULES`] are values of the program.
    modules: [bool; MODULES.len()],
    /// Constants that are names of attributes which are read.
    read: Bits,
}

impl Found<'_> {
    fn builtin(&mut self, builtin: Builtin) {
        if let Some(feature) = Feature::of_builtin(builtin) {
            self.needs = self.needs.with(feature, true);
        }
        for (module, is_used) in MODULES.iter().zip(&mut self.modules) {
            *is_used |= builtin == *module;
        }
    }

    fn value(&mut self, value: Value) {
        if let Some(builtin) = value.as_builtin() {
            self.builtin(builtin);
        }
        if value.is_image() {
            self.integer(value.offset());
        }
    }

    /// An int whose magnitude takes more than 63 bits.
    fn integer(&mut self, offset: u32) {
        let header = self.image.object_word(offset);
        let limbs = header_length(header).saturating_sub(1);
        let is_long = limbs > 2 || limbs == 2 && self.image.object_word(offset + 12) >> 31 != 0;
        self.needs = self.needs.with(Feature::LongIntegers, header_kind(header) == Kind::BigInt as u8 && is_long);
    }

    fn text(&self, constant: u16) -> &str {
        self.image.text(constant)
    }

    fn function(&mut self, function: &Function) {
        for (flag, feature) in [(flags::COROUTINE, Feature::Async), (flags::GENERATOR, Feature::Generators)] {
            self.needs = self.needs.with(feature, function.flags & flag != 0);
        }
        let code = self.image.code.get(function.code as usize..).unwrap_or(&[]);
        let code = code.get(..usize::from(function.words)).unwrap_or(&[]);
        // A text with directives and a remainder in one function: the one is formatted by the other.
        let (mut formats, mut divides) = (false, false);
        // The name of a codec, or of a way with errors, and a method that takes it.
        let (mut names_codec, mut converts) = (false, false);
        let mut at = 0;
        while let Some(instruction) = code.get(at..).and_then(Instruction::decode) {
            at += instruction.words();
            let shape = instruction.opcode.shape();
            let imm = instruction.imm16();
            match instruction.opcode {
                Opcode::LoadConst => {
                    let text = self.text(imm);
                    formats |= has_directive(text);
                    names_codec |= crate::text::names_codec(text);
                }
                Opcode::BuildSet | Opcode::SetAdd | Opcode::SetUpdate => {
                    self.needs = self.needs.with(Feature::Sets, true);
                }
                Opcode::BuildSlice => self.needs = self.needs.with(Feature::Slices, true),
                Opcode::FormatSpec => self.needs = self.needs.with(Feature::FormatSpec, true),
                Opcode::BuildClass | Opcode::SetAttr | Opcode::DeleteAttr => {
                    self.needs = self.needs.with(Feature::Classes, true);
                }
                Opcode::Modulo | Opcode::InplaceModulo => divides = true,
                // Three arguments.
                Opcode::CallBuiltin if instruction.b == 3 && instruction.extra == Builtin::Pow as u32 => {
                    self.needs = self.needs.with(Feature::PowModulo, true);
                }
                Opcode::CallBuiltin if instruction.extra == Builtin::BytesType as u32 => {
                    self.needs = self.needs.with(Feature::Bytearray, true);
                }
                Opcode::GetAttr | Opcode::LoadMethod | Opcode::ImportFrom => {
                    self.read.set((instruction.extra & 0xFFFF) as usize);
                    converts |= matches!(self.text((instruction.extra & 0xFFFF) as u16), "encode" | "decode");
                }
                _ => {}
            }
            if shape.operands.contains(&Operand::Builtin)
                && let Some(builtin) = Builtin::from_id(imm)
            {
                self.builtin(builtin);
            }
            if shape.extra == Extra::Builtin
                && let Some(builtin) = Builtin::from_id(instruction.extra as u16)
            {
                self.builtin(builtin);
            }
        }
        self.needs = self.needs.with(Feature::PercentFormat, formats && divides);
        self.needs = self.needs.with(Feature::Codecs, names_codec && converts);
    }

    /// Attributes that are read: methods of builtin types, members of builtin modules.
    fn names(&mut self) {
        for constant in 0..self.image.constants.len() as u16 {
            if !self.read.has(usize::from(constant)) {
                continue;
            }
            let name = self.text(constant);
            let mut feature = Feature::of_method(name).filter(|_| !self.defines(name));
            for (module, _) in MODULES.iter().zip(self.modules).filter(|(_, is_used)| *is_used) {
                feature = feature.or_else(|| Builtin::member(*module, name).and_then(Feature::of_builtin));
            }
            if let Some(feature) = feature {
                self.needs = self.needs.with(feature, true);
            }
        }
    }

    /// Is a function or a global of the program called so, or an attribute set by this name?
    fn defines(&self, name: &str) -> bool {
        let functions = (0..self.image.function_count()).map(|index| self.text(self.image.function(index).name));
        let globals = self.image.global_names.iter().map(|constant| self.text(*constant));
        let mut at = 0;
        let attributes = core::iter::from_fn(|| {
            let instruction = self.image.code.get(at..).and_then(Instruction::decode)?;
            at += instruction.words();
            let is_set = instruction.opcode == Opcode::SetAttr;
            Some(if is_set { self.text((instruction.extra & 0xFFFF) as u16) } else { "" })
        });
        functions
            .map(|path| path.rsplit('.').next().unwrap_or(path))
            .chain(globals)
            .chain(attributes)
            .any(|one| one == name)
    }
}

/// Does a text say what `%` is to format: `%5.2f`, `%(name)s`?
fn has_directive(text: &str) -> bool {
    let mut parts = text.split('%').skip(1);
    parts.any(|part| {
        part.trim_start_matches(|c: char| "#-+ .*0123456789".contains(c))
            .starts_with(|c: char| "(diouxXeEfFgGcrsab".contains(c))
    })
}
