//! Uploads in parts.

use std::collections::BTreeMap;

use http::HeaderMap;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CompletedPart as NamedPart, CopyPartResult, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, ETag, Initiator, ListMultipartUploadsInput, ListMultipartUploadsOutput,
    ListPartsInput, ListPartsOutput, MultipartUpload, Owner, Part as ListedPart, StorageClass, UploadPartCopyInput,
    UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::host::S3Host;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use super::checksum::{Checks, Combining, algorithm, answer, check_algorithm, combining, complete, stated};
use super::conditions::{Conditions, precondition};
use super::copy::{LARGEST_COPY, stated_source};
use super::encryption::{ALGORITHM, describe_encryption, rewritten, sent_key, source_key, wanted_encryption};
use super::error::{blocking, invalid_argument};
use super::form::encoded;
use super::get::etag;
use super::headers::{attributes, refuse, stated_extras, timestamp};
use super::host::LocalHost;
use super::list::{Names, limit};
use super::operations::Operations;
use super::put::{receive, stated_length, trailing};
use crate::store::{CompletedPart, Listed, ListingQuery, Object, UploadInfo};

/// The greatest part number.
const LAST_PART: i32 = 10_000;

fn part_number(stated: i32) -> S3Result<u16> {
    let valid = (1..=LAST_PART).contains(&stated).then_some(stated as u16);
    valid.ok_or_else(|| invalid_argument("Part number must be an integer between 1 and 10000, inclusive"))
}

fn malformed() -> S3Error {
    s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema")
}

fn initiator(owner: Owner) -> Initiator {
    Initiator { display_name: owner.display_name, id: owner.id }
}

/// The algorithm of an upload's checksums, and how they combine.
fn upload_checksums(upload: &UploadInfo) -> S3Result<Option<(String, Combining)>> {
    let attributes = &upload.attributes;
    let Some(algorithm) = attributes.checksum_algorithm.clone() else { return Ok(None) };
    let combining = combining(&algorithm, attributes.checksum_type.as_deref())?;
    Ok(Some((algorithm, combining)))
}

