//! What `nano cap` is told.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `nano cap`
#[derive(Args, Debug)]
#[command(after_help = "A capability is a secret and lives in a file; commands print and take @FILE.\n\nExamples:\n  \
nano cap derive --device walkway --readonly --woof app/light --lane 1 --expires 1h -o reader.cap\n  \
nano cap inspect @reader.cap\n  \
nano woof tail woof://walkway/app/light --cap @reader.cap\n  \
nano cap revoke @reader.cap --device walkway")]
pub struct Cap {
    /// What to do with capabilities.
    #[command(subcommand)]
    pub command: CapCommand,
}

/// The commands of `nano cap`.
#[derive(Debug, Subcommand)]
pub enum CapCommand {
    /// Make a device's secret and the owner's root capability.
    New(New),
    /// Derive a weaker capability, without asking anybody.
    Derive(Box<Derive>),
    /// Show what a capability allows, as a tree; needs no key.
    Inspect(Inspect),
    /// Warn about grants without effect; with --git, look for capabilities in tracked files.
    Check(Check),
    /// Bind a capability to one request; prints the request, which is no secret.
    Bind(Bind),
    /// Check a capability against a device's secret and what was revoked there.
    Verify(Verify),
    /// Say a capability in one frame: the same rights, cheaper to verify.
    Flatten(Flatten),
    /// Kill a capability the cheapest way, and say what else dies.
    Revoke(Revoke),
    /// Handles of a namespace or log of a device, by name.
    Resolve(Resolve),
    /// Say why a device would not do what a request asks.
    WhyDenied(WhyDenied),
    /// Say what each client used, and derive no more than that.
    Audit(Audit),
    /// Print test vectors of the format, as JSON.
    Vectors(Vectors),
}

