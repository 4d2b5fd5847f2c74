//! `DeleteObject` and `DeleteObjects`.

use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETagCondition, Error,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::conditions::precondition;
use super::error::blocking;
use super::get::check_version;
use super::headers::refuse;
use super::operations::Operations;
use crate::store::{Precondition, StoreError};

/// The most keys in one request.
const MOST_KEYS: usize = 1000;

impl Operations {
    pub(super) async fn delete(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        refuse!(input;
            if_match_last_modified_time => "x-amz-if-match-last-modified-time",
            if_match_size => "x-amz-if-match-size", mfa => "x-amz-mfa",
        );
        check_version(input.version_id.as_deref())?;
        let precondition = precondition(input.if_match, None)?;
        let store = self.store.clone();
        blocking(move || Ok(store.delete(&input.bucket, &[input.key], &precondition)?)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    pub(super) async fn delete_many(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let input = request.input;
        refuse!(input; mfa => "x-amz-mfa");
        let quiet = input.delete.quiet == Some(true);
        let objects = input.delete.objects;
        if objects.is_empty() || objects.len() > MOST_KEYS {
            return Err(s3_error!(
                MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published schema"
            ));
        }
        let store = self.store.clone();
        blocking(move || {
            let (mut deleted, mut errors, mut plain) = (vec![], vec![], vec![]);
            for object in objects {
                let conditional =
                    object.e_tag.is_some() || object.last_modified_time.is_some() || object.size.is_some();
                let result = check_version(object.version_id.as_deref()).and_then(|()| {
                    refuse!(object; last_modified_time => "LastModifiedTime", size => "Size");
                    match object.e_tag {
                        Some(etag) => {
                            let precondition = precondition(Some(ETagCondition::ETag(etag)), None)?;
                            match store.delete(&input.bucket, std::slice::from_ref(&object.key), &precondition) {
                                // What isn't there is deleted, as without a condition.
                                Err(StoreError::NoSuchKey) => Ok(()),
                                other => Ok(other?),
                            }
                        }
                        None => Ok(()),
                    }
                });
                match result {
                    Ok(()) if conditional => deleted.push(object.key),
                    Ok(()) => plain.push(object.key),
                    Err(error) => errors.push(failure(object.key, &error)),
                }
            }
            // Those without a condition are one event, so one wait for the disk.
            store.delete(&input.bucket, &plain, &Precondition::None)?;
            deleted.append(&mut plain);
            let named = |key| DeletedObject { key: Some(key), ..DeletedObject::default() };
            let deleted = (!quiet).then(|| deleted.into_iter().map(named).collect());
            let errors = (!errors.is_empty()).then_some(errors);
            Ok(S3Response::new(DeleteObjectsOutput { deleted, errors, request_charged: None }))
        })
        .await
    }
}

fn failure(key: String, error: &S3Error) -> Error {
    Error {
        code: Some(error.code().as_str().to_owned()),
        key: Some(key),
        message: error.message().map(str::to_owned),
        version_id: None,
    }
}
