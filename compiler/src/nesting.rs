//! How deep a source nests, found on its bytes before anything recursive looks at it.
//!
//! The count is an upper bound: operators, keywords and brackets since the last comma or line. Data (long lists) stays
//! shallow, whatever its size.

use crate::diagnostic::code;
use crate::front::{Problem, Span};

/// Most brackets within brackets, as CPython.
const MAX_BRACKETS: usize = 200;
/// Most levels of indentation, as CPython.
const MAX_INDENTS: usize = 100;
/// Most operators and keywords that can nest in one expression.
const MAX_CHAIN: u32 = 1000;
/// Longest source in bytes.
const MAX_SOURCE: usize = 8 << 20;

/// Words that can nest without brackets.
const WORDS: &[&[u8]] =
    &[b"not", b"lambda", b"if", b"else", b"and", b"or", b"in", b"is", b"await", b"yield", b"for", b"from", b"as"];

/// What a scan found.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    /// Bound of the nesting.
    pub depth: u32,
    /// The first bracket that doesn't match.
    pub bracket: Option<Problem>,
    /// The first line whose indentation is none of those around it, or depends on how wide a tab is.
    pub indent: Option<Problem>,
}

/// Nesting up to which the caller's stack is enough.
const SHALLOW: u32 = 30;

impl Nesting {
    /// Does it need a stack of its own?
    pub fn is_deep(&self) -> bool {
        self.depth > SHALLOW
    }
}

/// How far a line is indented, where a tab goes to the next multiple of eight, and where it is one column: as CPython,
/// which takes no line that is deeper by the one and not by the other.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Indent {
    columns: usize,
    narrow: usize,
}

struct Open {
    at: u32,
    bracket: u8,
    depth: u32,
    base: u32,
}

struct Scanner<'s> {
    source: &'s [u8],
    at: usize,
    open: Vec<Open>,
    depth: u32,
    base: u32,
    found: Nesting,
    limit: Option<Problem>,
}

/// Scans a source; an error where it is too deep or too long to compile.
pub(crate) fn nesting(source: &str) -> Result<Nesting, Problem> {
    if source.len() > MAX_SOURCE {
        let message = format!("the file is larger than {MAX_SOURCE} bytes");
        return Err(Problem::new(code::LIMIT, Span::default(), message));
    }
    if let Some(at) = source.find('\0') {
        return Err(Problem::new(code::SYNTAX, span(at, 1), "source code cannot contain null bytes"));
    }
    let scanner = Scanner {
        source: source.as_bytes(),
        at: 0,
        open: Vec::new(),
        depth: 0,
        base: 0,
        found: Nesting::default(),
        limit: None,
    };
    scanner.scan()
}

fn span(at: usize, length: usize) -> Span {
    Span { start: at as u32, end: (at + length) as u32 }
}

