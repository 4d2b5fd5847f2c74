//! The processor's own registers, and the board's clocks.

use crate::table::PROCESSOR_CLOCK_MHZ;
use core::ptr;

/// Reads a register.
pub fn register(address: usize) -> u32 {
    // SAFETY: the callers name registers of the board, which are aligned words.
    unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

/// Writes a register.
pub fn set_register(address: usize, value: u32) {
    // SAFETY: as in `register`; none of those written lies over memory that Rust knows.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value) }
}

const SYSTICK: usize = 0xE000_E010;
const SET_ENABLE: usize = 0xE000_E100;
const CLEAR_PENDING: usize = 0xE000_E280;
const CONTROL_AND_STATE: usize = 0xE000_ED04;
const RESET_CONTROL: usize = 0xE000_ED0C;
/// The FPGA's counter and what divides its clock.
const COUNTER: usize = 0x4002_8018;
const PRESCALE: usize = 0x4002_801C;
/// Number of the Ethernet's interrupt.
const ETHERNET: u32 = 13;

/// Starts the clocks: a counter of microseconds, and a tick a millisecond that ends [`wait`].
pub fn start_clocks() {
    set_register(PRESCALE, PROCESSOR_CLOCK_MHZ - 1);
    set_register(SYSTICK + 4, PROCESSOR_CLOCK_MHZ * 1000 - 1);
    set_register(SYSTICK + 8, 0);
    // On, with the processor's clock and an interrupt, which is masked and only wakes.
    set_register(SYSTICK, 7);
    set_register(SET_ENABLE, 1 << ETHERNET);
}

/// Microseconds since the start. Wraps after more than an hour.
pub fn microseconds() -> u32 {
    register(COUNTER)
}

/// Sleeps until something comes in, or a millisecond.
pub fn wait() {
    // SAFETY: interrupts are masked, so that a pending one ends the wait and nothing else happens.
    unsafe { core::arch::asm!("wfi") };
    set_register(CONTROL_AND_STATE, 1 << 25);
    set_register(CLEAR_PENDING, 1 << ETHERNET);
}

/// Starts anew.
pub fn reset() -> ! {
    loop {
        set_register(RESET_CONTROL, 0x05FA_0004);
    }
}
