//! The command line: every command, its options and an example of each.

use crate::cap::Cap;
use crate::queue::Queue;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// One Python function: on a microcontroller, at the edge, in the cloud.
#[derive(Debug, Parser)]
#[command(name = "nano", version, about, disable_help_subcommand = false)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a project from a template.
    New(New),
    /// Run a program on IoTPy, or invoke one handler once.
    Run(Run),
    /// Compile a project; print sizes and whether it fits the board.
    Build(Build),
    /// Edge, software devices and hot reload for a project.
    Dev(Dev),
    /// List the devices of a running `nano dev`.
    Devices(Devices),
    /// Put the firmware on a board, and say who it is.
    Deploy(Deploy),
    /// Show what a board says.
    Monitor(Monitor),
    /// Serve the edge alone: S3 and Lambda on one port.
    Serve(Serve),
    /// Copy all of an edge's data into one file.
    Backup(Backup),
    /// Make an edge's data of a backup.
    Restore(Restore),
    /// Invoke a function of a running edge.
    Invoke(Invoke),
    /// Print what functions printed.
    Logs(Logs),
    /// Read and write append-only logs.
    Woof(Woof),
    /// Ask a device that sleeps: leave requests at its edge, and read the answers.
    Queue(Queue),
    /// Print the bytecode beside the source.
    Disassemble(Disassemble),
    /// Make, derive, inspect and check capabilities.
    Cap(Cap),
    /// Measure.
    Bench(Bench),
    /// Say what is installed, what is missing, and the command that mends it.
    Doctor(Doctor),
    /// Print shell completions.
    Completions(Completions),
    /// Print the manual page.
    Man,
}

