//! The flash chip through the ROM's functions, and what lies where in it: as the board's table says, `[flash]` of
//! `emulator/boards/esp8266.toml`.

use nano_nor::{Nor, SECTOR};

pub mod table {
    //! The board's table.
    include!(concat!(env!("OUT_DIR"), "/board.rs"));
}

const _: () = assert!(SECTOR == table::FLASH_SECTOR as usize, "the table has the sectors that the driver has");

/// Where the megabyte that runs is mapped.
pub const MAPPED: usize = table::FLASH_MAPPED as usize;
/// Where code is in flash, as the processor sees it.
#[cfg(feature = "narrow-load")]
pub const CODE: usize = MAPPED + table::FLASH_CODE as usize;
unsafe extern "C" {
    fn SPIRead(offset: u32, to: *mut u32, bytes: u32) -> u32;
    fn SPIWrite(offset: u32, from: *const u32, bytes: u32) -> u32;
    fn SPIEraseSector(sector: u32) -> u32;
    fn SPIUnlock() -> u32;
    /// Calls a function of the ROM with three arguments while the cache is off.
    fn board_flash(function: usize, a: usize, b: usize, c: usize) -> u32;
}

/// Takes the chip's write protection away.
pub fn unlock() {
    // SAFETY: the function has no argument.
    unsafe { board_flash(SPIUnlock as *const () as usize, 0, 0, 0) };
}

/// The part where values are kept: in the second megabyte, where the chip has one.
pub fn kept() -> Part {
    if is_beyond(table::FLASH_LARGE_KEPT) == Some(true) {
        Part { from: table::FLASH_KEPT, sectors: table::FLASH_KEPT_SECTORS }
    } else {
        Part { from: table::FLASH_LARGE_KEPT, sectors: table::FLASH_LARGE_KEPT_SECTORS }
    }
}

/// Whether the chip ends before this multiple of a megabyte. One that does answers from its beginning again, so the first
/// stage is read where nothing ought to be. None when it can't be read.
pub fn is_beyond(offset: u32) -> Option<bool> {
    let (mut first, mut there) = ([0; 16], [0; 16]);
    (read_at(0, &mut first) && read_at(offset, &mut there)).then(|| first == there)
}

/// Reads bytes at an offset of the chip that is a multiple of 4.
pub fn read_bytes(offset: u32, out: &mut [u8]) -> bool {
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

/// Reads words there.
pub fn read_at(offset: u32, words: &mut [u32]) -> bool {
    let (to, bytes) = (words.as_mut_ptr() as usize, words.len() * 4);
    // SAFETY: the ROM writes exactly the words.
    unsafe { board_flash(SPIRead as *const () as usize, offset as usize, to, bytes) == 0 }
}

/// A part of the chip.
pub struct Part {
    pub from: u32,
    pub sectors: u32,
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
