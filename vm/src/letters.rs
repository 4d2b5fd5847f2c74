//! The strings of one ASCII character: objects behind those of the module, so that none is ever made.
//!
//! A walk over text, an index into it, `chr` and constants give these. They have offsets that no module reaches, and
//! lie in flash on a device.

use crate::raw;
use nano_wire::module::MAX_BYTES;
use nano_wire::value::{Kind, LETTER_BYTES, LETTERS, Value, hash_letter, header};

const _: () = assert!(MAX_BYTES < LETTERS as usize);

const WORDS: usize = LETTER_BYTES as usize / 4;

#[expect(clippy::indexing_slicing, reason = "evaluated when the crate is compiled")]
static OBJECTS: [u32; 128 * WORDS] = {
    let mut words = [0; 128 * WORDS];
    let mut letter = 0;
    while letter < 128 {
        words[letter * WORDS] = header(Kind::Str as u8, 1);
        words[letter * WORDS + 1] = hash_letter(letter as u8) << 1 | 1;
        words[letter * WORDS + 2] = letter as u32;
        letter += 1;
    }
    words
};

/// The string of a character, if it is one of them.
#[inline(always)]
pub(crate) fn letter(character: char) -> Option<Value> {
    if character.is_ascii() { Some(Value::letter(character as u8)) } else { None }
}

/// A word of them by its offset; 0 outside.
#[inline(never)]
pub(crate) fn word(offset: u32) -> u32 {
    OBJECTS.get((offset.wrapping_sub(LETTERS) / 4) as usize).copied().unwrap_or(0)
}

/// Bytes of them by their offset.
#[inline(never)]
pub(crate) fn bytes(at: usize, length: usize) -> Option<&'static [u8]> {
    let at = at.checked_sub(LETTERS as usize)?;
    raw::bytes(&OBJECTS).get(at..at.checked_add(length)?)
}
