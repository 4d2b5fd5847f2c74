//! What exists, in memory: derived from the journal's events and nothing else.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use super::error::StoreError;
use super::event::{Event, PartRecord};
use super::hold::Held;
use super::object::{Attributes, Object, ObjectRecord, Piece};
use super::touched::Touched;

/// Attributes that are remembered, so that whoever has the same ones shares them.
pub(super) const MOST_SHARED: usize = 4096;

/// All buckets, those of namespaces included.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub buckets: BTreeMap<String, Bucket>,
    /// Sequence of the last event applied. It may not be durable yet.
    pub last: u64,
    /// Who refers to which records of the logs.
    pub held: Held,
    /// What changes, while somebody wants to know.
    pub touched: Option<Touched>,
    /// Attributes that objects share.
    pub shared: HashSet<Arc<Attributes>>,
}

#[derive(Debug)]
pub(super) struct Bucket {
    pub created_ms: u64,
    pub region: String,
    pub owner: String,
    /// What is configured, by name, in whatever form the one who configured it reads.
    pub settings: BTreeMap<String, String>,
    /// What a key is now.
    pub objects: BTreeMap<String, Arc<Object>>,
    /// All versions of the keys that have, or had, more than the one in `objects`, that one included; oldest first.
    pub history: BTreeMap<String, Vec<Arc<Object>>>,
    /// By key and upload id, the order in which they are listed.
    pub uploads: BTreeMap<(String, String), Upload>,
}

#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub created_ms: u64,
    pub attributes: Attributes,
    pub parts: BTreeMap<u16, StoredPart>,
}

#[derive(Debug, Clone)]
pub(super) struct StoredPart {
    pub record: PartRecord,
    pub modified_ms: u64,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketInfo {
    /// Its name.
    pub name: String,
    /// When it was made, Unix time.
    pub created_ms: u64,
    /// The region it was made for.
    pub region: String,
    /// Id of the user whose it is; empty without users.
    pub owner: String,
}

/// A multipart upload that is not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadInfo {
    /// The key it is for.
    pub key: String,
    /// Its id.
    pub upload: String,
    /// When it was begun, Unix time.
    pub created_ms: u64,
    /// What was said about the object.
    pub attributes: Attributes,
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ListingQuery {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Keys that have this after the prefix are listed together, by what they have up to and including it.
    pub delimiter: Option<String>,
    /// Only what comes after this. A common prefix that was listed is passed over with all its keys.
    pub after: Option<String>,
    /// No more than this many keys and common prefixes.
    pub limit: usize,
}

/// Something that was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed<T> {
    /// A key and what it is.
    Item(String, T),
    /// What several keys begin with.
    Prefix(String),
}

/// A page of a listing.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// In ascending order of UTF-8.
    pub found: Vec<Listed<T>>,
    /// What to go on after, when there is more.
    pub next: Option<String>,
}

impl Index {
    pub fn bucket(&self, name: &str) -> Result<&Bucket, StoreError> {
        self.buckets.get(name).ok_or(StoreError::NoSuchBucket)
    }

    pub fn upload(&self, bucket: &str, key: &str, upload: &str) -> Result<&Upload, StoreError> {
        let found = self.bucket(bucket)?.uploads.get(&(key.to_owned(), upload.to_owned()));
        found.ok_or(StoreError::NoSuchUpload)
    }

    /// Takes down what an event changes, if somebody wants to know.
    fn note(&mut self, event: &Event) {
        let Some(touched) = &mut self.touched else { return };
        touched.note(event);
        if let Event::BucketDeleted { bucket } = event
            && let Some(found) = self.buckets.get(bucket)
        {
            found.uploads.keys().for_each(|(key, upload)| touched.upload(bucket, key, upload));
        }
    }

    /// Objects and versions that there are, as many as must be written for a checkpoint.
    pub fn size(&self) -> usize {
        self.buckets.values().map(|bucket| bucket.objects.len() + bucket.history.len()).sum()
    }

