//! Pins: the four GPIO ports of the CMSDK, 16 pins each (ARM's DDI 0479, 3.1).

use crate::table;
use nano_bare::{register, set_register};

const PORTS: usize = 0x4001_0000;
const PORT_BYTES: usize = 0x1000;
const DATA: usize = 0x00;
const OUT: usize = 0x04;
const ENABLE_SET: usize = 0x10;
const PINS: u32 = table::PINS_DIGITAL;
const PINS_A_PORT: u32 = 16;

/// The pins.
#[derive(Debug, Default)]
pub struct Pins {
    /// Those that are driven, and how.
    driven: u64,
    high: u64,
}

impl Pins {
    /// Drives a pin; `false` when there is none.
    pub fn set(&mut self, pin: u32, high: bool) -> bool {
        if pin >= PINS {
            return false;
        }
        let bit = 1 << pin;
        self.high = if high { self.high | bit } else { self.high & !bit };
        self.driven |= bit;
        let port = pin / PINS_A_PORT;
        let base = PORTS + port as usize * PORT_BYTES;
        set_register(base + OUT, (self.high >> (port * PINS_A_PORT)) as u32 & 0xFFFF);
        set_register(base + ENABLE_SET, 1 << (pin % PINS_A_PORT));
        true
    }

    /// Reads a pin: one that is driven as it is driven.
    pub fn get(&mut self, pin: u32) -> Option<bool> {
        if pin >= PINS {
            return None;
        }
        if self.driven >> pin & 1 == 1 {
            return Some(self.high >> pin & 1 == 1);
        }
        let base = PORTS + (pin / PINS_A_PORT) as usize * PORT_BYTES;
        Some(register(base + DATA) >> (pin % PINS_A_PORT) & 1 == 1)
    }
}
