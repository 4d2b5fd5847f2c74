//! What `nano deploy` says of a serial port that it can't use: each cause by its own words and what to do.

mod serial;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::termios::ioctl_tiocexcl;
use serial::Line;
use tempfile::TempDir;

/// A folder with a program for the board that is whole, whatever it does, and a project without devices.
struct Place {
    folder: TempDir,
    /// The program, where a user without rights may run it.
    nano: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let images = folder.path().join("cache/nano/firmware");
        fs::create_dir_all(&images).unwrap();
        let image = [&[0xE9][..], &[7; 63]].concat();
        fs::write(images.join("esp8266.bin"), &image).unwrap();
        fs::write(images.join("esp8266.crc"), format!("{:08x}\n", nano_wire::link::crc32(0, &image))).unwrap();
        fs::create_dir(folder.path().join("app")).unwrap();
        Self { folder, nano: env!("CARGO_BIN_EXE_nano").into() }
    }

    /// Runs it as a user who is not root, for whom rights and locks count.
    fn of_a_user() -> Self {
        let mut place = Self::new();
        if rustix::process::geteuid().is_root() {
            let nano = place.folder.path().join("nano");
            fs::copy(&place.nano, &nano).unwrap();
            for path in [place.folder.path(), &place.folder.path().join("app"), &nano] {
                fs::set_permissions(path, PermissionsExt::from_mode(0o777)).unwrap();
            }
            place.nano = nano;
        }
        place
    }

    fn deploy(&self, port: &str) -> String {
        self.deploy_with(port, &[])
    }

    fn deploy_with(&self, port: &str, more: &[&str]) -> String {
        let is_copy = self.nano.starts_with(self.folder.path());
        let mut command = if is_copy {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&self.nano);
            command
        } else {
            Command::new(&self.nano)
        };
        let output = command
            .arg("deploy")
            .arg(self.folder.path().join("app"))
            .args(["--port", port, "--patience", "1"])
            .args(more)
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

fn rights(port: &str, mode: u32) {
    fs::set_permissions(Path::new(port), PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn there_is_no_such_port() {
    let said = Place::new().deploy("/dev/nano-nowhere");
    assert!(said.contains("there is no port /dev/nano-nowhere") && said.contains("ls /dev/ttyUSB*"), "{said}");
}

#[test]
fn what_is_no_serial_port_is_told_so() {
    let place = Place::new();
    for port in ["/dev/null", "/etc/passwd", "/tmp"] {
        let said = place.deploy(port);
        assert!(
            said.contains(&format!("error: {port} is no serial port")) && said.contains("ls /dev/ttyUSB*"),
            "{said}"
        );
    }
}

/// The name is that of a folder with the device's secret.
#[test]
fn a_device_has_a_name_that_is_one() {
    let (place, Line { master: _master, slave: _slave, port }) = (Place::new(), Line::new());
    for name in ["", "..", "../walkway", "a/b", "/tmp/a", "-x", &"a".repeat(65)] {
        let said = place.deploy_with(&port, &[&format!("--device={name}")]);
        assert!(said.contains(&format!("error: {name:?} is no device name")) && said.contains("hint:"), "{said}");
        assert!(!place.folder.path().join("app/.nano").exists(), "{name:?} has keys");
    }
}

#[test]
fn you_may_not_use_it() {
    let Line { master: _master, slave: _slave, port } = Line::new();
    rights(&port, 0o000);
    let said = Place::of_a_user().deploy(&port);
    assert!(said.contains(&format!("you may not use {port}")), "{said}");
    let group = Command::new("stat").args(["--format=%G", &port]).output().unwrap();
    // Nobody is to join root's group; Debian's for serial ports is that.
    let group = match String::from_utf8_lossy(&group.stdout).trim() {
        "root" | "UNKNOWN" => "dialout".to_owned(),
        group => group.to_owned(),
    };
    assert!(said.contains(&format!("sudo usermod -aG {group} $USER")), "{said}");
}

#[test]
fn another_program_has_it() {
    let Line { master: _master, slave, port } = Line::new();
    rights(&port, 0o666);
    ioctl_tiocexcl(&slave).unwrap();
    let said = Place::of_a_user().deploy(&port);
    assert!(said.contains(&format!("{port} is in use by another program")), "{said}");
}

#[test]
fn nobody_answers() {
    let Line { mut master, slave, port } = Line::new();
    // Takes everything and says nothing.
    let taker = std::thread::spawn(move || {
        let mut taken = [0; 4096];
        while master.read(&mut taken).is_ok_and(|count| count > 0) {}
    });
    let said = Place::new().deploy(&port);
    assert!(said.contains("does not answer") && said.contains("hold its FLASH (or BOOT) button"), "{said}");
    drop(slave);
    taker.join().unwrap();
}

/// Neither a project that can't be read nor a line that never ends is passed over in silence.
#[test]
fn a_monitor_says_what_it_lacks_and_shows_a_line_without_end() {
    let (place, Line { mut master, slave: _slave, port }) = (Place::new(), Line::new());
    let project = place.folder.path().join("app");
    fs::write(project.join("nano.toml"), "[project\n").unwrap();
    let mut monitor = Command::new(&place.nano)
        .args(["monitor", "--json", "--port", &port, "--project"])
        .arg(&project)
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(monitor.stderr.take().unwrap()).lines();
    let first = said.next().unwrap().unwrap();
    assert!(first.contains("tracebacks will have numbers for lines"), "{first}");
    let text = [b'x'; 1000];
    let mut wire = vec![0; nano_wire::link::encoded_bytes(text.len())];
    let length = nano_wire::link::encode(nano_wire::message::Kind::Console as u8, &[&text], &mut wire).unwrap();
    // What comes before the monitor has the line may be lost.
    std::thread::spawn(move || while master.write_all(&wire[..length]).is_ok() {});
    let mut shown = String::new();
    BufReader::new(monitor.stdout.take().unwrap()).read_line(&mut shown).unwrap();
    monitor.kill().unwrap();
    monitor.wait().unwrap();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["line"].as_str().unwrap().len(), 66_000);
}

#[test]
fn it_vanishes_in_the_middle() {
    let Line { mut master, slave, port } = Line::new();
    let unplugging = std::thread::spawn(move || {
        let mut greeting = [0; 16];
        let heard = master.read_exact(&mut greeting);
        drop((master, slave));
        heard.unwrap();
    });
    let said = Place::new().deploy(&port);
    unplugging.join().unwrap();
    assert!(said.contains(&format!("{port} has gone while the board was spoken to")), "{said}");
    assert!(said.contains("deploy again (it goes on where it was)"), "{said}");
}
