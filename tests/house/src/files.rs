//! The repository's files, as git would commit them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text file of the repository.
#[derive(Debug)]
pub struct Source {
    /// From the top folder, with `/`.
    pub path: String,
    /// Content.
    pub text: String,
}

impl Source {
    /// Whether it was made from a table or schema.
    pub fn is_generated(&self) -> bool {
        self.path.contains("/generated/")
    }

    /// Whether its name ends so.
    pub fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// The top folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf()
}

/// Every text file that is committed or would be by `git add`.
pub fn sources() -> Vec<Source> {
    let list = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git lists the repository's files");
    assert!(list.status.success(), "git ls-files: {}", String::from_utf8_lossy(&list.stderr));
    let names = String::from_utf8(list.stdout).expect("file names are UTF-8");
    let sources: Vec<Source> = names
        .split_terminator('\0')
        // Deleted but not yet committed, a symbolic link to a folder, or not text.
        .filter_map(|path| Some(Source { path: path.to_owned(), text: fs::read_to_string(root().join(path)).ok()? }))
        .collect();
    assert!(sources.len() > 20, "only {} files found in {}", sources.len(), root().display());
    sources
}
