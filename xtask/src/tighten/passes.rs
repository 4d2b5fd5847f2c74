//! What is made shorter. Each pass leaves a function that does the same.

use std::collections::{HashMap, HashSet};

use super::frame;
use super::function::{Constants, Function, Known, Line};
use super::instruction::{CLOBBERED, Flow, Instruction, Registers, opposite, register, set};

/// Numbers that a comparison can hold, signed and unsigned.
const SIGNED: [i32; 16] = [-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256];
const UNSIGNED: [i32; 16] = [32768, 65536, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256];

/// Numbers that are made by an instruction as short as a copy.
const SHORT: std::ops::RangeInclusive<i32> = -32..=95;

/// All passes, until nothing more comes of them.
pub fn all(function: &mut Function, constants: &mut Constants, literals: &HashMap<String, String>) {
    for _ in 0..4 {
        let before = function.lines.len();
        jumps(function);
        use_constants(function, constants, literals);
        frame::shorten(function);
        retarget(function);
        reuse_words(function);
        propagate_copies(function);
        fuse(function);
        select(function);
        remove_dead(function);
        if function.lines.len() == before {
            break;
        }
    }
    jumps(function);
}

/// Branches around jumps, jumps to jumps, jumps to what follows, and what is never reached.
pub fn jumps(function: &mut Function) {
    thread(function);
    remove_unreached(function);
    let lines = &mut function.lines;
    for index in 0..lines.len() {
        let Line::Instruction(instruction) = &lines[index] else { continue };
        let Some(target) = instruction.target().map(str::to_owned) else { continue };
        if leads_to(lines, index + 1, &target) {
            lines[index] = Line::Other(String::new());
            continue;
        }
        // A branch around a jump, because it might have had to go far: the assembler sees to that.
        let Some(other) = opposite(&instruction.name) else { continue };
        let Some(next) = next_instruction(lines, index + 1) else { continue };
        let Line::Instruction(jump) = &lines[next] else { continue };
        if jump.name == "j" && jump.operand(0).starts_with('.') && leads_to(lines, next + 1, &target) {
            let far = jump.operand(0).to_owned();
            let mut turned = instruction.clone();
            other.clone_into(&mut turned.name);
            turned.operands.pop();
            turned.operands.push(far);
            lines[index] = Line::Instruction(turned);
            lines[next] = Line::Other(String::new());
        }
    }
    tidy(function);
}

/// Whether no instruction lies between a place and a label.
fn leads_to(lines: &[Line], from: usize, target: &str) -> bool {
    let labels = lines[from..].iter().take_while(|line| !matches!(line, Line::Instruction(_)));
    labels.into_iter().any(|line| matches!(line, Line::Label(name) if name == target))
}

/// The instruction at or behind a place, with no label in between.
fn next_instruction(lines: &[Line], from: usize) -> Option<usize> {
    let offset = lines[from..].iter().position(|line| !matches!(line, Line::Other(_)))?;
    matches!(lines[from + offset], Line::Instruction(_)).then_some(from + offset)
}

/// Where a label leads when only a jump follows it.
fn thread(function: &mut Function) {
    let mut leads = HashMap::new();
    let mut waiting: Vec<&str> = Vec::new();
    let mut returns = HashSet::new();
    for line in &function.lines {
        match line {
            Line::Label(name) => waiting.push(name),
            Line::Other(_) => {}
            Line::Instruction(instruction) => {
                for name in waiting.drain(..) {
                    if instruction.name == "j" {
                        leads.insert(name.to_owned(), instruction.operand(0).to_owned());
                    } else if instruction.name == "ret" {
                        returns.insert(name.to_owned());
                    }
                }
            }
        }
    }
    for line in &mut function.lines {
        let Line::Instruction(instruction) = line else { continue };
        let Some(mut target) = instruction.target().map(str::to_owned) else { continue };
        for _ in 0..8 {
            // A branch reaches no other function.
            let is_within = |next: &&String| instruction.name == "j" || next.starts_with('.');
            let Some(next) = leads.get(&target).filter(is_within) else { break };
            next.clone_into(&mut target);
        }
        if instruction.name == "j" && returns.contains(&target) {
            *instruction = Instruction::new("ret", &[]);
        } else if let Some(last) = instruction.operands.last_mut() {
            *last = target;
        }
    }
}

