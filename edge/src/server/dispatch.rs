//! Which service a request is for, and its answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, Version, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::{Broken, Request, Response, full, refusal};
use super::asking::Caller;
use super::metrics::{Metrics, SERVICES};
use super::own::{self, Extension, Own};
use super::sites::{is_of_another_site, is_of_this_machine};
use super::slow::Patient;
use super::watch::Watcher;
use super::{invoke, lambda, manage, other, signature, url};
use crate::edge::Edge;
use crate::lambda::{ApiError, DEFAULT_REGION, ErrorKind};
use crate::s3::{AccessKeys, S3Endpoint, user_arn};

/// A service behind the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    S3,
    Lambda,
    Own,
    /// Another one of AWS's, by the name in the scope.
    Other,
}

/// What a signature says about a request, verified or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub region: String,
    pub service: String,
}

impl Scope {
    /// From `ACCESS/20261121/us-east-1/lambda/aws4_request`.
    fn parse(credential: &str) -> Option<Self> {
        let mut parts = credential.rsplit('/');
        let (_end, service, region) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next()?;
        Some(Self { region: region.to_owned(), service: service.to_owned() })
    }

    /// From the header `Authorization`, else from the query of a presigned URL.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let credential = value.to_str().ok()?.split_once("Credential=")?.1;
            return Self::parse(credential.split([',', ' ']).next()?);
        }
        let query = uri.query()?;
        let credential = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
        Self::parse(&credential.replace("%2F", "/").replace("%2f", "/"))
    }
}

/// The region that a request is signed for, if it is signed at all.
pub(crate) fn signed_region(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    Scope::of(uri, headers).map(|scope| scope.region)
}

