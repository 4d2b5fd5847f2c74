//! Talking to a running `nano dev` or `nano serve`.

mod credentials;

pub use credentials::Credentials;

use crate::failure::Failure;
use nano_emulator::{OPERATOR_DIGITS, OPERATOR_FILE};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Errors of who asks, whatever he asks.
const SIGNATURE_ERRORS: [&str; 4] = [
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
];

/// Where a local edge answers, unless the project's says otherwise.
pub const ENDPOINT: &str = "http://127.0.0.1:4566";

/// What stands for [`local`] among arguments.
pub const LOCAL: &str = "local";

/// Where the edge answers that runs in this folder's project; where none does, it may be one that is everybody's.
pub fn local() -> String {
    let folder = std::env::current_dir().ok();
    folder.and_then(|folder| crate::running::find(&folder)).unwrap_or_else(|| ENDPOINT.to_owned())
}

/// An endpoint as it is given: an address, or [`LOCAL`].
#[expect(clippy::unnecessary_wraps, reason = "clap takes only what may fail")]
pub fn endpoint(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(if text == LOCAL { local() } else { text.to_owned() })
}

/// A request to an edge, signed where the user has credentials; its JSON answer.
pub fn request(method: &str, endpoint: &str, path: &str, body: &[u8]) -> Result<Value, Failure> {
    send(method, endpoint, path, body, None)?.value(endpoint)
}

/// As [`request`]; where the answer is that it takes the token of the project's owner, and he is who asks, it is asked again
/// with it.
pub fn request_as_operator(method: &str, endpoint: &str, path: &str, body: &[u8]) -> Result<Value, Failure> {
    let mut said = send(method, endpoint, path, body, None)?;
    if said.status == 403
        && let Some(token) = said.json().get("operator").and_then(Value::as_str).and_then(operator_token)
    {
        said = send(method, endpoint, path, body, Some(&token))?;
    }
    said.value(endpoint)
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

/// What an edge said: its status, why it let nobody in, when to ask again, and the body.
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// Of 429: seconds.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
    /// The kind of an error, as AWS's services name it.
    kind: Option<String>,
    /// The access key that signed what was asked.
    signer: Option<String>,
}

impl Said {
    /// The body as JSON, or as a string where it is none.
    pub fn json(&self) -> Value {
        let text = || Value::String(String::from_utf8_lossy(&self.body).into_owned());
        serde_json::from_slice(&self.body).unwrap_or_else(|_| text())
    }

    /// The body; where the edge refuses, why.
    pub fn value(&self, endpoint: &str) -> Result<Value, Failure> {
        if self.status < 400 { Ok(self.json()) } else { Err(self.refusal(endpoint)) }
    }

    /// Why the edge refuses.
    pub fn refusal(&self, endpoint: &str) -> Failure {
        let value = self.json();
        let message = value.get("message").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_string);
        if !self.kind.as_deref().is_some_and(|kind| SIGNATURE_ERRORS.contains(&kind)) {
            return Failure::with_hint(message, format!("the edge at {endpoint} answered with status {}", self.status));
        }
        let Some(signer) = &self.signer else {
            return Failure::with_hint(
                format!("the edge at {endpoint} asks for signatures, and you have no credentials"),
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to one of its keys, or write it to ~/.aws/credentials; \
                 its owner makes one: nano serve keys add NAME",
            );
        };
        Failure::with_hint(
            format!("the edge at {endpoint} does not take what {signer} signed: {message}"),
            "its keys are its own: see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE and ~/.aws/credentials; on \
             its machine nano serve keys list shows which it knows",
        )
    }
}

/// What there is at a path.
pub fn get(endpoint: &str, path: &str) -> Result<Said, Failure> {
    send("GET", endpoint, path, b"", None)
}

/// A PUT of bytes.
pub fn put(endpoint: &str, path: &str, body: &[u8]) -> Result<Said, Failure> {
    send("PUT", endpoint, path, body, None)
}

/// A POST of bytes, answered in bytes.
pub fn post(endpoint: &str, path: &str, body: &[u8]) -> Result<Said, Failure> {
    send("POST", endpoint, path, body, None)
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

fn send(method: &str, endpoint: &str, path: &str, body: &[u8], operator: Option<&str>) -> Result<Said, Failure> {
    let url = format!("{}{path}", endpoint.trim_end_matches('/'));
    let mut request = ureq::http::Request::builder().method(method).uri(&url);
    if let Some(token) = operator {
        request = request.header("nano-operator", token);
    }
    let mut request = request.body(body.to_vec()).map_err(|error| unsaid(endpoint, error.into()))?;
    let credentials = Credentials::find(variable);
    if let Some(credentials) = &credentials {
        request = signed(request, credentials, &region())?;
    }
    let mut response = agent().run(request).map_err(|error| unsaid(endpoint, error))?;
    let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
    let (retry_after, kind) = (header("retry-after"), header("x-amzn-errortype"));
    let body = response.body_mut().with_config().limit(64 << 20).read_to_vec();
    Ok(Said {
        status: response.status().as_u16(),
        retry_after: retry_after.and_then(|value| value.parse().ok()),
        body: body.map_err(|error| Failure::usage(format!("{endpoint}: {error}")))?,
        kind,
        signer: credentials.map(|credentials| credentials.access),
    })
}

/// A variable of the environment that is set to something.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The user's region, as AWS's own programs find it.
pub fn region() -> String {
    let set = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    set.unwrap_or_else(|| nano_edge::DEFAULT_REGION.to_owned())
}

/// The request with the signature of these credentials. Nano's own routes take one for any service.
pub fn signed(
    request: ureq::http::Request<Vec<u8>>,
    credentials: &Credentials,
    region: &str,
) -> Result<ureq::http::Request<Vec<u8>>, Failure> {
    let unsignable = || Failure::usage(format!("the access key {:?} can't sign a request", credentials.access));
    let mut request = request.map(Into::into);
    // A name and a password before it are not the host's.
    let host = request.uri().authority().and_then(|authority| authority.as_str().rsplit('@').next()?.parse().ok());
    request.headers_mut().insert("host", host.ok_or_else(unsignable)?);
    let now_ms = nano_edge::World::system().now_ms();
    if !nano_edge::sign(&mut request, credentials.signer(), region, "lambda", now_ms) {
        return Err(unsignable());
    }
    Ok(request.map(Into::into))
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
