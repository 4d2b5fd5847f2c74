//! Requests: a line of words, for a module followed by its bytes.

use alloc::vec;
use alloc::vec::Vec;
use nano_lx106::simulator;

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
    /// Capability operations.
    Caps,
    /// None of these.
    Unknown,
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
            let mut module = vec![0; bytes as usize];
            if !simulator::read_all(&mut module) {
                return None;
            }
            Request::Vm { arena: arena as usize, repeat, module }
        }
        Some("caps") => Request::Caps,
        _ => Request::Unknown,
    })
}