    /// Applies the event at `sequence`; bytes behind it in its record begin at `offset`. Returns the object that it
    /// made, if any. An event about something that doesn't exist changes nothing: none is written.
    pub fn apply(&mut self, event: Event, sequence: u64, timestamp_ms: u64, offset: u64) -> Option<Arc<Object>> {
        self.last = sequence;
        self.note(&event);
        let held = self.held.clone();
        let resolve = |pieces: &mut [Piece]| pieces.iter_mut().for_each(|piece| piece.resolve(sequence, offset, &held));
        let shared = &mut self.shared;
        let mut object = |mut record: ObjectRecord| {
            resolve(&mut record.pieces);
            let mut object = Object::from_record(record, sequence, timestamp_ms);
            share(shared, &mut object.attributes);
            object
        };
        match event {
            Event::BucketCreated { bucket, region, owner } => {
                self.buckets.entry(bucket).or_insert(Bucket {
                    created_ms: timestamp_ms,
                    region,
                    owner,
                    settings: BTreeMap::new(),
                    objects: BTreeMap::new(),
                    history: BTreeMap::new(),
                    uploads: BTreeMap::new(),
                });
            }
            Event::BucketConfigured { bucket, setting, value } => {
                let settings = &mut self.buckets.get_mut(&bucket)?.settings;
                match value {
                    Some(value) => settings.insert(setting, value),
                    None => settings.remove(&setting),
                };
            }
            Event::BucketDeleted { bucket } => {
                self.buckets.remove(&bucket);
            }
            Event::ObjectPut { bucket, key, keeping, object: record } => {
                let made = object(record);
                return Some(self.buckets.get_mut(&bucket)?.put(key, made, keeping));
            }
            Event::ObjectsDeleted { bucket, keys, keeping, owner } => {
                let bucket = self.buckets.get_mut(&bucket)?;
                let marker = Object::delete_marker(sequence, timestamp_ms, owner);
                for key in keys {
                    bucket.delete(&key, &marker, keeping);
                }
            }
            Event::VersionsDeleted { bucket, versions } => {
                let bucket = self.buckets.get_mut(&bucket)?;
                for (key, version) in versions {
                    bucket.delete_version(&key, &version);
                }
            }
            Event::ObjectChanged { bucket, key, version, change } => {
                return self.buckets.get_mut(&bucket)?.change(&key, &version, change, sequence);
            }
            Event::UploadCreated { bucket, key, upload, attributes } => {
                if let Some(bucket) = self.buckets.get_mut(&bucket) {
                    let begun = Upload { created_ms: timestamp_ms, attributes, parts: BTreeMap::new() };
                    bucket.uploads.insert((key, upload), begun);
                }
            }
            Event::PartPut { bucket, key, upload, part: mut record } => {
                resolve(&mut record.pieces);
                let found = self.buckets.get_mut(&bucket).and_then(|b| b.uploads.get_mut(&(key, upload)));
                if let Some(found) = found {
                    let number = record.part.number;
                    found.parts.insert(number, StoredPart { record, modified_ms: timestamp_ms });
                }
            }
            Event::UploadCompleted { bucket, key, upload, keeping, object: record } => {
                let made = object(record);
                let bucket = self.buckets.get_mut(&bucket)?;
                let made = bucket.put(key.clone(), made, keeping);
                bucket.uploads.remove(&(key, upload));
                return Some(made);
            }
            Event::PiecesMoved { moves } => {
                for mut moved in moves {
                    resolve(&mut moved.pieces);
                    if let Some(bucket) = self.buckets.get_mut(&moved.bucket) {
                        bucket.move_pieces(&moved.key, &moved.of, moved.pieces);
                    }
                }
            }
            Event::Together { events } => {
                let mut events = events.into_iter();
                let made = self.apply(events.next()?, sequence, timestamp_ms, offset);
                for event in events {
                    let _ = self.apply(event, sequence, timestamp_ms, offset);
                }
                return made;
            }
            Event::UploadAborted { bucket, key, upload } => {
                if let Some(bucket) = self.buckets.get_mut(&bucket) {
                    bucket.uploads.remove(&(key, upload));
                }
            }
        }
        None
    }
}

/// Makes attributes those of the objects of which the same was said. What is said of one object alone is not remembered.
pub(super) fn share(shared: &mut HashSet<Arc<Attributes>>, attributes: &mut Arc<Attributes>) {
    if !attributes.checksums.is_empty() || attributes.upload.is_some() || attributes.encryption.is_some() {
        return;
    }
    if let Some(known) = shared.get(attributes) {
        *attributes = Arc::clone(known);
        return;
    }
    if shared.len() >= MOST_SHARED {
        shared.clear();
    }
    shared.insert(Arc::clone(attributes));
}

