//! Addresses within a function's frame. LLVM makes each that `addi` can't hold in a register, and reads and writes through
//! that, as if loads and stores held no more than `addi` does.

use super::function::{Function, Known, Line};
use super::instruction::{Instruction, register, set};

/// What a register holds, as a number that is not 0: a constant, or an address so far from the stack pointer.
const CONSTANT: u32 = 1 << 30;
const ADDRESS: u32 = 2 << 30;
/// Constants and offsets are within this of 0.
const MOST: i32 = 1 << 20;

/// What an addition in place of a register's holds.
const ADDI: std::ops::RangeInclusive<i32> = -128..=127;
const ADDMI: std::ops::RangeInclusive<i32> = -32_768..=32_512;

fn held(kind: u32, value: i32) -> u32 {
    if value.abs() < MOST { kind + (value + MOST) as u32 } else { 0 }
}

fn value(kind: u32, held: u32) -> Option<i32> {
    (held & (CONSTANT | ADDRESS) == kind).then(|| (held & !(CONSTANT | ADDRESS)) as i32 - MOST)
}

/// Makes addresses in one step where one does, and reads and writes without them.
pub fn shorten(function: &mut Function) {
    let known = function.held(step);
    let live = function.live();
    for ((line, known), live) in function.lines.iter_mut().zip(known).zip(live) {
        let (Line::Instruction(instruction), Some(known)) = (line, known) else { continue };
        let shorter = match instruction.name.as_str() {
            "add" | "addi" => added(instruction, &known),
            _ => direct(instruction, &known, live),
        };
        if let Some(shorter) = shorter {
            *instruction = shorter;
        }
    }
}

/// What a register holds behind an instruction.
fn step(known: &mut Known, instruction: &Instruction) {
    let result = sum(instruction, known);
    let writes = instruction.effects().writes;
    let moves_stack = writes & set("a1") != 0;
    for (register, place) in known.iter_mut().enumerate() {
        if writes >> register & 1 != 0 {
            *place = result;
        }
        if moves_stack && value(ADDRESS, *place).is_some() {
            *place = 0;
        }
    }
}

/// What an operand is: a number, or a register that holds something.
fn operand(text: &str, known: &Known) -> u32 {
    match register(text) {
        Some(1) => held(ADDRESS, 0),
        Some(register) => known[usize::from(register)],
        None => text.parse().map_or(0, |number| held(CONSTANT, number)),
    }
}

/// What an instruction makes.
fn sum(instruction: &Instruction, known: &Known) -> u32 {
    let at = |index| operand(instruction.operand(index), known);
    match instruction.name.as_str() {
        "movi" => at(1),
        "or" if instruction.copy().is_some() => at(1),
        "add" | "addi" | "addmi" => {
            let pairs = [(at(1), at(2)), (at(2), at(1))];
            let address = pairs
                .into_iter()
                .find_map(|(one, other)| Some(held(ADDRESS, value(ADDRESS, one)? + value(CONSTANT, other)?)));
            address.unwrap_or(0)
        }
        _ => 0,
    }
}

/// The same address in one step from the stack pointer, or as a copy.
fn added(instruction: &Instruction, known: &Known) -> Option<Instruction> {
    let offset = value(ADDRESS, sum(instruction, known))?;
    let to = instruction.operand(0);
    let from_stack = |name| Some(Instruction::new(name, &[to, "a1", &offset.to_string()]));
    if ADDI.contains(&offset) {
        return from_stack("addi");
    }
    if offset % 256 == 0 && ADDMI.contains(&offset) {
        return from_stack("addmi");
    }
    let from = instruction.operand(1);
    (instruction.operand(2) == "0").then(|| Instruction::new("or", &[to, from, from]))
}

