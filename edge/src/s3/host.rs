//! Which bucket a host name names: virtual-host style beside path style.

use http::{HeaderMap, Uri};
use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};

/// Names that mean this machine to AWS's tools and to those made for local emulators.
const BASES: [&str; 2] = ["localhost.localstack.cloud", "localhost"];

/// Takes `<bucket>.<base>`, `<bucket>.s3.<base>` and `<bucket>.s3.<region>.<base>` apart; any other host (an address,
/// a name of the machine in some network) says nothing about a bucket.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LocalHost;

impl S3Host for LocalHost {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        Ok(match bucket(host) {
            Some(bucket) => VirtualHost::new(host).with_bucket(bucket),
            None => VirtualHost::new(host),
        })
    }
}

/// Whether a request is about an object rather than a bucket or all buckets.
pub(super) fn has_key(uri: &Uri, headers: &HeaderMap) -> bool {
    let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let key = if bucket(host).is_some() { path } else { path.split_once('/').map_or("", |(_, key)| key) };
    !key.is_empty()
}

fn bucket(host: &str) -> Option<String> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let rest = BASES.iter().find_map(|base| name.strip_suffix(base))?.strip_suffix('.')?;
    let labels: Vec<&str> = rest.split('.').collect();
    let bucket = match labels.as_slice() {
        [.., "s3"] => labels.len() - 1,
        [.., "s3", region] if is_region(region) => labels.len() - 2,
        _ => labels.len(),
    };
    (bucket > 0).then(|| labels.iter().take(bucket).copied().collect::<Vec<_>>().join("."))
}

/// `eu-west-1` and the like.
fn is_region(label: &str) -> bool {
    label.contains('-') && label.ends_with(|c: char| c.is_ascii_digit()) && !label.starts_with('-')
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{bucket, has_key};

    #[test]
    fn keys_come_after_buckets() {
        let asked = |host: &'static str, path: &str| {
            let headers = HeaderMap::from_iter([(http::header::HOST, HeaderValue::from_static(host))]);
            has_key(&path.parse().unwrap(), &headers)
        };
        for (host, path, expected) in [
            ("127.0.0.1:4566", "/", false),
            ("127.0.0.1:4566", "/b", false),
            ("127.0.0.1:4566", "/b/?list-type=2", false),
            ("127.0.0.1:4566", "/b/k", true),
            ("b.localhost:4566", "/", false),
            ("b.localhost:4566", "/k", true),
        ] {
            assert_eq!(asked(host, path), expected, "{host}{path}");
        }
    }

    #[test]
    fn hosts_and_their_buckets() {
        for (host, expected) in [
            ("localhost", None),
            ("localhost:4566", None),
            ("127.0.0.1:4566", None),
            ("[::1]:4566", None),
            ("edgebox.lan:4566", None),
            ("s3.localhost:4566", None),
            ("s3.localhost.localstack.cloud:4566", None),
            ("s3.eu-west-1.localhost.localstack.cloud", None),
            ("photos.localhost:4566", Some("photos")),
            ("Photos.S3.localhost:4566", Some("photos")),
            ("my.photos.s3.localhost.localstack.cloud:4566", Some("my.photos")),
            ("photos.s3.us-east-1.localhost.localstack.cloud:4566", Some("photos")),
            ("photos.localhost.localstack.cloud", Some("photos")),
            ("notlocalhost", None),
        ] {
            assert_eq!(bucket(host).as_deref(), expected, "{host}");
        }
    }
}
