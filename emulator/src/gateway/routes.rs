//! What `nano serve --devices` adds to the edge's own routes.
//!
//! | route | answer |
//! |---|---|
//! | `GET /_nano/devices` | the boards that have been here: name, board, firmware, where clients reach them, when last heard |
//! | `PUT /_nano/devices/NAME/capability` | the edge holds the capability in the body from now on: the root of its slot there |
//! | `POST /_nano/devices/NAME/request` | passes a capability REQUEST on as it is; its RESPONSE (where others ask at the same time all that it may be, one behind the other), or 204 where the board is silent |
//! | `POST /_nano/devices/NAME/queue` | what a client asks of the board's queue under the edge's key ([`crate::queue`]) |

use nano_caps::Capability;
use nano_edge::{Extension, ExtensionRequest, ExtensionResponse};
use serde_json::{Value, json};

use super::Gateway;
use crate::queue;

impl Extension for Gateway {
    fn answer(&self, request: &ExtensionRequest) -> Option<ExtensionResponse> {
        let path = request.path.strip_prefix("/_nano/")?;
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["devices"]) => Some(respond(200, &json!(self.boards()))),
            ("PUT", ["devices", device, "capability"]) => Some(hold(self, device, &request.body)),
            ("POST", ["devices", device, "request"]) => Some(pass_on(self, device, &request.body)),
            ("POST", ["devices", device, "queue"]) if self.edge().holdings().holds(device) => {
                Some(queue::hear(self.edge(), device, &request.body))
            }
            ("POST", ["devices", device, "queue"]) => {
                Some(message(404, &format!("this edge holds no capability of a device {device}")))
            }
            _ => None,
        }
    }
}

fn respond(status: u16, body: &Value) -> ExtensionResponse {
    ExtensionResponse { status, content_type: "application/json", retry_after: None, body: body.to_string().into() }
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
    let held = gateway.edge().holdings().hold(device, &root).and_then(|()| gateway.edge().queues().handle(device));
    match held {
        Ok(_) => respond(200, &json!({"device": device})),
        Err(error) => respond(400, &json!({"message": error.to_string()})),
    }
}

fn message(status: u16, text: &str) -> ExtensionResponse {
    respond(status, &json!({"message": text}))
}

fn bytes(status: u16, body: Vec<u8>) -> ExtensionResponse {
    ExtensionResponse { status, content_type: "application/octet-stream", retry_after: None, body: body.into() }
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
