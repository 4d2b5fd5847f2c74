//! The instrument: an image that measures on the lx106 core, run by QEMU one instruction at a time.

use crate::failure::Failure;
use nano_emulator::BoardTable;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The board whose core it runs on, whose clock says what instructions take.
pub fn board() -> Result<BoardTable, Failure> {
    BoardTable::named("esp8266").ok_or_else(|| Failure::usage("the table of the ESP8266 is missing"))
}

/// The image, as `cargo xtask firmware` leaves it in the cache folder.
pub fn image() -> Result<PathBuf, Failure> {
    let image = crate::deploy::firmware_folder()?.join("instrument.elf");
    if image.is_file() {
        return Ok(image);
    }
    Err(Failure::with_hint(
        format!("there is no {}", image.display()),
        "build it, in nano's repository: cargo xtask firmware instrument",
    ))
}

/// Runs the image on requests; the lines it answers.
pub fn ask(requests: &[u8]) -> Result<Vec<String>, Failure> {
    run(&image()?, &[], requests)
}

/// As [`ask`], with more arguments for QEMU.
pub fn run(image: &Path, more: &[OsString], requests: &[u8]) -> Result<Vec<String>, Failure> {
    // Instructions are counted, so that the time is virtual and each run is like the other.
    let mut arguments: Vec<OsString> =
        "-M sim -cpu lx106 -m 16M -display none -serial none -monitor none -semihosting -icount shift=5 -kernel"
            .split(' ')
            .map(OsString::from)
            .collect();
    arguments.push(image.into());
    arguments.extend_from_slice(more);
    let mut child = Command::new("qemu-system-xtensa")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                Failure::with_hint("qemu-system-xtensa is missing", "install it: apt-get install qemu-system-misc")
            }
            _ => Failure::usage(format!("qemu-system-xtensa can't be run: {error}")),
        })?;
    if let Some(mut input) = child.stdin.take() {
        // An image that stops early closes its end; what it said by then is the better explanation.
        let _ = input.write_all(requests);
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if let Some(error) = said.lines().find_map(|line| line.strip_prefix("error ")) {
        return Err(Failure::Internal(anyhow::anyhow!("the instrument: {error}")));
    }
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::usage(format!("qemu-system-xtensa: {}: {}", output.status, why.trim())));
    }
    Ok(said.lines().map(str::to_owned).collect())
}

/// The rest of the line that starts with this word.
pub fn field<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

/// The number behind this word; 0 where there is none.
pub fn number(lines: &[String], name: &str) -> u64 {
    field(lines, name).and_then(|text| text.parse().ok()).unwrap_or(0)
}
