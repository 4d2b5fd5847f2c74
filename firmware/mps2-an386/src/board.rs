//! The board: what the runtime asks for, by what the board has.

use crate::network::Network;
use crate::pins::Pins;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;
use nano_board::{Entropy, Store};
use nano_device::{Board, HostError, Item, ModuleHash, Port, Trace};
use nano_mps2_an386::console::Console;
use nano_mps2_an386::cpu;
use nano_semihosting::HostFlash;

/// The board.
pub struct Mps2 {
    name: String,
    time_ms: u64,
    store: Store<HostFlash>,
    entropy: Entropy,
    network: Network,
    pins: Pins,
    /// The clock: microseconds so far, and the counter when they were.
    us: u64,
    counter: u32,
}

impl Mps2 {
    /// Of its parts.
    pub fn new(name: &str, time_ms: u64, store: Store<HostFlash>, entropy: Entropy, network: Network) -> Self {
        let counter = cpu::microseconds();
        Self { name: name.into(), time_ms, store, entropy, network, pins: Pins::default(), us: 0, counter }
    }

    /// Lets the network go on, and says what changed.
    fn poll_network(&mut self) {
        let now_ms = (self.now_us() / 1000) as i64;
        if let Some(news) = self.network.poll(now_ms) {
            self.console(news);
        }
    }
}

impl Board for Mps2 {
    type Memory = Vec<u8>;

    fn name(&self) -> &str {
        &self.name
    }

    fn model(&self) -> &'static str {
        "mps2-an386"
    }

    fn now_us(&mut self) -> u64 {
        let counter = cpu::microseconds();
        self.us += u64::from(counter.wrapping_sub(self.counter));
        self.counter = counter;
        self.us
    }

    /// When it was provisioned: the high-water mark is past it, and clients bring the time.
    fn wall_ms(&mut self) -> Option<u64> {
        Some(self.time_ms)
    }

    fn instructions_per_ms(&self) -> u32 {
        1000
    }

    fn worked(&mut self, _: u64) {
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

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        if self.pins.set(pin, high) { Ok(()) } else { Err(HostError::NotFound) }
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        self.pins.get(pin).ok_or(HostError::NotFound)
    }

    /// The board has no converter.
    fn read_adc(&mut self, _: u32) -> Result<u32, HostError> {
        Err(HostError::NotFound)
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
        let (us, counter) = (self.now_us(), self.counter);
        self.network.send(bytes, || ((us + u64::from(cpu::microseconds().wrapping_sub(counter))) / 1000) as i64)
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        self.entropy.fill(buffer, cpu::microseconds());
    }

    fn load(&mut self, item: Item, buffer: &mut [u8]) -> Option<usize> {
        self.store.load(item, buffer)
    }

    fn store(&mut self, item: Item, bytes: &[u8]) -> bool {
        self.store.store(item, bytes)
    }

    fn lend(&mut self, log: u16, bytes: usize) -> Option<Vec<u8>> {
        let mut memory = vec![0; bytes];
        self.store.restore_log(log, &mut memory);
        Some(memory)
    }

    fn keep(&mut self, log: u16, offset: usize, bytes: &[u8]) -> bool {
        self.store.keep_log(log, offset, bytes)
    }

    fn keep_module(&mut self, hash: &ModuleHash, bytes: &[u8]) {
        self.store.keep_module(hash, bytes);
    }

    fn kept_module(&mut self, hash: &ModuleHash) -> Option<Vec<u8>> {
        self.store.module(hash)
    }

    fn console(&mut self, text: &str) {
        // Writing to the UART does not fail.
        let _ = Console.write_str(text);
    }

    fn trace(&mut self, _: u64, event: &Trace<'_>) {
        if matches!(event, Trace::Paired) {
            self.network.is_good();
        }
        if let Some(news) = nano_board::news(event) {
            self.console(&news);
        }
    }
}
