//! Sequences of instructions that occur again and again, written once.
//!
//! Four kinds. A sequence that ends with a return is jumped to. One without jumps and calls is called, where the return
//! address is put by and nothing reads its register. One that ends with a call is called, too, and goes on there by a jump.
//! One with calls before its end is called and has a frame.
//!
//! The sequence that saves most is taken first, until none saves anything. What is quick on purpose is left alone, but for
//! its returns.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::function::{Function, Line};
use super::instruction::{Effects, Flow, Instruction, set};
use super::{nest, prologue};

/// Longest sequence, in instructions.
const LONGEST: usize = 40;
/// Bytes of code that jump to the same sequences, which lie in their middle: a jump reaches half of it and more.
const REGION: u64 = 200_000;
/// Bytes of a call or jump.
const CALL: u32 = 3;
/// Parts of names of functions that are called so often that a call more would be felt.
const QUICK: [&str; 2] = ["9nano_caps", "7nano_vm9interpret"];

/// How a sequence is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    /// By its own return.
    Tail,
    /// By a return behind it.
    Called,
    /// By a jump to what its last instruction calls.
    Onward,
    /// By a return behind it; as it calls others, it has a frame for its own return address.
    Nested,
}

/// An instruction of the program.
struct Unit {
    /// Stands for what it is; instructions with the same number do the same.
    code: u32,
    bytes: u32,
    /// Bytes of the constant it loads.
    literal: u32,
    /// More bytes of going on to what it calls.
    onward: u32,
    /// Bytes that it costs its function when it is taken out.
    price: u32,
    function: usize,
    line: usize,
    /// Nothing leads to it but the one before.
    follows: bool,
    role: Role,
    /// Whether it may be in a sequence with a frame.
    may_nest: bool,
    flow: Flow,
    /// Whether the return address is needed behind it.
    needs_return: bool,
}

/// What it may be in a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Anything: it touches neither the return address nor where the stack is.
    Plain,
    /// The last: it calls a function by name, by the usual convention.
    Call,
    /// The same, but what it calls has all arguments in registers, so that it does not matter where the stack is.
    Free,
    /// Only what is jumped to, with the return at its end.
    Bound,
}

/// Places of the same sequence.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    saves: u32,
    kind: Kind,
    length: usize,
    starts: Vec<usize>,
}

/// Takes sequences out of functions; each as a function of its own, and which of the others it is to follow. `literals`:
/// what `l32r` loads, by name.
pub fn outline(functions: &mut [&mut Function], literals: &HashMap<String, String>) -> Vec<(usize, Function)> {
    for function in functions.iter_mut().filter(|function| !is_quick(function) && !function.is_jumped_to) {
        prologue::put_return_aside(function);
    }
    let regions = regions(functions);
    let units = units(functions, literals);
    let mut used = vec![false; units.len()];
    let by_name: HashMap<String, usize> =
        functions.iter().enumerate().map(|(at, function)| (function.name.clone(), at)).collect();
    let mut heap: BinaryHeap<Group> = groups(&units, functions, &regions).into();
    let mut outlined = Vec::new();
    let mut number = functions.iter().map(|function| function.number).max().unwrap_or(0);
    while let Some(mut group) = heap.pop() {
        let before = group.saves;
        drop_used(&mut group, &used);
        group.saves = saves(&units, &group);
        if group.saves < before {
            if group.saves > 0 {
                heap.push(group);
            }
            continue;
        }
        number += 1;
        let first = &units[group.starts[0]..][..group.length];
        let mut place = regions[first[0].function];
        let name = format!("outlined_{number}");
        let mut body = Function::new(&name, number, true);
        body.is_jumped_to = group.kind == Kind::Tail;
        for unit in first {
            body.lines.push(functions[unit.function].lines[unit.line].clone());
        }
        if group.kind == Kind::Onward
            && let Some(Line::Instruction(call)) = body.lines.pop()
        {
            if let Some(called) = by_name.get(call.operand(0)) {
                // Behind what it goes on to, a jump reaches.
                place = *called;
                body.lines.push(Line::Instruction(Instruction::new("j", &[call.operand(0)])));
            } else {
                // A register that no call keeps and no argument is in.
                body.lines.push(Line::Instruction(Instruction::new("l32r", &["a8", call.operand(0)])));
                body.lines.push(Line::Instruction(Instruction::new("jx", &["a8"])));
            }
        }
        if group.kind == Kind::Nested {
            nest::nest(&mut body);
        }
        if group.kind == Kind::Called {
            body.lines.push(Line::Instruction(Instruction::new("ret", &[])));
        }
        let there = Instruction::new(if group.kind == Kind::Tail { "j" } else { "call0" }, &[&name]);
        for start in &group.starts {
            for at in *start..start + group.length {
                used[at] = true;
                let unit = &units[at];
                functions[unit.function].lines[unit.line] =
                    if at == *start { Line::Instruction(there.clone()) } else { Line::Other(String::new()) };
            }
        }
        outlined.push((place, body));
    }
    for function in functions {
        prologue::keep_return(function);
        function.lines.retain(|line| !matches!(line, Line::Other(text) if text.is_empty()));
    }
    outlined
}

