//! The board that every chip becomes: name, store and entropy are ours, the rest is the chip's.

use crate::{Entropy, Store, news};
use alloc::string::String;
use alloc::vec::Vec;
use nano_device::provision::Stored;
use nano_device::{Board, DeviceId, DeviceKey, HostError, Identity, Item, ModuleHash, Port, Runtime, Trace};
use nano_keep::Nor;

/// What differs from chip to chip. The runtime's own [`Board`] says more of each.
pub trait Chip {
    /// Where it is kept what survives a reset.
    type Flash: Nor;
    /// Where another firmware goes; `()` where nowhere.
    type Images: Images;
    /// What kind of board it is.
    const MODEL: &'static str;

    /// Time since it was switched on, microseconds. Never runs back.
    fn now_us(&mut self) -> u64;
    /// What differs from use to use, for entropy: a counter of cycles, or a generator's number.
    fn moment(&mut self) -> u32;
    /// A handler has run for a while: what must not wait longer is done.
    fn worked(&mut self) {}
    /// Nothing is to be done until then, or until something comes in.
    fn idle(&mut self, until_us: u64);
    /// Drives an output pin; `false` where there is none.
    fn set_pin(&mut self, pin: u32, high: bool) -> bool {
        let _ = (pin, high);
        false
    }
    /// Reads a digital pin.
    fn read_pin(&mut self, pin: u32) -> Option<bool> {
        let _ = pin;
        None
    }
    /// Reads an analogue channel, raw counts.
    fn read_adc(&mut self, channel: u32) -> Option<u32> {
        let _ = channel;
        None
    }
    /// Whether there is anybody at the other end. A wire says nothing about that.
    fn linked(&mut self, port: Port) -> bool {
        let _ = port;
        true
    }
    /// Counts the connections of a port.
    fn connections(&mut self, port: Port) -> u32 {
        let _ = port;
        0
    }
    /// Takes bytes that have come in.
    fn receive(&mut self, port: Port, buffer: &mut [u8]) -> usize;
    /// Sends bytes, all or none.
    fn send(&mut self, port: Port, bytes: &[u8]) -> bool;
    /// Text for whoever watches.
    fn console(&mut self, text: &str);
    /// The edge has proved itself.
    fn paired(&mut self) {}
    /// Where another firmware goes.
    fn images(&mut self) -> &mut Self::Images;
    /// Starts anew.
    fn restart(&mut self);
}

/// The places of a chip's firmware: as [`Board`] has them.
pub trait Images {
    /// Bytes that the other place takes.
    fn room(&mut self) -> u32;
    /// CRC-32 of the one that runs.
    fn crc(&mut self) -> u32;
    /// Writes bytes of the one that is to come.
    fn write(&mut self, offset: u32, bytes: &[u8]) -> bool;
    /// Reads them.
    fn read(&mut self, offset: u32, buffer: &mut [u8]) -> bool;
    /// It runs from the next start on, on trial.
    fn set_on_trial(&mut self) -> bool;
    /// Whether the one that runs is on trial.
    fn is_on_trial(&mut self) -> bool;
    /// It stays.
    fn keep(&mut self) -> bool;
}

/// A flash that holds one firmware.
impl Images for () {
    fn room(&mut self) -> u32 {
        0
    }
    fn crc(&mut self) -> u32 {
        0
    }
    fn write(&mut self, _: u32, _: &[u8]) -> bool {
        false
    }
    fn read(&mut self, _: u32, _: &mut [u8]) -> bool {
        false
    }
    fn set_on_trial(&mut self) -> bool {
        false
    }
    fn is_on_trial(&mut self) -> bool {
        false
    }
    fn keep(&mut self) -> bool {
        true
    }
}

/// A chip with all that the runtime asks of a board.
pub struct Whole<C: Chip> {
    name: String,
    time_ms: u64,
    store: Store<C::Flash>,
    entropy: Entropy,
    chip: C,
}

