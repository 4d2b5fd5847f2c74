//! Directories that outlive a power cut: created, locked and synced.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::error::{At, Error};

/// The only user of a directory, until dropped (or killed: the kernel lets go).
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Creates `directory` if it is missing and takes it for this process.
    pub fn acquire(directory: &Path) -> Result<Self, Error> {
        create_durably(directory)?;
        let path = directory.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path).at("open", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(directory.to_path_buf())),
            Err(TryLockError::Error(source)) => Err(source).at("lock", &path),
        }
    }
}

/// Makes the names in `directory` durable.
pub(crate) fn sync(directory: &Path) -> Result<(), Error> {
    disk::sync_directory(directory).at("sync", directory)
}

/// Creates `directory` with all its parents, each durable in the one above it.
pub(crate) fn create_durably(directory: &Path) -> Result<(), Error> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = parent_of(directory);
    create_durably(&parent)?;
    match fs::create_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && directory.is_dir() => {}
        other => other.at("create", directory)?,
    }
    sync(&parent)
}

/// The directory that `path` is in, `.` for a bare name.
pub(crate) fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_path_buf(),
        None => path.to_path_buf(),
    }
}
