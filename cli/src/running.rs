//! Where the edge of a project answers: a file in its data folder, locked by the process that serves for as long as it does.
//!
//! So that every command of the project finds the edge wherever it listens. A file without a lock is of a process that was
//! killed, whatever its number means by now; one that is another user's may lead anywhere, and is left alone.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Name of the file in the data folder.
const FILE: &str = "running";

/// Where the data of a project's edge is unless it was told otherwise.
const DATA: &str = ".nano/edge";

/// Most bytes of the file.
const MOST_BYTES: u64 = 4 << 10;

/// What others find while it lives.
#[derive(Debug)]
pub struct Marker {
    path: PathBuf,
    _locked: File,
}

impl Marker {
    /// Says where the edge over this data answers.
    pub fn place(data: &Path, address: SocketAddr) -> io::Result<Self> {
        let path = data.join(FILE);
        let new = path.with_extension("new");
        let _ = fs::remove_file(&new);
        // Locked and whole before it has its name.
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.try_lock()?;
        let endpoint = format!("http://{}", reachable(address));
        writeln!(file, "{}", json!({"endpoint": endpoint, "pid": std::process::id()}))?;
        fs::rename(new, &path)?;
        Ok(Self { path, _locked: file })
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        // Who has the data's lock has this file; that is not given up before.
        let _ = fs::remove_file(&self.path);
    }
}

/// An address at which this machine reaches what listens.
fn reachable(address: SocketAddr) -> SocketAddr {
    let loopback = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(loopback, address.port())
}

/// The endpoint of the edge that runs in the project of this folder, or of one around it.
pub fn find(folder: &Path) -> Option<String> {
    for folder in folder.ancestors() {
        if let Some(endpoint) = read(&folder.join(DATA).join(FILE)) {
            return Some(endpoint);
        }
        if folder.join("nano.toml").is_file() {
            return None;
        }
    }
    None
}

fn read(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.uid() != rustix::process::geteuid().as_raw() {
        return None;
    }
    let Err(TryLockError::WouldBlock) = file.try_lock_shared() else { return None };
    let mut text = String::new();
    (&file).take(MOST_BYTES).read_to_string(&mut text).ok()?;
    let said: Value = serde_json::from_str(&text).ok()?;
    said.get("endpoint")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_found_from_its_project_as_long_as_it_runs() {
        let project = tempfile::tempdir().unwrap();
        let (data, inner) = (project.path().join(DATA), project.path().join("a/b"));
        fs::create_dir_all(&data).unwrap();
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(find(&inner), None);
        let marker = Marker::place(&data, "0.0.0.0:7".parse().unwrap()).unwrap();
        for folder in [project.path(), &inner] {
            assert_eq!(find(folder).as_deref(), Some("http://127.0.0.1:7"));
        }
        // Another project's is not asked.
        fs::write(inner.join("nano.toml"), "").unwrap();
        assert_eq!(find(&inner), None);
        // Killed: the file stays, its lock does not.
        let left = fs::read(&marker.path).unwrap();
        drop(marker);
        assert_eq!(find(project.path()), None);
        fs::write(data.join(FILE), left).unwrap();
        assert_eq!(find(project.path()), None);
    }

    #[test]
    fn addresses_are_such_that_this_machine_reaches() {
        for (address, expected) in [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:1", "[::1]:1"), ("10.0.0.7:1", "10.0.0.7:1")] {
            assert_eq!(reachable(address.parse().unwrap()).to_string(), expected);
        }
    }
}
