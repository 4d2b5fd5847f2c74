//! The store itself: buckets and objects; changes go through the journal, reads through the index.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, mpsc};
use std::thread;

use nano_woof::{Config, DirectoryLock, Log, LogId, LogOptions, Recovery, Sequence, SyncPolicy};

use super::CHUNK_BYTES;
use super::checkpoint::{Checkpoints, Start};
use super::content::{Content, ContentWriter};
use super::error::StoreError;
use super::event::{self, Event, Keeping};
use super::hold::{Held, Runs};
use super::index::{Bucket, BucketInfo, Index, Listing, ListingQuery, list};
use super::md5::Hashers;
use super::object::{Attributes, NULL_VERSION, Object, ObjectRecord, version_id};
use super::reader::Reader;
use super::together::{Along, Coming, together};

/// Unix time in milliseconds, handed in by whoever runs the store.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// An event may have this many bytes: the completion of an upload in 10,000 parts.
const MOST_EVENT_BYTES: u32 = 16 << 20;

/// How a store is run.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// What a power cut may take; see [`SyncPolicy`].
    pub policy: SyncPolicy,
    /// Size of the files that chunks are in; also what garbage is reclaimed by.
    pub blob_segment_bytes: u32,
    /// Size of the files that events are in; also what the journal is compacted by.
    pub journal_segment_bytes: u32,
    /// What lifecycle rules count, milliseconds: a day, but for tests that can't wait for one.
    pub lifecycle_day_ms: u64,
}

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            policy: SyncPolicy::default(),
            blob_segment_bytes: 256 << 20,
            journal_segment_bytes: 64 << 20,
            lifecycle_day_ms: DAY_MS,
        }
    }
}

/// The two logs.
#[derive(Debug)]
pub(super) struct Logs {
    pub journal: Log,
    pub blobs: Log,
    pub held: Held,
    pub hashers: Hashers,
    pub directory: PathBuf,
    _lock: DirectoryLock,
}

impl Logs {
    /// Hands chunks to the blob log; the first one's position, and what keeps them there. They are not durable yet.
    pub fn submit_chunks(&self, chunks: &[&[u8]], timestamp_ms: u64) -> Result<(u64, Runs), StoreError> {
        let count = chunks.len() as u64;
        let _entering = self.held.blobs.enter();
        let last = self.blobs.submit(chunks, timestamp_ms)?;
        let first = last.get() + 1 - count;
        Ok((first, Runs::new([(first, count)].into(), &self.held.blobs)))
    }
}

/// What must hold for a change to happen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// There is no object of that key.
    Absent,
    /// There is one.
    Exists,
    /// There is one with this entity tag.
    Etag(String),
    /// There is none with this entity tag.
    NotEtag(String),
    /// There is one with this revision.
    Revision(u64),
    /// There is one that was put in this second of Unix time.
    Modified(u64),
    /// There is one with this many bytes.
    Length(u64),
    /// All of these.
    All(Vec<Self>),
}

impl Precondition {
    pub(super) fn check(&self, object: Option<&Object>) -> Result<(), StoreError> {
        let holds = match (self, object) {
            (Self::All(all), _) => return all.iter().try_for_each(|one| one.check(object)),
            (Self::None, _) | (Self::Absent | Self::NotEtag(_), None) | (Self::Exists, Some(_)) => true,
            (Self::NotEtag(etag), Some(object)) => *etag != object.etag,
            (Self::Exists | Self::Etag(_) | Self::Revision(_) | Self::Modified(_) | Self::Length(_), None) => {
                return Err(StoreError::NoSuchKey);
            }
            (Self::Modified(seconds), Some(object)) => *seconds == object.modified_ms / 1000,
            (Self::Length(length), Some(object)) => *length == object.length,
            (Self::Absent, Some(_)) => false,
            (Self::Etag(etag), Some(object)) => *etag == object.etag,
            (Self::Revision(revision), Some(object)) => *revision == object.revision,
        };
        if holds { Ok(()) } else { Err(StoreError::PreconditionFailed) }
    }
}

