//! What is asked of a chip before there is a runtime on it, and when something went wrong.

use alloc::format;
use core::panic::PanicInfo;
use nano_board::{Chip, Entropy};
use nano_device::Config;
use nano_device::provision::Stored;

/// A chip that runs nothing but ours.
pub trait Machine: Chip + Sized {
    /// What the runtime may use: `CONFIG` of the board's table.
    const CONFIG: Config;

    /// Switches on what the others need: its clock, its line.
    fn start();
    /// A counter of time; it may wrap.
    fn counter() -> u32;
    /// Sleeps until something comes in, or a millisecond.
    fn wait();
    /// Says something to whoever watches the console.
    fn say(text: &str);
    /// Starts anew.
    fn reset() -> !;
    /// Reads the sector that says who the board is, and opens what it keeps; else says what is wrong.
    fn open_flash(sector: &mut [u8]) -> Result<Self::Flash, &'static str>;
    /// The chip, with its link; else what is wrong.
    fn make(provision: &Stored<'_>, entropy: &mut Entropy) -> Result<Self, &'static str>;
    /// Says that there is no memory left, or a defect. Where and which takes room for the texts, which not every board has.
    fn say_defect(info: &PanicInfo<'_>) {
        let _ = info;
        Self::say("nano: out of memory, or a defect; starting anew\n");
    }
}

/// The end of an exception that nothing handles: says where, and starts anew.
pub fn fault<M: Machine>(number: u32, at: u32, more: u32) -> ! {
    M::say(&format!("nano: processor exception {number} at {at:#010x}, {more:#010x}; starting anew\n"));
    M::reset()
}

/// The end of a panic: says so, and starts anew.
pub fn defect<M: Machine>(info: &PanicInfo<'_>) -> ! {
    M::say_defect(info);
    M::reset()
}

/// What each program of a board has: where its exceptions and panics end, and `table` with the figures of its table.
#[macro_export]
macro_rules! machine {
    ($machine:ty) => {
        /// The board's table.
        pub mod table {
            include!(concat!(env!("OUT_DIR"), "/board.rs"));
        }

        /// Called by the start-up for an exception that nothing handles.
        // SAFETY: the name is unique; the start-up passes which it is, where it happened, and what else is known of it.
        #[unsafe(no_mangle)]
        extern "C" fn board_fault(number: u32, at: u32, more: u32) -> ! {
            $crate::fault::<$machine>(number, at, more)
        }

        #[panic_handler]
        fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
            $crate::defect::<$machine>(info)
        }
    };
}
