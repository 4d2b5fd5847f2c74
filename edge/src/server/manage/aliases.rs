//! Versions that were published, and the names that they are given.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::super::lambda::{Answer, Asked};
use super::{MOST_ITEMS, named, no_content, not_found, ok, page, second};
use crate::edge::Edge;
use crate::lambda::{
    Alias, ApiError, ErrorKind, FunctionName, FunctionRecord, Members, Violations, pattern, wrong_revision,
};

pub(super) fn publish(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let published = edge.functions().publish(&named(asked, stars)?, &asked.region, &Members::parse(&asked.body)?)?;
    Ok((StatusCode::CREATED, published.to_json()))
}

pub(super) fn versions(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    let all = std::iter::once(&record.latest).chain(&record.versions);
    let items = all.enumerate().map(|(at, version)| (format!("{at:08}"), version.to_json())).collect();
    let (versions, marker) = page(asked, items, MOST_ITEMS)?;
    ok(with_marker(json!({"Versions": versions}), marker))
}

fn with_marker(mut body: Value, marker: Option<String>) -> Value {
    if let Some(marker) = marker {
        body["NextMarker"] = marker.into();
    }
    body
}

fn to_json(record: &FunctionRecord, name: &str, alias: &Alias) -> Value {
    let mut shown = json!({
        "AliasArn": format!("{}:{name}", record.latest.function_arn),
        "Name": name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision_id,
    });
    if !alias.weights.is_empty() {
        shown["RoutingConfig"] = json!({"AdditionalVersionWeights": alias.weights});
    }
    shown
}

/// Checks what a request says of an alias against the model; all that is wrong is said at once.
fn check(name: Option<&str>, version: Option<&str>, description: Option<&str>, creating: bool) -> Result<(), ApiError> {
    let mut violations = Violations::default();
    match name {
        Some(name) => {
            violations.length(name, "name", 128);
            let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            if name.is_empty() || !name.bytes().all(is_word) || name.bytes().all(|b| b.is_ascii_digit()) {
                violations.add(name, "name", &pattern("(?!^[0-9]+$)([a-zA-Z0-9-_]+)"));
            }
        }
        None => violations.missing("name"),
    }
    match version {
        Some(version) => {
            violations.length(version, "functionVersion", 1024);
            if version != "$LATEST" && (version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit())) {
                violations.add(version, "functionVersion", &pattern(r"(\$LATEST|[0-9]+)"));
            }
        }
        None if creating => violations.missing("functionVersion"),
        None => {}
    }
    if let Some(description) = description {
        violations.length(description, "description", 256);
    }
    violations.check()
}

/// The weights that a request gives to other versions.
fn weights(
    members: &Members,
    record: &FunctionRecord,
    version: &str,
) -> Result<Option<BTreeMap<String, f64>>, ApiError> {
    let Some(routing) = members.structure("RoutingConfig")? else { return Ok(None) };
    let Some(given) = routing.member("AdditionalVersionWeights") else { return Ok(Some(BTreeMap::new())) };
    let invalid = |message: &str| ApiError::invalid(message);
    let given = given.as_object().ok_or_else(|| invalid("AdditionalVersionWeights must be a map"))?;
    let mut weights = BTreeMap::new();
    for (other, weight) in given {
        let weight = weight.as_f64().filter(|weight| (0.0..=1.0).contains(weight));
        let weight = weight.ok_or_else(|| invalid("A weight must be a number between 0 and 1."))?;
        if other == version {
            return Err(invalid(&format!(
                "Invalid function version {other}. Function version {other} is already included in routing configuration."
            )));
        }
        if version == "$LATEST" || other == "$LATEST" {
            return Err(invalid("$LATEST is not supported for an alias pointing to more than 1 version"));
        }
        if !record.versions.iter().any(|version| version.version == *other) {
            return Err(missing(record, other));
        }
        weights.insert(other.clone(), weight);
    }
    if weights.len() > 1 {
        return Err(invalid("Number of items in AdditionalVersionWeights cannot be greater than 1"));
    }
    Ok(Some(weights))
}

