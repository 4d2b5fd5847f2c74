//! Buckets: made, removed, listed, located.

use s3s::dto::{
    Bucket, BucketCannedACL, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput,
    DeleteBucketOutput, GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput,
    ListBucketsInput, ListBucketsOutput, Owner,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::error::{blocking, invalid_argument, not_implemented};
use super::headers::{refuse, timestamp};
use super::operations::Operations;
use crate::store::{BucketInfo, StoreError};

/// Where buckets are unless their maker says otherwise.
const DEFAULT_REGION: &str = "us-east-1";
/// Buckets in one page unless the client says otherwise.
const MOST_BUCKETS: i32 = 10_000;

/// Everything belongs to one owner.
pub(super) fn owner() -> Owner {
    let id = "6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f";
    Owner { display_name: Some("nano".to_owned()), id: Some(id.to_owned()) }
}

impl Operations {
    pub(super) async fn create_bucket_named(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let input = request.input;
        refuse!(input;
            grant_full_control => "x-amz-grant-full-control", grant_read => "x-amz-grant-read",
            grant_read_acp => "x-amz-grant-read-acp", grant_write => "x-amz-grant-write",
            grant_write_acp => "x-amz-grant-write-acp",
        );
        if input.acl.is_some_and(|acl| acl.as_str() != BucketCannedACL::PRIVATE) {
            return Err(not_implemented("x-amz-acl"));
        }
        if input.object_lock_enabled_for_bucket == Some(true) {
            return Err(not_implemented("x-amz-bucket-object-lock-enabled"));
        }
        let configuration = input.create_bucket_configuration.unwrap_or_default();
        if configuration.location.is_some() || configuration.bucket.is_some() {
            return Err(not_implemented("A directory bucket"));
        }
        let region = configuration.location_constraint.as_ref().map_or(DEFAULT_REGION, |region| region.as_str());
        // The one region that is named by leaving it out.
        if region.is_empty() || !region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(s3_error!(InvalidLocationConstraint, "The specified location-constraint is not valid"));
        }
        let (store, name, region) = (self.store.clone(), input.bucket.clone(), region.to_owned());
        blocking(move || match store.create_bucket(&name, &region) {
            // In the default region making a bucket again is no error, as on AWS.
            Err(StoreError::BucketExists) if region == DEFAULT_REGION && store.bucket(&name)?.region == region => {
                Ok(())
            }
            other => Ok(other?),
        })
        .await?;
        Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{}", input.bucket)) }))
    }

    pub(super) async fn delete_bucket_named(
        &self,
        request: S3Request<DeleteBucketInput>,
    ) -> S3Result<S3Response<DeleteBucketOutput>> {
        let store = self.store.clone();
        blocking(move || Ok(store.delete_bucket(&request.input.bucket)?)).await?;
        Ok(S3Response::new(DeleteBucketOutput {}))
    }

    async fn info(&self, bucket: String) -> S3Result<BucketInfo> {
        let store = self.store.clone();
        blocking(move || Ok(store.bucket(&bucket)?)).await
    }

    pub(super) async fn head_bucket_named(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        let info = self.info(request.input.bucket).await?;
        Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(info.region), ..HeadBucketOutput::default() }))
    }

    pub(super) async fn location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        let info = self.info(request.input.bucket).await?;
        let location = (info.region != DEFAULT_REGION).then(|| BucketLocationConstraint::from(info.region));
        Ok(S3Response::new(GetBucketLocationOutput { location_constraint: location }))
    }

    #[expect(clippy::unused_async, reason = "the shape of an operation")]
    pub(super) async fn buckets(
        &self,
        request: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let input = request.input;
        let limit = input.max_buckets.unwrap_or(MOST_BUCKETS);
        if !(1..=MOST_BUCKETS).contains(&limit) {
            return Err(invalid_argument("Argument max-buckets must be an integer between 1 and 10000"));
        }
        let wanted = |info: &BucketInfo| {
            input.prefix.as_ref().is_none_or(|prefix| info.name.starts_with(prefix.as_str()))
                && input.bucket_region.as_ref().is_none_or(|region| info.region == *region)
                && input.continuation_token.as_ref().is_none_or(|token| info.name > *token)
        };
        let mut found = self.store.buckets().into_iter().filter(wanted);
        let buckets: Vec<Bucket> = found
            .by_ref()
            .take(limit as usize)
            .map(|info| Bucket {
                bucket_region: Some(info.region),
                creation_date: Some(timestamp(info.created_ms)),
                name: Some(info.name),
            })
            .collect();
        let more = found.next().is_some();
        let token = if more { buckets.last().and_then(|bucket| bucket.name.clone()) } else { None };
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(buckets),
            continuation_token: token,
            owner: Some(owner()),
            prefix: input.prefix,
        }))
    }
}
