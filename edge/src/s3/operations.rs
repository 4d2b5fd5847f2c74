//! The operations that are there, by name. All others answer `NotImplemented` by the trait's own defaults.

use std::sync::Arc;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CopyObjectInput, CopyObjectOutput, CreateBucketInput, CreateBucketOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteBucketCorsInput, DeleteBucketCorsOutput, DeleteBucketEncryptionInput,
    DeleteBucketEncryptionOutput, DeleteBucketInput, DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput,
    DeleteBucketOutput, DeleteBucketOwnershipControlsInput, DeleteBucketOwnershipControlsOutput,
    DeleteBucketPolicyInput, DeleteBucketPolicyOutput, DeleteBucketReplicationInput, DeleteBucketReplicationOutput,
    DeleteBucketTaggingInput, DeleteBucketTaggingOutput, DeleteBucketWebsiteInput, DeleteBucketWebsiteOutput,
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectTaggingInput, DeleteObjectTaggingOutput, DeleteObjectsInput,
    DeleteObjectsOutput, DeletePublicAccessBlockInput, DeletePublicAccessBlockOutput,
    GetBucketAccelerateConfigurationInput, GetBucketAccelerateConfigurationOutput, GetBucketAclInput,
    GetBucketAclOutput, GetBucketCorsInput, GetBucketCorsOutput, GetBucketEncryptionInput, GetBucketEncryptionOutput,
    GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput, GetBucketLocationInput,
    GetBucketLocationOutput, GetBucketLoggingInput, GetBucketLoggingOutput, GetBucketNotificationConfigurationInput,
    GetBucketNotificationConfigurationOutput, GetBucketOwnershipControlsInput, GetBucketOwnershipControlsOutput,
    GetBucketPolicyInput, GetBucketPolicyOutput, GetBucketPolicyStatusInput, GetBucketPolicyStatusOutput,
    GetBucketReplicationInput, GetBucketReplicationOutput, GetBucketRequestPaymentInput, GetBucketRequestPaymentOutput,
    GetBucketTaggingInput, GetBucketTaggingOutput, GetBucketVersioningInput, GetBucketVersioningOutput,
    GetBucketWebsiteInput, GetBucketWebsiteOutput, GetObjectAclInput, GetObjectAclOutput, GetObjectAttributesInput,
    GetObjectAttributesOutput, GetObjectInput, GetObjectLegalHoldInput, GetObjectLegalHoldOutput,
    GetObjectLockConfigurationInput, GetObjectLockConfigurationOutput, GetObjectOutput, GetObjectRetentionInput,
    GetObjectRetentionOutput, GetObjectTaggingInput, GetObjectTaggingOutput, GetPublicAccessBlockInput,
    GetPublicAccessBlockOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
    ListBucketAnalyticsConfigurationsInput, ListBucketAnalyticsConfigurationsOutput,
    ListBucketIntelligentTieringConfigurationsInput, ListBucketIntelligentTieringConfigurationsOutput,
    ListBucketInventoryConfigurationsInput, ListBucketInventoryConfigurationsOutput,
    ListBucketMetricsConfigurationsInput, ListBucketMetricsConfigurationsOutput, ListBucketsInput, ListBucketsOutput,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListObjectVersionsInput, ListObjectVersionsOutput,
    ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput, ListPartsOutput,
    PutBucketAclInput, PutBucketAclOutput, PutBucketCorsInput, PutBucketCorsOutput, PutBucketEncryptionInput,
    PutBucketEncryptionOutput, PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput,
    PutBucketLoggingInput, PutBucketLoggingOutput, PutBucketNotificationConfigurationInput,
    PutBucketNotificationConfigurationOutput, PutBucketOwnershipControlsInput, PutBucketOwnershipControlsOutput,
    PutBucketPolicyInput, PutBucketPolicyOutput, PutBucketRequestPaymentInput, PutBucketRequestPaymentOutput,
    PutBucketTaggingInput, PutBucketTaggingOutput, PutBucketVersioningInput, PutBucketVersioningOutput,
    PutObjectAclInput, PutObjectAclOutput, PutObjectInput, PutObjectLegalHoldInput, PutObjectLegalHoldOutput,
    PutObjectLockConfigurationInput, PutObjectLockConfigurationOutput, PutObjectOutput, PutObjectRetentionInput,
    PutObjectRetentionOutput, PutObjectTaggingInput, PutObjectTaggingOutput, PutPublicAccessBlockInput,
    PutPublicAccessBlockOutput, UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result};

