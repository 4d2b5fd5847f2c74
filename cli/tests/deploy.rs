//! `nano deploy` against a boot loader in software, on a pty; what it has flashed then boots in QEMU.
//! `cargo xtask test firmware` runs it.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tempfile::TempDir;

const FLASH_BYTES: usize = 4 << 20;
const SECTOR: usize = 4096;
const ESP8266: u32 = 0xFFF0_C101;
const ESP32: u32 = 0x00F0_1D83;

fn firmware() -> PathBuf {
    PathBuf::from(std::env::var_os("NANO_TEST_FIRMWARE").expect("cargo xtask test firmware says where the images are"))
}

/// A board: the boot loader of its ROM, or, in QEMU, what is in its flash.
struct Board {
    folder: TempDir,
    port: String,
    shared: Arc<Shared>,
    /// Open as long as the board is, so that its line outlives a client.
    _slave: OwnedFd,
}

struct Shared {
    flash: PathBuf,
    master: Mutex<File>,
    running: Mutex<Option<(Child, ChildStdin)>>,
}

impl Drop for Board {
    fn drop(&mut self) {
        self.shared.power_off();
    }
}

impl Board {
    fn new(chip: u32, lossy: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flash = folder.path().join("flash.bin");
        fs::write(&flash, vec![0xFF; FLASH_BYTES]).unwrap();
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let port = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave: OwnedFd = OpenOptions::new().read(true).write(true).open(&port).unwrap().into();
        let mut settings = tcgetattr(&slave).unwrap();
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings).unwrap();
        let master = File::from(master);
        let mut input = master.try_clone().unwrap();
        let shared = Arc::new(Shared { flash, master: Mutex::new(master), running: Mutex::default() });
        let rom = Arc::clone(&shared);
        thread::spawn(move || Rom::new(rom, chip, lossy).serve(&mut input));
        Self { folder, port, shared, _slave: slave }
    }

    /// Starts what is in flash a little later, as the reset that a pty can't pass on would.
    fn reset_soon(&self) {
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.boot_later());
    }

    fn deploy(&self, project: &Path, more: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_nano"))
            .arg("deploy")
            .arg(project)
            .args(["--port", &self.port, "--device", "walkway", "--patience", "60"])
            .args(more)
            .env("NO_COLOR", "1")
            .env("XDG_CACHE_HOME", self.cache())
            .output()
            .unwrap();
        said(&output)
    }

    /// A cache folder with the images that are under test.
    fn cache(&self) -> PathBuf {
        let cache = self.folder.path().join("cache");
        let folder = cache.join("nano/firmware");
        if !folder.exists() {
            fs::create_dir_all(&folder).unwrap();
            fs::copy(firmware().join("esp8266.bin"), folder.join("esp8266.bin")).unwrap();
        }
        cache
    }
}

fn said(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

impl Shared {
    fn power_off(&self) {
        if let Some((mut child, _)) = self.running.lock().unwrap().take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn boot_later(self: &Arc<Self>) {
        // After the client has reset the board for good and listens.
        thread::sleep(Duration::from_millis(800));
        self.power_off();
        let mut child = Command::new("qemu-system-xtensa")
            .args("-M sim -cpu lx106 -m 16M -display none -serial none -monitor none -semihosting -kernel".split(' '))
            .arg(firmware().join("esp8266-rom.elf"))
            .current_dir(self.flash.parent().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        *self.running.lock().unwrap() = Some((child, input));
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let mut buffer = [0; 256];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                let _ = shared.master.lock().unwrap().write_all(&buffer[..count]);
            }
        });
    }
}

/// The boot loader, as Espressif documents it.
struct Rom {
    shared: Arc<Shared>,
    chip: u32,
    lossy: bool,
    answers: u32,
    flash: Vec<u8>,
    registers: std::collections::HashMap<u32, u32>,
    /// Where the next block goes, and its number.
    at: usize,
    number: u32,
}

impl Rom {
    fn new(shared: Arc<Shared>, chip: u32, lossy: bool) -> Self {
        let registers = [(0x4000_1000, chip)].into_iter().collect();
        let flash = fs::read(&shared.flash).unwrap();
        Self { shared, chip, lossy, answers: 0, flash, registers, at: 0, number: 0 }
    }

