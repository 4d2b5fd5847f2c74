//! What characters are, in Python's terms, where they differ from those of `core`.
//!
//! Python asks for general categories, `core` has derived properties; the tables here hold the difference (Unicode 14,
//! as CPython 3.11). Characters of newer Unicode versions follow `core`.
//!
//! A VM without `unicode` has none of these tables; what it is asked about a character beyond ASCII it refuses before it
//! comes here, where such a character is nothing in particular.

use crate::features::FEATURES;
use nano_wire::features::Feature;

/// Alphabetic in `core`, but no letters: vowel signs (Mc) that are no grapheme extenders, and circled letters.
#[rustfmt::skip]
const NO_LETTERS: [(u32, u32); 83] = [
    (0x903, 0x903), (0x93b, 0x93b), (0x93e, 0x94f), (0x982, 0x983), (0x9bf, 0x9cc), (0xa03, 0xa03), (0xa3e, 0xa40),
    (0xa83, 0xa83), (0xabe, 0xacc), (0xb02, 0xb03), (0xb40, 0xb4c), (0xbbf, 0xbcc), (0xc01, 0xc03), (0xc41, 0xc44),
    (0xc82, 0xc83), (0xcbe, 0xcc4), (0xd02, 0xd03), (0xd3f, 0xd4c), (0xd82, 0xd83), (0xdd0, 0xdf3), (0xf7f, 0xf7f),
    (0x102b, 0x103c), (0x1056, 0x1057), (0x1062, 0x1064), (0x1067, 0x106d), (0x1083, 0x108c), (0x108f, 0x109c),
    (0x17b6, 0x17c8), (0x1923, 0x1938), (0x1a19, 0x1a1a), (0x1a55, 0x1a72), (0x1b04, 0x1b04), (0x1b3e, 0x1b41),
    (0x1b82, 0x1b82), (0x1ba1, 0x1ba7), (0x1be7, 0x1bee), (0x1c24, 0x1c35), (0x24b6, 0x24e9), (0xa823, 0xa827),
    (0xa880, 0xa881), (0xa8b4, 0xa8c3), (0xa952, 0xa952), (0xa983, 0xa983), (0xa9b4, 0xa9bf), (0xaa2f, 0xaa34),
    (0xaa4d, 0xaa4d), (0xaa7b, 0xaa7d), (0xaaeb, 0xaaef), (0xaaf5, 0xaaf5), (0xabe3, 0xabea), (0x11000, 0x11002),
    (0x11082, 0x11082), (0x110b0, 0x110b8), (0x1112c, 0x1112c), (0x11145, 0x11146), (0x11182, 0x11182),
    (0x111b3, 0x111bf), (0x111ce, 0x111ce), (0x1122c, 0x11233), (0x112e0, 0x11303), (0x1133f, 0x1134c),
    (0x11362, 0x11363), (0x11435, 0x11445), (0x114b1, 0x114c1), (0x115b0, 0x115be), (0x11630, 0x1163e),
    (0x116ac, 0x116af), (0x1171e, 0x11726), (0x1182c, 0x11838), (0x11931, 0x11938), (0x11940, 0x11940),
    (0x11942, 0x11942), (0x119d1, 0x119df), (0x119e4, 0x119e4), (0x11a39, 0x11a39), (0x11a57, 0x11a58),
    (0x11a97, 0x11a97), (0x11c2f, 0x11c3e), (0x11ca9, 0x11cb4), (0x11d8a, 0x11d96), (0x11ef5, 0x11ef6),
    (0x16f51, 0x16f87), (0x1f130, 0x1f189),
];

/// The zeros of the decimal digits beyond ASCII; each is followed by its one to nine.
#[rustfmt::skip]
const ZEROS: [u32; 65] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// Digits that aren't decimal: raised, lowered, circled.
#[rustfmt::skip]
const OTHER_DIGITS: [(u32, u32); 20] = [
    (0xb2, 0xb3), (0xb9, 0xb9), (0x1369, 0x1371), (0x19da, 0x19da), (0x2070, 0x2070), (0x2074, 0x2079),
    (0x2080, 0x2089), (0x2460, 0x2468), (0x2474, 0x247c), (0x2488, 0x2490), (0x24ea, 0x24ea), (0x24f5, 0x24fd),
    (0x24ff, 0x24ff), (0x2776, 0x277e), (0x2780, 0x2788), (0x278a, 0x2792), (0x10a40, 0x10a43), (0x10e60, 0x10e68),
    (0x11052, 0x1105a), (0x1f100, 0x1f10a),
];

