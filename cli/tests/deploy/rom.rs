//! The ESP8266's boot loader in software, on a pty: what its ROM does, and what the stub does that Espressif's own client
//! uploads. That client (`esptool`) is what it is validated with.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use md5::{Digest, Md5};

use crate::board::{ESP8266, FLASH_BYTES, SECTOR, Shared};
use crate::serial::unslip;

/// What goes wrong on the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Some answers are lost, and some have bytes before them that nobody sent.
    pub lossy: bool,
    /// After so many blocks nothing is heard any more, until it is plugged in again.
    pub unplugged_after: Option<u32>,
    /// After so many blocks its line is gone.
    pub vanishes_after: Option<u32>,
    /// So many bytes of the block with which it is unplugged or gone are in flash, instead of all.
    pub torn: Option<usize>,
    /// From so many blocks on its client is to be killed; two more are answered until it is.
    pub killed_after: Option<u32>,
    /// The lowest bit of the byte there stays zero, and nobody says so.
    pub stuck: Option<usize>,
    /// This sector can't be written, which is said.
    pub refused: Option<usize>,
    /// Its flash chip has so many bytes instead of 4 MiB.
    pub flash_bytes: Option<usize>,
}

impl Faults {
    /// Bytes of its flash chip.
    pub fn flash_bytes(&self) -> usize {
        self.flash_bytes.unwrap_or(FLASH_BYTES)
    }
}

/// The boot loader, as Espressif documents it.
pub struct Rom {
    shared: Arc<Shared>,
    chip: u32,
    faults: Faults,
    answers: u32,
    blocks: u32,
    flash: Vec<u8>,
    registers: HashMap<u32, u32>,
    /// Where the next block goes, and its number.
    at: usize,
    number: u32,
    /// A stub was uploaded and runs.
    is_stub: bool,
    /// It was pulled out.
    is_gone: bool,
}

impl Rom {
    pub fn new(shared: Arc<Shared>, chip: u32, faults: Faults) -> Self {
        // The word that tells the chips apart; the efuses with the address; the divider of the UART.
        let registers = HashMap::from([
            (0x4000_1000, chip),
            (0x3FF0_0050, 0x1200_0000),
            (0x3FF0_0054, 0x0000_5634),
            (0x3FF0_0058, 0x0000_A000),
            (0x3FF0_005C, 0x005C_CF7F),
            (0x6000_0014, 52_000_000 / 115_200),
            (0x6000_0078, 0x0006_2000),
        ]);
        let flash = fs::read(&shared.flash).unwrap();
        Self {
            shared,
            chip,
            faults,
            answers: 0,
            blocks: 0,
            flash,
            registers,
            at: 0,
            number: 0,
            is_stub: false,
            is_gone: false,
        }
    }

