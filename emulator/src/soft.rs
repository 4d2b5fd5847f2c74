//! The software board: the runtime's view of clock, pins, sensors, link and flash, none of which is there.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nano_device::{Board, HostError, Item, Port, Trace};
use nano_edge::{Edge, World};
use nano_wire::link::{Decoder, decoder_bytes};

use crate::audit;
use crate::clients::Clients;
use crate::clock::Clock;
use crate::event::{DeviceEvent, Happened, Invocation};
use crate::flash::Flash;
use crate::inbox::Inbox;
use crate::library::Library;
use crate::network::Link;
use crate::random::Random;
use crate::sensor::SensorData;
use crate::table::BoardTable;
use crate::uplink::Uplink;

/// Longest body of a frame that a device sends.
const MOST_FRAME_BYTES: usize = 64 << 10;
/// Most bytes of prints that are kept of one invocation.
const MOST_PRINTED: usize = 64 << 10;
/// Longest wait without looking around.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Told of everything that happens on a device.
pub type Sink = Arc<dyn Fn(DeviceEvent) + Send + Sync>;

/// What a software board is made of.
pub struct Parts {
    /// What its owner calls it.
    pub name: String,
    /// What it imitates.
    pub table: BoardTable,
    /// Its clock.
    pub clock: Clock,
    /// What survives a reset.
    pub flash: Flash,
    /// What comes to it.
    pub inbox: Arc<Inbox>,
    /// Who is connected to it.
    pub clients: Arc<Clients>,
    /// The way to the edge.
    pub uplink: Uplink,
    /// What that way is like.
    pub link: Link,
    /// Delays and losses.
    pub random: Random,
    /// The time of day and entropy; without one the board starts in 1970 and its entropy follows from the seed.
    pub world: Option<World>,
    /// Modules, for tracebacks.
    pub library: Arc<Library>,
    /// Who watches.
    pub sink: Sink,
    /// Where its gate's decisions are written down, if anywhere.
    pub audit: Option<Edge>,
    /// Whether its radio is on. While it is off nobody reaches the device, and what is sent to it is lost.
    pub awake: Arc<AtomicBool>,
}

/// A board that is not there.
pub struct SoftBoard {
    parts: Parts,
    pins: Vec<bool>,
    /// Whether the last write changed its pin: handlers set them over and over.
    pin_changed: bool,
    adc: BTreeMap<u32, SensorData>,
    gpio: BTreeMap<u32, SensorData>,
    buses: BTreeMap<u32, SensorData>,
    /// Takes the device's own frames apart.
    decoder: Decoder<Vec<u8>>,
    printed: String,
    last: Option<Invocation>,
    energy_uj: f64,
    linked: bool,
}

impl fmt::Debug for SoftBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftBoard").field("name", &self.parts.name).finish_non_exhaustive()
    }
}

impl SoftBoard {
    /// A board of these parts, every pin low.
    pub fn new(parts: Parts) -> Self {
        let pins = vec![false; parts.table.pins.digital as usize];
        Self {
            parts,
            pins,
            pin_changed: false,
            adc: BTreeMap::new(),
            gpio: BTreeMap::new(),
            buses: BTreeMap::new(),
            decoder: Decoder::new(vec![0; decoder_bytes(MOST_FRAME_BYTES)]),
            printed: String::new(),
            last: None,
            energy_uj: 0.0,
            linked: true,
        }
    }

    /// What an analogue channel reads from now on.
    pub fn feed_adc(&mut self, channel: u32, data: SensorData) {
        self.adc.insert(channel, data);
    }

    /// What a digital pin reads from now on.
    pub fn feed_gpio(&mut self, pin: u32, data: SensorData) {
        self.gpio.insert(pin, data);
    }

    /// What a sensor on a bus says from now on.
    pub fn feed_bus(&mut self, bus: u32, data: SensorData) {
        self.buses.insert(bus, data);
    }

    /// The pins, lowest first.
    pub fn pins(&self) -> &[bool] {
        &self.pins
    }

    /// Takes the last invocation's report.
    pub fn take_last(&mut self) -> Option<Invocation> {
        self.last.take()
    }

    /// Energy of all invocations, microjoules, estimated.
    pub fn energy_uj(&self) -> f64 {
        self.energy_uj
    }

    /// Plugs the link to the edge in, or pulls it out.
    pub fn set_linked(&mut self, linked: bool) {
        self.linked = linked;
    }

    /// What it imitates.
    pub fn table(&self) -> &BoardTable {
        &self.parts.table
    }

    fn is_awake(&self) -> bool {
        self.parts.awake.load(Ordering::Acquire)
    }

    fn send_to_edge(&mut self, bytes: &[u8]) -> bool {
        let now_us = self.now_us();
        if !self.linked(Port::EDGE) {
            return false;
        }
        for byte in bytes {
            if self.decoder.push(*byte) != Ok(true) {
                continue;
            }
            let Some(frame) = self.decoder.frame() else { continue };
            // Lost on its way: the runtime asks again.
            let Some(delay) = self.parts.link.delay(frame.body.len(), &mut self.parts.random) else { continue };
            let arrives_us = now_us.saturating_add(delay);
            self.parts.uplink.send(frame, arrives_us, &self.parts.link, &mut self.parts.random, &self.parts.inbox);
        }
        true
    }
}

