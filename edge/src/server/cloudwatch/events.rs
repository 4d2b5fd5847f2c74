//! The events of a group: lines of functions, and what clients put; selected, in pages, oldest first.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::groups::Group;
use super::pattern::Pattern;
use super::{Answer, Asked, Refused, invalid, no_stream, streams};
use crate::logs::ClientEvent;

/// Events in one page at most.
const MOST_EVENTS: usize = 10_000;

/// Events that a client puts at once.
const MOST_PUT: usize = 10_000;

/// Bytes that a client puts at once, each event with so many on top.
const MOST_PUT_BYTES: usize = 1 << 20;
const EVENT_BYTES: usize = 26;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The stream of what was said of a function by nobody who ran it.
const UNNAMED: &str = "nano";

/// Where an event stands among all of a group: its time, then the log it is in, the record of that, the place in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64, u64, u64, u64);

impl Place {
    /// Where the next page begins or ends.
    fn token(self) -> String {
        let Self(time, log, record, at) = self;
        format!("{time:016x}{log:016x}{record:016x}{at:08x}")
    }

    fn parse(token: &str) -> Option<Self> {
        let number = |from: usize, to: usize| u64::from_str_radix(token.get(from..to)?, 16).ok();
        (token.len() == 56).then_some(())?;
        Some(Self(number(0, 16)?, number(16, 32)?, number(32, 48)?, number(48, 56)?))
    }

    /// 56 digits, as CloudWatch's are.
    fn id(self) -> String {
        let Self(_, log, record, at) = self;
        format!("{log:020}{record:020}{at:016}")
    }
}

/// One event.
pub(super) struct Event {
    pub timestamp_ms: u64,
    pub ingested_ms: u64,
    pub stream: String,
    message: String,
    place: Place,
}

/// A number that tells a log from others of its group, whenever it is asked for.
fn number_of(log: &str) -> u64 {
    let digest = Sha256::digest(log);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Which events are asked for.
#[derive(Default)]
pub(super) struct Selection<'a> {
    /// Any, where none is named.
    streams: Vec<&'a str>,
    prefix: &'a str,
    start_ms: u64,
    /// Not this one any more.
    end_ms: Option<u64>,
    pattern: Pattern,
}

impl<'a> Selection<'a> {
    pub fn of_stream(stream: &'a str) -> Self {
        Self { streams: vec![stream], ..Self::default() }
    }

    fn takes_stream(&self, stream: &str) -> bool {
        (self.streams.is_empty() || self.streams.contains(&stream)) && stream.starts_with(self.prefix)
    }

    fn takes(&self, timestamp_ms: u64, message: &str) -> bool {
        timestamp_ms >= self.start_ms
            && self.end_ms.is_none_or(|end| timestamp_ms < end)
            && self.pattern.matches(message)
    }

    pub fn has_any(&self, asked: &Asked<'_>, group: &Group) -> Result<bool, Refused> {
        Ok(!self.events(asked, group)?.is_empty())
    }

    /// All of them, oldest first.
    pub fn events(&self, asked: &Asked<'_>, group: &Group) -> Result<Vec<Event>, Refused> {
        let logs = asked.edge.logs();
        let expired_ms = group.expired_ms(asked);
        let deleted = group.kept.as_ref().map(|group| &group.deleted_streams);
        let mut events = vec![];
        for function in &group.functions {
            let number = number_of(function);
            for record in logs.after(function, 0, u64::MAX)? {
                let at = record.timestamp_ms;
                let stream = if record.stream.is_empty() { UNNAMED.to_owned() } else { record.stream };
                let is_gone = deleted.and_then(|deleted| deleted.get(&stream)).is_some_and(|until| at <= *until);
                if at < expired_ms || is_gone || !self.takes_stream(&stream) {
                    continue;
                }
                let lines = record.text.lines().enumerate().filter(|(_, message)| self.takes(at, message));
                events.extend(lines.map(|(line, message)| Event {
                    timestamp_ms: at,
                    ingested_ms: at,
                    stream: stream.clone(),
                    message: message.to_owned(),
                    place: Place(at, number, record.sequence, line as u64),
                }));
            }
        }
        for (stream, _) in asked.edge.log_groups().streams(&group.name)? {
            if !self.takes_stream(&stream) {
                continue;
            }
            let number = number_of(&format!("{}:{stream}", group.name));
            for record in logs.stream(&group.name, &stream)? {
                let (sequence, ingested_ms) = (record.sequence, record.ingested_ms);
                let wanted = record.events.into_iter().enumerate().filter(|(_, event)| {
                    event.timestamp_ms >= expired_ms && self.takes(event.timestamp_ms, &event.message)
                });
                events.extend(wanted.map(|(at, event)| Event {
                    timestamp_ms: event.timestamp_ms,
                    ingested_ms,
                    stream: stream.clone(),
                    message: event.message,
                    place: Place(event.timestamp_ms, number, sequence, at as u64),
                }));
            }
        }
        events.sort_by_key(|event| event.place);
        Ok(events)
    }
}

