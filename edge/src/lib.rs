//! NanoLambda Cloud/Edge: S3, Lambda, function store, translation cache. What nano serve runs.
//!
//! Not a device: no pins, no capabilities, no energy; the emulator puts those beside it.
//!
//! - [`Server::start`] opens an [`Edge`] in a data folder and serves it: S3, Lambda and `/_nano/` on one port.
//! - [`Edge`] is the same without HTTP: deploy, invoke, logs, WooFs, translation.
//!
//! ```
//! use nano_edge::{Deployment, Edge, EdgeOptions, Invoke, Package};
//!
//! let data = tempfile::tempdir()?;
//! let edge = Edge::open(EdgeOptions::new(data.path(), ""))?;
//! let package = Package::build([("app.py", &b"def handler(event, context):\n    return event['n'] + 1\n"[..])])?;
//! let deployment = Deployment { name: "count".into(), handler: "app.handler".into(), ..Deployment::default() };
//! edge.deploy(&deployment, &package)?;
//! let answer = edge.invoke("count", Invoke::new(r#"{"n": 41}"#))?;
//! assert_eq!(answer.result.unwrap(), "42");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accepted;
mod asynchronous;
mod audit;
mod backup;
mod edge;
mod hex;
mod holdings;
mod lambda;
mod log_groups;
mod logs;
mod origins;
mod package;
mod queues;
mod roles;
mod run;
pub mod s3;
mod secret;
mod server;
mod snapshot;
pub mod store;
mod translate;
mod trigger;
mod upkeep;
mod waiting;
mod woofs;
mod world;

pub use audit::{AUDIT_WOOF, Audit, AuditEntry, Broken, read_chain};
pub use backup::{Checked, Copied, backup, check, restore};
pub use edge::{Answer, AppendError, Arm, Edge, EdgeError, EdgeEvent, EdgeOptions, Invoke, On};
pub use holdings::{EDGE_RIGHTS, Holdings};
pub use lambda::{
    ACCOUNT, ApiError, Configuration, DEFAULT_NAMESPACE, DEFAULT_REGION, Deployment, Environment, ErrorKind,
    FunctionName, Functions, LATEST, Members, NanoSettings, Page, RUNTIMES, Run, Trigger, Version,
};
pub use logs::{LogRecord, Logs};
pub use package::{MOST_UNZIPPED_BYTES, MOST_ZIPPED_BYTES, Package, PackageError};
pub use queues::{DeviceAsks, QUEUE_OF, QueueAnswer, QueueKeys, Queues};
pub use run::services::{answer as service_answer, signed_request};
pub use run::{
    EventKind, Failure, MOST_ASYNCHRONOUS_EVENT_BYTES, MOST_EVENT_BYTES, MOST_RESULT_BYTES, Network, NetworkLimit,
    Sandbox,
};
pub use secret::{create_secret, make_data_folder, write_secret};
pub use server::{
    Answered, ClientLimits, Config, DEFAULT_PORT, Extension, ExtensionRequest, ExtensionResponse, Running, Server,
    Signer, Watch, sign,
};
pub use snapshot::{TopLevel, compile, with_top_level_run};
pub use translate::{Translation, TranslationError, fits};
pub use waiting::{
    LONGEST_WAIT, Listed, MOST_REQUEST, MOST_SILENCES, MOST_WAITING, QueueError, RequestId, WaitState, Waiter, Waiting,
};
pub use woofs::Woofs;
pub use world::{Entropy, World};
