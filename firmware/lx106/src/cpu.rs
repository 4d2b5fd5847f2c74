//! The processor's own registers. Inline assembly is not supported for this core, so each is a function in `cpu.S`.

unsafe extern "C" {
    safe fn lx106_ccount() -> u32;
    safe fn lx106_mask_interrupts() -> u32;
    safe fn lx106_restore_interrupts(state: u32);
}

/// The cycle counter. Wraps.
#[inline]
pub fn cycles() -> u32 {
    lx106_ccount()
}

/// Runs with interrupts masked.
pub fn without_interrupts<R>(run: impl FnOnce() -> R) -> R {
    let state = lx106_mask_interrupts();
    let result = run();
    lx106_restore_interrupts(state);
    result
}
