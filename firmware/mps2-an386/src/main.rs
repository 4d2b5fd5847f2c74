//! MPS2 with a Cortex-M4F: the device's runtime on a board with Ethernet.
//!
//! The class of the NanoLambda paper's CC3220SF, with as much memory. It gets its address by DHCP, connects to its edge and
//! stays connected; everything else is the runtime that every board has.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod lan9118;
mod network;
mod pins;

use alloc::vec;
use board::Mps2;
use core::fmt::Write;
use lan9118::Lan9118;
use nano_board::{Entropy, Store, introduction};
use nano_device::provision::{MOST_BYTES, Stored};
use nano_device::{Config, Hello, Identity, Runtime, framing};
use nano_mps2_an386::console::{self, Console};
use nano_mps2_an386::{cpu, start_heap};
use nano_semihosting::{File, HostFlash};
use network::{Network, edge_address};

/// Where it is kept what survives: a sector that says who the board is, then 32 for everything else.
const FLASH: &core::ffi::CStr = c"flash.bin";
const KEPT: (u32, u32) = (0x1000, 32);

/// What of the chip's 256 KiB the runtime may use.
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
    pairing: true,
};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    start_heap();
    console::start();
    cpu::start_clocks();
    let Some(mut file) = File::open(FLASH) else { stop("there is no flash.bin on the host") };
    let mut sector = vec![0; MOST_BYTES];
    let read = file.read_at(0, &mut sector);
    let Ok(provision) = Stored::decode(if read { &sector } else { &[] }) else {
        stop("this board has no name and no key")
    };
    let _ = Console.write_str(&introduction("mps2-an386", image(), &provision));
    let Some(edge) = edge_address(provision.network().edge) else {
        stop("it was not told where its edge is: an IPv4 address and a port")
    };
    let Some(mut store) = Store::open(HostFlash::new(file, KEPT.0, KEPT.1)) else {
        stop("its flash can't be written any more")
    };
    let mut entropy = Entropy::new(&provision.key, store.count_boot(), cpu::microseconds());
    // Locally administered, and the device's own.
    let [a, b, c, d, e, ..] = provision.id;
    let address = [2, a, b, c, d, e];
    let Some(chip) = Lan9118::start(address) else { stop("its Ethernet does not start") };
    let mut seed = [0; 8];
    entropy.fill(&mut seed, cpu::microseconds());
    let hello = Hello { name: provision.name, board: "mps2-an386", version: env!("CARGO_PKG_VERSION") };
    let network = Network::new(chip, address, edge, &hello, u64::from_le_bytes(seed));
    let identity =
        Identity { key: nano_device::DeviceKey::new(provision.key), id: nano_device::DeviceId(provision.id) };
    let board = Mps2::new(provision.name, provision.time_ms, store, entropy, network);
    let Ok(mut runtime) = Runtime::boot(board, &identity, CONFIG) else {
        stop("its keys and sequence numbers can't be read")
    };
    nano_board::sample(&mut runtime, &provision);
    runtime.run_until(u64::MAX);
    cpu::reset()
}

/// Checksum of the image, as the processor reads it; without the first word, which lies where no pointer may point.
fn image() -> u32 {
    unsafe extern "C" {
        static _image_end: u8;
    }
    let end = (&raw const _image_end).addr();
    (4..end).step_by(4).fold(0, |crc, address| framing::crc32(crc, &cpu::register(address).to_le_bytes()))
}

/// Says why again and again, so that whoever connects learns it.
fn stop(why: &str) -> ! {
    loop {
        let _ = writeln!(Console, "nano: {why}");
        for _ in 0..3000 {
            cpu::wait();
        }
    }
}
