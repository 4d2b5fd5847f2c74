//! Configurations that a bucket can't have here: asked for, they are absent, as on AWS before anyone makes them; they can
//! be taken away, and set to what they are. Making one answers `NotImplemented`.

use http::StatusCode;
use s3s::dto::{
    DeleteBucketReplicationInput, DeleteBucketReplicationOutput, DeleteBucketWebsiteInput, DeleteBucketWebsiteOutput,
    GetBucketAccelerateConfigurationInput, GetBucketAccelerateConfigurationOutput, GetBucketLoggingInput,
    GetBucketLoggingOutput, GetBucketReplicationInput, GetBucketReplicationOutput, GetBucketWebsiteInput,
    GetBucketWebsiteOutput, ListBucketAnalyticsConfigurationsInput, ListBucketAnalyticsConfigurationsOutput,
    ListBucketIntelligentTieringConfigurationsInput, ListBucketIntelligentTieringConfigurationsOutput,
    ListBucketInventoryConfigurationsInput, ListBucketInventoryConfigurationsOutput,
    ListBucketMetricsConfigurationsInput, ListBucketMetricsConfigurationsOutput, Payer, PutBucketLoggingInput,
    PutBucketLoggingOutput, PutBucketRequestPaymentInput, PutBucketRequestPaymentOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use super::error::{not_implemented, other};
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

    pub(super) async fn delete_website(
        &self,
        request: S3Request<DeleteBucketWebsiteInput>,
    ) -> S3Result<S3Response<DeleteBucketWebsiteOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        Ok(S3Response::new(DeleteBucketWebsiteOutput::default()))
    }

    pub(super) async fn delete_replication(
        &self,
        request: S3Request<DeleteBucketReplicationInput>,
    ) -> S3Result<S3Response<DeleteBucketReplicationOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        Ok(S3Response::new(DeleteBucketReplicationOutput::default()))
    }

    pub(super) async fn put_logging(
        &self,
        request: S3Request<PutBucketLoggingInput>,
    ) -> S3Result<S3Response<PutBucketLoggingOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        if request.input.bucket_logging_status.logging_enabled.is_some() {
            return Err(not_implemented("Logging of a bucket's requests"));
        }
        Ok(S3Response::new(PutBucketLoggingOutput::default()))
    }

    pub(super) async fn put_request_payment(
        &self,
        request: S3Request<PutBucketRequestPaymentInput>,
    ) -> S3Result<S3Response<PutBucketRequestPaymentOutput>> {
        self.check_bucket(&request.input.bucket).await?;
        if request.input.request_payment_configuration.payer.as_str() != Payer::BUCKET_OWNER {
            return Err(not_implemented("Payment by requesters"));
        }
        Ok(S3Response::new(PutBucketRequestPaymentOutput::default()))
    }
}

/// Lists that are empty.
macro_rules! none_of {
    ($($method:ident: $input:ty => $output:ty),+ $(,)?) => {
        impl Operations {
            $(pub(super) async fn $method(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                self.check_bucket(&request.input.bucket).await?;
                let mut none = <$output>::default();
                none.is_truncated = Some(false);
                Ok(S3Response::new(none))
            })+
        }
    };
}

none_of! {
    analytics: ListBucketAnalyticsConfigurationsInput => ListBucketAnalyticsConfigurationsOutput,
    inventories: ListBucketInventoryConfigurationsInput => ListBucketInventoryConfigurationsOutput,
    metrics: ListBucketMetricsConfigurationsInput => ListBucketMetricsConfigurationsOutput,
    tierings: ListBucketIntelligentTieringConfigurationsInput => ListBucketIntelligentTieringConfigurationsOutput,
}
