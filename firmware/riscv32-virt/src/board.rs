//! The board: what the runtime asks for, by what the machine has.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nano_board::{Entropy, Store};
use nano_device::{Board, HostError, Item, ModuleHash, Port, Trace};
use nano_riscv32_virt::{cpu, uart};
use nano_semihosting::HostFlash;

/// Pins that are remembered.
const PINS: u32 = 22;

/// The board.
pub struct Virt {
    name: String,
    time_ms: u64,
    store: Store<HostFlash>,
    entropy: Entropy,
    /// The machine has no pins; what would be driven is remembered.
    pins: u32,
}

impl Virt {
    /// Of its parts.
    pub fn new(name: &str, time_ms: u64, store: Store<HostFlash>, entropy: Entropy) -> Self {
        Self { name: name.into(), time_ms, store, entropy, pins: 0 }
    }
}

impl Board for Virt {
    type Memory = Vec<u8>;

    fn name(&self) -> &str {
        &self.name
    }

    fn model(&self) -> &'static str {
        "riscv32-virt"
    }

    fn now_us(&mut self) -> u64 {
        cpu::microseconds()
    }

    /// When it was provisioned: the high-water mark is past it, and clients bring the time.
    fn wall_ms(&mut self) -> Option<u64> {
        Some(self.time_ms)
    }

    fn instructions_per_ms(&self) -> u32 {
        1000
    }

    fn worked(&mut self, _: u64) {}

    fn idle(&mut self, until_us: u64) {
        while self.now_us() < until_us && !uart::is_ready() {
            cpu::wait();
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        if pin >= PINS {
            return Err(HostError::NotFound);
        }
        self.pins = self.pins & !(1 << pin) | u32::from(high) << pin;
        Ok(())
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        if pin < PINS { Ok(self.pins >> pin & 1 == 1) } else { Err(HostError::NotFound) }
    }

    fn read_adc(&mut self, _: u32) -> Result<u32, HostError> {
        Err(HostError::NotFound)
    }

    fn linked(&mut self, _: Port) -> bool {
        // A wire says nothing about who is at its other end.
        true
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

    fn entropy(&mut self, buffer: &mut [u8]) {
        self.entropy.fill(buffer, cpu::microseconds() as u32);
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
        uart::say(text);
    }

    fn trace(&mut self, _: u64, event: &Trace<'_>) {
        if let Some(news) = nano_board::news(event) {
            uart::say(&news);
        }
    }
}
