//! The arithmetic battery's lines, from a Cortex-M4F.
#![no_std]
#![no_main]

use nano_mps2_an386::heap;
use nano_semihosting::{File, exit};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    heap::start();
    let Some(mut out) = File::output() else { exit(false) };
    nano_battery::run(&mut out);
    exit(true)
}
