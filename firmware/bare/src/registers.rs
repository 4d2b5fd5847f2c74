//! Registers that lie in memory.

use core::ptr;

fn read<T: Copy>(address: usize) -> T {
    // SAFETY: the callers name registers of their chip, by their width.
    unsafe { ptr::with_exposed_provenance::<T>(address).read_volatile() }
}

fn write<T: Copy>(address: usize, value: T) {
    // SAFETY: as in `read`; none of those written lies over memory that Rust knows.
    unsafe { ptr::with_exposed_provenance_mut::<T>(address).write_volatile(value) }
}

/// Reads a register of a word.
pub fn register(address: usize) -> u32 {
    read(address)
}

/// Writes a register of a word.
pub fn set_register(address: usize, value: u32) {
    write(address, value);
}

/// Reads a register of a byte.
pub fn byte_register(address: usize) -> u8 {
    read(address)
}

/// Writes a register of a byte.
pub fn set_byte_register(address: usize, value: u8) {
    write(address, value);
}
