//! Bucket policies: written, read, taken away, and whether they let everyone in.

use s3s::dto::{
    DeleteBucketPolicyInput, DeleteBucketPolicyOutput, GetBucketPolicyInput, GetBucketPolicyOutput,
    GetBucketPolicyStatusInput, GetBucketPolicyStatusOutput, PolicyStatus, PutBucketPolicyInput, PutBucketPolicyOutput,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::error::access_denied;
use super::grants::is_public;
use super::operations::Operations;
use super::policy::Policy;
use super::settings::name;

/// The most bytes of a policy.
const MOST_BYTES: usize = 20 << 10;

fn malformed(message: String) -> S3Error {
    S3Error::with_message(s3s::S3ErrorCode::MalformedPolicy, message)
}

impl Operations {
    pub(super) async fn policy(
        &self,
        request: S3Request<GetBucketPolicyInput>,
    ) -> S3Result<S3Response<GetBucketPolicyOutput>> {
        let policy = self.setting(&request.input.bucket, name::POLICY).await?;
        let policy = policy.ok_or_else(|| s3_error!(NoSuchBucketPolicy, "The bucket policy does not exist"))?;
        Ok(S3Response::new(GetBucketPolicyOutput { policy: Some(policy) }))
    }

    pub(super) async fn put_policy(
        &self,
        request: S3Request<PutBucketPolicyInput>,
    ) -> S3Result<S3Response<PutBucketPolicyOutput>> {
        let input = request.input;
        if input.policy.len() > MOST_BYTES {
            return Err(s3_error!(InvalidArgument, "Policy exceeds the maximum allowed document size."));
        }
        let policy = Policy::parse(&input.policy, &input.bucket).map_err(malformed)?;
        let block = self.public_access_block(&input.bucket).and_then(|block| block.block_public_policy);
        if block == Some(true) && policy.is_public() {
            return Err(access_denied());
        }
        self.write_setting(&input.bucket, name::POLICY, Some(input.policy)).await?;
        let mut response = S3Response::new(PutBucketPolicyOutput::default());
        response.status = Some(http::StatusCode::NO_CONTENT);
        Ok(response)
    }

    pub(super) async fn delete_policy(
        &self,
        request: S3Request<DeleteBucketPolicyInput>,
    ) -> S3Result<S3Response<DeleteBucketPolicyOutput>> {
        self.write_setting(&request.input.bucket, name::POLICY, None).await?;
        Ok(S3Response::new(DeleteBucketPolicyOutput::default()))
    }

    pub(super) async fn policy_status(
        &self,
        request: S3Request<GetBucketPolicyStatusInput>,
    ) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
        let info = self.info(request.input.bucket).await?;
        let by_policy = match self.setting(&info.name, name::POLICY).await? {
            Some(text) => Policy::parse(&text, &info.name).is_ok_and(|policy| policy.is_public()),
            None => false,
        };
        let is_open = by_policy || is_public(&self.access.bucket_grants(&info.name, &info.owner));
        let policy_status = Some(PolicyStatus { is_public: Some(is_open) });
        Ok(S3Response::new(GetBucketPolicyStatusOutput { policy_status }))
    }
}
