//! What every board of ours does alike: what the runtime asks of it, what it keeps over a reset, its entropy, its samplers,
//! how it introduces itself, its console among the frames, and how it says that it can't go on.
//!
//! No board: a [`Chip`] says what its clock, pins and link are.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod chip;
mod clock;
mod entropy;
mod halt;
mod image;
mod introduction;
mod news;
mod samplers;
mod speech;
mod store;
mod take;

pub use chip::{Chip, Images, Whole};
pub use clock::Clock;
pub use entropy::Entropy;
pub use halt::halt;
pub use image::image_crc;
pub use introduction::introduction;
pub use news::news;
pub use samplers::sample;
pub use speech::say;
pub use store::Store;
pub use take::take;
