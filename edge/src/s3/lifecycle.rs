//! Lifecycle rules: written, checked, read; what they say about an object; and carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use s3s::dto::{
    BucketLifecycleConfiguration, DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput, ExpirationStatus,
    GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput, LifecycleRule, LifecycleRuleFilter,
    PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput, Timestamp,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::error::{invalid_argument, malformed_xml, not_implemented};
use super::headers::{http_date, timestamp};
use super::operations::Operations;
use super::settings::{name, read_now, to_xml};
use crate::store::{Change, Listed, ListingQuery, Object, ObjectStore, Precondition, StoreError, VersionsQuery};

const MOST_RULES: usize = 1000;
/// Keys that are looked at together.
const BATCH: usize = 1000;

/// Names of storage classes that nothing has to be restored from.
const CLASSES: [&str; 4] = ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"];

fn is_midnight(date: &Timestamp) -> bool {
    time::OffsetDateTime::from(date.clone()).unix_timestamp() % 86_400 == 0
}

fn positive(days: Option<i32>, what: &str) -> S3Result<()> {
    if days.is_some_and(|days| days <= 0) {
        return Err(invalid_argument(format!("'{what}' must be a positive integer")));
    }
    Ok(())
}

/// Checks rules as S3 does before it takes them, and gives those without an id one.
fn check(configuration: &mut BucketLifecycleConfiguration) -> S3Result<()> {
    let rules = &mut configuration.rules;
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(malformed_xml());
    }
    let mut ids = std::collections::BTreeSet::new();
    for (number, rule) in rules.iter_mut().enumerate() {
        if rule.id.as_ref().is_none_or(String::is_empty) {
            rule.id = Some(format!("rule-{:08x}", (number as u32 + 1).wrapping_mul(0x9E37_79B9)));
        }
        let id = rule.id.clone().unwrap_or_default();
        if id.len() > 255 {
            return Err(invalid_argument("ID length should not exceed allowed limit of 255"));
        }
        if !ids.insert(id) {
            return Err(invalid_argument("Rule ID must be unique. Found same ID for more than one rule"));
        }
        if !matches!(rule.status.as_str(), ExpirationStatus::ENABLED | ExpirationStatus::DISABLED) {
            return Err(malformed_xml());
        }
        if rule.prefix.is_some() == rule.filter.is_some() {
            return Err(malformed_xml());
        }
        if let Some(filter) = &rule.filter {
            let stated = [
                filter.and.is_some(),
                filter.prefix.is_some(),
                filter.tag.is_some(),
                filter.object_size_greater_than.is_some(),
                filter.object_size_less_than.is_some(),
            ];
            if stated.into_iter().filter(|stated| *stated).count() > 1 {
                return Err(malformed_xml());
            }
        }
        let acts = rule.expiration.is_some()
            || rule.noncurrent_version_expiration.is_some()
            || rule.abort_incomplete_multipart_upload.is_some()
            || rule.transitions.as_ref().is_some_and(|t| !t.is_empty())
            || rule.noncurrent_version_transitions.as_ref().is_some_and(|t| !t.is_empty());
        if !acts {
            return Err(s3_error!(InvalidRequest, "At least one action needs to be specified in a rule"));
        }
        if let Some(expiration) = &rule.expiration {
            let stated = [
                expiration.days.is_some(),
                expiration.date.is_some(),
                expiration.expired_object_delete_marker.is_some(),
            ];
            if stated.into_iter().filter(|stated| *stated).count() != 1 {
                return Err(malformed_xml());
            }
            positive(expiration.days, "Days")?;
            if expiration.date.as_ref().is_some_and(|date| !is_midnight(date)) {
                return Err(invalid_argument("'Date' must be at midnight GMT"));
            }
        }
        if let Some(expiration) = &rule.noncurrent_version_expiration {
            positive(expiration.noncurrent_days, "NoncurrentDays")?;
            if expiration.noncurrent_days.is_none() {
                return Err(malformed_xml());
            }
        }
        if let Some(abort) = &rule.abort_incomplete_multipart_upload {
            positive(abort.days_after_initiation, "DaysAfterInitiation")?;
        }
        for transition in rule.transitions.iter().flatten() {
            if transition.days.is_some() == transition.date.is_some() {
                return Err(malformed_xml());
            }
            if transition.date.as_ref().is_some_and(|date| !is_midnight(date)) {
                return Err(invalid_argument("'Date' must be at midnight GMT"));
            }
        }
        let classes = rule
            .transitions
            .iter()
            .flatten()
            .map(|t| t.storage_class.as_ref())
            .chain(rule.noncurrent_version_transitions.iter().flatten().map(|t| t.storage_class.as_ref()));
        for class in classes {
            match class.map(s3s::dto::TransitionStorageClass::as_str) {
                Some(class) if CLASSES.contains(&class) => {}
                Some("GLACIER" | "DEEP_ARCHIVE") => return Err(not_implemented("A transition to an archive")),
                _ => return Err(malformed_xml()),
            }
        }
    }
    Ok(())
}

