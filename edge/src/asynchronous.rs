//! Invocations that nobody waits for: retried, given up, and told about.
//!
//! An event is run at least once, whatever becomes of the edge: one that ends in the middle of an attempt makes that attempt
//! again after its next start.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::accepted::{Event, Place};
use crate::edge::{Answer, Edge, Invoke, WeakEdge};
use crate::lambda::{ApiError, DEFAULT_REGION, ErrorKind, FunctionName, InvokeConfig, LATEST, Version};
use crate::server::{Place as ObjectPlace, Refusal, put_for_role};
use crate::store::StoreError;
use crate::world::lambda_time;

/// How long a full disk is waited for before it is asked again.
const ROOM: Duration = Duration::from_secs(1);

/// Attempts after the first unless the function is configured otherwise.
const RETRIES: u32 = 2;

/// Invocations that may follow each other by destinations, as on AWS, unless the function allows any number.
const MOST_DEPTH: u32 = 16;

/// Seconds that an event may wait unless the function is configured otherwise: six hours.
const MOST_AGE: u32 = 6 * 3600;

/// The event of an invocation that nobody waits for.
pub(crate) fn event_of(edge: &Edge, version: &Version, qualifier: Option<&str>, invoke: Invoke, id: String) -> Event {
    Event {
        id,
        function: version.configuration.function_name.clone(),
        qualifier: qualifier.unwrap_or(LATEST).to_owned(),
        version: version.configuration.version.clone(),
        on: invoke.on,
        client_context: invoke.client_context,
        accepted_ms: edge.world().now_ms(),
        attempts: 0,
        depth: 1,
        payload: invoke.event,
    }
}

/// Accepts an invocation that nobody waits for: it outlives the edge when this returns. `qualifier` is what the caller named.
pub(crate) async fn accept(
    edge: &Edge,
    version: &Version,
    qualifier: Option<&str>,
    invoke: Invoke,
    request_id: String,
) -> Result<(), ApiError> {
    if edge.accepted().is_full() {
        return Err(ApiError::new(ErrorKind::TooManyRequests, "Rate Exceeded."));
    }
    let event = event_of(edge, version, qualifier, invoke, request_id);
    let (edge, place) = (edge.clone(), edge.accepted().place(&event.payload));
    // A task of its own: what is kept is run, although the caller may hang up.
    let accepted = edge.handle().clone().spawn(async move {
        stored(&edge, event.clone(), |edge, event| edge.accepted().keep(&event)).await?;
        begin(&edge, event, place);
        Ok::<(), ApiError>(())
    });
    accepted.await.map_err(|error| ApiError::new(ErrorKind::Service, format!("the event was lost: {error}")))?
}

/// Begins an event that was written together with what it tells of, when the journal's event `until` is durable. Does not wait.
pub(crate) fn begin_when_durable(weak: &WeakEdge, event: Event, until: u64) {
    let Some(edge) = weak.upgrade() else { return };
    let (weak, place) = (weak.clone(), edge.accepted().place(&event.payload));
    edge.handle().spawn(async move {
        while let Some(edge) = weak.upgrade() {
            let store = Arc::clone(edge.store());
            drop(edge);
            let is_settled = store.is_settled(until)
                || match tokio::task::spawn_blocking(move || store.settle(until)).await {
                    Ok(Ok(())) => true,
                    // It has its place, and is there when the disk has room.
                    Ok(Err(StoreError::Log(nano_woof::Error::Full(_)))) => false,
                    Ok(Err(_)) | Err(_) => return,
                };
            if is_settled {
                return run(weak, event, place).await;
            }
            tokio::time::sleep(ROOM).await;
        }
    });
}

fn take(edge: &Edge, event: Event) {
    let place = edge.accepted().place(&event.payload);
    // One that can't be kept is run as long as this edge is there.
    let _ = edge.accepted().keep(&event);
    begin(edge, event, place);
}

/// Goes on with what was accepted before the edge ended. Blocks.
pub(crate) fn resume(edge: &Edge) -> Result<(), StoreError> {
    for event in edge.accepted().left()? {
        let place = edge.accepted().place(&event.payload);
        begin(edge, event, place);
    }
    Ok(())
}

/// Does something to an event in the store, on a thread that may block.
async fn stored(
    edge: &Edge,
    event: Event,
    what: impl FnOnce(&Edge, Event) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), ApiError> {
    let edge = edge.clone();
    match tokio::task::spawn_blocking(move || what(&edge, event)).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(ApiError::new(ErrorKind::Service, error.to_string())),
    }
}

fn begin(edge: &Edge, event: Event, place: Place) {
    edge.handle().spawn(run(edge.downgrade(), event, place));
}

