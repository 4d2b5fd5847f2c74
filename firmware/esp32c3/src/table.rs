//! The board's table: `emulator/boards/esp32c3.toml`.

include!(concat!(env!("OUT_DIR"), "/board.rs"));
