//! What a handler in this process asks S3 and Lambda of the same edge: requests as a client sends them, signed with
//! the function's credentials, answered without a connection.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, Uri, header};
use nano_vm::{HostError, ServiceAnswer, ServiceRequest};
use s3s::crypto::{Checksum as _, Crc32};

use crate::server::{Signer, sign};

const CRC32: HeaderName = HeaderName::from_static("x-amz-checksum-crc32");

/// An answer on its way; `None` where the connection would have been closed.
pub(crate) type Answering = BoxFuture<'static, Option<http::Response<Bytes>>>;

/// What answers requests, once the edge is served.
#[derive(Default)]
pub(crate) struct Services(OnceLock<Box<dyn Fn(http::Request<Bytes>) -> Answering + Send + Sync>>);

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Services").field(&self.0.get().is_some()).finish()
    }
}

impl Services {
    /// Says who answers; the first who says so does.
    pub fn set(&self, answer: impl Fn(http::Request<Bytes>) -> Answering + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(answer));
    }

    /// Begins to answer a request; `None` where nobody does.
    pub fn answer(&self, request: http::Request<Bytes>) -> Option<Answering> {
        self.0.get().map(|answer| answer(request))
    }
}

/// A request of a handler as HTTP has it; refused where it can't be one.
pub(crate) fn request(asked: &ServiceRequest<'_>) -> Result<http::Request<Bytes>, HostError> {
    let refused = |_| HostError::Refused;
    let uri: Uri = asked.target.parse().map_err(|_| HostError::Refused)?;
    let mut request = http::Request::new(Bytes::copy_from_slice(asked.body));
    *request.method_mut() = Method::from_bytes(asked.method.as_bytes()).map_err(|_| HostError::Refused)?;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_static("localhost"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(asked.body.len()));
    if asked.service.starts_with("s3") && matches!(*request.method(), Method::PUT | Method::POST) {
        // SDKs send a checksum along unless told otherwise.
        let checksum = BASE64.encode(Crc32::checksum(asked.body));
        request.headers_mut().insert(CRC32, HeaderValue::from_str(&checksum).map_err(refused)?);
    }
    let headers = request.headers_mut();
    for line in asked.headers.lines() {
        let (name, value) = line.split_once(": ").ok_or(HostError::Refused)?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HostError::Refused)?;
        headers.insert(name, HeaderValue::from_str(value).map_err(refused)?);
    }
    Ok(request)
}

/// The same for an edge at another place (`host` as in its URL), signed at this time; `None` where it can't be one.
#[must_use]
pub fn signed_request(
    asked: &ServiceRequest<'_>,
    host: &str,
    signer: Signer<'_>,
    default_region: &str,
    now_ms: u64,
) -> Option<http::Request<Bytes>> {
    let (service, region) = asked.service.split_once('/').unwrap_or((asked.service, ""));
    let mut request = request(asked).ok()?;
    request.headers_mut().insert(header::HOST, HeaderValue::from_str(host).ok()?);
    let region = if region.is_empty() { default_region } else { region };
    sign(&mut request, signer, region, service, now_ms).then_some(request)
}

/// An answer as a handler gets it, with the date that a connection would add.
#[must_use]
pub fn answer(response: &http::Response<Bytes>, now_ms: u64) -> ServiceAnswer {
    let mut headers = String::new();
    if !response.headers().contains_key(header::DATE) {
        headers.push_str(&format!("date: {}\n", http_date(now_ms)));
    }
    for (name, value) in response.headers() {
        headers.push_str(name.as_str());
        headers.push_str(": ");
        headers.push_str(&String::from_utf8_lossy(value.as_bytes()));
        headers.push('\n');
    }
    ServiceAnswer { status: response.status().as_u16(), headers, body: response.body().to_vec() }
}

/// `Wed, 21 Oct 2015 07:28:00 GMT`.
fn http_date(now_ms: u64) -> String {
    let Ok(now) = time::OffsetDateTime::from_unix_timestamp((now_ms / 1000) as i64) else { return String::new() };
    let (day, month) = (now.weekday().to_string(), now.month().to_string());
    let (day, month) = (&day[..3], &month[..3]);
    let (hour, minute, second) = now.to_hms();
    format!("{day}, {:02} {month} {:04} {hour:02}:{minute:02}:{second:02} GMT", now.day(), now.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_has_them() {
        assert_eq!(http_date(1_445_412_480_000), "Wed, 21 Oct 2015 07:28:00 GMT");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let asked = ServiceRequest { service: "s3/", method: "PUT", target: "/a/b", headers: "a: b\n", body: b"x" };
        let made = request(&asked).unwrap();
        assert_eq!(made.headers().get("x-amz-checksum-crc32").unwrap(), "jNwWgw==");
        for (method, target, headers) in [("G T", "/", ""), ("GET", "a b", ""), ("GET", "/", "no colon\n")] {
            assert!(request(&ServiceRequest { method, target, headers, ..asked }).is_err());
        }
    }
}
