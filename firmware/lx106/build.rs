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
    nano_build::assemble_library(&["cpu.S", "arithmetic.S", "memory.S", "quick.S"], "cpu");
}

/// What `quick.S` needs of the tables: numbers of builtins, and an address for each opcode, in their order.
fn numbers() -> String {
    let source = fs::read_to_string("quick.S").expect("it is beside this file");
    for name in source.lines().filter_map(|line| line.strip_prefix("    op ")) {
        assert!(TABLE.iter().any(|shape| shape.mnemonic == name.trim()), "quick.S: there is no opcode {name}");
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
        let _ = writeln!(text, "    entry {}", shape.mnemonic);
    }
    text + "    .endm\n"
}
