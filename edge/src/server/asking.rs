//! What the edge itself asks of S3 for somebody: with his rights, as if he had asked.

use bytes::Bytes;
use http::StatusCode;
use nano_vm::ServiceRequest;

use super::signature::{Signer, encoded};
use crate::edge::Edge;
use crate::lambda::{ApiError, DEFAULT_REGION, ErrorKind};
use crate::package::{MOST_UNZIPPED_BYTES, PackageError};
use crate::run::services::signed_request;

/// Who asks: the key that a request was signed with.
#[derive(Clone)]
pub(crate) struct Caller {
    pub access_key: String,
    pub secret: String,
    /// As whom policies know him; `None` where nobody's rights are looked at.
    pub arn: Option<String>,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

impl Caller {
    /// Whoever asks where nobody's rights are looked at.
    fn anybody() -> Self {
        Self { access_key: "nano".to_owned(), secret: "nano".to_owned(), arn: None }
    }
}

/// Why S3 did not do it: its code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: String,
    pub message: String,
}

impl Refusal {
    /// Of an error's XML.
    fn read(status: StatusCode, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
        };
        let code = element("Code").unwrap_or_else(|| status.as_str().to_owned());
        Self { code, message: element("Message").unwrap_or_default() }
    }
}

/// Where an object is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub version: Option<&'a str>,
}

impl Place<'_> {
    fn target(self) -> String {
        let mut target = format!("/{}/{}", encoded(self.bucket, false), encoded(self.key, true));
        if let Some(version) = self.version {
            target.push_str("?versionId=");
            target.push_str(&encoded(version, false));
        }
        target
    }
}

/// Asks, and waits. Blocks, so not on a thread that serves.
fn ask(
    edge: &Edge,
    caller: Option<&Caller>,
    (method, place): (&str, Place<'_>),
    headers: &str,
    body: &[u8],
) -> Result<Bytes, Refusal> {
    let unsaid = || Refusal { code: "ServiceUnavailable".to_owned(), message: "S3 did not answer.".to_owned() };
    let anybody = Caller::anybody();
    let Caller { access_key, secret, .. } = caller.unwrap_or(&anybody);
    let signer = Signer { access_key, secret, session: None };
    let asked = ServiceRequest { service: "s3/", method, target: &place.target(), headers, body };
    let request = signed_request(&asked, "localhost", signer, DEFAULT_REGION, edge.world().now_ms());
    let answering = request.and_then(|request| edge.services().answer(request)).ok_or_else(unsaid)?;
    let response = edge.handle().block_on(answering).ok_or_else(unsaid)?;
    let (head, body) = response.into_parts();
    if head.status.is_success() { Ok(body) } else { Err(Refusal::read(head.status, &body)) }
}

/// The code that an object is, for whoever may read it.
pub(crate) fn read_code(edge: &Edge, caller: Option<&Caller>, place: Place<'_>) -> Result<Bytes, ApiError> {
    // One byte more than there may be shows that there are too many.
    let range = format!("range: bytes=0-{MOST_UNZIPPED_BYTES}\n");
    match ask(edge, caller, ("GET", place), &range, b"") {
        Ok(zip) if zip.len() as u64 > MOST_UNZIPPED_BYTES => Err(ApiError::invalid(PackageError::Unzipped.to_string())),
        Ok(zip) => Ok(zip),
        Err(Refusal { code, message }) if code == "AccessDenied" => Err(ApiError::new(
            ErrorKind::AccessDenied,
            format!(
                "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for {}/{}. S3 Error Code: {code}. S3 Error Message: {message}",
                place.bucket, place.key
            ),
        )),
        Err(Refusal { code, message }) => Err(ApiError::invalid(format!(
            "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
        ))),
    }
}

/// Puts an object for a function, with the rights of its role.
pub(crate) fn put_for_role(edge: &Edge, role: &str, place: Place<'_>, body: &[u8]) -> Result<(), Refusal> {
    let (access_key, secret) = edge.credentials().of(role, &edge.world().random);
    let caller = Caller { access_key, secret, arn: None };
    ask(edge, Some(&caller), ("PUT", place), "content-type: application/json\n", body).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_read_from_errors() {
        let xml = b"<?xml?><Error><Code>NoSuchKey</Code><Message>It is not.</Message></Error>";
        let said = |code: &str, message: &str| Refusal { code: code.to_owned(), message: message.to_owned() };
        assert_eq!(Refusal::read(StatusCode::NOT_FOUND, xml), said("NoSuchKey", "It is not."));
        assert_eq!(Refusal::read(StatusCode::NOT_FOUND, b"<Code>"), said("404", ""));
    }

    #[test]
    fn places_are_paths() {
        let place = Place { bucket: "b", key: "a b/\u{e9}?#", version: Some("x&y") };
        assert_eq!(place.target(), "/b/a%20b/%C3%A9%3F%23?versionId=x%26y");
    }
}
