//! What a software device keeps over a reset: in memory, or in files of its folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nano_device::Item;

/// A device's flash.
#[derive(Clone, Debug)]
pub enum Flash {
    /// Gone with the process.
    Memory(BTreeMap<Item, Vec<u8>>),
    /// A file for each item.
    Folder(PathBuf),
}

impl Flash {
    /// Empty, in memory.
    pub const fn memory() -> Self {
        Self::Memory(BTreeMap::new())
    }

    /// In a folder, which is made when something is stored.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::Folder(folder.into())
    }

    /// What was last stored; nothing only where nothing ever was.
    pub fn load(&self, item: Item) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Memory(items) => Ok(items.get(&item).cloned()),
            Self::Folder(folder) => match fs::read(folder.join(file_name(item))) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// Where an item is, if it is in a file.
    pub fn file(&self, item: Item) -> Option<PathBuf> {
        match self {
            Self::Memory(_) => None,
            Self::Folder(folder) => Some(folder.join(file_name(item))),
        }
    }

    /// Stores bytes; an earlier content is whole until the new one is.
    pub fn store(&mut self, item: Item, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Memory(items) => {
                items.insert(item, bytes.to_vec());
                Ok(())
            }
            Self::Folder(folder) => replace(folder, file_name(item), bytes),
        }
    }
}

fn file_name(item: Item) -> &'static str {
    match item {
        Item::HighWater => "high-water",
        Item::KeyRing => "key-ring",
        Item::Objects => "objects",
        Item::Functions => "functions",
    }
}

fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let (path, new) = (folder.join(name), folder.join(format!("{name}.new")));
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut flash = Flash::folder(folder.path().join("flash"));
        assert_eq!(flash.load(Item::Objects).unwrap(), None);
        flash.store(Item::Objects, b"one").unwrap();
        flash.store(Item::Objects, b"two").unwrap();
        let again = Flash::folder(folder.path().join("flash"));
        assert_eq!(again.load(Item::Objects).unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(again.load(Item::KeyRing).unwrap(), None);
        // What can't be read is not what never was.
        fs::create_dir(folder.path().join("flash/key-ring")).unwrap();
        assert!(again.load(Item::KeyRing).is_err());
        let blocked = folder.path().join("file");
        fs::write(&blocked, "").unwrap();
        assert!(Flash::folder(blocked).store(Item::Objects, b"x").is_err());
    }
}
