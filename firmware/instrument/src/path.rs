//! The whole path on a device, counted: a record is appended, its event invokes a handler, the handler drives a pin.
//!
//! The runtime is the one that every board has; the board under it costs nothing: no flash is written and no byte waits
//! for a wire, and it has no console to write a line to, so that what is counted is the runtime, the interpreter and the
//! handler.

use crate::request::Path;
use crate::stopwatch::{Moment, Part, count, count_part};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;
use nano_device::{Board, Config, DeviceId, DeviceKey, HostError, Identity, Item, Port, Runtime};
use nano_lx106::simulator::Console;
use nano_wire::link;
use nano_wire::message::operation::{Configuration, Place};
use nano_wire::message::{Chunk, Fetched, Message, ModuleHash, Offer};

const CONFIG: Config = Config { ports: 1, event_bytes: 4096, frame_bytes: 1024, ..Config::SMALL };
/// Bytes of a module in a frame, as the runtime asks for them.
const CHUNK: usize = 1016;

#[derive(Default)]
struct Bare {
    now_us: u64,
    pins: u32,
    /// When a pin was driven last.
    driven: Option<Moment>,
    incoming: &'static [u8],
}

impl Board for Bare {
    type Memory = Vec<u8>;

    fn name(&self) -> &'static str {
        "instrument"
    }
    fn model(&self) -> &'static str {
        "lx106"
    }
    fn now_us(&mut self) -> u64 {
        self.now_us
    }
    fn wall_ms(&mut self) -> Option<u64> {
        Some(1_790_000_000_000)
    }
    fn worked(&mut self, _: u64) {}
    fn idle(&mut self, until_us: u64) {
        self.now_us = until_us;
    }
    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        self.driven = Some(Moment::now());
        self.pins = if high { self.pins | 1 << (pin & 31) } else { self.pins & !(1 << (pin & 31)) };
        Ok(())
    }
    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        Ok(self.pins >> (pin & 31) & 1 == 1)
    }
    fn read_adc(&mut self, _: u32) -> Result<u32, HostError> {
        Ok(0)
    }
    fn linked(&mut self, _: Port) -> bool {
        true
    }
    fn receive(&mut self, _: Port, buffer: &mut [u8]) -> usize {
        let count = self.incoming.len().min(buffer.len());
        let (taken, left) = self.incoming.split_at(count);
        buffer[..count].copy_from_slice(taken);
        self.incoming = left;
        count
    }
    fn send(&mut self, _: Port, _: &[u8]) -> bool {
        true
    }
    fn entropy(&mut self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
    fn load(&mut self, _: Item, _: &mut [u8]) -> Option<usize> {
        None
    }
    fn store(&mut self, _: Item, _: &[u8]) -> bool {
        true
    }
    fn lend(&mut self, _: u16, bytes: usize) -> Option<Vec<u8>> {
        Some(vec![0; bytes])
    }
    fn console(&mut self, _: &str) {}
}

/// Runs it; prints what each part came to.
pub fn run(path: &Path) {
    if let Err(why) = measure(path) {
        let _ = writeln!(Console, "failed {why}");
    }
}

fn measure(path: &Path) -> Result<(), &'static str> {
    let identity = Identity { key: DeviceKey::new([7; 32]), id: DeviceId([1; 8]) };
    let (booted, boot) = count(|| Runtime::boot(Bare::default(), &identity, CONFIG));
    let mut runtime = booted.map_err(|_| "the runtime does not start")?;
    let ns = runtime.make_namespace("app").map_err(|_| "no namespace")?;
    let log = runtime.make_log(ns, "samples", 64, 64).map_err(|_| "no log")?;
    let hash = ModuleHash(nano_caps::sha256(&[&path.module]));
    let size = u32::try_from(path.module.len()).map_err(|_| "the module is too large")?;
    let configuration = Configuration {
        hash,
        size,
        memory: path.memory,
        timeout_ms: 60_000,
        every: path.every,
        place: Place::Device,
        name: "handler",
        handler: &path.handler,
    };
    runtime.configure((ns, log), &configuration).map_err(|_| "the function is refused")?;

    // Not here yet: asked for, pulled in chunks, checked, and run for the event that waits.
    let records: Vec<&str> = path.records.lines().collect();
    let (last, before) = records.split_last().ok_or("no record")?;
    let append = |runtime: &mut Runtime<Bare>, record: &str| {
        runtime.append(ns, log, record.as_bytes()).map_err(|_| "a record is refused")
    };
    for record in before {
        append(&mut runtime, record)?;
    }
    let mut fetch = 0;
    let mut step = |runtime: &mut Runtime<Bare>, message: Option<Message<'_>>| -> Result<(), &'static str> {
        if let Some(message) = message {
            let mut body = vec![0; CHUNK + 64];
            let length = message.encode(&mut body).map_err(|_| "a message is too long")?;
            let mut wire = vec![0; link::encoded_bytes(length)];
            let length =
                link::encode(message.kind() as u8, &[&body[..length]], &mut wire).map_err(|_| "a frame is too long")?;
            wire.truncate(length);
            // Nothing of it is there any more when the next one comes; a few frames are never given back.
            runtime.board_mut().incoming = wire.leak();
        }
        fetch += count_part(Part::Fetch, || while runtime.poll().busy {}).1;
        Ok(())
    };
    step(&mut runtime, None)?;
    // The runtime's first question has the number that its entropy gave it.
    let id = 0;
    let offer = Offer::Module { hash, size, memory: 0 };
    step(&mut runtime, Some(Message::Fetched(Fetched { id, offer })))?;
    let pieces: Vec<&[u8]> = path.module.chunks(CHUNK).collect();
    for (index, bytes) in pieces.iter().enumerate() {
        if index + 1 == pieces.len() {
            // The event comes before the last piece, so that what follows is the whole wait of a first event.
            append(&mut runtime, last)?;
        }
        let offset = (index * CHUNK) as u32;
        step(&mut runtime, Some(Message::Chunk(Chunk { id, offset, bytes })))?;
    }
    let _ = writeln!(Console, "boot {boot}\nfetch {fetch}");

    let event = |runtime: &mut Runtime<Bare>, part| -> Result<u64, &'static str> {
        for record in before {
            append(runtime, record)?;
        }
        runtime.board_mut().driven = None;
        let begun = Moment::now();
        let (appended, instructions) = count_part(part, || {
            let appended = append(runtime, last);
            while runtime.poll().busy {}
            appended
        });
        if let (Part::Warm, Some(driven)) = (part, runtime.board().driven) {
            let _ = writeln!(Console, "pin {}", driven.since(begun));
        }
        appended.map(|_| instructions)
    };
    event(&mut runtime, Part::Other)?;
    let warm = event(&mut runtime, Part::Warm)?;
    runtime.clear_cache();
    let cold = event(&mut runtime, Part::Cold)?;
    let stat = runtime.functions().next().ok_or("no function")?;
    let (runs, errors, peak, bytecodes) = (stat.runs, stat.errors, stat.heap_peak, stat.instructions);
    let _ = writeln!(Console, "warm {warm}\ncold {cold}\nruns {runs}\nerrors {errors}\npeak {peak}");
    let _ = writeln!(Console, "bytecodes {bytecodes}\npins {}", runtime.board().pins);
    if errors > 0 || runs < 3 { Err("the handler did not run, or failed") } else { Ok(()) }
}
