//! Signature Version 4 of requests to everything but S3, which has its own: verified where the edge has keys.
//!
//! AWS General Reference, "Create a signed AWS API request". Nano's own routes take HTTP Basic too, with an access key
//! and its secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};
use time::{Date, Month, OffsetDateTime, Time};

use super::signing_date::{basic, signing_date};
use super::text::decoded;
use crate::hex::hex;
use crate::lambda::{ApiError, ErrorKind};
use crate::s3::AccessKeys;

/// A signature's time may be off by so much, milliseconds.
const MOST_SKEW_MS: u64 = 5 * 60 * 1000;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

type HmacSha256 = Hmac<Sha256>;

fn mac(key: &[u8], data: &[u8]) -> HmacSha256 {
    // A key of HMAC may have any length.
    let mut mac = HmacSha256::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(data);
    mac
}

fn signed(key: &[u8], data: &[u8]) -> [u8; 32] {
    mac(key, data).finalize().into_bytes().into()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// Percent-encodes all but unreserved characters, and slashes where `slashes` stay.
pub(super) fn encoded(text: &str, slashes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b'/' if slashes => out.push('/'),
            _ => {
                out.push('%');
                out.push_str(&hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    out
}

/// Unix time of `20261121T034400Z`, milliseconds.
fn time_of(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let month = Month::try_from(number(4, 6)? as u8).ok()?;
    let date = Date::from_calendar_date(i32::from(number(0, 4)?), month, number(6, 8)? as u8).ok()?;
    let time = Time::from_hms(number(9, 11)? as u8, number(11, 13)? as u8, number(13, 15)? as u8).ok()?;
    u64::try_from(date.with_time(time).assume_utc().unix_timestamp()).ok().map(|seconds| seconds * 1000)
}

/// The parts of `AWS4-HMAC-SHA256 Credential=.., SignedHeaders=.., Signature=..`.
struct Authorization<'h> {
    access_key: &'h str,
    /// Day, region, service, `aws4_request`.
    scope: [&'h str; 4],
    signed_headers: Vec<&'h str>,
    signature: Vec<u8>,
}

fn parse(text: &str) -> Option<Authorization<'_>> {
    let fields = text.strip_prefix(ALGORITHM)?.split(',');
    let (mut credential, mut headers, mut signature) = (None, None, None);
    for field in fields {
        match field.trim().split_once('=')? {
            ("Credential", value) => credential = Some(value),
            ("SignedHeaders", value) => headers = Some(value),
            ("Signature", value) => signature = Some(value),
            _ => return None,
        }
    }
    let mut parts: Vec<&str> = credential?.rsplitn(5, '/').collect();
    parts.reverse();
    let [access_key, day, region, service, end] = parts.try_into().ok()?;
    Some(Authorization {
        access_key,
        scope: [day, region, service, end],
        signed_headers: headers?.split(';').collect(),
        signature: unhex(signature?)?,
    })
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded(&decoded(name), false), encoded(&decoded(value), false)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn canonical_headers(headers: &HeaderMap, names: &[&str]) -> Option<String> {
    let mut out = String::new();
    for name in names {
        let mut values = headers.get_all(*name).iter().map(|value| value.to_str().ok()).collect::<Option<Vec<_>>>()?;
        if values.is_empty() {
            return None;
        }
        for value in &mut values {
            *value = value.trim();
        }
        let joined: Vec<String> =
            values.iter().map(|v| v.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")).collect();
        out.push_str(name);
        out.push(':');
        out.push_str(&joined.join(","));
        out.push('\n');
    }
    Some(out)
}

fn refused(kind: ErrorKind, message: &str) -> ApiError {
    ApiError::new(kind, message)
}

/// What makes a link to a package one that this edge gave out: links work without a signature, until it ends.
pub(super) fn token(secret: &[u8; 32], function: &str, sha256: &str) -> String {
    hex(&signed(secret, format!("{function}/{sha256}").as_bytes()))
}

/// Whether a link's token is that; compared in constant time.
pub(super) fn is_token(secret: &[u8; 32], function: &str, sha256: &str, token: &str) -> bool {
    let expected = mac(secret, format!("{function}/{sha256}").as_bytes());
    unhex(token).is_some_and(|given| expected.verify_slice(&given).is_ok())
}

/// What the signature of a request is, not yet finished; `None` where a header that is signed is missing.
fn signature(
    head: &Parts,
    path: &str,
    names: &[&str],
    content: &str,
    date: &str,
    scope: [&str; 4],
    secret: &str,
) -> Option<HmacSha256> {
    let headers = canonical_headers(&head.headers, names)?;
    let canonical = format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{content}",
        head.method,
        canonical_query(head.uri.query().unwrap_or_default()),
        names.join(";"),
    );
    let text = format!("{ALGORITHM}\n{date}\n{}\n{}", scope.join("/"), hex(&Sha256::digest(canonical)));
    let [day, region, service, end] = scope;
    let mut key = signed(format!("AWS4{secret}").as_bytes(), day.as_bytes());
    for part in [region, service, end] {
        key = signed(&key, part.as_bytes());
    }
    Some(mac(&key, text.as_bytes()))
}

/// Who signs.
#[derive(Clone, Copy)]
pub struct Signer<'k> {
    /// The name of the key.
    pub access_key: &'k str,
    /// The key.
    pub secret: &'k str,
    /// Of a session: what shows that the key is its own.
    pub session: Option<&'k str>,
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// Signs a request, which has its `Host` already. False where a credential is not one that a header can carry.
#[must_use]
pub fn sign(
    request: &mut http::Request<Bytes>,
    Signer { access_key, secret, session }: Signer<'_>,
    region: &str,
    service: &str,
    now_ms: u64,
) -> bool {
    let Ok(now) = OffsetDateTime::from_unix_timestamp((now_ms / 1000) as i64) else { return false };
    let Some(date) = basic(now) else { return false };
    let day = &date[..8];
    let content = hex(&Sha256::digest(request.body()));
    let (mut head, body) = std::mem::take(request).into_parts();
    let is_s3 = service == "s3";
    let own = [("x-amz-content-sha256", &*content), ("x-amz-date", &*date)];
    for (name, value) in own.into_iter().chain(session.map(|token| ("x-amz-security-token", token))) {
        let Ok(value) = HeaderValue::from_str(value) else {
            *request = http::Request::from_parts(head, body);
            return false;
        };
        head.headers.insert(HeaderName::from_static(name), value);
    }
    // S3 takes none of its own headers that is not signed.
    let mut names: Vec<String> = head.headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.retain(|name| name == "host" || name.starts_with("x-amz-"));
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let path = if is_s3 { head.uri.path().to_owned() } else { encoded(head.uri.path(), true) };
    let scope = [day, region, service, "aws4_request"];
    let made = signature(&head, &path, &names, &content, &date, scope, secret);
    let authorization = made.map(|made| {
        let signature = hex(&made.finalize().into_bytes());
        let (scope, names) = (scope.join("/"), names.join(";"));
        format!("{ALGORITHM} Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}")
    });
    let value = authorization.and_then(|text| HeaderValue::from_str(&text).ok());
    let is_signed = value.is_some();
    if let Some(value) = value {
        head.headers.insert(header::AUTHORIZATION, value);
    }
    *request = http::Request::from_parts(head, body);
    is_signed
}

/// Checks that a request is signed by one of the keys, over this body, and now; returns the key.
pub(super) fn verify<'h>(keys: &AccessKeys, head: &'h Parts, body: &[u8], now_ms: u64) -> Result<&'h str, ApiError> {
    let Some(authorization) = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Err(refused(ErrorKind::MissingAuthentication, "Missing Authentication Token"));
    };
    let incomplete = |what: &str| refused(ErrorKind::IncompleteSignature, what);
    let parsed = parse(authorization).ok_or_else(|| incomplete("The Authorization header is not one of SigV4."))?;
    let date = signing_date(&head.headers).unwrap_or_default();
    let is_its_day = date.split_once('T').is_some_and(|(day, _)| day == parsed.scope[0]);
    let signed_ms = time_of(&date).filter(|_| is_its_day).ok_or_else(|| {
        incomplete("There is neither X-Amz-Date nor Date, or what it says is not the day of the credential.")
    })?;
    if !parsed.signed_headers.contains(&"host") || parsed.scope[3] != "aws4_request" {
        return Err(incomplete("The host must be signed, for a scope that ends with aws4_request."));
    }
    let Some(secret) = keys.secret(parsed.access_key) else {
        return Err(refused(ErrorKind::UnrecognizedClient, "The security token included in the request is invalid."));
    };
    if now_ms.abs_diff(signed_ms) > MOST_SKEW_MS {
        let message = format!("Signature expired or not yet current: {date} is more than 5 minutes away from now.");
        return Err(refused(ErrorKind::InvalidSignature, &message));
    }
    // Services other than S3 encode the path of the request once more.
    let path = encoded(head.uri.path(), true);
    let signature = signature(
        head,
        &path,
        &parsed.signed_headers,
        &hex(&Sha256::digest(body)),
        &date,
        parsed.scope,
        secret.expose(),
    )
    .ok_or_else(|| incomplete("A signed header is missing."))?;
    // Compared in constant time.
    signature.verify_slice(&parsed.signature).map_err(|_| {
        refused(
            ErrorKind::InvalidSignature,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        )
    })?;
    Ok(parsed.access_key)
}

