//! `Invoke`: the operation whose time counts, from the request's bytes to the answer's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Body as _;
use serde::de::IgnoredAny;

use super::answer::{Body, Request, json, refusal};
use super::event_stream;
use super::text::{decoded, query};
use crate::asynchronous::accept;
use crate::edge::{Edge, Invoke, On};
use crate::lambda::{ApiError, ErrorKind, FunctionName, one_of, violation};
use crate::run::{MOST_ASYNCHRONOUS_EVENT_BYTES, MOST_EVENT_BYTES, report};

const PREFIX: &str = "/2015-03-31/functions/";
const SUFFIX: &str = "/invocations";

const STREAM_PREFIX: &str = "/2021-11-15/functions/";
const STREAM_SUFFIX: &str = "/response-streaming-invocations";

/// Most bytes of a client context, in base64.
const MOST_CONTEXT_BYTES: usize = 3583;

/// The function (percent-encoded) in the path of an invocation.
pub(super) fn function_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix(PREFIX)?.trim_end_matches('/').strip_suffix(SUFFIX)?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The function in the path of an invocation whose answer is a stream of events.
pub(super) fn streaming_function_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix(STREAM_PREFIX)?.trim_end_matches('/').strip_suffix(STREAM_SUFFIX)?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    RequestResponse,
    Event,
    DryRun,
}

fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(HeaderName::from_static(name))?.to_str().ok()
}

fn kind(headers: &HeaderMap) -> Result<Kind, ApiError> {
    match header(headers, "x-amz-invocation-type") {
        None | Some("RequestResponse") => Ok(Kind::RequestResponse),
        Some("Event") => Ok(Kind::Event),
        Some("DryRun") => Ok(Kind::DryRun),
        Some(other) => Err(violation(other, "invocationType", &one_of(&["Event", "RequestResponse", "DryRun"]))),
    }
}

fn wants_tail(headers: &HeaderMap) -> Result<bool, ApiError> {
    match header(headers, "x-amz-log-type") {
        None | Some("None") => Ok(false),
        Some("Tail") => Ok(true),
        Some(other) => Err(violation(other, "logType", &one_of(&["None", "Tail"]))),
    }
}

fn client_context(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(encoded) = header(headers, "x-amz-client-context") else { return Ok(None) };
    let refused = |message: &str| ApiError::new(ErrorKind::InvalidRequestContent, message);
    if encoded.len() > MOST_CONTEXT_BYTES {
        return Err(refused("Client context must be no more than 3583 bytes when base64-encoded."));
    }
    let decoded = BASE64.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let context = decoded.filter(|text| matches!(serde_json::from_str(text), Ok(serde_json::Value::Object(_))));
    // Without line breaks, so that it can be a header.
    let context = context.map(|text| text.replace(['\r', '\n'], " "));
    context.map(Some).ok_or_else(|| refused("Client context must be a valid Base64-encoded JSON object."))
}

/// Where nano's own tools want it to run; AWS's don't ask.
fn on(headers: &HeaderMap) -> Result<On, ApiError> {
    match header(headers, "x-nano-on") {
        None | Some("auto") => Ok(On::Configured),
        Some("edge") => Ok(On::Edge),
        Some("cloud") => Ok(On::Cloud),
        Some(other) => Err(violation(other, "x-nano-on", &one_of(&["auto", "edge", "cloud"]))),
    }
}

async fn event(body: Body, kind: Kind) -> Result<Bytes, ApiError> {
    let most = if kind == Kind::Event { MOST_ASYNCHRONOUS_EVENT_BYTES } else { MOST_EVENT_BYTES };
    let too_large = || {
        let message = format!("Request must be smaller than {most} bytes for the InvokeFunction operation");
        ApiError::new(ErrorKind::RequestTooLarge, message)
    };
    if body.size_hint().lower() > most as u64 {
        // The rest is read as far as clients send before they look for an answer.
        let _ = Limited::new(body, most.saturating_mul(4)).collect().await;
        return Err(too_large());
    }
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Err(error) => Err(ApiError::new(ErrorKind::InvalidRequestContent, format!("the request ended early: {error}"))),
    }
}

/// Answers an invocation.
pub(super) async fn answer(edge: &Edge, name: &str, region: &str, request: Request) -> http::Response<Bytes> {
    let request_id = edge.world().uuid();
    match invoke(edge, name, region, request, &request_id).await {
        Ok(response) => response,
        Err(error) => refusal(&error, &request_id),
    }
}

