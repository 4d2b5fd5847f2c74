//! The boards' programs: the runtime, and the arithmetic battery.

use crate::{Machine, register};
use alloc::vec;
use core::convert::Infallible;
use nano_board::{Entropy, Store, Whole, halt, image_crc, introduction};
use nano_device::provision::{MOST_BYTES, Stored};
use nano_semihosting::{File, exit};

/// The runtime on this machine.
pub fn run<M: Machine>() -> ! {
    nano_heap::start();
    M::start();
    let Err(why) = go_on::<M>();
    halt(why, M::say, M::wait)
}

/// Runs until it starts anew; or why it can't.
fn go_on<M: Machine>() -> Result<Infallible, &'static str> {
    let mut sector = vec![0; MOST_BYTES];
    let flash = M::open_flash(&mut sector)?;
    let provision = Stored::decode(&sector).map_err(|_| "this board has no name and no key")?;
    M::say(&introduction(M::MODEL, image(), &provision));
    let mut store = Store::open(flash).ok_or("its flash can't be written any more")?;
    let mut entropy = Entropy::new(&provision.key, store.count_boot(), M::counter());
    let chip = M::make(&provision, &mut entropy)?;
    let mut runtime = Whole::new(&provision, store, entropy, chip).boot(&provision, M::CONFIG)?;
    runtime.run_until(u64::MAX);
    M::reset()
}

/// Checksum of the image, as the processor reads it; without a first word that lies where no pointer may point.
fn image() -> u32 {
    unsafe extern "C" {
        static _image_start: u8;
        static _image_end: u8;
    }
    image_crc((&raw const _image_start).addr().max(4)..(&raw const _image_end).addr(), register)
}

/// The arithmetic battery, whose lines go to the host.
pub fn battery() -> ! {
    nano_heap::start();
    let Some(mut out) = File::output() else { exit(false) };
    nano_battery::run(&mut out);
    exit(true)
}

/// The main function of a program: `main!(run::<Machine>)` or `main!(battery)`.
#[macro_export]
macro_rules! main {
    ($program:ident $($of:tt)*) => {
        /// Called by the start-up on a fresh stack.
        // SAFETY: the name is unique; the start-up passes nothing.
        #[unsafe(no_mangle)]
        extern "C" fn board_main() -> ! {
            $crate::$program$($of)*()
        }
    };
}
