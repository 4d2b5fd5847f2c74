//! Log groups: those that clients made, and those that functions log into.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Answer, Asked, Refused, invalid, no_group, violation, with_next};
use crate::log_groups::{LogGroup, functions_of};

/// Days that events may be kept.
const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

const CLASSES: [&str; 3] = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"];

/// Tags that a group may have.
pub(super) const MOST_TAGS: usize = 50;

/// What a group consists of.
pub(super) struct Group {
    pub name: String,
    /// What is kept of it; nothing has been changed if nothing is.
    pub kept: Option<LogGroup>,
    /// Functions whose logs are in it.
    pub functions: BTreeSet<String>,
}

impl Group {
    /// The group of the request: one that a client made, or that a function logs into.
    pub fn named(asked: &Asked<'_>) -> Result<Self, Refused> {
        Self::find(asked, asked.group()?)
    }

    pub fn find(asked: &Asked<'_>, name: &str) -> Result<Self, Refused> {
        let kept = asked.edge.log_groups().get(name)?;
        let functions = functions_of(asked.edge.functions(), name, kept.as_ref());
        if kept.is_none() && functions.is_empty() {
            return Err(no_group());
        }
        Ok(Self { name: name.to_owned(), kept, functions })
    }

    /// Whether anyone made it, or anything is in it. What a function might log into is shown only when it does.
    fn is_there(&self, asked: &Asked<'_>) -> bool {
        self.kept.is_some() || self.functions.iter().any(|function| asked.edge.logs().has(function))
    }

    /// Events of before this time are over.
    pub fn expired_ms(&self, asked: &Asked<'_>) -> u64 {
        let day_ms = asked.edge.store().lifecycle_day_ms();
        self.kept.as_ref().map_or(0, |group| group.expired_ms(asked.edge.world().now_ms(), day_ms))
    }
}

fn check_name(name: &str) -> Result<(), Refused> {
    if name.chars().count() > 512 {
        return Err(violation(name, "logGroupName", "Member must have length less than or equal to 512"));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/#".contains(c)) {
        let constraint = r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+";
        return Err(violation(name, "logGroupName", constraint));
    }
    if name.starts_with("aws/") {
        return Err(invalid("Log groups starting with aws/ are reserved for AWS."));
    }
    Ok(())
}

/// The tags of a request, as far as they may be.
pub(super) fn tags_of(asked: &Asked<'_>) -> Result<BTreeMap<String, String>, Refused> {
    let mut tags = BTreeMap::new();
    for (key, value) in asked.members.get("tags").and_then(Value::as_object).into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 || key.starts_with("aws:") {
            return Err(invalid(format!("The tag {key} is not valid.")));
        }
        tags.insert(key.clone(), value.to_owned());
    }
    if tags.len() > MOST_TAGS {
        return Err(Refused::new("TooManyTagsException", "A resource may have 50 tags."));
    }
    Ok(tags)
}

pub(super) fn create(asked: &Asked<'_>) -> Answer {
    let name = asked.required("logGroupName")?;
    check_name(name)?;
    if asked.text("kmsKeyId").is_some() {
        return Err(invalid("kmsKeyId is not supported: there are no keys of KMS here."));
    }
    let class = asked.text("logGroupClass").unwrap_or("STANDARD");
    if !CLASSES.contains(&class) {
        let constraint = format!("Member must satisfy enum value set: [{}]", CLASSES.join(", "));
        return Err(violation(class, "logGroupClass", &constraint));
    }
    let tags = tags_of(asked)?;
    let exists = || Refused::new("ResourceAlreadyExistsException", "The specified log group already exists");
    if Group::find(asked, name).is_ok_and(|group| group.is_there(asked)) {
        return Err(exists());
    }
    let (created_ms, class) = (asked.edge.world().now_ms(), class.to_owned());
    let group = LogGroup { created_ms, class, tags, ..LogGroup::default() };
    if asked.edge.log_groups().create(name, &group)? { Ok(Value::Null) } else { Err(exists()) }
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    let group = Group::named(asked)?;
    if !group.is_there(asked) {
        return Err(no_group());
    }
    let logs = asked.edge.logs();
    // What it consists of first: a group that is known still can be deleted again should this be cut short.
    for (stream, _) in asked.edge.log_groups().streams(&group.name)? {
        logs.delete_stream(&group.name, &stream)?;
    }
    for function in &group.functions {
        logs.delete(function)?;
    }
    asked.edge.log_groups().delete(&group.name)?;
    Ok(Value::Null)
}