/// Where a capability that a command makes goes.
#[derive(Args, Debug)]
pub struct Into {
    /// File for the capability (mode 0600); else one in .nano/capabilities.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// Print the capability itself, which is a secret, and write no file.
    #[arg(long, conflicts_with = "output")]
    pub reveal: bool,
    /// With --reveal: as a QR code on the terminal.
    #[arg(long, requires = "reveal", conflicts_with = "json")]
    pub qr: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Where a device is reached.
#[derive(Args, Debug)]
pub struct At {
    /// The device's own address, HOST:PORT; else it is asked of a running `nano dev`.
    #[arg(long)]
    pub at: Option<String>,
    /// The `nano dev` that runs the device; `local` is this project's.
    #[arg(long, default_value = crate::client::LOCAL, value_parser = crate::client::endpoint)]
    pub endpoint: String,
}

/// `nano cap new`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano cap new walkway")]
pub struct New {
    /// Name of the device.
    pub device: String,
    /// Print the capability itself, which is a secret.
    #[arg(long)]
    pub reveal: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap derive`
#[derive(Args, Debug)]
#[command(
    after_help = "The new capability is a secret: it is written to a file of mode 0600, and what is printed is @FILE, \
which every command takes. --reveal prints the capability itself.\n\n\
Example: nano cap derive --device walkway --readonly --woof app/light --lane 1 --expires 1h"
)]
pub struct Derive {
    /// The parent: a capability, or @FILE; else the root of `--device`.
    pub parent: Option<String>,
    /// Device whose root is the parent, and where names are looked up.
    #[arg(long)]
    pub device: Option<String>,
    /// Allow reading only (get, latest, list).
    #[arg(long)]
    pub readonly: bool,
    /// Namespace: its handle, or its name on the device.
    #[arg(long)]
    pub ns: Option<String>,
    /// WooF: its handle, or NAMESPACE/NAME on the device.
    #[arg(long)]
    pub woof: Option<String>,
    /// Rights, separated by commas: get, put, exec, ..
    #[arg(long, value_delimiter = ',')]
    pub rights: Vec<String>,
    /// Rights on an object, and again: RIGHTS@any, RIGHTS@NAMESPACE/any, RIGHTS@NAMESPACE/NAME (or handles).
    #[arg(long, conflicts_with_all = ["ns", "woof", "rights", "readonly"])]
    pub grant: Vec<String>,
    /// Life: 30s, 10m, 1h, 7d.
    #[arg(long, allow_hyphen_values = true)]
    pub expires: Option<String>,
    /// Not valid before this time has passed: 30s, 10m, 1h, 7d.
    #[arg(long, allow_hyphen_values = true)]
    pub not_before: Option<String>,
    /// Lane of sequence numbers, 0 to 7. Each client has its own; without one it is lane 0, the owner's, which moves the device's clock.
    #[arg(long, allow_hyphen_values = true, value_parser = clap::value_parser!(u8).range(0..=7))]
    pub lane: Option<u8>,
    /// Require a capability with this identity (16 hexadecimal digits) beside it.
    #[arg(long)]
    pub requires: Option<String>,
    /// Carry this identity (16 hexadecimal digits); it grants nothing unless rights are named.
    #[arg(long)]
    pub identity: Option<String>,
    /// Let the device at HOST:PORT mint the identity in one frame, which shows nothing of the parent; needs MINTID. Of the
    /// conditions only --expires goes with it.
    #[arg(long, requires = "identity", conflicts_with_all = ["readonly", "ns", "woof", "rights", "grant", "not_before", "lane",
        "requires", "max_len", "min_gap", "sealed"])]
    pub ask: Option<String>,
    /// Longest payload in bytes.
    #[arg(long, allow_hyphen_values = true)]
    pub max_len: Option<u16>,
    /// Least time between two operations of its lane: 500ms, 10s.
    #[arg(long, allow_hyphen_values = true)]
    pub min_gap: Option<String>,
    /// No further derivation.
    #[arg(long)]
    pub sealed: bool,
    /// Where the capability goes.
    #[command(flatten)]
    pub into: Into,
    /// Where names are looked up.
    #[command(flatten)]
    pub at: At,
}

/// `nano cap inspect`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano cap inspect @reader.cap")]
pub struct Inspect {
    /// A capability, @FILE, or - for standard input.
    pub capability: String,
    /// Print the capability itself, too, which is a secret.
    #[arg(long)]
    pub reveal: bool,
    /// With --reveal: as a QR code on the terminal.
    #[arg(long, requires = "reveal", conflicts_with = "json")]
    pub qr: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap check`
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code 1 when something was found.\n\nExample: nano cap check @reader.cap\n         nano cap check --git"
)]
pub struct Check {
    /// A capability, @FILE, or - for standard input.
    #[arg(required_unless_present = "git")]
    pub capability: Option<String>,
    /// Look for capabilities and secrets of devices and edges in the files that git tracks, here and below (or below this folder).
    #[arg(long, num_args = 0..=1, default_missing_value = ".")]
    pub git: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap bind`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano cap bind @reader.cap --op get --ns 1 --woof 2 --payload-hex 00")]
pub struct Bind {
    /// A capability, @FILE, or - for standard input.
    pub capability: String,
    /// A second one, for what the first requires.
    #[arg(long = "with")]
    pub second: Option<String>,
    /// The operation: get, put, exec, stat, ..
    #[arg(long)]
    pub op: String,
    /// Namespace handle.
    #[arg(long, default_value_t = nano_caps::ANY)]
    pub ns: u16,
    /// WooF handle.
    #[arg(long, default_value_t = nano_caps::ANY)]
    pub woof: u16,
    /// The payload as text, or @FILE.
    #[arg(long, conflicts_with = "payload_hex")]
    pub payload: Option<String>,
    /// The payload in hexadecimal digits.
    #[arg(long)]
    pub payload_hex: Option<String>,
    /// Sequence number; else this moment's.
    #[arg(long, allow_hyphen_values = true)]
    pub seq: Option<u64>,
    /// A tag of 16 bytes also where 8 are allowed.
    #[arg(long)]
    pub wide: bool,
    /// Encrypt the payload.
    #[arg(long)]
    pub encrypt: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap verify`
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code 0: authentic and alive; 1: not.\n\nExample: nano cap verify @reader.cap --device walkway"
)]
pub struct Verify {
    /// A capability, @FILE, or - for standard input.
    pub capability: String,
    /// Device whose secret is in `.nano/`.
    #[arg(long)]
    pub device: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap flatten`
#[derive(Args, Debug)]
#[command(
    after_help = "Who holds an ancestor, or the device's secret, needs nobody (--by, --device); else the device does it \
when the capability has the right FLATTEN (--ask).\n\nExample: nano cap flatten @deep.cap --device walkway"
)]
pub struct Flatten {
    /// A capability, @FILE, or - for standard input.
    pub capability: String,
    /// An ancestor of it: a capability or @FILE.
    #[arg(long, group = "how")]
    pub by: Option<String>,
    /// Device whose secret is in `.nano/`.
    #[arg(long, group = "how")]
    pub device: Option<String>,
    /// Address of the device that is to do it, HOST:PORT.
    #[arg(long, group = "how")]
    pub ask: Option<String>,
    /// Where the capability goes.
    #[command(flatten)]
    pub into: Into,
}

/// `nano cap revoke`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano cap revoke @reader.cap --device walkway --dry-run")]
pub struct Revoke {
    /// A capability, @FILE, or - for standard input.
    #[arg(required_unless_present_any = ["slot", "all"])]
    pub capability: Option<String>,
    /// Kill all capabilities of this slot instead (its generation rises).
    #[arg(long, conflicts_with_all = ["capability", "all"], allow_hyphen_values = true,
        value_parser = clap::value_parser!(u8).range(0..=15))]
    pub slot: Option<u8>,
    /// Kill all capabilities of the device instead (its epoch rises).
    #[arg(long, conflicts_with = "capability")]
    pub all: bool,
    /// The device; its owner's root in `.nano/` is used.
    #[arg(long)]
    pub device: String,
    /// Only say what would be done.
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Where the device is.
    #[command(flatten)]
    pub at: At,
}

/// `nano cap resolve`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano cap resolve walkway app/light")]
pub struct Resolve {
    /// The device.
    pub device: String,
    /// NAMESPACE, or NAMESPACE/NAME; else everything there is.
    pub name: Option<String>,
    /// With --at: the capability to ask with; else the owner's root in `.nano/`.
    #[arg(long)]
    pub cap: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Where the device is.
    #[command(flatten)]
    pub at: At,
}

/// `nano cap why-denied`
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code 0: it would be done; 1: not.\n\nExample: nano cap why-denied 1000030100007b6c50c4.. --device walkway"
)]
pub struct WhyDenied {
    /// The request: hexadecimal digits, @FILE (digits or bytes), or - for standard input.
    pub request: String,
    /// Device whose secret in `.nano/` also tells whether the tag is right and what was revoked.
    #[arg(long)]
    pub device: Option<String>,
    /// The device's time, unix seconds; else now.
    #[arg(long, allow_hyphen_values = true)]
    pub time: Option<u64>,
    /// The lane's last sequence number at the device; else 0.
    #[arg(long, default_value_t = 0)]
    pub last: u64,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap vectors`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano cap vectors | python3 -m json.tool")]
pub struct Vectors {
    /// Print JSON; it always does.
    #[arg(long)]
    pub json: bool,
}

/// `nano cap audit`
#[derive(Args, Debug)]
#[command(
    after_help = "Without --endpoint a copy of the project runs until each function that a log invokes has run once.\n\n\
Example: nano cap audit\n         nano cap audit --endpoint http://127.0.0.1:4566"
)]
pub struct Audit {
    /// The project's folder.
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Read the audit log of this running edge instead.
    #[arg(long)]
    pub endpoint: Option<String>,
    /// Print JSON, one object a line.
    #[arg(long)]
    pub json: bool,
}
