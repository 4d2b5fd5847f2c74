//! Versions of objects: kept, found, listed, deleted one by one.

use std::ops::Bound;
use std::sync::Arc;

use super::error::StoreError;
use super::event::{Change, Event, Keeping};
use super::index::{Bucket, Listed, after_prefix, rolled_up};
use super::object::{Object, version_id};
use super::objects::{ObjectStore, Precondition};
use super::together::Along;

/// What was deleted for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedVersion {
    /// Whether it was a delete marker.
    pub was_delete_marker: bool,
}

/// Which versions to list.
#[derive(Debug, Clone, Default)]
pub struct VersionsQuery {
    /// Only keys that begin with this.
    pub prefix: String,
    /// Keys that have this after the prefix are listed together.
    pub delimiter: Option<String>,
    /// Only keys after this one; with `after_version` also this one's older versions.
    pub after_key: Option<String>,
    /// Only what is older than this version of `after_key`.
    pub after_version: Option<String>,
    /// No more versions and common prefixes than this.
    pub limit: usize,
}

/// A page of versions.
#[derive(Debug, Clone)]
pub struct VersionsPage {
    /// By key, newest first; with each whether it is the latest of its key.
    pub found: Vec<Listed<(Arc<Object>, bool)>>,
    /// The key and version to go on after, when there is more. A common prefix has no version.
    pub next: Option<(String, Option<String>)>,
}

impl Bucket {
    /// What a key is now.
    pub fn current(&self, key: &str) -> Result<&Arc<Object>, StoreError> {
        if let Some(object) = self.objects.get(key) {
            return Ok(object);
        }
        match self.history.get(key).and_then(|versions| versions.last()) {
            Some(marker) => Err(StoreError::DeleteMarker { version: marker.version_name().to_owned(), asked: false }),
            None => Err(StoreError::NoSuchKey),
        }
    }

    /// The newest version of a key, be it a delete marker.
    pub fn newest(&self, key: &str) -> Option<&Object> {
        self.objects.get(key).or_else(|| self.history.get(key)?.last()).map(|object| &**object)
    }

    /// A version of a key, delete markers included.
    pub fn version(&self, key: &str, version: &str) -> Result<&Arc<Object>, StoreError> {
        let found = match self.history.get(key) {
            Some(versions) => versions.iter().find(|object| object.version_name() == version),
            None => self.objects.get(key).filter(|object| object.version_name() == version),
        };
        found.ok_or(StoreError::NoSuchVersion)
    }

    /// All versions of a key, oldest first.
    fn versions(&self, key: &str) -> Vec<Arc<Object>> {
        match self.history.get(key) {
            Some(versions) => versions.clone(),
            None => self.objects.get(key).cloned().into_iter().collect(),
        }
    }

    /// Makes `object` what the key is now.
    pub fn put(&mut self, key: String, mut object: Object, keeping: Keeping) -> Arc<Object> {
        if keeping == Keeping::All {
            object.version = Some(version_id(object.revision));
        }
        let object = Arc::new(object);
        self.keep(&key, &object, keeping);
        self.objects.insert(key, Arc::clone(&object));
        object
    }

    /// Deletes a key; what stays is a delete marker, if versions are kept.
    pub fn delete(&mut self, key: &str, marker: &Object, keeping: Keeping) {
        if keeping != Keeping::One {
            let version = (keeping == Keeping::All).then(|| version_id(marker.revision));
            self.keep(key, &Arc::new(Object { version, ..marker.clone() }), keeping);
        }
        self.objects.remove(key);
    }

    /// Puts a version behind the others of its key. Where there are no others it need not be kept twice.
    fn keep(&mut self, key: &str, object: &Arc<Object>, keeping: Keeping) {
        let current = self.objects.get(key).cloned();
        match keeping {
            Keeping::One => return,
            Keeping::All | Keeping::Null if current.is_none() && !self.history.contains_key(key) => {
                if object.is_delete_marker {
                    self.history.insert(key.to_owned(), vec![Arc::clone(object)]);
                }
                return;
            }
            Keeping::All | Keeping::Null => {}
        }
        let versions = self.history.entry(key.to_owned()).or_insert_with(|| current.into_iter().collect());
        if keeping == Keeping::Null {
            versions.retain(|version| version.version.is_some());
        }
        versions.push(Arc::clone(object));
        self.settle_history(key);
    }

    /// A key whose only version is its current one has no history.
    fn settle_history(&mut self, key: &str) {
        let Some(versions) = self.history.get(key) else { return };
        match versions.as_slice() {
            [] => {
                self.history.remove(key);
            }
            [only] if !only.is_delete_marker => {
                self.history.remove(key);
            }
            _ => {}
        }
    }

