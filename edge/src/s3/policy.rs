//! Bucket policies: read, checked, evaluated.
//!
//! AWS IAM, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::Value;

use super::wildcard::wildcard;

/// What a policy says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow,
    Deny,
    Nothing,
}

/// What is known about a request, by the names that conditions use, in lower case.
#[derive(Debug, Default)]
pub(super) struct Context(Vec<(String, Vec<String>)>);

impl Context {
    /// States a value of a key; of one key there may be several.
    pub fn state(&mut self, key: &str, value: impl Into<String>) {
        let key = key.to_ascii_lowercase();
        match self.0.iter_mut().find(|(name, _)| *name == key) {
            Some((_, values)) => values.push(value.into()),
            None => self.0.push((key, vec![value.into()])),
        }
    }

    fn get(&self, key: &str) -> Option<&[String]> {
        let key = key.to_ascii_lowercase();
        self.0.iter().find(|(name, _)| *name == key).map(|(_, values)| values.as_slice())
    }
}

/// Whom a request is from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Principal<'a> {
    pub access_key: &'a str,
    pub id: &'a str,
    /// The ARN of the role that a function runs with; `None` for a user.
    pub role: Option<&'a str>,
}

/// A policy that was checked.
#[derive(Debug)]
pub(super) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    allows: bool,
    principals: Match,
    actions: Match,
    resources: Match<Text>,
    conditions: Vec<Condition>,
}

/// One of these, or none of these.
#[derive(Debug)]
struct Match<T = String> {
    not: bool,
    patterns: Vec<T>,
}

#[derive(Debug)]
struct Condition {
    operator: Operator,
    if_exists: bool,
    quantity: Quantity,
    key: String,
    values: Vec<Text>,
}

/// How many of a key's values must be such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    /// The one that there is, or for a denial in other words none.
    One,
    /// `ForAllValues`: each, also where there is none.
    All,
    /// `ForAnyValue`: one, so there is one.
    Any,
}

/// A text of a policy, in which variables may stand.
#[derive(Debug, Clone)]
enum Text {
    Plain(String),
    /// Texts and, between them, names of keys.
    Filled(Vec<(String, String)>, String),
}

