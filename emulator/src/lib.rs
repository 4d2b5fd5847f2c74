//! One process: edge, software devices, clock, network and energy models. What nano dev runs.

mod board;
pub mod project;
pub mod watch;

pub use board::{BoardModel, boards};
