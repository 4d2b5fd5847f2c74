"""Operations of S3: members of the request and of the result, as `name:place:name there:type`.

Places: `u` path, `q` query, `h` header, `m` headers with this prefix, `b` body. `!`: required.
"""

from botocore._client import Operation

GetObject = Operation(
    "GetObject", "GET", "/{Bucket}/{Key}",
    (
        "Bucket!:u::s IfMatch:h:If-Match:s IfModifiedSince:h:If-Modified-Since:t IfNoneMatch:h:If-None-Match:s "
        "IfUnmodifiedSince:h:If-Unmodified-Since:t Key!:u::s Range:h::s "
        "ResponseCacheControl:q:response-cache-control:s ResponseContentDisposition:q:response-content-disposition:s "
        "ResponseContentEncoding:q:response-content-encoding:s ResponseContentLanguage:q:response-content-language:s "
        "ResponseContentType:q:response-content-type:s ResponseExpires:q:response-expires:t VersionId:q:versionId:s "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKey:h:x-amz-server-side-encryption-customer-key:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s RequestPayer:h:x-amz-request-payer:s "
        "PartNumber:q:partNumber:i ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s "
        "ChecksumMode:h:x-amz-checksum-mode:s"
    ),
    (
        "Body:b::B DeleteMarker:h:x-amz-delete-marker:b AcceptRanges:h:accept-ranges:s "
        "Expiration:h:x-amz-expiration:s Restore:h:x-amz-restore:s LastModified:h:Last-Modified:t "
        "ContentLength:h:Content-Length:l ETag:h::s ChecksumCRC32:h:x-amz-checksum-crc32:s "
        "ChecksumCRC32C:h:x-amz-checksum-crc32c:s ChecksumCRC64NVME:h:x-amz-checksum-crc64nvme:s "
        "ChecksumSHA1:h:x-amz-checksum-sha1:s ChecksumSHA256:h:x-amz-checksum-sha256:s "
        "ChecksumSHA512:h:x-amz-checksum-sha512:s ChecksumMD5:h:x-amz-checksum-md5:s "
        "ChecksumXXHASH64:h:x-amz-checksum-xxhash64:s ChecksumXXHASH3:h:x-amz-checksum-xxhash3:s "
        "ChecksumXXHASH128:h:x-amz-checksum-xxhash128:s ChecksumType:h:x-amz-checksum-type:s "
        "MissingMeta:h:x-amz-missing-meta:i VersionId:h:x-amz-version-id:s CacheControl:h:Cache-Control:s "
        "ContentDisposition:h:Content-Disposition:s ContentEncoding:h:Content-Encoding:s "
        "ContentLanguage:h:Content-Language:s ContentRange:h:Content-Range:s ContentType:h:Content-Type:s "
        "Expires:h::s WebsiteRedirectLocation:h:x-amz-website-redirect-location:s "
        "ServerSideEncryption:h:x-amz-server-side-encryption:s Metadata:m:x-amz-meta-:m "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s "
        "SSEKMSKeyId:h:x-amz-server-side-encryption-aws-kms-key-id:s "
        "BucketKeyEnabled:h:x-amz-server-side-encryption-bucket-key-enabled:b StorageClass:h:x-amz-storage-class:s "
        "RequestCharged:h:x-amz-request-charged:s ReplicationStatus:h:x-amz-replication-status:s "
        "PartsCount:h:x-amz-mp-parts-count:i TagCount:h:x-amz-tagging-count:i "
        "ObjectLockMode:h:x-amz-object-lock-mode:s ObjectLockRetainUntilDate:h:x-amz-object-lock-retain-until-date:t "
        "ObjectLockLegalHoldStatus:h:x-amz-object-lock-legal-hold:s "
        "ObjectLockEventHold:h:x-amz-object-lock-event-hold:s "
        "ObjectLockEventHoldDurationDays:h:x-amz-object-lock-event-hold-duration-days:i "
        "ObjectLockEventHoldDurationYears:h:x-amz-object-lock-event-hold-duration-years:i"
    ),
)