impl Text {
    /// Reads a text; `${aws:username}` is a variable. `None` where one is not closed, or names none: AWS has `${*}`, `${?}`
    /// and `${$}` for the characters themselves, of which only the last can be written here.
    fn parse(text: &str) -> Option<Self> {
        let (mut parts, mut before, mut rest) = (vec![], String::new(), text);
        while let Some((start, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            before.push_str(start);
            rest = after;
            if name == "$" {
                before.push('$');
            } else if ["aws:", "s3:"].iter().any(|prefix| name.to_ascii_lowercase().starts_with(prefix)) {
                parts.push((std::mem::take(&mut before), name.to_owned()));
            } else {
                return None;
            }
        }
        before.push_str(rest);
        Some(if parts.is_empty() { Self::Plain(before) } else { Self::Filled(parts, before) })
    }

    /// With the values of its variables. `None` where one has none, or one that would be a pattern.
    fn filled(&self, context: &Context) -> Option<Cow<'_, str>> {
        let (parts, end) = match self {
            Self::Plain(text) => return Some(text.into()),
            Self::Filled(parts, end) => (parts, end),
        };
        let mut text = String::new();
        for (before, name) in parts {
            let [value] = context.get(name)? else { return None };
            if value.contains(['*', '?']) {
                return None;
            }
            text.push_str(before);
            text.push_str(value);
        }
        text.push_str(end);
        Some(text.into())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equals,
    NotEquals,
    EqualsIgnoreCase,
    NotEqualsIgnoreCase,
    Like,
    NotLike,
    Number(Order),
    Date(Order),
    Bool,
    Address,
    NotAddress,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equals,
    NotEquals,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "Equals" => Self::Equals,
            "NotEquals" => Self::NotEquals,
            "LessThan" => Self::Less,
            "LessThanEquals" => Self::LessOrEqual,
            "GreaterThan" => Self::Greater,
            "GreaterThanEquals" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equals => left == right,
            Self::NotEquals => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Operator {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "StringEquals" | "ArnEquals" => Self::Equals,
            "StringNotEquals" | "ArnNotEquals" => Self::NotEquals,
            "StringEqualsIgnoreCase" => Self::EqualsIgnoreCase,
            "StringNotEqualsIgnoreCase" => Self::NotEqualsIgnoreCase,
            "StringLike" | "ArnLike" => Self::Like,
            "StringNotLike" | "ArnNotLike" => Self::NotLike,
            "Bool" => Self::Bool,
            "IpAddress" => Self::Address,
            "NotIpAddress" => Self::NotAddress,
            "Null" => Self::Null,
            _ => match (name.strip_prefix("Numeric"), name.strip_prefix("Date")) {
                (Some(order), _) => Self::Number(Order::parse(order)?),
                (_, Some(order)) => Self::Date(Order::parse(order)?),
                _ => return None,
            },
        })
    }

    /// Whether something can be compared with a value: AWS refuses other policies, and a denial by one would deny nothing.
    fn takes(self, value: &str) -> bool {
        match self {
            Self::Number(_) => value.parse::<f64>().is_ok(),
            Self::Date(_) => seconds(value).is_some(),
            Self::Bool | Self::Null => matches!(value, "true" | "false"),
            Self::Address | Self::NotAddress => network(value).is_some(),
            _ => true,
        }
    }

    /// Whether variables may stand in its values.
    const fn compares_text(self) -> bool {
        matches!(
            self,
            Self::Equals
                | Self::NotEquals
                | Self::EqualsIgnoreCase
                | Self::NotEqualsIgnoreCase
                | Self::Like
                | Self::NotLike
        )
    }

    /// Whether it says that something is not so: holds for what is absent too.
    const fn is_negative(self) -> bool {
        matches!(
            self,
            Self::NotEquals
                | Self::NotEqualsIgnoreCase
                | Self::NotLike
                | Self::NotAddress
                | Self::Number(Order::NotEquals)
                | Self::Date(Order::NotEquals)
        )
    }

    fn holds(self, stated: &str, value: &str) -> bool {
        match self {
            Self::Equals => stated == value,
            Self::NotEquals => stated != value,
            Self::EqualsIgnoreCase => stated.eq_ignore_ascii_case(value),
            Self::NotEqualsIgnoreCase => !stated.eq_ignore_ascii_case(value),
            Self::Like => wildcard(value, stated),
            Self::NotLike => !wildcard(value, stated),
            Self::Number(order) => match (stated.parse(), value.parse()) {
                (Ok(left), Ok(right)) => order.holds(left, right),
                _ => false,
            },
            Self::Date(order) => match (seconds(stated), seconds(value)) {
                (Some(left), Some(right)) => order.holds(left, right),
                _ => false,
            },
            Self::Bool => stated.eq_ignore_ascii_case(value),
            Self::Address => in_network(value, stated),
            Self::NotAddress => !in_network(value, stated),
            Self::Null => false,
        }
    }
}

/// Unix time of a date as policies write it.
fn seconds(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let format = s3s::dto::TimestampFormat::DateTime;
    let time = s3s::dto::Timestamp::parse(format, text).ok()?;
    Some(time::OffsetDateTime::from(time).unix_timestamp() as f64)
}

/// `address/bits`, or one address.
fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (base, bits) = text.split_once('/').map_or((text, None), |(base, bits)| (base, Some(bits)));
    let base = base.parse::<IpAddr>().ok()?;
    let width = if base.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(width), |bits| bits.parse().ok().filter(|bits| *bits <= width))?;
    Some((base, bits))
}

/// Whether an address is in `address/bits`.
fn in_network(text: &str, address: &str) -> bool {
    let (Some((base, bits)), Ok(address)) = (network(text), address.parse::<IpAddr>()) else { return false };
    let (base, address, width) = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => (u128::from(base.to_bits()), u128::from(address.to_bits()), 32),
        (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits(), address.to_bits(), 128),
        _ => return false,
    };
    bits == 0 || (base >> (width - bits)) == (address >> (width - bits))
}

