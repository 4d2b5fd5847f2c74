//! The carets of CPython 3.11 within a failing expression: `~~^~~` under a binary operation, `~^^^` under a subscript.
//!
//! CPython parses the source of the expression again to find its operator. Here a scan over its brackets does, because
//! only the outermost operator counts.

use core::ops::Range;

/// Which part of an expression's source (bytes) is pointed at; `None` where the whole of it is.
pub fn anchor(segment: &str) -> Option<Range<usize>> {
    let bytes = segment.as_bytes();
    let top = Top::of(bytes)?;
    match top.operator {
        Some((at, length)) => {
            let right = operand_start(bytes, at + length);
            // Two characters where the next one is not the operand yet: `//`, or a bracket around it.
            let two = at + 1 < right && !is_space(bytes, at + 1);
            Some(at..at + 1 + usize::from(two))
        }
        None => Some(top.subscript?..trimmed_end(bytes, 0, bytes.len())),
    }
}

/// The outermost structure of an expression.
#[derive(Default)]
struct Top {
    /// Start and length of the operator that is applied last.
    operator: Option<(usize, usize)>,
    /// The `[` of a subscript at the end.
    subscript: Option<usize>,
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

fn is_space(bytes: &[u8], at: usize) -> bool {
    matches!(byte(bytes, at), b' ' | b'\t' | 0x0C)
}

fn trimmed_end(bytes: &[u8], start: usize, end: usize) -> usize {
    (start..end).rev().find(|at| !is_space(bytes, *at)).map_or(start, |at| at + 1)
}

fn trimmed_start(bytes: &[u8], start: usize, end: usize) -> usize {
    (start..end).find(|at| !is_space(bytes, *at)).unwrap_or(end)
}

/// Behind the string literal that starts at the quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = byte(bytes, start);
    let triple = byte(bytes, start + 1) == quote && byte(bytes, start + 2) == quote;
    let width = if triple { 3 } else { 1 };
    let mut at = start + width;
    while at < bytes.len() {
        if byte(bytes, at) == b'\\' {
            at += 2;
        } else if (0..width).all(|offset| byte(bytes, at + offset) == quote) {
            return at + width;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// Where the bracket that opens at `start` is closed.
fn closing(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0u32;
    let mut at = start;
    while at < bytes.len() {
        match byte(bytes, at) {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            b'\'' | b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The inside of brackets that only group: no tuple and no generator expression.
fn grouped(bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let (start, end) = (trimmed_start(bytes, start, end), trimmed_end(bytes, start, end));
    if byte(bytes, start) != b'(' || closing(bytes, start)? + 1 != end {
        return None;
    }
    let (from, to) = (start + 1, end - 1);
    let mut at = from;
    while at < to {
        match byte(bytes, at) {
            b'(' | b'[' | b'{' => at = closing(bytes, at)?,
            b'\'' | b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b',' => return None,
            b'f' if word(bytes, at) == b"for" => return None,
            letter if letter.is_ascii_alphabetic() || letter == b'_' => {
                at += word(bytes, at).len();
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    if trimmed_start(bytes, from, to) == to { None } else { Some((from, to)) }
}

/// Where the operand behind an operator starts, grouping brackets not counted.
fn operand_start(bytes: &[u8], start: usize) -> usize {
    let (mut start, mut end) = (trimmed_start(bytes, start, bytes.len()), bytes.len());
    while let Some((from, to)) = grouped(bytes, start, end) {
        (start, end) = (trimmed_start(bytes, from, to), to);
    }
    start
}

/// The identifier or keyword at this place.
fn word(bytes: &[u8], start: usize) -> &[u8] {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

impl Top {
    /// Scans an expression; `None` where something else than a binary operator or a subscript is outermost.
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut top = Self::default();
        let mut lowest = u8::MAX;
        // Does an operand come next? An operator there is a unary one.
        let mut expects_operand = true;
        let mut unary = false;
        let mut at = 0;
        while at < bytes.len() {
            let here = byte(bytes, at);
            match here {
                b' ' | b'\t' | 0x0C | b'.' => {}
                b'(' | b'[' | b'{' => {
                    top.subscript = (here == b'[' && !expects_operand).then_some(at);
                    at = closing(bytes, at)?;
                    expects_operand = false;
                }
                b'\'' | b'"' => {
                    at = string_end(bytes, at);
                    (top.subscript, expects_operand) = (None, false);
                    continue;
                }
                b'0'..=b'9' if expects_operand => {
                    // A number, its point and exponent included.
                    while byte(bytes, at).is_ascii_alphanumeric()
                        || matches!(byte(bytes, at), b'.' | b'_')
                        || (matches!(byte(bytes, at), b'+' | b'-')
                            && matches!(byte(bytes, at - 1), b'e' | b'E')
                            && !bytes.get(..at).is_some_and(|before| before.ends_with(b"0x")))
                    {
                        at += 1;
                    }
                    (top.subscript, expects_operand) = (None, false);
                    continue;
                }
                b'+' | b'-' | b'~' if expects_operand => unary = true,
                b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>' => {
                    let double = byte(bytes, at + 1) == here && matches!(here, b'*' | b'/' | b'<' | b'>');
                    let level = match (here, double) {
                        (b'|', _) => 1,
                        (b'^', _) => 2,
                        (b'&', _) => 3,
                        (b'<' | b'>', true) => 4,
                        // A comparison.
                        (b'<' | b'>', false) => return None,
                        (b'+' | b'-', _) => 5,
                        (b'*', true) => 8,
                        _ => 6,
                    };
                    let length = 1 + usize::from(double);
                    // Operators of one level group to the left, powers to the right.
                    if level < lowest || (level == lowest && level != 8) {
                        (top.operator, lowest) = (Some((at, length)), level);
                    }
                    (top.subscript, expects_operand) = (None, true);
                    at += length;
                    continue;
                }
                letter if letter.is_ascii_alphabetic() || letter == b'_' || letter >= 0x80 => {
                    let word = word(bytes, at);
                    const KEYWORDS: &[&[u8]] = &[
                        b"and",
                        b"or",
                        b"not",
                        b"if",
                        b"else",
                        b"in",
                        b"is",
                        b"lambda",
                        b"yield",
                        b"await",
                        b"for",
                        b"return",
                        b"raise",
                        b"assert",
                        b"del",
                        b"import",
                        b"from",
                        b"global",
                        b"nonlocal",
                    ];
                    if KEYWORDS.contains(&word) {
                        return None;
                    }
                    at += word.len();
                    (top.subscript, expects_operand) = (None, false);
                    continue;
                }
                // An assignment, a comparison, a tuple, a slice, a comment.
                _ => return None,
            }
            at += 1;
        }
        // `-a ** b` and `-a[0]` are negations.
        if unary && lowest > 6 { None } else { Some(top) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    /// The line of carets.
    fn carets(segment: &str) -> String {
        match anchor(segment) {
            None => "^".repeat(segment.len()),
            Some(range) => (0..segment.len()).map(|at| if range.contains(&at) { '^' } else { '~' }).collect(),
        }
    }

    #[test]
    fn as_cpython_shows_them() {
        for (segment, expected) in [
            ("1 / 0", "~~^~~"),
            ("a // b", "~~^^~~"),
            ("a*b", "~^~"),
            ("a + b * c", "~~^~~~~~~"),
            ("a - b - c", "~~~~~~^~~"),
            ("a ** b ** c", "~~^^~~~~~~~"),
            ("-a * b", "~~~^~~"),
            ("-a ** b", "^^^^^^^"),
            ("a * -b", "~~^~~~"),
            ("(a + b) / c", "~~~~~~~~^~~"),
            ("(a)/b", "~~~^~"),
            ("(a)//(b)", "~~~^^~~~"),
            ("((a) )  // ( b )", "~~~~~~~~^^~~~~~~"),
            ("a +( b )", "~~^^~~~~"),
            ("(x for x in [])+1", "~~~~~~~~~~~~~~~^~"),
            ("a[(1, 2)]", "~^^^^^^^^"),
            ("a [1]", "~~^^^"),
            ("a /(b)", "~~^^~~"),
            ("f(x) / 0", "~~~~~^~~"),
            ("(1, 2) + a", "~~~~~~~^~~"),
            ("d[\"a\"]", "~^^^^^"),
            ("d[\"a\"][0]", "~~~~~~^^^"),
            ("a[1:2]", "~^^^^^"),
            ("a[ 1 ]", "~^^^^^"),
            ("f(x)[i]", "~~~~^^^"),
            ("f(x)", "^^^^"),
            ("a.b[c].d", "^^^^^^^^"),
            ("a < b", "^^^^^"),
            ("a if b / c else d", "^^^^^^^^^^^^^^^^^"),
            ("'a' + \"]\"", "~~~~^~~~~"),
            ("1e-5 + x", "~~~~~^~~"),
            ("[1, 2][5]", "~~~~~~^^^"),
            ("x = 1 / 0", "^^^^^^^^^"),
        ] {
            assert_eq!(carets(segment), expected, "{segment}");
        }
        for odd in ["", "(", "a[", "'", "a +", "]", "é[0", "((", "a / ("] {
            let _ = anchor(odd);
        }
    }
}
