//! A function's assembly: its lines, and what is known at each of them.

use std::collections::{HashMap, HashSet};

use super::instruction::{ALL, Flow, Instruction, Registers};

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A place that is jumped to.
    Label(String),
    Instruction(Instruction),
    /// Directives and what serves debuggers: kept where it is.
    Other(String),
}

/// A function.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what passes learn of it, each by itself")]
pub struct Function {
    pub name: String,
    /// Its place among all of the file.
    pub number: usize,
    /// Whether it lies with most others, and not where the linker script puts it.
    pub is_main: bool,
    /// Whether it is a part of others, which jump to it: it lies anywhere then.
    pub is_jumped_to: bool,
    /// Whether it has no end of its own: what follows it is gone on to.
    pub goes_on: bool,
    /// Whether it may take arguments from its caller's frame.
    pub has_stack_arguments: bool,
    pub lines: Vec<Line>,
    /// Labels that tables of addresses name.
    pub in_tables: HashSet<String>,
    /// Offsets of words on the stack in which registers are put by: nothing else reads or writes those.
    pub slots: HashSet<String>,
}

/// Per register a number that stands for what it holds, such as a constant ([`Constants`]); 0: not known.
pub type Known = [u32; 16];

/// Constants by number. Numbers of the program are written `#7`; anything else is the address of a symbol.
#[derive(Debug, Default)]
pub struct Constants {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Constants {
    /// The number that stands for a constant as it is written in assembly.
    pub fn number(&mut self, text: &str) -> u32 {
        let parsed = text.parse::<i64>().map(|value| format!("#{}", value as i32));
        let text = parsed.unwrap_or_else(|_| text.to_owned());
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        self.texts.push(text.clone());
        let number = self.texts.len() as u32;
        self.numbers.insert(text, number);
        number
    }

    fn text(&self, number: u32) -> Option<&str> {
        self.texts.get((number as usize).checked_sub(1)?).map(String::as_str)
    }

    /// The value, where it is a number.
    pub fn value(&self, number: u32) -> Option<i32> {
        self.text(number)?.strip_prefix('#')?.parse().ok()
    }

    /// The symbol, where it is the address of one that other functions see.
    pub fn symbol(&self, number: u32) -> Option<&str> {
        self.text(number).filter(|text| !text.starts_with(['#', '.']) && !text.contains(['+', '-']))
    }
}

impl Function {
    /// One of these instructions, for tests.
    #[cfg(test)]
    pub fn of(code: &[&str]) -> Self {
        let mut function = Self::new("f", 0, true);
        function.lines.extend(code.iter().map(|line| Line::Instruction(Instruction::parse(line))));
        function
    }

    /// A function of which only the name is known.
    pub fn new(name: &str, number: usize, is_main: bool) -> Self {
        let lines = vec![Line::Label(name.to_owned())];
        let (in_tables, slots) = (HashSet::new(), HashSet::new());
        let name = name.to_owned();
        Self {
            name,
            number,
            is_main,
            is_jumped_to: false,
            goes_on: false,
            has_stack_arguments: true,
            lines,
            in_tables,
            slots,
        }
    }

    /// Instructions and where they stand.
    pub fn instructions(&self) -> impl Iterator<Item = (usize, &Instruction)> {
        self.lines.iter().enumerate().filter_map(|(index, line)| match line {
            Line::Instruction(instruction) => Some((index, instruction)),
            _ => None,
        })
    }

    /// Labels by name.
    pub fn labels(&self) -> HashMap<&str, usize> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter_map(|(index, line)| match line {
                Line::Label(name) => Some((name.as_str(), index)),
                _ => None,
            })
            .collect()
    }