/// Checks the keys of HTTP Basic, a user's. `None`: it is not used.
pub(super) fn verify_basic(keys: &AccessKeys, headers: &HeaderMap) -> Option<Result<(), ApiError>> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = BASE64.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let (access_key, given) = text.split_once(':').unwrap_or_default();
    // Hashed with the same key on both sides and compared in constant time; an unknown key takes as long.
    let known = keys.secret_of_user(access_key);
    let expected = mac(b"nano", known.unwrap_or_default().as_bytes()).finalize().into_bytes();
    let same = mac(b"nano", given.as_bytes()).verify_slice(&expected).is_ok();
    Some(if known.is_some() && same {
        Ok(())
    } else {
        Err(refused(ErrorKind::UnrecognizedClient, "The access key or its secret is wrong."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_another_package_is_none() {
        let ours = token(&[7; 32], "light", "abc");
        assert!(is_token(&[7; 32], "light", "abc", &ours));
        for (secret, function, sha256) in [(8, "light", "abc"), (7, "lights", "abc"), (7, "light", "abd")] {
            assert!(!is_token(&[secret; 32], function, sha256, &ours));
        }
        for wrong in ["", "0", &ours[2..], &format!("{ours}00"), &"é".repeat(32)] {
            assert!(!is_token(&[7; 32], "light", "abc", wrong), "{wrong}");
        }
    }

    /// The example "get-vanilla-query-order-key-case" of AWS's test suite for Signature Version 4.
    #[test]
    fn aws_own_example() {
        let request = http::Request::builder()
            .method("GET")
            .uri("/?Param2=value2&Param1=value1")
            .header("host", "example.amazonaws.com")
            .header("x-amz-date", "20150830T123600Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=host;x-amz-date, \
                 Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            )
            .body(())
            .unwrap();
        let head = request.into_parts().0;
        let keys = AccessKeys::default().with("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let now_ms = time_of("20150830T123700Z").unwrap();
        assert_eq!(verify(&keys, &head, b"", now_ms), Ok("AKIDEXAMPLE"));
        let kind = |result: Result<&str, ApiError>| result.unwrap_err().kind;
        assert_eq!(kind(verify(&keys, &head, b"x", now_ms)), ErrorKind::InvalidSignature);
        assert_eq!(kind(verify(&keys, &head, b"", now_ms + MOST_SKEW_MS)), ErrorKind::InvalidSignature);
        let wrong = AccessKeys::default().with("AKIDEXAMPLE", "wrong");
        assert_eq!(kind(verify(&wrong, &head, b"", now_ms)), ErrorKind::InvalidSignature);
        let nobody = AccessKeys::default().with("other", "x");
        assert_eq!(kind(verify(&nobody, &head, b"", now_ms)), ErrorKind::UnrecognizedClient);
        let with = |value: &'static str| {
            let mut head = head.clone();
            head.headers.insert("authorization", value.parse().unwrap());
            kind(verify(&keys, &head, b"", now_ms))
        };
        for bad in [
            "",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=a",
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature=zz",
        ] {
            assert_eq!(with(bad), ErrorKind::IncompleteSignature, "{bad}");
        }
        let mut undated = head.clone();
        undated.headers.remove("x-amz-date");
        assert_eq!(kind(verify(&keys, &undated, b"", now_ms)), ErrorKind::IncompleteSignature);
        let mut unsigned = head.clone();
        unsigned.headers.remove("authorization");
        assert_eq!(kind(verify(&keys, &unsigned, b"", now_ms)), ErrorKind::MissingAuthentication);
    }

    #[test]
    fn basic_takes_a_key_and_its_secret() {
        let keys = AccessKeys::default().with("alice", "wonderland");
        let verdict = |user: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", format!("Basic {}", BASE64.encode(user)).parse().unwrap());
            verify_basic(&keys, &headers).unwrap().is_ok()
        };
        assert!(verdict("alice:wonderland"));
        assert!(!verdict("alice:") && !verdict(":") && !verdict("bob:wonderland") && !verdict(""));
        assert!(verify_basic(&keys, &HeaderMap::new()).is_none());
    }

    #[test]
    fn times_are_read_or_refused() {
        assert_eq!(time_of("19700101T000001Z"), Some(1000));
        for bad in ["", "20261321T000000Z", "20261121T250000Z", "20261121T0000000", "2026112éT00000Z"] {
            assert_eq!(time_of(bad), None, "{bad}");
        }
    }
}
