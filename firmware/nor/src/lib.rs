//! NOR flash, and the note in it of which of two firmwares runs. For a board's first stage, too, so there is no heap.
#![no_std]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod boot;

pub use boot::{Choice, TRIES, choose, keep, set};

/// Bytes of a sector: what is erased at once.
pub const SECTOR: usize = 4096;

/// NOR flash: erasing a sector sets all bits, writing clears some.
pub trait Nor {
    /// Sectors there are.
    fn sectors(&self) -> u32;
    /// Reads whole words at an offset that is a multiple of 4; `false` when it can't be read.
    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool;
    /// Writes whole words at an offset that is a multiple of 4; `false` when they aren't there afterwards.
    fn write(&mut self, offset: u32, words: &[u32]) -> bool;
    /// Erases a sector; `false` when it isn't blank afterwards.
    fn erase(&mut self, sector: u32) -> bool;
}
