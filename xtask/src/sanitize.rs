//! `cargo xtask sanitize`: the interpreter, programs on it and modules that lie under AddressSanitizer; the interpreter and
//! some programs under Miri; the capability crate's tests under both, under the checks of the standard library and under
//! Valgrind's Memcheck.
//!
//! The interpreter's accesses to its arena are bounded by what `vm/src/raw.rs` argues. caps forbids unsafe code, so what
//! these could find lies below it: in the hash, the cipher, the compiler. They overlap where one is missing:
//! AddressSanitizer sees accesses outside of what is there, the standard library sees calls of its unsafe functions that
//! break their conditions, Memcheck sees decisions on bytes that were never written, Miri sees all of these and what the
//! language's rules forbid besides. Each must first find a fault that was put there for it: a checker that runs but doesn't
//! check finds nothing, either.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process;
use crate::repository::Repository;
use crate::setup::{self, Need, Toolchain};

/// What `cargo xtask sanitize --help` prints.
pub const HELP: &str = "\
cargo xtask sanitize

Runs under AddressSanitizer, whose runtime comes with rustc: the tests of nano-caps, with the hash and the cipher that this
machine has instructions for, and those of boards; the interpreter's own, the collector's graphs among them;
every program of tests/language, also while everything moves at every allocation; the tests of limits, of snapshots and of
what costs fuel; mutated modules, and those that are kept in tests/hostile. Runs the tests of nano-caps and of the
interpreter on a standard library that is built with its own checks, where a compiler has its source (rustup component add
rust-src, or apt-get install rustc-web rust-web-src); those of nano-caps under Memcheck too, where valgrind is installed or
can be; and both under Miri, which rustup installs into a nightly, with programs of tests/language besides. Says which it could not run. Takes minutes; `cargo xtask test`
does not do it.";

/// The only target whose runtime rustup ships for every host that nano is developed on.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// A test that is long under Memcheck.
const LONG: &str = "differential";

const ADDRESS: &str = "-Zsanitizer=address";
/// The hash and the cipher as they are on processors that have no instructions for them, as those of boards.
const PORTABLE: &str = r#"--cfg sha2_backend="soft" --cfg chacha20_backend="soft""#;

const MEMCHECK: [&str; 3] = ["valgrind", "--quiet", "--error-exitcode=9"];

const CAPS: &[&str] = &["--package", "nano-caps", "--lib", "--tests"];
const VM: &[&str] = &["--package", "nano-vm", "--lib"];
const PROGRAMS: &[&str] = &[
    "--package",
    "nano-tests",
    "--test=language",
    "--test=limits",
    "--test=snapshot",
    "--test=work",
    "--test=hostile",
];

/// Programs of tests/language that the interpreter runs while Miri runs the interpreter: what has its own way to memory.
const WATCHED: [&str; 5] = ["class_slots", "generators", "method_attributes", "plain_object", "statement_match"];

/// What is tested under AddressSanitizer, and by which flags besides its own.
const CHECKED: [(&str, &[&str]); 4] = [("", CAPS), (PORTABLE, CAPS), ("", VM), ("", PROGRAMS)];

