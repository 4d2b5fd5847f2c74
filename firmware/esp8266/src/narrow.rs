//! Loads of 8 and 16 bits from flash, where only words can be read: done by the exception's handler.
//!
//! A safety net: `cargo xtask tighten` leaves none in the image, and tests look for them. `start.S` has saved all registers.
//! About 230 cycles a load; [`count`] says how many there were.

use core::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Loads that were done here since the start.
pub fn count() -> u32 {
    COUNT.load(Ordering::Relaxed)
}

/// The word at an address that is a multiple of 4.
fn word(address: u32) -> u32 {
    crate::rom::register(address as usize)
}

/// Bytes from anywhere, by words.
fn bytes(address: u32) -> u32 {
    let shift = (address & 3) * 8;
    let low = word(address & !3) >> shift;
    if shift > 16 { low | word((address & !3) + 4) << (32 - shift) } else { low }
}

/// The value that an instruction loads, and its register; `None` when it is no narrow load.
fn loaded(instruction: u32, address: u32) -> Option<(usize, u32)> {
    let register = (instruction >> 4 & 15) as usize;
    let value = bytes(address);
    let value = match instruction & 0x00_F00F {
        0x00_0002 => value & 0xFF,
        0x00_1002 => value & 0xFFFF,
        0x00_9002 => i32::from(value as u16 as i16) as u32,
        _ => return None,
    };
    Some((register, value))
}

/// Called by `start.S`: the frame of a0 to a15, where it happened, what was read. Whether it was done.
///
/// # Safety
///
/// The frame has 16 words.
// SAFETY: the name is unique; `start.S` passes this.
#[unsafe(no_mangle)]
unsafe extern "C" fn board_narrow(frame: *mut u32, at: u32, address: u32) -> u32 {
    let Some((register, value)) = loaded(bytes(at), address) else { return 0 };
    // The stack pointer is never loaded a byte into.
    if register == 1 {
        return 0;
    }
    // SAFETY: the caller's promise; a register is below 16.
    unsafe { frame.add(register).write(value) };
    COUNT.store(COUNT.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    1
}
