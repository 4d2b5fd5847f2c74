//! Assembles the start-up and names the linker script.

fn main() {
    nano_build::write("board.rs", &nano_build::board("esp8266").constants(&["flash"]));
    nano_build::assemble("rom.S");
    nano_build::link();
}
