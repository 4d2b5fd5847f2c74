//! Function URLs: an HTTP request becomes an event, the result an HTTP answer.
//!
//! AWS Lambda Developer Guide, "Invoking Lambda function URLs": payload format 2.0.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::answer::{Request, Response, full};
use super::manage::UrlTarget;
use super::text::query_pairs;
use crate::edge::{Edge, Invoke};
use crate::lambda::{ACCOUNT, DEFAULT_REGION, ErrorKind};
use crate::run::MOST_EVENT_BYTES;
use crate::s3::SOURCE_ADDRESS;

const PREFIX: &str = "/_nano/url/";

/// Where a request to a URL leads: the URL's id and the path behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub id: String,
    path: String,
}

/// Reads `/_nano/url/ID/path` and `http://ID.lambda-url.REGION.anything/path`.
pub(super) fn place(uri: &Uri, headers: &HeaderMap) -> Option<Place> {
    if let Some(rest) = uri.path().strip_prefix(PREFIX) {
        let (id, path) = rest.split_once('/').unwrap_or((rest, ""));
        return Some(Place { id: id.to_owned(), path: format!("/{path}") });
    }
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (id, rest) = host.split_once('.')?;
    rest.starts_with("lambda-url.").then(|| Place { id: id.to_owned(), path: uri.path().to_owned() })
}

fn message(status: StatusCode, text: &str) -> Response {
    let mut response = http::Response::new(full(json!({"Message": text}).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// No such URL, or not for whoever asks.
pub(super) fn forbidden() -> Response {
    message(StatusCode::FORBIDDEN, "Forbidden")
}

/// What the URL's configuration lets browsers on other sites do.
fn cors(config: &Value, method: &Method, headers: &HeaderMap) -> Option<HeaderMap> {
    let texts = |member: &str| -> Vec<String> {
        let list = config.get(member).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let origins = texts("AllowOrigins");
    let allowed = origins.iter().find(|allowed| *allowed == "*" || allowed.eq_ignore_ascii_case(origin))?;
    let mut answer = HeaderMap::new();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.insert(name, value);
        }
    };
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, if allowed == "*" { "*" } else { origin });
    if config.get("AllowCredentials").and_then(Value::as_bool) == Some(true) {
        set(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    let exposed = texts("ExposeHeaders");
    if !exposed.is_empty() {
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, &exposed.join(","));
    }
    if method == Method::OPTIONS {
        set(header::ACCESS_CONTROL_ALLOW_METHODS, &texts("AllowMethods").join(","));
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, &texts("AllowHeaders").join(","));
        if let Some(age) = config.get("MaxAge").and_then(Value::as_u64) {
            set(header::ACCESS_CONTROL_MAX_AGE, &age.to_string());
        }
    }
    Some(answer)
}

fn is_text(content_type: Option<&str>) -> bool {
    let kind = content_type.unwrap_or("text/plain").to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || matches!(kind, "application/json" | "application/javascript" | "application/xml")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || kind == "application/x-www-form-urlencoded"
}

/// The event of a request.
fn event(edge: &Edge, place: &Place, head: &http::request::Parts, body: &[u8], request_id: &str) -> Value {
    let mut headers = serde_json::Map::new();
    let shown = |name: &&HeaderName| **name != header::COOKIE && name.as_str() != SOURCE_ADDRESS;
    for name in head.headers.keys().filter(shown) {
        let values: Vec<&str> = head.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        headers.insert(name.as_str().to_owned(), values.join(",").into());
    }
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok());
    let cookies: Vec<&str> =
        text(header::COOKIE).map(|cookies| cookies.split(';').map(str::trim).collect()).unwrap_or_default();
    let mut parameters = serde_json::Map::new();
    for (name, value) in query_pairs(&head.uri) {
        match parameters.get_mut(&name) {
            Some(Value::String(known)) => *known = format!("{known},{value}"),
            _ => drop(parameters.insert(name, value.into())),
        }
    }
    let now_ms = edge.world().now_ms();
    let time = OffsetDateTime::from_unix_timestamp((now_ms / 1000) as i64).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let format = format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    let encoded = !is_text(text(header::CONTENT_TYPE)) || std::str::from_utf8(body).is_err();
    let host = text(header::HOST).unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": place.path,
        "rawQueryString": head.uri.query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": if text(header::AUTHORIZATION).is_some() { ACCOUNT } else { "anonymous" },
            "apiId": place.id,
            "domainName": host,
            "domainPrefix": place.id,
            "http": {
                "method": head.method.as_str(),
                "path": place.path,
                "protocol": "HTTP/1.1",
                "sourceIp": text(HeaderName::from_static(SOURCE_ADDRESS)).unwrap_or("127.0.0.1"),
                "userAgent": text(header::USER_AGENT).unwrap_or_default(),
            },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": time.format(format).unwrap_or_default(),
            "timeEpoch": now_ms,
        },
        "isBase64Encoded": encoded && !body.is_empty(),
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !parameters.is_empty() {
        event["queryStringParameters"] = Value::Object(parameters);
    }
    if !body.is_empty() {
        let text = if encoded { BASE64.encode(body) } else { String::from_utf8_lossy(body).into_owned() };
        event["body"] = text.into();
    }
    event
}

