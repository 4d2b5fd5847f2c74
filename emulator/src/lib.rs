//! One process: edge, software devices, clock, network and energy models. What nano dev runs.

pub mod project;
pub mod watch;