impl Condition {
    fn holds(&self, context: &Context) -> bool {
        let found = context.get(&self.key);
        if self.operator == Operator::Null {
            let wanted = |value: &Text| matches!(value, Text::Plain(text) if (text == "true") == found.is_none());
            return self.values.iter().any(wanted);
        }
        let Some(found) = found.filter(|found| !found.is_empty()) else {
            return match self.quantity {
                Quantity::One => self.if_exists || self.operator.is_negative(),
                Quantity::All => true,
                Quantity::Any => false,
            };
        };
        let values: Vec<_> = self.values.iter().map(|value| value.filled(context)).collect();
        // A value whose variable is unknown is none that anything equals.
        let is = |stated: &str, value: &Option<Cow<'_, str>>| match value {
            Some(value) => self.operator.holds(stated, value),
            None => self.operator.is_negative(),
        };
        let one = |stated: &String| {
            if self.operator.is_negative() {
                values.iter().all(|value| is(stated, value))
            } else {
                values.iter().any(|value| is(stated, value))
            }
        };
        if self.quantity == Quantity::All { found.iter().all(one) } else { found.iter().any(one) }
    }
}

impl<T> Match<T> {
    fn holds(&self, matches: impl Fn(&T) -> bool) -> bool {
        self.patterns.iter().any(matches) != self.not
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().map(one).collect(),
        value => one(value).map(|text| vec![text]),
    }
}

/// The principals of a statement: `*`, ids, ARNs.
fn principals(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Object(kinds) => {
            let mut found = vec![];
            for (kind, names) in kinds {
                match kind.as_str() {
                    "AWS" | "CanonicalUser" => found.extend(strings(names)?),
                    // Services and federated users sign nothing here.
                    "Service" | "Federated" => {}
                    _ => return None,
                }
            }
            Some(found)
        }
        value => strings(value).filter(|names| names.iter().all(|name| name == "*")),
    }
}

fn either(statement: &serde_json::Map<String, Value>, name: &str, not_name: &str) -> Result<Match, String> {
    let read = if name == "Principal" { principals } else { strings };
    let (value, not) = match (statement.get(name), statement.get(not_name)) {
        (Some(value), None) => (value, false),
        (None, Some(value)) => (value, true),
        _ => return Err(format!("Missing required field {name}")),
    };
    let patterns = read(value).ok_or_else(|| format!("Policy has invalid {name}"))?;
    Ok(Match { not, patterns })
}

impl Policy {
    /// Reads a policy of a bucket; what is wrong with it, in AWS's words.
    pub fn parse(text: &str, bucket: &str) -> Result<Self, String> {
        let policy: Value = serde_json::from_str(text)
            .map_err(|_| "Policies must be valid JSON and the first byte must be '{'".to_owned())?;
        let policy = policy.as_object().ok_or("Policies must be valid JSON and the first byte must be '{'")?;
        if policy.get("Version").is_some_and(|v| !matches!(v.as_str(), Some("2012-10-17" | "2008-10-17"))) {
            return Err("The policy must contain a valid version string".to_owned());
        }
        let statements: Vec<&Value> = match policy.get("Statement") {
            Some(Value::Array(statements)) => statements.iter().collect(),
            Some(statement @ Value::Object(_)) => vec![statement],
            _ => return Err("Missing required field Statement".to_owned()),
        };
        if statements.is_empty() {
            return Err("Could not parse the policy: Statement is empty!".to_owned());
        }
        let has_variables = policy.get("Version").is_some_and(|version| version == "2012-10-17");
        let statements = statements.into_iter().map(|statement| Self::statement(statement, bucket, has_variables));
        Ok(Self { statements: statements.collect::<Result<_, _>>()? })
    }

