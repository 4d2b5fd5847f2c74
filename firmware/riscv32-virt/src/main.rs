//! QEMU's RISC-V machine: the device's runtime on the kind of core that an ESP32-C3 has.
//!
//! No board that one can buy: it shows that the runtime runs on this core, bit for bit as elsewhere.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod table;

use alloc::format;
use alloc::vec;
use board::Virt;
use nano_board::{Chip, Entropy, Store, Whole, introduction};
use nano_device::framing;
use nano_device::provision::{MOST_BYTES, Stored};
use nano_riscv32_virt::{cpu, heap, uart};
use nano_semihosting::{File, HostFlash};

/// The file of the host that stands for a flash.
const FLASH: &core::ffi::CStr = c"flash.bin";

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    heap::start();
    uart::start();
    cpu::start_interrupts();
    let Some(mut file) = File::open(FLASH) else { stop("there is no flash.bin on the host") };
    let mut sector = vec![0; MOST_BYTES];
    let read = file.read_at(table::FLASH_PROVISION, &mut sector);
    let Ok(provision) = Stored::decode(if read { &sector } else { &[] }) else {
        stop("this board has no name and no key")
    };
    uart::say(&introduction(Virt::MODEL, image(), &provision));
    let Some(mut store) = Store::open(HostFlash::new(file, table::FLASH_KEPT, table::FLASH_KEPT_SECTORS)) else {
        stop("its flash can't be written any more")
    };
    let entropy = Entropy::new(&provision.key, store.count_boot(), cpu::microseconds() as u32);
    let mut runtime = match Whole::new(&provision, store, entropy, Virt::default()).boot(&provision, table::CONFIG) {
        Ok(runtime) => runtime,
        Err(why) => stop(why),
    };
    runtime.run_until(u64::MAX);
    cpu::reset()
}

/// Checksum of the image, as the processor reads it.
fn image() -> u32 {
    unsafe extern "C" {
        static _image_end: u8;
    }
    let end = (&raw const _image_end).addr();
    (table::RAM_CODE as usize..end)
        .step_by(4)
        .fold(0, |crc, address| framing::crc32(crc, &cpu::register::<u32>(address).to_le_bytes()))
}

/// Says why again and again, so that whoever connects learns it.
fn stop(why: &str) -> ! {
    loop {
        uart::say(&format!("nano: {why}\n"));
        for _ in 0..3000 {
            cpu::wait();
        }
    }
}
