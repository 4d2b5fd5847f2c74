//! What is wrong with a file, where, and what to do: as a person reads it.

use std::fmt;
use std::ops::Range;

/// One mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// One line.
    pub message: String,
    /// Where: bytes of the file.
    pub span: Option<Range<usize>>,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// At a place.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), span: Some(span), hint: None }
    }

    /// With the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Everything that is wrong with one file, with the file, so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The file as shown.
    pub file: String,
    /// Its text.
    pub text: String,
    /// In order of place.
    pub all: Vec<Problem>,
}

impl std::error::Error for Problems {}

impl Problems {
    /// Line and column, both from 1, of a byte.
    fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, before[start..].chars().count() + 1)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.all.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{}", problem.message)?;
            let Some(span) = &problem.span else {
                write!(f, "\n --> {}", self.file)?;
                continue;
            };
            let (line, column) = self.position(span.start);
            let source = self.text.lines().nth(line - 1).unwrap_or_default();
            let gutter = line.to_string().len();
            // A span over several lines is marked to the end of its first.
            let rest = source.chars().count().saturating_sub(column - 1);
            let marked = self.text.get(span.clone()).unwrap_or_default();
            let width = marked.lines().next().unwrap_or_default().chars().count().clamp(1, rest.max(1));
            write!(f, "\n{:gutter$}--> {}:{line}:{column}", "", self.file)?;
            write!(f, "\n{:gutter$} |\n{line} | {source}\n{:gutter$} | ", "", "")?;
            write!(f, "{:skip$}{}", "", "^".repeat(width), skip = column - 1)?;
            if let Some(hint) = &problem.hint {
                write!(f, "\n{:gutter$} = hint: {hint}", "")?;
            }
        }
        Ok(())
    }
}

/// The candidate that was probably meant: at most a third of the letters differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    let (distance, candidate) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= (candidate.chars().count().max(word.chars().count()) / 3).max(1)).then_some(candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = vec![i + 1];
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            let mut least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_meant_are_found() {
        assert_eq!(nearest("handlr", ["handler", "memory"]), Some("handler"));
        assert_eq!(nearest("devise", ["device", "edge", "cloud", "auto"]), Some("device"));
        assert_eq!(nearest("lihgt", ["light", "dark"]), Some("light"));
        assert_eq!(nearest("xyz", ["handler", "memory"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn a_caret_shows_the_place() {
        let text = "a = 1\nkéy = \"x y\"\n".to_owned();
        let at = text.find('"').unwrap();
        let problem = Problem::new(at..at + 5, "no such thing").hint("try another");
        let problems = Problems { file: "nano.toml".into(), text, all: vec![problem] };
        let shown = "no such thing\n --> nano.toml:2:7\n  |\n2 | kéy = \"x y\"\n  |       ^^^^^\n  = hint: try another";
        assert_eq!(problems.to_string(), shown);
    }
}