/// Whether it is called so often that it is left as it is.
pub fn is_quick(function: &Function) -> bool {
    QUICK.iter().any(|part| function.name.contains(part))
}

/// For each function the one in the middle of its region.
fn regions(functions: &[&mut Function]) -> Vec<usize> {
    let mut at = 0;
    let mut places = Vec::new();
    for function in functions {
        places.push(at);
        at += function.instructions().map(|(_, instruction)| instruction.most_bytes()).sum::<u64>() + 8;
    }
    let region = |place: u64| place / REGION;
    let middle = |place: u64| {
        let middle = region(place) * REGION + REGION / 2;
        places.partition_point(|other| *other < middle).min(places.len() - 1)
    };
    places.iter().map(|place| middle(*place)).collect()
}

fn units(functions: &[&mut Function], literals: &HashMap<String, String>) -> Vec<Unit> {
    let names: HashSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    let mut codes: HashMap<String, u32> = HashMap::new();
    let free: HashSet<&str> = functions
        .iter()
        .filter(|function| !function.has_stack_arguments)
        .map(|function| function.name.as_str())
        .collect();
    let mut units = Vec::new();
    for (index, function) in functions.iter().enumerate() {
        let live = function.live();
        let mut follows = false;
        for (line, text) in function.lines.iter().enumerate() {
            let instruction = match text {
                Line::Label(_) => {
                    follows = false;
                    continue;
                }
                Line::Other(_) => continue,
                Line::Instruction(instruction) => instruction,
            };
            let effects = instruction.effects();
            let value = (instruction.name == "l32r").then(|| literals.get(instruction.operand(1))).flatten();
            let written = match value {
                Some(value) => format!("l32r\t{}, ={value}", instruction.operand(0)),
                None => instruction.to_string(),
            };
            let next = codes.len() as u32;
            units.push(Unit {
                code: *codes.entry(written).or_insert(next),
                bytes: bytes(instruction),
                literal: if instruction.name == "l32r" { 4 } else { 0 },
                // By a constant, which must be loaded.
                onward: if names.contains(instruction.operand(0)) { 0 } else { 4 + 3 },
                price: if prologue::keeps_return(instruction) { prologue::PRICE } else { 0 },
                function: index,
                line,
                follows: std::mem::replace(&mut follows, true),
                role: role(instruction, effects, &free),
                may_nest: nest::within(instruction).is_some(),
                flow: effects.flow,
                needs_return: live[line] & 1 != 0,
            });
            follows = effects.flow == Flow::Next;
        }
    }
    units
}

