//! `/_nano/`: health, packages, invocations with all that is known of them, logs, WooFs, and what the emulator adds.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use nano_woof::{Entry, Error, Sequence};
use serde_json::{Value, json};

use super::answer::{Broken, Request, Response, full};
use super::signature;
use super::text::{decoded, query};
use crate::audit::AUDIT_WOOF;
use crate::edge::{Answer, Arm, Edge, Invoke, On};
use crate::lambda::{ApiError, DEFAULT_REGION, FunctionName};
use crate::run::MOST_EVENT_BYTES;
use crate::woofs::WAITING_NAMESPACE;

/// Most bytes of a request.
const MOST_REQUEST_BYTES: usize = MOST_EVENT_BYTES;

/// Most time that a reader of logs waits for more.
const MOST_WAIT: Duration = Duration::from_secs(30);

/// A request that an extension may take.
#[derive(Debug)]
pub struct ExtensionRequest {
    /// `GET`, `POST`, ..
    pub method: String,
    /// Percent-decoded, from `/_nano/` on.
    pub path: String,
    /// The query's parameters, decoded.
    pub query: Vec<(String, String)>,
    /// What the header `nano-operator` says: the token of who works on devices by hand.
    pub operator: Option<String>,
    /// The body.
    pub body: Bytes,
}

/// An extension's answer.
#[derive(Debug)]
pub struct ExtensionResponse {
    /// HTTP status.
    pub status: u16,
    /// `application/json`, ..
    pub content_type: &'static str,
    /// When it is worth asking again, for 429.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Bytes,
}

/// More routes under `/_nano/`: the emulator's devices. Asked before the edge's own, on a thread that may block.
pub trait Extension: Send + Sync {
    /// The answer, or nothing where the route is not the extension's.
    fn answer(&self, request: &ExtensionRequest) -> Option<ExtensionResponse>;
}

/// The routes of `/_nano/`.
pub(super) struct Own {
    edge: Edge,
    extension: Option<Arc<dyn Extension>>,
}

/// Routes that are open although the edge has keys: whether it is there and how it
/// does, and links, which have a token of their own.
pub(super) fn is_open(path: &str) -> bool {
    path == "/_nano/health" || path == "/_nano/metrics" || path.starts_with("/_nano/code/")
}

/// Status, JSON.
type Told = (StatusCode, Value);

fn told(status: StatusCode, message: impl Into<String>) -> Told {
    (status, json!({"message": message.into()}))
}

impl From<ApiError> for ErrorTold {
    fn from(error: ApiError) -> Self {
        Self((error.kind.status(), json!({"type": error.kind.name(), "message": error.message})))
    }
}

