//! The flash chip through the ROM's functions, and what lies where in it: as the board's table says, `[flash]` of
//! `emulator/boards/esp8266.toml`.

use crate::rom;
use nano_device::framing;
use nano_nor::{Nor, SECTOR};

mod table {
    //! The board's table.
    include!(concat!(env!("OUT_DIR"), "/board.rs"));
}

/// The sector that says who this board is.
pub use table::FLASH_PROVISION as PROVISION;

const _: () = assert!(SECTOR == table::FLASH_SECTOR as usize, "the table has the sectors that the driver has");

/// Where the megabyte that runs is mapped.
const MAPPED: usize = table::FLASH_MAPPED as usize;
/// Where code is in flash, as the processor sees it.
#[cfg(feature = "narrow-load")]
pub const CODE: usize = MAPPED + table::FLASH_CODE as usize;
/// Where an image begins, by its place.
const IMAGES: [u32; 2] = [table::FLASH_IMAGE, table::FLASH_SECOND];
/// Most bytes of an image.
const MOST_IMAGE: u32 = PROVISION - table::FLASH_IMAGE;
/// Bytes that are written at once.
const LINE: usize = 64;
/// What an image begins with.
const MAGIC: u8 = 0xE9;

/// Bytes in flash from the first stage on to the end of the image.
fn image_bytes() -> usize {
    (&raw const _image_end).addr() - MAPPED
}

unsafe extern "C" {
    static _image_end: u8;
    /// What the first stage said of this start.
    static board_boot: u32;
    fn SPIRead(offset: u32, to: *mut u32, bytes: u32) -> u32;
    fn SPIWrite(offset: u32, from: *const u32, bytes: u32) -> u32;
    fn SPIEraseSector(sector: u32) -> u32;
    fn SPIUnlock() -> u32;
    /// Calls a function of the ROM with three arguments while the cache is off.
    fn board_flash(function: usize, a: usize, b: usize, c: usize) -> u32;
}

fn boot_word() -> u32 {
    // SAFETY: `start.S` has written it and nothing does afterwards.
    unsafe { board_boot }
}

/// The place that runs, 0 or 1.
fn place() -> u32 {
    boot_word() & 1
}

/// Whether what runs is on trial.
pub fn is_on_trial() -> bool {
    boot_word() & 0x100 != 0
}

/// The chip.
pub struct Flash(());

impl Flash {
    /// The only one: made once.
    pub fn new() -> Self {
        // SAFETY: takes the chip's write protection away; no argument.
        unsafe { board_flash(SPIUnlock as *const () as usize, 0, 0, 0) };
        Self(())
    }

    /// Reads bytes at an offset of the chip that is a multiple of 4.
    pub fn read_bytes(&mut self, offset: u32, out: &mut [u8]) -> bool {
        read_bytes(offset, out)
    }

    /// The part where values are kept. Beyond the first megabyte, so that no code is ever under it.
    pub fn kept(self) -> Part {
        Part { from: table::FLASH_KEPT, sectors: table::FLASH_KEPT_SECTORS }
    }
}

/// The notes of which place runs.
fn notes() -> Part {
    Part { from: table::FLASH_NOTES, sectors: table::FLASH_NOTES_SECTORS }
}

/// CRC-32 of what came before, and of the image that runs, as the processor reads it.
pub fn image_crc(before: u32) -> u32 {
    (SECTOR..image_bytes())
        .step_by(4)
        .fold(before, |crc, offset| framing::crc32(crc, &rom::register(MAPPED + offset).to_le_bytes()))
}

/// The place that does not run.
fn other() -> Option<(Part, u32)> {
    let (from, place) = (*IMAGES.get(1 - place() as usize)?, 1 - place());
    Some((Part { from, sectors: MOST_IMAGE / SECTOR as u32 }, place))
}

fn read_bytes(offset: u32, out: &mut [u8]) -> bool {
    let mut words = [0; 16];
    let mut at = offset;
    for piece in out.chunks_mut(words.len() * 4) {
        if !read_at(at, &mut words) {
            return false;
        }
        at += (words.len() * 4) as u32;
        for (to, from) in piece.chunks_mut(4).zip(words) {
            to.iter_mut().zip(from.to_le_bytes()).for_each(|(to, from)| *to = from);
        }
    }
    true
}

fn read_at(offset: u32, words: &mut [u32]) -> bool {
    let (to, bytes) = (words.as_mut_ptr() as usize, words.len() * 4);
    // SAFETY: the ROM writes exactly the words.
    unsafe { board_flash(SPIRead as *const () as usize, offset as usize, to, bytes) == 0 }
}

/// Most bytes of another image; 0 where the chip ends before the second place. A chip that has less answers from its
/// beginning again, so there the first stage is read where nothing ought to be.
pub fn room() -> u32 {
    let (mut first, mut second) = ([0; 16], [0; 16]);
    let is_read = read_at(0, &mut first) && read_at(table::FLASH_SECOND - table::FLASH_IMAGE, &mut second);
    if is_read && (first != second || place() == 1) { MOST_IMAGE } else { 0 }
}

/// Writes bytes of another image, in order.
pub fn write_image(offset: u32, bytes: &[u8]) -> bool {
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
pub fn read_image(offset: u32, buffer: &mut [u8]) -> bool {
    other().is_some_and(|(part, _)| read_bytes(part.from + offset, buffer))
}

/// It runs from the next start on, on trial.
pub fn try_image() -> bool {
    let mut magic = [0];
    read_image(0, &mut magic)
        && magic == [MAGIC]
        && other().is_some_and(|(_, place)| nano_nor::set(&mut notes(), place))
}

/// What runs stays.
pub fn keep_image() -> bool {
    nano_nor::keep(&mut notes())
}

/// A part of the chip.
pub struct Part {
    from: u32,
    sectors: u32,
}

impl Nor for Part {
    fn sectors(&self) -> u32 {
        self.sectors
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        read_at(self.from + offset, words)
    }

    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        let (from, bytes) = (words.as_ptr() as usize, words.len() * 4);
        // SAFETY: the ROM reads exactly the words; no part is where code is that runs.
        let written =
            unsafe { board_flash(SPIWrite as *const () as usize, (self.from + offset) as usize, from, bytes) == 0 };
        let mut check = [0; 16];
        written
            && words.chunks(check.len()).zip((self.from + offset..).step_by(check.len() * 4)).all(|(piece, at)| {
                let check = &mut check[..piece.len()];
                read_at(at, check) && check == piece
            })
    }

    fn erase(&mut self, sector: u32) -> bool {
        let sector = self.from / SECTOR as u32 + sector;
        // SAFETY: as for writing.
        unsafe { board_flash(SPIEraseSector as *const () as usize, sector as usize, 0, 0) == 0 }
    }
}
