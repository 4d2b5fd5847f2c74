//! What every board of ours does alike: what the runtime asks of it, what it keeps over a reset, its entropy, its samplers,
//! how it introduces itself, its console among the frames.
//!
//! No board: a [`Chip`] says what its clock, pins and link are.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod chip;
mod clock;
mod entropy;
mod introduction;
mod news;
mod samplers;
mod speech;
mod store;

pub use chip::{Chip, Images, Whole};
pub use clock::Clock;
pub use entropy::Entropy;
pub use introduction::introduction;
pub use news::news;
pub use samplers::sample;
pub use speech::say;
pub use store::Store;
