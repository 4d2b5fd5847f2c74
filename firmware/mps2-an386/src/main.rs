//! MPS2 with a Cortex-M4F: the device's runtime on a board with Ethernet.
//!
//! The class of the NanoLambda paper's CC3220SF, with as much memory. It gets its address by DHCP, connects to its edge and
//! stays connected; everything else is the runtime that every board has.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod lan9118;
mod pins;

use alloc::vec;
use board::Mps2;
use core::fmt::Write;
use lan9118::Lan9118;
use nano_board::{Chip, Entropy, Store, Whole, introduction};
use nano_device::provision::{MOST_BYTES, Stored};
use nano_device::{Hello, framing};
use nano_mps2_an386::console::{self, Console};
use nano_mps2_an386::{cpu, heap, table};
use nano_net::{Network, edge_address};
use nano_semihosting::{File, HostFlash};

/// The file of the host that stands for a flash.
const FLASH: &core::ffi::CStr = c"flash.bin";

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    heap::start();
    console::start();
    cpu::start_clocks();
    let Some(mut file) = File::open(FLASH) else { stop("there is no flash.bin on the host") };
    let mut sector = vec![0; MOST_BYTES];
    let read = file.read_at(table::FLASH_PROVISION, &mut sector);
    let Ok(provision) = Stored::decode(if read { &sector } else { &[] }) else {
        stop("this board has no name and no key")
    };
    let _ = Console.write_str(&introduction(Mps2::MODEL, image(), &provision));
    let Some(edge) = edge_address(provision.network().edge) else {
        stop("it was not told where its edge is: an IPv4 address and a port")
    };
    let Some(mut store) = Store::open(HostFlash::new(file, table::FLASH_KEPT, table::FLASH_KEPT_SECTORS)) else {
        stop("its flash can't be written any more")
    };
    let mut entropy = Entropy::new(&provision.key, store.count_boot(), cpu::microseconds());
    // Locally administered, and the device's own.
    let [a, b, c, d, e, ..] = provision.id;
    let address = [2, a, b, c, d, e];
    let Some(chip) = Lan9118::start(address) else { stop("its Ethernet does not start") };
    let mut seed = [0; 8];
    entropy.fill(&mut seed, cpu::microseconds());
    let hello = Hello { name: provision.name, board: Mps2::MODEL, version: env!("CARGO_PKG_VERSION") };
    let network = Network::new(chip, address, edge, &hello, u64::from_le_bytes(seed));
    let mut runtime = match Whole::new(&provision, store, entropy, Mps2::new(network)).boot(&provision, table::CONFIG) {
        Ok(runtime) => runtime,
        Err(why) => stop(why),
    };
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
