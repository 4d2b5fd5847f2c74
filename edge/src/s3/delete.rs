//! `DeleteObject` and `DeleteObjects`.

use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETagCondition,
    Error, Timestamp,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::access::Asker;
use super::conditions::precondition;
use super::error::{blocking, invalid_argument, malformed_xml};
use super::get::is_version_id;
use super::headers::refuse;
use super::operations::Operations;
use crate::store::{Along, NULL_VERSION, ObjectStore, Precondition};

/// The most keys in one request.
const MOST_KEYS: usize = 1000;

/// What must hold of an object that is to be deleted.
fn conditions(etag: Option<ETagCondition>, modified: Option<&Timestamp>, size: Option<i64>) -> S3Result<Precondition> {
    let mut all = vec![];
    match precondition(etag, None)? {
        Precondition::None => {}
        condition => all.push(condition),
    }
    all.extend(modified.map(|time| {
        let seconds = time::OffsetDateTime::from(time.clone()).unix_timestamp();
        Precondition::Modified(u64::try_from(seconds).unwrap_or(0))
    }));
    all.extend(size.map(|size| Precondition::Length(u64::try_from(size).unwrap_or(u64::MAX))));
    Ok(match all.len() {
        0 => Precondition::None,
        _ => Precondition::All(all),
    })
}

/// A key, or one version of it, to be deleted on a condition.
struct Target {
    key: String,
    version: Option<String>,
    condition: Precondition,
}

/// What became of it: the version that was deleted or made, and whether that is a delete marker.
struct Outcome {
    marker: bool,
    version: Option<String>,
}

/// Deletes one key or version. What isn't there is deleted, whatever was expected of it.
fn delete_one(
    store: &ObjectStore,
    bucket: &str,
    target: &Target,
    (owner, bypass): (&str, bool),
    telling: Option<Along>,
) -> S3Result<Outcome> {
    match delete_there(store, bucket, target, (owner, bypass), telling) {
        Err(error) if *error.code() == S3ErrorCode::NoSuchKey => {
            Ok(Outcome { marker: false, version: target.version.clone() })
        }
        other => other,
    }
}

fn delete_there(
    store: &ObjectStore,
    bucket: &str,
    target: &Target,
    (owner, bypass): (&str, bool),
    telling: Option<Along>,
) -> S3Result<Outcome> {
    let Target { key, version, condition } = target;
    let Some(version) = version else {
        let version = store.delete_with(bucket, std::slice::from_ref(key), owner, condition, telling)?;
        return Ok(Outcome { marker: version.is_some(), version });
    };
    if version != NULL_VERSION && !is_version_id(version) {
        return Err(invalid_argument("Invalid version id specified"));
    }
    let versions = [(key.clone(), version.clone())];
    let outcome = store.delete_versions_with(bucket, &versions, condition, bypass, telling)?.pop();
    let marker = match outcome {
        Some(outcome) => outcome?.was_delete_marker,
        None => false,
    };
    Ok(Outcome { marker, version: Some(version.clone()) })
}

impl Operations {
    pub(super) async fn delete(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let caller = self.caller(&request);
        let (asker, input) = (Asker::of(&request), request.input);
        refuse!(input; mfa => "x-amz-mfa");
        let condition = conditions(input.if_match, input.if_match_last_modified_time.as_ref(), input.if_match_size)?;
        let bypass = input.bypass_governance_retention == Some(true)
            && self.access.may_bypass(&asker, &input.bucket, &input.key);
        let target = Target { key: input.key, version: input.version_id, condition };
        let operations = self.clone();
        let outcome = blocking(move || {
            let telling = operations.telling(&input.bucket, "", &caller);
            delete_one(&operations.store, &input.bucket, &target, (&caller, bypass), telling)
        })
        .await?;
        Ok(S3Response::new(DeleteObjectOutput {
            delete_marker: outcome.marker.then_some(true),
            version_id: outcome.version,
            request_charged: None,
        }))
    }

    pub(super) async fn delete_many(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let caller = self.caller(&request);
        let (asker, input) = (Asker::of(&request), request.input);
        refuse!(input; mfa => "x-amz-mfa");
        let quiet = input.delete.quiet == Some(true);
        let objects = input.delete.objects;
        if objects.is_empty() || objects.len() > MOST_KEYS {
            return Err(malformed_xml());
        }
        self.check_bucket(&input.bucket).await?;
        let (store, access, operations) = (self.store.clone(), self.access.clone(), self.clone());
        let asked = input.bypass_governance_retention == Some(true);
        blocking(move || {
            let (mut deleted, mut errors, mut plain) = (vec![], vec![], vec![]);
            for object in objects {
                let (key, version) = (object.key, object.version_id);
                let allowed = access.may_delete(&asker, &input.bucket, &key, version.as_deref());
                let etag = object.e_tag.map(ETagCondition::ETag);
                let condition =
                    allowed.and_then(|()| conditions(etag, object.last_modified_time.as_ref(), object.size));
                let condition = match condition {
                    Ok(Precondition::None) if version.is_none() => {
                        plain.push(key);
                        continue;
                    }
                    Ok(condition) => condition,
                    Err(error) => {
                        errors.push(failure(key, version, &error));
                        continue;
                    }
                };
                let bypass = asked && access.may_bypass(&asker, &input.bucket, &key);
                let target = Target { key, version, condition };
                let telling = operations.telling(&input.bucket, "", &caller);
                match delete_one(&store, &input.bucket, &target, (&caller, bypass), telling) {
                    Ok(outcome) => deleted.push(described(target.key, target.version, outcome)),
                    Err(error) => errors.push(failure(target.key, target.version, &error)),
                }
            }
            // Those without a condition are one event, so one wait for the disk, unless many are to be told of them.
            for keys in plain.chunks(operations.keys_together(&input.bucket)) {
                let telling = operations.telling(&input.bucket, "", &caller);
                let version = store.delete_with(&input.bucket, keys, &caller, &Precondition::None, telling)?;
                deleted.extend(keys.iter().map(|key| {
                    described(key.clone(), None, Outcome { marker: version.is_some(), version: version.clone() })
                }));
            }
            let errors = (!errors.is_empty()).then_some(errors);
            Ok(S3Response::new(DeleteObjectsOutput {
                deleted: (!quiet).then_some(deleted),
                errors,
                request_charged: None,
            }))
        })
        .await
    }
}

fn described(key: String, asked: Option<String>, outcome: Outcome) -> DeletedObject {
    DeletedObject {
        key: Some(key),
        delete_marker: outcome.marker.then_some(true),
        delete_marker_version_id: outcome.version.filter(|_| outcome.marker),
        version_id: asked,
    }
}

fn failure(key: String, version_id: Option<String>, error: &S3Error) -> Error {
    Error {
        code: Some(error.code().as_str().to_owned()),
        key: Some(key),
        message: error.message().map(str::to_owned),
        version_id,
    }
}
