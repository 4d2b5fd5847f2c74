//! QEMU's RISC-V machine: the device's runtime on the kind of core that an ESP32-C3 has.
//!
//! No board that one can buy: it shows that the runtime runs on this core, bit for bit as elsewhere.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod table;

use alloc::vec;
use board::Virt;
use core::convert::Infallible;
use nano_board::{Chip, Entropy, Store, Whole, halt, image_crc, introduction};
use nano_device::provision::{MOST_BYTES, Stored};
use nano_riscv32_virt::{cpu, heap, uart};
use nano_semihosting::{HostFlash, open_flash};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    heap::start();
    uart::start();
    cpu::start_interrupts();
    let Err(why) = run();
    halt(why, uart::say, cpu::wait)
}

/// Runs until it starts anew; or why it can't.
fn run() -> Result<Infallible, &'static str> {
    let mut sector = vec![0; MOST_BYTES];
    let file = open_flash(table::FLASH_PROVISION, &mut sector)?;
    let provision = Stored::decode(&sector).map_err(|_| "this board has no name and no key")?;
    uart::say(&introduction(Virt::MODEL, image(), &provision));
    let flash = HostFlash::new(file, table::FLASH_KEPT, table::FLASH_KEPT_SECTORS);
    let mut store = Store::open(flash).ok_or("its flash can't be written any more")?;
    let entropy = Entropy::new(&provision.key, store.count_boot(), cpu::microseconds() as u32);
    let mut runtime = Whole::new(&provision, store, entropy, Virt::default()).boot(&provision, table::CONFIG)?;
    runtime.run_until(u64::MAX);
    cpu::reset()
}

/// Checksum of the image, as the processor reads it.
fn image() -> u32 {
    unsafe extern "C" {
        static _image_end: u8;
    }
    image_crc(table::RAM_CODE as usize..(&raw const _image_end).addr(), cpu::register)
}
