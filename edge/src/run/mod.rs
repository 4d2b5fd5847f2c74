//! Running functions: IoTPy in process, or CPython in worker processes.

mod cpython;
pub(crate) mod credentials;
mod environment;
mod failure;
mod iotpy;
pub(crate) mod report;
pub(crate) mod services;

use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;

use crate::lambda::Version;
use crate::translate::TranslationError;

pub(crate) use cpython::{Crew, CrewOptions, Endpoint};
pub use cpython::{Network, NetworkLimit, Sandbox};
pub use failure::Failure;
pub(crate) use iotpy::{Loaded, Surroundings};

/// Most bytes of an event.
pub const MOST_EVENT_BYTES: usize = 6 << 20;

/// Most bytes of an event that is not waited for.
pub const MOST_ASYNCHRONOUS_EVENT_BYTES: usize = 1 << 20;

/// Most bytes of a result. AWS adds 100 bytes to 6 MiB.
pub const MOST_RESULT_BYTES: usize = (6 << 20) + 100;

/// What an event is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EventKind {
    /// A JSON document. That it is one has been checked by whoever made the invocation.
    #[default]
    Json,
    /// Bytes as they are: records of logs that are no JSON. The handler gets a `bytes` object.
    Bytes,
}

/// One invocation, decided on: what runs and with what.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub version: Arc<Version>,
    pub event: Bytes,
    pub kind: EventKind,
    pub request_id: String,
    /// JSON, as the caller gave it.
    pub client_context: Option<String>,
}

/// What an arm made of an invocation.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub result: Result<Bytes, Failure>,
    /// What the handler printed, and what the runtime said about its end.
    pub output: String,
    pub duration: Duration,
    /// Time the start took, when there was one.
    pub init: Option<Duration>,
    pub log_stream: String,
    /// Bytes of memory used at most, of the process or the arena.
    pub memory_bytes: u64,
    /// Instructions of IoTPy.
    pub instructions: Option<u64>,
}

/// What of a version is loaded and waits to run again.
#[derive(Debug, Default)]
pub(crate) struct Runners {
    /// IoTPy's instances, or why it does not take the package.
    pub iotpy: OnceLock<Result<Loaded, TranslationError>>,
    /// Had by who makes them.
    pub loading: Mutex<()>,
    /// The last invocation took so long that the next one had better not hold up others, microseconds.
    pub last_us: AtomicU32,
}