/// `/2015-03-31/...`, the dates that Lambda's paths begin with.
fn begins_with_date(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.len() > 12
        && bytes[0] == b'/'
        && bytes[11] == b'/'
        && bytes[1..11].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn target(path: &str, scope: Option<&Scope>) -> Target {
    if path.starts_with("/_nano/") {
        return Target::Own;
    }
    match scope.map(|scope| scope.service.as_str()) {
        Some("s3" | "s3express" | "s3-object-lambda") => Target::S3,
        Some("lambda") => Target::Lambda,
        Some(_) => Target::Other,
        None if begins_with_date(path) => Target::Lambda,
        None => Target::S3,
    }
}

/// Whether there is one `Host`, as RFC 9112 (3.2) has it: what stands before this server may go by another one of several.
fn names_its_host(version: Version, headers: &HeaderMap) -> bool {
    match headers.get_all(header::HOST).iter().count() {
        0 => version < Version::HTTP_11,
        count => count == 1,
    }
}

/// All services of one port.
pub(super) struct Dispatch {
    edge: Edge,
    s3: S3Endpoint,
    lambda: lambda::Lambda,
    own: Own,
    keys: Option<AccessKeys>,
    /// Names that it goes by without keys, besides those of every machine.
    names: Vec<String>,
    pub metrics: Metrics,
    pub watcher: Watcher,
    room: Arc<Semaphore>,
    body_timeout: Duration,
}

/// Kilobytes of bodies that are held in memory at once: those of all requests but S3's objects, which are streamed.
const MOST_HELD_KB: usize = 512 << 10;

/// A body that doesn't say how long it is counts as one of this many kilobytes.
const UNKNOWN_KB: u32 = 1 << 10;

impl Dispatch {
    pub fn new(
        edge: Edge,
        s3: S3Endpoint,
        (keys, names): (Option<AccessKeys>, Vec<String>),
        extension: Option<Arc<dyn Extension>>,
        body_timeout: Duration,
    ) -> Self {
        Self {
            lambda: lambda::Lambda::new(edge.clone()),
            own: Own::new(edge.clone(), extension),
            edge,
            s3,
            keys,
            names,
            metrics: Metrics::new(),
            watcher: Watcher::default(),
            room: Arc::new(Semaphore::new(MOST_HELD_KB)),
            body_timeout,
        }
    }

    /// An error closes the connection.
    pub async fn answer(&self, request: http::Request<Incoming>) -> Result<Response, Broken> {
        let begun = Instant::now();
        let scope = Scope::of(request.uri(), request.headers());
        let service = match target(request.uri().path(), scope.as_ref()) {
            Target::S3 => 0,
            Target::Lambda => 1,
            Target::Own => 2,
            Target::Other => 3,
        };
        let asked = self.watcher.asked(&request, || self.edge.world().now_ms());
        let answered = self.dispatch(request).await;
        if let Ok(response) = &answered {
            self.metrics.answered(service, response.status(), begun);
            self.watcher.answered(asked, SERVICES[service], response);
        }
        answered
    }

    /// Room for the body of a request, or the answer that there is none.
    fn room(&self, request: &Request) -> Result<OwnedSemaphorePermit, ApiError> {
        let length = hyper::body::Body::size_hint(request.body()).exact();
        let kilobytes = length.map_or(UNKNOWN_KB, |bytes| u32::try_from(bytes >> 10).unwrap_or(u32::MAX));
        let kilobytes = kilobytes.min((lambda::MOST_REQUEST_BYTES >> 10) as u32);
        let message = "The edge is reading as much as it has room for. Try again.";
        self.take_room(kilobytes).ok_or_else(|| ApiError::new(ErrorKind::Overloaded, message))
    }

    fn take_room(&self, kilobytes: u32) -> Option<OwnedSemaphorePermit> {
        let taken = Arc::clone(&self.room).try_acquire_many_owned(kilobytes).ok();
        if taken.is_none() {
            self.metrics.shed.fetch_add(1, Ordering::Relaxed);
        }
        taken
    }

    async fn dispatch(&self, request: http::Request<Incoming>) -> Result<Response, Broken> {
        if !names_its_host(request.version(), request.headers()) {
            let mut response = http::Response::new(full("a request names its host, and once (RFC 9112, 3.2)\n"));
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return Ok(response);
        }
        if self.keys.is_none() && !is_of_this_machine(request.headers(), &self.names) {
            let text = "an edge without keys answers to addresses and names of this machine only: 127.0.0.1, localhost, or what \
                        nano serve --name says\n";
            let mut response = http::Response::new(full(text));
            *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
            return Ok(response);
        }
        let scope = Scope::of(request.uri(), request.headers());
        let mut target = target(request.uri().path(), scope.as_ref());
        if url::place(request.uri(), request.headers()).is_some() {
            target = Target::Own;
        }
        if target == Target::S3 {
            let kilobytes = u32::try_from(S3Endpoint::held(&request) >> 10).unwrap_or(u32::MAX);
            let Some(_room) = self.take_room(kilobytes) else {
                return Ok(self.s3.put_off().map(|body| body.map_err(Broken::by).boxed_unsync()));
            };
            let request = request.map(|body| {
                // Most have none, and are spared the detour.
                if hyper::body::Body::is_end_stream(&body) {
                    return s3s::Body::from(body);
                }
                s3s::Body::http_body_unsync(Patient::new(body, self.body_timeout))
            });
            let answered = self.s3.call(request).await;
            let response = answered.map_err(|error| Broken(format!("{error:?}")))?;
            return Ok(response.map(|body| body.map_err(Broken::by).boxed_unsync()));
        }
        let request = request.map(|body| {
            Patient::new(body, self.body_timeout).map_err(|error| Broken(error.to_string())).boxed_unsync()
        });
        self.dispatch_read(target, scope, request).await
    }

    /// Answers a handler that runs in this process: what it sends is signed, and checked where the edge has keys.
    pub async fn answer_here(&self, request: http::Request<Bytes>) -> Option<http::Response<Bytes>> {
        let scope = Scope::of(request.uri(), request.headers());
        let response = match target(request.uri().path(), scope.as_ref()) {
            Target::S3 => {
                let response = self.s3.call(request.map(s3s::Body::from)).await.ok()?;
                response.map(|body| body.map_err(Broken::by).boxed_unsync())
            }
            target => self.dispatch_read(target, scope, request.map(full)).await.ok()?,
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(http::Response::from_parts(head, body))
    }

    /// Answers what is not S3's.
    async fn dispatch_read(&self, target: Target, scope: Option<Scope>, request: Request) -> Result<Response, Broken> {
        let _room = match self.room(&request) {
            Ok(room) => room,
            Err(error) => return Ok(refusal(&error, &self.edge.world().uuid()).map(full)),
        };
        if request.method() == Method::GET && request.uri().path() == "/_nano/metrics" {
            let edge = self.edge.clone();
            let mut response = http::Response::new(full(self.metrics.text(&edge)));
            let kind = http::HeaderValue::from_static("text/plain; version=0.0.4");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            return Ok(response);
        }
        if let Some(place) = url::place(request.uri(), request.headers()) {
            return Ok(self.answer_url(place, request).await);
        }
        let has_target = request.headers().contains_key("x-amz-target");
        let request = match &self.keys {
            None if is_of_another_site(request.headers()) => {
                let message = "Pages of other sites may ask this edge for nothing: it has no keys, and a browser asks for \
                               whoever it visits.";
                return Ok(
                    refusal(&ApiError::new(ErrorKind::AccessDenied, message), &self.edge.world().uuid()).map(full)
                );
            }
            None => request,
            Some(keys) => {
                let signed = self.verified(keys, target, request).await;
                match signed.and_then(|signed| signed.checked(target, scope.as_ref())) {
                    Ok(request) => request,
                    Err(error) if target == Target::Other => {
                        return Ok(other::refuse(&error, has_target, &self.edge.world().uuid()));
                    }
                    Err(error) => return Ok(refusal(&error, &self.edge.world().uuid()).map(full)),
                }
            }
        };
        match target {
            Target::Lambda => {
                let region = scope.map_or_else(|| DEFAULT_REGION.to_owned(), |scope| scope.region);
                // The one operation whose time counts goes around the routes.
                if request.method() == Method::POST
                    && let Some(name) = invoke::function_of(request.uri().path())
                {
                    let name = name.to_owned();
                    return Ok(invoke::answer(&self.edge, &name, &region, request).await.map(full));
                }
                if request.method() == Method::POST
                    && let Some(name) = invoke::streaming_function_of(request.uri().path())
                {
                    let name = name.to_owned();
                    return Ok(invoke::answer_streaming(&self.edge, &name, &region, request).await.map(full));
                }
                Ok(self.lambda.answer(request, region).await)
            }
            Target::Own => self.own.answer(request).await,
            Target::S3 | Target::Other => {
                let (service, region) = scope.map(|scope| (scope.service, scope.region)).unwrap_or_default();
                let region = if region.is_empty() { DEFAULT_REGION } else { &region };
                other::answer(&self.edge, &service, region, request).await
            }
        }
    }

    /// Answers a request to a function's URL.
    async fn answer_url(&self, place: url::Place, request: Request) -> Response {
        let Some(found) = manage::find_url(&self.edge, &place.id) else { return url::forbidden() };
        let request = match &self.keys {
            Some(keys) if !found.config.open => match self.verified(keys, Target::Lambda, request).await {
                Ok(signed) => signed.request,
                Err(_) => return url::forbidden(),
            },
            _ => request,
        };
        url::answer(&self.edge, found, place, request).await
    }

    /// Reads a request to its end and checks its signature. S3 does that itself.
    async fn verified(&self, keys: &AccessKeys, target: Target, request: Request) -> Result<Signed, ApiError> {
        let (mut head, body) = request.into_parts();
        let is_open = target == Target::Own && own::is_open(head.uri.path());
        let basic = if target == Target::Own { signature::verify_basic(keys, &head.headers) } else { None };
        // Who has no signature at all is refused before anything is read.
        if !is_open && basic.is_none() && !head.headers.contains_key(header::AUTHORIZATION) {
            signature::verify(keys, &head, b"", self.edge.world().now_ms())?;
        }
        let body = match Limited::new(body, lambda::MOST_REQUEST_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                return Err(ApiError::new(
                    ErrorKind::RequestEntityTooLarge,
                    format!("the request is cut short: {error}"),
                ));
            }
        };
        let role = match basic {
            Some(verdict) => verdict.map(|()| None)?,
            None if is_open => None,
            None => {
                let access_key = signature::verify(keys, &head, &body, self.edge.world().now_ms())?.to_owned();
                let secret = keys.secret(&access_key).map(|secret| secret.expose().to_owned()).unwrap_or_default();
                let role = keys.role(&access_key);
                let arn = Some(role.clone().unwrap_or_else(|| user_arn(&access_key)));
                head.extensions.insert(Caller { access_key, secret, arn });
                role
            }
        };
        Ok(Signed { request: Request::from_parts(head, full(body)), role })
    }
}

/// A request whose signature was checked.
struct Signed {
    request: Request,
    /// The role of the function that sent it; `None` for a user.
    role: Option<String>,
}

impl Signed {
    /// The request, where whoever signed it may send it: users all, functions what invokes functions or asks who they are.
    /// (S3 asks the bucket's policy.) What answers it decides, whatever else its path, its scope or its headers look like.
    fn checked(self, target: Target, scope: Option<&Scope>) -> Result<Request, ApiError> {
        let Some(role) = self.role else { return Ok(self.request) };
        let (method, path) = (self.request.method(), self.request.uri().path());
        let may = match target {
            Target::Lambda => {
                let function = invoke::function_of(path).or_else(|| invoke::streaming_function_of(path));
                method == Method::POST && function.is_some()
            }
            Target::Other => {
                scope.is_some_and(|scope| scope.service == "sts")
                    && !self.request.headers().contains_key("x-amz-target")
            }
            Target::Own | Target::S3 => false,
        };
        if may {
            return Ok(self.request);
        }
        let message =
            format!("User: {role} is not authorized to perform: {method} {path}. Functions may only invoke functions.");
        Err(ApiError::new(ErrorKind::AccessDenied, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_find_their_service() {
        let scope = |service: &str| Scope { region: "us-east-1".into(), service: service.into() };
        assert_eq!(target("/2015-03-31/functions", None), Target::Lambda);
        assert_eq!(target("/2015-03-31/functions", Some(&scope("s3"))), Target::S3);
        assert_eq!(target("/bucket/key", Some(&scope("lambda"))), Target::Lambda);
        assert_eq!(target("/", Some(&scope("sts"))), Target::Other);
        assert_eq!(target("/bucket/2015-03-31/x", None), Target::S3);
        assert_eq!(target("/2015-03-31", None), Target::S3);
        assert_eq!(target("/_nano/health", Some(&scope("s3"))), Target::Own);
    }

    #[test]
    fn scopes_are_read_from_headers_and_queries() {
        let uri: Uri = "/x".parse().unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!(Scope::of(&uri, &headers), None);
        headers.insert(
            header::AUTHORIZATION,
            "AWS4-HMAC-SHA256 Credential=AK/a/20261121/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
                .parse()
                .unwrap(),
        );
        let found = Scope::of(&uri, &headers).unwrap();
        assert_eq!((found.region.as_str(), found.service.as_str()), ("eu-west-1", "lambda"));
        let uri: Uri = "/b/k?a=1&X-Amz-Credential=AK%2F20261121%2Fus-east-1%2Fs3%2Faws4_request".parse().unwrap();
        assert_eq!(Scope::of(&uri, &HeaderMap::new()).unwrap().service, "s3");
        for garbage in ["", "Credential=", "Credential=a/b", "Basic eDp5"] {
            headers.insert(header::AUTHORIZATION, garbage.parse().unwrap());
            assert_eq!(Scope::of(&"/x".parse().unwrap(), &headers), None, "{garbage}");
        }
    }
}
