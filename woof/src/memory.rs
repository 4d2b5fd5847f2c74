//! `WooFs` in memory: gone with the process. For software devices and tests of what is above a store.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::lanes::{Lanes, Seen};
use crate::log::Entry;
use crate::name::WoofName;
use crate::record::Header;
use crate::sequence::{Appended, Config, Origin, Sequence};
use crate::store::{Stat, Store, Woof};

/// A [`Store`] without files.
#[derive(Debug, Default)]
pub struct MemoryStore {
    woofs: Mutex<BTreeMap<(String, String), Arc<MemoryWoof>>>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, String), Arc<MemoryWoof>>> {
        self.woofs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(name: WoofName<'_>) -> (String, String) {
    (name.namespace().to_owned(), name.name().to_owned())
}

impl Store for MemoryStore {
    fn create(&self, name: WoofName<'_>, config: Config, _created_ms: u64) -> Result<Arc<dyn Woof>, Error> {
        let mut woofs = self.lock();
        let woof = woofs.entry(key(name)).or_insert_with(|| Arc::new(MemoryWoof::new(config)));
        if woof.config == config { Ok(Arc::clone(woof) as _) } else { Err(Error::Exists(name.to_string())) }
    }

    fn open(&self, name: WoofName<'_>) -> Result<Arc<dyn Woof>, Error> {
        let found = self.lock().get(&key(name)).cloned();
        found.map(|woof| woof as _).ok_or_else(|| Error::NotFound(name.to_string()))
    }

    fn list(&self, namespace: Option<&str>) -> Result<Vec<Stat>, Error> {
        let woofs = self.lock();
        let wanted = woofs.iter().filter(|((ns, _), _)| namespace.is_none_or(|wanted| wanted == ns));
        wanted.map(|((ns, name), woof)| Ok(Stat::of(WoofName::new(ns, name)?, &**woof))).collect()
    }

    fn delete(&self, name: WoofName<'_>) -> Result<(), Error> {
        let woof = self.lock().remove(&key(name)).ok_or_else(|| Error::NotFound(name.to_string()))?;
        woof.lock().deleted = Some(name.to_string());
        Ok(())
    }
}

#[derive(Debug)]
struct MemoryWoof {
    config: Config,
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    /// The newest ones, oldest first.
    kept: VecDeque<Entry>,
    last: u64,
    lanes: Lanes,
    /// The name it had.
    deleted: Option<String>,
}

impl Records {
    fn first(&self) -> u64 {
        self.last + 1 - self.kept.len() as u64
    }

    fn from(&self, sequence: u64) -> impl Iterator<Item = &Entry> {
        self.kept.iter().skip(sequence.saturating_sub(self.first()) as usize)
    }
}

impl MemoryWoof {
    fn new(config: Config) -> Self {
        Self { config, records: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, payload: &[u8], timestamp_ms: u64, origin: Option<Origin>) -> Result<Appended, Error> {
        let limit = self.config.element;
        if payload.len() > limit as usize {
            return Err(Error::TooLong { length: payload.len(), limit });
        }
        let mut records = self.lock();
        if let Some(name) = &records.deleted {
            return Err(Error::NotFound(name.clone()));
        }
        if let Some(origin) = origin {
            match records.lanes.find(origin) {
                Seen::New => {}
                Seen::Before(sequence) => return Ok(Appended { sequence, duplicate: true }),
                Seen::Stale { last } => return Err(Error::Stale { lane: origin.lane, last }),
            }
        }
        let sequence = Sequence(records.last + 1);
        if let Some(origin) = origin {
            records.lanes.insert(origin, sequence);
        }
        let header = Header { sequence, timestamp_ms, origin, barrier: true };
        records.kept.push_back(Entry { header, payload: payload.to_vec() });
        records.last = sequence.0;
        if self.config.history > 0 && records.kept.len() as u64 > self.config.history {
            records.kept.pop_front();
        }
        Ok(Appended { sequence, duplicate: false })
    }
}

impl Woof for MemoryWoof {
    fn config(&self) -> Config {
        self.config
    }

    fn append(&self, payload: &[u8], timestamp_ms: u64) -> Result<Sequence, Error> {
        self.put(payload, timestamp_ms, None).map(|appended| appended.sequence)
    }

    fn append_once(&self, payload: &[u8], timestamp_ms: u64, origin: Origin) -> Result<Appended, Error> {
        if origin.client_sequence == 0 {
            return Err(Error::Origin);
        }
        self.put(payload, timestamp_ms, Some(origin))
    }

    fn get(&self, sequence: Sequence) -> Result<Entry, Error> {
        let records = self.lock();
        if sequence.0 == 0 || sequence.0 > records.last {
            return Err(Error::NotYet(sequence));
        }
        let first = records.first();
        if sequence.0 < first {
            return Err(Error::Gone { sequence, first: Sequence(first) });
        }
        records.from(sequence.0).next().cloned().ok_or(Error::NotYet(sequence))
    }

    fn latest(&self) -> Result<Entry, Error> {
        self.lock().kept.back().cloned().ok_or(Error::NotYet(Sequence::FIRST))
    }

    fn tail(&self, count: u64) -> Result<Vec<Entry>, Error> {
        let records = self.lock();
        Ok(records.from((records.last + 1).saturating_sub(count)).cloned().collect())
    }

    fn range(&self, from: Sequence, count: u64) -> Result<Vec<Entry>, Error> {
        Ok(self.lock().from(from.0).take(usize::try_from(count).unwrap_or(usize::MAX)).cloned().collect())
    }

    fn last(&self) -> Option<Sequence> {
        let last = self.lock().last;
        (last > 0).then_some(Sequence(last))
    }

    fn first(&self) -> Sequence {
        Sequence(self.lock().first())
    }
}
