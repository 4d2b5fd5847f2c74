//! A board that is plugged in: the boot loader of its ROM, or, in QEMU, what is in its flash.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

use crate::rom::{Faults, Rom};
use crate::serial::{Line, firmware};

pub const FLASH_BYTES: usize = 4 << 20;
pub const SECTOR: usize = 4096;
pub const ESP8266: u32 = 0xFFF0_C101;
pub const ESP32: u32 = 0x00F0_1D83;
pub const ESP32C3: u32 = 0x1B31_506F;

pub struct Board {
    pub folder: TempDir,
    pub port: String,
    pub shared: Arc<Shared>,
    chip: u32,
    line: Option<Plugged>,
}

/// A line that a board is at.
struct Plugged {
    /// Open as long as the board is there, so that its line outlives a client.
    slave: OwnedFd,
    /// Takes what comes over it.
    board: JoinHandle<()>,
}

pub struct Shared {
    pub flash: PathBuf,
    /// The board's end of its line; none while it is not plugged in.
    pub master: Mutex<Option<File>>,
    running: Mutex<Option<(Child, ChildStdin)>>,
    pub unplugged: AtomicBool,
    /// What has been written and answered since this was looked at last, from each place where writing was begun.
    pub written: Mutex<Vec<Range<usize>>>,
    /// Whoever writes is to be killed.
    pub is_time: AtomicBool,
}

impl Drop for Board {
    fn drop(&mut self) {
        self.shared.power_off();
    }
}

impl Board {
    pub fn new(chip: u32, faults: Faults) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flash = folder.path().join("flash.bin");
        fs::write(&flash, vec![0xFF; faults.flash_bytes()]).unwrap();
        let shared = Arc::new(Shared {
            flash,
            master: Mutex::default(),
            running: Mutex::default(),
            unplugged: AtomicBool::new(false),
            written: Mutex::default(),
            is_time: AtomicBool::new(false),
        });
        let (port, line) = plug(&shared, chip, faults);
        Self { folder, port, shared, chip, line: Some(line) }
    }

    /// Plugs it in again, by another port.
    pub fn plug_in(&mut self, faults: Faults) {
        self.pull_out();
        let (port, line) = plug(&self.shared, self.chip, faults);
        (self.port, self.line) = (port, Some(line));
    }

    /// Pulls it out, once it has taken what was under way.
    fn pull_out(&mut self) {
        if let Some(Plugged { slave, board }) = self.line.take() {
            drop(slave);
            board.join().unwrap();
        }
    }

    /// Starts what is in flash a little later, as the reset that a pty can't pass on would.
    pub fn reset_soon(&self) {
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.boot_later());
    }

    pub fn deploy(&self, project: &Path, more: &[&str]) -> (bool, String) {
        said(&self.client(project, "60").args(more).output().unwrap())
    }

    /// Deploys with little patience, and is killed when the board says that it is time; pulled out then.
    pub fn deploy_in_vain(&mut self, project: &Path) -> (bool, String) {
        self.shared.is_time.store(false, Ordering::Release);
        let mut child = self.client(project, "1").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() {
            if self.shared.is_time.load(Ordering::Acquire) {
                child.kill().unwrap();
            }
            thread::sleep(Duration::from_millis(1));
        }
        let said = said(&child.wait_with_output().unwrap());
        self.pull_out();
        said
    }

    fn client(&self, project: &Path, patience: &str) -> Command {
        let mut client = Command::new(env!("CARGO_BIN_EXE_nano"));
        client
            .arg("deploy")
            .arg(project)
            .args(["--port", &self.port, "--device", "walkway", "--patience", patience])
            .env("NO_COLOR", "1")
            .env("XDG_CACHE_HOME", self.cache());
        client
    }

    /// A cache folder with the images that are under test.
    pub fn cache(&self) -> PathBuf {
        let cache = self.folder.path().join("cache");
        let folder = cache.join("nano/firmware");
        if !folder.exists() {
            fs::create_dir_all(&folder).unwrap();
            for name in ["esp8266.bin", "esp8266.crc"] {
                fs::copy(firmware().join(name), folder.join(name)).unwrap();
            }
        }
        cache
    }

    /// The content of its flash.
    pub fn flash(&self) -> Vec<u8> {
        fs::read(&self.shared.flash).unwrap()
    }
}

/// A new line to a board, and its port.
fn plug(shared: &Arc<Shared>, chip: u32, faults: Faults) -> (String, Plugged) {
    let Line { master, slave, port } = Line::new();
    let mut input = master.try_clone().unwrap();
    *shared.master.lock().unwrap() = Some(master);
    let mut rom = Rom::new(Arc::clone(shared), chip, faults);
    let tap = Arc::clone(shared);
    // While the board runs, what comes over the line is its own; a reset into the boot loader is a SYNC.
    let board = thread::spawn(move || {
        rom.serve(&mut input, |bytes| {
            if let Some((_, board)) = tap.running.lock().unwrap().as_mut() {
                let _ = board.write_all(bytes).and_then(|()| board.flush());
            }
        });
    });
    (port, Plugged { slave, board })
}

pub fn said(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

impl Shared {
    /// To whoever has the other end.
    pub fn say(&self, bytes: &[u8]) {
        if let Some(master) = self.master.lock().unwrap().as_mut() {
            let _ = master.write_all(bytes);
        }
    }

    /// Whether what is in flash runs.
    pub fn is_on(&self) -> bool {
        self.running.lock().unwrap().is_some()
    }

    /// Whether it was on.
    pub fn power_off(&self) -> bool {
        let running = self.running.lock().unwrap().take();
        if let Some((mut child, _)) = running {
            let _ = child.kill();
            let _ = child.wait();
            return true;
        }
        false
    }

    pub fn boot_later(self: &Arc<Self>) {
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
                shared.say(&buffer[..count]);
            }
        });
    }
}
