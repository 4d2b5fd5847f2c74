//! The load-time check: after it, code can be run without asking again.
//!
//! What it proves is listed in `raw.rs` (invariants 2 and 3): instructions whole, opcodes known, registers below the
//! function's count, jumps on instructions of the same function, no running off the end, indices of constants, globals,
//! functions, caches and builtins in range, constant objects well-formed (text is UTF-8, references point at objects).
//! What an instruction finds *in* a register (a cell, a list, ..) is checked when it runs.

use crate::features::FEATURES;
use crate::image::Image;
use alloc::vec::Vec;
use nano_wire::builtins::Builtin;
use nano_wire::features::{Feature, Features};
use nano_wire::isa::{Extra, Instruction, Opcode, Operand, Shape, TABLE};
use nano_wire::module::{Function, NONE, ParseError, flags};
use nano_wire::value::{Kind, Value, header_kind, header_length, object_words, text_word};

/// Why a module is refused. `function` and `word` say where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The buffer is no module.
    Parse(ParseError),
    /// It needs parts that were left out here.
    Lacks(Features),
    /// The buffer isn't aligned to 4 bytes, or a section isn't.
    Unaligned,
    /// A constant object is malformed, at this byte of the objects.
    Object(u32),
    /// A constant is no valid value.
    Constant(u16),
    /// A function's description is inconsistent.
    Function(u16),
    /// The instruction can't be run.
    Instruction {
        /// Function.
        function: u16,
        /// Word within it.
        word: u16,
    },
    /// A guarded range is inconsistent.
    Handler(u16),
    /// The modules of the package, or their globals, are inconsistent.
    Package,
    /// The snapshot of the arena is inconsistent.
    Snapshot,
    /// There is no memory for it.
    Memory(Shortage),
}

/// What there is no memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// What did not fit.
    pub what: Needed,
    /// Bytes that it takes.
    pub bytes: u32,
}

/// What a module needs memory for, of that which its host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// The module as it travels, where it is kept.
    Module,
    /// The image that is run.
    Image,
    /// Notes of the check, given back when it is done.
    Check,
    /// The arena of an instance.
    Arena,
}

impl core::fmt::Display for Shortage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let what = match self.what {
            Needed::Module => "the module",
            Needed::Image => "the module's image",
            Needed::Check => "checking the module",
            Needed::Arena => "the function's arena",
        };
        write!(f, "there is no memory for {what}: {} bytes", self.bytes)
    }
}

/// As many zeros, or what there is no memory for.
pub(crate) fn zeros<T: Copy + Default>(count: usize, what: Needed) -> Result<Vec<T>, LoadError> {
    let mut zeros = Vec::new();
    let bytes = count.saturating_mul(size_of::<T>()).try_into().unwrap_or(u32::MAX);
    zeros.try_reserve_exact(count).map_err(|_| LoadError::Memory(Shortage { what, bytes }))?;
    zeros.resize(count, T::default());
    Ok(zeros)
}

impl From<ParseError> for LoadError {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::Memory(bytes) => Self::Memory(Shortage { what: Needed::Image, bytes }),
            error => Self::Parse(error),
        }
    }
}

impl core::fmt::Display for LoadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::Lacks(features) => {
                write!(
                    f,
                    "refused module: it needs {features} of IoTPy, which this firmware was built without; build the \
                     firmware with it or let the edge run the function"
                )
            }
            Self::Unaligned => write!(f, "the module is not aligned to 4 bytes"),
            Self::Object(at) => write!(f, "refused module: malformed constant object at byte {at}"),
            Self::Constant(index) => write!(f, "refused module: constant {index} is no value"),
            Self::Function(index) => write!(f, "refused module: function {index} is inconsistent"),
            Self::Instruction { function, word } => {
                write!(f, "refused module: function {function}, word {word}: invalid instruction")
            }
            Self::Handler(index) => write!(f, "refused module: exception handler {index} is inconsistent"),
            Self::Snapshot => write!(f, "refused module: its snapshot is inconsistent; build it again"),
            Self::Memory(shortage) => shortage.fmt(f),
            Self::Package => write!(f, "refused module: its modules or globals are inconsistent"),
        }
    }
}

impl core::error::Error for LoadError {}

/// One bit each.
pub(crate) struct Bits(Vec<u32>);

impl Bits {
    pub(crate) fn new(count: usize) -> Result<Self, LoadError> {
        zeros(count.div_ceil(32), Needed::Check).map(Self)
    }