impl<C: Chip> Whole<C> {
    /// Of what it was told, what it keeps, and the chip.
    pub fn new(provision: &Stored<'_>, store: Store<C::Flash>, entropy: Entropy, chip: C) -> Self {
        Self { name: provision.name.into(), time_ms: provision.time_ms, store, entropy, chip }
    }

    /// Starts the runtime on it, with the samplers it was told of; else says what is wrong.
    #[inline(never)]
    pub fn boot(self, provision: &Stored<'_>, config: nano_device::Config) -> Result<Runtime<Self>, &'static str> {
        let identity = Identity { key: DeviceKey::new(provision.key), id: DeviceId(provision.id) };
        let runtime = Runtime::boot(self, &identity, config);
        let mut runtime = runtime.map_err(|_| "what it keeps can't be read, or its flash can't be written any more")?;
        crate::sample(&mut runtime, provision);
        Ok(runtime)
    }
}

fn found<T>(what: Option<T>) -> Result<T, HostError> {
    what.ok_or(HostError::NotFound)
}

impl<C: Chip> Board for Whole<C> {
    type Memory = Vec<u8>;

    fn name(&self) -> &str {
        &self.name
    }

    fn model(&self) -> &'static str {
        C::MODEL
    }

    fn now_us(&mut self) -> u64 {
        self.chip.now_us()
    }

    /// When it was provisioned: the high-water mark is past it, and clients bring the time.
    fn wall_ms(&mut self) -> Option<u64> {
        Some(self.time_ms)
    }

    fn worked(&mut self, _: u64) {
        self.chip.worked();
    }

    fn idle(&mut self, until_us: u64) {
        self.chip.idle(until_us);
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        found(self.chip.set_pin(pin, high).then_some(()))
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        found(self.chip.read_pin(pin))
    }

    fn read_adc(&mut self, channel: u32) -> Result<u32, HostError> {
        found(self.chip.read_adc(channel))
    }

    fn linked(&mut self, port: Port) -> bool {
        self.chip.linked(port)
    }

    fn connections(&mut self, port: Port) -> u32 {
        self.chip.connections(port)
    }

    fn receive(&mut self, port: Port, buffer: &mut [u8]) -> usize {
        self.chip.receive(port, buffer)
    }

    fn send(&mut self, port: Port, bytes: &[u8]) -> bool {
        self.chip.send(port, bytes)
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        let moment = self.chip.moment();
        self.entropy.fill(buffer, moment);
    }

    fn load(&mut self, item: Item, buffer: &mut [u8]) -> Option<usize> {
        self.store.load(item, buffer)
    }

    fn store(&mut self, item: Item, bytes: &[u8]) -> bool {
        self.store.store(item, bytes)
    }

    fn lend(&mut self, log: u16, bytes: usize) -> Option<Vec<u8>> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(bytes).ok()?;
        memory.resize(bytes, 0);
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

    fn keep_only(&mut self, is_log: &dyn Fn(u16) -> bool, is_module: &dyn Fn(&ModuleHash) -> bool) {
        self.store.keep_only(is_log, is_module);
    }

    fn firmware_room(&mut self) -> u32 {
        self.chip.images().room()
    }

    fn firmware_crc(&mut self) -> u32 {
        self.chip.images().crc()
    }

    fn write_firmware(&mut self, offset: u32, bytes: &[u8]) -> bool {
        self.chip.images().write(offset, bytes)
    }

    fn read_firmware(&mut self, offset: u32, buffer: &mut [u8]) -> bool {
        self.chip.images().read(offset, buffer)
    }

    fn try_firmware(&mut self) -> bool {
        self.chip.images().set_on_trial()
    }

    fn is_on_trial(&mut self) -> bool {
        self.chip.images().is_on_trial()
    }

    fn keep_firmware(&mut self) -> bool {
        self.chip.images().keep()
    }

    fn restart(&mut self) {
        self.chip.restart();
    }

    fn console(&mut self, text: &str) {
        self.chip.console(text);
    }

    fn trace(&mut self, _: u64, event: &Trace<'_>) {
        if matches!(event, Trace::Paired) {
            self.chip.paired();
        }
        if let Some(news) = news(event) {
            self.chip.console(&news);
        }
    }
}
