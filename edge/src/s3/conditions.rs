//! `If-Match` and its kin, in the order of RFC 9110 section 13.2.2.

use http::HeaderMap;
use http::header::{ETAG, LAST_MODIFIED};
use s3s::dto::{ETag, ETagCondition, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use super::headers::{http_date, timestamp};
use crate::store::{Object, Precondition};

/// Conditions on what is read or copied.
#[expect(clippy::struct_field_names, reason = "the headers' names")]
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
    pub if_modified_since: Option<Timestamp>,
    pub if_unmodified_since: Option<Timestamp>,
}

/// What conditions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Proceed,
    Failed(&'static str),
    NotModified,
}

impl Conditions {
    fn evaluate(&self, object: &Object) -> Outcome {
        // The header has whole seconds.
        let modified = timestamp(object.modified_ms / 1000 * 1000);
        let equals = |condition: &ETagCondition| match condition {
            ETagCondition::Any => true,
            ETagCondition::ETag(etag) => etag.value() == object.etag,
        };
        let match_holds = self.if_match.as_ref().map(equals);
        if match_holds == Some(false) {
            return Outcome::Failed("If-Match");
        }
        if match_holds.is_none() && self.if_unmodified_since.as_ref().is_some_and(|since| modified > *since) {
            return Outcome::Failed("If-Unmodified-Since");
        }
        match self.if_none_match.as_ref().map(equals) {
            Some(true) => return Outcome::NotModified,
            Some(false) => return Outcome::Proceed,
            None => {}
        }
        if self.if_modified_since.as_ref().is_some_and(|since| modified <= *since) {
            return Outcome::NotModified;
        }
        Outcome::Proceed
    }

    /// For reading: 412, or 304 with the headers that go with it.
    pub fn check_read(&self, object: &Object) -> S3Result<()> {
        match self.evaluate(object) {
            Outcome::Proceed => Ok(()),
            Outcome::Failed(condition) => Err(failed(condition)),
            Outcome::NotModified => {
                let mut error = S3Error::new(S3ErrorCode::NotModified);
                let mut headers = HeaderMap::new();
                headers.extend(ETag::Strong(object.etag.clone()).to_http_header().map(|tag| (ETAG, tag)));
                let modified = http_date(&timestamp(object.modified_ms)).and_then(|date| date.try_into().ok());
                headers.extend(modified.map(|date| (LAST_MODIFIED, date)));
                error.set_headers(headers);
                Err(error)
            }
        }
    }

    /// For copying: 412 whatever fails.
    pub fn check_copy(&self, source: &Object) -> S3Result<()> {
        match self.evaluate(source) {
            Outcome::Proceed => Ok(()),
            Outcome::Failed(condition) => Err(failed(condition)),
            Outcome::NotModified => Err(failed("x-amz-copy-source-If-None-Match")),
        }
    }
}

fn failed(condition: &'static str) -> S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold: {condition}")
}

/// The condition on what a write replaces.
pub(super) fn precondition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<Precondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Precondition::None),
        (None, Some(ETagCondition::Any)) => Ok(Precondition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Precondition::Exists),
        (None, Some(ETagCondition::ETag(etag))) => Ok(Precondition::NotEtag(etag.into_value())),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Precondition::Etag(etag.into_value())),
        _ => Err(super::error::not_implemented("A header you provided implies functionality that")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Attributes;

    #[test]
    fn later_conditions_count_only_without_the_earlier_ones() {
        let directory = tempfile::tempdir().unwrap();
        let clock = std::sync::Arc::new(|| 1_000_500);
        let store =
            crate::store::ObjectStore::open(directory.path(), crate::store::StoreOptions::default(), clock).unwrap();
        store.create_bucket("bkt", "").unwrap();
        let content = store.writer().finish().unwrap();
        let object = store.put("bkt", "k", content, Attributes::default(), &Precondition::None).unwrap();
        let this = || Some(ETagCondition::ETag(ETag::Strong(object.etag.clone())));
        let other = || Some(ETagCondition::ETag(ETag::Strong("x".into())));
        let (before, same) = (Some(timestamp(999_000)), Some(timestamp(1_000_000)));
        let check = |if_match,
                     if_unmodified_since: &Option<Timestamp>,
                     if_none_match,
                     if_modified_since: &Option<Timestamp>| {
            let (if_unmodified_since, if_modified_since) = (if_unmodified_since.clone(), if_modified_since.clone());
            Conditions { if_match, if_none_match, if_modified_since, if_unmodified_since }.evaluate(&object)
        };
        assert_eq!(check(None, &None, None, &None), Outcome::Proceed);
        assert_eq!(check(this(), &before, None, &None), Outcome::Proceed);
        assert_eq!(check(other(), &same, None, &None), Outcome::Failed("If-Match"));
        assert_eq!(check(None, &before, None, &None), Outcome::Failed("If-Unmodified-Since"));
        assert_eq!(check(None, &same, None, &None), Outcome::Proceed);
        assert_eq!(check(None, &None, this(), &before), Outcome::NotModified);
        assert_eq!(check(None, &None, other(), &same), Outcome::Proceed);
        assert_eq!(check(None, &None, None, &same), Outcome::NotModified);
        assert_eq!(check(None, &None, None, &before), Outcome::Proceed);
        assert_eq!(check(None, &None, Some(ETagCondition::Any), &None), Outcome::NotModified);
    }
}
