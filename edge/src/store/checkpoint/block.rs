//! The file of a checkpoint: blocks, each with its checksum, that are read one at a time.
//!
//! Little endian:
//!
//! ```text
//! magic "NIDX" | version u32 | id of the journal u32 | crc32c u32 over all before it
//! block:  length u32 | kind u32 | crc32c u32 | bytes of that length
//! ```
//!
//! A block's checksum is over its number (u64, the first is 0), its kind and its bytes, so a block in another's place is
//! noticed. The last one is of kind [`Kind::End`]; a file without it is no checkpoint.

use std::path::Path;

use nano_woof::{Draft, LogId, WholeFile, crc32c};

use crate::store::error::StoreError;

const MAGIC: [u8; 4] = *b"NIDX";
const VERSION: u32 = 1;
const HEADER_BYTES: u64 = 16;
const BLOCK_HEADER_BYTES: u64 = 12;

/// What is in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Kind {
    /// Keys of one bucket, ascending from block to block, and what each is.
    Keys = 1,
    /// Unfinished uploads of one bucket.
    Uploads = 2,
    /// Keys as they were at the end, in place of what was said of them before.
    KeysAgain = 3,
    /// The same of uploads.
    UploadsAgain = 4,
    /// All buckets, without what is in them.
    Buckets = 5,
    /// Which event's the index is, and how much there is of everything.
    End = 6,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Keys, Self::Uploads, Self::KeysAgain, Self::UploadsAgain, Self::Buckets, Self::End];
}

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

fn checksum(number: u64, kind: u32, bytes: &[u8]) -> u32 {
    crc32c(crc32c(crc32c(0, &number.to_le_bytes()), &kind.to_le_bytes()), bytes)
}

fn header(journal: LogId) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(journal.0.to_le_bytes());
    bytes.extend(crc32c(0, &bytes).to_le_bytes());
    bytes
}

/// Writes blocks.
#[derive(Debug)]
pub(super) struct BlockWriter {
    draft: Draft,
    number: u64,
}

impl BlockWriter {
    /// Begins one in a file of that name, until it has its own.
    pub fn create(path: &Path, journal: LogId) -> Result<Self, StoreError> {
        let mut draft = Draft::create(path)?;
        draft.write(&header(journal))?;
        Ok(Self { draft, number: 0 })
    }

    pub fn write(&mut self, kind: Kind, bytes: &[u8]) -> Result<(), StoreError> {
        let length = u32::try_from(bytes.len()).map_err(|_| damaged("a block of a checkpoint is over 4 GiB"))?;
        let kind = kind as u32;
        let mut header = Vec::with_capacity(BLOCK_HEADER_BYTES as usize);
        header.extend(length.to_le_bytes());
        header.extend(kind.to_le_bytes());
        header.extend(checksum(self.number, kind, bytes).to_le_bytes());
        self.draft.write(&header)?;
        self.draft.write(bytes)?;
        self.number += 1;
        Ok(())
    }

    /// Makes it durable under its name, in the same directory; returns how many bytes it has.
    pub fn commit(self, path: &Path) -> Result<u64, StoreError> {
        let length = self.draft.length();
        self.draft.commit(path)?;
        Ok(length)
    }
}

/// Reads blocks, to the last.
#[derive(Debug)]
pub(super) struct BlockReader {
    file: WholeFile,
    at: u64,
    number: u64,
    is_over: bool,
}

impl BlockReader {
    pub fn open(path: &Path, journal: LogId) -> Result<Self, StoreError> {
        let file = WholeFile::open(path)?;
        if file.length() < HEADER_BYTES || file.read(0, HEADER_BYTES as usize)? != header(journal) {
            return Err(damaged("it is no checkpoint of this journal, or of another version"));
        }
        Ok(Self { file, at: HEADER_BYTES, number: 0, is_over: false })
    }

    /// The next block; none after the last.
    pub fn next(&mut self) -> Result<Option<(Kind, Vec<u8>)>, StoreError> {
        let left = self.file.length() - self.at;
        if self.is_over {
            return if left == 0 { Ok(None) } else { Err(damaged("something is behind its end")) };
        }
        if left < BLOCK_HEADER_BYTES {
            return Err(damaged("it ends too early"));
        }
        let header = self.file.read(self.at, BLOCK_HEADER_BYTES as usize)?;
        let word = |at: usize| header.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b));
        let (length, kind, sum) = (word(0), word(4), word(8));
        if u64::from(length) > left - BLOCK_HEADER_BYTES {
            return Err(damaged("it ends too early"));
        }
        let bytes = self.file.read(self.at + BLOCK_HEADER_BYTES, length as usize)?;
        if checksum(self.number, kind, &bytes) != sum {
            return Err(damaged("a checksum is wrong"));
        }
        let known = Kind::ALL.into_iter().find(|known| *known as u32 == kind);
        let kind = known.ok_or_else(|| damaged("it has a block of an unknown kind"))?;
        self.at += BLOCK_HEADER_BYTES + u64::from(length);
        self.number += 1;
        self.is_over = kind == Kind::End;
        Ok(Some((kind, bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> Result<Vec<(Kind, Vec<u8>)>, StoreError> {
        let mut reader = BlockReader::open(path, LogId(7))?;
        let mut blocks = vec![];
        while let Some(block) = reader.next()? {
            blocks.push(block);
        }
        Ok(blocks)
    }

    #[test]
    fn blocks_come_back_and_any_damage_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("1.index");
        let mut writer = BlockWriter::create(&directory.path().join("next.tmp"), LogId(7)).unwrap();
        let blocks = [(Kind::Keys, b"one".to_vec()), (Kind::Keys, b"two".to_vec()), (Kind::End, vec![])];
        for (kind, bytes) in &blocks {
            writer.write(*kind, bytes).unwrap();
        }
        let length = writer.commit(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!((read(&path).unwrap(), bytes.len() as u64), (blocks.to_vec(), length));
        assert!(BlockReader::open(&path, LogId(8)).is_err(), "another journal's");
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &other).unwrap();
            assert!(matches!(read(&path), Err(StoreError::Damaged(_))), "bit {bit}");
        }
        for cut in 0..bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            assert!(matches!(read(&path), Err(StoreError::Damaged(_))), "cut at {cut}");
        }
        // Blocks that changed places.
        let mut other = bytes;
        let (first, second) = (16..31, 31..46);
        let moved = [&other[second.clone()], &other[first.clone()]].concat();
        other[first.start..second.end].copy_from_slice(&moved);
        std::fs::write(&path, &other).unwrap();
        assert!(read(&path).is_err());
    }
}
