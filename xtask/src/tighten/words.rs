//! Loads of 8 and 16 bits, done by aligned words: flash answers nothing else, and where a pointer leads is not known.
//!
//! A load through the stack pointer is of RAM, and stays. Any other calls `load8_aN` or `load16_aN` (`firmware/lx106/words.S`),
//! which changes nothing but aN, in which it gets the address and leaves the value; where the return address is still
//! in its register, the same is written in place.

use super::function::{Function, Line};
use super::instruction::{Instruction, Registers, SHIFT, register, set};

/// Registers that hold something for a while: all but the return address and the stack pointer.
const FREE: std::ops::RangeInclusive<u8> = 2..=15;

/// Replaces a function's narrow loads; how many. An error names a place where nothing is free to do it with.
pub fn widen(function: &mut Function) -> Result<usize, String> {
    let live = function.live();
    let mut lines = Vec::with_capacity(function.lines.len());
    let mut count = 0;
    for (line, live) in std::mem::take(&mut function.lines).into_iter().zip(live) {
        match &line {
            Line::Instruction(load) if is_narrow(load) && load.operand(1) != "a1" => {
                count += 1;
                let wide = wide(load, live, function.is_main)
                    .ok_or_else(|| format!("{}: no register is free at{load}", function.name))?;
                lines.extend(wide.into_iter().map(Line::Instruction));
            }
            _ => lines.push(line),
        }
    }
    function.lines = lines;
    Ok(count)
}

/// Whether it loads less than a word.
fn is_narrow(instruction: &Instruction) -> bool {
    matches!(instruction.name.as_str(), "l8ui" | "l16ui" | "l16si")
}

/// What does the same by words. `live`: what is read behind it.
fn wide(load: &Instruction, live: Registers, is_main: bool) -> Option<Vec<Instruction>> {
    let (to, base) = (load.operand(0), load.operand(1));
    let offset: i32 = load.operand(2).parse().ok()?;
    let bits = if load.name == "l8ui" { "8" } else { "16" };
    let make = Instruction::new;
    let mut all = Vec::new();
    // The shift amount is needed; where something is in it, it is put aside.
    let own = set(to) | set(base);
    let find = |used: Registers| FREE.into_iter().find(|number| used >> number & 1 == 0);
    let aside = if live & SHIFT == 0 { None } else { Some(format!("a{}", find(live | own).or(find(own))?)) };
    // Where every register is in use, one is on the stack meanwhile.
    let is_on_stack = aside.as_ref().is_some_and(|aside| live & set(aside) != 0);
    if let Some(aside) = &aside {
        if is_on_stack {
            all.push(make("addi", &["a1", "a1", "-16"]));
            all.push(make("s32i", &[aside, "a1", "0"]));
        }
        all.push(make("rsr", &[aside, "sar"]));
    }
    // An address of which the offset is within what the instructions take.
    let mut from = base;
    let far = if offset > 127 { 256 } else { 0 };
    for (name, by) in [("addmi", far), ("addi", offset - far)] {
        if by != 0 {
            all.push(make(name, &[to, from, &by.to_string()]));
            from = to;
        }
    }
    if live & set("a0") == 0 && is_main && register(to)? > 1 {
        if from != to {
            all.push(make("or", &[to, from, from]));
        }
        all.push(make("call0", &[&format!("load{bits}_{to}")]));
    } else {
        all.push(make("ssa8l", &[from]));
        all.push(make("srli", &[to, from, "2"]));
        all.push(make("slli", &[to, to, "2"]));
        all.push(make("l32i", &[to, to, "0"]));
        all.push(make("srl", &[to, to]));
        all.push(make("extui", &[to, to, "0", bits]));
    }
    if load.name == "l16si" {
        all.push(make("slli", &[to, to, "16"]));
        all.push(make("srai", &[to, to, "16"]));
    }
    if let Some(aside) = &aside {
        all.push(make("wsr", &[aside, "sar"]));
        if is_on_stack {
            all.push(make("l32i", &[aside, "a1", "0"]));
            all.push(make("addi", &["a1", "a1", "16"]));
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these instructions in a function that ends behind them.
    fn widened(code: &[&str]) -> Vec<String> {
        let mut function = Function::new("f", 0, true);
        function.lines.extend(code.iter().map(|line| Line::Instruction(Instruction::parse(line))));
        widen(&mut function).expect("a register is free");
        function.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect()
    }

    #[test]
    fn a_load_from_anywhere_is_a_call_where_the_return_address_is_put_by() {
        let code = ["s32i a0, a1, 0", "l8ui a3, a2, 5", "l32i a0, a1, 0", "or a2, a3, a3", "ret"];
        assert_eq!(
            widened(&code),
            ["s32i a0, a1, 0", "addi a3, a2, 5", "call0 load8_a3", "l32i a0, a1, 0", "or a2, a3, a3", "ret"]
        );
        let code = ["s32i a0, a1, 0", "l16si a2, a2, 0", "l32i a0, a1, 0", "ret"];
        assert_eq!(widened(&code)[1..4], ["call0 load16_a2", "slli a2, a2, 16", "srai a2, a2, 16"]);
    }

    #[test]
    fn a_load_is_made_in_place_where_the_return_address_is_needed() {
        assert_eq!(
            widened(&["l16ui a2, a2, 300", "ret"]),
            [
                "addmi a2, a2, 256",
                "addi a2, a2, 44",
                "ssa8l a2",
                "srli a2, a2, 2",
                "slli a2, a2, 2",
                "l32i a2, a2, 0",
                "srl a2, a2",
                "extui a2, a2, 0, 16",
                "ret"
            ]
        );
    }

    #[test]
    fn the_stack_is_read_as_it_was_and_a_shift_amount_is_kept() {
        assert_eq!(widened(&["l8ui a2, a1, 5", "ret"]), ["l8ui a2, a1, 5", "ret"]);
        let code = widened(&["ssr a4", "l8ui a2, a3, 0", "srl a2, a2", "ret"]);
        assert_eq!((code[1].as_str(), code[code.len() - 3].as_str()), ("rsr a8, sar", "wsr a8, sar"));
        // Where no register is free, one is put on the stack.
        let code = widened(&["ssr a4", "l8ui a2, a3, 0", "srl a2, a2", "unknown", "ret"]);
        assert_eq!(code[1..4], ["addi a1, a1, -16", "s32i a4, a1, 0", "rsr a4, sar"]);
        assert_eq!(code[code.len() - 6..code.len() - 3], ["wsr a4, sar", "l32i a4, a1, 0", "addi a1, a1, 16"]);
    }
}
