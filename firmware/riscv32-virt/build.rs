//! Names the linker script.

fn main() {
    nano_build::link();
}
