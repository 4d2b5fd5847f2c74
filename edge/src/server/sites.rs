//! Whose pages may ask an edge that has no keys, and by which names: those of this machine.
//!
//! A browser asks for whoever it visits. Of pages of other sites it says so (`Origin`), but for those whose name an attacker
//! has made to lead to this machine, a moment after the page came from elsewhere ("DNS rebinding"): for the browser that page and
//! the edge are one site then. The name in `Host` is the attacker's all the same, and no address and no name that only this
//! machine and its network know.

use std::net::IpAddr;

use http::{HeaderMap, Uri, header};

/// Names that lead to this machine for everyone, and names below them.
const HERE: [&str; 2] = ["localhost", "localhost.localstack.cloud"];

/// Reserved for networks of one's own: containers know their host by one of them.
const PRIVATE: &str = "internal";

fn is_or_is_below(name: &str, base: &str) -> bool {
    name == base || name.strip_suffix(base).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether the name that a request was sent to is one of this machine: nobody else can have a page at it.
pub(super) fn is_of_this_machine(headers: &HeaderMap, names: &[String]) -> bool {
    // Without one it is no browser that asks.
    let Some(host) = headers.get(header::HOST) else { return true };
    let host = host.to_str().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok() {
        // A page at an address comes from that address.
        return true;
    }
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    // A name without a dot is none that can be registered.
    !name.is_empty()
        && (!name.contains('.')
            || HERE.iter().any(|base| is_or_is_below(&name, base))
            || is_or_is_below(&name, PRIVATE)
            || names.iter().any(|base| is_or_is_below(&name, &base.to_ascii_lowercase())))
}

/// Whether a page has a browser ask that is not of this machine. Browsers say so whenever a page of one site asks another one
/// for more than to show something. (What pages may do with buckets and functions' URLs, those say themselves.)
pub(crate) fn is_of_another_site(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let host = origin.as_ref().and_then(Uri::host).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    !(host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_told_from_those_that_anyone_may_have() {
        let names = ["edge.example".to_owned()];
        let is_own = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, http::HeaderValue::from_bytes(host.as_bytes()).unwrap());
            is_of_this_machine(&headers, &names)
        };
        for own in [
            "127.0.0.1:4566",
            "[::1]:8",
            "10.0.0.7",
            "localhost",
            "LOCALHOST.:4566",
            "photos.s3.localhost:4566",
            "id.lambda-url.us-east-1.localhost:4566",
            "s3.localhost.localstack.cloud:4566",
            "edge:4566",
            "host.docker.internal:4566",
            "edge.example",
            "photos.edge.example:80",
        ] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "",
            ":4566",
            "evil.example",
            "evil.example:4566",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "notlocalhost.com",
            "id.lambda-url.us-east-1.evil.example",
            "xedge.example",
            "evilinternal.com",
            "\u{e9}.example",
            "127.0.0.1@evil.example",
        ] {
            assert!(!is_own(other), "{other}");
        }
        assert!(is_of_this_machine(&HeaderMap::new(), &[]));
    }

    #[test]
    fn pages_of_this_machine_are_told_from_others() {
        let is_other = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, http::HeaderValue::from_bytes(origin.as_bytes()).unwrap());
            is_of_another_site(&headers)
        };
        for own in [
            "http://localhost:3000",
            "https://localhost",
            "http://app.localhost:1",
            "http://127.0.0.1:4566",
            "http://[::1]:8",
        ] {
            assert!(!is_other(own), "{own}");
        }
        for other in [
            "null",
            "",
            "http://evil.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
            "\u{e9}",
            "file://",
        ] {
            assert!(is_other(other), "{other}");
        }
        assert!(!is_of_another_site(&HeaderMap::new()));
    }
}
