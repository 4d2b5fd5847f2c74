//! Espressif's boot loaders in ROM: SLIP frames over the serial line (Espressif's serial protocol).
//!
//! Only what the ROM itself does: no stub is uploaded, so nothing has to be trusted but the ROM. None reads flash back, but
//! for single words by commands to the flash chip; that the flash holds what was sent is said by the ESP32-C3's ROM by an MD5, and by the firmware, which reads all of it
//! when it starts. In what the two chips' loaders differ is a [`Dialect`].

use super::dialect::Dialect;
use md5::{Digest, Md5};
use nano_emulator::Chip;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

/// A serial line with the two wires that reset the chip.
pub trait Line: Read + Write {
    /// Sets DTR (GPIO 0 low when set) and RTS (reset when set).
    fn signal(&mut self, dtr: bool, rts: bool);
    /// Throws away what has come in.
    fn clear(&mut self);
}

/// Why the chip can't be flashed.
#[derive(Debug)]
pub enum LoaderError {
    /// Nobody speaks the protocol at the other end.
    NoAnswer,
    /// It speaks, and is another chip: the word it is known by.
    OtherChip(u32),
    /// It refused a command, with its reason.
    Refused(u8, u8),
    /// The flash does not hold what was written.
    Differs,
    /// The line.
    Io(io::Error),
}

impl From<io::Error> for LoaderError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

const FLASH_BEGIN: u8 = 0x02;
const FLASH_DATA: u8 = 0x03;
const FLASH_END: u8 = 0x04;
const SYNC: u8 = 0x08;
const SET_FLASH: u8 = 0x0B;
const ATTACH_FLASH: u8 = 0x0D;
const FLASH_MD5: u8 = 0x13;
const WRITE_REGISTER: u8 = 0x09;
const READ_REGISTER: u8 = 0x0A;

const END: u8 = 0xC0;
const ESCAPE: u8 = 0xDB;
const ESCAPED_END: u8 = 0xDC;
const ESCAPED_ESCAPE: u8 = 0xDD;

/// Bytes of a block, as the ROM takes them.
pub const BLOCK: usize = 1024;
const SECTOR: u32 = 4096;

const ANSWER: Duration = Duration::from_millis(500);
/// Bytes that are compared at once.
const COMPARED: usize = 64 << 10;
const ERASE: Duration = Duration::from_secs(20);
/// Attempts to be heard, and to get a block through.
const ATTEMPTS: u32 = 8;
/// Greetings of a chip that was heard before.
const GREETINGS: u32 = 4;

/// The chip in its boot loader.
pub struct Loader<L> {
    line: L,
    dialect: &'static Dialect,
    received: Vec<u8>,
    /// Why nothing more can come, once the line is gone.
    gone: Option<io::Error>,
}

impl<L: Line> Loader<L> {
    /// Resets the chip into its boot loader and makes sure that it is one, this chip's.
    pub fn enter(line: L, chip: &Chip, dialect: &'static Dialect) -> Result<Self, (L, LoaderError)> {
        let mut loader = Self { line, dialect, received: Vec::new(), gone: None };
        match loader.begin(chip) {
            Ok(()) => Ok(loader),
            Err(error) => Err((loader.line, error)),
        }
    }

    fn begin(&mut self, chip: &Chip) -> Result<(), LoaderError> {
        for reset in self.dialect.resets.iter().cycle().take(ATTEMPTS as usize) {
            for (dtr, rts, ms) in *reset {
                self.line.signal(*dtr, *rts);
                thread::sleep(Duration::from_millis(*ms));
            }
            self.line.clear();
            self.received.clear();
            if self.sync() {
                let word = self.read_register(chip.address)?;
                if !chip.words.contains(&word) {
                    return Err(LoaderError::OtherChip(word));
                }
                return self.prepare();
            }
            self.is_there()?;
        }
        Err(LoaderError::NoAnswer)
    }

