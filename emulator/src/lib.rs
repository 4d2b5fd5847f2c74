//! One process: edge, software devices, clock, network and energy models. What nano dev runs.
//!
//! A software device is the device runtime over a board that is not there: [`BoardTable`] says how fast it is, how much
//! memory it has and what power it takes; [`Link`] what the way to the edge is like. Everything printed about time and
//! energy of a device is an estimate from those.
//!
//! - [`Dev`] is all of `nano dev`: edge, devices, and the watch over the project's files.
//! - [`Emulator`] is the devices of a project beside an edge.
//! - [`DeviceClient`] talks to a device with a capability, software or not.
//! - [`run_once`] runs one handler once, in virtual time.
//! - [`project`] reads `nano.toml`.

mod audit;
mod bridge;
mod client;
mod clients;
mod clock;
#[cfg(test)]
mod determinism;
mod dev;
mod device;
mod emulated;
mod emulator;
mod event;
mod extension;
mod feed;
mod flash;
mod gateway;
mod handover;
mod inbox;
mod install;
mod keys;
mod library;
mod machine;
mod network;
mod once;
mod operator;
pub mod project;
mod proxy;
mod qemu;
mod queue;
mod random;
mod report;
mod sensor;
mod soft;
mod table;
mod update;
mod uplink;
pub mod watch;
mod wired;

pub use bridge::encode as encode_frame;
pub use client::{Answer, ClientError, DeviceClient, FunctionInfo, LogInfo, LogRecord};
pub use clients::MOST_CLIENTS;
pub use dev::{Dev, DevError, DevEvent, DevOptions, Prepare};
pub use device::{DeviceError, DeviceOptions, SoftDevice};
pub use emulator::{Deployed, DeviceStatus, Emulated, Emulator, EmulatorError, FunctionStatus, LogStatus};
pub use event::{DeviceEvent, Happened, Invocation, InvocationError};
pub use feed::Feed;
pub use flash::Flash;
pub use gateway::{Gateway, LinkedBoard};
pub use install::{Pushed, install};
pub use keys::{DeviceFolder, KeyError};
pub use library::Library;
pub use machine::Machine;
pub use nano_caps::Op;
pub use nano_device::Identity;
pub use nano_device::provision;
pub use nano_wire::message::Selection;
pub use nano_wire::message::operation::{ANY, Refused, Revocation};
pub use network::Link;
pub use once::{Once, OnceError, OnceOptions, run_once};
pub use operator::{OPERATOR_DIGITS, OPERATOR_FILE, Operator};
pub use qemu::{QemuDevice, QemuError, QemuOptions};
pub use sensor::{SensorData, SensorError};
pub use soft::{Sink, SoftBoard};
pub use table::{
    BoardTable, Chip, Firmware, FlashLayout, Memory, Pins, Power, Processor, Qemu, Ram, StartedBy, Wiring,
};
pub use update::Updated;
pub use uplink::EdgePort;
pub use wired::WiredDevice;
