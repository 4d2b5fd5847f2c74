//! What `requirements.txt` names, once it is installed in a folder: files of the package like the project's own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::ProjectError;

/// Nobody's packages are nested deeper.
const MOST_DEPTH: usize = 32;

/// Adds the files of installed packages; the project's own go before them, as they do on `sys.path`.
pub(super) fn add(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), ProjectError> {
    let own = files.iter().map(|(path, _)| path.clone()).collect();
    add_below(folder, "", 0, &own, files)
}

fn add_below(
    folder: &Path,
    prefix: &str,
    depth: usize,
    own: &BTreeSet<String>,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), ProjectError> {
    let unreadable = |path: &Path| {
        let path = path.to_path_buf();
        move |source| ProjectError::Unreadable { path, source }
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // What installers leave for themselves, programs for a terminal, and what Python writes anew.
        let is_for_others = name.starts_with('.') || name == "__pycache__" || (depth == 0 && name == "bin");
        if is_for_others {
            continue;
        }
        let place = format!("{prefix}{name}");
        let metadata = path.metadata().map_err(unreadable(&path))?;
        if metadata.is_dir() && depth < MOST_DEPTH {
            add_below(&path, &format!("{place}/"), depth + 1, own, files)?;
        } else if metadata.is_file() && !own.contains(&place) {
            files.push((place, fs::read(&path).map_err(unreadable(&path))?));
        }
    }
    Ok(())
}
