//! The runtime on a board of virtual time, with handlers written in Python.

mod bench;
mod compromise;
mod determinism;
mod events;
mod fuzz;
mod gate;
mod hostile;
mod modules;
mod operations;
mod pins;
mod places;
mod queue;
mod twice;
mod update;
