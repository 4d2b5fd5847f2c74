//! White space, and walking over characters that do or do not belong to a set.

use super::view::{first_char, last_char};

/// White space as `str.split` sees it.
pub(crate) fn is_space(character: char) -> bool {
    matches!(character, '\x1c'..='\x1f') || character.is_whitespace()
}

/// A set of characters (or bytes) to strip or to split at.
pub(crate) enum Set<'a> {
    /// White space of str.
    Space,
    /// White space of bytes.
    ByteSpace,
    /// The characters of a str.
    Chars(&'a str),
    /// These bytes.
    Bytes(&'a [u8]),
}

impl Set<'_> {
    /// Are its members characters (and not bytes)?
    fn is_wide(&self) -> bool {
        matches!(self, Set::Space | Set::Chars(_))
    }

    fn has(&self, character: char) -> bool {
        match self {
            Set::Space => is_space(character),
            Set::ByteSpace => matches!(character, ' ' | '\t'..='\r'),
            Set::Chars(chars) => chars.contains(character),
            Set::Bytes(bytes) => bytes.contains(&(character as u8)),
        }
    }

    /// Offset of the first character from `at` on whose membership isn't `member`; the length where there is none.
    pub fn skip(&self, bytes: &[u8], at: usize, member: bool) -> usize {
        let mut at = at;
        while let Some(byte) = bytes.get(at) {
            let (character, width) = if *byte < 128 || !self.is_wide() {
                (*byte as char, 1)
            } else {
                bytes.get(at..).and_then(first_char).unwrap_or(('\0', 1))
            };
            if self.has(character) != member {
                break;
            }
            at += width as usize;
        }
        at
    }

    /// Offset behind the last character before `end` whose membership isn't `member`; 0 where there is none.
    pub fn skip_back(&self, bytes: &[u8], end: usize, member: bool) -> usize {
        let mut end = end;
        while end > 0 {
            let byte = bytes.get(end - 1).copied().unwrap_or(0);
            let (character, width) = if byte < 128 || !self.is_wide() {
                (byte as char, 1)
            } else {
                bytes.get(..end).and_then(last_char).unwrap_or(('\0', 1))
            };
            if self.has(character) != member {
                break;
            }
            end = end.saturating_sub(width as usize);
        }
        end
    }
}
