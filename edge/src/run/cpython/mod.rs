//! CPython workers: processes that run one version of a function each, over AWS Lambda's Runtime API.

mod crew;
mod device;
mod output;
mod runtime_api;
mod task;
mod worker;

pub(crate) use crew::{Crew, CrewOptions};
