//! The board's clocks.

use crate::table::PROCESSOR_CLOCK_MHZ;
use nano_bare::{cortex_m, register, set_register};

/// The FPGA's counter and what divides its clock.
const COUNTER: usize = 0x4002_8018;
const PRESCALE: usize = 0x4002_801C;
/// Number of the Ethernet's interrupt.
const ETHERNET: u32 = 13;

/// Starts the clocks: a counter of microseconds, and a tick a millisecond that ends [`wait`].
pub fn start_clocks() {
    set_register(PRESCALE, PROCESSOR_CLOCK_MHZ - 1);
    cortex_m::start(PROCESSOR_CLOCK_MHZ, ETHERNET);
}

/// Microseconds since the start. Wraps after more than an hour.
pub fn microseconds() -> u32 {
    register(COUNTER)
}

/// Sleeps until a frame comes in, or a millisecond.
pub fn wait() {
    cortex_m::wait(ETHERNET);
}
