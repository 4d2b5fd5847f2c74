//! The calls that reach files, in one place, so that tests can make each of them fail in turn.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

#[cfg(feature = "faults")]
use crate::faults::{self, Call};

/// Makes an empty file, in place of any other.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::Create)?;
    File::options().read(true).write(true).create(true).truncate(true).open(path)
}

pub(crate) fn open(path: &Path) -> io::Result<File> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::Open)?;
    File::options().read(true).write(true).open(path)
}

pub(crate) fn read_exact_at(file: &File, path: &Path, bytes: &mut [u8], at: u64) -> io::Result<()> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::Read)?;
    let _ = path;
    file.read_exact_at(bytes, at)
}

/// Whether all of the bytes were in memory, and so have been read. Whatever else there is to say, reading says.
pub(crate) fn read_cached_at(file: &File, path: &Path, bytes: &mut [u8], at: u64) -> bool {
    #[cfg(feature = "faults")]
    if faults::before(path, Call::Read).is_err() {
        return false;
    }
    let _ = path;
    #[cfg(target_os = "linux")]
    {
        let length = bytes.len();
        let into = &mut [io::IoSliceMut::new(bytes)];
        rustix::io::preadv2(file, into, at, rustix::io::ReadWriteFlags::NOWAIT).is_ok_and(|count| count == length)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (file, bytes, at);
        false
    }
}

pub(crate) fn write_all_at(file: &File, path: &Path, bytes: &[u8], at: u64) -> io::Result<()> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::Write { file, bytes, at })?;
    let _ = path;
    file.write_all_at(bytes, at)
}

pub(crate) fn set_length(file: &File, path: &Path, length: u64) -> io::Result<()> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::SetLength { file, length })?;
    let _ = path;
    file.set_len(length)
}

/// Makes a file longer by zeros that have their room on the disk already: bytes `at..at + length`, `at` being in the file or
/// at its end.
pub(crate) fn allocate(file: &File, path: &Path, at: u64, length: u64) -> io::Result<()> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::Allocate { file, until: at + length })?;
    let _ = path;
    #[cfg(target_os = "linux")]
    rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), at, length)?;
    #[cfg(not(target_os = "linux"))]
    let _ = (file, at, length);
    Ok(())
}

/// Makes a file's bytes durable, and all of its metadata if it may have been made just now.
pub(crate) fn sync(file: &File, path: &Path, metadata: bool) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if faults::before(path, Call::Sync)? {
        return Ok(());
    }
    let _ = path;
    if metadata { file.sync_all() } else { file.sync_data() }
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    faults::before(from, Call::Rename { to })?;
    fs::rename(from, to)
}

pub(crate) fn remove(path: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    faults::before(path, Call::Remove)?;
    fs::remove_file(path)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(feature = "faults")]
    if faults::before(path, Call::SyncDirectory)? {
        return Ok(());
    }
    File::open(path).and_then(|directory| directory.sync_all())
}