    fn serve(&mut self, input: &mut File) {
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

    fn answer(&mut self, command: u8, value: u32, status: [u8; 2]) {
        self.answers += 1;
        if self.lossy && self.answers.is_multiple_of(97) {
            return;
        }
        let mut packet = vec![1, command, 2, 0];
        packet.extend_from_slice(&value.to_le_bytes());
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
        if self.lossy && self.answers.is_multiple_of(41) {
            wire.splice(0..0, [0x55, 0xC0, 0xDB, 0x01]);
        }
        let _ = self.shared.master.lock().unwrap().write_all(&wire);
    }

    fn packet(&mut self, packet: &[u8]) {
        let [0, command, _, _, c0, _, _, _, data @ ..] = packet else { return };
        let word = |index: usize| {
            data.get(index * 4..index * 4 + 4).map_or(0, |word| u32::from_le_bytes(word.try_into().unwrap()))
        };
        match command {
            0x08 => {
                if self.shared.running.lock().unwrap().is_some() {
                    self.shared.power_off();
                    self.flash = fs::read(&self.shared.flash).unwrap();
                }
                for _ in 0..8 {
                    self.answer(0x08, 0x2012_0707, [0, 0]);
                }
            }
            0x0A => {
                let value = self.registers.get(&word(0)).copied().unwrap_or(0);
                self.answer(0x0A, value, [0, 0]);
            }
            0x09 => {
                self.registers.insert(word(0), word(1));
                if word(0) == 0x6000_0200 {
                    // The user command: read the identification of 4 MiB of flash.
                    self.registers.insert(0x6000_0200, 0);
                    self.registers.insert(0x6000_0240, 0x0016_40EF);
                }
                self.answer(0x09, 0, [0, 0]);
            }
            0x02 => {
                let (asked, offset) = (word(0) as usize / SECTOR, word(3) as usize);
                // It counts the sectors before the first whole block of 16 twice.
                let head = (16 - offset / SECTOR % 16).min(asked);
                let end = (offset / SECTOR + asked + head) * SECTOR;
                if asked > 0 {
                    self.flash[offset / SECTOR * SECTOR..end.min(FLASH_BYTES)].fill(0xFF);
                }
                (self.at, self.number) = (offset, 0);
                self.answer(0x02, 0, [0, 0]);
            }
            0x03 => {
                let block = &data[16..16 + word(0) as usize];
                let sum = block.iter().fold(0xEF, |sum, byte| sum ^ byte);
                if sum != *c0 || word(1) != self.number {
                    return self.answer(0x03, 0, [1, 7]);
                }
                for (to, from) in self.flash[self.at..].iter_mut().zip(block) {
                    // Writing only clears bits.
                    *to &= from;
                }
                self.at += block.len();
                self.number += 1;
                self.answer(0x03, 0, [0, 0]);
            }
            0x04 => {
                assert_eq!(self.chip, ESP8266, "another chip was written to");
                fs::write(&self.shared.flash, &self.flash).unwrap();
                self.answer(0x04, 0, [0, 0]);
                let shared = Arc::clone(&self.shared);
                thread::spawn(move || shared.boot_later());
            }
            other => self.answer(*other, 0, [1, 5]),
        }
    }
}

fn unslip(frame: &[u8]) -> Vec<u8> {
    let mut bytes = frame.iter();
    let mut packet = Vec::new();
    while let Some(byte) = bytes.next() {
        packet.push(match byte {
            0xDB if bytes.next() == Some(&0xDC) => 0xC0,
            0xDB => 0xDB,
            other => *other,
        });
    }
    packet
}

#[test]
fn a_blank_board_is_flashed_boots_and_is_left_alone_the_next_time() {
    let (board, project, other) =
        (Board::new(ESP8266, false), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("written and read back by the board itself"), "{text}");
    let key = project.path().join(".nano/devices/walkway/key");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);

    board.reset_soon();
    let (done, text) = board.deploy(project.path(), &["--json"]);
    assert!(done && text.contains("\"written_bytes\":0"), "{text}");

    // Another project's secret does not go over this one.
    board.reset_soon();
    let before = fs::read(&board.shared.flash).unwrap()[..1 << 20].to_vec();
    let (done, text) = board.deploy(other.path(), &[]);
    assert!(!done && text.contains("holds another secret"), "{text}");
    assert!(fs::read(&board.shared.flash).unwrap()[..1 << 20] == before[..]);
    board.reset_soon();
    let (done, text) = board.deploy(other.path(), &["--replace-secret", "--json"]);
    assert!(done && text.contains("\"written_bytes\":4096"), "{text}");
}

#[test]
fn lost_and_garbled_answers_cost_time_only() {
    let (board, project) = (Board::new(ESP8266, true), tempfile::tempdir().unwrap());
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("written and read back by the board itself"), "{text}");
}

#[test]
fn another_chip_a_silent_one_and_no_port_are_told_apart() {
    let (board, project) = (Board::new(ESP32, false), tempfile::tempdir().unwrap());
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("no ESP8266") && text.contains("nothing was written"), "{text}");
    let output = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["deploy", "--port", "/dev/nano-nowhere"])
        .arg(project.path())
        .env("XDG_CACHE_HOME", board.cache())
        .output()
        .unwrap();
    let (done, text) = said(&output);
    assert!(!done && text.contains("there is no port /dev/nano-nowhere"), "{text}");
}
