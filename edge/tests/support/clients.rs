//! Other people's clients for tests: those of `cargo xtask test`, or the same ones installed here at first use.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that has `sam`, `tools`, `s5cmd`, `minio`, `serverless` and `javascript`, each by itself.
pub fn clients() -> PathBuf {
    if let Some(clients) = std::env::var_os("NANO_TEST_CLIENTS") {
        return clients.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cache"));
    let folder = cache.join("nano/clients");
    let install = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/clients/install.py");
    let installed = Command::new("python3").arg(install).arg(&folder).status().unwrap();
    assert!(installed.success(), "the clients could not be installed into {}", folder.display());
    folder
}

/// The AWS CLI, version 2: that of `cargo xtask test`, or the distribution's; there may be none.
pub fn aws_cli_2() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("NANO_TEST_AWS2") {
        return Some(program.into());
    }
    let program = PathBuf::from("/usr/bin/aws");
    let version = Command::new(&program).arg("--version").output().ok()?;
    String::from_utf8_lossy(&version.stdout).starts_with("aws-cli/2").then_some(program)
}
