//! The stock AWS clients for tests: those of `cargo xtask test`, or the same ones installed here at first use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask` pins too.
const REQUIREMENTS: &str = include_str!("../../../xtask/python.txt");

/// A Python that has boto3. `aws` of the AWS CLI is beside it.
pub fn python() -> PathBuf {
    if let Some(python) = std::env::var_os("NANO_TEST_PYTHON") {
        return python.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cache")).join("nano");
    fs::create_dir_all(&cache).unwrap();
    let (environment, marker) = (cache.join("venv"), cache.join("venv/nano-requirements.txt"));
    let python = environment.join("bin/python3");
    // Tests run side by side; one installs.
    let lock = File::create(cache.join("venv.lock")).unwrap();
    lock.lock().unwrap();
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == REQUIREMENTS) && python.is_file() {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/python.txt");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(install).arg(pinned));
    fs::write(&marker, REQUIREMENTS).unwrap();
    python
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?} failed");
}
