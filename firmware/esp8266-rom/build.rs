//! Assembles the start-up and names the linker script.

fn main() {
    nano_build::assemble("rom.S");
    nano_build::link();
}
