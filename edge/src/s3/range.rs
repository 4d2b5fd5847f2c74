//! Ranges that are none: S3 then gives the whole object, as RFC 9110 (14.2) lets it, where `s3s` refuses the request.
//!
//! The header is part of what is signed, so that it cannot be taken off before the signature is verified; and `s3s` reads it at once
//! then. Such a request is therefore asked twice: as it came, which tells whether its sender may, and then without.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::RANGE;
use http::{HeaderMap, Method, Request};
use s3s::Body;
use s3s::dto::Range;

/// Told when a request's signature is right and its sender may do what it asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Admitted(Arc<AtomicBool>);

impl Admitted {
    pub fn tell(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The request without its range, if that is none: another unit, more than one range, an end before its beginning.
pub(super) fn without_broken_range(request: &Request<Body>) -> Option<Request<Body>> {
    if ![Method::GET, Method::HEAD].contains(request.method()) || !is_broken(request.headers()) {
        return None;
    }
    let mut whole = Request::new(Body::empty());
    *whole.method_mut() = request.method().clone();
    *whole.uri_mut() = request.uri().clone();
    *whole.headers_mut() = request.headers().clone();
    whole.headers_mut().remove(RANGE);
    Some(whole)
}

fn is_broken(headers: &HeaderMap) -> bool {
    let mut stated = headers.get_all(RANGE).iter();
    let Some(first) = stated.next() else { return false };
    stated.next().is_some() || first.to_str().map_or(true, |text| Range::parse(text).is_err())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_no_range_is_left_out() {
        let stated = |ranges: &[&'static str]| {
            let mut request = Request::new(Body::empty());
            for range in ranges {
                request.headers_mut().append(RANGE, HeaderValue::from_static(range));
            }
            without_broken_range(&request).map(|request| request.headers().contains_key(RANGE))
        };
        for one in ["bytes=0-0", "bytes=5-", "bytes=-1", "bytes=-0", "bytes=900-999"] {
            assert_eq!(stated(&[one]), None, "{one}");
        }
        for none in [
            "bytes=3-1",
            "bytes=a-b",
            "bytes=",
            "bytes",
            "bytes=0-1,3-4",
            "lines=0-1",
            "bytes=--1",
            "bytes=0-1 ",
            "0-1",
        ] {
            assert_eq!(stated(&[none]), Some(false), "{none}");
        }
        assert_eq!(stated(&["bytes=0-0", "bytes=1-1"]), Some(false));
        assert_eq!(stated(&[]), None);
        let mut put = Request::new(Body::empty());
        *put.method_mut() = Method::PUT;
        put.headers_mut().insert(RANGE, HeaderValue::from_static("bytes=3-1"));
        assert!(without_broken_range(&put).is_none());
    }
}