/// Buckets of objects, durable, in a directory that no other process may use meanwhile.
///
/// ```
/// # use std::sync::Arc;
/// # use nano_edge::store::{Attributes, ObjectStore, Precondition, StoreOptions};
/// # let directory = tempfile::tempdir()?;
/// let store = ObjectStore::open(directory.path(), StoreOptions::default(), Arc::new(|| 1_000))?;
/// store.create_bucket("photos", "us-east-1")?;
/// let mut writer = store.writer();
/// writer.write(b"hello")?;
/// store.put("photos", "cat.txt", writer.finish()?, Attributes::default(), &Precondition::None)?;
/// let cat = store.object("photos", "cat.txt")?;
/// assert_eq!(&store.reader(&cat, 1..3).read_to_end()?[..], b"el");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ObjectStore {
    pub(super) logs: Arc<Logs>,
    pub(super) index: RwLock<Index>,
    pub(super) clock: Clock,
    /// Numbers given to uploads; begins above all that were given before the start.
    pub(super) uploads: AtomicU64,
    pub(super) checkpoints: Checkpoints,
    pub(super) start: Start,
    lifecycle_day_ms: u64,
}

/// What came of a change.
pub(super) struct Changed {
    /// The object that it made.
    pub object: Option<Arc<Object>>,
    /// Its event's, if there was one.
    pub sequence: Option<u64>,
    pub timestamp_ms: u64,
}

/// What came of something that others see already, and that a power cut may still take back. Nobody is told it before
/// [`ObjectStore::settle`] for `until` returns.
#[must_use]
pub(crate) struct Unsettled<T> {
    /// The last event that it depends on.
    pub until: u64,
    pub outcome: Result<T, StoreError>,
}

fn info(name: &str, bucket: &Bucket) -> BucketInfo {
    let (region, owner) = (bucket.region.clone(), bucket.owner.clone());
    BucketInfo { name: name.to_owned(), created_ms: bucket.created_ms, region, owner }
}

/// Events that go from the thread that reads the journal to the one that applies them at a time, and such batches that
/// may wait.
const REPLAY: (usize, usize) = (512, 8);

/// Applies the journal's events behind the last one that the index has; how many. One thread reads, checks and decodes
/// them, the other applies them: each takes about half of the time.
fn replay(journal: &Log, index: &mut Index) -> Result<u64, StoreError> {
    let begin = Sequence(index.last + 1);
    let mut count = 0;
    /// Of each event its number, time in milliseconds, and where the bytes behind it begin.
    type Batch = Vec<(Event, u64, u64, u64)>;
    let (batches, waiting) = mpsc::sync_channel::<Batch>(REPLAY.1);
    thread::scope(|scope| {
        let reader = scope.spawn(move || -> Result<(), StoreError> {
            let mut batch = Batch::with_capacity(REPLAY.0);
            for entry in journal.range(begin) {
                let entry = entry?;
                let (event, offset) = event::decode(&entry.payload)?;
                batch.push((event, entry.header.sequence.get(), entry.header.timestamp_ms, offset));
                if batch.len() == REPLAY.0 {
                    let full = std::mem::replace(&mut batch, Batch::with_capacity(REPLAY.0));
                    if batches.send(full).is_err() {
                        return Ok(());
                    }
                }
            }
            let _ = batches.send(batch);
            Ok(())
        });
        for (event, sequence, timestamp_ms, offset) in waiting.into_iter().flatten() {
            count += 1;
            let _ = index.apply(event, sequence, timestamp_ms, offset);
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(count)
    })
}

impl std::fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectStore").field("logs", &self.logs).finish_non_exhaustive()
    }
}

