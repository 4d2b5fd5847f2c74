//! `nano deploy --target esp32c3` against the ESP32-C3's boot loader in software, on a pty. No emulator runs what is flashed;
//! the fixture says of it what the firmware says of itself. `cargo xtask test firmware` runs it.

mod serial;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use md5::{Digest, Md5};
use nano_wire::link::{crc32, encode, encoded_bytes};
use nano_wire::message::Kind;
use nano_wire::provision::{Duty, FINGERPRINT, Stored, fingerprint};
use serial::{Line, firmware, unslip};
use sha2::Sha256;
use tempfile::TempDir;

const FLASH_BYTES: usize = 4 << 20;
const SECTOR: usize = 4096;
const IMAGE: usize = 0x1_0000;
const PROVISION: usize = 0x1F_0000;
const ESP32C3: u32 = 0x1B31_506F;
const ESP8266: u32 = 0xFFF0_C101;
const PASSWORD: &str = "correct horse";

/// A board whose ROM's boot loader is spoken to.
struct Board {
    folder: TempDir,
    port: String,
    shared: Arc<Shared>,
    /// Open as long as the board is, so that its line outlives a client.
    _slave: OwnedFd,
}

struct Shared {
    master: Mutex<File>,
    flash: Mutex<Vec<u8>>,
    /// Counts what silences a board that speaks: its boot loader is entered, or it starts anew.
    starts: AtomicU32,
    /// Blocks that were written, and those that the chip forgets.
    blocks: Mutex<(u32, Option<u32>)>,
}

impl Board {
    fn new(chip: u32) -> Self {
        let Line { master, slave, port } = Line::new();
        let mut input = master.try_clone().unwrap();
        let shared = Arc::new(Shared {
            master: Mutex::new(master),
            flash: Mutex::new(vec![0xFF; FLASH_BYTES]),
            starts: AtomicU32::new(0),
            blocks: Mutex::default(),
        });
        let rom = Rom { shared: Arc::clone(&shared), registers: HashMap::new(), is_attached: false, at: 0, number: 0 };
        thread::spawn(move || rom.with_chip(chip).serve(&mut input));
        Self { folder: tempfile::tempdir().unwrap(), port, shared, _slave: slave }
    }

    fn deploy(&self, project: &Path, input: &str, more: &[&str]) -> (bool, String) {
        let cache = self.folder.path().join("cache");
        let folder = cache.join("nano/firmware");
        fs::create_dir_all(&folder).unwrap();
        for name in ["esp32c3.bin", "esp32c3.crc"] {
            fs::copy(firmware().join(name), folder.join(name)).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .arg("deploy")
            .arg(project)
            .args(["--target", "esp32c3", "--port", &self.port, "--device", "walkway", "--patience", "20"])
            .args(more)
            .env("NO_COLOR", "1")
            .env("XDG_CACHE_HOME", cache)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who refuses does not read it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        said(&child.wait_with_output().unwrap())
    }

    /// The board starts a little later, as the reset that a pty can't pass on would let it.
    fn reset_soon(&self) {
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.start_later());
    }

