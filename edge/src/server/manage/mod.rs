//! Lambda's operations besides those on functions themselves, one file per subject.

mod account;
mod aliases;
mod concurrency;
mod events;
mod layers;
mod permissions;
mod tags;
mod urls;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::answer::{json as json_answer, refusal};
use super::lambda::{Answer, Asked};
use super::text::query;
use crate::edge::Edge;
use crate::lambda::{ApiError, ErrorKind, FunctionName, Violations};

pub(super) use urls::{Target as UrlTarget, find as find_url};

/// An operation: the edge, the request, and what stands for the stars of its path.
type Operation = fn(&Edge, &Asked, &[String]) -> Answer;

/// The operations that are here, by name.
const OPERATIONS: &[(&str, Operation)] = &[
    ("AddPermission", permissions::add),
    ("CreateAlias", aliases::create),
    ("CreateEventSourceMapping", events::create_mapping),
    ("CreateFunctionUrlConfig", urls::create),
    ("DeleteAlias", aliases::delete),
    ("DeleteEventSourceMapping", events::no_mapping),
    ("DeleteFunctionCodeSigningConfig", account::delete_code_signing),
    ("DeleteFunctionConcurrency", concurrency::delete),
    ("DeleteFunctionEventInvokeConfig", events::delete),
    ("DeleteFunctionUrlConfig", urls::delete),
    ("GetAccountSettings", account::settings),
    ("GetAlias", aliases::get),
    ("GetEventSourceMapping", events::no_mapping),
    ("GetFunctionCodeSigningConfig", account::code_signing),
    ("GetFunctionConcurrency", concurrency::get),
    ("GetFunctionEventInvokeConfig", events::get),
    ("GetFunctionRecursionConfig", account::recursion),
    ("GetFunctionUrlConfig", urls::get),
    ("GetLayerVersion", layers::get),
    ("GetLayerVersionPolicy", layers::policy),
    ("GetPolicy", permissions::get),
    ("GetProvisionedConcurrencyConfig", concurrency::provisioned),
    ("GetRuntimeManagementConfig", account::runtime_management),
    ("ListAliases", aliases::list),
    ("ListCodeSigningConfigs", account::list_code_signing),
    ("ListEventSourceMappings", events::list_mappings),
    ("ListFunctionEventInvokeConfigs", events::list),
    ("ListFunctionUrlConfigs", urls::list),
    ("ListLayerVersions", layers::versions),
    // With `find=LayerVersion` it is GetLayerVersionByArn.
    ("ListLayers", layers::list),
    ("GetLayerVersionByArn", layers::list),
    ("PublishLayerVersion", layers::publish),
    ("DeleteLayerVersion", layers::delete),
    ("AddLayerVersionPermission", layers::add_permission),
    ("RemoveLayerVersionPermission", layers::remove_permission),
    ("ListProvisionedConcurrencyConfigs", concurrency::list_provisioned),
    ("ListTags", tags::list),
    ("ListVersionsByFunction", aliases::versions),
    ("PublishVersion", aliases::publish),
    ("PutFunctionConcurrency", concurrency::put),
    ("PutFunctionEventInvokeConfig", events::put),
    ("PutFunctionRecursionConfig", account::put_recursion),
    ("PutRuntimeManagementConfig", account::put_runtime_management),
    ("RemovePermission", permissions::remove),
    ("TagResource", tags::add),
    ("UntagResource", tags::remove),
    ("UpdateAlias", aliases::update),
    ("UpdateEventSourceMapping", events::no_mapping),
    ("UpdateFunctionEventInvokeConfig", events::update),
    ("UpdateFunctionUrlConfig", urls::update),
];

/// Answers an operation of this name.
pub(super) async fn answer(edge: &Edge, name: &'static str, asked: Asked, stars: Vec<String>) -> http::Response<Bytes> {
    let request_id = asked.request_id.clone();
    let Some((_, operation)) = OPERATIONS.iter().find(|(known, _)| *known == name) else {
        let error = ApiError::new(ErrorKind::NotImplemented, format!("{name} is not implemented."));
        return refusal(&error, &request_id);
    };
    let edge = edge.clone();
    // Changes wait for the disk: not on a thread that serves.
    let done = tokio::task::spawn_blocking(move || operation(&edge, &asked, &stars)).await;
    match done.unwrap_or_else(|error| Err(ApiError::new(ErrorKind::Service, error.to_string()))) {
        Ok((StatusCode::NO_CONTENT, _)) => json_answer(StatusCode::NO_CONTENT, &request_id, Bytes::new()),
        Ok((status, body)) => json_answer(status, &request_id, body.to_string()),
        Err(error) => refusal(&error, &request_id),
    }
}

/// The function that the first star names, with the query's qualifier.
fn named(asked: &Asked, stars: &[String]) -> Result<FunctionName, ApiError> {
    let name = stars.first().map(String::as_str).unwrap_or_default();
    FunctionName::parse(name, 170)?.qualified(query(&asked.uri, "Qualifier").as_deref())
}

/// Refuses a version or an alias where only the function as a whole is meant.
fn whole(name: FunctionName) -> Result<FunctionName, ApiError> {
    if name.qualifier.is_none() {
        return Ok(name);
    }
    Err(ApiError::invalid(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please \
         specify either a function name or an unqualified function ARN.",
    ))
}

/// The second star.
fn second(stars: &[String]) -> &str {
    stars.get(1).map(String::as_str).unwrap_or_default()
}

fn ok(body: Value) -> Answer {
    Ok((StatusCode::OK, body))
}

fn no_content() -> Answer {
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

fn not_found(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::ResourceNotFound, message)
}

/// Items of a page of most lists, of which clients may ask for as many.
const MOST_ITEMS: usize = 10_000;

/// Items of a page of the lists whose pages are short.
const FEW_ITEMS: usize = 50;

/// A page of a list: what follows the query's `Marker`, `MaxItems` at most, of which a client may ask for `limit`; and the
/// next marker.
fn page(asked: &Asked, items: Vec<(String, Value)>, limit: usize) -> Result<(Vec<Value>, Option<String>), ApiError> {
    let mut most = FEW_ITEMS;
    if let Some(text) = query(&asked.uri, "MaxItems") {
        let number: i64 = text.parse().map_err(|_| {
            ApiError::new(ErrorKind::Serialization, format!("STRING_VALUE can not be converted to an Integer: {text}"))
        })?;
        let mut violations = Violations::default();
        violations.range(number, "maxItems", 1, limit as i64);
        violations.check()?;
        most = number as usize;
    }
    let after = query(&asked.uri, "Marker").unwrap_or_default();
    let mut rest = items.into_iter().filter(|(key, _)| after.is_empty() || *key > after);
    let page: Vec<(String, Value)> = rest.by_ref().take(most).collect();
    let marker = if rest.next().is_some() { page.last().map(|(key, _)| key.clone()) } else { None };
    Ok((page.into_iter().map(|(_, value)| value).collect(), marker))
}
