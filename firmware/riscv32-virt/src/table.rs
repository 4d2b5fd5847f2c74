//! The board's table: `emulator/boards/riscv32-virt.toml`.

include!(concat!(env!("OUT_DIR"), "/board.rs"));