/// Drops labels that nothing names, and instructions that nothing leads to.
fn remove_unreached(function: &mut Function) {
    let mut named: HashSet<String> = function.in_tables.clone();
    named.extend(function.instructions().filter_map(|(_, instruction)| instruction.target().map(str::to_owned)));
    let mut is_reached = true;
    for line in &mut function.lines {
        match line {
            Line::Label(name) if !name.starts_with(".LBB") || named.contains(name) => is_reached = true,
            Line::Label(_) => *line = Line::Other(String::new()),
            Line::Instruction(_) if !is_reached => *line = Line::Other(String::new()),
            Line::Instruction(instruction) => {
                is_reached = !matches!(instruction.effects().flow, Flow::Jump | Flow::Table | Flow::Return);
            }
            Line::Other(_) => {}
        }
    }
    tidy(function);
}

fn tidy(function: &mut Function) {
    function.lines.retain(|line| !matches!(line, Line::Other(text) if text.is_empty()));
}

/// Calls whose target is known, masks that are a field, comparisons with a number that the instruction can hold.
pub fn use_constants(function: &mut Function, constants: &mut Constants, literals: &HashMap<String, String>) {
    let known = function.known(constants, literals);
    for (line, known) in function.lines.iter_mut().zip(known) {
        let (Line::Instruction(instruction), Some(known)) = (line, known) else { continue };
        let number = |operand: &str| register(operand).map_or(0, |register| known[usize::from(register)]);
        let value = |operand: &str| constants.value(number(operand));
        match instruction.name.as_str() {
            "callx0" => {
                if let Some(symbol) = constants.symbol(number(instruction.operand(0))) {
                    *instruction = Instruction::new("call0", &[symbol]);
                }
            }
            "and" => {
                for (mask, other) in [(2, 1), (1, 2)] {
                    let bits = value(instruction.operand(mask)).and_then(low_bits);
                    if let Some(bits) = bits {
                        let bits = bits.to_string();
                        let (to, from) = (instruction.operand(0), instruction.operand(other));
                        *instruction = Instruction::new("extui", &[to, from, "0", &bits]);
                        break;
                    }
                }
            }
            // The original need not be made then, if nothing else reads it.
            "or" if instruction.copy().is_some() => {
                if let Some(value) = value(instruction.operand(1)).filter(|value| SHORT.contains(value)) {
                    *instruction = Instruction::new("movi", &[instruction.operand(0), &value.to_string()]);
                }
            }
            "beq" | "bne" | "blt" | "bge" | "bltu" | "bgeu" => {
                if let Some(compared) = compare_number(instruction, &value) {
                    *instruction = compared;
                }
            }
            _ => {}
        }
    }
}

/// How many bits a mask of the lowest ones has, where `extui` takes so many.
fn low_bits(mask: i32) -> Option<u32> {
    let bits = mask.trailing_ones();
    ((1..=16).contains(&bits) && mask == (1 << bits) - 1).then_some(bits)
}

