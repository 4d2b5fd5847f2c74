//! A bucket's configurations that are kept as the XML they came in: written, read back, taken away.

use s3s::dto::{
    DeleteBucketCorsInput, DeleteBucketCorsOutput, DeleteBucketOwnershipControlsInput,
    DeleteBucketOwnershipControlsOutput, DeleteBucketTaggingInput, DeleteBucketTaggingOutput,
    DeletePublicAccessBlockInput, DeletePublicAccessBlockOutput, GetBucketOwnershipControlsInput,
    GetBucketOwnershipControlsOutput, GetBucketRequestPaymentInput, GetBucketRequestPaymentOutput,
    GetPublicAccessBlockInput, GetPublicAccessBlockOutput, OwnershipControls, Payer, PublicAccessBlockConfiguration,
    PutBucketOwnershipControlsInput, PutBucketOwnershipControlsOutput, PutPublicAccessBlockInput,
    PutPublicAccessBlockOutput,
};
use s3s::xml::{Deserialize, Deserializer, Serialize, Serializer};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::error::{blocking, malformed_xml, other};
use super::operations::Operations;
use crate::store::ObjectStore;

/// Names of settings in the store.
pub(super) mod name {
    pub const ACL: &str = "acl";
    pub const CORS: &str = "cors";
    pub const ENCRYPTION: &str = "encryption";
    pub const LIFECYCLE: &str = "lifecycle";
    pub const LIFECYCLE_MINIMUM: &str = "lifecycle-minimum-object-size";
    pub const LOCK: &str = "object-lock";
    pub const NOTIFICATION: &str = "notification";
    pub const OWNERSHIP: &str = "ownership";
    pub const POLICY: &str = "policy";
    pub const PUBLIC_ACCESS: &str = "public-access-block";
    pub const TAGGING: &str = "tagging";
}

/// A configuration as XML.
pub(super) fn to_xml<T: Serialize>(value: &T) -> S3Result<String> {
    let mut text = vec![];
    value.serialize(&mut Serializer::new(&mut text)).map_err(S3Error::internal_error)?;
    String::from_utf8(text).map_err(S3Error::internal_error)
}

/// A configuration that was written by [`to_xml`].
pub(super) fn from_xml<T: for<'xml> Deserialize<'xml>>(text: &str) -> S3Result<T> {
    T::deserialize(&mut Deserializer::new(text.as_bytes())).map_err(S3Error::internal_error)
}

/// A configuration if it is there, without waiting for the disk.
pub(super) fn read_now<T: for<'xml> Deserialize<'xml>>(store: &ObjectStore, bucket: &str, name: &str) -> Option<T> {
    from_xml(&store.setting_now(bucket, name)?).ok()
}

impl Operations {
    /// A setting's text.
    pub(super) async fn setting(&self, bucket: &str, name: &'static str) -> S3Result<Option<String>> {
        let (store, bucket) = (self.store.clone(), bucket.to_owned());
        blocking(move || Ok(store.setting(&bucket, name)?)).await
    }

    /// A setting as what it was written from, or the error for its absence.
    pub(super) async fn read_setting<T: for<'xml> Deserialize<'xml>>(
        &self,
        bucket: &str,
        name: &'static str,
        absent: impl FnOnce() -> S3Error,
    ) -> S3Result<T> {
        self.setting(bucket, name).await?.map_or_else(|| Err(absent()), |text| from_xml(&text))
    }

    pub(super) async fn write_setting(&self, bucket: &str, name: &'static str, value: Option<String>) -> S3Result<()> {
        let (store, bucket) = (self.store.clone(), bucket.to_owned());
        blocking(move || Ok(store.configure(&bucket, name, value)?)).await
    }

    pub(super) async fn public_access(
        &self,
        request: S3Request<GetPublicAccessBlockInput>,
    ) -> S3Result<S3Response<GetPublicAccessBlockOutput>> {
        let absent = || {
            other(
                "NoSuchPublicAccessBlockConfiguration",
                http::StatusCode::NOT_FOUND,
                "The public access block configuration was not found",
            )
        };
        let found = self.read_setting(&request.input.bucket, name::PUBLIC_ACCESS, absent).await?;
        Ok(S3Response::new(GetPublicAccessBlockOutput { public_access_block_configuration: Some(found) }))
    }

