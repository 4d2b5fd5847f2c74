//! Configurations that a bucket can't have here: asked for, they are absent, as on AWS before anyone makes them.
//! Making one answers `NotImplemented`.

use http::StatusCode;
use s3s::dto::{
    GetBucketAccelerateConfigurationInput, GetBucketAccelerateConfigurationOutput, GetBucketLoggingInput,
    GetBucketLoggingOutput, GetBucketReplicationInput, GetBucketReplicationOutput, GetBucketWebsiteInput,
    GetBucketWebsiteOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use super::error::other;
use super::operations::Operations;

impl Operations {
    pub(super) async fn acceleration(
        &self,
        request: S3Request<GetBucketAccelerateConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketAccelerateConfigurationOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        Ok(S3Response::new(GetBucketAccelerateConfigurationOutput::default()))
    }

    pub(super) async fn logging(
        &self,
        request: S3Request<GetBucketLoggingInput>,
    ) -> S3Result<S3Response<GetBucketLoggingOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        Ok(S3Response::new(GetBucketLoggingOutput::default()))
    }

    pub(super) async fn replication(
        &self,
        request: S3Request<GetBucketReplicationInput>,
    ) -> S3Result<S3Response<GetBucketReplicationOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        let message = "The replication configuration was not found";
        Err(other("ReplicationConfigurationNotFoundError", StatusCode::NOT_FOUND, message))
    }

    pub(super) async fn website(
        &self,
        request: S3Request<GetBucketWebsiteInput>,
    ) -> S3Result<S3Response<GetBucketWebsiteOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        let message = "The specified bucket does not have a website configuration";
        Err(other("NoSuchWebsiteConfiguration", StatusCode::NOT_FOUND, message))
    }
}