/// A comparison of two registers, of which one holds a number that the instruction itself can hold.
fn compare_number(instruction: &Instruction, value: &dyn Fn(&str) -> Option<i32>) -> Option<Instruction> {
    let (one, other, target) = (instruction.operand(0), instruction.operand(1), instruction.operand(2));
    let name = instruction.name.as_str();
    let make = |name: &str, one: &str, number: i32, allowed: &[i32]| {
        allowed.contains(&number).then(|| Instruction::new(name, &[one, &number.to_string(), target]))
    };
    let behind = |operand| value(operand).and_then(|number| number.checked_add(1));
    match name {
        "beq" | "bne" => {
            let (register, number) = match (value(one), value(other)) {
                (_, Some(number)) => (one, number),
                (Some(number), None) => (other, number),
                _ => return None,
            };
            if number == 0 {
                let name = if name == "beq" { "beqz" } else { "bnez" };
                return Some(Instruction::new(name, &[register, target]));
            }
            make(if name == "beq" { "beqi" } else { "bnei" }, register, number, &SIGNED)
        }
        "blt" => value(other)
            .and_then(|number| make("blti", one, number, &SIGNED))
            .or_else(|| make("bgei", other, behind(one)?, &SIGNED)),
        "bge" => value(other)
            .and_then(|number| make("bgei", one, number, &SIGNED))
            .or_else(|| make("blti", other, behind(one)?, &SIGNED)),
        // Of an unsigned number the one behind the last is none.
        "bltu" => value(other)
            .and_then(|number| make("bltui", one, number, &UNSIGNED))
            .or_else(|| make("bgeui", other, behind(one)?, &UNSIGNED)),
        "bgeu" => value(other)
            .and_then(|number| make("bgeui", one, number, &UNSIGNED))
            .or_else(|| make("bltui", other, behind(one)?, &UNSIGNED)),
        _ => None,
    }
}

/// Leaves out a load of what a register still holds, from where it was put by, and keeps nothing that is not loaded.
pub fn reuse_words(function: &mut Function) {
    let slots: HashMap<String, u32> = function.slots.iter().cloned().zip(1..).collect();
    let slot = |instruction: &Instruction| {
        let is_stack = instruction.operand(1) == "a1";
        is_stack.then(|| slots.get(instruction.operand(2)).copied()).flatten().unwrap_or(0)
    };
    let held = function.held(|held, instruction| {
        let place = register(instruction.operand(0)).map_or(0, usize::from);
        match instruction.name.as_str() {
            "s32i" if slot(instruction) != 0 => {
                for other in held.iter_mut().filter(|other| **other == slot(instruction)) {
                    *other = 0;
                }
                held[place] = slot(instruction);
            }
            "l32i" => held[place] = slot(instruction),
            _ => match instruction.copy() {
                Some((to, from)) if to != 1 => held[usize::from(to)] = held[usize::from(from)],
                _ => forget(held, instruction),
            },
        }
    });
    for (line, held) in function.lines.iter_mut().zip(held) {
        let (Line::Instruction(instruction), Some(held)) = (&mut *line, held) else { continue };
        let slot = slot(instruction);
        // The return address has a register that calls take; from where it was put by it comes back only at the end.
        let place = register(instruction.operand(0)).filter(|place| *place > 1);
        let (Some(place), "l32i", true) = (place, instruction.name.as_str(), slot != 0) else { continue };
        if held[usize::from(place)] == slot {
            *line = Line::Other(String::new());
        } else if let Some(other) = held.iter().skip(2).position(|other| *other == slot) {
            let other = format!("a{}", other + 2);
            *instruction = Instruction::new("or", &[instruction.operand(0), &other, &other]);
        }
    }
    let loaded: HashSet<String> = function
        .instructions()
        .filter(|(_, instruction)| instruction.name == "l32i" && slot(instruction) != 0)
        .map(|(_, instruction)| instruction.operand(2).to_owned())
        .collect();
    for line in &mut function.lines {
        let Line::Instruction(instruction) = line else { continue };
        if instruction.name == "s32i" && slot(instruction) != 0 && !loaded.contains(instruction.operand(2)) {
            *line = Line::Other(String::new());
        }
    }
    tidy(function);
}

/// What registers hold no longer: with the stack pointer everything that is on the stack.
fn forget(held: &mut Known, instruction: &Instruction) {
    let writes = instruction.effects().writes;
    for (register, place) in held.iter_mut().enumerate() {
        if writes >> register & 1 != 0 || writes & set("a1") != 0 {
            *place = 0;
        }
    }
}

