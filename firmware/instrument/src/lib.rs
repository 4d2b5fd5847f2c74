//! Measures on the lx106 core, in the simulator: what its programs share.
//!
//! Start-up is in `start.S`, which calls `instrument_main` of the program. Not a board: no link, no pins, no flash.
#![no_std]

use core::fmt::Write;
use core::panic::PanicInfo;
use nano_lx106::simulator::{self, Console};

/// Called by `start.S` for an exception of the processor.
// SAFETY: the name is unique; `start.S` passes the three registers.
#[unsafe(no_mangle)]
extern "C" fn instrument_fault(cause: u32, at: u32, address: u32) -> ! {
    let _ = writeln!(Console, "error processor exception {cause} at {at:#010x}, address {address:#010x}");
    simulator::exit(3)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(Console, "error {info}");
    simulator::exit(2)
}
