//! What changed while a checkpoint walks the index: it is written once more at the end, as it is then.

use std::collections::BTreeSet;

use super::event::{Event, Owner};

/// Keys and uploads that events were about.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Bucket and key.
    pub keys: BTreeSet<(String, String)>,
    /// Bucket, key and upload id.
    pub uploads: BTreeSet<(String, String, String)>,
}

impl Touched {
    /// How many.
    pub fn len(&self) -> usize {
        self.keys.len() + self.uploads.len()
    }

    /// Takes down what an event is about. What a bucket loses with itself is for who knows the bucket.
    pub fn note(&mut self, event: &Event) {
        let mut key = |bucket: &String, key: &String| {
            self.keys.insert((bucket.clone(), key.clone()));
        };
        match event {
            // Each of those that are together is noted when its turn comes.
            Event::BucketCreated { .. }
            | Event::BucketConfigured { .. }
            | Event::BucketDeleted { .. }
            | Event::Together { .. } => {}
            Event::ObjectPut { bucket, key: name, .. } | Event::ObjectChanged { bucket, key: name, .. } => {
                key(bucket, name);
            }
            Event::ObjectsDeleted { bucket, keys, .. } => keys.iter().for_each(|name| key(bucket, name)),
            Event::VersionsDeleted { bucket, versions } => versions.iter().for_each(|(name, _)| key(bucket, name)),
            Event::UploadCreated { bucket, key, upload, .. }
            | Event::PartPut { bucket, key, upload, .. }
            | Event::UploadAborted { bucket, key, upload } => self.upload(bucket, key, upload),
            Event::UploadCompleted { bucket, key: name, upload, .. } => {
                key(bucket, name);
                self.upload(bucket, name, upload);
            }
            Event::PiecesMoved { moves } => {
                for moved in moves {
                    match &moved.of {
                        Owner::Version(_) => {
                            self.keys.insert((moved.bucket.clone(), moved.key.clone()));
                        }
                        Owner::Part(upload, _) => self.upload(&moved.bucket, &moved.key, upload),
                    }
                }
            }
        }
    }

    /// Takes down an upload.
    pub fn upload(&mut self, bucket: &str, key: &str, upload: &str) {
        self.uploads.insert((bucket.to_owned(), key.to_owned(), upload.to_owned()));
    }
}