    /// None is set any more, and as many as that, of those it was made for, are meant.
    fn reset(&mut self, count: usize) {
        self.0.clear();
        self.0.resize(count.div_ceil(32), 0);
    }

    pub(crate) fn set(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 32) {
            *word |= 1 << (index % 32);
        }
    }

    /// The first that is set here and not there, of as many.
    fn first_beside(&self, other: &Self) -> Option<u16> {
        let both = self.0.iter().zip(&other.0).enumerate();
        both.map(|(index, (here, there))| (index * 32, here & !there))
            .find(|(_, bits)| *bits != 0)
            .map(|(from, bits)| (from + bits.trailing_zeros() as usize) as u16)
    }

    pub(crate) fn has(&self, index: usize) -> bool {
        self.0.get(index / 32).is_some_and(|word| word >> (index % 32) & 1 != 0)
    }
}

/// Checks everything.
pub(crate) fn verify(image: &Image<'_>) -> Result<(), LoadError> {
    let starts = objects(image)?;
    for (index, word) in image.constants.iter().enumerate() {
        if !is_constant(Value(*word), &starts) {
            return Err(LoadError::Constant(index as u16));
        }
    }
    if image.constants.len() >= usize::from(NONE)
        || !image.functions.len().is_multiple_of(Function::WORDS)
        || image.function_count() == 0
    {
        return Err(LoadError::Package);
    }
    if image.global_names.len() != usize::from(image.globals)
        || image.modules.is_empty()
        || !image.global_names.iter().chain(image.parameters).all(|name| is_name(image, *name))
    {
        return Err(LoadError::Package);
    }
    for index in 0..image.module_count() {
        let module = image.module(index);
        let function = image.function(u32::from(module.function));
        let fits = u32::from(module.first_global) + u32::from(module.globals) <= u32::from(image.globals);
        let plain = function.parameters() == 0 && function.captures == 0 && function.flags & !flags::SIMPLE == 0;
        if !is_name(image, module.name) || u32::from(module.function) >= image.function_count() || !fits || !plain {
            return Err(LoadError::Package);
        }
    }
    let functions = image.functions.as_chunks().0.iter().map(|words| Function::from_words(*words));
    let longest = functions.map(|function| function.words.into()).max().unwrap_or(0);
    let mut marks = (Bits::new(longest)?, Bits::new(longest)?);
    for index in 0..image.function_count() {
        verify_function(image, index, &mut marks)?;
    }
    if FEATURES.has(Feature::Snapshot) && !image.snapshot.is_empty() {
        crate::snapshot::check(image, image.snapshot)?;
    }
    Ok(())
}

/// Walks the constant objects; a bit for each word where one starts.
pub(crate) fn objects(image: &Image<'_>) -> Result<Bits, LoadError> {
    let mut starts = Bits::new(image.objects.len())?;
    let bytes = crate::raw::bytes(image.objects);
    let mut at = 0;
    while let Some(&header) = image.objects.get(at) {
        let bad = LoadError::Object((at * 4) as u32);
        let words = object_words(header) as usize;
        let length = header_length(header) as usize;
        let payload = image.objects.get(at + 1..at + words).ok_or(bad)?;
        let ok = header & 7 == 1
            && match header_kind(header) {
                k if k == Kind::Float as u8 => length == 2,
                k if k == Kind::BigInt as u8 => is_big(payload),
                k if k == Kind::Str as u8 => {
                    let text = bytes.get(at * 4 + 8..at * 4 + 8 + length).ok_or(bad)?;
                    let (hash, words) = payload.split_first().ok_or(bad)?;
                    // Behind the text are zeros, so that what holds for its words holds for its bytes.
                    padding_is_zero(words, length)
                        && *hash == text_word(words, length as u32)
                        && (hash & 1 != 0 || core::str::from_utf8(text).is_ok())
                }
                k if k == Kind::Bytes as u8 => padding_is_zero(payload, length),
                k if k == Kind::Tuple as u8 => payload.iter().all(|word| is_constant(Value(*word), &starts)),
                _ => false,
            };
        if !ok {
            return Err(bad);
        }
        starts.set(at);
        at += words;
    }
    Ok(starts)
}

pub(crate) fn padding_is_zero(payload: &[u32], length: usize) -> bool {
    length.is_multiple_of(4) || payload.last().is_none_or(|word| word >> (8 * (length % 4)) == 0)
}

