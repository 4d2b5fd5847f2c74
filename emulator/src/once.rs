//! One handler, once, on a software device in virtual time: what `nano run --on device` does.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nano_caps::{DeviceId, DeviceKey};
use nano_device::{BootError, Config, Identity, Runtime};
use nano_edge::Translation;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{ANY, Configuration, Place, Refused};

use crate::clients::Clients;
use crate::clock::Clock;
use crate::event::Invocation;
use crate::flash::Flash;
use crate::inbox::Inbox;
use crate::library::Library;
use crate::network::Link;
use crate::random::Random;
use crate::soft::{Parts, SoftBoard};
use crate::table::BoardTable;
use crate::uplink::Uplink;

/// What is run.
#[derive(Clone, Debug)]
pub struct OnceOptions<'a> {
    /// The board.
    pub table: &'a BoardTable,
    /// The function's name.
    pub function: &'a str,
    /// `module.function`.
    pub handler: &'a str,
    /// Bytes of its arena.
    pub memory: u32,
    /// Longest run.
    pub timeout_ms: u32,
    /// The namespace it is at home in, and the logs there: name, element, history.
    pub namespace: &'a str,
    /// See `namespace`.
    pub logs: &'a [(String, u32, u32)],
    /// The event: JSON text, or bytes.
    pub event: &'a [u8],
    /// Unix time that the handler sees, ms.
    pub time_ms: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Once {
    /// The invocation.
    pub invocation: Invocation,
    /// The pins afterwards, lowest first.
    pub pins: Vec<bool>,
}

/// Why nothing ran.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnceError {
    /// The board has no room for it, or refuses the module.
    #[error("the {board} refuses the function: {reason}")]
    Refused {
        /// The board.
        board: String,
        /// Why.
        reason: Refused,
    },
    /// The arena is more than the board has for all.
    #[error("the function wants {wanted} bytes of memory, the {board} has {has} for functions")]
    Memory {
        /// The board.
        board: String,
        /// Bytes wanted.
        wanted: u32,
        /// Bytes there are.
        has: u32,
    },
    /// It did not start.
    #[error(transparent)]
    Boot(#[from] BootError),
}

/// Runs a handler once. Call it from a thread with some megabytes of stack.
pub fn run_once(options: &OnceOptions<'_>, translation: Translation) -> Result<Once, OnceError> {
    let OnceOptions { table, function, handler, memory, timeout_ms, namespace, logs, event, time_ms } = options.clone();
    if memory > table.memory.arena {
        let (board, has) = (table.model.clone(), table.memory.arena);
        return Err(OnceError::Memory { board, wanted: memory, has });
    }
    let library = Arc::new(Library::default());
    let translation = library.add(translation);
    let world = nano_edge::World { clock: Arc::new(move || time_ms), random: Arc::new(|bytes| bytes.fill(7)) };
    let board = SoftBoard::new(Parts {
        name: "device".into(),
        table: table.clone(),
        clock: Clock::virtual_time(),
        flash: Flash::memory(),
        inbox: Arc::new(Inbox::default()),
        clients: Arc::new(Clients::default()),
        uplink: Uplink::None,
        link: Link::PERFECT,
        random: Random::new(0),
        world: Some(world),
        library,
        sink: Arc::new(|_| ()),
        audit: None,
        awake: Arc::new(AtomicBool::new(true)),
    });
    let size = translation.module.bytes().len();
    // Whether the module fits the board beside others is what `nano build` says.
    let config = Config { module_bytes: u32::MAX, ..table.config(1) };
    let identity = Identity { key: DeviceKey::new([0; 32]), id: DeviceId([0; 8]) };
    let mut runtime = Runtime::boot(board, &identity, config)?;
    let refused = |reason| OnceError::Refused { board: table.model.clone(), reason };
    let ns = runtime.make_namespace(namespace).map_err(refused)?;
    for (name, element, history) in logs {
        runtime.make_log(ns, name, *element, *history).map_err(refused)?;
    }
    let configuration = Configuration {
        hash: ModuleHash(translation.hash),
        size: size as u32, // at most 8 MiB
        memory,
        timeout_ms,
        every: 0,
        place: Place::Device,
        name: function,
        handler,
    };
    runtime.install((ANY, ANY), &configuration, translation.module.bytes()).map_err(refused)?;
    // Where a handler appends, others are not invoked: only this one is installed.
    let ran = runtime.invoke(function, event);
    let pins = runtime.board().pins().to_vec();
    match runtime.board_mut().take_last() {
        Some(invocation) if ran => Ok(Once { invocation, pins }),
        _ => Err(refused(Refused::Module)),
    }
}
