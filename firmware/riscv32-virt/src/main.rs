//! QEMU's RISC-V machine: the device's runtime on the kind of core that an ESP32-C3 has.
//!
//! No board that one can buy: it shows that the runtime runs on this core, bit for bit as elsewhere.
#![no_std]
#![no_main]

extern crate alloc;

mod board;

use alloc::format;
use alloc::vec;
use board::Virt;
use nano_board::{Entropy, Store, introduction};
use nano_device::provision::{MOST_BYTES, Stored};
use nano_device::{Config, Identity, Runtime, framing};
use nano_riscv32_virt::{cpu, start_heap, uart};
use nano_semihosting::{File, HostFlash};

/// Where it is kept what survives: a sector that says who the board is, then 32 for everything else.
const FLASH: &core::ffi::CStr = c"flash.bin";
const KEPT: (u32, u32) = (0x1000, 32);
/// Where the image begins.
const IMAGE: usize = 0x8000_0000;

/// What of the RAM the runtime may use.
const CONFIG: Config = Config {
    ports: 1,
    frame_bytes: 2048,
    answer_bytes: 1024,
    queue: 16,
    event_bytes: 4096,
    arenas: 4,
    arena_bytes: 80 << 10,
    module_bytes: 32 << 10,
    functions: 16,
    logs: 16,
    log_bytes: 32 << 10,
    remote: 4,
    result_bytes: 256,
    results: 8,
    // Whoever can reach the wire is not the edge yet.
    pairing: true,
    ..Config::SMALL
};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    start_heap();
    uart::start();
    cpu::start_interrupts();
    let Some(mut file) = File::open(FLASH) else { stop("there is no flash.bin on the host") };
    let mut sector = vec![0; MOST_BYTES];
    let read = file.read_at(0, &mut sector);
    let Ok(provision) = Stored::decode(if read { &sector } else { &[] }) else {
        stop("this board has no name and no key")
    };
    uart::say(&introduction("riscv32-virt", image(), &provision));
    let Some(mut store) = Store::open(HostFlash::new(file, KEPT.0, KEPT.1)) else {
        stop("its flash can't be written any more")
    };
    let entropy = Entropy::new(&provision.key, store.count_boot(), cpu::microseconds() as u32);
    let identity =
        Identity { key: nano_device::DeviceKey::new(provision.key), id: nano_device::DeviceId(provision.id) };
    let board = Virt::new(provision.name, provision.time_ms, store, entropy);
    let Ok(mut runtime) = Runtime::boot(board, &identity, CONFIG) else {
        stop("its keys and sequence numbers can't be read")
    };
    nano_board::sample(&mut runtime, &provision);
    runtime.run_until(u64::MAX);
    cpu::reset()
}

/// Checksum of the image, as the processor reads it.
fn image() -> u32 {
    unsafe extern "C" {
        static _image_end: u8;
    }
    let end = (&raw const _image_end).addr();
    (IMAGE..end).step_by(4).fold(0, |crc, address| framing::crc32(crc, &cpu::register::<u32>(address).to_le_bytes()))
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
