//! The store's errors as S3 words them.

use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::store::StoreError;

impl From<StoreError> for S3Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchBucket => s3_error!(NoSuchBucket, "The specified bucket does not exist"),
            StoreError::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
            StoreError::NoSuchVersion => s3_error!(NoSuchVersion, "The specified version does not exist."),
            StoreError::DeleteMarker { version, asked } => {
                let mut error = if asked {
                    s3_error!(MethodNotAllowed, "The specified method is not allowed against this resource.")
                } else {
                    s3_error!(NoSuchKey, "The specified key does not exist.")
                };
                let mut headers = http::HeaderMap::new();
                headers.insert("x-amz-delete-marker", http::HeaderValue::from_static("true"));
                if asked {
                    headers.insert(http::header::ALLOW, http::HeaderValue::from_static("DELETE"));
                }
                if let Ok(version) = http::HeaderValue::try_from(version) {
                    headers.insert("x-amz-version-id", version);
                }
                error.set_headers(headers);
                error
            }
            StoreError::Locked => {
                s3_error!(AccessDenied, "Access Denied because object protected by object lock.")
            }
            StoreError::NoSuchUpload => s3_error!(
                NoSuchUpload,
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
            ),
            StoreError::BucketExists => s3_error!(
                BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it."
            ),
            StoreError::BucketNotEmpty => s3_error!(BucketNotEmpty, "The bucket you tried to delete is not empty"),
            StoreError::InvalidPart(_) => s3_error!(
                InvalidPart,
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
            ),
            StoreError::InvalidPartOrder => s3_error!(
                InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number."
            ),
            StoreError::PartTooSmall { .. } => {
                s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size")
            }
            StoreError::PreconditionFailed => {
                s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
            }
            StoreError::ChecksumMismatch => {
                s3_error!(BadDigest, "The checksum you specified did not match the calculated checksum.")
            }
            StoreError::Log(nano_woof::Error::Full(_)) => S3Error::with_message(
                S3ErrorCode::ServiceUnavailable,
                "The edge's disk is full. Nothing that was stored is lost; try again when there is room.",
            ),
            StoreError::Damaged(_) | StoreError::Log(_) => {
                let message = error.to_string();
                let mut error = S3Error::internal_error(error);
                error.set_message(message);
                error
            }
        }
    }
}

/// Refuses what isn't done, by name.
pub(super) fn not_implemented(what: &str) -> S3Error {
    S3Error::with_message(S3ErrorCode::NotImplemented, format!("{what} is not implemented"))
}

pub(super) fn invalid_argument(message: impl Into<std::borrow::Cow<'static, str>>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidArgument, message)
}

/// An error whose code `s3s` has no name for.
pub(super) fn other(code: &str, status: http::StatusCode, message: &'static str) -> S3Error {
    let Ok(code) = code.parse::<S3ErrorCode>();
    let mut error = S3Error::with_message(code, message);
    error.set_status_code(status);
    error
}

/// Refuses what the caller may not do.
pub(super) fn access_denied() -> S3Error {
    S3Error::with_message(S3ErrorCode::AccessDenied, "Access Denied")
}

/// Refuses XML that is not what the operation takes.
pub(super) fn malformed_xml() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::MalformedXML,
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// Runs what blocks (files, fsync, hashing) on a thread where it may.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> S3Result<T> + Send + 'static) -> S3Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(S3Error::internal_error(error)),
    }
}
