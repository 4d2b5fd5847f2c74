//! The flash chip: a file. Writing only clears bits, erasing sets those of a sector.

use core::slice;
use core::sync::atomic::{AtomicU32, Ordering};
use nano_lx106::simulator;

const SECTOR: u32 = 4096;
mod table {
    //! The board's table.
    include!(concat!(env!("OUT_DIR"), "/board.rs"));
}

/// What the chip maps of its flash, and where.
const MAPPED: (usize, usize) = (table::FLASH_MAPPED as usize, 1 << 20);

static FILE: AtomicU32 = AtomicU32::new(0);
/// Bytes of the chip: what an offset has beyond them it does not look at.
static BYTES: AtomicU32 = AtomicU32::new(0);
/// Which megabyte is mapped.
static MEGABYTE: AtomicU32 = AtomicU32::new(0);

/// Opens the file and maps its first megabyte.
pub fn open() {
    let Some(file) = simulator::open(c"flash.bin") else {
        simulator::write(2, b"rom: there is no flash.bin\n");
        simulator::exit(4)
    };
    FILE.store(file, Ordering::Relaxed);
    let bytes = simulator::seek_end(file).unwrap_or(0);
    if !bytes.is_power_of_two() || bytes < SECTOR {
        simulator::write(2, b"rom: flash.bin is no chip's content\n");
        simulator::exit(4)
    }
    BYTES.store(bytes, Ordering::Relaxed);
    map(0);
}

/// Maps a megabyte of the chip.
fn map(megabyte: u32) {
    MEGABYTE.store(megabyte, Ordering::Relaxed);
    // SAFETY: this region is plain memory of the machine; whoever maps another megabyte does not run from it.
    let memory = unsafe { slice::from_raw_parts_mut(MAPPED.0 as *mut u8, MAPPED.1) };
    read_at(megabyte << 20, memory);
}

/// `Cache_Read_Enable`: which of two megabytes, and of which pair of them.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
extern "C" fn rom_cache_enable(odd: u32, pair: u32, _: u32) {
    let megabyte = pair * 2 + odd;
    if MEGABYTE.load(Ordering::Relaxed) != megabyte {
        map(megabyte);
    }
}

/// Goes to an offset of the chip; bytes up to its end, behind which its beginning is read.
fn seek(file: u32, offset: u32) -> Option<usize> {
    let bytes = BYTES.load(Ordering::Relaxed);
    let offset = offset & (bytes - 1);
    simulator::seek(file, offset).then_some((bytes - offset) as usize)
}

/// Reads from the file.
pub fn read_at(offset: u32, to: &mut [u8]) -> bool {
    let (file, mut at) = (FILE.load(Ordering::Relaxed), offset);
    let mut rest = to;
    while !rest.is_empty() {
        let Some(bytes) = seek(file, at) else { return false };
        let (now, later) = rest.split_at_mut(bytes.min(rest.len()));
        if simulator::read_from(file, now) != now.len() {
            return false;
        }
        at += now.len() as u32;
        rest = later;
    }
    true
}

/// Writes to the file; no more than a page, so never over the chip's end.
fn write_at(offset: u32, bytes: &[u8]) -> bool {
    let file = FILE.load(Ordering::Relaxed);
    seek(file, offset).is_some() && simulator::write(file, bytes) == bytes.len()
}

fn status(done: bool) -> u32 {
    // SPI_FLASH_RESULT_OK and _ERR.
    u32::from(!done)
}

/// `SPIEraseSector`.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
extern "C" fn rom_flash_erase(sector: u32) -> u32 {
    static BLANK: [u8; 256] = [0xFF; 256];
    status((0..SECTOR / 256).all(|piece| write_at(sector * SECTOR + piece * 256, &BLANK)))
}

/// `SPIWrite`.
///
/// # Safety
///
/// `from` are as many bytes of the caller.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
unsafe extern "C" fn rom_flash_write(offset: u32, from: *const u32, bytes: u32) -> u32 {
    // SAFETY: the caller's promise.
    let words = unsafe { slice::from_raw_parts(from, (bytes / 4) as usize) };
    let mut at = offset;
    for word in words {
        let mut old = [0; 4];
        // Word by word: that is how far a write has come when power goes.
        if !read_at(at, &mut old) || !write_at(at, &(word & u32::from_le_bytes(old)).to_le_bytes()) {
            return 1;
        }
        at += 4;
    }
    0
}

/// `SPIRead`.
///
/// # Safety
///
/// `to` are as many bytes of the caller.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
unsafe extern "C" fn rom_flash_read(offset: u32, to: *mut u32, bytes: u32) -> u32 {
    // SAFETY: the caller's promise.
    status(read_at(offset, unsafe { slice::from_raw_parts_mut(to.cast(), bytes as usize) }))
}