    fn statement(statement: &Value, bucket: &str, has_variables: bool) -> Result<Statement, String> {
        let text = |text: String| {
            if !has_variables {
                return Ok(Text::Plain(text));
            }
            Text::parse(&text).ok_or_else(|| format!("Policy has an unsupported variable: {text}"))
        };
        let statement = statement.as_object().ok_or("Invalid policy syntax.")?;
        let allows = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err("Invalid effect".to_owned()),
        };
        let actions = either(statement, "Action", "NotAction")?;
        if actions.patterns.iter().any(|action| action != "*" && !action.to_ascii_lowercase().starts_with("s3:")) {
            return Err("Policy has invalid action".to_owned());
        }
        let resources = either(statement, "Resource", "NotResource")?;
        let of_bucket = format!("arn:aws:s3:::{bucket}");
        let is_own = |resource: &String| {
            resource == "*"
                || resource.strip_prefix("arn:aws:s3:::").is_some_and(|rest| {
                    let name = rest.split('/').next().unwrap_or_default();
                    wildcard(name, bucket)
                })
                || resource.starts_with(&of_bucket)
        };
        if !resources.patterns.iter().all(is_own) {
            return Err("Policy has invalid resource".to_owned());
        }
        let mut conditions = vec![];
        let written = statement.get("Condition").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let written = written.as_object().ok_or("Conditions must be an object")?.clone();
        for (operator, keys) in written {
            let (quantity, name) = match operator.split_once(':') {
                Some(("ForAllValues", name)) => (Quantity::All, name),
                Some(("ForAnyValue", name)) => (Quantity::Any, name),
                Some(_) => return Err(format!("Invalid Condition type : {operator}")),
                None => (Quantity::One, operator.as_str()),
            };
            let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |name| (name, true));
            let operator = Operator::parse(name).ok_or_else(|| format!("Invalid Condition type : {operator}"))?;
            for (key, values) in keys.as_object().ok_or("Invalid policy syntax.")? {
                let values = strings(values).ok_or("Invalid policy syntax.")?;
                let known = ["aws:", "s3:"].iter().any(|prefix| key.to_ascii_lowercase().starts_with(prefix));
                if !known {
                    return Err("Policy has an invalid condition key".to_owned());
                }
                if let Some(odd) = values.iter().find(|value| !operator.takes(value)) {
                    return Err(format!("Policy has an invalid condition value: {odd}"));
                }
                let read = |value| if operator.compares_text() { text(value) } else { Ok(Text::Plain(value)) };
                let values = values.into_iter().map(read).collect::<Result<_, _>>()?;
                conditions.push(Condition { operator, if_exists, quantity, key: key.clone(), values });
            }
        }
        let Match { not, patterns } = resources;
        let resources = Match { not, patterns: patterns.into_iter().map(text).collect::<Result<_, _>>()? };
        if allows && statement.contains_key("NotPrincipal") {
            return Err("Allow with NotPrincipal is not allowed.".to_owned());
        }
        Ok(Statement {
            allows,
            principals: either(statement, "Principal", "NotPrincipal")?,
            actions,
            resources,
            conditions,
        })
    }

    /// What it says about one of `actions` on a resource.
    pub fn evaluate(&self, who: Option<Principal<'_>>, action: &str, resource: &str, context: &Context) -> Verdict {
        let mut verdict = Verdict::Nothing;
        for statement in &self.statements {
            let applies = statement.principals.holds(|pattern| is_meant(pattern, who))
                && statement
                    .actions
                    .holds(|pattern| wildcard(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()))
                && statement.resources.holds(|text| text.filled(context).is_some_and(|text| wildcard(&text, resource)))
                && statement.conditions.iter().all(|condition| condition.holds(context));
            match (applies, statement.allows) {
                (true, false) => return Verdict::Deny,
                (true, true) => verdict = Verdict::Allow,
                (false, _) => {}
            }
        }
        verdict
    }

    /// Whether it lets someone in that it does not name, unless a condition narrows that to known ones.
    pub fn is_public(&self) -> bool {
        let narrowing = [
            "aws:sourceip",
            "aws:sourcearn",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:userid",
            "aws:principalorgid",
            "aws:sourceaccount",
            "s3:dataaccesspointarn",
        ];
        self.statements.iter().any(|statement| {
            let fixed = statement.conditions.iter().any(|condition| {
                narrowing.contains(&condition.key.to_ascii_lowercase().as_str())
                    && !condition.operator.is_negative()
                    && !condition.if_exists
                    && condition
                        .values
                        .iter()
                        .all(|value| matches!(value, Text::Plain(text) if !text.contains('*') && !text.ends_with("/0")))
            });
            statement.allows
                && (statement.principals.not || statement.principals.patterns.iter().any(|p| p == "*"))
                && !fixed
        })
    }
}

