//! A Rust compiler for processors without operating system: whichever of three kinds is there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process;
use crate::repository::Repository;

/// What the `no_std` crates are built for: a Cortex-M4 with float unit, and a RISC-V core without
/// atomics, which like the ESP8266's rejects code that assumes them.
pub const TARGETS: [&str; 2] = ["thumbv7em-none-eabihf", "riscv32imc-unknown-none-elf"];

/// The oldest compiler that takes the workspace.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// How to build for a bare-metal target on this machine.
#[derive(Clone, Debug)]
pub enum Toolchain {
    /// The compiler in use has the targets' libraries.
    Installed,
    /// A compiler with the source of its libraries, which are built along (`build-std`).
    Source(PathBuf),
}

impl Toolchain {
    /// Looks for each kind; the search is made once.
    pub fn find() -> Option<Self> {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Some(found.clone());
        }
        let found = search()?;
        Some(FOUND.get_or_init(|| found).clone())
    }

    /// The compiler that knows the lx106 core: with the source of its libraries, and with the LLVM whose `llc` reads the
    /// bitcode it writes.
    pub fn for_lx106() -> Option<Self> {
        sources().find(|rustc| has_llvm(rustc, LLVM)).map(Self::Source)
    }

    /// A compiler with the source of its libraries, for a build for the host that builds them along.
    pub fn with_source() -> Option<PathBuf> {
        sources().next()
    }

    /// What it is, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Installed => "the default toolchain's bare-metal libraries".into(),
            Self::Source(rustc) => format!("{} with the source of core and alloc", rustc.display()),
        }
    }

    /// `cargo build` for bare metal: `-p` and `--target` are up to the caller.
    pub fn cargo_build(&self, repository: &Repository) -> Command {
        let mut command = repository.cargo();
        // Kept apart from the host's: two compilers in one folder push out each other's work.
        command.arg("build").env("CARGO_TARGET_DIR", repository.target.join("bare-metal"));
        // Warnings are the clippy step's business.
        command.env("RUSTFLAGS", "-Awarnings");
        self.configure(repository, command)
    }

    /// `cargo clippy` for bare metal, by the clippy of this compiler: another's can't read its libraries.
    pub fn cargo_clippy(&self, repository: &Repository) -> Command {
        let mut command = match self {
            Self::Installed => repository.cargo(),
            Self::Source(rustc) => repository.cargo_by(clippy_beside(rustc).as_os_str()),
        };
        command.arg("clippy");
        self.configure(repository, command)
    }

    /// Whether [`Toolchain::cargo_clippy`] is there.
    pub fn has_clippy(&self) -> bool {
        match self {
            Self::Installed => process::succeeds(Command::new("cargo").args(["clippy", "--version"])),
            Self::Source(rustc) => clippy_beside(rustc).is_file(),
        }
    }

    fn configure(&self, repository: &Repository, mut command: Command) -> Command {
        if let Self::Source(rustc) = self {
            // `build-std` is unstable; cargo reads the permission only from its own environment.
            command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", rustc);
            command.arg("--config").arg(repository.root.join("xtask/build-std.toml"));
        }
        command
    }
}

fn clippy_beside(rustc: &Path) -> PathBuf {
    rustc.with_file_name("cargo-clippy")
}

/// Version of the LLVM tools that lower the lx106's bitcode.
const LLVM: &str = "22";

fn has_llvm(rustc: &Path, version: &str) -> bool {
    process::output(Command::new(rustc).arg("-vV"))
        .is_ok_and(|said| said.lines().any(|line| line.starts_with(&format!("LLVM version: {version}."))))
}

fn search() -> Option<Toolchain> {
    if TARGETS.iter().all(|target| has_libraries(Path::new("rustc"), target)) {
        return Some(Toolchain::Installed);
    }
    sources().next().map(Toolchain::Source)
}

/// Compilers with the source of their libraries: the distribution's own, which the sizes of the firmware were taken with,
/// then rustup's with the rust-src component.
fn sources() -> impl Iterator<Item = PathBuf> {
    let toolchains = process::output(Command::new("rustup").args(["toolchain", "list", "--quiet"])).unwrap_or_default();
    let rustup: Vec<PathBuf> = toolchains
        .lines()
        .filter_map(|name| process::output(Command::new("rustup").args(["which", "rustc", "--toolchain", name])).ok())
        .map(|path| PathBuf::from(path.trim()))
        .collect();
    std::iter::once(PathBuf::from("/usr/bin/rustc")).chain(rustup).filter(|rustc| has_source(rustc))
}

fn has_libraries(rustc: &Path, target: &str) -> bool {
    process::output(Command::new(rustc).args(["--print", "target-libdir", "--target", target]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn has_source(rustc: &Path) -> bool {
    process::output(Command::new(rustc).args(["--print", "sysroot"]))
        .is_ok_and(|sysroot| Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file())
        && process::output(Command::new(rustc).arg("--version")).is_ok_and(|version| is_recent(&version))
}

/// Whether `rustc --version` names a compiler that takes the workspace.
fn is_recent(version: &str) -> bool {
    let number = version.strip_prefix("rustc ").and_then(major_and_minor);
    number.is_some() && number >= major_and_minor(OLDEST)
}

fn major_and_minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split(['.', '-', ' ']).map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::is_recent;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_recent("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"));
        assert!(is_recent("rustc 1.95.0"));
        assert!(is_recent("rustc 1.100.0-nightly (abc 2027-01-01)"));
        assert!(!is_recent("rustc 1.85.0"));
        assert!(!is_recent("rustc 1.9.0"));
        assert!(!is_recent(""));
    }
}
