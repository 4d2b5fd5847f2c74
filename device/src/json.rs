//! As much JSON as a device needs without a heap: is it some, and how text is written.

use core::fmt::{self, Write};

/// Deepest nesting that is looked into; deeper text counts as bytes.
const DEEPEST: u32 = 64;

/// The bytes as text, if they are one JSON value and nothing else (RFC 8259).
pub fn text(bytes: &[u8]) -> Option<&str> {
    if is_value(bytes) { core::str::from_utf8(bytes).ok() } else { None }
}

/// Whether the bytes are one JSON value and nothing else.
pub fn is_value(bytes: &[u8]) -> bool {
    let mut scan = Scan { bytes, at: 0, is_ascii: true };
    if scan.value().is_none() {
        return false;
    }
    scan.space();
    scan.at == bytes.len() && (scan.is_ascii || core::str::from_utf8(bytes).is_ok())
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Writes text as a JSON string.
pub fn write_string(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    // Most are names.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        out.write_str(text)?;
        return out.write_char('"');
    }
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.write_char('\\')?;
                out.write_char(character)?;
            }
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control))?,
            other => out.write_char(other)?,
        }
    }
    out.write_char('"')
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether all that was seen is; only texts may hold anything else.
    is_ascii: bool,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek()
            && byte <= b' '
            && is_space(char::from(byte))
        {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let end = self.at + word.len();
        (self.bytes.get(self.at..end)? == word).then(|| self.at = end)
    }

    /// A value with all that is in it, without recursion: a bit a level says whether it is an object.
    fn value(&mut self) -> Option<()> {
        let (mut objects, mut depth) = (0u64, 0u32);
        loop {
            self.space();
            match self.peek()? {
                open @ (b'[' | b'{') => {
                    self.at += 1;
                    self.space();
                    let close = if open == b'[' { b']' } else { b'}' };
                    if self.peek()? == close {
                        self.at += 1;
                    } else {
                        if depth == DEEPEST {
                            return None;
                        }
                        depth += 1;
                        objects = objects << 1 | u64::from(open == b'{');
                        if open == b'{' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => self.string()?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => self.number()?,
            }
            // A value is complete; so may be what it stands in.
            loop {
                if depth == 0 {
                    return Some(());
                }
                self.space();
                let object = objects & 1 != 0;
                match (self.next()?, object) {
                    (b',', false) => break,
                    (b',', true) => {
                        self.space();
                        self.key()?;
                        break;
                    }
                    (b']', false) | (b'}', true) => {
                        depth -= 1;
                        objects >>= 1;
                    }
                    _ => return None,
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.space();
        (self.next()? == b':').then_some(())
    }

    fn string(&mut self) -> Option<()> {
        if self.next()? != b'"' {
            return None;
        }
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next().filter(u8::is_ascii_hexdigit)?;
                        }
                    }
                    _ => return None,
                },
                0..=0x1F => return None,
                0x80.. => self.is_ascii = false,
                _ => {}
            }
        }
    }

    fn digits(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.peek()? == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn json_is_told_from_other_bytes() {
        for good in [
            "1",
            "-0.5e+3",
            "[512]",
            " [ 1 , 2 ]\n",
            "{}",
            "[]",
            r#"{"a": [1, {"b": null}], "c": "\u00e9\n"}"#,
            "true",
            "\"é\"",
            "0",
            "[[[]]]",
            "[{}]",
        ] {
            assert!(text(good.as_bytes()).is_some(), "{good}");
        }
        for bad in [
            "",
            " ",
            "01",
            "1.",
            "[1,]",
            "[1 2]",
            "{1: 2}",
            r#"{"a" 1}"#,
            r#"{"a": 1,}"#,
            "[",
            "]",
            "[}",
            "{]",
            "nul",
            "\"",
            "\"\\x\"",
            "\"\n\"",
            "NaN",
            "1 1",
            "-",
            "1e",
            "'a'",
            "[1]]",
            r#""\u12g4""#,
        ] {
            assert_eq!(text(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(text(&[0xFF]), None);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(text(nested(64).as_bytes()).is_some());
        assert!(text(nested(66).as_bytes()).is_none());
        assert!(text("[".repeat(100_000).as_bytes()).is_none());
    }

    #[test]
    fn text_is_escaped() {
        let mut out = String::new();
        write_string(&mut out, "a\"b\\\n\u{1}é").unwrap();
        assert_eq!(out, "\"a\\\"b\\\\\\n\\u0001é\"");
        assert!(text(out.as_bytes()).is_some());
    }
}
