//! `ListObjects`, version 1 and 2.

use std::fmt::Write;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto::{
    CommonPrefix, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
    Object as ListedObject, ObjectStorageClass, Owner,
};
use s3s::{S3Request, S3Response, S3Result};

use super::error::{blocking, invalid_argument};
use super::get::etag;
use super::headers::timestamp;
use super::operations::Operations;
use crate::store::{Listed, Listing, ListingQuery, Object};

/// The most keys in one page.
const MOST_KEYS: i32 = 1000;

/// How names are written into an answer: as they are, or percent-encoded for those that XML can't have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    encoded: bool,
}

impl Names {
    pub fn new(encoding: Option<&EncodingType>) -> S3Result<Self> {
        match encoding.map(EncodingType::as_str) {
            None => Ok(Self { encoded: false }),
            Some(EncodingType::URL) => Ok(Self { encoded: true }),
            Some(_) => Err(invalid_argument("Invalid Encoding Method specified in Request")),
        }
    }

    /// Percent-encoded.
    pub const fn encoded() -> Self {
        Self { encoded: true }
    }

    pub fn write(self, name: impl Into<String>) -> String {
        let name = name.into();
        if !self.encoded {
            return name;
        }
        name.bytes().fold(String::with_capacity(name.len()), |mut text, byte| {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => text.push(byte.into()),
                _ => {
                    let _ = write!(text, "%{byte:02X}");
                }
            }
            text
        })
    }
}

impl Names {
    /// A name that a client sent, back to it: as it is if XML can have that. The AWS SDKs ask for encoded names unasked,
    /// and the Python one decodes all but the prefix of version 1.
    fn write_echo(self, name: String) -> String {
        let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        if name.chars().all(is_text) { name } else { self.write(name) }
    }
}

/// How many to list at most.
pub(super) fn limit(stated: Option<i32>, name: &str) -> S3Result<i32> {
    match stated {
        None => Ok(MOST_KEYS),
        Some(negative) if negative < 0 => {
            Err(invalid_argument(format!("Argument {name} must be an integer between 0 and 2147483647")))
        }
        Some(number) => Ok(number.min(MOST_KEYS)),
    }
}

struct Page {
    contents: Vec<ListedObject>,
    prefixes: Vec<CommonPrefix>,
    next: Option<String>,
}

impl Page {
    fn new(listing: Listing<Arc<Object>>, names: Names, owner: Option<&dyn Fn(&str) -> Owner>) -> Self {
        let mut page = Self { contents: vec![], prefixes: vec![], next: listing.next };
        for found in listing.found {
            match found {
                Listed::Prefix(prefix) => page.prefixes.push(CommonPrefix { prefix: Some(names.write(prefix)) }),
                Listed::Item(key, object) => page.contents.push(describe(key, &object, names, owner)),
            }
        }
        page
    }
}

fn describe(key: String, object: &Object, names: Names, owner: Option<&dyn Fn(&str) -> Owner>) -> ListedObject {
    let algorithms =
        object.attributes.checksums.keys().map(|name| name.to_ascii_uppercase().into()).collect::<Vec<_>>();
    let class = object.attributes.storage_class.clone();
    ListedObject {
        checksum_algorithm: (!algorithms.is_empty()).then_some(algorithms),
        checksum_type: object.attributes.checksum_type.clone().map(Into::into),
        e_tag: Some(etag(object)),
        key: Some(names.write(key)),
        last_modified: Some(timestamp(object.modified_ms)),
        owner: owner.map(|owner| owner(&object.attributes.owner)),
        restore_status: None,
        size: Some(object.length as i64),
        storage_class: Some(ObjectStorageClass::from(class.unwrap_or_else(|| "STANDARD".to_owned()))),
    }
}

impl Operations {
    async fn page(&self, bucket: String, query: ListingQuery) -> S3Result<Listing<Arc<Object>>> {
        if let Some(listing) = self.store.list_now(&bucket, &query) {
            return Ok(listing);
        }
        let store = self.store.clone();
        blocking(move || Ok(store.list(&bucket, &query)?)).await
    }

    pub(super) async fn list(&self, request: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
        let input = request.input;
        let names = Names::new(input.encoding_type.as_ref())?;
        let limit = limit(input.max_keys, "maxKeys")?;
        let query = ListingQuery {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone(),
            after: input.marker.clone().filter(|marker| !marker.is_empty()),
            limit: limit as usize,
        };
        let listing = self.page(input.bucket.clone(), query).await?;
        let page = Page::new(listing, names, Some(&|id| self.owner(id)));
        let truncated = page.next.is_some();
        // Without a delimiter clients go on after the last key.
        let next_marker = page.next.filter(|_| input.delimiter.as_ref().is_some_and(|d| !d.is_empty()));
        Ok(S3Response::new(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: Some(names.write_echo(input.prefix.unwrap_or_default())),
            marker: Some(names.write(input.marker.unwrap_or_default())),
            max_keys: Some(limit),
            is_truncated: Some(truncated),
            contents: Some(page.contents),
            common_prefixes: Some(page.prefixes),
            delimiter: input.delimiter.filter(|d| !d.is_empty()).map(|d| names.write(d)),
            next_marker: next_marker.map(|marker| names.write(marker)),
            encoding_type: input.encoding_type,
            request_charged: None,
        }))
    }

    pub(super) async fn list_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let names = Names::new(input.encoding_type.as_ref())?;
        let limit = limit(input.max_keys, "maxKeys")?;
        let invalid = || invalid_argument("The continuation token provided is incorrect");
        let token = match &input.continuation_token {
            Some(token) if token.is_empty() => None,
            Some(token) => {
                let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| !bytes.is_empty()).ok_or_else(invalid)?;
                Some(String::from_utf8(bytes).map_err(|_| invalid())?)
            }
            None => None,
        };
        let query = ListingQuery {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone(),
            after: token.or_else(|| input.start_after.clone().filter(|after| !after.is_empty())),
            limit: limit as usize,
        };
        let listing = self.page(input.bucket.clone(), query).await?;
        let owner = |id: &str| self.owner(id);
        let owner: Option<&dyn Fn(&str) -> Owner> = if input.fetch_owner == Some(true) { Some(&owner) } else { None };
        let page = Page::new(listing, names, owner);
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(names.write(input.prefix.unwrap_or_default())),
            max_keys: Some(limit),
            key_count: Some((page.contents.len() + page.prefixes.len()) as i32),
            continuation_token: input.continuation_token,
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next.map(|next| URL_SAFE_NO_PAD.encode(next)),
            contents: Some(page.contents),
            common_prefixes: Some(page.prefixes),
            delimiter: input.delimiter.filter(|d| !d.is_empty()).map(|d| names.write(d)),
            encoding_type: input.encoding_type,
            start_after: input.start_after.map(|after| names.write(after)),
            request_charged: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_as_clients_decode_them() {
        let url = Names { encoded: true };
        assert_eq!(url.write("a/b c+d&é\u{1}~*"), "a/b%20c%2Bd%26%C3%A9%01%7E*");
        assert_eq!(Names { encoded: false }.write("a b"), "a b");
    }
}
