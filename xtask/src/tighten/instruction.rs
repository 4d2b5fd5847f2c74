//! One instruction of the lx106: what it reads, what it writes, where it goes.

/// A set of registers: a0 to a15, and the shift amount.
pub type Registers = u32;

/// The shift amount register.
pub const SHIFT: Registers = 1 << 16;
/// Everything there is.
pub const ALL: Registers = (1 << 17) - 1;
/// What a call may change: a0, a2 to a11, and the shift amount.
pub const CLOBBERED: Registers = 0x0FFD | SHIFT;
/// What a call may read: the stack, and arguments.
const ARGUMENTS: Registers = 0x00FE;
/// What the caller reads after a return: results, and what was to be kept.
const RETURNED: Registers = 0xF0FF;

/// Mnemonic and operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    pub name: String,
    pub operands: Vec<String>,
}

/// Where it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Behind it.
    Next,
    /// To a label (its last operand), or behind it.
    Branch,
    /// To a label.
    Jump,
    /// To one of the function's tables.
    Table,
    /// Out of the function.
    Return,
}

/// What it does to registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects {
    pub reads: Registers,
    pub writes: Registers,
    /// Nothing but its registers says that it ran.
    pub is_pure: bool,
    pub flow: Flow,
}

/// The number of a register's name.
pub fn register(operand: &str) -> Option<u8> {
    operand.strip_prefix('a')?.parse().ok().filter(|number| *number < 16)
}

/// The set of one.
pub fn set(operand: &str) -> Registers {
    register(operand).map_or(0, |number| 1 << number)
}

/// Branches, each beside the one that does the opposite.
const BRANCHES: [(&str, &str); 13] = [
    ("beq", "bne"),
    ("blt", "bge"),
    ("bltu", "bgeu"),
    ("beqz", "bnez"),
    ("bltz", "bgez"),
    ("beqi", "bnei"),
    ("blti", "bgei"),
    ("bltui", "bgeui"),
    ("ball", "bnall"),
    ("bany", "bnone"),
    ("bbc", "bbs"),
    ("bbci", "bbsi"),
    ("bbci.l", "bbsi.l"),
];

/// The branch that is taken when this one is not.
pub fn opposite(name: &str) -> Option<&'static str> {
    BRANCHES.iter().find_map(|(one, other)| match name {
        _ if name == *one => Some(*other),
        _ if name == *other => Some(*one),
        _ => None,
    })
}

impl Instruction {
    pub fn new(name: &str, operands: &[&str]) -> Self {
        Self { name: name.to_owned(), operands: operands.iter().map(|&operand| operand.to_owned()).collect() }
    }

    /// Reads a line of assembly without its comment.
    pub fn parse(line: &str) -> Self {
        let line = line.trim();
        let (name, operands) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let operands = operands.split(',').map(str::trim).filter(|operand| !operand.is_empty());
        Self { name: name.to_owned(), operands: operands.map(str::to_owned).collect() }
    }

    /// Most bytes that come of it: with its literal, and with the jump of a branch that goes far.
    pub fn most_bytes(&self) -> u64 {
        match self.effects().flow {
            Flow::Branch => 6,
            _ if self.name == "l32r" => 7,
            _ if self.name == "call0" => 10,
            _ => 3,
        }
    }

    pub fn operand(&self, index: usize) -> &str {
        self.operands.get(index).map_or("", String::as_str)
    }

    /// The label a branch or jump goes to.
    pub fn target(&self) -> Option<&str> {
        matches!(self.effects().flow, Flow::Branch | Flow::Jump).then(|| self.operands.last().map(String::as_str))?
    }

    /// Of a copy between registers: to, from.
    pub fn copy(&self) -> Option<(u8, u8)> {
        let is_copy = self.name == "or" && self.operand(1) == self.operand(2);
        if is_copy { Some((register(self.operand(0))?, register(self.operand(1))?)) } else { None }
    }

    /// What it does; of what is not known here, the worst.
    pub fn effects(&self) -> Effects {
        let first = set(self.operand(0));
        let others = self.operands.iter().skip(1).fold(0, |all, operand| all | set(operand));
        let result = |reads, is_pure| Effects { reads, writes: first, is_pure, flow: Flow::Next };
        let flow = |reads, flow| Effects { reads, writes: 0, is_pure: false, flow };
        match self.name.as_str() {
            "movi" | "l32r" | "or" | "and" | "xor" | "add" | "addx2" | "addx4" | "addx8" | "sub" | "subx2"
            | "subx4" | "subx8" | "neg" | "addi" | "addmi" | "slli" | "srli" | "srai" | "extui" | "mull" => {
                result(others, true)
            }
            "src" | "sll" | "srl" | "sra" => result(others | SHIFT, true),
            // A word of the stack; others may be a device's.
            "l32i" => result(others, self.operand(1) == "a1"),
            "l8ui" | "l16ui" | "l16si" => result(others, false),
            "s8i" | "s16i" | "s32i" => flow(first | others, Flow::Next),
            "ssr" | "ssl" | "ssa8l" => Effects { reads: first, writes: SHIFT, is_pure: true, flow: Flow::Next },
            "moveqz" | "movnez" | "movltz" | "movgez" => result(first | others, true),
            "memw" => flow(0, Flow::Next),
            "j" => flow(0, Flow::Jump),
            "jx" => flow(first, Flow::Table),
            "ret" => flow(RETURNED, Flow::Return),
            "callx0" | "call0" => {
                Effects { reads: first | ARGUMENTS, writes: CLOBBERED, is_pure: false, flow: Flow::Next }
            }
            name if opposite(name).is_some() => flow(first | others, Flow::Branch),
            _ => Effects { reads: ALL, writes: ALL, is_pure: false, flow: Flow::Next },
        }
    }

    /// Whether operand 0 is only written: the others are then what it reads.
    pub fn writes_first(&self) -> bool {
        let effects = self.effects();
        effects.writes == set(self.operand(0)) && effects.writes != 0 && !self.name.starts_with("mov")
            || self.name == "movi"
    }
}

impl std::fmt::Display for Instruction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\t{}", self.name)?;
        if !self.operands.is_empty() {
            write!(f, "\t{}", self.operands.join(", "))?;
        }
        Ok(())
    }
}
