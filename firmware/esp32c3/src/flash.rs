//! The flash chip, and what lies where in it: as the board's table says.

use crate::table;
use esp_hal::peripherals::FLASH;
use esp_storage::FlashStorage;
use nano_device::framing::crc32;
use nano_nor::{Nor, SECTOR};

const _: () = assert!(SECTOR == table::FLASH_SECTOR as usize, "the table has the sectors that the driver has");

/// What an image begins with.
const MAGIC: u8 = 0xE9;
/// Bytes of an image's header, of a segment's, and of the SHA-256 behind the image where its header says so.
const HEADER: u32 = 24;
const SEGMENT: u32 = 8;
const SHA256: u32 = 32;
/// Bytes that are read at once.
const LINE: usize = 256;

/// Bytes as the driver takes them without another copy.
#[repr(align(4))]
struct Line([u8; LINE]);

/// The chip.
pub struct Flash(FlashStorage<'static>);

impl Flash {
    /// The only one.
    pub fn new(chip: FLASH<'static>) -> Self {
        Self(FlashStorage::new(chip))
    }

    /// Reads bytes, whole words of them, at an offset that is a multiple of 4.
    pub fn read_bytes(&mut self, offset: u32, out: &mut [u8]) -> bool {
        let mut line = Line([0; LINE]);
        (offset..).step_by(LINE).zip(out.chunks_mut(LINE)).all(|(at, out)| {
            let Some(line) = line.0.get_mut(..out.len()) else { return false };
            let read = self.0.read_nor(at, line).is_ok();
            out.copy_from_slice(line);
            read
        })
    }

    /// Where the image ends: its header says how many segments there are, and each how long it is.
    fn image_end(&mut self) -> Option<u32> {
        let mut header = [0; HEADER as usize];
        self.read_bytes(table::FLASH_IMAGE, &mut header).then_some(())?;
        let [MAGIC, segments, ..] = header else { return None };
        let mut at = table::FLASH_IMAGE + HEADER;
        for _ in 0..segments {
            let mut segment = [0; SEGMENT as usize];
            self.read_bytes(at, &mut segment).then_some(())?;
            let [_, _, _, _, length @ ..] = segment;
            at = at.checked_add(SEGMENT)?.checked_add(u32::from_le_bytes(length))?;
            (at <= table::FLASH_PROVISION && at.is_multiple_of(4)).then_some(())?;
        }
        // The checksum is the last byte of a line of 16.
        let end = (at | 15) + 1;
        Some(if header.last() == Some(&1) { end + SHA256 } else { end })
    }

    /// Checksum of what lies in flash from its beginning to the end of the image; 0 where there is none.
    pub fn image_crc(&mut self) -> u32 {
        let Some(end) = self.image_end() else { return 0 };
        let mut line = [0; LINE];
        (0..end).step_by(LINE).fold(0, |crc, at| {
            let Some(line) = line.get_mut(..(end - at).min(LINE as u32) as usize) else { return crc };
            self.read_bytes(at, line);
            crc32(crc, line)
        })
    }

    /// The part where values are kept.
    pub fn kept(self) -> Part {
        Part { flash: self, from: table::FLASH_KEPT, sectors: table::FLASH_KEPT_SECTORS }
    }
}

/// A part of the chip.
pub struct Part {
    flash: Flash,
    from: u32,
    sectors: u32,
}

impl Nor for Part {
    fn sectors(&self) -> u32 {
        self.sectors
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        let mut bytes = [0; LINE];
        (self.from + offset..).step_by(LINE).zip(words.chunks_mut(LINE / 4)).all(|(at, words)| {
            let Some(bytes) = bytes.get_mut(..words.len() * 4) else { return false };
            let read = self.flash.read_bytes(at, bytes);
            for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
                *word = u32::from_le_bytes(*bytes);
            }
            read
        })
    }

    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        let (mut line, mut back) = (Line([0; LINE]), [0; LINE / 4]);
        (offset..).step_by(LINE).zip(words.chunks(LINE / 4)).all(|(at, words)| {
            for (bytes, word) in line.0.as_chunks_mut().0.iter_mut().zip(words) {
                *bytes = word.to_le_bytes();
            }
            let (Some(bytes), Some(back)) = (line.0.get(..words.len() * 4), back.get_mut(..words.len())) else {
                return false;
            };
            self.flash.0.write_nor(self.from + at, bytes).is_ok() && self.read(at, back) && back == words
        })
    }

    fn erase(&mut self, sector: u32) -> bool {
        let from = self.from + sector * SECTOR as u32;
        let mut words = [0; LINE / 4];
        self.flash.0.erase(from, from + SECTOR as u32).is_ok()
            && (0..SECTOR as u32).step_by(LINE).all(|at| {
                self.read(sector * SECTOR as u32 + at, &mut words) && words.iter().all(|word| *word == u32::MAX)
            })
    }
}
