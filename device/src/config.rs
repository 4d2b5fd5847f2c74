//! How much of everything a runtime has. A board with little memory says so here.

use nano_vm::FEATURES;
use nano_wire::features::Features;

/// Limits of a runtime. All memory beyond the functions' arenas and modules follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Ports, that of the edge included.
    pub ports: u8,
    /// Instructions of the VM that are executed in a millisecond, about; a function's time-out is counted in them.
    pub instructions_per_ms: u32,
    /// Most bytes in the body of a frame that is received.
    pub frame_bytes: u16,
    /// Most bytes in the payload of an answer; every lane remembers its last one.
    pub answer_bytes: u16,
    /// Events that may wait for their handlers.
    pub queue: u16,
    /// Most bytes of an event handed to a handler.
    pub event_bytes: u32,
    /// Functions whose arenas are kept ready.
    pub arenas: u8,
    /// Bytes of all arenas together.
    pub arena_bytes: u32,
    /// Bytes of all modules together.
    pub module_bytes: u32,
    /// Functions that may be installed.
    pub functions: u8,
    /// Logs that may be made, and namespaces.
    pub logs: u8,
    /// Bytes of all logs together.
    pub log_bytes: u32,
    /// Requests that may wait for the edge's answer.
    pub remote: u8,
    /// Element size of the log of results.
    pub result_bytes: u16,
    /// History of the log of results; 0: there is none.
    pub results: u16,
    /// Nothing that the edge says is heard before it has proved that it holds the root of its slot.
    pub pairing: bool,
    /// Parts of the VM that handlers may use; those of the VM at hand, or fewer.
    pub features: Features,
}

impl Config {
    /// A microcontroller with some 50 KiB to spare (ESP8266).
    pub const SMALL: Self = Self {
        ports: 1,
        instructions_per_ms: 1000,
        frame_bytes: 1024,
        answer_bytes: 256,
        queue: 8,
        event_bytes: 1024,
        arenas: 2,
        arena_bytes: 32 << 10,
        module_bytes: 16 << 10,
        functions: 8,
        logs: 8,
        log_bytes: 16 << 10,
        remote: 2,
        result_bytes: 192,
        results: 8,
        pairing: false,
        features: FEATURES,
    };

    /// A software device, or a board with megabytes.
    pub const LARGE: Self = Self {
        ports: 5,
        instructions_per_ms: 1000,
        frame_bytes: 8192,
        answer_bytes: 4096,
        queue: 64,
        event_bytes: 64 << 10,
        arenas: 16,
        arena_bytes: 16 << 20,
        module_bytes: 16 << 20,
        functions: 64,
        logs: 64,
        log_bytes: 16 << 20,
        remote: 16,
        result_bytes: 1024,
        results: 128,
        pairing: false,
        features: FEATURES,
    };
}
