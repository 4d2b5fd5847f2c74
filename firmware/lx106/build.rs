//! Assembles what Rust can't say for this core.

fn main() {
    nano_build::assemble_library(&["cpu.S", "arithmetic.S"], "cpu");
}