impl Operations {
    pub(super) async fn begin_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let caller = self.caller(&request);
        let mut input = request.input;
        let wanted = wanted_encryption!(input)?;
        let mut attributes = attributes!(input)?;
        stated_extras!(self, input, &caller, attributes);
        let algorithm = input.checksum_algorithm.as_ref().map(algorithm).transpose()?;
        let stated_type = input.checksum_type.as_ref().map(|t| t.as_str().to_owned());
        match &algorithm {
            Some(algorithm) => {
                let composite = combining(algorithm, stated_type.as_deref())? == Combining::Composite;
                attributes.checksum_type = Some(if composite { "COMPOSITE" } else { "FULL_OBJECT" }.to_owned());
            }
            None if stated_type.is_some() => {
                return Err(s3_error!(
                    InvalidRequest,
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
                ));
            }
            None => {}
        }
        attributes.checksum_algorithm = algorithm;
        let checksum_type = attributes.checksum_type.clone();
        attributes.encryption = self.sealing(&input.bucket, &wanted).await?.map(|(encryption, _)| encryption);
        let encryption = attributes.encryption.clone();
        let store = self.store.clone();
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let upload = blocking(move || Ok(store.create_upload(&bucket, &key, attributes)?)).await?;
        let (abort_date, abort_rule_id) = self.abortion(&input.bucket, &input.key, self.store.now_ms()).unzip();
        let mut output = CreateMultipartUploadOutput {
            abort_date,
            abort_rule_id,
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(upload),
            checksum_algorithm: input.checksum_algorithm,
            checksum_type: checksum_type.map(Into::into),
            ..CreateMultipartUploadOutput::default()
        };
        describe_encryption!(output, &encryption, wanted.key_md5());
        Ok(S3Response::new(output))
    }

    async fn upload_of(&self, bucket: &str, key: &str, upload: &str) -> S3Result<UploadInfo> {
        let (store, bucket, key, upload) = (self.store.clone(), bucket.to_owned(), key.to_owned(), upload.to_owned());
        blocking(move || Ok(store.upload(&bucket, &key, &upload)?)).await
    }

    pub(super) async fn put_part(
        &self,
        mut request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let trailing = trailing(&mut request);
        let mut input = request.input;
        let sent = sent_key!(input)?;
        let key_md5 = sent.as_ref().map(|key| key.md5.clone());
        let length = stated_length(input.content_length)?;
        let number = part_number(input.part_number)?;
        let upload = self.upload_of(&input.bucket, &input.key, &input.upload_id).await?;
        // A part's checksum is needed for the whole's, stated or not.
        let stated = stated!(input);
        let named = match upload_checksums(&upload)? {
            Some((algorithm, _)) => {
                check_algorithm(&algorithm, &stated, &request.headers)?;
                Some(ChecksumAlgorithm::from(algorithm.to_ascii_uppercase()))
            }
            None => input.checksum_algorithm.take(),
        };
        let checks = Checks::new(stated, input.content_md5.as_deref(), named.as_ref(), &request.headers, trailing)?;
        let encryption = upload.attributes.encryption;
        let sealing = self.sealing_part(encryption.as_ref(), sent).await?;
        let received = receive(&self.store, input.body.take(), length, checks, sealing).await?;
        let store = self.store.clone();
        let part = blocking(move || {
            let (content, checksums) = received.finish()?;
            Ok(store.put_part(&input.bucket, &input.key, &input.upload_id, number, content, checksums)?)
        })
        .await?;
        let mut output = UploadPartOutput { e_tag: Some(ETag::Strong(part.etag)), ..UploadPartOutput::default() };
        answer!(output, part.part.checksums);
        describe_encryption!(output, &encryption, key_md5.as_ref());
        Ok(S3Response::new(output))
    }

    pub(super) async fn copy_part(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        let stated = stated_source(&request.headers, &request.input.copy_source);
        let mut input = request.input;
        let (sent, source_sent) = (sent_key!(input)?, source_key!(input)?);
        let key_md5 = sent.as_ref().map(|key| key.md5.clone());
        let number = part_number(input.part_number)?;
        let upload = self.upload_of(&input.bucket, &input.key, &input.upload_id).await?;
        let (_, _, source) = self.source(&stated).await?;
        let copy_source_version_id = source.version.clone();
        let conditions = Conditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
        conditions.check_copy(&source)?;
        let range = match input.copy_source_range.as_deref() {
            Some(text) => copy_range(text, source.length)?,
            None => 0..source.length,
        };
        if range.end - range.start > LARGEST_COPY {
            return Err(s3_error!(
                InvalidRequest,
                "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120"
            ));
        }
        let named = upload_checksums(&upload)?.map(|(name, _)| ChecksumAlgorithm::from(name.to_ascii_uppercase()));
        let opening = self.opening(&source, source_sent, &range).await?;
        let encryption = upload.attributes.encryption;
        let sealing = self.sealing_part(encryption.as_ref(), sent).await?;
        let store = self.store.clone();
        let part = blocking(move || {
            let mut checks = Checks::named(named.as_ref())?;
            if opening.is_some() || sealing.is_some() {
                let content = rewritten(&store, &source, range, opening, sealing, &mut checks)?;
                let checksums = checks.finish(&content.md5)?;
                return Ok(store.put_part(&input.bucket, &input.key, &input.upload_id, number, content, checksums)?);
            }
            let content = store.content_of(&source, range.clone())?;
            let mut checksums = BTreeMap::new();
            if named.is_some() {
                checks.read(store.reader(&source, range))?;
                checksums = checks.computed();
            }
            Ok(store.put_part(&input.bucket, &input.key, &input.upload_id, number, content, checksums)?)
        })
        .await?;
        let mut result = CopyPartResult {
            e_tag: Some(ETag::Strong(part.etag)),
            last_modified: Some(timestamp(part.modified_ms)),
            ..CopyPartResult::default()
        };
        answer!(result, part.part.checksums);
        let mut output = UploadPartCopyOutput {
            copy_part_result: Some(result),
            copy_source_version_id,
            ..UploadPartCopyOutput::default()
        };
        describe_encryption!(output, &encryption, key_md5.as_ref());
        Ok(S3Response::new(output))
    }

    pub(super) async fn complete(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let caller = self.caller(&request);
        let mut input = request.input;
        let location = location(&request.headers, &input.bucket, &input.key);
        let sent = sent_key!(input)?;
        let precondition = precondition(input.if_match.take(), input.if_none_match.take())?;
        let stated = stated!(input);
        let parts = input.multipart_upload.take().and_then(|m| m.parts).filter(|p| !p.is_empty());
        let mut named: Vec<CompletedPart> =
            parts.ok_or_else(malformed)?.into_iter().map(named).collect::<S3Result<_>>()?;
        // Of a part that is named twice in a row, the last counts: a client that sent it again says so.
        named.reverse();
        named.dedup_by_key(|part| part.number);
        named.reverse();
        let upload = match self.upload_of(&input.bucket, &input.key, &input.upload_id).await {
            // A client that missed the answer asks again.
            Err(error) if *error.code() == S3ErrorCode::NoSuchUpload => {
                let made = self.find(&input.bucket, &input.key, None).await.ok();
                let made = made.filter(|object| object.attributes.upload.as_ref() == Some(&input.upload_id));
                return made.map(|object| completed(location, input.bucket, input.key, &object)).ok_or(error);
            }
            other => other?,
        };
        if sent.is_some() {
            self.sealing_part(upload.attributes.encryption.as_ref(), sent).await?;
        }
        if let (Some(stated), Some(begun)) = (&input.checksum_type, &upload.attributes.checksum_type)
            && stated.as_str() != begun
        {
            return Err(s3_error!(
                InvalidRequest,
                "The upload was created using the {begun} checksum mode. The complete request must use the same checksum mode."
            ));
        }
        let checksums = upload_checksums(&upload)?;
        let (algorithm, combining) = match checksums {
            Some((algorithm, combining)) => (Some(algorithm), combining),
            None => (None, Combining::Composite),
        };
        let expected = input.mpu_object_size;
        let store = self.store.clone();
        let (bucket, key, id) = (input.bucket.clone(), input.key.clone(), input.upload_id);
        let telling = self.telling(&bucket, "ObjectCreated:CompleteMultipartUpload", &caller);
        let object = blocking(move || {
            let mut length = 0;
            let place = (bucket.as_str(), key.as_str(), id.as_str());
            let object = store.complete_upload_with(place, &named, &precondition, telling, |parts| {
                length = parts.iter().map(|part| part.length as i64).sum();
                if expected.is_some_and(|expected| expected != length) {
                    return Err(crate::store::StoreError::ChecksumMismatch);
                }
                complete(algorithm.as_deref(), combining, parts, &stated)
            });
            match object {
                Err(crate::store::StoreError::ChecksumMismatch) if expected.is_some_and(|e| e != length) => {
                    Err(s3_error!(
                        InvalidRequest,
                        "The provided 'x-amz-mp-object-size' header does not match what was computed"
                    ))
                }
                other => Ok(other?),
            }
        })
        .await?;
        Ok(completed(location, input.bucket, input.key, &object))
    }

    pub(super) async fn abort(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = request.input;
        refuse!(input; if_match_initiated_time => "x-amz-if-match-initiated-time");
        let store = self.store.clone();
        blocking(move || Ok(store.abort_upload(&input.bucket, &input.key, &input.upload_id)?)).await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    pub(super) async fn parts(&self, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let input = request.input;
        let limit = limit(input.max_parts, "max-parts")?;
        let after = input.part_number_marker.unwrap_or(0);
        let marker =
            u16::try_from(after).map_err(|_| invalid_argument("Argument part-number-marker is out of range"))?;
        let upload = self.upload_of(&input.bucket, &input.key, &input.upload_id).await?;
        let store = self.store.clone();
        let (bucket, key, id) = (input.bucket.clone(), input.key.clone(), input.upload_id.clone());
        let (parts, more) = blocking(move || Ok(store.parts(&bucket, &key, &id, marker, limit as usize)?)).await?;
        let last = parts.last().map_or(after, |part| i32::from(part.part.number));
        let describe = |part: crate::store::UploadedPart| {
            let mut listed = ListedPart {
                e_tag: Some(ETag::Strong(part.etag)),
                last_modified: Some(timestamp(part.modified_ms)),
                part_number: Some(i32::from(part.part.number)),
                size: Some(part.part.length as i64),
                ..ListedPart::default()
            };
            answer!(listed, part.part.checksums);
            listed
        };
        let (abort_date, abort_rule_id) = self.abortion(&input.bucket, &input.key, upload.created_ms).unzip();
        let attributes = upload.attributes;
        Ok(S3Response::new(ListPartsOutput {
            abort_date,
            abort_rule_id,
            bucket: Some(input.bucket),
            checksum_algorithm: attributes.checksum_algorithm.map(|name| name.to_ascii_uppercase().into()),
            checksum_type: attributes.checksum_type.map(Into::into),
            initiator: Some(initiator(self.owner(&attributes.owner))),
            is_truncated: Some(more),
            key: Some(input.key),
            max_parts: Some(limit),
            next_part_number_marker: Some(last),
            owner: Some(self.owner(&attributes.owner)),
            part_number_marker: Some(after),
            parts: Some(parts.into_iter().map(describe).collect()),
            storage_class: Some(class(attributes.storage_class)),
            upload_id: Some(input.upload_id),
            ..ListPartsOutput::default()
        }))
    }

    pub(super) async fn uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let input = request.input;
        let names = Names::new(input.encoding_type.as_ref())?;
        let limit = limit(input.max_uploads, "max-uploads")?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let marker = input.key_marker.clone().filter(|marker| !marker.is_empty());
        // Uploads of the marker's own key follow it in the order of their ids when an id is given too.
        let id_marker = input.upload_id_marker.clone().filter(|id| marker.is_some() && !id.is_empty());
        let query = ListingQuery {
            prefix: prefix.clone(),
            delimiter: input.delimiter.clone(),
            after: marker.clone(),
            limit: usize::MAX,
        };
        let store = self.store.clone();
        let bucket = input.bucket.clone();
        let (own, listing) = blocking(move || {
            let own = match (&marker, &id_marker) {
                (Some(key), Some(id)) if key.starts_with(&prefix) => {
                    let query = ListingQuery { prefix: key.clone(), limit: 1, ..ListingQuery::default() };
                    let found = store.uploads(&bucket, &query)?.found.into_iter().next();
                    match found {
                        Some(Listed::Item(found, uploads)) if found == *key => {
                            uploads.into_iter().filter(|upload| upload.upload > *id).collect()
                        }
                        _ => vec![],
                    }
                }
                _ => vec![],
            };
            Ok((own, store.uploads(&bucket, &query)?))
        })
        .await?;
        let rest = listing.found.into_iter().flat_map(|found| match found {
            Listed::Prefix(prefix) => vec![Err(prefix)],
            Listed::Item(_, uploads) => uploads.into_iter().map(Ok).collect(),
        });
        let mut all = own.into_iter().map(Ok).chain(rest);
        let page: Vec<Result<UploadInfo, String>> = all.by_ref().take(limit as usize).collect();
        let more = limit > 0 && all.next().is_some();
        let (next_key, next_id) = match page.last().filter(|_| more) {
            Some(Ok(upload)) => (Some(upload.key.clone()), Some(upload.upload.clone())),
            Some(Err(prefix)) => (Some(prefix.clone()), None),
            None => (None, None),
        };
        let (mut uploads, mut prefixes) = (vec![], vec![]);
        for found in page {
            match found {
                Ok(upload) => {
                    let owner = self.owner(&upload.attributes.owner);
                    uploads.push(describe_upload(upload, owner, names));
                }
                Err(prefix) => prefixes.push(s3s::dto::CommonPrefix { prefix: Some(names.write(prefix)) }),
            }
        }
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            common_prefixes: Some(prefixes),
            delimiter: input.delimiter.filter(|d| !d.is_empty()).map(|d| names.write(d)),
            encoding_type: input.encoding_type,
            is_truncated: Some(more),
            key_marker: Some(names.write(input.key_marker.unwrap_or_default())),
            max_uploads: Some(limit),
            next_key_marker: next_key.map(|key| names.write(key)),
            next_upload_id_marker: next_id,
            prefix: Some(names.write(input.prefix.unwrap_or_default())),
            request_charged: None,
            upload_id_marker: Some(input.upload_id_marker.unwrap_or_default()),
            uploads: Some(uploads),
        }))
    }
}