    /// An error when the line has gone.
    fn is_there(&mut self) -> Result<(), LoaderError> {
        self.gone.take().map_or(Ok(()), |error| Err(LoaderError::Io(error)))
    }

    fn sync(&mut self) -> bool {
        let mut payload = vec![0x07, 0x07, 0x12, 0x20];
        payload.extend_from_slice(&[0x55; 32]);
        if self.command(SYNC, 0, &payload, ANSWER).is_err() {
            return false;
        }
        // It answers eight times.
        while self.frame(Duration::from_millis(50)).is_some() {}
        true
    }

    /// Runs the firmware.
    pub fn leave(mut self) -> L {
        self.line.signal(false, true);
        thread::sleep(Duration::from_millis(100));
        self.line.signal(false, false);
        self.line
    }

    /// Size of the flash chip in bytes, as its identification says.
    pub fn flash_bytes(&mut self) -> Result<u64, LoaderError> {
        const READ_ID: u32 = 0x9F;
        let identification = self.ask_flash(READ_ID, None, 24)?;
        // The third byte is the logarithm of the size.
        let bytes = 1_u64.checked_shl(identification >> 16 & 0xFF).unwrap_or(0);
        if self.dialect.is_later {
            // The ROM does not ask the chip itself: number, size, block, sector, page, bits of state.
            let size = u32::try_from(bytes).unwrap_or(u32::MAX);
            self.command(SET_FLASH, 0, &words(&[0, size, COMPARED as u32, SECTOR, 256, 0xFFFF]), ANSWER)?;
        }
        Ok(bytes)
    }

    /// A word of the flash. The ROM reads none, but has the flash chip answer a command.
    pub fn read_word(&mut self, offset: u32) -> Result<u32, LoaderError> {
        const READ: u32 = 0x03;
        self.ask_flash(READ, Some(offset), 32)
    }

    /// Has the flash chip execute a command of one byte, with an address of 24 bits or none, that it answers with so many bits.
    fn ask_flash(&mut self, command: u32, offset: Option<u32>, bits: u32) -> Result<u32, LoaderError> {
        const EXECUTE: u32 = 1 << 18;
        let spi = &self.dialect.spi;
        let changed = [spi.user, spi.user_1, spi.user_2, spi.address];
        let mut before = [0; 4];
        for (register, value) in changed.into_iter().zip(&mut before) {
            *value = self.read_register(register)?;
        }
        let (mut parts, mut lengths) = (1 << 31 | 1 << 28, 0);
        if let Some(offset) = offset {
            parts |= 1 << 30;
            lengths = 23 << 26;
            self.write_register(spi.address, offset << spi.address_shift)?;
        }
        let answer = (bits - 1) << spi.answer_shift;
        if spi.answer_bits == spi.user_1 {
            lengths |= answer;
        } else {
            self.write_register(spi.answer_bits, answer)?;
        }
        self.write_register(spi.user_1, lengths)?;
        self.write_register(spi.user, parts)?;
        self.write_register(spi.user_2, 7 << 28 | command)?;
        self.write_register(spi.data, 0)?;
        self.write_register(spi.command, EXECUTE)?;
        for _ in 0..10 {
            if self.read_register(spi.command)? & EXECUTE == 0 {
                break;
            }
        }
        let answer = self.read_register(spi.data)?;
        for (register, value) in changed.into_iter().zip(before) {
            self.write_register(register, value)?;
        }
        Ok(answer)
    }

    /// Attaches the flash chip, and keeps the watchdogs quiet where they are on in the boot loader.
    fn prepare(&mut self) -> Result<(), LoaderError> {
        for (address, value) in self.dialect.watchdogs {
            self.write_register(*address, *value)?;
        }
        if self.dialect.is_later {
            self.command(ATTACH_FLASH, 0, &words(&[0, 0]), ANSWER)?;
        } else {
            self.command(FLASH_BEGIN, 0, &words(&[0, 0, BLOCK as u32, 0]), ERASE)?;
        }
        Ok(())
    }

