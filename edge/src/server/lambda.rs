//! Lambda's operations on functions, as warp routes.

use std::convert::Infallible;

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use super::answer::{Broken, Request, Response, full, json as json_answer, refusal};
use super::asking::{Caller, Place, read_code};
use super::text::{decoded, query};
use super::{manage, operations, signature};
use crate::edge::{Arm, Edge};
use crate::lambda::{ApiError, Configuration, ErrorKind, FunctionName, Members, violation};

/// Most bytes of a request, which is what AWS says of it.
pub(super) const MOST_REQUEST_BYTES: usize = 70_167_211;

/// What of a request the routes work on. Its body has been read; it travels in the request's extensions.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub region: String,
    pub request_id: String,
    pub uri: Uri,
    pub host: String,
    pub body: Bytes,
    /// Who asks, where that is checked.
    pub caller: Option<Caller>,
}

impl Asked {
    /// The code that a request points to, as far as who asks may read it.
    pub fn code(&self, edge: &Edge, place: Place<'_>) -> Result<Bytes, ApiError> {
        read_code(edge, self.caller.as_ref(), place)
    }
}

/// What an operation answers: status and JSON, or a refusal.
pub(super) type Answer = Result<(StatusCode, Value), ApiError>;

/// The routes.
pub(super) struct Lambda {
    edge: Edge,
    routes: BoxedFilter<(warp::reply::Response,)>,
}

impl Lambda {
    pub fn new(edge: Edge) -> Self {
        let routes = routes(&edge);
        Self { edge, routes }
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request, region: String) -> Response {
        let request_id = self.edge.world().uuid();
        let (head, body) = request.into_parts();
        let operation = if head.method == Method::POST { "CreateFunction" } else { "UpdateFunctionCode" };
        let body = match Limited::new(body, MOST_REQUEST_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                let error = if error.is::<http_body_util::LengthLimitError>() {
                    let message = format!(
                        "Request must be smaller than {MOST_REQUEST_BYTES} bytes for the {operation} operation"
                    );
                    ApiError::new(ErrorKind::RequestEntityTooLarge, message)
                } else {
                    ApiError::new(ErrorKind::InvalidRequestContent, format!("the request ended early: {error}"))
                };
                return refusal(&error, &request_id).map(full);
            }
        };
        if let Err(error) = check_content_type(&head.headers, &body) {
            return refusal(&error, &request_id).map(full);
        }
        let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1:4566");
        let (request_id_asked, host, caller) = (request_id.clone(), host.to_owned(), head.extensions.get().cloned());
        let asked = Asked { region, request_id: request_id_asked, uri: head.uri.clone(), host, body, caller };
        let (method, path) = (head.method.clone(), head.uri.path().to_owned());
        if let Some((name, stars)) = operations::find(method.as_str(), &path) {
            let stars = stars.into_iter().map(decoded).collect();
            return manage::answer(&self.edge, name, asked, stars).await.map(full);
        }
        let mut request = http::Request::from_parts(head, http_body_util::Empty::<Bytes>::new());
        request.extensions_mut().insert(asked);
        let Ok(response) = TowerToHyperService::new(warp::service(self.routes.clone())).call(request).await;
        if response.status() == StatusCode::NOT_FOUND && !response.headers().contains_key(super::answer::ERROR_TYPE)
            || response.status() == StatusCode::METHOD_NOT_ALLOWED
        {
            return refusal(&unknown(&method, &path), &request_id).map(full);
        }
        response.map(|body| body.map_err(Broken::by).boxed_unsync())
    }
}

/// No route takes it.
fn unknown(method: &Method, path: &str) -> ApiError {
    ApiError::new(ErrorKind::UnknownOperation, format!("no operation of Lambda is {method} {path}"))
}

