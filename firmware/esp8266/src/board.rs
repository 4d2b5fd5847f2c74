//! The board: what the runtime asks for, by what the chip has.

use crate::flash::Part;
use crate::gpio::{Pins, read_adc};
use crate::images::Places;
use crate::uart::{self, Receiver};
use crate::{narrow, rom};
use nano_board::{Chip, Clock};
use nano_device::Port;
use nano_lx106::cpu;

/// The ESP8266.
pub struct Esp8266 {
    pins: Pins,
    receiver: Receiver,
    places: Places,
    clock: Clock,
}

impl Esp8266 {
    /// The chip, started once more.
    pub fn new() -> Self {
        Self {
            pins: Pins::default(),
            receiver: Receiver::new(),
            places: Places,
            clock: Clock::new(cpu::cycles(), rom::cycles_per_us()),
        }
    }
}

impl Chip for Esp8266 {
    type Flash = Part;
    type Images = Places;

    const MODEL: &'static str = "esp8266";

    /// The cycle counter wraps every 53 seconds; the loop asks far more often.
    fn now_us(&mut self) -> u64 {
        self.clock.at(cpu::cycles())
    }

    fn moment(&mut self) -> u32 {
        cpu::cycles() ^ narrow::count().rotate_left(16)
    }

    fn worked(&mut self) {
        rom::feed_watchdog();
        self.receiver.collect();
        self.now_us();
    }

    fn idle(&mut self, until_us: u64) {
        // Something may have come in that a sleeping handler does not take.
        rom::feed_watchdog();
        while self.now_us() < until_us && !self.receiver.has_some() {
            rom::feed_watchdog();
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> bool {
        self.pins.set(pin, high)
    }

    fn read_pin(&mut self, pin: u32) -> Option<bool> {
        self.pins.get(pin)
    }

    fn read_adc(&mut self, channel: u32) -> Option<u32> {
        (channel == 0).then(read_adc)
    }

    fn receive(&mut self, _: Port, buffer: &mut [u8]) -> usize {
        self.receiver.take(buffer)
    }

    fn send(&mut self, _: Port, bytes: &[u8]) -> bool {
        uart::send(bytes);
        true
    }

    fn console(&mut self, text: &str) {
        uart::say(text);
    }

    fn images(&mut self) -> &mut Places {
        &mut self.places
    }

    fn restart(&mut self) {
        rom::reset()
    }
}