    /// The parts in which the flash, from 0 on, differs from these bytes; `None` where the ROM can't tell.
    pub fn differing(&mut self, bytes: &[u8]) -> Result<Option<Vec<Range<usize>>>, LoaderError> {
        if !self.dialect.is_later {
            return Ok(None);
        }
        let mut parts: Vec<Range<usize>> = Vec::new();
        for (index, block) in bytes.chunks(COMPARED).enumerate() {
            let from = index * COMPARED;
            if self.holds(from as u32, block)? {
                continue;
            }
            match parts.last_mut() {
                Some(last) if last.end == from => last.end += block.len(),
                _ => parts.push(from..from + block.len()),
            }
        }
        Ok(Some(parts))
    }

    /// An error when the flash does not hold these bytes from 0 on. Where the ROM can't tell, nothing is said.
    pub fn verify(&mut self, bytes: &[u8]) -> Result<(), LoaderError> {
        if self.dialect.is_later && !self.holds(0, bytes)? { Err(LoaderError::Differs) } else { Ok(()) }
    }

    /// Whether the MD5 of what is there is that of these bytes. The ROM writes it in hexadecimal.
    fn holds(&mut self, offset: u32, bytes: &[u8]) -> Result<bool, LoaderError> {
        let (_, said) = self.ask(FLASH_MD5, 0, &words(&[offset, bytes.len() as u32, 0, 0]), ERASE)?;
        let digits: String = Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(said.eq_ignore_ascii_case(digits.as_bytes()))
    }

    /// Writes bytes at an offset of a sector; `progress` learns how many are written. Where an answer is lost nobody knows
    /// whether the block was written, so that it goes on from the beginning of its sector.
    pub fn write(&mut self, offset: u32, bytes: &[u8], mut progress: impl FnMut(usize)) -> Result<(), LoaderError> {
        let (mut from, mut attempts) = (0, 0);
        while from < bytes.len() {
            let part = bytes.get(from..).unwrap_or_default();
            match self.write_part(offset + from as u32, part, |written| progress(from + written)) {
                Ok(()) => return Ok(()),
                Err((LoaderError::NoAnswer, written)) if attempts < ATTEMPTS => {
                    let whole = written - written % SECTOR as usize;
                    from += whole;
                    attempts = if whole > 0 { 0 } else { attempts + 1 };
                    self.line.clear();
                    self.received.clear();
                    // Whoever does not even answer a greeting is gone.
                    if !(0..GREETINGS).any(|_| self.sync()) {
                        self.is_there()?;
                        return Err(LoaderError::NoAnswer);
                    }
                }
                Err((error, _)) => return Err(error),
            }
        }
        Ok(())
    }

    /// On an error: how many bytes were surely written.
    fn write_part(
        &mut self,
        offset: u32,
        bytes: &[u8],
        mut progress: impl FnMut(usize),
    ) -> Result<(), (LoaderError, usize)> {
        let blocks = bytes.len().div_ceil(BLOCK) as u32;
        let begin = if self.dialect.is_later {
            // The last says that it is not encrypted.
            words(&[bytes.len() as u32, blocks, BLOCK as u32, offset, 0])
        } else {
            words(&[erase_bytes(offset, bytes.len() as u32), blocks, BLOCK as u32, offset])
        };
        self.command(FLASH_BEGIN, 0, &begin, ERASE).map_err(|error| (error, 0))?;
        for (index, block) in bytes.chunks(BLOCK).enumerate() {
            let mut padded = block.to_vec();
            padded.resize(BLOCK, 0xFF);
            let checksum = padded.iter().fold(0xEF, |sum, byte| sum ^ byte);
            let mut payload = words(&[BLOCK as u32, index as u32, 0, 0]);
            payload.extend_from_slice(&padded);
            self.command(FLASH_DATA, checksum.into(), &payload, ANSWER).map_err(|error| (error, index * BLOCK))?;
            progress((index * BLOCK + block.len()).min(bytes.len()));
        }
        Ok(())
    }

