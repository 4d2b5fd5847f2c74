//! The runtime on a device: event loop, capability gate, logs, interpreter cache, link. no_std.
//!
//! [`Runtime`] is the only on-device runtime; what differs between boards is behind [`Board`]. Records appended to logs
//! (by samplers, by handlers, by remote requests) invoke handlers; remote requests pass the capability gate; modules come
//! from the edge, are run only if their hash was installed, and take over between two invocations.
//!
//! It is not a scheduler of many things at once: one handler runs at a time, to its end or its limits. It reads no clock,
//! no pin and no entropy but the board's, so the same board gives the same run.

#![no_std]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod board;
mod cache;
mod config;
mod context;
mod function;
mod gate;
mod incoming;
mod invoke;
mod json;
mod link;
mod object;
mod operation;
mod pairing;
mod queue;
mod remote;
mod results;
mod runtime;
mod sampler;
mod text;
mod trace;
mod update;
mod world;

pub use board::{Board, Item, Port};
pub use config::Config;
pub use gate::Identity;
pub use nano_caps::{DeviceId, DeviceKey, sha256};
pub use nano_vm::{Exception, Failure, HostError};
// What a board's firmware speaks of, which may import nothing else of ours.
pub use nano_wire::message::{Hello, Kind, Message, ModuleHash};
pub use nano_wire::traceback::Place;
pub use nano_wire::{console, link as framing, provision};
pub use object::{Log, Namespace, OWN_NAMESPACE, OWN_NAMESPACE_HANDLE, Objects, RESULTS, RESULTS_HANDLE};
pub use runtime::{BootError, Poll, Runtime};
pub use sampler::Source;
pub use trace::{Asked, Fault, FetchError, Report, Trace, VersionError};
pub use world::AppendError;
