//! CloudWatch Logs, as far as functions' logs go: groups, streams, events; `aws logs tail --follow` works on it.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::edge::Edge;
use crate::lambda::{ACCOUNT, Configuration, DEFAULT_REGION};
use crate::logs::LogRecord;

/// Events in one page at most.
const MOST_EVENTS: usize = 10_000;

/// Groups or streams in one page at most.
const MOST_DESCRIBED: usize = 50;

/// A refusal: status, exception, message.
struct Refused(StatusCode, &'static str, String);

fn invalid(message: impl Into<String>) -> Refused {
    Refused(StatusCode::BAD_REQUEST, "InvalidParameterException", message.into())
}

/// One line that a function printed.
struct Event {
    timestamp_ms: u64,
    stream: String,
    message: String,
    /// The function (groups may have several), the record of its log, and the line in that: the order of events, and their ids.
    place: (u64, u64, usize),
}

/// Answers an operation by its name.
pub(super) fn answer(edge: &Edge, operation: &str, body: &Bytes) -> (StatusCode, String) {
    let asked: Value = serde_json::from_slice(body).unwrap_or_else(|_| json!({}));
    let answered = match operation {
        "DescribeLogGroups" => groups(edge, &asked),
        "DescribeLogStreams" => streams(edge, &asked),
        "FilterLogEvents" => filter(edge, &asked),
        "GetLogEvents" => get(edge, &asked),
        "ListTagsForResource" | "ListTagsLogGroup" => Ok(json!({"tags": {}})),
        _ => {
            let message = format!("{operation} is not implemented.");
            Err(Refused(StatusCode::NOT_IMPLEMENTED, "NotImplementedException", message))
        }
    };
    match answered {
        Ok(body) => (StatusCode::OK, body.to_string()),
        Err(Refused(status, kind, message)) => (status, json!({"__type": kind, "message": message}).to_string()),
    }
}

fn text<'a>(asked: &'a Value, member: &str) -> Option<&'a str> {
    asked.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn group_json(configuration: &Configuration) -> Value {
    let name = configuration.log_group();
    let arn = format!("arn:aws:logs:{DEFAULT_REGION}:{ACCOUNT}:log-group:{name}");
    json!({
        "logGroupName": name,
        "arn": format!("{arn}:*"),
        "logGroupArn": arn,
        "creationTime": 0,
        "metricFilterCount": 0,
        "storedBytes": 0,
        "logGroupClass": "STANDARD",
    })
}

fn groups(edge: &Edge, asked: &Value) -> Result<Value, Refused> {
    let prefix = text(asked, "logGroupNamePrefix").unwrap_or_default();
    let pattern = text(asked, "logGroupNamePattern").unwrap_or_default();
    let all = edge.functions().all();
    let mut groups: Vec<Value> = all
        .iter()
        .map(|version| &version.configuration)
        .filter(|c| c.log_group().starts_with(prefix) && c.log_group().contains(pattern))
        .map(group_json)
        .collect();
    groups.sort_by(|a, b| text(a, "logGroupName").cmp(&text(b, "logGroupName")));
    groups.dedup();
    let (from, most) = (position(asked)?, page_size(asked));
    let end = from.saturating_add(most);
    let next = (groups.len() > end).then(|| end.to_string());
    let shown: Vec<Value> = groups.into_iter().skip(from).take(most).collect();
    Ok(with_next(json!({"logGroups": shown}), next))
}

/// Where a page begins.
fn position(asked: &Value) -> Result<usize, Refused> {
    let token = text(asked, "nextToken").unwrap_or("0");
    token.parse().map_err(|_| invalid("The specified nextToken is invalid."))
}

/// Groups or streams in a page.
fn page_size(asked: &Value) -> usize {
    let limit = asked.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(MOST_DESCRIBED).clamp(1, MOST_DESCRIBED)
}

fn with_next(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    answer
}

