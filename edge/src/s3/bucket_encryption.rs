//! Whether what is put into a bucket is encrypted unasked.

use http::StatusCode;
use s3s::dto::{
    DeleteBucketEncryptionInput, DeleteBucketEncryptionOutput, GetBucketEncryptionInput, GetBucketEncryptionOutput,
    PutBucketEncryptionInput, PutBucketEncryptionOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use super::encryption::ALGORITHM;
use super::error::{malformed_xml, not_implemented, other};
use super::operations::Operations;
use super::settings::{name, to_xml};

impl Operations {
    pub(super) async fn encryption(
        &self,
        request: S3Request<GetBucketEncryptionInput>,
    ) -> S3Result<S3Response<GetBucketEncryptionOutput>> {
        let message = "The server side encryption configuration was not found";
        let absent = || other("ServerSideEncryptionConfigurationNotFoundError", StatusCode::NOT_FOUND, message);
        let found = self.read_setting(&request.input.bucket, name::ENCRYPTION, absent).await?;
        Ok(S3Response::new(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(found) }))
    }

    pub(super) async fn put_encryption(
        &self,
        request: S3Request<PutBucketEncryptionInput>,
    ) -> S3Result<S3Response<PutBucketEncryptionOutput>> {
        let input = request.input;
        let configuration = &input.server_side_encryption_configuration;
        let [rule] = configuration.rules.as_slice() else { return Err(malformed_xml()) };
        let default = rule.apply_server_side_encryption_by_default.as_ref().ok_or_else(malformed_xml)?;
        match default.sse_algorithm.as_str() {
            ALGORITHM if default.kms_master_key_id.is_none() => {}
            "aws:kms" | "aws:kms:dsse" => return Err(not_implemented("Encryption with aws:kms")),
            _ => return Err(malformed_xml()),
        }
        self.write_setting(&input.bucket, name::ENCRYPTION, Some(to_xml(configuration)?)).await?;
        Ok(S3Response::new(PutBucketEncryptionOutput::default()))
    }

    pub(super) async fn delete_encryption(
        &self,
        request: S3Request<DeleteBucketEncryptionInput>,
    ) -> S3Result<S3Response<DeleteBucketEncryptionOutput>> {
        self.write_setting(&request.input.bucket, name::ENCRYPTION, None).await?;
        Ok(S3Response::new(DeleteBucketEncryptionOutput::default()))
    }
}
