//! Derives memory and constants from the board's table, and names the linker script.

fn main() {
    let board = nano_build::board("mps2-an386");
    nano_build::write("board.rs", &(board.constants(&["flash", "pins", "processor", "ram"]) + &board.config()));
    nano_build::write("memory.ld", &board.memory());
    nano_build::link();
}