PutObject = Operation(
    "PutObject", "PUT", "/{Bucket}/{Key}",
    (
        "ACL:h:x-amz-acl:s Body:b::B Bucket!:u::s CacheControl:h:Cache-Control:s "
        "ContentDisposition:h:Content-Disposition:s ContentEncoding:h:Content-Encoding:s "
        "ContentLanguage:h:Content-Language:s ContentLength:h:Content-Length:l ContentMD5:h:Content-MD5:s "
        "ContentType:h:Content-Type:s ChecksumAlgorithm:h:x-amz-sdk-checksum-algorithm:s "
        "ChecksumCRC32:h:x-amz-checksum-crc32:s ChecksumCRC32C:h:x-amz-checksum-crc32c:s "
        "ChecksumCRC64NVME:h:x-amz-checksum-crc64nvme:s ChecksumSHA1:h:x-amz-checksum-sha1:s "
        "ChecksumSHA256:h:x-amz-checksum-sha256:s ChecksumSHA512:h:x-amz-checksum-sha512:s "
        "ChecksumMD5:h:x-amz-checksum-md5:s ChecksumXXHASH64:h:x-amz-checksum-xxhash64:s "
        "ChecksumXXHASH3:h:x-amz-checksum-xxhash3:s ChecksumXXHASH128:h:x-amz-checksum-xxhash128:s Expires:h::s "
        "IfMatch:h:If-Match:s IfNoneMatch:h:If-None-Match:s GrantFullControl:h:x-amz-grant-full-control:s "
        "GrantRead:h:x-amz-grant-read:s GrantReadACP:h:x-amz-grant-read-acp:s GrantWriteACP:h:x-amz-grant-write-acp:s "
        "Key!:u::s WriteOffsetBytes:h:x-amz-write-offset-bytes:l Metadata:m:x-amz-meta-:m "
        "ServerSideEncryption:h:x-amz-server-side-encryption:s StorageClass:h:x-amz-storage-class:s "
        "WebsiteRedirectLocation:h:x-amz-website-redirect-location:s "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKey:h:x-amz-server-side-encryption-customer-key:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s "
        "SSEKMSKeyId:h:x-amz-server-side-encryption-aws-kms-key-id:s "
        "SSEKMSEncryptionContext:h:x-amz-server-side-encryption-context:s "
        "BucketKeyEnabled:h:x-amz-server-side-encryption-bucket-key-enabled:b RequestPayer:h:x-amz-request-payer:s "
        "Tagging:h:x-amz-tagging:s ObjectLockMode:h:x-amz-object-lock-mode:s "
        "ObjectLockRetainUntilDate:h:x-amz-object-lock-retain-until-date:t "
        "ObjectLockLegalHoldStatus:h:x-amz-object-lock-legal-hold:s "
        "ObjectLockEventHold:h:x-amz-object-lock-event-hold:s "
        "ObjectLockEventHoldDurationDays:h:x-amz-object-lock-event-hold-duration-days:i "
        "ObjectLockEventHoldDurationYears:h:x-amz-object-lock-event-hold-duration-years:i "
        "ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s"
    ),
    (
        "Expiration:h:x-amz-expiration:s ETag:h::s ChecksumCRC32:h:x-amz-checksum-crc32:s "
        "ChecksumCRC32C:h:x-amz-checksum-crc32c:s ChecksumCRC64NVME:h:x-amz-checksum-crc64nvme:s "
        "ChecksumSHA1:h:x-amz-checksum-sha1:s ChecksumSHA256:h:x-amz-checksum-sha256:s "
        "ChecksumSHA512:h:x-amz-checksum-sha512:s ChecksumMD5:h:x-amz-checksum-md5:s "
        "ChecksumXXHASH64:h:x-amz-checksum-xxhash64:s ChecksumXXHASH3:h:x-amz-checksum-xxhash3:s "
        "ChecksumXXHASH128:h:x-amz-checksum-xxhash128:s ChecksumType:h:x-amz-checksum-type:s "
        "ServerSideEncryption:h:x-amz-server-side-encryption:s VersionId:h:x-amz-version-id:s "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s "
        "SSEKMSKeyId:h:x-amz-server-side-encryption-aws-kms-key-id:s "
        "SSEKMSEncryptionContext:h:x-amz-server-side-encryption-context:s "
        "BucketKeyEnabled:h:x-amz-server-side-encryption-bucket-key-enabled:b Size:h:x-amz-object-size:l "
        "RequestCharged:h:x-amz-request-charged:s"
    ),
)

