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
        let _ = input.write_all(nano_wire::instrument::VERSION.as_bytes()).and_then(|()| input.write_all(requests));
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = match said.split_once("end\n") {
        Some((first, rest)) => {
            speaks_the_same(image, first)?;
            rest
        }
        None => &said,
    };
    if let Some(error) = said.lines().find_map(|line| line.strip_prefix("error ")) {
        return Err(Failure::Internal(anyhow::anyhow!("the instrument: {error}")));
    }
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::usage(format!("qemu-system-xtensa: {}: {}", output.status, why.trim())));
    }
    Ok(said.lines().map(str::to_owned).collect())
}

/// An image of another nano measures something else, or doesn't understand what it is asked.
fn speaks_the_same(image: &Path, first: &str) -> Result<(), Failure> {
    let [requests, isa] = nano_wire::instrument::SPEAKS;
    let said = first.trim().strip_prefix("version ");
    if said == Some(&*format!("{requests} {isa}")) {
        return Ok(());
    }
    let ours = format!("this nano speaks {requests} {isa}");
    let number = |text: &str| text.split(' ').map(str::parse::<u16>).collect::<Result<Vec<_>, _>>().ok();
    let is_newer = said.and_then(number).is_some_and(|said| said > vec![requests, isa]);
    let (what, hint) = if is_newer {
        ("a newer", "build nano anew, in its repository: cargo install --path cli; or the image with this one")
    } else {
        ("an older", "build it anew, in nano's repository: cargo xtask firmware instrument")
    };
    let said = said.map_or_else(|| "it does not say what it speaks".to_owned(), |said| format!("it speaks {said}"));
    Err(Failure::with_hint(format!("{} was built by {what} nano: {said}, {ours}", image.display()), hint))
}

/// The rest of the line that starts with this word.
pub fn field<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

/// The number behind this word; 0 where there is none.
pub fn number(lines: &[String], name: &str) -> u64 {
    field(lines, name).and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_another_nano_is_told_with_what_to_do() {
        let [requests, isa] = nano_wire::instrument::SPEAKS;
        let said = |first: &str| {
            speaks_the_same(Path::new("instrument.elf"), first).map_err(|failure| format!("{failure:?}")).err()
        };
        assert_eq!(said(&format!("version {requests} {isa}\n")), None);
        for older in ["error unknown request\n", "version 0 99\n", &format!("version {requests} {}\n", isa - 1)] {
            let why = said(older).unwrap();
            assert!(why.contains("an older nano"), "{why}");
            assert!(why.contains("cargo xtask firmware instrument"), "{why}");
        }
        let newer = said(&format!("version {requests} {}\n", isa + 1)).unwrap();
        assert!(newer.contains("a newer nano") && newer.contains("cargo install --path cli"), "{newer}");
    }
}