use super::access::Access;
use super::encryption::Vault;
use super::error::blocking;
use super::notify::Notifier;
use super::settling::Settling;
use crate::store::ObjectStore;

/// S3's operations over a store.
#[derive(Debug, Clone)]
pub(super) struct Operations {
    pub store: Arc<ObjectStore>,
    pub settling: Arc<Settling>,
    pub access: Access,
    pub vault: Vault,
    pub notifier: Option<Notifier>,
}

impl Operations {
    /// Says when there is no such bucket.
    pub async fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if self.store.has_bucket(bucket) {
            return Ok(());
        }
        let (store, bucket) = (self.store.clone(), bucket.to_owned());
        blocking(move || Ok(store.bucket(&bucket).map(|_| ())?)).await
    }
}

/// Each operation is a method in the file named for what it is about.
macro_rules! operations {
    ($($name:ident => $method:ident: $input:ty => $output:ty),+ $(,)?) => {
        #[async_trait::async_trait]
        impl S3 for Operations {
            $(async fn $name(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                self.$method(request).await
            })+
        }
    };
}

operations! {
    create_bucket => create_bucket_named: CreateBucketInput => CreateBucketOutput,
    delete_bucket => delete_bucket_named: DeleteBucketInput => DeleteBucketOutput,
    head_bucket => head_bucket_named: HeadBucketInput => HeadBucketOutput,
    list_buckets => buckets: ListBucketsInput => ListBucketsOutput,
    get_bucket_location => location: GetBucketLocationInput => GetBucketLocationOutput,
    put_object => put: PutObjectInput => PutObjectOutput,
    get_object => get: GetObjectInput => GetObjectOutput,
    head_object => head: HeadObjectInput => HeadObjectOutput,
    get_object_attributes => attributes: GetObjectAttributesInput => GetObjectAttributesOutput,
    copy_object => copy: CopyObjectInput => CopyObjectOutput,
    delete_object => delete: DeleteObjectInput => DeleteObjectOutput,
    delete_objects => delete_many: DeleteObjectsInput => DeleteObjectsOutput,
    list_objects => list: ListObjectsInput => ListObjectsOutput,
    list_objects_v2 => list_v2: ListObjectsV2Input => ListObjectsV2Output,
    create_multipart_upload => begin_upload: CreateMultipartUploadInput => CreateMultipartUploadOutput,
    upload_part => put_part: UploadPartInput => UploadPartOutput,
    upload_part_copy => copy_part: UploadPartCopyInput => UploadPartCopyOutput,
    complete_multipart_upload => complete: CompleteMultipartUploadInput => CompleteMultipartUploadOutput,
    abort_multipart_upload => abort: AbortMultipartUploadInput => AbortMultipartUploadOutput,
    list_parts => parts: ListPartsInput => ListPartsOutput,
    list_multipart_uploads => uploads: ListMultipartUploadsInput => ListMultipartUploadsOutput,
    get_bucket_versioning => versioning: GetBucketVersioningInput => GetBucketVersioningOutput,
    put_bucket_versioning => put_versioning: PutBucketVersioningInput => PutBucketVersioningOutput,
    list_object_versions => list_versions: ListObjectVersionsInput => ListObjectVersionsOutput,
    get_bucket_acl => read_bucket_acl: GetBucketAclInput => GetBucketAclOutput,
    put_bucket_acl => put_bucket_acl_to: PutBucketAclInput => PutBucketAclOutput,
    get_object_acl => read_object_acl: GetObjectAclInput => GetObjectAclOutput,
    put_object_acl => put_object_acl_to: PutObjectAclInput => PutObjectAclOutput,
    get_bucket_policy => policy: GetBucketPolicyInput => GetBucketPolicyOutput,
    put_bucket_policy => put_policy: PutBucketPolicyInput => PutBucketPolicyOutput,
    delete_bucket_policy => delete_policy: DeleteBucketPolicyInput => DeleteBucketPolicyOutput,
    get_bucket_policy_status => policy_status: GetBucketPolicyStatusInput => GetBucketPolicyStatusOutput,
    get_public_access_block => public_access: GetPublicAccessBlockInput => GetPublicAccessBlockOutput,
    put_public_access_block => put_public_access: PutPublicAccessBlockInput => PutPublicAccessBlockOutput,
    delete_public_access_block => delete_public_access: DeletePublicAccessBlockInput => DeletePublicAccessBlockOutput,
    get_bucket_ownership_controls => ownership: GetBucketOwnershipControlsInput => GetBucketOwnershipControlsOutput,
    put_bucket_ownership_controls => put_ownership: PutBucketOwnershipControlsInput => PutBucketOwnershipControlsOutput,
    delete_bucket_ownership_controls => delete_ownership: DeleteBucketOwnershipControlsInput => DeleteBucketOwnershipControlsOutput,
    get_bucket_cors => cors: GetBucketCorsInput => GetBucketCorsOutput,
    put_bucket_cors => put_cors: PutBucketCorsInput => PutBucketCorsOutput,
    delete_bucket_cors => delete_cors: DeleteBucketCorsInput => DeleteBucketCorsOutput,
    get_bucket_tagging => bucket_tags: GetBucketTaggingInput => GetBucketTaggingOutput,
    put_bucket_tagging => put_bucket_tags: PutBucketTaggingInput => PutBucketTaggingOutput,
    delete_bucket_tagging => delete_bucket_tags: DeleteBucketTaggingInput => DeleteBucketTaggingOutput,
    get_object_tagging => object_tags: GetObjectTaggingInput => GetObjectTaggingOutput,
    put_object_tagging => put_object_tags: PutObjectTaggingInput => PutObjectTaggingOutput,
    delete_object_tagging => delete_object_tags: DeleteObjectTaggingInput => DeleteObjectTaggingOutput,
    get_bucket_request_payment => request_payment: GetBucketRequestPaymentInput => GetBucketRequestPaymentOutput,
    get_bucket_lifecycle_configuration => lifecycle: GetBucketLifecycleConfigurationInput => GetBucketLifecycleConfigurationOutput,
    put_bucket_lifecycle_configuration => put_lifecycle: PutBucketLifecycleConfigurationInput => PutBucketLifecycleConfigurationOutput,
    delete_bucket_lifecycle => delete_lifecycle: DeleteBucketLifecycleInput => DeleteBucketLifecycleOutput,
    get_object_lock_configuration => lock_configuration: GetObjectLockConfigurationInput => GetObjectLockConfigurationOutput,
    put_object_lock_configuration => put_lock_configuration: PutObjectLockConfigurationInput => PutObjectLockConfigurationOutput,
    get_object_retention => retention: GetObjectRetentionInput => GetObjectRetentionOutput,
    put_object_retention => put_retention: PutObjectRetentionInput => PutObjectRetentionOutput,
    get_object_legal_hold => legal_hold: GetObjectLegalHoldInput => GetObjectLegalHoldOutput,
    put_object_legal_hold => put_hold: PutObjectLegalHoldInput => PutObjectLegalHoldOutput,
    get_bucket_accelerate_configuration => acceleration: GetBucketAccelerateConfigurationInput => GetBucketAccelerateConfigurationOutput,
    get_bucket_logging => logging: GetBucketLoggingInput => GetBucketLoggingOutput,
    get_bucket_encryption => encryption: GetBucketEncryptionInput => GetBucketEncryptionOutput,
    put_bucket_encryption => put_encryption: PutBucketEncryptionInput => PutBucketEncryptionOutput,
    delete_bucket_encryption => delete_encryption: DeleteBucketEncryptionInput => DeleteBucketEncryptionOutput,
    get_bucket_replication => replication: GetBucketReplicationInput => GetBucketReplicationOutput,
    get_bucket_website => website: GetBucketWebsiteInput => GetBucketWebsiteOutput,
    get_bucket_notification_configuration => notification: GetBucketNotificationConfigurationInput => GetBucketNotificationConfigurationOutput,
    put_bucket_notification_configuration => put_notification: PutBucketNotificationConfigurationInput => PutBucketNotificationConfigurationOutput,
    delete_bucket_website => delete_website: DeleteBucketWebsiteInput => DeleteBucketWebsiteOutput,
    delete_bucket_replication => delete_replication: DeleteBucketReplicationInput => DeleteBucketReplicationOutput,
    put_bucket_logging => put_logging: PutBucketLoggingInput => PutBucketLoggingOutput,
    put_bucket_request_payment => put_request_payment: PutBucketRequestPaymentInput => PutBucketRequestPaymentOutput,
    list_bucket_analytics_configurations => analytics: ListBucketAnalyticsConfigurationsInput => ListBucketAnalyticsConfigurationsOutput,
    list_bucket_inventory_configurations => inventories: ListBucketInventoryConfigurationsInput => ListBucketInventoryConfigurationsOutput,
    list_bucket_metrics_configurations => metrics: ListBucketMetricsConfigurationsInput => ListBucketMetricsConfigurationsOutput,
    list_bucket_intelligent_tiering_configurations => tierings: ListBucketIntelligentTieringConfigurationsInput => ListBucketIntelligentTieringConfigurationsOutput,
}