impl ObjectStore {
    /// Opens the store in `directory`, or begins one there. The index is that of the newest checkpoint and the events
    /// behind it; [`Self::start`] says which.
    pub fn open(directory: &Path, options: StoreOptions, clock: Clock) -> Result<Self, StoreError> {
        let lock = DirectoryLock::acquire(directory)?;
        let open = |name: &str, element: u32, segment_bytes: u32| {
            let now = clock();
            let options = LogOptions { policy: options.policy, segment_bytes, ..LogOptions::default() };
            let id = LogId::derive(name.as_bytes(), now);
            Log::open_or_create(&directory.join(name), id, Config { element, history: 0 }, options, now)
        };
        let journal = open("journal", MOST_EVENT_BYTES, options.journal_segment_bytes)?;
        let blobs = open("blobs", CHUNK_BYTES as u32, options.blob_segment_bytes)?;
        let (checkpoints, mut index, mut start) = Checkpoints::open(directory, &journal)?;
        start.events = replay(&journal, &mut index)?;
        let uploads = AtomicU64::new(journal.last().map_or(0, Sequence::get));
        let (held, directory) = (index.held.clone(), directory.to_owned());
        // The fewer hash at once the more hash together, and one takes more bytes of four streams than two of one each.
        let hashers = Hashers::new(thread::available_parallelism().map_or(1, usize::from) / 2);
        let logs = Arc::new(Logs { journal, blobs, held, hashers, directory, _lock: lock });
        let lifecycle_day_ms = options.lifecycle_day_ms.max(1);
        Ok(Self { logs, index: RwLock::new(index), clock, uploads, checkpoints, start, lifecycle_day_ms })
    }

    /// See [`StoreOptions::lifecycle_day_ms`].
    pub const fn lifecycle_day_ms(&self) -> u64 {
        self.lifecycle_day_ms
    }

    /// What opening found at the ends of the journal and of the blob log.
    pub fn recovery(&self) -> (Recovery, Recovery) {
        (self.logs.journal.recovery(), self.logs.blobs.recovery())
    }

    /// Why nothing more is written until the store is opened again, if that is so.
    pub fn failure(&self) -> Option<StoreError> {
        self.logs.journal.failure().or_else(|| self.logs.blobs.failure()).map(StoreError::Log)
    }

    /// Bytes that the logs take on disk.
    pub fn stored_bytes(&self) -> u64 {
        self.logs.journal.stored_bytes() + self.logs.blobs.stored_bytes()
    }

    /// Reads and checks every record, and that the bytes of everything there is are there.
    pub fn verify(&self) -> Result<u64, StoreError> {
        self.check_places()?;
        Ok(self.logs.journal.verify()? + self.logs.blobs.verify()?)
    }

    /// Makes everything durable, whatever the policy.
    pub fn sync(&self) -> Result<(), StoreError> {
        // Chunks that nobody has waited for are no object's, and need not find room for others to be given back.
        self.logs.blobs.sync_acknowledged()?;
        Ok(self.logs.journal.sync()?)
    }

    /// Decides on a change by the index as it is, writes it behind all earlier ones, and returns when it is durable.
    pub(super) fn change(
        &self,
        inline: &[u8],
        decide: impl FnOnce(&Index) -> Result<Option<Event>, StoreError>,
    ) -> Result<Changed, StoreError> {
        self.change_with(inline, None, decide)
    }

    /// As [`Self::change`], with what is to be written together with it.
    pub(super) fn change_with(
        &self,
        inline: &[u8],
        along: Option<Along>,
        decide: impl FnOnce(&Index) -> Result<Option<Event>, StoreError>,
    ) -> Result<Changed, StoreError> {
        let begun = self.begin_change(inline, along, decide)?;
        self.settled(begun)
    }

