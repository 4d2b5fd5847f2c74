//! `GetObject` and `HeadObject`, and bytes on their way out.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range as ByteRange, StreamingBlob,
};
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use tokio::task::{JoinError, JoinHandle};

use super::checksum::answer;
use super::conditions::Conditions;
use super::encryption::{Opening, describe_encryption, sent_key};
use super::error::{blocking, invalid_argument};
use super::headers::describe;
use super::operations::Operations;
use crate::store::{NULL_VERSION, Object, Reader, StoreError};

const TAGGING_COUNT: HeaderName = HeaderName::from_static("x-amz-tagging-count");
const DELETE_MARKER: HeaderName = HeaderName::from_static("x-amz-delete-marker");

fn tag_count(object: &Object) -> Option<i32> {
    let tags = &object.attributes.tags;
    (!tags.is_empty()).then_some(tags.len() as i32)
}

/// Which of an object's bytes a request is about.
struct Selection {
    range: Range<u64>,
    /// Content-Range, when it isn't all.
    content_range: Option<String>,
    parts: Option<i32>,
}

fn select(object: &Object, range: Option<ByteRange>, part_number: Option<i32>) -> S3Result<Selection> {
    let length = object.length;
    let partial = |range: Range<u64>| {
        let content_range = format!("bytes {}-{}/{length}", range.start, range.end.saturating_sub(1));
        Selection { range, content_range: Some(content_range), parts: None }
    };
    match (range, part_number) {
        (Some(_), Some(_)) => {
            Err(s3_error!(InvalidRequest, "Cannot specify both Range header and partNumber query parameter"))
        }
        (Some(range), None) => {
            let range = range.check(length).map_err(|_| {
                let mut error = s3_error!(InvalidRange, "The requested range is not satisfiable");
                if let Ok(value) = format!("bytes */{length}").try_into() {
                    error.set_headers([(http::header::CONTENT_RANGE, value)].into_iter().collect());
                }
                error
            })?;
            Ok(partial(range))
        }
        (None, Some(number)) => {
            let message = "The requested partnumber is not satisfiable";
            let invalid = || s3_error!(InvalidPart, "{message}");
            if object.parts.is_empty() {
                return if number == 1 { Ok(partial(0..length)) } else { Err(invalid()) };
            }
            let mut start = 0;
            for part in &object.parts {
                if i32::from(part.number) == number {
                    let parts = Some(object.parts.len() as i32);
                    return Ok(Selection { parts, ..partial(start..start + part.length) });
                }
                start += part.length;
            }
            Err(invalid())
        }
        (None, None) => Ok(Selection { range: 0..length, content_range: None, parts: None }),
    }
}

/// What reads, and what it has read.
type Batch = ((Reader, Option<Opening>), Result<Vec<Bytes>, StoreError>);

/// The next bytes, read by a thread that may wait for a disk.
fn read_elsewhere(mut reader: Reader, mut opening: Option<Opening>) -> JoinHandle<Batch> {
    tokio::task::spawn_blocking(move || {
        let mut batch = reader.next_batch();
        if let (Some(opening), Ok(batch)) = (&mut opening, &mut batch) {
            for bytes in batch {
                *bytes = opening.open(bytes);
            }
        }
        ((reader, opening), batch)
    })
}

/// Where the next bytes of a body come from.
enum Source {
    /// Nobody reads yet.
    Idle(Reader, Option<Opening>),
    /// A thread does.
    Reading(JoinHandle<Batch>),
    /// There are none.
    End,
}

impl Source {
    /// What comes after a batch. A disk is asked for the next bytes while these are sent.
    fn after((reader, opening): (Reader, Option<Opening>), by_disk: bool) -> Self {
        match reader.remaining() {
            0 => Self::End,
            _ if by_disk => Self::Reading(read_elsewhere(reader, opening)),
            _ => Self::Idle(reader, opening),
        }
    }

    /// The next bytes; none at the end. What is in memory is taken from there: handing it from thread to thread costs
    /// more than copying it. Decrypting takes a thread of its own.
    async fn next(self) -> Result<(Vec<Bytes>, Self), StoreError> {
        let reading = match self {
            Self::End => return Ok((vec![], Self::End)),
            Self::Reading(reading) => reading,
            Self::Idle(mut reader, None) => match reader.next_batch_now()? {
                Some(batch) => return Ok((batch, Self::after((reader, None), false))),
                None => read_elsewhere(reader, None),
            },
            Self::Idle(reader, opening) => read_elsewhere(reader, opening),
        };
        let stopped = |error: JoinError| StoreError::Damaged(format!("reading has stopped: {error}"));
        let (reader, batch) = reading.await.map_err(stopped)?;
        Ok((batch?, Self::after(reader, true)))
    }
}

/// The bytes of a reader as a body.
async fn body(reader: Reader, opening: Option<Opening>) -> S3Result<StreamingBlob> {
    let (first, source) = Source::after((reader, opening), false).next().await?;
    if matches!(source, Source::End) && first.len() <= 1 {
        return Ok(Body::from(first.into_iter().next().unwrap_or_default()).into());
    }
    let stream = futures::stream::try_unfold((VecDeque::from(first), source), |(mut ready, mut source)| async move {
        if ready.is_empty() {
            // Who asks for little waits for a batch of those who ask for much, not for all that their connections take.
            tokio::task::yield_now().await;
            let (batch, then) = source.next().await.map_err(std::io::Error::other)?;
            (ready, source) = (batch.into(), then);
        }
        Ok(ready.pop_front().map(|bytes| (bytes, (ready, source))))
    });
    Ok(StreamingBlob::wrap::<_, std::io::Error>(stream))
}