/// Runs an event until it is over, or the edge is.
async fn run(weak: WeakEdge, mut event: Event, _place: Place) {
    while let Some(edge) = weak.upgrade() {
        if !attempt(&edge, &mut event).await {
            return;
        }
        drop(edge);
        // AWS waits a minute and two; at a developer's desk that would look like nothing happening.
        tokio::time::sleep(Duration::from_secs(u64::from(event.attempts.max(1)))).await;
    }
}

/// Tries once; whether there is to be another attempt.
async fn attempt(edge: &Edge, event: &mut Event) -> bool {
    let mut name = FunctionName::plain(&event.function);
    let config = edge.functions().record_of(&name, DEFAULT_REGION).ok();
    let config = config.and_then(|record| record.invoke_configs.get(&event.qualifier).cloned()).unwrap_or_default();
    name.qualifier = Some(event.version.clone());
    let Ok(version) = edge.functions().find(&name, DEFAULT_REGION) else {
        // Deleted meanwhile, with whoever would be told.
        let _ = stored(edge, event.clone(), |edge, event| edge.accepted().forget(&event.id)).await;
        return false;
    };
    let answered = edge.invoke_version(Arc::clone(&version), event.invoke(), event.id.clone(), None).await;
    // Throttling is no attempt: it is tried for as long as the event may wait.
    let throttled =
        matches!(&answered, Err(ApiError { kind: ErrorKind::TooManyRequests | ErrorKind::ReservedConcurrency, .. }));
    event.attempts += u32::from(!throttled);
    let age = Duration::from_millis(edge.world().now_ms().saturating_sub(event.accepted_ms));
    let too_old = age >= Duration::from_secs(u64::from(config.most_age.unwrap_or(MOST_AGE)));
    let spent = !throttled && event.attempts > config.retries.unwrap_or(RETRIES);
    let why = match &answered {
        Ok(answer) if answer.result.is_ok() => "Success",
        _ if too_old => "EventAgeExceeded",
        _ if spent => "RetriesExhausted",
        _ => {
            if !throttled {
                // Should that fail, an edge that is started anew makes an attempt more.
                let _ = stored(edge, event.clone(), |edge, event| edge.accepted().keep(&event)).await;
            }
            return true;
        }
    };
    // Whoever is to be told first: an edge that ends in between tells twice.
    let ended = Ended { event: event.clone(), why, answered };
    let _ = stored(edge, event.clone(), move |edge, event| {
        tell(edge, &version, &config, &ended);
        edge.accepted().forget(&event.id)
    })
    .await;
    false
}

struct Ended {
    event: Event,
    why: &'static str,
    answered: Result<Answer, ApiError>,
}

/// Tells the destination of a success or a failure, if there is one. Blocks.
fn tell(edge: &Edge, version: &Version, config: &InvokeConfig, ended: &Ended) {
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
            "requestId": ended.event.id,
            "functionArn": format!("{arn_of_function}:{}", ended.event.qualifier),
            "condition": ended.why,
            "approximateInvokeCount": ended.event.attempts,
        },
        "requestPayload": json_of(&ended.event.payload),
        "responseContext": response,
        "responsePayload": payload,
    });
    if let Some(bucket) = arn.strip_prefix("arn:aws:s3:::") {
        let function = &ended.event.function;
        let key = format!("aws/lambda/async/{function}/{}-{}.json", edge.world().now_ms(), ended.event.id);
        let place = ObjectPlace { bucket, key: &key, version: None };
        let put = put_for_role(edge, &version.configuration.role, place, record.to_string().as_bytes());
        if let Err(Refusal { code, message }) = put {
            // Nobody waits; whoever looks for it finds this.
            let text = format!("[nano] the destination {arn} could not be told: {code}: {message}\n");
            edge.logs().write(function, &ended.event.id, "", &text);
        }
        return;
    }
    let Ok(name) = FunctionName::parse(arn, 256) else { return };
    let Ok(told) = edge.functions().find(&name, DEFAULT_REGION) else { return };
    let depth = ended.event.depth + 1;
    let recursion = edge.functions().record_of(&name, DEFAULT_REGION).ok().and_then(|record| record.recursion);
    if depth > MOST_DEPTH && recursion.as_deref() != Some("Allow") {
        let text =
            format!("[nano] {arn} is not told: {MOST_DEPTH} invocations in a row told each other of their ends\n");
        edge.logs().write(&ended.event.function, &ended.event.id, "", &text);
        return;
    }
    let invoke = Invoke::new(record.to_string());
    take(edge, Event { depth, ..event_of(edge, &told, name.qualifier.as_deref(), invoke, edge.world().uuid()) });
}
