//! Layers and their versions, and who may use them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};

use super::super::lambda::{Answer, Asked};
use super::super::signature;
use super::super::text::query;
use super::{FEW_ITEMS, no_content, not_found, ok, page, second};
use crate::edge::Edge;
use crate::lambda::{ApiError, ErrorKind, LayerName, LayerVersion, Members, RUNTIMES, layer_arn, one_of, violation};

fn named(stars: &[String]) -> Result<LayerName, ApiError> {
    LayerName::parse(stars.first().map(String::as_str).unwrap_or_default())
}

/// The layer and version of the path.
fn version_of(edge: &Edge, stars: &[String]) -> Result<(String, LayerVersion), ApiError> {
    let name = named(stars)?.name;
    let number = second(stars);
    let number = number.parse().map_err(|_| violation(number, "versionNumber", "Member must be a number"))?;
    let version = edge.functions().layer_version(&name, number)?;
    Ok((name, version))
}

fn summary(region: &str, name: &str, version: &LayerVersion) -> Value {
    let mut shown = json!({
        "LayerVersionArn": format!("{}:{}", layer_arn(region, name), version.version),
        "Version": version.version,
        "Description": version.description,
        "CreatedDate": version.created,
    });
    if !version.runtimes.is_empty() {
        shown["CompatibleRuntimes"] = json!(version.runtimes);
    }
    if !version.architectures.is_empty() {
        shown["CompatibleArchitectures"] = json!(version.architectures);
    }
    if !version.license.is_empty() {
        shown["LicenseInfo"] = json!(version.license);
    }
    shown
}

fn whole(edge: &Edge, asked: &Asked, name: &str, version: &LayerVersion) -> Value {
    let mut shown = summary(&asked.region, name, version);
    let code = URL_SAFE_NO_PAD.encode(STANDARD.decode(&version.code_sha256).unwrap_or_default());
    // Where functions' code is too; no function has a colon in its name.
    let owner = format!("layer:{name}");
    let token = signature::token(edge.link_secret(), &owner, &code);
    shown["LayerArn"] = layer_arn(&asked.region, name).into();
    shown["Content"] = json!({
        "Location": format!("http://{}/_nano/code/{owner}/{code}/{token}", asked.host),
        "CodeSha256": version.code_sha256,
        "CodeSize": version.code_size,
    });
    shown
}

pub(super) fn publish(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(stars)?.name;
    let members = Members::parse(&asked.body)?;
    for runtime in members.texts("CompatibleRuntimes")?.unwrap_or_default() {
        if !RUNTIMES.contains(&runtime.as_str()) {
            let words = format!("Member must satisfy constraint: [{}]", one_of(RUNTIMES));
            return Err(violation(&format!("[{runtime}]"), "compatibleRuntimes", &words));
        }
    }
    if members.text("Description")?.is_some_and(|text| text.chars().count() > 256) {
        return Err(violation("..", "description", "Member must have length less than or equal to 256"));
    }
    let version = edge.functions().publish_layer(&name, &members, &|place| asked.code(edge, place))?;
    Ok((StatusCode::CREATED, whole(edge, asked, &name, &version)))
}

fn fits(asked: &Asked, version: &LayerVersion) -> bool {
    let asks = |name: &str, has: &[String]| query(&asked.uri, name).is_none_or(|wanted| has.contains(&wanted));
    asks("CompatibleRuntime", &version.runtimes) && asks("CompatibleArchitecture", &version.architectures)
}

/// All layers, or with `find=LayerVersion` the version of an ARN: both are at one path.
pub(super) fn list(edge: &Edge, asked: &Asked, _: &[String]) -> Answer {
    if query(&asked.uri, "find").as_deref() == Some("LayerVersion") {
        let arn = query(&asked.uri, "Arn").unwrap_or_default();
        let name = LayerName::parse(&arn)?;
        let number = name.version.ok_or_else(|| violation(&arn, "arn", "Member must name a version"))?;
        let version = edge.functions().layer_version(&name.name, number)?;
        return ok(whole(edge, asked, &name.name, &version));
    }
    let mut layers = vec![];
    for name in edge.functions().layer_names()? {
        let record = edge.functions().layer(&name)?;
        if let Some(newest) = record.versions.iter().rev().find(|version| fits(asked, version)) {
            let shown = json!({
                "LayerName": name,
                "LayerArn": layer_arn(&asked.region, &name),
                "LatestMatchingVersion": summary(&asked.region, &name, newest),
            });
            layers.push((name, shown));
        }
    }
    let (layers, marker) = page(asked, layers, FEW_ITEMS)?;
    ok(with_marker(json!({"Layers": layers}), marker))
}

