//! Who asked a device for what, and what it said: a WooF whose records are chained by hashes.
//!
//! A record is a line of JSON; its `prev` is the SHA-256 of the record before, byte for byte (of nothing: zeros). Whoever
//! changes, drops or inserts a record breaks the chain from there on. Records cut off at the end are missed only by who
//! has noted the newest hash: [`Audit::head`].
//!
//! What a request says of itself is public, so no secret is in the log: the client is known by the SHA-256 of its
//! capability's frames.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use nano_caps::TokenBucket;
use nano_woof::{Entry, Error, Log};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::woofs::Woofs;
use crate::world::World;

/// The WooF.
pub const AUDIT_WOOF: &str = "nano/audit";
/// Most bytes of a record.
const RECORD_BYTES: u32 = 1024;
/// Records kept.
const HISTORY: u64 = 1_000_000;
/// Entries that wait to be written.
const MOST_WAITING: usize = 16 << 10;
/// Unanswered requests that are written a second, and at once; the rest is counted. Anybody can send noise.
const SILENT: (u16, u16) = (5, 50);

/// One request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Unix time in milliseconds.
    pub at_ms: u64,
    /// The device.
    pub device: String,
    /// First 16 hexadecimal digits of the SHA-256 of the capability's body; empty: the request was not authentic.
    pub client: String,
    /// Slot, generation and epoch of the capability.
    pub slot: [u8; 3],
    /// The lane.
    pub lane: u8,
    /// The sequence number.
    pub seq: u64,
    /// The operation; empty: not known.
    pub op: String,
    /// Namespace handle.
    pub ns: u16,
    /// WooF handle.
    pub woof: u16,
    /// The status by name, or `silence: ` and why.
    pub answer: String,
    /// Entries before this one that were not written because they came too fast.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl AuditEntry {
    /// The name of a client: of its capability's body.
    pub fn client_of(body: &[u8]) -> String {
        hex(&Sha256::digest(body)).chars().take(16).collect()
    }

    /// Whether the device did what was asked.
    pub fn is_allowed(&self) -> bool {
        self.answer == "OK"
    }
}

/// As stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    entry: AuditEntry,
    prev: String,
}

fn hash(record: &[u8]) -> String {
    hex(&Sha256::digest(record))
}

/// Where a chain of records is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The first record that does not follow from the one before.
    pub sequence: u64,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} does not follow from the one before: the log was changed", self.sequence)
    }
}

/// Checks records that follow each other (the first is believed, unless it is number 1) and takes them apart.
pub fn read_chain<'a>(records: impl Iterator<Item = (u64, &'a [u8])>) -> Result<Vec<AuditEntry>, Broken> {
    let mut before: Option<(u64, String)> = None;
    let mut entries = Vec::new();
    for (sequence, record) in records {
        let broken = |_| Broken { sequence };
        let Stored { entry, prev } = serde_json::from_slice(record).map_err(broken)?;
        let follows = match &before {
            Some((number, hash)) => *number + 1 == sequence && *hash == prev,
            None => sequence != 1 || prev == "0".repeat(64),
        };
        if !follows {
            return Err(Broken { sequence });
        }
        before = Some((sequence, hash(record)));
        entries.push(entry);
    }
    Ok(entries)
}

enum Work {
    Entry(Box<AuditEntry>),
    /// Told when everything before it is written.
    Flush(Sender<()>),
}

