//! COMPATIBILITY.md: what of Python works, from programs run on CPython and on IoTPy.

use std::path::PathBuf;

use super::Files;
use crate::process;
use crate::repository::Repository;

/// Asks the program among the whole-program tests, which is linked with the compiler and the VM.
pub fn files(repository: &Repository) -> Result<Files, String> {
    let mut print = repository.cargo();
    print.args(["run", "--quiet", "--package", "nano-tests", "--example", "compatibility"]);
    Ok(Files::from([(PathBuf::from("COMPATIBILITY.md"), process::output(&mut print)?)]))
}
