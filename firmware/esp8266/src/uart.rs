//! The UART: frames in both directions, and the console's text framed among them.

use crate::rom;

/// Bytes that have come in and wait; must hold what comes while a handler runs between two looks.
const QUEUE: usize = 512;

/// What has come in.
pub struct Receiver {
    queue: [u8; QUEUE],
    from: usize,
    length: usize,
}

impl Receiver {
    /// Empty.
    pub const fn new() -> Self {
        Self { queue: [0; QUEUE], from: 0, length: 0 }
    }

    /// Takes over what the hardware's queue of 128 bytes holds. What doesn't fit is lost, and asked for again.
    pub fn collect(&mut self) {
        while self.length < QUEUE {
            let Some(byte) = rom::receive() else { return };
            if let Some(place) = self.queue.get_mut((self.from + self.length) % QUEUE) {
                *place = byte;
            }
            self.length += 1;
        }
    }

    /// Takes bytes out, as many as there are and fit.
    pub fn take(&mut self, out: &mut [u8]) -> usize {
        self.collect();
        let count = self.length.min(out.len());
        for to in out.iter_mut().take(count) {
            *to = self.queue.get(self.from).copied().unwrap_or_default();
            self.from = (self.from + 1) % QUEUE;
        }
        self.length -= count;
        count
    }

    /// Whether something waits.
    pub fn has_some(&mut self) -> bool {
        self.collect();
        self.length > 0
    }
}

/// Sends bytes as they are.
pub fn send(bytes: &[u8]) {
    for byte in bytes {
        rom::send(*byte);
    }
}

/// Sends text for whoever watches the console.
pub fn say(text: &str) {
    nano_board::say(text, send);
}
