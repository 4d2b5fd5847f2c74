//! How invocations are retried that nobody waits for, and who is told; and what else may cause some.

use serde_json::{Value, json};

use super::super::lambda::{Answer, Asked};
use super::{FEW_ITEMS, named, no_content, not_found, ok, page};
use crate::edge::Edge;
use crate::lambda::{ApiError, FunctionName, FunctionRecord, InvokeConfig, LATEST, Members, Violations};

fn qualifier(name: &FunctionName) -> String {
    name.qualifier.clone().unwrap_or_else(|| LATEST.to_owned())
}

fn to_json(record: &FunctionRecord, qualifier: &str, config: &InvokeConfig) -> Value {
    let mut shown = json!({
        "LastModified": config.modified_ms as f64 / 1000.0,
        "FunctionArn": format!("{}:{qualifier}", record.latest.function_arn),
    });
    if let Some(retries) = config.retries {
        shown["MaximumRetryAttempts"] = retries.into();
    }
    if let Some(age) = config.most_age {
        shown["MaximumEventAgeInSeconds"] = age.into();
    }
    let destination = |arn: &Option<String>| arn.as_ref().map_or_else(|| json!({}), |arn| json!({"Destination": arn}));
    shown["DestinationConfig"] =
        json!({"OnSuccess": destination(&config.on_success), "OnFailure": destination(&config.on_failure)});
    shown
}

/// A destination that there can be here: a function, or a bucket for failures.
fn destination(members: &Members, edge: &Edge, which: &str, region: &str) -> Result<Option<String>, ApiError> {
    let Some(config) = members.structure("DestinationConfig")? else { return Ok(None) };
    let Some(side) = config.structure(which)? else { return Ok(None) };
    let Some(arn) = side.text("Destination")?.filter(|arn| !arn.is_empty()) else { return Ok(None) };
    if arn.starts_with("arn:aws:lambda:") {
        edge.functions().find(&FunctionName::parse(arn, 256)?, region).map_err(|_| {
            ApiError::invalid(format!("The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination={arn})) is invalid."))
        })?;
    } else if !(arn.starts_with("arn:aws:s3:::") && which == "OnFailure") {
        return Err(ApiError::invalid(format!(
            "The destination {arn} is not supported: there are functions (arn:aws:lambda:..) and, for failures, buckets (arn:aws:s3:::..)."
        )));
    }
    Ok(Some(arn.to_owned()))
}

fn number(
    members: &Members,
    violations: &mut Violations,
    (member, shown): (&str, &str),
    (least, most): (i64, i64),
) -> Result<Option<u32>, ApiError> {
    let Some(value) = members.integer(member)? else { return Ok(None) };
    violations.range(value, shown, least, most);
    Ok(u32::try_from(value).ok())
}

fn write(edge: &Edge, asked: &Asked, stars: &[String], replaces: bool) -> Answer {
    let name = named(asked, stars)?;
    let members = Members::parse(&asked.body)?;
    let region = &asked.region;
    let mut violations = Violations::default();
    let attempts = ("MaximumRetryAttempts", "maximumRetryAttempts");
    let retries = number(&members, &mut violations, attempts, (0, 2))?;
    let age = ("MaximumEventAgeInSeconds", "maximumEventAgeInSeconds");
    let most_age = number(&members, &mut violations, age, (60, 21_600))?;
    violations.check()?;
    let on_success = destination(&members, edge, "OnSuccess", region)?;
    let on_failure = destination(&members, edge, "OnFailure", region)?;
    let qualifier = qualifier(&name);
    let shown = edge.functions().change(&name, region, |record| {
        if !record.has(&qualifier) {
            return Err(name.not_found(region));
        }
        let old = if replaces {
            InvokeConfig::default()
        } else {
            record.invoke_configs.get(&qualifier).cloned().ok_or_else(|| absent(record, &qualifier))?
        };
        let config = InvokeConfig {
            retries: retries.or(old.retries),
            most_age: most_age.or(old.most_age),
            on_success: on_success.or(old.on_success),
            on_failure: on_failure.or(old.on_failure),
            modified_ms: edge.world().now_ms(),
        };
        let shown = to_json(record, &qualifier, &config);
        record.invoke_configs.insert(qualifier, config);
        Ok(shown)
    })?;
    ok(shown)
}

fn absent(record: &FunctionRecord, qualifier: &str) -> ApiError {
    let arn = &record.latest.function_arn;
    not_found(format!("The function {arn}:{qualifier} doesn't have an EventInvokeConfig"))
}

pub(super) fn put(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    write(edge, asked, stars, true)
}

pub(super) fn update(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    write(edge, asked, stars, false)
}

pub(super) fn get(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let record = edge.functions().record_of(&name, &asked.region)?;
    let qualifier = qualifier(&name);
    let config = record.invoke_configs.get(&qualifier).ok_or_else(|| absent(&record, &qualifier))?;
    ok(to_json(&record, &qualifier, config))
}

pub(super) fn delete(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let qualifier = qualifier(&name);
    edge.functions().change(&name, &asked.region, |record| {
        let error = absent(record, &qualifier);
        record.invoke_configs.remove(&qualifier).map(|_| ()).ok_or(error)
    })?;
    no_content()
}

pub(super) fn list(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    let all = record.invoke_configs.iter();
    let (configs, marker) =
        page(asked, all.map(|(q, config)| (q.clone(), to_json(&record, q, config))).collect(), FEW_ITEMS)?;
    let mut body = json!({"FunctionEventInvokeConfigs": configs});
    if let Some(marker) = marker {
        body["NextMarker"] = marker.into();
    }
    ok(body)
}

/// There are no queues or streams here that could be sources.
pub(super) fn create_mapping(_: &Edge, asked: &Asked, _: &[String]) -> Answer {
    let members = Members::parse(&asked.body)?;
    let source = members.text("EventSourceArn")?.unwrap_or("null");
    Err(ApiError::invalid(format!(
        "The event source {source} is not supported: there are no queues or streams here. Appends to WooFs invoke functions by a trigger in nano.toml, changes of objects by a bucket's notifications."
    )))
}

pub(super) fn list_mappings(_: &Edge, _: &Asked, _: &[String]) -> Answer {
    ok(json!({"EventSourceMappings": []}))
}

pub(super) fn no_mapping(_: &Edge, _: &Asked, _: &[String]) -> Answer {
    Err(not_found("The resource you requested does not exist."))
}