    fn provision<T>(&self, read: impl FnOnce(&Stored<'_>) -> T) -> T {
        let flash = self.shared.flash.lock().unwrap();
        read(&Stored::decode(&flash[PROVISION..PROVISION + SECTOR]).unwrap())
    }
}

fn said(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

impl Shared {
    /// What the firmware says of itself when it starts, out of what is in flash; again and again, because nobody knows here
    /// when the client has reset the board and listens.
    fn start_later(&self) {
        let start = self.starts.fetch_add(1, Ordering::AcqRel) + 1;
        for _ in 0..80 {
            thread::sleep(Duration::from_millis(250));
            if self.starts.load(Ordering::Acquire) != start {
                return;
            }
            self.introduce();
        }
    }

    fn introduce(&self) {
        let flash = self.flash.lock().unwrap();
        let word = |at: usize| u32::from_le_bytes(flash[at..at + 4].try_into().unwrap()) as usize;
        let line = match Stored::decode(&flash[PROVISION..PROVISION + SECTOR]) {
            Ok(provision) if flash[IMAGE] == 0xE9 => {
                let end = (0..flash[IMAGE + 1]).fold(IMAGE + 24, |at, _| at + 8 + word(at + 4));
                let image = crc32(0, &flash[..(end | 15) + 1 + 32]);
                let key = fingerprint(&Sha256::new_with_prefix(FINGERPRINT).chain_update(provision.key).finalize());
                format!("nano 0.1.0 on esp32c3, image {image:08x}, key {key:08x}, {}\n", provision.name)
            }
            _ => "nano: this board has no name and no key\n".into(),
        };
        for piece in line.as_bytes().chunks(64) {
            let mut wire = vec![0; encoded_bytes(piece.len())];
            let length = encode(Kind::Console as u8, &[piece], &mut wire).unwrap();
            self.master.lock().unwrap().write_all(&wire[..length]).unwrap();
        }
    }
}

/// The boot loader, as Espressif documents it.
struct Rom {
    shared: Arc<Shared>,
    registers: HashMap<u32, u32>,
    /// The ROM has been told of its flash chip.
    is_attached: bool,
    at: usize,
    number: u32,
}

impl Rom {
    fn with_chip(mut self, chip: u32) -> Self {
        // What tells chips apart; the date and divider of the UART; the efuses with the chip's address and revision 0.4.
        self.registers.extend([
            (0x4000_1000, chip),
            (0x6000_007C, 0),
            (0x6000_0014, 40_000_000 / 115_200),
            (0x6000_8844, 0xA1B2_C3D4),
            (0x6000_8848, 0x0000_7CDF),
            (0x6000_8850, 4 << 18),
        ]);
        self
    }

    fn serve(mut self, input: &mut File) {
        let (mut buffer, mut frame, mut inside) = ([0; 4096], Vec::new(), false);
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            for byte in &buffer[..count] {
                match (*byte, inside) {
                    (0xC0, true) if !frame.is_empty() => {
                        inside = false;
                        self.packet(&unslip(&frame));
                        frame.clear();
                    }
                    (0xC0, _) => inside = true,
                    (other, true) => frame.push(other),
                    (_, false) => {}
                }
            }
        }
    }

    fn answer(&self, command: u8, value: u32, data: &[u8], status: [u8; 4]) {
        let mut packet = vec![1, command];
        packet.extend_from_slice(&(data.len() as u16 + 4).to_le_bytes());
        packet.extend_from_slice(&value.to_le_bytes());
        packet.extend_from_slice(data);
        packet.extend_from_slice(&status);
        let mut wire = vec![0xC0];
        for byte in packet {
            match byte {
                0xC0 => wire.extend_from_slice(&[0xDB, 0xDC]),
                0xDB => wire.extend_from_slice(&[0xDB, 0xDD]),
                other => wire.push(other),
            }
        }
        wire.push(0xC0);
        let _ = self.shared.master.lock().unwrap().write_all(&wire);
    }

    fn packet(&mut self, packet: &[u8]) {
        let [0, command, _, _, sum, _, _, _, data @ ..] = packet else { return };
        let word = |index: usize| {
            data.get(index * 4..index * 4 + 4).map_or(0, |word| u32::from_le_bytes(word.try_into().unwrap()))
        };
        let done = |rom: &Self| rom.answer(*command, 0, &[], [0; 4]);
        let refuse = |rom: &Self| rom.answer(*command, 0, &[], [1, 5, 0, 0]);
        match command {
            // What can't be done before the flash chip is attached.
            0x02 | 0x03 | 0x13 if !self.is_attached => refuse(self),
            0x08 => {
                self.shared.starts.fetch_add(1, Ordering::AcqRel);
                (0..8).for_each(|_| self.answer(0x08, 0x2012_0707, &[], [0; 4]));
            }
            0x0A => self.answer(0x0A, self.registers.get(&word(0)).copied().unwrap_or(0), &[], [0; 4]),
            0x09 => {
                self.write_register(word(0), word(1));
                done(self);
            }
            // Flags, counters of keys, their purposes; the chip's number; the version of its interface.
            0x14 => {
                let mut said = [0; 20];
                said[12] = 5;
                self.answer(0x14, 0, &said, [0; 4]);
            }
            0x0D => {
                self.is_attached = data.len() == 8;
                if self.is_attached { done(self) } else { refuse(self) }
            }
            0x0B => {
                assert_eq!((word(1) as usize, word(3) as usize), (FLASH_BYTES, SECTOR));
                done(self);
            }
            0x02 => {
                // Five words: this ROM knows encryption. It erases what it is told to.
                let (bytes, offset) = (word(0) as usize, word(3) as usize);
                if data.len() != 20 || !offset.is_multiple_of(SECTOR) {
                    return refuse(self);
                }
                self.shared.flash.lock().unwrap()[offset..offset + bytes.next_multiple_of(SECTOR)].fill(0xFF);
                (self.at, self.number) = (offset, 0);
                done(self);
            }
            0x03 => self.block(word(0) as usize, word(1), *sum, &data[16..]),
            0x04 => {
                done(self);
                let shared = Arc::clone(&self.shared);
                thread::spawn(move || shared.start_later());
            }
            0x13 => {
                let (from, count) = (word(0) as usize, word(1) as usize);
                let md5 = Md5::digest(&self.shared.flash.lock().unwrap()[from..from + count]);
                let digits: String = md5.iter().map(|byte| format!("{byte:02x}")).collect();
                self.answer(0x13, 0, digits.as_bytes(), [0; 4]);
            }
            _ => refuse(self),
        }
    }

    fn write_register(&mut self, address: u32, value: u32) {
        self.registers.insert(address, value);
        if address == 0x6000_2000 && value & 1 << 18 != 0 {
            // The user command that was prepared is executed: 4 MiB of flash say who they are, or what they hold.
            let register = |address| self.registers.get(&address).copied().unwrap_or(0);
            let has_address = register(0x6000_2018) & 1 << 30 != 0 && register(0x6000_201C) >> 26 == 23;
            let said = match (register(0x6000_2020) & 0xFF, register(0x6000_2028)) {
                (0x9F, 23) => 0x0016_40EF,
                (0x03, 31) if has_address => {
                    let (flash, at) = (self.shared.flash.lock().unwrap(), register(0x6000_2004) as usize);
                    u32::from_le_bytes(flash[at..at + 4].try_into().unwrap())
                }
                _ => 0,
            };
            self.registers.insert(0x6000_2000, 0);
            self.registers.insert(0x6000_2058, said);
        }
    }

    fn block(&mut self, length: usize, number: u32, sum: u8, block: &[u8]) {
        let block = &block[..length];
        if block.iter().fold(0xEF, |sum, byte| sum ^ byte) != sum || number != self.number {
            return self.answer(0x03, 0, &[], [1, 7, 0, 0]);
        }
        let (written, forgotten) = {
            let mut blocks = self.shared.blocks.lock().unwrap();
            blocks.0 += 1;
            *blocks
        };
        if forgotten != Some(written) {
            // Writing only clears bits.
            let mut flash = self.shared.flash.lock().unwrap();
            flash[self.at..].iter_mut().zip(block).for_each(|(to, from)| *to &= from);
        }
        self.at += block.len();
        self.number += 1;
        self.answer(0x03, 0, &[], [0; 4]);
    }
}

#[test]
fn a_blank_board_gets_its_firmware_its_name_and_its_network() {
    let (board, project) = (Board::new(ESP32C3), tempfile::tempdir().unwrap());
    let wifi = ["--wifi", "at home", "--devices", "192.168.1.10:4568"];
    let (done, text) = board.deploy(project.path(), &format!("{PASSWORD}\n"), &wifi);
    assert!(done && text.contains("written and read back by the board itself"), "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
    let image = fs::read(firmware().join("esp32c3.bin")).unwrap();
    assert!(board.shared.flash.lock().unwrap()[..image.len()] == image[..]);
    board.provision(|told| {
        let network = told.network();
        assert_eq!((network.edge, network.ssid, network.password), ("192.168.1.10:4568", "at home", PASSWORD));
        assert_eq!((told.name, told.duty()), ("walkway", None));
    });
    for secret in ["key", "network"] {
        let file = project.path().join(".nano/devices/walkway").join(secret);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{secret}");
    }

    // The next time nothing is asked and nothing is written.
    board.reset_soon();
    let (done, text) = board.deploy(project.path(), "", &["--json"]);
    assert!(done && text.contains("\"written_bytes\":0"), "{text}");
    // Another network is the sector that says it, and no more.
    board.reset_soon();
    let (done, text) = board.deploy(project.path(), "\n", &["--wifi", "open", "--devices", "192.168.1.11:1", "--json"]);
    assert!(done && text.contains("\"written_bytes\":4096"), "{text}");
    board.provision(|told| assert!(told.network().ssid == "open" && told.network().password.is_empty()));
    // Of an image only what is not as it should be.
    board.shared.flash.lock().unwrap()[0x2_0000] ^= 0x10;
    board.reset_soon();
    let (done, text) = board.deploy(project.path(), "", &["--json"]);
    assert!(done && text.contains(&format!("\"written_bytes\":{}", (64 << 10) + SECTOR)), "{text}");
}

/// Its firmware does not run, and its flash has a secret.
#[test]
fn a_silent_board_keeps_its_secret() {
    let (board, project, other) = (Board::new(ESP32C3), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = ["--wifi", "open", "--devices", "192.168.1.11:1"];
    let (done, text) = board.deploy(project.path(), "\n", &open);
    assert!(done, "{text}");
    board.shared.flash.lock().unwrap()[IMAGE] = 0;
    let before = board.shared.flash.lock().unwrap().clone();
    let (done, text) = board.deploy(other.path(), "\n", &open);
    assert!(!done && text.contains("says nothing, and its flash holds another secret"), "{text}");
    assert!(*board.shared.flash.lock().unwrap() == before);
    let (done, text) = board.deploy(other.path(), "\n", &[&open[..], &["--replace-secret"]].concat());
    assert!(done, "{text}");
}

#[test]
fn a_flash_that_forgets_is_found_by_its_md5() {
    let (board, project) = (Board::new(ESP32C3), tempfile::tempdir().unwrap());
    board.shared.blocks.lock().unwrap().1 = Some(500);
    let (done, text) = board.deploy(project.path(), "", &[]);
    assert!(!done && text.contains("does not hold what was written"), "{text}");
    // What is missing is written the next time.
    let (done, text) = board.deploy(project.path(), "", &["--json"]);
    assert!(done && text.contains(&format!("\"written_bytes\":{}", (64 << 10) + SECTOR)), "{text}");
}

#[test]
fn what_a_board_can_not_be_told_is_refused_before_it_is_touched() {
    let (board, project) = (Board::new(ESP32C3), tempfile::tempdir().unwrap());
    let long = "a".repeat(33);
    for (input, more, why) in [
        ("short\n", ["--wifi", "home", "--devices", "192.168.1.10:1"], "8 to 63 bytes"),
        ("", ["--wifi", &long, "--devices", "192.168.1.10:1"], "1 to 32 bytes"),
        ("a password\n", ["--wifi", "home", "--devices", "127.0.0.1:1"], "another address"),
        ("a password\n", ["--wifi", "home", "--devices", "192.168.1.10"], "no machine and port"),
    ] {
        let (done, text) = board.deploy(project.path(), input, &more);
        assert!(!done && text.contains(why), "{why}: {text}");
    }
    assert!(board.shared.flash.lock().unwrap().iter().all(|byte| *byte == 0xFF));
    assert!(!project.path().join(".nano/devices/walkway/network").exists());
}

#[test]
fn another_chip_is_not_written_to() {
    let (board, project) = (Board::new(ESP8266), tempfile::tempdir().unwrap());
    let (done, text) = board.deploy(project.path(), "", &[]);
    assert!(!done && text.contains("no ESP32-C3") && text.contains("nothing was written"), "{text}");
}

#[test]
fn a_board_is_told_when_it_sleeps() {
    let (board, project) = (Board::new(ESP32C3), tempfile::tempdir().unwrap());
    let text =
        "[project]\nname = \"yard\"\n\n[devices.walkway]\nboard = \"esp32c3\"\nawake = \"20 s\"\nasleep = \"10 min\"\n";
    fs::write(project.path().join("nano.toml"), text).unwrap();
    fs::write(project.path().join("yard.py"), "def look(event, context):\n    return event\n").unwrap();
    // Its functions can't be installed: the fixture runs none.
    let (_, text) = board.deploy(project.path(), "", &[]);
    assert!(board.shared.flash.lock().unwrap()[IMAGE] == 0xE9, "{text}");
    board.provision(|told| assert_eq!(told.duty(), Some(Duty { awake_s: 20, asleep_s: 600 })));
}

/// Espressif's own client, which nobody here wrote.
fn esptool(board: &Board, arguments: &[&str]) -> (bool, String) {
    let python =
        std::env::var_os("NANO_TEST_ESPTOOL").expect("cargo xtask test firmware says which Python has esptool");
    let output = Command::new("timeout")
        .arg("120")
        .arg(python)
        .args(["-m", "esptool", "--chip", "esp32c3", "--port", &board.port, "--no-stub"])
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    said(&output)
}

#[test]
fn image_and_boot_loader_are_what_espressifs_own_client_expects() {
    let board = Board::new(ESP32C3);
    let content = firmware().join("esp32c3.bin");
    let image = board.folder.path().join("image.bin");
    fs::write(&image, &fs::read(&content).unwrap()[IMAGE..]).unwrap();
    for part in [&content, &image] {
        let (done, text) = esptool(&board, &["image-info", part.to_str().unwrap()]);
        assert!(done && text.contains("ESP32-C3") && text.contains("Flash size: 4MB"), "{text}");
        assert!(text.matches("(valid)").count() == 2 && !text.contains("invalid"), "{text}");
    }
    let (done, text) = esptool(&board, &["flash-id"]);
    assert!(done && text.contains("4MB"), "{text}");
    let (done, text) = esptool(&board, &["write-flash", "--no-compress", "0x10000", image.to_str().unwrap()]);
    assert!(done && text.contains("Hash of data verified"), "{text}");
}
