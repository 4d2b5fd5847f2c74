//! Positions in a str beyond ASCII, which is UTF-8: where character `n` starts is known only by counting from a place that
//! is known. A program that goes through a text by its positions would count from the start each time, so the VM remembers
//! for two texts where it counted to last, and how many characters they have.

use super::view::{count_chars, is_start};
use crate::vm::Vm;
use nano_wire::value::Value;

/// Texts of so many bytes are counted through each time.
const NEAR: u32 = 64;

/// A place in a text, as a position and as a byte offset.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) position: u32,
    pub(crate) offset: u32,
}

/// What is known of a text. Strings don't change, so it holds until the collector moves them, or forever for a constant;
/// one that `+=` makes longer in place has another length.
#[derive(Clone, Copy, Default)]
pub(crate) struct Walked {
    /// The text's word; 0: none.
    text: u32,
    /// Its end: as many bytes as it has, and its characters where they were counted.
    end: Place,
    last: Place,
}

impl Vm<'_> {
    /// Characters of a str beyond ASCII.
    pub(crate) fn wide_length(&self, text: Value) -> u32 {
        let mut known = self.walked_of(text);
        if known.end.position == 0 {
            let bytes = self.bytes(text);
            self.note_compared(bytes.len());
            known.end.position = count_chars(bytes);
            self.remember_walked(known);
        }
        known.end.position
    }

    /// The place of a position in a str beyond ASCII (its end where there are fewer characters), or of a byte offset.
    pub(crate) fn wide_place(&self, text: Value, target: u32, is_offset: bool) -> Place {
        let bytes = self.bytes(text);
        let mut known = self.walked_of(text);
        let there = |place: Place| if is_offset { place.offset } else { place.position };
        let mut at = Place::default();
        for place in [known.last, known.end] {
            if place.position != 0 && there(place).abs_diff(target) < there(at).abs_diff(target) {
                at = place;
            }
        }
        let from = at.offset;
        let starts = |offset: u32| bytes.get(offset as usize).is_none_or(|byte| is_start(*byte));
        while there(at) < target && at.offset < known.end.offset {
            at.offset += 1;
            at.position += u32::from(starts(at.offset));
        }
        while there(at) > target && at.offset > 0 {
            at.offset -= 1;
            at.position -= u32::from(starts(at.offset));
        }
        // Back from behind a character, its first byte is where it is.
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
        let end = Place { position: 0, offset: self.length(text) };
        let fits = |known: &Walked| known.text == text.0 && known.end.offset == end.offset;
        let known = self.walked.iter().map(core::cell::Cell::get).find(fits);
        known.unwrap_or(Walked { text: text.0, end, last: Place::default() })
    }

    fn remember_walked(&self, known: Walked) {
        if known.end.offset <= NEAR {
            return;
        }
        let newest = self.walked[0].get();
        if newest.text != known.text {
            self.walked[1].set(newest);
        }
        self.walked[0].set(known);
    }
}
