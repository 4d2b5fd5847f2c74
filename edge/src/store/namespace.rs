//! Small durable values by key, for the edge's own use: functions, aliases, caches. No S3 client sees them.

use std::sync::Arc;

use bytes::Bytes;

use super::error::StoreError;
use super::index::{Listed, ListingQuery};
use super::object::{Attributes, Object};
use super::objects::{ObjectStore, Precondition};

/// Keys and values that are kept like objects: each change is an event in the journal, so it is durable when its
/// method returns. Values of up to 16 KiB cost one write; larger ones (code packages) are streamed to the blob log.
///
/// ```
/// # use std::sync::Arc;
/// # use nano_edge::store::{ObjectStore, StoreOptions, StoreError};
/// # let directory = tempfile::tempdir()?;
/// let store = Arc::new(ObjectStore::open(directory.path(), StoreOptions::default(), Arc::new(|| 1_000))?);
/// let functions = store.namespace("functions")?;
/// let first = functions.put("lights", b"{\"memory\":128}")?;
/// functions.replace("lights", b"{\"memory\":256}", first)?;
/// assert!(matches!(functions.replace("lights", b"late", first), Err(StoreError::PreconditionFailed)));
/// assert_eq!(functions.get("lights")?.unwrap().bytes, &b"{\"memory\":256}"[..]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Namespace {
    store: Arc<ObjectStore>,
    /// The bucket it is kept in. No S3 bucket begins with a dot.
    bucket: String,
}

/// A value and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub bytes: Bytes,
    /// Changes whenever the value does; for [`Namespace::replace`].
    pub revision: u64,
    /// When it was put, Unix time.
    pub modified_ms: u64,
}

impl ObjectStore {
    /// The namespace of that name, made if it is missing.
    pub fn namespace(self: &Arc<Self>, name: &str) -> Result<Namespace, StoreError> {
        let bucket = format!(".{name}");
        match self.create_bucket(&bucket, "") {
            Ok(()) | Err(StoreError::BucketExists) => Ok(Namespace { store: Arc::clone(self), bucket }),
            Err(error) => Err(error),
        }
    }
}

impl Namespace {
    /// The bucket that it is kept in.
    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Sets a value; returns its revision.
    pub fn put(&self, key: &str, value: &[u8]) -> Result<u64, StoreError> {
        self.write(key, value, &Precondition::None)
    }

    /// Sets a value that must not exist, or says [`StoreError::PreconditionFailed`].
    pub fn create(&self, key: &str, value: &[u8]) -> Result<u64, StoreError> {
        self.write(key, value, &Precondition::Absent)
    }

    /// Sets a value that must still be of `revision`, or says [`StoreError::PreconditionFailed`]
    /// ([`StoreError::NoSuchKey`] when it is gone).
    pub fn replace(&self, key: &str, value: &[u8], revision: u64) -> Result<u64, StoreError> {
        self.write(key, value, &Precondition::Revision(revision))
    }

    fn write(&self, key: &str, value: &[u8], precondition: &Precondition) -> Result<u64, StoreError> {
        let mut writer = self.store.writer();
        writer.write(value)?;
        let content = writer.finish()?;
        let object = self.store.put(&self.bucket, key, content, Attributes::default(), precondition)?;
        Ok(object.revision)
    }

    /// A value, if it is there.
    pub fn get(&self, key: &str) -> Result<Option<Value>, StoreError> {
        match self.store.object(&self.bucket, key) {
            Ok(object) => self.read(&object).map(Some),
            Err(StoreError::NoSuchKey) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self, object: &Object) -> Result<Value, StoreError> {
        let bytes = self.store.reader(object, 0..object.length).read_to_end()?;
        Ok(Value { bytes, revision: object.revision, modified_ms: object.modified_ms })
    }

    /// Removes a value; whether it was there.
    pub fn delete(&self, key: &str) -> Result<bool, StoreError> {
        match self.store.delete(&self.bucket, &[key.to_owned()], "", &Precondition::Exists) {
            Ok(_) => Ok(true),
            Err(StoreError::NoSuchKey) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes the oldest values, so that no more than `most` are left; how many.
    pub(crate) fn keep_newest(&self, most: usize) -> Result<usize, StoreError> {
        let query = ListingQuery { limit: usize::MAX, ..ListingQuery::default() };
        let found = self.store.list(&self.bucket, &query)?.found;
        let mut all: Vec<(u64, String)> = found
            .into_iter()
            .filter_map(|one| if let Listed::Item(key, object) = one { Some((object.revision, key)) } else { None })
            .collect();
        all.sort_unstable();
        all.truncate(all.len().saturating_sub(most));
        let keys: Vec<String> = all.into_iter().map(|(_, key)| key).collect();
        for keys in keys.chunks(1000) {
            self.store.delete(&self.bucket, keys, "", &Precondition::None)?;
        }
        Ok(keys.len())
    }

    /// All keys that begin with `prefix`, ascending.
    pub fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let query = ListingQuery { prefix: prefix.to_owned(), limit: usize::MAX, ..ListingQuery::default() };
        let found = self.store.list(&self.bucket, &query)?.found;
        Ok(found.into_iter().filter_map(|f| if let Listed::Item(key, _) = f { Some(key) } else { None }).collect())
    }

    /// All keys that begin with `prefix`, ascending, with their values.
    pub fn entries(&self, prefix: &str) -> Result<Vec<(String, Value)>, StoreError> {
        let query = ListingQuery { prefix: prefix.to_owned(), limit: usize::MAX, ..ListingQuery::default() };
        let mut entries = vec![];
        for found in self.store.list(&self.bucket, &query)?.found {
            if let Listed::Item(key, object) = found {
                entries.push((key, self.read(&object)?));
            }
        }
        Ok(entries)
    }
}