/// Reads the byte behind eight on the heap.
const READS_OUTSIDE: &str = "
fn main() {
    let eight = vec![1u8; 8];
    let at = std::env::args().count() + 7;
    println!(\"{}\", unsafe { *eight.as_ptr().add(at) });
}";
/// Breaks the condition of an unsafe function, though what it reads may be there.
const BREAKS_A_CONDITION: &str = "
fn main() {
    let (two, _) = ([1u8; 2], [1u8; 6]);
    let at = std::env::args().count() + 1;
    println!(\"{}\", unsafe { two.get_unchecked(at) });
}";
/// Decides on a byte that was never written.
const READS_UNWRITTEN: &str = "
fn main() {
    let bytes = Vec::<u8>::with_capacity(8);
    if unsafe { *bytes.as_ptr() } > 7 {
        println!(\"more\");
    }
}";

/// Writes by a pointer while there is a reference that nothing else may write behind.
const WRITES_BEHIND_A_REFERENCE: &str = "
fn main() {
    let mut byte = 1u8;
    let pointer = &raw mut byte;
    let only = unsafe { &mut *pointer };
    unsafe { *pointer = 2 };
    *only += 1;
    println!(\"{byte}\");
}";

/// All, as far as they are there.
pub fn run(repository: &Repository) -> Result<bool, String> {
    must_find(repository, READS_OUTSIDE, &[ADDRESS], &[], "heap-buffer-overflow")?;
    for (flags, tests) in CHECKED {
        let mut address = repository.cargo();
        // Its own flags: what is built with them must not be mixed with what is not, nor make that be built again.
        address.env("CARGO_TARGET_DIR", repository.target.join("sanitize"));
        address.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", format!("{ADDRESS} {flags}"));
        // A test asks for more memory than there can be, and expects to be refused.
        address.env("ASAN_OPTIONS", "allocator_may_return_null=1");
        address.args(["test", "--quiet", "--locked", "--target", TARGET]).args(tests);
        process::run(&mut address)?;
    }
    eprintln!("   AddressSanitizer found nothing");
    library(repository)?;
    memcheck(repository)?;
    miri(repository)?;
    Ok(true)
}

/// On a standard library that is built along, and so with the checks that a build for tests has: the one that comes with
/// the compiler has them only where its code is made along with ours.
fn library(repository: &Repository) -> Result<(), String> {
    let Some(rustc) = Toolchain::with_source() else {
        eprintln!("   The standard library's checks were not run: no compiler here has its source");
        return Ok(());
    };
    must_find(repository, BREAKS_A_CONDITION, &[], &[], "unsafe precondition(s) violated")?;
    for tests in [CAPS, VM] {
        let mut build = repository.cargo();
        build
            .env("CARGO_TARGET_DIR", repository.target.join("sanitize-library"))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", &rustc)
            .env("RUSTFLAGS", format!("-Zstrict-init-checks -Zextra-const-ub-checks {PORTABLE}"))
            .args(["test", "--quiet", "--locked", "-Zbuild-std", "--target", TARGET])
            .args(tests);
        process::run(&mut build)?;
    }
    eprintln!("   the standard library's checks found nothing");
    Ok(())
}

fn memcheck(repository: &Repository) -> Result<(), String> {
    if let Err(reason) = setup::ensure(Need::Memcheck) {
        eprintln!("   Memcheck was not run: {reason}");
        return Ok(());
    }
    must_find(repository, READS_UNWRITTEN, &[], &MEMCHECK, "depends on uninitialised value")?;
    let mut memcheck = repository.cargo();
    memcheck
        .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", MEMCHECK.join(" "))
        .args(["test", "--quiet", "--locked", "--target", TARGET])
        .args(CAPS)
        .args(["--", "--skip", LONG]);
    process::run(&mut memcheck)?;
    eprintln!("   Memcheck found nothing");
    Ok(())
}

fn miri(repository: &Repository) -> Result<(), String> {
    if let Err(reason) = setup::miri() {
        eprintln!("   Miri was not run: {reason}");
        return Ok(());
    }
    let sysroot = process::stdout(Command::new("cargo").args(["+nightly", "miri", "setup", "--print-sysroot"]))?;
    let planted = plant(repository, WRITES_BEHIND_A_REFERENCE)?;
    let mut interpreter = Command::new("rustup");
    interpreter.args(["run", "nightly", "miri", "--edition=2024", "--sysroot", sysroot.trim()]).arg(planted);
    must_say(&mut interpreter, "Undefined Behavior")?;
    let miri = |verb: &str| {
        let mut miri = Command::new("cargo");
        miri.current_dir(&repository.root)
            .env("CARGO_TARGET_DIR", repository.target.join("miri"))
            // The tests ask for fewer rounds there, and leave out those that run another program.
            .env("RUSTFLAGS", PORTABLE)
            .args(["+nightly", "miri", verb, "--locked"]);
        miri
    };
    process::run(miri("test").args(CAPS))?;
    process::run(miri("test").args(VM))?;
    // Programs, compiled by what Miri would take hours for.
    let folder = repository.target.join("sanitize/modules");
    let mut compile = repository.cargo();
    compile
        .args(["run", "--quiet", "--locked", "--package", "nano-tests", "--example", "write_modules", "--"])
        .arg(&folder);
    compile.args(WATCHED.map(|name| repository.root.join("tests/language").join(name).with_extension("py")));
    process::run(&mut compile)?;
    let mut programs = miri("run");
    programs.env("MIRIFLAGS", "-Zmiri-disable-isolation");
    process::run(programs.args(["--package", "nano-vm", "--example", "modules", "--"]).arg(folder))?;
    eprintln!("   Miri found nothing");
    Ok(())
}

/// That a checker finds the fault of a program, which is built with `flags` and run by `runner`: it fails, and says `words`.
fn must_find(
    repository: &Repository,
    source: &str,
    flags: &[&str],
    runner: &[&str],
    words: &str,
) -> Result<(), String> {
    let file = plant(repository, source)?;
    let program = file.with_extension("");
    let mut build = Command::new("rustc");
    build.env("RUSTC_BOOTSTRAP", "1").arg("--edition=2024").args(flags).arg(&file).arg("-o").arg(&program);
    process::output(&mut build)?;
    let mut command_line = runner.iter().map(OsStr::new).chain([program.as_os_str()]);
    let mut run = Command::new(command_line.next().unwrap_or_default());
    must_say(run.args(command_line), words)
}

/// Where the program with the fault was written.
fn plant(repository: &Repository, source: &str) -> Result<PathBuf, String> {
    let folder = repository.target.join("sanitize");
    let file = folder.join("planted.rs");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, source))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

fn must_say(checked: &mut Command, words: &str) -> Result<(), String> {
    match process::output(checked) {
        Err(said) if said.contains(words) => Ok(()),
        Err(said) => Err(format!("not the fault that was put there ({words}): {said}")),
        Ok(_) => Err(format!("a fault that was put there is not found: {words}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checker_that_finds_nothing_is_noticed() {
        let target = std::env::temp_dir().join(format!("nano-planted-{}", std::process::id()));
        let repository = Repository { root: target.clone(), cache: target.clone(), target: target.clone() };
        let find = |source: &str| must_find(&repository, source, &[], &[], "the fault");
        let (with, without) = (find("fn main() { panic!(\"the fault\") }"), find("fn main() {}"));
        let other = find("fn main() { panic!(\"another\") }");
        fs::remove_dir_all(target).expect("removable");
        assert_eq!(with, Ok(()));
        assert_eq!(without, Err("a fault that was put there is not found: the fault".to_owned()));
        assert!(other.is_err_and(|said| said.starts_with("not the fault that was put there")));
    }
}
