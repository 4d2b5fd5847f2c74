//! The board: what the runtime asks for, by what it has.

use crate::console::{self, Console};
use crate::lan9118::Lan9118;
use crate::pins::Pins;
use crate::{cpu, table};
use core::fmt::Write;
use core::panic::PanicInfo;
use nano_bare::{Machine, cortex_m};
use nano_board::{Chip, Clock, Entropy};
use nano_device::provision::Stored;
use nano_device::{Config, Hello, Port};
use nano_net::{Network, edge_address};
use nano_semihosting::HostFlash;

/// The board.
pub struct Mps2 {
    network: Network<Lan9118>,
    pins: Pins,
    clock: Clock,
    images: (),
}

impl Mps2 {
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

    const MODEL: &'static str = table::MODEL;

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
        Self::say(text);
    }

    fn paired(&mut self) {
        self.network.is_good();
    }

    fn images(&mut self) -> &mut () {
        &mut self.images
    }

    fn restart(&mut self) {
        cortex_m::reset()
    }
}

impl Machine for Mps2 {
    const CONFIG: Config = table::CONFIG;

    fn start() {
        console::start();
        cpu::start_clocks();
    }

    fn counter() -> u32 {
        cpu::microseconds()
    }

    fn wait() {
        cpu::wait();
    }

    fn say(text: &str) {
        // Writing to the UART does not fail.
        let _ = Console.write_str(text);
    }

    fn reset() -> ! {
        cortex_m::reset()
    }

    fn open_flash(sector: &mut [u8]) -> Result<HostFlash, &'static str> {
        HostFlash::open(table::FLASH_PROVISION, sector, table::FLASH_KEPT, table::FLASH_KEPT_SECTORS)
    }

    fn make(provision: &Stored<'_>, entropy: &mut Entropy) -> Result<Self, &'static str> {
        let edge = edge_address(provision.network().edge)
            .ok_or("it was not told where its edge is: an IPv4 address and a port")?;
        // Locally administered, and the device's own.
        let [a, b, c, d, e, ..] = provision.id;
        let address = [2, a, b, c, d, e];
        let ethernet = Lan9118::start(address).ok_or("its Ethernet does not start")?;
        let mut seed = [0; 8];
        entropy.fill(&mut seed, cpu::microseconds());
        let hello = Hello { name: provision.name, board: Self::MODEL, version: env!("CARGO_PKG_VERSION") };
        let network = Network::new(ethernet, address, edge, &hello, u64::from_le_bytes(seed));
        Ok(Self { network, pins: Pins::default(), clock: Clock::new(cpu::microseconds(), 1), images: () })
    }

    fn say_defect(info: &PanicInfo<'_>) {
        let _ = writeln!(Console, "nano: out of memory, or a defect; starting anew: {info}");
    }
}
