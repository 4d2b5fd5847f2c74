//! `GetObjectAttributes`.

use http::{Method, Response, Uri};
use s3s::dto::{
    Checksum, GetObjectAttributesInput, GetObjectAttributesOutput, GetObjectAttributesParts, ObjectAttributes,
    ObjectPart, StorageClass,
};
use s3s::{Body, S3Request, S3Response, S3Result};

use super::checksum::answer;
use super::encryption::sent_key;
use super::error::invalid_argument;
use super::get::etag;
use super::headers::timestamp;
use super::list::limit;
use super::operations::Operations;
use crate::server::query_pairs;
use crate::store::Object;

impl Operations {
    pub(super) async fn attributes(
        &self,
        request: S3Request<GetObjectAttributesInput>,
    ) -> S3Result<S3Response<GetObjectAttributesOutput>> {
        let mut input = request.input;
        let sent = sent_key!(input)?;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        self.opening(&object, sent, &(0..object.length)).await?;
        let mut output = GetObjectAttributesOutput {
            last_modified: Some(timestamp(object.modified_ms)),
            version_id: object.version.clone(),
            ..GetObjectAttributesOutput::default()
        };
        // All of them in one header, which the SDKs write with commas.
        for wanted in input.object_attributes.iter().flat_map(|names| names.as_str().split(',')) {
            match wanted.trim() {
                ObjectAttributes::ETAG => output.e_tag = Some(etag(&object)),
                ObjectAttributes::OBJECT_SIZE => output.object_size = Some(object.length as i64),
                ObjectAttributes::STORAGE_CLASS => {
                    let class = object.attributes.storage_class.clone();
                    output.storage_class = Some(StorageClass::from(class.unwrap_or_else(|| "STANDARD".to_owned())));
                }
                ObjectAttributes::CHECKSUM if !object.attributes.checksums.is_empty() => {
                    let mut checksum = Checksum {
                        checksum_type: object.attributes.checksum_type.clone().map(Into::into),
                        ..Checksum::default()
                    };
                    answer!(checksum, object.attributes.checksums);
                    output.checksum = Some(checksum);
                }
                ObjectAttributes::OBJECT_PARTS if !object.parts.is_empty() => {
                    let limit = limit(input.max_parts, "max-parts")?;
                    output.object_parts = Some(parts(&object, input.part_number_marker.unwrap_or(0), limit));
                }
                ObjectAttributes::CHECKSUM | ObjectAttributes::OBJECT_PARTS => {}
                _ => return Err(invalid_argument("Invalid attribute name specified.")),
            }
        }
        Ok(S3Response::new(output))
    }
}

fn parts(object: &Object, after: i32, limit: i32) -> GetObjectAttributesParts {
    let mut rest = object.parts.iter().filter(|part| i32::from(part.number) > after);
    let page: Vec<_> = rest.by_ref().take(limit as usize).collect();
    let last = page.last().map_or(after, |part| i32::from(part.number));
    let listed = page.into_iter().map(|part| {
        let mut listed = ObjectPart {
            part_number: Some(i32::from(part.number)),
            size: Some(part.length as i64),
            ..ObjectPart::default()
        };
        answer!(listed, part.checksums);
        listed
    });
    GetObjectAttributesParts {
        parts: Some(listed.collect()),
        is_truncated: Some(rest.next().is_some()),
        max_parts: Some(limit),
        next_part_number_marker: Some(last),
        part_number_marker: Some(after),
        total_parts_count: Some(object.parts.len() as i32),
    }
}

/// Whether a request asks for attributes.
pub(super) fn asks_for_attributes(method: &Method, uri: &Uri) -> bool {
    method == Method::GET && query_pairs(uri).iter().any(|(name, _)| name == "attributes")
}

/// This one answer of S3 has its entity tag without quotes.
pub(super) fn unquote_entity_tag(response: &mut Response<Body>) {
    let Some(text) = response.body().bytes() else { return };
    let Ok(text) = std::str::from_utf8(&text) else { return };
    let mut bare = text.to_owned();
    for quote in ["\"", "&quot;"] {
        bare = bare.replace(&format!("<ETag>{quote}"), "<ETag>").replace(&format!("{quote}</ETag>"), "</ETag>");
    }
    response.headers_mut().remove(http::header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(bare);
}
