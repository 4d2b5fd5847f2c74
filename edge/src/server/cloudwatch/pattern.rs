//! Filter patterns: words, conditions on what is in JSON (`{ $.level = "ERROR" }`), or on words by place (`[ip, code=4*]`).
//!
//! CloudWatch Logs User Guide, "Filter pattern syntax". Regular expressions (`%..%`) are refused by name.

use serde_json::Value;

use super::fields::Fields;

/// Characters of a pattern at most.
const MOST_CHARACTERS: usize = 1024;

/// A pattern, read.
#[derive(Debug)]
pub(super) enum Pattern {
    /// Words: with `?` any of them must be there, with `-` none, else all.
    Words(Vec<(Option<char>, String)>),
    Json(Condition),
    Fields(Fields),
}

impl Default for Pattern {
    fn default() -> Self {
        Self::Words(vec![])
    }
}

impl Pattern {
    /// Reads a pattern; an empty one takes everything.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > MOST_CHARACTERS {
            return Err(format!("The filter pattern has more than {MOST_CHARACTERS} characters."));
        }
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('{') {
            let mut reader = Reader { rest };
            let condition = reader.any()?;
            reader.expect("}")?;
            return if reader.rest.trim().is_empty() { Ok(Self::Json(condition)) } else { Err(reader.unexpected()) };
        }
        if text.starts_with('[') {
            return Fields::parse(text).map(Self::Fields);
        }
        words(text).map(Self::Words)
    }

    pub fn matches(&self, message: &str) -> bool {
        match self {
            Self::Words(words) => {
                let has = |word: &str| message.contains(word);
                let mut any = words.iter().filter(|(sign, _)| *sign == Some('?')).peekable();
                words.iter().all(|(sign, word)| match sign {
                    Some('-') => !has(word),
                    Some(_) => true,
                    None => has(word),
                }) && (any.peek().is_none() || any.any(|(_, word)| has(word)))
            }
            Self::Json(condition) => {
                let message = message.trim();
                message.starts_with(['{', '['])
                    && serde_json::from_str(message).is_ok_and(|value| condition.holds(&value))
            }
            Self::Fields(fields) => fields.matches(message),
        }
    }
}

fn words(text: &str) -> Result<Vec<(Option<char>, String)>, String> {
    let mut words = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        let sign = rest.chars().next().filter(|first| matches!(first, '?' | '-'));
        let body = if sign.is_some() { &rest[1..] } else { rest };
        let (word, after) = match body.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("Invalid filter pattern: a quote is not closed.")?,
            None => body.split_once(char::is_whitespace).unwrap_or((body, "")),
        };
        if word.len() > 1 && body.starts_with('%') && word.ends_with('%') {
            return Err("Invalid filter pattern: regular expressions are not supported here.".to_owned());
        }
        if !word.is_empty() {
            words.push((sign, word.to_owned()));
        }
        rest = after.trim_start();
    }
    Ok(words)
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a value is compared with: a text that may have `*` for anything, and the number that it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    text: String,
    number: Option<f64>,
}

impl Operator {
    /// The operator that a text begins with, and what follows it.
    pub fn read(text: &str) -> Option<(Self, &str)> {
        let all = [
            ("!=", Self::Unequal),
            ("<=", Self::LessOrEqual),
            (">=", Self::GreaterOrEqual),
            ("=", Self::Equal),
            ("<", Self::Less),
            (">", Self::Greater),
        ];
        all.into_iter().find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)))
    }

    pub fn holds(self, text: &str, number: Option<f64>, wanted: &Wanted) -> bool {
        let numbers = number.zip(wanted.number);
        match self {
            Self::Equal => numbers.map_or_else(|| is_like(text, &wanted.text), |(a, b)| same(a, b)),
            Self::Unequal => !Self::Equal.holds(text, number, wanted),
            Self::Less => numbers.is_some_and(|(a, b)| a < b),
            Self::LessOrEqual => numbers.is_some_and(|(a, b)| a <= b),
            Self::Greater => numbers.is_some_and(|(a, b)| a > b),
            Self::GreaterOrEqual => numbers.is_some_and(|(a, b)| a >= b),
        }
    }
}

fn same(left: f64, right: f64) -> bool {
    left.total_cmp(&right).is_eq() || left.abs() + right.abs() <= 0.0
}

