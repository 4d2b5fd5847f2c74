//! What a request says about an object, as the store keeps it, and back.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use s3s::dto::{Expires, Metadata, StorageClass, Timestamp, TimestampFormat};
use s3s::{S3Result, s3_error};

use crate::store::Attributes;

/// User metadata may have this many bytes in names and values.
const MOST_METADATA: usize = 2048;

/// The attributes that the fields of a put-like request state.
macro_rules! attributes {
    ($input:expr) => {{
        let headers = [
            ("cache-control", $input.cache_control.take()),
            ("content-disposition", $input.content_disposition.take()),
            ("content-encoding", $input.content_encoding.take()),
            ("content-language", $input.content_language.take()),
            ("content-type", $input.content_type.take()),
            ("expires", $input.expires.take().as_ref().and_then($crate::s3::headers::http_date)),
            ("x-amz-website-redirect-location", $input.website_redirect_location.take()),
        ];
        $crate::s3::headers::from_fields(headers, $input.metadata.take(), $input.storage_class.take())
    }};
}
pub(super) use attributes;

/// Refuses options that would change what the request does and that are not done.
macro_rules! refuse {
    ($input:expr; $($field:ident => $name:literal),+ $(,)?) => {
        $(if $input.$field.is_some() {
            return Err($crate::s3::error::not_implemented($name));
        })+
    };
}
pub(super) use refuse;

/// What a put-like request states about owner, access, tags and lock of what it makes.
macro_rules! stated_extras {
    ($operations:expr, $input:expr, $caller:expr, $attributes:expr) => {{
        let access = $crate::s3::grants::stated_access!($input);
        $attributes.tags = $crate::s3::tags::from_header($input.tagging.as_deref())?;
        let lock = (
            $input.object_lock_mode.take(),
            $input.object_lock_retain_until_date.take(),
            $input.object_lock_legal_hold_status.take(),
        );
        $operations.put_lock(&$input.bucket, lock, &mut $attributes)?;
        $operations.own(&$input.bucket, $caller, &access, &mut $attributes)?;
    }};
}
pub(super) use stated_extras;

/// Puts the attributes into the fields of an answer about an object.
macro_rules! describe {
    ($output:expr, $object:expr) => {{
        let attributes = &$object.attributes;
        let header = |name: &str| attributes.headers.get(name).cloned();
        $output.accept_ranges = Some("bytes".to_owned());
        $output.cache_control = header("cache-control");
        $output.content_disposition = header("content-disposition");
        $output.content_encoding = header("content-encoding");
        $output.content_language = header("content-language");
        $output.content_type = header("content-type").or_else(|| Some("binary/octet-stream".to_owned()));
        $output.expires = header("expires").as_deref().and_then($crate::s3::headers::from_http_date);
        $output.website_redirect_location = header("x-amz-website-redirect-location");
        $output.e_tag = Some(s3s::dto::ETag::Strong($object.etag.clone()));
        $output.last_modified = Some($crate::s3::headers::timestamp($object.modified_ms));
        $output.metadata = (!attributes.metadata.is_empty())
            .then(|| attributes.metadata.iter().map(|(k, v)| (k.clone(), v.clone())).collect());
        $output.storage_class = attributes.storage_class.clone().map(s3s::dto::StorageClass::from);
        $output.version_id = $object.version.clone();
        let lock = $crate::s3::lock::describe(attributes);
        $output.object_lock_mode = lock.0;
        $output.object_lock_retain_until_date = lock.1;
        $output.object_lock_legal_hold_status = lock.2;
    }};
}
pub(super) use describe;

pub(super) fn from_fields(
    headers: [(&str, Option<String>); 7],
    metadata: Option<Metadata>,
    storage_class: Option<StorageClass>,
) -> S3Result<Attributes> {
    let metadata: BTreeMap<String, String> = metadata.unwrap_or_default().into_iter().collect();
    let size: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MOST_METADATA {
        return Err(s3_error!(MetadataTooLarge, "Your metadata headers exceed the maximum allowed metadata size"));
    }
    let stated = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let mut headers: BTreeMap<String, String> = stated.collect();
    if let Some(encoding) = headers.remove("content-encoding").as_deref().and_then(content_encoding) {
        headers.insert("content-encoding".to_owned(), encoding);
    }
    Ok(Attributes { headers, metadata, storage_class: class(storage_class)?, ..Attributes::default() })
}

/// A storage class other than the usual one. All are kept alike; the name is what tools ask for.
fn class(stated: Option<StorageClass>) -> S3Result<Option<String>> {
    const CLASSES: [&str; 6] =
        ["REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "EXPRESS_ONEZONE"];
    match stated {
        None => Ok(None),
        Some(class) if class.as_str() == StorageClass::STANDARD => Ok(None),
        Some(class) if CLASSES.contains(&class.as_str()) => Ok(Some(class.as_str().to_owned())),
        // An archive answers GET with an error until restored: not done, so not pretended.
        Some(class) if matches!(class.as_str(), "GLACIER" | "DEEP_ARCHIVE") => {
            Err(super::error::not_implemented("x-amz-storage-class of an archive"))
        }
        Some(_) => Err(s3_error!(InvalidStorageClass, "The storage class you specified is not valid")),
    }
}

/// The encodings that are the object's own: `aws-chunked` is the transfer's.
pub(super) fn content_encoding(stated: &str) -> Option<String> {
    let kept = stated.split(',').map(str::trim).filter(|e| !e.is_empty() && !e.eq_ignore_ascii_case("aws-chunked"));
    let kept = kept.collect::<Vec<_>>().join(", ");
    (!kept.is_empty()).then_some(kept)
}

/// Unix time as S3's times.
pub(super) fn timestamp(unix_ms: u64) -> Timestamp {
    Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_millis(unix_ms))
}

pub(super) fn http_date(time: &Expires) -> Option<String> {
    let mut text = vec![];
    time.format(TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

pub(super) fn from_http_date(text: &str) -> Option<Expires> {
    Timestamp::parse(TimestampFormat::HttpDate, text).ok()
}
