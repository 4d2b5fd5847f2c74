//! The two places of an image in flash: the one that runs, and the one that another is written to.

use crate::flash::{MAPPED, Part, is_beyond, read_bytes, table};
use crate::rom;
use nano_board::Images;
use nano_device::framing;
use nano_nor::{Nor as _, SECTOR};

/// Where an image begins, by its place.
const IMAGES: [u32; 2] = [table::FLASH_IMAGE, table::FLASH_SECOND];
/// Most bytes of an image.
const MOST_IMAGE: u32 = table::FLASH_PROVISION - table::FLASH_IMAGE;
/// Bytes that are written at once.
const LINE: usize = 64;
/// What an image begins with.
const MAGIC: u8 = 0xE9;

unsafe extern "C" {
    static _image_end: u8;
    /// What the first stage said of this start.
    static board_boot: u32;
}

/// Bytes in flash from the first stage on to the end of the image.
fn image_bytes() -> usize {
    (&raw const _image_end).addr() - MAPPED
}

fn boot_word() -> u32 {
    // SAFETY: `start.S` has written it and nothing does afterwards.
    unsafe { board_boot }
}

/// The place that runs, 0 or 1.
fn place() -> u32 {
    boot_word() & 1
}

/// The notes of which place runs.
fn notes() -> Part {
    Part { from: table::FLASH_NOTES, sectors: table::FLASH_NOTES_SECTORS }
}

/// The place that does not run.
fn other() -> Option<(Part, u32)> {
    let (from, place) = (*IMAGES.get(1 - place() as usize)?, 1 - place());
    Some((Part { from, sectors: MOST_IMAGE / SECTOR as u32 }, place))
}

/// CRC-32 of what came before, and of the image that runs, as the processor reads it.
pub fn image_crc(before: u32) -> u32 {
    (SECTOR..image_bytes())
        .step_by(4)
        .fold(before, |crc, offset| framing::crc32(crc, &rom::register(MAPPED + offset).to_le_bytes()))
}

/// Both.
pub struct Places;

impl Images for Places {
    /// Most bytes of another image; 0 where the chip ends before the second place.
    fn room(&mut self) -> u32 {
        let is_missing = is_beyond(table::FLASH_SECOND - table::FLASH_IMAGE);
        if is_missing.is_some_and(|is_missing| !is_missing || place() == 1) { MOST_IMAGE } else { 0 }
    }

    /// CRC-32 of the image that runs.
    fn crc(&mut self) -> u32 {
        image_crc(0)
    }

    /// Writes bytes of another image, in order.
    fn write(&mut self, offset: u32, bytes: &[u8]) -> bool {
        let Some((mut part, _)) = other() else { return false };
        let (mut at, mut rest) = (offset, bytes);
        while !rest.is_empty() {
            if at.is_multiple_of(SECTOR as u32) && !part.erase(at / SECTOR as u32) {
                return false;
            }
            let mut line = [u32::MAX; LINE / 4];
            // Up to the end of a line, so never over that of a sector.
            let count = rest.len().min(LINE - at as usize % LINE);
            let Some((now, later)) = rest.split_at_checked(count) else { return false };
            for (to, from) in line.iter_mut().zip(now.chunks(4)) {
                let mut four = [0xFF; 4];
                four.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                *to = u32::from_le_bytes(four);
            }
            let Some(line) = line.get(..count.div_ceil(4)) else { return false };
            if !part.write(at, line) {
                return false;
            }
            at += count as u32;
            rest = later;
        }
        true
    }

    /// Reads back what was written of it.
    fn read(&mut self, offset: u32, buffer: &mut [u8]) -> bool {
        other().is_some_and(|(part, _)| read_bytes(part.from + offset, buffer))
    }

    /// It runs from the next start on, on trial.
    fn set_on_trial(&mut self) -> bool {
        let mut magic = [0];
        self.read(0, &mut magic)
            && magic == [MAGIC]
            && other().is_some_and(|(_, place)| nano_nor::set(&mut notes(), place))
    }

    /// Whether what runs is on trial.
    fn is_on_trial(&mut self) -> bool {
        boot_word() & 0x100 != 0
    }

    /// What runs stays.
    fn keep(&mut self) -> bool {
        nano_nor::keep(&mut notes())
    }
}
