//! Requests: a line of words, for a module followed by its bytes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use nano_lx106::simulator::{self, Console};

/// Longest line.
const LINE: usize = 80;

/// What is to be measured.
pub enum Request {
    /// The interpreter.
    Vm {
        /// Bytes of the arena.
        arena: usize,
        /// Calls after the first.
        repeat: u32,
        /// The module.
        module: Vec<u8>,
    },
    /// A program, with what it prints.
    Main {
        /// Bytes of the arena.
        arena: usize,
        /// Is everything to move at every allocation?
        stress: bool,
        /// The module.
        module: Vec<u8>,
    },
    /// A collection of what a function leaves.
    Collect {
        /// The handler, which fills the arena.
        function: String,
        /// Bytes of the arena.
        arena: usize,
        /// The module.
        module: Vec<u8>,
    },
    /// Capability operations.
    Caps,
    /// The published vectors.
    Vectors,
    /// The runtime's whole path.
    Path(Path),
    /// What it was built to speak.
    Version,
    /// None of these.
    Unknown,
}

/// A function and the records of one event.
pub struct Path {
    /// `module.function`.
    pub handler: String,
    /// Bytes of its arena.
    pub memory: u32,
    /// Records of an event.
    pub every: u16,
    /// The module.
    pub module: Vec<u8>,
    /// The records, a line each.
    pub records: String,
}

/// As many bytes of the input. Says so, and ends the program, where there is no memory for them.
fn bytes(count: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(count as usize).is_err() {
        let _ = writeln!(Console, "error there is no memory for a request of {count} bytes");
        simulator::exit(4);
    }
    bytes.resize(count as usize, 0);
    simulator::read_all(&mut bytes).then_some(bytes)
}

/// The next request; `None` at the end of the input.
pub fn next() -> Option<Request> {
    let mut line = [0; LINE];
    let mut length = 0;
    loop {
        let byte = line.get_mut(length..=length)?;
        if !simulator::read_all(byte) {
            return None;
        }
        if byte == b"\n" {
            break;
        }
        length += 1;
    }
    let text = core::str::from_utf8(&line[..length]).ok()?;
    let mut words = text.split(' ');
    Some(match words.next() {
        Some("vm") => {
            let mut number = || words.next()?.parse::<u32>().ok();
            let (arena, repeat, bytes) = (number()?, number()?, number()?);
            Request::Vm { arena: arena as usize, repeat, module: self::bytes(bytes)? }
        }
        Some(kind @ ("main" | "stress")) => {
            let mut number = || words.next()?.parse::<u32>().ok();
            let (arena, bytes) = (number()?, number()?);
            Request::Main { arena: arena as usize, stress: kind == "stress", module: self::bytes(bytes)? }
        }
        Some("collect") => {
            let function = words.next()?.into();
            let mut number = || words.next()?.parse::<u32>().ok();
            let (arena, bytes) = (number()?, number()?);
            Request::Collect { function, arena: arena as usize, module: self::bytes(bytes)? }
        }
        Some("caps") => Request::Caps,
        Some("vectors") => Request::Vectors,
        Some("version") => Request::Version,
        Some("path") => {
            let handler = words.next()?.into();
            let mut number = || words.next()?.parse::<u32>().ok();
            let (memory, every, module, records) = (number()?, number()?, number()?, number()?);
            let (module, records) = (bytes(module)?, bytes(records)?);
            Request::Path(Path {
                handler,
                memory,
                every: every as u16,
                module,
                records: String::from_utf8(records).ok()?,
            })
        }
        _ => Request::Unknown,
    })
}
