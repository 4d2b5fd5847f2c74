//! White space, and walking over characters that do or do not belong to a set.

use super::view::{first_char, last_char};

/// White space as `str.split` sees it: what Unicode has, and separators of files, groups, records and units.
pub(crate) fn is_space(character: char) -> bool {
    matches!(character, '\t'..='\r' | '\x1c'..=' ')
        || !character.is_ascii()
            && matches!(
                character,
                '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
                    ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
            )
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

/// White space of str below 64, as bits.
const SPACE: u64 = 0x1_F000_3E00;
/// White space of bytes below 64, as bits.
const BYTE_SPACE: u64 = 0x1_0000_3E00;

impl Set<'_> {
    /// The members below 64, of the sets that have no other below 128.
    #[inline]
    fn space_bits(&self) -> Option<u64> {
        match self {
            Set::Space => Some(SPACE),
            Set::ByteSpace => Some(BYTE_SPACE),
            _ => None,
        }
    }

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
        self.skip_some(bytes, at, member, usize::MAX)
    }

    /// The same of at most so many characters.
    pub fn skip_some(&self, bytes: &[u8], at: usize, member: bool, most: usize) -> usize {
        let (mut at, mut left) = (at, most);
        let bits = self.space_bits();
        while left > 0
            && let Some(byte) = bytes.get(at).copied()
        {
            left -= 1;
            let width = if let Some(bits) = bits
                && (byte < 128 || !self.is_wide())
            {
                if is_in(bits, byte) != member {
                    break;
                }
                1
            } else {
                let (character, width) = if byte < 128 || !self.is_wide() {
                    (byte as char, 1)
                } else {
                    bytes.get(at..).and_then(first_char).unwrap_or(('\0', 1))
                };
                if self.has(character) != member {
                    break;
                }
                width
            };
            at += width as usize;
        }
        at
    }

    /// Offset behind the last character before `end` whose membership isn't `member`; 0 where there is none.
    pub fn skip_back(&self, bytes: &[u8], end: usize, member: bool) -> usize {
        self.skip_some_back(bytes, end, member, usize::MAX)
    }

    /// The same of at most so many characters.
    pub fn skip_some_back(&self, bytes: &[u8], end: usize, member: bool, most: usize) -> usize {
        let (mut end, mut left) = (end, most);
        let bits = self.space_bits();
        while left > 0
            && let Some(byte) = end.checked_sub(1).and_then(|last| bytes.get(last)).copied()
        {
            left -= 1;
            let width = if let Some(bits) = bits
                && (byte < 128 || !self.is_wide())
            {
                if is_in(bits, byte) != member {
                    break;
                }
                1
            } else {
                let (character, width) = if byte < 128 || !self.is_wide() {
                    (byte as char, 1)
                } else {
                    bytes.get(..end).and_then(last_char).unwrap_or(('\0', 1))
                };
                if self.has(character) != member {
                    break;
                }
                width
            };
            end = end.saturating_sub(width as usize);
        }
        end
    }
}

#[inline]
fn is_in(bits: u64, byte: u8) -> bool {
    byte < 64 && bits >> byte & 1 != 0
}
