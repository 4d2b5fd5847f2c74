//! The Pythons of this machine, by the names that AWS has for them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::lambda::RUNTIMES;

/// What a Python is asked for its name.
const NAME: &str = "import sys; print('python%d.%d' % sys.version_info[:2])";

/// Where Pythons are looked for, and those that were found.
#[derive(Debug)]
pub(crate) struct Pythons {
    usual: PathBuf,
    path: String,
    /// By name. A Python that is installed later is found later, so its absence is not remembered.
    found: Mutex<HashMap<String, PathBuf>>,
}

impl Pythons {
    /// `usual` is the one that functions get which do not ask for a version: a path, or a name to be found in `path`.
    pub fn new(usual: PathBuf, path: String) -> Self {
        Self { usual, path, found: Mutex::default() }
    }

    /// The usual one.
    pub fn usual(&self) -> Option<PathBuf> {
        if self.usual.components().count() > 1 {
            return self.usual.is_file().then(|| self.usual.clone());
        }
        along(&self.path, &self.usual)
    }

    /// What to do without it.
    pub fn missing(&self) -> String {
        format!(
            "{} was not found, and this function needs CPython. Install it: sudo apt install python3",
            self.usual.display()
        )
    }

    /// The interpreter for a runtime (`python3.11`). Asks candidates who they are, which takes some milliseconds, once.
    pub fn find(&self, runtime: &str) -> Option<PathBuf> {
        let known = |found: &HashMap<String, PathBuf>| found.get(runtime).filter(|file| file.is_file()).cloned();
        if let Some(file) = known(&self.found.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Some(file);
        }
        let candidates = self.usual().into_iter().chain(along(&self.path, Path::new(runtime)));
        for file in candidates {
            // A name says little: version managers have programs for versions that are not installed.
            let Some(name) = name(&file, &self.path) else { continue };
            self.found.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_insert(file.clone());
            if name == runtime {
                return Some(file);
            }
        }
        None
    }

    /// All runtimes that there are.
    pub fn offered(&self) -> Vec<&'static str> {
        RUNTIMES.iter().copied().filter(|runtime| self.find(runtime).is_some()).collect()
    }
}

/// The first file of this name along `PATH`. Looked for here rather than when the process starts, so that its absence can
/// be told from that of other files.
fn along(path: &str, name: &Path) -> Option<PathBuf> {
    let folders = path.split(':').filter(|folder| !folder.is_empty());
    folders.map(|folder| Path::new(folder).join(name)).find(|file| file.is_file())
}

fn name(interpreter: &Path, path: &str) -> Option<String> {
    let output = Command::new(interpreter)
        .args(["-I", "-S", "-c", NAME])
        .env_clear()
        .env("PATH", path)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn program(file: &Path, text: &str) {
        std::fs::write(file, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn interpreters_are_found_along_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("python3");
        std::fs::write(&file, "").unwrap();
        let path = format!("/nowhere::{}", folder.path().display());
        assert_eq!(Pythons::new("python3".into(), path.clone()).usual(), Some(file.clone()));
        assert_eq!(Pythons::new(file.clone(), String::new()).usual(), Some(file));
        assert_eq!(Pythons::new("python4".into(), path).usual(), None);
    }

    #[test]
    fn a_runtime_is_what_it_says_it_is() {
        let folder = tempfile::tempdir().unwrap();
        program(&folder.path().join("python3"), "echo python3.9");
        program(&folder.path().join("python3.12"), "echo python3.12");
        program(&folder.path().join("python3.13"), "echo 'python3.13: command not found' >&2; exit 127");
        let path = format!("{}:/bin:/usr/bin", folder.path().display());
        let pythons = Pythons::new("python3".into(), path);
        assert_eq!(pythons.find("python3.9"), Some(folder.path().join("python3")));
        assert_eq!(pythons.find("python3.12"), Some(folder.path().join("python3.12")));
        assert_eq!(pythons.find("python3.13"), None);
        let offered = pythons.offered();
        assert!(offered.starts_with(&["python3.12"]) && offered.contains(&"python3.9"), "{offered:?}");
    }
}
