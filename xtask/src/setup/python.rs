//! What others wrote in Python, pinned, in virtual environments of ours: boto3 and the AWS CLI; Espressif's esptool;
//! packages that functions use.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::repository::Repository;

const REQUIREMENTS: &str = include_str!("../../python.txt");
const ESPTOOL: &str = include_str!("../../esptool.txt");
const PACKAGES: &str = include_str!("../../packages.txt");
const SUITES: &str = include_str!("../../suites.txt");

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
        let what = "boto3 and the AWS CLI (the stock clients the edge is tested with)";
        environment(repository, "venv", ("xtask/python.txt", REQUIREMENTS), what).map(Self)
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

/// A Python that has Espressif's esptool.
pub fn esptool(repository: &Repository) -> Result<PathBuf, String> {
    let what = "esptool (Espressif's own client, which the tests' boot loader is validated with)";
    let folder = environment(repository, "esptool", ("xtask/esptool.txt", ESPTOOL), what)?;
    Ok(folder.join("bin/python3"))
}

/// A virtual environment with packages in pure Python, which run as parts of functions too.
pub fn packages(repository: &Repository) -> Result<PathBuf, String> {
    let what = "packages in pure Python (which IoTPy runs as CPython does)";
    environment(repository, "packages", ("xtask/packages.txt", PACKAGES), what)
}

/// Source distributions with the packages' own tests, unpacked: nothing of them is installed.
pub fn suites(repository: &Repository) -> Result<PathBuf, String> {
    let folder = repository.cache.join("suites");
    let marker = folder.join("nano-requirements.txt");
    if fs::read_to_string(&marker).is_ok_and(|there| there == SUITES) {
        return Ok(folder);
    }
    let python = packages(repository)?.join("bin/python3");
    eprintln!("   missing: packages with their own tests (which go on IoTPy as on CPython); downloading into");
    eprintln!("   {}", folder.display());
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .args(["--no-binary", ":all:", "--require-hashes", "--requirement"])
            .arg(repository.root.join("xtask/suites.txt"))
            .arg("--dest")
            .arg(&folder),
    )?;
    // All of them first: what is unpacked comes to stand beside them.
    let archives: Vec<PathBuf> = fs::read_dir(&folder).map_err(failed)?.flatten().map(|entry| entry.path()).collect();
    for archive in archives {
        process::run(Command::new(&python).args(["-m", "tarfile", "-e"]).arg(archive).arg(&folder))?;
    }
    fs::write(&marker, SUITES).map_err(failed)?;
    Ok(folder)
}

/// A virtual environment of this name in the cache folder with what a file of the repository pins.
fn environment(
    repository: &Repository,
    name: &str,
    (file, requirements): (&str, &str),
    what: &str,
) -> Result<PathBuf, String> {
    let folder = repository.cache.join(name);
    let python = folder.join("bin/python3");
    // Written last: an interrupted installation is not taken for a finished one.
    let marker = folder.join("nano-requirements.txt");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == requirements) && python.is_file() {
        return Ok(folder);
    }
    eprintln!("   missing: {what}; installing into");
    eprintln!("   {}", folder.display());
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(repository.root.join(file)),
    )?;
    fs::write(&marker, requirements).map_err(|error| format!("{}: {error}", marker.display()))?;
    Ok(folder)
}