impl Board for SoftBoard {
    type Memory = Vec<u8>;

    fn name(&self) -> &str {
        &self.parts.name
    }

    fn model(&self) -> &str {
        &self.parts.table.model
    }

    fn now_us(&mut self) -> u64 {
        self.parts.clock.now_us()
    }

    fn wall_ms(&mut self) -> Option<u64> {
        self.parts.world.as_ref().map(World::now_ms)
    }

    fn worked(&mut self, instructions: u64) {
        self.parts.clock.worked(self.parts.table.invocation_ns(instructions));
    }

    fn occupied_until_us(&mut self) -> Option<u64> {
        self.parts.clock.occupied_until_us()
    }

    fn idle(&mut self, until_us: u64) {
        let until_us = until_us.min(self.parts.inbox.next_us());
        if let Some(wait) = self.parts.clock.idle(until_us) {
            self.parts.inbox.wait(wait.min(LONGEST_WAIT));
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        let level = self.pins.get_mut(pin as usize).ok_or(HostError::NotFound)?;
        self.pin_changed = std::mem::replace(level, high) != high;
        Ok(())
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        match self.gpio.get_mut(&pin) {
            Some(data) => data.counts().map(|counts| counts > 0).ok_or(HostError::NotFound),
            None => self.pins.get(pin as usize).copied().ok_or(HostError::NotFound),
        }
    }

    fn read_adc(&mut self, channel: u32) -> Result<u32, HostError> {
        if channel >= self.parts.table.pins.analogue {
            return Err(HostError::NotFound);
        }
        // A channel with nothing connected reads nothing.
        Ok(self.adc.get_mut(&channel).and_then(SensorData::counts).unwrap_or(0))
    }

    fn read_sensor(&mut self, sensor: u32, reading: &mut String) -> Result<(), HostError> {
        let text = self.buses.get_mut(&sensor).and_then(SensorData::text).ok_or(HostError::NotFound)?;
        reading.push_str(text);
        Ok(())
    }

    fn linked(&mut self, port: Port) -> bool {
        if !self.is_awake() {
            return false;
        }
        if port != Port::EDGE {
            return self.parts.clients.has(port);
        }
        let now_us = self.now_us();
        self.linked && self.parts.uplink.is_there() && self.parts.link.is_up(now_us)
    }

    fn receive(&mut self, port: Port, buffer: &mut [u8]) -> usize {
        let now_us = self.now_us();
        let count = self.parts.inbox.receive(port, now_us, buffer);
        if self.is_awake() {
            return count;
        }
        while self.parts.inbox.receive(port, now_us, buffer) > 0 {}
        0
    }

    fn send(&mut self, port: Port, bytes: &[u8]) -> bool {
        if !self.is_awake() {
            return false;
        }
        if port == Port::EDGE { self.send_to_edge(bytes) } else { self.parts.clients.send(port, bytes) }
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        if let Some(world) = &self.parts.world {
            return (world.random)(buffer);
        }
        for byte in buffer {
            *byte = self.parts.random.next() as u8;
        }
    }

    fn load(&mut self, item: Item, buffer: &mut [u8]) -> Option<usize> {
        // What is there and can't be had is nothing of any length that is right: a device that took it for new would know
        // nothing of what was revoked.
        let stored = self.parts.flash.load(item).unwrap_or_else(|_| Some(vec![]))?;
        let Some(place) = buffer.get_mut(..stored.len()) else { return Some(0) };
        place.copy_from_slice(&stored);
        Some(stored.len())
    }

    fn store(&mut self, item: Item, bytes: &[u8]) -> bool {
        self.parts.flash.store(item, bytes).is_ok()
    }

    fn lend(&mut self, _log: u16, bytes: usize) -> Option<Vec<u8>> {
        // The runtime keeps to the board's table.
        Some(vec![0; bytes])
    }

    fn console(&mut self, text: &str) {
        if self.printed.len() + text.len() <= MOST_PRINTED {
            self.printed.push_str(text);
        }
    }

    fn trace(&mut self, at_us: u64, event: &Trace<'_>) {
        if let Some(edge) = &self.parts.audit {
            audit::record(edge.audit(), &self.parts.name, event);
        }
        if matches!(event, Trace::Pin { .. }) && !self.pin_changed {
            return;
        }
        let what = if let Trace::Finished(report) = event {
            let logs = std::mem::take(&mut self.printed);
            let invocation = Invocation::new(report, logs, &self.parts.table, &self.parts.library);
            self.energy_uj += invocation.energy_uj;
            self.last = Some(invocation.clone());
            Happened::Invocation(Box::new(invocation))
        } else {
            Happened::of(event, &self.parts.library)
        };
        (self.parts.sink)(DeviceEvent { device: self.parts.name.clone(), at_us, what });
    }
}
