//! What a board must offer. Everything above it is the same on every board.

use crate::trace::Trace;
use alloc::string::String;
use alloc::vec::Vec;
use nano_vm::HostError;
use nano_wire::message::ModuleHash;

/// A place where frames come in and go out. Port 0 is the way to the edge; the others are for clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(pub u8);

impl Port {
    /// The way to the edge.
    pub const EDGE: Self = Self(0);
}

/// What survives a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// The high-water mark of sequence numbers: 8 bytes, written at most once a minute and before a reset that is meant.
    HighWater,
    /// Epoch, generations and revocations ([`nano_caps::KeyRing::state`]). No secret.
    KeyRing,
    /// Namespaces, logs and their handles.
    Objects,
    /// Functions and the hashes of their modules.
    Functions,
}

impl Item {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::HighWater, Self::KeyRing, Self::Objects, Self::Functions];
}

/// A board: clock, pins, memory, link. The runtime asks for nothing else, so the same answers give the same run.
pub trait Board {
    /// Memory for a log's records; goes back to the board when dropped.
    type Memory: AsRef<[u8]> + AsMut<[u8]>;

    /// What its owner calls this device.
    fn name(&self) -> &str;

    /// What kind of board it is (`esp8266`, ..).
    fn model(&self) -> &str;

    /// Time since it was switched on, microseconds. Never runs back.
    fn now_us(&mut self) -> u64;

    /// The time of day, unix ms, if the board knows it when it starts.
    fn wall_ms(&mut self) -> Option<u64>;

    /// The VM has executed this many instructions since the last call. An emulated board lets time pass.
    fn worked(&mut self, instructions: u64);

    /// Until when an emulated processor is at work on what it has been told by [`Board::worked`], where its clock is
    /// ahead of the world's, microseconds. The next handler waits for that; requests are served meanwhile. On a
    /// processor that is there, work takes its time by itself.
    fn occupied_until_us(&mut self) -> Option<u64> {
        None
    }

    /// Nothing is to be done until `until_us`, or until something comes in. `u64::MAX`: for ever.
    fn idle(&mut self, until_us: u64);

    /// Drives an output pin.
    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError>;

    /// Reads a digital pin.
    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError>;

    /// Reads an analogue channel, raw counts.
    fn read_adc(&mut self, channel: u32) -> Result<u32, HostError>;

    /// Reads a sensor that says more than a number: its reading as JSON, put behind what is in `reading`.
    fn read_sensor(&mut self, sensor: u32, reading: &mut String) -> Result<(), HostError> {
        let _ = (sensor, reading);
        Err(HostError::Unsupported)
    }

    /// Whether there is anybody at the other end of the port. Where the board can't tell, it says yes.
    fn linked(&mut self, port: Port) -> bool;

    /// Counts the connections of the port, where there is one after the other: what the other end has proved on one holds
    /// for that one alone.
    fn connections(&mut self, port: Port) -> u32 {
        let _ = port;
        0
    }

    /// Takes bytes that have come in, as many as there are and fit; 0 when there are none.
    fn receive(&mut self, port: Port, buffer: &mut [u8]) -> usize;

    /// Sends bytes, all of them or (`false`) none.
    fn send(&mut self, port: Port, bytes: &[u8]) -> bool;

    /// Fills a buffer from the board's source of entropy.
    fn entropy(&mut self, buffer: &mut [u8]);

    /// Copies what was last stored into `buffer`; its length, 0 where it can't be read, `None` when nothing was.
    fn load(&mut self, item: Item, buffer: &mut [u8]) -> Option<usize>;

    /// Stores bytes so that they survive a reset; `true` only when they do. An earlier content is whole until then.
    fn store(&mut self, item: Item, bytes: &[u8]) -> bool;

    /// Lends memory for the log with this handle. Where the board keeps it over a reset, it lends the same again.
    fn lend(&mut self, log: u16, bytes: usize) -> Option<Self::Memory>;

    /// Bytes of a log's memory have changed, from this offset on; `true` only when they survive a reset. A record counts as
    /// appended, and is acknowledged, after that. Where the memory survives by itself, or logs don't survive at all, there
    /// is nothing to do.
    fn keep(&mut self, log: u16, offset: usize, bytes: &[u8]) -> bool {
        let _ = (log, offset, bytes);
        true
    }

    /// A module that a function was installed with. A board that can keep it over a reset spares the edge the question.
    fn keep_module(&mut self, hash: &ModuleHash, bytes: &[u8]) {
        let _ = (hash, bytes);
    }

    /// The bytes that were kept of a module, `None` when they weren't. The runtime checks their hash.
    fn kept_module(&mut self, hash: &ModuleHash) -> Option<Vec<u8>> {
        let _ = hash;
        None
    }

    /// There are no other logs and modules than these: what is kept of others takes room for nothing. Asked at each start,
    /// since what was given up may be there again after a power cut, and when a log or a module goes.
    fn keep_only(&mut self, is_log: &dyn Fn(u16) -> bool, is_module: &dyn Fn(&ModuleHash) -> bool) {
        let _ = (is_log, is_module);
    }

    /// Bytes that the place for another firmware takes; 0 where there is none, as on a board whose flash holds one image.
    fn firmware_room(&mut self) -> u32 {
        0
    }

    /// CRC-32 (IEEE 802.3) of the firmware that runs; 0 where that is no image.
    fn firmware_crc(&mut self) -> u32 {
        0
    }

    /// Writes bytes of the firmware that is to come, whole words but at its end, in order from 0 on; `true` only when
    /// they are there. The one that runs is not touched.
    fn write_firmware(&mut self, offset: u32, bytes: &[u8]) -> bool {
        let _ = (offset, bytes);
        false
    }

    /// Reads what [`Board::write_firmware`] wrote, at a multiple of 4.
    fn read_firmware(&mut self, offset: u32, buffer: &mut [u8]) -> bool {
        let _ = (offset, buffer);
        false
    }

    /// The firmware that was written runs from the next start on, on trial: unless [`Board::keep_firmware`] is called, it
    /// is left for the one that runs now. `false` where it is none for this board, or that can't be noted.
    fn try_firmware(&mut self) -> bool {
        false
    }

    /// Whether the firmware that runs is on trial.
    fn is_on_trial(&mut self) -> bool {
        false
    }

    /// It does: it stays. `false` where that can't be noted.
    fn keep_firmware(&mut self) -> bool {
        true
    }

    /// Starts anew. It returns only where the board can't.
    fn restart(&mut self) {}

    /// Text that a handler prints for whoever watches the console, in pieces; a line ends with `\n`. What became of an
    /// event is no text yet when the board is told ([`Trace::Finished`]): one that has a console writes it there.
    fn console(&mut self, text: &str);

    /// Something happened. For whoever watches; a board may ignore it.
    fn trace(&mut self, at_us: u64, event: &Trace<'_>) {
        let _ = (at_us, event);
    }
}
