//! What the programs on QEMU's RISC-V machine share: start-up, heap, registers, UART.
#![no_std]

extern crate alloc;

pub mod cpu;
pub mod uart;

use alloc::format;
use core::panic::PanicInfo;
pub use nano_heap as heap;

core::arch::global_asm!(include_str!("start.S"));

/// Called by `start.S` for an exception: says where, and starts anew.
// SAFETY: the name is unique; `start.S` passes the three registers, on a stack that is not used any more.
#[unsafe(no_mangle)]
extern "C" fn board_fault(cause: u32, at: u32, value: u32) -> ! {
    uart::say(&format!("nano: processor exception {cause} at {at:#010x}, {value:#010x}; starting anew\n"));
    cpu::reset()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    uart::say("nano: out of memory, or a defect; starting anew\n");
    cpu::reset()
}
