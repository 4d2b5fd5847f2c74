//! What the commands need from the machine: found, or installed after saying so, or named as missing.

mod bare_metal;
mod python;
mod system;

use std::path::PathBuf;
use std::process::Command;

use crate::process;
use crate::repository::Repository;

pub use bare_metal::{TARGETS, Toolchain};
pub use python::Clients;

/// Something outside the repository that a step cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Links every Rust program.
    Linker,
    /// Builds flatc, which writes the module format's code.
    CxxCompiler,
    /// Runs handlers as AWS Lambda does, and the stock AWS clients.
    Python,
    /// Runs serverless, one of the clients that the edge is tested with.
    Node,
    /// The second AWS CLI, one of the clients that the edge is tested with.
    AwsCli,
    /// Captures the link that the replay test sends again.
    Capture,
    /// Sees what depends on memory that was never written, for `cargo xtask sanitize`.
    Memcheck,
    /// Builds Rust for a processor without operating system.
    BareMetal,
    /// Builds for the ESP8266's core.
    Lx106,
    /// Looks at what is built for boards, by the compilers that build it.
    BoardClippy,
    /// Links for other processors.
    Lld,
    /// Runs firmware images.
    Emulators,
}

/// Makes the machine ready for everything; prints what was found. The error lists what is missing.
pub fn all(repository: &Repository) -> Result<(), String> {
    let mut missing = Vec::new();
    for need in [Need::Linker, Need::CxxCompiler, Need::Python, Need::Capture] {
        match ensure(need) {
            Ok(()) => eprintln!("   found: {}", system::describe(need)),
            Err(reason) => missing.push(reason),
        }
    }
    match clients(repository) {
        Ok(clients) => eprintln!("   found: boto3 and the AWS CLI in {}", clients.folder().display()),
        Err(reason) => missing.push(reason),
    }
    match other_clients(repository) {
        Ok(folder) => {
            eprintln!("   found: the SAM CLI, awslocal, s3cmd, rclone and serverless in {}", folder.display());
        }
        Err(reason) => missing.push(reason),
    }
    match packages(repository) {
        Ok(folder) => eprintln!("   found: packages that functions use, in {}", folder.display()),
        Err(reason) => missing.push(reason),
    }
    match cpython_tests(repository) {
        Ok(folder) => eprintln!("   found: CPython's own tests in {}", folder.display()),
        Err(reason) => missing.push(reason),
    }
    match suites(repository) {
        Ok(folder) => eprintln!("   found: packages with their own tests, in {}", folder.display()),
        Err(reason) => missing.push(reason),
    }
    match bare_metal() {
        Ok(toolchain) => eprintln!("   found: {}", toolchain.describe()),
        Err(reason) => missing.push(reason),
    }
    match lx106() {
        Ok(toolchain) => eprintln!("   found: {}, for the ESP8266's core", toolchain.describe()),
        Err(reason) => missing.push(reason),
    }
    match ensure(Need::Emulators) {
        Ok(()) => eprintln!("   found: {}", system::describe(Need::Emulators)),
        Err(reason) => missing.push(reason),
    }
    missing.dedup();
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n")) }
}

/// Finds or installs one need.
pub fn ensure(need: Need) -> Result<(), String> {
    system::ensure(need)
}

/// Miri, a component of a nightly compiler: that of rustup, installed at first use after saying so.
pub fn miri() -> Result<(), String> {
    const PARTS: [&str; 2] = ["miri", "rust-src"];
    let Ok(toolchains) = process::stdout(Command::new("rustup").args(["toolchain", "list"])) else {
        return Err("Miri is a component of rustup's nightly, and rustup is missing".to_owned());
    };
    let mut install = Command::new("rustup");
    if toolchains.lines().any(|name| name.starts_with("nightly-")) {
        let installed = ["component", "list", "--installed", "--toolchain", "nightly"];
        let installed = process::stdout(Command::new("rustup").args(installed))?;
        if PARTS.iter().all(|part| installed.lines().any(|name| name.starts_with(part))) {
            return Ok(());
        }
        install.args(["component", "add", "--toolchain", "nightly"]).args(PARTS);
    } else {
        install.args(["toolchain", "install", "nightly", "--profile", "minimal", "--component"]).arg(PARTS.join(","));
    }
    eprintln!("   missing: Miri (it sees what the language's rules forbid); installing it");
    process::run(&mut install)
}

/// The stock AWS clients, installed into the cache folder at first use.
pub fn clients(repository: &Repository) -> Result<Clients, String> {
    ensure(Need::Python)?;
    Clients::ensure(repository)
}

/// Other people's clients of AWS, installed into the cache folder at first use; the folder that they are in.
pub fn other_clients(repository: &Repository) -> Result<PathBuf, String> {
    for need in [Need::Python, Need::Node] {
        ensure(need)?;
    }
    let folder = repository.cache.join("clients");
    process::run(Command::new("python3").arg(repository.root.join("xtask/clients/install.py")).arg(&folder))?;
    Ok(folder)
}

/// The second AWS CLI, which no registry of Python's has.
pub fn aws_cli() -> Result<PathBuf, String> {
    ensure(Need::AwsCli)?;
    system::aws_cli().ok_or_else(|| format!("{} is gone", system::describe(Need::AwsCli)))
}

/// The folder of CPython 3.11's own tests, unpacked into the cache folder at first use.
pub fn cpython_tests(repository: &Repository) -> Result<PathBuf, String> {
    ensure(Need::Python)?;
    system::cpython_tests(&repository.cache)
}

/// The folder with AWS's provider for Terraform, where the machine has both.
pub fn terraform() -> Option<PathBuf> {
    system::terraform()
}

/// A compiler that builds for microcontrollers.
pub fn bare_metal() -> Result<Toolchain, String> {
    ensure(Need::BareMetal)?;
    Toolchain::find().ok_or_else(|| format!("{} is gone", system::describe(Need::BareMetal)))
}

/// A compiler that builds for the ESP8266's core, with the programs behind it.
pub fn lx106() -> Result<Toolchain, String> {
    ensure(Need::Lx106)?;
    Toolchain::for_lx106().ok_or_else(|| format!("{} is gone", system::describe(Need::Lx106)))
}

/// A linker for processors without operating system: the distribution's, else the one beside rustup's compiler.
pub fn lld() -> Result<PathBuf, String> {
    ensure(Need::Lld)?;
    system::lld().ok_or_else(|| format!("{} is gone", system::describe(Need::Lld)))
}

/// A virtual environment with packages in pure Python that functions use, made in the cache folder at first use.
pub fn packages(repository: &Repository) -> Result<PathBuf, String> {
    ensure(Need::Python)?;
    python::packages(repository)
}

/// Unpacked source distributions of packages with their own tests, downloaded into the cache folder at first use.
pub fn suites(repository: &Repository) -> Result<PathBuf, String> {
    ensure(Need::Python)?;
    python::suites(repository)
}

/// A Python that has Espressif's esptool, installed into the cache folder at first use.
pub fn esptool(repository: &Repository) -> Result<PathBuf, String> {
    ensure(Need::Python)?;
    python::esptool(repository)
}
