//! What the emulator adds to the edge's own routes: `/_nano/devices` and `/_nano/events`.
//!
//! | route | answer |
//! |---|---|
//! | `GET /_nano/devices` | every device: address, logs with their handles, functions, pins, energy |
//! | `GET /_nano/events?after=N&count=M&wait_ms=T` | `{"next": N, "events": [..]}`: what happened on devices after number N |
//! | `POST /_nano/devices/NAME/functions/F/invoke` | runs F on the device with the body as event, as from its own console: for who shows the token in `.nano/operator` in the header `nano-operator` |
//! | `POST /_nano/functions/F/invoke?on=device` | the same on the first device that has F; `on=auto` does so where F's place is a device |
//! | `POST /_nano/devices/NAME/request` | passes a capability REQUEST on as it is; its RESPONSE, or 204 where the device is silent |
//! | `POST /_nano/devices/NAME/queue` | what a client asks of the device's queue under the edge's key ([`crate::queue`]) |
//! | `POST /_nano/devices/NAME/sleep`, `/wake` | switches the device's radio off and on, as from its own console: for the same |
//! | `GET /_nano/health` | 503 until devices and functions are as the project says; then the edge answers |

use std::time::Duration;

use nano_edge::{Extension, ExtensionRequest, ExtensionResponse};
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::{proxy, queue};

/// Longest wait for events.
const MOST_WAIT: Duration = Duration::from_secs(30);
/// Most events in one answer.
const MOST_EVENTS: usize = 1000;

impl Extension for Emulator {
    fn answer(&self, request: &ExtensionRequest) -> Option<ExtensionResponse> {
        let path = request.path.strip_prefix("/_nano/")?;
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["health"]) if !self.is_ready() => Some(respond(503, &json!({"status": "starting"}))),
            ("GET", ["devices"]) => Some(respond(200, &json!(self.devices()))),
            ("GET", ["events"]) => Some(respond(200, &events(self, request))),
            ("POST", ["devices", device, "functions", function, "invoke"]) => {
                Some(invoke(self, device, function, request))
            }
            ("POST", ["devices", device, "request"]) => Some(pass_on(self, device, request)),
            ("POST", ["devices", device, "queue"]) if self.address(device).is_some() => {
                Some(queue::hear(self.edge(), device, &request.body))
            }
            ("POST", ["devices", device, "queue"]) => Some(no_device(self, device)),
            ("POST", ["devices", device, "sleep"]) => Some(set_awake(self, device, false, request)),
            ("POST", ["devices", device, "wake"]) => Some(set_awake(self, device, true, request)),
            ("POST", ["functions", function, "invoke"]) => {
                let on = request.query.iter().find(|(key, _)| key == "on").map_or("auto", |(_, value)| value.as_str());
                match (on, self.device_of(function)) {
                    ("device", None) => Some(respond(404, &json!({"message": nowhere(self, function)}))),
                    ("device" | "auto" | "", Some(device)) => Some(invoke(self, &device, function, request)),
                    // Elsewhere the edge runs it.
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn respond(status: u16, body: &Value) -> ExtensionResponse {
    ExtensionResponse { status, content_type: "application/json", retry_after: None, body: body.to_string().into() }
}

fn pass_on(emulator: &Emulator, device: &str, request: &ExtensionRequest) -> ExtensionResponse {
    let message = |status, text: String| respond(status, &json!({"message": text}));
    let Some(address) = emulator.address(device) else { return no_device(emulator, device) };
    let answers = emulator.bridge(device).map(|bridge| bridge.ask(&request.body, || true).unwrap_or_default());
    let bytes = |status, body: Vec<u8>| ExtensionResponse {
        status,
        content_type: "application/octet-stream",
        retry_after: None,
        body: body.into(),
    };
    let passed = match answers {
        Some(answers) => Ok((!answers.is_empty()).then(|| answers.concat())),
        None => proxy::pass_on(address, &request.body),
    };
    match passed {
        Ok(Some(answer)) => bytes(200, answer),
        Ok(None) => bytes(204, Vec::new()),
        Err(error) => message(502, format!("{device} can't be reached: {error}")),
    }
}

fn events(emulator: &Emulator, request: &ExtensionRequest) -> Value {
    let number =
        |name: &str| request.query.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse::<u64>().ok());
    let after = number("after");
    let count =
        number("count").map_or(100, |count| usize::try_from(count).unwrap_or(MOST_EVENTS)).clamp(1, MOST_EVENTS);
    let wait = Duration::from_millis(number("wait_ms").unwrap_or(0)).min(MOST_WAIT);
    let events = emulator.feed().after(after, count, wait);
    let next = events.last().map_or(after.unwrap_or(0), |(number, _)| *number);
    let events: Vec<Value> = events
        .into_iter()
        .map(|(number, event)| {
            let mut value = json!(event);
            value["number"] = json!(number);
            value
        })
        .collect();
    json!({"next": next, "events": events})
}

/// Why no device runs a function.
fn nowhere(emulator: &Emulator, function: &str) -> String {
    let runs: Vec<String> = emulator
        .devices()
        .into_iter()
        .flat_map(|device| device.functions)
        .filter(|function| function.on == "device")
        .map(|function| function.name)
        .collect();
    if runs.is_empty() {
        format!("no device runs {function} itself, or any other function; set run = \"device\" in nano.toml")
    } else {
        format!("no device runs {function} itself; what devices run: {}", runs.join(", "))
    }
}

fn no_device(emulator: &Emulator, device: &str) -> ExtensionResponse {
    let names = emulator.device_names().join(", ");
    respond(404, &json!({"message": format!("there is no device {device}; the devices are: {names}")}))
}

/// Why this request may not do something with a device by hand, past its gate.
fn not_by_hand(emulator: &Emulator, device: &str, request: &ExtensionRequest, what: &str) -> Option<ExtensionResponse> {
    let Some(operator) = emulator.operator() else {
        return Some(respond(503, &json!({"message": "the devices are being started"})));
    };
    if !request.operator.as_ref().is_some_and(|token| operator.admits(token)) {
        let file = operator.file().display().to_string();
        let text = format!("past its gate a device {what} only for who shows the token in {file}");
        return Some(respond(403, &json!({"message": text, "operator": file})));
    }
    emulator.address(device).is_none().then(|| no_device(emulator, device))
}

fn set_awake(emulator: &Emulator, device: &str, awake: bool, request: &ExtensionRequest) -> ExtensionResponse {
    let what = if awake { "is woken" } else { "is put to sleep" };
    if let Some(refused) = not_by_hand(emulator, device, request, what) {
        return refused;
    }
    if emulator.set_awake(device, awake) {
        respond(200, &json!({"device": device, "awake": awake}))
    } else {
        let text =
            format!("{device} is a board in QEMU, whose radio is its own: only software devices are put to sleep");
        respond(409, &json!({"message": text}))
    }
}

fn invoke(emulator: &Emulator, device: &str, function: &str, request: &ExtensionRequest) -> ExtensionResponse {
    let message = |status, text: String| respond(status, &json!({"message": text}));
    if let Some(refused) = not_by_hand(emulator, device, request, "runs a function") {
        return refused;
    }
    let event = if request.body.is_empty() { &b"{}"[..] } else { &request.body };
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(event) {
        return message(400, format!("the event is no JSON: {error}"));
    }
    match emulator.invoke(device, function, event) {
        Ok(Some(invocation)) => respond(200, &json!(invocation)),
        Ok(None) => message(
            404,
            format!("{device} has no function {function} that it runs itself, or its module is on the way"),
        ),
        Err(error) => message(500, error.to_string()),
    }
}