    /// Decides on a change by the index as it is, and hands it to the journal behind all earlier ones. What others see of it
    /// makes them wait for it too: see [`Self::settle`].
    fn begin_change(
        &self,
        inline: &[u8],
        along: Option<Along>,
        decide: impl FnOnce(&Index) -> Result<Option<Event>, StoreError>,
    ) -> Result<Unsettled<Changed>, StoreError> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let now = (self.clock)();
        let decided = match decide(&index) {
            Ok(Some(event)) => self.write_event(&mut index, event, inline, along, now).map(Some)?,
            Ok(None) => None,
            Err(error) => return Ok(Unsettled { until: index.last, outcome: Err(error) }),
        };
        let (object, sequence) = decided.map_or((None, None), |(object, sequence)| (object, Some(sequence)));
        // Without an event too: what it was decided by must not be taken back after the answer.
        Ok(Unsettled { until: index.last, outcome: Ok(Changed { object, sequence, timestamp_ms: now }) })
    }

    /// Hands an event to the journal, and applies it: the object that it made, and its sequence.
    fn write_event(
        &self,
        index: &mut Index,
        event: Event,
        inline: &[u8],
        along: Option<Along>,
        now: u64,
    ) -> Result<(Option<Arc<Object>>, u64), StoreError> {
        let coming = index.last + 1;
        let along = along.map(|along| along(&Coming::of(&event, coming, now)));
        let mut bytes = std::borrow::Cow::Borrowed(inline);
        let (event, begin) = match along {
            Some(companions) => (together(event, bytes.to_mut(), companions.values), Some(companions.begin)),
            None => (event, None),
        };
        let (record, offset) = event::encode(&event, &bytes)?;
        let sequence = self.logs.journal.submit(&[&record], now)?.get();
        debug_assert_eq!(sequence, coming, "the index has every event of the journal");
        let object = index.apply(event, sequence, now, offset);
        if let Some(begin) = begin {
            begin(sequence);
        }
        Ok((object, sequence))
    }

    /// Returns when the event that made something is durable: what a power cut could still take back is told nobody.
    pub(crate) fn settle(&self, revision: u64) -> Result<(), StoreError> {
        if revision == 0 { Ok(()) } else { Ok(self.logs.journal.wait(Sequence(revision))?) }
    }

    /// The outcome of what was begun, when it is durable.
    pub(crate) fn settled<T>(&self, begun: Unsettled<T>) -> Result<T, StoreError> {
        self.settle(begun.until)?;
        begun.outcome
    }

    /// Whether [`Self::settle`] would return at once.
    pub(crate) fn is_settled(&self, revision: u64) -> bool {
        revision <= self.logs.journal.last().map_or(0, Sequence::get)
    }

    /// As [`Self::settle`]; whether there is work left that nobody waits for, for [`Self::look_after_journal`].
    pub(crate) fn settle_only(&self, revision: u64) -> Result<bool, StoreError> {
        if revision == 0 { Ok(false) } else { Ok(self.logs.journal.wait_only(Sequence(revision))?) }
    }

    /// See [`Log::look_after`].
    pub(crate) fn look_after_journal(&self) {
        self.logs.journal.look_after();
    }

    /// Whether a change can be handed to the journal without waiting for a disk.
    pub(crate) fn takes_at_once(&self) -> bool {
        self.logs.journal.takes_at_once()
    }

    /// What `find` finds; when it finds nothing, not before that is certain.
    pub(super) fn find<T>(&self, find: impl FnOnce(&Index) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let index = self.index();
        let (found, last) = (find(&index), index.last);
        drop(index);
        if found.is_err() {
            self.settle(last)?;
        }
        found
    }

    pub(super) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a bucket that is nobody's in particular.
    pub fn create_bucket(&self, name: &str, region: &str) -> Result<(), StoreError> {
        self.create_bucket_of(name, region, "")
    }

    /// Makes a bucket that belongs to the user of this id.
    pub fn create_bucket_of(&self, name: &str, region: &str, owner: &str) -> Result<(), StoreError> {
        let (bucket, region, owner) = (name.to_owned(), region.to_owned(), owner.to_owned());
        self.change(&[], |index| {
            if index.buckets.contains_key(name) {
                return Err(StoreError::BucketExists);
            }
            Ok(Some(Event::BucketCreated { bucket, region, owner }))
        })?;
        Ok(())
    }

    /// Removes a bucket that has no objects; its unfinished uploads go with it.
    pub fn delete_bucket(&self, name: &str) -> Result<(), StoreError> {
        self.change(&[], |index| {
            let bucket = index.bucket(name)?;
            if !bucket.objects.is_empty() || !bucket.history.is_empty() {
                return Err(StoreError::BucketNotEmpty);
            }
            Ok(Some(Event::BucketDeleted { bucket: name.to_owned() }))
        })?;
        Ok(())
    }

    /// What a bucket is.
    pub fn bucket(&self, name: &str) -> Result<BucketInfo, StoreError> {
        self.find(|index| index.bucket(name).map(|bucket| info(name, bucket)))
    }

    /// What a bucket is, durable or about to be. Does not wait.
    pub fn bucket_now(&self, name: &str) -> Result<BucketInfo, StoreError> {
        self.index().bucket(name).map(|bucket| info(name, bucket))
    }

    /// Unix time by the store's clock.
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Whether there is such a bucket, durable or about to be. Does not wait.
    pub fn has_bucket(&self, name: &str) -> bool {
        self.index().buckets.contains_key(name)
    }

    /// All buckets but those of namespaces, by name.
    pub fn buckets(&self) -> Vec<BucketInfo> {
        let index = self.index();
        let visible = index.buckets.iter().filter(|(name, _)| !name.starts_with('.'));
        visible.map(|(name, bucket)| info(name, bucket)).collect()
    }

    /// Takes bytes that are to become an object or a part.
    pub fn writer(&self) -> ContentWriter {
        ContentWriter::new(Arc::clone(&self.logs), (self.clock)())
    }

    /// Makes content an object, in place of any other of that key.
    pub fn put(
        &self,
        bucket: &str,
        key: &str,
        content: Content,
        attributes: Attributes,
        precondition: &Precondition,
    ) -> Result<Arc<Object>, StoreError> {
        let begun = self.begin_put(bucket, key, content, attributes, precondition, None)?;
        self.settled(begun)
    }

    /// As [`Self::put`], without waiting until it is durable. Does not wait for a disk if [`Self::takes_at_once`].
    pub(crate) fn begin_put(
        &self,
        bucket: &str,
        key: &str,
        content: Content,
        attributes: Attributes,
        precondition: &Precondition,
        along: Option<Along>,
    ) -> Result<Unsettled<Arc<Object>>, StoreError> {
        let etag = content.etag();
        let Content { pieces, inline, length, .. } = content;
        let object = ObjectRecord { length, etag, pieces, parts: vec![], attributes };
        self.begin_put_record(bucket, key, object, &inline, precondition, along)
    }

    /// Makes the bytes of `source` another object too, without copying them.
    pub fn copy(
        &self,
        source: &Object,
        bucket: &str,
        key: &str,
        attributes: Attributes,
        precondition: &Precondition,
    ) -> Result<Arc<Object>, StoreError> {
        self.copy_with(source, bucket, key, attributes, precondition, None)
    }

    /// As [`Self::copy`], with what is to be written together with it.
    pub(crate) fn copy_with(
        &self,
        source: &Object,
        bucket: &str,
        key: &str,
        attributes: Attributes,
        precondition: &Precondition,
        along: Option<Along>,
    ) -> Result<Arc<Object>, StoreError> {
        let (length, etag, pieces) = (source.length, source.etag.clone(), source.pieces.clone());
        let object = ObjectRecord { length, etag, pieces, parts: vec![], attributes };
        let begun = self.begin_put_record(bucket, key, object, &[], precondition, along)?;
        self.settled(begun)
    }

    fn begin_put_record(
        &self,
        bucket: &str,
        key: &str,
        object: ObjectRecord,
        inline: &[u8],
        precondition: &Precondition,
        along: Option<Along>,
    ) -> Result<Unsettled<Arc<Object>>, StoreError> {
        let Unsettled { until, outcome } = self.begin_change(inline, along, |index| {
            let found = index.bucket(bucket)?;
            precondition.check(found.objects.get(key).map(|o| &**o))?;
            let keeping = found.keeping();
            Ok(Some(Event::ObjectPut { bucket: bucket.to_owned(), key: key.to_owned(), keeping, object }))
        })?;
        let outcome = outcome.and_then(|changed| changed.object.ok_or(StoreError::NoSuchBucket));
        Ok(Unsettled { until, outcome })
    }

    /// An object without its bytes.
    pub fn object(&self, bucket: &str, key: &str) -> Result<Arc<Object>, StoreError> {
        let object = self.find(|index| index.bucket(bucket)?.current(key).cloned())?;
        self.settle(object.revision)?;
        Ok(object)
    }

    /// An object if it is there and durable already, so that [`Self::object`] would not wait.
    pub fn object_now(&self, bucket: &str, key: &str) -> Option<Arc<Object>> {
        let object = self.index().buckets.get(bucket)?.objects.get(key).cloned()?;
        self.logs.journal.last().is_some_and(|last| last.get() >= object.revision).then_some(object)
    }

    /// Reads bytes `range` of an object.
    pub fn reader(&self, object: &Object, range: Range<u64>) -> Reader {
        Reader::new(Arc::clone(&self.logs), object, range)
    }

    /// Deletes objects, whatever they are; those that aren't there are no error. In a bucket that keeps versions each
    /// key gets a delete marker, whose version is returned. The precondition is one on the newest version, be it a delete
    /// marker.
    pub fn delete(
        &self,
        bucket: &str,
        keys: &[String],
        owner: &str,
        precondition: &Precondition,
    ) -> Result<Option<String>, StoreError> {
        self.delete_with(bucket, keys, owner, precondition, None)
    }

    /// As [`Self::delete`], with what is to be written together with it.
    pub(crate) fn delete_with(
        &self,
        bucket: &str,
        keys: &[String],
        owner: &str,
        precondition: &Precondition,
        along: Option<Along>,
    ) -> Result<Option<String>, StoreError> {
        let mut kept = Keeping::One;
        let changed = self.change_with(&[], along, |index| {
            let found = index.bucket(bucket)?;
            for key in keys {
                precondition.check(found.newest(key))?;
            }
            let keeping = found.keeping();
            kept = keeping;
            let is_there = |key: &&String| keeping != Keeping::One || found.objects.contains_key(*key);
            let mut keys: Vec<_> = keys.iter().filter(is_there).cloned().collect();
            keys.sort();
            keys.dedup();
            let (bucket, owner) = (bucket.to_owned(), if keeping == Keeping::One { "" } else { owner }.to_owned());
            Ok((!keys.is_empty()).then_some(Event::ObjectsDeleted { bucket, keys, keeping, owner }))
        })?;
        Ok(match kept {
            Keeping::One => None,
            Keeping::All => changed.sequence.map(version_id),
            Keeping::Null => changed.sequence.map(|_| NULL_VERSION.to_owned()),
        })
    }

    /// A page of a bucket's objects.
    pub fn list(&self, bucket: &str, query: &ListingQuery) -> Result<Listing<Arc<Object>>, StoreError> {
        let index = self.index();
        let listing = list(&index.bucket(bucket)?.objects, query);
        let last = index.last;
        drop(index);
        self.settle(last)?;
        Ok(listing)
    }

    /// [`Self::list`] if all of the bucket's objects are durable already, so that it would not wait. Nothing if there is no such bucket.
    pub fn list_now(&self, bucket: &str, query: &ListingQuery) -> Option<Listing<Arc<Object>>> {
        // Nobody who has the index for long is waited for.
        let index = self.index.try_read().ok()?;
        if self.logs.journal.last().map_or(0, Sequence::get) < index.last {
            return None;
        }
        Some(list(&index.buckets.get(bucket)?.objects, query))
    }

    pub(super) fn next_upload(&self) -> u64 {
        self.uploads.fetch_add(1, Ordering::Relaxed) + 1
    }
}
