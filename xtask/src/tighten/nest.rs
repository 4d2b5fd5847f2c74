//! Sequences of instructions that call functions, as functions of their own: they keep their return address on the stack,
//! which is lower within them.

use super::function::{Function, Line};
use super::instruction::Instruction;

/// By how many bytes.
const FRAME: i32 = 16;
/// Bytes of what makes and leaves the frame, and returns.
pub const PRICE: u32 = 3 + 2 + 2 + 3 + 2;

/// The same instruction within the frame; `None`: there is none.
pub fn within(instruction: &Instruction) -> Option<Instruction> {
    if !instruction.operands.iter().any(|operand| operand == "a1") {
        return Some(instruction.clone());
    }
    let most = match instruction.name.as_str() {
        "l32i" | "s32i" => 1020,
        "l16ui" | "l16si" | "s16i" => 510,
        "l8ui" | "s8i" => 255,
        "addi" => 127,
        _ => return None,
    };
    let offset = instruction.operand(2).parse::<i32>().ok()? + FRAME;
    let is_address = instruction.operand(0) != "a1" && instruction.operand(1) == "a1";
    (is_address && offset <= most)
        .then(|| Instruction::new(&instruction.name, &[instruction.operand(0), "a1", &offset.to_string()]))
}

/// Gives a sequence its frame.
pub fn nest(body: &mut Function) {
    for line in &mut body.lines {
        if let Line::Instruction(instruction) = line
            && let Some(moved) = within(instruction)
        {
            *instruction = moved;
        }
    }
    let make = |name: &str, operands: &[&str]| Line::Instruction(Instruction::new(name, operands));
    let (up, down) = (FRAME.to_string(), (-FRAME).to_string());
    body.lines.splice(1..1, [make("addi", &["a1", "a1", &down]), make("s32i", &["a0", "a1", "0"])]);
    body.lines.extend([make("l32i", &["a0", "a1", "0"]), make("addi", &["a1", "a1", &up]), make("ret", &[])]);
}

/// Whether a function may take arguments from its caller's frame, so that it matters where the stack is.
pub fn has_stack_arguments(function: &Function) -> bool {
    let (mut frame, mut constant) = (None, None);
    for (_, instruction) in function.instructions() {
        let number = |index: usize| instruction.operand(index).parse::<i32>().ok();
        if frame.is_none() && instruction.name == "movi" {
            constant = number(1);
        }
        if !instruction.operands.iter().any(|operand| operand == "a1") {
            continue;
        }
        let offset = number(2);
        if instruction.operand(0) == "a1" {
            frame = frame.or(offset.or(constant).map(i32::wrapping_neg));
        } else if offset.is_none_or(|offset| offset >= frame.unwrap_or(0)) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_the_stack_is_farther_from_within() {
        let mut body = Function::of(&["l32i a2, a1, 4", "addi a3, a1, 8", "l32i a4, a2, 4", "call0 other"]);
        nest(&mut body);
        let code: Vec<String> =
            body.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect();
        assert_eq!(code[..4], ["addi a1, a1, -16", "s32i a0, a1, 0", "l32i a2, a1, 20", "addi a3, a1, 24"]);
        assert_eq!(code[4..], ["l32i a4, a2, 4", "call0 other", "l32i a0, a1, 0", "addi a1, a1, 16", "ret"]);
        for code in ["l32i a2, a1, 1008", "addi a1, a1, 16", "add a2, a1, a3", "s32i a1, a2, 0", "addi a2, a1, 120"] {
            assert_eq!(within(&Instruction::parse(code)), None, "{code}");
        }
    }

    #[test]
    fn arguments_on_the_stack_are_above_the_frame() {
        for (code, has) in [
            (&["addi a1, a1, -16", "l32i a2, a1, 12"][..], false),
            (&["addi a1, a1, -16", "l32i a2, a1, 16"], true),
            (&["addi a1, a1, -16", "addi a2, a1, 20"], true),
            (&["movi a8, -208", "add a1, a1, a8", "l32i a2, a1, 204"], false),
            (&["movi a8, -208", "add a1, a1, a8", "l32i a2, a1, 208"], true),
            (&["addi a1, a1, -16", "movi a8, 400", "add a2, a1, a8"], true),
            (&["l32i a2, a1, 0"], true),
            (&["add a2, a2, a3"], false),
        ] {
            assert_eq!(has_stack_arguments(&Function::of(code)), has, "{code:?}");
        }
    }
}
