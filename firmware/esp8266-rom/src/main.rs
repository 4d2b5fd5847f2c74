//! A stand-in for the ESP8266's boot ROM in QEMU, so that the very image that is flashed boots there.
//!
//! The flash chip is the file `flash.bin` in the folder QEMU runs in; the UART is QEMU's standard input and output. It
//! loads the image as the chip's ROM does, and serves the calls that the image makes. It is no model of the chip: the
//! registers are plain memory, and the core does not refuse what the chip's flash and instruction RAM would.
#![no_std]
#![no_main]

mod flash;
mod image;
mod uart;

use core::fmt::Write;
use core::panic::PanicInfo;
use nano_lx106::simulator::{self, Errors};

unsafe extern "C" {
    fn rom_jump(entry: u32) -> !;
    fn rom_start() -> !;
}

/// Called by `rom.S` at reset.
// SAFETY: the name is unique; `rom.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn rom_main() -> ! {
    flash::open();
    match image::load() {
        // SAFETY: the entry lies in a segment that was loaded; the image is whole.
        Ok(entry) => unsafe { rom_jump(entry) },
        Err(why) => {
            let _ = writeln!(Errors, "boot: {why}");
            simulator::exit(4)
        }
    }
}

/// `software_reset`.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
extern "C" fn rom_reset() -> ! {
    // SAFETY: the start takes no argument and no state.
    unsafe { rom_start() }
}

/// `ets_get_cpu_frequency`: MHz of the cycle counter, which is the machine's.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
extern "C" fn rom_cpu_frequency() -> u32 {
    40
}

/// Called by `rom.S` for an exception before the image has vectors of its own.
// SAFETY: the name is unique; `rom.S` passes the three registers.
#[unsafe(no_mangle)]
extern "C" fn rom_fault(cause: u32, at: u32, address: u32) -> ! {
    let _ = writeln!(Errors, "rom: exception {cause} at {at:#010x}, address {address:#010x}");
    simulator::exit(3)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(Errors, "rom: {info}");
    simulator::exit(2)
}
