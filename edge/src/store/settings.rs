//! What is configured about a bucket: texts by name, kept like everything else.

use super::error::StoreError;
use super::event::{Event, Keeping};
use super::index::Bucket;
use super::objects::ObjectStore;

/// The setting that says whether a bucket keeps versions.
const VERSIONING: &str = "versioning";

impl Bucket {
    /// What becomes of the objects that are replaced or deleted.
    pub fn keeping(&self) -> Keeping {
        match self.settings.get(VERSIONING).map(String::as_str) {
            Some("Enabled") => Keeping::All,
            Some(_) => Keeping::Null,
            None => Keeping::One,
        }
    }
}

impl ObjectStore {
    /// A bucket's setting of that name, if it was made.
    pub fn setting(&self, bucket: &str, setting: &str) -> Result<Option<String>, StoreError> {
        let index = self.index();
        let found = index.bucket(bucket).map(|bucket| bucket.settings.get(setting).cloned());
        let last = index.last;
        drop(index);
        self.settle(last)?;
        found
    }

    /// A bucket's setting of that name, durable or about to be. Does not wait.
    pub fn setting_now(&self, bucket: &str, setting: &str) -> Option<String> {
        self.index().buckets.get(bucket)?.settings.get(setting).cloned()
    }

    /// Makes a setting, or takes it away.
    pub fn configure(&self, bucket: &str, setting: &str, value: Option<String>) -> Result<(), StoreError> {
        self.change(&[], |index| {
            let found = index.bucket(bucket)?;
            if found.settings.get(setting) == value.as_ref() {
                return Ok(None);
            }
            let (bucket, setting) = (bucket.to_owned(), setting.to_owned());
            Ok(Some(Event::BucketConfigured { bucket, setting, value }))
        })?;
        Ok(())
    }

    /// `Enabled` or `Suspended` when the bucket keeps versions, or did.
    pub fn versioning(&self, bucket: &str) -> Result<Option<String>, StoreError> {
        self.setting(bucket, VERSIONING)
    }

    /// Makes a bucket keep versions from now on, or keep those it has.
    pub fn set_versioning(&self, bucket: &str, status: &str) -> Result<(), StoreError> {
        self.configure(bucket, VERSIONING, Some(status.to_owned()))
    }
}
