//! What this machine remembers of a board's flash: what was written last, and how far a write has come.
//!
//! ```text
//! .nano/devices/NAME/flashed.bin    the image that the board confirmed
//! .nano/devices/NAME/flashed        the checksum of what the board was told of itself: who it is, what it samples
//! .nano/devices/NAME/flashing       an image's checksum, and the bytes of it that were written, while it is written
//! ```
//!
//! The boot loader can't read flash, so that this is how only what differs is written, and how an interrupted write goes on.
//! It is never believed alone: the board confirms the whole image in the end.

#![expect(clippy::single_range_in_vec_init, reason = "a list of parts, of which there is often one")]

use nano_wire::link::crc32;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is erased and written at a time: the boot ROM erases blocks of this size exactly, and more than asked of others.
const BLOCK: usize = 64 << 10;

/// The files.
pub struct Record(PathBuf);

impl Record {
    /// Those in a device's folder.
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// What has to be written of an image, where the board has one with the checksum `found`, or none that starts.
    pub fn missing(&self, image: &[u8], found: Option<u32>) -> Vec<Range<usize>> {
        let confirmed = || fs::read(self.0.join("flashed.bin")).ok();
        match found.and_then(|found| confirmed().filter(|before| crc32(0, before) == found)) {
            Some(before) => differing(&before, image),
            // What an interrupted write has left may start, too, and say that it is an image that nobody has built.
            None => vec![self.written(image).unwrap_or(0)..image.len()],
        }
    }

    /// Bytes that an interrupted write of this image had written, in whole blocks.
    fn written(&self, image: &[u8]) -> Option<usize> {
        let text = fs::read_to_string(self.0.join("flashing")).ok()?;
        let (crc, written) = text.trim().split_once(' ')?;
        // Where all of it was written what came after may be missing; the last block says so.
        let written = written.parse::<usize>().ok()?.min(image.len().saturating_sub(1)) / BLOCK * BLOCK;
        let same = u32::from_str_radix(crc, 16).ok()? == crc32(0, image);
        same.then_some(written)
    }

    /// So much of an image is written. That it can't be noted is no reason to stop. Who is killed while it is has the note
    /// before.
    pub fn note(&self, image: u32, written: usize) {
        let (path, new) = (self.0.join("flashing"), self.0.join("flashing.new"));
        let _ = fs::write(&new, format!("{image:08x} {written}\n")).and_then(|()| fs::rename(new, path));
    }

    /// Whether the board was told the same of itself before.
    pub fn told(&self, provision: u32) -> bool {
        fs::read_to_string(self.0.join("flashed")).is_ok_and(|text| text.trim() == format!("{provision:08x}"))
    }

    /// The board has confirmed this image, and what it was told.
    pub fn confirm(&self, image: &[u8], provision: u32) {
        let _ = fs::remove_file(self.0.join("flashing"));
        let _ = fs::write(self.0.join("flashed.bin"), image);
        let _ = fs::write(self.0.join("flashed"), format!("{provision:08x}\n"));
    }

    /// Nothing that was remembered holds.
    pub fn forget(&self) {
        for name in ["flashing", "flashed", "flashed.bin"] {
            let _ = fs::remove_file(self.0.join(name));
        }
    }
}

/// The blocks in which two images differ, joined where they touch.
fn differing(before: &[u8], image: &[u8]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for from in (0..image.len()).step_by(BLOCK) {
        let to = (from + BLOCK).min(image.len());
        if before.get(from..to) == image.get(from..to) {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.end == from => last.end = to,
            _ => ranges.push(from..to),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let record = Record::new(folder.path());
        let image = vec![7; 3 * BLOCK + 100];
        assert_eq!(record.missing(&image, Some(1)), [0..image.len()]);
        record.confirm(&image, 5);
        assert!(record.told(5) && !record.told(6));
        let mut newer = image.clone();
        newer[BLOCK + 3] = 8;
        newer.push(9);
        let crc = crc32(0, &image);
        assert_eq!(record.missing(&newer, Some(crc)), [BLOCK..2 * BLOCK, 3 * BLOCK..newer.len()]);
        // A board with another image than was written from here.
        assert_eq!(record.missing(&newer, Some(crc ^ 1)), [0..newer.len()]);
    }

    #[test]
    fn an_interrupted_write_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let record = Record::new(folder.path());
        let image = vec![7; 3 * BLOCK];
        record.note(crc32(0, &image), 2 * BLOCK + 5000);
        assert_eq!(record.missing(&image, None), [2 * BLOCK..image.len()]);
        assert_eq!(record.missing(&image, Some(9)), [2 * BLOCK..image.len()], "what was written is half an image");
        record.note(crc32(0, &image), image.len());
        assert_eq!(record.missing(&image, None), [2 * BLOCK..image.len()], "all of the image, nothing of the rest");
        assert_eq!(record.missing(&vec![8; 3 * BLOCK], None), [0..3 * BLOCK], "another image");
        record.note(crc32(0, &image), 70);
        assert_eq!(record.missing(&image, None), [0..image.len()]);
        fs::write(folder.path().join("flashing"), "nonsense").unwrap();
        assert_eq!(record.missing(&image, None), [0..image.len()]);
        record.forget();
        assert_eq!(record.missing(&image, None), [0..image.len()]);
    }
}
