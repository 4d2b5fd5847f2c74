//! Uploads in parts: begun, filled in any order, and completed into one object at once or aborted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use md5::{Digest, Md5};

use super::content::Content;
use super::error::StoreError;
use super::event::{Event, PartRecord};
use super::index::{Listing, ListingQuery, UploadInfo, list};
use super::object::{Attributes, Object, ObjectRecord, Part, cut};
use super::objects::{ObjectStore, Precondition};
use super::together::Along;
use crate::hex::hex;

/// The least bytes in a part, but for the last.
const SMALLEST_PART: u64 = 5 << 20;

/// A part that a completion names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedPart {
    /// 1 to 10,000.
    pub number: u16,
    /// The part's entity tag, without quotes.
    pub etag: String,
    /// Checksums that the part must have, in base64 by algorithm.
    pub checksums: BTreeMap<String, String>,
}

/// A part of an upload that is not complete, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedPart {
    /// Number, length, checksums.
    pub part: Part,
    /// Entity tag without quotes.
    pub etag: String,
    /// When it was put, Unix time.
    pub modified_ms: u64,
}

impl ObjectStore {
    /// Begins an upload and returns its id.
    pub fn create_upload(&self, bucket: &str, key: &str, attributes: Attributes) -> Result<String, StoreError> {
        let id = Md5::new()
            .chain_update(bucket)
            .chain_update([0])
            .chain_update(key)
            .chain_update((self.clock)().to_le_bytes())
            .chain_update(self.next_upload().to_le_bytes());
        let id = hex(&<[u8; 16]>::from(id.finalize()));
        let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), id.clone());
        self.change(&[], |index| {
            index.bucket(&bucket)?;
            Ok(Some(Event::UploadCreated { bucket, key, upload, attributes }))
        })?;
        Ok(id)
    }

    /// What was said when an upload was begun.
    pub fn upload(&self, bucket: &str, key: &str, upload: &str) -> Result<UploadInfo, StoreError> {
        let index = self.index();
        let found = index.upload(bucket, key, upload)?;
        Ok(UploadInfo {
            key: key.to_owned(),
            upload: upload.to_owned(),
            created_ms: found.created_ms,
            attributes: found.attributes.clone(),
        })
    }

    /// Makes content a part of an upload, in place of any other of that number.
    pub fn put_part(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        number: u16,
        content: Content,
        checksums: BTreeMap<String, String>,
    ) -> Result<UploadedPart, StoreError> {
        let etag = content.etag();
        let Content { pieces, inline, length, salt, .. } = content;
        let part = Part { number, length, checksums, salt };
        let record = PartRecord { part: part.clone(), etag: etag.clone(), pieces };
        let changed = self.change(&inline, |index| {
            index.upload(bucket, key, upload)?;
            let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), upload.to_owned());
            Ok(Some(Event::PartPut { bucket, key, upload, part: record }))
        })?;
        Ok(UploadedPart { part, etag, modified_ms: changed.timestamp_ms })
    }

    /// Bytes `range` of an object as content of another: they are read for their MD5 but not stored again.
    pub fn content_of(&self, object: &Object, range: Range<u64>) -> Result<Content, StoreError> {
        let end = range.end.min(object.length);
        let mut md5 = Md5::new();
        let mut reader = self.reader(object, range.start..end);
        loop {
            let batch = reader.next_batch()?;
            if batch.is_empty() {
                break;
            }
            for bytes in batch {
                md5.update(bytes);
            }
        }
        let pieces = cut(&object.pieces, range.start, end);
        let length = end.saturating_sub(range.start);
        Ok(Content { pieces, inline: vec![], length, md5: md5.finalize().into(), salt: None })
    }

    /// Makes the parts named one object. `combine` makes its checksums from those of the parts, or refuses.
    pub fn complete_upload(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        named: &[CompletedPart],
        precondition: &Precondition,
        combine: impl FnOnce(&[Part]) -> Result<BTreeMap<String, String>, StoreError>,
    ) -> Result<Arc<Object>, StoreError> {
        self.complete_upload_with((bucket, key, upload), named, precondition, None, combine)
    }

    /// As [`Self::complete_upload`], with what is to be written together with it.
    pub(crate) fn complete_upload_with(
        &self,
        (bucket, key, upload): (&str, &str, &str),
        named: &[CompletedPart],
        precondition: &Precondition,
        along: Option<Along>,
        combine: impl FnOnce(&[Part]) -> Result<BTreeMap<String, String>, StoreError>,
    ) -> Result<Arc<Object>, StoreError> {
        let changed = self.change_with(&[], along, |index| {
            let found = index.upload(bucket, key, upload)?;
            if !named.is_sorted_by(|a, b| a.number < b.number) {
                return Err(StoreError::InvalidPartOrder);
            }
            let mut object = ObjectRecord {
                length: 0,
                etag: String::new(),
                pieces: vec![],
                parts: Vec::with_capacity(named.len()),
                attributes: found.attributes.clone(),
            };
            let mut md5 = Md5::new();
            for (position, name) in named.iter().enumerate() {
                let invalid = StoreError::InvalidPart(name.number);
                let Some(stored) = found.parts.get(&name.number) else { return Err(invalid) };
                let part = &stored.record.part;
                let differs = name.checksums.iter().any(|(algorithm, sum)| part.checksums.get(algorithm) != Some(sum));
                if stored.record.etag != name.etag || differs {
                    return Err(invalid);
                }
                if position + 1 < named.len() && part.length < SMALLEST_PART {
                    return Err(StoreError::PartTooSmall { number: part.number, length: part.length });
                }
                object.length += part.length;
                object.pieces.extend_from_slice(&stored.record.pieces);
                object.parts.push(part.clone());
                md5.update(unhex(&stored.record.etag));
            }
            object.etag = format!("{}-{}", hex(&<[u8; 16]>::from(md5.finalize())), named.len());
            object.attributes.upload = Some(upload.to_owned());
            object.attributes.checksums = combine(&object.parts)?;
            let bucket_found = index.bucket(bucket)?;
            precondition.check(bucket_found.objects.get(key).map(|o| &**o))?;
            let keeping = bucket_found.keeping();
            let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), upload.to_owned());
            Ok(Some(Event::UploadCompleted { bucket, key, upload, keeping, object }))
        })?;
        changed.object.ok_or(StoreError::NoSuchBucket)
    }

    /// Forgets an upload and its parts.
    pub fn abort_upload(&self, bucket: &str, key: &str, upload: &str) -> Result<(), StoreError> {
        self.change(&[], |index| {
            index.upload(bucket, key, upload)?;
            let (bucket, key, upload) = (bucket.to_owned(), key.to_owned(), upload.to_owned());
            Ok(Some(Event::UploadAborted { bucket, key, upload }))
        })?;
        Ok(())
    }

    /// Parts of an upload with numbers over `after`, ascending, `limit` at most; and whether there are more.
    pub fn parts(
        &self,
        bucket: &str,
        key: &str,
        upload: &str,
        after: u16,
        limit: usize,
    ) -> Result<(Vec<UploadedPart>, bool), StoreError> {
        let index = self.index();
        let found = index.upload(bucket, key, upload)?;
        let mut parts = found.parts.range(after.saturating_add(1)..).map(|(_, stored)| UploadedPart {
            part: stored.record.part.clone(),
            etag: stored.record.etag.clone(),
            modified_ms: stored.modified_ms,
        });
        let page = parts.by_ref().take(limit).collect();
        let more = parts.next().is_some();
        drop(parts);
        let newest = index.last;
        drop(index);
        self.settle(newest)?;
        Ok((page, more))
    }

    /// A page of a bucket's uploads by key; those of one key are listed together and count once. Within a key they
    /// are in the order of their ids.
    pub fn uploads(&self, bucket: &str, query: &ListingQuery) -> Result<Listing<Vec<UploadInfo>>, StoreError> {
        let index = self.index();
        let mut by_key: BTreeMap<String, Vec<UploadInfo>> = BTreeMap::new();
        for ((key, upload), found) in &index.bucket(bucket)?.uploads {
            by_key.entry(key.clone()).or_default().push(UploadInfo {
                key: key.clone(),
                upload: upload.clone(),
                created_ms: found.created_ms,
                attributes: found.attributes.clone(),
            });
        }
        let newest = index.last;
        drop(index);
        self.settle(newest)?;
        Ok(list(&by_key, query))
    }
}

/// The bytes of an entity tag in hex.
fn unhex(etag: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    etag.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| digit(*high) << 4 | digit(*low)).collect()
}