/// The functions that log into the group that a request names.
fn functions(edge: &Edge, asked: &Value) -> Result<Vec<String>, Refused> {
    let named = text(asked, "logGroupName").or_else(|| text(asked, "logGroupIdentifier"));
    let named = named.ok_or_else(|| invalid("1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null"))?;
    let group = named.split_once(":log-group:").map_or(named, |(_, group)| group.trim_end_matches(":*"));
    let all = edge.functions().all();
    let of_group = all.iter().filter(|version| version.configuration.log_group() == group);
    let functions: Vec<String> = of_group.map(|version| version.configuration.function_name.clone()).collect();
    if functions.is_empty() {
        let message = "The specified log group does not exist.".to_owned();
        return Err(Refused(StatusCode::BAD_REQUEST, "ResourceNotFoundException", message));
    }
    Ok(functions)
}

/// A number that tells a function from others of its group, whenever it is asked for.
fn number_of(function: &str) -> u64 {
    let digest = Sha256::digest(function);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// All lines of the functions' logs, oldest first.
fn events(edge: &Edge, functions: &[String]) -> Result<Vec<Event>, Refused> {
    let mut events = vec![];
    for function in functions {
        let number = number_of(function);
        let records = edge.logs().after(function, 0, u64::MAX);
        let records: Vec<LogRecord> = records.map_err(|error| {
            Refused(StatusCode::INTERNAL_SERVER_ERROR, "ServiceUnavailableException", error.to_string())
        })?;
        for record in records {
            for (line, message) in record.text.lines().enumerate() {
                events.push(Event {
                    timestamp_ms: record.timestamp_ms,
                    stream: record.stream.clone(),
                    message: message.to_owned(),
                    place: (number, record.sequence, line),
                });
            }
        }
    }
    events.sort_by_key(|event| (event.timestamp_ms, event.place));
    Ok(events)
}

fn streams(edge: &Edge, asked: &Value) -> Result<Value, Refused> {
    let prefix = text(asked, "logStreamNamePrefix").unwrap_or_default();
    let mut streams: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for event in events(edge, &functions(edge, asked)?)? {
        if event.stream.starts_with(prefix) {
            let times = streams.entry(event.stream).or_insert((event.timestamp_ms, event.timestamp_ms));
            times.1 = event.timestamp_ms;
        }
    }
    let mut streams: Vec<(String, (u64, u64))> = streams.into_iter().collect();
    if text(asked, "orderBy") == Some("LastEventTime") {
        streams.sort_by_key(|(_, (_, last))| *last);
    }
    if asked.get("descending").and_then(Value::as_bool) == Some(true) {
        streams.reverse();
    }
    let (from, most) = (position(asked)?, page_size(asked));
    let end = from.saturating_add(most);
    let next = (streams.len() > end).then(|| end.to_string());
    let shown = streams.into_iter().skip(from).take(most).map(|(name, (first, last))| {
        json!({"logStreamName": name, "creationTime": first, "firstEventTimestamp": first, "lastEventTimestamp": last,
            "lastIngestionTime": last, "uploadSequenceToken": "0", "storedBytes": 0,
            "arn": format!("arn:aws:logs:{DEFAULT_REGION}:{ACCOUNT}:log-stream:{name}")})
    });
    Ok(with_next(json!({"logStreams": shown.collect::<Vec<_>>()}), next))
}

/// Whether a line has what a pattern asks for: words that all must be there, quoted or not; `?` any of them; `-` none.
fn matches(pattern: &str, message: &str) -> bool {
    let mut words = vec![];
    let mut rest = pattern.trim();
    while !rest.is_empty() {
        let sign = rest.chars().next().filter(|first| matches!(first, '?' | '-'));
        let body = if sign.is_some() { &rest[1..] } else { rest };
        let (word, after) = match body.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => body.split_once(char::is_whitespace).unwrap_or((body, "")),
        };
        words.push((sign, word));
        rest = after.trim_start();
    }
    let has = |word: &str| message.contains(word);
    let any: Vec<_> = words.iter().filter(|(sign, _)| *sign == Some('?')).collect();
    words.iter().all(|(sign, word)| match sign {
        Some('-') => !has(word),
        Some(_) => true,
        None => has(word),
    }) && (any.is_empty() || any.iter().any(|(_, word)| has(word)))
}

