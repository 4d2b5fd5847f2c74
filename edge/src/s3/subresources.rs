//! Queries that name what a request is about (`?acl`, `?tagging`, ..), and which of them are known where.
//!
//! `s3s` takes a query that it does not know for none at all: `DELETE /bucket?abac` would delete the bucket, and
//! `PUT /bucket/key?renameObject` put an empty object. What it does not know is refused before it is asked.

use http::{Method, Request};
use s3s::host::S3Host;
use s3s::{Body, S3Result};

use super::error::not_implemented;
use super::host::LocalHost;
use crate::server::query_pairs;

/// Names, and the methods with which they are known on a bucket and on an object.
#[rustfmt::skip]
const KNOWN: [(&str, &str, &str); 40] = [
    ("abac", "", ""),
    ("accelerate", "GET PUT", ""),
    ("acl", "GET PUT", "GET PUT"),
    ("analytics", "GET PUT DELETE", ""),
    ("annotation", "", ""),
    ("attributes", "", "GET"),
    ("cors", "GET PUT DELETE", ""),
    ("delete", "POST", ""),
    ("encryption", "GET PUT DELETE", ""),
    ("intelligent-tiering", "GET PUT DELETE", ""),
    ("inventory", "GET PUT DELETE", ""),
    ("legal-hold", "", "GET PUT"),
    ("lifecycle", "GET PUT DELETE", ""),
    ("location", "GET", ""),
    ("logging", "GET PUT", ""),
    ("metadataAnnotationTable", "", ""),
    ("metadataConfiguration", "", ""),
    ("metadataInventoryTable", "", ""),
    ("metadataJournalTable", "", ""),
    ("metadataTable", "GET POST DELETE", ""),
    ("metrics", "GET PUT DELETE", ""),
    ("notification", "GET PUT", ""),
    ("object-lock", "GET PUT", ""),
    ("ownershipControls", "GET PUT DELETE", ""),
    ("policy", "GET PUT DELETE", ""),
    ("policyStatus", "GET", ""),
    ("publicAccessBlock", "GET PUT DELETE", ""),
    ("renameObject", "", ""),
    ("replication", "GET PUT DELETE", ""),
    ("requestPayment", "GET PUT", ""),
    ("restore", "", "POST"),
    ("retention", "", "GET PUT"),
    ("select", "", "POST"),
    ("session", "GET", ""),
    ("tagging", "GET PUT DELETE", "GET PUT DELETE"),
    ("torrent", "", "GET"),
    ("uploads", "GET", "POST"),
    ("versioning", "GET PUT", ""),
    ("versions", "GET", ""),
    ("website", "GET PUT DELETE", ""),
];

/// Whether a request is about an object, and not about a bucket or about all of them.
fn is_about_object(request: &Request<Body>) -> bool {
    let host = request.headers().get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let named_by_host = LocalHost.parse_host_header(host).is_ok_and(|host| host.bucket().is_some());
    let path = request.uri().path().trim_start_matches('/');
    if named_by_host {
        return !path.is_empty();
    }
    path.split_once('/').is_some_and(|(_, key)| !key.is_empty())
}

/// Refuses a query that is not known with the method of the request.
pub(super) fn check(request: &Request<Body>) -> S3Result<()> {
    let method = request.method();
    if request.uri().query().is_none() || method == Method::HEAD {
        return Ok(());
    }
    let on_object = is_about_object(request);
    for (name, _) in query_pairs(request.uri()) {
        let Some((_, bucket, object)) = KNOWN.iter().find(|(known, ..)| *known == name) else { continue };
        let methods = if on_object { object } else { bucket };
        if !methods.split(' ').any(|known| known == method.as_str()) {
            return Err(not_implemented(&format!("{method} of ?{name}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused_and_nothing_else() {
        let ask = |method: Method, host: &str, uri: &str| {
            check(&Request::builder().method(method).uri(uri).header("host", host).body(Body::empty()).unwrap()).is_ok()
        };
        let here = "127.0.0.1:4566";
        assert!(ask(Method::DELETE, here, "/bkt?cors") && ask(Method::DELETE, here, "/bkt"));
        assert!(ask(Method::GET, here, "/bkt?list-type=2&prefix=acl&x-id=ListObjectsV2"));
        assert!(ask(Method::PUT, here, "/bkt/key?partNumber=1&uploadId=x"));
        assert!(ask(Method::DELETE, here, "/bkt/key?tagging") && ask(Method::GET, here, "/bkt/?acl"));
        assert!(!ask(Method::DELETE, here, "/bkt?abac") && !ask(Method::DELETE, here, "/bkt/?versioning"));
        assert!(!ask(Method::PUT, here, "/bkt/key?renameObject") && !ask(Method::PUT, here, "/bkt/key?encryption"));
        assert!(!ask(Method::DELETE, here, "/bkt/key?annotation") && !ask(Method::GET, here, "/bkt/key?policy"));
        let named = "bkt.s3.localhost:4566";
        assert!(ask(Method::GET, named, "/?policy") && !ask(Method::GET, named, "/key?policy"));
    }

    #[test]
    fn names_are_told_once_and_in_order() {
        assert!(KNOWN.is_sorted_by(|a, b| a.0 < b.0));
    }
}