HeadObject = Operation(
    "HeadObject", "HEAD", "/{Bucket}/{Key}",
    (
        "Bucket!:u::s IfMatch:h:If-Match:s IfModifiedSince:h:If-Modified-Since:t IfNoneMatch:h:If-None-Match:s "
        "IfUnmodifiedSince:h:If-Unmodified-Since:t Key!:u::s Range:h::s "
        "ResponseCacheControl:q:response-cache-control:s ResponseContentDisposition:q:response-content-disposition:s "
        "ResponseContentEncoding:q:response-content-encoding:s ResponseContentLanguage:q:response-content-language:s "
        "ResponseContentType:q:response-content-type:s ResponseExpires:q:response-expires:t VersionId:q:versionId:s "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKey:h:x-amz-server-side-encryption-customer-key:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s RequestPayer:h:x-amz-request-payer:s "
        "PartNumber:q:partNumber:i ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s "
        "ChecksumMode:h:x-amz-checksum-mode:s"
    ),
    (
        "DeleteMarker:h:x-amz-delete-marker:b AcceptRanges:h:accept-ranges:s Expiration:h:x-amz-expiration:s "
        "Restore:h:x-amz-restore:s ArchiveStatus:h:x-amz-archive-status:s LastModified:h:Last-Modified:t "
        "ContentLength:h:Content-Length:l ChecksumCRC32:h:x-amz-checksum-crc32:s "
        "ChecksumCRC32C:h:x-amz-checksum-crc32c:s ChecksumCRC64NVME:h:x-amz-checksum-crc64nvme:s "
        "ChecksumSHA1:h:x-amz-checksum-sha1:s ChecksumSHA256:h:x-amz-checksum-sha256:s "
        "ChecksumSHA512:h:x-amz-checksum-sha512:s ChecksumMD5:h:x-amz-checksum-md5:s "
        "ChecksumXXHASH64:h:x-amz-checksum-xxhash64:s ChecksumXXHASH3:h:x-amz-checksum-xxhash3:s "
        "ChecksumXXHASH128:h:x-amz-checksum-xxhash128:s ChecksumType:h:x-amz-checksum-type:s ETag:h::s "
        "MissingMeta:h:x-amz-missing-meta:i VersionId:h:x-amz-version-id:s CacheControl:h:Cache-Control:s "
        "ContentDisposition:h:Content-Disposition:s ContentEncoding:h:Content-Encoding:s "
        "ContentLanguage:h:Content-Language:s ContentType:h:Content-Type:s ContentRange:h:Content-Range:s "
        "Expires:h::s WebsiteRedirectLocation:h:x-amz-website-redirect-location:s "
        "ServerSideEncryption:h:x-amz-server-side-encryption:s Metadata:m:x-amz-meta-:m "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s "
        "SSEKMSKeyId:h:x-amz-server-side-encryption-aws-kms-key-id:s "
        "BucketKeyEnabled:h:x-amz-server-side-encryption-bucket-key-enabled:b StorageClass:h:x-amz-storage-class:s "
        "RequestCharged:h:x-amz-request-charged:s ReplicationStatus:h:x-amz-replication-status:s "
        "PartsCount:h:x-amz-mp-parts-count:i TagCount:h:x-amz-tagging-count:i "
        "ObjectLockMode:h:x-amz-object-lock-mode:s ObjectLockRetainUntilDate:h:x-amz-object-lock-retain-until-date:t "
        "ObjectLockLegalHoldStatus:h:x-amz-object-lock-legal-hold:s "
        "ObjectLockEventHold:h:x-amz-object-lock-event-hold:s "
        "ObjectLockEventHoldDurationDays:h:x-amz-object-lock-event-hold-duration-days:i "
        "ObjectLockEventHoldDurationYears:h:x-amz-object-lock-event-hold-duration-years:i"
    ),
)

DeleteObject = Operation(
    "DeleteObject", "DELETE", "/{Bucket}/{Key}",
    (
        "Bucket!:u::s Key!:u::s MFA:h:x-amz-mfa:s VersionId:q:versionId:s RequestPayer:h:x-amz-request-payer:s "
        "BypassGovernanceRetention:h:x-amz-bypass-governance-retention:b "
        "ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s IfMatch:h:If-Match:s "
        "IfMatchLastModifiedTime:h:x-amz-if-match-last-modified-time:t IfMatchSize:h:x-amz-if-match-size:l"
    ),
    "DeleteMarker:h:x-amz-delete-marker:b VersionId:h:x-amz-version-id:s RequestCharged:h:x-amz-request-charged:s",
)

