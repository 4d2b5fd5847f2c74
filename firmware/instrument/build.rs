//! Assembles the start-up and the marks of profiles, and names the linker script.

fn main() {
    nano_build::assemble("start.S");
    nano_build::assemble("mark.S");
    nano_build::link();
}