/// Whether a principal of a policy means whoever sent a request.
fn is_meant(pattern: &str, who: Option<Principal<'_>>) -> bool {
    if pattern == "*" {
        return true;
    }
    let Some(who) = who else { return false };
    if let Some(role) = who.role {
        // The account as a whole leaves it to policies of IAM, which functions have none of.
        return pattern == role || pattern == who.id || pattern == who.access_key;
    }
    let account = crate::lambda::ACCOUNT;
    let is_user = |arn: &str| {
        arn.split_once(":user/").is_some_and(|(of, name)| {
            // Of this account, or of none: those of others are strangers whatever they are called.
            (of.is_empty() || of == account) && (name == who.access_key || name == who.id)
        })
    };
    pattern == who.id
        || pattern == who.access_key
        || pattern == account
        || pattern == format!("arn:aws:iam::{account}:root")
        || pattern.strip_prefix("arn:aws:iam::").is_some_and(is_user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(statement: &str, who: Option<&str>, action: &str, resource: &str, stated: &[(&str, &str)]) -> Verdict {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        let policy = Policy::parse(&text, "bkt").unwrap();
        let mut context = Context::default();
        for (key, value) in stated {
            context.state(key, *value);
        }
        let who = who.map(|access_key| Principal { access_key, id: "id", role: None });
        policy.evaluate(who, action, resource, &context)
    }

    #[test]
    fn statements_allow_and_deny() {
        let all = r#"{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::bkt/*"}"#;
        let object = "arn:aws:s3:::bkt/k";
        assert_eq!(verdict(all, None, "s3:GetObject", object, &[]), Verdict::Allow);
        assert_eq!(verdict(all, None, "s3:PutObject", object, &[]), Verdict::Nothing);
        assert_eq!(verdict(all, None, "s3:GetObject", "arn:aws:s3:::bkt", &[]), Verdict::Nothing);
        let deny = r#"{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::000000000000:user/bob"},"NotAction":"s3:ListBucket","Resource":["arn:aws:s3:::bkt","arn:aws:s3:::bkt/*"]}"#;
        let both = format!("{all},{deny}");
        assert_eq!(verdict(&both, Some("bob"), "s3:GetObject", object, &[]), Verdict::Deny);
        assert_eq!(verdict(&both, Some("eve"), "s3:GetObject", object, &[]), Verdict::Allow);
    }

    #[test]
    fn conditions_narrow() {
        let with = |condition: &str| {
            format!(r#"{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{{{condition}}}}}"#)
        };
        let holds = |condition: &str, stated: &[(&str, &str)]| {
            verdict(&with(condition), None, "s3:GetObject", "arn:aws:s3:::bkt/k", stated) == Verdict::Allow
        };
        let tag = r#""StringEquals":{"s3:ExistingObjectTag/security":"public"}"#;
        assert!(holds(tag, &[("s3:ExistingObjectTag/security", "public")]));
        assert!(!holds(tag, &[("s3:ExistingObjectTag/security", "private")]) && !holds(tag, &[]));
        let if_exists = r#""StringEqualsIfExists":{"s3:x-amz-acl":["private","public-read"]}"#;
        assert!(holds(if_exists, &[]) && holds(if_exists, &[("s3:x-amz-acl", "private")]));
        assert!(!holds(if_exists, &[("s3:x-amz-acl", "other")]));
        let not = r#""StringNotEquals":{"s3:x-amz-server-side-encryption":"AES256"}"#;
        assert!(holds(not, &[]) && !holds(not, &[("s3:x-amz-server-side-encryption", "AES256")]));
        let null = r#""Null":{"s3:x-amz-server-side-encryption":"true"}"#;
        assert!(holds(null, &[]) && !holds(null, &[("s3:x-amz-server-side-encryption", "AES256")]));
        let address = r#""IpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#;
        assert!(holds(address, &[("aws:SourceIp", "10.1.2.3")]) && !holds(address, &[("aws:SourceIp", "10.2.2.3")]));
        let number = r#""NumericLessThanEquals":{"s3:max-keys":"10"}"#;
        assert!(holds(number, &[("s3:max-keys", "10")]) && !holds(number, &[("s3:max-keys", "11")]));
        let every = r#""ForAllValues:StringLike":{"s3:RequestObjectTagKeys":["a*"]}"#;
        assert!(holds(every, &[("s3:RequestObjectTagKeys", "a1"), ("s3:RequestObjectTagKeys", "a2")]));
        assert!(!holds(every, &[("s3:RequestObjectTagKeys", "a1"), ("s3:RequestObjectTagKeys", "b")]));
    }

    #[test]
    fn variables_stand_for_who_asks() {
        let with = |effect: &str, resource: &str, condition: &str| {
            format!(
                r#"{{"Effect":"{effect}","Principal":"*","Action":"*","Resource":"arn:aws:s3:::bkt/{resource}","Condition":{{{condition}}}}}"#
            )
        };
        let of = |statement: &str, name: &str, key: &str| {
            let resource = format!("arn:aws:s3:::bkt/{key}");
            verdict(statement, Some(name), "s3:GetObject", &resource, &[("aws:username", name)])
        };
        let home = with("Allow", "of/${aws:username}/*", "");
        assert_eq!(of(&home, "bob", "of/bob/k"), Verdict::Allow);
        assert_eq!(of(&home, "eve", "of/bob/k"), Verdict::Nothing);
        // A name is no pattern, and nobody has none.
        assert_eq!(of(&home, "*", "of/bob/k"), Verdict::Nothing);
        assert_eq!(verdict(&home, None, "s3:GetObject", "arn:aws:s3:::bkt/of//k", &[]), Verdict::Nothing);
        let prefix = with("Deny", "*", r#""StringNotLike":{"s3:prefix":["${aws:username}/*","$${$}"]}"#);
        let listed = |name: &str, prefix_asked: &str| {
            let stated = [("aws:username", name), ("s3:prefix", prefix_asked)];
            verdict(&prefix, Some(name), "s3:ListBucket", "arn:aws:s3:::bkt/", &stated)
        };
        assert_eq!([listed("bob", "bob/x"), listed("bob", "eve/x")], [Verdict::Nothing, Verdict::Deny]);
        assert_eq!([listed("bob", "$$"), listed("*", "eve/x")], [Verdict::Nothing, Verdict::Deny]);
    }

    #[test]
    fn any_value_is_one_that_there_is() {
        let any = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringNotEquals":{"s3:RequestObjectTagKeys":"secret"}}}"#;
        let of = |stated: &[(&str, &str)]| verdict(any, None, "s3:PutObject", "arn:aws:s3:::bkt/k", stated);
        assert_eq!(of(&[]), Verdict::Nothing);
        assert_eq!(of(&[("s3:RequestObjectTagKeys", "open")]), Verdict::Allow);
    }

    #[test]
    fn users_of_other_accounts_are_strangers() {
        let of = |principal: &str| {
            let statement =
                format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"*","Resource":"*"}}"#);
            verdict(&statement, Some("bob"), "s3:GetObject", "arn:aws:s3:::bkt/k", &[])
        };
        for own in ["arn:aws:iam::000000000000:user/bob", "arn:aws:iam:::user/bob", "bob", "000000000000"] {
            assert_eq!(of(own), Verdict::Allow, "{own}");
        }
        for other in
            ["arn:aws:iam::111122223333:user/bob", "arn:aws:iam::1:root", "arn:aws:iam::000000000000:user/x:user/bob"]
        {
            assert_eq!(of(other), Verdict::Nothing, "{other}");
        }
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for bad in [
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"arn:aws:s3:::bkt/${*}"}}"#,
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"arn:aws:s3:::bkt/${aws:x"}}"#,
            r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}}}"#,
            r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":"x"}}}}"#,
            r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}}}"#,
            r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"no"}}}}"#,
            "",
            "[]",
            "{}",
            r#"{"Statement":[]}"#,
            r#"{"Version":"2020-01-01","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
            r#"{"Statement":{"Effect":"Maybe","Principal":"*","Action":"*","Resource":"*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"ec2:Run","Resource":"*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::other/*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Principal":{"X":"y"},"Action":"*","Resource":"*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Odd":{"aws:x":"1"}}}}"#,
        ] {
            assert!(Policy::parse(bad, "bkt").is_err(), "{bad}");
        }
    }
}
