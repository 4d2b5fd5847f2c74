//! How a board finds its edge by Wi-Fi: said once, and kept beside the device's secret, so that deploying again need not ask.
//!
//! The password comes from the person or from standard input, never from the command line, where others of this machine see
//! it; it is not printed.

use crate::arguments::Deploy;
use crate::failure::Failure;
use nano_emulator::provision::Network;
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What a board is told of its network; all empty where nothing.
#[derive(Default)]
pub struct Told {
    edge: String,
    ssid: String,
    password: String,
}

fn file(folder: &Path) -> PathBuf {
    folder.join("network")
}

impl Told {
    /// What the person says now; else what was said before.
    pub fn of(arguments: &Deploy, folder: &Path) -> Result<Self, Failure> {
        let (Some(ssid), Some(devices)) = (&arguments.wifi, &arguments.devices) else { return Self::before(folder) };
        if !(1..=32).contains(&ssid.len()) {
            return Err(Failure::usage(format!(
                "a wireless network's name has 1 to 32 bytes; {ssid:?} has {}",
                ssid.len()
            )));
        }
        let edge = edge(devices)?;
        let password = password(ssid).map_err(|error| Failure::usage(format!("no password could be read: {error}")))?;
        if !(password.is_empty() || (8..=63).contains(&password.len())) {
            return Err(Failure::with_hint(
                "a wireless network's password has 8 to 63 bytes; nothing was written",
                "an open network has none: press Enter",
            ));
        }
        Ok(Self { edge, ssid: ssid.clone(), password })
    }

    fn before(folder: &Path) -> Result<Self, Failure> {
        let path = file(folder);
        let unreadable = |why: String| {
            Failure::with_hint(
                format!("{} can't be read: {why}", path.display()),
                "name the network again: --wifi SSID --devices HOST:PORT",
            )
        };
        match fs::read(&path) {
            Ok(bytes) => {
                let told: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
                let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
                let parts = (text("edge"), text("ssid"), text("password"));
                let (Some(edge), Some(ssid), Some(password)) = parts else {
                    return Err(unreadable("it says no network".into()));
                };
                Ok(Self { edge, ssid, password })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    /// Keeps it for the next time, to be read by this user alone.
    pub fn keep(&self, folder: &Path) -> Result<(), Failure> {
        if self.ssid.is_empty() {
            return Ok(());
        }
        let (path, new) = (file(folder), file(folder).with_extension("new"));
        let write = || -> io::Result<()> {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            // What is left of an interrupted one would keep its permissions.
            let _ = fs::remove_file(&new);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            let Network { edge, ssid, password } = self.network();
            let told = serde_json::json!({"edge": edge, "ssid": ssid, "password": password});
            file.write_all(told.to_string().as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &path)
        };
        write().map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
    }

    /// As the board is told.
    pub fn network(&self) -> Network<'_> {
        Network { edge: &self.edge, ssid: &self.ssid, password: &self.password }
    }
}

/// The address as a board takes it, which asks no name server: four numbers and a port.
fn edge(devices: &str) -> Result<String, Failure> {
    let hint = "as in --devices 192.168.1.10:4568, beside: nano serve --devices 4568";
    let addresses = devices
        .to_socket_addrs()
        .map_err(|error| Failure::with_hint(format!("'{devices}' is no machine and port: {error}"), hint))?;
    let found = addresses.into_iter().find_map(|address| match address {
        SocketAddr::V4(address) => Some(address),
        SocketAddr::V6(_) => None,
    });
    let address = found.ok_or_else(|| Failure::with_hint(format!("{devices} has no IPv4 address"), hint))?;
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        return Err(Failure::with_hint(
            format!("{} is this machine to itself; a board on the network reaches it by another address", address.ip()),
            "the addresses of this machine: ip -4 address",
        ));
    }
    Ok(address.to_string())
}

/// Asked for where there is a person; else the first line of standard input.
fn password(ssid: &str) -> io::Result<String> {
    if io::stdin().is_terminal() {
        let prompt = dialoguer::Password::new().with_prompt(format!("Password of {ssid}")).allow_empty_password(true);
        return prompt.interact().map_err(io::Error::other);
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_told_an_address_that_it_can_reach() {
        assert_eq!(edge("192.168.1.10:4568").unwrap(), "192.168.1.10:4568");
        for wrong in ["192.168.1.10", "127.0.0.1:4568", "0.0.0.0:1", "[::1]:4568", ":4568", ""] {
            assert!(edge(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_said_is_kept_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("devices/walkway");
        assert!(Told::before(&folder).unwrap().network() == Network::default());
        let told = Told { edge: "10.0.0.1:1".into(), ssid: "home".into(), password: "a password".into() };
        for _ in 0..2 {
            told.keep(&folder).unwrap();
        }
        assert!(Told::before(&folder).unwrap().network() == told.network());
        assert_eq!(fs::metadata(file(&folder)).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(file(&folder), "{").unwrap();
        assert!(Told::before(&folder).is_err());
    }
}
