//! Log streams: an instance of a function each, or what a client made.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::events::Selection;
use super::groups::Group;
use super::{Answer, Asked, Refused, invalid, no_group, no_stream, violation, with_next};

/// A stream's name as clients may give it.
pub(super) fn check_name(name: &str) -> Result<(), Refused> {
    if name.chars().count() > 512 {
        return Err(violation(name, "logStreamName", "Member must have length less than or equal to 512"));
    }
    if name.contains([':', '*']) {
        let constraint = "Member must satisfy regular expression pattern: [^:*]*";
        return Err(violation(name, "logStreamName", constraint));
    }
    Ok(())
}

pub(super) fn create(asked: &Asked<'_>) -> Answer {
    let name = asked.required("logStreamName")?;
    check_name(name)?;
    let group = Group::named(asked)?;
    let exists = || Refused::new("ResourceAlreadyExistsException", "The specified log stream already exists");
    if Selection::of_stream(name).has_any(asked, &group)? {
        return Err(exists());
    }
    let groups = asked.edge.log_groups();
    // A stream is of a group that is kept.
    groups.change(&group.name, asked.edge.world().now_ms(), |_| ())?;
    if groups.create_stream(&group.name, name)? { Ok(Value::Null) } else { Err(exists()) }
}

pub(super) fn delete(asked: &Asked<'_>) -> Answer {
    let name = asked.required("logStreamName")?;
    let group = Group::named(asked)?;
    let (groups, now_ms) = (asked.edge.log_groups(), asked.edge.world().now_ms());
    let is_made = groups.has_stream(&group.name, name)?;
    if !is_made && !Selection::of_stream(name).has_any(asked, &group)? {
        return Err(no_stream());
    }
    if is_made {
        asked.edge.logs().delete_stream(&group.name, name)?;
        groups.delete_stream(&group.name, name)?;
    } else {
        // The log of a function is one for all its instances: the lines of this one are shown no more.
        groups.change(&group.name, now_ms, |group| {
            group.deleted_streams.insert(name.to_owned(), now_ms);
        })?;
    }
    Ok(Value::Null)
}

/// When a stream was made, when its first and last events are from, and when something was last put into it.
#[derive(Debug, Clone, Copy)]
struct Times {
    created: u64,
    events: Option<(u64, u64)>,
    ingested: u64,
}

pub(super) fn describe(asked: &Asked<'_>) -> Answer {
    let group = Group::named(asked)?;
    let prefix = asked.text("logStreamNamePrefix");
    let by_time = match asked.text("orderBy") {
        None | Some("LogStreamName") => false,
        Some("LastEventTime") if prefix.is_some() => {
            return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        Some("LastEventTime") => true,
        Some(other) => {
            let constraint = "Member must satisfy enum value set: [LogStreamName, LastEventTime]";
            return Err(violation(other, "orderBy", constraint));
        }
    };
    let mut streams: BTreeMap<String, Times> = BTreeMap::new();
    for (name, created) in asked.edge.log_groups().streams(&group.name)? {
        streams.insert(name, Times { created, events: None, ingested: created });
    }
    for event in Selection::default().events(asked, &group)? {
        let at = event.timestamp_ms;
        let times = streams.entry(event.stream).or_insert(Times { created: at, events: None, ingested: at });
        times.events = Some(times.events.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        times.ingested = times.ingested.max(event.ingested_ms);
    }
    let mut streams: Vec<(String, Times)> =
        streams.into_iter().filter(|(name, _)| prefix.is_none_or(|prefix| name.starts_with(prefix))).collect();
    if by_time {
        streams.sort_by_key(|(_, times)| times.events.map(|(_, last)| last));
    }
    if asked.flag("descending") {
        streams.reverse();
    }
    let arn = asked.arn(&group.name);
    let shown = streams.into_iter().map(|(name, times)| {
        let mut shown = json!({
            "logStreamName": name,
            "creationTime": times.created,
            "lastIngestionTime": times.ingested,
            "uploadSequenceToken": "0",
            "arn": format!("{arn}:log-stream:{name}"),
            "storedBytes": 0,
        });
        if let Some((first, last)) = times.events {
            shown["firstEventTimestamp"] = first.into();
            shown["lastEventTimestamp"] = last.into();
        }
        (name, shown)
    });
    let (page, next) = asked.page(shown.collect())?;
    Ok(with_next(json!({"logStreams": page}), next))
}

/// Says when there is no such stream.
pub(super) fn check_there(asked: &Asked<'_>, group: &Group, name: &str) -> Result<(), Refused> {
    let is_there =
        asked.edge.log_groups().has_stream(&group.name, name)? || Selection::of_stream(name).has_any(asked, group)?;
    if is_there { Ok(()) } else { Err(no_stream()) }
}

/// The group of the request, whose stream a client made.
pub(super) fn made(asked: &Asked<'_>, name: &str) -> Result<Group, Refused> {
    let group = Group::named(asked)?;
    let kept = group.kept.as_ref().ok_or_else(no_group);
    if kept.is_ok() && asked.edge.log_groups().has_stream(&group.name, name)? {
        return Ok(group);
    }
    Err(no_stream())
}
