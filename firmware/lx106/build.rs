//! Assembles what Rust can't say for this core, or not as well.

fn main() {
    nano_build::assemble_library(&["cpu.S", "arithmetic.S", "memory.S"], "cpu");
}