/// A load or store by the stack pointer, when its address is needed no more.
fn direct(instruction: &Instruction, known: &Known, live: u32) -> Option<Instruction> {
    let (is_load, bytes) = match instruction.name.as_str() {
        "l32i" => (true, 4),
        "s32i" => (false, 4),
        "l16ui" | "l16si" => (true, 2),
        "s16i" => (false, 2),
        "l8ui" => (true, 1),
        "s8i" => (false, 1),
        _ => return None,
    };
    let (first, base) = (instruction.operand(0), instruction.operand(1));
    if base == "a1" || !is_load && first == base {
        return None;
    }
    let is_last = live & set(base) == 0 || is_load && first == base;
    let offset = value(ADDRESS, operand(base, known))? + instruction.operand(2).parse::<i32>().ok()?;
    let is_held = (0..=255 * bytes).contains(&offset) && offset % bytes == 0;
    (is_last && is_held).then(|| Instruction::new(&instruction.name, &[first, "a1", &offset.to_string()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these lines, when nothing is read behind them but results.
    fn shortened(code: &[&str]) -> Vec<String> {
        let mut function = Function::new("f", 0, true);
        function.lines.extend(code.iter().chain(&["ret"]).map(|line| match line.strip_suffix(':') {
            Some(label) => Line::Label(label.to_owned()),
            None => Line::Instruction(Instruction::parse(line)),
        }));
        shorten(&mut function);
        function.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect()
    }

    #[test]
    fn addresses_are_made_in_one_step() {
        let address = |offset: &str| shortened(&[&format!("movi a8, {offset}"), "add a8, a1, a8", "addi a2, a8, 0"]);
        assert_eq!(address("260")[2], "or a2, a8, a8");
        assert_eq!(address("512")[2], "addmi a2, a1, 512");
        assert_eq!(address("100")[2], "addi a2, a1, 100");
        // What is no address of the frame.
        assert_eq!(shortened(&["movi a8, 260", "add a8, a3, a8", "addi a2, a8, 0"])[2], "addi a2, a8, 0");
    }

    #[test]
    fn loads_and_stores_go_by_the_stack_pointer_as_far_as_they_reach() {
        let access = |offset: &str, access: &str| {
            let code = shortened(&[&format!("movi a8, {offset}"), "add a8, a1, a8", access]);
            code[2].clone()
        };
        assert_eq!(access("1012", "l32i a2, a8, 8"), "l32i a2, a1, 1020");
        assert_eq!(access("1016", "l32i a2, a8, 8"), "l32i a2, a8, 8");
        assert_eq!(access("130", "s32i a3, a8, 0"), "s32i a3, a8, 0");
        assert_eq!(access("510", "l16ui a8, a8, 0"), "l16ui a8, a1, 510");
        assert_eq!(access("255", "s8i a2, a8, 0"), "s8i a2, a1, 255");
        assert_eq!(access("256", "s8i a2, a8, 0"), "s8i a2, a8, 0");
        // The address itself is put by, or needed again.
        assert_eq!(access("256", "s32i a8, a8, 0"), "s32i a8, a8, 0");
        let twice = shortened(&["movi a8, 256", "add a8, a1, a8", "s32i a3, a8, 0", "s32i a3, a8, 4"]);
        assert_eq!(twice[2..4], ["s32i a3, a8, 0", "s32i a3, a1, 260"]);
    }

    #[test]
    fn an_address_is_known_on_all_ways_or_not_at_all() {
        let ways = |other: &str| {
            let code = ["movi a8, 256", "add a8, a1, a8", "beqz a3, .LBB0_1", other, ".LBB0_1:", "l32i a2, a8, 0"];
            shortened(&code)[4].clone()
        };
        assert_eq!(ways("movi a4, 7"), "l32i a2, a1, 256");
        assert_eq!(ways("addi a8, a8, 4"), "l32i a2, a8, 0");
        // The stack pointer moves, or a call takes the register.
        for between in ["addi a1, a1, -16", "call0 other"] {
            let code = shortened(&["movi a8, 256", "add a8, a1, a8", between, "l32i a2, a8, 0"]);
            assert_eq!(code[3], "l32i a2, a8, 0", "{between}");
        }
    }
}
