//! `nano deploy` and `nano monitor` against a boot loader in software, on a pty; what it has flashed then boots in QEMU.
//! `cargo xtask test firmware` runs it.

mod rom;
mod serial;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rom::{Faults, Rom};
use serial::{Line, firmware};
use tempfile::TempDir;

const FLASH_BYTES: usize = 4 << 20;
const SECTOR: usize = 4096;
const ESP8266: u32 = 0xFFF0_C101;
const ESP32: u32 = 0x00F0_1D83;

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
    unplugged: AtomicBool,
}

impl Drop for Board {
    fn drop(&mut self) {
        self.shared.power_off();
    }
}

impl Board {
    fn new(chip: u32, faults: Faults) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flash = folder.path().join("flash.bin");
        fs::write(&flash, vec![0xFF; FLASH_BYTES]).unwrap();
        let Line { master, slave, port } = Line::new();
        let mut input = master.try_clone().unwrap();
        let shared = Arc::new(Shared {
            flash,
            master: Mutex::new(master),
            running: Mutex::default(),
            unplugged: AtomicBool::new(false),
        });
        let rom = Arc::clone(&shared);
        thread::spawn(move || serve(rom, chip, faults, &mut input));
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
            for name in ["esp8266.bin", "esp8266.crc"] {
                fs::copy(firmware().join(name), folder.join(name)).unwrap();
            }
        }
        cache
    }
}

/// While the board runs, what comes over the line is its own; a reset into the boot loader is a SYNC.
fn serve(shared: Arc<Shared>, chip: u32, faults: Faults, input: &mut File) {
    let tap = Arc::clone(&shared);
    let mut rom = Rom::new(shared, chip, faults);
    rom.serve(input, |bytes| {
        if let Some((_, board)) = tap.running.lock().unwrap().as_mut() {
            let _ = board.write_all(bytes).and_then(|()| board.flush());
        }
    });
}

fn said(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

impl Shared {
    /// Whether it was on.
    fn power_off(&self) -> bool {
        let running = self.running.lock().unwrap().take();
        if let Some((mut child, _)) = running {
            let _ = child.kill();
            let _ = child.wait();
            return true;
        }
        false
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

#[test]
fn a_blank_board_is_flashed_boots_and_is_left_alone_the_next_time() {
    let (board, project, other) =
        (Board::new(ESP8266, Faults::default()), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
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
    let (board, project) =
        (Board::new(ESP8266, Faults { lossy: true, unplugged_after: None }), tempfile::tempdir().unwrap());
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("written and read back by the board itself"), "{text}");
}

#[test]
fn another_chip_a_silent_one_and_no_port_are_told_apart() {
    let (board, project) = (Board::new(ESP32, Faults::default()), tempfile::tempdir().unwrap());
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

/// Espressif's own client, which nobody here wrote.
fn esptool(board: &Board, arguments: &[&str]) -> (bool, String) {
    let python =
        std::env::var_os("NANO_TEST_ESPTOOL").expect("cargo xtask test firmware says which Python has esptool");
    let output = Command::new("timeout")
        .arg("120")
        .arg(python)
        .args(["-m", "esptool", "--chip", "esp8266", "--port", &board.port])
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    said(&output)
}

#[test]
fn the_boot_loader_is_one_to_espressifs_own_client() {
    let board = Board::new(ESP8266, Faults::default());
    let image = firmware().join("esp8266.bin");
    let image = image.to_str().unwrap();
    let (done, text) = esptool(&board, &["image-info", image]);
    assert!(done && text.contains("valid"), "{text}");
    for more in [&["--no-stub"][..], &[]] {
        let (done, text) = esptool(&board, &[more, &["flash-id"]].concat());
        assert!(done && text.contains("4MB") && text.contains("5c:cf:7f"), "{text}");
    }
    let (done, text) = esptool(&board, &["write-flash", "--no-compress", "0x0", image]);
    assert!(done && text.contains("Hash of data verified"), "{text}");
    let (done, text) = esptool(&board, &["verify-flash", "0x0", image]);
    assert!(done && text.contains("Verification successful"), "{text}");
    let written = fs::read(image).unwrap();
    assert!(fs::read(&board.shared.flash).unwrap()[..written.len()] == written[..]);
    // One byte that is not as it was sent is found.
    let other = board.folder.path().join("other.bin");
    let mut bytes = written;
    bytes[0x2_0000] ^= 1;
    fs::write(&other, bytes).unwrap();
    let (done, text) = esptool(&board, &["verify-flash", "0x0", other.to_str().unwrap()]);
    assert!(!done, "{text}");
    // Without its stub, over the ROM alone.
    let (done, text) = esptool(&board, &["--no-stub", "write-flash", "--no-compress", "0x0", image]);
    assert!(done, "{text}");
}

#[test]
fn an_interrupted_flash_is_resumed() {
    let board = Board::new(ESP8266, Faults { lossy: false, unplugged_after: Some(500) });
    let project = tempfile::tempdir().unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("does not answer"), "{text}");
    board.shared.unplugged.store(false, Ordering::Release);
    let (done, text) = board.deploy(project.path(), &["--json"]);
    assert!(done, "{text}");
    let written: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let (written, whole) =
        (written["written_bytes"].as_u64().unwrap(), fs::metadata(firmware().join("esp8266.bin")).unwrap().len());
    // 500 blocks of a kilobyte were through, in blocks of 64 that are kept.
    assert!(written > 0 && written <= whole - 7 * 65_536 + 8192, "{written} of {whole}");
}

#[test]
fn a_damaged_image_is_refused_before_anything_is_written() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), tempfile::tempdir().unwrap());
    let image = board.cache().join("nano/firmware/esp8266.bin");
    let whole = fs::read(&image).unwrap();
    let blank = fs::read(&board.shared.flash).unwrap();
    fs::write(&image, &whole[..whole.len() - 4096]).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("damaged or cut short"), "{text}");
    fs::write(&image, vec![0xE9; 0x10_0000]).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("has room for"), "{text}");
    assert!(fs::read(&board.shared.flash).unwrap() == blank);
}

