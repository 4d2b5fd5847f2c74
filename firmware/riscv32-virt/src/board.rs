//! The machine: what the runtime asks for, by what it has.

use crate::{cpu, table, uart};
use nano_bare::Machine;
use nano_board::{Chip, Entropy};
use nano_device::provision::Stored;
use nano_device::{Config, Port};
use nano_semihosting::HostFlash;

/// QEMU's machine.
#[derive(Debug, Default)]
pub struct Virt {
    /// The machine has no pins; what would be driven is remembered.
    pins: u32,
    images: (),
}

impl Chip for Virt {
    type Flash = HostFlash;
    type Images = ();

    const MODEL: &'static str = table::MODEL;

    fn now_us(&mut self) -> u64 {
        cpu::microseconds()
    }

    fn moment(&mut self) -> u32 {
        Self::counter()
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
        nano_board::take(buffer, uart::receive)
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

impl Machine for Virt {
    const CONFIG: Config = table::CONFIG;

    fn start() {
        uart::start();
        cpu::start_interrupts();
    }

    fn counter() -> u32 {
        cpu::microseconds() as u32
    }

    fn wait() {
        cpu::wait();
    }

    fn say(text: &str) {
        uart::say(text);
    }

    fn reset() -> ! {
        cpu::reset()
    }

    fn open_flash(sector: &mut [u8]) -> Result<HostFlash, &'static str> {
        HostFlash::open(table::FLASH_PROVISION, sector, table::FLASH_KEPT, table::FLASH_KEPT_SECTORS)
    }

    fn make(_: &Stored<'_>, _: &mut Entropy) -> Result<Self, &'static str> {
        Ok(Self::default())
    }
}
