//! The arithmetic battery's lines, from the lx106 core.
#![no_std]
#![no_main]

use nano_instrument as _;
use nano_lx106::heap;
use nano_lx106::simulator::{self, Console};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn instrument_main() -> ! {
    heap::start();
    nano_battery::run(&mut Console);
    simulator::exit(0)
}
