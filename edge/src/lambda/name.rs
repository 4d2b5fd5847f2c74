//! How callers name a function: its name, parts of its ARN, or all of it, with or without a version.

use super::error::{ApiError, ErrorKind};
use super::validate::{Violations, pattern};

/// The account that everything here belongs to.
pub const ACCOUNT: &str = "000000000000";

/// The region of callers that name none.
pub const DEFAULT_REGION: &str = "us-east-1";

/// The version that is what was deployed last.
pub const LATEST: &str = "$LATEST";

/// A function as a caller names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionName {
    /// Its name alone.
    pub name: String,
    /// The region named, if any.
    pub region: Option<String>,
    /// The account named, if any.
    pub account: Option<String>,
    /// The version or alias named, if any.
    pub qualifier: Option<String>,
}

impl FunctionName {
    /// Reads one of: `name`, `name:qualifier`, `function:name`, `account:function:name`, an ARN; percent-decoded.
    /// `longest` is what the operation's model allows in all; the name itself may have 64 characters.
    pub fn parse(text: &str, longest: usize) -> Result<Self, ApiError> {
        let mut violations = Violations::default();
        if text.is_empty() {
            violations.add(text, "functionName", "Member must have length greater than or equal to 1");
        }
        if text.len() > longest {
            violations.add(text, "functionName", &format!("Member must have length less than or equal to {longest}"));
        }
        let parsed = parse(text);
        if parsed.is_none() {
            violations.add(text, "functionName", &pattern(NAME_PATTERN));
        }
        violations.check()?;
        let parsed = parsed.unwrap_or_else(|| Self::plain(text));
        if parsed.name.len() > 64 {
            violations.add(text, "functionName", "Member must have length less than or equal to 64");
            violations.check()?;
        }
        Ok(parsed)
    }

    /// A name alone.
    pub fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), region: None, account: None, qualifier: None }
    }

    /// Takes the query's `Qualifier` in; refuses it when the name has another one.
    pub fn qualified(mut self, qualifier: Option<&str>) -> Result<Self, ApiError> {
        let Some(qualifier) = qualifier else { return Ok(self) };
        let mut violations = Violations::default();
        if qualifier.is_empty() || qualifier.len() > 128 {
            violations.add(qualifier, "qualifier", "Member must have length between 1 and 128, inclusive");
        }
        if qualifier != LATEST && !qualifier.chars().all(|c| is_word(c) || c == '$') {
            violations.add(qualifier, "qualifier", &pattern(r"(|[a-zA-Z0-9$_-]+)"));
        }
        violations.check()?;
        match &self.qualifier {
            Some(named) if named != qualifier => Err(ApiError::invalid(
                "The derived qualifier from the function name does not match the specified qualifier.",
            )),
            _ => {
                self.qualifier = Some(qualifier.to_owned());
                Ok(self)
            }
        }
    }

    /// Refuses a region or an account that is not the function's own, in AWS's words.
    pub fn check_place(&self, region: &str) -> Result<(), ApiError> {
        if let Some(named) = self.region.as_deref().filter(|named| *named != region) {
            let message = format!("Functions from '{named}' are not reachable in this region ('{region}')");
            return Err(ApiError::new(ErrorKind::ResourceNotFound, message));
        }
        match &self.account {
            Some(account) if account != ACCOUNT => Err(self.not_found(region)),
            _ => Ok(()),
        }
    }

    /// The answer when there is no such function, version or alias.
    pub fn not_found(&self, region: &str) -> ApiError {
        let account = self.account.as_deref().unwrap_or(ACCOUNT);
        let mut arn = arn(region, account, &self.name);
        if let Some(qualifier) = &self.qualifier {
            arn = format!("{arn}:{qualifier}");
        }
        ApiError::new(ErrorKind::ResourceNotFound, format!("Function not found: {arn}"))
    }
}

