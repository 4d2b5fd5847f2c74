//! The operations that are there, by name. All others answer `NotImplemented` by the trait's own defaults.

use std::sync::Arc;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CopyObjectInput, CopyObjectOutput, CreateBucketInput, CreateBucketOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteBucketInput, DeleteBucketOutput, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput, GetBucketLocationOutput, GetObjectAttributesInput,
    GetObjectAttributesOutput, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
    HeadObjectOutput, ListBucketsInput, ListBucketsOutput, ListMultipartUploadsInput, ListMultipartUploadsOutput,
    ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput, ListPartsOutput,
    PutObjectInput, PutObjectOutput, UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result};

use super::error::blocking;
use crate::store::ObjectStore;

/// S3's operations over a store.
#[derive(Debug, Clone)]
pub(super) struct Operations {
    pub store: Arc<ObjectStore>,
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
}
