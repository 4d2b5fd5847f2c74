//! What the programs on an MPS2 with the AN386 image share: start-up, heap, registers, console.
//!
//! The board's FPGA has no flash that survives; what is to be kept lies in a file of the host, by semihosting.
#![no_std]

extern crate alloc;

pub mod console;
pub mod cpu;
pub mod table;

use core::fmt::Write;
use core::panic::PanicInfo;
pub use nano_heap as heap;

core::arch::global_asm!(include_str!("start.S"));

/// Called by `start.S` for an exception that nothing handles: says where, and starts anew.
// SAFETY: the name is unique; `start.S` passes the exception's number and where it happened.
#[unsafe(no_mangle)]
extern "C" fn board_fault(number: u32, at: u32) -> ! {
    let _ = writeln!(console::Console, "nano: processor exception {number} at {at:#010x}; starting anew");
    cpu::reset()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(console::Console, "nano: out of memory, or a defect; starting anew: {info}");
    cpu::reset()
}