CopyObject = Operation(
    "CopyObject", "PUT", "/{Bucket}/{Key}",
    (
        "ACL:h:x-amz-acl:s Bucket!:u::s CacheControl:h:Cache-Control:s ChecksumAlgorithm:h:x-amz-checksum-algorithm:s "
        "ContentDisposition:h:Content-Disposition:s ContentEncoding:h:Content-Encoding:s "
        "ContentLanguage:h:Content-Language:s ContentType:h:Content-Type:s CopySource!:h:x-amz-copy-source:s "
        "CopySourceIfMatch:h:x-amz-copy-source-if-match:s "
        "CopySourceIfModifiedSince:h:x-amz-copy-source-if-modified-since:t "
        "CopySourceIfNoneMatch:h:x-amz-copy-source-if-none-match:s "
        "CopySourceIfUnmodifiedSince:h:x-amz-copy-source-if-unmodified-since:t Expires:h::s "
        "GrantFullControl:h:x-amz-grant-full-control:s GrantRead:h:x-amz-grant-read:s "
        "GrantReadACP:h:x-amz-grant-read-acp:s GrantWriteACP:h:x-amz-grant-write-acp:s IfMatch:h:If-Match:s "
        "IfNoneMatch:h:If-None-Match:s Key!:u::s Metadata:m:x-amz-meta-:m "
        "MetadataDirective:h:x-amz-metadata-directive:s TaggingDirective:h:x-amz-tagging-directive:s "
        "AnnotationDirective:h:x-amz-object-annotation-directive:s "
        "ServerSideEncryption:h:x-amz-server-side-encryption:s StorageClass:h:x-amz-storage-class:s "
        "WebsiteRedirectLocation:h:x-amz-website-redirect-location:s "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKey:h:x-amz-server-side-encryption-customer-key:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s "
        "SSEKMSKeyId:h:x-amz-server-side-encryption-aws-kms-key-id:s "
        "SSEKMSEncryptionContext:h:x-amz-server-side-encryption-context:s "
        "BucketKeyEnabled:h:x-amz-server-side-encryption-bucket-key-enabled:b "
        "CopySourceSSECustomerAlgorithm:h:x-amz-copy-source-server-side-encryption-customer-algorithm:s "
        "CopySourceSSECustomerKey:h:x-amz-copy-source-server-side-encryption-customer-key:s "
        "CopySourceSSECustomerKeyMD5:h:x-amz-copy-source-server-side-encryption-customer-key-MD5:s "
        "RequestPayer:h:x-amz-request-payer:s Tagging:h:x-amz-tagging:s ObjectLockMode:h:x-amz-object-lock-mode:s "
        "ObjectLockRetainUntilDate:h:x-amz-object-lock-retain-until-date:t "
        "ObjectLockLegalHoldStatus:h:x-amz-object-lock-legal-hold:s "
        "ObjectLockEventHold:h:x-amz-object-lock-event-hold:s "
        "ObjectLockEventHoldDurationDays:h:x-amz-object-lock-event-hold-duration-days:i "
        "ObjectLockEventHoldDurationYears:h:x-amz-object-lock-event-hold-duration-years:i "
        "ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s "
        "ExpectedSourceBucketOwner:h:x-amz-source-expected-bucket-owner:s"
    ),
    (
        "CopyObjectResult:b::S Expiration:h:x-amz-expiration:s CopySourceVersionId:h:x-amz-copy-source-version-id:s "
        "VersionId:h:x-amz-version-id:s ServerSideEncryption:h:x-amz-server-side-encryption:s "
        "SSECustomerAlgorithm:h:x-amz-server-side-encryption-customer-algorithm:s "
        "SSECustomerKeyMD5:h:x-amz-server-side-encryption-customer-key-MD5:s "
        "SSEKMSKeyId:h:x-amz-server-side-encryption-aws-kms-key-id:s "
        "SSEKMSEncryptionContext:h:x-amz-server-side-encryption-context:s "
        "BucketKeyEnabled:h:x-amz-server-side-encryption-bucket-key-enabled:b "
        "RequestCharged:h:x-amz-request-charged:s"
    ),
)

