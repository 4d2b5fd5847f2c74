//! Where packages are unpacked for workers, and where workers may write.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::lambda::Version;

/// The modules that every worker starts from.
const RUNTIME: &[(&str, &str)] = &[
    ("zygote.py", include_str!("zygote.py")),
    ("sandbox.py", include_str!("sandbox.py")),
    ("bootstrap.py", include_str!("bootstrap.py")),
    ("nano_link.py", include_str!("nano_link.py")),
    ("device.py", include_str!("device.py")),
];

/// A directory that goes when nobody uses it any more.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left here is removed at the next start.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The directories of all workers. Nothing in them outlives the edge: everything can be had from the store again.
#[derive(Debug)]
pub(super) struct Folders {
    root: PathBuf,
    /// By the hash of the package.
    tasks: Mutex<HashMap<String, Weak<Folder>>>,
    next: AtomicU64,
}

impl Folders {
    /// Begins anew in `root`.
    pub fn new(root: &Path) -> io::Result<Self> {
        match fs::remove_dir_all(root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let runtime = root.join("runtime");
        fs::create_dir_all(&runtime)?;
        fs::create_dir_all(root.join("root"))?;
        for (name, text) in RUNTIME {
            fs::write(runtime.join(name), text)?;
        }
        Ok(Self { root: fs::canonicalize(root)?, tasks: Mutex::default(), next: AtomicU64::new(1) })
    }

    /// Where the runtime's own modules are.
    pub fn runtime(&self) -> PathBuf {
        self.root.join("runtime")
    }

    /// The program that workers are copies of.
    pub fn zygote(&self) -> PathBuf {
        self.root.join("runtime/zygote.py")
    }

    /// An empty folder, over which each worker sees a root of its own.
    pub fn mount_point(&self) -> PathBuf {
        self.root.join("root")
    }

    /// A number that no other worker has.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The unpacked package of a version; versions with the same package share it.
    pub fn task(&self, version: &Version) -> io::Result<Arc<Folder>> {
        let key = &version.configuration.code_sha256;
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = tasks.get(key).and_then(Weak::upgrade) {
            return Ok(present);
        }
        tasks.retain(|_, folder| folder.strong_count() > 0);
        let folder = Arc::new(self.fresh("task"));
        version.package().map_err(io::Error::other)?.unpack(folder.path())?;
        tasks.insert(key.clone(), Arc::downgrade(&folder));
        Ok(folder)
    }

    /// The layers of a version, laid over each other; nothing if it has none. Versions with the same layers share it.
    pub fn layers(&self, version: &Version) -> io::Result<Option<Arc<Folder>>> {
        let layers = &version.configuration.layers;
        if layers.is_empty() {
            return Ok(None);
        }
        let hashes: Vec<&str> = layers.iter().map(|layer| layer.code_sha256.as_str()).collect();
        let key = format!("layers {}", hashes.join(" "));
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = tasks.get(&key).and_then(Weak::upgrade) {
            return Ok(Some(present));
        }
        let folder = Arc::new(self.fresh("layers"));
        fs::create_dir_all(folder.path())?;
        for layer in version.layers().map_err(io::Error::other)? {
            layer.unpack_over(folder.path())?;
        }
        tasks.insert(key, Arc::downgrade(&folder));
        Ok(Some(folder))
    }

    /// An empty directory for one worker's temporary files, where it cannot have a file system of its own.
    pub fn temporary(&self) -> io::Result<Folder> {
        let folder = self.fresh("tmp");
        fs::create_dir_all(folder.path())?;
        Ok(folder)
    }

    fn fresh(&self, kind: &str) -> Folder {
        Folder(self.root.join(format!("{kind}-{}", self.number())))
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
