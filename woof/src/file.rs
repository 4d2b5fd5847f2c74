//! `WooFs` in files: a directory per namespace, in it one per `WooF`, in that its log. Survives `kill -9`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::directory::{self, DirectoryLock};
use crate::error::{At, Error};
use crate::log::{Entry, Log, LogOptions};
use crate::name::{WoofName, is_name};
use crate::record;
use crate::sequence::{Appended, Config, LogId, Origin, Sequence};
use crate::store::{Stat, Store, Woof};

/// Where a `WooF` is moved before it is removed, so that it goes at once or not at all. No namespace begins with a dot.
const REMOVED: &str = ".removed";

/// Logs kept open, beyond those in use.
const MOST_OPEN: usize = 128;

/// A [`Store`] in a directory that no other process may use meanwhile.
///
/// Appends from many threads share one fsync under [`crate::SyncPolicy::Group`].
#[derive(Debug)]
pub struct FileStore {
    root: PathBuf,
    options: LogOptions,
    open: Mutex<BTreeMap<(String, String), Arc<Log>>>,
    /// How many were removed: each goes to a place of its own first.
    removed: AtomicU64,
    lock: Arc<DirectoryLock>,
}

impl FileStore {
    /// Opens the store in `root`, or begins one there. [`Error::Locked`] when another process has it.
    pub fn open(root: &Path, options: LogOptions) -> Result<Self, Error> {
        let lock = Arc::new(DirectoryLock::acquire(root)?);
        let removed = root.join(REMOVED);
        if removed.exists() {
            fs::remove_dir_all(&removed).at("remove", &removed)?;
        }
        Ok(Self { root: root.to_path_buf(), options, open: Mutex::default(), removed: AtomicU64::new(0), lock })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, String), Arc<Log>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn directory(&self, name: WoofName<'_>) -> PathBuf {
        self.root.join(name.namespace()).join(name.name())
    }

    /// Segments no larger than needed to drop them as history passes: about a quarter of the history each.
    fn options(&self, config: Config) -> LogOptions {
        let history = config.history.saturating_mul(record::stored_bytes(config.element as usize) as u64);
        let segment_bytes = match config.history {
            0 => self.options.segment_bytes,
            _ => (history / 4).clamp(64 << 10, u64::from(self.options.segment_bytes.max(64 << 10))) as u32,
        };
        LogOptions { segment_bytes, ..self.options }
    }

    /// The log behind a `WooF`, for what [`Woof`] does not offer (recovery report, verification).
    pub fn log(&self, name: WoofName<'_>) -> Result<Arc<Log>, Error> {
        let key = (name.namespace().to_owned(), name.name().to_owned());
        let mut open = self.lock();
        if let Some(log) = open.get(&key) {
            return Ok(Arc::clone(log));
        }
        let directory = self.directory(name);
        if !Log::exists(&directory) {
            return Err(Error::NotFound(name.to_string()));
        }
        let mut log = Log::open(&directory, self.options)?;
        log.options = self.options(log.config());
        log.lock = Some(Arc::clone(&self.lock));
        let log = Arc::new(log);
        close_one_idle(&mut open);
        open.insert(key, Arc::clone(&log));
        Ok(log)
    }

    /// Makes the `WooFs` created or opened so far durable, whatever the policy.
    pub fn sync(&self) -> Result<(), Error> {
        let logs: Vec<_> = self.lock().values().cloned().collect();
        logs.iter().try_for_each(|log| log.sync())
    }
}

