//! Files that only the edge's owner reads: there whole or not at all, whenever the power goes; and the folders around them.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{CWD, RenameFlags, renameat_with};

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
    create_by(&WAYS, path, bytes)
}

/// Gives a file its name, unless another one has it. In one step, or not at all.
type Naming = fn(&Path, &Path) -> io::Result<()>;

/// Ways to do that, the next one for where the one before is not known: not all file systems have hard links (vfat, some on a
/// network), nor a rename that replaces nothing (NFS).
const WAYS: [Naming; 3] = [rename_alone, link, rename_locked];

fn rename_alone(new: &Path, path: &Path) -> io::Result<()> {
    Ok(renameat_with(CWD, new, CWD, path, RenameFlags::NOREPLACE)?)
}

fn link(new: &Path, path: &Path) -> io::Result<()> {
    fs::hard_link(new, path)?;
    fs::remove_file(new)
}

/// Among all who do it like this one is first; who comes by another way is on the same file system, and so would not.
fn rename_locked(new: &Path, path: &Path) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".lock");
    // It stays: were it removed, two could each have one of that name.
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(folder_of(path).join(name))?;
    lock.lock()?;
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(new, path)
}

/// Whether a file system says that it can't do that.
fn is_unknown(error: &io::Error) -> bool {
    use rustix::io::Errno;
    Errno::from_io_error(error)
        .is_some_and(|errno| [Errno::PERM, Errno::OPNOTSUPP, Errno::INVAL, Errno::NOSYS, Errno::MLINK].contains(&errno))
}

fn create_by(ways: &[Naming], path: &Path, bytes: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = folder_of(path);
    // Of this process and this call alone.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let new = folder.join(format!(".{}-{number}.new", std::process::id()));
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let named = written.and_then(|()| {
        let mut named = Err(io::ErrorKind::Unsupported.into());
        for way in ways {
            named = way(&new, path);
            if !named.as_ref().is_err_and(is_unknown) {
                break;
            }
        }
        named
    });
    if let Err(error) = named {
        let _ = fs::remove_file(&new);
        return Err(error);
    }
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
        made_once_and_whole(create_secret, 0);
    }

    #[test]
    fn each_way_to_name_a_secret_is_as_safe() {
        fn unknown(_: &Path, _: &Path) -> io::Result<()> {
            Err(rustix::io::Errno::PERM.into())
        }
        made_once_and_whole(|path, bytes| create_by(&[rename_alone], path, bytes), 0);
        // As where the file system has none of the first ones.
        made_once_and_whole(|path, bytes| create_by(&[unknown, link], path, bytes), 0);
        made_once_and_whole(|path, bytes| create_by(&[unknown, unknown, rename_locked], path, bytes), 1);
        let folder = tempfile::tempdir().unwrap();
        assert!(create_by(&[unknown], &folder.path().join("key"), b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    fn made_once_and_whole(create_secret: impl Fn(&Path, &[u8]) -> io::Result<()> + Sync, left: usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let create_secret = &create_secret;
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
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1 + left, "nothing else is left");
        assert!(create_secret(&folder.path().join("none/key"), b"x").is_err());
    }
}