/// Sign, then at least one limb, the last not 0, and not a number that a small integer holds.
pub(crate) fn is_big(payload: &[u32]) -> bool {
    match payload {
        [sign, limbs @ ..] if *sign <= 1 => match limbs {
            [] => false,
            [one] => *one > Value::SMALL_MAX as u32 + *sign,
            [.., last] => *last != 0,
        },
        _ => false,
    }
}

/// A value that may stand in a module: a number, a builtin, an object that was seen already.
fn is_constant(value: Value, starts: &Bits) -> bool {
    // Most are objects.
    (value.is_image() && starts.has((value.offset() / 4) as usize))
        || value.is_small()
        || value.as_builtin().is_some()
        || value.as_letter().is_some()
}

fn is_name(image: &Image<'_>, index: u16) -> bool {
    let value = image.constant(index);
    value.is_image() && header_kind(image.object_word(value.offset())) == Kind::Str as u8
}

/// A constant tuple of at most `most` strings.
fn is_names(image: &Image<'_>, index: u32, most: u32) -> bool {
    let Ok(index) = u16::try_from(index) else { return false };
    let value = image.constant(index);
    if !value.is_image() || header_kind(image.object_word(value.offset())) != Kind::Tuple as u8 {
        return false;
    }
    let length = header_length(image.object_word(value.offset()));
    length <= most
        && (0..length).all(|item| {
            let item = Value(image.object_word(value.offset() + 4 + item * 4));
            item.is_image() && header_kind(image.object_word(item.offset())) == Kind::Str as u8
        })
}

/// Checks a function; `marks` are to work with.
fn verify_function(image: &Image<'_>, index: u32, marks: &mut (Bits, Bits)) -> Result<(), LoadError> {
    let bad = LoadError::Function(index as u16);
    let function = image.function(index);
    let code =
        image.code.get(function.code as usize..function.code as usize + usize::from(function.words)).ok_or(bad)?;
    let parameters = function.parameters();
    let simple = function.flags & (flags::VARARGS | flags::KEYWORDS | flags::GENERATOR | flags::COROUTINE) == 0
        && function.keyword_only == 0;
    if parameters > usize::from(function.registers)
        || function.registers > 250
        || function.positional_only > function.positional
        || usize::from(function.first_parameter) + parameters > image.parameters.len()
        || !is_name(image, function.name)
        || (function.flags & flags::SIMPLE != 0) != simple
        || (function.flags & flags::CLASS_BODY != 0 && (function.positional != 1 || !simple))
        || function.flags
            & !(flags::VARARGS
                | flags::KEYWORDS
                | flags::GENERATOR
                | flags::COROUTINE
                | flags::CLASS_BODY
                | flags::SIMPLE)
            != 0
        || function.flags & (flags::GENERATOR | flags::COROUTINE) == flags::COROUTINE
    {
        return Err(bad);
    }
    let (starts, targets) = marks;
    starts.reset(code.len());
    targets.reset(code.len());
    let last = verify_code(image, &function, code, (starts, targets))
        .map_err(|word| LoadError::Instruction { function: index as u16, word: word as u16 })?;
    let ends = matches!(
        last,
        Opcode::Return
            | Opcode::ReturnNone
            | Opcode::Raise
            | Opcode::RaiseFrom
            | Opcode::RaiseCurrent
            | Opcode::Reraise
            | Opcode::Jump
    );
    if !ends {
        return Err(bad);
    }
    if let Some(word) = targets.first_beside(starts) {
        return Err(LoadError::Instruction { function: index as u16, word });
    }
    for handler in 0..u16::from(function.handlers) {
        let handler = u32::from(function.first_handler) + u32::from(handler);
        let bad = LoadError::Handler(handler as u16);
        let words = image.handlers.get(handler as usize * 2..handler as usize * 2 + 2).ok_or(bad)?;
        let &[range, target] = words else { return Err(bad) };
        let (start, end, target) = (range & 0xFFFF, range >> 16, (target & 0xFFFF) as usize);
        let catches = code.get(target).is_some_and(|word| *word as u8 == Opcode::CatchBegin as u8);
        if start > end || end as usize > code.len() || !starts.has(target) || !catches {
            return Err(bad);
        }
    }
    Ok(())
}

