//! What a running function may ask of the world. The VM itself reads no clock, no pin and no entropy.

use crate::context::Context;
use alloc::string::String;
use alloc::vec::Vec;

/// A request that the host can't serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// There is no such pin, channel or log.
    NotFound,
    /// The host has nothing of the kind (an edge has no pins).
    Unsupported,
    /// The log or the link refused it.
    Refused,
    /// Too large for the log's records.
    TooLarge,
}

/// A request to a service of the place where the function runs, as HTTP has it.
#[derive(Clone, Copy, Debug)]
pub struct ServiceRequest<'a> {
    /// `s3/REGION` or `lambda/REGION`; the region may be empty.
    pub service: &'a str,
    /// `GET`, `PUT`, ..
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Lines of `name: value`.
    pub headers: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What a service answered.
#[derive(Clone, Debug, Default)]
pub struct ServiceAnswer {
    /// Status.
    pub status: u16,
    /// Lines of `name: value`, names in lower case.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The world of one run. Every method has a default that says "nothing here", so that a pure function needs none.
///
/// The host that witnesses a top level for a snapshot (`snapshot/witness.rs`) implements every one of them.
pub trait Host {
    /// Text printed by the program (`print`), in pieces; a line ends with `\n`.
    fn print(&mut self, text: &str) {
        let _ = text;
    }

    /// Text for whoever looks after the program (`sys.stderr`, `logging`), in pieces; with what it prints unless the
    /// host has a place of its own.
    fn print_error(&mut self, text: &str) {
        self.print(text);
    }

    /// Variable `index` of the environment, name and value; `None` behind the last.
    fn environment(&self, index: usize) -> Option<(&str, &str)> {
        let _ = index;
        None
    }

    /// Argument `index` of the program (0: its name), as `sys.argv` has it; `None` behind the last.
    fn argument(&self, index: usize) -> Option<&str> {
        let _ = index;
        None
    }

    /// Wall clock, nanoseconds since 1970.
    fn wall_clock_ns(&mut self) -> u64 {
        0
    }

    /// Steady clock, nanoseconds from some start.
    fn monotonic_ns(&mut self) -> u64 {
        0
    }

    /// Waits. An emulated board advances its clock.
    fn sleep_ns(&mut self, nanoseconds: u64) {
        let _ = nanoseconds;
    }

    /// Milliseconds until the invocation is stopped, `None` where nothing limits it.
    fn remaining_ms(&mut self) -> Option<u64> {
        None
    }

    /// Called every few thousand instructions; `true` stops the run ([`crate::Stop::Interrupted`]).
    fn interrupted(&mut self) -> bool {
        false
    }

    /// Drives an output pin.
    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        let _ = (pin, high);
        Err(HostError::Unsupported)
    }

    /// Reads a digital pin.
    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        let _ = pin;
        Err(HostError::Unsupported)
    }

    /// Reads an analogue channel; raw counts.
    fn read_adc(&mut self, channel: u32) -> Result<u32, HostError> {
        let _ = channel;
        Err(HostError::Unsupported)
    }

    /// Appends a record to one of the device's logs; its sequence number.
    fn append(&mut self, log: &str, payload: &[u8]) -> Result<u64, HostError> {
        let _ = (log, payload);
        Err(HostError::Unsupported)
    }

    /// The newest record of a log, copied into `buffer`; its sequence number and whole length, `None` where it is empty.
    fn latest(&mut self, log: &str, buffer: &mut [u8]) -> Result<Option<(u64, usize)>, HostError> {
        let _ = (log, buffer);
        Err(HostError::Unsupported)
    }

    /// Asks a service and waits for its answer, whatever its status.
    fn request(&mut self, request: &ServiceRequest<'_>) -> Result<ServiceAnswer, HostError> {
        let _ = request;
        Err(HostError::Unsupported)
    }

    /// The next line of standard input with its end; `None` behind the last, and where there is no input.
    fn read_line(&mut self) -> Option<String> {
        None
    }

    /// Name of the device.
    fn device_name(&self) -> &str {
        "nano"
    }

    /// What the context object of this invocation is like. Asked only for a handler that may look at it.
    fn context(&mut self) -> Context {
        Context::NONE
    }

    /// Attribute `index` of it.
    fn context_text(&self, index: usize) -> &str {
        let _ = index;
        ""
    }
}

/// A host without a world.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {}
