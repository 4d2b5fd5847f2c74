//! The capabilities of this machine: files that only their owner reads.

use super::arguments::Into;
use super::{read, text};
use crate::failure::Failure;
use nano_caps::Capability;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Where everything of this machine is.
pub const LOCAL: &str = ".nano";
/// Folder of the owner's roots.
const KEYS: &str = ".nano/keys";
/// Folder of what was derived.
pub const CAPABILITIES: &str = ".nano/capabilities";
/// Folder of what the edge of a `nano dev` got in pairing.
const EDGE: &str = ".nano/edge/capabilities";

/// Where the owner's root of a device is.
pub fn root_file(device: &str) -> PathBuf {
    Path::new(KEYS).join(format!("{device}.cap"))
}

/// Says so when others may read a file that holds a secret.
pub fn warn_if_exposed(path: &Path) {
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0) {
        anstream::eprintln!("warning: {0} can be read by others: chmod 600 {0}", path.display());
    }
}

fn folder(path: &Path) -> Result<(), Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| Failure::usage(format!("the folder {} can't be made: {error}", folder.display())))?;
    }
    Ok(())
}

/// Writes a secret to a new file that only its owner may read; never replaces one.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    folder(path)?;
    nano_edge::create_secret(path, text.as_bytes()).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            Failure::with_hint(
                format!("{} exists and is kept as it is", path.display()),
                "remove it yourself, or choose another name",
            )
        } else {
            Failure::usage(format!("{} can't be written: {error}", path.display()))
        }
    })
}

/// The same, in place of what was there.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    folder(path)?;
    nano_edge::write_secret(path, text.as_bytes())
        .map_err(|error| Failure::usage(format!("{} can't be written: {error}", path.display())))
}

/// Hands out a capability that was just made: to a file, or printed where `--reveal` says so.
pub fn hand_out(capability: &Capability, name: &str, into: &Into) -> Result<u8, Failure> {
    let written = text(capability)?;
    if into.reveal {
        if into.qr {
            anstream::println!("{}", code(&written)?);
        } else if into.json {
            println!("{}", serde_json::json!({"capability": written, "file": null}));
        } else {
            println!("{written}");
        }
        return Ok(0);
    }
    let path = match &into.output {
        Some(path) if path.as_os_str() == "-" => {
            return Err(Failure::with_hint("a capability is a secret and goes to a file", "to print it: --reveal"));
        }
        Some(path) => path.clone(),
        None => {
            let mut number = [0; 4];
            getrandom::fill(&mut number).map_err(|error| Failure::Internal(error.into()))?;
            Path::new(CAPABILITIES).join(format!("{name}-{}.cap", super::hex(&number)))
        }
    };
    write(&path, &format!("{written}\n"))?;
    if into.json {
        println!("{}", serde_json::json!({"capability": null, "file": path.display().to_string()}));
    } else {
        println!("@{}", path.display());
        anstream::eprintln!("a secret, mode 0600; --reveal prints the capability itself");
    }
    Ok(0)
}

/// A QR code of two rows of modules a line, light on dark or dark on light alike.
pub fn code(text: &str) -> Result<String, Failure> {
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).map_err(|_| {
        Failure::with_hint("the capability is too long for a QR code", "flatten it first: nano cap flatten")
    })?;
    Ok(code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build())
}

/// Every capability in this machine's folders, with its file.
pub fn all() -> Vec<(PathBuf, Capability)> {
    let files = |folder: &str| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "cap"))
    };
    let mut found: Vec<_> = [KEYS, CAPABILITIES, EDGE]
        .into_iter()
        .flat_map(files)
        .filter_map(|path| Some((path.clone(), read(&format!("@{}", path.display())).ok()?)))
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}
