//! A reflected CRC of 32 bits, by a table of what a byte does to it, for the lx106 in its own assembly (`update.S`).
//!
//! Rust does not know that bytes lie where the core can load words, and loads each by itself: half as many instructions
//! again. For every other core this crate is empty.
#![no_std]
#![cfg(target_arch = "xtensa")]

unsafe extern "C" {
    fn lx106_crc_update(table: *const [u32; 256], crc: u32, bytes: *const u8, count: usize) -> u32;
}

/// Takes bytes into the sum, which is neither inverted before nor after.
#[inline]
pub fn update(table: &[u32; 256], crc: u32, bytes: &[u8]) -> u32 {
    // SAFETY: the function reads the table and these bytes, of which it loads whole words only where all four are theirs.
    unsafe { lx106_crc_update(table, crc, bytes.as_ptr(), bytes.len()) }
}