/// Goes over the instructions: marks where each starts and where jumps go to; the last one's opcode. `Err` says which word
/// begins one that can't be run.
#[inline(never)]
fn verify_code(
    image: &Image<'_>,
    function: &Function,
    code: &[u32],
    (starts, targets): (&mut Bits, &mut Bits),
) -> Result<Opcode, usize> {
    // A byte that is no register is masked out and so 0, which is below any count but none, where registers count as the
    // greatest. Two bytes are compared at once: what is not below the count carries into the byte above it.
    let registers = u32::from(function.registers);
    let carry = (256 - registers.max(1)) * 0x0001_0001;
    let none = if registers == 0 { u32::MAX } else { 0 };
    let (mut at, mut last) = (0, None);
    while let Some(&word) = code.get(at) {
        let plan = PLANS.get(usize::from(word as u8)).copied().unwrap_or(plan::LOOK);
        let of_registers = plan::mask(plan);
        let bytes = (word | none) & of_registers;
        let (a_and_c, b) = ((bytes >> 8) & 0x00FF_00FF, (bytes >> 16) & 0xFF);
        let is_above = ((a_and_c + carry) | (b + carry)) & 0x0100_0100;
        if is_above | (word & plan::mask(plan >> 3)) != 0 {
            return Err(at);
        }
        let is_low = |bit, count: usize| plan & bit == 0 || ((word >> 16) as usize) < count;
        if !is_low(plan::CONSTANT, image.constants.len()) || !is_low(plan::GLOBAL, image.globals.into()) {
            return Err(at);
        }
        if plan & (plan::MORE | plan::LOOK) != 0 {
            let instruction = code.get(at..).and_then(Instruction::decode).ok_or(at)?;
            if plan & plan::LOOK != 0 && !operands_hold(image, function, instruction, plan) {
                return Err(at);
            }
            starts.set(at);
            at += instruction.words();
            if let Some(distance) = instruction.jump() {
                let target = usize::try_from(at as i64 + i64::from(distance)).ok();
                targets.set(target.filter(|target| *target < code.len()).ok_or(at - instruction.words())?);
            }
        } else {
            starts.set(at);
            at += 1;
        }
        last = Some(word as u8);
    }
    Ok(last.and_then(Opcode::from_byte).unwrap_or(Opcode::Illegal))
}

/// The bytes of an instruction's word that are registers, where it has no more operands and no more words.
pub(crate) fn only_registers(word: u32) -> Option<u32> {
    let plan = PLANS.get(usize::from(word as u8)).copied().unwrap_or(plan::LOOK);
    (plan & (plan::MORE | plan::LOOK) == 0).then(|| plan::mask(plan))
}

/// What is to be checked of an opcode's instructions: of most, no more than which of their bytes are registers.
mod plan {
    /// Operands a, b, c: a register of the function, for each a bit from here on.
    pub const REGISTER: u16 = 1;
    /// Operands a, b, c: 0.
    pub const ZERO: u16 = 8;
    /// The 16-bit operand: a constant.
    pub const CONSTANT: u16 = 64;
    /// The 16-bit operand: a global.
    pub const GLOBAL: u16 = 128;
    /// It may jump, or has a second word.
    pub const MORE: u16 = 256;
    /// Something else: see `operands_hold`.
    pub const LOOK: u16 = 512;
    /// Operands a, b, c: see `operand_holds`, for each a bit from here on.
    pub const OPERAND: u16 = 1024;

    /// The bytes of a word that the lowest three bits stand for.
    #[inline(always)]
    pub fn mask(bits: u16) -> u32 {
        const MASKS: [u32; 8] =
            [0, 0x0000_FF00, 0x00FF_0000, 0x00FF_FF00, 0xFF00_0000, 0xFF00_FF00, 0xFFFF_0000, 0xFFFF_FF00];
        MASKS.get(usize::from(bits & 7)).copied().unwrap_or(0)
    }
}

const PLANS: [u16; TABLE.len()] = {
    let mut plans = [0; TABLE.len()];
    let mut index = 0;
    while index < plans.len() {
        #[expect(clippy::indexing_slicing, reason = "constant evaluation: both are as long")]
        {
            plans[index] = plan_of(TABLE[index]);
        }
        index += 1;
    }
    plans
};

