//! Versions: kept or not, and listed.

use std::sync::Arc;

use s3s::dto::{
    BucketVersioningStatus, CommonPrefix, DeleteMarkerEntry, GetBucketVersioningInput, GetBucketVersioningOutput,
    ListObjectVersionsInput, ListObjectVersionsOutput, ObjectVersion, ObjectVersionStorageClass,
    PutBucketVersioningInput, PutBucketVersioningOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::error::{blocking, invalid_argument, malformed_xml, not_implemented};
use super::get::etag;
use super::headers::timestamp;
use super::list::{Names, limit};
use super::operations::Operations;
use super::settings::name;
use crate::store::{Listed, Object, VersionsQuery};

impl Operations {
    pub(super) async fn versioning(
        &self,
        request: S3Request<GetBucketVersioningInput>,
    ) -> S3Result<S3Response<GetBucketVersioningOutput>> {
        let store = self.store.clone();
        let status = blocking(move || Ok(store.versioning(&request.input.bucket)?)).await?;
        let status = status.map(BucketVersioningStatus::from);
        Ok(S3Response::new(GetBucketVersioningOutput { mfa_delete: None, status }))
    }

    pub(super) async fn put_versioning(
        &self,
        request: S3Request<PutBucketVersioningInput>,
    ) -> S3Result<S3Response<PutBucketVersioningOutput>> {
        let input = request.input;
        let configuration = input.versioning_configuration;
        if configuration.mfa_delete.is_some_and(|mfa| mfa.as_str() != "Disabled") {
            return Err(not_implemented("MfaDelete"));
        }
        let status = configuration.status.filter(|status| matches!(status.as_str(), "Enabled" | "Suspended"));
        let status = status.ok_or_else(malformed_xml)?;
        let locks = self.setting(&input.bucket, name::LOCK).await?.is_some();
        if locks && status.as_str() == BucketVersioningStatus::SUSPENDED {
            return Err(s3_error!(
                InvalidBucketState,
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
            ));
        }
        let store = self.store.clone();
        blocking(move || Ok(store.set_versioning(&input.bucket, status.as_str())?)).await?;
        Ok(S3Response::new(PutBucketVersioningOutput::default()))
    }

    pub(super) async fn list_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<S3Response<ListObjectVersionsOutput>> {
        let input = request.input;
        let names = Names::new(input.encoding_type.as_ref())?;
        let limit = limit(input.max_keys, "max-keys")?;
        let is_stated = |marker: &Option<String>| marker.as_ref().is_some_and(|marker| !marker.is_empty());
        if is_stated(&input.version_id_marker) && !is_stated(&input.key_marker) {
            return Err(invalid_argument("A version-id marker cannot be specified without a key marker."));
        }
        let query = VersionsQuery {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone(),
            after_key: input.key_marker.clone().filter(|marker| !marker.is_empty()),
            after_version: input.version_id_marker.clone().filter(|marker| !marker.is_empty()),
            limit: limit as usize,
        };
        let (store, bucket) = (self.store.clone(), input.bucket.clone());
        let page = blocking(move || Ok(store.list_versions(&bucket, &query)?)).await?;
        let (mut versions, mut markers, mut prefixes) = (vec![], vec![], vec![]);
        for found in page.found {
            match found {
                Listed::Prefix(prefix) => prefixes.push(CommonPrefix { prefix: Some(names.write(prefix)) }),
                Listed::Item(key, (object, latest)) if object.is_delete_marker => markers.push(DeleteMarkerEntry {
                    is_latest: Some(latest),
                    key: Some(names.write(key)),
                    last_modified: Some(timestamp(object.modified_ms)),
                    owner: Some(self.owner(&object.attributes.owner)),
                    version_id: Some(object.version_name().to_owned()),
                }),
                Listed::Item(key, (object, latest)) => {
                    versions.push(self.describe_version(names.write(key), &object, latest));
                }
            }
        }
        let truncated = page.next.is_some();
        let (next_key, next_version) = page.next.map_or((None, None), |(key, version)| (Some(key), version));
        Ok(S3Response::new(ListObjectVersionsOutput {
            common_prefixes: Some(prefixes),
            delete_markers: Some(markers),
            delimiter: input.delimiter.filter(|d| !d.is_empty()).map(|d| names.write(d)),
            encoding_type: input.encoding_type,
            is_truncated: Some(truncated),
            key_marker: Some(names.write(input.key_marker.unwrap_or_default())),
            max_keys: Some(limit),
            name: Some(input.bucket),
            next_key_marker: next_key.map(|key| names.write(key)),
            next_version_id_marker: next_version,
            prefix: Some(names.write(input.prefix.unwrap_or_default())),
            request_charged: None,
            version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
            versions: Some(versions),
        }))
    }

    fn describe_version(&self, key: String, object: &Arc<Object>, latest: bool) -> ObjectVersion {
        let attributes = &object.attributes;
        let algorithms: Vec<_> = attributes.checksums.keys().map(|name| name.to_ascii_uppercase().into()).collect();
        let class = attributes.storage_class.clone().unwrap_or_else(|| "STANDARD".to_owned());
        ObjectVersion {
            checksum_algorithm: (!algorithms.is_empty()).then_some(algorithms),
            checksum_type: attributes.checksum_type.clone().map(Into::into),
            e_tag: Some(etag(object)),
            is_latest: Some(latest),
            key: Some(key),
            last_modified: Some(timestamp(object.modified_ms)),
            owner: Some(self.owner(&attributes.owner)),
            restore_status: None,
            size: Some(object.length as i64),
            storage_class: Some(ObjectVersionStorageClass::from(class)),
            version_id: Some(object.version_name().to_owned()),
        }
    }
}
