//! The policy of a POST form: until when it holds and what the form's fields must be.
//!
//! Amazon S3 API Reference, "POST policy".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use s3s::dto::{Timestamp, TimestampFormat};
use s3s::{S3Error, S3Result, s3_error};
use serde_json::Value;

/// Fields that no condition has to name.
const FREE: [&str; 5] = ["awsaccesskeyid", "signature", "policy", "file", "x-amz-signature"];

/// Nor these: what says nothing, and what can only make a wrong upload fail.
fn is_free(field: &str) -> bool {
    field.starts_with("x-ignore-") || field.starts_with("x-amz-checksum-")
}

/// A policy that was read.
pub(super) struct FormPolicy {
    expires_ms: u64,
    conditions: Vec<Condition>,
    /// Bytes that the file may have.
    pub length: (u64, u64),
}

struct Condition {
    starts_with: bool,
    /// In lower case.
    field: String,
    value: String,
}

fn invalid(message: &'static str) -> S3Error {
    s3_error!(InvalidPolicyDocument, "Invalid Policy: {message}")
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

impl FormPolicy {
    /// Reads a policy as the form has it.
    pub fn parse(encoded: &str) -> S3Result<Self> {
        let bytes = BASE64.decode(encoded.trim()).map_err(|_| invalid("it is not base64"))?;
        let document: Value = serde_json::from_slice(&bytes).map_err(|_| invalid("Invalid JSON."))?;
        let expiration = document.get("expiration").and_then(Value::as_str);
        let expiration = expiration.ok_or_else(|| invalid("Policy missing expiration."))?;
        // Only as ISO 8601 has it: `2030-01-31T12:00:00.000Z`.
        let is_iso = expiration.as_bytes().get(10) == Some(&b'T') && expiration.ends_with('Z');
        let expiration = if is_iso { expiration } else { "" };
        let expires = Timestamp::parse(TimestampFormat::DateTime, expiration);
        let expires = expires.map_err(|_| invalid("Invalid 'expiration' value"))?;
        let expires = time::OffsetDateTime::from(expires).unix_timestamp_nanos() / 1_000_000;
        let written = document.get("conditions").and_then(Value::as_array);
        let written = written.ok_or_else(|| invalid("Policy missing conditions."))?;
        let mut policy =
            Self { expires_ms: u64::try_from(expires).unwrap_or(0), conditions: vec![], length: (0, u64::MAX) };
        for condition in written {
            match condition {
                Value::Object(fields) if !fields.is_empty() => {
                    for (field, value) in fields {
                        let value = value.as_str().ok_or_else(|| invalid("a condition's value is no string"))?;
                        policy.add(false, field, value);
                    }
                }
                Value::Array(parts) => policy.add_array(parts)?,
                _ => {
                    return Err(invalid(
                        "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
                    ));
                }
            }
        }
        Ok(policy)
    }

    fn add(&mut self, starts_with: bool, field: &str, value: &str) {
        let (field, value) = (field.to_ascii_lowercase(), value.to_owned());
        self.conditions.push(Condition { starts_with, field, value });
    }

    fn add_array(&mut self, parts: &[Value]) -> S3Result<()> {
        let [operator, first, second] = parts else { return Err(invalid("a condition has three parts")) };
        match operator.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("content-length-range") => {
                let bounds = number(first).zip(number(second));
                self.length = bounds.ok_or_else(|| invalid("content-length-range has two numbers"))?;
                Ok(())
            }
            Some(operator @ ("eq" | "starts-with")) => {
                let field = first.as_str().and_then(|field| field.strip_prefix('$'));
                let (field, value) = field.zip(second.as_str()).ok_or_else(|| invalid("Invalid Condition"))?;
                self.add(operator == "starts-with", field, value);
                Ok(())
            }
            _ => Err(invalid("Unknown operation in a condition")),
        }
    }

    /// Checks the fields of a form, and the time.
    pub fn check<'f>(&self, fields: impl Iterator<Item = (&'f str, &'f str)>, now_ms: u64) -> S3Result<()> {
        let denied = |what: String| s3_error!(AccessDenied, "Invalid according to Policy: {what}");
        if now_ms >= self.expires_ms {
            return Err(denied("Policy expired.".to_owned()));
        }
        let fields: Vec<(String, &str)> = fields.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        for condition in &self.conditions {
            let found = fields.iter().find(|(name, _)| *name == condition.field).map(|(_, value)| *value);
            let holds = match found {
                Some(value) if condition.starts_with => value.starts_with(&condition.value),
                Some(value) => value == condition.value,
                // A condition that any value fulfills is fulfilled by none too.
                None => condition.starts_with && condition.value.is_empty(),
            };
            if !holds {
                let operator = if condition.starts_with { "starts-with" } else { "eq" };
                let (field, value) = (&condition.field, &condition.value);
                return Err(denied(format!("Policy Condition failed: [\"{operator}\", \"${field}\", \"{value}\"]")));
            }
        }
        let named = |name: &String| self.conditions.iter().any(|condition| condition.field == *name);
        let extra = fields
            .iter()
            .map(|(name, _)| name)
            .find(|name| !FREE.contains(&name.as_str()) && !is_free(name) && !named(name));
        match extra {
            Some(name) => Err(denied(format!("Extra input fields: {name}"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> S3Result<FormPolicy> {
        FormPolicy::parse(&BASE64.encode(text))
    }

    #[test]
    fn fields_must_be_as_said() {
        let found = policy(
            r#"{"expiration":"1970-01-01T00:01:00Z","conditions":[{"bUcket":"b"},["Starts-With","$Key","foo"],["content-length-range",1,"9"]]}"#,
        )
        .unwrap();
        assert_eq!(found.length, (1, 9));
        let check = |fields: &[(&'static str, &'static str)], now| found.check(fields.iter().copied(), now).is_ok();
        assert!(check(&[("bucket", "b"), ("KEY", "foo/x"), ("x-ignore-me", "1"), ("policy", "..")], 0));
        assert!(!check(&[("bucket", "b"), ("key", "foo/x")], 60_000));
        assert!(!check(&[("bucket", "c"), ("key", "foo")], 0) && !check(&[("bucket", "b"), ("key", "fo")], 0));
        assert!(!check(&[("bucket", "b")], 0) && !check(&[("bucket", "b"), ("key", "foo"), ("acl", "private")], 0));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for bad in [
            "",
            "{}",
            r#"{"expiration":"soon","conditions":[]}"#,
            r#"{"expiration":"2100-01-01 00:00:00+00:00","conditions":[]}"#,
            r#"{"expiration":"2100-01-01T00:00:00Z"}"#,
            r#"{"expiration":"2100-01-01T00:00:00Z","conditions":[{}]}"#,
            r#"{"expiration":"2100-01-01T00:00:00Z","conditions":[["content-length-range",-1,0]]}"#,
            r#"{"expiration":"2100-01-01T00:00:00Z","conditions":[["content-length-range",0]]}"#,
            r#"{"expiration":"2100-01-01T00:00:00Z","conditions":[["like","$key",""]]}"#,
            r#"{"expiration":"2100-01-01T00:00:00Z","conditions":[["eq","key",""]]}"#,
        ] {
            assert!(policy(bad).is_err(), "{bad}");
        }
    }
}
