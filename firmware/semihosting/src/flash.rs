//! NOR flash in a file of the host: for boards that have none, as those that QEMU emulates.

use crate::faults::{Faults, Power};
use crate::{File, exit};
use nano_keep::{Nor, SECTOR};

/// The file of the host.
const FLASH: &core::ffi::CStr = c"flash.bin";

/// Words that are handled at a time.
const PIECE: usize = 64;

/// Sectors of the file, from an offset on.
#[derive(Debug)]
pub struct HostFlash {
    file: File,
    from: u32,
    sectors: u32,
    faults: Faults,
}

/// Opens the file of the host, and reads the part of it at `offset`, as long as `part` is.
fn open_flash(offset: u32, part: &mut [u8]) -> Result<File, &'static str> {
    let mut file = File::open(FLASH).ok_or("there is no flash.bin on the host")?;
    if file.read_at(offset, part) { Ok(file) } else { Err("flash.bin on the host is too short") }
}

impl HostFlash {
    /// What a board keeps in the file of the host that stands for its flash, and the part of that which says who it is.
    ///
    /// # Errors
    ///
    /// There is no such file, or it ends before.
    pub fn open(part: u32, into: &mut [u8], from: u32, sectors: u32) -> Result<Self, &'static str> {
        open_flash(part, into).map(|file| Self::new(file, from, sectors))
    }

    fn new(file: File, from: u32, sectors: u32) -> Self {
        Self { file, from, sectors, faults: Faults::open() }
    }

    /// Clears the bits that are 0 in the words; whether the flash has them now.
    fn clear(&mut self, offset: u32, words: &[u32]) -> bool {
        let (mut before, mut bytes) = ([0; PIECE], [0; PIECE * 4]);
        let mut at = offset;
        words.chunks(PIECE).all(|piece| {
            let before = &mut before[..piece.len()];
            let whole = self.read(at, before);
            for ((bytes, before), word) in bytes.as_chunks_mut().0.iter_mut().zip(before.iter()).zip(piece) {
                *bytes = (before & word).to_le_bytes();
            }
            let same = before.iter().zip(piece).all(|(before, word)| before & word == *word);
            let written = self.file.write_at(self.from + at, &bytes[..piece.len() * 4]);
            at += piece.len() as u32 * 4;
            whole && same && written
        })
    }
}

impl Nor for HostFlash {
    fn sectors(&self) -> u32 {
        self.sectors
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        let mut bytes = [0; PIECE * 4];
        let mut at = self.from + offset;
        words.chunks_mut(PIECE).all(|piece| {
            let bytes = &mut bytes[..piece.len() * 4];
            let whole = self.file.read_at(at, bytes);
            for (word, bytes) in piece.iter_mut().zip(bytes.as_chunks().0) {
                *word = u32::from_le_bytes(*bytes);
            }
            at += piece.len() as u32 * 4;
            whole
        })
    }

    /// Only clears bits, as the chips do: what is not erased before shows.
    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        if let Power::Gone { after } = self.faults.spend(words.len()) {
            let (whole, rest) = words.split_at(after);
            self.clear(offset, whole);
            // The word that is being written gets some of its bits.
            if let Some(word) = rest.first() {
                self.clear(offset + after as u32 * 4, &[word | 0xFFFF_0000]);
            }
            exit(false);
        }
        if self.faults.is_worn(offset / SECTOR as u32) {
            // Some of it takes, which is worse than none of it.
            self.clear(offset, &words[..words.len() / 2]);
            return false;
        }
        self.clear(offset, words)
    }

    fn erase(&mut self, sector: u32) -> bool {
        let at = self.from + sector * SECTOR as u32;
        if let Power::Gone { .. } = self.faults.spend(1) {
            // Some of it is blank, the rest as it was.
            self.file.write_at(at, &[0xFF; SECTOR / 8]);
            exit(false);
        }
        !self.faults.is_worn(sector) && self.file.write_at(at, &[0xFF; SECTOR])
    }
}
