//! The configuration of one version of a function: what AWS shows of it, and what nano adds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::name::LATEST;

/// Which arm runs a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Run {
    /// IoTPy in a device's arena; invoked at the edge, IoTPy in process.
    Device,
    /// IoTPy in process.
    Edge,
    /// CPython workers.
    Cloud,
    /// IoTPy where the package compiles for it, else CPython.
    #[default]
    Auto,
}

impl Run {
    /// As written in `nano.toml`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "device" => Some(Self::Device),
            "edge" => Some(Self::Edge),
            "cloud" => Some(Self::Cloud),
            "auto" => Some(Self::Auto),
            _ => None,
        }
    }
}

/// An append that invokes a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Name of the `WooF`, in the function's namespace unless it has one: `light`, `home/light`.
    pub woof: String,
    /// Invoked at every so many appends; at least 1.
    pub every: u32,
}

/// What nano knows of a function beyond AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NanoSettings {
    /// Where it runs.
    pub run: Run,
    /// Arena on a device, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arena_bytes: Option<u32>,
    /// Finer than AWS's seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u32>,
    /// Namespace of the `WooFs` it names without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What invokes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
}

/// Environment variables of a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// By name.
    pub variables: BTreeMap<String, String>,
}

/// The configuration of one version. Its JSON is AWS's `FunctionConfiguration` and the member `Nano`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Configuration {
    /// Name.
    pub function_name: String,
    /// Its ARN; that of a published version ends with the version.
    pub function_arn: String,
    /// `python3.11`.
    pub runtime: String,
    /// The role named when it was made; nothing here looks it up.
    pub role: String,
    /// `module.function`.
    pub handler: String,
    /// Bytes of the zip.
    pub code_size: u64,
    /// Free text.
    pub description: String,
    /// Seconds.
    pub timeout: u32,
    /// Megabytes.
    pub memory_size: u32,
    /// When it was made or changed.
    pub last_modified: String,
    /// SHA-256 of the zip in base64.
    #[serde(rename = "CodeSha256")]
    pub code_sha256: String,
    /// `$LATEST` or a number.
    pub version: String,
    /// Environment variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// As given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<Value>,
    /// As given.
    #[serde(rename = "KMSKeyArn", skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<String>,
    /// `{"Mode": "PassThrough"}`.
    pub tracing_config: Value,
    /// Changes whenever anything here does.
    pub revision_id: String,
    /// Always `Active`: what is deployed can be invoked at once.
    pub state: String,
    /// Always `Successful`.
    pub last_update_status: String,
    /// Always `Zip`.
    pub package_type: String,
    /// `["x86_64"]` or `["arm64"]`, as given.
    pub architectures: Vec<String>,
    /// `{"Size": 512}`.
    pub ephemeral_storage: Value,
    /// `{"ApplyOn": "None", "OptimizationStatus": "Off"}`.
    pub snap_start: Value,
    /// `{"LogFormat": "Text", "LogGroup": ..}`.
    pub logging_config: Value,
    /// Zips that it has beside its own, in the order in which they are laid over each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerRef>,
    /// What nano adds.
    #[serde(default)]
    pub nano: NanoSettings,
}

/// A version of a layer that a function has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LayerRef {
    /// With the version.
    pub arn: String,
    /// Bytes of the zip.
    pub code_size: u64,
    /// SHA-256 of the zip in base64. It stays what it is although the version may be deleted.
    #[serde(rename = "CodeSha256")]
    pub code_sha256: String,
}

impl Configuration {
    /// Name of its log group.
    pub fn log_group(&self) -> &str {
        self.logging_config.get("LogGroup").and_then(Value::as_str).unwrap_or_default()
    }

    /// Time that an invocation may take, milliseconds.
    pub fn timeout_ms(&self) -> u64 {
        self.nano.timeout_ms.map_or_else(|| u64::from(self.timeout) * 1000, u64::from)
    }

    /// As AWS shows it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Is it what was deployed last, rather than a published version?
    pub fn is_latest(&self) -> bool {
        self.version == LATEST
    }

    /// Are code and settings those of `other`, whatever their versions and revisions are?
    pub fn same_content(&self, other: &Self) -> bool {
        let neutral = |c: &Self| {
            let (empty, mut c) = (String::new, c.clone());
            (c.version, c.function_arn, c.revision_id, c.last_modified) = (empty(), empty(), empty(), empty());
            c
        };
        neutral(self) == neutral(other)
    }
}

/// All that is kept of a function, one value in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionRecord {
    /// What was deployed last.
    pub latest: Configuration,
    /// Published versions, oldest first.
    #[serde(default)]
    pub versions: Vec<Configuration>,
    /// Number of the next one.
    #[serde(default = "first")]
    pub next_version: u64,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Names for versions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<String, Alias>,
    /// Statements of resource policies by qualifier; none is the empty one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, Vec<Value>>,
    /// Most invocations at once, if that is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_concurrency: Option<u32>,
    /// URLs by qualifier; none is the empty one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub urls: BTreeMap<String, UrlConfig>,
    /// How invocations are retried that nobody waits for, and who is told, by qualifier (`$LATEST` where none is said).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub invoke_configs: BTreeMap<String, InvokeConfig>,
    /// `Allow` or `Terminate`, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recursion: Option<String>,
}

impl FunctionRecord {
    /// A function as it is when it is made.
    pub fn new(latest: Configuration, tags: BTreeMap<String, String>) -> Self {
        Self {
            latest,
            versions: Vec::new(),
            next_version: first(),
            tags,
            aliases: BTreeMap::new(),
            policies: BTreeMap::new(),
            reserved_concurrency: None,
            urls: BTreeMap::new(),
            invoke_configs: BTreeMap::new(),
            recursion: None,
        }
    }

    /// Whether there is such a version or alias.
    pub fn has(&self, qualifier: &str) -> bool {
        qualifier == LATEST
            || self.aliases.contains_key(qualifier)
            || self.versions.iter().any(|version| version.version == qualifier)
    }
}

/// A name for a version, or for two by weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// The version.
    pub version: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Parts of the invocations that go to other versions, 0 to 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, f64>,
    /// Changes whenever anything here does.
    pub revision_id: String,
}

/// A function's URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UrlConfig {
    /// What the URL ends with: 32 characters that nobody guesses.
    pub id: String,
    /// Whether anyone may use it; otherwise requests must be signed.
    pub open: bool,
    /// What browsers on other sites may do, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<Value>,
    /// `BUFFERED` or `RESPONSE_STREAM`.
    pub invoke_mode: String,
    /// When it was made.
    pub created: String,
    /// When it was changed.
    pub modified: String,
}

/// How invocations are retried that nobody waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvokeConfig {
    /// Attempts after the first, 0 to 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Seconds after which nothing is tried any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_age: Option<u32>,
    /// ARN of who is told of a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_success: Option<String>,
    /// ARN of who is told of a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
    /// Unix time in milliseconds.
    pub modified_ms: u64,
}

const fn first() -> u64 {
    1
}