fn with_marker(mut body: Value, marker: Option<String>) -> Value {
    if let Some(marker) = marker {
        body["NextMarker"] = marker.into();
    }
    body
}

pub(super) fn versions(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(stars)?.name;
    let record = edge.functions().layer(&name)?;
    // Newest first; markers are in the order of the list.
    let fitting = record.versions.iter().rev().filter(|version| fits(asked, version));
    let versions =
        fitting.map(|v| (format!("{:020}", u64::MAX - v.version), summary(&asked.region, &name, v))).collect();
    let (versions, marker) = page(asked, versions, FEW_ITEMS)?;
    ok(with_marker(json!({"LayerVersions": versions}), marker))
}

pub(super) fn get(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let (name, version) = version_of(edge, stars)?;
    ok(whole(edge, asked, &name, &version))
}

pub(super) fn delete(edge: &Edge, _: &Asked, stars: &[String]) -> Answer {
    let name = named(stars)?.name;
    // One that is not there is no error, as on AWS.
    if let Ok(number) = second(stars).parse() {
        edge.functions().delete_layer(&name, number)?;
    }
    no_content()
}

pub(super) fn add_permission(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let (name, version) = version_of(edge, stars)?;
    let members = Members::parse(&asked.body)?;
    let required = |member: &'static str, shown: &str| {
        let text = members.text(member)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| {
            let message = format!("1 validation error detected: Value null at '{shown}' failed to satisfy constraint: Member must not be null");
            ApiError::new(ErrorKind::Validation, message)
        })
    };
    let id = required("StatementId", "statementId")?;
    let (action, principal) = (required("Action", "action")?, required("Principal", "principal")?);
    if action != "lambda:GetLayerVersion" {
        return Err(violation(
            action,
            "action",
            "Member must satisfy regular expression pattern: lambda:GetLayerVersion",
        ));
    }
    let shown = match principal {
        "*" => json!("*"),
        account if account.bytes().all(|b| b.is_ascii_digit()) => {
            json!({"AWS": format!("arn:aws:iam::{account}:root")})
        }
        other => json!({"AWS": other}),
    };
    let mut statement = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": shown,
        "Action": action,
        "Resource": format!("{}:{}", layer_arn(&asked.region, &name), version.version),
    });
    if let Some(organization) = members.text("OrganizationId")? {
        statement["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": organization}});
    }
    let revision = query(&asked.uri, "RevisionId");
    let revision = change(edge, &name, version.version, revision.as_deref(), |policy| {
        if policy.iter().any(|known| known["Sid"] == *id) {
            let message = format!(
                "The statement id ({id}) provided already exists. Please provide a new statement id, or remove the existing statement."
            );
            return Err(ApiError::new(ErrorKind::ResourceConflict, message));
        }
        policy.push(statement.clone());
        Ok(())
    })?;
    Ok((StatusCode::CREATED, json!({"Statement": statement.to_string(), "RevisionId": revision})))
}

/// Changes the policy of a version; its new revision.
fn change(
    edge: &Edge,
    name: &str,
    number: u64,
    revision: Option<&str>,
    change: impl FnOnce(&mut Vec<Value>) -> Result<(), ApiError>,
) -> Result<String, ApiError> {
    let new = edge.world().uuid();
    edge.functions().change_layer(name, |record| {
        let version = record.versions.iter_mut().find(|version| version.version == number);
        let version = version.ok_or_else(|| not_found("The resource you requested does not exist."))?;
        if revision.is_some_and(|revision| revision != version.revision_id) {
            return Err(crate::lambda::wrong_revision());
        }
        change(&mut version.policy)?;
        version.revision_id.clone_from(&new);
        Ok(())
    })?;
    Ok(new)
}

pub(super) fn policy(edge: &Edge, _: &Asked, stars: &[String]) -> Answer {
    let (name, version) = version_of(edge, stars)?;
    if version.policy.is_empty() {
        return Err(not_found(format!("No policy is associated with the given resource: {name}:{}.", version.version)));
    }
    let policy = json!({"Version": "2012-10-17", "Id": "default", "Statement": version.policy});
    ok(json!({"Policy": policy.to_string(), "RevisionId": version.revision_id}))
}

pub(super) fn remove_permission(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let (name, version) = version_of(edge, stars)?;
    let id = stars.get(2).map(String::as_str).unwrap_or_default();
    let revision = query(&asked.uri, "RevisionId");
    change(edge, &name, version.version, revision.as_deref(), |policy| {
        let before = policy.len();
        policy.retain(|statement| statement["Sid"] != *id);
        if policy.len() == before {
            return Err(not_found(format!("Statement {id} is not found in resource policy.")));
        }
        Ok(())
    })?;
    no_content()
}
