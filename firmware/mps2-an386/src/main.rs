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
use core::convert::Infallible;
use core::fmt::Write;
use lan9118::Lan9118;
use nano_board::{Chip, Entropy, Store, Whole, halt, image_crc, introduction};
use nano_device::Hello;
use nano_device::provision::{MOST_BYTES, Stored};
use nano_mps2_an386::console::{self, Console};
use nano_mps2_an386::{cpu, heap, table};
use nano_net::{Network, edge_address};
use nano_semihosting::{HostFlash, open_flash};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    heap::start();
    console::start();
    cpu::start_clocks();
    let Err(why) = run();
    halt(why, say, cpu::wait)
}

/// Runs until it starts anew; or why it can't.
fn run() -> Result<Infallible, &'static str> {
    let mut sector = vec![0; MOST_BYTES];
    let file = open_flash(table::FLASH_PROVISION, &mut sector)?;
    let provision = Stored::decode(&sector).map_err(|_| "this board has no name and no key")?;
    say(&introduction(Mps2::MODEL, image(), &provision));
    let edge = edge_address(provision.network().edge)
        .ok_or("it was not told where its edge is: an IPv4 address and a port")?;
    let flash = HostFlash::new(file, table::FLASH_KEPT, table::FLASH_KEPT_SECTORS);
    let mut store = Store::open(flash).ok_or("its flash can't be written any more")?;
    let mut entropy = Entropy::new(&provision.key, store.count_boot(), cpu::microseconds());
    // Locally administered, and the device's own.
    let [a, b, c, d, e, ..] = provision.id;
    let address = [2, a, b, c, d, e];
    let chip = Lan9118::start(address).ok_or("its Ethernet does not start")?;
    let mut seed = [0; 8];
    entropy.fill(&mut seed, cpu::microseconds());
    let hello = Hello { name: provision.name, board: Mps2::MODEL, version: env!("CARGO_PKG_VERSION") };
    let network = Network::new(chip, address, edge, &hello, u64::from_le_bytes(seed));
    let mut runtime = Whole::new(&provision, store, entropy, Mps2::new(network)).boot(&provision, table::CONFIG)?;
    runtime.run_until(u64::MAX);
    cpu::reset()
}

fn say(text: &str) {
    // Writing to the UART does not fail.
    let _ = Console.write_str(text);
}

/// Checksum of the image, as the processor reads it; without the first word, which lies where no pointer may point.
fn image() -> u32 {
    unsafe extern "C" {
        static _image_end: u8;
    }
    image_crc(4..(&raw const _image_end).addr(), cpu::register)
}
