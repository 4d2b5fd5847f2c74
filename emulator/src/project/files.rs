//! The files of a project's package: its own Python files, those that it says it reads, and all of what `requirements.txt`
//! names, once that is installed in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path};
use std::time::Duration;

use nano_edge::MOST_UNZIPPED_BYTES;

use super::ProjectError;

/// Largest Python file of a project.
const MOST_FILE_BYTES: u64 = 1 << 20;
/// Deepest folder of a project that is packed.
const MOST_DEPTH: usize = 8;
/// How often files are read until they stay the same, and how long they are left alone in between.
const MOST_READINGS: usize = 10;
const BETWEEN_READINGS: Duration = Duration::from_millis(5);
/// Nobody's packages are nested deeper.
const MOST_PACKAGE_DEPTH: usize = 32;

/// What is wrong with a file or folder that a project says it reads; else its path as it stands in the package.
pub(super) fn check_data(project: &Path, path: &str) -> Result<String, String> {
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if path.is_empty() || !is_below {
        return Err(format!("\"{path}\" is no file or folder below the project's"));
    }
    if !project.join(path).exists() {
        return Err(format!("there is no file or folder {path}"));
    }
    Ok(path.trim_end_matches('/').to_owned())
}

/// Paths with `/` and content, as they stand in a Lambda package; sorted. The project's own go before those of packages, as
/// they do on `sys.path`.
pub(super) fn of(
    project: &Path,
    data: &[String],
    packages: Option<&Path>,
) -> Result<Vec<(String, Vec<u8>)>, ProjectError> {
    let mut files = own(project)?;
    // One after the other they may be of two states between which somebody saves: those count that are the same when they are
    // read again.
    for _ in 0..MOST_READINGS {
        let again = own(project)?;
        let is_same = again == files;
        files = again;
        if is_same {
            break;
        }
        std::thread::sleep(BETWEEN_READINGS);
    }
    let mut whole = Walk {
        depth: MOST_PACKAGE_DEPTH,
        is_left_out: &|_, _| false,
        takes: &|_| true,
        most_bytes: MOST_UNZIPPED_BYTES,
        files: &mut files,
    };
    for path in data {
        whole.add(&project.join(path), path.clone(), 0)?;
    }
    if let Some(packages) = packages {
        // Installers leave programs for a terminal beside the packages.
        let mut installed = Walk { is_left_out: &|path, depth| depth == 0 && path.ends_with("bin"), ..whole };
        installed.walk(packages, "", 0)?;
    }
    Ok(files.into_iter().collect())
}

/// The Python files of the project itself.
fn own(project: &Path) -> Result<BTreeMap<String, Vec<u8>>, ProjectError> {
    let mut files = BTreeMap::new();
    let mut own = Walk {
        depth: MOST_DEPTH,
        // Virtual environments are no part of the program.
        is_left_out: &|path, _| path.join("pyvenv.cfg").exists(),
        takes: &|path| path.extension().is_some_and(|extension| extension == "py"),
        most_bytes: MOST_FILE_BYTES,
        files: &mut files,
    };
    own.walk(project, "", 0)?;
    Ok(files)
}

/// Gathers the files below a folder, without what is hidden and what Python writes anew.
struct Walk<'w> {
    /// Deepest folder that is entered.
    depth: usize,
    /// By path and depth.
    is_left_out: &'w dyn Fn(&Path, usize) -> bool,
    takes: &'w dyn Fn(&Path) -> bool,
    /// Of one file.
    most_bytes: u64,
    /// By place in the package; the first one there stays.
    files: &'w mut BTreeMap<String, Vec<u8>>,
}

impl Walk<'_> {
    fn walk(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), ProjectError> {
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('.') || name == "__pycache__" || (self.is_left_out)(&path, depth) {
                continue;
            }
            self.add(&path, format!("{prefix}{name}"), depth)?;
        }
        Ok(())
    }

    /// A file, or all below a folder.
    fn add(&mut self, path: &Path, place: String, depth: usize) -> Result<(), ProjectError> {
        // A link that leads nowhere is nothing.
        let Ok(metadata) = path.metadata() else { return Ok(()) };
        if metadata.is_dir() && depth < self.depth {
            return self.walk(path, &format!("{place}/"), depth + 1);
        }
        if !metadata.is_file() || !(self.takes)(path) || self.files.contains_key(&place) {
            return Ok(());
        }
        if metadata.len() > self.most_bytes {
            return Err(ProjectError::TooLong { path: path.into(), bytes: metadata.len(), most: self.most_bytes });
        }
        match fs::read(path) {
            // Gone since: a save is under way.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => drop(self.files.insert(place, read.map_err(unreadable(path))?)),
        }
        Ok(())
    }
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> ProjectError {
    let path = path.to_path_buf();
    move |source| ProjectError::Unreadable { path, source }
}
