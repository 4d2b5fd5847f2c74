//! The Lambda Runtime API as one worker sees it: the next event, and where results and errors go.

use std::convert::Infallible;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Collected, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

use super::device::Device;
use crate::run::MOST_RESULT_BYTES;

/// Beginning of the paths of the one version of the API that there is.
const BASE: &str = "/2018-06-01/runtime/";

/// Most bytes of any request of a worker: a result, and then some, so that one that is too large is told so.
const MOST_BODY_BYTES: usize = MOST_RESULT_BYTES + (1 << 20);

/// An event on its way to the worker.
#[derive(Debug)]
pub(super) struct Job {
    pub request_id: String,
    pub event: Bytes,
    pub headers: HeaderMap,
    pub reply: oneshot::Sender<Reply>,
}

/// What became of it.
#[derive(Debug)]
pub(super) enum Reply {
    /// The handler's result, and the process's largest size in kilobytes where it says so.
    Result(Bytes, Option<u64>),
    /// The result is larger than allowed.
    TooLarge,
    /// The runtime's report of an error.
    Error(Bytes),
    /// The process ended.
    Exited(ExitStatus),
}

/// How a start went wrong.
#[derive(Debug)]
pub(super) enum InitFailure {
    /// The runtime's report.
    Error(Bytes),
    /// The process ended.
    Exited(ExitStatus),
    /// It could not be put into its sandbox, and has run nothing.
    NotStarted(String),
}

#[derive(Debug, Default)]
struct State {
    /// Not fetched yet.
    next: Option<Job>,
    /// Fetched and not answered: its id and who waits.
    current: Option<(String, oneshot::Sender<Reply>)>,
    /// Told when the worker asks for its first event.
    started: Option<oneshot::Sender<Result<(), InitFailure>>>,
    exited: Option<ExitStatus>,
    /// Told of nothing else.
    waits_for_end: Option<oneshot::Sender<Reply>>,
}

/// What the edge and one worker share.
#[derive(Debug)]
pub(super) struct Mailbox {
    state: Mutex<State>,
    filled: Notify,
    device: Device,
}

