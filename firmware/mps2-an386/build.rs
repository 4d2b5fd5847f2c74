//! Derives memory and constants from the board's table, and names the linker script.

fn main() {
    nano_build::bare();
}
