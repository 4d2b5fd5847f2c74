//! What every board of ours does alike: what it keeps over a reset, its entropy, its samplers, how it introduces itself.
//!
//! No board: clock, pins and link are the board's own.
#![no_std]

extern crate alloc;

mod entropy;
mod introduction;
mod news;
mod samplers;
mod store;

pub use entropy::Entropy;
pub use introduction::introduction;
pub use news::news;
pub use samplers::sample;
pub use store::Store;
