//! Positions in a str beyond ASCII, which is UTF-8: where character `n` starts is known only by counting from a place that
//! is known. A program that goes through a text by its positions would count from the start each time, so the VM remembers
//! where it counted to last, and how many characters there are.

use super::view::{count_chars, is_start};
use crate::vm::Vm;
use nano_wire::value::Value;

/// Texts of so many bytes are counted through each time.
const NEAR: u32 = 64;

/// A place in a text, as a position and as a byte offset.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    pub(crate) position: u32,
    pub(crate) offset: u32,
}

/// What is known of a text. Strings don't change, so it holds until the collector moves them, or forever for a constant; of
/// one that `+=` makes longer in place, nothing is remembered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Walked {
    /// The text's word; 0: none.
    text: u32,
    /// How many there are; 0: they were not counted yet.
    characters: u32,
    last: Place,
}

impl Vm<'_> {
    /// Characters of a str beyond ASCII.
    pub(crate) fn wide_length(&self, text: Value) -> u32 {
        let mut known = self.walked_of(text);
        if known.characters == 0 {
            let bytes = self.bytes(text);
            self.note_compared(bytes.len());
            known.characters = count_chars(bytes);
            self.remember_walked(known);
        }
        known.characters
    }

    /// The place of a position in a str beyond ASCII (its end where there are fewer characters), or of a byte offset.
    pub(crate) fn wide_place(&self, text: Value, target: u32, is_offset: bool) -> Place {
        let bytes = self.bytes(text);
        let length = bytes.len() as u32;
        let mut known = self.walked_of(text);
        let there = |place: Place| if is_offset { place.offset } else { place.position };
        let mut at = Place::default();
        for place in [known.last, Place { position: known.characters, offset: length }] {
            if place.position != 0 && there(place).abs_diff(target) < there(at).abs_diff(target) {
                at = place;
            }
        }
        let from = at.offset;
        let starts = |offset: u32| bytes.get(offset as usize).is_none_or(|byte| is_start(*byte));
        while there(at) < target && at.offset < length {
            at.offset += 1;
            at.position += u32::from(starts(at.offset));
        }
        while there(at) > target && at.offset > 0 {
            at.offset -= 1;
            at.position -= u32::from(starts(at.offset));
        }
        // Whatever is asked for: text is taken apart only where a character starts.
        while !starts(at.offset) {
            at.offset -= 1;
        }
        self.note_compared(from.abs_diff(at.offset) as usize);
        known.last = at;
        self.remember_walked(known);
        at
    }

    /// What is known of a text.
    fn walked_of(&self, text: Value) -> Walked {
        let known = self.recent.walked.get();
        if known.text == text.0 { known } else { Walked { text: text.0, ..Walked::default() } }
    }

    fn remember_walked(&self, known: Walked) {
        if known.text != self.growing && self.length(Value(known.text)) > NEAR {
            self.recent.walked.set(known);
        }
    }
}
