//! Tables of addresses that are jumped to: as jumps, which are shorter by a quarter than the addresses.

use std::collections::HashMap;

use super::function::{Function, Line};
use super::instruction::{Flow, Instruction, set};

/// What a table holds, by its label.
pub fn all(text: &str) -> HashMap<&str, Vec<&str>> {
    let mut tables: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut table = None;
    for line in text.lines() {
        table = match (line.strip_suffix(':'), line.strip_prefix("\t.long\t"), table) {
            (Some(label), ..) => Some(label).filter(|label| label.starts_with(".LJTI")),
            (None, Some(place), Some(table)) => {
                tables.entry(table).or_default().push(place);
                Some(table)
            }
            _ => None,
        };
    }
    tables
}

/// Puts a function's tables behind it, and goes there by one that is computed; their labels.
pub fn make_jumps<'a>(
    function: &mut Function,
    tables: &HashMap<&'a str, Vec<&'a str>>,
    literals: &HashMap<String, String>,
) -> Vec<&'a str> {
    let ways: Vec<usize> =
        function.instructions().filter(|(_, instruction)| instruction.name == "jx").map(|(at, _)| at).collect();
    let mut moved = Vec::new();
    for at in ways {
        let Some(label) = compute(&mut function.lines, at, literals) else { continue };
        let Some((label, places)) = tables.get_key_value(label.as_str()) else { continue };
        function.lines.push(Line::Label((*label).to_owned()));
        function.lines.extend(places.iter().map(|place| Line::Instruction(Instruction::new("j", &[place]))));
        moved.push(*label);
    }
    moved
}

/// Makes the address of a jump of three bytes of what made that of a word and loaded it; the table.
fn compute(lines: &mut [Line], jump: usize, literals: &HashMap<String, String>) -> Option<String> {
    let instruction = |at: usize| match &lines[at] {
        Line::Instruction(instruction) => Some(instruction),
        _ => None,
    };
    let loaded = instruction(jump)?.operand(0);
    let load_at = writer(lines, jump, loaded)?;
    let load = instruction(load_at)?;
    let word = load.operand(1);
    let add_at = writer(lines, load_at, word)?;
    let add = instruction(add_at)?;
    let (index, base) = (add.operand(1), add.operand(2));
    let table = instruction(writer(lines, add_at, base)?)?;
    if (load.name.as_str(), load.operand(2), add.name.as_str(), table.name.as_str()) != ("l32i", "0", "addx4", "l32r") {
        return None;
    }
    let label = literals.get(table.operand(1))?.clone();
    // Three times the index: twice it and once it, in the order that leaves what is read last.
    let (first, second, kept) = if word == index {
        (Instruction::new("addx2", &[word, index, index]), Instruction::new("add", &[loaded, word, base]), base)
    } else {
        (Instruction::new("add", &[word, index, base]), Instruction::new("addx2", &[loaded, index, word]), index)
    };
    let is_kept = lines[add_at + 1..load_at].iter().all(|line| match line {
        Line::Instruction(instruction) => instruction.effects().writes & set(kept) == 0,
        _ => true,
    });
    if !is_kept || kept == word {
        return None;
    }
    lines[add_at] = Line::Instruction(first);
    lines[load_at] = Line::Instruction(second);
    Some(label)
}

/// Where a register was written last, on the only way to a place.
fn writer(lines: &[Line], before: usize, register: &str) -> Option<usize> {
    for at in (0..before).rev() {
        match &lines[at] {
            Line::Label(_) => return None,
            Line::Other(_) => {}
            Line::Instruction(instruction) => {
                let effects = instruction.effects();
                if effects.writes & set(register) != 0 {
                    return Some(at);
                }
                if !matches!(effects.flow, Flow::Next | Flow::Branch) {
                    return None;
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these lines, with a table of two places.
    fn made(code: &[&str]) -> Vec<String> {
        let literals = HashMap::from([(".LCPI0_0".to_owned(), ".LJTI0_0".to_owned())]);
        let tables = all("\t.p2align\t2\n.LJTI0_0:\n\t.long\t.LBB0_1\n\t.long\t.LBB0_2\n\t.size\tf, 8\n\t.long\t7\n");
        let mut function = Function::new("f", 0, true);
        function.lines.extend(code.iter().map(|line| Line::Instruction(Instruction::parse(line))));
        make_jumps(&mut function, &tables, &literals);
        let text = |line: &Line| match line {
            Line::Label(label) => format!("{label}:"),
            Line::Instruction(instruction) => instruction.to_string().trim().replace('\t', " "),
            Line::Other(text) => text.clone(),
        };
        function.lines.iter().map(text).skip(1).collect()
    }

    const JUMPS: [&str; 3] = [".LJTI0_0:", "j .LBB0_1", "j .LBB0_2"];

    #[test]
    fn an_index_leads_to_a_jump() {
        let code = made(&["l32r a9, .LCPI0_0", "addx4 a8, a8, a9", "l32i a8, a8, 0", "movi a3, 1", "jx a8"]);
        assert_eq!(code[1..5], ["addx2 a8, a8, a8", "add a8, a8, a9", "movi a3, 1", "jx a8"]);
        assert_eq!(code[5..], JUMPS);
        let code = made(&["l32r a8, .LCPI0_0", "addx4 a8, a12, a8", "l32i a10, a8, 0", "jx a10"]);
        assert_eq!(code[1..4], ["add a8, a12, a8", "addx2 a10, a12, a8", "jx a10"]);
        assert_eq!(code[4..], JUMPS);
    }

    #[test]
    fn what_is_not_all_there_stays() {
        for code in [
            // The base, or the index, is gone when the rest is added.
            &["l32r a9, .LCPI0_0", "addx4 a8, a8, a9", "movi a9, 1", "l32i a8, a8, 0", "jx a8"][..],
            &["l32r a8, .LCPI0_0", "addx4 a8, a12, a8", "movi a12, 1", "l32i a8, a8, 0", "jx a8"],
            &["l32r a9, .LCPI0_1", "addx4 a8, a8, a9", "l32i a8, a8, 0", "jx a8"],
            &["addx4 a8, a8, a9", "l32i a8, a8, 0", "jx a8"],
            &["l32r a8, .LCPI0_0", "jx a8"],
        ] {
            assert_eq!(made(code), code);
        }
    }
}
