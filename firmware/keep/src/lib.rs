//! Small values in NOR flash: levelled wear, and after a power cut each is whole, as written last or as before.
//!
//! Sectors are a ring. Values are appended to the newest sector. When it is full a free one follows; where few are free
//! it gets first what still counts of the oldest one, which is erased then. So all sectors are erased equally often. Two
//! stay free: one to go on with, and one where that fails. Where a value lies is in memory (8 bytes each), found again by
//! [`Keep::open`]. It is no file system: keys are numbers, values fit a sector.
//!
//! ```text
//! sector  magic u32 | turn u32 | crc u32 of both | begun u32      then values until the end, or until what is no value
//! value   key u32 | length u32 | crc u32 of key, length and bytes | bytes, filled up to whole words with 0xFF
//! ```
//!
//! A value counts when its checksum does: one that power cut short is none, and the rest of its sector stays unused. What a
//! sector has before `begun` is cleared are copies of what is still where it was: after a power cut they count for nothing,
//! and the sector is free. So however often power goes, there is a free sector to go on with.
#![no_std]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;

mod keep;

pub use keep::{Keep, KeepError};
pub use nano_nor::{Nor, SECTOR};
