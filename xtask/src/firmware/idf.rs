//! What lies in the ESP32-C3's flash: Espressif's boot loader, the table of partitions, and the image as that boot loader
//! loads it.
//!
//! ```text
//! 0       boot loader
//! 0x8000  table of partitions: 32 bytes each, then their MD5
//! image   header, segments, checksum, SHA-256
//! ```
//!
//! The boot loader maps constants and code from where they lie, in pages of 64 KiB: a segment's place in flash and its
//! address agree in their low 16 bits. What is loaded into RAM fills the gaps that this leaves.
//! <https://docs.espressif.com/projects/esptool/en/latest/esp32c3/advanced-topics/firmware-image-format.html>

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;

use md5::Md5;
use sha2::{Digest, Sha256};

use super::flash::{CHECKSUM, MAGIC};
use crate::process;
use crate::repository::Repository;

/// Where the boot loader looks for the partitions.
const PARTITIONS: usize = 0x8000;
/// Constants and code, as they are mapped.
const MAPPED: [std::ops::Range<u32>; 2] = [0x3C00_0000..0x3C80_0000, 0x4200_0000..0x4280_0000];
/// Bytes that are mapped at once.
const PAGE: u32 = 0x1_0000;
/// Of a segment in front of its bytes.
const HEADER: usize = 8;
/// Mode DIO; 4 MiB at 80 MHz; the chip's number in an image's header, and that a SHA-256 follows.
const MODE: u8 = 2;
const SIZE_AND_SPEED: u8 = 0x2F;
const CHIP: u8 = 5;
const HASHED: u8 = 1;
/// No pin for write protection.
const NO_PIN: u8 = 0xEE;
/// Revisions of the chip that the image runs on: from 0.3 on, as the boot loader does.
const LEAST_REVISION: u16 = 3;
const MOST_REVISION: u16 = 199;

/// What lies where, from the board's table.
#[derive(Debug)]
pub struct Layout {
    image: u32,
    provision: u32,
    sector: u32,
    kept: u32,
    kept_sectors: u32,
}

impl Layout {
    /// That of a board's table.
    pub fn of(board: &nano_build::Board) -> Self {
        let flash = |name| board.number("flash", name) as u32;
        Self {
            image: flash("image"),
            provision: flash("provision"),
            sector: flash("sector"),
            kept: flash("kept"),
            kept_sectors: flash("kept_sectors"),
        }
    }
}

/// A part of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    address: u32,
    bytes: Vec<u8>,
}

/// The flash's content from 0 to the end of the image.
pub fn content(layout: &Layout, bootloader: &[u8], elf: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = with_flash_size(bootloader)?;
    if out.len() > PARTITIONS {
        return Err(format!("the boot loader takes {} bytes and there are {PARTITIONS}", out.len()));
    }
    out.resize(PARTITIONS, 0xFF);
    out.extend_from_slice(&partitions(layout));
    out.resize(layout.image as usize, 0xFF);
    out.extend_from_slice(&image(elf)?);
    if out.len() > layout.provision as usize {
        return Err(format!("the image ends at {:#x} of flash and may go to {:#x}", out.len(), layout.provision));
    }
    Ok(out)
}