/// The audit log.
pub struct Audit {
    woofs: Arc<Woofs>,
    world: World,
    queue: Mutex<Option<SyncSender<Work>>>,
    missed: Arc<AtomicU64>,
    silent: Mutex<TokenBucket>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl Audit {
    /// Starts the thread that writes.
    pub(crate) fn start(woofs: Arc<Woofs>, world: World) -> io::Result<Self> {
        let (queue, work) = mpsc::sync_channel(MOST_WAITING);
        let missed = Arc::new(AtomicU64::new(0));
        let silent = Mutex::new(TokenBucket::new(SILENT.0, SILENT.1, world.now_ms()));
        let mut writer = Writer { woofs: Arc::clone(&woofs), log: None, missed: Arc::clone(&missed) };
        let thread = std::thread::Builder::new().name("nano-audit".to_owned()).spawn(move || writer.run(&work))?;
        let (queue, writer) = (Mutex::new(Some(queue)), Mutex::new(Some(thread)));
        Ok(Self { woofs, world, queue, missed, silent, writer })
    }

    /// Hands an entry over; its time is now. Does not wait. When the disk is far behind, or unanswered requests come in a
    /// flood, entries are counted instead, and the next one says how many.
    pub fn record(&self, mut entry: AuditEntry) {
        entry.at_ms = self.world.now_ms();
        let is_noise = entry.client.is_empty();
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if is_noise && !silent.take(entry.at_ms) {
            self.missed.fetch_add(1, Ordering::Relaxed);
            return;
        }
        drop(silent);
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = queue.as_ref().map(|queue| queue.try_send(Work::Entry(Box::new(entry))));
        if let Some(Err(TrySendError::Full(_))) = sent {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything handed over so far is written. Blocks.
    pub fn flush(&self) {
        let (told, done) = mpsc::channel();
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if queue.is_some_and(|queue| queue.send(Work::Flush(told)).is_ok()) {
            let _ = done.recv();
        }
    }

    /// The newest `count` records as they are stored, oldest first, for [`read_chain`]. Blocks.
    pub fn tail(&self, count: u64) -> Result<Vec<Entry>, Error> {
        self.flush();
        match self.woofs.tail(AUDIT_WOOF, count) {
            Err(Error::NotFound(_)) => Ok(Vec::new()),
            other => other,
        }
    }

    /// Number and hash of the newest record. Who notes them can tell later that nothing was cut off. Blocks.
    pub fn head(&self) -> Result<Option<(u64, String)>, Error> {
        let newest = self.tail(1)?.pop();
        Ok(newest.map(|entry| (entry.header.sequence.get(), hash(&entry.payload))))
    }
}

impl Drop for Audit {
    fn drop(&mut self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = writer.join();
        }
    }
}

struct Writer {
    woofs: Arc<Woofs>,
    /// The log, and the hash of its newest record.
    log: Option<(Arc<Log>, String)>,
    missed: Arc<AtomicU64>,
}

impl Writer {
    fn run(&mut self, work: &Receiver<Work>) {
        while let Ok(first) = work.recv() {
            let (mut entries, mut flushed) = (Vec::new(), Vec::new());
            for work in std::iter::once(first).chain(work.try_iter().take(MOST_WAITING)) {
                match work {
                    Work::Entry(entry) => entries.push(*entry),
                    Work::Flush(told) => flushed.push(told),
                }
            }
            let count = entries.len() as u64;
            if count > 0
                && let Err(error) = self.write(entries)
            {
                // The next attempt says that these are missing.
                self.missed.fetch_add(count, Ordering::Relaxed);
                if !matches!(error, Error::Full(_)) {
                    // And opens it again.
                    self.log = None;
                }
            }
            for told in flushed {
                let _ = told.send(());
            }
        }
    }

    fn write(&mut self, entries: Vec<AuditEntry>) -> Result<(), Error> {
        let timestamp_ms = entries.last().map_or(0, |entry| entry.at_ms);
        let (log, mut prev) = self.open(timestamp_ms)?;
        let mut records = Vec::with_capacity(entries.len());
        let mut missed = 0;
        for mut entry in entries {
            let before = self.missed.swap(0, Ordering::Relaxed);
            missed += before;
            entry.missed += before;
            let record = serde_json::to_vec(&Stored { entry, prev }).unwrap_or_default();
            prev = hash(&record);
            records.push(record);
        }
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let submitted = log.submit(&records, timestamp_ms).inspect_err(|_| {
            self.missed.fetch_add(missed, Ordering::Relaxed);
        });
        let waited = log.wait(submitted?);
        self.log = Some((log, prev));
        match waited {
            // They have their places, and are written before what comes next.
            Err(Error::Full(_)) => Ok(()),
            waited => waited,
        }
    }

    fn open(&mut self, created_ms: u64) -> Result<(Arc<Log>, String), Error> {
        if let Some((log, prev)) = &self.log {
            return Ok((Arc::clone(log), prev.clone()));
        }
        let log = match self.woofs.log(AUDIT_WOOF) {
            Err(Error::NotFound(_)) => {
                self.woofs.create_at(AUDIT_WOOF, RECORD_BYTES, HISTORY, created_ms)?;
                self.woofs.log(AUDIT_WOOF)?
            }
            other => other?,
        };
        let prev = match log.last() {
            Some(_) => hash(&log.latest()?.payload),
            None => "0".repeat(64),
        };
        Ok((log, prev))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &std::path::Path) -> Audit {
        let world = World { clock: Arc::new(|| 1_000), random: Arc::new(|buffer| buffer.fill(1)) };
        let woofs = Woofs::open(folder, nano_woof::LogOptions::default(), world.clone()).unwrap();
        Audit::start(Arc::new(woofs), world).unwrap()
    }

    fn entry(client: &str, answer: &str) -> AuditEntry {
        AuditEntry {
            at_ms: 0,
            device: "walkway".into(),
            client: client.into(),
            slot: [0; 3],
            lane: 0,
            seq: 7,
            op: "GET".into(),
            ns: 1,
            woof: 2,
            answer: answer.into(),
            missed: 0,
        }
    }

    fn chain(entries: &[Entry]) -> Result<Vec<AuditEntry>, Broken> {
        read_chain(entries.iter().map(|entry| (entry.header.sequence.get(), entry.payload.as_slice())))
    }

    #[test]
    fn records_follow_from_each_other_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let audit = open(folder.path());
        assert_eq!((audit.tail(5).unwrap().len(), audit.head().unwrap()), (0, None));
        audit.record(entry("a", "OK"));
        audit.record(entry("b", "DENIED"));
        let head = audit.head().unwrap().unwrap();
        assert_eq!(head.0, 2);
        drop(audit);
        let audit = open(folder.path());
        assert_eq!(audit.head().unwrap().unwrap(), head);
        audit.record(entry("c", "OK"));
        let entries = audit.tail(9).unwrap();
        let read = chain(&entries).unwrap();
        let clients: Vec<_> = read.iter().map(|entry| (entry.client.as_str(), entry.at_ms)).collect();
        assert_eq!(clients, [("a", 1000), ("b", 1000), ("c", 1000)]);
        assert!(read[0].is_allowed() && !read[1].is_allowed());
        assert_eq!(chain(&entries[1..]).unwrap().len(), 2, "the first that is there is believed");
    }

    #[test]
    fn whatever_is_changed_breaks_the_chain() {
        let folder = tempfile::tempdir().unwrap();
        let audit = open(folder.path());
        for number in 0..6 {
            audit.record(entry(&number.to_string(), "OK"));
        }
        let good = audit.tail(9).unwrap();
        assert_eq!(chain(&good).unwrap().len(), 6);
        for at in 0..5 {
            let mut changed = good.clone();
            let text = String::from_utf8(changed[at].payload.clone()).unwrap().replace("\"OK\"", "\"DENIED\"");
            changed[at].payload = text.into_bytes();
            assert_eq!(chain(&changed), Err(Broken { sequence: at as u64 + 2 }));
            let mut dropped = good.clone();
            dropped.remove(at);
            assert!(at == 0 || chain(&dropped).is_err());
            let mut swapped = good.clone();
            swapped.swap(at, at + 1);
            assert!(chain(&swapped).is_err());
            let mut doubled = good.clone();
            doubled.insert(at, good[at].clone());
            assert!(chain(&doubled).is_err());
        }
    }

    #[test]
    fn who_noted_the_head_misses_what_was_cut_off_or_chained_anew() {
        let folder = tempfile::tempdir().unwrap();
        let audit = open(folder.path());
        for number in 0..6 {
            audit.record(entry(&number.to_string(), "OK"));
        }
        let (head, newest) = audit.head().unwrap().unwrap();
        let good = audit.tail(9).unwrap();
        assert_eq!((head, hash(&good[5].payload)), (6, newest.clone()));
        // Cut off at the end, the rest is a chain, but its newest record is another.
        assert_eq!(chain(&good[..5]).unwrap().len(), 5);
        assert_ne!(hash(&good[4].payload), newest);
        // Written anew from a changed record on, as the holder of the disk can, it is a chain that ends elsewhere.
        let mut anew = good;
        let mut prev = "0".repeat(64);
        for record in &mut anew {
            let Stored { mut entry, .. } = serde_json::from_slice(&record.payload).unwrap();
            if entry.client == "2" {
                entry.answer = "DENIED".into();
            }
            record.payload = serde_json::to_vec(&Stored { entry, prev }).unwrap();
            prev = hash(&record.payload);
        }
        assert_eq!(chain(&anew).unwrap().len(), 6);
        assert_ne!(prev, newest);
    }

    #[test]
    fn noise_is_counted_where_it_floods() {
        let folder = tempfile::tempdir().unwrap();
        let audit = open(folder.path());
        for _ in 0..500 {
            audit.record(entry("", "silence: Tag"));
        }
        audit.record(entry("a", "OK"));
        let read = chain(&audit.tail(1000).unwrap()).unwrap();
        let missed: u64 = read.iter().map(|entry| entry.missed).sum();
        assert_eq!((read.len() as u64 + missed, read.len()), (501, 51));
    }
}
