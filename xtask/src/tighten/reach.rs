//! Branches that go farther than their instruction reaches, which is 128 bytes: the assembler makes a branch around a jump
//! of each. Where a jump to the same place is near, a branch to that jump does, too.

use std::collections::HashMap;

use super::function::{Function, Line};
use super::instruction::{Flow, Instruction, opposite};
use super::outline::bytes;

/// How far a comparing branch reaches, about: where that is too much the assembler sees to it, as ever.
const REACH: u64 = 125;

/// Lets branches go by jumps that are there.
pub fn share_jumps(function: &mut Function) {
    let places = places(function);
    let labels: HashMap<String, usize> =
        function.labels().into_iter().map(|(name, at)| (name.to_owned(), at)).collect();
    let mut jumps: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, jump) in function.instructions().filter(|(_, instruction)| instruction.name == "j") {
        jumps.entry(jump.operand(0).to_owned()).or_default().push(at);
    }
    // By where a branch stands, the jump it goes to; its own, if none was near.
    let mut ways: HashMap<usize, usize> = HashMap::new();
    for (at, branch) in function.instructions() {
        let Some(target) = branch.target().filter(|_| is_short(branch)) else { continue };
        let Some(there) = labels.get(target) else { continue };
        if places[*there].abs_diff(places[at]) <= REACH {
            continue;
        }
        let jumps = jumps.entry(target.to_owned()).or_default();
        let near = jumps.iter().copied().find(|jump| places[*jump].abs_diff(places[at]) <= REACH);
        if near.is_none() {
            jumps.push(at);
        }
        ways.insert(at, near.unwrap_or(at));
    }
    let label = |place: usize| format!(".Ljump{}_{place}", function.number);
    let mut lines = Vec::with_capacity(function.lines.len());
    let is_shared = |place: usize| ways.iter().any(|(branch, jump)| *jump == place && *branch != place);
    for (at, line) in function.lines.iter().enumerate() {
        match (line, ways.get(&at)) {
            (Line::Instruction(branch), Some(way)) if *way != at => {
                lines.push(Line::Instruction(leading_to(branch, &branch.name, &label(*way))));
            }
            (Line::Instruction(branch), Some(_)) if is_shared(at) => {
                let around = format!(".Laround{}_{at}", function.number);
                let turned = opposite(&branch.name).unwrap_or_default();
                lines.push(Line::Instruction(leading_to(branch, turned, &around)));
                lines.push(Line::Label(label(at)));
                lines.push(Line::Instruction(Instruction::new("j", &[branch.target().unwrap_or_default()])));
                lines.push(Line::Label(around));
            }
            (line, _) => {
                if is_shared(at) {
                    lines.push(Line::Label(label(at)));
                }
                lines.push(line.clone());
            }
        }
    }
    function.lines = lines;
}

fn leading_to(branch: &Instruction, name: &str, target: &str) -> Instruction {
    let mut branch = branch.clone();
    name.clone_into(&mut branch.name);
    branch.operands.pop();
    branch.operands.push(target.to_owned());
    branch
}

/// Whether it reaches 128 bytes only; comparisons with zero reach 2,048.
fn is_short(instruction: &Instruction) -> bool {
    let is_long = matches!(instruction.name.as_str(), "beqz" | "bnez" | "bltz" | "bgez");
    instruction.effects().flow == Flow::Branch && !is_long
}

/// Where lines begin, about: it takes as many bytes as it says, but for branches that the assembler makes two of.
fn places(function: &Function) -> Vec<u64> {
    let mut end = 0;
    let begin = |line: &Line| {
        let begin = end;
        if let Line::Instruction(instruction) = line {
            end += u64::from(bytes(instruction));
        }
        begin
    };
    function.lines.iter().map(begin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a branch, others, and so many instructions before the place that they go to.
    fn shared(code: &[&str], between: usize) -> Vec<String> {
        let mut function = Function::new("f", 0, true);
        let work = std::iter::repeat_n("add a4, a4, a4", between);
        for line in code.iter().copied().chain(work).chain([".LBB0_1:", "ret"]) {
            function.lines.push(match line.strip_suffix(':') {
                Some(label) => Line::Label(label.to_owned()),
                None => Line::Instruction(Instruction::parse(line)),
            });
        }
        share_jumps(&mut function);
        let text = |line: &Line| match line {
            Line::Label(label) => format!("{label}:"),
            Line::Instruction(instruction) => instruction.to_string().trim().replace('\t', " "),
            Line::Other(text) => text.clone(),
        };
        function.lines.iter().map(text).skip(1).collect()
    }

    const BRANCHES: [&str; 2] = ["beq a2, a3, .LBB0_1", "bltu a3, a2, .LBB0_1"];

    #[test]
    fn a_branch_goes_by_the_jump_of_another() {
        let first = ["bne a2, a3, .Laround0_1", ".Ljump0_1:", "j .LBB0_1", ".Laround0_1:"];
        assert_eq!(shared(&BRANCHES, 80)[..5], [&first[..], &["bltu a3, a2, .Ljump0_1"]].concat());
        // Or by one that was there, before or behind it.
        let code = [BRANCHES[0], "j .LBB0_1", ".LBB0_2:", BRANCHES[1]];
        let made = ["beq a2, a3, .Ljump0_2", ".Ljump0_2:", "j .LBB0_1", ".LBB0_2:", "bltu a3, a2, .Ljump0_2"];
        assert_eq!(shared(&code, 80)[..5], made);
    }

    #[test]
    fn what_reaches_or_has_no_jump_near_stays() {
        assert_eq!(shared(&BRANCHES, 20)[..2], BRANCHES);
        assert_eq!(shared(&BRANCHES[..1], 80)[..1], BRANCHES[..1]);
        let zero = ["beqz a2, .LBB0_1", "bnez a3, .LBB0_1"];
        assert_eq!(shared(&zero, 80)[..2], zero);
        let apart = [&BRANCHES[..1], &["sub a5, a5, a5"; 60], &BRANCHES[1..]].concat();
        let left = shared(&apart, 80);
        assert_eq!((left[0].as_str(), left[61].as_str()), (BRANCHES[0], BRANCHES[1]));
    }
}