    /// Says that all is written; the chip stays in its boot loader.
    pub fn finish(&mut self) -> Result<(), LoaderError> {
        self.command(FLASH_END, 0, &words(&[1]), ANSWER).map(|_| ())
    }

    fn read_register(&mut self, address: u32) -> Result<u32, LoaderError> {
        self.command(READ_REGISTER, 0, &words(&[address]), ANSWER)
    }

    fn write_register(&mut self, address: u32, value: u32) -> Result<(), LoaderError> {
        self.command(WRITE_REGISTER, 0, &words(&[address, value, u32::MAX, 0]), ANSWER).map(|_| ())
    }

    /// Sends a command until it is answered; the value in the answer. All but a block may be repeated in any case, and a
    /// block that was refused.
    fn command(&mut self, command: u8, checksum: u32, payload: &[u8], patience: Duration) -> Result<u32, LoaderError> {
        self.ask(command, checksum, payload, patience).map(|(value, _)| value)
    }

    /// As [`Loader::command`], with the bytes that the answer has besides.
    fn ask(
        &mut self,
        command: u8,
        checksum: u32,
        payload: &[u8],
        patience: Duration,
    ) -> Result<(u32, Vec<u8>), LoaderError> {
        let mut packet = vec![0, command];
        packet.extend_from_slice(&(payload.len() as u16).to_le_bytes());
        packet.extend_from_slice(&checksum.to_le_bytes());
        packet.extend_from_slice(payload);
        let wire = slip(&packet);
        let mut refused = None;
        for attempt in 0..ATTEMPTS {
            if let Err(error) = self.line.write_all(&wire).and_then(|()| self.line.flush()) {
                self.gone = Some(error.kind().into());
                return Err(error.into());
            }
            // A lost answer is asked for soon; an erase may take its time only once.
            let until = Instant::now() + if attempt == 0 && command != SYNC { patience } else { ANSWER };
            while let Some(answer) = self.frame(until.saturating_duration_since(Instant::now())) {
                let Some((value, data, status)) = answered(&answer, command, self.dialect.status_bytes) else {
                    continue;
                };
                match status {
                    [0, ..] => return Ok((value, data.to_vec())),
                    [status, reason, ..] => refused = Some((*status, *reason)),
                    _ => continue,
                }
                break;
            }
            if self.gone.is_some() {
                break;
            }
            if (command == SYNC && attempt > 1) || (command == FLASH_DATA && refused.is_none()) {
                break;
            }
        }
        if command != SYNC {
            self.is_there()?;
        }
        Err(refused.map_or(LoaderError::NoAnswer, |(status, reason)| LoaderError::Refused(status, reason)))
    }

