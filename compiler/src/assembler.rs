//! Instructions of one function: words, labels, source positions and guarded ranges.
//!
//! Labels also carry the data flow: a jump merges what is surely assigned at the jump into what is at the label.

use crate::front::Span;
use nano_wire::isa::{Opcode, abc, abx};

/// A register of the current window.
pub(crate) type Register = u8;

/// Set of local variables (by register) that surely are bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Assigned([u64; 4]);

impl Assigned {
    pub fn insert(&mut self, register: Register) {
        self.0[usize::from(register) / 64] |= 1 << (register % 64);
    }

    pub fn remove(&mut self, register: Register) {
        self.0[usize::from(register) / 64] &= !(1 << (register % 64));
    }

    pub fn contains(self, register: Register) -> bool {
        self.0[usize::from(register) / 64] >> (register % 64) & 1 != 0
    }

    pub fn intersect(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }

    pub fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & !other.0[i]))
    }
}

/// A place in the code that is jumped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(usize);

#[derive(Clone, Copy, Debug, Default)]
struct LabelState {
    position: Option<u32>,
    assigned: Option<Assigned>,
}

#[derive(Clone, Copy, Debug)]
enum Fix {
    /// The 16-bit operand.
    Short,
    /// The 24-bit operand.
    Long,
    /// The extra word.
    Extra,
}

/// A guarded range in words, and its handler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    pub start: u32,
    pub end: u32,
    pub target: Label,
}

/// Most words a function may have: all of its jumps then fit in 16 bits.
pub(crate) const MAX_WORDS: usize = 32_000;

/// The instructions of one function.
#[derive(Debug)]
pub(crate) struct Assembler {
    pub words: Vec<u32>,
    /// First word and span of each run of instructions that comes from one node.
    pub positions: Vec<(u32, Span)>,
    pub guards: Vec<Guard>,
    /// Where the next instruction comes from.
    pub span: Span,
    /// Can the next instruction be reached?
    pub reachable: bool,
    /// What surely is bound here.
    pub assigned: Assigned,
    labels: Vec<LabelState>,
    fixes: Vec<(u32, Fix, Label)>,
}

