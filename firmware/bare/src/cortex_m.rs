//! What every Cortex-M has: a tick, a controller of interrupts that wakes, starting anew (ARM's DDI 0403, B3).

use crate::set_register;

const SYSTICK: usize = 0xE000_E010;
const SET_ENABLE: usize = 0xE000_E100;
const CLEAR_PENDING: usize = 0xE000_E280;
const CONTROL_AND_STATE: usize = 0xE000_ED04;
const RESET_CONTROL: usize = 0xE000_ED0C;

/// Where an interrupt is in a row of words with a bit for each.
fn place(row: usize, interrupt: u32) -> (usize, u32) {
    (row + interrupt as usize / 32 * 4, 1 << (interrupt % 32))
}

/// Starts a tick a millisecond and lets this interrupt of the chip come through: both end [`wait`].
pub fn start(clock_mhz: u32, interrupt: u32) {
    set_register(SYSTICK + 4, clock_mhz * 1000 - 1);
    set_register(SYSTICK + 8, 0);
    // On, with the processor's clock and an interrupt, which is masked and only wakes.
    set_register(SYSTICK, 7);
    let (address, bit) = place(SET_ENABLE, interrupt);
    set_register(address, bit);
}

/// Sleeps until this interrupt, or a millisecond.
pub fn wait(interrupt: u32) {
    // SAFETY: interrupts are masked, so that a pending one ends the wait and nothing else happens.
    unsafe { core::arch::asm!("wfi") };
    set_register(CONTROL_AND_STATE, 1 << 25);
    let (address, bit) = place(CLEAR_PENDING, interrupt);
    set_register(address, bit);
}

/// Starts anew.
pub fn reset() -> ! {
    loop {
        set_register(RESET_CONTROL, 0x05FA_0004);
    }
}