fn invalid_token() -> Refused {
    invalid("The specified nextToken is invalid.")
}

pub(super) fn filter(asked: &Asked<'_>) -> Answer {
    let group = Group::named(asked)?;
    let pattern = Pattern::parse(asked.text("filterPattern").unwrap_or_default()).map_err(invalid)?;
    let (streams, prefix) = (asked.texts("logStreamNames"), asked.text("logStreamNamePrefix"));
    if !streams.is_empty() && prefix.is_some() {
        return Err(invalid("Only one of logStreamNames and logStreamNamePrefix can be specified."));
    }
    for stream in &streams {
        streams::check_there(asked, &group, stream)?;
    }
    let limit = asked.limit("limit", MOST_EVENTS)?;
    let after = asked.text("nextToken").map(|token| Place::parse(token).ok_or_else(invalid_token)).transpose()?;
    let selection = Selection {
        streams,
        prefix: prefix.unwrap_or_default(),
        start_ms: asked.time("startTime")?.unwrap_or(0),
        // The end is still asked for.
        end_ms: asked.time("endTime")?.map(|end| end.saturating_add(1)),
        pattern,
    };
    let events = selection.events(asked, &group)?;
    let from = after.map_or(0, |after| events.partition_point(|event| event.place <= after));
    let page = &events[from..events.len().min(from.saturating_add(limit))];
    let shown = page.iter().map(|event| {
        json!({"logStreamName": event.stream, "timestamp": event.timestamp_ms, "message": event.message,
            "ingestionTime": event.ingested_ms, "eventId": event.place.id()})
    });
    let mut answer = json!({"events": shown.collect::<Vec<_>>(), "searchedLogStreams": []});
    if let Some(last) = page.last().filter(|_| from + page.len() < events.len()) {
        answer["nextToken"] = last.place.token().into();
    }
    Ok(answer)
}

pub(super) fn get(asked: &Asked<'_>) -> Answer {
    let stream = asked.required("logStreamName")?;
    let group = Group::named(asked)?;
    streams::check_there(asked, &group, stream)?;
    let limit = asked.limit("limit", MOST_EVENTS)?;
    let selection = Selection {
        start_ms: asked.time("startTime")?.unwrap_or(0),
        end_ms: asked.time("endTime")?,
        ..Selection::of_stream(stream)
    };
    let events = selection.events(asked, &group)?;
    let place = |token: &str| Place::parse(token).ok_or_else(invalid_token);
    let range = match asked.text("nextToken").map(|token| (token, token.split_once('/'))) {
        Some((_, Some(("f", token)))) => {
            let after = place(token)?;
            let from = events.partition_point(|event| event.place <= after);
            from..events.len().min(from.saturating_add(limit))
        }
        Some((_, Some(("b", token)))) => {
            let before = place(token)?;
            let to = events.partition_point(|event| event.place < before);
            to.saturating_sub(limit)..to
        }
        Some(_) => return Err(invalid_token()),
        None if asked.flag("startFromHead") => 0..events.len().min(limit),
        None => events.len().saturating_sub(limit)..events.len(),
    };
    let page = &events[range];
    let shown = page.iter().map(
        |event| json!({"timestamp": event.timestamp_ms, "message": event.message, "ingestionTime": event.ingested_ms}),
    );
    // Who has come to an end gets the token back that led there, and goes on with it later.
    let given = asked.text("nextToken").and_then(|token| token.split_once('/')).map_or("", |(_, token)| token);
    let token = |event: Option<&Event>, end: &str| match event {
        Some(event) => event.place.token(),
        None if given.is_empty() => end.to_owned(),
        None => given.to_owned(),
    };
    let (least, most) = (Place(0, 0, 0, 0).token(), Place(u64::MAX, u64::MAX, u64::MAX, 0xffff_ffff).token());
    Ok(json!({
        "events": shown.collect::<Vec<_>>(),
        "nextForwardToken": format!("f/{}", token(page.last(), &least)),
        "nextBackwardToken": format!("b/{}", token(page.first(), &most)),
    }))
}