/// Lists a sorted map by key. Common prefixes are skipped over, not walked through.
pub(super) fn list<T: Clone>(objects: &BTreeMap<String, T>, query: &ListingQuery) -> Listing<T> {
    let mut listing = Listing { found: vec![], next: None };
    let prefix = query.prefix.as_str();
    let delimiter = query.delimiter.as_deref().filter(|d| !d.is_empty());
    let mut from = match query.after.as_deref() {
        Some(after) if after >= prefix => {
            let listed = rolled_up(after, prefix, delimiter).filter(|rolled| *rolled == after);
            listed.map_or_else(|| Some(Bound::Excluded(after.to_owned())), after_prefix)
        }
        _ => Some(Bound::Included(prefix.to_owned())),
    };
    let mut last = String::new();
    while let Some(start) = from.take() {
        let mut range = objects.range((start, Bound::Unbounded));
        for (key, item) in range.by_ref() {
            if !key.starts_with(prefix) {
                return listing;
            }
            if listing.found.len() >= query.limit {
                listing.next = (query.limit > 0).then_some(last);
                return listing;
            }
            if let Some(rolled) = rolled_up(key, prefix, delimiter) {
                rolled.clone_into(&mut last);
                listing.found.push(Listed::Prefix(rolled.to_owned()));
                from = after_prefix(rolled);
                break;
            }
            key.clone_into(&mut last);
            listing.found.push(Listed::Item(key.clone(), item.clone()));
        }
    }
    listing
}

/// The common prefix that `key` is listed under, if any.
pub(super) fn rolled_up<'a>(key: &'a str, prefix: &str, delimiter: Option<&str>) -> Option<&'a str> {
    let delimiter = delimiter?;
    let at = key.strip_prefix(prefix)?.find(delimiter)?;
    key.get(..prefix.len() + at + delimiter.len())
}

/// Where the first key can be that does not begin with `prefix` and comes after those that do; nowhere if there is none.
pub(super) fn after_prefix(prefix: &str) -> Option<Bound<String>> {
    let mut prefix = prefix.to_owned();
    while let Some(last) = prefix.pop() {
        // The next scalar value; surrogates are not.
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            prefix.push(next);
            return Some(Bound::Included(prefix));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(keys: &[&str], query: &ListingQuery) -> (Vec<String>, Option<String>) {
        let objects = keys.iter().map(|key| ((*key).to_owned(), ())).collect();
        let listing = list(&objects, query);
        let names = listing.found.into_iter().map(|found| match found {
            Listed::Item(key, ()) => key,
            Listed::Prefix(prefix) => format!("{prefix}*"),
        });
        (names.collect(), listing.next)
    }

    fn all(keys: &[&str], prefix: &str, delimiter: Option<&str>, limit: usize) -> Vec<String> {
        let mut query =
            ListingQuery { prefix: prefix.into(), delimiter: delimiter.map(Into::into), after: None, limit };
        let mut found = vec![];
        loop {
            let (names, next) = page(keys, &query);
            assert!(names.len() <= limit);
            found.extend(names);
            match next {
                Some(next) => query.after = Some(next),
                None => return found,
            }
        }
    }

    #[test]
    fn keys_and_common_prefixes_in_pages_of_every_size() {
        let keys =
            ["a", "b/1", "b/2", "b/c/3", "b0", "c/", "c/\u{10FFFF}", "c/\u{10FFFF}x", "d", "é/x", "\u{10FFFF}/z"];
        for limit in 1..12 {
            assert_eq!(all(&keys, "", None, limit), keys);
            assert_eq!(all(&keys, "", Some("/"), limit), ["a", "b/*", "b0", "c/*", "d", "é/*", "\u{10FFFF}/*"]);
            assert_eq!(all(&keys, "b/", Some("/"), limit), ["b/1", "b/2", "b/c/*"]);
            assert_eq!(all(&keys, "b", Some("/"), limit), ["b/*", "b0"]);
            assert_eq!(all(&keys, "c/", Some("\u{10FFFF}"), limit), ["c/", "c/\u{10FFFF}*"]);
            assert!(all(&keys, "zz", Some("/"), limit).is_empty());
        }
    }

    #[test]
    fn a_page_of_nothing_is_not_truncated() {
        let query = ListingQuery { limit: 0, ..ListingQuery::default() };
        assert_eq!(page(&["a", "b"], &query), (vec![], None));
    }

    #[test]
    fn starting_within_a_common_prefix_lists_it_for_the_keys_that_follow() {
        let mut query = ListingQuery {
            delimiter: Some("/".into()),
            after: Some("a/b".into()),
            limit: 10,
            ..ListingQuery::default()
        };
        assert_eq!(page(&["a/a", "a/c", "b"], &query).0, ["a/*", "b"]);
        query.after = Some("a/".into());
        assert_eq!(page(&["a/a", "a/c", "b"], &query).0, ["b"]);
        query.prefix = "b".into();
        assert_eq!(page(&["a/a", "a/c", "b"], &query).0, ["b"]);
    }
}
