//! IoTPy: verifies a module once, then runs it in one flat arena.
//!
//! No parser, no file system, no clock, no allocation outside the arena while a program runs: the host lends the arena
//! and a [`Host`]. The same bytes run on a 64-bit PC and on an ESP8266, and leave the same arena behind.
#![no_std]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod abandon;
mod attribute;
mod binding;
mod call;
mod class;
mod class_body;
mod collect;
mod construct;
mod container;
mod context;
mod error;
mod exception;
mod features;
mod fuel;
mod generator;
mod grow;
mod host;
mod identity;
mod image;
mod instance;
mod interpret;
mod invoke;
mod kind;
mod leave;
mod letters;
mod namespace;
mod native;
mod number;
mod object;
mod operand;
mod protocol;
mod raw;
mod report;
mod snapshot;
#[cfg(test)]
mod testing;
mod text;
mod verify;
mod vm;

pub use context::Context;
pub use error::{Outcome, Raise, Stop};
pub use features::FEATURES;
pub use host::{Host, HostError, NoHost, ServiceAnswer, ServiceRequest};
pub use image::{Aligned, Image, Module, ModuleBytes};
pub use instance::{Collected, Failure, Instance, Invocation, arena};
pub use invoke::Event;
pub use report::{Exception, Frame, Inside};
pub use snapshot::{NoSnapshot, WantedSource};
pub use verify::{LoadError, Needed, Shortage};
pub use vm::{Limits, State, Vm};
