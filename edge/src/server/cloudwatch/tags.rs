//! Tags of log groups, by either of the two ways in which CloudWatch takes them.

use serde_json::{Value, json};

use super::groups::{Group, MOST_TAGS, tags_of};
use super::{Answer, Asked, Refused, of_arn};

fn named(asked: &Asked<'_>) -> Result<Group, Refused> {
    match asked.text("resourceArn") {
        Some(arn) => Group::find(asked, of_arn(arn)),
        None => Group::named(asked),
    }
}

pub(super) fn list(asked: &Asked<'_>) -> Answer {
    let tags = named(asked)?.kept.map(|group| group.tags).unwrap_or_default();
    Ok(json!({"tags": tags}))
}

pub(super) fn add(asked: &Asked<'_>) -> Answer {
    let (group, tags) = (named(asked)?, tags_of(asked)?);
    let mut fits = true;
    asked.edge.log_groups().change(&group.name, asked.edge.world().now_ms(), |group| {
        let mut all = group.tags.clone();
        all.extend(tags);
        fits = all.len() <= MOST_TAGS;
        if fits {
            group.tags = all;
        }
    })?;
    if fits { Ok(Value::Null) } else { Err(Refused::new("TooManyTagsException", "A resource may have 50 tags.")) }
}

pub(super) fn remove(asked: &Asked<'_>) -> Answer {
    let group = named(asked)?;
    let mut keys = asked.texts("tagKeys");
    keys.extend(asked.texts("tags"));
    asked.edge.log_groups().change(&group.name, asked.edge.world().now_ms(), |group| {
        group.tags.retain(|key, _| !keys.contains(&key.as_str()));
    })?;
    Ok(Value::Null)
}
