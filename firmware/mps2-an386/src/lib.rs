//! MPS2 with a Cortex-M4F (the AN386 image): a board with Ethernet.
//!
//! The class of the NanoLambda paper's CC3220SF, with as much memory. It gets its address by DHCP, connects to its edge and
//! stays connected; everything else is the runtime that every board has. The board's FPGA has no flash that survives; what is
//! to be kept lies in a file of the host, by semihosting.
#![no_std]

mod board;
mod console;
mod cpu;
mod lan9118;
mod pins;

pub use board::Mps2;

nano_bare::machine!(Mps2);
