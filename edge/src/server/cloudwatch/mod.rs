//! CloudWatch Logs: groups, streams and events, of functions and of clients that put their own;
//! `aws logs tail --follow` works on it.

mod events;
mod fields;
mod groups;
mod pattern;
mod streams;
mod tags;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::edge::Edge;
use crate::lambda::ACCOUNT;
use crate::store::StoreError;

/// Groups or streams in one page at most.
const MOST_DESCRIBED: usize = 50;

/// A refusal: status, exception, message.
struct Refused(StatusCode, &'static str, String);

impl Refused {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, kind, message.into())
    }
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new("InvalidParameterException", message)
}

/// A member violates what the API's model says of it.
fn violation(value: &str, member: &str, constraint: &str) -> Refused {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

fn no_group() -> Refused {
    Refused::new("ResourceNotFoundException", "The specified log group does not exist.")
}

fn no_stream() -> Refused {
    Refused::new("ResourceNotFoundException", "The specified log stream does not exist.")
}

fn broken(error: &impl ToString) -> Refused {
    Refused(StatusCode::INTERNAL_SERVER_ERROR, "ServiceUnavailableException", error.to_string())
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        broken(&error)
    }
}

impl From<nano_woof::Error> for Refused {
    fn from(error: nano_woof::Error) -> Self {
        broken(&error)
    }
}

/// What a request asks for, and where.
struct Asked<'a> {
    edge: &'a Edge,
    region: &'a str,
    members: Value,
}

type Answer = Result<Value, Refused>;

type Operation = fn(&Asked<'_>) -> Answer;

/// The operations that are here, by name.
const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateLogGroup", groups::create),
    ("CreateLogStream", streams::create),
    ("DeleteLogGroup", groups::delete),
    ("DeleteLogStream", streams::delete),
    ("DeleteRetentionPolicy", groups::delete_retention),
    ("DescribeLogGroups", groups::describe),
    ("DescribeLogStreams", streams::describe),
    ("DescribeMetricFilters", groups::no_metric_filters),
    ("DescribeSubscriptionFilters", groups::no_subscription_filters),
    ("FilterLogEvents", events::filter),
    ("GetLogEvents", events::get),
    ("ListTagsForResource", tags::list),
    ("ListTagsLogGroup", tags::list),
    ("PutLogEvents", events::put),
    ("PutRetentionPolicy", groups::put_retention),
    ("TagLogGroup", tags::add),
    ("TagResource", tags::add),
    ("UntagLogGroup", tags::remove),
    ("UntagResource", tags::remove),
];

/// Answers an operation by its name.
pub(super) fn answer(edge: &Edge, region: &str, operation: &str, body: &Bytes) -> (StatusCode, String) {
    let answered = match OPERATIONS.iter().find(|(known, _)| *known == operation) {
        Some((_, operation)) => match serde_json::from_slice(body) {
            Ok(members @ Value::Object(_)) => operation(&Asked { edge, region, members }),
            _ => Err(Refused::new("SerializationException", "The request is no JSON object.")),
        },
        None => {
            let message = format!("{operation} is not implemented.");
            Err(Refused(StatusCode::NOT_IMPLEMENTED, "NotImplementedException", message))
        }
    };
    match answered {
        // What has nothing to say has no body.
        Ok(Value::Null) => (StatusCode::OK, String::new()),
        Ok(body) => (StatusCode::OK, body.to_string()),
        Err(Refused(status, kind, message)) => (status, json!({"__type": kind, "message": message}).to_string()),
    }
}

impl Asked<'_> {
    /// A text that is not empty.
    fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn required(&self, member: &str) -> Result<&str, Refused> {
        self.text(member).ok_or_else(|| {
            invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be \
                 null"
            ))
        })
    }

    fn flag(&self, member: &str) -> bool {
        self.members.get(member).and_then(Value::as_bool) == Some(true)
    }

    fn texts(&self, member: &str) -> Vec<&str> {
        let list = self.members.get(member).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A number of at most `most`, which it is where none is said.
    fn limit(&self, member: &str, most: usize) -> Result<usize, Refused> {
        let Some(value) = self.members.get(member).filter(|value| !value.is_null()) else { return Ok(most) };
        match value.as_i64() {
            Some(limit) if limit < 1 => {
                Err(violation(&limit.to_string(), member, "Member must have value greater than or equal to 1"))
            }
            Some(limit) if limit > most as i64 => {
                let constraint = format!("Member must have value less than or equal to {most}");
                Err(violation(&limit.to_string(), member, &constraint))
            }
            Some(limit) => Ok(limit as usize),
            None => Err(Refused::new("SerializationException", format!("{member} is no number."))),
        }
    }

    /// A time in milliseconds.
    fn time(&self, member: &str) -> Result<Option<u64>, Refused> {
        let Some(value) = self.members.get(member).filter(|value| !value.is_null()) else { return Ok(None) };
        let time = value.as_u64().or_else(|| value.as_f64().filter(|time| *time >= 0.0).map(|time| time as u64));
        time.map(Some)
            .ok_or_else(|| violation(&value.to_string(), member, "Member must have value greater than or equal to 0"))
    }

    /// The group that the request names, by its name or its ARN.
    fn group(&self) -> Result<&str, Refused> {
        match (self.text("logGroupName"), self.text("logGroupIdentifier")) {
            (Some(_), Some(_)) => Err(invalid("Only one of logGroupName and logGroupIdentifier can be specified.")),
            (Some(name), None) => Ok(name),
            (None, Some(identifier)) => Ok(of_arn(identifier)),
            (None, None) => self.required("logGroupName"),
        }
    }

    fn arn(&self, group: &str) -> String {
        format!("arn:aws:logs:{}:{ACCOUNT}:log-group:{group}", self.region)
    }

    /// One page of what is sorted by its keys: what follows the request's token, and the token of the next page.
    fn page(&self, items: Vec<(String, Value)>) -> Result<(Vec<Value>, Option<String>), Refused> {
        let most = self.limit("limit", MOST_DESCRIBED)?;
        let after = match self.text("nextToken") {
            Some(token) => {
                // A token is the key of the last one of the page before, wherever things appear and go meanwhile.
                let key = token.strip_prefix("after/").ok_or_else(|| invalid("The specified nextToken is invalid."))?;
                Some(key.to_owned())
            }
            None => None,
        };
        let begin = match &after {
            Some(after) => items
                .iter()
                .position(|(key, _)| key == after)
                .map_or_else(|| items.partition_point(|(key, _)| key <= after), |position| position + 1),
            None => 0,
        };
        let mut rest = items.into_iter().skip(begin);
        let page: Vec<(String, Value)> = rest.by_ref().take(most).collect();
        let next = if rest.next().is_some() { page.last().map(|(key, _)| format!("after/{key}")) } else { None };
        Ok((page.into_iter().map(|(_, value)| value).collect(), next))
    }
}

/// The group's name in an ARN; a name is itself.
fn of_arn(identifier: &str) -> &str {
    identifier.split_once(":log-group:").map_or(identifier, |(_, group)| group.trim_end_matches(":*"))
}

fn with_next(mut answer: Value, next: Option<String>) -> Value {
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    answer
}
