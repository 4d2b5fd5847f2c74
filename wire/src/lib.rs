//! What two programs must agree on: the ISA table, the module format, messages.
//!
//! Nothing here runs a program or talks to a link; `nano-vm`, `nano-compiler`, `nano-device` and `nano-edge` do. They
//! never meet except through this crate.
//!
//! ```
//! use nano_wire::isa::{Instruction, Opcode, abc};
//! let add = Instruction::decode(&[abc(Opcode::Add, 2, 0, 1)]).unwrap();
//! assert_eq!(format!("{add}"), "add r2, r0, r1");
//! ```
#![no_std]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod builtins;
mod caret;
pub mod console;
pub mod features;
mod generated;
pub mod instrument;
pub mod isa;
pub mod link;
pub mod message;
pub mod module;
mod packed;
pub mod provision;
pub mod symbols;
pub mod traceback;
pub mod value;
