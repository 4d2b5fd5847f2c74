//! CPython workers: processes that run one version of a function each. AWS's own client speaks Lambda's Runtime API with the edge;
//! the edge's own runtime says the same in less, over a [link](link).
//!
//! A [zygote](zygote) is a Python that has started already; a worker is a copy of it, in a [sandbox](sandbox).

mod crew;
mod device;
mod link;
mod memory;
mod output;
mod pause;
mod pythons;
mod runtime_api;
mod sandbox;
mod task;
mod watch;
mod worker;
mod zygote;

pub(crate) use crew::{Crew, CrewOptions, Endpoint};
pub use sandbox::{Network, NetworkLimit, Sandbox};
