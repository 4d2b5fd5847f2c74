//! The board: what the runtime asks for, by what the chip has.

use crate::flash::{self, Flash, Part};
use crate::gpio::{Pins, read_adc};
use crate::uart::{self, Receiver};
use crate::{narrow, rom};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nano_board::{Entropy, Store};
use nano_device::{Board, HostError, Item, ModuleHash, Port, Trace};
use nano_lx106::cpu;

/// The ESP8266.
pub struct Esp8266 {
    name: String,
    time_ms: u64,
    store: Store<Part>,
    pins: Pins,
    receiver: Receiver,
    /// The clock: ticks counted so far, and the counter when they were.
    ticks: u64,
    counter: u32,
    ticks_per_us: u32,
    entropy: Entropy,
}

impl Esp8266 {
    /// The board, started once more; `None` when its flash can't be written.
    pub fn new(flash: Flash, name: &str, time_ms: u64, key: &[u8; 32]) -> Option<Self> {
        let mut store = Store::open(flash.kept())?;
        let entropy = Entropy::new(key, store.count_boot(), cpu::cycles());
        Some(Self {
            name: name.into(),
            time_ms,
            store,
            pins: Pins::default(),
            receiver: Receiver::new(),
            ticks: 0,
            counter: cpu::cycles(),
            ticks_per_us: rom::cycles_per_us(),
            entropy,
        })
    }
}

impl Board for Esp8266 {
    type Memory = Vec<u8>;

    fn name(&self) -> &str {
        &self.name
    }

    fn model(&self) -> &'static str {
        "esp8266"
    }

    /// The cycle counter wraps every 53 seconds; the loop asks far more often.
    fn now_us(&mut self) -> u64 {
        let counter = cpu::cycles();
        self.ticks += u64::from(counter.wrapping_sub(self.counter));
        self.counter = counter;
        self.ticks / u64::from(self.ticks_per_us)
    }

    /// When it was flashed: the high-water mark is past it, and clients bring the time.
    fn wall_ms(&mut self) -> Option<u64> {
        Some(self.time_ms)
    }

    fn instructions_per_ms(&self) -> u32 {
        1000
    }

    fn worked(&mut self, _: u64) {
        rom::feed_watchdog();
        self.receiver.collect();
        self.now_us();
    }

    fn idle(&mut self, until_us: u64) {
        while self.now_us() < until_us && !self.receiver.has_some() {
            rom::feed_watchdog();
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        if self.pins.set(pin, high) { Ok(()) } else { Err(HostError::NotFound) }
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        self.pins.get(pin).ok_or(HostError::NotFound)
    }

    fn read_adc(&mut self, channel: u32) -> Result<u32, HostError> {
        if channel == 0 { Ok(read_adc()) } else { Err(HostError::NotFound) }
    }

    fn linked(&mut self, _: Port) -> bool {
        // A wire says nothing about who is at its other end.
        true
    }

    fn receive(&mut self, _: Port, buffer: &mut [u8]) -> usize {
        self.receiver.take(buffer)
    }

    fn send(&mut self, _: Port, bytes: &[u8]) -> bool {
        uart::send(bytes);
        true
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        self.entropy.fill(buffer, cpu::cycles() ^ narrow::count().rotate_left(16));
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

    fn firmware_room(&mut self) -> u32 {
        flash::room()
    }

    fn firmware_crc(&mut self) -> u32 {
        flash::image_crc(0)
    }

    fn write_firmware(&mut self, offset: u32, bytes: &[u8]) -> bool {
        flash::write_image(offset, bytes)
    }

    fn read_firmware(&mut self, offset: u32, buffer: &mut [u8]) -> bool {
        flash::read_image(offset, buffer)
    }

    fn try_firmware(&mut self) -> bool {
        flash::try_image()
    }

    fn is_on_trial(&mut self) -> bool {
        flash::is_on_trial()
    }

    fn keep_firmware(&mut self) -> bool {
        flash::keep_image()
    }

    fn restart(&mut self) {
        rom::reset()
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
