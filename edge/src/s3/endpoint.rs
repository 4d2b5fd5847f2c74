//! The S3 service as something that answers HTTP requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::xml::{Serialize, Serializer};
use s3s::{Body, HttpError, S3Error, s3_error};

use super::access::Access;
use super::admission::{MOST_UNSTATED, admit};
use super::attributes::{asks_for_attributes, unquote_entity_tag};
use super::cors::{Asked, preflight};
use super::encryption::Vault;
use super::error::access_denied;
use super::form::{form_of, post_form};
use super::host::LocalHost;
use super::keys::AccessKeys;
use super::legible::{is_of_our_making, refer_to_controls};
use super::names::BucketNames;
use super::notify::Notifier;
use super::operations::Operations;
use super::range::{Admitted, without_broken_range};
use super::region::SignedRegion;
use super::settling::Settling;
use super::unsigned::unsigned;
use crate::lambda::DEFAULT_REGION;
use crate::server::{is_of_another_site, query_pairs};
use crate::store::ObjectStore;
use crate::world::Entropy;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// Answers S3 requests; made by [`s3_service`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct S3Endpoint {
    service: S3Service,
    /// The same where nobody has to sign.
    open: S3Service,
    operations: Operations,
    verifies: bool,
    requests: Arc<AtomicU64>,
}

/// The S3 service over a store. With keys, requests must be signed by one of them (SigV4 in headers, in the query, or
/// chunk by chunk); without, anyone may do anything, signed or not.
///
/// A body error that leaves the connection unusable is an [`HttpError`], which makes hyper close it.
/// `random` is what keys of encrypted objects are made from.
pub fn s3_service(store: Arc<ObjectStore>, keys: Option<AccessKeys>, random: Entropy) -> S3Endpoint {
    service(store, keys, None, random)
}

/// [`s3_service`] with functions that changes of objects invoke.
pub(crate) fn notifying_s3_service(
    store: Arc<ObjectStore>,
    keys: Option<AccessKeys>,
    notifier: Notifier,
    random: Entropy,
) -> S3Endpoint {
    service(store, keys, Some(notifier), random)
}

fn service(
    store: Arc<ObjectStore>,
    keys: Option<AccessKeys>,
    notifier: Option<Notifier>,
    random: Entropy,
) -> S3Endpoint {
    let verifies = keys.is_some();
    let access = Access { store: Arc::clone(&store), keys: keys.clone() };
    let settling = Settling::new(Arc::clone(&store));
    let operations = Operations { store, settling, access: access.clone(), vault: Vault::new(random), notifier };
    let builder = || {
        let mut builder = S3ServiceBuilder::new(operations.clone());
        builder.set_host(LocalHost);
        builder.set_validation(BucketNames);
        builder
    };
    let open = builder().build();
    let service = match keys {
        Some(keys) => {
            let mut builder = builder();
            builder.set_auth(keys);
            builder.set_access(access);
            builder.build()
        }
        None => open.clone(),
    };
    S3Endpoint { service, open, operations, verifies, requests: Arc::default() }
}

/// Most bytes of a body that is read as a whole; `s3s` refuses larger ones.
const MOST_WHOLE: u64 = 20 << 20;

impl S3Endpoint {
    /// Bytes of a request's body that are held in memory before it is known who sends it: objects and parts are not, since they
    /// go on as they come, but what says what is to be done is.
    pub(crate) fn held<B: hyper::body::Body>(request: &Request<B>) -> u64 {
        match request.body().size_hint().exact() {
            None if request.headers().contains_key("x-amz-decoded-content-length") => 0,
            None => MOST_UNSTATED as u64,
            Some(length) if is_whole(request.method(), request.uri(), request.headers()) => length.min(MOST_WHOLE),
            Some(_) => 0,
        }
    }

    /// What is said when there is no room for that.
    pub(crate) fn put_off(&self) -> Response<Body> {
        let mut response = error_response(&s3_error!(SlowDown, "Please reduce your request rate."));
        response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
        self.number(&mut response, true);
        response
    }

