//! `PutObject`, and bodies on their way into the store.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::StreamExt;
use s3s::dto::{PutObjectInput, PutObjectOutput, StreamingBlob};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::checksum::{Checks, Trailing, answer, broken_body, stated};
use super::chunked::Trailers;
use super::conditions::precondition;
use super::encryption::{Sealing, describe_encryption, wanted_encryption};
use super::error::blocking;
use super::get::etag;
use super::headers::{attributes, refuse, stated_extras};
use super::operations::Operations;
use crate::store::{CHUNK_BYTES, Content, ContentWriter, ObjectStore};

/// Bytes that are handed to the store together.
const BATCH_BYTES: usize = 256 << 10;
/// The most bytes in one request: 5 GiB.
const LARGEST_BODY: u64 = 5 << 30;

/// A body that has arrived: all but its last bytes are in the store.
pub(super) struct Received {
    writer: ContentWriter,
    checks: Checks,
    sealing: Option<Sealing>,
    rest: Vec<Bytes>,
    length: BodyLength,
}

/// How many bytes a body must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BodyLength {
    pub least: u64,
    pub most: u64,
}

impl Received {
    /// Whether the bytes go where the event goes that names them, so that making them content waits for no disk.
    pub fn is_small(&self) -> bool {
        self.writer.length() == 0 && self.rest.iter().map(Bytes::len).sum::<usize>() <= CHUNK_BYTES
    }

    /// Checks the body and makes it content, with its checksums. Blocks unless it [is small](Self::is_small).
    pub fn finish(mut self) -> S3Result<(Content, BTreeMap<String, String>)> {
        let rest = std::mem::take(&mut self.rest);
        self.write(&rest)?;
        let BodyLength { least, most } = self.length;
        if self.writer.length() < least && least != most {
            return Err(s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size"));
        }
        if !(least..=most).contains(&self.writer.length()) {
            return Err(s3_error!(
                IncompleteBody,
                "You did not provide the number of bytes specified by the Content-Length HTTP header"
            ));
        }
        // Checked before it is made durable: a wrong body costs no fsync.
        let md5 = self.sealing.as_ref().map_or_else(|| self.writer.md5(), Sealing::md5);
        let checksums = self.checks.finish(&md5)?;
        let mut content = self.writer.finish()?;
        if let Some(sealing) = self.sealing {
            sealing.finish(&mut content);
        }
        Ok((content, checksums))
    }

    fn write(&mut self, parts: &[Bytes]) -> S3Result<()> {
        for part in parts {
            self.checks.update(part);
        }
        match &mut self.sealing {
            Some(sealing) => parts.iter().try_for_each(|part| self.writer.write(&sealing.seal(part)))?,
            None if parts.iter().map(Bytes::len).sum::<usize>() > CHUNK_BYTES => self.writer.write_many(parts)?,
            None => parts.iter().try_for_each(|part| self.writer.write(part))?,
        }
        Ok(())
    }
}

/// Where the trailing headers of a request will be.
pub(super) fn trailing<T>(request: &mut S3Request<T>) -> Trailing {
    match (request.trailing_headers.take(), request.extensions.remove::<Trailers>()) {
        (Some(verified), _) => Trailing::Verified(verified),
        (None, Some(unsigned)) => Trailing::Unsigned(unsigned),
        (None, None) => Trailing::Absent,
    }
}

/// The length that a request states.
pub(super) fn stated_length(content_length: Option<i64>) -> S3Result<BodyLength> {
    let length = content_length.and_then(|length| u64::try_from(length).ok());
    let length =
        length.ok_or_else(|| s3_error!(MissingContentLength, "You must provide the Content-Length HTTP header."))?;
    Ok(BodyLength { least: length, most: length })
}

/// Takes a body in, a batch at a time; the next batch is read only when the store has the last one.
pub(super) async fn receive(
    store: &ObjectStore,
    body: Option<StreamingBlob>,
    length: BodyLength,
    checks: Checks,
    sealing: Option<Sealing>,
) -> S3Result<Received> {
    let too_large = || s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size");
    let is_exact = length.least == length.most;
    if is_exact && length.most > LARGEST_BODY {
        return Err(too_large());
    }
    let length = BodyLength { most: length.most.min(LARGEST_BODY), ..length };
    let mut received = Received { writer: store.writer(), checks, sealing, rest: vec![], length };
    let Some(mut body) = body else { return Ok(received) };
    let mut held = 0;
    let mut total = 0_u64;
    while let Some(part) = body.next().await {
        let part = part.map_err(|error| broken_body(&error))?;
        held += part.len();
        total += part.len() as u64;
        received.rest.push(part);
        if total > length.most {
            if is_exact {
                break;
            }
            return Err(too_large());
        }
        if held >= BATCH_BYTES {
            held = 0;
            received = blocking(move || {
                let parts = std::mem::take(&mut received.rest);
                received.write(&parts)?;
                Ok(received)
            })
            .await?;
        }
    }
    Ok(received)
}

impl Operations {
    pub(super) async fn put(&self, mut request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let trailing = trailing(&mut request);
        let caller = self.caller(&request);
        let form_length = request.extensions.remove::<BodyLength>();
        let mut input = request.input;
        let length = form_length.map_or_else(|| stated_length(input.content_length), Ok)?;
        let wanted = wanted_encryption!(input)?;
        refuse!(input; write_offset_bytes => "x-amz-write-offset-bytes");
        let mut attributes = attributes!(input)?;
        let precondition = precondition(input.if_match.take(), input.if_none_match.take())?;
        let algorithm = input.checksum_algorithm.as_ref();
        let checks = Checks::new(stated!(input), input.content_md5.as_deref(), algorithm, &request.headers, trailing)?;
        stated_extras!(self, input, &caller, attributes);
        // A client that is told at once does not send gigabytes in vain.
        self.check_bucket(&input.bucket).await?;
        let (encryption, sealing) = self.sealing(&input.bucket, &wanted).await?.unzip();
        attributes.encryption = encryption;
        // Boxed: it would have its place in the future of every request once for each way to go on.
        let received = Box::new(receive(&self.store, input.body.take(), length, checks, sealing).await?);
        let (store, bucket, key) = (self.store.clone(), input.bucket.clone(), input.key.clone());
        let event = if form_length.is_some() { "ObjectCreated:Post" } else { "ObjectCreated:Put" };
        let telling = self.telling(&bucket, event, &caller);
        let at_once = received.is_small() && store.takes_at_once();
        let begin = move || -> S3Result<_> {
            let (content, checksums) = received.finish()?;
            let mut attributes = attributes;
            attributes.checksum_type = (!checksums.is_empty()).then(|| "FULL_OBJECT".to_owned());
            attributes.checksums = checksums;
            let begun = store.begin_put(&bucket, &key, content, attributes, &precondition, telling)?;
            Ok((store, begun))
        };
        let object = if at_once {
            let (_, begun) = begin()?;
            self.settling.settled(begun).await?
        } else {
            // Where a thread is needed anyway, it waits for the event too.
            blocking(move || begin().and_then(|(store, begun)| Ok(store.settled(begun)?))).await?
        };
        let mut output = PutObjectOutput {
            e_tag: Some(etag(&object)),
            version_id: object.version.clone(),
            expiration: self.expiration(&input.bucket, &input.key, &object),
            checksum_type: object.attributes.checksum_type.clone().map(Into::into),
            ..PutObjectOutput::default()
        };
        answer!(output, object.attributes.checksums);
        describe_encryption!(output, &object.attributes.encryption, wanted.key_md5());
        Ok(S3Response::new(output))
    }
}
