//! The edge's own WooFs, by `namespace/name`: made, appended to, read; an append is an event.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use nano_woof::{Config, Entry, Error, FileStore, Log, LogOptions, Origin, Sequence, Stat, Store, WoofName};

use crate::audit::AUDIT_WOOF;
use crate::world::World;

/// Where the edge keeps what waits for devices.
pub(crate) const WAITING_NAMESPACE: &str = "nano-waiting";

/// Refuses names of logs that only the edge itself writes: neither a client, a function nor a device may, or the audit
/// log's chain would be broken by whoever it accuses.
fn writable(name: &str) -> Result<WoofName<'_>, Error> {
    let parsed = WoofName::parse(name)?;
    if name == AUDIT_WOOF || parsed.namespace() == WAITING_NAMESPACE {
        return Err(Error::Reserved(name.to_owned()));
    }
    Ok(parsed)
}

/// Called after every append, with the `WooF`'s name and the record's sequence.
type Listener = Box<dyn Fn(&str, Sequence) + Send + Sync>;

/// The edge's `WooFs`.
pub struct Woofs {
    store: FileStore,
    world: World,
    listener: OnceLock<Listener>,
}

impl Woofs {
    /// Those in `folder`.
    pub(crate) fn open(folder: &Path, options: LogOptions, world: World) -> Result<Self, Error> {
        Ok(Self { store: FileStore::open(folder, options)?, world, listener: OnceLock::new() })
    }

    /// Who is told of appends; only the first one that asks is.
    pub(crate) fn listen(&self, listener: Listener) {
        let _ = self.listener.set(listener);
    }

    /// The log behind a `WooF`.
    pub(crate) fn log(&self, name: &str) -> Result<Arc<Log>, Error> {
        self.store.log(WoofName::parse(name)?)
    }

    /// Makes a `WooF` of records of up to `element` bytes that keeps the last `history` (0: all). Making it again is
    /// nothing, unless it has another size.
    pub fn create(&self, name: &str, element: u32, history: u64) -> Result<(), Error> {
        writable(name)?;
        self.create_at(name, element, history, self.world.now_ms())
    }

    pub(crate) fn create_at(&self, name: &str, element: u32, history: u64, created_ms: u64) -> Result<(), Error> {
        self.store.create(WoofName::parse(name)?, Config { element, history }, created_ms).map(|_| ())
    }

    /// Adds a record; returns its sequence when it is durable, and after that invokes what is bound to the `WooF`.
    pub fn append(&self, name: &str, payload: &[u8]) -> Result<Sequence, Error> {
        let sequence = self.store.open(writable(name)?)?.append(payload, self.world.now_ms())?;
        if let Some(listener) = self.listener.get() {
            listener(name, sequence);
        }
        Ok(sequence)
    }

    /// Refuses logs that are not there, or that only the edge writes.
    pub(crate) fn takes_appends(&self, name: &str) -> Result<(), Error> {
        self.store.open(writable(name)?).map(drop)
    }

    /// The same, unless this very append has happened before: then it is that one's sequence, and nothing is invoked.
    pub(crate) fn append_once(&self, name: &str, payload: &[u8], origin: Origin) -> Result<Sequence, Error> {
        let appended = self.store.open(writable(name)?)?.append_once(payload, self.world.now_ms(), origin)?;
        if let (false, Some(listener)) = (appended.duplicate, self.listener.get()) {
            listener(name, appended.sequence);
        }
        Ok(appended.sequence)
    }

    /// One record.
    pub fn get(&self, name: &str, sequence: Sequence) -> Result<Entry, Error> {
        self.store.open(WoofName::parse(name)?)?.get(sequence)
    }

    /// The newest record.
    pub fn latest(&self, name: &str) -> Result<Entry, Error> {
        self.store.open(WoofName::parse(name)?)?.latest()
    }

    /// The newest `count` records, oldest first.
    pub fn tail(&self, name: &str, count: u64) -> Result<Vec<Entry>, Error> {
        self.store.open(WoofName::parse(name)?)?.tail(count)
    }

    /// Up to `count` records from `from` on, oldest first.
    pub fn range(&self, name: &str, from: Sequence, count: u64) -> Result<Vec<Entry>, Error> {
        self.store.open(WoofName::parse(name)?)?.range(from, count)
    }

    /// What a `WooF` is and has.
    pub fn stat(&self, name: &str) -> Result<Stat, Error> {
        self.store.stat(WoofName::parse(name)?)
    }

    /// All, or those of a namespace.
    pub fn list(&self, namespace: Option<&str>) -> Result<Vec<Stat>, Error> {
        self.store.list(namespace)
    }

    /// Removes a `WooF` with its records.
    pub fn delete(&self, name: &str) -> Result<(), Error> {
        self.store.delete(writable(name)?)
    }
}

impl fmt::Debug for Woofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Woofs").field("store", &self.store).finish_non_exhaustive()
    }
}
