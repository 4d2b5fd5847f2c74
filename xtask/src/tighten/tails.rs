//! Functions that do nothing behind their calls: they need no frame, and jump to what they call.

use std::collections::HashMap;

use super::function::{Function, Line};
use super::instruction::Instruction;
use super::passes;

/// How far a jump reaches, less than the 128 KiB it is: functions move while code is taken out.
const REACH: u64 = 110_000;

/// Makes jumps of calls in functions, whose places are reckoned by what they take at most.
pub fn jump(functions: &mut [&mut Function]) {
    let mut end = 0;
    let mut places = HashMap::new();
    for function in functions.iter() {
        places.insert(function.name.clone(), end);
        end += function.instructions().map(|(_, instruction)| instruction.most_bytes()).sum::<u64>();
    }
    for function in functions {
        let here = places.get(&function.name).copied().unwrap_or_default();
        let is_near = |name: &str| places.get(name).is_some_and(|there| here.abs_diff(*there) < REACH);
        if let Some(lines) = without_frame(function, is_near) {
            function.lines = lines;
            passes::jumps(function);
        }
    }
}

/// A function's lines without its frame, if it serves nothing but calls of near functions that its ends follow.
fn without_frame(function: &Function, is_near: impl Fn(&str) -> bool) -> Option<Vec<Line>> {
    let code: Vec<(usize, &Instruction)> = function.instructions().collect();
    let [(first, frame), (second, keep), body @ ..] = code.as_slice() else { return None };
    let size: i32 = frame.operand(2).parse().ok().filter(|size| *size < 0)?;
    let (down, place) = (Instruction::new("addi", &["a1", "a1", &size.to_string()]), keep.operand(2));
    if **frame != down || **keep != Instruction::new("s32i", &["a0", "a1", place]) || !function.in_tables.is_empty() {
        return None;
    }
    let end = [
        Instruction::new("l32i", &["a0", "a1", place]),
        Instruction::new("addi", &["a1", "a1", &(-size).to_string()]),
        Instruction::new("ret", &[]),
    ];
    let is_end = |at: usize| {
        let lines = function.lines.get(at..).unwrap_or_default();
        let mut lines = lines.iter().filter(|line| !matches!(line, Line::Other(_)));
        end.iter().all(|wanted| matches!(lines.next(), Some(Line::Instruction(there)) if there == wanted))
    };
    let labels = function.labels();
    // What an instruction goes on to: jumps are followed, as often as there may be some.
    let leads_to_end = |from: usize| {
        let mut at = from + 1;
        for _ in 0..4 {
            let mut next = function.lines.iter().enumerate().skip(at);
            let found = next.find_map(|(at, line)| matches!(line, Line::Instruction(_)).then_some(at));
            let Some(found) = found else { return false };
            match &function.lines[found] {
                Line::Instruction(jump) if jump.name == "j" => match labels.get(jump.operand(0)) {
                    Some(label) => at = *label,
                    None => return false,
                },
                _ => return is_end(found),
            }
        }
        false
    };
    let mut lines = function.lines.clone();
    lines[*first] = Line::Other(String::new());
    lines[*second] = Line::Other(String::new());
    let mut left = body.iter();
    let mut calls = 0;
    while let Some((at, instruction)) = left.next() {
        if is_end(*at) {
            lines[*at] = Line::Instruction(end[2].clone());
            for (at, _) in left.by_ref().take(2) {
                lines[*at] = Line::Other(String::new());
            }
        } else if instruction.name == "call0" && is_near(instruction.operand(0)) && leads_to_end(*at) {
            lines[*at] = Line::Instruction(Instruction::new("j", &[instruction.operand(0)]));
            calls += 1;
        } else if instruction.operands.iter().any(|operand| operand == "a0" || operand == "a1")
            || matches!(instruction.name.as_str(), "ret" | "call0" | "callx0" | "jx")
        {
            return None;
        }
    }
    (calls > 0).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: [&str; 2] = ["addi a1, a1, -16", "s32i a0, a1, 0"];
    const END: [&str; 3] = ["l32i a0, a1, 0", "addi a1, a1, 16", "ret"];

    /// What comes of a function with a frame and these lines, beside one that can be called.
    fn made(code: &[&str]) -> Vec<String> {
        let function = |name: &str, code: &[&str]| {
            let mut function = Function::new(name, 0, true);
            function.lines.extend(code.iter().map(|line| match line.strip_suffix(':') {
                Some(label) => Line::Label(label.to_owned()),
                None => Line::Instruction(Instruction::parse(line)),
            }));
            function
        };
        let (mut one, mut near) = (function("f", &[&BEGIN, code, &END].concat()), function("near", &["ret"]));
        jump(&mut [&mut one, &mut near]);
        let text = |line: &Line| match line {
            Line::Label(label) => format!("{label}:"),
            Line::Instruction(instruction) => instruction.to_string().trim().replace('\t', " "),
            Line::Other(text) => text.clone(),
        };
        one.lines.iter().map(text).skip(1).collect()
    }

    #[test]
    fn a_last_call_is_a_jump() {
        assert_eq!(made(&["addi a2, a2, 4", "call0 near"]), ["addi a2, a2, 4", "j near"]);
        let either =
            ["beqz a2, .LBB0_1", "movi a3, 1", "call0 near", "j .LBB0_2", ".LBB0_1:", "call0 near", ".LBB0_2:"];
        assert_eq!(made(&either), ["beqz a2, .LBB0_1", "movi a3, 1", "j near", ".LBB0_1:", "j near"]);
        // One way calls nothing.
        assert_eq!(
            made(&["beqz a2, .LBB0_1", "call0 near", ".LBB0_1:"]),
            ["beqz a2, .LBB0_1", "j near", ".LBB0_1:", "ret"]
        );
    }

    #[test]
    fn a_frame_that_serves_more_stays() {
        for code in [
            &["call0 near", "addi a2, a2, 4"][..],
            &["call0 near", "call0 near"],
            &["call0 far"],
            &["callx0 a3"],
            &["s32i a2, a1, 4", "call0 near"],
            &["addi a2, a1, 4", "call0 near"],
            &["or a3, a0, a0", "call0 near"],
            &["call0 load8_a2", "call0 near"],
            &["addi a2, a2, 4"],
        ] {
            assert_eq!(made(code), [&BEGIN, code, &END].concat());
        }
    }
}
