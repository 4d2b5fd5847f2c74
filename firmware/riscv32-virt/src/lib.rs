//! QEMU's RISC-V machine: the kind of core that an ESP32-C3 has.
//!
//! No board that one can buy: it shows that the runtime runs on this core, bit for bit as elsewhere. It has no flash that is
//! kept; what is to be kept lies in a file of the host, by semihosting.
#![no_std]

mod board;
mod cpu;
mod uart;

pub use board::Virt;

nano_bare::machine!(Virt);