impl Assembler {
    pub fn new(span: Span) -> Self {
        Self {
            words: Vec::new(),
            positions: Vec::new(),
            guards: Vec::new(),
            span,
            reachable: true,
            assigned: Assigned::default(),
            labels: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Too long already; the function will be refused, so nothing more is worth emitting.
    pub fn is_full(&self) -> bool {
        self.words.len() > MAX_WORDS
    }

    /// Word of the next instruction.
    pub fn here(&self) -> u32 {
        self.words.len() as u32
    }

    fn push(&mut self, word: u32) {
        if !self.reachable || self.is_full() {
            return;
        }
        if self.positions.last().is_none_or(|(_, span)| *span != self.span) {
            self.positions.push((self.words.len() as u32, self.span));
        }
        self.words.push(word);
    }

    /// Emits `op a b c`. Unreachable instructions are dropped, here and below.
    pub fn abc(&mut self, op: Opcode, a: Register, b: u8, c: u8) {
        self.push(abc(op, a, b, c));
    }

    /// Emits `op a imm16`.
    pub fn abx(&mut self, op: Opcode, a: Register, imm: u16) {
        self.push(abx(op, a, imm));
    }

    /// Emits `op a b c` and the extra word.
    pub fn extra(&mut self, op: Opcode, a: Register, b: u8, c: u8, extra: u32) {
        self.push(abc(op, a, b, c));
        self.push(extra);
    }

    /// An instruction that doesn't go on to the next one.
    pub fn last(&mut self, op: Opcode, a: Register, b: u8) {
        self.push(abc(op, a, b, 0));
        self.reachable = false;
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(LabelState::default());
        Label(self.labels.len() - 1)
    }

    /// The label is here.
    pub fn place(&mut self, label: Label) {
        let here = self.here();
        let state = &mut self.labels[label.0];
        state.position = Some(here);
        match (self.reachable, state.assigned) {
            (true, Some(assigned)) => self.assigned = self.assigned.intersect(assigned),
            (false, Some(assigned)) => {
                self.assigned = assigned;
                self.reachable = true;
            }
            (_, None) => {}
        }
    }

    /// Makes a label reachable that no jump leads to (a handler), with this much bound.
    pub fn enter(&mut self, label: Label, assigned: Assigned) {
        self.reachable = false;
        self.labels[label.0].assigned = Some(assigned);
        self.place(label);
    }

    fn reference(&mut self, label: Label, fix: Fix) {
        if !self.reachable {
            return;
        }
        let assigned = self.assigned;
        let state = &mut self.labels[label.0];
        state.assigned = Some(state.assigned.map_or(assigned, |present| present.intersect(assigned)));
        self.fixes.push((self.here(), fix, label));
    }

    /// `jump label`.
    pub fn jump(&mut self, label: Label) {
        self.reference(label, Fix::Long);
        self.push(abc(Opcode::Jump, 0, 0, 0));
        self.reachable = false;
    }

    /// `op a, label` with a 16-bit distance.
    pub fn jump_short(&mut self, op: Opcode, a: Register, label: Label) {
        self.reference(label, Fix::Short);
        self.push(abx(op, a, 0));
    }

    /// `op a b c, label` with the distance behind it.
    pub fn jump_extra(&mut self, op: Opcode, a: Register, b: u8, c: u8, label: Label) {
        self.reference(label, Fix::Extra);
        self.push(abc(op, a, b, c));
        self.push(0);
    }

    /// Guards a range; empty ones are dropped.
    pub fn guard(&mut self, start: u32, end: u32, target: Label) {
        if let Some(last) = self.guards.last_mut()
            && (last.end, last.target) == (start, target)
        {
            last.end = end;
        } else if start < end {
            self.guards.push(Guard { start, end, target });
        }
    }

    /// Position of a label that was placed.
    pub fn position(&self, label: Label) -> u32 {
        self.labels[label.0].position.unwrap_or(0)
    }

    /// Fills in all jump distances; a jump to a jump goes where that one leads.
    pub fn resolve(&mut self) {
        if self.is_full() {
            return;
        }
        let fixes = std::mem::take(&mut self.fixes);
        for follow in [false, true] {
            for (at, fix, label) in &fixes {
                let mut target = self.position(*label);
                // A loop of jumps (`while True: pass`) is left after a few rounds.
                for _ in 0..if follow { 8 } else { 0 } {
                    match self.words.get(target as usize) {
                        Some(word) if *word as u8 == Opcode::Jump as u8 => {
                            target = (target as i32 + 1 + (word.cast_signed() >> 8)).cast_unsigned();
                        }
                        _ => break,
                    }
                }
                // A jump to a return is a return.
                if let (true, Fix::Long, Some(word)) = (follow, fix, self.words.get(target as usize))
                    && [Opcode::Return as u8, Opcode::ReturnNone as u8].contains(&(*word as u8))
                {
                    self.words[*at as usize] = *word;
                    continue;
                }
                let next = at + if matches!(fix, Fix::Extra) { 2 } else { 1 };
                let distance = target as i32 - next as i32;
                let word = &mut self.words[*at as usize];
                match fix {
                    Fix::Short => *word = *word & 0xFFFF | u32::from((distance as i16).cast_unsigned()) << 16,
                    Fix::Long => *word = *word & 0xFF | distance.cast_unsigned() << 8,
                    Fix::Extra => self.words[*at as usize + 1] = distance.cast_unsigned(),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nano_wire::isa::Instruction;

    #[test]
    fn jumps_find_their_labels() {
        let mut code = Assembler::new(Span::default());
        let (top, end) = (code.label(), code.label());
        code.place(top);
        code.jump_extra(Opcode::JumpLess, 1, 2, 1, end);
        code.jump_short(Opcode::JumpIf, 3, end);
        code.jump(top);
        code.place(end);
        code.last(Opcode::ReturnNone, 0, 0);
        code.resolve();
        let jumps: Vec<_> = [0, 2, 3].map(|at| Instruction::decode(&code.words[at..]).unwrap().jump().unwrap()).into();
        assert_eq!(jumps, [2, 1, -4]);
    }

    #[test]
    fn what_is_bound_meets_at_labels() {
        let mut code = Assembler::new(Span::default());
        let end = code.label();
        code.assigned.insert(1);
        code.jump_short(Opcode::JumpIf, 0, end);
        code.assigned.insert(200);
        code.place(end);
        assert!(code.assigned.contains(1) && !code.assigned.contains(200));
        code.last(Opcode::ReturnNone, 0, 0);
        let length = code.words.len();
        code.abc(Opcode::Move, 1, 2, 0);
        assert_eq!(code.words.len(), length);
    }
}