/// Answers `InvokeWithResponseStream`: the result as an event, and the end as another one. Python handlers return
/// their result whole, here as on AWS.
pub(super) async fn answer_streaming(edge: &Edge, name: &str, region: &str, request: Request) -> http::Response<Bytes> {
    let request_id = edge.world().uuid();
    let response = match invoke(edge, name, region, request, &request_id).await {
        Ok(response) if response.status() == StatusCode::OK => response,
        Ok(response) => return response,
        Err(error) => return refusal(&error, &request_id),
    };
    let (mut head, body) = response.into_parts();
    let failed = head.headers.remove("x-amz-function-error").is_some();
    let log = head.headers.remove("x-amz-log-result").and_then(|log| log.to_str().ok().map(str::to_owned));
    let mut complete = serde_json::Map::new();
    let mut stream = Vec::new();
    if failed {
        let failure: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let kind = failure.get("errorType").and_then(serde_json::Value::as_str).unwrap_or("Unhandled");
        complete.insert("ErrorCode".to_owned(), kind.into());
        complete.insert("ErrorDetails".to_owned(), String::from_utf8_lossy(&body).into());
    } else {
        // Frames of a size that every client takes.
        for part in body.chunks(64 << 10) {
            event_stream::write(&mut stream, "PayloadChunk", "application/octet-stream", part);
        }
    }
    complete.extend(log.map(|log| ("LogResult".to_owned(), log.into())));
    let complete = serde_json::Value::Object(complete).to_string();
    event_stream::write(&mut stream, "InvokeComplete", "application/json", complete.as_bytes());
    let kind = HeaderValue::from_static("application/vnd.amazon.eventstream");
    head.headers.insert(http::header::CONTENT_TYPE, kind);
    http::Response::from_parts(head, stream.into())
}

async fn invoke(
    edge: &Edge,
    name: &str,
    region: &str,
    request: Request,
    request_id: &str,
) -> Result<http::Response<Bytes>, ApiError> {
    let (head, body) = request.into_parts();
    let name = FunctionName::parse(&decoded(name), 256)?.qualified(query(&head.uri, "Qualifier").as_deref())?;
    let kind = kind(&head.headers)?;
    let (wants_tail, on) = (wants_tail(&head.headers)?, on(&head.headers)?);
    let client_context = client_context(&head.headers)?;
    let event = event(body, kind).await?;
    let version = edge.functions().find(&name, region)?;
    // What is skipped in bytes is not looked at for being text.
    let parsed = std::str::from_utf8(&event).map_err(|error| error.to_string());
    let parsed = parsed.and_then(|text| serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string()));
    if !event.is_empty()
        && let Err(error) = parsed
    {
        let message = format!("Could not parse request body into json: Could not parse payload into json: {error}");
        return Err(ApiError::new(ErrorKind::InvalidRequestContent, message));
    }
    let executed = version.configuration.version.clone();
    let invoke = Invoke { event, on, client_context, ..Invoke::default() };
    let mut response = match kind {
        Kind::DryRun => json(StatusCode::NO_CONTENT, request_id, Bytes::new()),
        Kind::Event => {
            accept(edge, &version, name.qualifier.as_deref(), invoke, request_id.to_owned()).await?;
            json(StatusCode::ACCEPTED, request_id, Bytes::new())
        }
        Kind::RequestResponse => {
            let answer = edge.invoke_version(version, invoke, request_id.to_owned(), None).await?;
            let mut response = match answer.result {
                Ok(result) => json(StatusCode::OK, request_id, result),
                Err(failure) => {
                    let mut response = json(StatusCode::OK, request_id, failure.to_json());
                    response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
                    response
                }
            };
            if wants_tail && let Ok(tail) = HeaderValue::try_from(BASE64.encode(report::tail(&answer.log))) {
                response.headers_mut().insert("x-amz-log-result", tail);
            }
            response
        }
    };
    if let Ok(executed) = HeaderValue::try_from(executed) {
        response.headers_mut().insert("x-amz-executed-version", executed);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_in_paths() {
        assert_eq!(function_of("/2015-03-31/functions/f/invocations"), Some("f"));
        assert_eq!(function_of("/2015-03-31/functions/f%3A1/invocations/"), Some("f%3A1"));
        assert_eq!(function_of("/2015-03-31/functions//invocations"), None);
        assert_eq!(function_of("/2015-03-31/functions/f/invoke-async"), None);
        assert_eq!(function_of("/2015-03-31/functions/a/b/invocations"), None);
    }

    #[test]
    fn client_contexts() {
        let mut headers = HeaderMap::new();
        assert_eq!(client_context(&headers), Ok(None));
        headers.insert("x-amz-client-context", BASE64.encode(r#"{"custom":{"a":1}}"#).parse().unwrap());
        assert_eq!(client_context(&headers), Ok(Some(r#"{"custom":{"a":1}}"#.to_owned())));
        for bad in ["not base64!".to_owned(), BASE64.encode("[1]"), "A".repeat(4000)] {
            headers.insert("x-amz-client-context", bad.parse().unwrap());
            assert_eq!(client_context(&headers).unwrap_err().kind, ErrorKind::InvalidRequestContent);
        }
    }
}
