//! The index as it was at an event, in a file, so that a start need not read the whole journal.
//!
//! `<data>/index/<the event's sequence, 20 digits>.index`; the newest and the one before it are kept. One is made beside
//! the work of others, written under another name, made durable and renamed, after the journal was made durable up to its
//! event. It is believed only if each of its checksums is right, it is of this journal, and its event is in the journal:
//! the journal decides. Otherwise the one before it is taken, and without any the whole journal is read, which is there as
//! long as no segment has left it; segments leave it only when both checkpoints cover them.

mod block;
mod code;
mod load;
mod make;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use nano_woof::{Log, Sequence, remove_durably};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::event::PartRecord;
use super::hold::Held;
use super::index::{Bucket, Index, StoredPart, Upload};
use super::object::Attributes;
use super::objects::ObjectStore;
use super::reclaim::backup_lock;

/// Events since the last checkpoint that make another one worth its while: this many, or an eighth of the keys.
const WORTH: (u64, u64) = (20_000, 8);

/// So are this many finished segments of the journal.
const WORTH_SEGMENTS: usize = 2;

/// Kept.
const KEPT: usize = 2;

/// What an opening began with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// The event that the checkpoint is of; none if all of the journal was read.
    pub checkpoint: Option<u64>,
    /// Events that were applied after it.
    pub events: u64,
    /// Checkpoints that were not believed, and are gone.
    pub refused: Vec<Refused>,
}

/// A checkpoint that is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// A checkpoint that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpointed {
    /// The event whose index it is.
    pub position: u64,
    /// Its file's bytes.
    pub bytes: u64,
}

/// The checkpoints that there are.
#[derive(Debug)]
pub(super) struct Checkpoints {
    directory: PathBuf,
    /// Their events, ascending. Locked while one is made.
    positions: Mutex<Vec<u64>>,
}

/// An unfinished upload, as a checkpoint has it.
#[derive(Serialize, Deserialize)]
struct UploadRecord {
    created_ms: u64,
    attributes: Attributes,
    /// With the time of each.
    parts: Vec<(PartRecord, u64)>,
}

impl UploadRecord {
    fn of(upload: &Upload) -> Self {
        let parts = upload.parts.values().map(|part| (part.record.clone(), part.modified_ms)).collect();
        Self { created_ms: upload.created_ms, attributes: upload.attributes.clone(), parts }
    }

    fn upload(self, held: &Held) -> Upload {
        let parts = self.parts.into_iter().map(|(mut record, modified_ms)| {
            // None of them is in this record.
            record.pieces.iter_mut().for_each(|piece| piece.resolve(0, 0, held));
            (record.part.number, StoredPart { record, modified_ms })
        });
        Upload { created_ms: self.created_ms, attributes: self.attributes, parts: parts.collect() }
    }
}

/// A bucket without what is in it.
#[derive(Serialize, Deserialize)]
struct BucketRecord {
    name: String,
    created_ms: u64,
    region: String,
    owner: String,
    settings: BTreeMap<String, String>,
}

impl BucketRecord {
    fn of(name: &str, bucket: &Bucket) -> Self {
        Self {
            name: name.to_owned(),
            created_ms: bucket.created_ms,
            region: bucket.region.clone(),
            owner: bucket.owner.clone(),
            settings: bucket.settings.clone(),
        }
    }
}

fn path_of(directory: &Path, position: u64) -> PathBuf {
    directory.join(format!("{position:020}.index"))
}

