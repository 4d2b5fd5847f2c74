//! The stock AWS clients: boto3 and the AWS CLI, pinned, in a virtual environment of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::repository::Repository;

const REQUIREMENTS: &str = include_str!("../../python.txt");

/// Whether `python3` can make virtual environments.
pub fn is_there() -> bool {
    process::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
}

/// A virtual environment with boto3 and the AWS CLI.
#[derive(Debug)]
pub struct Clients(PathBuf);

impl Clients {
    /// The environment in the cache folder, made anew when the pinned versions changed.
    pub fn ensure(repository: &Repository) -> Result<Self, String> {
        let clients = Self(repository.cache.join("venv"));
        // Written last: an interrupted installation is not taken for a finished one.
        let marker = clients.0.join("nano-requirements.txt");
        if fs::read_to_string(&marker).is_ok_and(|installed| installed == REQUIREMENTS) && clients.python().is_file() {
            return Ok(clients);
        }
        eprintln!(
            "   missing: boto3 and the AWS CLI (the stock clients the edge is tested with); installing them into"
        );
        eprintln!("   {}", clients.0.display());
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&clients.0))?;
        process::run(
            Command::new(clients.python())
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
                .arg(repository.root.join("xtask/python.txt")),
        )?;
        fs::write(&marker, REQUIREMENTS).map_err(|error| format!("{}: {error}", marker.display()))?;
        Ok(clients)
    }

    /// The environment's folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// A Python that imports boto3.
    pub fn python(&self) -> PathBuf {
        self.0.join("bin/python3")
    }

    /// The AWS CLI.
    pub fn aws(&self) -> PathBuf {
        self.0.join("bin/aws")
    }
}
