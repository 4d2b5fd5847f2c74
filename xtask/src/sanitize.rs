//! `cargo xtask sanitize`: the capability crate's tests under Miri and under AddressSanitizer.
//!
//! caps forbids unsafe code, so what these could find lies below it: in the hash, the cipher, the compiler.

use std::process::Command;

use crate::process;
use crate::repository::Repository;

/// What `cargo xtask sanitize --help` prints.
pub const HELP: &str = "\
cargo xtask sanitize

Runs the tests of nano-caps under AddressSanitizer, whose runtime comes with rustc, and under Miri where a nightly has
the component (rustup +nightly component add miri). Says which it could not run. Takes minutes; `cargo xtask test` does
not do it.";

/// The only target whose runtime rustup ships for every host that nano is developed on.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// Tests that run another program, which Miri can't.
const NOT_UNDER_MIRI: &str = "differential";

/// Both, as far as they are there.
pub fn run(repository: &Repository) -> Result<bool, String> {
    let mut address = repository.cargo();
    // Its own flags: what is built with them must not be mixed with what is not.
    address.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address").args([
        "test",
        "--quiet",
        "--locked",
        "--package",
        "nano-caps",
        "--lib",
        "--tests",
        "--target",
        TARGET,
    ]);
    process::run(&mut address)?;
    eprintln!("   AddressSanitizer found nothing");

    let has_miri =
        Command::new("cargo").args(["+nightly", "miri", "--version"]).output().is_ok_and(|out| out.status.success());
    if !has_miri {
        eprintln!("   Miri was not run: no nightly here has it (rustup +nightly component add miri)");
        return Ok(true);
    }
    let mut miri = Command::new("cargo");
    miri.current_dir(&repository.root)
        .env("CARGO_TARGET_DIR", repository.target.join("miri"))
        .env("MIRIFLAGS", "-Zmiri-disable-isolation")
        .args(["+nightly", "miri", "test", "--locked", "--package", "nano-caps", "--lib", "--tests", "--"])
        .args(["--skip", NOT_UNDER_MIRI]);
    process::run(&mut miri)?;
    eprintln!("   Miri found nothing");
    Ok(true)
}
