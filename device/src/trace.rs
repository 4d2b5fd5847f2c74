//! What happens on a device, told to whoever watches. The same seed gives the same trace.

use crate::board::Port;
use crate::text::Line;
use core::fmt;
use nano_caps::{Body, Op, Sequence, Silence, Status};
use nano_vm::{Failure, LoadError, Shortage, Stop};
use nano_wire::features::Features;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::Place;

/// Why an invocation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault<'a> {
    /// The handler raised, hit a limit, or returned what JSON can't hold.
    Failed(&'a Failure),
    /// The records that make the event are over the device's limit, or have left the history.
    Event,
    /// The function's module is not here, and nobody has it.
    NoModule,
    /// The edge did not answer in time.
    NoAnswer,
    /// The edge's words.
    Edge(&'a str),
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(Failure::Exception(exception)) if exception.message.is_empty() => {
                f.write_str(&exception.class)
            }
            Self::Failed(Failure::Exception(exception)) => write!(f, "{}: {}", exception.class, exception.message),
            Self::Failed(Failure::Stopped(Stop::Fuel)) => f.write_str("timed out: its instructions are used up"),
            Self::Failed(Failure::Stopped(Stop::Interrupted)) => f.write_str("timed out"),
            Self::Failed(Failure::Stopped(Stop::Damaged)) => f.write_str("the module's code is inconsistent"),
            Self::Failed(Failure::NotFound) => f.write_str("the module has no such handler"),
            Self::Failed(Failure::Unserializable(why)) => write!(f, "the result is no JSON: {why}"),
            Self::Failed(Failure::ArenaTooSmall(bytes)) => {
                write!(f, "the arena is too small: {bytes} bytes are needed")
            }
            Self::Failed(Failure::Memory(shortage)) => shortage.fmt(f),
            Self::Event => f.write_str("the event is larger than the device takes, or its records are gone"),
            Self::NoModule => f.write_str("the function's module is not here, and the edge does not have it"),
            Self::NoAnswer => f.write_str("the edge did not answer in time"),
            Self::Edge(text) => f.write_str(text),
        }
    }
}

/// One invocation, finished.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The function.
    pub function: &'a str,
    /// The module that ran; none at the edge.
    pub hash: ModuleHash,
    /// Namespace of the log that invoked it.
    pub namespace: &'a str,
    /// The log that invoked it.
    pub log: &'a str,
    /// The record that invoked it.
    pub sequence: u64,
    /// The event: JSON text, or bytes.
    pub event: &'a [u8],
    /// Where it ran.
    pub place: Place,
    /// The result as JSON.
    pub result: Result<&'a str, Fault<'a>>,
    /// Instructions executed.
    pub instructions: u64,
    /// Most bytes of the arena in use.
    pub heap_peak: u32,
    /// Whether the module's top level ran for it.
    pub cold: bool,
    /// When the record was appended.
    pub queued_us: u64,
    /// When it began to run.
    pub started_us: u64,
    /// When it was done.
    pub finished_us: u64,
    /// How much of that the handler slept.
    pub slept_us: u64,
}

impl Report<'_> {
    /// Writes it on a line.
    fn write(&self, out: &mut Line) {
        out.push(self.function);
        out.push("(");
        out.push(self.log);
        out.push(" ");
        out.push_decimal(self.sequence);
        match &self.result {
            Ok(json) => {
                out.push(") -> ");
                out.push(json);
            }
            Err(fault) => {
                out.push(") failed: ");
                // Writing into a line does not fail.
                let _ = fmt::Write::write_fmt(out, format_args!("{fault}"));
            }
        }
        let us = self.finished_us.saturating_sub(self.started_us);
        out.push("  ");
        out.push_decimal(us / 1000);
        out.push(".");
        out.push_digits((us % 1000) as u32, 3);
        match self.place {
            Place::Device => {
                out.push(" ms, ");
                out.push_decimal(self.instructions);
                out.push(" instructions, ");
                out.push_decimal(self.heap_peak.into());
                out.push(" bytes");
            }
            Place::Edge => out.push(" ms, at the edge"),
        }
        if self.cold {
            out.push(", cold");
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::default();
        self.write(&mut line);
        f.write_str(line.text())
    }
}

/// Why a module could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The link went down.
    Unlinked,
    /// The edge did not answer.
    Silent,
    /// The edge doesn't have it.
    NotFound,
    /// The edge says it needs an arena of this many bytes.
    TooLarge(u32),
    /// The edge offers another module, or one larger than installed.
    Other,
    /// What came does not have the hash.
    Hash,
    /// There is no memory for it.
    Memory(Shortage),
    /// The edge can't translate it.
    Failed,
    /// It needs parts of the VM that this firmware was built without.
    Lacks(Features),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks(features) => LoadError::Lacks(*features).fmt(f),
            Self::Memory(shortage) => shortage.fmt(f),
            other => write!(f, "{other:?}"),
        }
    }
}

