//! What flash in a file does not do by itself and a chip does one day: sectors that fail, power that goes in the middle of
//! a write.
//!
//! They come from a file of the host, `flash.faults`, which is looked at again at each write. No file: none.
//!
//! ```text
//! u32   words that are still written before power goes, counted down; 0xFFFFFFFF: it stays
//! u8    for each sector behind the first: not 0 where it takes no more writes
//! ```

use crate::File;

const FAULTS: &core::ffi::CStr = c"flash.faults";
const STAYS: u32 = u32::MAX;

/// Where they are read from.
#[derive(Debug)]
pub struct Faults(Option<File>);

/// Whether a write is the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It is not.
    Stays,
    /// It is, and so many words of it are whole.
    Gone {
        /// Whole words.
        after: usize,
    },
}

impl Faults {
    /// Of the file, if there is one.
    pub fn open() -> Self {
        Self(File::open(FAULTS))
    }

    /// Whether power lasts for so many words more.
    pub fn spend(&mut self, words: usize) -> Power {
        let Some(file) = &mut self.0 else { return Power::Stays };
        let mut left = [0; 4];
        let left = if file.read_at(0, &mut left) { u32::from_le_bytes(left) } else { STAYS };
        if left == STAYS {
            return Power::Stays;
        }
        match left.checked_sub(words as u32) {
            Some(left) => {
                file.write_at(0, &left.to_le_bytes());
                Power::Stays
            }
            None => Power::Gone { after: left as usize },
        }
    }

    /// Whether a sector takes no more writes.
    pub fn is_worn(&mut self, sector: u32) -> bool {
        let mut state = [0];
        self.0.as_mut().is_some_and(|file| file.read_at(4 + sector, &mut state)) && state != [0]
    }
}