    /// Deletes one version for good.
    pub fn delete_version(&mut self, key: &str, version: &str) {
        let Some(versions) = self.history.get_mut(key) else {
            if self.objects.get(key).is_some_and(|object| object.version_name() == version) {
                self.objects.remove(key);
            }
            return;
        };
        versions.retain(|object| object.version_name() != version);
        match versions.last() {
            Some(newest) if !newest.is_delete_marker => {
                self.objects.insert(key.to_owned(), Arc::clone(newest));
            }
            _ => {
                self.objects.remove(key);
            }
        }
        self.settle_history(key);
    }

    /// Changes something about a version, as of the event of that sequence.
    pub fn change(&mut self, key: &str, version: &str, change: Change, sequence: u64) -> Option<Arc<Object>> {
        let mut object = Object::clone(self.version(key, version).ok()?);
        object.revision = sequence;
        let attributes = Arc::make_mut(&mut object.attributes);
        match change {
            Change::Tags(tags) => attributes.tags = tags,
            Change::Grants(grants) => attributes.grants = Some(grants),
            Change::Retention(retention) => attributes.retention = retention,
            Change::LegalHold(hold) => attributes.legal_hold = Some(hold),
            Change::StorageClass(class) => attributes.storage_class = class,
        }
        let object = Arc::new(object);
        self.replace_version(key, &object);
        Some(object)
    }

    /// Puts a version in the place of the one of its name, wherever that is.
    pub fn replace_version(&mut self, key: &str, object: &Arc<Object>) {
        let version = object.version_name();
        if let Some(current) = self.objects.get_mut(key).filter(|current| current.version_name() == version) {
            *current = Arc::clone(object);
        }
        let kept = self.history.get_mut(key).and_then(|v| v.iter_mut().find(|o| o.version_name() == version));
        if let Some(kept) = kept {
            *kept = Arc::clone(object);
        }
    }

    fn list_versions(&self, query: &VersionsQuery) -> VersionsPage {
        let mut page = VersionsPage { found: vec![], next: None };
        let prefix = query.prefix.as_str();
        let delimiter = query.delimiter.as_deref().filter(|d| !d.is_empty());
        let mut from = Some(Bound::Included(prefix.to_owned()));
        // Older versions of the key that the last page ended in come first.
        let mut rest_of = None;
        if let Some(after) = query.after_key.as_deref().filter(|after| *after >= prefix) {
            let listed = rolled_up(after, prefix, delimiter).filter(|rolled| *rolled == after);
            from = listed.map_or_else(|| Some(Bound::Excluded(after.to_owned())), after_prefix);
            rest_of = query.after_version.as_deref().filter(|_| listed.is_none()).map(|version| (after, version));
        }
        let mut last = None;
        if let Some((key, version)) = rest_of.filter(|(key, _)| key.starts_with(prefix)) {
            let versions = self.versions(key);
            let older = versions.iter().position(|object| object.version_name() == version).unwrap_or(0);
            let older = versions.get(..older).unwrap_or_default();
            if !push(&mut page, &mut last, key, older, false, query.limit) {
                return page;
            }
        }
        while let Some(start) = from.take() {
            let range = (start, Bound::Unbounded);
            let mut current = self.objects.range(range.clone()).map(|(key, _)| key).peekable();
            let mut kept = self.history.range(range).map(|(key, _)| key).peekable();
            loop {
                let key = match (current.peek(), kept.peek()) {
                    (Some(a), Some(b)) => (*a).min(*b),
                    (Some(key), None) | (None, Some(key)) => *key,
                    (None, None) => return page,
                };
                current.next_if_eq(&key);
                kept.next_if_eq(&key);
                if !key.starts_with(prefix) {
                    return page;
                }
                if let Some(rolled) = rolled_up(key, prefix, delimiter) {
                    if page.found.len() >= query.limit {
                        page.next = last.filter(|_| query.limit > 0);
                        return page;
                    }
                    page.found.push(Listed::Prefix(rolled.to_owned()));
                    last = Some((rolled.to_owned(), None));
                    from = after_prefix(rolled);
                    break;
                }
                if !push(&mut page, &mut last, key, &self.versions(key), true, query.limit) {
                    return page;
                }
            }
        }
        page
    }
}

