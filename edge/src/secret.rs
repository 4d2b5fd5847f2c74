//! Files that only the edge's owner reads: there whole or not at all, whenever the power goes; and the folders around them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Folders in a data folder whose files are nobody's but its owner's.
const PRIVATE: [&str; 2] = ["objects", "woofs"];

/// Makes a data folder and what of it only its owner may look into, unless it is there. Others go through it, whatever the
/// umask is: where there are no namespaces, workers are other users and have their places in it.
pub fn make_data_folder(data: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o711).create(data)?;
    PRIVATE.iter().try_for_each(|name| DirBuilder::new().recursive(true).mode(0o700).create(data.join(name)))
}

/// Makes a file of mode 0600 that is not there yet: whole from the moment that it has its name, whatever else happens.
///
/// # Errors
///
/// `AlreadyExists` where there is one, which stays as it is.
pub fn create_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = folder_of(path);
    // Of this process and this call alone.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let new = folder.join(format!(".{}-{number}.new", std::process::id()));
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let named = written.and_then(|()| fs::hard_link(&new, path));
    fs::remove_file(&new)?;
    named?;
    File::open(folder)?.sync_all()
}

/// Replaces a file, or makes it, with mode 0600. When it returns, the old one doesn't come back.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8_u8)
                .map(|number| {
                    let path = &path;
                    scope.spawn(move || create_secret(path, &[number; 100]).map(|()| number))
                })
                .collect();
            threads.into_iter().filter_map(|thread| thread.join().unwrap().ok()).collect::<Vec<_>>()
        });
        assert_eq!(made.len(), 1);
        assert_eq!(fs::read(&path).unwrap(), [made[0]; 100]);
        assert_eq!(create_secret(&path, b"x").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        assert!(create_secret(&folder.path().join("none/key"), b"x").is_err());
    }
}
