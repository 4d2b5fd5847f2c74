//! Instructions from the cycle counter: with `-icount shift=5` an instruction takes 32 ns of a 40 MHz counter's time.

use nano_lx106::cpu;

/// Counter ticks of 25 instructions.
const TICKS: u64 = 32;
/// Instructions of so many ticks.
const INSTRUCTIONS: u64 = 25;

/// Runs and counts the instructions, but for the counting itself. Up to 3.3 thousand million, where the counter wraps.
pub fn count<R>(run: impl FnOnce() -> R) -> (R, u64) {
    let empty = elapsed(cpu::cycles());
    let before = cpu::cycles();
    let result = run();
    let ticks = elapsed(before).saturating_sub(empty);
    (result, u64::from(ticks) * INSTRUCTIONS / TICKS)
}

#[inline(never)]
fn elapsed(before: u32) -> u32 {
    cpu::cycles().wrapping_sub(before)
}
