//! Instructions from the cycle counter: with `-icount shift=5` an instruction takes 32 ns of a 40 MHz counter's time.

use nano_lx106::cpu;

/// Counter ticks of 25 instructions.
const TICKS: u64 = 32;
/// Instructions of so many ticks.
const INSTRUCTIONS: u64 = 25;

unsafe extern "C" {
    safe fn profile_warm();
    safe fn profile_cold();
    safe fn profile_fetch();
    safe fn profile_end();
}

/// Parts of the path that can be profiled: `mark.S` has a place for each, which the trace plugin waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A handler that is ready.
    Warm,
    /// A module that is here, without an arena.
    Cold,
    /// A module that comes over the link.
    Fetch,
    /// None of these.
    Other,
}

/// Counts, and lets a profile know.
pub fn count_part<R>(part: Part, run: impl FnOnce() -> R) -> (R, u64) {
    match part {
        Part::Warm => profile_warm(),
        Part::Cold => profile_cold(),
        Part::Fetch => profile_fetch(),
        Part::Other => {}
    }
    let counted = count(run);
    profile_end();
    counted
}

/// Runs and counts the instructions, but for the counting itself. Up to 3.3 thousand million, where the counter wraps.
pub fn count<R>(run: impl FnOnce() -> R) -> (R, u64) {
    let empty = elapsed(cpu::cycles());
    let before = cpu::cycles();
    let result = run();
    let ticks = elapsed(before).saturating_sub(empty);
    (result, u64::from(ticks) * INSTRUCTIONS / TICKS)
}

/// A moment, to count from or up to.
#[derive(Clone, Copy)]
pub struct Moment(u32);

impl Moment {
    /// This one.
    pub fn now() -> Self {
        Self(cpu::cycles())
    }

    /// Instructions since an earlier one.
    pub fn since(self, earlier: Self) -> u64 {
        u64::from(self.0.wrapping_sub(earlier.0)) * INSTRUCTIONS / TICKS
    }
}

#[inline(never)]
fn elapsed(before: u32) -> u32 {
    cpu::cycles().wrapping_sub(before)
}
