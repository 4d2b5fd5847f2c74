//! Object lock: versions that must stay, for a time or until told otherwise.

use s3s::dto::{
    DefaultRetention, GetObjectLegalHoldInput, GetObjectLegalHoldOutput, GetObjectLockConfigurationInput,
    GetObjectLockConfigurationOutput, GetObjectRetentionInput, GetObjectRetentionOutput, ObjectLockConfiguration,
    ObjectLockEnabled, ObjectLockLegalHold, ObjectLockLegalHoldStatus, ObjectLockMode, ObjectLockRetention,
    ObjectLockRetentionMode, PutObjectLegalHoldInput, PutObjectLegalHoldOutput, PutObjectLockConfigurationInput,
    PutObjectLockConfigurationOutput, PutObjectRetentionInput, PutObjectRetentionOutput, Timestamp,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::access::Asker;
use super::error::{blocking, invalid_argument, malformed_xml, other};
use super::headers::timestamp;
use super::operations::Operations;
use super::settings::{name, read_now, to_xml};
use crate::store::{Attributes, Change, Retention, StoreError};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn unix_ms(time: &Timestamp) -> u64 {
    let time: std::time::SystemTime = std::time::SystemTime::from(time::OffsetDateTime::from(time.clone()));
    time.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

fn without_lock() -> S3Error {
    s3_error!(InvalidRequest, "Bucket is missing Object Lock Configuration")
}

fn is_compliance(mode: &str) -> S3Result<bool> {
    match mode {
        ObjectLockRetentionMode::COMPLIANCE => Ok(true),
        ObjectLockRetentionMode::GOVERNANCE => Ok(false),
        _ => Err(malformed_xml()),
    }
}

fn mode(retention: &Retention) -> &'static str {
    if retention.compliance { ObjectLockRetentionMode::COMPLIANCE } else { ObjectLockRetentionMode::GOVERNANCE }
}

/// What an answer about an object says of its lock.
pub(super) fn describe(
    attributes: &Attributes,
) -> (Option<ObjectLockMode>, Option<Timestamp>, Option<ObjectLockLegalHoldStatus>) {
    let retention = attributes.retention.as_ref();
    let hold = attributes.legal_hold.map(|on| ObjectLockLegalHoldStatus::from_static(if on { "ON" } else { "OFF" }));
    (
        retention.map(|retention| ObjectLockMode::from_static(mode(retention))),
        retention.map(|retention| timestamp(retention.until_ms)),
        hold,
    )
}

/// How a default retention is computed, checked.
fn default_until(rule: &DefaultRetention, now_ms: u64) -> Option<Retention> {
    let days = match (rule.days, rule.years) {
        (Some(days), None) => u64::try_from(days).ok()?,
        (None, Some(years)) => u64::try_from(years).ok()? * 365,
        _ => return None,
    };
    let compliance = is_compliance(rule.mode.as_ref()?.as_str()).ok()?;
    Some(Retention { compliance, until_ms: now_ms + days * DAY_MS })
}

impl Operations {
    /// What a put says about the lock of what it makes, or what the bucket says for it.
    pub(super) fn put_lock(
        &self,
        bucket: &str,
        stated: (Option<ObjectLockMode>, Option<Timestamp>, Option<ObjectLockLegalHoldStatus>),
        attributes: &mut Attributes,
    ) -> S3Result<()> {
        let configuration = read_now::<ObjectLockConfiguration>(&self.store, bucket, name::LOCK);
        let now = self.store.now_ms();
        let (mode, until, hold) = stated;
        if configuration.is_none() {
            if mode.is_some() || until.is_some() || hold.is_some() {
                return Err(without_lock());
            }
            return Ok(());
        }
        attributes.legal_hold = hold
            .map(|hold| match hold.as_str() {
                ObjectLockLegalHoldStatus::ON => Ok(true),
                ObjectLockLegalHoldStatus::OFF => Ok(false),
                _ => Err(invalid_argument("Unknown wormMode directive.")),
            })
            .transpose()?;
        attributes.retention = match (mode, until) {
            (Some(mode), Some(until)) => {
                let compliance =
                    is_compliance(mode.as_str()).map_err(|_| invalid_argument("Unknown wormMode directive."))?;
                let until_ms = unix_ms(&until);
                if until_ms <= now {
                    return Err(invalid_argument("The retain until date must be in the future!"));
                }
                Some(Retention { compliance, until_ms })
            }
            (None, None) => configuration
                .and_then(|configuration| configuration.rule?.default_retention)
                .and_then(|rule| default_until(&rule, now)),
            _ => {
                return Err(invalid_argument(
                    "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
                ));
            }
        };
        Ok(())
    }

    /// Says when the bucket has no object lock.
    async fn check_lock(&self, bucket: &str) -> S3Result<()> {
        self.setting(bucket, name::LOCK).await?.map(|_| ()).ok_or_else(without_lock)
    }

    pub(super) async fn lock_configuration(
        &self,
        request: S3Request<GetObjectLockConfigurationInput>,
    ) -> S3Result<S3Response<GetObjectLockConfigurationOutput>> {
        let absent = || {
            s3_error!(ObjectLockConfigurationNotFoundError, "Object Lock configuration does not exist for this bucket")
        };
        let found = self.read_setting(&request.input.bucket, name::LOCK, absent).await?;
        Ok(S3Response::new(GetObjectLockConfigurationOutput { object_lock_configuration: Some(found) }))
    }

    /// What a bucket that was made with locks begins with.
    pub(super) async fn enable_lock(&self, bucket: &str) -> S3Result<()> {
        let enabled = ObjectLockConfiguration {
            object_lock_enabled: Some(ObjectLockEnabled::from_static(ObjectLockEnabled::ENABLED)),
            rule: None,
        };
        let (store, name) = (self.store.clone(), bucket.to_owned());
        blocking(move || Ok(store.set_versioning(&name, "Enabled")?)).await?;
        self.write_setting(bucket, name::LOCK, Some(to_xml(&enabled)?)).await
    }

    pub(super) async fn put_lock_configuration(
        &self,
        request: S3Request<PutObjectLockConfigurationInput>,
    ) -> S3Result<S3Response<PutObjectLockConfigurationOutput>> {
        let input = request.input;
        let configuration = input.object_lock_configuration.ok_or_else(malformed_xml)?;
        let enabled = configuration.object_lock_enabled.as_ref().map(ObjectLockEnabled::as_str);
        if enabled != Some(ObjectLockEnabled::ENABLED) {
            return Err(malformed_xml());
        }
        if let Some(rule) = &configuration.rule {
            let rule = rule.default_retention.as_ref().ok_or_else(malformed_xml)?;
            is_compliance(rule.mode.as_ref().ok_or_else(malformed_xml)?.as_str())?;
            let (days, years) = (rule.days, rule.years);
            if days.is_some() == years.is_some() {
                return Err(malformed_xml());
            }
            if days.or(years).is_some_and(|period| period <= 0) {
                return Err(other(
                    "InvalidRetentionPeriod",
                    http::StatusCode::BAD_REQUEST,
                    "Default retention period must be a positive integer value.",
                ));
            }
        }
        let (store, bucket) = (self.store.clone(), input.bucket.clone());
        let versioning = blocking(move || Ok(store.versioning(&bucket)?)).await?;
        if versioning.as_deref() != Some("Enabled") {
            return Err(s3_error!(
                InvalidBucketState,
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
            ));
        }
        self.write_setting(&input.bucket, name::LOCK, Some(to_xml(&configuration)?)).await?;
        Ok(S3Response::new(PutObjectLockConfigurationOutput::default()))
    }

    pub(super) async fn retention(
        &self,
        request: S3Request<GetObjectRetentionInput>,
    ) -> S3Result<S3Response<GetObjectRetentionOutput>> {
        let input = request.input;
        self.check_lock(&input.bucket).await?;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        let retention = object.attributes.retention.as_ref().ok_or_else(|| {
            s3_error!(NoSuchObjectLockConfiguration, "The specified object does not have a ObjectLock configuration")
        })?;
        let retention = ObjectLockRetention {
            mode: Some(ObjectLockRetentionMode::from_static(mode(retention))),
            retain_until_date: Some(timestamp(retention.until_ms)),
        };
        Ok(S3Response::new(GetObjectRetentionOutput { retention: Some(retention) }))
    }

    pub(super) async fn put_retention(
        &self,
        request: S3Request<PutObjectRetentionInput>,
    ) -> S3Result<S3Response<PutObjectRetentionOutput>> {
        let (asker, input) = (Asker::of(&request), request.input);
        self.check_lock(&input.bucket).await?;
        let stated = input.retention.unwrap_or_default();
        let retention = match (stated.mode, stated.retain_until_date) {
            (Some(mode), Some(until)) => {
                Some(Retention { compliance: is_compliance(mode.as_str())?, until_ms: unix_ms(&until) })
            }
            (None, None) => None,
            _ => return Err(malformed_xml()),
        };
        if retention.as_ref().is_some_and(|retention| retention.until_ms <= self.store.now_ms()) {
            return Err(invalid_argument("The retain until date must be in the future!"));
        }
        let bypass = input.bypass_governance_retention == Some(true)
            && self.access.may_bypass(&asker, &input.bucket, &input.key);
        let store = self.store.clone();
        blocking(move || {
            let change = Change::Retention(retention.clone());
            let allow = |object: &crate::store::Object, now: u64| {
                let Some(old) = object.attributes.retention.as_ref().filter(|old| old.until_ms > now) else {
                    return Ok(());
                };
                // It may always become longer; and stricter.
                let longer = retention
                    .as_ref()
                    .is_some_and(|new| new.until_ms >= old.until_ms && (new.compliance || !old.compliance));
                if longer && retention.as_ref().is_some_and(|new| new.compliance == old.compliance || bypass)
                    || (!old.compliance && bypass)
                {
                    Ok(())
                } else {
                    Err(StoreError::Locked)
                }
            };
            Ok(store.change_object(&input.bucket, &input.key, input.version_id.as_deref(), change, allow)?)
        })
        .await?;
        Ok(S3Response::new(PutObjectRetentionOutput::default()))
    }

    pub(super) async fn legal_hold(
        &self,
        request: S3Request<GetObjectLegalHoldInput>,
    ) -> S3Result<S3Response<GetObjectLegalHoldOutput>> {
        let input = request.input;
        self.check_lock(&input.bucket).await?;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        let on = object.attributes.legal_hold.ok_or_else(|| {
            s3_error!(NoSuchObjectLockConfiguration, "The specified object does not have a ObjectLock configuration")
        })?;
        let status = Some(ObjectLockLegalHoldStatus::from_static(if on { "ON" } else { "OFF" }));
        Ok(S3Response::new(GetObjectLegalHoldOutput { legal_hold: Some(ObjectLockLegalHold { status }) }))
    }

    pub(super) async fn put_hold(
        &self,
        request: S3Request<PutObjectLegalHoldInput>,
    ) -> S3Result<S3Response<PutObjectLegalHoldOutput>> {
        let input = request.input;
        self.check_lock(&input.bucket).await?;
        let status = input.legal_hold.and_then(|hold| hold.status).ok_or_else(malformed_xml)?;
        let on = match status.as_str() {
            ObjectLockLegalHoldStatus::ON => true,
            ObjectLockLegalHoldStatus::OFF => false,
            _ => return Err(malformed_xml()),
        };
        let store = self.store.clone();
        blocking(move || {
            let version = input.version_id.as_deref();
            Ok(store.change_object(&input.bucket, &input.key, version, Change::LegalHold(on), |_, _| Ok(()))?)
        })
        .await?;
        Ok(S3Response::new(PutObjectLegalHoldOutput::default()))
    }
}
