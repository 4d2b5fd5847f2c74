//! What is told of every request that was answered, to whoever keeps a log of them.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{HeaderMap, HeaderName, Method, header};
use hyper::body::Body;

use super::answer::{self, Response};

/// S3's name of an answer's id; Lambda's is [`answer::REQUEST_ID`].
const S3_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// A request that was answered: its body may still be on its way.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// When it came, Unix time in ms.
    pub time_ms: u64,
    /// The id that the client has been told as well; empty where it was told none.
    pub request_id: &'a str,
    /// `s3`, `lambda`, `nano`, or `other`.
    pub service: &'static str,
    /// As sent.
    pub method: &'a str,
    /// As sent, without the query: that of a presigned URL is a key to the object.
    pub path: &'a str,
    /// HTTP status.
    pub status: u16,
    /// Until the answer's headers were there, microseconds.
    pub duration_us: u64,
    /// Bytes of the request's body, as it announced them; `None` where it did not.
    pub received_bytes: Option<u64>,
    /// Bytes of the answer's body; `None` where that is only known at its end.
    pub sent_bytes: Option<u64>,
}

/// Told of every answer, by the threads that answer: it must not wait.
pub type Watch = Arc<dyn Fn(&Answered<'_>) + Send + Sync>;

/// Who watches, once there is somebody.
#[derive(Default)]
pub(super) struct Watcher(OnceLock<Watch>);

/// What the answer won't know of its request.
pub(super) struct Asked {
    time_ms: u64,
    begun: Instant,
    method: Method,
    path: String,
    received_bytes: Option<u64>,
}

impl Watcher {
    /// The first one stays.
    pub fn set(&self, watch: Watch) {
        let _ = self.0.set(watch);
    }

    /// Of a request that has come; nothing where nobody watches.
    pub fn asked<B>(&self, request: &http::Request<B>, now_ms: impl FnOnce() -> u64) -> Option<Asked> {
        self.0.get()?;
        Some(Asked {
            time_ms: now_ms(),
            begun: Instant::now(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            received_bytes: length(request.headers()),
        })
    }

    /// Its answer.
    pub fn answered(&self, asked: Option<Asked>, service: &'static str, response: &Response) {
        let (Some(watch), Some(asked)) = (self.0.get(), asked) else { return };
        let id = response.headers().get(answer::REQUEST_ID).or_else(|| response.headers().get(S3_REQUEST_ID));
        watch(&Answered {
            time_ms: asked.time_ms,
            request_id: id.and_then(|id| id.to_str().ok()).unwrap_or_default(),
            service,
            method: asked.method.as_str(),
            path: &asked.path,
            status: response.status().as_u16(),
            duration_us: u64::try_from(asked.begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            received_bytes: asked.received_bytes,
            sent_bytes: response.body().size_hint().exact(),
        });
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return None;
    }
    headers.get(header::CONTENT_LENGTH).map_or(Some(0), |value| value.to_str().ok()?.parse().ok())
}