/// What AWS says of the size from which objects change their class, unless it is told otherwise.
const MINIMUM: &str = "all_storage_classes_128K";

impl Operations {
    pub(super) async fn lifecycle(
        &self,
        request: S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
        let absent = || s3_error!(NoSuchLifecycleConfiguration, "The lifecycle configuration does not exist");
        let bucket = &request.input.bucket;
        let found: BucketLifecycleConfiguration = self.read_setting(bucket, name::LIFECYCLE, absent).await?;
        let minimum = self.setting(bucket, name::LIFECYCLE_MINIMUM).await?;
        Ok(S3Response::new(GetBucketLifecycleConfigurationOutput {
            rules: Some(found.rules),
            transition_default_minimum_object_size: Some(minimum.unwrap_or_else(|| MINIMUM.to_owned()).into()),
        }))
    }

    pub(super) async fn put_lifecycle(
        &self,
        request: S3Request<PutBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<PutBucketLifecycleConfigurationOutput>> {
        let input = request.input;
        let mut configuration = input.lifecycle_configuration.ok_or_else(malformed_xml)?;
        check(&mut configuration)?;
        // Terraform asks until it reads what it wrote, and this is part of it.
        let minimum = input.transition_default_minimum_object_size;
        let minimum = minimum.map_or_else(|| MINIMUM.to_owned(), |minimum| minimum.as_str().to_owned());
        if ![MINIMUM, "varies_by_storage_class"].contains(&minimum.as_str()) {
            return Err(invalid_argument("Invalid value for x-amz-transition-default-minimum-object-size"));
        }
        self.write_setting(&input.bucket, name::LIFECYCLE_MINIMUM, Some(minimum.clone())).await?;
        self.write_setting(&input.bucket, name::LIFECYCLE, Some(to_xml(&configuration)?)).await?;
        Ok(S3Response::new(PutBucketLifecycleConfigurationOutput {
            transition_default_minimum_object_size: Some(minimum.into()),
        }))
    }

    pub(super) async fn delete_lifecycle(
        &self,
        request: S3Request<DeleteBucketLifecycleInput>,
    ) -> S3Result<S3Response<DeleteBucketLifecycleOutput>> {
        self.write_setting(&request.input.bucket, name::LIFECYCLE, None).await?;
        Ok(S3Response::new(DeleteBucketLifecycleOutput::default()))
    }

    /// `x-amz-expiration`: when an object goes, and by which rule.
    pub(super) fn expiration(&self, bucket: &str, key: &str, object: &Object) -> Option<String> {
        let configuration: BucketLifecycleConfiguration = read_now(&self.store, bucket, name::LIFECYCLE)?;
        let (rule, at) = configuration
            .rules
            .iter()
            .filter(|rule| applies(rule, key, object))
            .filter_map(|rule| Some((rule, expires_at(rule, object, self.store.lifecycle_day_ms())?)))
            .min_by_key(|(_, at)| *at)?;
        let date = http_date(&timestamp(at))?;
        Some(format!("expiry-date=\"{date}\", rule-id=\"{}\"", rule.id.as_deref().unwrap_or_default()))
    }
}

impl Operations {
    /// When an upload is given up if it isn't completed, and by which rule.
    pub(super) fn abortion(&self, bucket: &str, key: &str, created_ms: u64) -> Option<(Timestamp, String)> {
        let configuration: BucketLifecycleConfiguration = read_now(&self.store, bucket, name::LIFECYCLE)?;
        let due = configuration.rules.into_iter().filter_map(|rule| {
            let days = rule.abort_incomplete_multipart_upload.as_ref()?.days_after_initiation?;
            let is_for_it =
                rule.status.as_str() == ExpirationStatus::ENABLED && key.starts_with(&selected(&rule).prefix);
            let at = midnight_after(created_ms, days, self.store.lifecycle_day_ms());
            is_for_it.then(|| (at, rule.id.unwrap_or_default()))
        });
        due.min_by_key(|(at, _)| *at).map(|(at, rule)| (timestamp(at), rule))
    }
}

/// Objects smaller than this change their class only by a rule that says itself for which sizes it is.
const LEAST_MOVED_BYTES: u64 = 128 << 10;

/// Whether an object of this size changes its class by a rule.
fn moves(rule: &LifecycleRule, length: u64) -> bool {
    let selected = selected(rule);
    length >= LEAST_MOVED_BYTES || selected.over.is_some() || selected.under.is_some()
}

fn unix_ms(time: &Timestamp) -> u64 {
    u64::try_from(time::OffsetDateTime::from(time.clone()).unix_timestamp()).map_or(0, |seconds| seconds * 1000)
}

/// The first midnight that is so many days after a time.
fn midnight_after(ms: u64, days: i32, day_ms: u64) -> u64 {
    ms.saturating_add((days.max(0) as u64).saturating_mul(day_ms)).div_ceil(day_ms).saturating_mul(day_ms)
}

fn expires_at(rule: &LifecycleRule, object: &Object, day_ms: u64) -> Option<u64> {
    let expiration = rule.expiration.as_ref()?;
    match (expiration.days, &expiration.date) {
        (Some(days), _) => Some(midnight_after(object.modified_ms, days, day_ms)),
        (None, Some(date)) => Some(unix_ms(date)),
        (None, None) => None,
    }
}

/// What a rule says about which objects it is for.
struct Selected {
    prefix: String,
    tags: BTreeMap<String, String>,
    over: Option<i64>,
    under: Option<i64>,
}

fn selected(rule: &LifecycleRule) -> Selected {
    let filter = rule
        .filter
        .clone()
        .unwrap_or_else(|| LifecycleRuleFilter { prefix: rule.prefix.clone(), ..LifecycleRuleFilter::default() });
    let tag = |tag: s3s::dto::Tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
    match filter.and {
        Some(and) => Selected {
            prefix: and.prefix.unwrap_or_default(),
            tags: and.tags.unwrap_or_default().into_iter().map(tag).collect(),
            over: and.object_size_greater_than,
            under: and.object_size_less_than,
        },
        None => Selected {
            prefix: filter.prefix.unwrap_or_default(),
            tags: filter.tag.into_iter().map(tag).collect(),
            over: filter.object_size_greater_than,
            under: filter.object_size_less_than,
        },
    }
}

fn applies(rule: &LifecycleRule, key: &str, object: &Object) -> bool {
    let selected = selected(rule);
    rule.status.as_str() == ExpirationStatus::ENABLED
        && key.starts_with(&selected.prefix)
        && selected.tags.iter().all(|(key, value)| object.attributes.tags.get(key) == Some(value))
        && selected.over.is_none_or(|over| object.length as i64 > over)
        && selected.under.is_none_or(|under| (object.length as i64) < under)
}

/// What the rules did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Objects that were deleted (or got a delete marker).
    pub expired: u64,
    /// Versions and delete markers that were deleted for good.
    pub versions: u64,
    /// Uploads that were given up.
    pub uploads: u64,
    /// Objects whose storage class is another one now.
    pub moved: u64,
}