    pub(super) async fn put_public_access(
        &self,
        request: S3Request<PutPublicAccessBlockInput>,
    ) -> S3Result<S3Response<PutPublicAccessBlockOutput>> {
        let input = request.input;
        let stated = input.public_access_block_configuration;
        // What is not said is off, and is said so when asked.
        let configuration = PublicAccessBlockConfiguration {
            block_public_acls: Some(stated.block_public_acls.unwrap_or(false)),
            block_public_policy: Some(stated.block_public_policy.unwrap_or(false)),
            ignore_public_acls: Some(stated.ignore_public_acls.unwrap_or(false)),
            restrict_public_buckets: Some(stated.restrict_public_buckets.unwrap_or(false)),
        };
        self.write_setting(&input.bucket, name::PUBLIC_ACCESS, Some(to_xml(&configuration)?)).await?;
        Ok(S3Response::new(PutPublicAccessBlockOutput::default()))
    }

    pub(super) async fn delete_public_access(
        &self,
        request: S3Request<DeletePublicAccessBlockInput>,
    ) -> S3Result<S3Response<DeletePublicAccessBlockOutput>> {
        self.write_setting(&request.input.bucket, name::PUBLIC_ACCESS, None).await?;
        Ok(S3Response::new(DeletePublicAccessBlockOutput::default()))
    }

    pub(super) async fn ownership(
        &self,
        request: S3Request<GetBucketOwnershipControlsInput>,
    ) -> S3Result<S3Response<GetBucketOwnershipControlsOutput>> {
        let absent = || s3_error!(OwnershipControlsNotFoundError, "The bucket ownership controls were not found");
        let found = self.read_setting(&request.input.bucket, name::OWNERSHIP, absent).await?;
        Ok(S3Response::new(GetBucketOwnershipControlsOutput { ownership_controls: Some(found) }))
    }

    pub(super) async fn put_ownership(
        &self,
        request: S3Request<PutBucketOwnershipControlsInput>,
    ) -> S3Result<S3Response<PutBucketOwnershipControlsOutput>> {
        let input = request.input;
        let known = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];
        let rules = &input.ownership_controls.rules;
        if rules.len() != 1 || rules.iter().any(|rule| !known.contains(&rule.object_ownership.as_str())) {
            return Err(malformed_xml());
        }
        let text = to_xml::<OwnershipControls>(&input.ownership_controls)?;
        self.write_setting(&input.bucket, name::OWNERSHIP, Some(text)).await?;
        Ok(S3Response::new(PutBucketOwnershipControlsOutput::default()))
    }

    pub(super) async fn delete_ownership(
        &self,
        request: S3Request<DeleteBucketOwnershipControlsInput>,
    ) -> S3Result<S3Response<DeleteBucketOwnershipControlsOutput>> {
        self.write_setting(&request.input.bucket, name::OWNERSHIP, None).await?;
        Ok(S3Response::new(DeleteBucketOwnershipControlsOutput::default()))
    }

    pub(super) async fn delete_cors(
        &self,
        request: S3Request<DeleteBucketCorsInput>,
    ) -> S3Result<S3Response<DeleteBucketCorsOutput>> {
        self.write_setting(&request.input.bucket, name::CORS, None).await?;
        Ok(S3Response::new(DeleteBucketCorsOutput::default()))
    }

    pub(super) async fn delete_bucket_tags(
        &self,
        request: S3Request<DeleteBucketTaggingInput>,
    ) -> S3Result<S3Response<DeleteBucketTaggingOutput>> {
        self.write_setting(&request.input.bucket, name::TAGGING, None).await?;
        Ok(S3Response::new(DeleteBucketTaggingOutput::default()))
    }

    /// Nobody pays here.
    pub(super) async fn request_payment(
        &self,
        request: S3Request<GetBucketRequestPaymentInput>,
    ) -> S3Result<S3Response<GetBucketRequestPaymentOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        let payer = Some(Payer::from_static(Payer::BUCKET_OWNER));
        Ok(S3Response::new(GetBucketRequestPaymentOutput { payer }))
    }
}