ListObjectsV2 = Operation(
    "ListObjectsV2", "GET", "/{Bucket}?list-type=2",
    (
        "Bucket!:u::s Delimiter:q:delimiter:s EncodingType:q:encoding-type:s MaxKeys:q:max-keys:i Prefix:q:prefix:s "
        "ContinuationToken:q:continuation-token:s FetchOwner:q:fetch-owner:b StartAfter:q:start-after:s "
        "RequestPayer:h:x-amz-request-payer:s ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s "
        "OptionalObjectAttributes:h:x-amz-optional-object-attributes:L"
    ),
    (
        "IsTruncated:b::b Contents:b::L Name:b::s Prefix:b::s Delimiter:b::s MaxKeys:b::i CommonPrefixes:b::L "
        "EncodingType:b::s KeyCount:b::i ContinuationToken:b::s NextContinuationToken:b::s StartAfter:b::s "
        "RequestCharged:h:x-amz-request-charged:s"
    ),
)

ListObjects = Operation(
    "ListObjects", "GET", "/{Bucket}",
    (
        "Bucket!:u::s Delimiter:q:delimiter:s EncodingType:q:encoding-type:s Marker:q:marker:s MaxKeys:q:max-keys:i "
        "Prefix:q:prefix:s RequestPayer:h:x-amz-request-payer:s ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s "
        "OptionalObjectAttributes:h:x-amz-optional-object-attributes:L"
    ),
    (
        "IsTruncated:b::b Marker:b::s NextMarker:b::s Contents:b::L Name:b::s Prefix:b::s Delimiter:b::s MaxKeys:b::i "
        "CommonPrefixes:b::L EncodingType:b::s RequestCharged:h:x-amz-request-charged:s"
    ),
)

CreateBucket = Operation(
    "CreateBucket", "PUT", "/{Bucket}",
    (
        "ACL:h:x-amz-acl:s Bucket!:u::s CreateBucketConfiguration:b::S GrantFullControl:h:x-amz-grant-full-control:s "
        "GrantRead:h:x-amz-grant-read:s GrantReadACP:h:x-amz-grant-read-acp:s GrantWrite:h:x-amz-grant-write:s "
        "GrantWriteACP:h:x-amz-grant-write-acp:s ObjectLockEnabledForBucket:h:x-amz-bucket-object-lock-enabled:b "
        "ObjectOwnership:h:x-amz-object-ownership:s BucketNamespace:h:x-amz-bucket-namespace:s"
    ),
    "Location:h::s BucketArn:h:x-amz-bucket-arn:s",
)

DeleteBucket = Operation(
    "DeleteBucket", "DELETE", "/{Bucket}",
    "Bucket!:u::s ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s",
    "",
)

HeadBucket = Operation(
    "HeadBucket", "HEAD", "/{Bucket}",
    "Bucket!:u::s ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s",
    (
        "BucketArn:h:x-amz-bucket-arn:s BucketLocationType:h:x-amz-bucket-location-type:s "
        "BucketLocationName:h:x-amz-bucket-location-name:s BucketRegion:h:x-amz-bucket-region:s "
        "AccessPointAlias:h:x-amz-access-point-alias:b"
    ),
)

ListBuckets = Operation(
    "ListBuckets", "GET", "/",
    (
        "MaxBuckets:q:max-buckets:i ContinuationToken:q:continuation-token:s Prefix:q:prefix:s "
        "BucketRegion:q:bucket-region:s"
    ),
    "Buckets:b::L Owner:b::S ContinuationToken:b::s Prefix:b::s",
)

DeleteObjects = Operation(
    "DeleteObjects", "POST", "/{Bucket}?delete",
    (
        "Bucket!:u::s Delete!:b::S MFA:h:x-amz-mfa:s RequestPayer:h:x-amz-request-payer:s "
        "BypassGovernanceRetention:h:x-amz-bypass-governance-retention:b "
        "ExpectedBucketOwner:h:x-amz-expected-bucket-owner:s ChecksumAlgorithm:h:x-amz-sdk-checksum-algorithm:s"
    ),
    "Deleted:b::L RequestCharged:h:x-amz-request-charged:s Errors:b:Error:L",
)