/// The plan of a line of the table.
#[expect(clippy::indexing_slicing, reason = "constant evaluation: of three")]
const fn plan_of(shape: Shape) -> u16 {
    let mut bits = match shape.extra {
        Extra::None => 0,
        Extra::Jump | Extra::Count => plan::MORE,
        _ => plan::MORE | plan::LOOK,
    };
    if matches!(shape.opcode, Opcode::Illegal | Opcode::Yield | Opcode::YieldFrom) {
        bits |= plan::LOOK;
    }
    let mut place = 0;
    while place < 3 {
        bits |= match shape.operands[place] {
            Operand::Read | Operand::Write | Operand::ReadWrite => plan::REGISTER << place,
            // The upper half of a 16-bit operand stands where an unused c would.
            Operand::None if shape.has_imm16() || matches!(shape.operands[0], Operand::Jump24) => 0,
            Operand::None => plan::ZERO << place,
            Operand::Count | Operand::Signed8 | Operand::CaptureIndex | Operand::Signed16 => 0,
            Operand::Jump16 | Operand::Jump24 => plan::MORE,
            Operand::Constant => plan::CONSTANT,
            Operand::Global => plan::GLOBAL,
            _ => plan::LOOK | plan::OPERAND << place,
        };
        place += 1;
    }
    bits
}

/// What the plan of an instruction leaves to be looked at.
#[inline(never)]
fn operands_hold(image: &Image<'_>, function: &Function, instruction: Instruction, plan: u16) -> bool {
    let shape = instruction.opcode.shape();
    if instruction.opcode == Opcode::Illegal {
        return false;
    }
    if matches!(instruction.opcode, Opcode::Yield | Opcode::YieldFrom) && function.flags & flags::GENERATOR == 0 {
        return false;
    }
    let [a, b, c] = shape.operands;
    let holds = |place: u8, kind: Operand, byte: u8| {
        plan & plan::OPERAND << place == 0 || operand_holds(image, function, instruction, kind, byte)
    };
    if !(holds(0, a, instruction.a) && holds(1, b, instruction.b) && holds(2, c, instruction.c)) {
        return false;
    }
    let (low, high) = (instruction.extra & 0xFFFF, instruction.extra >> 16);
    let most = u32::from(instruction.b);
    match shape.extra {
        Extra::None | Extra::Jump | Extra::Count => true,
        Extra::NameCache => is_name(image, low as u16) && high < u32::from(image.caches),
        Extra::NameGlobal => is_name(image, low as u16) && (high == u32::from(NONE) || high < u32::from(image.globals)),
        Extra::Keywords => is_names(image, instruction.extra, most),
        Extra::Builtin => high == 0 && Builtin::from_id(low as u16).is_some(),
        Extra::ClassName => is_name(image, low as u16) && (high == u32::from(NONE) || is_names(image, high, most)),
    }
}

#[inline(never)]
fn operand_holds(image: &Image<'_>, function: &Function, instruction: Instruction, kind: Operand, byte: u8) -> bool {
    let imm = instruction.imm16();
    match kind {
        // The plan has them.
        Operand::None | Operand::Read | Operand::Write | Operand::ReadWrite | Operand::Constant | Operand::Global => {
            true
        }
        Operand::Window(_)
        | Operand::WindowOfC(_)
        | Operand::CallWindow
        | Operand::MethodWindow
        | Operand::ClassWindow
        | Operand::Arguments
        | Operand::StarWindow => {
            u32::from(byte).saturating_add(kind.registers(instruction)) <= u32::from(function.registers)
        }
        Operand::Polarity => byte <= 1,
        Operand::Below(bound) => byte < bound,
        Operand::FreeIndex => byte < function.captures,
        Operand::Count
        | Operand::Signed8
        | Operand::CaptureIndex
        | Operand::Signed16
        | Operand::Jump16
        | Operand::Jump24 => true,
        Operand::Name => is_name(image, imm),
        Operand::Builtin => Builtin::from_id(imm).is_some(),
        Operand::Function => u32::from(imm) < image.function_count(),
        Operand::Module => u32::from(imm) < image.module_count(),
        Operand::Free16 => imm < u16::from(function.captures),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn what_has_no_memory_is_named_with_its_bytes() {
        let Err(error) = zeros::<u32>(usize::MAX / 8, Needed::Image) else { panic!("no machine has that") };
        assert_eq!(error, LoadError::Memory(Shortage { what: Needed::Image, bytes: u32::MAX }));
        assert_eq!(error.to_string(), "there is no memory for the module's image: 4294967295 bytes");
        assert!(matches!(Bits::new(usize::MAX), Err(LoadError::Memory(Shortage { what: Needed::Check, .. }))));
        assert_eq!(
            LoadError::from(ParseError::Memory(8)),
            LoadError::Memory(Shortage { what: Needed::Image, bytes: 8 })
        );
    }
}
