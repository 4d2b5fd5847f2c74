//! The processor's own registers, and the machine's timer.

use nano_bare::{register, set_register};

const TIME: usize = 0x0200_BFF8;
const COMPARE: usize = 0x0200_4000;
const TICKS_A_US: u64 = 10;
/// Writing this ends a test of the machine, or starts it anew.
const TEST: usize = 0x0010_0000;

fn ticks() -> u64 {
    loop {
        let (high, low, again) = (register(TIME + 4), register(TIME), register(TIME + 4));
        if high == again {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

/// Microseconds since the machine was switched on. Asked in many places, and longer than a call.
#[inline(never)]
pub fn microseconds() -> u64 {
    ticks() / TICKS_A_US
}

/// The interrupt controller: priority of the UART's interrupt, what is enabled for this processor, what is pending.
const UART_INTERRUPT: u32 = 10;
const PRIORITY: usize = 0x0C00_0000 + 4 * UART_INTERRUPT as usize;
const ENABLED: usize = 0x0C00_2000;
const CLAIM: usize = 0x0C20_0004;
/// Timer and interrupt controller, as bits of `mie`.
const WAKING: usize = 1 << 7 | 1 << 11;

/// Lets the UART end [`wait`].
pub fn start_interrupts() {
    set_register(PRIORITY, 1);
    set_register(ENABLED, 1 << UART_INTERRUPT);
}

/// Sleeps until something comes in, or a millisecond.
pub fn wait() {
    let until = ticks() + 1000 * TICKS_A_US;
    set_register(COMPARE + 4, u32::MAX);
    set_register(COMPARE, until as u32);
    set_register(COMPARE + 4, (until >> 32) as u32);
    // SAFETY: interrupts are masked, so that a pending one ends the wait and nothing else happens.
    unsafe { core::arch::asm!("csrs mie, {waking}", "wfi", waking = in(reg) WAKING) };
    // Claimed and completed: it is pending again as soon as something else comes in.
    let claimed = register(CLAIM);
    if claimed != 0 {
        set_register(CLAIM, claimed);
    }
}

/// Starts anew.
pub fn reset() -> ! {
    loop {
        set_register(TEST, 0x7777);
    }
}