fn within(ranges: &[(u32, u32)], character: char) -> bool {
    let code = character as u32;
    let at = ranges.partition_point(|(_, last)| *last < code);
    ranges.get(at).is_some_and(|(first, _)| *first <= code)
}

/// Does `repr` show it as it is? (`core` has this table too, but not by name: `escape_debug` of text consults it.)
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    if !FEATURES.has(Feature::Unicode) {
        return !matches!(character, '\u{80}'..='\u{a0}' | '\u{ad}');
    }
    // The first character of a text is escaped for other reasons too, the second isn't.
    let mut buffer = [b'a'; 5];
    let length = buffer.get_mut(1..).map_or(0, |rest| character.encode_utf8(rest).len());
    let text = buffer.get(..=length).map_or("", crate::raw::text);
    text.escape_debug().nth(1) == Some(character)
}

/// Is it a number, written in whatever way?
pub(crate) fn is_numeric(character: char) -> bool {
    if FEATURES.has(Feature::Unicode) { character.is_numeric() } else { character.is_ascii_digit() }
}

/// Is it an upper case letter?
pub(crate) fn is_upper(character: char) -> bool {
    if FEATURES.has(Feature::Unicode) { character.is_uppercase() } else { character.is_ascii_uppercase() }
}

/// Is it a lower case letter?
pub(crate) fn is_lower(character: char) -> bool {
    if FEATURES.has(Feature::Unicode) { character.is_lowercase() } else { character.is_ascii_lowercase() }
}

/// Is it a letter?
pub(crate) fn is_letter(character: char) -> bool {
    if character.is_ascii() || !FEATURES.has(Feature::Unicode) {
        return character.is_ascii_alphabetic();
    }
    if matches!(character, '\u{ff9e}' | '\u{ff9f}') {
        return true;
    }
    // `escape_debug` of one character shows grapheme extenders escaped.
    character.is_alphabetic()
        && !character.is_numeric()
        && !within(&NO_LETTERS, character)
        && (character.escape_debug().next() == Some(character) || !is_printable(character))
}

/// Value of a decimal digit.
pub(crate) fn decimal_digit(character: char) -> Option<u32> {
    if character.is_ascii() {
        return character.to_digit(10);
    }
    let code = character as u32;
    let at = ZEROS.partition_point(|zero| *zero <= code);
    let zero = *ZEROS.get(at.checked_sub(1)?)?;
    (code - zero < 10).then_some(code - zero)
}

/// Is it a digit, decimal or not?
pub(crate) fn is_digit(character: char) -> bool {
    decimal_digit(character).is_some() || within(&OTHER_DIGITS, character)
}

/// Letters that change under normalisation, which identifiers may not start with.
fn is_unstable(code: u32) -> bool {
    matches!(code, 0x37a | 0x2e2f | 0xfc5e..=0xfc63 | 0xfdfa..=0xfdfb)
        || matches!(code, 0xfe70..=0xfe7e if code.is_multiple_of(2))
}

/// Can it start an identifier?
pub(crate) fn starts_identifier(character: char) -> bool {
    let code = character as u32;
    if character.is_ascii() || !FEATURES.has(Feature::Unicode) {
        return character == '_' || character.is_ascii_alphabetic();
    }
    (is_letter(character) && !is_unstable(code) && !matches!(code, 0xe33 | 0xeb3 | 0xff9e | 0xff9f))
        || (character.is_alphabetic() && character.is_numeric())
        || matches!(code, 0x1885 | 0x1886 | 0x2118 | 0x212e)
}

/// Can it stand in an identifier?
pub(crate) fn continues_identifier(character: char) -> bool {
    let code = character as u32;
    if starts_identifier(character) || decimal_digit(character).is_some() {
        return true;
    }
    if character.is_ascii() || !FEATURES.has(Feature::Unicode) || character.is_numeric() || is_unstable(code) {
        return matches!(code, 0x1369..=0x1371 | 0x19da);
    }
    // Marks, beside letters of one kind: those that extend graphemes, and the rest.
    let marks = character.escape_debug().next() != Some(character) && is_printable(character)
        || character.is_alphabetic() && within(&NO_LETTERS, character);
    let circled = matches!(code, 0x24b6..=0x24e9 | 0x1f130..=0x1f189 | 0x488 | 0x489 | 0x1abe | 0x20dd..=0x20e0 | 0x20e2..=0x20e4 | 0xa670..=0xa672);
    (marks && !circled)
        || matches!(
            code,
            0xb7 | 0x387 | 0xe33 | 0xeb3 | 0xf3e | 0xf3f | 0x1ce1 | 0x1cf7 | 0xabec | 0x203f | 0x2040 | 0x2054
        )
        || matches!(code, 0xfe33 | 0xfe34 | 0xfe4d..=0xfe4f | 0xff3f | 0xff9e | 0xff9f)
}

