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
use crate::lambda::DEFAULT_REGION;
use crate::store::{Along, Coming, ComingKey, Companion, Companions};

/// Makes what is kept of an event, and how its function is begun, of the event as JSON. Does not ask the store.
pub(crate) type Caller = Box<dyn Fn(Value) -> Call + Send>;

/// An event for a function: what is written together with the change that it tells of, and what begins the function when
/// that is durable; it is told which event of the journal to wait for.
pub(crate) struct Call {
    pub kept: Companion,
    pub begin: Box<dyn FnOnce(u64) + Send>,
}

/// The function of an ARN, if there is one.
pub(crate) type Finder = Arc<dyn Fn(&str) -> Option<Caller> + Send + Sync>;

/// What notifications need of whoever has functions.
#[derive(Clone)]
pub(crate) struct Notifier {
    pub find: Finder,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notifier")
    }
}

const EVENTS: [&str; 5] = ["ObjectCreated", "ObjectRemoved", "ObjectTagging", "ObjectAcl", "LifecycleExpiration"];

/// Most events that are written together with one change.
const MOST_TOGETHER: usize = 2000;

fn selects(configuration: &LambdaFunctionConfiguration, event: &str, key: &str) -> bool {
    let event = format!("s3:{event}");
    let rules = configuration.filter.as_ref().and_then(|filter| filter.key.as_ref()?.filter_rules.as_ref());
    configuration.events.iter().any(|wanted| wildcard(wanted.as_ref(), &event))
        && rules.into_iter().flatten().all(|rule| {
            let value = rule.value.as_deref().unwrap_or_default();
            let is_suffix = rule.name.as_ref().is_some_and(|n| n.as_str().eq_ignore_ascii_case(FilterRuleName::SUFFIX));
            if is_suffix { key.ends_with(value) } else { key.starts_with(value) }
        })
}

/// Whoever is told of the changes of a bucket's objects, as long as its configuration is this one.
struct Telling {
    functions: Vec<(LambdaFunctionConfiguration, Caller)>,
    bucket: String,
    region: String,
    owner: String,
    by: String,
}

impl Operations {
    /// What is written together with a change that somebody makes to objects of a bucket: the events of the functions that are
    /// configured for it. `created` is what it is called where it puts an object.
    pub(super) fn telling(&self, bucket: &str, created: &'static str, by: &str) -> Option<Along> {
        let telling = self.tells(bucket, by)?;
        Some(Box::new(move |coming| telling.companions(coming, created)))
    }

    /// Keys that may be deleted in one change, so that what is told of it has room in its record.
    pub(super) fn keys_together(&self, bucket: &str) -> usize {
        self.tells(bucket, "").map_or(usize::MAX, |telling| (MOST_TOGETHER / telling.functions.len().max(1)).max(1))
    }

    fn tells(&self, bucket: &str, by: &str) -> Option<Telling> {
        let notifier = self.notifier.as_ref()?;
        let configuration = read_now::<NotificationConfiguration>(&self.store, bucket, name::NOTIFICATION)?;
        let found = configuration.lambda_function_configurations.into_iter().flatten();
        let functions: Vec<_> = found
            .filter_map(|configuration| {
                let caller = (notifier.find)(&configuration.lambda_function_arn)?;
                Some((configuration, caller))
            })
            .collect();
        if functions.is_empty() {
            return None;
        }
        let info = self.store.bucket_now(bucket).ok()?;
        let principal = |id: &str| self.owner(id).id.unwrap_or_default();
        Some(Telling {
            functions,
            region: if info.region.is_empty() { DEFAULT_REGION.to_owned() } else { info.region },
            owner: principal(&info.owner),
            by: principal(by),
            bucket: info.name,
        })
    }
}

impl Telling {
    fn companions(&self, coming: &Coming<'_>, created: &str) -> Companions {
        let (mut values, mut begins) = (vec![], vec![]);
        for key in &coming.keys {
            let event = match (key.put, key.is_marked) {
                (Some(_), _) => created,
                (None, true) => "ObjectRemoved:DeleteMarkerCreated",
                (None, false) => "ObjectRemoved:Delete",
            };
            for (configuration, caller) in self.functions.iter().filter(|(one, _)| selects(one, event, key.key)) {
                let call = caller(self.event(event, key, coming, configuration));
                values.push(call.kept);
                begins.push(call.begin);
            }
        }
        let begin = Box::new(move |until| begins.into_iter().for_each(|begin| begin(until)));
        Companions { values, begin }
    }

    fn event(
        &self,
        event: &str,
        about: &ComingKey<'_>,
        coming: &Coming<'_>,
        configuration: &LambdaFunctionConfiguration,
    ) -> Value {
        let now = coming.now_ms;
        let time = OffsetDateTime::from_unix_timestamp((now / 1000) as i64).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        let time = format!("{}.{:03}Z", time.format(format).unwrap_or_default(), now % 1000);
        let key = Names::encoded().write(about.key).replace("%20", "+");
        // Of two changes of one key the later one has the larger one.
        let mut object = json!({"key": key, "sequencer": format!("{:016X}", coming.sequence)});
        if let Some((length, etag)) = about.put {
            object["size"] = length.into();
            object["eTag"] = etag.into();
        }
        if let Some(version) = &about.version {
            object["versionId"] = version.as_str().into();
        }
        json!({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": self.region,
            "eventTime": time,
            "eventName": event,
            "userIdentity": {"principalId": self.by},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": format!("{now:016X}"), "x-amz-id-2": "nano"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration.id,
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": {"principalId": self.owner},
                    "arn": format!("arn:aws:s3:::{}", self.bucket),
                },
                "object": object,
            },
        }]})
    }
}

impl Operations {
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
            let exists = self.notifier.as_ref().is_some_and(|n| (n.find)(&function.lambda_function_arn).is_some());
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
