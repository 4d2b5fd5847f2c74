//! Loading an image as the chip's ROM does: header at flash 0, segments into RAM, one checksum over all.

use crate::flash::read_at;

const MAGIC: u8 = 0xE9;
const CHECKSUM: u8 = 0xEF;
/// Where segments may go: data RAM up to the ROM's own, instruction RAM.
const RAM: [(u32, u32); 2] = [(0x3FFE_8000, 0x3FFF_C000), (0x4010_0000, 0x4010_8000)];

/// Loads it; where it is entered.
pub fn load() -> Result<u32, &'static str> {
    let mut header = [0; 8];
    if !read_at(0, &mut header) {
        return Err("the flash can't be read");
    }
    let [magic, segments, _, _, e0, e1, e2, e3] = header;
    if magic != MAGIC || segments == 0 || segments > 16 {
        return Err("there is no image at 0");
    }
    let mut at = 8;
    let mut checksum = CHECKSUM;
    for _ in 0..segments {
        let mut words = [0; 8];
        read_at(at, &mut words);
        let [a0, a1, a2, a3, l0, l1, l2, l3] = words;
        let (address, length) = (u32::from_le_bytes([a0, a1, a2, a3]), u32::from_le_bytes([l0, l1, l2, l3]));
        at += 8;
        if !RAM.iter().any(|(from, to)| address >= *from && length <= *to && address <= to - length) {
            return Err("a segment does not go into RAM");
        }
        // SAFETY: the range lies in RAM that is the image's.
        let to = unsafe { core::slice::from_raw_parts_mut(address as *mut u8, length as usize) };
        if !read_at(at, to) {
            return Err("the flash can't be read");
        }
        checksum = to.iter().fold(checksum, |sum, byte| sum ^ byte);
        at += length;
    }
    let mut stored = [0];
    read_at(at | 15, &mut stored);
    if stored == [checksum] { Ok(u32::from_le_bytes([e0, e1, e2, e3])) } else { Err("the image's checksum is wrong") }
}