impl Operations {
    /// An object or a version of it, at once when it can be.
    pub(super) async fn find(&self, bucket: &str, key: &str, version: Option<&str>) -> S3Result<Arc<Object>> {
        if version.is_none()
            && let Some(object) = self.store.object_now(bucket, key)
        {
            return Ok(object);
        }
        let version = match version {
            // No version has such an id: ids are of one form.
            Some(id) if id != NULL_VERSION && !is_version_id(id) => {
                return Err(invalid_argument("Invalid version id specified"));
            }
            version => version.map(str::to_owned),
        };
        let (store, bucket, key) = (self.store.clone(), bucket.to_owned(), key.to_owned());
        blocking(move || Ok(store.version(&bucket, &key, version.as_deref())?)).await
    }

    pub(super) async fn get(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let mut input = request.input;
        let sent = sent_key!(input)?;
        refuse_method(&request.headers)?;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check_read(&object)?;
        let selection = select(&object, input.range, input.part_number)?;
        let key_md5 = sent.as_ref().map(|key| key.md5.clone());
        let opening = self.opening(&object, sent, &selection.range).await?;
        let reader = self.store.reader(&object, selection.range.clone());
        let mut output = GetObjectOutput {
            body: Some(body(reader, opening).await?),
            content_length: Some((selection.range.end - selection.range.start) as i64),
            parts_count: selection.parts,
            ..GetObjectOutput::default()
        };
        describe!(output, object);
        describe_encryption!(output, &object.attributes.encryption, key_md5.as_ref());
        output.tag_count = tag_count(&object);
        output.expiration = self.expiration(&input.bucket, &input.key, &object);
        if input.checksum_mode.is_some() && selection.content_range.is_none() {
            answer!(output, object.attributes.checksums);
            output.checksum_type = object.attributes.checksum_type.clone().map(Into::into);
        }
        output.content_range = selection.content_range;
        Ok(S3Response::new(output))
    }

    pub(super) async fn head(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let mut input = request.input;
        let sent = sent_key!(input)?;
        refuse_method(&request.headers)?;
        let found = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await;
        let object = found.map_err(without_marker)?;
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check_read(&object)?;
        let selection = select(&object, input.range, input.part_number)?;
        let key_md5 = sent.as_ref().map(|key| key.md5.clone());
        self.opening(&object, sent, &selection.range).await?;
        let mut output = HeadObjectOutput {
            content_length: Some((selection.range.end - selection.range.start) as i64),
            parts_count: selection.parts,
            ..HeadObjectOutput::default()
        };
        describe!(output, object);
        describe_encryption!(output, &object.attributes.encryption, key_md5.as_ref());
        output.expiration = self.expiration(&input.bucket, &input.key, &object);
        if input.checksum_mode.is_some() && selection.content_range.is_none() {
            answer!(output, object.attributes.checksums);
            output.checksum_type = object.attributes.checksum_type.clone().map(Into::into);
        }
        let partial = selection.content_range.is_some();
        output.content_range = selection.content_range;
        let mut response = S3Response::new(output);
        response.headers.extend(tag_count(&object).map(|count| (TAGGING_COUNT, HeaderValue::from(count))));
        response.status = partial.then_some(StatusCode::PARTIAL_CONTENT);
        Ok(response)
    }
}

/// How something is to be encrypted is said when it is put.
fn refuse_method(headers: &HeaderMap) -> S3Result<()> {
    if headers.contains_key("x-amz-server-side-encryption") {
        return Err(invalid_argument("x-amz-server-side-encryption header is not supported for this operation."));
    }
    Ok(())
}

/// An answer that has no body says in a header that it is no delete marker that hides the object.
fn without_marker(mut error: S3Error) -> S3Error {
    if *error.code() == S3ErrorCode::NoSuchKey && error.headers().is_none() {
        error.set_headers([(DELETE_MARKER, HeaderValue::from_static("false"))].into_iter().collect());
    }
    error
}

/// Whether a text has the form of a version's id.
pub(super) fn is_version_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// An entity tag for an answer.
pub(super) fn etag(object: &Object) -> ETag {
    ETag::Strong(object.etag.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::StreamExt as _;

    use super::*;
    use crate::store::{Attributes, ObjectStore, Precondition, StoreOptions};

    #[test]
    fn who_asks_for_much_lets_others_have_their_turns() {
        let directory = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(directory.path(), StoreOptions::default(), Arc::new(|| 1)).unwrap();
        store.create_bucket("b", "r").unwrap();
        let length = 4 << 20;
        let mut writer = store.writer();
        writer.write(&vec![7; length]).unwrap();
        let content = writer.finish().unwrap();
        let object = store.put("b", "much", content, Attributes::default(), &Precondition::None).unwrap();
        let reader = store.reader(&object, 0..object.length);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (turns, mut counted) = (Arc::new(AtomicUsize::new(0)), 0);
        let other = Arc::clone(&turns);
        runtime.block_on(async {
            tokio::spawn(async move {
                loop {
                    other.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            });
            let mut body = body(reader, None).await.unwrap();
            while let Some(bytes) = body.next().await {
                counted += bytes.unwrap().len();
            }
        });
        assert_eq!(counted, length);
        assert!(turns.load(Ordering::Relaxed) >= 15, "{turns:?}: a batch each of 256 KiB");
    }
}