/// Espressif's boot loader, out of the package that carries it.
pub fn bootloader(repository: &Repository) -> Result<Vec<u8>, String> {
    let mut metadata = repository.cargo();
    metadata
        .args(["metadata", "--quiet", "--locked", "--format-version", "1", "--manifest-path"])
        .arg(repository.root.join("firmware/bootloader/Cargo.toml"));
    let said: serde_json::Value = serde_json::from_str(&process::stdout(&mut metadata)?)
        .map_err(|error| format!("what cargo says of packages: {error}"))?;
    let packages = said["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let manifest = packages.iter().find(|package| package["name"] == "espflash");
    let manifest = manifest.and_then(|package| package["manifest_path"].as_str()).ok_or("espflash is gone")?;
    let path = PathBuf::from(manifest).with_file_name("resources").join("bootloaders/esp32c3-bootloader.bin");
    fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// An image's first two settings are what the chip's flash is known by; its SHA-256 covers them.
fn with_flash_size(bootloader: &[u8]) -> Result<Vec<u8>, String> {
    let (body, _) = bootloader.split_last_chunk::<32>().ok_or("the boot loader is cut short")?;
    let mut out = body.to_vec();
    match out.get_mut(..24) {
        Some([MAGIC, _, mode, size, .., HASHED]) => (*mode, *size) = (MODE, SIZE_AND_SPEED),
        _ => return Err("the boot loader is no image".into()),
    }
    let hash = Sha256::digest(&out);
    out.extend_from_slice(&hash);
    Ok(out)
}

/// The table of partitions.
fn partitions(layout: &Layout) -> Vec<u8> {
    // The image; who the board is, and what it keeps, both of a kind that is ours.
    let parts = [
        (0x00, 0x00, layout.image, layout.provision - layout.image, "nano"),
        (0x40, 0x00, layout.provision, layout.sector, "provision"),
        (0x40, 0x01, layout.kept, layout.kept_sectors * layout.sector, "kept"),
    ];
    let mut out = Vec::new();
    for (kind, of_kind, from, bytes, name) in parts {
        out.extend_from_slice(&[0xAA, 0x50, kind, of_kind]);
        out.extend_from_slice(&u32::to_le_bytes(from));
        out.extend_from_slice(&u32::to_le_bytes(bytes));
        let mut label = name.as_bytes().to_vec();
        label.resize(20, 0);
        out.extend_from_slice(&label);
    }
    let hash = Md5::digest(&out);
    out.extend_from_slice(&[0xEB, 0xEB]);
    out.resize(out.len() + 14, 0xFF);
    out.extend_from_slice(&hash);
    out
}

/// The image as the boot loader takes it.
fn image(elf: &[u8]) -> Result<Vec<u8>, String> {
    let (entry, sections) = sections(elf).ok_or("the program is no ELF file of 32 bits")?;
    let (mapped, loaded): (Vec<_>, Vec<_>) =
        sections.into_iter().partition(|section| MAPPED.iter().any(|range| range.contains(&section.address)));
    let mapped = merge(mapped, PAGE);
    // The boot loader maps one of each.
    if mapped.len() != MAPPED.len() {
        return Err(format!("the program has {} mapped segments instead of constants and code", mapped.len()));
    }
    let mut loaded: VecDeque<Segment> = merge(loaded, 64).into();
    let mut out = vec![MAGIC, 0, MODE, SIZE_AND_SPEED];
    out.extend_from_slice(&entry.to_le_bytes());
    out.extend_from_slice(&[NO_PIN, 0, 0, 0, CHIP, 0, LEAST_REVISION as u8]);
    out.extend_from_slice(&LEAST_REVISION.to_le_bytes());
    out.extend_from_slice(&MOST_REVISION.to_le_bytes());
    out.extend_from_slice(&[0, 0, 0, 0, HASHED]);
    let mut written = Vec::new();
    for segment in mapped {
        loop {
            let gap = (segment.address.wrapping_sub((out.len() + HEADER) as u32) % PAGE) as usize;
            if gap == 0 {
                break;
            }
            let filler = filler(gap, &mut loaded);
            put(&mut out, &filler);
            written.push(filler);
        }
        put(&mut out, &segment);
        written.push(segment);
    }
    for segment in loaded {
        put(&mut out, &segment);
        written.push(segment);
    }
    out[1] = u8::try_from(written.len()).map_err(|_| "the program has too many segments")?;
    let checksum = written.iter().flat_map(|segment| &segment.bytes).fold(CHECKSUM, |sum, byte| sum ^ byte);
    out.resize((out.len() | 15) + 1, 0);
    if let Some(last) = out.last_mut() {
        *last = checksum;
    }
    let hash = Sha256::digest(&out);
    out.extend_from_slice(&hash);
    Ok(out)
}

/// A segment that takes some of the bytes up to the next mapped one: of what is loaded into RAM, or nothing. What is left
/// of the gap is nothing, or has room for another.
fn filler(gap: usize, loaded: &mut VecDeque<Segment>) -> Segment {
    // Where not even a header fits, the gap is a page longer.
    let room = if gap < HEADER { gap + PAGE as usize } else { gap } - HEADER;
    match loaded.front_mut() {
        Some(first) if room >= 4 => {
            let mut bytes = first.bytes.len().min(room);
            if (1..HEADER).contains(&(room - bytes)) && bytes > HEADER {
                bytes -= HEADER;
            }
            let rest = first.bytes.split_off(bytes);
            let whole = std::mem::replace(&mut first.bytes, rest);
            let taken = Segment { address: first.address, bytes: whole };
            first.address += bytes as u32;
            if first.bytes.is_empty() {
                loaded.pop_front();
            }
            taken
        }
        _ => Segment { address: 0, bytes: vec![0; room] },
    }
}

fn put(out: &mut Vec<u8>, segment: &Segment) {
    out.extend_from_slice(&segment.address.to_le_bytes());
    out.extend_from_slice(&(segment.bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(&segment.bytes);
}

/// By address; those with little between them become one, so that all are whole words.
fn merge(mut segments: Vec<Segment>, most_gap: u32) -> Vec<Segment> {
    segments.sort_by_key(|segment| segment.address);
    let mut merged: Vec<Segment> = Vec::new();
    for segment in segments {
        let end = merged.last().map(|last| last.address + last.bytes.len() as u32);
        match (merged.last_mut(), end) {
            (Some(last), Some(end)) if segment.address >= end && segment.address - end < most_gap => {
                last.bytes.resize((segment.address - last.address) as usize, 0);
                last.bytes.extend_from_slice(&segment.bytes);
            }
            _ => merged.push(segment),
        }
    }
    for segment in &mut merged {
        segment.bytes.resize(segment.bytes.len().next_multiple_of(4), 0);
    }
    merged
}

/// Entry of an ELF file, and its sections with content that belong in memory.
fn sections(elf: &[u8]) -> Option<(u32, Vec<Segment>)> {
    const CONTENT: [u32; 4] = [1, 14, 15, 16];
    const IN_MEMORY: u32 = 2;
    let half = |at: usize| Some(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?));
    let word = |at: usize| Some(u32::from_le_bytes(elf.get(at..at + 4)?.try_into().ok()?));
    // ELF, 32 bits, little endian.
    if elf.get(..6)? != [0x7F, b'E', b'L', b'F', 1, 1] {
        return None;
    }
    let (headers, size, count) = (word(32)? as usize, usize::from(half(46)?), usize::from(half(48)?));
    let mut sections = Vec::new();
    for header in (0..count).map(|index| headers + index * size) {
        let (kind, flags, bytes) = (word(header + 4)?, word(header + 8)?, word(header + 20)? as usize);
        let (address, offset) = (word(header + 12)?, word(header + 16)? as usize);
        if CONTENT.contains(&kind) && flags & IN_MEMORY != 0 && bytes > 0 {
            sections.push(Segment { address, bytes: elf.get(offset..offset + bytes)?.to_vec() });
        }
    }
    Some((word(24)?, sections))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../emulator/boards/esp32c3.toml");
        Layout::of(&nano_build::Board::read(table.as_ref()).unwrap())
    }

    /// A program with these sections.
    fn elf(sections: &[(u32, &[u8])]) -> Vec<u8> {
        let mut file = vec![0; 52 + 40 * sections.len()];
        file[..6].copy_from_slice(&[0x7F, b'E', b'L', b'F', 1, 1]);
        file[24..28].copy_from_slice(&0x4038_0000_u32.to_le_bytes());
        file[32] = 52;
        file[46] = 40;
        file[48] = sections.len() as u8;
        for (index, (address, bytes)) in sections.iter().enumerate() {
            let (header, offset) = (52 + 40 * index, file.len() as u32);
            for (field, value) in [(4, 1), (8, 2), (12, *address), (16, offset), (20, bytes.len() as u32)] {
                file[header + field..header + field + 4].copy_from_slice(&value.to_le_bytes());
            }
            file.extend_from_slice(bytes);
        }
        file
    }

    /// Place of its bytes, address and length of each segment of an image.
    fn segments(image: &[u8]) -> Vec<(usize, u32, usize)> {
        let word = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap());
        let (mut at, mut found) = (24, Vec::new());
        for _ in 0..image[1] {
            found.push((at + HEADER, word(at), word(at + 4) as usize));
            at += HEADER + word(at + 4) as usize;
        }
        found
    }

    #[test]
    fn what_is_mapped_lies_where_its_page_says_and_ram_fills_the_gap() {
        for ram in [4, 8, 100, 65_300, 65_496, 65_500, 65_504, 65_508, 65_512, 90_000] {
            let bytes: Vec<u8> = (0..ram).map(|index| index as u8).collect();
            let program = elf(&[(0x3C00_0020, &[1; 40]), (0x4201_0020, &[2; 12]), (0x4038_0000, &bytes)]);
            let image = image(&program).unwrap();
            let segments = segments(&image);
            let mut loaded = vec![0; ram];
            for (at, address, length) in segments {
                if MAPPED.iter().any(|range| range.contains(&address)) {
                    assert_eq!(at as u32 % PAGE, address % PAGE, "{ram}");
                } else if address != 0 {
                    let from = (address - 0x4038_0000) as usize;
                    loaded[from..from + length].copy_from_slice(&image[at..at + length]);
                }
            }
            assert_eq!(loaded, bytes);
            let (body, hash) = image.split_last_chunk::<32>().unwrap();
            assert_eq!(Sha256::digest(body)[..], hash[..]);
            assert_eq!(image.len() % 16, 0);
            assert!(image.len() < 3 * PAGE as usize, "{ram}: {}", image.len());
        }
    }

    #[test]
    fn what_is_no_program_or_has_no_place_is_refused() {
        let boot = image(&elf(&[(0x3C00_0020, &[1; 4]), (0x4201_0020, &[2; 4])])).unwrap();
        assert!(image(b"\x7fELF").is_err());
        assert!(image(&elf(&[(0x3C00_0020, &[1; 4])])).is_err());
        // With a gap of a megabyte between its constants.
        assert!(image(&elf(&[(0x3C00_0020, &[1; 4]), (0x3C10_0020, &[1; 4]), (0x4201_0020, &[2; 4])])).is_err());
        let program = elf(&[(0x3C00_0020, &[1; 4]), (0x4201_0020, &vec![2; 0x1F_0000])]);
        assert!(content(&layout(), &boot[..24], &program).is_err());
        let first = [&boot[..64], &[0; 32]].concat();
        assert!(content(&layout(), &first, &program).unwrap_err().contains("ends at"));
        assert!(content(&layout(), &vec![0xE9; 40_000], &program).is_err());
    }

    #[test]
    fn the_partitions_are_those_of_the_table() {
        let table = partitions(&layout());
        assert_eq!(table[..12], [0xAA, 0x50, 0, 0, 0, 0, 1, 0, 0, 0, 0x1E, 0]);
        assert_eq!(table.len(), 4 * 32);
        assert_eq!(table[3 * 32..][..16], [[0xEB, 0xEB].as_slice(), &[0xFF; 14]].concat());
        assert_eq!(table[3 * 32 + 16..], Md5::digest(&table[..3 * 32])[..]);
    }
}