/// Whether a text is the wanted one, in which `*` stands for anything.
fn is_like(text: &str, wanted: &str) -> bool {
    let mut pieces = wanted.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

impl Wanted {
    /// What a text begins with, quoted or up to one of `ends`; and what follows it.
    pub fn read<'t>(text: &'t str, ends: &[char]) -> Result<(Self, &'t str), String> {
        if let Some(quoted) = text.strip_prefix('"') {
            let (text, rest) = quoted.split_once('"').ok_or("Invalid filter pattern: a quote is not closed.")?;
            return Ok((Self { text: text.to_owned(), number: None }, rest));
        }
        let end = text.find(|c: char| c.is_whitespace() || ends.contains(&c)).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        if word.is_empty() {
            return Err("Invalid filter pattern: a value is missing.".to_owned());
        }
        if word.starts_with('%') {
            return Err("Invalid filter pattern: regular expressions are not supported here.".to_owned());
        }
        Ok((Self { text: word.to_owned(), number: word.parse().ok().filter(|number: &f64| number.is_finite()) }, rest))
    }
}

/// A condition on JSON.
#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Self>),
    Any(Vec<Self>),
    Is(Vec<Step>, Test),
}

/// A step from a value to one in it.
#[derive(Debug)]
pub(super) enum Step {
    Member(String),
    Element(usize),
    Elements,
}

#[derive(Debug)]
pub(super) enum Test {
    Compares(Operator, Wanted),
    IsNull,
    IsTrue,
    IsFalse,
    IsAbsent,
}

impl Condition {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.holds(value)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(value)),
            Self::Is(steps, test) => {
                let mut found = vec![value];
                for step in steps {
                    found = found.into_iter().flat_map(|value| step.from(value)).collect();
                }
                match test {
                    Test::IsAbsent => found.is_empty(),
                    test => found.into_iter().any(|value| test.holds(value)),
                }
            }
        }
    }
}

impl Step {
    fn from<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match self {
            Self::Member(name) => value.get(name).into_iter().collect(),
            Self::Element(index) => value.get(*index).into_iter().collect(),
            Self::Elements => value.as_array().into_iter().flatten().collect(),
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::IsNull => value.is_null(),
            Self::IsTrue => *value == Value::Bool(true),
            Self::IsFalse => *value == Value::Bool(false),
            Self::IsAbsent => false,
            Self::Compares(operator, wanted) => match value {
                Value::String(text) => operator.holds(text, None, wanted),
                Value::Number(number) => operator.holds(&number.to_string(), number.as_f64(), wanted),
                Value::Bool(_) => operator.holds(&value.to_string(), None, wanted),
                _ => false,
            },
        }
    }
}

