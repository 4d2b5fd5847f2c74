//! One process: edge, software devices, clock, network and energy models. What nano dev runs.

pub mod project;
mod table;
pub mod watch;

pub use table::BoardTable;
