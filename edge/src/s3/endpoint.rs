//! The S3 service as something that answers HTTP requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Request, Response};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError};

use super::host::LocalHost;
use super::keys::AccessKeys;
use super::operations::Operations;
use super::unsigned::unsigned;
use crate::store::ObjectStore;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");

/// Answers S3 requests; made by [`s3_service`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct S3Endpoint {
    service: S3Service,
    verifies: bool,
    requests: Arc<AtomicU64>,
}

/// The S3 service over a store. With keys, requests must be signed by one of them (SigV4 in headers, in the query, or
/// chunk by chunk); without, anyone may do anything, signed or not.
///
/// A body error that leaves the connection unusable is an [`HttpError`], which makes hyper close it.
pub fn s3_service(store: Arc<ObjectStore>, keys: Option<AccessKeys>) -> S3Endpoint {
    let verifies = keys.is_some();
    let mut builder = S3ServiceBuilder::new(Operations { store });
    builder.set_host(LocalHost);
    if let Some(keys) = keys {
        builder.set_auth(keys);
    }
    S3Endpoint { service: builder.build(), verifies, requests: Arc::default() }
}

impl S3Endpoint {
    /// Answers one request.
    pub async fn call(&self, request: Request<Body>) -> Result<Response<Body>, HttpError> {
        let request = if self.verifies { request } else { unsigned(request) };
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let mut response = self.service.call(request).await?;
        // Spread over 64 bits, so that ids are told apart at a glance.
        let id = format!("{:016X}", (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        if let Ok(id) = HeaderValue::try_from(id) {
            response.headers_mut().entry(REQUEST_ID).or_insert(id);
        }
        Ok(response)
    }
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
