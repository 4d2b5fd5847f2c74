//! Cross-origin requests: what a bucket allows browsers on other sites to do.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use s3s::dto::{
    CORSConfiguration, CORSRule, GetBucketCorsInput, GetBucketCorsOutput, PutBucketCorsInput, PutBucketCorsOutput,
};
use s3s::host::S3Host;
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::error::{malformed_xml, other};
use super::host::LocalHost;
use super::operations::Operations;
use super::settings::{name, read_now, to_xml};
use crate::store::ObjectStore;

const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];
const MOST_RULES: usize = 100;

impl Operations {
    pub(super) async fn cors(
        &self,
        request: S3Request<GetBucketCorsInput>,
    ) -> S3Result<S3Response<GetBucketCorsOutput>> {
        let absent = || s3_error!(NoSuchCORSConfiguration, "The CORS configuration does not exist");
        let found: CORSConfiguration = self.read_setting(&request.input.bucket, name::CORS, absent).await?;
        Ok(S3Response::new(GetBucketCorsOutput { cors_rules: Some(found.cors_rules) }))
    }

    pub(super) async fn put_cors(
        &self,
        request: S3Request<PutBucketCorsInput>,
    ) -> S3Result<S3Response<PutBucketCorsOutput>> {
        let input = request.input;
        let rules = &input.cors_configuration.cors_rules;
        if rules.is_empty() || rules.len() > MOST_RULES {
            return Err(malformed_xml());
        }
        for rule in rules {
            if rule.allowed_methods.is_empty() || rule.allowed_origins.is_empty() {
                return Err(malformed_xml());
            }
            if let Some(method) = rule.allowed_methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
                return Err(s3_error!(
                    InvalidRequest,
                    "Found unsupported HTTP method in CORS config. Unsupported method is {method}"
                ));
            }
            let headers = rule.allowed_headers.iter().flatten();
            if rule.allowed_origins.iter().chain(headers).any(|text| text.matches('*').count() > 1) {
                return Err(s3_error!(
                    InvalidRequest,
                    "An AllowedOrigin or AllowedHeader can have at most one wildcard."
                ));
            }
        }
        self.write_setting(&input.bucket, name::CORS, Some(to_xml(&input.cors_configuration)?)).await?;
        Ok(S3Response::new(PutBucketCorsOutput::default()))
    }
}

/// Whether a text is what a pattern with one `*` at most says.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            text.len() >= before.len() + after.len() && text.starts_with(before) && text.ends_with(after)
        }
        None => pattern == text,
    }
}

/// The bucket that a request is about, by its path or its host.
pub(super) fn bucket_of(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if let Some(bucket) = LocalHost.parse_host_header(host).ok().and_then(|host| host.bucket().map(str::to_owned)) {
        return Some(bucket);
    }
    let bucket = uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    (!bucket.is_empty()).then(|| bucket.to_owned())
}

/// What a browser asks for.
pub(super) struct Asked {
    bucket: String,
    origin: String,
    method: String,
    headers: Vec<String>,
}

impl Asked {
    /// From a request that a browser on another site sent, if it is one.
    pub fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let origin = text(ORIGIN)?.to_owned();
        let method = text(ACCESS_CONTROL_REQUEST_METHOD).unwrap_or(method.as_str()).to_owned();
        let asked = text(ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default().split(',');
        let headers_asked =
            asked.map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect();
        Some(Self { bucket: bucket_of(uri, headers)?, origin, method, headers: headers_asked })
    }

    /// The headers that go with the answer; none when the bucket does not allow it.
    pub fn answer(&self, store: &ObjectStore) -> Option<HeaderMap> {
        let configuration: CORSConfiguration = read_now(store, &self.bucket, name::CORS)?;
        let rule = configuration.cors_rules.into_iter().find(|rule| self.allowed_by(rule))?;
        let any = rule.allowed_origins.iter().any(|origin| origin == "*");
        let mut answer = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                answer.insert(name, value);
            }
        };
        set(ACCESS_CONTROL_ALLOW_ORIGIN, if any { "*" } else { &self.origin });
        if !any {
            set(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        set(ACCESS_CONTROL_ALLOW_METHODS, &rule.allowed_methods.join(", "));
        if !self.headers.is_empty() {
            set(ACCESS_CONTROL_ALLOW_HEADERS, &self.headers.join(", "));
        }
        if let Some(exposed) = rule.expose_headers.filter(|exposed| !exposed.is_empty()) {
            set(ACCESS_CONTROL_EXPOSE_HEADERS, &exposed.join(", "));
        }
        if let Some(seconds) = rule.max_age_seconds {
            set(ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
        set(VARY, "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
        Some(answer)
    }

    fn allowed_by(&self, rule: &CORSRule) -> bool {
        let patterns = rule.allowed_headers.as_deref().unwrap_or_default();
        let allowed = |name: &String| patterns.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), name));
        rule.allowed_origins.iter().any(|pattern| matches(pattern, &self.origin))
            && rule.allowed_methods.contains(&self.method)
            && self.headers.iter().all(allowed)
    }
}

/// The answer to a browser that asks before it sends: a request with the method OPTIONS.
pub(super) fn preflight(store: &ObjectStore, uri: &Uri, headers: &HeaderMap) -> S3Result<HeaderMap> {
    if !headers.contains_key(ORIGIN) {
        return Err(other(
            "BadRequest",
            StatusCode::BAD_REQUEST,
            "Insufficient information. Origin request header needed.",
        ));
    }
    if !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return Err(other("BadRequest", StatusCode::BAD_REQUEST, "Invalid Access-Control-Request-Method: null"));
    }
    let forbidden = || {
        other(
            "AccessForbidden",
            StatusCode::FORBIDDEN,
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        )
    };
    Asked::of(&Method::OPTIONS, uri, headers).and_then(|asked| asked.answer(store)).ok_or_else(forbidden)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn one_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*suffix", "foo.suffix", true),
            ("start*end", "startend", true),
            ("start*end", "start1end", true),
            ("start*end", "starend", false),
            ("aba*aba", "aba", false),
            ("plain", "plain", true),
            ("plain", "plainer", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