/// `nano new`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano new lights --template sensor-app")]
pub struct New {
    /// Folder to make.
    #[arg(required_unless_present = "list")]
    pub dir: Option<PathBuf>,
    /// Which template.
    #[arg(long, short)]
    pub template: Option<String>,
    /// List the templates.
    #[arg(long)]
    pub list: bool,
    /// Ask nothing.
    #[arg(long)]
    pub no_input: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano run`
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  nano run hello.py\n  nano run . --function new_light_lvl --event '[42]' --on all")]
pub struct Run {
    /// A Python file, or the folder of a project.
    pub target: PathBuf,
    /// Arguments of the program.
    #[arg(trailing_var_arg = true)]
    pub arguments: Vec<String>,
    /// Invoke this handler: a function of the file, or one of the project's functions.
    #[arg(long, short)]
    pub function: Option<String>,
    /// The event: JSON, @FILE, or - for standard input.
    #[arg(long, short, default_value = "{}", requires = "function")]
    pub event: String,
    /// Where: device, edge, cloud, or all three, compared.
    #[arg(long, default_value = "device")]
    pub on: String,
    /// Arena in bytes (also "16 KiB").
    #[arg(long)]
    pub memory: Option<String>,
    /// Write the arena to this file afterwards, for --resume here or on another machine.
    #[arg(long, value_name = "FILE", conflicts_with = "function")]
    pub checkpoint: Option<PathBuf>,
    /// Go on from a file of --checkpoint of the same program: its top level does not run again.
    #[arg(long, value_name = "FILE", conflicts_with = "function")]
    pub resume: Option<PathBuf>,
    /// Call this function of the program, without arguments, and print the repr of its result.
    #[arg(long, value_name = "NAME", conflicts_with = "function")]
    pub call: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano build`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano build --target esp8266")]
pub struct Build {
    /// Folder of the project.
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Board it must fit.
    #[arg(long)]
    pub target: Option<String>,
    /// Write the modules into this folder, as FUNCTION.iotpy.
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano disassemble`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano disassemble lights.py")]
pub struct Disassemble {
    /// A Python file, or a module (.iotpy) that `nano build --output` wrote.
    pub file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano bench`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano bench vm --corpus bench/corpus --json")]
pub struct Bench {
    /// What to measure.
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// The commands of `nano bench`.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// The interpreter over a corpus, beside this machine's CPython.
    Vm(BenchVm),
    /// Capabilities on the device's core, beside the paper's times.
    Caps(BenchCaps),
    /// From an append to the handler's pin on the device's core, beside the paper's times.
    Path(BenchPath),
    /// The compiler: source to packaged module.
    Compile(BenchCompile),
    /// `nano dev`: from a save to the new code's result on the software device.
    Dev(BenchDev),
    /// S3 over HTTP, beside other servers.
    S3(BenchS3),
    /// Lambda over HTTP: cold, warm, many at once, new code; on IoTPy and on CPython.
    Lambda(BenchLambda),
}

/// `nano bench s3`
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  nano bench s3 --seconds 3\n  nano bench s3 --filter 'GET*' --peers none")]
pub struct BenchS3 {
    /// Only columns whose name matches; `*` is any text.
    #[arg(long, default_value = "*")]
    pub filter: String,
    /// Servers to measure in the same run: all, none, or names with commas. They are installed from their registries into
    /// ~/.cache/nano/peers on first use, which takes minutes.
    #[arg(long, default_value = "all")]
    pub peers: String,
    /// How long each measurement takes.
    #[arg(long, default_value_t = 2.0)]
    pub seconds: f64,
    /// Connections at once.
    #[arg(long, default_value_t = 8)]
    pub connections: usize,
    /// When an answer of ours means that what was written is on disk.
    #[arg(long, value_enum, default_value_t = Sync::Group)]
    pub sync: Sync,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano bench lambda`
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  nano bench lambda\n  nano bench lambda --peers none --json")]
pub struct BenchLambda {
    /// Servers to measure in the same run: all, none, or names with commas. They are installed from their registries into
    /// ~/.cache/nano/peers on first use, which takes minutes.
    #[arg(long, default_value = "all")]
    pub peers: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano bench dev`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano bench dev --saves 100")]
pub struct BenchDev {
    /// How many saves.
    #[arg(long, default_value_t = 40)]
    pub saves: u32,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A device's core that is emulated by the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Core {
    /// The ESP8266's.
    Lx106,
}

/// `nano bench caps`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano bench caps --target lx106")]
pub struct BenchCaps {
    /// Core that executes them.
    #[arg(long, default_value = "lx106")]
    pub target: Core,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano bench path`
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nano bench path --target lx106\n  nano bench path --profile\n  nano bench path --profile ks32_cold --tree\n  nano bench path --profile light_flashed"
)]
pub struct BenchPath {
    /// Core that executes it.
    #[arg(long, default_value = "lx106")]
    pub target: Core,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Say which functions of the firmware one row's instructions are spent in.
    #[arg(long, value_name = "ROW", num_args = 0..=1, default_missing_value = "light_warm", conflicts_with = "json")]
    pub profile: Option<String>,
    /// Functions that the profile shows.
    #[arg(long, default_value_t = 25, requires = "profile")]
    pub top: usize,
    /// Print the profile as a tree of calls, of what is above so many thousandths.
    #[arg(long, value_name = "THOUSANDTHS", num_args = 0..=1, default_missing_value = "5", requires = "profile")]
    pub tree: Option<u64>,
}

/// `nano bench vm`
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nano bench vm\n  nano bench vm --target lx106 --filter 'ks*'\n  nano bench vm --target lx106 --filter 'collect*'"
)]
pub struct BenchVm {
    /// Folder of programs, each with `bench()` and `INNER`.
    #[arg(long, default_value = "bench/corpus")]
    pub corpus: PathBuf,
    /// Only programs, and collections of a full arena, whose name matches (* is any text).
    #[arg(long, default_value = "*")]
    pub filter: String,
    /// Count instructions on this core instead of timing this machine.
    #[arg(long)]
    pub target: Option<Core>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano bench compile`
#[derive(Args, Debug)]
pub struct BenchCompile {
    /// Python files.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano doctor`
#[derive(Args, Debug)]
pub struct Doctor {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano completions`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano completions bash > ~/.local/share/bash-completion/completions/nano")]
pub struct Completions {
    /// Shell.
    pub shell: clap_complete::Shell,
}

/// `nano deploy`
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nano deploy --target esp8266 --port /dev/ttyUSB0 --device walkway\n  nano deploy --ota --device walkway --cap @update.cap"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
pub struct Deploy {
    /// Folder of the project; the device's secret is kept in its `.nano/`.
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// What is at the other end.
    #[arg(long, default_value = "esp8266")]
    pub target: DeployTarget,
    /// Serial port; found by itself where there is one.
    #[arg(long)]
    pub port: Option<String>,
    /// What the device is called; else the one of the project that has such a board.
    #[arg(long, required_if_eq("ota", "true"))]
    pub device: Option<String>,
    /// Give the board this project's secret although it has another one: capabilities for the old one die.
    #[arg(long)]
    pub replace_secret: bool,
    /// Bring the firmware by the device's link instead of a cable: `--device` is its name at the edge, or HOST:PORT.
    #[arg(long, conflicts_with_all = ["port", "edge", "replace_secret"])]
    pub ota: bool,
    /// The capability (or @FILE) with the right UPDATE; the owner's where the project has the device's keys.
    #[arg(long, requires = "ota", value_name = "CAP")]
    pub cap: Option<String>,
    /// Seconds that the board is given to start.
    #[arg(long, default_value_t = 16)]
    pub patience: u64,
    /// The wireless network that the board joins; its password is asked for, or read from standard input.
    #[arg(long, value_name = "SSID", requires = "devices", conflicts_with = "ota")]
    pub wifi: Option<String>,
    /// Where the edge waits for boards on a network: the machine and port of its `nano serve --devices PORT`.
    #[arg(long, value_name = "HOST:PORT", requires = "wifi")]
    pub devices: Option<String>,
    /// An edge that the board is paired with: it gets the root of its slot there.
    #[arg(long, value_name = "URL")]
    pub edge: Option<String>,
    /// Where the Lambda API is; of `edge` this machine's, of `cloud` that of the region. With `--ota` the edge that knows the
    /// device.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Region of the Lambda API; AWS_REGION where left out.
    #[arg(long)]
    pub region: Option<String>,
    /// Role that functions have which are new in the cloud.
    #[arg(long, value_name = "ARN")]
    pub role: Option<String>,
    /// Do it without asking.
    #[arg(long, short)]
    pub yes: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What can be deployed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DeployTarget {
    /// The board, by its serial line.
    Esp8266,
    /// The board, by its USB line; its link to the edge is Wi-Fi.
    Esp32c3,
    /// Functions to an edge, through its Lambda API.
    Edge,
    /// Functions to AWS Lambda.
    Cloud,
}

/// `nano monitor`
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  nano monitor --port /dev/ttyUSB0\n  nano monitor --devices 192.168.1.10:4568")]
pub struct Monitor {
    /// Serial port; found by itself where there is one.
    #[arg(long)]
    pub port: Option<String>,
    /// Link the board to the edge that waits for boards there: the machine and port of its `nano serve --devices PORT`. The
    /// two must have been paired, by `nano deploy --edge`.
    #[arg(long, value_name = "HOST:PORT")]
    pub devices: Option<String>,
    /// Folder of the project whose code the board runs: its line tables say where in the source a handler failed.
    #[arg(long, default_value = ".")]
    pub project: PathBuf,
    /// Print JSON, a line each.
    #[arg(long)]
    pub json: bool,
}

/// `nano serve`
#[derive(Args, Debug)]
#[command(
    after_help = "Example: nano serve keys add && nano serve --auth --host 0.0.0.0",
    args_conflicts_with_subcommands = true
)]
pub struct Serve {
    /// The keys that --auth verifies with.
    #[command(subcommand)]
    pub command: Option<ServeCommand>,
    /// Port.
    #[arg(long, default_value_t = 4566)]
    pub port: u16,
    /// Address to listen on. Any but this machine's own needs --auth.
    #[arg(long, default_value = "127.0.0.1")]
    pub host: std::net::IpAddr,
    /// A name that the edge goes by, besides those of this machine: without keys it answers to no others. May be given several
    /// times.
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// Folder that keeps everything.
    #[arg(long, default_value = ".nano/edge")]
    pub data: PathBuf,
    /// Verify signatures, with the keys of `nano serve keys` and with those of a file (mode 0600), ACCESS:SECRET in each line;
    /// may be given several times. A key itself is taken too, but everyone on the machine sees it in the list of processes.
    #[arg(long, value_name = "@FILE", num_args = 0..=1, default_missing_value = "")]
    pub auth: Vec<String>,
    /// When an answer means that what was written is on disk.
    #[arg(long, value_enum, default_value_t = Sync::Group)]
    pub sync: Sync,
    /// What of the network functions on CPython reach.
    #[arg(long, value_enum, default_value_t = NetworkWord::Edge)]
    pub network: NetworkWord,
    /// Let boards whose link is a network connect here: a port, or an address of this machine and a port.
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = address)]
    pub devices: Option<std::net::SocketAddr>,
    /// Which answers get a line on standard error: its time, id, service, request, status and duration.
    #[arg(long, value_enum, default_value_t = Requests::Failed)]
    pub log: Requests,
    /// Read and check every record, and end.
    #[arg(long)]
    pub check: bool,
    /// For tests of lifecycle rules: what they count as a day, from 1s on.
    #[arg(long, value_name = "TIME", value_parser = lifecycle_day)]
    pub lifecycle_day: Option<std::time::Duration>,
    /// Print JSON, a line each.
    #[arg(long)]
    pub json: bool,
}

/// The requests that are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Requests {
    /// None.
    Off,
    /// Those whose status is 400 or above.
    Failed,
    /// All.
    All,
}

/// A day of lifecycle rules, which are looked at every two seconds at most.
fn lifecycle_day(text: &str) -> Result<std::time::Duration, String> {
    match crate::time::duration(text) {
        Ok(day) if day >= std::time::Duration::from_secs(1) => Ok(day),
        _ => Err("no length of time from 1s on: write 10s, 1m or 24h".to_owned()),
    }
}

/// An address to listen on; of a port alone that of this machine only.
fn address(text: &str) -> Result<std::net::SocketAddr, String> {
    let port = text.parse::<u16>().map(|port| std::net::SocketAddr::from(([127, 0, 0, 1], port)));
    port.or_else(|_| text.parse()).map_err(|_| "neither a port nor ADDRESS:PORT".to_owned())
}

/// What functions on CPython reach of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum NetworkWord {
    /// Nothing but this edge, at `AWS_ENDPOINT_URL`: whoever may deploy reaches nothing that this machine does.
    Edge,
    /// All that this machine reaches, as on Lambda the internet; also what listens on this machine and in its network.
    Host,
}

/// What a power cut may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sync {
    /// Each write has an fsync of its own; a power cut loses nothing that was answered.
    EveryAppend,
    /// Writes that come together share an fsync; a power cut loses nothing that was answered.
    Group,
    /// No fsync: a power cut may lose the last half minute, kill -9 loses nothing.
    Os,
}

/// The commands of `nano serve`.
#[derive(Debug, Subcommand)]
pub enum ServeCommand {
    /// The keys that --auth verifies with; each is a user of its own.
    #[command(subcommand)]
    Keys(KeysCommand),
}

/// The commands of `nano serve keys`.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key and print it, this once with its secret.
    #[command(after_help = "Example: nano serve keys add alice --data ./edge-data")]
    Add {
        /// Whose it is; anything that helps to tell keys apart.
        #[arg(default_value = "")]
        name: String,
        /// Folder of the edge.
        #[arg(long, default_value = ".nano/edge")]
        data: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the keys, without their secrets.
    #[command(after_help = "Example: nano serve keys list")]
    List {
        /// Folder of the edge.
        #[arg(long, default_value = ".nano/edge")]
        data: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a key away; a running edge takes it until it is started again.
    #[command(after_help = "Example: nano serve keys remove NANO0123456789ABCDEF")]
    Remove {
        /// The access key.
        access: String,
        /// Folder of the edge.
        #[arg(long, default_value = ".nano/edge")]
        data: PathBuf,
    },
}

/// `nano backup`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano backup edge-2026-11-26.nanobackup --data ./edge-data")]
pub struct Backup {
    /// File to make. It is a zip, checked when it is restored. The edge's keys are in it, so its mode is 0600.
    pub file: PathBuf,
    /// Folder of the edge, which may be at work meanwhile.
    #[arg(long, default_value = ".nano/edge")]
    pub data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano restore`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano restore edge-2026-11-26.nanobackup --data ./edge-again")]
pub struct Restore {
    /// A backup.
    pub file: PathBuf,
    /// Folder to make; there must be nothing in it.
    #[arg(long, default_value = ".nano/edge")]
    pub data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano invoke`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano invoke summarise --event '[[12], [512]]' --on edge")]
pub struct Invoke {
    /// Function.
    pub function: String,
    /// The event: JSON, @FILE, or - for standard input.
    #[arg(long, short, default_value = "{}")]
    pub event: String,
    /// Where: device, edge, cloud, or auto.
    #[arg(long, default_value = "auto")]
    pub on: String,
    /// The edge: its address, or that of the one that runs in this project (else http://127.0.0.1:4566).
    #[arg(long, default_value = crate::client::LOCAL, value_parser = crate::client::endpoint)]
    pub endpoint: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `nano logs`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano logs summarise -f")]
pub struct Logs {
    /// Function; all where left out.
    pub function: Option<String>,
    /// Go on with what is to come.
    #[arg(long, short)]
    pub follow: bool,
    /// How many records to begin with.
    #[arg(long, short = 'n', default_value_t = 50)]
    pub count: u64,
    /// The edge: its address, or that of the one that runs in this project (else http://127.0.0.1:4566).
    #[arg(long, default_value = crate::client::LOCAL, value_parser = crate::client::endpoint)]
    pub endpoint: String,
    /// Print JSON, a record a line.
    #[arg(long)]
    pub json: bool,
}

/// `nano woof`
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nano woof tail woof://127.0.0.1:4566/sensor-app/light -n 5\n  nano woof tail woof://walkway/sensor-app/light --cap @reader.cap\n  nano woof put woof://walkway/sensor-app/light 512 --queue 1h"
)]
pub struct Woof {
    /// The log is a device's, and this capability (or @FILE) is shown to it. In the project that has the device's keys
    /// its owner's is, where this is left out.
    #[arg(long, global = true)]
    pub cap: Option<String>,
    /// A second capability, for what the first requires.
    #[arg(long = "with", global = true, requires = "cap")]
    pub second: Option<String>,
    /// The edge that knows the devices by name; `local` is the one that runs in this project.
    #[arg(long, global = true, default_value = crate::client::LOCAL, value_parser = crate::client::endpoint)]
    pub endpoint: String,
    /// The device sleeps: leave the request at the edge for so long (10m, 1h), and print its id. `nano queue read` has the
    /// answer. With get, put and tail.
    #[arg(long, global = true, value_name = "TIME")]
    pub queue: Option<String>,
    /// With --queue: a capability for the device's queue (or @FILE), of nano queue allow. Where the edge's data is in this
    /// project its owner's is used.
    #[arg(long, global = true, requires = "queue", value_name = "CAP")]
    pub by: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: WoofCommand,
}

/// The commands of `nano woof`.
#[derive(Debug, Subcommand)]
pub enum WoofCommand {
    /// List logs.
    List {
        /// woof://host[:port][/namespace]; the local edge where left out.
        uri: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tell what a log is.
    Stat {
        /// woof://host[:port]/namespace/name
        uri: String,
    },
    /// Make a log.
    Create {
        /// woof://host[:port]/namespace/name
        uri: String,
        /// Most bytes of a record.
        #[arg(long, default_value = "64 B")]
        element: String,
        /// Records kept.
        #[arg(long, default_value_t = 128)]
        history: u32,
    },
    /// Read a record: the newest, or that of a sequence number.
    Get {
        /// woof://host[:port]/namespace/name
        uri: String,
        /// Sequence number.
        sequence: Option<u64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Append a record; prints its sequence number.
    Put {
        /// woof://host[:port]/namespace/name
        uri: String,
        /// The record, or - for standard input.
        payload: String,
        /// On a device: let the log's handlers run (the right EXEC). At the edge they always do.
        #[arg(long)]
        exec: bool,
    },
    /// Read the newest records.
    Tail {
        /// woof://host[:port]/namespace/name
        uri: String,
        /// How many.
        #[arg(short = 'n', long, default_value_t = 10)]
        count: u64,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// `nano dev`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano dev --port 4566")]
pub struct Dev {
    /// Folder of the project.
    #[arg(default_value = ".")]
    pub project: PathBuf,
    /// Port of the edge.
    #[arg(long, default_value_t = 4566)]
    pub port: u16,
    /// Folder that keeps everything; `.nano/edge` of the project where left out.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Seed of the network model.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Let a device be the real image of its board, in QEMU; may be given several times.
    #[arg(long, value_name = "NAME=qemu:BOARD")]
    pub device: Vec<String>,
    /// Print saves and failures only.
    #[arg(long)]
    pub quiet: bool,
    /// Print JSON, an event a line.
    #[arg(long)]
    pub json: bool,
}

/// `nano devices`
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  nano devices\n  nano devices sleep walkway")]
pub struct Devices {
    /// Of a software device: switch its radio.
    #[command(subcommand)]
    pub command: Option<DevicesCommand>,
    /// The edge: its address, or that of the one that runs in this project (else http://127.0.0.1:4566).
    #[arg(long, global = true, default_value = crate::client::LOCAL, value_parser = crate::client::endpoint)]
    pub endpoint: String,
    /// Print JSON, a device a line.
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands of `nano devices`.
#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// Switch a software device's radio off, as a board sleeps: nobody reaches it; its sensors and functions go on.
    Sleep {
        /// The device.
        device: String,
    },
    /// Switch it on again.
    Wake {
        /// The device.
        device: String,
    },
}
