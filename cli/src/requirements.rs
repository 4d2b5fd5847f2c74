//! `requirements.txt`: what a project's functions import of others, installed beside them by `uv` or `pip`.

use crate::failure::Failure;
use nano_emulator::project::Project;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The file that names the packages.
const FILE: &str = "requirements.txt";
/// Installations of earlier versions of the file that are kept, so that going back and forth is quick.
const KEPT: usize = 3;
/// Lines of an installer's words that are shown.
const MOST_LINES: usize = 12;

/// Whose Python the packages are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// This one's.
    Here,
    /// Lambda's, on x86-64: only what is there ready for it, nothing is compiled here.
    Lambda,
}

/// Version of Python in the cloud; what functions are created with there.
pub const CLOUD_PYTHON: &str = "3.12";
/// Its machine, as installers call it.
const CLOUD_PLATFORM: &str = "x86_64-manylinux2014";

/// Installs what the project's `requirements.txt` names, unless that has been done, and makes it part of the package.
pub fn install(project: &mut Project, machine: Machine) -> Result<(), Failure> {
    project.packages = installed(&project.folder, &project.local_folder(), machine)?;
    Ok(())
}

/// The folder of what a folder's `requirements.txt` names; `None` where it names nothing.
pub fn installed(folder: &Path, local: &Path, machine: Machine) -> Result<Option<PathBuf>, Failure> {
    let file = folder.join(FILE);
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::usage(format!("{} can't be read: {error}", file.display()))),
    };
    if text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#')) {
        return Ok(None);
    }
    let python = match machine {
        Machine::Here => crate::python::version().unwrap_or_default(),
        Machine::Lambda => format!("{CLOUD_PYTHON} {CLOUD_PLATFORM}"),
    };
    let mut key = String::new();
    for byte in Sha256::digest(format!("{python}\n{text}")).iter().take(8) {
        let _ = write!(key, "{byte:02x}");
    }
    let packages = local.join("packages");
    let ready = packages.join(&key);
    if ready.is_dir() {
        return Ok(Some(ready));
    }
    let failed = |error: std::io::Error| Failure::usage(format!("{} can't be written: {error}", packages.display()));
    fs::create_dir_all(&packages).map_err(failed)?;
    // Where it is ready it is whole, whatever happens meanwhile.
    let draft = packages.join(format!(".{key}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&draft);
    let done = run(folder, &draft, machine);
    let done = done.and_then(|()| match fs::rename(&draft, &ready) {
        // Another nano was quicker.
        Err(_) if ready.is_dir() => Ok(()),
        other => other.map_err(failed),
    });
    let _ = fs::remove_dir_all(&draft);
    done?;
    forget(&packages, &ready);
    Ok(Some(ready))
}

/// The installer of this machine; it writes into `target`.
fn run(folder: &Path, target: &Path, machine: Machine) -> Result<(), Failure> {
    let answers = |program: &str, arguments: &[&str]| {
        let command = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        command.is_ok_and(|status| status.success())
    };
    let target = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
    let (name, mut command) = if answers("uv", &["--version"]) {
        let mut command = Command::new("uv");
        command.args(["pip", "install", "--quiet", "--requirements", FILE, "--target"]).arg(&target);
        match machine {
            Machine::Here => command.args(["--python", "python3"]),
            Machine::Lambda => command.args(["--python-version", CLOUD_PYTHON, "--python-platform", CLOUD_PLATFORM]),
        };
        ("uv", command)
    } else if answers("python3", &["-m", "pip", "--version"]) {
        let mut command = Command::new("python3");
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]);
        command.args(["--requirement", FILE, "--target"]).arg(&target);
        if machine == Machine::Lambda {
            command.args(["--platform", "manylinux2014_x86_64", "--python-version", CLOUD_PYTHON]);
            command.args(["--implementation", "cp"]);
        }
        ("pip", command)
    } else {
        return Err(Failure::with_hint(
            format!("{FILE} names packages, and there is neither uv nor pip to install them"),
            "install one: apt-get install python3-pip (or empty the file)",
        ));
    };
    if machine == Machine::Lambda {
        command.args(["--only-binary", ":all:"]);
    }
    anstream::eprintln!("installing what {FILE} names, with {name}");
    // Paths in the file are the project's.
    let output = command.current_dir(folder).stdin(Stdio::null()).output();
    let output = output.map_err(|error| Failure::usage(format!("{name} can't be run: {error}")))?;
    if output.status.success() {
        // A file of conditions that hold nowhere installs nothing.
        return fs::create_dir_all(&target).map_err(Failure::from);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut text = format!("error: {name} can't install what {FILE} names\n");
    for line in &lines[lines.len().saturating_sub(MOST_LINES)..] {
        let _ = writeln!(text, "  {line}");
    }
    Err(Failure::Code(text))
}

/// Removes the oldest installations.
fn forget(packages: &Path, ready: &Path) {
    let Ok(entries) = fs::read_dir(packages) else { return };
    let mut others: Vec<(std::time::SystemTime, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path != ready && !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")))
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .collect();
    others.sort();
    for (_, path) in others.iter().rev().skip(KEPT) {
        let _ = fs::remove_dir_all(path);
    }
}