impl From<Error> for ErrorTold {
    fn from(error: Error) -> Self {
        let status = match error {
            Error::NotFound(_) | Error::NotYet(_) | Error::Gone { .. } => StatusCode::NOT_FOUND,
            Error::Exists(_) => StatusCode::CONFLICT,
            Error::Name(_) => StatusCode::BAD_REQUEST,
            Error::Reserved(_) => StatusCode::FORBIDDEN,
            Error::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(told(status, error.to_string()))
    }
}

struct ErrorTold(Told);

impl Own {
    pub fn new(edge: Edge, extension: Option<Arc<dyn Extension>>) -> Self {
        Self { edge, extension }
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request) -> Result<Response, Broken> {
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, MOST_REQUEST_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                return Ok(respond(told(StatusCode::PAYLOAD_TOO_LARGE, "the request is larger than 6 MiB")));
            }
            Err(error) => return Err(Broken::by(error)),
        };
        let path = decoded(head.uri.path());
        if let Some(extension) = self.extension.clone() {
            let request = ExtensionRequest {
                method: head.method.as_str().to_owned(),
                path: path.clone(),
                query: parameters(&head.uri),
                operator: head.headers.get("nano-operator").and_then(|token| token.to_str().ok()).map(str::to_owned),
                body: body.clone(),
            };
            let answer = tokio::task::spawn_blocking(move || extension.answer(&request)).await.map_err(Broken::by)?;
            if let Some(answer) = answer {
                let mut response = http::Response::new(full(answer.body));
                *response.status_mut() = StatusCode::from_u16(answer.status).map_err(Broken::by)?;
                let kind = HeaderValue::from_static(answer.content_type);
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                if let Some(wait) = answer.retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
                }
                return Ok(response);
            }
        }
        let segments: Vec<&str> = path.trim_start_matches("/_nano/").split('/').collect();
        let answered = match (&head.method, segments.as_slice()) {
            (&Method::GET | &Method::HEAD, ["health"]) => Ok(self.health()),
            (&Method::GET, ["functions"]) => Ok((StatusCode::OK, self.functions())),
            (&Method::POST, ["functions", name, "invoke"]) => self.invoke(name, &head.uri, body).await,
            (&Method::GET, ["logs", name]) => self.logs(name, &head.uri).await,
            (&Method::GET, ["code", name, sha256, token]) => return Ok(self.code(name, sha256, token)),
            (_, ["woofs", rest @ ..]) => {
                let (edge, uri, method) = (self.edge.clone(), head.uri.clone(), head.method.clone());
                let rest: Vec<String> = rest.iter().map(|part| (*part).to_owned()).collect();
                // Appends wait for the disk.
                tokio::task::spawn_blocking(move || woofs(&edge, &method, &rest, &uri, &body))
                    .await
                    .map_err(Broken::by)?
            }
            _ => Err(ErrorTold(told(StatusCode::NOT_FOUND, format!("there is no {} {path}", head.method)))),
        };
        Ok(respond(answered.unwrap_or_else(|ErrorTold(told)| told)))
    }

    /// How it does: 503 where it reads and writes nothing more, until it is started again.
    fn health(&self) -> Told {
        let failure = self.edge.store().failure().map(|error| error.to_string());
        let state = if failure.is_some() { "failed" } else { "running" };
        let mut health = json!({
            "status": state,
            "version": env!("CARGO_PKG_VERSION"),
            "services": {"s3": state, "lambda": state, "sts": "running"},
            "functions": self.edge.functions().all().len(),
        });
        let Some(failure) = failure else { return (StatusCode::OK, health) };
        health["reason"] = failure.into();
        (StatusCode::SERVICE_UNAVAILABLE, health)
    }

    fn functions(&self) -> Value {
        let functions = self.edge.functions().all();
        let described = functions.iter().map(|version| {
            let configuration = &version.configuration;
            let (arm, why) = self.edge.placement(version);
            json!({
                "name": configuration.function_name,
                "handler": configuration.handler,
                "run": configuration.nano.run,
                "runs_on": arm,
                "why": why,
                "revision": configuration.revision_id,
                "code_sha256": configuration.code_sha256,
                "modified": configuration.last_modified,
            })
        });
        described.collect()
    }

    async fn invoke(&self, name: &str, uri: &Uri, event: Bytes) -> Result<Told, ErrorTold> {
        let on = match query(uri, "on").as_deref() {
            None | Some("auto" | "") => On::Configured,
            Some("edge") => On::Edge,
            Some("cloud") => On::Cloud,
            Some(other) => {
                let message = format!("{other:?} is no place to run here: edge, cloud or auto");
                return Err(ErrorTold(told(StatusCode::BAD_REQUEST, message)));
            }
        };
        if !event.is_empty() && serde_json::from_slice::<serde::de::IgnoredAny>(&event).is_err() {
            return Err(ErrorTold(told(StatusCode::BAD_REQUEST, "the event is no JSON")));
        }
        let name = FunctionName::parse(name, 256)?;
        let version = self.edge.functions().find(&name, DEFAULT_REGION)?;
        let id = self.edge.world().uuid();
        let answer = self.edge.invoke_version(version, Invoke { event, on, ..Invoke::default() }, id, None).await?;
        Ok((StatusCode::OK, answer.to_json()))
    }

    async fn logs(&self, name: &str, uri: &Uri) -> Result<Told, ErrorTold> {
        let number = |name: &str| query(uri, name).and_then(|text| text.parse::<u64>().ok());
        let wait = Duration::from_millis(number("wait_ms").unwrap_or(0)).min(MOST_WAIT);
        let deadline = tokio::time::Instant::now() + wait;
        let mut changes = self.edge.logs().changes();
        let count = number("count").unwrap_or(100).clamp(1, 10_000);
        loop {
            changes.mark_unchanged();
            let (edge, name, after) = (self.edge.clone(), name.to_owned(), number("after"));
            let read = tokio::task::spawn_blocking(move || match after {
                Some(after) => edge.logs().after(&name, after, count),
                None => edge.logs().tail(&name, count),
            });
            let records =
                read.await.map_err(|error| ErrorTold(told(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())))??;
            let again = records.is_empty() && tokio::time::timeout_at(deadline, changes.changed()).await.is_ok();
            if !again {
                return Ok((StatusCode::OK, json!(records)));
            }
        }
    }

    /// The zip that `GetFunction`'s link leads to.
    fn code(&self, name: &str, sha256: &str, token: &str) -> Response {
        let is_ours = signature::is_token(self.edge.link_secret(), name, sha256, token);
        let package = if is_ours { self.edge.functions().code(name, sha256) } else { Ok(None) };
        match package {
            Ok(Some(package)) => {
                let mut response = http::Response::new(full(package.zip().clone()));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
                response
            }
            Ok(None) => respond(told(
                StatusCode::NOT_FOUND,
                "there is no such code (any more), or the link is of an earlier run",
            )),
            Err(error) => respond(ErrorTold::from(error).0),
        }
    }
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(&value.replace('+', " "))))
        .collect()
}