    /// Gives an answer its id.
    fn number(&self, response: &mut Response<Body>, is_error: bool) {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        // Spread over 64 bits, so that ids are told apart at a glance.
        let id = format!("{:016X}", (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        if is_error {
            name_request(response, &id);
        }
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().entry(REQUEST_ID).or_insert(id);
        }
    }

    /// Asks `s3s`.
    async fn serve(&self, mut request: Request<Body>) -> Result<Response<Body>, HttpError> {
        let whole = without_broken_range(&request);
        if !self.verifies {
            return self.open.call(unsigned(whole.unwrap_or(request))).await;
        }
        let Some(whole) = whole else { return self.service.call(request).await };
        let admitted = Admitted::default();
        request.extensions_mut().insert(admitted.clone());
        let answered = self.service.call(request).await?;
        if admitted.is_told() && answered.status() == StatusCode::BAD_REQUEST {
            return self.open.call(unsigned(whole)).await;
        }
        Ok(answered)
    }

    /// Answers one request.
    pub async fn call(&self, mut request: Request<Body>) -> Result<Response<Body>, HttpError> {
        let store = &self.operations.store;
        let asked = Asked::of(request.method(), request.uri(), request.headers());
        SignedRegion::note(&mut request);
        let ours = is_of_our_making(request.method(), request.uri(), request.headers());
        let bare_tag = asks_for_attributes(request.method(), request.uri());
        // A form, or text, is sent for a page of any site without asking first.
        let changes = ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
        let is_foreign = !self.verifies && changes && is_of_another_site(request.headers());
        let waits = request.headers().contains_key(http::header::EXPECT);
        let answered = if is_foreign && asked.as_ref().is_none_or(|asked| asked.answer(store).is_none()) {
            Err(access_denied())
        } else if request.method() == Method::OPTIONS {
            preflight(store, request.uri(), request.headers()).map(|_| Response::new(Body::empty()))
        } else if let Some((boundary, bucket)) = form_of(&request) {
            post_form(&self.operations, request, &boundary, &bucket).await
        } else {
            match admit(request, &self.operations.access).await {
                Ok(request) => Ok(self.serve(request).await?),
                Err(error) => Err(error),
            }
        };
        let mut response = answered.unwrap_or_else(|error| error_response(&error));
        if bare_tag {
            unquote_entity_tag(&mut response);
        }
        if let Some(allowed) = asked.and_then(|asked| asked.answer(store)) {
            response.headers_mut().extend(allowed);
        }
        let is_error = response.status().is_client_error() || response.status().is_server_error();
        self.number(&mut response, is_error);
        if ours || is_error {
            refer_to_controls(&mut response);
        }
        // A client that waits for leave to send its body may have run out of patience meanwhile: whether what comes next is that
        // body or another request, nobody could tell.
        if is_error && waits {
            response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

/// Whether a request's body is read as a whole: that of a `POST` but for forms, and that of a `PUT` of anything but an object or a
/// part.
fn is_whole(method: &Method, uri: &http::Uri, headers: &http::HeaderMap) -> bool {
    const OF_OBJECTS: [&str; 6] = ["partNumber", "uploadId", "x-id", "AWSAccessKeyId", "Signature", "Expires"];
    let is_of_object = |name: &str| OF_OBJECTS.contains(&name) || name.starts_with("X-Amz-");
    match *method {
        Method::POST => {
            let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            !kind.to_ascii_lowercase().starts_with("multipart/form-data")
        }
        Method::PUT => query_pairs(uri).iter().any(|(name, _)| !is_of_object(name)),
        _ => true,
    }
}

/// What AWS says with codes that `s3s` gives without a message.
const MESSAGES: &[(&[u8], &str)] = &[
    (b"<Code>AccessDenied</Code>", "Access Denied"),
    (b"<Code>InvalidBucketName</Code>", "The specified bucket is not valid."),
    (b"<Code>InvalidURI</Code>", "Couldn't parse the specified URI."),
    (b"<Code>KeyTooLongError</Code>", "Your key is too long"),
    (
        b"<Code>MalformedXML</Code>",
        "The XML you provided was not well-formed or did not validate against our published schema",
    ),
    (b"<Code>MethodNotAllowed</Code>", "The specified method is not allowed against this resource."),
    (
        b"<Code>SignatureDoesNotMatch</Code>",
        "The request signature we calculated does not match the signature you provided. Check your key and signing \
         method.",
    ),
];

/// Puts the request's id into the XML of an error, where SDKs and people look for it, and a message where there is none.
fn name_request(response: &mut Response<Body>, id: &str) {
    const END: &[u8] = b"</Error>";
    let Some(text) = response.body().bytes() else { return };
    let Some(start) = text.strip_suffix(END) else { return };
    let mut named = start.to_vec();
    let contains = |part: &[u8]| start.windows(part.len()).any(|bytes| bytes == part);
    if !contains(b"<Message>")
        && let Some((_, message)) = MESSAGES.iter().find(|(code, _)| contains(code))
    {
        named.extend_from_slice(format!("<Message>{message}</Message>").as_bytes());
    }
    if contains(b"<Code>AuthorizationHeaderMalformed</Code>") {
        // Where clients look for the region to try again with.
        named.extend_from_slice(format!("<Region>{DEFAULT_REGION}</Region>").as_bytes());
    }
    named.extend_from_slice(format!("<RequestId>{id}</RequestId><HostId>nano</HostId>").as_bytes());
    named.extend_from_slice(END);
    response.headers_mut().remove(http::header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(named);
}

/// An error that was found before `s3s` was asked.
fn error_response(error: &S3Error) -> Response<Body> {
    let mut text = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
    // What can't be written is left out: the status says the most important thing.
    let _ = error.serialize(&mut Serializer::new(&mut text));
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = error.status_code().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

impl hyper::service::Service<Request<hyper::body::Incoming>> for S3Endpoint {
    type Response = Response<Body>;
    type Error = HttpError;
    type Future = BoxFuture<'static, Result<Response<Body>, HttpError>>;

    fn call(&self, request: Request<hyper::body::Incoming>) -> Self::Future {
        let endpoint = self.clone();
        Box::pin(async move { Self::call(&endpoint, request.map(Body::from)).await })
    }
}