impl Mailbox {
    /// An empty one, and what is told when the worker is ready.
    pub fn new(device: Device) -> (Arc<Self>, oneshot::Receiver<Result<(), InitFailure>>) {
        let (sender, receiver) = oneshot::channel();
        let state = State { started: Some(sender), ..State::default() };
        (Arc::new(Self { state: Mutex::new(state), filled: Notify::new(), device }), receiver)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event in; it is answered through its own channel.
    pub fn put(&self, job: Job) {
        let mut state = self.lock();
        if let Some(status) = state.exited {
            let _ = job.reply.send(Reply::Exited(status));
            return;
        }
        state.next = Some(job);
        drop(state);
        self.filled.notify_one();
    }

    /// What is told when the process ends.
    pub fn end(&self) -> oneshot::Receiver<Reply> {
        let (reply, told) = oneshot::channel();
        let mut state = self.lock();
        if let Some(status) = state.exited {
            let _ = reply.send(Reply::Exited(status));
        } else {
            state.waits_for_end = Some(reply);
        }
        told
    }

    /// The process has ended: whoever waits is told.
    pub fn exited(&self, status: ExitStatus) {
        let mut state = self.lock();
        state.exited = Some(status);
        if let Some(started) = state.started.take() {
            let _ = started.send(Err(InitFailure::Exited(status)));
        }
        let waiting = state.current.take().map(|(_, reply)| reply).into_iter().chain(state.waits_for_end.take());
        for reply in waiting.chain(state.next.take().map(|job| job.reply)).collect::<Vec<_>>() {
            let _ = reply.send(Reply::Exited(status));
        }
    }

    /// The worker could not be made.
    pub fn not_started(&self, why: &str) {
        if let Some(started) = self.lock().started.take() {
            let _ = started.send(Err(InitFailure::NotStarted(why.to_owned())));
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        if let Some(started) = self.lock().started.take() {
            let _ = started.send(Ok(()));
        }
        loop {
            let filled = self.filled.notified();
            if let Some(job) = self.take() {
                let mut response = Response::new(Full::new(job.event));
                *response.headers_mut() = job.headers;
                return response;
            }
            filled.await;
        }
    }

    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        let mut job = state.next.take()?;
        // The sender moves to where the answer is looked for; a closed one takes its place.
        let reply = std::mem::replace(&mut job.reply, oneshot::channel().0);
        state.current = Some((job.request_id.clone(), reply));
        Some(job)
    }

    fn answer(&self, request_id: &str, reply: Reply) -> Response<Full<Bytes>> {
        let mut state = self.lock();
        match state.current.take_if(|(id, _)| id == request_id) {
            Some((_, waiting)) => {
                let too_large = matches!(reply, Reply::TooLarge);
                let _ = waiting.send(reply);
                if too_large {
                    refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "the result is too large")
                } else {
                    status(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
                }
            }
            None => refusal(StatusCode::BAD_REQUEST, "InvalidRequestID", "no such invocation is under way"),
        }
    }

    async fn serve(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        if let Some(operation) = path.strip_prefix("/_nano/") {
            let Ok(body) = Limited::new(body, MOST_BODY_BYTES).collect().await else {
                return refusal(StatusCode::BAD_REQUEST, "InvalidRequest", "the body is broken or too large");
            };
            return self.device.serve(operation, head.uri.query().unwrap_or_default(), &body.to_bytes());
        }
        let Some(operation) = path.strip_prefix(BASE) else {
            return refusal(StatusCode::NOT_FOUND, "NotFound", "no such operation");
        };
        match (&head.method, operation.split('/').collect::<Vec<_>>().as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, kind @ ("response" | "error")]) => {
                let reply = match Limited::new(body, MOST_BODY_BYTES).collect().await.map(Collected::to_bytes) {
                    Ok(body) if *kind == "error" => Reply::Error(body),
                    Ok(body) if body.len() <= MOST_RESULT_BYTES => Reply::Result(body, None),
                    Ok(_) => Reply::TooLarge,
                    Err(error) if error.is::<http_body_util::LengthLimitError>() => Reply::TooLarge,
                    Err(_) => return refusal(StatusCode::BAD_REQUEST, "InvalidRequest", "the body is broken"),
                };
                self.answer(id, reply)
            }
            (&Method::POST, ["init", "error"]) => {
                let Ok(body) = Limited::new(body, MOST_BODY_BYTES).collect().await else {
                    return refusal(StatusCode::BAD_REQUEST, "InvalidRequest", "the body is broken or too large");
                };
                if let Some(started) = self.lock().started.take() {
                    let _ = started.send(Err(InitFailure::Error(body.to_bytes())));
                }
                status(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
            }
            _ => refusal(StatusCode::NOT_FOUND, "NotFound", "no such operation"),
        }
    }
}

/// Serves one connection of the worker until it is closed.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, mailbox: Arc<Mailbox>) {
    let service = service_fn(|request| {
        let mailbox = Arc::clone(&mailbox);
        async move { Ok::<_, Infallible>(mailbox.serve(request).await) }
    });
    // It ends with the worker; nobody is there to be told how.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Serves a runtime client that was not started by us, until it is aborted.
pub(super) async fn listen(listener: TcpListener, mailbox: Arc<Mailbox>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve(stream, Arc::clone(&mailbox)));
    }
}

/// An answer in JSON.
pub(super) fn status(status: StatusCode, json: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(json.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// An error in the API's shape.
pub(super) fn refusal(code: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    let body = serde_json::json!({"errorType": kind, "errorMessage": message}).to_string();
    let mut response = status(code, "");
    *response.body_mut() = Full::new(body.into());
    response
}
