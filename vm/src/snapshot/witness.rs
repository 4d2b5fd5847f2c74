//! The host that a top level is run with for a snapshot.

use crate::context::Context;
use crate::host::{Host, HostError, ServiceAnswer, ServiceRequest};
use alloc::string::String;
use core::cell::Cell;

/// A world that only notes that it was asked.
#[derive(Default)]
pub(super) struct Witness {
    effect: Cell<Option<&'static str>>,
}

impl Witness {
    /// What was asked first.
    pub fn effect(&self) -> Option<&'static str> {
        self.effect.get()
    }

    fn note(&self, what: &'static str) {
        self.effect.set(self.effect.get().or(Some(what)));
    }
}

impl Host for Witness {
    fn print(&mut self, _: &str) {
        self.note("prints");
    }

    fn print_error(&mut self, _: &str) {
        self.note("prints");
    }

    fn environment(&self, _: usize) -> Option<(&str, &str)> {
        self.note("reads the environment");
        None
    }

    fn argument(&self, _: usize) -> Option<&str> {
        self.note("reads the arguments");
        None
    }

    fn wall_clock_ns(&mut self) -> u64 {
        self.note("reads the clock");
        0
    }

    fn monotonic_ns(&mut self) -> u64 {
        self.note("reads the clock");
        0
    }

    fn sleep_ns(&mut self, _: u64) {
        self.note("waits");
    }

    fn remaining_ms(&mut self) -> Option<u64> {
        self.note("asks how much time is left");
        None
    }

    /// After an effect nothing that comes is of use.
    fn interrupted(&mut self) -> bool {
        self.effect.get().is_some()
    }

    fn device_name(&self) -> &str {
        self.note("asks for the device's name");
        ""
    }

    fn set_pin(&mut self, _: u32, _: bool) -> Result<(), HostError> {
        self.note("drives a pin");
        Ok(())
    }

    fn read_pin(&mut self, _: u32) -> Result<bool, HostError> {
        self.note("reads a pin");
        Ok(false)
    }

    fn read_adc(&mut self, _: u32) -> Result<u32, HostError> {
        self.note("reads a channel");
        Ok(0)
    }

    fn append(&mut self, _: &str, _: &[u8]) -> Result<u64, HostError> {
        self.note("appends to a log");
        Ok(0)
    }

    fn latest(&mut self, _: &str, _: &mut [u8]) -> Result<Option<(u64, usize)>, HostError> {
        self.note("reads a log");
        Ok(None)
    }

    fn request(&mut self, _: &ServiceRequest<'_>) -> Result<ServiceAnswer, HostError> {
        self.note("asks a service");
        Err(HostError::Unsupported)
    }

    fn read_line(&mut self) -> Option<String> {
        self.note("reads its input");
        None
    }

    fn context(&mut self) -> Context {
        self.note("asks for its context");
        Context::NONE
    }

    fn context_text(&self, _: usize) -> &str {
        ""
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    /// Methods of a trait or of an implementation, in the text of a file.
    fn methods(source: &str, from: &str) -> Vec<String> {
        let body = source.split(from).nth(1).unwrap().split("\n}").next().unwrap();
        let mut names: Vec<_> = body
            .lines()
            .filter_map(|line| line.strip_prefix("    fn "))
            .map(|line| line.split('(').next().unwrap().into())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_that_a_host_can_be_asked_goes_unnoticed() {
        let (host, own) = (include_str!("../host.rs"), include_str!("witness.rs"));
        assert_eq!(methods(host, "pub trait Host {"), methods(own, "impl Host for Witness {"));
    }
}
