//! `nano deploy` and `nano monitor` against a boot loader in software, on a pty; what it has flashed then boots in QEMU.
//! `cargo xtask test firmware` runs it.

mod board;
mod edge;
mod refused;
mod rom;
#[path = "../serial/mod.rs"]
mod serial;
#[path = "../serving/mod.rs"]
mod serving;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use board::{Board, ESP8266, said};
use rom::Faults;
use serial::{Line, firmware};

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
    let before = board.flash()[..1 << 20].to_vec();
    let (done, text) = board.deploy(other.path(), &[]);
    assert!(!done && text.contains("holds another secret"), "{text}");
    assert!(board.flash()[..1 << 20] == before[..]);
    board.reset_soon();
    let (done, text) = board.deploy(other.path(), &["--replace-secret", "--json"]);
    assert!(done && text.contains("\"written_bytes\":4096"), "{text}");
}

#[test]
fn lost_and_garbled_answers_cost_time_only() {
    let (board, project) =
        (Board::new(ESP8266, Faults { lossy: true, ..Faults::default() }), tempfile::tempdir().unwrap());
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("written and read back by the board itself"), "{text}");
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
    assert!(board.flash()[..written.len()] == written[..]);
    // The commands by which it has the flash chip answer mean the same to the board.
    let read = format!(
        "from esptool.targets import ESP8266ROM\nesp = ESP8266ROM({:?})\nesp.connect()\nesp.flash_begin(0, 0)\n\
         print([esp.run_spiflash_command(3, b'', 32, at, 24) for at in (0, 0x1234)])",
        board.port
    );
    let python = std::env::var_os("NANO_TEST_ESPTOOL").unwrap();
    let (done, text) = said(&Command::new("timeout").arg("60").arg(python).args(["-c", &read]).output().unwrap());
    let word = |at: usize| u32::from_le_bytes(written[at..at + 4].try_into().unwrap());
    assert!(done && text.contains(&format!("[{}, {}]", word(0), word(0x1234))), "{text}");
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
fn a_project_goes_onto_the_board_and_its_first_event_is_shown() {
    is_deployed_and_runs(Faults::default());
}

#[test]
fn a_board_with_half_a_megabyte_of_flash_takes_all_of_it() {
    is_deployed_and_runs(Faults { flash_bytes: Some(512 << 10), ..Faults::default() });
}

fn is_deployed_and_runs(chip: Faults) {
    let (board, project) = (Board::new(ESP8266, chip), tempfile::tempdir().unwrap());
    fs::write(project.path().join("nano.toml"), PROJECT).unwrap();
    fs::write(project.path().join("lights.py"), include_str!("../../../templates/sensor-app/lights.py")).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("light: installed"), "{text}");
    assert!(text.contains("first event: ") && text.contains("\"lights\":\"on\""), "{text}");
    // Again: nothing is written, and no module is sent.
    board.reset_soon();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("nothing was written") && text.contains("light: is there already"), "{text}");
}

/// A device that samples light, and a function that runs there.
pub const PROJECT: &str = r#"
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
struct Monitor(Child, Receiver<serde_json::Value>, Receiver<String>);

impl Monitor {
    fn start(port: &str, project: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["monitor", "--json", "--port", port, "--project"])
            .arg(project)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (note, notes) = std::sync::mpsc::channel();
        let said = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || said.lines().map_while(Result::ok).for_each(|line| drop(note.send(line))));
        let (tell, lines) = std::sync::mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self(child, lines, notes)
    }

    /// Waits until it says this to the person.
    fn says(&self, part: &str) {
        while !self.2.recv_timeout(Duration::from_secs(60)).expect(part).contains(part) {}
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
    let monitor = Monitor::start(&board.port, project.path(), &[]);
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
    let monitor = Monitor::start(link.to_str().unwrap(), folder.path(), &[]);
    say(&mut master, &monitor, "one");
    drop((master, slave));
    let (mut master, _slave) = plug_in();
    say(&mut master, &monitor, "two");
}
