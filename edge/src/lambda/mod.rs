//! AWS Lambda's control plane: functions, their configurations and code, checked and worded as AWS does.

mod error;
mod function;
mod functions;
mod layers;
mod name;
mod settings;
mod validate;

pub use error::{ApiError, ErrorKind};
pub use function::{
    Alias, Configuration, Environment, FunctionRecord, InvokeConfig, NanoSettings, Run, Trigger, UrlConfig,
};
pub(crate) use functions::wrong_revision;
pub use functions::{Deployment, Functions, Page, Version};
pub use layers::{LayerName, LayerVersion, layer_arn};
pub use name::{ACCOUNT, DEFAULT_REGION, FunctionName, LATEST};
pub use settings::{Members, RUNTIMES};
pub(crate) use validate::{Violations, one_of, pattern, violation};

/// Namespace of `WooFs` that are named without one.
pub const DEFAULT_NAMESPACE: &str = "default";
