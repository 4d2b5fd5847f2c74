//! The flash chip through the ROM's functions, and what lies where in it.

use nano_keep::{Nor, SECTOR};

/// The sector that says who this board is.
pub const PROVISION: u32 = 0x000F_C000;
/// What is kept: 32 sectors. Beyond the first megabyte, which is mapped, so that no code is ever under it.
const KEPT: (u32, u32) = (0x0010_0000, 32);

/// Where the first megabyte is mapped.
pub const MAPPED: usize = 0x4020_0000;

/// Bytes of the image in flash, from 0 on.
pub fn image_bytes() -> usize {
    (&raw const _image_end).addr() - MAPPED
}

unsafe extern "C" {
    static _image_end: u8;
    fn SPIRead(offset: u32, to: *mut u32, bytes: u32) -> u32;
    fn SPIWrite(offset: u32, from: *const u32, bytes: u32) -> u32;
    fn SPIEraseSector(sector: u32) -> u32;
    fn SPIUnlock() -> u32;
    /// Calls a function of the ROM with three arguments while the cache is off.
    fn board_flash(function: usize, a: usize, b: usize, c: usize) -> u32;
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
        let mut words = [0; 16];
        let mut at = offset;
        for piece in out.chunks_mut(words.len() * 4) {
            if !self.read_at(at, &mut words) {
                return false;
            }
            at += (words.len() * 4) as u32;
            for (to, from) in piece.chunks_mut(4).zip(words) {
                to.iter_mut().zip(from.to_le_bytes()).for_each(|(to, from)| *to = from);
            }
        }
        true
    }

    fn read_at(&mut self, offset: u32, words: &mut [u32]) -> bool {
        let (to, bytes) = (words.as_mut_ptr() as usize, words.len() * 4);
        // SAFETY: the ROM writes exactly the words.
        unsafe { board_flash(SPIRead as *const () as usize, offset as usize, to, bytes) == 0 }
    }
}

/// The part where values are kept.
impl Nor for Flash {
    fn sectors(&self) -> u32 {
        KEPT.1
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        self.read_at(KEPT.0 + offset, words)
    }

    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        let (from, bytes) = (words.as_ptr() as usize, words.len() * 4);
        // SAFETY: the ROM reads exactly the words; the offset lies in the part for values, where no code is.
        let written =
            unsafe { board_flash(SPIWrite as *const () as usize, (KEPT.0 + offset) as usize, from, bytes) == 0 };
        let mut check = [0; 16];
        written
            && words.chunks(check.len()).zip((KEPT.0 + offset..).step_by(check.len() * 4)).all(|(piece, at)| {
                let check = &mut check[..piece.len()];
                self.read_at(at, check) && check == piece
            })
    }

    fn erase(&mut self, sector: u32) -> bool {
        let sector = KEPT.0 / SECTOR as u32 + sector;
        // SAFETY: the sector lies in the part for values, where no code is.
        unsafe { board_flash(SPIEraseSector as *const () as usize, sector as usize, 0, 0) == 0 }
    }
}
