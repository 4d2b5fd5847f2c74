//! The IoTPy instruction set: one table from which everything else derives.
//!
//! An instruction is one aligned little-endian 32-bit word, `op:8 a:8 b:8 c:8` (op in the lowest byte) or
//! `op:8 a:8 imm:16`, and for some opcodes one extra word behind it. The encoder, the decoder, what the verifier
//! checks, the disassembler and the reference chapter of the book are all made from [`TABLE`]; the meaning of each
//! opcode is its documentation line, in which `R[x]` is register x of the current window.
//!
//! Jumps are relative, in words, to the word *after* the whole instruction (extra word included).
//!
//! # Windows
//! A call overlaps the caller's registers: with the callee in `R[a]`, `R[a+1]` and `R[a+2]` are left free for the
//! frame record, and the arguments in `R[a+3..]` become the callee's `R[0..]`. Nothing is copied.

use core::fmt;

/// What an 8-bit (or, in `imm`, 16-bit) operand means. The verifier checks each kind; see `verify` in the VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Not used; must be zero.
    None,
    /// Register read.
    Read,
    /// Register written.
    Write,
    /// Register read and written.
    ReadWrite,
    /// First of this many consecutive registers.
    Window(u8),
    /// First of as many consecutive registers as operand `c` says, times this factor.
    WindowOfC(u8),
    /// First of a call window: `R[a] .. R[a + 2 + b]`, frame record included.
    CallWindow,
    /// First of a call window with a receiver: `R[a] .. R[a + 3 + b]`.
    MethodWindow,
    /// First of a class window: `R[a] .. R[a + 5 + b]` (bases, then the body's frame record).
    ClassWindow,
    /// First of `b` argument registers.
    Arguments,
    /// First of `c + 1 + extra` consecutive registers (starred unpacking).
    StarWindow,
    /// A count.
    Count,
    /// Signed 8-bit integer.
    Signed8,
    /// 0: the jump is taken when the condition is false, 1: when it is true.
    Polarity,
    /// A small enumeration below this bound.
    Below(u8),
    /// Index of a captured cell of the function being made.
    CaptureIndex,
    /// Index of a captured cell of the running function.
    FreeIndex,
    /// 16 bit: index of a constant.
    Constant,
    /// 16 bit: index of a constant that is a string.
    Name,
    /// 16 bit: signed integer.
    Signed16,
    /// 16 bit: global slot.
    Global,
    /// 16 bit: a [`crate::builtins::Builtin`].
    Builtin,
    /// 16 bit: function.
    Function,
    /// 16 bit: module of the package.
    Module,
    /// 16 bit: captured cell of the running function.
    Free16,
    /// 16 bit: signed jump distance.
    Jump16,
    /// 24 bit (operands a, b and c together): signed jump distance.
    Jump24,
}

impl Operand {
    /// How many consecutive registers it names, the first of them by its byte; 0 where it is none.
    #[inline]
    pub fn registers(self, instruction: Instruction) -> u32 {
        let (b, c) = (u32::from(instruction.b), u32::from(instruction.c));
        match self {
            Self::Read | Self::Write | Self::ReadWrite => 1,
            Self::Window(count) => u32::from(count),
            Self::WindowOfC(factor) => c * u32::from(factor),
            Self::CallWindow => 3 + b,
            Self::MethodWindow => 4 + b,
            Self::ClassWindow => 6 + b,
            Self::Arguments => b,
            Self::StarWindow => (c + 1).saturating_add(instruction.extra),
            _ => 0,
        }
    }
}

/// The word behind an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// No extra word.
    None,
    /// Signed jump distance.
    Jump,
    /// Attribute name (constant index, low half) and inline cache (high half).
    NameCache,
    /// Name (constant index, low half) and global slot (high half, 0xFFFF = none).
    NameGlobal,
    /// Keyword names: index of a constant tuple of strings; its length is at most `b`.
    Keywords,
    /// A [`crate::builtins::Builtin`] that is called.
    Builtin,
    /// Class name (constant index, low half) and keyword names (constant index, high half, 0xFFFF = none).
    ClassName,
    /// A count of registers, at most 255.
    Count,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Which opcode.
    pub opcode: Opcode,
    /// Operands a, b, c; with a 16-bit operand it is the second and the third is `None`.
    pub operands: [Operand; 3],
    /// The word behind it.
    pub extra: Extra,
}