fn role(instruction: &Instruction, effects: Effects, free: &HashSet<&str>) -> Role {
    let is_known = effects.reads.count_ones() < 8 && effects.writes.count_ones() < 8;
    let is_own = (effects.reads | effects.writes) & set("a0") == 0;
    match instruction.name.as_str() {
        // Loads by words keep registers that other calls don't.
        "call0" if free.contains(instruction.operand(0)) => Role::Free,
        "call0" if !instruction.operand(0).starts_with("load") => Role::Call,
        "call0" | "callx0" => Role::Bound,
        _ if effects.flow == Flow::Next && is_known && is_own => Role::Plain,
        _ => Role::Bound,
    }
}

/// How many bytes the assembler makes of it.
pub fn bytes(instruction: &Instruction) -> u32 {
    let number = |index| instruction.operand(index).parse::<i32>().ok();
    let is_short = match instruction.name.as_str() {
        "ret" | "add" => true,
        "or" => instruction.copy().is_some(),
        "l32i" | "s32i" => number(2).is_some_and(|offset| (0..=60).contains(&offset)),
        "movi" => number(1).is_some_and(|value| (-32..=95).contains(&value)),
        "addi" => number(2).is_some_and(|value| value == -1 || (1..=15).contains(&value)),
        _ => false,
    };
    if is_short { 2 } else { 3 }
}

/// Sequences that occur more than once and save something so.
fn groups(units: &[Unit], functions: &[&mut Function], regions: &[usize]) -> Vec<Group> {
    // Those that are the same so far, and go on by the same instruction, are the same.
    let mut groups = Vec::new();
    let quick: Vec<bool> = functions.iter().map(|function| is_quick(function)).collect();
    let mut open = by_key((0..units.len()).filter(|at| units[*at].flow == Flow::Next), |at| units[at].code);
    for length in 2..=LONGEST {
        let mut longer = Vec::new();
        for starts in &open {
            let last = |start: usize| start + length - 1;
            let goes_on = |start: &usize| units.get(last(*start)).is_some_and(|unit| unit.follows);
            for starts in by_key(starts.iter().copied().filter(goes_on), |start| units[last(start)].code) {
                collect(units, regions, &quick, &starts, length, &mut groups);
                longer.push(starts);
            }
        }
        open = longer;
    }
    groups
}

/// Those with the same key together, where there are two at least.
fn by_key<K: std::hash::Hash + Eq>(starts: impl Iterator<Item = usize>, key: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
    let mut all: HashMap<K, Vec<usize>> = HashMap::new();
    for start in starts {
        all.entry(key(start)).or_default().push(start);
    }
    all.into_values().filter(|starts| starts.len() > 1).collect()
}

/// The kind of sequence that these places have, and what it saves.
fn collect(
    units: &[Unit],
    regions: &[usize],
    quick: &[bool],
    starts: &[usize],
    length: usize,
    groups: &mut Vec<Group>,
) {
    let mut add = |kind, starts: Vec<usize>| {
        let mut group = Group { saves: 0, kind, length, starts };
        drop_used(&mut group, &[]);
        group.saves = saves(units, &group);
        if group.saves > 0 {
            groups.push(group);
        }
    };
    let first = &units[starts[0]..][..length];
    let (last, before) = first.split_last().expect("it has two at least");
    if last.flow == Flow::Return {
        for starts in by_key(starts.iter().copied(), |start| regions[units[start].function]) {
            add(Kind::Tail, starts);
        }
        return;
    }
    let is_nested = before.iter().any(|unit| unit.role != Role::Plain);
    if is_nested && !first.iter().all(|unit| unit.may_nest && matches!(unit.role, Role::Free | Role::Plain)) {
        return;
    }
    let kind = match last.role {
        _ if is_nested => Kind::Nested,
        Role::Plain => Kind::Called,
        Role::Call | Role::Free => Kind::Onward,
        Role::Bound => return,
    };
    let may = |start: &usize| {
        let needs_return = kind != Kind::Onward && units[start + length - 1].needs_return;
        !needs_return && !quick[units[*start].function]
    };
    add(kind, starts.iter().copied().filter(may).collect());
}

