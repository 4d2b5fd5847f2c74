//! What is refused, or completed, before a request's signature is looked at.

use http::header::{AUTHORIZATION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use s3s::dto::{Timestamp, TimestampFormat};
use s3s::{Body, S3Error, S3Result, s3_error};
use time::PrimitiveDateTime;
use time::macros::format_description;

use super::access::Access;
use super::chunked::{Chunking, Dechunked};
use super::cors::bucket_of;
use super::error::{access_denied, invalid_argument, other};
use super::keys::{AccessKeys, user_id};
use super::subresources;
use super::unsigned::dechunked;
use crate::lambda::{ACCOUNT, DEFAULT_REGION};
use crate::server::{AMZ_DATE, query_pairs, signing_date};

/// A week: what a presigned URL may last, in seconds.
const LONGEST_PRESIGNED: u64 = 7 * 24 * 60 * 60;
/// How far a client's clock may be off, in seconds.
const MOST_SKEW: u64 = 15 * 60;
/// A body whose length nobody stated may have this many bytes: they are held until it is known.
pub(super) const MOST_UNSTATED: usize = 8 << 20;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const DECODED_LENGTH: HeaderName = HeaderName::from_static("x-amz-decoded-content-length");
const EXPECTED_OWNER: HeaderName = HeaderName::from_static("x-amz-expected-bucket-owner");

/// The request as it is to be verified and carried out.
pub(super) async fn admit(request: Request<Body>, access: &Access) -> S3Result<Request<Body>> {
    subresources::check(&request)?;
    let (mut parts, mut body) = request.into_parts();
    if parts.headers.get(CONTENT_MD5).is_some_and(HeaderValue::is_empty) {
        return Err(s3_error!(InvalidDigest, "The Content-MD5 you specified was invalid."));
    }
    if access.keys.is_some() {
        if lasts_too_long(&parts.uri) {
            return Err(other(
                "AuthorizationQueryParametersError",
                StatusCode::FORBIDDEN,
                "X-Amz-Expires must be a number of seconds of at most a week: 604800",
            ));
        }
        check_signed(&parts.uri, &parts.headers)?;
        if text(&parts.headers, &AUTHORIZATION).is_some_and(|value| value.starts_with("AWS ")) {
            check_date(&parts.headers, access.store.now_ms() / 1000)?;
            parts.uri = with_bucket_slash(parts.uri);
        }
        if text(&parts.headers, &AUTHORIZATION).is_some_and(|value| value.starts_with("AWS4-")) {
            state_date(&mut parts.headers)?;
            check_skew(&parts.headers, access.store.now_ms() / 1000)?;
        }
        check_owner(&parts.uri, &parts.headers, access)?;
        if let Some(chunking) = Chunking::of(&parts.headers) {
            if parts.headers.contains_key(AUTHORIZATION) {
                body = Body::http_body_unsync(Dechunked::checked(body, chunking));
            } else if chunking.is_signed {
                return Err(s3_error!(InvalidRequest, "Signed chunks need a request that is signed"));
            } else if !query_pairs(&parts.uri).iter().any(|(name, _)| name == "X-Amz-Signature") {
                (parts, body) = dechunked(Request::from_parts(parts, body)).into_parts();
            }
        }
    }
    if parts.headers.contains_key(CONTENT_LENGTH) {
        return Ok(Request::from_parts(parts, body));
    }
    if let Some(length) = parts.headers.get(DECODED_LENGTH).cloned() {
        // Chunks within chunks: the length is the one that they come to.
        parts.headers.insert(CONTENT_LENGTH, length);
    } else if parts.headers.contains_key(TRANSFER_ENCODING) {
        let missing = || s3_error!(MissingContentLength, "You must provide the Content-Length HTTP header.");
        let bytes = Limited::new(body, MOST_UNSTATED).collect().await.map_err(|_| missing())?.to_bytes();
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        body = Body::from(bytes);
    }
    Ok(Request::from_parts(parts, body))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn lasts_too_long(uri: &Uri) -> bool {
    let lasts = query_pairs(uri).into_iter().find(|(name, _)| name == "X-Amz-Expires");
    lasts.is_some_and(|(_, value)| value.parse::<u64>().map_or(true, |seconds| seconds > LONGEST_PRESIGNED))
}

/// Checks that a signature of version 4 is over the host and all headers that are S3's: who is given a URL that is signed
/// could otherwise ask for more than was signed, such as a copy of whatever the signer may read.
fn check_signed(uri: &Uri, headers: &HeaderMap) -> S3Result<()> {
    let stated = headers.get_all(AUTHORIZATION).iter().collect::<Vec<_>>();
    let query = query_pairs(uri);
    let asked = |name: &str| query.iter().find(|(asked, _)| asked == name).map(|(_, value)| value.as_str());
    let in_query = ["X-Amz-Algorithm", "X-Amz-Signature", "Signature"].into_iter().any(|name| asked(name).is_some());
    if stated.len() + usize::from(in_query) > 1 {
        return Err(invalid_argument(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter \
             or the Authorization header should be specified",
        ));
    }
    let in_header = stated.first().and_then(|value| value.to_str().ok()).filter(|value| value.starts_with("AWS4-"));
    if let Some(other) = stated.first().and_then(|value| value.to_str().ok())
        && !["AWS4-", "AWS "].iter().any(|known| other.starts_with(known))
    {
        return Err(invalid_argument("Unsupported Authorization Type"));
    }
    let signed = match in_header {
        Some(value) => {
            let field = |name: &str| value.split([',', ' ']).find_map(|field| field.strip_prefix(name));
            if ["Credential=", "SignedHeaders=", "Signature="].into_iter().any(|name| field(name).is_none()) {
                return Err(s3_error!(
                    AuthorizationHeaderMalformed,
                    "The authorization header is malformed; the authorization header requires three components: \
                     Credential, SignedHeaders, and Signature."
                ));
            }
            check_region(
                field("Credential=").and_then(|credential| credential.rsplit('/').nth(2)).unwrap_or_default(),
            )?;
            field("SignedHeaders=")
        }
        None if asked("X-Amz-Signature").is_some() => asked("X-Amz-SignedHeaders"),
        None => return Ok(()),
    };
    let is_signed = |name: &str| signed.is_some_and(|names| names.split(';').any(|signed| signed == name));
    // The body's hash says nothing but what the body must be, and is signed where it is part of what is signed.
    let own = headers.keys().map(HeaderName::as_str);
    let own = own.filter(|name| name.starts_with("x-amz-") && *name != "x-amz-content-sha256");
    let left_out: Vec<&str> = std::iter::once("host").chain(own).filter(|name| !is_signed(name)).collect();
    if left_out.is_empty() {
        return Ok(());
    }
    let message = "There were headers present in the request which were not signed";
    Err(s3_error!(AccessDenied, "{message}: {}", left_out.join(", ")))
}

/// Refuses what is no region's name, such as the `US` that `s3cmd` begins with: it tries again with the one that it is told.
fn check_region(region: &str) -> S3Result<()> {
    if !region.is_empty() && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Ok(());
    }
    Err(s3_error!(
        AuthorizationHeaderMalformed,
        "The authorization header is malformed; the region '{region}' is wrong; expecting '{DEFAULT_REGION}'"
    ))
}

/// Checks the date of a signature of version 2, which says nothing else about when it was made.
fn check_date(headers: &HeaderMap, now: u64) -> S3Result<()> {
    let stated = text(headers, &AMZ_DATE).or_else(|| text(headers, &DATE));
    let seconds = stated.and_then(|date| {
        let time = Timestamp::parse(TimestampFormat::HttpDate, date).ok()?;
        u64::try_from(time::OffsetDateTime::from(time).unix_timestamp()).ok()
    });
    let seconds = seconds.ok_or_else(undated)?;
    near(seconds, now)
}

/// Checks the date of a signature of version 4 in a header. What is no date is refused by who verifies the signature.
fn check_skew(headers: &HeaderMap, now: u64) -> S3Result<()> {
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    let time = text(headers, &AMZ_DATE).and_then(|date| PrimitiveDateTime::parse(date, form).ok());
    let seconds = time.and_then(|time| u64::try_from(time.assume_utc().unix_timestamp()).ok());
    seconds.map_or(Ok(()), |seconds| near(seconds, now))
}

fn near(seconds: u64, now: u64) -> S3Result<()> {
    if seconds.abs_diff(now) > MOST_SKEW {
        return Err(s3_error!(
            RequestTimeTooSkewed,
            "The difference between the request time and the current time is too large."
        ));
    }
    Ok(())
}

/// Gives a signature of version 4 that has its date in `Date` the header that is looked at. It is none of those that were
/// signed, so that this changes nothing of what the signature is over.
fn state_date(headers: &mut HeaderMap) -> S3Result<()> {
    if !headers.contains_key(AMZ_DATE) {
        let date = signing_date(headers).and_then(|date| HeaderValue::try_from(date).ok());
        headers.insert(AMZ_DATE, date.ok_or_else(undated)?);
    }
    Ok(())
}

fn undated() -> S3Error {
    s3_error!(AccessDenied, "AWS authentication requires a valid Date or x-amz-date header")
}

/// `/bucket` as `/bucket/`: what clients sign with version 2, whichever of them they send.
fn with_bucket_slash(uri: Uri) -> Uri {
    let path = uri.path();
    if path.len() < 2 || path.trim_start_matches('/').contains('/') {
        return uri;
    }
    let target = match uri.query() {
        Some(query) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = target.parse().ok();
    Uri::from_parts(parts).unwrap_or(uri)
}

/// Refuses a request whose sender takes the bucket for someone else's.
fn check_owner(uri: &Uri, headers: &HeaderMap, access: &Access) -> S3Result<()> {
    let Some(expected) = text(headers, &EXPECTED_OWNER) else { return Ok(()) };
    let Some(bucket) = bucket_of(uri, headers).and_then(|name| access.store.bucket_now(&name).ok()) else {
        return Ok(());
    };
    let by_key = || access.keys.iter().flat_map(AccessKeys::access_keys).find(|key| user_id(key) == bucket.owner);
    if expected == bucket.owner || expected == ACCOUNT || by_key() == Some(expected) {
        return Ok(());
    }
    Err(access_denied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_version_2_must_be_near() {
        let check = |date: &str, now| {
            let headers = HeaderMap::from_iter([(AMZ_DATE, HeaderValue::try_from(date).unwrap())]);
            check_date(&headers, now).map_err(|error| error.code().as_str().to_owned())
        };
        // 2010-07-07T21:53:04Z; that it was no Tuesday is nobody's concern.
        let then = 1_278_539_584;
        for (date, now, code) in [
            ("Wed, 07 Jul 2010 21:53:04 GMT", then, None),
            ("Tue, 07 Jul 2010 21:53:04 GMT", then + MOST_SKEW, None),
            ("Wed, 07 Jul 2010 21:53:04 GMT", then - MOST_SKEW - 1, Some("RequestTimeTooSkewed")),
            ("Wed, 07 Jul 9999 21:53:04 GMT", then, Some("RequestTimeTooSkewed")),
            ("Fri, 07 Jul 1950 21:53:04 GMT", then, Some("AccessDenied")),
            ("yesterday", then, Some("AccessDenied")),
            ("", then, Some("AccessDenied")),
        ] {
            assert_eq!(check(date, now).err().as_deref(), code, "{date}");
        }
        assert!(check_date(&HeaderMap::new(), then).is_err());
    }

    #[test]
    fn dates_of_version_4_must_be_near() {
        let check = |date: &'static str, now| {
            let headers = HeaderMap::from_iter([(AMZ_DATE, HeaderValue::from_static(date))]);
            check_skew(&headers, now).map_err(|error| error.message().unwrap_or_default().to_owned())
        };
        let then = 1_278_539_584;
        assert_eq!(check("20100707T215304Z", then + MOST_SKEW), Ok(()));
        let far = "The difference between the request time and the current time is too large.";
        for (date, now) in [
            ("20100707T215304Z", then + MOST_SKEW + 1),
            ("20100707T215304Z", then - MOST_SKEW - 1),
            ("99990101T000000Z", then),
        ] {
            assert_eq!(check(date, now), Err(far.to_owned()), "{date}");
        }
        // No dates, or none that a computer has had: whoever verifies the signature says so.
        for date in ["", "yesterday", "19500707T215304Z", "20101307T215304Z"] {
            assert_eq!(check(date, then), Ok(()), "{date}");
        }
    }

    #[test]
    fn a_signature_is_over_all_headers_that_are_s3s() {
        let check = |uri: &str, headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, HeaderValue::from_static(value));
            }
            check_signed(&uri.parse().unwrap(), &map).map_err(|error| error.code().as_str().to_owned())
        };
        let (denied, twice) = (Err("AccessDenied".to_owned()), Err("InvalidArgument".to_owned()));
        let url = |signed: &str| format!("/b/k?X-Amz-Algorithm=x&X-Amz-SignedHeaders={signed}&X-Amz-Signature=x");
        let copy = ("x-amz-copy-source", "b/other");
        assert_eq!(check(&url("host"), &[("host", "h"), ("range", "bytes=0-1")]), Ok(()));
        assert_eq!(check(&url("host"), &[("host", "h"), copy]), denied);
        assert_eq!(check(&url("host"), &[("host", "h"), ("x-amz-content-sha256", "h")]), Ok(()));
        assert_eq!(check(&url("host%3Bx-amz-copy-source"), &[("host", "h"), copy]), Ok(()));
        assert_eq!(check(&url("date"), &[("host", "h")]), denied);
        assert_eq!(check("/b/k?X-Amz-Signature=x", &[("host", "h")]), denied);
        let header =
            ("authorization", "AWS4-HMAC-SHA256 Credential=a/d/r-1/s3/e,SignedHeaders=host;x-amz-date, Signature=x");
        assert_eq!(check("/b/k", &[header, ("x-amz-date", "d")]), Ok(()));
        assert_eq!(check("/b/k", &[header, ("x-amz-date", "d"), copy]), denied);
        assert_eq!(check(&url("host"), &[header]), twice);
        assert_eq!(check("/b/k", &[header, header]), twice);
        let elsewhere = ("authorization", "AWS4-HMAC-SHA256 Credential=a/d/US/s3/e,SignedHeaders=host,Signature=x");
        assert_eq!(check("/b/k", &[elsewhere]), Err("AuthorizationHeaderMalformed".to_owned()));
        // Nobody's, and those of version 2, which are over all of them anyway.
        assert_eq!(check("/b/k", &[copy]), Ok(()));
        assert_eq!(check("/b/k", &[("authorization", "AWS a:b"), copy]), Ok(()));
        assert_eq!(check("/b/k", &[("authorization", "Bearer a")]), twice);
        for broken in ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/d/r-1/s3/e, SignedHeaders=host"] {
            assert_eq!(check("/b/k", &[("authorization", broken)]), Err("AuthorizationHeaderMalformed".to_owned()));
        }
    }

    #[test]
    fn a_bucket_is_signed_with_its_slash() {
        for (before, after) in [
            ("/bkt", "/bkt/"),
            ("/bkt?acl", "/bkt/?acl"),
            ("http://h:1/bkt?acl", "http://h:1/bkt/?acl"),
            ("/bkt/", "/bkt/"),
            ("/bkt/key", "/bkt/key"),
            ("/", "/"),
        ] {
            assert_eq!(with_bucket_slash(before.parse().unwrap()).to_string(), after);
        }
    }
}