/// Why a new version does not take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionError<'a> {
    /// It is no module for this VM.
    Load(LoadError),
    /// Its first run failed.
    Start(&'a Failure),
}

impl fmt::Display for VersionError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Start(failure) => Fault::Failed(failure).fmt(f),
        }
    }
}

/// An authentic request, as it said itself. Nothing of it is secret.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The operation.
    pub op: Op,
    /// The lane.
    pub lane: u8,
    /// The sequence number.
    pub seq: Sequence,
    /// Namespace handle.
    pub ns: u16,
    /// Log handle.
    pub woof: u16,
    /// The capability that grants.
    pub capability: Body<'a>,
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Trace<'a> {
    /// The runtime is up.
    Started,
    /// A record was appended.
    Appended {
        /// Namespace.
        namespace: &'a str,
        /// Log.
        log: &'a str,
        /// Its number.
        sequence: u64,
        /// Its bytes.
        payload: &'a [u8],
    },
    /// Samples were not taken because the device is behind.
    MissedSample {
        /// The log.
        log: &'a str,
    },
    /// An event was not queued because the device is behind.
    MissedEvent {
        /// The log.
        log: &'a str,
    },
    /// A handler drove a pin.
    Pin {
        /// Which.
        pin: u32,
        /// To what.
        high: bool,
    },
    /// An invocation is over.
    Finished(&'a Report<'a>),
    /// A request was executed, or refused by its capability. It was authentic.
    Answered {
        /// Where it came in.
        port: Port,
        /// What it asked for; `None`: its capability doesn't allow it or it came out of order.
        op: Option<Op>,
        /// The answer.
        status: Status,
        /// What it said.
        asked: Asked<'a>,
    },
    /// The last request again: the same answer again.
    Repeated {
        /// Where it came in.
        port: Port,
    },
    /// A request got no answer.
    Silent {
        /// Where it came in.
        port: Port,
        /// Why.
        why: Silence,
    },
    /// A function was installed or changed.
    Installed {
        /// Its name.
        function: &'a str,
        /// The module it wants.
        hash: ModuleHash,
    },
    /// The edge is asked for a module.
    Fetching {
        /// For this function.
        function: &'a str,
        /// The module.
        hash: ModuleHash,
    },
    /// A module has come, whole.
    Fetched {
        /// For this function.
        function: &'a str,
        /// The module.
        hash: ModuleHash,
        /// Its bytes.
        bytes: usize,
    },
    /// A module has not come; what has was thrown away.
    NotFetched {
        /// For this function.
        function: &'a str,
        /// Why.
        why: FetchError,
    },
    /// A new version has taken over.
    Swapped {
        /// The function.
        function: &'a str,
        /// Its module now.
        hash: ModuleHash,
    },
    /// A new version was refused; the one before, if there is one, goes on.
    Refused {
        /// The function.
        function: &'a str,
        /// The module refused.
        hash: ModuleHash,
        /// Why.
        why: VersionError<'a>,
    },
    /// The edge is asked to run a function.
    Offloaded {
        /// The function.
        function: &'a str,
        /// The record that invoked it.
        sequence: u64,
    },
    /// The edge has proved that it holds the root of its slot.
    Paired,
    /// Bytes came in that are no frame or no message.
    Noise {
        /// Where.
        port: Port,
    },
}

impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => f.write_str("started"),
            Self::Appended { namespace, log, sequence, payload } => {
                write!(f, "appended {namespace}/{log} {sequence} {}", payload.escape_ascii())
            }
            Self::MissedSample { log } => write!(f, "missed a sample of {log}"),
            Self::MissedEvent { log } => write!(f, "missed an event of {log}"),
            Self::Pin { pin, high } => write!(f, "pin {pin} {}", if *high { "high" } else { "low" }),
            Self::Finished(report) => report.fmt(f),
            Self::Answered { port, op: Some(op), status, .. } => write!(f, "port {} {op} {status:?}", port.0),
            Self::Answered { port, op: None, status, .. } => write!(f, "port {} refused {status:?}", port.0),
            Self::Repeated { port } => write!(f, "port {} answer repeated", port.0),
            Self::Silent { port, why } => write!(f, "port {} unanswered: {why:?}", port.0),
            Self::Installed { function, hash } => write!(f, "installed {function} {hash:.8}"),
            Self::Fetching { function, hash } => write!(f, "fetching {function} {hash:.8}"),
            Self::Fetched { function, hash, bytes } => write!(f, "fetched {function} {hash:.8}, {bytes} bytes"),
            Self::NotFetched { function, why } => write!(f, "not fetched {function}: {why}"),
            Self::Swapped { function, hash } => write!(f, "swapped {function} {hash:.8}"),
            Self::Refused { function, hash, why } => write!(f, "refused {function} {hash:.8}: {why}"),
            Self::Offloaded { function, sequence } => write!(f, "offloaded {function} {sequence}"),
            Self::Paired => f.write_str("paired with the edge"),
            Self::Noise { port } => write!(f, "port {} noise", port.0),
        }
    }
}
