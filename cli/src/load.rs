//! Python files into packages and compiled modules, with diagnostics as a person reads them.

use crate::failure::Failure;
use crate::requirements::{self, Machine};
use nano_compiler::{Compiled, Options, Package};
use nano_edge::compile;
use nano_emulator::project::LOCAL_FOLDER;
use std::path::{Path, PathBuf};

/// A file, and the Python files beside it that it may import.
pub fn package(file: &Path) -> Result<Package, Failure> {
    let text = read(file)?;
    let name = file.file_name().map_or_else(|| "main.py".to_string(), |name| name.to_string_lossy().into_owned());
    let stem = name.strip_suffix(".py").unwrap_or(&name).to_string();
    let mut package = Package::new(&stem);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Some(packages) = requirements::installed(folder, &folder.join(LOCAL_FOLDER), Machine::Here)? {
        add_packages(&mut package, &packages, "", 0);
    }
    // The program's own files take the place of packages' by the same name.
    add_folder(&mut package, folder, "", 0)?;
    package.add(&name, &text);
    Ok(package)
}

/// Adds the Python files of a folder and of the packages in it.
pub fn add_folder(package: &mut Package, folder: &Path, prefix: &str, depth: u32) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_string) else { continue };
        if name.starts_with('.') || name == "__pycache__" {
            continue;
        }
        let is_file = path.extension().is_some_and(|extension| extension == "py");
        if is_file && path.metadata().is_ok_and(|metadata| metadata.len() <= 1 << 20) {
            package.add(&format!("{prefix}{name}"), &read(&path)?);
        } else if depth < 4 && path.join("__init__.py").exists() {
            add_folder(package, &path, &format!("{prefix}{name}/"), depth + 1)?;
        }
    }
    Ok(())
}

/// Adds the Python files of installed packages; what can't be read is missed only where it is imported.
fn add_packages(package: &mut Package, folder: &Path, prefix: &str, depth: u32) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() && depth < 16 {
            add_packages(package, &path, &format!("{prefix}{name}/"), depth + 1);
        } else if path.extension().is_some_and(|extension| extension == "py")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            package.add(&format!("{prefix}{name}"), &text);
        }
    }
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let shown = path.display();
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                Failure::with_hint(format!("{shown} does not exist"), "check the path, or start with: nano new my-app")
            }
            std::io::ErrorKind::InvalidData => {
                Failure::with_hint(format!("{shown} is not UTF-8 text"), "save it as UTF-8")
            }
            _ => Failure::usage(format!("{shown} can't be read: {error}")),
        }
    })
}

/// Compiles; what is refused is the user's code at fault.
pub fn compiled(package: &Package, main: bool) -> Result<Compiled, Failure> {
    match compile(package, &Options { main }) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                anstream::eprintln!("{}", warning.to_string().trim_end());
            }
            Ok(compiled)
        }
        Err(diagnostics) => {
            let text: String =
                diagnostics.iter().map(|diagnostic| format!("{}\n", diagnostic.to_string().trim_end())).collect();
            Err(Failure::Code(text))
        }
    }
}