/// The answer that a result makes: what it says with `statusCode`, else itself as JSON.
fn respond(result: &[u8]) -> Option<Response> {
    let result: Value = serde_json::from_slice(result).ok()?;
    let said = result.as_object().filter(|object| object.contains_key("statusCode"));
    let mut response = http::Response::new(full(Bytes::new()));
    let json_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json_type);
    let Some(said) = said else {
        // A text is the body as it is.
        let body = result.as_str().map_or_else(|| result.to_string(), str::to_owned);
        *response.body_mut() = full(body);
        return Some(response);
    };
    let status = said.get("statusCode").and_then(|status| status.as_u64().or_else(|| status.as_str()?.parse().ok()))?;
    *response.status_mut() = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    for (name, value) in said.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pair = HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::try_from(value).ok());
        // What says how long the body is or how it comes is the server's to say.
        if let Some((name, value)) = pair
            .filter(|(name, _)| ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(name))
        {
            response.headers_mut().insert(name, value);
        }
    }
    for cookie in said.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        if let Some(cookie) = cookie.as_str().and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    let body = match said.get("body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let encoded = said.get("isBase64Encoded").and_then(Value::as_bool) == Some(true);
    *response.body_mut() = if encoded { full(BASE64.decode(body).ok()?) } else { full(body) };
    Some(response)
}

/// Answers a request to a URL.
pub(super) async fn answer(edge: &Edge, target: UrlTarget, place: Place, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let allowed = target.config.cors.as_ref().and_then(|config| cors(config, &head.method, &head.headers));
    let mut response = match allowed {
        Some(_) if head.method == Method::OPTIONS => http::Response::new(full(Bytes::new())),
        _ => run(edge, &target, &place, &head, body).await,
    };
    response.headers_mut().extend(allowed.into_iter().flatten().filter_map(|(name, value)| Some((name?, value))));
    response
}

async fn run(
    edge: &Edge,
    target: &UrlTarget,
    place: &Place,
    head: &http::request::Parts,
    body: super::answer::Body,
) -> Response {
    let Ok(body) = Limited::new(body, MOST_EVENT_BYTES).collect().await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
    };
    let request_id = edge.world().uuid();
    let event = event(edge, place, head, &body.to_bytes(), &request_id);
    let Ok(version) = edge.functions().find(&target.function, DEFAULT_REGION) else { return forbidden() };
    let answered = edge.invoke_version(version, Invoke::new(event.to_string()), request_id.clone(), None).await;
    let broken = || message(StatusCode::BAD_GATEWAY, "Internal Server Error");
    let mut response = match answered {
        Ok(answer) => answer.result.ok().and_then(|result| respond(&result)).unwrap_or_else(broken),
        Err(error) if matches!(error.kind, ErrorKind::TooManyRequests | ErrorKind::ReservedConcurrency) => {
            let mut response = message(StatusCode::TOO_MANY_REQUESTS, "Rate Exceeded.");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
        Err(_) => broken(),
    };
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(super::answer::REQUEST_ID, id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_found_by_path_and_by_host() {
        let mut headers = HeaderMap::new();
        let of = |uri: &str, headers: &HeaderMap| place(&uri.parse().unwrap(), headers).map(|p| (p.id, p.path));
        assert_eq!(of("/_nano/url/abc", &headers), Some(("abc".into(), "/".into())));
        assert_eq!(of("/_nano/url/abc/x/y?z", &headers), Some(("abc".into(), "/x/y".into())));
        assert_eq!(of("/x", &headers), None);
        headers.insert(header::HOST, HeaderValue::from_static("abc.lambda-url.us-east-1.localhost:4566"));
        assert_eq!(of("/x/y", &headers), Some(("abc".into(), "/x/y".into())));
        headers.insert(header::HOST, HeaderValue::from_static("bucket.s3.localhost:4566"));
        assert_eq!(of("/x/y", &headers), None);
    }

    #[test]
    fn results_become_answers() {
        let plain = respond(br#"{"a": 1}"#).unwrap();
        assert_eq!(
            (plain.status(), plain.headers()["content-type"].as_bytes()),
            (StatusCode::OK, &b"application/json"[..])
        );
        let said = respond(br#"{"statusCode": "201", "headers": {"X-A": 1, "Content-Length": 9}, "cookies": ["a=b"]}"#)
            .unwrap();
        assert_eq!((said.status().as_u16(), said.headers()["x-a"].as_bytes()), (201, &b"1"[..]));
        assert_eq!(said.headers()["set-cookie"].as_bytes(), b"a=b");
        assert!(!said.headers().contains_key("content-length"));
        for bad in [
            &br#"{"statusCode": 99999}"#[..],
            br#"{"statusCode": 200, "body": "!", "isBase64Encoded": true}"#,
            b"no json",
        ] {
            assert!(respond(bad).is_none());
        }
    }
}
