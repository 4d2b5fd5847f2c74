//! Which of two places holds the firmware that runs.
//!
//! Notes are appended to two sectors, one after the other; the newest that is whole counts. A note begins as a trial: at
//! each start one bit of `starts` is cleared, and when [`TRIES`] are, the other place runs again. Clearing `kept` ends the
//! trial. So every step is one write of a word, which only clears bits, and a power cut leaves the step before or after.
//!
//! ```text
//! note  magic u32 | number u32 | place u32 | check u32 | starts u32 | kept u32 | blank u32 | blank u32
//! ```

use crate::{Nor, SECTOR};

/// Starts that a firmware on trial gets.
pub const TRIES: u32 = 3;

const MAGIC: u32 = 0x6F6E_616E;
const WORDS: usize = 8;
/// Bytes of a note.
const NOTE: u32 = WORDS as u32 * 4;
/// Notes in a sector.
const NOTES: u32 = SECTOR as u32 / NOTE;
const STARTS_AT: u32 = 16;
const KEPT_AT: u32 = 20;
const BLANK: u32 = u32::MAX;

/// What is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The place, 0 or 1.
    pub place: u32,
    /// Whether it is on trial: it must be [kept](keep), else it is left again.
    pub is_on_trial: bool,
}

struct Note {
    offset: u32,
    number: u32,
    place: u32,
    starts: u32,
    kept: u32,
}

/// Tells a note from what is left of one: each bit of each word matters, and a blank or a zero is none.
const fn check(number: u32, place: u32) -> u32 {
    (MAGIC ^ number.rotate_left(7) ^ place.rotate_left(19)).wrapping_mul(0x9E37_79B1) ^ number
}

fn read(flash: &mut impl Nor, offset: u32) -> Option<[u32; WORDS]> {
    let mut words = [0; WORDS];
    flash.read(offset, &mut words).then_some(words)
}

/// The newest note that is whole.
fn newest(flash: &mut impl Nor) -> Option<Note> {
    let mut newest: Option<Note> = None;
    for offset in (0..2 * NOTES).map(|index| index * NOTE) {
        let Some([magic, number, place, sum, starts, kept, ..]) = read(flash, offset) else { continue };
        let is_newer = newest.as_ref().is_none_or(|newest| number > newest.number);
        if magic == MAGIC && place < 2 && sum == check(number, place) && is_newer {
            newest = Some(Note { offset, number, place, starts, kept });
        }
    }
    newest
}

/// What is to run at this start, which is counted. Where nothing was ever noted, the first place.
pub fn choose(flash: &mut impl Nor) -> Choice {
    let Some(note) = newest(flash) else { return Choice { place: 0, is_on_trial: false } };
    if note.kept == 0 {
        return Choice { place: note.place, is_on_trial: false };
    }
    let starts = note.starts.count_zeros();
    // A start that can't be counted would be one of too many.
    if starts < TRIES && flash.write(note.offset + STARTS_AT, &[note.starts << 1]) {
        return Choice { place: note.place, is_on_trial: true };
    }
    Choice { place: 1 - note.place, is_on_trial: false }
}

/// From the next start on this place runs, on trial. `false` when that could not be noted.
pub fn set(flash: &mut impl Nor, place: u32) -> bool {
    let newest = newest(flash);
    let number = newest.as_ref().map_or(1, |note| note.number.wrapping_add(1));
    let sector = newest.as_ref().map_or(0, |note| note.offset / SECTOR as u32);
    // Behind the newest in its sector; else the other sector begins anew, which holds only older ones.
    let begin = newest.map_or(0, |note| note.offset + NOTE);
    let rest = (begin..(sector + 1) * SECTOR as u32).step_by(NOTE as usize);
    let mut free = None;
    for offset in rest {
        if read(flash, offset) == Some([BLANK; WORDS]) {
            free = Some(offset);
            break;
        }
    }
    let offset = match free {
        Some(offset) => offset,
        None if flash.erase(1 - sector) => (1 - sector) * SECTOR as u32,
        None => return false,
    };
    flash.write(offset, &[MAGIC, number, place, check(number, place)])
}

/// What is on trial stays. `false` when that could not be noted.
pub fn keep(flash: &mut impl Nor) -> bool {
    newest(flash).is_some_and(|note| note.kept == 0 || flash.write(note.offset + KEPT_AT, &[0]))
}