    /// Registers read later, behind each line.
    pub fn live(&self) -> Vec<Registers> {
        let labels = self.labels();
        let mut behind = vec![0; self.lines.len()];
        let mut at_label: Vec<Registers> = vec![0; self.lines.len()];
        loop {
            let mut changed = false;
            let mut live = ALL;
            for index in (0..self.lines.len()).rev() {
                match &self.lines[index] {
                    Line::Label(_) => {
                        changed |= at_label[index] != live;
                        at_label[index] = live;
                    }
                    Line::Instruction(instruction) => {
                        let effects = instruction.effects();
                        let target =
                            || instruction.target().and_then(|name| labels.get(name)).map_or(ALL, |at| at_label[*at]);
                        live = match effects.flow {
                            Flow::Next => live,
                            Flow::Branch => live | target(),
                            Flow::Jump => target(),
                            Flow::Return => 0,
                            // To another function.
                            Flow::Table if self.in_tables.is_empty() => ALL,
                            Flow::Table => self.tables(&labels).fold(0, |all, at| all | at_label[at]),
                        };
                        behind[index] = live;
                        live = live & !effects.writes | effects.reads;
                    }
                    Line::Other(_) => behind[index] = live,
                }
            }
            if !changed {
                return behind;
            }
        }
    }

    /// Where tables lead to.
    fn tables<'a>(&'a self, labels: &'a HashMap<&str, usize>) -> impl Iterator<Item = usize> + 'a {
        self.in_tables.iter().filter_map(|name| labels.get(name.as_str()).copied())
    }

    /// The constants that registers hold before each line; `None`: it is never reached.
    pub fn known(&self, constants: &mut Constants, literals: &HashMap<String, String>) -> Vec<Option<Known>> {
        self.held(|state, instruction| step(state, instruction, constants, literals))
    }

    /// What registers hold before each line, by what an instruction that goes on behind it makes of that; `None`: it is
    /// never reached.
    pub fn held(&self, mut step: impl FnMut(&mut Known, &Instruction)) -> Vec<Option<Known>> {
        let labels = self.labels();
        let mut before: Vec<Option<Known>> = vec![None; self.lines.len()];
        let mut at_label: Vec<Option<Known>> = vec![None; self.lines.len()];
        loop {
            let mut changed = false;
            let mut known: Option<Known> = Some([0; 16]);
            for (index, line) in self.lines.iter().enumerate() {
                if let Line::Label(_) = line {
                    changed |= meet(&mut at_label[index], known.as_ref());
                    known = at_label[index];
                }
                before[index] = known;
                let (Line::Instruction(instruction), Some(state)) = (line, &mut known) else { continue };
                let effects = instruction.effects();
                match effects.flow {
                    Flow::Next => step(state, instruction),
                    Flow::Branch | Flow::Jump => {
                        if let Some(at) = instruction.target().and_then(|name| labels.get(name)) {
                            changed |= meet(&mut at_label[*at], Some(state));
                        }
                    }
                    Flow::Table => {
                        for at in self.tables(&labels) {
                            changed |= meet(&mut at_label[at], Some(state));
                        }
                    }
                    Flow::Return => {}
                }
                if matches!(effects.flow, Flow::Jump | Flow::Table | Flow::Return) {
                    known = None;
                }
            }
            if !changed {
                return before;
            }
        }
    }
}

/// Keeps what both agree on; whether that is less than before.
fn meet(place: &mut Option<Known>, other: Option<&Known>) -> bool {
    let Some(other) = other else { return false };
    let Some(known) = place else {
        *place = Some(*other);
        return true;
    };
    let mut changed = false;
    for (one, other) in known.iter_mut().zip(other) {
        if *one != *other && *one != 0 {
            *one = 0;
            changed = true;
        }
    }
    changed
}

/// What registers hold behind an instruction.
fn step(known: &mut Known, instruction: &Instruction, constants: &mut Constants, literals: &HashMap<String, String>) {
    let effects = instruction.effects();
    let value = match instruction.name.as_str() {
        "movi" => constants.number(instruction.operand(1)),
        "l32r" => literals.get(instruction.operand(1)).map_or(0, |text| constants.number(text)),
        _ => instruction.copy().map_or(0, |(_, from)| known[usize::from(from)]),
    };
    for (register, place) in known.iter_mut().enumerate() {
        if effects.writes >> register & 1 != 0 {
            *place = value;
        }
    }
}