#[test]
fn a_project_goes_onto_the_board_and_its_first_event_is_shown() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), tempfile::tempdir().unwrap());
    fs::write(project.path().join("nano.toml"), PROJECT).unwrap();
    fs::write(project.path().join("lights.py"), include_str!("../../templates/sensor-app/lights.py")).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("light: installed"), "{text}");
    assert!(text.contains("first event: ") && text.contains("\"lights\":\"on\""), "{text}");
    // Again: nothing is written, and no module is sent.
    board.reset_soon();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("nothing was written") && text.contains("light: is there already"), "{text}");
}

const PROJECT: &str = r#"
[project]
name = "app"

[functions.light]
handler = "lights.new_light_lvl"
memory = "4 KiB"
trigger = { woof = "light", every = 1 }
run = "device"

[woofs.light]
element = "64 B"
history = 8

[devices.walkway]
board = "esp8266"
sensors.light = { pin = "ADC0", rate = "5 Hz" }
"#;

/// What `nano monitor --json` says, a line each.
struct Monitor(Child, std::sync::mpsc::Receiver<serde_json::Value>);

impl Monitor {
    fn start(port: &str, project: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["monitor", "--json", "--port", port, "--project"])
            .arg(project)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (tell, lines) = std::sync::mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self(child, lines)
    }

    fn wait(&self, holds: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        loop {
            let line = self.1.recv_timeout(Duration::from_secs(60)).expect("the monitor says it");
            if holds(&line) {
                return line;
            }
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_monitor_shows_where_in_the_source_a_handler_failed() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), tempfile::tempdir().unwrap());
    fs::write(project.path().join("nano.toml"), PROJECT).unwrap();
    let source =
        "def new_light_lvl(payload, ctx):\n    return dark(payload)\n\n\ndef dark(payload):\n    return payload[3]\n";
    fs::write(project.path().join("lights.py"), source).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("first event: "), "{text}");
    let monitor = Monitor::start(&board.port, project.path());
    let line = monitor.wait(|line| line["traceback"].is_string());
    let traceback = line["traceback"].as_str().unwrap();
    assert!(traceback.contains("lights.py\", line 2, in new_light_lvl"), "{traceback}");
    assert!(traceback.contains("lights.py\", line 6, in dark") && traceback.contains("IndexError"), "{traceback}");
    monitor.wait(|line| line["line"].as_str().unwrap().starts_with("light(light "));
}

/// A line of a console, as a board sends it.
fn console(text: &str) -> Vec<u8> {
    let mut wire = vec![0; nano_wire::link::encoded_bytes(text.len())];
    let length = nano_wire::link::encode(0x60, &[text.as_bytes()], &mut wire).unwrap();
    wire.truncate(length);
    wire
}

#[test]
fn a_monitor_waits_for_a_board_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("port");
    let plug_in = || {
        let Line { master, slave, port } = Line::new();
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(&port, &link).unwrap();
        (master, slave)
    };
    let say = |master: &mut File, monitor: &Monitor, text: &str| {
        // Until it listens.
        let heard = (0..100).any(|_| {
            master.write_all(&console(&format!("{text}\n"))).unwrap();
            monitor.1.recv_timeout(Duration::from_millis(300)).is_ok_and(|line| line["line"] == text)
        });
        assert!(heard, "{text}");
    };
    let (mut master, slave) = plug_in();
    let monitor = Monitor::start(link.to_str().unwrap(), folder.path());
    say(&mut master, &monitor, "one");
    drop((master, slave));
    let (mut master, _slave) = plug_in();
    say(&mut master, &monitor, "two");
}
