//! An ESP8266 image as it lies in flash, from the program the linker wrote.
//!
//! The boot ROM loads the first stage from flash 0: a header, segments, and a checksum at the end of a 16-byte line. That
//! loads what of the image goes to RAM from flash 0x1000, in the same form. What is executed in place lies where the chip
//! maps it: flash address = address - 0x40200000.

/// What lies where, from the board's table.
#[derive(Debug)]
pub struct Layout {
    /// Where flash is mapped.
    mapped: u32,
    /// The first stage has flash up to here.
    first: usize,
    /// Where the part that is executed in place begins, and where it must have ended.
    in_place: usize,
    end: usize,
    /// Data and instruction RAM.
    ram: [std::ops::Range<u32>; 2],
}

impl Layout {
    /// That of a board's table.
    pub fn of(board: &nano_build::Board) -> Self {
        let flash = |name| board.number("flash", name) as usize;
        let ram = |name| board.number("ram", name) as u32;
        let code_bytes = ram("code_bytes") + ram("first_bytes");
        Self {
            mapped: flash("mapped") as u32,
            first: flash("image"),
            in_place: flash("code"),
            end: flash("provision"),
            ram: [ram("data")..ram("data") + ram("data_bytes"), ram("code")..ram("code") + code_bytes],
        }
    }
}

/// What an image begins with, and what the checksum of its segments does.
pub const MAGIC: u8 = 0xE9;
pub const CHECKSUM: u8 = 0xEF;
/// Mode DIO; 4 MiB at 40 MHz.
const CHIP: [u8; 2] = [2, 0x40];

/// A loaded part of the program.
struct Segment<'a> {
    address: u32,
    bytes: &'a [u8],
}

/// The flash's content from 0 to the end of the image: the first stage's program, and the image's.
pub fn image(layout: &Layout, first: &[u8], elf: &[u8]) -> Result<Vec<u8>, String> {
    let (mut out, in_place) = in_ram(layout, first)?;
    let first = layout.first;
    if out.len() > first || !in_place.is_empty() {
        return Err(format!("the first stage takes {} bytes of the {first} of its sector, all in RAM", out.len()));
    }
    out.resize(first, 0xFF);
    let (loaded, in_place) = in_ram(layout, elf)?;
    out.extend_from_slice(&loaded);
    if out.len() > layout.in_place {
        let room = layout.in_place;
        return Err(format!("what goes to RAM ends at {} of flash, and there are {room}", out.len()));
    }
    for segment in in_place {
        let at = segment.address.checked_sub(layout.mapped).ok_or("a segment is neither RAM nor flash")? as usize;
        let end = at + segment.bytes.len();
        if at < layout.in_place || end > layout.end {
            return Err(format!("a segment lies at {at:#x} to {end:#x} of flash, outside of what is mapped for it"));
        }
        if out.len() < end {
            out.resize(end, 0xFF);
        }
        out[at..end].copy_from_slice(segment.bytes);
    }
    Ok(out)
}

/// What is loaded of a program, as the boot ROM takes it; and the segments that are executed in place.
fn in_ram<'a>(layout: &Layout, elf: &'a [u8]) -> Result<(Vec<u8>, Vec<Segment<'a>>), String> {
    let (entry, segments) = segments(elf).ok_or("the program is no ELF file of 32 bits")?;
    let mut out = vec![MAGIC, 0, CHIP[0], CHIP[1]];
    out.extend_from_slice(&entry.to_le_bytes());
    let mut checksum = CHECKSUM;
    let (loaded, in_place): (Vec<_>, Vec<_>) =
        segments.into_iter().partition(|segment| layout.ram.iter().any(|range| range.contains(&segment.address)));
    for segment in loaded {
        let mut bytes = segment.bytes.to_vec();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        checksum = bytes.iter().fold(checksum, |sum, byte| sum ^ byte);
        out.extend_from_slice(&segment.address.to_le_bytes());
        out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(&bytes);
        out[1] += 1;
    }
    out.resize((out.len() | 15) + 1, 0);
    if let Some(last) = out.last_mut() {
        *last = checksum;
    }
    Ok((out, in_place))
}

