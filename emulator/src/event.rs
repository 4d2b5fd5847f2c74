//! What happens on software devices, for those who watch: owned, and as JSON.

use std::fmt;

use nano_device::{Fault, Report, Trace, VersionError};
use nano_vm::Failure;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::Place;
use serde::Serialize;
use serde_json::Value;

use crate::library::Library;
use crate::table::BoardTable;

/// Something that happened on a device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceEvent {
    /// The device.
    pub device: String,
    /// When, by its clock.
    pub at_us: u64,
    /// What.
    #[serde(flatten)]
    pub what: Happened,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happened {
    /// It is switched on.
    Started,
    /// A record was appended.
    Appended {
        /// `namespace/name`.
        woof: String,
        /// Its number.
        sequence: u64,
        /// Its bytes as text, whatever they are.
        record: String,
    },
    /// A pin is at another level than before.
    Pin {
        /// Which.
        pin: u32,
        /// To what.
        high: bool,
    },
    /// An invocation is over.
    Invocation(Box<Invocation>),
    /// A module has come to the device.
    Fetched {
        /// For this function.
        function: String,
        /// SHA-256 of the module, hexadecimal.
        module: String,
    },
    /// A new version runs.
    Swapped {
        /// The function.
        function: String,
        /// SHA-256 of the module, hexadecimal.
        module: String,
    },
    /// A new version was refused, and the one before goes on.
    Refused {
        /// The function.
        function: String,
        /// SHA-256 of the module, hexadecimal.
        module: String,
        /// Why.
        reason: String,
    },
    /// Something that went as it should: a request answered, a function installed, a module asked for. In words.
    Progress {
        /// The words.
        text: String,
    },
    /// Something that did not: samples missed, a module not fetched, a request without an answer, noise. In words.
    Note {
        /// The words.
        text: String,
    },
}

/// One invocation, as it is shown and printed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Invocation {
    /// The function.
    pub function: String,
    /// Where it ran: `device` or `edge`.
    pub on: &'static str,
    /// The result, null when there is none.
    pub result: Value,
    /// Why there is none.
    pub error: Option<InvocationError>,
    /// How long it ran; on a device the time its processor would have taken, estimated.
    pub duration_us: u64,
    /// Instructions of the VM.
    pub instructions: u64,
    /// Energy the device spent on it, microjoules, estimated from the board's table.
    pub energy_uj: f64,
    /// Most bytes of the arena in use.
    pub heap_peak_bytes: u32,
    /// What the handler printed.
    pub logs: String,
    /// The log that invoked it, `namespace/name`; empty when none did.
    pub woof: String,
    /// The record that invoked it; 0: none, it was asked for.
    pub sequence: u64,
    /// The event, as text.
    pub input: String,
    /// Whether the module's top level ran for it.
    pub cold: bool,
    /// SHA-256 of the module, hexadecimal; empty at the edge.
    pub module: String,
}

/// Why an invocation has no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvocationError {
    /// Class of the exception, or what else it was.
    #[serde(rename = "type")]
    pub kind: String,
    /// In words.
    pub message: String,
    /// As Python prints it, where there is one.
    pub traceback: Option<String>,
}

impl InvocationError {
    fn of(fault: &Fault<'_>, hash: ModuleHash, library: &Library) -> Self {
        let plain = |kind: &str| Self { kind: kind.to_owned(), message: fault.to_string(), traceback: None };
        match fault {
            Fault::Failed(Failure::Exception(exception)) => Self {
                kind: exception.class.clone(),
                message: exception.message.clone(),
                traceback: Some(library.traceback(hash, exception)),
            },
            Fault::Failed(Failure::Stopped(_)) => plain("Sandbox.Timedout"),
            Fault::Failed(Failure::NotFound) => plain("Runtime.HandlerNotFound"),
            Fault::Failed(Failure::Unserializable(_)) => plain("Runtime.MarshalError"),
            Fault::Failed(Failure::ArenaTooSmall(_) | Failure::Memory(_)) => plain("MemoryError"),
            Fault::Event => plain("Event"),
            Fault::NoModule => plain("NoModule"),
            Fault::NoAnswer => plain("NoAnswer"),
            Fault::Edge(_) => plain("Edge"),
        }
    }
}

fn hexadecimal(hash: ModuleHash) -> String {
    if hash.is_none() { String::new() } else { hash.to_string() }
}

