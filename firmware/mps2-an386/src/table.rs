//! The board's table: `emulator/boards/mps2-an386.toml`.

include!(concat!(env!("OUT_DIR"), "/board.rs"));
