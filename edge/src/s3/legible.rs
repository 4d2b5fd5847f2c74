//! Keys in XML: characters that XML 1.0 has no room for.
//!
//! A key may hold any character. S3 writes those that XML cannot hold as references (`&#x1;`), which strict parsers refuse and its
//! own clients never see, since they ask for `encoding-type=url`; a carriage return, too, which parsers would read as a line feed.

use http::{HeaderValue, Method, Response, Uri, header};
use s3s::Body;

use super::host::has_key;
use crate::server::query_pairs;

/// Whether an answer is XML of the edge's own making, if it is XML, rather than an object.
pub(super) fn is_of_our_making(method: &Method, uri: &Uri, headers: &http::HeaderMap) -> bool {
    *method != Method::GET || !has_key(uri, headers) || query_pairs(uri).iter().any(|(name, _)| name == "uploadId")
}

/// Writes such characters as references.
pub(super) fn refer_to_controls(response: &mut Response<Body>) {
    if response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/xml") {
        return;
    }
    let Some(text) = response.body().bytes() else { return };
    if !text.iter().any(|byte| is_control(*byte)) {
        return;
    }
    let legible = referred(&text);
    if let Some(length) = response.headers_mut().get_mut(header::CONTENT_LENGTH) {
        *length = HeaderValue::from(legible.len());
    }
    *response.body_mut() = Body::from(legible);
}

/// Line feeds and tabs are what they are. All of them are single bytes in UTF-8.
const fn is_control(byte: u8) -> bool {
    byte < 0x20 && byte != b'\n' && byte != b'\t'
}

fn referred(text: &[u8]) -> Vec<u8> {
    let mut legible = Vec::with_capacity(text.len() + 64);
    for byte in text {
        if is_control(*byte) {
            legible.extend_from_slice(format!("&#x{byte:x};").as_bytes());
        } else {
            legible.push(*byte);
        }
    }
    legible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_references() {
        let text = "<Key>a\u{1}b\rc\td\ne\u{1f}é\u{7f}</Key>";
        assert_eq!(referred(text.as_bytes()), "<Key>a&#x1;b&#xd;c\td\ne&#x1f;é\u{7f}</Key>".as_bytes());
    }

    #[test]
    fn objects_are_left_alone() {
        let ours =
            |method: Method, uri: &str| is_of_our_making(&method, &uri.parse().unwrap(), &http::HeaderMap::new());
        assert!(ours(Method::GET, "/b"));
        assert!(ours(Method::GET, "/b/?list-type=2"));
        assert!(ours(Method::GET, "/b/k?uploadId=x"));
        assert!(ours(Method::POST, "/b?delete"));
        assert!(!ours(Method::GET, "/b/k.xml"));
        assert!(!ours(Method::GET, "/b/k.xml?versionId=null"));
    }
}