impl Store for FileStore {
    fn create(&self, name: WoofName<'_>, config: Config, created_ms: u64) -> Result<Arc<dyn Woof>, Error> {
        match self.log(name) {
            Ok(log) if log.config() == config => return Ok(log as _),
            Ok(_) => return Err(Error::Exists(name.to_string())),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let mut open = self.lock();
        let key = (name.namespace().to_owned(), name.name().to_owned());
        let log = if let Some(log) = open.get(&key) {
            Arc::clone(log)
        } else {
            let id = LogId::derive(name.to_string().as_bytes(), created_ms);
            let (directory, options) = (self.directory(name), self.options(config));
            let mut log = Log::open_or_create(&directory, id, config, options, created_ms)?;
            log.lock = Some(Arc::clone(&self.lock));
            let log = Arc::new(log);
            close_one_idle(&mut open);
            open.insert(key, Arc::clone(&log));
            log
        };
        if log.config() == config { Ok(log as _) } else { Err(Error::Exists(name.to_string())) }
    }

    fn open(&self, name: WoofName<'_>) -> Result<Arc<dyn Woof>, Error> {
        self.log(name).map(|log| log as _)
    }

    fn list(&self, namespace: Option<&str>) -> Result<Vec<Stat>, Error> {
        let mut found = vec![];
        for namespace in names(&self.root)?.iter().filter(|n| namespace.is_none_or(|wanted| wanted == n.as_str())) {
            for name in names(&self.root.join(namespace))? {
                match self.stat(WoofName::new(namespace, &name)?) {
                    // A creation that was cut short has left a directory without a log.
                    Err(Error::NotFound(_)) => {}
                    other => found.push(other?),
                }
            }
        }
        Ok(found)
    }

    fn delete(&self, name: WoofName<'_>) -> Result<(), Error> {
        let mut open = self.lock();
        let directory = self.directory(name);
        if !Log::exists(&directory) {
            return Err(Error::NotFound(name.to_string()));
        }
        if let Some(log) = open.remove(&(name.namespace().to_owned(), name.name().to_owned())) {
            log.retire(Error::NotFound(name.to_string()));
        }
        let removed = self.root.join(REMOVED);
        directory::create_durably(&removed)?;
        let target = removed.join(self.removed.fetch_add(1, Ordering::Relaxed).to_string());
        fs::rename(&directory, &target).at("remove", &directory)?;
        directory::sync(&directory::parent_of(&directory))?;
        directory::sync(&removed)?;
        // It is gone. Giving its room back takes a while, in which nobody need wait for a log.
        drop(open);
        fs::remove_dir_all(&target).at("remove", &target)
    }
}

/// Keeps the number of open files within what a process usually may have. One that failed stays, so that it is not
/// opened again (and believed) behind its user's back.
fn close_one_idle(open: &mut BTreeMap<(String, String), Arc<Log>>) {
    if open.len() >= MOST_OPEN {
        let idle = open.iter().find(|(_, log)| Arc::strong_count(log) == 1 && log.failure().is_none());
        if let Some(key) = idle.map(|(key, _)| key.clone()) {
            open.remove(&key);
        }
    }
}

/// Names of the directories in `directory` that may be namespaces or `WooFs`, sorted.
fn names(directory: &Path) -> Result<Vec<String>, Error> {
    let mut names = vec![];
    for entry in fs::read_dir(directory).at("list", directory)? {
        let entry = entry.at("list", directory)?;
        let is_directory = entry.file_type().at("list", &entry.path())?.is_dir();
        names.extend(entry.file_name().into_string().ok().filter(|name| is_directory && is_name(name)));
    }
    names.sort_unstable();
    Ok(names)
}

impl Woof for Log {
    fn config(&self) -> Config {
        Self::config(self)
    }

    fn append(&self, payload: &[u8], timestamp_ms: u64) -> Result<Sequence, Error> {
        Self::append(self, payload, timestamp_ms)
    }

    fn append_once(&self, payload: &[u8], timestamp_ms: u64, origin: Origin) -> Result<Appended, Error> {
        Self::append_once(self, payload, timestamp_ms, origin)
    }

    fn get(&self, sequence: Sequence) -> Result<Entry, Error> {
        Self::get(self, sequence)
    }

    fn latest(&self) -> Result<Entry, Error> {
        Self::latest(self)
    }

    fn tail(&self, count: u64) -> Result<Vec<Entry>, Error> {
        Self::tail(self, count)
    }

    fn range(&self, from: Sequence, count: u64) -> Result<Vec<Entry>, Error> {
        Self::range(self, from).take(usize::try_from(count).unwrap_or(usize::MAX)).collect()
    }

    fn last(&self) -> Option<Sequence> {
        Self::last(self)
    }

    fn first(&self) -> Sequence {
        Self::first(self)
    }
}
