//! Tags of functions.

use serde_json::json;

use super::super::lambda::{Answer, Asked};
use super::super::text::query_pairs;
use super::{no_content, ok};
use crate::edge::Edge;
use crate::lambda::{ApiError, FunctionName, Members};

/// A function may have this many.
const MOST_TAGS: usize = 50;

/// The function of an ARN in the path.
fn function(stars: &[String]) -> Result<FunctionName, ApiError> {
    let arn = stars.first().map(String::as_str).unwrap_or_default();
    let mut name = FunctionName::parse(arn, 256)?;
    name.qualifier = None;
    Ok(name)
}

pub(super) fn list(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&function(stars)?, &asked.region)?;
    ok(json!({"Tags": record.tags}))
}

pub(super) fn add(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let tags = Members::parse(&asked.body)?.map("Tags")?.unwrap_or_default();
    for (key, value) in &tags {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 || key.starts_with("aws:") {
            return Err(ApiError::invalid(format!("The tag {key} is not valid.")));
        }
    }
    edge.functions().change(&function(stars)?, &asked.region, |record| {
        record.tags.extend(tags);
        if record.tags.len() > MOST_TAGS {
            return Err(ApiError::invalid("The number of tags exceeds the limit of 50."));
        }
        Ok(())
    })?;
    no_content()
}

pub(super) fn remove(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let keys: Vec<String> =
        query_pairs(&asked.uri).into_iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key).collect();
    edge.functions().change(&function(stars)?, &asked.region, |record| {
        record.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })?;
    no_content()
}
