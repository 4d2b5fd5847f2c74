//! What `nano serve --devices` adds to the edge's own routes.
//!
//! | route | answer |
//! |---|---|
//! | `GET /_nano/devices` | the boards that have been here: name, board, firmware, where clients reach them, when last heard |
//! | `PUT /_nano/devices/NAME/capability` | the edge holds the capability in the body from now on: the root of its slot there |
//! | `POST /_nano/devices/NAME/request` | passes a capability REQUEST on as it is; its RESPONSE (where others ask at the same time all that it may be, one behind the other), or 204 where the board is silent |
//! | `POST /_nano/devices/NAME/queue?wait=S` | keeps a REQUEST for a board that sleeps, and its answer, for S seconds (3600; at most 86400): 202 and its `id`; 429 when 32 are kept |
//! | `GET /_nano/devices/NAME/queue/ID` | its RESPONSE; 202 while it waits; 204 where the board was silent three times; 404 when its time is over |

use std::time::Duration;

use nano_caps::Capability;
use nano_edge::{Extension, ExtensionRequest, ExtensionResponse, LONGEST_WAIT, QueueError, RequestId, WaitState};
use serde_json::{Value, json};

use super::Gateway;

/// How long a request waits unless its asker says so, seconds.
const USUAL_WAIT: u64 = 3600;

impl Extension for Gateway {
    fn answer(&self, request: &ExtensionRequest) -> Option<ExtensionResponse> {
        let path = request.path.strip_prefix("/_nano/")?;
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["devices"]) => Some(respond(200, &json!(self.boards()))),
            ("PUT", ["devices", device, "capability"]) => Some(hold(self, device, &request.body)),
            ("POST", ["devices", device, "request"]) => Some(pass_on(self, device, &request.body)),
            ("POST", ["devices", device, "queue"]) => Some(queue(self, device, request)),
            ("GET", ["devices", device, "queue", id]) => Some(collect(self, device, id)),
            _ => None,
        }
    }
}

fn respond(status: u16, body: &Value) -> ExtensionResponse {
    ExtensionResponse { status, content_type: "application/json", body: body.to_string().into() }
}

fn hold(gateway: &Gateway, device: &str, body: &[u8]) -> ExtensionResponse {
    let text = String::from_utf8_lossy(body);
    let root = match Capability::from_text(text.trim()) {
        Ok(root) if root.body().header().slot() == 1 => root,
        Ok(_) => {
            let message = "the capability is not of the edge's slot (1): nano deploy makes the right one";
            return respond(400, &json!({"message": message}));
        }
        Err(error) => return respond(400, &json!({"message": format!("the body is no capability: {error}")})),
    };
    match gateway.edge().holdings().hold(device, &root) {
        Ok(()) => respond(200, &json!({"device": device})),
        Err(error) => respond(400, &json!({"message": error.to_string()})),
    }
}

fn message(status: u16, text: &str) -> ExtensionResponse {
    respond(status, &json!({"message": text}))
}

fn bytes(status: u16, body: Vec<u8>) -> ExtensionResponse {
    ExtensionResponse { status, content_type: "application/octet-stream", body: body.into() }
}

fn queue(gateway: &Gateway, device: &str, request: &ExtensionRequest) -> ExtensionResponse {
    let wait = request.query.iter().find(|(key, _)| key == "wait").map(|(_, value)| value.parse::<u64>());
    let wait = match wait {
        None => USUAL_WAIT,
        Some(Ok(wait @ 1..)) if wait <= LONGEST_WAIT.as_secs() => wait,
        Some(_) => {
            return message(400, &format!("wait is a number of seconds from 1 to {}", LONGEST_WAIT.as_secs()));
        }
    };
    if !gateway.edge().holdings().holds(device) {
        return message(404, &format!("this edge holds no capability of a device {device}"));
    }
    match gateway.edge().waiting().queue(device, &request.body, Duration::from_secs(wait)) {
        Ok(id) => respond(202, &json!({"id": id.to_string(), "device": device})),
        Err(error) => {
            let status = match error {
                QueueError::NotARequest(_) => 400,
                QueueError::TooLong(_) => 413,
                QueueError::Full => 429,
                QueueError::Log(_) => 500,
            };
            message(status, &error.to_string())
        }
    }
}

fn collect(gateway: &Gateway, device: &str, id: &str) -> ExtensionResponse {
    let Ok(id) = id.parse::<RequestId>() else {
        return message(400, "a request's id is the 32 hexadecimal digits that it was answered with");
    };
    match gateway.edge().waiting().state(device, id) {
        Ok(Some(WaitState::Waiting)) => respond(202, &json!({"state": "waiting"})),
        Ok(Some(WaitState::Answered(answers))) => bytes(200, answers.concat()),
        Ok(Some(WaitState::Silent)) => bytes(204, Vec::new()),
        Ok(None) => message(404, "no such request waits: it was never here, or its time is over"),
        Err(error) => message(500, &error.to_string()),
    }
}

fn pass_on(gateway: &Gateway, device: &str, body: &[u8]) -> ExtensionResponse {
    let Some(bridge) = gateway.bridge(device) else {
        return message(404, &format!("no device {device} has been here"));
    };
    if !gateway.is_linked(device) {
        return message(502, &format!("{device} is away; /_nano/devices/{device}/queue keeps requests for it"));
    }
    match bridge.ask(body, || gateway.is_linked(device)).unwrap_or_default() {
        answers if answers.is_empty() => bytes(204, Vec::new()),
        answers => bytes(200, answers.concat()),
    }
}
