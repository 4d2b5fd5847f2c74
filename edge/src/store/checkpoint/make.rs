//! From the index to a checkpoint's file, while others write.
//!
//! The index is locked for moments: it is walked some hundred keys at a time. What changed meanwhile is written once more,
//! and what changed during that again, until so little is left that the rest is done while nobody writes. So the file is
//! the index as it was at one event.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use super::block::{BlockWriter, Kind, damaged};
use super::code::{Encoder, KeyState, json, number, text};
use super::{BucketRecord, UploadRecord};
use crate::store::error::StoreError;
use crate::store::index::{Bucket, Index};
use crate::store::objects::ObjectStore;
use crate::store::touched::Touched;

/// Keys that are looked at while the index is locked.
const SLICE_KEYS: usize = 500;

/// Bytes that are written together.
const BLOCK_BYTES: usize = 256 << 10;

/// So few changes are written while nobody else may make any.
const FEW: usize = 500;

/// How often what changed is written again before the rest is, however much it is.
const MOST_ROUNDS: usize = 6;

/// Writes blocks of one kind and bucket, each as full as it may be.
struct Blocks {
    writer: BlockWriter,
    encoder: Encoder,
    kind: Kind,
    bucket: String,
    bytes: Vec<u8>,
}

impl Blocks {
    /// The block for something of that kind in that bucket.
    fn block(&mut self, kind: Kind, bucket: &str) -> Result<&mut Vec<u8>, StoreError> {
        if (self.kind, self.bucket.as_str()) != (kind, bucket) || self.bytes.len() >= BLOCK_BYTES {
            self.flush()?;
            self.kind = kind;
            bucket.clone_into(&mut self.bucket);
            text(&mut self.bytes, bucket);
        }
        Ok(&mut self.bytes)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if !self.bytes.is_empty() {
            self.writer.write(self.kind, &self.bytes)?;
            self.bytes.clear();
        }
        // Whatever comes next begins a block.
        self.kind = Kind::End;
        Ok(())
    }

    fn key(&mut self, kind: Kind, bucket: &str, key: &str, state: &KeyState) -> Result<(), StoreError> {
        self.block(kind, bucket)?;
        self.encoder.key(&mut self.bytes, key, state).map_err(|error| damaged(&error.to_string()))
    }

    fn upload(
        &mut self,
        kind: Kind,
        bucket: &str,
        (key, upload): (&str, &str),
        record: Option<&UploadRecord>,
    ) -> Result<(), StoreError> {
        let block = self.block(kind, bucket)?;
        text(block, key);
        text(block, upload);
        json(block, &record).map_err(|error| damaged(&error.to_string()))
    }

    /// What these are now; what is no more is nothing.
    fn again(&mut self, touched: Vec<Now>) -> Result<(), StoreError> {
        for now in touched {
            match now {
                Now::Key(bucket, key, state) => self.key(Kind::KeysAgain, &bucket, &key, &state)?,
                Now::Upload(bucket, key, upload, record) => {
                    self.upload(Kind::UploadsAgain, &bucket, (&key, &upload), record.as_deref())?;
                }
            }
        }
        Ok(())
    }
}

/// What something is at the moment.
enum Now {
    Key(String, String, KeyState),
    Upload(String, String, String, Option<Box<UploadRecord>>),
}

/// Writes the index to a draft; returns the event that it is the index of too. The caller sees to it that no other one is
/// made meanwhile.
pub(super) fn make(store: &ObjectStore, draft: &Path) -> Result<(u64, BlockWriter), StoreError> {
    let _watching = Watching::begin(store);
    let writer = BlockWriter::create(draft, store.logs.journal.id())?;
    let mut blocks =
        Blocks { writer, encoder: Encoder::default(), kind: Kind::End, bucket: String::new(), bytes: vec![] };
    let names: Vec<String> = store.index().buckets.keys().cloned().collect();
    for name in names {
        walk_keys(store, &name, &mut blocks)?;
        walk_uploads(store, &name, &mut blocks)?;
    }
    for _ in 0..MOST_ROUNDS {
        let touched = {
            let mut index = store.index.write().unwrap_or_else(PoisonError::into_inner);
            let Some(touched) = index.touched.as_mut().filter(|touched| touched.len() > FEW) else { break };
            std::mem::take(touched)
        };
        for slice in slices(touched) {
            let now = look(&store.index(), slice)?;
            blocks.again(now)?;
            std::thread::yield_now();
        }
    }
    let (last, now, buckets) = {
        let mut index = store.index.write().unwrap_or_else(PoisonError::into_inner);
        let touched = index.touched.take().unwrap_or_default();
        let buckets: Vec<_> = index.buckets.iter().map(|(name, bucket)| BucketRecord::of(name, bucket)).collect();
        (index.last, look(&index, touched)?, buckets)
    };
    blocks.again(now)?;
    blocks.flush()?;
    let mut bytes = vec![];
    json(&mut bytes, &buckets).map_err(|error| damaged(&error.to_string()))?;
    blocks.writer.write(Kind::Buckets, &bytes)?;
    let mut bytes = vec![];
    number(&mut bytes, last);
    blocks.writer.write(Kind::End, &bytes)?;
    Ok((last, blocks.writer))
}

