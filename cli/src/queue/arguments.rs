//! What `nano queue` is told.

use crate::cap::Into;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `nano queue`
#[derive(Args, Debug)]
#[command(
    after_help = "What waits passes the device's gate when it wakes, as if its asker had come himself; to have something \
wait takes a capability of the edge as well.\n\nExamples:\n  \
nano woof put woof://walkway/app/light 512 --queue 1h\n  \
nano queue list walkway\n  \
nano queue read walkway 0f3c5e.. --wait 10m\n  \
nano queue allow walkway --lane 1 --expires 7d -o sender.cap"
)]
pub struct Queue {
    /// What to do.
    #[command(subcommand)]
    pub command: QueueCommand,
}

/// The commands of `nano queue`.
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// Have a request wait that nano cap bind made; prints its id.
    Send(Send),
    /// List what waits for a device, and what it has answered.
    List {
        /// The device.
        device: String,
        /// Print JSON, an object a line.
        #[arg(long)]
        json: bool,
        /// Whom to ask.
        #[command(flatten)]
        ask: Ask,
    },
    /// Print an answer, and free its place. Exit code 1: there is none yet, or the device refused.
    Read(ReadAnswer),
    /// Forget a request and its answer. What the device has been handed already it may do.
    Cancel {
        /// The device.
        device: String,
        /// The request.
        id: String,
        /// Whom to ask.
        #[command(flatten)]
        ask: Ask,
    },
    /// Make a capability for a device's queue, as the owner of its edge.
    Allow(Allow),
}

/// Whom to ask, and with what.
#[derive(Args, Debug)]
pub struct Ask {
    /// The edge that keeps the device's queue; `local` is the one that runs in this project.
    #[arg(long, default_value = crate::client::LOCAL, value_parser = crate::client::endpoint)]
    pub endpoint: String,
    /// A capability for the queue (or @FILE), of nano queue allow; else that of the edge's owner, from its data.
    #[arg(long, value_name = "CAP")]
    pub by: Option<String>,
    /// Folder of the edge's data, where this is its owner; else .nano/edge.
    #[arg(long, conflicts_with = "by")]
    pub data: Option<PathBuf>,
}

/// `nano queue send`
#[derive(Args, Debug)]
#[command(
    after_help = "Example: nano cap bind @writer.cap --op put --ns 1 --woof 2 --payload 512 | nano queue send walkway -"
)]
pub struct Send {
    /// The device.
    pub device: String,
    /// The request: hexadecimal digits, @FILE (digits or bytes), or - for standard input.
    pub request: String,
    /// How long it and its answer are kept: 10m, 1h, 24h.
    #[arg(long, default_value = "1h", value_name = "TIME")]
    pub keep: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Whom to ask.
    #[command(flatten)]
    pub ask: Ask,
}

/// `nano queue read`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano queue read walkway 0f3c5e.. --cap @writer.cap --wait 10m")]
pub struct ReadAnswer {
    /// The device.
    pub device: String,
    /// The request.
    pub id: String,
    /// The capability that the request was made with (or @FILE); else the owner's root in `.nano/`.
    #[arg(long)]
    pub cap: Option<String>,
    /// The second one, where there was one.
    #[arg(long = "with", requires = "cap")]
    pub second: Option<String>,
    /// How long to wait for it: 30s, 10m.
    #[arg(long, value_name = "TIME")]
    pub wait: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Whom to ask.
    #[command(flatten)]
    pub ask: Ask,
}

/// `nano queue allow`
#[derive(Args, Debug)]
#[command(after_help = "Example: nano queue allow walkway --lane 1 --expires 7d -o sender.cap")]
pub struct Allow {
    /// The device.
    pub device: String,
    /// Lane of the client's sequence numbers at the edge, 1 to 7. Each client has its own.
    #[arg(long, default_value_t = 1, allow_hyphen_values = true, value_parser = clap::value_parser!(u8).range(1..=7))]
    pub lane: u8,
    /// Life: 30s, 10m, 1h, 7d.
    #[arg(long, allow_hyphen_values = true)]
    pub expires: Option<String>,
    /// Folder of the edge's data; else .nano/edge.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Where the capability goes.
    #[command(flatten)]
    pub into: Into,
}