fn check_content_type(headers: &HeaderMap, body: &Bytes) -> Result<(), ApiError> {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return Ok(()) };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // Clients of AWS send JSON with several types, or none; XML and forms are meant for something else.
    let foreign =
        kind.starts_with("text/") && kind != "text/plain" || kind.contains("xml") || kind.starts_with("multipart/");
    if foreign && !body.is_empty() {
        return Err(ApiError::new(ErrorKind::UnsupportedMediaType, format!("Unsupported Content-Type: {kind}")));
    }
    Ok(())
}

fn routes(edge: &Edge) -> BoxedFilter<(warp::reply::Response,)> {
    let functions = || warp::path!("2015-03-31" / "functions" / ..);
    let edge = edge.clone();
    let run = move |answer: fn(&Edge, &Asked, &str) -> Answer, asked: Asked, name: String| {
        let edge = edge.clone();
        async move {
            let request_id = asked.request_id.clone();
            // Changes wait for the disk, and packages are inflated: not on a thread that serves.
            let done = tokio::task::spawn_blocking(move || answer(&edge, &asked, &decoded(&name))).await;
            let answer = done.unwrap_or_else(|error| Err(ApiError::new(ErrorKind::Service, error.to_string())));
            let response = match answer {
                Ok((StatusCode::NO_CONTENT, _)) => json_answer(StatusCode::NO_CONTENT, &request_id, Bytes::new()),
                Ok((status, body)) => json_answer(status, &request_id, body.to_string()),
                Err(error) => refusal(&error, &request_id),
            };
            Ok::<_, Infallible>(response.into_response())
        }
    };
    let route = move |answer: fn(&Edge, &Asked, &str) -> Answer| {
        let run = run.clone();
        move |name: String, asked: Asked| run(answer, asked, name)
    };
    let asked = || warp::ext::get::<Asked>();
    let none = || warp::path::end().map(String::new);
    let one = || warp::path::param::<String>();
    let end = || warp::path::end();
    let create = functions().and(none()).and(warp::post()).and(asked()).and_then(route(create));
    let list = functions().and(none()).and(warp::get()).and(asked()).and_then(route(list));
    let get = functions().and(one()).and(end()).and(warp::get()).and(asked()).and_then(route(get));
    let delete = functions().and(one()).and(end()).and(warp::delete()).and(asked()).and_then(route(delete));
    let configuration = || functions().and(one()).and(warp::path("configuration")).and(end());
    let get_configuration = configuration().and(warp::get()).and(asked()).and_then(route(get_configuration));
    let update_configuration = configuration().and(warp::put()).and(asked()).and_then(route(update_configuration));
    let code = functions().and(one()).and(warp::path("code")).and(end());
    let update_code = code.and(warp::put()).and(asked()).and_then(route(update_code));
    create
        .or(list)
        .unify()
        .or(get)
        .unify()
        .or(delete)
        .unify()
        .or(get_configuration)
        .unify()
        .or(update_configuration)
        .unify()
        .or(update_code)
        .unify()
        .boxed()
}

/// The function named in the path, with the query's qualifier.
fn named(asked: &Asked, name: &str, longest: usize) -> Result<FunctionName, ApiError> {
    FunctionName::parse(name, longest)?.qualified(query(&asked.uri, "Qualifier").as_deref())
}

fn create(edge: &Edge, asked: &Asked, _: &str) -> Answer {
    let configuration = edge.functions().create(
        &Members::parse(&asked.body)?,
        &asked.region,
        &|place| asked.code(edge, place),
        &|configuration, package| edge.check_runtime(configuration, package),
    )?;
    edge.deployed(&configuration.function_name);
    Ok((StatusCode::CREATED, configuration.to_json()))
}

