//! Requests taken as they are, whoever signed them: what is done when no keys are configured.
//!
//! Tools for local emulators sign with whatever keys they have. The signature can't be verified, so it is taken off
//! (header or query), and so is the chunking that only makes sense with it.

use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use s3s::Body;

use super::chunked::{Chunking, Dechunked, Trailers};

const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const DECODED_LENGTH: HeaderName = HeaderName::from_static("x-amz-decoded-content-length");

/// Query parameters of a presigned URL; `Expires` and `Signature` only with the access key of version 2.
const QUERY: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
];
const QUERY_V2: [&str; 3] = ["AWSAccessKeyId", "Signature", "Expires"];

/// The request as if nobody had signed it.
pub(super) fn unsigned(request: Request<Body>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(AUTHORIZATION);
    if let Some(uri) = without_signature(&parts.uri) {
        parts.uri = uri;
    }
    let mut request = dechunked(Request::from_parts(parts, body));
    request.headers_mut().remove(CONTENT_SHA256);
    request
}

/// The request without the chunking of its body, whoever signed that.
pub(super) fn dechunked(request: Request<Body>) -> Request<Body> {
    let (mut parts, mut body) = request.into_parts();
    if let Some(chunking) = Chunking::of(&parts.headers) {
        let trailers = Trailers::default();
        parts.extensions.insert(trailers.clone());
        body = Body::http_body_unsync(Dechunked::new(body, chunking, trailers));
        match parts.headers.remove(DECODED_LENGTH) {
            Some(length) => parts.headers.insert(CONTENT_LENGTH, length),
            None => parts.headers.remove(CONTENT_LENGTH),
        };
        set_content_encoding(&mut parts.headers);
        parts.headers.remove(CONTENT_SHA256);
    }
    Request::from_parts(parts, body)
}

/// Leaves the encodings that are the object's own.
fn set_content_encoding(headers: &mut HeaderMap) {
    let encodings = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let kept = super::headers::content_encoding(&encodings.collect::<Vec<_>>().join(","));
    headers.remove(CONTENT_ENCODING);
    if let Some(kept) = kept.and_then(|kept| HeaderValue::try_from(kept).ok()) {
        headers.insert(CONTENT_ENCODING, kept);
    }
}

/// The URI without a signature in its query, if it has one.
fn without_signature(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    let has = |wanted: &str| query.split('&').any(|pair| name(pair) == wanted);
    let version_2 = has("AWSAccessKeyId");
    if !version_2 && !has("X-Amz-Signature") {
        return None;
    }
    let signing = |name: &str| QUERY.contains(&name) || (version_2 && QUERY_V2.contains(&name));
    let kept: Vec<&str> = query.split('&').filter(|pair| !signing(&name(pair))).collect();
    let mut parts = uri.clone().into_parts();
    let path = uri.path();
    let target = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_taken_off_and_nothing_else() {
        for (before, after) in [
            ("/b/k?X-Amz-Algorithm=a&X-Amz-Signature=b&partNumber=1&uploadId=x", "/b/k?partNumber=1&uploadId=x"),
            ("/b/k?X-Amz-Signature=b", "/b/k"),
            ("/b/k?AWSAccessKeyId=a&Signature=b&Expires=1&response-content-type=x", "/b/k?response-content-type=x"),
            ("http://h:1/b/k?X-Amz-Signature=b&list-type=2", "http://h:1/b/k?list-type=2"),
        ] {
            assert_eq!(without_signature(&before.parse().unwrap()).unwrap().to_string(), after);
        }
        for plain in ["/b/k", "/b?list-type=2&prefix=X-Amz-Signature", "/b/k?Expires=1"] {
            assert_eq!(without_signature(&plain.parse().unwrap()), None);
        }
    }
}