/// The events that a request is about.
fn selected(edge: &Edge, asked: &Value) -> Result<Vec<Event>, Refused> {
    let number = |member: &str| asked.get(member).and_then(Value::as_u64);
    let (start, end) = (number("startTime").unwrap_or(0), number("endTime").unwrap_or(u64::MAX));
    let named: Vec<&str> =
        asked.get("logStreamNames").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let prefix = text(asked, "logStreamNamePrefix").unwrap_or_default();
    let pattern = text(asked, "filterPattern").unwrap_or_default();
    let mut events = events(edge, &functions(edge, asked)?)?;
    events.retain(|event| {
        (start..=end).contains(&event.timestamp_ms)
            && (named.is_empty() || named.contains(&event.stream.as_str()))
            && event.stream.starts_with(prefix)
            && matches(pattern, &event.message)
    });
    Ok(events)
}

fn limit(asked: &Value) -> usize {
    let limit = asked.get("limit").and_then(Value::as_u64).unwrap_or(MOST_EVENTS as u64);
    usize::try_from(limit).unwrap_or(MOST_EVENTS).clamp(1, MOST_EVENTS)
}

fn filter(edge: &Edge, asked: &Value) -> Result<Value, Refused> {
    let events = selected(edge, asked)?;
    let (from, limit) = (position(asked)?, limit(asked));
    let page = events.iter().skip(from).take(limit).map(|event| {
        json!({"logStreamName": event.stream, "timestamp": event.timestamp_ms, "ingestionTime": event.timestamp_ms,
            "message": event.message, "eventId": format!("{:020}{:020}{:016}", event.place.0, event.place.1, event.place.2)})
    });
    let mut answer = json!({"events": page.collect::<Vec<_>>(), "searchedLogStreams": []});
    let end = from.saturating_add(limit);
    if events.len() > end {
        answer["nextToken"] = end.to_string().into();
    }
    Ok(answer)
}

fn get(edge: &Edge, asked: &Value) -> Result<Value, Refused> {
    let stream = text(asked, "logStreamName").ok_or_else(|| invalid("logStreamName is missing"))?;
    let mut events = selected(edge, asked)?;
    events.retain(|event| event.stream == stream);
    let limit = limit(asked);
    let total = events.len();
    let from_head = asked.get("startFromHead").and_then(Value::as_bool) == Some(true);
    let from = match text(asked, "nextToken").and_then(|token| token.split_once('/')) {
        Some(("f", position)) => position.parse().unwrap_or(0),
        Some(("b", position)) => position.parse::<usize>().unwrap_or(0).saturating_sub(limit),
        _ if from_head => 0,
        _ => total.saturating_sub(limit),
    };
    let shown: Vec<Value> = events
        .iter()
        .skip(from)
        .take(limit)
        .map(|e| json!({"timestamp": e.timestamp_ms, "message": e.message, "ingestionTime": e.timestamp_ms}))
        .collect();
    let end = from + shown.len();
    Ok(json!({"events": shown, "nextForwardToken": format!("f/{end}"), "nextBackwardToken": format!("b/{from}")}))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_words() {
        for (pattern, message, expected) in [
            ("", "anything", true),
            ("ERROR", "an ERROR", true),
            ("ERROR", "fine", false),
            ("a b", "b and a", true),
            ("\"a b\"", "b and a", false),
            ("?x ?a", "a", true),
            ("?x ?y", "a", false),
            ("a -b", "a b", false),
            ("-", "a", false),
        ] {
            assert_eq!(matches(pattern, message), expected, "{pattern} {message}");
        }
    }
}
