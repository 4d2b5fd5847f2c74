//! What `nano serve --devices` adds to the edge's own routes.
//!
//! | route | answer |
//! |---|---|
//! | `GET /_nano/devices` | the boards that have been here: name, board, firmware, where clients reach them, when last heard |
//! | `PUT /_nano/devices/NAME/capability` | the edge holds the capability in the body from now on: the root of its slot there |
//! | `POST /_nano/devices/NAME/request` | passes a capability REQUEST on as it is; its RESPONSE, or 204 where the board is silent |

use nano_caps::Capability;
use nano_edge::{Extension, ExtensionRequest, ExtensionResponse};
use serde_json::{Value, json};

use super::Gateway;
use crate::proxy;

impl Extension for Gateway {
    fn answer(&self, request: &ExtensionRequest) -> Option<ExtensionResponse> {
        let path = request.path.strip_prefix("/_nano/")?;
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["devices"]) => Some(respond(200, &json!(self.boards()))),
            ("PUT", ["devices", device, "capability"]) => Some(hold(self, device, &request.body)),
            ("POST", ["devices", device, "request"]) => Some(pass_on(self, device, &request.body)),
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

fn pass_on(gateway: &Gateway, device: &str, body: &[u8]) -> ExtensionResponse {
    let message = |status, text: String| respond(status, &json!({"message": text}));
    let bytes = |status, body: Vec<u8>| ExtensionResponse {
        status,
        content_type: "application/octet-stream",
        body: body.into(),
    };
    let Some(address) = gateway.client_address(device) else {
        return message(404, format!("no device {device} has been here"));
    };
    match proxy::pass_on(address, body) {
        Ok(Some(answer)) => bytes(200, answer),
        Ok(None) => bytes(204, Vec::new()),
        Err(error) => message(502, format!("{device} can't be reached: {error}")),
    }
}