impl Invocation {
    /// Of a report, with what the handler printed.
    pub fn new(report: &Report<'_>, logs: String, board: &BoardTable, library: &Library) -> Self {
        // A device in real time is ahead of its processor, or behind it; the time it would have taken is neither.
        let duration_us = match report.place {
            Place::Device => board.invocation_ns(report.instructions) / 1000 + report.slept_us,
            Place::Edge => report.finished_us.saturating_sub(report.started_us),
        };
        let answer_bytes = report.result.map_or(64, str::len);
        // Of what Python takes for JSON and no one else does, as `NaN`, the text.
        let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
        let result = report.result.ok().map_or(Value::Null, parsed);
        Self {
            function: report.function.to_owned(),
            on: if report.place == Place::Edge { "edge" } else { "device" },
            result,
            error: report.result.as_ref().err().map(|fault| InvocationError::of(fault, report.hash, library)),
            duration_us,
            instructions: report.instructions,
            energy_uj: match report.place {
                Place::Device => board.running_uj(duration_us),
                Place::Edge => board.remote_uj(report.event.len(), duration_us, answer_bytes),
            },
            heap_peak_bytes: report.heap_peak,
            logs,
            woof: if report.log.is_empty() { String::new() } else { format!("{}/{}", report.namespace, report.log) },
            sequence: report.sequence,
            input: String::from_utf8_lossy(report.event).into_owned(),
            cold: report.cold,
            module: hexadecimal(report.hash),
        }
    }
}

/// One line: function, result, time, energy, memory.
impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.function)?;
        if !self.woof.is_empty() && self.sequence > 0 {
            write!(f, "({} {})", self.woof, self.sequence)?;
        }
        match &self.error {
            None => write!(f, " -> {}", self.result)?,
            Some(error) if error.traceback.is_some() => write!(f, " failed: {}: {}", error.kind, error.message)?,
            Some(error) => write!(f, " failed: {}", error.message)?,
        }
        let ms = self.duration_us as f64 / 1000.0;
        write!(f, "  {ms:.3} ms, {:.1} uJ (estimated)", self.energy_uj)?;
        if self.on == "device" { write!(f, ", {} bytes", self.heap_peak_bytes) } else { f.write_str(", at the edge") }
    }
}

impl Happened {
    /// Of a trace; an invocation needs more and is made by [`Invocation::new`].
    pub fn of(trace: &Trace<'_>, library: &Library) -> Self {
        let module = |hash: &ModuleHash| hexadecimal(*hash);
        match trace {
            Trace::Started => Self::Started,
            Trace::Appended { namespace, log, sequence, payload } => Self::Appended {
                woof: format!("{namespace}/{log}"),
                sequence: *sequence,
                record: String::from_utf8_lossy(payload).into_owned(),
            },
            Trace::Pin { pin, high } => Self::Pin { pin: *pin, high: *high },
            Trace::Fetched { function, hash, .. } => {
                Self::Fetched { function: (*function).to_owned(), module: module(hash) }
            }
            Trace::Swapped { function, hash } => {
                Self::Swapped { function: (*function).to_owned(), module: module(hash) }
            }
            Trace::Refused { function, hash, why } => {
                let mut reason = why.to_string();
                if let VersionError::Start(Failure::Exception(exception)) = why {
                    reason = format!("{reason}\n{}", library.traceback(*hash, exception).trim_end());
                }
                Self::Refused { function: (*function).to_owned(), module: module(hash), reason }
            }
            Trace::Paired
            | Trace::Answered { .. }
            | Trace::Installed { .. }
            | Trace::Fetching { .. }
            | Trace::Offloaded { .. } => Self::Progress { text: trace.to_string() },
            other => Self::Note { text: other.to_string() },
        }
    }
}

impl fmt::Display for DeviceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.device)?;
        match &self.what {
            Happened::Started => f.write_str("started"),
            Happened::Appended { woof, sequence, record } => write!(f, "{woof} {sequence} = {record}"),
            Happened::Pin { pin, high } => write!(f, "pin {pin} {}", if *high { "high" } else { "low" }),
            Happened::Invocation(invocation) => invocation.fmt(f),
            Happened::Fetched { function, module } => write!(f, "fetched {function} {module:.8}"),
            Happened::Swapped { function, module } => write!(f, "{function} is now {module:.8}"),
            Happened::Refused { function, module, reason } => {
                write!(f, "{function} {module:.8} refused, the version before goes on: {reason}")
            }
            Happened::Progress { text } | Happened::Note { text } => f.write_str(text),
        }
    }
}