/// While this exists changes are taken down.
struct Watching<'a>(&'a ObjectStore);

impl<'a> Watching<'a> {
    fn begin(store: &'a ObjectStore) -> Self {
        store.index.write().unwrap_or_else(PoisonError::into_inner).touched = Some(Touched::default());
        Self(store)
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.index.write().unwrap_or_else(PoisonError::into_inner).touched = None;
    }
}

fn walk_keys(store: &ObjectStore, bucket: &str, blocks: &mut Blocks) -> Result<(), StoreError> {
    let mut from = Bound::Unbounded;
    loop {
        let states = {
            let index = store.index();
            // It may be gone.
            let Some(found) = index.buckets.get(bucket) else { return Ok(()) };
            let range = (from, Bound::Unbounded);
            let current = found.objects.range::<String, _>(range.clone()).take(SLICE_KEYS);
            let mut states: BTreeMap<String, KeyState> = BTreeMap::new();
            for (key, object) in current {
                states.insert(key.clone(), KeyState { current: Some(Arc::clone(object)), history: None });
            }
            let is_last = states.len() < SLICE_KEYS;
            let end = states.last_key_value().map(|(key, _)| key.clone());
            let mut stopped = None;
            for (kept, (key, versions)) in found.history.range::<String, _>(range).enumerate() {
                if !is_last && end.as_ref().is_some_and(|end| key > end) {
                    break;
                }
                if kept == SLICE_KEYS {
                    stopped = Some(key.clone());
                    break;
                }
                states.entry(key.clone()).or_default().history = Some(versions.clone());
            }
            if let Some(stopped) = &stopped {
                states.retain(|key, _| key < stopped);
            }
            let next = states.last_key_value().map(|(key, _)| key.clone());
            from = match next {
                Some(next) if !is_last || stopped.is_some() => Bound::Excluded(next),
                _ => Bound::Unbounded,
            };
            states
        };
        for (key, state) in &states {
            blocks.key(Kind::Keys, bucket, key, &checked(state)?)?;
        }
        // Requests wait for a core no longer than a slice takes.
        std::thread::yield_now();
        if from == Bound::Unbounded {
            return Ok(());
        }
    }
}

/// The current object of a key with several versions is the last of them.
fn checked(state: &KeyState) -> Result<KeyState, StoreError> {
    let last = state.history.as_ref().and_then(|versions| versions.last());
    let agrees = match (&state.current, &state.history) {
        (Some(current), Some(_)) => last.is_some_and(|last| Arc::ptr_eq(last, current)),
        _ => true,
    };
    if agrees { Ok(state.clone()) } else { Err(damaged("a key's object is not its last version")) }
}

fn walk_uploads(store: &ObjectStore, bucket: &str, blocks: &mut Blocks) -> Result<(), StoreError> {
    let mut from = Bound::Unbounded;
    loop {
        // An upload may have 10,000 parts.
        let next = {
            let index = store.index();
            let Some(found) = index.buckets.get(bucket) else { return Ok(()) };
            let mut range = found.uploads.range::<(String, String), _>((from, Bound::Unbounded));
            range.next().map(|(name, upload)| (name.clone(), UploadRecord::of(upload)))
        };
        let Some(((key, upload), record)) = next else { return Ok(()) };
        blocks.upload(Kind::Uploads, bucket, (&key, &upload), Some(&record))?;
        from = Bound::Excluded((key, upload));
    }
}

/// What was touched, some at a time.
fn slices(touched: Touched) -> impl Iterator<Item = Touched> {
    let Touched { keys, uploads } = touched;
    let (mut keys, mut uploads) = (keys.into_iter(), uploads.into_iter());
    std::iter::from_fn(move || {
        let slice =
            Touched { keys: keys.by_ref().take(SLICE_KEYS).collect(), uploads: uploads.by_ref().take(8).collect() };
        (slice.len() > 0).then_some(slice)
    })
}

fn look(index: &Index, touched: Touched) -> Result<Vec<Now>, StoreError> {
    let mut found = Vec::with_capacity(touched.len());
    for (bucket, key) in touched.keys {
        let there: Option<&Bucket> = index.buckets.get(&bucket);
        let state = KeyState {
            current: there.and_then(|bucket| bucket.objects.get(&key)).cloned(),
            history: there.and_then(|bucket| bucket.history.get(&key)).cloned(),
        };
        found.push(Now::Key(bucket, key, checked(&state)?));
    }
    for (bucket, key, upload) in touched.uploads {
        let record = index.upload(&bucket, &key, &upload).ok().map(|upload| Box::new(UploadRecord::of(upload)));
        found.push(Now::Upload(bucket, key, upload, record));
    }
    Ok(found)
}
