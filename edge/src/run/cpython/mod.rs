//! CPython workers: processes that run one version of a function each, over AWS Lambda's Runtime API.
//!
//! A [zygote](zygote) is a Python that has started already; a worker is a copy of it, in a [sandbox](sandbox).

mod crew;
mod device;
mod memory;
mod output;
mod pythons;
mod runtime_api;
mod sandbox;
mod task;
mod watch;
mod worker;
mod zygote;

pub(crate) use crew::{Crew, CrewOptions, Endpoint};
pub use sandbox::{Network, NetworkLimit, Sandbox};
