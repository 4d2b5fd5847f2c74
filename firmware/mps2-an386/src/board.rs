//! The board: what the runtime asks for, by what it has.

use crate::lan9118::Lan9118;
use crate::pins::Pins;
use core::fmt::Write;
use nano_board::{Chip, Clock};
use nano_device::Port;
use nano_mps2_an386::console::Console;
use nano_mps2_an386::cpu;
use nano_net::Network;
use nano_semihosting::HostFlash;

/// The board.
pub struct Mps2 {
    network: Network<Lan9118>,
    pins: Pins,
    clock: Clock,
    images: (),
}

impl Mps2 {
    /// With its network.
    pub fn new(network: Network<Lan9118>) -> Self {
        Self { network, pins: Pins::default(), clock: Clock::new(cpu::microseconds(), 1), images: () }
    }

    /// Lets the network go on, and says what changed.
    fn poll_network(&mut self) {
        let now_ms = (self.now_us() / 1000) as i64;
        if let Some(news) = self.network.poll(now_ms) {
            self.console(news);
        }
    }
}

impl Chip for Mps2 {
    type Flash = HostFlash;
    type Images = ();

    const MODEL: &'static str = "mps2-an386";

    fn now_us(&mut self) -> u64 {
        self.clock.at(cpu::microseconds())
    }

    fn moment(&mut self) -> u32 {
        cpu::microseconds()
    }

    fn worked(&mut self) {
        self.poll_network();
    }

    fn idle(&mut self, until_us: u64) {
        loop {
            self.poll_network();
            if self.network.has_some() || self.now_us() >= until_us {
                return;
            }
            cpu::wait();
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> bool {
        self.pins.set(pin, high)
    }

    fn read_pin(&mut self, pin: u32) -> Option<bool> {
        self.pins.get(pin)
    }

    fn linked(&mut self, _: Port) -> bool {
        self.poll_network();
        self.network.is_up()
    }

    fn connections(&mut self, _: Port) -> u32 {
        self.network.connections()
    }

    fn receive(&mut self, _: Port, buffer: &mut [u8]) -> usize {
        self.network.take(buffer)
    }

    fn send(&mut self, _: Port, bytes: &[u8]) -> bool {
        let clock = &mut self.clock;
        self.network.send(bytes, || (clock.at(cpu::microseconds()) / 1000) as i64)
    }

    fn console(&mut self, text: &str) {
        // Writing to the UART does not fail.
        let _ = Console.write_str(text);
    }

    fn paired(&mut self) {
        self.network.is_good();
    }

    fn images(&mut self) -> &mut () {
        &mut self.images
    }

    fn restart(&mut self) {
        cpu::reset()
    }
}