/// Where an object is found, by the name under which the request found this server.
fn location(headers: &HeaderMap, bucket: &str, key: &str) -> String {
    let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let key = key.split('/').map(encoded).collect::<Vec<_>>().join("/");
    let is_named_by_host = LocalHost.parse_host_header(host).is_ok_and(|host| host.bucket().is_some());
    if is_named_by_host { format!("http://{host}/{key}") } else { format!("http://{host}/{bucket}/{key}") }
}

fn completed(
    location: String,
    bucket: String,
    key: String,
    object: &Object,
) -> S3Response<CompleteMultipartUploadOutput> {
    let mut output = CompleteMultipartUploadOutput {
        location: Some(location),
        bucket: Some(bucket),
        key: Some(key),
        e_tag: Some(etag(object)),
        version_id: object.version.clone(),
        ..CompleteMultipartUploadOutput::default()
    };
    if object.attributes.encryption.as_ref().is_some_and(|encryption| encryption.customer.is_none()) {
        output.server_side_encryption = Some(s3s::dto::ServerSideEncryption::from_static(ALGORITHM));
    }
    if !object.attributes.checksums.is_empty() {
        output.checksum_type = object.attributes.checksum_type.clone().map(Into::into);
    }
    answer!(output, object.attributes.checksums);
    S3Response::new(output)
}