impl Shape {
    /// Words the instruction takes: 1 or 2.
    pub const fn words(&self) -> usize {
        match self.extra {
            Extra::None => 1,
            _ => 2,
        }
    }

    /// Distance of the jump of such an instruction, see [`Instruction::jump`].
    pub const fn jump(&self, instruction: Instruction) -> Option<i32> {
        match (self.extra, self.operands) {
            (Extra::Jump, _) => Some(instruction.extra.cast_signed()),
            (_, [Operand::Jump24, ..]) => Some(instruction.imm24()),
            (_, [_, Operand::Jump16, _]) => Some(instruction.imm16().cast_signed() as i32),
            _ => None,
        }
    }

    /// True when operands b and c are one 16-bit operand.
    pub const fn has_imm16(&self) -> bool {
        matches!(
            self.operands[1],
            Operand::Constant
                | Operand::Name
                | Operand::Signed16
                | Operand::Global
                | Operand::Builtin
                | Operand::Function
                | Operand::Module
                | Operand::Free16
                | Operand::Jump16
        )
    }
}

macro_rules! isa {
    ($($(#[$section:meta])* $name:ident $mnemonic:literal [$a:expr, $b:expr, $c:expr] $extra:ident $meaning:literal;)*) => {
        /// Operation codes; the number is the position in [`TABLE`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode { $(#[doc = $meaning] $name),* }

        /// The instruction set, in the order of the opcodes.
        pub const TABLE: &[Shape] = {
            use Operand::*;
            &[$(Shape { opcode: Opcode::$name, operands: [$a, $b, $c], extra: Extra::$extra }),*]
        };

        // What people read has tables of its own, so that firmware, which reads none of it, has none of it.
        const MNEMONICS: &[&str] = &[$($mnemonic),*];
        const MEANINGS: &[&str] = &[$($meaning),*];

        /// The opcodes as `u8` constants, for `match` in dispatch loops and encoders.
        #[allow(non_upper_case_globals, missing_docs)]
        pub mod op { $(pub const $name: u8 = super::Opcode::$name as u8;)* }

        impl Opcode {
            /// The opcode of a byte, if it is one.
            #[inline]
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte {
                    $(op::$name => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

isa! {
    Illegal "illegal" [None, None, None] None "Never valid, so that zeroed memory is no program.";

    Move "move" [Write, Read, None] None "R[a] = R[b]";
    LoadConst "load_const" [Write, Constant, None] None "R[a] = constant imm";
    LoadInt "load_int" [Write, Signed16, None] None "R[a] = the integer imm";
    LoadBuiltin "load_builtin" [Write, Builtin, None] None "R[a] = the builtin value imm (None, True, types, functions, modules)";
    LoadGlobal "load_global" [Write, Global, None] None "R[a] = global imm; where unbound the builtin of that name, else NameError";
    StoreGlobal "store_global" [Read, Global, None] None "global imm = R[a]";
    DeleteGlobal "delete_global" [None, Global, None] None "unbind global imm; NameError where unbound";
    MakeCell "make_cell" [ReadWrite, None, None] None "R[a] = a new cell that holds R[a] (which may be unbound)";
    LoadCell "load_cell" [Write, Read, None] None "R[a] = content of the cell R[b], possibly unbound";
    StoreCell "store_cell" [Read, Read, None] None "content of the cell R[a] = R[b]";
    LoadFree "load_free" [Write, Free16, None] None "R[a] = content of captured cell imm, possibly unbound";
    StoreFree "store_free" [Read, Free16, None] None "content of captured cell imm = R[a]";
    Unbind "unbind" [Write, None, None] None "R[a] = unbound; what was in it is given up (an abandoned generator is closed)";
    CheckLocal "check_local" [Read, Name, None] None "UnboundLocalError naming imm where R[a] is unbound";
    CheckFree "check_free" [Read, Name, None] None "NameError (free variable imm) where R[a] is unbound";

    Add "add" [Write, Read, Read] None "R[a] = R[b] + R[c]";
    Subtract "subtract" [Write, Read, Read] None "R[a] = R[b] - R[c]";
    Multiply "multiply" [Write, Read, Read] None "R[a] = R[b] * R[c]";
    TrueDivide "true_divide" [Write, Read, Read] None "R[a] = R[b] / R[c]";
    FloorDivide "floor_divide" [Write, Read, Read] None "R[a] = R[b] // R[c]";
    Modulo "modulo" [Write, Read, Read] None "R[a] = R[b] % R[c]";
    Power "power" [Write, Read, Read] None "R[a] = R[b] ** R[c]";
    MatrixMultiply "matrix_multiply" [Write, Read, Read] None "R[a] = R[b] @ R[c]";
    ShiftLeft "shift_left" [Write, Read, Read] None "R[a] = R[b] << R[c]";
    ShiftRight "shift_right" [Write, Read, Read] None "R[a] = R[b] >> R[c]";
    And "and" [Write, Read, Read] None "R[a] = R[b] & R[c]";
    Or "or" [Write, Read, Read] None "R[a] = R[b] | R[c]";
    Xor "xor" [Write, Read, Read] None "R[a] = R[b] ^ R[c]";
    InplaceAdd "inplace_add" [Write, Read, Read] None "R[a] = R[b] += R[c]";
    InplaceSubtract "inplace_subtract" [Write, Read, Read] None "R[a] = R[b] -= R[c]";
    InplaceMultiply "inplace_multiply" [Write, Read, Read] None "R[a] = R[b] *= R[c]";
    InplaceTrueDivide "inplace_true_divide" [Write, Read, Read] None "R[a] = R[b] /= R[c]";
    InplaceFloorDivide "inplace_floor_divide" [Write, Read, Read] None "R[a] = R[b] //= R[c]";
    InplaceModulo "inplace_modulo" [Write, Read, Read] None "R[a] = R[b] %= R[c]";
    InplacePower "inplace_power" [Write, Read, Read] None "R[a] = R[b] **= R[c]";
    InplaceMatrixMultiply "inplace_matrix_multiply" [Write, Read, Read] None "R[a] = R[b] @= R[c]";
    InplaceShiftLeft "inplace_shift_left" [Write, Read, Read] None "R[a] = R[b] <<= R[c]";
    InplaceShiftRight "inplace_shift_right" [Write, Read, Read] None "R[a] = R[b] >>= R[c]";
    InplaceAnd "inplace_and" [Write, Read, Read] None "R[a] = R[b] &= R[c]";
    InplaceOr "inplace_or" [Write, Read, Read] None "R[a] = R[b] |= R[c]";
    InplaceXor "inplace_xor" [Write, Read, Read] None "R[a] = R[b] ^= R[c]";
    AddOverLeft "add_over_left" [Write, Read, Read] None "as add; R[b] is a temporary, whose float the result may overwrite";
    SubtractOverLeft "subtract_over_left" [Write, Read, Read] None "as subtract; R[b] is a temporary, whose float the result may overwrite";
    MultiplyOverLeft "multiply_over_left" [Write, Read, Read] None "as multiply; R[b] is a temporary, whose float the result may overwrite";
    TrueDivideOverLeft "true_divide_over_left" [Write, Read, Read] None "as true_divide; R[b] is a temporary, whose float the result may overwrite";
    AddOverRight "add_over_right" [Write, Read, Read] None "as add; R[c] is a temporary, whose float the result may overwrite";
    SubtractOverRight "subtract_over_right" [Write, Read, Read] None "as subtract; R[c] is a temporary, whose float the result may overwrite";
    MultiplyOverRight "multiply_over_right" [Write, Read, Read] None "as multiply; R[c] is a temporary, whose float the result may overwrite";
    TrueDivideOverRight "true_divide_over_right" [Write, Read, Read] None "as true_divide; R[c] is a temporary, whose float the result may overwrite";
    InplaceGrow "inplace_grow" [Write, Read, Read] None "as inplace_add; text that this instruction made since the last forget_growing is held by R[b] alone, and may grow where it is";
    ForgetGrowing "forget_growing" [None, None, None] None "text made by inplace_grow so far may be held by others";
    AddInt "add_int" [Write, Read, Signed8] None "R[a] = R[b] + c (also for a subtraction of -c and for += of an integer)";
    MultiplyInt "multiply_int" [Write, Read, Signed8] None "R[a] = R[b] * c";
    FloorDivideInt "floor_divide_int" [Write, Read, Signed8] None "R[a] = R[b] // c";
    ModuloInt "modulo_int" [Write, Read, Signed8] None "R[a] = R[b] % c";
    ShiftLeftInt "shift_left_int" [Write, Read, Signed8] None "R[a] = R[b] << c";
    ShiftRightInt "shift_right_int" [Write, Read, Signed8] None "R[a] = R[b] >> c";
    AndInt "and_int" [Write, Read, Signed8] None "R[a] = R[b] & c";
    Negate "negate" [Write, Read, None] None "R[a] = -R[b]";
    Positive "positive" [Write, Read, None] None "R[a] = +R[b]";
    Invert "invert" [Write, Read, None] None "R[a] = ~R[b]";
    Not "not" [Write, Read, None] None "R[a] = not R[b]";

    Less "less" [Write, Read, Read] None "R[a] = R[b] < R[c]";
    LessEqual "less_equal" [Write, Read, Read] None "R[a] = R[b] <= R[c]";
    Equal "equal" [Write, Read, Read] None "R[a] = R[b] == R[c]";
    NotEqual "not_equal" [Write, Read, Read] None "R[a] = R[b] != R[c]";
    Greater "greater" [Write, Read, Read] None "R[a] = R[b] > R[c]";
    GreaterEqual "greater_equal" [Write, Read, Read] None "R[a] = R[b] >= R[c]";
    Is "is" [Write, Read, Read] None "R[a] = R[b] is R[c]";
    IsNot "is_not" [Write, Read, Read] None "R[a] = R[b] is not R[c]";
    In "in" [Write, Read, Read] None "R[a] = R[b] in R[c]";
    NotIn "not_in" [Write, Read, Read] None "R[a] = R[b] not in R[c]";

    Jump "jump" [Jump24, None, None] None "jump by the signed 24 bits of a, b, c; backwards it checks fuel";
    JumpIf "jump_if" [Read, Jump16, None] None "jump when R[a] is true";
    JumpIfNot "jump_if_not" [Read, Jump16, None] None "jump when R[a] is false";
    JumpNone "jump_none" [Read, Jump16, None] None "jump when R[a] is None";
    JumpNotNone "jump_not_none" [Read, Jump16, None] None "jump when R[a] is not None";
    JumpLess "jump_less" [Read, Read, Polarity] Jump "jump when (R[a] < R[b]) equals c";
    JumpLessEqual "jump_less_equal" [Read, Read, Polarity] Jump "jump when (R[a] <= R[b]) equals c";
    JumpEqual "jump_equal" [Read, Read, Polarity] Jump "jump when (R[a] == R[b]) equals c";
    JumpNotEqual "jump_not_equal" [Read, Read, Polarity] Jump "jump when (R[a] != R[b]) equals c";
    JumpGreater "jump_greater" [Read, Read, Polarity] Jump "jump when (R[a] > R[b]) equals c";
    JumpGreaterEqual "jump_greater_equal" [Read, Read, Polarity] Jump "jump when (R[a] >= R[b]) equals c";
    JumpIs "jump_is" [Read, Read, Polarity] Jump "jump when (R[a] is R[b]) equals c";
    JumpIn "jump_in" [Read, Read, Polarity] Jump "jump when (R[a] in R[b]) equals c";
    JumpLessInt "jump_less_int" [Read, Signed8, Polarity] Jump "jump when (R[a] < b) equals c";
    JumpLessEqualInt "jump_less_equal_int" [Read, Signed8, Polarity] Jump "jump when (R[a] <= b) equals c";
    JumpEqualInt "jump_equal_int" [Read, Signed8, Polarity] Jump "jump when (R[a] == b) equals c";
    JumpNotEqualInt "jump_not_equal_int" [Read, Signed8, Polarity] Jump "jump when (R[a] != b) equals c";
    JumpGreaterInt "jump_greater_int" [Read, Signed8, Polarity] Jump "jump when (R[a] > b) equals c";
    JumpGreaterEqualInt "jump_greater_equal_int" [Read, Signed8, Polarity] Jump "jump when (R[a] >= b) equals c";

    GetIter "get_iter" [Write, Read, None] None "R[a] = iter(R[b])";
    ForIter "for_iter" [Read, Write, None] Jump "R[b] = next(R[a]) and jump (backwards, to the body); fall through at the end";
    RangePrepare "range_prepare" [Window(3), Jump16, None] None "prepare a loop over range(R[a], R[a+1], R[a+2]) and jump to its for_range; TypeError, ValueError as range()";
    ForRange "for_range" [Window(3), Write, None] Jump "R[b] = next of the range in R[a..a+3] and jump (backwards, to the body); fall through at the end";

    Unpack "unpack" [WindowOfC(1), Read, Count] None "R[a..a+c] = the c items of R[b]; ValueError for another count";
    UnpackStar "unpack_star" [StarWindow, Read, Count] Count "R[a..] = c items, a list of the rest, extra items, of R[b]";
    BuildTuple "build_tuple" [Write, WindowOfC(1), Count] None "R[a] = tuple of R[b..b+c]";
    BuildList "build_list" [Write, WindowOfC(1), Count] None "R[a] = list of R[b..b+c]";
    BuildSet "build_set" [Write, WindowOfC(1), Count] None "R[a] = set of R[b..b+c]";
    BuildDict "build_dict" [Write, WindowOfC(2), Count] None "R[a] = dict of the c key, value pairs in R[b..b+2c]";
    BuildSlice "build_slice" [Write, Window(3), None] None "R[a] = slice(R[b], R[b+1], R[b+2])";
    BuildString "build_string" [Write, WindowOfC(1), Count] None "R[a] = the strings R[b..b+c] joined";
    Convert "convert" [Write, Read, Below(3)] None "R[a] = str (c = 0), repr (1) or ascii (2) of R[b]";
    Format "format" [Write, Read, None] None "R[a] = format(R[b], '')";
    FormatSpec "format_spec" [Write, Read, Read] None "R[a] = format(R[b], R[c])";
    ListAppend "list_append" [Read, Read, None] None "append R[b] to the list R[a]";
    ListExtend "list_extend" [Read, Read, Below(2)] None "extend the list R[a] by the iterable R[b]; c = 1: they are the arguments of R[a - 3]";
    ListToTuple "list_to_tuple" [Write, Read, None] None "R[a] = tuple of the list R[b]";
    SetAdd "set_add" [Read, Read, None] None "add R[b] to the set R[a]";
    SetUpdate "set_update" [Read, Read, None] None "add the items of the iterable R[b] to the set R[a]";
    DictInsert "dict_insert" [Read, Read, Read] None "R[a][R[b]] = R[c], of the dict R[a]";
    DictMerge "dict_merge" [Read, Read, Below(2)] None "merge the mapping R[b] into the dict R[a]; c = 1: a key twice is a TypeError (keyword arguments)";

    GetAttr "get_attr" [Write, Read, None] NameCache "R[a] = R[b].name";
    SetAttr "set_attr" [Read, Read, None] NameCache "R[a].name = R[b]";
    DeleteAttr "delete_attr" [Read, None, None] NameCache "del R[a].name";
    LoadMethod "load_method" [Window(4), Read, None] NameCache "R[a] = the function name of R[b] and R[a+3] = R[b]; where it takes no receiver R[a] = R[b].name and R[a+3] is unbound";
    LoadTypeMethod "load_type_method" [Window(4), Read, None] NameCache "as load_method, but looked up on the type alone (with statements)";
    GetItem "get_item" [Write, Read, Read] None "R[a] = R[b][R[c]]";
    GetItemInt "get_item_int" [Write, Read, Signed8] None "R[a] = R[b][c]";
    SetItem "set_item" [Read, Read, Read] None "R[a][R[b]] = R[c]";
    DeleteItem "delete_item" [Read, Read, None] None "del R[a][R[b]]";
    GetSlice "get_slice" [Write, Read, Window(2)] None "R[a] = R[b][R[c]:R[c+1]]";

    Call "call" [CallWindow, Count, Write] None "R[c] = R[a](R[a+3], .., b arguments)";
    CallMethod "call_method" [MethodWindow, Count, Write] None "R[c] = R[a](R[a+3], R[a+4], .., b arguments besides the receiver); no receiver where R[a+3] is unbound";
    CallKeywords "call_keywords" [CallWindow, Count, Write] Keywords "R[c] = R[a](b arguments, the last of them named by the constant tuple)";
    CallSpread "call_spread" [Window(5), None, Write] None "R[c] = R[a](*R[a+3], **R[a+4]); R[a+3] is a tuple or list, R[a+4] a dict or None";
    CallBuiltin "call_builtin" [Arguments, Count, Write] Builtin "R[c] = builtin(R[a..a+b])";
    Return "return" [Read, None, None] None "return R[a]";
    ReturnNone "return_none" [None, None, None] None "return None";
    Yield "yield" [Write, Read, None] None "yield R[b]; when resumed R[a] is what was sent";
    YieldFrom "yield_from" [Write, Window(2), None] None "delegate to the iterator R[b]; R[b+1] is what is sent to it (None first); R[a] = its return value";

    MakeFunction "make_function" [Write, Function, None] None "R[a] = a function object of function imm, nothing captured yet";
    SetDefaults "set_defaults" [Read, Read, None] None "defaults of the function R[a] = the tuple R[b]";
    SetKeywordDefaults "set_keyword_defaults" [Read, Read, None] None "keyword-only defaults of the function R[a] = the dict R[b]";
    Capture "capture" [Read, CaptureIndex, Read] None "captured cell b of the function R[a] = the cell R[c]";
    CaptureFree "capture_free" [Read, CaptureIndex, FreeIndex] None "captured cell b of the function R[a] = captured cell c of the running function";
    BuildClass "build_class" [ClassWindow, Count, Write] ClassName "R[c] = class from the body function R[a] and b bases and keyword values in R[a+3..]";
    LoadName "load_name" [Write, Read, None] NameGlobal "R[a] = name in the class namespace R[b], else the global, else the builtin, else NameError";
    StoreName "store_name" [Read, Read, None] NameGlobal "name in the class namespace R[a] = R[b]";
    DeleteName "delete_name" [Read, None, None] NameGlobal "delete name from the class namespace R[a]; NameError";
    ImportModule "import_module" [Write, Module, None] None "R[a] = module imm of the package, after running its top level once";
    ImportFrom "import_from" [Write, Read, None] NameCache "R[a] = R[b].name; ImportError where it has none";

    Raise "raise" [Read, None, None] None "raise R[a]";
    RaiseFrom "raise_from" [Read, Read, None] None "raise R[a] from R[b]";
    RaiseCurrent "raise_current" [None, None, None] None "raise the exception being handled again; RuntimeError where there is none";
    Reraise "reraise" [Read, None, None] None "raise the exception R[a] again without touching its traceback (end of a finally or of unmatched handlers)";
    CatchBegin "catch_begin" [Window(2), None, None] None "R[a] = the exception caught, R[a+1] = the one handled before; R[a] is being handled now. First instruction of each handler";
    CatchEnd "catch_end" [Window(2), None, None] None "the exception being handled is R[a+1] again";
    MatchException "match_exception" [Write, Read, Read] None "R[a] = whether the exception R[b] matches the class or tuple R[c]; TypeError for others";
}

impl Opcode {
    /// Its name in listings.
    pub fn mnemonic(self) -> &'static str {
        MNEMONICS.get(self as usize).copied().unwrap_or_default()
    }

    /// Its meaning, for the book.
    pub fn meaning(self) -> &'static str {
        MEANINGS.get(self as usize).copied().unwrap_or_default()
    }

    /// Its line of the table.
    pub fn shape(self) -> &'static Shape {
        // The table and the enum come from one macro, so the position exists.
        TABLE.get(self as usize).unwrap_or(&ILLEGAL)
    }
}

const ILLEGAL: Shape = Shape { opcode: Opcode::Illegal, operands: [Operand::None; 3], extra: Extra::None };

/// Encodes `op a b c`.
pub const fn abc(opcode: Opcode, a: u8, b: u8, c: u8) -> u32 {
    opcode as u32 | (a as u32) << 8 | (b as u32) << 16 | (c as u32) << 24
}

/// Encodes `op a imm16`.
pub const fn abx(opcode: Opcode, a: u8, imm: u16) -> u32 {
    opcode as u32 | (a as u32) << 8 | (imm as u32) << 16
}

/// Encodes a 24-bit jump; `None` where it doesn't fit.
pub const fn jump24(opcode: Opcode, distance: i32) -> Option<u32> {
    if distance < -(1 << 23) || distance >= 1 << 23 { None } else { Some(opcode as u32 | (distance as u32) << 8) }
}

/// Encodes a pair of 16-bit halves (extra words).
pub const fn halves(low: u16, high: u16) -> u32 {
    low as u32 | (high as u32) << 16
}

/// A decoded instruction: the word, and the extra word (0 where there is none).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Operation.
    pub opcode: Opcode,
    /// First operand.
    pub a: u8,
    /// Second operand.
    pub b: u8,
    /// Third operand.
    pub c: u8,
    /// The word behind it.
    pub extra: u32,
}

impl Instruction {
    /// Decodes the instruction at the start of `words`. `None` for an unknown opcode or a missing extra word.
    #[inline]
    pub fn decode(words: &[u32]) -> Option<Self> {
        let word = *words.first()?;
        let opcode = Opcode::from_byte(word as u8)?;
        let extra = match opcode.shape().extra {
            Extra::None => 0,
            _ => *words.get(1)?,
        };
        Some(Self { opcode, a: (word >> 8) as u8, b: (word >> 16) as u8, c: (word >> 24) as u8, extra })
    }

    /// Operands b and c as one 16-bit number.
    pub const fn imm16(&self) -> u16 {
        self.b as u16 | (self.c as u16) << 8
    }

    /// Operands a, b and c as one signed 24-bit number.
    pub const fn imm24(&self) -> i32 {
        ((self.a as u32) << 8 | (self.b as u32) << 16 | (self.c as u32) << 24).cast_signed() >> 8
    }

    /// Words it takes.
    pub fn words(&self) -> usize {
        self.opcode.shape().words()
    }

    /// Whether it reads or writes this register, or may: it is one of its operands, or in a window of theirs.
    pub fn names_register(&self, register: u8) -> bool {
        let [a, b, c] = self.opcode.shape().operands;
        // Windows go upwards, so that most operands need no second look.
        let names = |kind: Operand, first: u8| first <= register && u32::from(register - first) < kind.registers(*self);
        names(a, self.a) || names(b, self.b) || names(c, self.c)
    }

    /// Distance of its jump in words from the word after it, if it jumps.
    pub fn jump(&self) -> Option<i32> {
        self.opcode.shape().jump(*self)
    }
}

impl fmt::Display for Instruction {
    /// One line of a listing, for example `add r2, r0, r1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = self.opcode.shape();
        f.write_str(self.opcode.mnemonic())?;
        let mut separator = " ";
        let bytes = [self.a, self.b, self.c];
        for (kind, byte) in shape.operands.iter().zip(bytes) {
            use Operand as O;
            match kind {
                O::None => continue,
                O::Count | O::Polarity | O::Below(_) | O::CaptureIndex | O::FreeIndex => {
                    write!(f, "{separator}{byte}")?;
                }
                O::Signed8 => write!(f, "{separator}{}", byte.cast_signed())?,
                O::Constant | O::Name => write!(f, "{separator}k{}", self.imm16())?,
                O::Signed16 => write!(f, "{separator}{}", self.imm16().cast_signed())?,
                O::Global => write!(f, "{separator}g{}", self.imm16())?,
                O::Builtin => match crate::builtins::Builtin::from_id(self.imm16()) {
                    Some(builtin) => write!(f, "{separator}{builtin}")?,
                    None => write!(f, "{separator}builtin {}", self.imm16())?,
                },
                O::Function => write!(f, "{separator}f{}", self.imm16())?,
                O::Module => write!(f, "{separator}m{}", self.imm16())?,
                O::Free16 => write!(f, "{separator}free {}", self.imm16())?,
                O::Jump16 => write!(f, "{separator}{:+}", self.imm16().cast_signed())?,
                O::Jump24 => write!(f, "{separator}{:+}", self.imm24())?,
                _ => write!(f, "{separator}r{byte}")?,
            }
            separator = ", ";
            if shape.has_imm16() && !matches!(kind, O::Read | O::Write | O::ReadWrite | O::Window(_)) {
                break;
            }
        }
        let (low, high) = (self.extra & 0xFFFF, self.extra >> 16);
        match shape.extra {
            Extra::None => Ok(()),
            Extra::Jump => write!(f, "{separator}{:+}", self.extra.cast_signed()),
            Extra::NameCache | Extra::NameGlobal | Extra::ClassName => write!(f, "{separator}k{low} #{high}"),
            Extra::Keywords => write!(f, "{separator}k{}", self.extra),
            Extra::Builtin => match crate::builtins::Builtin::from_id(low as u16) {
                Some(builtin) => write!(f, "{separator}{builtin}"),
                None => write!(f, "{separator}builtin {low}"),
            },
            Extra::Count => write!(f, "{separator}{}", self.extra),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_opcode_order() {
        for (index, shape) in TABLE.iter().enumerate() {
            assert_eq!(shape.opcode as usize, index);
            assert_eq!(Opcode::from_byte(index as u8), Some(shape.opcode));
        }
        assert_eq!(Opcode::from_byte(TABLE.len() as u8), None);
    }

    #[test]
    fn fields_survive_a_round_trip() {
        let word = abc(Opcode::Add, 1, 2, 255);
        let decoded = Instruction::decode(&[word]).unwrap();
        assert_eq!((decoded.opcode, decoded.a, decoded.b, decoded.c), (Opcode::Add, 1, 2, 255));
        let jump = Instruction::decode(&[jump24(Opcode::Jump, -3).unwrap()]).unwrap();
        assert_eq!(jump.jump(), Some(-3));
        assert_eq!(jump24(Opcode::Jump, 1 << 23), None);
        let back = Instruction::decode(&[abx(Opcode::JumpIf, 4, (-9i16).cast_unsigned())]).unwrap();
        assert_eq!(back.jump(), Some(-9));
    }

    #[test]
    fn an_extra_word_that_is_missing_is_refused() {
        assert!(Instruction::decode(&[abc(Opcode::GetAttr, 0, 1, 0)]).is_none());
        assert!(Instruction::decode(&[]).is_none());
    }

    #[test]
    fn listing() {
        let call = Instruction::decode(&[abc(Opcode::Call, 3, 2, 1)]).unwrap();
        assert_eq!(std::format!("{call}"), "call r3, 2, r1");
        let get = Instruction::decode(&[abc(Opcode::GetAttr, 0, 1, 0), halves(7, 2)]).unwrap();
        assert_eq!(std::format!("{get}"), "get_attr r0, r1, k7 #2");
    }
}
