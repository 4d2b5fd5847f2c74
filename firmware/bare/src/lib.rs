//! What a board starts with that runs nothing but ours: vectors, memory, exceptions, and the programs' main functions.
//!
//! No board: a [`Machine`] says how its clock and its line are switched on. For cores that Rust has inline assembly for,
//! laid out by `link.ld`, which `nano_build::bare` names to the linker.
#![no_std]

extern crate alloc;

#[cfg(target_arch = "arm")]
pub mod cortex_m;
mod machine;
mod program;
mod registers;

pub use machine::{Machine, defect, fault};
pub use program::{battery, run};
pub use registers::{byte_register, register, set_byte_register, set_register};

#[cfg(target_arch = "arm")]
core::arch::global_asm!(include_str!("cortex-m.S"));
#[cfg(target_arch = "riscv32")]
core::arch::global_asm!(include_str!("riscv.S"));
