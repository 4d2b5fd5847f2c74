//! Notifications: changes of objects that invoke functions.
//!
//! Amazon S3 User Guide, "Event message structure".

use std::sync::Arc;

use s3s::dto::{
    FilterRuleName, GetBucketNotificationConfigurationInput, GetBucketNotificationConfigurationOutput,
    LambdaFunctionConfiguration, NotificationConfiguration, PutBucketNotificationConfigurationInput,
    PutBucketNotificationConfigurationOutput,
};
use s3s::{S3Error, S3Request, S3Response, S3Result};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::error::{invalid_argument, not_implemented};
use super::list::Names;
use super::operations::Operations;
use super::settings::{name, read_now, to_xml};
use super::wildcard::wildcard;
use crate::store::Object;

/// Told the ARN of a function and the event that it is to be invoked with. Does not wait for it.
pub type Listener = Arc<dyn Fn(&str, Value) + Send + Sync>;

/// Whether there is a function of that ARN.
pub type FunctionCheck = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What notifications need of whoever has functions.
#[derive(Clone)]
pub struct Notifier {
    /// Invokes.
    pub listener: Listener,
    /// Asked before a configuration is taken.
    pub is_function: FunctionCheck,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notifier")
    }
}

const EVENTS: [&str; 5] = ["ObjectCreated", "ObjectRemoved", "ObjectTagging", "ObjectAcl", "LifecycleExpiration"];

/// What happened to an object.
pub(super) struct Happened<'a> {
    /// `ObjectCreated:Put`, ..
    pub event: &'static str,
    pub bucket: &'a str,
    pub key: &'a str,
    pub object: Option<&'a Object>,
    pub version: Option<&'a str>,
    /// Id of whoever did it.
    pub by: &'a str,
}

fn selects(configuration: &LambdaFunctionConfiguration, happened: &Happened<'_>) -> bool {
    let event = format!("s3:{}", happened.event);
    let rules = configuration.filter.as_ref().and_then(|filter| filter.key.as_ref()?.filter_rules.as_ref());
    configuration.events.iter().any(|wanted| wildcard(wanted.as_ref(), &event))
        && rules.into_iter().flatten().all(|rule| {
            let value = rule.value.as_deref().unwrap_or_default();
            let is_suffix = rule.name.as_ref().is_some_and(|n| n.as_str().eq_ignore_ascii_case(FilterRuleName::SUFFIX));
            if is_suffix { happened.key.ends_with(value) } else { happened.key.starts_with(value) }
        })
}

impl Operations {
    /// Invokes the functions that are configured for what happened.
    pub(super) fn tell(&self, happened: &Happened<'_>) {
        let Some(notifier) = &self.notifier else { return };
        let bucket = happened.bucket;
        let Some(configuration) = read_now::<NotificationConfiguration>(&self.store, bucket, name::NOTIFICATION) else {
            return;
        };
        let Ok(info) = self.store.bucket_now(bucket) else { return };
        for configuration in configuration.lambda_function_configurations.iter().flatten() {
            if selects(configuration, happened) {
                let event = self.event(happened, configuration, &info);
                (notifier.listener)(&configuration.lambda_function_arn, event);
            }
        }
    }

    fn event(
        &self,
        happened: &Happened<'_>,
        configuration: &LambdaFunctionConfiguration,
        info: &crate::store::BucketInfo,
    ) -> Value {
        let now = self.store.now_ms();
        let time = OffsetDateTime::from_unix_timestamp((now / 1000) as i64).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        let time = format!("{}.{:03}Z", time.format(format).unwrap_or_default(), now % 1000);
        let key = Names::encoded().write(happened.key).replace("%20", "+");
        let mut object = json!({"key": key});
        if let Some(found) = happened.object {
            object["size"] = found.length.into();
            object["eTag"] = found.etag.clone().into();
            object["sequencer"] = format!("{:016X}", found.revision).into();
        } else {
            object["sequencer"] = format!("{now:016X}").into();
        }
        if let Some(version) = happened.version {
            object["versionId"] = version.into();
        }
        let principal = |id: &str| self.owner(id).id.unwrap_or_default();
        json!({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": if info.region.is_empty() { "us-east-1" } else { &info.region },
            "eventTime": time,
            "eventName": happened.event,
            "userIdentity": {"principalId": principal(happened.by)},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": format!("{now:016X}"), "x-amz-id-2": "nano"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration.id,
                "bucket": {
                    "name": info.name,
                    "ownerIdentity": {"principalId": principal(&info.owner)},
                    "arn": format!("arn:aws:s3:::{}", info.name),
                },
                "object": object,
            },
        }]})
    }

    pub(super) async fn notification(
        &self,
        request: S3Request<GetBucketNotificationConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketNotificationConfigurationOutput>> {
        let found = self.setting(&request.input.bucket, name::NOTIFICATION).await?;
        let found: NotificationConfiguration = match found {
            Some(text) => super::settings::from_xml(&text)?,
            None => NotificationConfiguration::default(),
        };
        Ok(S3Response::new(GetBucketNotificationConfigurationOutput {
            lambda_function_configurations: found.lambda_function_configurations,
            ..GetBucketNotificationConfigurationOutput::default()
        }))
    }

    pub(super) async fn put_notification(
        &self,
        request: S3Request<PutBucketNotificationConfigurationInput>,
    ) -> S3Result<S3Response<PutBucketNotificationConfigurationOutput>> {
        let input = request.input;
        let mut configuration = input.notification_configuration;
        for (is_there, what) in [
            (
                configuration.topic_configurations.as_ref().is_some_and(|all| !all.is_empty()),
                "A notification to a topic",
            ),
            (
                configuration.queue_configurations.as_ref().is_some_and(|all| !all.is_empty()),
                "A notification to a queue",
            ),
            (configuration.event_bridge_configuration.is_some(), "A notification to EventBridge"),
        ] {
            if is_there {
                return Err(not_implemented(what));
            }
        }
        for (number, function) in configuration.lambda_function_configurations.iter_mut().flatten().enumerate() {
            function.id.get_or_insert_with(|| format!("notification-{number}"));
            let known = |event: &str| {
                let rest = event.strip_prefix("s3:").unwrap_or_default();
                let kind = rest.split(':').next().unwrap_or_default();
                EVENTS.contains(&kind)
            };
            if function.events.is_empty() || !function.events.iter().all(|event| known(event.as_ref())) {
                return Err(invalid_argument("The event is not supported for notifications"));
            }
            let exists = self.notifier.as_ref().is_some_and(|n| (n.is_function)(&function.lambda_function_arn));
            if !exists && input.skip_destination_validation != Some(true) {
                return Err(invalid_argument("Unable to validate the following destination configurations"));
            }
        }
        let is_empty = configuration.lambda_function_configurations.as_ref().is_none_or(Vec::is_empty);
        let text = if is_empty { None } else { Some(to_xml(&configuration).map_err(S3Error::internal_error)?) };
        self.write_setting(&input.bucket, name::NOTIFICATION, text).await?;
        Ok(S3Response::new(PutBucketNotificationConfigurationOutput::default()))
    }
}