/// Reads the original where a copy is read.
pub fn propagate_copies(function: &mut Function) {
    // What a register holds is the number of another's, plus one.
    let held = function.held(|held, instruction| {
        forget(held, instruction);
        let writes = instruction.effects().writes;
        for place in held.iter_mut() {
            if *place != 0 && writes >> (*place - 1) & 1 != 0 {
                *place = 0;
            }
        }
        if let Some((to, from)) = instruction.copy() {
            // The stack pointer stays the one that everything on the stack is addressed by.
            if to != from && to != 1 {
                held[usize::from(to)] = u32::from(from) + 1;
            }
        }
    });
    for (line, held) in function.lines.iter_mut().zip(held) {
        let (Line::Instruction(instruction), Some(held)) = (line, held) else { continue };
        if matches!(instruction.name.as_str(), "ret" | "moveqz" | "movnez" | "movltz" | "movgez") {
            continue;
        }
        let skip = usize::from(instruction.writes_first());
        for operand in instruction.operands.iter_mut().skip(skip) {
            let original = register(operand).map_or(0, |register| held[usize::from(register)]);
            if original != 0 {
                *operand = format!("a{}", original - 1);
            }
        }
    }
}

/// The pure instruction before `index` that makes `operand`, when nothing in between reads it or goes elsewhere.
fn definition(lines: &[Line], index: usize, operand: &str) -> Option<usize> {
    let wanted = set(operand);
    for at in (0..index).rev() {
        match &lines[at] {
            Line::Label(_) => return None,
            Line::Other(_) => {}
            Line::Instruction(instruction) => {
                let effects = instruction.effects();
                if effects.writes & wanted != 0 {
                    return (effects.writes == wanted && effects.is_pure && instruction.writes_first()).then_some(at);
                }
                if effects.reads & wanted != 0 || effects.flow != Flow::Next {
                    return None;
                }
            }
        }
    }
    None
}

/// Whether registers stay as they are between two lines.
fn unchanged(lines: &[Line], between: std::ops::Range<usize>, registers: Registers) -> bool {
    lines[between].iter().all(|line| match line {
        Line::Instruction(instruction) => instruction.effects().writes & registers == 0,
        _ => true,
    })
}

/// A test of bits and its branch, a shift and its mask.
pub fn fuse(function: &mut Function) {
    let live = function.live();
    let lines = &mut function.lines;
    for index in 0..lines.len() {
        let Line::Instruction(instruction) = &lines[index] else { continue };
        let (tested, is_last): (&str, bool) = match instruction.name.as_str() {
            "beqz" | "bnez" => (instruction.operand(0), live[index] & set(instruction.operand(0)) == 0),
            "extui" => {
                let to_itself = instruction.operand(0) == instruction.operand(1);
                (instruction.operand(1), to_itself || live[index] & set(instruction.operand(1)) == 0)
            }
            _ => continue,
        };
        if !is_last {
            continue;
        }
        let Some(at) = definition(lines, index, tested) else { continue };
        let Line::Instruction(maker) = &lines[at] else { continue };
        let sources = maker.effects().reads;
        if sources & super::instruction::SHIFT != 0 || !unchanged(lines, at + 1..index, sources) {
            continue;
        }
        let Some(fused) = fused(maker, instruction) else { continue };
        lines[at] = Line::Other(String::new());
        lines[index] = Line::Instruction(fused);
    }
    tidy(function);
}

/// Both in one.
fn fused(maker: &Instruction, user: &Instruction) -> Option<Instruction> {
    let is_zero = user.name == "beqz";
    match (maker.name.as_str(), user.name.as_str()) {
        ("extui", "beqz" | "bnez") if maker.operand(3) == "1" => {
            let name = if is_zero { "bbci" } else { "bbsi" };
            Some(Instruction::new(name, &[maker.operand(1), maker.operand(2), user.operand(1)]))
        }
        ("and", "beqz" | "bnez") => {
            let name = if is_zero { "bnone" } else { "bany" };
            Some(Instruction::new(name, &[maker.operand(1), maker.operand(2), user.operand(1)]))
        }
        ("sub" | "xor", "beqz" | "bnez") => {
            let name = if is_zero { "beq" } else { "bne" };
            Some(Instruction::new(name, &[maker.operand(1), maker.operand(2), user.operand(1)]))
        }
        ("srli", "extui") => {
            let by: u32 = maker.operand(2).parse().ok()?;
            let (from, bits): (u32, u32) = (user.operand(2).parse().ok()?, user.operand(3).parse().ok()?);
            let from = by + from;
            (from + bits <= 32).then(|| {
                Instruction::new("extui", &[user.operand(0), maker.operand(1), &from.to_string(), user.operand(3)])
            })
        }
        _ => None,
    }
}

