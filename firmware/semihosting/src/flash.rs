//! NOR flash in a file of the host: for boards that have none, as those that QEMU emulates.

use crate::File;
use nano_keep::{Nor, SECTOR};

/// Words that are handled at a time.
const PIECE: usize = 64;

/// Sectors of the file, from an offset on.
#[derive(Debug)]
pub struct HostFlash {
    file: File,
    from: u32,
    sectors: u32,
}

impl HostFlash {
    /// So many sectors from this offset on.
    pub const fn new(file: File, from: u32, sectors: u32) -> Self {
        Self { file, from, sectors }
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

    fn erase(&mut self, sector: u32) -> bool {
        self.file.write_at(self.from + sector * SECTOR as u32, &[0xFF; SECTOR])
    }
}