/// CRC-32 (IEEE 802.3) of an image: `nano deploy` refuses one that was cut short or changed.
pub fn checksum(image: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !image.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}

/// Entry and loaded segments of an ELF file.
fn segments(elf: &[u8]) -> Option<(u32, Vec<Segment<'_>>)> {
    let half = |at: usize| Some(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?));
    let word = |at: usize| Some(u32::from_le_bytes(elf.get(at..at + 4)?.try_into().ok()?));
    // ELF, 32 bits, little endian.
    if elf.get(..6)? != [0x7F, b'E', b'L', b'F', 1, 1] {
        return None;
    }
    let (headers, size, count) = (word(28)? as usize, usize::from(half(42)?), usize::from(half(44)?));
    let mut segments = Vec::new();
    for header in (0..count).map(|index| headers + index * size) {
        let (kind, offset, address, bytes) = (word(header)?, word(header + 4)?, word(header + 8)?, word(header + 16)?);
        if kind == 1 && bytes > 0 {
            let bytes = elf.get(offset as usize..(offset + bytes) as usize)?;
            segments.push(Segment { address, bytes });
        }
    }
    Some((word(24)?, segments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../emulator/boards/esp8266.toml");
        Layout::of(&nano_build::Board::read(table.as_ref()).unwrap())
    }

    /// A program with these segments.
    fn elf(segments: &[(u32, &[u8])]) -> Vec<u8> {
        let mut file = vec![0; 52 + 32 * segments.len()];
        file[..6].copy_from_slice(&[0x7F, b'E', b'L', b'F', 1, 1]);
        file[24..28].copy_from_slice(&0x4010_0080_u32.to_le_bytes());
        file[28] = 52;
        file[42] = 32;
        file[44] = segments.len() as u8;
        for (index, (address, bytes)) in segments.iter().enumerate() {
            let (header, offset) = (52 + 32 * index, file.len() as u32);
            for (field, value) in [(0, 1), (4, offset), (8, *address), (16, bytes.len() as u32)] {
                file[header + field..header + field + 4].copy_from_slice(&value.to_le_bytes());
            }
            file.extend_from_slice(bytes);
        }
        file
    }

    #[test]
    fn segments_go_where_the_boot_rom_and_the_cache_find_them() {
        let first = elf(&[(0x4010_7000, &[7])]);
        let whole = image(&layout(), &first, &elf(&[(0x4010_0000, &[1, 2, 3]), (0x4021_0000, &[9; 6])])).unwrap();
        assert_eq!(whole[..20], [0xE9, 1, 2, 0x40, 0x80, 0, 0x10, 0x40, 0, 0x70, 0x10, 0x40, 4, 0, 0, 0, 7, 0, 0, 0]);
        let image = &whole[0x1000..];
        assert_eq!(image[..8], [0xE9, 1, 2, 0x40, 0x80, 0, 0x10, 0x40]);
        assert_eq!(image[8..20], [0, 0, 0x10, 0x40, 4, 0, 0, 0, 1, 2, 3, 0]);
        assert_eq!(image[31], 0xEF ^ 1 ^ 2 ^ 3);
        let image = whole;
        assert_eq!(image[0x1_0000..], [9; 6]);
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn what_fits_nowhere_is_refused() {
        let first = elf(&[(0x4010_7000, &[7])]);
        let image = |program: &[u8]| image(&layout(), &first, program);
        assert!(
            super::image(&layout(), &elf(&[(0x4010_0000, &[1; 4096])]), &first).is_err(),
            "the first stage is over its sector"
        );
        assert!(image(b"\x7fELF").is_err());
        assert!(image(&elf(&[(0x1000, &[1])])).is_err());
        assert!(image(&elf(&[(0x4020_0000, &[1])])).is_err());
        assert!(image(&elf(&[(0x3FFE_8000, &vec![1; 70_000])])).is_err());
        assert!(image(&elf(&[(0x402F_FFFF, &[1, 2])])).is_err());
    }
}
