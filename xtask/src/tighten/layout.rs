//! Where functions lie. Calls lead to whole words only, so what nothing calls by name need not begin at one; and what ends
//! with a jump to a function lies before that, where it needs no jump.

use std::collections::{HashMap, HashSet};

use super::Part;
use super::function::{Function, Line};
use super::instruction::Instruction;
use super::outline::bytes;

/// What the assembler begins at a word.
const ALIGNMENT: &str = "\t.p2align";

/// Puts functions in their places.
pub fn arrange(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let named = |name: &str| {
        let operands = parts.iter().filter_map(Part::function).flat_map(Function::instructions);
        let named = operands.filter(|(_, instruction)| instruction.name == name);
        named.map(|(_, instruction)| instruction.operand(0).to_owned()).collect::<HashSet<String>>()
    };
    let (called, jumped_to) = (named("call0"), named("j"));
    // By what is gone on to, what lies before it.
    let mut before: HashMap<String, (usize, Option<usize>)> = HashMap::new();
    let functions = parts.iter().filter_map(Part::function).filter(|function| function.is_main);
    let main: HashSet<String> = functions.map(|function| function.name.clone()).collect();
    for (at, part) in parts.iter().enumerate() {
        // What was taken out is called from everywhere, and has no branches.
        let Part::Function(function, "") = part else { continue };
        let Some(next) = goes_on_to(function) else { continue };
        if jumped_to.contains(&function.name) || !called.contains(&function.name) || !main.contains(next) {
            continue;
        }
        let more = if called.contains(next) {
            let Some(more) = filling(function) else { continue };
            Some(more)
        } else {
            None
        };
        let is_better = before.get(next).is_none_or(|(_, other)| more < *other);
        if is_better {
            before.insert(next.to_owned(), (at, more));
        }
    }
    let mut parts: Vec<Option<Part<'_>>> = parts.into_iter().map(Some).collect();
    let mut moved: HashMap<String, Function> = HashMap::new();
    for (next, (at, more)) in before {
        let Some(Part::Function(mut function, _)) = parts[at].take() else { continue };
        function.lines.pop();
        function.goes_on = true;
        if let Some(more) = more {
            fill(&mut function, more);
        }
        moved.insert(next, function);
    }
    let mut all: Vec<Part<'_>> = Vec::with_capacity(parts.len());
    for part in parts.into_iter().flatten() {
        let Part::Function(mut function, end) = part else {
            all.push(part);
            continue;
        };
        let mut chain = Vec::new();
        let mut name = function.name.clone();
        while let Some(one) = moved.remove(&name) {
            name.clone_from(&one.name);
            chain.push(one);
        }
        let is_named = !function.name.starts_with("_R") && !function.name.starts_with("outlined_");
        let is_anywhere = function.is_main && !is_named && !called.contains(&function.name);
        if is_anywhere || !chain.is_empty() {
            function.is_jumped_to = true;
            let directives = all.iter().rposition(|part| matches!(part, Part::Function(..))).map_or(0, |at| at + 1);
            let mut behind = all.split_off(directives);
            behind.retain(|part| !matches!(part, Part::Text(line) if line.starts_with(ALIGNMENT)));
            all.append(&mut behind);
        }
        let last = chain.len().saturating_sub(1);
        for (place, mut one) in chain.into_iter().enumerate().rev() {
            // The first of them begins at a word.
            one.is_jumped_to = place != last;
            all.push(Part::Function(one, ""));
        }
        all.push(Part::Function(function, end));
    }
    all
}

/// What a function jumps to at its end, if it has no other way.
fn goes_on_to(function: &Function) -> Option<&str> {
    let Some(Line::Instruction(jump)) = function.lines.last() else { return None };
    let is_straight = function.lines.iter().skip(1).all(|line| matches!(line, Line::Instruction(_)));
    (is_straight && jump.name == "j").then(|| jump.operand(0))
}

/// Bytes that a function without its jump lacks of whole words; `None`: they are as many as the jump's, or it can't have them.
fn filling(function: &Function) -> Option<usize> {
    let sizes: Vec<u32> = function.instructions().map(|(_, instruction)| bytes(instruction)).collect();
    match (4 - (sizes.iter().sum::<u32>() - 3) % 4) % 4 {
        1 => sizes.contains(&2).then_some(1),
        3 => None,
        more => Some(more as usize),
    }
}