fn entry(entry: &Entry) -> Value {
    let header = entry.header;
    json!({
        "sequence": header.sequence.get(),
        "timestamp_ms": header.timestamp_ms,
        "text": std::str::from_utf8(&entry.payload).ok(),
        "base64": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &entry.payload),
    })
}

fn stat(stat: &nano_woof::Stat) -> Value {
    json!({
        "namespace": stat.namespace,
        "name": stat.name,
        "element": stat.config.element,
        "history": stat.config.history,
        "first": stat.first.get(),
        "last": stat.last.map(Sequence::get),
    })
}

/// `GET woofs[/namespace]` lists; `PUT woofs/namespace/name?element=64&history=128` makes one; `POST` appends the body;
/// `GET` reads with `?tail=N`, `?from=S&count=N` or `?sequence=S`, else tells what it is; `DELETE` removes it.
fn woofs(edge: &Edge, method: &Method, rest: &[String], uri: &Uri, body: &Bytes) -> Result<Told, ErrorTold> {
    let woofs = edge.woofs();
    let number = |name: &str| query(uri, name).and_then(|text| text.parse::<u64>().ok());
    let name = match rest {
        [] => return Ok((StatusCode::OK, woofs.list(None)?.iter().map(stat).collect())),
        [namespace] if method == Method::GET => {
            let namespace = (!namespace.is_empty()).then_some(namespace.as_str());
            return Ok((StatusCode::OK, woofs.list(namespace)?.iter().map(stat).collect()));
        }
        [namespace, name] => format!("{namespace}/{name}"),
        _ => return Err(ErrorTold(told(StatusCode::NOT_FOUND, "a WooF has a namespace and a name"))),
    };
    // Read, it would give a device's requests to whoever asks, before the device has them.
    if rest.first().is_some_and(|namespace| namespace == WAITING_NAMESPACE) {
        return Err(ErrorTold(told(StatusCode::FORBIDDEN, "what waits for devices is the edge's own")));
    }
    if name == AUDIT_WOOF {
        if *method != Method::GET {
            return Err(ErrorTold(told(StatusCode::FORBIDDEN, "the audit log is the edge's own: it is only read")));
        }
        edge.audit().flush();
    }
    let ok = |value: Value| Ok((StatusCode::OK, value));
    match *method {
        Method::GET => match (number("tail"), number("from"), number("sequence")) {
            (Some(count), ..) => ok(woofs.tail(&name, count.min(10_000))?.iter().map(entry).collect()),
            (_, Some(from), _) => {
                let count = number("count").unwrap_or(100).min(10_000);
                ok(woofs.range(&name, Sequence(from.max(1)), count)?.iter().map(entry).collect())
            }
            (_, _, Some(sequence)) => ok(entry(&woofs.get(&name, Sequence(sequence))?)),
            _ => ok(stat(&woofs.stat(&name)?)),
        },
        Method::PUT => {
            let element = u32::try_from(number("element").unwrap_or(64)).unwrap_or(u32::MAX);
            woofs.create(&name, element, number("history").unwrap_or(128))?;
            ok(stat(&woofs.stat(&name)?))
        }
        Method::POST => ok(json!({"sequence": woofs.append(&name, body)?.get()})),
        Method::DELETE => {
            woofs.delete(&name)?;
            ok(json!({}))
        }
        _ => Err(ErrorTold(told(StatusCode::METHOD_NOT_ALLOWED, "GET, PUT, POST or DELETE"))),
    }
}

impl Answer {
    /// As `nano invoke --json` prints it, but for energy, which only devices have.
    pub fn to_json(&self) -> Value {
        let result = match &self.result {
            // Of what Python takes for JSON and no one else does, as `NaN`, the text.
            Ok(result) => {
                serde_json::from_slice(result).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(result)))
            }
            Err(_) => Value::Null,
        };
        let error = self.result.as_ref().err().map(
            |failure| json!({"type": failure.error_type, "message": failure.message, "traceback": failure.stack_trace}),
        );
        json!({
            "on": match self.on { Arm::Edge => "edge", Arm::Cloud => "cloud" },
            "result": result,
            "error": error,
            "duration_us": self.duration.as_micros() as u64,
            "instructions": self.instructions,
            "energy_uj": null,
            "heap_peak_bytes": self.memory_bytes,
            "logs": self.output,
            "request_id": self.request_id,
            "version": self.version,
        })
    }
}

fn respond((status, body): Told) -> Response {
    let mut response = http::Response::new(full(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
