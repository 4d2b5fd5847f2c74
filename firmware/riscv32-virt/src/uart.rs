//! The UART, a 16550: frames in both directions, and the console's text framed among them.

use nano_bare::{byte_register, set_byte_register};

const DATA: usize = 0x1000_0000;
const INTERRUPTS: usize = 0x1000_0001;
const QUEUE: usize = 0x1000_0002;
const STATE: usize = 0x1000_0005;

/// Turns on its queue, and the interrupt that ends a wait.
pub fn start() {
    set_byte_register(QUEUE, 1);
    set_byte_register(INTERRUPTS, 1);
}

/// A byte that has come in.
pub fn receive() -> Option<u8> {
    is_ready().then(|| byte_register(DATA))
}

/// Whether a byte has come in.
pub fn is_ready() -> bool {
    byte_register(STATE) & 1 != 0
}

/// Sends bytes as they are.
pub fn send(bytes: &[u8]) {
    for byte in bytes {
        while byte_register(STATE) & 0x20 == 0 {}
        set_byte_register(DATA, *byte);
    }
}

/// Sends text for whoever watches the console.
pub fn say(text: &str) {
    nano_board::say(text, send);
}