/// A branch around a copy, where one instruction does both.
pub fn select(function: &mut Function) {
    let lines = &mut function.lines;
    for index in 0..lines.len() {
        let Line::Instruction(branch) = &lines[index] else { continue };
        let name = match branch.name.as_str() {
            "beqz" => "movnez",
            "bnez" => "moveqz",
            "bltz" => "movgez",
            "bgez" => "movltz",
            _ => continue,
        };
        let Some(next) = next_instruction(lines, index + 1) else { continue };
        let Line::Instruction(copy) = &lines[next] else { continue };
        if copy.copy().is_none_or(|(to, _)| to == 1) || !leads_to(lines, next + 1, branch.operand(1)) {
            continue;
        }
        let selected = Instruction::new(name, &[copy.operand(0), copy.operand(1), branch.operand(0)]);
        lines[index] = Line::Other(String::new());
        lines[next] = Line::Instruction(selected);
    }
    tidy(function);
}

/// A result that is only copied is made where the copy is to be.
pub fn retarget(function: &mut Function) {
    let live = function.live();
    let lines = &mut function.lines;
    for index in 0..lines.len() {
        let Line::Instruction(instruction) = &lines[index] else { continue };
        let Some((to, from)) = instruction.copy() else { continue };
        if to == from {
            lines[index] = Line::Other(String::new());
            continue;
        }
        let (to, from) = (format!("a{to}"), format!("a{from}"));
        if live[index] & set(&from) != 0 {
            continue;
        }
        let Some(at) = maker(lines, index, &from, &to) else { continue };
        for line in &mut lines[at..index] {
            let Line::Instruction(instruction) = line else { continue };
            let is_maker = instruction.writes_first() && instruction.operand(0) == from;
            // The maker may read what it overwrites.
            for operand in instruction.operands.iter_mut().skip(usize::from(is_maker)) {
                if !is_maker && *operand == from {
                    operand.clone_from(&to);
                }
            }
            if is_maker {
                instruction.operands[0].clone_from(&to);
            }
        }
        lines[index] = Line::Other(String::new());
    }
    tidy(function);
}

/// The one instruction that makes `from`, when `to` is neither read nor written from there to `index`.
fn maker(lines: &[Line], index: usize, from: &str, to: &str) -> Option<usize> {
    let (wanted, other) = (set(from), set(to));
    for at in (0..index).rev() {
        match &lines[at] {
            Line::Label(_) => return None,
            Line::Other(_) => {}
            Line::Instruction(instruction) => {
                let effects = instruction.effects();
                if effects.flow != Flow::Next || effects.writes & other != 0 {
                    return None;
                }
                if effects.writes & wanted != 0 {
                    let is_one = effects.writes == wanted && instruction.writes_first();
                    return is_one.then_some(at);
                }
                let is_call = effects.writes & CLOBBERED == CLOBBERED;
                if effects.reads & other != 0 || is_call {
                    return None;
                }
                if instruction.name.starts_with("mov") && instruction.name != "movi" && effects.reads & wanted != 0 {
                    return None;
                }
            }
        }
    }
    None
}

/// Results that nothing reads.
pub fn remove_dead(function: &mut Function) {
    let live = function.live();
    for (line, live) in function.lines.iter_mut().zip(live) {
        let Line::Instruction(instruction) = line else { continue };
        let effects = instruction.effects();
        if effects.is_pure && effects.writes & live == 0 {
            *line = Line::Other(String::new());
        }
    }
    tidy(function);
}
