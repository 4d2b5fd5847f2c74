//! Pins and the analogue channel, by register.

use crate::rom::{delay_us, register, set_register};

const OUT_SET: usize = 0x6000_0304;
const OUT_CLEAR: usize = 0x6000_0308;
const ENABLE_SET: usize = 0x6000_0310;
const IN: usize = 0x6000_0318;
/// Pins that a handler may use: not the UART's (1, 3), not the flash chip's (6 to 11).
const PINS: u32 = 0b1111_0000_0011_0101;
/// Function select of each such pin (register, function that makes it a plain pin).
const SELECT: [(u32, usize, u32); 8] = [
    (0, 0x6000_0834, 0),
    (2, 0x6000_0838, 0),
    (4, 0x6000_083C, 0),
    (5, 0x6000_0840, 0),
    (12, 0x6000_0804, 3),
    (13, 0x6000_0808, 3),
    (14, 0x6000_080C, 3),
    (15, 0x6000_0810, 3),
];

/// The pins.
#[derive(Default)]
pub struct Pins {
    /// Those that are driven, and how.
    driven: u32,
    high: u32,
}

impl Pins {
    fn select(pin: u32) {
        for (_, address, function) in SELECT.iter().filter(|(other, ..)| *other == pin) {
            // Bits 4, 5 and 8 are the function, bit 7 the pull-up.
            let others = register(*address) & !0x130;
            set_register(*address, others | (function & 3) << 4 | (function & 4) << 6);
        }
    }

    /// Drives a pin; `false` when there is none.
    pub fn set(&mut self, pin: u32, high: bool) -> bool {
        if pin >= 32 || PINS >> pin & 1 == 0 {
            return false;
        }
        let bit = 1 << pin;
        set_register(if high { OUT_SET } else { OUT_CLEAR }, bit);
        self.high = if high { self.high | bit } else { self.high & !bit };
        if self.driven & bit == 0 {
            Self::select(pin);
            set_register(ENABLE_SET, bit);
            self.driven |= bit;
        }
        true
    }

    /// Reads a pin: one that is driven as it is driven.
    pub fn get(&mut self, pin: u32) -> Option<bool> {
        if pin >= 32 || PINS >> pin & 1 == 0 {
            return None;
        }
        if self.driven >> pin & 1 == 1 {
            return Some(self.high >> pin & 1 == 1);
        }
        Self::select(pin);
        Some(register(IN) >> pin & 1 == 1)
    }
}

const ADC_CONTROL: usize = 0x6000_0D50;
const ADC_DATA: usize = 0x6000_0D80;

/// Reads the analogue channel, 0 to 1023. As the community knows the converter: its registers are not documented.
pub fn read_adc() -> u32 {
    set_register(ADC_CONTROL, register(ADC_CONTROL) & !2);
    set_register(ADC_CONTROL, register(ADC_CONTROL) | 2);
    for _ in 0..100 {
        if register(ADC_CONTROL) & 7 << 24 == 0 {
            break;
        }
        delay_us(1);
    }
    // Eight conversions of 11 bits.
    let sum: u32 = (0..8).map(|index| register(ADC_DATA + 4 * index) & 0x7FF).sum();
    (sum / 16).min(1023)
}
