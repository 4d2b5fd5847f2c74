//! Talking to a running `nano dev` or `nano serve`.

use crate::failure::Failure;
use serde_json::Value;
use std::time::Duration;

/// Where a local edge answers.
pub const ENDPOINT: &str = "http://127.0.0.1:4566";

/// A request to an edge; its JSON answer.
pub fn request(method: &str, endpoint: &str, path: &str, body: &[u8]) -> Result<Value, Failure> {
    let url = format!("{}{path}", endpoint.trim_end_matches('/'));
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(930)))
        .build()
        .into();
    let sent = match method {
        "GET" => agent.get(&url).call(),
        "DELETE" => agent.delete(&url).call(),
        "PUT" => agent.put(&url).send(body),
        _ => agent.post(&url).send(body),
    };
    let mut response = sent.map_err(|error| match error {
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => Failure::with_hint(
            format!("nothing answers at {endpoint}"),
            "start it: nano dev (in a project) or nano serve; or name another: --endpoint URL",
        ),
        other => Failure::usage(format!("{endpoint}: {other}")),
    })?;
    let status = response.status().as_u16();
    let text = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
        .map_err(|error| Failure::usage(format!("{endpoint}: {error}")))?;
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    if status < 400 {
        return Ok(value);
    }
    let message = value.get("message").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_string);
    Err(Failure::with_hint(message, format!("the edge at {endpoint} answered with status {status}")))
}

/// A path segment, percent-encoded.
pub fn segment(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
