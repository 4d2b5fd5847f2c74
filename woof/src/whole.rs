//! Files that are there whole or not at all: written beside, made durable, and only then given their name.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::directory;
use crate::disk;
use crate::error::{At, Error};

/// A file on its way. Dropped before [`Draft::commit`], it was never there.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// let path = directory.path().join("index/7");
/// let mut draft = nano_woof::Draft::create(&directory.path().join("index/next.tmp"))?;
/// draft.write(b"all of it")?;
/// draft.commit(&path)?;
/// assert_eq!(nano_woof::WholeFile::open(&path)?.read(7, 2)?, b"it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Draft {
    file: File,
    path: PathBuf,
    length: u64,
    is_committed: bool,
}

impl Draft {
    /// Begins a file under a name that nobody takes for a finished one. Its directory is made if it is missing.
    pub fn create(draft: &Path) -> Result<Self, Error> {
        directory::create_durably(&directory::parent_of(draft))?;
        let file = disk::create(draft).at("create", draft)?;
        Ok(Self { file, path: draft.to_path_buf(), length: 0, is_committed: false })
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        disk::write_all_at(&self.file, &self.path, bytes, self.length).at("write", &self.path)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Bytes so far.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Makes it durable, and then the file at `path`, in the same directory, in place of any other.
    pub fn commit(mut self, path: &Path) -> Result<(), Error> {
        disk::sync(&self.file, &self.path, true).at("sync", &self.path)?;
        disk::rename(&self.path, path).at("rename", &self.path)?;
        self.is_committed = true;
        directory::sync(&directory::parent_of(path))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_committed {
            // Whoever opens the directory removes what is left.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file that [`Draft`] made, to be read.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    path: PathBuf,
    length: u64,
}

impl WholeFile {
    /// Opens it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = disk::open(path).at("open", path)?;
        let length = file.metadata().at("read", path)?.len();
        Ok(Self { file, path: path.to_path_buf(), length })
    }

    /// Its bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Bytes `at..at + length`, all of them.
    pub fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; length];
        disk::read_exact_at(&self.file, &self.path, &mut bytes, at).at("read", &self.path)?;
        Ok(bytes)
    }
}

/// Removes a file, durably. One that isn't there is no error.
pub fn remove_durably(path: &Path) -> Result<(), Error> {
    match disk::remove(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.at("remove", path)?,
    }
    directory::sync(&directory::parent_of(path))
}
