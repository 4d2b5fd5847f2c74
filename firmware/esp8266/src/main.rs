//! The ESP8266: the device's runtime on a real board, with the UART as its link.
//!
//! What is here is what the chip needs: start-up (`start.S`), memory (`link.ld`), and [`board::Esp8266`]. Everything else
//! is the runtime that every board has. Wi-Fi is not here: it needs Espressif's binary libraries.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod flash;
mod gpio;
mod images;
mod narrow;
mod rom;
mod uart;

use alloc::{format, vec};
use board::Esp8266;
use core::panic::PanicInfo;
use flash::{read_bytes, table};
use nano_board::{Chip, Entropy, Store, Whole, introduction};
use nano_device::framing;
use nano_device::provision::{MOST_BYTES, Stored};
use nano_lx106::{cpu, heap};
use nano_nor::SECTOR;

#[cfg(feature = "narrow-load")]
unsafe extern "C" {
    /// In `start.S`: reads a byte by itself, as no Rust does here.
    fn board_narrow_load(address: usize) -> u32;
}

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn board_main() -> ! {
    heap::start();
    flash::unlock();
    let mut sector = vec![0; MOST_BYTES];
    read_bytes(table::FLASH_PROVISION, &mut sector);
    let Ok(provision) = Stored::decode(&sector) else {
        stop("this board has no name and no key; flash it by: nano deploy")
    };
    introduce(&provision);
    #[cfg(feature = "narrow-load")]
    // SAFETY: code is there. The chip refuses to read a byte of it, which is what this is for.
    unsafe {
        board_narrow_load(flash::CODE)
    };
    let Some(mut store) = Store::open(flash::kept()) else { stop("its flash can't be written any more") };
    let chip = Esp8266::new();
    let entropy = Entropy::new(&provision.key, store.count_boot(), cpu::cycles());
    let mut runtime = match Whole::new(&provision, store, entropy, chip).boot(&provision, table::CONFIG) {
        Ok(runtime) => runtime,
        Err(why) => stop(why),
    };
    drop(sector);
    let (used, free) = heap::usage();
    uart::say(&format!("memory: {used} bytes in use, {free} free\n"));
    runtime.run_until(u64::MAX);
    rom::reset()
}

/// Says who this is: what `nano deploy` compares and what it verifies by, the first stage as the chip has it and the image
/// as the processor reads it.
fn introduce(provision: &Stored<'_>) {
    let mut first = [0; 64];
    let first = (0..SECTOR as u32).step_by(first.len()).fold(0, |crc, offset| {
        read_bytes(offset, &mut first);
        framing::crc32(crc, &first)
    });
    let image = images::image_crc(first);
    uart::say(&introduction(Esp8266::MODEL, image, provision));
}

/// Says why again and again, so that whoever connects learns it; now and then it starts anew, which ends a trial.
fn stop(why: &str) -> ! {
    for _ in 0..20 {
        uart::say("nano: ");
        uart::say(why);
        uart::say("\n");
        for _ in 0..3000 {
            rom::delay_us(1000);
            rom::feed_watchdog();
            // Reading the UART is what notices that nobody is there in the simulator.
            let _ = rom::receive();
        }
    }
    rom::reset()
}

/// Called by `start.S` for an exception that nothing handles: says where, and starts anew.
// SAFETY: the name is unique; `start.S` passes the three registers.
#[unsafe(no_mangle)]
extern "C" fn board_fault(cause: u32, at: u32, address: u32) -> ! {
    uart::say("nano: processor exception ");
    for number in [cause, at, address] {
        let mut digits = [b' '; 9];
        for (place, digit) in digits.iter_mut().take(8).enumerate() {
            let half = (number >> (28 - 4 * place)) as u8 & 15;
            *digit = if half < 10 { b'0' + half } else { b'a' + half - 10 };
        }
        uart::say(core::str::from_utf8(&digits).unwrap_or_default());
    }
    uart::say("\n");
    rom::reset()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    uart::say("nano: out of memory, or a defect; starting anew\n");
    rom::reset()
}
