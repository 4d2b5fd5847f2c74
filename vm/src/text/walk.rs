//! Positions in a str beyond ASCII, which is UTF-8: where character `n` starts is known only by counting from a place that
//! is known. A program that goes through a text by its positions would count from the start each time, so the VM remembers
//! for two texts where it counted to last, and how many characters they have.

use super::view::{count_chars, is_start, offset_of_char};
use crate::vm::Vm;
use nano_wire::value::Value;

/// Texts of so many bytes are counted through each time.
const NEAR: usize = 64;

/// A place in a text, as a position and as a byte offset.
#[derive(Clone, Copy)]
struct Place {
    position: u32,
    offset: u32,
}

const START: Place = Place { position: 0, offset: 0 };

/// What is known of a text. Strings don't change, so it holds until the collector moves them, or forever for a constant;
/// one that `+=` makes longer in place has another length.
#[derive(Clone, Copy)]
pub(crate) struct Walked {
    text: Value,
    bytes: u32,
    /// 0: not counted yet.
    characters: u32,
    last: Place,
}

impl Walked {
    pub(crate) const NOTHING: Walked = Walked { text: Value::UNBOUND, bytes: 0, characters: 0, last: START };
}

impl Vm<'_> {
    /// Characters of a str beyond ASCII.
    pub(crate) fn wide_length(&self, text: Value) -> u32 {
        let bytes = self.bytes(text);
        if bytes.len() <= NEAR {
            return count_chars(bytes);
        }
        let mut known = self.walked_of(text, bytes);
        if known.characters == 0 {
            self.note_compared(bytes.len());
            known.characters = count_chars(bytes);
            self.remember_walked(known);
        }
        known.characters
    }

    /// Byte offset of a position in a str beyond ASCII; its end where there are fewer characters.
    pub(crate) fn wide_offset(&self, text: Value, position: u32) -> u32 {
        let bytes = self.bytes(text);
        if bytes.len() <= NEAR {
            return offset_of_char(bytes, position);
        }
        let mut known = self.walked_of(text, bytes);
        let from = [START, known.last, known.end()].into_iter().min_by_key(|place| place.position.abs_diff(position));
        let from = from.unwrap_or(START);
        let (before, behind) = bytes.split_at_checked(from.offset as usize).unwrap_or((&[], bytes));
        let offset = if position >= from.position {
            from.offset + offset_of_char(behind, position - from.position)
        } else {
            offset_back(before, from.position - position)
        };
        self.note_compared(offset.abs_diff(from.offset) as usize);
        // At the end the position may be any.
        if offset < known.bytes {
            known.last = Place { position, offset };
            self.remember_walked(known);
        }
        offset
    }

    /// Position of a byte offset in a str beyond ASCII.
    pub(crate) fn wide_position(&self, text: Value, offset: u32) -> u32 {
        let bytes = self.bytes(text);
        if bytes.len() <= NEAR {
            return count_chars(bytes.get(..offset as usize).unwrap_or(&[]));
        }
        let mut known = self.walked_of(text, bytes);
        let from = [START, known.last, known.end()].into_iter().min_by_key(|place| place.offset.abs_diff(offset));
        let from = from.unwrap_or(START);
        let between = |from: u32, to: u32| {
            self.note_compared((to - from) as usize);
            count_chars(bytes.get(from as usize..to as usize).unwrap_or(&[]))
        };
        let position = if offset >= from.offset {
            from.position + between(from.offset, offset)
        } else {
            from.position.saturating_sub(between(offset, from.offset))
        };
        if offset < known.bytes {
            known.last = Place { position, offset };
            self.remember_walked(known);
        }
        position
    }

    /// What is known of a text. A place is used only where a character starts, whatever else may be wrong with it: text is
    /// taken apart there.
    fn walked_of(&self, text: Value, bytes: &[u8]) -> Walked {
        let length = bytes.len() as u32;
        let fits = |known: &Walked| known.text == text && known.bytes == length;
        let mut known = [self.walked[0].get(), self.walked[1].get()].into_iter().find(fits);
        if let Some(known) = &mut known {
            if !bytes.get(known.last.offset as usize).is_some_and(|byte| is_start(*byte)) {
                known.last = START;
            }
        }
        known.unwrap_or(Walked { text, bytes: length, ..Walked::NOTHING })
    }

    fn remember_walked(&self, known: Walked) {
        let newest = self.walked[0].get();
        if newest.text != known.text {
            self.walked[1].set(newest);
        }
        self.walked[0].set(known);
    }

    /// Forgets places, for the texts move.
    pub(crate) fn forget_walked(&mut self) {
        self.walked = Default::default();
    }
}

impl Default for Walked {
    fn default() -> Walked {
        Walked::NOTHING
    }
}

impl Walked {
    /// Its end, where that is known.
    fn end(&self) -> Place {
        if self.characters == 0 { START } else { Place { position: self.characters, offset: self.bytes } }
    }
}

/// Offset of the character that starts `back` characters before the end of the bytes.
fn offset_back(bytes: &[u8], back: u32) -> u32 {
    let mut left = back as usize;
    let mut end = bytes.len();
    for block in bytes.rchunks(32) {
        let starts = block.iter().filter(|byte| is_start(**byte)).count();
        if starts >= left {
            break;
        }
        left -= starts;
        end -= block.len();
    }
    let rest = bytes.get(..end).unwrap_or(&[]).iter().enumerate().rev();
    rest.filter(|(_, byte)| is_start(**byte)).nth(left.saturating_sub(1)).map_or(0, |(at, _)| at as u32)
}