/// The events of a request, in the order in which they must be.
fn given(asked: &Asked<'_>) -> Result<Vec<ClientEvent>, Refused> {
    let given = asked.members.get("logEvents").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if given.is_empty() || given.len() > MOST_PUT {
        let constraint = format!("Member must have length between 1 and {MOST_PUT}");
        return Err(super::violation(&format!("[{} events]", given.len()), "logEvents", &constraint));
    }
    let event = |(at, event): (usize, &Value)| {
        let at = at + 1;
        let message = event.get("message").and_then(Value::as_str).unwrap_or_default();
        if message.is_empty() {
            let member = format!("logEvents.{at}.member.message");
            return Err(super::violation("", &member, "Member must have length greater than or equal to 1"));
        }
        let timestamp_ms = event.get("timestamp").and_then(Value::as_u64).ok_or_else(|| {
            let value = event.get("timestamp").map_or_else(|| "null".to_owned(), Value::to_string);
            let member = format!("logEvents.{at}.member.timestamp");
            super::violation(&value, &member, "Member must have value greater than or equal to 0")
        })?;
        Ok(ClientEvent { timestamp_ms, message: message.to_owned() })
    };
    let events: Vec<ClientEvent> = given.iter().enumerate().map(event).collect::<Result<_, _>>()?;
    let bytes: usize = events.iter().map(|event| event.message.len() + EVENT_BYTES).sum();
    if bytes > MOST_PUT_BYTES {
        return Err(invalid(format!("Upload too large: {bytes} bytes exceeds limit of {MOST_PUT_BYTES}")));
    }
    if !events.is_sorted_by_key(|event| event.timestamp_ms) {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    let times = events.first().zip(events.last());
    if times.is_some_and(|(first, last)| last.timestamp_ms - first.timestamp_ms > DAY_MS) {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(events)
}

pub(super) fn put(asked: &Asked<'_>) -> Answer {
    let stream = asked.required("logStreamName")?;
    let group = streams::made(asked, stream)?;
    let events = given(asked)?;
    let now_ms = asked.edge.world().now_ms();
    // What is too old, over, or too far in the future is left out, and that is said.
    let old_ms = now_ms.saturating_sub(14 * DAY_MS);
    let too_old = events.partition_point(|event| event.timestamp_ms < old_ms);
    let expired_ms = group.expired_ms(asked);
    let expired = events.partition_point(|event| event.timestamp_ms < expired_ms);
    let too_new = events.partition_point(|event| event.timestamp_ms <= now_ms + 2 * HOUR_MS);
    let from = too_old.max(expired).min(too_new);
    let taken = &events[from..too_new];
    if !taken.is_empty() {
        asked.edge.logs().append(&group.name, stream, taken)?;
        if !asked.edge.log_groups().has_stream(&group.name, stream)? {
            // It was deleted meanwhile, and has none of this.
            asked.edge.logs().delete_stream(&group.name, stream)?;
            return Err(no_stream());
        }
    }
    let mut answer = json!({"nextSequenceToken": "0"});
    let mut rejected = serde_json::Map::new();
    if too_new < events.len() {
        rejected.insert("tooNewLogEventStartIndex".to_owned(), too_new.into());
    }
    if too_old > 0 {
        rejected.insert("tooOldLogEventEndIndex".to_owned(), too_old.into());
    }
    if expired > 0 {
        rejected.insert("expiredLogEventEndIndex".to_owned(), expired.into());
    }
    if !rejected.is_empty() {
        answer["rejectedLogEventsInfo"] = Value::Object(rejected);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_tokens() {
        let place = Place(1, u64::MAX, 3, 4);
        assert_eq!(Place::parse(&place.token()), Some(place));
        assert_eq!(place.id().len(), 56);
        for bad in ["", "x", &"é".repeat(28), &"g".repeat(56)] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }
}
