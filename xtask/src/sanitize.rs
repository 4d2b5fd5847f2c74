//! `cargo xtask sanitize`: the interpreter under AddressSanitizer; the capability crate's tests under it, under Valgrind's
//! Memcheck and under Miri.
//!
//! The interpreter's accesses to its arena are bounded by what `vm/src/raw.rs` argues. caps forbids unsafe code, so what
//! these could find lies below it: in the hash, the cipher, the compiler. They overlap where one is missing:
//! AddressSanitizer sees accesses outside of what is there, Memcheck sees decisions on bytes that were never written, Miri
//! sees both and what the language's rules forbid besides.

use std::process::Command;

use crate::process;
use crate::repository::Repository;
use crate::setup::{self, Need};

/// What `cargo xtask sanitize --help` prints.
pub const HELP: &str = "\
cargo xtask sanitize

Runs under AddressSanitizer, whose runtime comes with rustc, the interpreter's own tests, the collector's graphs among
them, and those of nano-caps. Runs the tests of nano-caps under Memcheck too, where valgrind is
installed or can be; and under Miri where a nightly has the component (rustup +nightly component add miri). Says which it
could not run. Takes minutes; `cargo xtask test` does not do it.";

/// The only target whose runtime rustup ships for every host that nano is developed on.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// A test that runs another program, which Miri can't, and that is long under the others.
const NOT_UNDER_MIRI: &str = "differential";

/// What cargo runs under AddressSanitizer.
const ADDRESS: [&[&str]; 2] = [&["--package", "nano-caps", "--lib", "--tests"], &["--package", "nano-vm", "--lib"]];

/// All, as far as they are there.
pub fn run(repository: &Repository) -> Result<bool, String> {
    for tests in ADDRESS {
        let mut address = repository.cargo();
        // Its own flags: what is built with them must not be mixed with what is not.
        address.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address");
        // A test asks for more memory than there can be, and expects to be refused.
        address.env("ASAN_OPTIONS", "allocator_may_return_null=1");
        address.args(["test", "--quiet", "--locked", "--target", TARGET]).args(tests);
        process::run(&mut address)?;
    }
    eprintln!("   AddressSanitizer found nothing");

    match setup::ensure(Need::Memcheck) {
        Ok(()) => {
            let mut memcheck = repository.cargo();
            memcheck
                .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", "valgrind --quiet --error-exitcode=9")
                .args(["test", "--quiet", "--locked", "--package", "nano-caps", "--lib", "--tests"])
                .args(["--target", TARGET, "--", "--skip", NOT_UNDER_MIRI]);
            process::run(&mut memcheck)?;
            eprintln!("   Memcheck found nothing");
        }
        Err(reason) => eprintln!("   Memcheck was not run: {reason}"),
    }

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
