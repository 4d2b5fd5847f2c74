//! Files that only the edge's owner reads: there whole or not at all, whenever the power goes; and the folders around them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Folders in a data folder whose files are nobody's but its owner's.
const PRIVATE: [&str; 2] = ["objects", "woofs"];

/// Makes a data folder and what of it only its owner may look into, unless it is there. Others go through it, whatever the
/// umask is: where there are no namespaces, workers are other users and have their places in it.
pub fn make_data_folder(data: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o711).create(data)?;
    PRIVATE.iter().try_for_each(|name| DirBuilder::new().recursive(true).mode(0o700).create(data.join(name)))
}

/// Replaces a file, or makes it, with mode 0600. When it returns, the old one doesn't come back.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
