//! Answers of the server: bodies of any origin, JSON, and AWS's errors.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};

use crate::lambda::{ApiError, ErrorKind};

/// A body or a connection that cannot go on. It is closed; nobody reads why but those who look for it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Broken(pub String);

impl Broken {
    /// Because of this.
    pub fn by(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// A body, whichever service made it.
pub(crate) type Body = UnsyncBoxBody<Bytes, Broken>;

/// What was asked.
pub(crate) type Request = http::Request<Body>;

/// An answer.
pub(crate) type Response = http::Response<Body>;

/// The request's id, in every answer of Lambda.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// Which exception it is.
pub(crate) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// A body of these bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// JSON.
pub(crate) fn json(status: StatusCode, request_id: &str, body: impl Into<Bytes>) -> http::Response<Bytes> {
    let mut response = http::Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// One of Lambda's exceptions.
pub(crate) fn refusal(error: &ApiError, request_id: &str) -> http::Response<Bytes> {
    let mut response = json(error.kind.status(), request_id, error.body());
    let headers = response.headers_mut();
    headers.insert(ERROR_TYPE, HeaderValue::from_static(error.kind.name()));
    let waits = [ErrorKind::TooManyRequests, ErrorKind::ReservedConcurrency, ErrorKind::Overloaded];
    if waits.contains(&error.kind) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