fn list(edge: &Edge, asked: &Asked, _: &str) -> Answer {
    let all = match query(&asked.uri, "FunctionVersion").as_deref() {
        None | Some("") => false,
        Some("ALL") => true,
        Some(other) => return Err(violation(other, "functionVersion", "Member must satisfy enum value set: [ALL]")),
    };
    let most = match query(&asked.uri, "MaxItems") {
        None => None,
        Some(text) => match text.parse::<usize>() {
            Ok(most @ 1..=10_000) => Some(most),
            Ok(0) => return Err(violation(&text, "maxItems", "Member must have value greater than or equal to 1")),
            _ => return Err(violation(&text, "maxItems", "Member must have value less than or equal to 10000")),
        },
    };
    let marker = query(&asked.uri, "Marker").filter(|marker| !marker.is_empty());
    let page = edge.functions().list(marker.as_deref(), most, all)?;
    let functions: Vec<Value> = page.functions.iter().map(Configuration::to_json).collect();
    let mut body = json!({"Functions": functions});
    if let Some(marker) = page.next_marker {
        body["NextMarker"] = marker.into();
    }
    Ok((StatusCode::OK, body))
}

fn get(edge: &Edge, asked: &Asked, name: &str) -> Answer {
    let name = named(asked, name, 256)?;
    let version = edge.functions().find(&name, &asked.region)?;
    let configuration = &version.configuration;
    let (arm, why) = edge.placement(&version);
    let mut shown = configuration.to_json();
    shown["Nano"]["RunsOn"] = json!(arm);
    // AWS's own programs show only what its model has, and that has one member for words about a function.
    let runtime = if arm == Arm::Edge { "IoTPy" } else { "CPython" };
    shown["StateReason"] = format!("runs on {runtime}: {why}").into();
    shown["Nano"]["Why"] = why.into();
    let code = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(base64::engine::general_purpose::STANDARD.decode(&configuration.code_sha256).unwrap_or_default());
    let function = &configuration.function_name;
    let token = signature::token(edge.link_secret(), function, &code);
    let location = format!("http://{}/_nano/code/{function}/{code}/{token}", asked.host);
    let mut body = json!({"Configuration": shown, "Code": {"RepositoryType": "S3", "Location": location}});
    let record = edge.functions().record_of(&name, &asked.region)?;
    if !record.tags.is_empty() {
        body["Tags"] = json!(record.tags);
    }
    // What is reserved is the function's, not a version's.
    if let Some(most) = record.reserved_concurrency.filter(|_| name.qualifier.is_none()) {
        body["Concurrency"] = json!({"ReservedConcurrentExecutions": most});
    }
    Ok((StatusCode::OK, body))
}

fn get_configuration(edge: &Edge, asked: &Asked, name: &str) -> Answer {
    let version = edge.functions().find(&named(asked, name, 256)?, &asked.region)?;
    Ok((StatusCode::OK, version.configuration.to_json()))
}

fn update_configuration(edge: &Edge, asked: &Asked, name: &str) -> Answer {
    let name = FunctionName::parse(name, 140)?;
    let members = Members::parse(&asked.body)?;
    let configuration =
        edge.functions().update_configuration(&name, &asked.region, &members, &|configuration, package| {
            edge.check_runtime(configuration, package)
        })?;
    edge.deployed(&name.name);
    Ok((StatusCode::OK, configuration.to_json()))
}

fn update_code(edge: &Edge, asked: &Asked, name: &str) -> Answer {
    let name = FunctionName::parse(name, 140)?;
    let members = Members::parse(&asked.body)?;
    let configuration =
        edge.functions().update_code(&name, &asked.region, &members, &|place| asked.code(edge, place))?;
    if !members.flag("DryRun")? {
        edge.deployed(&name.name);
    }
    Ok((StatusCode::OK, configuration.to_json()))
}

fn delete(edge: &Edge, asked: &Asked, name: &str) -> Answer {
    let name = named(asked, name, 256)?;
    if name.qualifier.is_none() {
        keep_log_group(edge, &edge.functions().find(&name, &asked.region)?.configuration)?;
    }
    edge.functions().delete(&name, &asked.region)?;
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

/// What a function printed is in its group when it is gone itself.
fn keep_log_group(edge: &Edge, configuration: &Configuration) -> Result<(), ApiError> {
    let function = &configuration.function_name;
    if edge.logs().has(function) {
        edge.log_groups().change(configuration.log_group(), edge.world().now_ms(), |group| {
            group.functions.insert(function.clone());
        })?;
    }
    Ok(())
}
