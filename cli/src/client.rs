//! Talking to a running `nano dev` or `nano serve`.

use crate::failure::Failure;
use nano_emulator::{OPERATOR_DIGITS, OPERATOR_FILE};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Where a local edge answers.
pub const ENDPOINT: &str = "http://127.0.0.1:4566";

/// A request to an edge; its JSON answer.
pub fn request(method: &str, endpoint: &str, path: &str, body: &[u8]) -> Result<Value, Failure> {
    let (status, value) = send(method, endpoint, path, body, None)?;
    if status < 400 { Ok(value) } else { Err(refusal(endpoint, status, &value)) }
}

/// As [`request`]; where the answer is that it takes the token of the project's owner, and he is who asks, it is asked again
/// with it.
pub fn request_as_operator(method: &str, endpoint: &str, path: &str, body: &[u8]) -> Result<Value, Failure> {
    let (mut status, mut value) = send(method, endpoint, path, body, None)?;
    if status == 403
        && let Some(token) = value.get("operator").and_then(Value::as_str).and_then(operator_token)
    {
        (status, value) = send(method, endpoint, path, body, Some(&token))?;
    }
    if status < 400 { Ok(value) } else { Err(refusal(endpoint, status, &value)) }
}

/// The token in this file, which the other side names. Nothing but a token is read from nothing but such a file: the other
/// side may be anybody.
fn operator_token(file: &str) -> Option<String> {
    let path = Path::new(file);
    if !path.ends_with(Path::new(".nano").join(OPERATOR_FILE)) {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let token = text.trim();
    let is_token = token.len() == OPERATOR_DIGITS && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_token.then(|| token.to_owned())
}

fn refusal(endpoint: &str, status: u16, value: &Value) -> Failure {
    let message = value.get("message").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_string);
    Failure::with_hint(message, format!("the edge at {endpoint} answered with status {status}"))
}

/// What an edge said in bytes: its status, when to ask again, and the body.
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// Of 429: seconds.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// A POST of bytes, answered in bytes.
pub fn post(endpoint: &str, path: &str, body: &[u8]) -> Result<Said, Failure> {
    let url = format!("{}{path}", endpoint.trim_end_matches('/'));
    let mut response = agent().post(&url).send(body).map_err(|error| unsaid(endpoint, error))?;
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(1 << 20).read_to_vec();
    Ok(Said { status, retry_after, body: body.map_err(|error| Failure::usage(format!("{endpoint}: {error}")))? })
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(930)))
        .build()
        .into()
}

fn unsaid(endpoint: &str, error: ureq::Error) -> Failure {
    match error {
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => Failure::with_hint(
            format!("nothing answers at {endpoint}"),
            "start it: nano dev (in a project) or nano serve; or name another: --endpoint URL",
        ),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            Failure::with_hint(format!("'{endpoint}' is no endpoint"), format!("write it as {ENDPOINT}"))
        }
        other => Failure::usage(format!("{endpoint}: {other}")),
    }
}

fn send(
    method: &str,
    endpoint: &str,
    path: &str,
    body: &[u8],
    operator: Option<&str>,
) -> Result<(u16, Value), Failure> {
    let url = format!("{}{path}", endpoint.trim_end_matches('/'));
    let agent = agent();
    let sent = match method {
        "GET" => agent.get(&url).call(),
        "DELETE" => agent.delete(&url).call(),
        "PUT" => agent.put(&url).send(body),
        _ => match operator {
            Some(token) => agent.post(&url).header("nano-operator", token).send(body),
            None => agent.post(&url).send(body),
        },
    };
    let mut response = sent.map_err(|error| unsaid(endpoint, error))?;
    let status = response.status().as_u16();
    let text = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
        .map_err(|error| Failure::usage(format!("{endpoint}: {error}")))?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
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
