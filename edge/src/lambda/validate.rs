//! The constraints of the API's model, violated and worded as AWS words it.

use super::error::{ApiError, ErrorKind};

/// What a request violates; all of it is said at once.
#[derive(Debug, Default)]
pub struct Violations(Vec<String>);

/// The words for a regular expression.
pub fn pattern(expression: &str) -> String {
    format!("Member must satisfy regular expression pattern: {expression}")
}

/// The words for a fixed set of values.
pub fn one_of(values: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// One violation, as the error it is.
pub fn violation(value: &str, member: &str, constraint: &str) -> ApiError {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    );
    ApiError::new(ErrorKind::Validation, message)
}

impl Violations {
    /// `value` of `member` does not do.
    pub fn add(&mut self, value: &str, member: &str, constraint: &str) {
        self.0.push(format!("Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"));
    }

    /// `member` is missing.
    pub fn missing(&mut self, member: &str) {
        self.0.push(format!("Value null at '{member}' failed to satisfy constraint: Member must not be null"));
    }

    /// A number that must lie between two.
    pub fn range(&mut self, value: i64, member: &str, least: i64, most: i64) {
        if value < least {
            self.add(&value.to_string(), member, &format!("Member must have value greater than or equal to {least}"));
        }
        if value > most {
            self.add(&value.to_string(), member, &format!("Member must have value less than or equal to {most}"));
        }
    }

    /// A text that must not be longer.
    pub fn length(&mut self, value: &str, member: &str, most: usize) {
        if value.chars().count() > most {
            self.add(value, member, &format!("Member must have length less than or equal to {most}"));
        }
    }

    /// `ValidationException` if there was anything.
    pub fn check(&self) -> Result<(), ApiError> {
        let errors = match self.0.len() {
            0 => return Ok(()),
            1 => "1 validation error".to_owned(),
            count => format!("{count} validation errors"),
        };
        Err(ApiError::new(ErrorKind::Validation, format!("{errors} detected: {}", self.0.join("; "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_are_counted_and_joined() {
        let mut violations = Violations::default();
        assert!(violations.check().is_ok());
        violations.range(901, "timeout", 1, 900);
        assert_eq!(
            violations.check().unwrap_err().message,
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have \
             value less than or equal to 900"
        );
        violations.missing("role");
        violations.range(128, "memorySize", 128, 10240);
        assert!(violations.check().unwrap_err().message.starts_with("2 validation errors detected: Value '901'"));
    }
}