/// Reads conditions.
struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn unexpected(&self) -> String {
        format!("Invalid filter pattern: it can't be read from {:?} on.", self.rest.trim_start())
    }

    fn takes(&mut self, word: &str) -> bool {
        match self.rest.trim_start().strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.takes(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut any = vec![self.all()?];
        while self.takes("||") {
            any.push(self.all()?);
        }
        Ok(Condition::Any(any))
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.takes("&&") {
            all.push(self.one()?);
        }
        Ok(Condition::All(all))
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.takes("(") {
            let condition = self.any()?;
            self.expect(")")?;
            return Ok(condition);
        }
        self.expect("$")?;
        let mut steps = vec![];
        while let Some(step) = self.step()? {
            steps.push(step);
        }
        let test = if self.takes("IS") {
            let words = [("NULL", Test::IsNull), ("TRUE", Test::IsTrue), ("FALSE", Test::IsFalse)];
            words
                .into_iter()
                .find_map(|(word, test)| self.takes(word).then_some(test))
                .ok_or_else(|| self.unexpected())?
        } else if self.takes("NOT") {
            self.expect("EXISTS")?;
            Test::IsAbsent
        } else {
            let (operator, rest) = Operator::read(self.rest.trim_start()).ok_or_else(|| self.unexpected())?;
            let (wanted, rest) = Wanted::read(rest.trim_start(), &['}', ')', '&', '|'])?;
            self.rest = rest;
            Test::Compares(operator, wanted)
        };
        Ok(Condition::Is(steps, test))
    }

    fn step(&mut self) -> Result<Option<Step>, String> {
        let dotted = self.rest.strip_prefix('.');
        if let Some(rest) = dotted.unwrap_or(self.rest).strip_prefix('[') {
            let (inner, after) = rest.split_once(']').ok_or_else(|| self.unexpected())?;
            let inner = inner.trim();
            let name = inner.strip_prefix(['"', '\'']).and_then(|name| name.strip_suffix(['"', '\'']));
            let step = match (inner, name) {
                (_, Some(name)) => Step::Member(name.to_owned()),
                ("*", None) => Step::Elements,
                (index, None) => Step::Element(index.parse().map_err(|_| self.unexpected())?),
            };
            self.rest = after;
            return Ok(Some(step));
        }
        let Some(rest) = dotted else { return Ok(None) };
        let end =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '@'))).unwrap_or(rest.len());
        if end == 0 {
            return Err(self.unexpected());
        }
        self.rest = &rest[end..];
        Ok(Some(Step::Member(rest[..end].to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(message)
    }

    #[test]
    fn patterns_are_words() {
        for (pattern, message, expected) in [
            ("", "anything", true),
            ("ERROR", "an ERROR", true),
            ("ERROR", "fine", false),
            ("ERROR", "an error", false),
            ("a b", "b and a", true),
            ("\"a b\"", "b and a", false),
            ("?x ?a", "a", true),
            ("?x ?y", "a", false),
            ("a -b", "a b", false),
            ("a -\"b c\"", "a c b", true),
            ("a -\"b c\"", "a b c", false),
            ("-", "a", true),
        ] {
            assert_eq!(matches(pattern, message), expected, "{pattern} {message}");
        }
    }

    #[test]
    fn patterns_are_conditions_on_json() {
        let message = r#"{"level": "ERROR", "code": 404, "took": 1.5, "user": {"id": "a.b", "tags": ["x", "yz"]},
            "none": null, "ok": true, "a-b": 1, "key.dot": 2}"#;
        for (pattern, expected) in [
            (r#"{ $.level = "ERROR" }"#, true),
            ("{$.level=ERROR}", true),
            ("{ $.level = E*R }", true),
            ("{ $.level = E*X }", false),
            ("{ $.level != \"INFO\" }", true),
            ("{ $.missing != \"INFO\" }", false),
            ("{ $.code = 404 && $.took > 1.25 }", true),
            ("{ $.code >= 404.0 && $.took < 1.5 }", false),
            ("{ $.code = 4* }", true),
            ("{ $.code = 5* || ($.ok IS TRUE && $.none IS NULL) }", true),
            ("{ $.ok IS FALSE }", false),
            ("{ $.missing NOT EXISTS }", true),
            ("{ $.none NOT EXISTS }", false),
            (r#"{ $.user.id = "a.b" && $.user.tags[1] = "y*" }"#, true),
            ("{ $.user.tags[*] = x }", true),
            ("{ $.user.tags[2] = x }", false),
            (r#"{ $.a-b = 1 && $.["key.dot"] = 2 }"#, true),
            ("{ $.user = x }", false),
        ] {
            assert_eq!(matches(pattern, message), expected, "{pattern}");
        }
        assert!(!matches("{ $.level = ERROR }", "level = ERROR") && !matches("{ $.level = ERROR }", "{ no json"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for bad in [
            "{",
            "{ }",
            "{ $.a }",
            "{ $.a = }",
            "{ $.a = \"x }",
            "{ $.a = 1 } x",
            "{ a = 1 }",
            "{ $. = 1 }",
            "{ ($.a = 1 }",
            "{ $.a IS }",
            "{ $.a[x] = 1 }",
            "{ $.a[ = 1 }",
            "\"open",
            "%re.*%",
            "{ $.a = %x% }",
            "[",
            "[a",
            "[a=]",
            "[..., ..., a]",
            "[a ! 1]",
        ] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
        assert!(Pattern::parse(&"x".repeat(1025)).is_err());
        assert!(Pattern::parse(&"{(".repeat(500)).is_err());
    }

    #[test]
    fn stars_stand_for_anything() {
        for (text, wanted, expected) in [
            ("", "", true),
            ("", "*", true),
            ("abc", "a*c", true),
            ("abc", "*b*", true),
            ("abc", "a*b", false),
            ("aa", "a*a", true),
            ("a", "a*a", false),
            ("aXbXc", "a*b*c", true),
        ] {
            assert_eq!(is_like(text, wanted), expected, "{text} {wanted}");
        }
    }
}
