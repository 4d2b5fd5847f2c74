//! The files of a project's package: its own Python files, and all of what `requirements.txt` names, once that is installed
//! in a folder.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::path::Path;

use super::ProjectError;

/// Largest Python file of a project that is packed.
const MOST_FILE_BYTES: u64 = 1 << 20;
/// Deepest folder of a project that is packed.
const MOST_DEPTH: usize = 8;
/// Nobody's packages are nested deeper.
const MOST_PACKAGE_DEPTH: usize = 32;

/// Paths with `/` and content, as they stand in a Lambda package; sorted. The project's own go before those of packages, as
/// they do on `sys.path`.
pub(super) fn of(project: &Path, packages: Option<&Path>) -> Result<Vec<(String, Vec<u8>)>, ProjectError> {
    let is_python = |path: &Path, metadata: &Metadata| {
        path.extension().is_some_and(|extension| extension == "py") && metadata.len() <= MOST_FILE_BYTES
    };
    let mut files = Vec::new();
    // Virtual environments are no part of the program.
    let mut own = Walk {
        depth: MOST_DEPTH,
        is_left_out: &|path, _| path.join("pyvenv.cfg").exists(),
        takes: &|_, path, metadata| is_python(path, metadata),
        files: &mut files,
    };
    own.walk(project, "", 0)?;
    if let Some(packages) = packages {
        let known: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
        // Installers leave programs for a terminal beside the packages.
        let mut installed = Walk {
            depth: MOST_PACKAGE_DEPTH,
            is_left_out: &|path, depth| depth == 0 && path.ends_with("bin"),
            takes: &|place, _, _| !known.contains(place),
            files: &mut files,
        };
        installed.walk(packages, "", 0)?;
    }
    files.sort();
    Ok(files)
}

/// Gathers the files below a folder, without what is hidden and what Python writes anew.
struct Walk<'w> {
    /// Deepest folder that is entered.
    depth: usize,
    /// By path and depth.
    is_left_out: &'w dyn Fn(&Path, usize) -> bool,
    /// Of a file: by its place in the package and its path.
    takes: &'w dyn Fn(&str, &Path, &Metadata) -> bool,
    files: &'w mut Vec<(String, Vec<u8>)>,
}

impl Walk<'_> {
    fn walk(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), ProjectError> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            move |source| ProjectError::Unreadable { path, source }
        };
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('.') || name == "__pycache__" || (self.is_left_out)(&path, depth) {
                continue;
            }
            // A link that leads nowhere is nothing.
            let Ok(metadata) = path.metadata() else { continue };
            let place = format!("{prefix}{name}");
            if metadata.is_dir() && depth < self.depth {
                self.walk(&path, &format!("{place}/"), depth + 1)?;
            } else if metadata.is_file() && (self.takes)(&place, &path, &metadata) {
                self.files.push((place, fs::read(&path).map_err(unreadable(&path))?));
            }
        }
        Ok(())
    }
}
