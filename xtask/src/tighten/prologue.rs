//! Beginnings of functions. They make a frame and keep registers in it, and many do the same; but they hold the return
//! address, so that nothing can be called there. With the address put aside the frame is made by a call.

use super::function::{Function, Line};
use super::instruction::{Instruction, set};

/// Where the return address is meanwhile: no argument is in it, and a frame's size is made in another.
const ASIDE: &str = "a9";
/// What puts it there takes so many bytes.
pub const PRICE: u32 = 2;

/// Whether this keeps the return address in the frame, from where it was put aside.
pub fn keeps_return(instruction: &Instruction) -> bool {
    stores(instruction, ASIDE)
}

/// Lets what begins a function be called.
pub fn put_return_aside(function: &mut Function) {
    let Some(at) = kept(function, 1, "a0") else { return };
    if function.live()[at] & (set("a0") | set(ASIDE)) == 0 {
        replace(function, at, ASIDE);
        function.lines.insert(1, Line::Instruction(Instruction::new("or", &[ASIDE, "a0", "a0"])));
    }
}

/// Undoes that where the function still begins by itself.
pub fn keep_return(function: &mut Function) {
    let is_aside = matches!(function.lines.get(1), Some(Line::Instruction(copy)) if copy.copy() == Some((9, 0)));
    if let Some(at) = kept(function, 2, ASIDE).filter(|_| is_aside) {
        replace(function, at, "a0");
        function.lines.remove(1);
    }
}

fn stores(instruction: &Instruction, register: &str) -> bool {
    instruction.name == "s32i" && instruction.operand(0) == register && instruction.operand(1) == "a1"
}

fn replace(function: &mut Function, at: usize, register: &str) {
    if let Line::Instruction(keep) = &mut function.lines[at] {
        register.clone_into(&mut keep.operands[0]);
    }
}

/// The line that keeps the return address, which is in a register, with nothing before it but what makes the frame.
fn kept(function: &Function, start: usize, register: &str) -> Option<usize> {
    for (at, line) in function.lines.iter().enumerate().skip(start) {
        match line {
            Line::Label(_) => return None,
            Line::Other(_) => {}
            Line::Instruction(instruction) if stores(instruction, register) => return Some(at),
            Line::Instruction(instruction) => {
                let makes_frame = matches!(instruction.name.as_str(), "movi" | "add" | "addi" | "addmi");
                if !makes_frame || instruction.operands.iter().any(|operand| operand == ASIDE) {
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

    fn code(function: &Function) -> Vec<String> {
        function.instructions().map(|(_, instruction)| instruction.to_string().trim().replace('\t', " ")).collect()
    }

    const END: [&str; 2] = ["l32i a0, a1, 12", "ret"];

    #[test]
    fn a_return_address_is_put_aside_and_back() {
        for frame in [&["addi a1, a1, -16"][..], &["movi a8, -208", "add a1, a1, a8"]] {
            let whole = [frame, &["s32i a0, a1, 12", "s32i a12, a1, 8", "call0 other"], &END].concat();
            let mut function = Function::of(&whole);
            put_return_aside(&mut function);
            let aside = [&["or a9, a0, a0"], frame, &["s32i a9, a1, 12", "s32i a12, a1, 8", "call0 other"], &END];
            assert_eq!(code(&function), aside.concat());
            keep_return(&mut function);
            assert_eq!(code(&function), whole);
        }
    }

    #[test]
    fn it_stays_where_its_register_or_the_other_is_needed() {
        for code_of in [
            &["addi a1, a1, -16", "s32i a0, a1, 12", "or a2, a0, a0"][..],
            &["addi a1, a1, -16", "s32i a0, a1, 12", "or a2, a9, a9"],
            &["movi a9, -208", "add a1, a1, a9", "s32i a0, a1, 12"],
            &["addi a1, a1, -16", "call0 other", "s32i a0, a1, 12"],
        ] {
            let whole = [code_of, &END].concat();
            let mut function = Function::of(&whole);
            put_return_aside(&mut function);
            assert_eq!(code(&function), whole);
        }
    }

    #[test]
    fn it_stays_aside_where_the_frame_is_made_by_a_call() {
        let whole = [&["or a9, a0, a0", "call0 outlined_7", "s32i a9, a1, 0"][..], &END].concat();
        let mut function = Function::of(&whole);
        keep_return(&mut function);
        assert_eq!(code(&function), whole);
    }
}
