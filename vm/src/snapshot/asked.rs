//! The host that a top level is run with to learn which source it wants compiled.

use super::WantedSource;
use crate::host::{Host, HostError, ServiceAnswer, ServiceRequest};
use alloc::string::String;

/// A world without anything, but for a builder who listens.
#[derive(Default)]
pub(super) struct Asked {
    pub source: Option<WantedSource>,
}

impl Host for Asked {
    /// With the source it can go on after another build only.
    fn interrupted(&mut self) -> bool {
        self.source.is_some()
    }

    fn request(&mut self, request: &ServiceRequest<'_>) -> Result<ServiceAnswer, HostError> {
        if request.service == "compile" && self.source.is_none() {
            self.source = core::str::from_utf8(request.body).ok().map(|text| WantedSource {
                text: String::from(text),
                name: String::from(request.target),
                is_expression: request.method == "eval",
            });
        }
        Err(HostError::Unsupported)
    }
}
