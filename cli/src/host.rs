//! The world of a program run from the command line: standard output and this machine's clocks.

use nano_vm::{Host, HostError, ServiceAnswer, ServiceRequest};
use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Prints to standard output.
#[derive(Debug)]
pub struct Console {
    started: Instant,
    /// Standard output has been closed by its reader.
    pub broken: bool,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl Console {
    /// A console whose steady clock starts now.
    pub fn new() -> Self {
        // What is no text can't be text in the program either.
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            started: Instant::now(),
            broken: false,
            environment: std::env::vars_os().filter_map(text).collect(),
            arguments: Vec::new(),
        }
    }

    /// The same for a program with these arguments, of which the first is its name.
    pub fn with_arguments(arguments: Vec<String>) -> Self {
        Self { arguments, ..Self::new() }
    }
}

impl Host for Console {
    fn print(&mut self, text: &str) {
        self.broken |= std::io::stdout().write_all(text.as_bytes()).is_err();
    }

    fn print_error(&mut self, text: &str) {
        let _ = std::io::stdout().flush();
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    fn environment(&self, index: usize) -> Option<(&str, &str)> {
        self.environment.get(index).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn argument(&self, index: usize) -> Option<&str> {
        self.arguments.get(index).map(String::as_str)
    }

    fn read_line(&mut self) -> Option<String> {
        let _ = std::io::stdout().flush();
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(1..) => Some(line),
            _ => None,
        }
    }

    fn request(&mut self, asked: &ServiceRequest<'_>) -> Result<ServiceAnswer, HostError> {
        let variable = |name: &str| {
            let found = self.environment.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
        };
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        crate::services::ask(asked, variable, now_ms)
    }

    fn wall_clock_ns(&mut self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
    }

    fn monotonic_ns(&mut self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    fn sleep_ns(&mut self, nanoseconds: u64) {
        let _ = std::io::stdout().flush();
        std::thread::sleep(Duration::from_nanos(nanoseconds));
    }

    fn interrupted(&mut self) -> bool {
        self.broken
    }
}