/// Lists versions of a key, newest first; whether there was room for all.
fn push(
    page: &mut VersionsPage,
    last: &mut Option<(String, Option<String>)>,
    key: &str,
    versions: &[Arc<Object>],
    with_latest: bool,
    limit: usize,
) -> bool {
    for (position, object) in versions.iter().rev().enumerate() {
        if page.found.len() >= limit {
            page.next = last.take().filter(|_| limit > 0);
            return false;
        }
        page.found.push(Listed::Item(key.to_owned(), (Arc::clone(object), with_latest && position == 0)));
        *last = Some((key.to_owned(), Some(object.version_name().to_owned())));
    }
    true
}

impl ObjectStore {
    /// A version of an object, or what the key is now; a delete marker is an error.
    pub fn version(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Arc<Object>, StoreError> {
        let Some(version) = version else { return self.object(bucket, key) };
        let object = self.find(|index| {
            let object = index.bucket(bucket)?.version(key, version)?;
            if object.is_delete_marker {
                return Err(StoreError::DeleteMarker { version: version.to_owned(), asked: true });
            }
            Ok(Arc::clone(object))
        })?;
        self.settle(object.revision)?;
        Ok(object)
    }

    /// A version of an object or what the key is now, durable or about to be. Does not wait.
    pub fn version_now(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Arc<Object>, StoreError> {
        let index = self.index();
        let bucket = index.bucket(bucket)?;
        version.map_or_else(|| bucket.current(key), |version| bucket.version(key, version)).cloned()
    }

    /// Deletes versions for good, each or none of it. Those that aren't there are no error.
    pub fn delete_versions(
        &self,
        bucket: &str,
        versions: &[(String, String)],
        precondition: &Precondition,
        bypass: bool,
    ) -> Result<Vec<Result<DeletedVersion, StoreError>>, StoreError> {
        self.delete_versions_with(bucket, versions, precondition, bypass, None)
    }

    /// As [`Self::delete_versions`], with what is to be written together with it.
    pub(crate) fn delete_versions_with(
        &self,
        bucket: &str,
        versions: &[(String, String)],
        precondition: &Precondition,
        bypass: bool,
        along: Option<Along>,
    ) -> Result<Vec<Result<DeletedVersion, StoreError>>, StoreError> {
        let now = (self.clock)();
        let mut outcomes = vec![];
        self.change_with(&[], along, |index| {
            let found = index.bucket(bucket)?;
            let mut deleted = vec![];
            for (key, version) in versions {
                outcomes.push(match found.version(key, version) {
                    Ok(object) if object.is_locked(now, bypass) => Err(StoreError::Locked),
                    Ok(object) => precondition.check(Some(object)).map(|()| {
                        deleted.push((key.clone(), version.clone()));
                        DeletedVersion { was_delete_marker: object.is_delete_marker }
                    }),
                    Err(_) => match precondition.check(None) {
                        Ok(()) => Ok(DeletedVersion { was_delete_marker: false }),
                        Err(error) => Err(error),
                    },
                });
            }
            let bucket = bucket.to_owned();
            Ok((!deleted.is_empty()).then_some(Event::VersionsDeleted { bucket, versions: deleted }))
        })?;
        Ok(outcomes)
    }

    /// Changes something about an object, or about a version of it, if `allow` lets it; returns it as it is then.
    pub fn change_object(
        &self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
        change: Change,
        allow: impl FnOnce(&Object, u64) -> Result<(), StoreError>,
    ) -> Result<Arc<Object>, StoreError> {
        let now = (self.clock)();
        let changed = self.change(&[], |index| {
            let found = index.bucket(bucket)?;
            let object = match version {
                Some(version) => found.version(key, version)?,
                None => found.current(key)?,
            };
            if object.is_delete_marker {
                let version = object.version_name().to_owned();
                return Err(StoreError::DeleteMarker { version, asked: true });
            }
            allow(object, now)?;
            let version = object.version_name().to_owned();
            Ok(Some(Event::ObjectChanged { bucket: bucket.to_owned(), key: key.to_owned(), version, change }))
        })?;
        changed.object.ok_or(StoreError::NoSuchKey)
    }

    /// A page of a bucket's versions.
    pub fn list_versions(&self, bucket: &str, query: &VersionsQuery) -> Result<VersionsPage, StoreError> {
        let index = self.index();
        let page = index.bucket(bucket).map(|bucket| bucket.list_versions(query));
        let last = index.last;
        drop(index);
        self.settle(last)?;
        page
    }

    /// All versions of a key, newest first.
    pub fn versions_of(&self, bucket: &str, key: &str) -> Result<Vec<Arc<Object>>, StoreError> {
        let mut versions = self.find(|index| Ok(index.bucket(bucket)?.versions(key)))?;
        versions.reverse();
        Ok(versions)
    }
}
