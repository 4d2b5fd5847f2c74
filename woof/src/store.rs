//! What every engine offers: `WooFs` by name. Two engines: [`crate::MemoryStore`] and [`crate::FileStore`].

use std::sync::Arc;

use crate::error::Error;
use crate::log::Entry;
use crate::name::WoofName;
use crate::sequence::{Appended, Config, Origin, Sequence};

/// A place that holds `WooFs`.
///
/// ```
/// use nano_woof::{Config, MemoryStore, Store, WoofName};
///
/// let store = MemoryStore::default();
/// let level = WoofName::parse("lights/level")?;
/// store.create(level, Config { element: 64, history: 128 }, 1_000)?;
/// let appended = store.open(level)?.append(b"42", 1_001)?;
/// assert_eq!(appended.get(), 1);
/// assert_eq!(store.open(level)?.latest()?.payload, b"42");
/// # Ok::<(), nano_woof::Error>(())
/// ```
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Makes a `WooF`. Making it again with the same configuration changes nothing and returns it; with another one
    /// it is [`Error::Exists`]. `created_ms` is Unix time.
    fn create(&self, name: WoofName<'_>, config: Config, created_ms: u64) -> Result<Arc<dyn Woof>, Error>;

    /// The `WooF` of that name, or [`Error::NotFound`].
    fn open(&self, name: WoofName<'_>) -> Result<Arc<dyn Woof>, Error>;

    /// All `WooFs`, or those of one namespace, sorted.
    fn list(&self, namespace: Option<&str>) -> Result<Vec<Stat>, Error>;

    /// Removes a `WooF` and its records, or says [`Error::NotFound`]. Whoever holds it still may read what was there;
    /// an append is [`Error::NotFound`].
    fn delete(&self, name: WoofName<'_>) -> Result<(), Error>;

    /// What a `WooF` is and has.
    fn stat(&self, name: WoofName<'_>) -> Result<Stat, Error> {
        let woof = self.open(name)?;
        Ok(Stat::of(name, &*woof))
    }
}

/// One `WooF`: an append-only log of records of up to `element` bytes.
///
/// An append that returns `duplicate == false` (or a plain [`Woof::append`]) is an event: whoever called it invokes the
/// handler that is bound to the `WooF`, if any.
pub trait Woof: Send + Sync + std::fmt::Debug {
    /// What it was created with.
    fn config(&self) -> Config;

    /// Adds a record; returns when it is as durable as the store promises. `timestamp_ms` is Unix time.
    fn append(&self, payload: &[u8], timestamp_ms: u64) -> Result<Sequence, Error>;

    /// As [`Woof::append`], unless an append of this origin has happened before: a retry happens once.
    fn append_once(&self, payload: &[u8], timestamp_ms: u64, origin: Origin) -> Result<Appended, Error>;

    /// The record at `sequence`; [`Error::NotYet`] or [`Error::Gone`] when it isn't there.
    fn get(&self, sequence: Sequence) -> Result<Entry, Error>;

    /// The newest record; [`Error::NotYet`] when there is none.
    fn latest(&self) -> Result<Entry, Error>;

    /// The newest `count` records, oldest first; fewer when there are fewer.
    fn tail(&self, count: u64) -> Result<Vec<Entry>, Error>;

    /// Up to `count` records from `from` on, oldest first; begins with the oldest when `from` has left the history.
    fn range(&self, from: Sequence, count: u64) -> Result<Vec<Entry>, Error>;

    /// The newest record's position.
    fn last(&self) -> Option<Sequence>;

    /// The oldest readable record's position; where the first will be when there is none yet.
    fn first(&self) -> Sequence;
}

/// What a `WooF` is and has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Its namespace.
    pub namespace: String,
    /// Its name there.
    pub name: String,
    /// What it was created with.
    pub config: Config,
    /// The oldest readable record; where the first will be when there is none yet.
    pub first: Sequence,
    /// The newest record.
    pub last: Option<Sequence>,
}

impl Stat {
    /// Asks `woof`.
    pub fn of(name: WoofName<'_>, woof: &dyn Woof) -> Self {
        Self {
            namespace: name.namespace().to_owned(),
            name: name.name().to_owned(),
            config: woof.config(),
            first: woof.first(),
            last: woof.last(),
        }
    }
}
