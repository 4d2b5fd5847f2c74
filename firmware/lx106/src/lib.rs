//! What every program on the ESP8266's lx106 core needs: heap, arithmetic, processor and simulator calls.
//!
//! It is not a board: where memory lies and how the program starts is the board's linker script and assembly.
#![no_std]

mod atomic;
pub mod cpu;
mod division;
mod rare;
pub mod simulator;

pub use nano_heap as heap;