fn missing(record: &FunctionRecord, version: &str) -> ApiError {
    not_found(format!("Function not found: {}:{version}", record.latest.function_arn))
}

fn check_version(record: &FunctionRecord, version: &str) -> Result<(), ApiError> {
    let is_there = version == "$LATEST" || record.versions.iter().any(|known| known.version == version);
    if is_there { Ok(()) } else { Err(missing(record, version)) }
}

fn no_alias(record: &FunctionRecord, name: &str) -> ApiError {
    not_found(format!("Cannot find alias arn: {}:{name}", record.latest.function_arn))
}

pub(super) fn create(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let members = Members::parse(&asked.body)?;
    let (name, version) = (members.text("Name")?, members.text("FunctionVersion")?);
    check(name, version, members.text("Description")?, true)?;
    let (name, version) = (name.unwrap_or_default().to_owned(), version.unwrap_or_default().to_owned());
    let shown = edge.functions().change(&named(asked, stars)?, &asked.region, |record| {
        check_version(record, &version)?;
        let alias = Alias {
            weights: weights(&members, record, &version)?.unwrap_or_default(),
            description: members.text("Description")?.unwrap_or_default().to_owned(),
            revision_id: edge.world().uuid(),
            version,
        };
        if record.aliases.contains_key(&name) {
            let message = format!("Alias already exists: {}:{name}", record.latest.function_arn);
            return Err(ApiError::new(ErrorKind::ResourceConflict, message));
        }
        record.aliases.insert(name.clone(), alias.clone());
        Ok(to_json(record, &name, &alias))
    })?;
    Ok((StatusCode::CREATED, shown))
}

pub(super) fn update(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let members = Members::parse(&asked.body)?;
    let name = second(stars).to_owned();
    check(Some(&name), members.text("FunctionVersion")?, members.text("Description")?, false)?;
    let shown = edge.functions().change(&named(asked, stars)?, &asked.region, |record| {
        let mut alias = record.aliases.get(&name).cloned().ok_or_else(|| no_alias(record, &name))?;
        if members.text("RevisionId")?.is_some_and(|revision| revision != alias.revision_id) {
            return Err(wrong_revision());
        }
        if let Some(version) = members.text("FunctionVersion")? {
            check_version(record, version)?;
            version.clone_into(&mut alias.version);
        }
        if let Some(description) = members.text("Description")? {
            description.clone_into(&mut alias.description);
        }
        if let Some(weights) = weights(&members, record, &alias.version)? {
            alias.weights = weights;
        }
        alias.revision_id = edge.world().uuid();
        record.aliases.insert(name.clone(), alias.clone());
        Ok(to_json(record, &name, &alias))
    })?;
    ok(shown)
}

pub(super) fn get(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    let name = second(stars);
    let alias = record.aliases.get(name).ok_or_else(|| no_alias(&record, name))?;
    ok(to_json(&record, name, alias))
}

pub(super) fn delete(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name: FunctionName = named(asked, stars)?;
    edge.functions().change(&name, &asked.region, |record| {
        let alias = second(stars);
        record.aliases.remove(alias);
        record.policies.remove(alias);
        record.urls.remove(alias);
        record.invoke_configs.remove(alias);
        Ok(())
    })?;
    no_content()
}

pub(super) fn list(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    let of_version = super::super::text::query(&asked.uri, "FunctionVersion").filter(|version| !version.is_empty());
    let wanted = |alias: &Alias| of_version.as_ref().is_none_or(|version| alias.version == *version);
    let aliases = record.aliases.iter().filter(|(_, alias)| wanted(alias));
    let (aliases, marker) =
        page(asked, aliases.map(|(name, alias)| (name.clone(), to_json(&record, name, alias))).collect(), MOST_ITEMS)?;
    ok(with_marker(json!({"Aliases": aliases}), marker))
}
