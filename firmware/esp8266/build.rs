//! Assembles the start-up and names the linker script.

fn main() {
    nano_build::assemble("start.S");
    nano_build::link();
}
