//! Invocations that nobody waits for: retried, given up, and told about.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::edge::{Answer, Edge, Invoke};
use crate::lambda::{ApiError, DEFAULT_REGION, ErrorKind, FunctionName, InvokeConfig, LATEST, Version};
use crate::store::{Attributes, Precondition};
use crate::world::lambda_time;

/// Attempts after the first unless the function is configured otherwise.
const RETRIES: u32 = 2;

/// Runs an invocation that nobody waits for. `qualifier` is what the caller named.
pub(crate) fn later(edge: &Edge, version: Arc<Version>, qualifier: Option<&str>, invoke: Invoke, request_id: String) {
    let weak = edge.downgrade();
    let qualifier = qualifier.unwrap_or(LATEST).to_owned();
    edge.handle().spawn(async move {
        let mut attempt = 0_u32;
        let begun_ms = weak.upgrade().map_or(0, |edge| edge.world().now_ms());
        loop {
            let Some(edge) = weak.upgrade() else { return };
            let configuration = &version.configuration;
            let name = FunctionName::plain(&configuration.function_name);
            let config = edge.functions().record_of(&name, DEFAULT_REGION).ok();
            let config = config.and_then(|record| record.invoke_configs.get(&qualifier).cloned()).unwrap_or_default();
            let answered = edge.invoke_version(Arc::clone(&version), invoke.clone(), request_id.clone(), None).await;
            attempt += 1;
            let throttled = matches!(
                &answered,
                Err(ApiError { kind: ErrorKind::TooManyRequests | ErrorKind::ReservedConcurrency, .. })
            );
            let failed = !matches!(&answered, Ok(answer) if answer.result.is_ok());
            let age = Duration::from_millis(edge.world().now_ms().saturating_sub(begun_ms));
            let too_old = config.most_age.is_some_and(|most| age >= Duration::from_secs(u64::from(most)));
            // Throttling is no attempt: it is tried for as long as the event may wait, six hours on AWS.
            let gives_up = too_old || (!throttled && attempt > config.retries.unwrap_or(RETRIES));
            if !failed || gives_up {
                let why = if !failed {
                    "Success"
                } else if too_old {
                    "EventAgeExceeded"
                } else {
                    "RetriesExhausted"
                };
                tell(
                    &edge,
                    &version,
                    &qualifier,
                    &config,
                    &Ended { invoke, request_id, attempts: attempt, why, answered },
                );
                return;
            }
            if throttled {
                attempt -= 1;
            }
            drop(edge);
            // AWS waits a minute and two; at a developer's desk that would look like nothing happening.
            tokio::time::sleep(Duration::from_secs(u64::from(attempt.max(1)))).await;
        }
    });
}

struct Ended {
    invoke: Invoke,
    request_id: String,
    attempts: u32,
    why: &'static str,
    answered: Result<Answer, ApiError>,
}

/// Tells the destination of a success or a failure, if there is one.
fn tell(edge: &Edge, version: &Arc<Version>, qualifier: &str, config: &InvokeConfig, ended: &Ended) {
    let succeeded = ended.why == "Success";
    let destination = if succeeded { &config.on_success } else { &config.on_failure };
    let Some(arn) = destination else { return };
    let json_of = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or(Value::Null);
    let mut response = json!({"statusCode": 200, "executedVersion": version.configuration.version});
    let payload = match &ended.answered {
        Ok(answer) => match &answer.result {
            Ok(result) => json_of(result),
            Err(failure) => {
                response["functionError"] = "Unhandled".into();
                json_of(failure.to_json().as_bytes())
            }
        },
        Err(error) => json!({"errorMessage": error.message, "errorType": error.kind.name()}),
    };
    let arn_of_function =
        version.configuration.function_arn.trim_end_matches(&format!(":{}", version.configuration.version));
    let record = json!({
        "version": "1.0",
        "timestamp": lambda_time(edge.world().now_ms()).replace("+0000", "Z"),
        "requestContext": {
            "requestId": ended.request_id,
            "functionArn": format!("{arn_of_function}:{qualifier}"),
            "condition": ended.why,
            "approximateInvokeCount": ended.attempts,
        },
        "requestPayload": json_of(&ended.invoke.event),
        "responseContext": response,
        "responsePayload": payload,
    });
    if let Some(bucket) = arn.strip_prefix("arn:aws:s3:::") {
        let store = Arc::clone(edge.store());
        let (bucket, function) = (bucket.to_owned(), version.configuration.function_name.clone());
        let key = format!("aws/lambda/async/{function}/{}-{}.json", edge.world().now_ms(), ended.request_id);
        edge.handle().spawn_blocking(move || {
            let mut writer = store.writer();
            let put = writer
                .write(record.to_string().as_bytes())
                .and_then(|()| writer.finish())
                .and_then(|content| store.put(&bucket, &key, content, Attributes::default(), &Precondition::None));
            // Nobody waits who could be told.
            drop(put);
        });
        return;
    }
    let Ok(name) = FunctionName::parse(arn, 256) else { return };
    let Ok(told) = edge.functions().find(&name, DEFAULT_REGION) else { return };
    let invoke = Invoke::new(record.to_string());
    later(edge, told, name.qualifier.as_deref(), invoke, edge.world().uuid());
}
