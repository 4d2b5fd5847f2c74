//! `CopyObject`: the copy shares the bytes of its source.

use std::sync::Arc;

use http::HeaderMap;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use s3s::dto::{
    ChecksumAlgorithm, CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, ETagCondition,
    MetadataDirective, TaggingDirective,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::checksum::{Checks, algorithm, answer};
use super::conditions::{Conditions, precondition};
use super::encryption::{describe_encryption, rewritten, source_key, wanted_encryption};
use super::error::{blocking, invalid_argument, not_implemented};
use super::get::etag;
use super::headers::{attributes, stated_extras, timestamp};
use super::operations::Operations;
use crate::store::Object;

/// The most bytes that may be copied in one request: 5 GiB.
pub(super) const LARGEST_COPY: u64 = 5 << 30;

/// What a request says is to be copied. A plus sign that is not written as `%2B` is a space, as for S3: some clients write
/// spaces so.
pub(super) fn stated_source(headers: &HeaderMap, parsed: &CopySource) -> CopySource {
    let stated = headers.get("x-amz-copy-source").and_then(|value| value.to_str().ok());
    let stated = stated.filter(|stated| stated.contains('+'));
    let spaced = stated.and_then(|stated| CopySource::parse(&stated.replace('+', "%20")).ok());
    spaced.unwrap_or_else(|| parsed.clone())
}

impl Operations {
    /// The object that a copy source names.
    pub(super) async fn source(&self, source: &CopySource) -> S3Result<(String, String, Arc<Object>)> {
        let CopySource::Bucket { bucket, key, version_id } = source else {
            return Err(not_implemented("A copy from an access point"));
        };
        let object = self.find(bucket, key, version_id.as_deref()).await?;
        Ok((bucket.to_string(), key.to_string(), object))
    }

    pub(super) async fn copy(&self, request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let caller = self.caller(&request);
        let stated = stated_source(&request.headers, &request.input.copy_source);
        // What the copy replaces may be conditioned too.
        let condition = |name: http::HeaderName| {
            let stated = request.headers.get(name);
            stated.map(|value| ETagCondition::parse_http_header(value.as_bytes())).transpose()
        };
        let (if_match, if_none_match) = (condition(IF_MATCH), condition(IF_NONE_MATCH));
        let malformed = |_| invalid_argument("An entity tag is malformed.");
        let precondition = precondition(if_match.map_err(malformed)?, if_none_match.map_err(malformed)?)?;
        let mut input = request.input;
        let states_encryption = input.server_side_encryption.is_some() || input.sse_customer_algorithm.is_some();
        let wanted = wanted_encryption!(input)?;
        let sent = source_key!(input)?;
        let replaces_tags = match input.tagging_directive.as_ref().map(TaggingDirective::as_str) {
            None | Some(TaggingDirective::COPY) => false,
            Some(TaggingDirective::REPLACE) => true,
            Some(_) => return Err(invalid_argument("Unknown tagging directive.")),
        };
        let replaces = match input.metadata_directive.take() {
            None => false,
            Some(directive) => match directive.as_str() {
                MetadataDirective::COPY => false,
                MetadataDirective::REPLACE => true,
                _ => return Err(invalid_argument("Unknown metadata directive.")),
            },
        };
        let (bucket, key, source) = self.source(&stated).await?;
        let conditions = Conditions {
            if_match: input.copy_source_if_match.take(),
            if_none_match: input.copy_source_if_none_match.take(),
            if_modified_since: input.copy_source_if_modified_since.take(),
            if_unmodified_since: input.copy_source_if_unmodified_since.take(),
        };
        conditions.check_copy(&source)?;
        if source.length > LARGEST_COPY {
            return Err(s3_error!(
                InvalidRequest,
                "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120"
            ));
        }
        let stated = attributes!(input)?;
        let older = matches!(&input.copy_source, CopySource::Bucket { version_id: Some(_), .. });
        let onto_itself = bucket == input.bucket && key == input.key && !older;
        if onto_itself && !replaces && !states_encryption && stated.storage_class == source.attributes.storage_class {
            return Err(s3_error!(
                InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
            ));
        }
        let mut attributes = stated;
        stated_extras!(self, input, &caller, attributes);
        if !replaces_tags {
            attributes.tags.clone_from(&source.attributes.tags);
        }
        if !replaces {
            attributes.headers.clone_from(&source.attributes.headers);
            attributes.metadata.clone_from(&source.attributes.metadata);
        }
        // Composite checksums are of parts, which a copy doesn't have: it has one of all its bytes.
        let is_full = source.attributes.checksum_type.as_deref() == Some("FULL_OBJECT");
        let wanted_checksum = match &input.checksum_algorithm {
            Some(stated) => Some(algorithm(stated)?),
            None => source.attributes.checksums.keys().next().cloned(),
        };
        let known = wanted_checksum.as_ref().and_then(|name| source.attributes.checksums.get(name)).filter(|_| is_full);
        let to_compute = match (&wanted_checksum, known) {
            (Some(name), Some(sum)) => {
                attributes.checksums = [(name.clone(), sum.clone())].into();
                None
            }
            (Some(name), None) => Some(ChecksumAlgorithm::from(name.to_ascii_uppercase())),
            (None, _) => None,
        };
        attributes.checksum_type = wanted_checksum.map(|_| "FULL_OBJECT".to_owned());
        let opening = self.opening(&source, sent, &(0..source.length)).await?;
        let (encryption, sealing) = self.sealing(&input.bucket, &wanted).await?.unzip();
        attributes.encryption = encryption;
        let store = self.store.clone();
        let source_version = source.version.clone();
        let telling = self.telling(&input.bucket, "ObjectCreated:Copy", &caller);
        let object = blocking(move || {
            let (bucket, key) = (&input.bucket, &input.key);
            let mut checks = Checks::named(to_compute.as_ref())?;
            let put = |content, attributes, telling| {
                let begun = store.begin_put(bucket, key, content, attributes, &precondition, telling)?;
                Ok(store.settled(begun)?)
            };
            if opening.is_some() || sealing.is_some() {
                let content = rewritten(&store, &source, 0..source.length, opening, sealing, &mut checks)?;
                attributes.checksums.extend(checks.finish(&content.md5)?);
                return put(content, attributes, telling);
            }
            if to_compute.is_some() {
                checks.read(store.reader(&source, 0..source.length))?;
                attributes.checksums = checks.computed();
            }
            if source.parts.is_empty() {
                return Ok(store.copy_with(&source, bucket, key, attributes, &precondition, telling)?);
            }
            // What was uploaded in parts becomes an object put in one go, with the MD5 of all its bytes.
            let content = store.content_of(&source, 0..source.length)?;
            put(content, attributes, telling)
        })
        .await?;
        let mut result = CopyObjectResult {
            e_tag: Some(etag(&object)),
            last_modified: Some(timestamp(object.modified_ms)),
            checksum_type: object.attributes.checksum_type.clone().map(Into::into),
            ..CopyObjectResult::default()
        };
        answer!(result, object.attributes.checksums);
        let mut output = CopyObjectOutput {
            copy_object_result: Some(result),
            copy_source_version_id: source_version,
            version_id: object.version.clone(),
            ..CopyObjectOutput::default()
        };
        describe_encryption!(output, &object.attributes.encryption, wanted.key_md5());
        Ok(S3Response::new(output))
    }
}