impl Checkpoints {
    /// Finds those in a store's directory and takes the index from the newest that is to be believed; the caller applies
    /// the events behind it.
    pub fn open(store: &Path, journal: &Log) -> Result<(Self, Index, Start), StoreError> {
        let directory = store.join("index");
        let (mut positions, leftovers) = found(&directory)?;
        for path in leftovers {
            remove_durably(&path)?;
        }
        let there = journal.first().get() - 1..=journal.last().map_or(0, Sequence::get);
        let mut start = Start::default();
        let mut index = None;
        while let Some(position) = positions.last().copied() {
            let path = path_of(&directory, position);
            let loaded = if there.contains(&position) {
                load::load(&path, journal.id(), position)
            } else {
                Err(block::damaged("its event is not in the journal"))
            };
            match loaded {
                Ok(loaded) => {
                    start.checkpoint = Some(position);
                    index = Some(loaded);
                    break;
                }
                Err(error) => start.refused.push(Refused { path, reason: error.to_string() }),
            }
            positions.pop();
        }
        if index.is_none() && journal.first() > Sequence::FIRST {
            let why = start.refused.iter().map(|refused| format!("; {}: {}", refused.path.display(), refused.reason));
            return Err(StoreError::Damaged(format!(
                "the journal begins at event {}, and there is no checkpoint for what was before{}; restore a backup",
                journal.first(),
                why.collect::<String>()
            )));
        }
        // Once they are not needed any more: an event of that number will be another one.
        start.refused.iter().try_for_each(|refused| remove_durably(&refused.path))?;
        Ok((Self { directory, positions: Mutex::new(positions) }, index.unwrap_or_default(), start))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u64>> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last event that all checkpoints cover, if there are as many as are kept.
    pub fn covered(&self) -> Option<u64> {
        let positions = self.lock();
        positions.first().copied().filter(|_| positions.len() >= KEPT)
    }
}

/// Checkpoints in a directory, ascending, and what is left of some that were not finished.
fn found(directory: &Path) -> Result<(Vec<u64>, Vec<PathBuf>), StoreError> {
    let failed =
        |error| nano_woof::Error::Io { operation: "list", path: directory.to_path_buf(), source: Arc::new(error) };
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((vec![], vec![])),
        other => other.map_err(failed)?,
    };
    let (mut positions, mut leftovers) = (vec![], vec![]);
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let position = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok());
        match (path.extension().and_then(|extension| extension.to_str()), position) {
            (Some("index"), Some(position)) if path == path_of(directory, position) => positions.push(position),
            (Some("tmp"), _) => leftovers.push(path),
            _ => {}
        }
    }
    positions.sort_unstable();
    Ok((positions, leftovers))
}

impl ObjectStore {
    /// What opening began with.
    pub const fn start(&self) -> &Start {
        &self.start
    }

    /// Whether so much has happened since the last checkpoint that the next one is worth its while.
    pub fn checkpoint_is_due(&self) -> bool {
        let last = match self.checkpoints.positions.try_lock() {
            Ok(positions) => positions.last().copied().unwrap_or(0),
            // One is being made.
            Err(TryLockError::WouldBlock) => return false,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().last().copied().unwrap_or(0),
        };
        let (now, size) = {
            let index = self.index();
            (index.last, index.size() as u64)
        };
        let finished = self.logs.journal.segments().iter().skip(1).filter(|base| base.get() > last + 1).count();
        now - last >= WORTH.0.max(size / WORTH.1) || finished >= WORTH_SEGMENTS
    }

    /// Makes a checkpoint of the index as it is. Others read and write meanwhile. Nothing when nothing has happened since
    /// the last one.
    pub fn checkpoint(&self) -> Result<Option<Checkpointed>, StoreError> {
        let mut positions = self.checkpoints.lock();
        let last = positions.last().copied().unwrap_or(0);
        if self.index().last <= last {
            return Ok(None);
        }
        let directory = &self.checkpoints.directory;
        // Its name is known when it is finished.
        let (position, writer) = make::make(self, &directory.join("next.tmp"))?;
        // Whatever the policy: what it says must not be ahead of the journal.
        self.sync()?;
        let bytes = writer.commit(&path_of(directory, position))?;
        positions.push(position);
        while positions.len() > KEPT {
            // A backup has listed them, and copies them before the journal.
            let lock = backup_lock(&self.logs.directory);
            if lock.is_ok_and(|file| file.try_lock().is_err()) {
                break;
            }
            remove_durably(&path_of(directory, positions.remove(0)))?;
        }
        Ok(Some(Checkpointed { position, bytes }))
    }
}