    /// The next frame.
    fn frame(&mut self, patience: Duration) -> Option<Vec<u8>> {
        let until = Instant::now() + patience;
        loop {
            if let Some(end) = self.received.iter().position(|byte| *byte == END) {
                let rest = self.received.split_off(end + 1);
                let mut frame = std::mem::replace(&mut self.received, rest);
                frame.pop();
                if let Some(frame) = unslip(&frame).filter(|frame| !frame.is_empty()) {
                    return Some(frame);
                }
                continue;
            }
            if Instant::now() >= until {
                return None;
            }
            let mut buffer = [0; 512];
            match self.line.read(&mut buffer) {
                Ok(0) => return self.went(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {}
                Err(error) => return self.went(error),
            }
        }
    }

    fn went(&mut self, error: io::Error) -> Option<Vec<u8>> {
        self.gone = Some(error);
        None
    }
}

/// Value, data and status of an answer to this command.
fn answered(frame: &[u8], command: u8, status_bytes: usize) -> Option<(u32, &[u8], &[u8])> {
    let [1, of, l0, l1, v0, v1, v2, v3, data @ ..] = frame else { return None };
    let data = data.get(..usize::from(u16::from_le_bytes([*l0, *l1])))?;
    let (data, status) = data.split_at_checked(data.len().checked_sub(status_bytes)?)?;
    (*of == command).then_some((u32::from_le_bytes([*v0, *v1, *v2, *v3]), data, status))
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn slip(packet: &[u8]) -> Vec<u8> {
    let mut wire = vec![END];
    for byte in packet {
        match *byte {
            END => wire.extend_from_slice(&[ESCAPE, ESCAPED_END]),
            ESCAPE => wire.extend_from_slice(&[ESCAPE, ESCAPED_ESCAPE]),
            other => wire.push(other),
        }
    }
    wire.push(END);
    wire
}

fn unslip(wire: &[u8]) -> Option<Vec<u8>> {
    let mut packet = Vec::with_capacity(wire.len());
    let mut bytes = wire.iter();
    while let Some(byte) = bytes.next() {
        packet.push(match (*byte, byte) {
            (ESCAPE, _) => match *bytes.next()? {
                ESCAPED_END => END,
                ESCAPED_ESCAPE => ESCAPE,
                _ => return None,
            },
            (other, _) => other,
        });
    }
    Some(packet)
}

/// What to ask for so that the ROM erases what is needed: it counts the sectors before the first whole block of 16 twice.
fn erase_bytes(offset: u32, bytes: u32) -> u32 {
    let sectors = bytes.div_ceil(SECTOR);
    let head = (16 - offset / SECTOR % 16).min(sectors);
    if sectors < 2 * head { sectors.div_ceil(2) * SECTOR } else { (sectors - head) * SECTOR }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_makes_the_rom_erase_enough() {
        // As Espressif's own tool computes it.
        assert_eq!(erase_bytes(0, 10_000), 0x2000);
        assert_eq!(erase_bytes(0, 16 * 4096), 8 * 4096);
        assert_eq!(erase_bytes(0, 40 * 4096), 24 * 4096);
        assert_eq!(erase_bytes(0xF_C000, 4096), 4096);
        // The ROM's way of counting.
        for (offset, bytes) in [(0, 1), (0x1000, 70_000), (0xE000, 200_000), (0xF_C000, 900)] {
            let asked = erase_bytes(offset, bytes) / SECTOR;
            let head = (16 - offset / SECTOR % 16).min(asked);
            assert!(asked + head >= bytes.div_ceil(SECTOR));
        }
    }

    #[test]
    fn frames_come_through_whatever_is_in_them() {
        let packet = [END, ESCAPE, 1, ESCAPED_END, END];
        let wire = slip(&packet);
        assert!(!wire[1..wire.len() - 1].contains(&END));
        assert_eq!(unslip(&wire[1..wire.len() - 1]).unwrap(), packet);
        assert_eq!(unslip(&[ESCAPE]), None);
        assert_eq!(unslip(&[ESCAPE, 7]), None);
    }

    #[test]
    fn an_answer_ends_with_as_many_bytes_of_status_as_its_chip_has() {
        let frame = [1, SYNC, 6, 0, 1, 2, 0, 0, 7, 8, 1, 5, 0, 0];
        assert_eq!(answered(&frame, SYNC, 4), Some((0x201, &[7, 8][..], &[1, 5, 0, 0][..])));
        assert_eq!(answered(&frame, SYNC, 2), Some((0x201, &[7, 8, 1, 5][..], &[0, 0][..])));
        assert_eq!(answered(&frame, FLASH_END, 2), None);
        assert_eq!(answered(&frame[..12], SYNC, 4), None);
        assert_eq!(answered(&[1, SYNC, 2, 0, 1, 2, 0, 0, 7, 8], SYNC, 4), None);
    }
}
