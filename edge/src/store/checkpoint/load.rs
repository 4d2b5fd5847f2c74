//! From a checkpoint's file to the index.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use nano_woof::LogId;

use super::block::{BlockReader, Kind, damaged};
use super::code::{Decoder, KeyState, take_json, take_number, take_text};
use super::{BucketRecord, UploadRecord};
use crate::store::error::StoreError;
use crate::store::hold::Held;
use crate::store::index::{Bucket, Index, Upload};
use crate::store::object::{Attributes, Object};

/// Blocks that may wait between the thread that reads them and the one that makes the index of them.
const MOST_WAITING: usize = 4;

/// A block, decoded.
enum Content {
    Keys(String, Vec<(String, KeyState)>),
    KeysAgain(String, Vec<(String, KeyState)>),
    Uploads(String, Vec<((String, String), Option<Upload>)>),
    Buckets(Vec<BucketRecord>),
    End { position: u64 },
}

/// What is in one bucket.
#[derive(Default)]
struct Contents {
    /// Ascending.
    objects: Vec<(String, Arc<Object>)>,
    history: BTreeMap<String, Vec<Arc<Object>>>,
    uploads: BTreeMap<(String, String), Upload>,
    /// In place of the others.
    again: Vec<(String, KeyState)>,
}

/// The index in a checkpoint. One thread reads, checks and decodes the blocks; the other puts them together.
pub(super) fn load(path: &Path, journal: LogId, position: u64) -> Result<Index, StoreError> {
    let mut reader = BlockReader::open(path, journal)?;
    let held = Held::default();
    let mut decoder = Decoder::new(&held);
    let (blocks, waiting) = mpsc::sync_channel(MOST_WAITING);
    let counts = held.clone();
    thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<Vec<Arc<Attributes>>, StoreError> {
            while let Some((kind, bytes)) = reader.next()? {
                let content = decode(&mut decoder, kind, &bytes, &held);
                let content = content.ok_or_else(|| damaged("a block makes no sense"))?;
                if blocks.send(content).is_err() {
                    break;
                }
            }
            Ok(decoder.known())
        });
        let index = assemble(waiting, position, counts);
        let known = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let mut index = index?;
        index.shared.extend(known.into_iter().take(crate::store::index::MOST_SHARED / 2));
        Ok(index)
    })
}

fn decode(decoder: &mut Decoder, kind: Kind, mut bytes: &[u8], held: &Held) -> Option<Content> {
    let rest = &mut bytes;
    let content = match kind {
        Kind::Keys | Kind::KeysAgain => {
            let bucket = take_text(rest)?;
            let mut keys = vec![];
            while !rest.is_empty() {
                keys.push(decoder.key(rest)?);
            }
            if kind == Kind::Keys { Content::Keys(bucket, keys) } else { Content::KeysAgain(bucket, keys) }
        }
        Kind::Uploads | Kind::UploadsAgain => {
            let bucket = take_text(rest)?;
            let mut uploads = vec![];
            while !rest.is_empty() {
                let (key, upload) = (take_text(rest)?, take_text(rest)?);
                let record: Option<UploadRecord> = take_json(rest)?;
                uploads.push(((key, upload), record.map(|record| record.upload(held))));
            }
            Content::Uploads(bucket, uploads)
        }
        Kind::Buckets => Content::Buckets(take_json(rest)?),
        Kind::End => Content::End { position: take_number(rest)? },
    };
    rest.is_empty().then_some(content)
}

fn assemble(blocks: mpsc::Receiver<Content>, position: u64, held: Held) -> Result<Index, StoreError> {
    let mut contents: BTreeMap<String, Contents> = BTreeMap::new();
    let mut buckets = vec![];
    let mut end = None;
    for block in blocks {
        match block {
            Content::Keys(bucket, keys) => {
                let contents = contents.entry(bucket).or_default();
                for (key, state) in keys {
                    if let Some(object) = state.current {
                        contents.objects.push((key.clone(), object));
                    }
                    if let Some(history) = state.history {
                        contents.history.insert(key, history);
                    }
                }
            }
            Content::KeysAgain(bucket, keys) => contents.entry(bucket).or_default().again.extend(keys),
            Content::Uploads(bucket, uploads) => {
                let contents = contents.entry(bucket).or_default();
                for (name, upload) in uploads {
                    match upload {
                        Some(upload) => contents.uploads.insert(name, upload),
                        None => contents.uploads.remove(&name),
                    };
                }
            }
            Content::Buckets(found) => buckets = found,
            Content::End { position } => end = Some(position),
        }
    }
    // A block that could not be read is reported by who read it.
    let mut index = Index { last: position, held, ..Index::default() };
    if end != Some(position) {
        return if end.is_none() { Ok(index) } else { Err(damaged("it is another event's")) };
    }
    for record in buckets {
        let Contents { objects, history, uploads, again } = contents.remove(&record.name).unwrap_or_default();
        let BucketRecord { name, created_ms, region, owner, settings } = record;
        // Built at once of keys in order, not one by one.
        let mut objects: BTreeMap<_, _> = objects.into_iter().collect();
        let mut history = history;
        for (key, state) in again {
            match state.history {
                Some(versions) => history.insert(key.clone(), versions),
                None => history.remove(&key),
            };
            match state.current {
                Some(object) => objects.insert(key, object),
                None => objects.remove(&key),
            };
        }
        index.buckets.insert(name, Bucket { created_ms, region, owner, settings, objects, history, uploads });
    }
    Ok(index)
}
