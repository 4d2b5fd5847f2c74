//! The console: UART 0, text as it is.

use core::fmt;
use nano_bare::{register, set_register};

const DATA: usize = 0x4000_4000;
const STATE: usize = 0x4000_4004;
const CONTROL: usize = 0x4000_4008;
const DIVIDER: usize = 0x4000_4010;

/// Turns it on: 25 MHz / 217 = 115,200 baud.
pub fn start() {
    set_register(DIVIDER, 217);
    set_register(CONTROL, 1);
}

/// Where text goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            while register(STATE) & 1 != 0 {}
            set_register(DATA, u32::from(byte));
        }
        Ok(())
    }
}
