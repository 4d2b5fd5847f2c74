//! What is wrong with a source, for a person: a stable code, the place, the cause and the next step.

use crate::front::Span;
use crate::source::{Lines, Package, SourceFile};
use std::fmt;

/// Stable codes of diagnostics; the letter and the first digit tell the kind.
pub mod code {
    /// The source is no Python 3.11.
    pub const SYNTAX: &str = "E0101";
    /// A statement or expression stands where it must not (`return` outside a function).
    pub const MISPLACED: &str = "E0102";
    /// Names: `global`, `nonlocal`, duplicate parameters.
    pub const NAMES: &str = "E0103";
    /// Nested too deep, or too long.
    pub const LIMIT: &str = "E0104";
    /// Python that is not supported.
    pub const UNSUPPORTED: &str = "E0201";
    /// A builtin that needs an interpreter or a file system.
    pub const UNSUPPORTED_BUILTIN: &str = "E0202";
    /// An import that is not in the package and not built in.
    pub const NO_MODULE: &str = "E0301";
    /// A module has no such member.
    pub const NO_MEMBER: &str = "E0302";
    /// A name that nothing binds.
    pub const UNDEFINED: &str = "W0401";
    /// A literal with a lone surrogate.
    pub const SURROGATE: &str = "W0402";
}

/// Characters of a source line that are shown.
const LONGEST: usize = 160;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// One of [`code`].
    pub code: &'static str,
    /// Path of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Line and column behind the end.
    pub end: (u32, u32),
    /// One line that says what is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Text of the line.
    pub source_line: String,
}

impl Diagnostic {
    pub(crate) fn new(
        code: &'static str,
        file: &SourceFile,
        lines: &Lines<'_>,
        span: Span,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        let characters = |line: u32, bytes: u32| {
            let text = lines.line(line);
            text.get(..bytes as usize).unwrap_or(text).chars().count() as u32 + 1
        };
        let (line, column) = lines.position(span.start);
        let (end_line, end_column) = lines.position(span.end.max(span.start));
        Self {
            code,
            file: file.name.clone(),
            line,
            column: characters(line, column),
            end: (end_line, characters(end_line, end_column)),
            message: message.into(),
            hint,
            source_line: lines.line(line).to_string(),
        }
    }

    /// About a whole program.
    pub(crate) fn of_program(code: &'static str, package: &Package, message: String) -> Self {
        let file = SourceFile {
            name: package.file(package.entry()).map_or(package.entry(), |file| &file.name).to_string(),
            module: String::new(),
            is_package: false,
            text: String::new(),
        };
        Self::new(code, &file, &Lines::new(""), Span::default(), message, None)
    }

    /// Is it only a warning?
    pub fn is_warning(&self) -> bool {
        self.code.starts_with('W')
    }
}

impl fmt::Display for Diagnostic {
    /// The message, the place, the line with a caret and the hint; several lines of plain text, no final newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_warning() { "warning" } else { "error" };
        writeln!(f, "{kind}[{}]: {}", self.code, self.message)?;
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        writeln!(f, "{margin} |")?;
        // Tabs would put the caret elsewhere in every terminal; of a very long line only the place is shown.
        let line: Vec<char> = self.source_line.chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
        let column = (self.column.saturating_sub(1) as usize).min(line.len());
        let first = if line.len() > LONGEST { column.saturating_sub(LONGEST / 2) } else { 0 };
        let last = line.len().min(first + LONGEST);
        let (before, behind) = (if first > 0 { ".." } else { "" }, if last < line.len() { ".." } else { "" });
        let shown: String = line[first..last].iter().collect();
        writeln!(f, "{number} | {before}{shown}{behind}")?;
        let end = if self.end.0 == self.line { (self.end.1 as usize).saturating_sub(1) } else { line.len() };
        let carets = end.min(last).saturating_sub(column).max(1);
        let margin_width = before.len() + column - first;
        write!(f, "{margin} | {}{}", " ".repeat(margin_width), "^".repeat(carets))?;
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut() {
        let text = format!("x = [{}y]", "1, ".repeat(500));
        let file = SourceFile { name: "a.py".into(), module: "a".into(), is_package: false, text: text.clone() };
        let span = Span { start: 1505, end: 1506 };
        let shown = Diagnostic::new(code::SYNTAX, &file, &Lines::new(&text), span, "no", None).to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines.iter().all(|line| line.len() < 200), "{shown}");
        assert_eq!(lines[3].find('y'), lines[4].find('^'));
    }

    #[test]
    fn a_caret_under_the_place() {
        let text = "x = 1\nreturn é, x\n";
        let file = SourceFile { name: "a.py".into(), module: "a".into(), is_package: false, text: text.into() };
        let lines = Lines::new(text);
        let span = Span { start: 13, end: 15 };
        let hint = Some("put it into a function".to_string());
        let diagnostic = Diagnostic::new(code::MISPLACED, &file, &lines, span, "'return' outside function", hint);
        assert_eq!(
            diagnostic.to_string(),
            "error[E0102]: 'return' outside function\n --> a.py:2:8\n  |\n2 | return é, x\n  |        ^\nhint: put it into a function"
        );
    }
}