fn shown(asked: &Asked<'_>, name: &str, kept: Option<&LogGroup>) -> Value {
    let arn = asked.arn(name);
    let mut shown = json!({
        "logGroupName": name,
        "arn": format!("{arn}:*"),
        "logGroupArn": arn,
        "creationTime": kept.map_or(0, |group| group.created_ms),
        "metricFilterCount": 0,
        "storedBytes": 0,
        "logGroupClass": kept.map_or("STANDARD", |group| group.class.as_str()),
    });
    if let Some(days) = kept.and_then(|group| group.retention_days) {
        shown["retentionInDays"] = days.into();
    }
    shown
}

pub(super) fn describe(asked: &Asked<'_>) -> Answer {
    let (prefix, pattern) = (asked.text("logGroupNamePrefix"), asked.text("logGroupNamePattern"));
    if prefix.is_some() && pattern.is_some() {
        return Err(invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."));
    }
    let (prefix, pattern) = (prefix.unwrap_or_default(), pattern.unwrap_or_default().to_lowercase());
    let identifiers: Vec<&str> = asked.texts("logGroupIdentifiers").into_iter().map(super::of_arn).collect();
    let class = asked.text("logGroupClass");
    let mut groups: BTreeMap<String, Option<LogGroup>> =
        asked.edge.log_groups().all(prefix)?.into_iter().map(|(name, group)| (name, Some(group))).collect();
    for version in asked.edge.functions().all() {
        let configuration = &version.configuration;
        let name = configuration.log_group();
        let is_new = name.starts_with(prefix) && !groups.contains_key(name);
        if is_new && asked.edge.logs().has(&configuration.function_name) {
            groups.insert(name.to_owned(), None);
        }
    }
    let wanted = |name: &str, kept: Option<&LogGroup>| {
        name.to_lowercase().contains(&pattern)
            && (identifiers.is_empty() || identifiers.contains(&name))
            && class.is_none_or(|class| kept.map_or("STANDARD", |group| &group.class) == class)
    };
    let groups = groups.iter().filter(|(name, kept)| wanted(name, kept.as_ref()));
    let groups = groups.map(|(name, kept)| (name.clone(), shown(asked, name, kept.as_ref()))).collect();
    let (page, next) = asked.page(groups)?;
    Ok(with_next(json!({"logGroups": page}), next))
}

pub(super) fn put_retention(asked: &Asked<'_>) -> Answer {
    let days = asked.members.get("retentionInDays").filter(|days| !days.is_null());
    let days = days.ok_or_else(|| violation("null", "retentionInDays", "Member must not be null"))?;
    let known = days.as_u64().and_then(|days| RETENTIONS.into_iter().find(|known| u64::from(*known) == days));
    let known = known.ok_or_else(|| {
        let values: Vec<String> = RETENTIONS.iter().map(u32::to_string).collect();
        let constraint = format!("Member must satisfy enum value set: [{}]", values.join(", "));
        violation(&days.to_string(), "retentionInDays", &constraint)
    })?;
    retain(asked, Some(known))
}

pub(super) fn delete_retention(asked: &Asked<'_>) -> Answer {
    retain(asked, None)
}

fn retain(asked: &Asked<'_>, days: Option<u32>) -> Answer {
    let group = Group::named(asked)?;
    let now_ms = asked.edge.world().now_ms();
    asked.edge.log_groups().change(&group.name, now_ms, |group| group.retention_days = days)?;
    Ok(Value::Null)
}

/// Nothing is counted in logs here.
pub(super) fn no_metric_filters(_: &Asked<'_>) -> Answer {
    Ok(json!({"metricFilters": []}))
}

/// Nobody is told of logs here.
pub(super) fn no_subscription_filters(asked: &Asked<'_>) -> Answer {
    Group::named(asked)?;
    Ok(json!({"subscriptionFilters": []}))
}
