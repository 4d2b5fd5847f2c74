//! Where things are: the checkout, the cache folder, the cargo that runs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders every subcommand works with.
#[derive(Debug)]
pub struct Repository {
    /// The checkout's top folder.
    pub root: PathBuf,
    /// `nano` in the user's cache folder; survives clones, safe to delete.
    pub cache: PathBuf,
    /// Where cargo builds. Shared by all clones, so that a second one builds only our own crates.
    pub target: PathBuf,
}

impl Repository {
    /// Finds the checkout this program was run from.
    pub fn find() -> Result<Self, String> {
        let root = find_root()?;
        let cache = match (env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
            (Some(folder), _) if Path::new(&folder).is_absolute() => PathBuf::from(folder),
            (_, Some(home)) => Path::new(&home).join(".cache"),
            _ => return Err("neither XDG_CACHE_HOME nor HOME is set: no place for the build cache".into()),
        }
        .join("nano");
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) if !folder.is_empty() => root.join(folder),
            _ => cache.join("target"),
        };
        Ok(Self { root, cache, target })
    }

    /// `cargo` in the checkout, building into [`Repository::target`].
    pub fn cargo(&self) -> Command {
        self.cargo_by(&env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
    }

    /// The same by another program, one that calls cargo in its turn.
    pub fn cargo_by(&self, program: &OsStr) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // Set by `cargo run` for this program; a child that sees them may take them for its own.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
                command.env_remove(&name);
            }
        }
        command
    }
}

fn find_root() -> Result<PathBuf, String> {
    // Cargo names the package it runs; a binary started by hand looks upwards from where it stands.
    let start = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => env::current_dir().map_err(|error| format!("current folder: {error}"))?,
    };
    start
        .ancestors()
        .find(|folder| folder.join("xtask/Cargo.toml").is_file() && folder.join("Cargo.lock").is_file())
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("{} is not inside nano's repository", start.display()))
}

/// Whether a program of this name is on the search path.
pub fn on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// `CI=true`: nobody is there to read that something was skipped.
pub fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}
