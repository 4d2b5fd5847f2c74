//! The machine: what the runtime asks for, by what it has.

use crate::table;
use nano_board::Chip;
use nano_device::Port;
use nano_riscv32_virt::{cpu, uart};
use nano_semihosting::HostFlash;

/// QEMU's machine.
#[derive(Default)]
pub struct Virt {
    /// The machine has no pins; what would be driven is remembered.
    pins: u32,
    images: (),
}

impl Chip for Virt {
    type Flash = HostFlash;
    type Images = ();

    const MODEL: &'static str = "riscv32-virt";

    fn now_us(&mut self) -> u64 {
        cpu::microseconds()
    }

    fn moment(&mut self) -> u32 {
        cpu::microseconds() as u32
    }

    fn idle(&mut self, until_us: u64) {
        while self.now_us() < until_us && !uart::is_ready() {
            cpu::wait();
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> bool {
        let is_there = pin < table::PINS_DIGITAL;
        if is_there {
            self.pins = self.pins & !(1 << pin) | u32::from(high) << pin;
        }
        is_there
    }

    fn read_pin(&mut self, pin: u32) -> Option<bool> {
        (pin < table::PINS_DIGITAL).then(|| self.pins >> pin & 1 == 1)
    }

    fn receive(&mut self, _: Port, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        for place in buffer {
            let Some(byte) = uart::receive() else { break };
            *place = byte;
            count += 1;
        }
        count
    }

    fn send(&mut self, _: Port, bytes: &[u8]) -> bool {
        uart::send(bytes);
        true
    }

    fn console(&mut self, text: &str) {
        uart::say(text);
    }

    fn images(&mut self) -> &mut () {
        &mut self.images
    }

    fn restart(&mut self) {
        cpu::reset()
    }
}
