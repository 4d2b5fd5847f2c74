//! This machine's CPython, as an oracle and a runtime.

use crate::failure::Failure;
use std::process::Command;

/// Version of `python3`, for example `3.11.7`; `None` where there is none.
pub fn version() -> Option<String> {
    let output = Command::new("python3").arg("--version").output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().strip_prefix("Python ").map(str::to_string)
}

/// Runs a script given as text with arguments; its standard output.
pub fn script(text: &str, arguments: &[&std::ffi::OsStr]) -> Result<String, Failure> {
    let output = Command::new("python3").arg("-c").arg(text).args(arguments).output().map_err(|error| {
        Failure::with_hint(format!("python3 can't be run: {error}"), "install it: apt-get install python3")
    })?;
    if !output.status.success() {
        return Err(Failure::usage(format!("python3 failed: {}", String::from_utf8_lossy(&output.stderr))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
