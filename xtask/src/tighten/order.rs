//! The order of instructions that only put values into registers, as arguments are passed and kept: where it does not
//! matter it is the same everywhere.

use super::function::{Function, Line};
use super::instruction::{Instruction, register};

/// The first register that calls keep: what is put there comes first.
const KEPT: u8 = 12;

/// Sorts each run of them.
pub fn sort(function: &mut Function) {
    let mut start = 0;
    while start < function.lines.len() {
        let goes_on = |line: &Line| match line {
            Line::Instruction(instruction) => is_plain(instruction),
            // Line numbers, and labels that only debug information names.
            Line::Other(_) => true,
            Line::Label(_) => false,
        };
        let length = function.lines[start..].iter().take_while(|line| goes_on(line)).count();
        let run = &mut function.lines[start..start + length];
        let is_instruction = |line: &&mut Line| matches!(line, Line::Instruction(_));
        let mut places: Vec<&mut Line> = run.iter_mut().filter(is_instruction).collect();
        let mut left: Vec<Line> = places.iter().map(|line| (**line).clone()).collect();
        for place in &mut places {
            if let Some(next) = next(&left) {
                **place = left.remove(next);
            }
        }
        start += length + 1;
    }
}

/// Whether it does nothing but put a value into a register: one that is there, or a constant.
fn is_plain(instruction: &Instruction) -> bool {
    let is_copy = instruction.copy().is_some_and(|(to, _)| to != 1);
    is_copy || matches!(instruction.name.as_str(), "movi" | "l32r")
}

/// The one that comes first of those that none before them stands in the way of.
fn next(left: &[Line]) -> Option<usize> {
    let instructions = || {
        left.iter().map(|line| match line {
            Line::Instruction(instruction) => instruction,
            _ => unreachable!("only instructions are sorted"),
        })
    };
    let is_free = |(at, one): &(usize, &Instruction)| {
        let one = one.effects();
        instructions().take(*at).all(|before| {
            let before = before.effects();
            before.writes & (one.reads | one.writes) == 0 && before.reads & one.writes == 0
        })
    };
    let key = |(_, one): &(usize, &Instruction)| {
        let to = register(one.operand(0)).unwrap_or_default();
        (to < KEPT, to, one.to_string())
    };
    instructions().enumerate().filter(is_free).min_by_key(key).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(code: &[&str]) -> Vec<String> {
        let mut function = Function::of(code);
        sort(&mut function);
        function.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect()
    }

    #[test]
    fn values_are_put_in_the_order_of_registers() {
        let code = [
            "movi a5, 1",
            "or a2, a12, a12",
            "l32r a4, text",
            "or a13, a3, a3",
            "call0 other",
            "movi a3, 1",
            "movi a2, 2",
        ];
        let made = [
            "or a13, a3, a3",
            "or a2, a12, a12",
            "l32r a4, text",
            "movi a5, 1",
            "call0 other",
            "movi a2, 2",
            "movi a3, 1",
        ];
        assert_eq!(sorted(&code), made);
    }

    #[test]
    fn what_is_read_is_read_before_it_is_overwritten() {
        for code in [
            &["or a3, a2, a2", "movi a2, 1"][..],
            &["movi a3, 1", "or a2, a3, a3"],
            &["movi a3, 1", "movi a3, 2"],
            &["or a4, a3, a3", "or a3, a2, a2", "or a2, a4, a4"],
            // The stack pointer, and what is no such instruction, stay where they are.
            &["movi a3, 1", "or a1, a8, a8", "movi a2, 1"],
            &["movi a3, 1", "addi a4, a3, 1", "movi a2, 1"],
        ] {
            assert_eq!(sorted(code), code);
        }
    }
}