/// Does what the lifecycle rules of all buckets say is due by the store's clock. Blocks.
pub fn carry_out_lifecycle(store: &Arc<ObjectStore>) -> Result<Carried, StoreError> {
    let mut carried = Carried::default();
    for bucket in store.buckets() {
        let Some(rules) = read_now::<BucketLifecycleConfiguration>(store, &bucket.name, name::LIFECYCLE) else {
            continue;
        };
        for rule in rules.rules.iter().filter(|rule| rule.status.as_str() == ExpirationStatus::ENABLED) {
            match carry_out(store, &bucket.name, rule, &mut carried) {
                // Somebody deleted it meanwhile.
                Err(StoreError::NoSuchBucket) => break,
                other => other?,
            }
        }
    }
    Ok(carried)
}

fn carry_out(store: &ObjectStore, bucket: &str, rule: &LifecycleRule, carried: &mut Carried) -> Result<(), StoreError> {
    let (now, day_ms) = (store.now_ms(), store.lifecycle_day_ms());
    let prefix = selected(rule).prefix;
    if rule.expiration.is_some() || rule.transitions.is_some() {
        let mut query = ListingQuery { prefix: prefix.clone(), limit: BATCH, ..ListingQuery::default() };
        loop {
            let page = store.list(bucket, &query)?;
            for found in page.found {
                let Listed::Item(key, object) = found else { continue };
                if !applies(rule, &key, &object) {
                    continue;
                }
                if expires_at(rule, &object, day_ms).is_some_and(|at| at <= now) {
                    // Only what was looked at: not what somebody has put meanwhile.
                    let same = Precondition::Revision(object.revision);
                    match store.delete(bucket, &[key], &object.attributes.owner, &same) {
                        Ok(_) => carried.expired += 1,
                        Err(StoreError::PreconditionFailed | StoreError::NoSuchKey) => {}
                        Err(error) => return Err(error),
                    }
                    continue;
                }
                if !moves(rule, object.length) {
                    continue;
                }
                let due = rule.transitions.iter().flatten().filter_map(|transition| {
                    let at = match (transition.days, &transition.date) {
                        (Some(days), _) => midnight_after(object.modified_ms, days, day_ms),
                        (None, date) => unix_ms(date.as_ref()?),
                    };
                    (at <= now).then_some((at, transition.storage_class.as_ref()))
                });
                let class = due.max_by_key(|(at, _)| *at).and_then(|(_, class)| class);
                let class = class.map(|class| class.as_str().to_owned());
                if class.is_some() && class != object.attributes.storage_class {
                    let version = Some(object.version_name());
                    store.change_object(bucket, &key, version, Change::StorageClass(class), |_, _| Ok(()))?;
                    carried.moved += 1;
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    let markers = rule.expiration.as_ref().and_then(|e| e.expired_object_delete_marker) == Some(true);
    if rule.expiration.is_some() || rule.noncurrent_version_expiration.is_some() {
        versions(store, bucket, rule, &prefix, markers, carried)?;
    }
    if let Some(days) = rule.abort_incomplete_multipart_upload.as_ref().and_then(|a| a.days_after_initiation) {
        let query = ListingQuery { prefix, limit: usize::MAX, ..ListingQuery::default() };
        for found in store.uploads(bucket, &query)?.found {
            let Listed::Item(key, uploads) = found else { continue };
            for upload in uploads.iter().filter(|upload| midnight_after(upload.created_ms, days, day_ms) <= now) {
                match store.abort_upload(bucket, &key, &upload.upload) {
                    Ok(()) => carried.uploads += 1,
                    Err(StoreError::NoSuchUpload) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(())
}

/// Deletes versions that are not current any more, and delete markers that hide nothing.
fn versions(
    store: &ObjectStore,
    bucket: &str,
    rule: &LifecycleRule,
    prefix: &str,
    markers: bool,
    carried: &mut Carried,
) -> Result<(), StoreError> {
    let (now, day_ms) = (store.now_ms(), store.lifecycle_day_ms());
    let query = VersionsQuery { prefix: prefix.to_owned(), limit: usize::MAX, ..VersionsQuery::default() };
    let mut by_key: BTreeMap<String, Vec<Arc<Object>>> = BTreeMap::new();
    for found in store.list_versions(bucket, &query)?.found {
        if let Listed::Item(key, (object, _)) = found {
            by_key.entry(key).or_default().push(object);
        }
    }
    for (key, newest_first) in by_key {
        let mut due = vec![];
        if let Some(expiration) = &rule.noncurrent_version_expiration {
            let kept = expiration.newer_noncurrent_versions.unwrap_or(0).max(0) as usize;
            let days = expiration.noncurrent_days.unwrap_or(0);
            // A version has not been current since the next one came.
            for pair in newest_first.windows(2).skip(kept) {
                let [newer, version] = pair else { continue };
                if midnight_after(newer.modified_ms, days, day_ms) <= now && applies(rule, &key, version) {
                    due.push((key.clone(), version.version_name().to_owned()));
                }
            }
        }
        // A delete marker that hides nothing expires like an object would.
        if let [only] = newest_first.as_slice()
            && only.is_delete_marker
            && (markers || expires_at(rule, only, day_ms).is_some_and(|at| at <= now))
        {
            due.push((key.clone(), only.version_name().to_owned()));
        }
        if !due.is_empty() {
            let outcomes = store.delete_versions(bucket, &due, &Precondition::None, false)?;
            carried.versions += outcomes.iter().filter(|outcome| outcome.is_ok()).count() as u64;
        }
    }
    Ok(())
}