/// The region in a function's ARN.
pub fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// ARN of a function.
pub fn arn(region: &str, account: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

/// As the API's model has it, for messages.
const NAME_PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

fn is_region(part: &str) -> bool {
    // `us-east-1`, `us-gov-west-1`, `us-isob-east-1`, `eusc-de-east-1`.
    let parts: Vec<&str> = part.split('-').collect();
    let (Some(number), true) = (parts.last(), (3..=5).contains(&parts.len())) else { return false };
    number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
        && parts[..parts.len() - 1].iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Tries the prefixes in the order in which the model's pattern takes them, and gives them back as it would.
fn parse(text: &str) -> Option<FunctionName> {
    let parts: Vec<&str> = text.split(':').collect();
    let rest = match parts.as_slice() {
        ["arn", partition, "lambda", rest @ ..]
            if partition.starts_with("aws") && partition.chars().all(|c| c.is_ascii_alphabetic() || c == '-') =>
        {
            rest
        }
        all => all,
    };
    for choice in (0..8u8).rev() {
        let mut left = rest;
        let (mut region, mut account) = (None, None);
        let mut fits = true;
        for (bit, accepts) in [
            (4, &is_region as &dyn Fn(&str) -> bool),
            (2, &|part: &str| part.len() == 12 && part.bytes().all(|b| b.is_ascii_digit())),
            (1, &|part: &str| part == "function"),
        ] {
            if choice & bit == 0 {
                continue;
            }
            match left.split_first() {
                Some((part, others)) if accepts(part) => {
                    match bit {
                        4 => region = Some((*part).to_owned()),
                        2 => account = Some((*part).to_owned()),
                        _ => {}
                    }
                    left = others;
                }
                _ => fits = false,
            }
        }
        let (name, qualifier) = match left {
            [name] if fits => (*name, None),
            [name, qualifier] if fits => (*name, Some(*qualifier)),
            _ => continue,
        };
        let is_name = |part: &str| !part.is_empty() && part.chars().all(is_word);
        if is_name(name) && qualifier.is_none_or(|q| q == LATEST || is_name(q)) {
            let (name, qualifier) = (name.to_owned(), qualifier.map(str::to_owned));
            return Some(FunctionName { name, region, account, qualifier });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, Option<String>, Option<String>) {
        let name = FunctionName::parse(text, 256).unwrap();
        (name.name, name.account, name.qualifier)
    }

    #[test]
    fn every_form_that_aws_takes() {
        let account = || Some("123456789012".to_owned());
        assert_eq!(parsed("lights"), ("lights".into(), None, None));
        assert_eq!(parsed("lights:7"), ("lights".into(), None, Some("7".into())));
        assert_eq!(parsed("lights:$LATEST"), ("lights".into(), None, Some("$LATEST".into())));
        assert_eq!(parsed("function:lights"), ("lights".into(), None, None));
        assert_eq!(parsed("123456789012:function:lights"), ("lights".into(), account(), None));
        assert_eq!(parsed("123456789012:lights"), ("lights".into(), account(), None));
        assert_eq!(parsed("arn:aws:lambda:eu-central-1:123456789012:function:lights:live").2, Some("live".into()));
        assert_eq!(parsed("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:lights").1, account());
        assert_eq!(parsed("function"), ("function".into(), None, None));
        assert_eq!(parsed("function:$LATEST"), ("function".into(), None, Some("$LATEST".into())));
    }

    #[test]
    fn a_function_is_in_one_region_and_one_account() {
        let refused =
            |text: &str| FunctionName::parse(text, 256).unwrap().check_place("us-east-1").map_err(|e| e.message);
        for own in ["f", "000000000000:f", "function:f:1", "arn:aws:lambda:us-east-1:000000000000:function:f"] {
            assert_eq!(refused(own), Ok(()), "{own}");
        }
        let elsewhere = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')";
        for arn in
            ["arn:aws:lambda:eu-west-1:000000000000:function:f", "arn:aws:lambda:eu-west-1:123456789012:function:f"]
        {
            assert_eq!(refused(arn), Err(elsewhere.to_owned()));
        }
        let others = "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f";
        for name in ["123456789012:function:f", "arn:aws:lambda:us-east-1:123456789012:function:f"] {
            assert_eq!(refused(name), Err(others.to_owned()));
        }
    }

    #[test]
    fn what_is_no_name() {
        let long = "x".repeat(65);
        for bad in ["", "a b", "a/b", "a.b", "é", "a:b:c:d", "a:$NEWEST", "arn:aws:s3:::bucket", long.as_str()] {
            let error = FunctionName::parse(bad, 140).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Validation, "{bad}");
            assert!(error.message.contains("at 'functionName' failed to satisfy constraint"), "{error}");
        }
    }

    #[test]
    fn qualifiers_of_name_and_query_agree() {
        let name = || FunctionName::parse("f:1", 140).unwrap();
        assert_eq!(name().qualified(Some("1")).unwrap().qualifier.as_deref(), Some("1"));
        assert!(name().qualified(Some("2")).is_err());
        assert!(name().qualified(Some("a b")).is_err());
        let error = name().not_found("us-east-1");
        assert_eq!(error.message, "Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:1");
    }
}
