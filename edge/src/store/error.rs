//! Why the object store refused or failed.

/// Why the object store refused or failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No such bucket or namespace.
    #[error("the bucket does not exist")]
    NoSuchBucket,
    /// The bucket has no such object.
    #[error("the key does not exist")]
    NoSuchKey,
    /// The key has no such version.
    #[error("the version does not exist")]
    NoSuchVersion,
    /// The key, or its version, is a delete marker.
    #[error("the key is deleted")]
    DeleteMarker {
        /// The marker's version.
        version: String,
        /// Whether a version was asked for.
        asked: bool,
    },
    /// The version must stay: it is retained, or under a legal hold.
    #[error("the object is locked")]
    Locked,
    /// No such multipart upload: never begun, completed or aborted.
    #[error("the upload does not exist")]
    NoSuchUpload,
    /// A bucket of that name exists.
    #[error("the bucket exists")]
    BucketExists,
    /// The bucket still has objects.
    #[error("the bucket is not empty")]
    BucketNotEmpty,
    /// A part named for completion was not uploaded, or has another entity tag or checksum.
    #[error("part {0} was not uploaded or is not the one named")]
    InvalidPart(u16),
    /// The parts named for completion are not in ascending order.
    #[error("the parts are not in ascending order")]
    InvalidPartOrder,
    /// A part other than the last has under 5 MiB.
    #[error("part {number} has {length} bytes; only the last may have fewer than 5 MiB")]
    PartTooSmall {
        /// The part.
        number: u16,
        /// Its bytes.
        length: u64,
    },
    /// What the caller made a condition does not hold (any more).
    #[error("a precondition does not hold")]
    PreconditionFailed,
    /// The checksum of a completed upload is not the one the caller stated.
    #[error("the checksum does not match")]
    ChecksumMismatch,
    /// What is stored contradicts itself.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The logs failed.
    #[error(transparent)]
    Log(#[from] nano_woof::Error),
}
