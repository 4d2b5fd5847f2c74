//! Resource policies: who else may invoke a function, written down. Nothing here is another account, so they are kept
//! and shown, and asked about by nobody but S3's notifications.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::lambda::{Answer, Asked};
use super::super::text::query;
use super::{named, no_content, not_found, ok, second};
use crate::edge::Edge;
use crate::lambda::{ApiError, ErrorKind, FunctionName, FunctionRecord, Members, violation, wrong_revision};

fn qualifier(name: &FunctionName, record: &FunctionRecord, region: &str) -> Result<String, ApiError> {
    match name.qualifier.as_deref() {
        None => Ok(String::new()),
        Some("$LATEST") => Err(ApiError::invalid("We currently do not support adding policies for $LATEST.")),
        Some(qualifier) if record.has(qualifier) => Ok(qualifier.to_owned()),
        Some(_) => Err(name.not_found(region)),
    }
}

pub(super) fn add(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let members = Members::parse(&asked.body)?;
    let required = |member: &'static str, shown: &str| {
        let text = members.text(member)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| {
            let message = format!("1 validation error detected: Value null at '{shown}' failed to satisfy constraint: Member must not be null");
            ApiError::new(ErrorKind::Validation, message)
        })
    };
    let id = required("StatementId", "statementId")?.to_owned();
    if id.len() > 100 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        return Err(violation(&id, "statementId", "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"));
    }
    let (action, principal) =
        (required("Action", "action")?.to_owned(), required("Principal", "principal")?.to_owned());
    let statement = edge.functions().change(&name, &asked.region, |record| {
        let qualifier = qualifier(&name, record, &asked.region)?;
        if members.text("RevisionId")?.is_some_and(|revision| revision != record.latest.revision_id) {
            return Err(wrong_revision());
        }
        let mut resource = record.latest.function_arn.clone();
        if !qualifier.is_empty() {
            resource = format!("{resource}:{qualifier}");
        }
        let principal = if principal == "*" {
            json!("*")
        } else if principal.contains(".amazonaws.com") {
            json!({"Service": principal})
        } else if principal.bytes().all(|b| b.is_ascii_digit()) {
            json!({"AWS": format!("arn:aws:iam::{principal}:root")})
        } else {
            json!({"AWS": principal})
        };
        let mut statement =
            json!({"Sid": id, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource});
        let mut conditions = serde_json::Map::new();
        let mut condition = |operator: &str, key: &str, value: &str| {
            let keys = conditions.entry(operator).or_insert_with(|| json!({}));
            keys[key] = value.into();
        };
        if let Some(arn) = members.text("SourceArn")? {
            condition("ArnLike", "AWS:SourceArn", arn);
        }
        for (member, key) in [
            ("SourceAccount", "AWS:SourceAccount"),
            ("EventSourceToken", "lambda:EventSourceToken"),
            ("PrincipalOrgID", "aws:PrincipalOrgID"),
            ("FunctionUrlAuthType", "lambda:FunctionUrlAuthType"),
        ] {
            if let Some(value) = members.text(member)? {
                condition("StringEquals", key, value);
            }
        }
        if members.member("InvokedViaFunctionUrl").is_some() {
            let via = members.flag("InvokedViaFunctionUrl")?.to_string();
            condition("Bool", "lambda:InvokedViaFunctionUrl", &via);
        }
        if !conditions.is_empty() {
            statement["Condition"] = Value::Object(conditions);
        }
        let statements = record.policies.entry(qualifier).or_default();
        if statements.iter().any(|known| known["Sid"] == *id) {
            let message = format!("The statement id ({id}) provided already exists. Please provide a new statement id, or remove the existing statement.");
            return Err(ApiError::new(ErrorKind::ResourceConflict, message));
        }
        statements.push(statement.clone());
        Ok(statement)
    })?;
    Ok((StatusCode::CREATED, json!({"Statement": statement.to_string()})))
}

fn no_policy() -> ApiError {
    not_found("The resource you requested does not exist.")
}

pub(super) fn get(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let record = edge.functions().record_of(&name, &asked.region)?;
    let qualifier = qualifier(&name, &record, &asked.region)?;
    let statements = record.policies.get(&qualifier).filter(|s| !s.is_empty()).ok_or_else(no_policy)?;
    let policy = json!({"Version": "2012-10-17", "Id": "default", "Statement": statements});
    ok(json!({"Policy": policy.to_string(), "RevisionId": record.latest.revision_id}))
}

pub(super) fn remove(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    edge.functions().change(&name, &asked.region, |record| {
        let qualifier = qualifier(&name, record, &asked.region)?;
        if query(&asked.uri, "RevisionId").is_some_and(|revision| revision != record.latest.revision_id) {
            return Err(wrong_revision());
        }
        let id = second(stars);
        let statements = record.policies.get_mut(&qualifier).ok_or_else(no_policy)?;
        let before = statements.len();
        statements.retain(|statement| statement["Sid"] != *id);
        if statements.len() == before {
            return Err(not_found(format!("Statement {id} is not found in resource policy.")));
        }
        if statements.is_empty() {
            record.policies.remove(&qualifier);
        }
        Ok(())
    })?;
    no_content()
}
