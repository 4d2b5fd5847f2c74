//! Tags of objects and of buckets.

use std::collections::BTreeMap;

use s3s::dto::{
    DeleteObjectTaggingInput, DeleteObjectTaggingOutput, GetBucketTaggingInput, GetBucketTaggingOutput,
    GetObjectTaggingInput, GetObjectTaggingOutput, PutBucketTaggingInput, PutBucketTaggingOutput,
    PutObjectTaggingInput, PutObjectTaggingOutput, Tag, TagSet, Tagging,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::error::{blocking, invalid_argument};
use super::operations::Operations;
use super::settings::{name, to_xml};
use crate::store::Change;

/// Tags by name.
pub(super) type Tags = BTreeMap<String, String>;

/// An object may have this many.
const MOST_ON_OBJECT: usize = 10;
/// A bucket may have this many.
const MOST_ON_BUCKET: usize = 50;

fn invalid_tag(message: &'static str) -> S3Error {
    s3_error!(InvalidTag, "{message}")
}

fn check(name: &str, value: &str) -> S3Result<()> {
    if name.is_empty() || name.chars().count() > 128 || name.starts_with("aws:") {
        return Err(invalid_tag("The TagKey you have provided is invalid"));
    }
    if value.chars().count() > 256 {
        return Err(invalid_tag("The TagValue you have provided is invalid"));
    }
    Ok(())
}

fn from_set(set: TagSet, most: usize) -> S3Result<Tags> {
    if set.len() > most {
        let message = if most == MOST_ON_OBJECT {
            "Object tags cannot be greater than 10"
        } else {
            "Bucket tag count cannot be greater than 50"
        };
        return Err(invalid_tag(message));
    }
    let mut tags = Tags::new();
    for tag in set {
        let (key, value) = (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
        check(&key, &value)?;
        if tags.insert(key, value).is_some() {
            return Err(invalid_tag("Cannot provide multiple Tags with the same key"));
        }
    }
    Ok(tags)
}

fn to_set(tags: &Tags) -> TagSet {
    tags.iter().map(|(key, value)| Tag { key: Some(key.clone()), value: Some(value.clone()) }).collect()
}

/// The tags in a header `x-amz-tagging`: a query string.
pub(super) fn from_header(text: Option<&str>) -> S3Result<Tags> {
    let mut tags = Tags::new();
    for pair in text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| crate::server::decoded(&text.replace('+', " "));
        let (key, value) = (decode(key), decode(value));
        check(&key, &value)?;
        if tags.insert(key, value).is_some() {
            return Err(invalid_argument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
            ));
        }
    }
    if tags.len() > MOST_ON_OBJECT {
        return Err(invalid_tag("Object tags cannot be greater than 10"));
    }
    Ok(tags)
}

impl Operations {
    pub(super) async fn object_tags(
        &self,
        request: S3Request<GetObjectTaggingInput>,
    ) -> S3Result<S3Response<GetObjectTaggingOutput>> {
        let input = request.input;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        let tag_set = to_set(&object.attributes.tags);
        Ok(S3Response::new(GetObjectTaggingOutput { tag_set, version_id: object.version.clone() }))
    }

    async fn set_tags(
        &self,
        bucket: String,
        key: String,
        version: Option<String>,
        tags: Tags,
    ) -> S3Result<Option<String>> {
        let store = self.store.clone();
        let change = Change::Tags(tags);
        let object =
            blocking(move || Ok(store.change_object(&bucket, &key, version.as_deref(), change, |_, _| Ok(()))?))
                .await?;
        Ok(object.version.clone())
    }

    pub(super) async fn put_object_tags(
        &self,
        request: S3Request<PutObjectTaggingInput>,
    ) -> S3Result<S3Response<PutObjectTaggingOutput>> {
        let input = request.input;
        let tags = from_set(input.tagging.tag_set, MOST_ON_OBJECT)?;
        let version_id = self.set_tags(input.bucket, input.key, input.version_id, tags).await?;
        Ok(S3Response::new(PutObjectTaggingOutput { version_id }))
    }

    pub(super) async fn delete_object_tags(
        &self,
        request: S3Request<DeleteObjectTaggingInput>,
    ) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
        let input = request.input;
        let version_id = self.set_tags(input.bucket, input.key, input.version_id, Tags::new()).await?;
        let mut response = S3Response::new(DeleteObjectTaggingOutput { version_id });
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    pub(super) async fn bucket_tags(
        &self,
        request: S3Request<GetBucketTaggingInput>,
    ) -> S3Result<S3Response<GetBucketTaggingOutput>> {
        let absent = || s3_error!(NoSuchTagSet, "The TagSet does not exist");
        let found: Tagging = self.read_setting(&request.input.bucket, name::TAGGING, absent).await?;
        Ok(S3Response::new(GetBucketTaggingOutput { tag_set: found.tag_set }))
    }

    pub(super) async fn put_bucket_tags(
        &self,
        request: S3Request<PutBucketTaggingInput>,
    ) -> S3Result<S3Response<PutBucketTaggingOutput>> {
        let input = request.input;
        let tags = from_set(input.tagging.tag_set, MOST_ON_BUCKET)?;
        let text = to_xml(&Tagging { tag_set: to_set(&tags) })?;
        self.write_setting(&input.bucket, name::TAGGING, Some(text)).await?;
        let mut response = S3Response::new(PutBucketTaggingOutput::default());
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }
}
