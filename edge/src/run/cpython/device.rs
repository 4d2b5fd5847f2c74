//! What the module `device` of a worker asks of the edge: logs. An edge has no pins.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use nano_woof::Error;

use super::runtime_api::refusal;
use crate::lambda::NanoSettings;
use crate::woofs::Woofs;

/// The logs that a function may use.
#[derive(Debug)]
pub(super) struct Device {
    woofs: Arc<Woofs>,
    settings: NanoSettings,
}

impl Device {
    pub const fn new(woofs: Arc<Woofs>, settings: NanoSettings) -> Self {
        Self { woofs, settings }
    }

    /// `append/NAME` and `latest/NAME`; a name has its namespace or gets the function's.
    pub fn serve(&self, operation: &str, _query: &str, body: &Bytes) -> Response<Full<Bytes>> {
        let Some((verb, name)) = operation.split_once('/') else {
            return refusal(StatusCode::NOT_FOUND, "NotFound", "no such operation");
        };
        let name = self.settings.woof(name);
        let answer = match verb {
            "append" => self.woofs.append(&name, body).map(|sequence| (sequence.get(), Bytes::new())),
            "latest" => match self.woofs.latest(&name) {
                Ok(entry) => Ok((entry.header.sequence.get(), entry.payload.into())),
                Err(Error::NotYet(_)) => Ok((0, Bytes::new())),
                Err(error) => Err(error),
            },
            _ => return refusal(StatusCode::NOT_FOUND, "NotFound", "no such operation"),
        };
        match answer {
            Ok((sequence, payload)) => {
                let mut response = Response::new(Full::new(payload));
                response.headers_mut().insert("nano-sequence", HeaderValue::from(sequence));
                response
            }
            Err(Error::NotFound(_) | Error::Name(_)) => refusal(StatusCode::NOT_FOUND, "NotFound", "no such log"),
            Err(Error::TooLong { .. }) => refusal(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "too large for the log"),
            Err(error) => refusal(StatusCode::CONFLICT, "Refused", &error.to_string()),
        }
    }
}
