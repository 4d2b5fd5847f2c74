//! Assembles what Rust can't say for this core, or not as well.

use nano_wire::builtins::Builtin;
use nano_wire::isa::TABLE;
use nano_wire::value::{LETTERS, Value};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    fs::write(out.join("numbers.inc"), numbers()).expect("the folder can be written");
    fs::write(out.join("reciprocals.inc"), reciprocals()).expect("the folder can be written");
    println!("cargo::rerun-if-changed=function.inc");
    nano_build::assemble_library(&["cpu.S", "arithmetic.S", "quotient.S", "memory.S", "words.S", "quick.S"], "cpu");
}

/// What `quotient.S` guesses by: for the upper 16 bits of a significand, 2^30 by it. A word for each of 64 intervals: what
/// it is where that begins, and by how much it falls within it. The line through both ends is lowered so that it is wrong
/// by as much in its middle, and by half for being cut.
fn reciprocals() -> String {
    let mut text = String::from("    .section .rodata.reciprocals, \"a\", @progbits\n    .align 4\nreciprocals:\n");
    for interval in 0..64 {
        let of = |at: f64| f64::from(1 << 30) / (f64::from((1 << 15) + 512 * interval) + 512.0 * at + 0.5);
        let (from, to) = (of(0.0), of(1.0));
        let lower = (f64::midpoint(from, to) - of(0.5)) / 2.0 + 0.5;
        let (from, fall) = ((from - lower).round() as u32, (from - to).round() as u32);
        let _ = writeln!(text, "    .word {:#010x}", from << 16 | fall);
    }
    text
}

/// What `quick.S` needs of the tables: numbers of builtins, and an address for each opcode, in their order.
fn numbers() -> String {
    let source = fs::read_to_string("quick.S").expect("it is beside this file");
    for name in source.lines().filter_map(|line| line.strip_prefix("    op ")) {
        assert!(TABLE.iter().any(|shape| shape.opcode.mnemonic() == name.trim()), "quick.S: there is no opcode {name}");
    }
    let mut text = String::new();
    let builtins = [("TRUE", Builtin::True), ("FALSE", Builtin::False), ("NONE", Builtin::None)];
    let types = [("LIST_ITERATOR", Builtin::ListIteratorType)];
    for (name, builtin) in builtins.into_iter().chain(types) {
        let _ = writeln!(text, "    .equ {name}, {:#010x}", Value::builtin(builtin).0);
    }
    for (name, builtin) in [("LEN", Builtin::Len), ("MATH_PI", Builtin::MathPi)] {
        let _ = writeln!(text, "    .equ {name}, {}", builtin as u16);
    }
    let _ = writeln!(text, "    .equ IMMEDIATE, 0x80000002\n    .equ LETTER_MASK, 0xC0000003");
    let _ = writeln!(text, "    .equ LETTER, {:#010x}", LETTERS | 2);
    text += "    .macro entry name\n    .ifdef op_\\name\n    .word op_\\name\n    .else\n    .word leave\n    .endif\n    .endm\n";
    text += "    .macro ENTRIES\n";
    for shape in TABLE {
        let _ = writeln!(text, "    entry {}", shape.opcode.mnemonic());
    }
    text + "    .endm\n"
}
