//! `nano cap`: capabilities as a person handles them. The format and its rules are `nano_caps`'.

mod derive;
mod make;
mod show;
mod vectors;
mod verify;

use crate::arguments::{Cap, CapCommand};
use crate::failure::Failure;
use nano_caps::{Capability, MAX_TEXT};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Runs one of the commands.
pub fn cap(arguments: &Cap) -> Result<u8, Failure> {
    match &arguments.command {
        CapCommand::New(arguments) => make::make(arguments),
        CapCommand::Derive(arguments) => derive::derive(arguments),
        CapCommand::Inspect(arguments) => show::inspect(arguments),
        CapCommand::Check(arguments) => show::check(arguments),
        CapCommand::Verify(arguments) => verify::verify(arguments),
        CapCommand::Vectors => vectors::vectors(),
    }
}

/// Folder of the keys of this machine.
pub const KEYS: &str = ".nano/keys";

/// File of a device's secret.
fn secret_file(device: &str) -> Result<PathBuf, Failure> {
    check_name(device)?;
    Ok(Path::new(KEYS).join(format!("{device}.key")))
}

/// File of a device's root capability.
fn root_file(device: &str) -> Result<PathBuf, Failure> {
    check_name(device)?;
    Ok(Path::new(KEYS).join(format!("{device}.cap")))
}

fn check_name(device: &str) -> Result<(), Failure> {
    let fine = !device.is_empty() && device.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if fine {
        Ok(())
    } else {
        Err(Failure::with_hint(format!("'{device}' is no device name"), "use letters, digits, - and _"))
    }
}

/// A capability from its text, from `@FILE`, or from standard input (`-`).
pub fn read(argument: &str) -> Result<Capability, Failure> {
    let text = if argument == "-" {
        let mut text = String::new();
        std::io::stdin().take(1 << 16).read_to_string(&mut text)?;
        text
    } else if let Some(path) = argument.strip_prefix('@') {
        crate::load::read(Path::new(path))?
    } else {
        argument.to_string()
    };
    Capability::from_text(text.trim()).map_err(|error| {
        Failure::with_hint(
            format!("this is no capability: {error}"),
            "it begins with ncap1. and must be whole; give a file as @FILE",
        )
    })
}

/// Text form of a capability.
fn text(capability: &Capability) -> Result<String, Failure> {
    let mut buffer = [0; MAX_TEXT];
    capability
        .write_text(&mut buffer)
        .map(str::to_string)
        .map_err(|error| Failure::Internal(anyhow::anyhow!("{error}")))
}

/// Writes a secret to a file that only its owner may read; never replaces one.
fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| {
            if error.kind() == std::io::ErrorKind::AlreadyExists {
                Failure::with_hint(
                    format!("{} exists and is kept as it is", path.display()),
                    "remove it yourself, or choose another name",
                )
            } else {
                Failure::usage(format!("{} can't be written: {error}", path.display()))
            }
        })?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `N` bytes from hexadecimal digits.
fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], Failure> {
    let wrong = || Failure::usage(format!("'{text}' is not {} hexadecimal digits", N * 2));
    if text.len() != N * 2 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| wrong())?;
    }
    Ok(bytes)
}
