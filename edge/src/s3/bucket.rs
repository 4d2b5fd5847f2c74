//! Buckets: made, removed, listed, located.

use s3s::dto::{
    Bucket, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput,
    GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput,
    ListBucketsOutput, ObjectOwnership, Owner, OwnershipControls, OwnershipControlsRule,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::error::{blocking, invalid_argument, not_implemented};
use super::grants::{own_grant, stated_access};
use super::headers::timestamp;
use super::operations::Operations;
use super::region::region_of_new;
use super::settings::{name, to_xml};
use crate::lambda::DEFAULT_REGION;
use crate::store::{BucketInfo, StoreError};

/// Buckets in one page unless the client says otherwise.
const MOST_BUCKETS: i32 = 10_000;

const OWNERSHIPS: [&str; 3] =
    [ObjectOwnership::BUCKET_OWNER_ENFORCED, ObjectOwnership::BUCKET_OWNER_PREFERRED, ObjectOwnership::OBJECT_WRITER];

/// Without users everything belongs to one owner.
pub(super) fn owner() -> Owner {
    let id = "6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f6e616e6f";
    Owner { display_name: Some("nano".to_owned()), id: Some(id.to_owned()) }
}

impl Operations {
    pub(super) async fn create_bucket_named(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let caller = self.caller(&request);
        let mut input = request.input;
        let access = stated_access!(input, grant_write);
        let grants = self.grants(&access, None, &caller, &caller)?;
        let ownership = input.object_ownership.take();
        if ownership.as_ref().is_some_and(|o| !OWNERSHIPS.contains(&o.as_str())) {
            return Err(invalid_argument("Invalid x-amz-object-ownership header"));
        }
        let enforced = ownership.as_ref().is_some_and(|o| o.as_str() == ObjectOwnership::BUCKET_OWNER_ENFORCED);
        if enforced && grants.as_ref().is_some_and(|grants| grants.len() > 1) {
            return Err(s3_error!(
                InvalidBucketAclWithObjectOwnership,
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
            ));
        }
        let locks = input.object_lock_enabled_for_bucket == Some(true);
        let configuration = input.create_bucket_configuration.unwrap_or_default();
        if configuration.location.is_some() || configuration.bucket.is_some() {
            return Err(not_implemented("A directory bucket"));
        }
        let stated = configuration.location_constraint.as_ref().map(BucketLocationConstraint::as_str);
        let region = region_of_new(stated, request.extensions.get())?;
        let (store, name) = (self.store.clone(), input.bucket.clone());
        // Nothing said is the owner's own list.
        let wanted = grants.clone().unwrap_or_else(|| vec![own_grant(&caller)]);
        let had = self.access.bucket_grants(&name, &caller);
        let is_new = blocking(move || match store.create_bucket_of(&name, &region, &caller) {
            Err(StoreError::BucketExists) => {
                let info = store.bucket(&name)?;
                if info.owner != caller || had != wanted {
                    return Err(s3_error!(
                        BucketAlreadyExists,
                        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
                    ));
                }
                // In the default region making a bucket again is no error, as on AWS.
                if region == DEFAULT_REGION && info.region == region {
                    Ok(false)
                } else {
                    Err(StoreError::BucketExists.into())
                }
            }
            other => Ok(other.map(|()| true)?),
        })
        .await?;
        if let Some(grants) = grants.filter(|_| is_new) {
            let text = serde_json::to_string(&grants).map_err(S3Error::internal_error)?;
            self.write_setting(&input.bucket, name::ACL, Some(text)).await?;
        }
        if let Some(object_ownership) = ownership {
            let controls = OwnershipControls { rules: vec![OwnershipControlsRule { object_ownership }] };
            self.write_setting(&input.bucket, name::OWNERSHIP, Some(to_xml(&controls)?)).await?;
        }
        if locks && is_new {
            self.enable_lock(&input.bucket).await?;
        }
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

    pub(super) async fn info(&self, bucket: String) -> S3Result<BucketInfo> {
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
        let caller = self.caller(&request);
        let input = request.input;
        let limit = input.max_buckets.unwrap_or(MOST_BUCKETS);
        if !(1..=MOST_BUCKETS).contains(&limit) {
            return Err(invalid_argument("Argument max-buckets must be an integer between 1 and 10000"));
        }
        let wanted = |info: &BucketInfo| {
            (info.owner.is_empty() || info.owner == caller)
                && input.prefix.as_ref().is_none_or(|prefix| info.name.starts_with(prefix.as_str()))
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
            owner: Some(self.owner(&caller)),
            prefix: input.prefix,
        }))
    }
}