/// Has it case?
pub(crate) fn is_cased(character: char) -> bool {
    is_lower(character) || is_upper(character) || is_title(character)
}

/// Is it a titlecase letter, such as `Dž`?
pub(crate) fn is_title(character: char) -> bool {
    matches!(
        character as u32,
        0x1c5 | 0x1c8 | 0x1cb | 0x1f2 | 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf | 0x1fbc | 0x1fcc | 0x1ffc
    )
}

/// Characters that a conversion of case makes of one: up to three.
pub(crate) type Mapped = [char; 3];

fn of(first: u32) -> Mapped {
    [char::from_u32(first).unwrap_or('\0'), '\0', '\0']
}

fn collect(characters: impl Iterator<Item = char>) -> Mapped {
    let mut mapped = ['\0'; 3];
    for (place, character) in mapped.iter_mut().zip(characters) {
        *place = character;
    }
    mapped
}

/// Upper case. Unused places are NUL.
pub(crate) fn upper(character: char) -> Mapped {
    collect(character.to_uppercase())
}

/// Lower case.
pub(crate) fn lower(character: char) -> Mapped {
    collect(character.to_lowercase())
}

/// Title case: as upper case, but only the first letter of a ligature is large.
pub(crate) fn title(character: char) -> Mapped {
    let code = character as u32;
    match code {
        0x1c4..=0x1c6 => of(0x1c5),
        0x1c7..=0x1c9 => of(0x1c8),
        0x1ca..=0x1cc => of(0x1cb),
        0x1f1..=0x1f3 => of(0x1f2),
        0x10d0..=0x10ff => of(code),
        0x1f80..=0x1faf => of(code | 8),
        0x1fb3 | 0x1fbc => of(0x1fbc),
        0x1fc3 | 0x1fcc => of(0x1fcc),
        0x1ff3 | 0x1ffc => of(0x1ffc),
        _ => {
            let mut mapped = upper(character);
            let greek = (0x1fb0..=0x1fff).contains(&code);
            for place in mapped.iter_mut().skip(1).filter(|place| **place != '\0') {
                *place = match *place {
                    '\u{399}' if greek => '\u{345}',
                    'N' => 'N',
                    other => other.to_lowercase().next().unwrap_or(other),
                };
            }
            mapped
        }
    }
}

/// Folded case, for comparing without regard to case.
pub(crate) fn fold(character: char) -> Mapped {
    let code = character as u32;
    match code {
        0x131 | 0x13a0..=0x13f5 => of(code),
        0x13f8..=0x13fd => of(code - 8),
        0xab70..=0xabbf => of(code - 0xab70 + 0x13a0),
        0x1e9e => ['s', 's', '\0'],
        _ => {
            let mapped = upper(character);
            let mut folded = ['\0'; 3];
            let characters = mapped.iter().filter(|character| **character != '\0');
            for (place, character) in folded.iter_mut().zip(characters.flat_map(|character| character.to_lowercase())) {
                *place = character;
            }
            folded
        }
    }
}

/// Does it neither have case nor break a word (apostrophes, marks, formats)? For the final sigma.
fn is_case_ignorable(character: char) -> bool {
    matches!(
        character,
        '\'' | '.'
            | ':'
            | '^'
            | '`'
            | '\u{a8}'
            | '\u{ad}'
            | '\u{af}'
            | '\u{b4}'
            | '\u{b7}'
            | '\u{b8}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{2b0}'..='\u{36f}'
    ) || !character.is_ascii() && character.escape_debug().next() != Some(character) && is_printable(character)
}

/// Is a capital sigma between these texts the last letter of its word?
pub(crate) fn is_final_sigma(before: &str, behind: &str) -> bool {
    let cased = |character: Option<char>| character.is_some_and(is_cased);
    cased(before.chars().rev().find(|character| !is_case_ignorable(*character)))
        && !cased(behind.chars().find(|character| !is_case_ignorable(*character)))
}
