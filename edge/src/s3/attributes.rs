//! `GetObjectAttributes`.

use s3s::dto::{
    Checksum, GetObjectAttributesInput, GetObjectAttributesOutput, GetObjectAttributesParts, ObjectAttributes,
    ObjectPart, StorageClass,
};
use s3s::{S3Request, S3Response, S3Result};

use super::checksum::answer;
use super::error::invalid_argument;
use super::get::etag;
use super::headers::{refuse, timestamp};
use super::list::limit;
use super::operations::Operations;
use crate::store::Object;

impl Operations {
    pub(super) async fn attributes(
        &self,
        request: S3Request<GetObjectAttributesInput>,
    ) -> S3Result<S3Response<GetObjectAttributesOutput>> {
        let input = request.input;
        refuse!(input; sse_customer_algorithm => "x-amz-server-side-encryption-customer-algorithm");
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
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
        // As on AWS the parts themselves are listed only when they have checksums.
        parts: object.attributes.checksum_algorithm.is_some().then(|| listed.collect()),
        is_truncated: Some(rest.next().is_some()),
        max_parts: Some(limit),
        next_part_number_marker: Some(last),
        part_number_marker: Some(after),
        total_parts_count: Some(object.parts.len() as i32),
    }
}
