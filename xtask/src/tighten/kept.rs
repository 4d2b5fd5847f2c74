//! Registers that calls keep, of which LLVM gives a function any for anything: by one rule everywhere, so that what does the
//! same is written in the same instructions, of which one copy is enough.

use super::function::{Function, Line};
use super::instruction::{CLOBBERED, Flow, Instruction, register};

/// The registers that a function must leave as they were.
const KEPT: std::ops::Range<u8> = 12..16;
/// The first arguments, for each of which there is one of them.
const ARGUMENTS: std::ops::Range<u8> = 2..6;
/// From an argument to its register.
const APART: u8 = 10;

/// Names a function's registers anew: the first argument is in the first of them, the second in the second; what is none is
/// in those that are left, in the order in which it is made.
pub fn name(function: &mut Function) {
    let Some(saved) = saved(function) else { return };
    let is_used = |register: u8| saved.iter().any(|(other, _)| *other == register);
    let mut names: [Option<u8>; 16] = [None; 16];
    for (argument, register) in entered(function) {
        let name = argument + APART;
        if is_used(register) && is_used(name) && names[usize::from(register)].is_none() && !names.contains(&Some(name))
        {
            names[usize::from(register)] = Some(name);
        }
    }
    let own: Vec<usize> =
        function.instructions().filter(|(_, instruction)| !is_save(instruction, &saved)).map(|(at, _)| at).collect();
    for at in &own {
        let Line::Instruction(instruction) = &function.lines[*at] else { continue };
        for register in instruction.operands.iter().filter_map(|operand| register(operand)) {
            if is_used(register) && names[usize::from(register)].is_none() {
                names[usize::from(register)] =
                    KEPT.into_iter().find(|name| is_used(*name) && !names.contains(&Some(*name)));
            }
        }
    }
    for at in own {
        let Line::Instruction(instruction) = &mut function.lines[at] else { continue };
        for operand in &mut instruction.operands {
            if let Some(name) = register(operand).and_then(|register| names[usize::from(register)]) {
                *operand = format!("a{name}");
            }
        }
    }
}

/// The registers that a function keeps on its stack, each with its place there; `None`: it keeps less than it writes, or
/// finds its stack again by one of them.
fn saved(function: &Function) -> Option<Vec<(u8, String)>> {
    let mut saved: Vec<(u8, String)> = Vec::new();
    for (_, instruction) in entry(function) {
        let Some(register) = register(instruction.operand(0)).filter(|register| KEPT.contains(register)) else {
            continue;
        };
        let place = instruction.operand(2);
        let is_save = instruction.name == "s32i" && instruction.operand(1) == "a1" && function.slots.contains(place);
        if !is_save || saved.iter().any(|(other, _)| *other == register) {
            break;
        }
        saved.push((register, place.to_owned()));
    }
    let all = saved.iter().fold(0, |all, (register, _)| all | 1 << register);
    let is_whole = function.instructions().all(|(_, instruction)| {
        let is_frame = instruction.copy().is_some_and(|(to, from)| to == 1 && KEPT.contains(&from));
        KEPT.into_iter().all(|register| (instruction.effects().writes & !all) >> register & 1 == 0) && !is_frame
    });
    (!saved.is_empty() && is_whole).then_some(saved)
}

/// Whether it keeps one of them, or brings it back.
fn is_save(instruction: &Instruction, saved: &[(u8, String)]) -> bool {
    let is_access = matches!(instruction.name.as_str(), "l32i" | "s32i") && instruction.operand(1) == "a1";
    let is_place = |(kept, place): &(u8, String)| {
        register(instruction.operand(0)) == Some(*kept) && instruction.operand(2) == place
    };
    is_access && saved.iter().any(is_place)
}