/// Adds so many bytes to a function, of which the assembler makes what is written then.
fn fill(function: &mut Function, mut more: usize) {
    for line in &mut function.lines {
        let Line::Instruction(instruction) = line else { continue };
        if bytes(instruction) == 2 {
            if more == 1 {
                more = 0;
            } else {
                *instruction = narrow(instruction);
            }
        }
    }
    if more == 2 {
        function.lines.push(Line::Instruction(Instruction::new("nop.n", &[])));
    }
    function.lines.insert(1, Line::Other("\t.begin\tno-transform".to_owned()));
    function.lines.push(Line::Other("\t.end\tno-transform".to_owned()));
}

/// The same in two bytes.
fn narrow(instruction: &Instruction) -> Instruction {
    let operands: Vec<&str> = instruction.operands.iter().map(String::as_str).collect();
    match instruction.copy() {
        Some(_) => Instruction::new("mov.n", &operands[..2]),
        None => Instruction::new(&format!("{}.n", instruction.name), &operands),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function, and the lines of the file before it.
    fn function(name: &str, number: usize, code: &[&str]) -> [Part<'static>; 2] {
        let mut function = Function::new(name, number, true);
        function.lines.extend(code.iter().map(|line| Line::Instruction(Instruction::parse(line))));
        [Part::Text("\t.p2align\t2"), Part::Function(function, if name.starts_with("out") { "" } else { ".Lfunc_end" })]
    }

    /// What lies where, of functions that call what is called.
    fn arranged(functions: &[(&str, &[&str])], called: &[&str]) -> Vec<String> {
        let calls: Vec<String> = called.iter().map(|name| format!("call0 {name}")).collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        let functions = functions.iter().copied().chain([("main", calls.as_slice())]).enumerate();
        let parts = functions.flat_map(|(number, (name, code))| function(name, number, code)).collect();
        let text = |part: Part<'_>| match part {
            Part::Text(line) => vec![line.trim().replace('\t', " ")],
            Part::Function(function, _) => {
                let start = if function.is_jumped_to { "anywhere" } else { "at a word" };
                let lines = function.lines.iter().map(|line| match line {
                    Line::Label(label) => format!("{label} {start}"),
                    Line::Instruction(instruction) => instruction.to_string().trim().replace('\t', " "),
                    Line::Other(text) => text.trim().replace('\t', " "),
                });
                lines.collect()
            }
        };
        let mut all: Vec<String> = arrange(parts).into_iter().flat_map(text).collect();
        all.truncate(all.len() - 2 - called.len());
        all
    }

    const PART: &[&str] = &["movi a3, 1", "or a2, a12, a12", "j _Rf"];

    #[test]
    fn what_is_gone_on_to_follows() {
        let made = arranged(&[("outlined_1", PART), ("_Rf", &["ret"])], &["outlined_1"]);
        assert_eq!(made, ["outlined_1 at a word", "movi a3, 1", "or a2, a12, a12", "_Rf anywhere", "ret"]);
    }

    #[test]
    fn what_is_called_begins_at_a_word() {
        let of = |code: &[&str]| arranged(&[("outlined_1", code), ("_Rf", &["ret"])], &["outlined_1", "_Rf"]);
        let made = of(PART);
        assert_eq!(made[1..5], [".begin no-transform", "movi.n a3, 1", "mov.n a2, a12", ".end no-transform"]);
        let made = of(&["movi a3, 1", "j _Rf"]);
        assert_eq!(made[2..4], ["movi.n a3, 1", "nop.n"]);
        // One more by a longer instruction, where there is one.
        let made = of(&["movi a3, 1000", "movi a4, 1", "add a2, a2, a3", "j _Rf"]);
        assert_eq!(made[2..5], ["movi a3, 1000", "movi a4, 1", "add.n a2, a2, a3"]);
        for code in [&["movi a3, 1000", "j _Rf"][..], &["movi a3, 1", "movi a4, 1000", "j _Rf"]] {
            assert!(of(code).iter().any(|line| line == "j _Rf"), "{code:?}");
        }
    }

    #[test]
    fn what_is_jumped_to_and_what_has_branches_stays() {
        let jumps: &[&str] = &["j outlined_1"];
        let made = arranged(&[("outlined_1", PART), ("_Rf", &["ret"]), ("_Rg", jumps)], &["outlined_1", "_Rg"]);
        assert!(made.iter().any(|line| line == "j _Rf"), "{made:?}");
        let made = arranged(&[("_Rg", PART), ("_Rf", &["ret"])], &["_Rg"]);
        assert!(made.iter().any(|line| line == "j _Rf"), "{made:?}");
    }

    #[test]
    fn only_names_of_ours_lie_anywhere() {
        let made = arranged(&[("_Rf", &["ret"]), ("board_main", &["ret"])], &[]);
        assert_eq!(made, ["_Rf anywhere", "ret", ".p2align 2", "board_main at a word", "ret"]);
    }
}