impl Scanner<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.source.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn scan(mut self) -> Result<Nesting, Problem> {
        let mut indents: Vec<Indent> = Vec::new();
        let mut line_start = true;
        while self.at < self.source.len() {
            if line_start {
                line_start = false;
                let start = self.at;
                if let Some(indent) = self.indentation() {
                    let before = indents.len();
                    while indents.last().is_some_and(|outer| outer.columns > indent.columns) {
                        indents.pop();
                    }
                    let outer = indents.last().copied().unwrap_or_default();
                    let is_deeper = indent.columns > outer.columns;
                    let message = if is_deeper && indents.len() < before {
                        Some("unindent does not match any outer indentation level")
                    } else if if is_deeper { indent.narrow <= outer.narrow } else { indent != outer } {
                        Some("inconsistent use of tabs and spaces in indentation")
                    } else {
                        None
                    };
                    if let (Some(message), None) = (message, &self.found.indent) {
                        self.found.indent = Some(Problem::new(code::SYNTAX, span(start, self.at - start), message));
                    }
                    if is_deeper {
                        indents.push(indent);
                        if indents.len() > MAX_INDENTS {
                            let at = span(self.at, 1);
                            return Err(Problem::new(code::LIMIT, at, "too many levels of indentation"));
                        }
                    }
                }
                continue;
            }
            match self.byte(0) {
                b'\n' | b'\r' => {
                    self.at += 1;
                    if self.open.is_empty() {
                        (self.depth, self.base) = (0, 0);
                        line_start = true;
                    }
                }
                b'#' => self.skip_line(),
                b'\\' => self.at += if self.byte(1) == b'\r' && self.byte(2) == b'\n' { 3 } else { 2 },
                b'\'' | b'"' => self.string(false),
                byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => self.word(),
                b' ' | b'\t' | 0x0C => self.at += 1,
                byte => self.punctuation(byte),
            }
            self.found.depth = self.found.depth.max(self.depth.max(self.base) + indents.len() as u32);
            if self.depth.max(self.base) > MAX_CHAIN && self.limit.is_none() {
                let at = span(self.at.saturating_sub(1), 1);
                self.limit = Some(Problem::new(code::LIMIT, at, "expression is nested too deeply"));
            }
            if self.open.len() > MAX_BRACKETS {
                let at = span(self.at.saturating_sub(1), 1);
                return Err(Problem::new(code::LIMIT, at, "too many nested parentheses"));
            }
        }
        if let (Some(open), None) = (self.open.last(), &self.found.bracket) {
            let message = format!("'{}' was never closed", char::from(open.bracket));
            self.found.bracket = Some(Problem::new(code::SYNTAX, span(open.at as usize, 1), message));
        }
        // A file seems deep when a bracket is left open: that is the better message.
        match self.limit {
            Some(limit) => Err(self.found.bracket.unwrap_or(limit)),
            None => Ok(self.found),
        }
    }

    /// Width of the indentation; `None` on a line without code.
    fn indentation(&mut self) -> Option<Indent> {
        let mut indent = Indent::default();
        loop {
            let Indent { columns, narrow } = indent;
            indent = match self.byte(0) {
                b' ' => Indent { columns: columns + 1, narrow: narrow + 1 },
                b'\t' => Indent { columns: (columns / 8 + 1) * 8, narrow: narrow + 1 },
                0x0C => Indent::default(),
                b'\n' | b'\r' | b'#' => return None,
                _ => return (self.at < self.source.len()).then_some(indent),
            };
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        while self.at < self.source.len() && !matches!(self.byte(0), b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn word(&mut self) {
        let start = self.at;
        while self.byte(0).is_ascii_alphanumeric() || self.byte(0) == b'_' || self.byte(0) >= 0x80 {
            self.at += 1;
        }
        let word = &self.source[start..self.at];
        if matches!(self.byte(0), b'\'' | b'"')
            && word.len() <= 2
            && word.iter().all(|byte| b"rRbBuUfFtT".contains(byte))
        {
            self.string(word.iter().any(|byte| b"fFtT".contains(byte)));
        } else if WORDS.contains(&word) {
            self.depth += 1;
            if word == b"lambda" {
                // A lambda reaches over commas to the end of its bracket.
                self.base += 1;
            }
        }
    }

    /// A string literal; of an interpolated one the expressions count.
    fn string(&mut self, interpolated: bool) {
        let quote = self.byte(0);
        let triple = self.byte(1) == quote && self.byte(2) == quote;
        self.at += if triple { 3 } else { 1 };
        let (mut inside, mut braces) = (0u32, 0u32);
        while self.at < self.source.len() {
            let byte = self.byte(0);
            if byte == quote && (!triple || (self.byte(1) == quote && self.byte(2) == quote)) {
                self.at += if triple { 3 } else { 1 };
                return;
            }
            if byte == b'\\' {
                self.at += 2;
                continue;
            }
            if byte == b'\n' && !triple {
                return;
            }
            if interpolated {
                // Within a replacement field everything but letters counts.
                match byte {
                    b'{' if self.byte(1) == b'{' && braces == 0 => self.at += 1,
                    b'{' => {
                        braces += 1;
                        inside += 1;
                    }
                    b'}' if braces > 0 => {
                        braces -= 1;
                        inside = if braces == 0 { 0 } else { inside + 1 };
                    }
                    b',' => inside = inside.min(braces),
                    _ if braces > 0 && !byte.is_ascii_alphanumeric() => inside += 1,
                    _ => {}
                }
                let depth = self.depth + inside;
                self.found.depth = self.found.depth.max(depth);
                if depth > MAX_CHAIN && self.limit.is_none() {
                    let at = span(self.at, 1);
                    self.limit = Some(Problem::new(code::LIMIT, at, "expression is nested too deeply"));
                }
            }
            self.at += 1;
        }
    }

    fn punctuation(&mut self, byte: u8) {
        let at = self.at;
        self.at += 1;
        match byte {
            b'(' | b'[' | b'{' => {
                self.open.push(Open { at: at as u32, bracket: byte, depth: self.depth, base: self.base });
                self.depth += 1;
                self.base = self.depth;
            }
            b')' | b']' | b'}' => {
                let message = match self.open.pop() {
                    Some(open) => {
                        self.depth = open.depth + 1;
                        self.base = open.base;
                        let expected = match open.bracket {
                            b'(' => b')',
                            b'[' => b']',
                            _ => b'}',
                        };
                        let (bracket, open) = (char::from(byte), char::from(open.bracket));
                        (byte != expected).then(|| {
                            format!("closing parenthesis '{bracket}' does not match opening parenthesis '{open}'")
                        })
                    }
                    None => Some(format!("unmatched '{}'", char::from(byte))),
                };
                if let (Some(message), None) = (message, &self.found.bracket) {
                    self.found.bracket = Some(Problem::new(code::SYNTAX, span(at, 1), message));
                }
            }
            b',' => self.depth = self.base,
            b';' if self.open.is_empty() => (self.depth, self.base) = (0, 0),
            _ => self.depth += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> String {
        nesting(source).unwrap_err().message
    }

    #[test]
    fn data_is_shallow_and_chains_are_deep() {
        assert!(nesting("x = [[1], (2, -3)]\n").unwrap().depth < 10);
        assert!(nesting(&format!("x = [{}]\n", "-1, {'a': 2}, ".repeat(5000))).unwrap().depth < 10);
        assert_eq!(error(&format!("x = {}0{}", "(".repeat(300), ")".repeat(300))), "too many nested parentheses");
        for chain in ["-", "not ", "lambda a, b: ", "f() + ", "x.", "1 if x else "] {
            assert_eq!(error(&format!("x = {}x\n", chain.repeat(3000))), "expression is nested too deeply");
        }
        assert_eq!(error(&format!("f\"{{{}1}}\"", "-".repeat(3000))), "expression is nested too deeply");
        let indents: String = (0..200).map(|n| format!("{}if 1:\n", " ".repeat(n))).collect();
        assert_eq!(error(&indents), "too many levels of indentation");
    }

    #[test]
    fn brackets_within_strings_and_comments_do_not_count() {
        let source = "x = '((((' # ((((\ny = \"\"\"\n[[[[\n\"\"\"\nz = f'{{{x}'\n";
        assert!(nesting(source).unwrap().bracket.is_none());
    }

    #[test]
    fn indentation_that_depends_on_tabs() {
        let message = |source| nesting(source).unwrap().indent.map(|problem| problem.message);
        assert_eq!(message("if 1:\n\tx\n\ty\nif 1:\n  x\n"), None);
        assert_eq!(message("if 1:\n    if 1:\n    \tx\n"), None);
        assert_eq!(message("if 1:\n  x = [\n1,\n\t2]\n  y = '''\n z'''\n  # \n\n\t\n  z\n"), None);
        let tabs = Some("inconsistent use of tabs and spaces in indentation".to_owned());
        assert_eq!(message("if 1:\n\tx\n        y\n"), tabs);
        assert_eq!(message("if 1:\n  if 1:\n\tx\n"), tabs);
        assert_eq!(message("if 1:\n\tif 1:\n         x\n\ty\n"), None);
        let other = Some("unindent does not match any outer indentation level".to_owned());
        assert_eq!(message("if 1:\n    x\n  y\n"), other);
    }

    #[test]
    fn brackets_that_do_not_match() {
        let message = |source| nesting(source).unwrap().bracket.unwrap().message;
        assert_eq!(message("x = (1,\n  [2\n"), "'[' was never closed");
        assert_eq!(message("x = 1)\n"), "unmatched ')'");
        assert_eq!(message("x = (1]\n"), "closing parenthesis ']' does not match opening parenthesis '('");
    }
}
