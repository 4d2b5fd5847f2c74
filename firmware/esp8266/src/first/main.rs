//! The ESP8266's first stage: chooses which of two images runs, loads what of it is in RAM, and enters it.
//!
//! It lies in the first sector of the flash, which no update writes. It is as small as can be: no heap, no text, no
//! interrupt; where it finds nothing that runs it starts anew, and the boot ROM's own loader is always there.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
use nano_nor::{Nor, SECTOR, choose};

mod table {
    //! The board's table.
    include!(concat!(env!("OUT_DIR"), "/first_board.rs"));
}

/// Where an image begins, by its place, and the note of which runs.
const IMAGES: [u32; 2] = [table::FLASH_IMAGE, table::FLASH_SECOND];
const NOTES: u32 = table::FLASH_NOTES;
/// What an image begins with, and what its checksum does.
const MAGIC: u32 = 0xE9;
const CHECKSUM: u32 = 0xEF;
/// Where segments may go: data and instruction RAM below what is this program's.
const RAM: [(u32, u32); 2] = [(0x3FFE_8000, 0x3FFF_A000), (0x4010_0000, 0x4010_7000)];

unsafe extern "C" {
    fn SPIRead(offset: u32, to: *mut u32, bytes: u32) -> u32;
    fn SPIWrite(offset: u32, from: *const u32, bytes: u32) -> u32;
    fn SPIEraseSector(sector: u32) -> u32;
    fn SPIUnlock() -> u32;
    fn software_reset();
    /// Enters an image, which is told the second argument.
    fn first_jump(entry: u32, what: u32) -> !;
}

/// The two sectors of notes. The cache is off here, so the ROM is called as it is.
struct Notes;

fn read(offset: u32, words: &mut [u32]) -> bool {
    // SAFETY: the ROM writes exactly the words.
    unsafe { SPIRead(offset, words.as_mut_ptr(), size_of_val(words) as u32) == 0 }
}

impl Nor for Notes {
    fn sectors(&self) -> u32 {
        table::FLASH_NOTES_SECTORS
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        read(NOTES + offset, words)
    }

    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        // SAFETY: the ROM reads exactly the words; only notes lie there.
        let written = unsafe { SPIWrite(NOTES + offset, words.as_ptr(), size_of_val(words) as u32) == 0 };
        let mut at = NOTES + offset;
        written
            && words.iter().all(|word| {
                let mut found = [0];
                let is_read = read(at, &mut found);
                at += 4;
                is_read && found == [*word]
            })
    }

    fn erase(&mut self, sector: u32) -> bool {
        // SAFETY: only notes lie there.
        unsafe { SPIEraseSector(NOTES / SECTOR as u32 + sector) == 0 }
    }
}

/// Called by `first.S`.
// SAFETY: the name is unique; `first.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn first_main() -> ! {
    // SAFETY: takes the chip's write protection away; no argument.
    unsafe { SPIUnlock() };
    let choice = choose(&mut Notes);
    if let Some(entry) = load(choice.place) {
        // SAFETY: the entry lies in what was loaded; the image is whole.
        unsafe { first_jump(entry, choice.place | u32::from(choice.is_on_trial) << 8) };
    }
    // A trial ends here by itself when its starts are used up.
    if !choice.is_on_trial
        && let Some(entry) = load(1 - choice.place)
    {
        // SAFETY: as above.
        unsafe { first_jump(entry, 1 - choice.place) };
    }
    restart()
}

/// Loads the segments of the image in a place, as the boot ROM does; its entry.
fn load(place: u32) -> Option<u32> {
    let mut at = *IMAGES.get(place as usize)?;
    let mut header = [0; 2];
    let [what, entry] = read(at, &mut header).then_some(header)?;
    let segments = what >> 8 & 0xFF;
    if what & 0xFF != MAGIC || segments == 0 || segments > 16 || !within(entry, 4) {
        return None;
    }
    at += 8;
    let mut sum = 0;
    for _ in 0..segments {
        let [address, bytes] = read(at, &mut header).then_some(header)?;
        if !within(address, bytes) || (address | bytes) & 3 != 0 {
            return None;
        }
        at += 8;
        // SAFETY: the range lies in RAM that is the image's.
        if unsafe { SPIRead(at, core::ptr::with_exposed_provenance_mut(address as usize), bytes) } != 0 {
            return None;
        }
        for word in (address..address + bytes).step_by(4) {
            // SAFETY: as above; instruction RAM is read by words.
            sum ^= unsafe { core::ptr::with_exposed_provenance::<u32>(word as usize).read_volatile() };
        }
        at += bytes;
    }
    // The checksum is the last byte of a line of 16.
    let last = at | 15;
    let mut word = [0];
    let [word] = read(last & !3, &mut word).then_some(word)?;
    (fold(sum) ^ CHECKSUM == word >> 24).then_some(entry)
}

/// The four bytes of a word, added without carry.
const fn fold(word: u32) -> u32 {
    let half = word ^ word >> 16;
    (half ^ half >> 8) & 0xFF
}

fn within(address: u32, bytes: u32) -> bool {
    RAM.iter().any(|(from, to)| address >= *from && bytes <= *to - *from && address <= *to - bytes)
}

fn restart() -> ! {
    loop {
        // SAFETY: does not return on the chip; where it does, it is called again.
        unsafe { software_reset() };
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    restart()
}