    /// Serves until the line is closed; `tap` gets what comes as it is, for the board when it runs.
    pub fn serve(&mut self, input: &mut File, tap: impl Fn(&[u8])) {
        let (mut buffer, mut frame, mut inside) = ([0; 4096], Vec::new(), false);
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            tap(&buffer[..count]);
            for byte in &buffer[..count] {
                match (*byte, inside) {
                    (0xC0, true) if !frame.is_empty() => {
                        inside = false;
                        self.packet(&unslip(&frame));
                        frame.clear();
                        if self.is_gone {
                            return;
                        }
                    }
                    (0xC0, _) => inside = true,
                    (other, true) => frame.push(other),
                    (_, false) => {}
                }
            }
        }
    }

    fn send(&mut self, packet: &[u8]) {
        self.answers += 1;
        if self.faults.lossy && self.answers.is_multiple_of(97) {
            return;
        }
        let mut wire = vec![0xC0];
        for byte in packet {
            match byte {
                0xC0 => wire.extend_from_slice(&[0xDB, 0xDC]),
                0xDB => wire.extend_from_slice(&[0xDB, 0xDD]),
                other => wire.push(*other),
            }
        }
        wire.push(0xC0);
        if self.faults.lossy && self.answers.is_multiple_of(41) {
            wire.splice(0..0, [0x55, 0xC0, 0xDB, 0x01]);
        }
        self.shared.say(&wire);
    }

    fn answer(&mut self, command: u8, value: u32, data: &[u8], status: [u8; 2]) {
        let mut packet = vec![1, command];
        packet.extend_from_slice(&(data.len() as u16 + 2).to_le_bytes());
        packet.extend_from_slice(&value.to_le_bytes());
        packet.extend_from_slice(data);
        packet.extend_from_slice(&status);
        self.send(&packet);
    }

    fn done(&mut self, command: u8) {
        self.answer(command, 0, &[], [0, 0]);
    }

    fn packet(&mut self, packet: &[u8]) {
        let [0, command, _, _, sum, _, _, _, data @ ..] = packet else { return };
        let word = |index: usize| {
            data.get(index * 4..index * 4 + 4).map_or(0, |word| u32::from_le_bytes(word.try_into().unwrap()))
        };
        if self.shared.unplugged.load(Ordering::Acquire) {
            return;
        }
        // What a running board is sent may look like a packet to the loader, which does not run then. SYNC stands for the
        // reset into it.
        let is_sync = *command == 0x08 && data.starts_with(&[0x07, 0x07, 0x12, 0x20]);
        if !is_sync && self.shared.is_on() {
            return;
        }
        match command {
            0x08 => {
                if self.shared.power_off() {
                    self.flash = fs::read(&self.shared.flash).unwrap();
                }
                // What was uploaded is gone with the reset that a pty can't pass on. The value says that it is the ROM.
                self.is_stub = false;
                for _ in 0..8 {
                    self.answer(0x08, 0x2012_0707, &[], [0, 0]);
                }
            }
            0x0A => {
                let value = self.registers.get(&word(0)).copied().unwrap_or(0);
                self.answer(0x0A, value, &[], [0, 0]);
            }
            0x09 => {
                for index in 0..data.len() / 16 {
                    self.write_register(word(index * 4), word(index * 4 + 1));
                }
                self.done(0x09);
            }
            0x02 => {
                let (asked, offset) = (word(0) as usize / SECTOR, word(3) as usize);
                // The ROM counts the sectors before the first whole block of 16 twice; the stub doesn't.
                let head = if self.is_stub { 0 } else { (16 - offset / SECTOR % 16).min(asked) };
                let end = (offset / SECTOR + asked + head) * SECTOR;
                if asked > 0 {
                    self.flash[offset / SECTOR * SECTOR..end.min(self.faults.flash_bytes())].fill(0xFF);
                }
                (self.at, self.number) = (offset, 0);
                if asked > 0 {
                    self.shared.written.lock().unwrap().push(offset..offset);
                }
                self.done(0x02);
            }
            0x03 => self.block(word(0) as usize, word(1), *sum, data.get(16..).unwrap_or_default()),
            0x04 => {
                assert_eq!(self.chip, ESP8266, "another chip was written to");
                self.keep();
                self.done(0x04);
                if !self.is_stub {
                    let shared = Arc::clone(&self.shared);
                    thread::spawn(move || shared.boot_later());
                }
            }
            // The stub comes into memory; the last of these starts it, and it says so.
            0x05 | 0x07 => self.done(*command),
            0x06 => {
                self.done(0x06);
                if word(1) != 0 {
                    self.is_stub = true;
                    self.send(b"OHAI");
                }
            }
            0x13 if self.is_stub => {
                let (from, count) = (word(0) as usize, word(1) as usize);
                let md5 = Md5::digest(&self.flash[from..from + count]);
                self.answer(0x13, 0, &md5, [0, 0]);
            }
            // Parameters of the flash chip, its pins, the speed of the line.
            0x0B | 0x0D | 0x0F if self.is_stub => self.done(*command),
            other => self.answer(*other, 0, &[], [1, 5]),
        }
    }

    fn write_register(&mut self, address: u32, value: u32) {
        self.registers.insert(address, value);
        if address == 0x6000_0200 && value & 1 << 18 != 0 {
            // The user command that was prepared is executed: the flash says who it is, which ends with its size, or what it
            // holds; its state is all right.
            let register = |address| self.registers.get(&address).copied().unwrap_or(0);
            let identification = 0x40EF | self.faults.flash_bytes().ilog2() << 16;
            let has_address = register(0x6000_021C) & 1 << 30 != 0 && register(0x6000_0220) >> 26 == 23;
            let said = match register(0x6000_0224) & 0xFF {
                0x9F => identification,
                // An address of 24 bits stands at the top of its register.
                0x03 if has_address => {
                    let at = (register(0x6000_0204) >> 8) as usize;
                    u32::from_le_bytes(self.flash[at..at + 4].try_into().unwrap())
                }
                _ => 0,
            };
            self.registers.insert(0x6000_0200, 0);
            self.registers.insert(0x6000_0240, said);
        }
    }

    fn block(&mut self, length: usize, number: u32, sum: u8, block: &[u8]) {
        let block = block.get(..length).filter(|block| block.iter().fold(0xEF, |sum, byte| sum ^ byte) == sum);
        let Some(block) = block.filter(|_| number == self.number) else {
            return self.answer(0x03, 0, &[], [1, 7]);
        };
        if self.faults.refused == Some(self.at / SECTOR) {
            return self.answer(0x03, 0, &[], [1, 8]);
        }
        let last = [self.faults.unplugged_after, self.faults.vanishes_after].contains(&Some(self.blocks + 1));
        let reaches = self.faults.torn.filter(|_| last).unwrap_or(block.len());
        for (to, from) in self.flash[self.at..].iter_mut().zip(&block[..reaches]) {
            // Writing only clears bits.
            *to &= from;
        }
        if let Some(at) = self.faults.stuck {
            self.flash[at] &= !1;
        }
        self.at += block.len();
        self.number += 1;
        self.blocks += 1;
        if self.faults.unplugged_after == Some(self.blocks) {
            self.keep();
            self.shared.unplugged.store(true, Ordering::Release);
            return;
        }
        if self.faults.vanishes_after == Some(self.blocks) {
            self.keep();
            *self.shared.master.lock().unwrap() = None;
            self.is_gone = true;
            return;
        }
        if let Some(part) = self.shared.written.lock().unwrap().last_mut() {
            part.end = self.at;
        }
        if let Some(more) = self.faults.killed_after.and_then(|blocks| self.blocks.checked_sub(blocks)) {
            self.keep();
            self.shared.is_time.store(true, Ordering::Release);
            if more == 2 {
                self.shared.unplugged.store(true, Ordering::Release);
            }
        }
        self.done(0x03);
    }

    fn keep(&self) {
        fs::write(&self.shared.flash, &self.flash).unwrap();
    }
}