fn class(stored: Option<String>) -> StorageClass {
    StorageClass::from(stored.unwrap_or_else(|| "STANDARD".to_owned()))
}

fn describe_upload(upload: UploadInfo, owner: Owner, names: Names) -> MultipartUpload {
    MultipartUpload {
        checksum_algorithm: upload.attributes.checksum_algorithm.map(|name| name.to_ascii_uppercase().into()),
        checksum_type: upload.attributes.checksum_type.map(Into::into),
        initiated: Some(timestamp(upload.created_ms)),
        initiator: Some(initiator(owner.clone())),
        key: Some(names.write(upload.key)),
        owner: Some(owner),
        storage_class: Some(class(upload.attributes.storage_class)),
        upload_id: Some(upload.upload),
    }
}

/// A part as a completion names it.
fn named(mut part: NamedPart) -> S3Result<CompletedPart> {
    let number = part_number(part.part_number.ok_or_else(malformed)?)?;
    let etag = part.e_tag.take().ok_or_else(malformed)?.into_value();
    Ok(CompletedPart { number, etag, checksums: stated!(part) })
}

/// `bytes=<first>-<last>`, both within the source.
fn copy_range(text: &str, length: u64) -> S3Result<std::ops::Range<u64>> {
    let malformed = || {
        invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
        )
    };
    let (first, last) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(malformed)?;
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten();
    let (first, last) = (number(first).ok_or_else(malformed)?, number(last).ok_or_else(malformed)?);
    if first > last {
        return Err(malformed());
    }
    if last >= length {
        return Err(s3_error!(InvalidRange, "Range specified is not valid for source object of size: {length}"));
    }
    Ok(first..last + 1)
}

#[cfg(test)]
mod tests {
    use super::copy_range;

    #[test]
    fn ranges_to_copy() {
        assert_eq!(copy_range("bytes=0-9", 10).unwrap(), 0..10);
        assert_eq!(copy_range("bytes=3-3", 10).unwrap(), 3..4);
        for bad in ["0-9", "bytes=", "bytes=-5", "bytes=5-", "bytes=9-3", "bytes=0-10", "bytes=+1-2", "bytes=a-b"] {
            assert!(copy_range(bad, 10).is_err(), "{bad}");
        }
    }
}