/// The instructions before the first that goes elsewhere, or is gone to.
fn entry(function: &Function) -> impl Iterator<Item = (usize, &Instruction)> {
    let is_within = |line: &&Line| match line {
        Line::Label(_) => false,
        Line::Other(_) => true,
        Line::Instruction(instruction) => {
            let effects = instruction.effects();
            effects.flow == Flow::Next && effects.writes & CLOBBERED != CLOBBERED
        }
    };
    let length = function.lines.iter().skip(1).take_while(is_within).count();
    function.instructions().take_while(move |(at, _)| *at <= length)
}

/// Arguments, and the registers that they are copied to at first.
fn entered(function: &Function) -> Vec<(u8, u8)> {
    let mut entered = Vec::new();
    let mut written = 0;
    for (_, instruction) in entry(function) {
        if let Some((to, from)) = instruction.copy()
            && ARGUMENTS.contains(&from)
            && KEPT.contains(&to)
            && written >> from & 1 == 0
        {
            entered.push((from, to));
        }
        written |= instruction.effects().writes;
    }
    entered.sort_unstable();
    entered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these instructions, between saves and restores of these registers at 0, 4 and so on.
    fn named(saved: &[u8], code: &[&str]) -> Vec<String> {
        let access = |name: &str| {
            let places = saved.iter().enumerate();
            places.map(|(at, register)| format!("{name} a{register}, a1, {}", at * 4)).collect::<Vec<_>>()
        };
        let (before, behind) = (access("s32i"), access("l32i"));
        let lines = before.iter().map(String::as_str).chain(code.iter().copied());
        let lines: Vec<&str> = lines.chain(behind.iter().map(String::as_str)).chain(["ret"]).collect();
        let mut function = Function::of(&lines);
        function.slots.extend((0..saved.len()).map(|at| (at * 4).to_string()));
        name(&mut function);
        let made: Vec<String> =
            function.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect();
        assert_eq!(
            (&made[..saved.len()], made[made.len() - 1 - saved.len()..].split_last().unwrap().1),
            (&before[..], &behind[..])
        );
        made[saved.len()..made.len() - 1 - saved.len()].to_vec()
    }

    #[test]
    fn arguments_have_registers_of_their_own() {
        let code = ["or a13, a2, a2", "or a12, a3, a3", "call0 other", "or a2, a13, a13", "add a3, a12, a2"];
        let made = ["or a12, a2, a2", "or a13, a3, a3", "call0 other", "or a2, a12, a12", "add a3, a13, a2"];
        assert_eq!(named(&[12, 13], &code), made);
        // What is none has those that are left, as it is made.
        let code = ["or a12, a3, a3", "movi a15, 1", "movi a14, 2", "movi a13, 3"];
        let made = ["or a13, a3, a3", "movi a12, 1", "movi a14, 2", "movi a15, 3"];
        assert_eq!(named(&[12, 13, 14, 15], &code), made);
        // One that is not kept here is not taken.
        assert_eq!(named(&[12], &["or a12, a3, a3"]), ["or a12, a3, a3"]);
    }

    #[test]
    fn what_is_no_argument_any_more_is_none() {
        let code = ["movi a2, 7", "or a13, a2, a2", "or a12, a3, a3"];
        assert_eq!(named(&[12, 13], &code), ["movi a2, 7", "or a12, a2, a2", "or a13, a3, a3"]);
        let code = ["or a13, a4, a4", "call0 other", "or a12, a2, a2"];
        assert_eq!(named(&[12, 13], &code), ["or a12, a4, a4", "call0 other", "or a13, a2, a2"]);
    }

    #[test]
    fn a_function_that_keeps_less_than_it_writes_stays() {
        let code = ["or a13, a2, a2", "or a12, a3, a3"];
        assert_eq!(named(&[13], &code), code);
        // The stack is found by one of them, and what is not known may write any.
        for code in [&["or a13, a2, a2", "or a1, a13, a13"][..], &["or a13, a2, a2", "unknown"]] {
            assert_eq!(named(&[12, 13], code), code);
        }
    }
}