/// Leaves out places of which another sequence has taken something, or that overlap.
fn drop_used(group: &mut Group, used: &[bool]) {
    group.starts.sort_unstable();
    let mut end = 0;
    let length = group.length;
    group.starts.retain(|start| {
        let is_free = *start >= end && !(*start..start + length).any(|at| used.get(at).copied().unwrap_or(false));
        if is_free {
            end = start + length;
        }
        is_free
    });
}

/// Bytes that are saved.
fn saves(units: &[Unit], group: &Group) -> u32 {
    let [first, rest @ ..] = group.starts.as_slice() else { return 0 };
    if rest.is_empty() {
        return 0;
    }
    let sequence = &units[*first..][..group.length];
    let bytes: u32 = sequence.iter().map(|unit| unit.bytes).sum();
    let literals: u32 = sequence.iter().map(|unit| unit.literal).sum();
    let body = literals
        + match group.kind {
            Kind::Tail => bytes,
            // A return, and the alignment that a call needs.
            Kind::Called => bytes + 2 + 2,
            Kind::Nested => bytes + nest::PRICE + 2,
            // A jump in the place of the call, and the alignment.
            Kind::Onward => bytes + sequence.last().map_or(0, |unit| unit.onward) + 2,
        };
    let price: u32 = CALL + sequence.iter().map(|unit| unit.price).sum::<u32>();
    (group.starts.len() as u32 * bytes.saturating_sub(price)).saturating_sub(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(number: usize, code: &[&str]) -> Function {
        let mut function = Function::new(&format!("f{number}"), number, true);
        function.lines.extend(code.iter().map(|line| match line.strip_suffix(':') {
            Some(label) => Line::Label(label.to_owned()),
            None => Line::Instruction(Instruction::parse(line)),
        }));
        function
    }

    fn code(function: &Function) -> Vec<String> {
        function.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect()
    }

    /// What is left of these functions, and what was taken out.
    fn outlined(codes: &[&[&str]]) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
        let mut functions: Vec<Function> = codes.iter().enumerate().map(|(at, code)| function(at, code)).collect();
        let literals =
            HashMap::from([(".LCPI0_0".to_owned(), "77777".to_owned()), (".LCPI1_0".into(), "77777".into())]);
        let taken = outline(&mut functions.iter_mut().collect::<Vec<_>>(), &literals);
        (functions.iter().map(code).collect(), taken.iter().map(|(_, function)| code(function)).collect())
    }

    const WORK: [&str; 5] = ["xor a2, a3, a4", "xor a3, a2, a5", "xor a4, a3, a2", "xor a5, a4, a2", "xor a6, a5, a2"];

    #[test]
    fn a_sequence_is_called_where_the_return_address_is_put_by() {
        let whole = [&["s32i a0, a1, 0"], &WORK[..], &["l32i a0, a1, 0", "j .LBB0_1", ".LBB0_1:", "ret"]].concat();
        let (left, taken) = outlined(&[&whole, &whole]);
        assert_eq!(taken, [[&WORK[..], &["ret"]].concat()]);
        assert!(left.iter().all(|code| code[1].starts_with("call0 outlined_")), "{left:?}");
        // Where it is still in its register, nothing can be called.
        let leaf = [&WORK[..], &["j .LBB0_1", ".LBB0_1:", "ret"]].concat();
        assert_eq!(outlined(&[&leaf, &leaf]).1, Vec::<Vec<String>>::new());
    }

    #[test]
    fn ends_are_jumped_to_and_calls_are_gone_on_to() {
        let leaf = [&WORK[..], &["ret"]].concat();
        let (left, taken) = outlined(&[&leaf, &leaf]);
        assert_eq!(taken, [leaf]);
        assert!(left.iter().all(|code| code.len() == 1 && code[0].starts_with("j outlined_")), "{left:?}");

        let calls = [&["s32i a0, a1, 0"], &WORK[..], &["call0 other", "bnez a2, .LBB0_1", ".LBB0_1:", "ret"]].concat();
        let (_, taken) = outlined(&[&calls, &calls, &calls]);
        assert_eq!(taken, [[&WORK[..], &["l32r a8, other", "jx a8"]].concat()]);
    }

    #[test]
    fn what_the_program_has_is_gone_on_to_by_a_jump() {
        let calls = [&["s32i a0, a1, 0"], &WORK[..2], &["call0 f2", "bnez a2, .LBB0_1", ".LBB0_1:", "ret"]].concat();
        let (_, taken) = outlined(&[&calls, &calls, &["addi a2, a2, 1", "ret"]]);
        assert_eq!(taken, [[&WORK[..2], &["j f2"]].concat()]);
    }

    #[test]
    fn beginnings_are_called_with_the_return_address_put_aside() {
        let begin = ["addi a1, a1, -32", "s32i a0, a1, 28", "s32i a12, a1, 24", "s32i a13, a1, 20", "s32i a14, a1, 16"];
        let function = |own| [&begin[..], &["callx0 a3", "l32i a0, a1, 28", own, "ret"]].concat();
        let codes = ["sub a2, a4, a5", "sub a2, a5, a4", "xor a2, a4, a5"].map(function);
        let (left, taken) = outlined(&codes.each_ref().map(Vec::as_slice));
        assert_eq!(taken[0], [&["addi a1, a1, -32", "s32i a9, a1, 28"], &begin[2..], &["ret"]].concat());
        for code in &left {
            assert_eq!(code[0], "or a9, a0, a0");
            assert!(code[1].starts_with("call0 outlined_"), "{code:?}");
        }
        // One alone begins as it did.
        assert_eq!(outlined(&[&codes[0]]).0[0][..5], begin);
    }

    #[test]
    fn sequences_with_calls_have_a_frame() {
        let work = [&WORK[..], &["call0 f9", "or a2, a12, a12", "xor a3, a4, a5", "call0 f9"]].concat();
        let whole =
            [&["s32i a0, a1, 0"], &work[..], &["bnez a2, .LBB0_1", ".LBB0_1:", "l32i a0, a1, 0", "jx a0"]].concat();
        let taken = |has_stack_arguments| {
            let mut functions: Vec<Function> = (0..4).map(|at| function(at, &whole)).collect();
            functions.push(function(9, &["addi a2, a2, 1", "ret"]));
            functions[4].has_stack_arguments = has_stack_arguments;
            let taken = outline(&mut functions.iter_mut().collect::<Vec<_>>(), &HashMap::new());
            taken.iter().map(|(_, function)| code(function)).collect::<Vec<_>>()
        };
        let nested = taken(false);
        assert_eq!(nested[0][..2], ["addi a1, a1, -16", "s32i a0, a1, 0"]);
        assert_eq!(nested[0][2..11], work);
        assert_eq!(nested[0][11..], ["l32i a0, a1, 0", "addi a1, a1, 16", "ret"]);
        // Where a function finds its arguments on the stack, that must be where it was.
        assert!(taken(true).iter().all(|code| code[0] != "addi a1, a1, -16"));
    }

    #[test]
    fn literals_are_compared_by_what_they_are_and_labels_part() {
        let one =
            [&["s32i a0, a1, 0", "l32r a2, .LCPI0_0"], &WORK[..], &["j .LBB0_1", ".LBB0_1:", "l32i a0, a1, 0", "ret"]];
        let other =
            [&["s32i a0, a1, 0", "l32r a2, .LCPI1_0"], &WORK[..], &["j .LBB0_1", ".LBB0_1:", "l32i a0, a1, 0", "ret"]];
        let (_, taken) = outlined(&[&one.concat(), &other.concat(), &one.concat()]);
        assert_eq!(taken[0].len(), 7, "{taken:?}");
        let parted = [&["s32i a0, a1, 0"], &WORK[..2], &[".LBB0_2:"], &WORK[2..4], &["l32i a0, a1, 0", "ret"]].concat();
        let (_, taken) = outlined(&[&parted, &parted]);
        assert!(taken.iter().all(|code| code.len() < 5), "{taken:?}");
    }
}
