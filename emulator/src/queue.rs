//! `POST /_nano/devices/NAME/queue`: what is asked of a device while it sleeps, over HTTP.
//!
//! The body is a REQUEST under the edge's key, as [`nano_wire::message::queue`] says; its RESPONSE comes back, or 204 where no
//! capability of this edge's proves what was asked.

use std::time::Duration;

use nano_edge::{Edge, ExtensionResponse, QueueAnswer};
use serde_json::json;

/// Answers it.
pub fn hear(edge: &Edge, device: &str, request: &[u8]) -> ExtensionResponse {
    let bytes = |status, body: Vec<u8>| ExtensionResponse {
        status,
        content_type: "application/octet-stream",
        retry_after: None,
        body: body.into(),
    };
    match edge.queues().hear(edge.audit(), device, request) {
        QueueAnswer::Response(answer) => bytes(if answer.is_empty() { 204 } else { 200 }, answer),
        QueueAnswer::Later(answer, wait) => ExtensionResponse { retry_after: Some(wait), ..bytes(429, answer) },
        QueueAnswer::Silent => bytes(204, Vec::new()),
        QueueAnswer::Flood => ExtensionResponse {
            retry_after: Some(Duration::from_secs(1)),
            ..message(429, "too many ask this edge for its queues: ask again later")
        },
        QueueAnswer::Wrong(text) => message(400, &text),
    }
}

fn message(status: u16, text: &str) -> ExtensionResponse {
    let body = json!({"message": text}).to_string().into();
    ExtensionResponse { status, content_type: "application/json", retry_after: None, body }
}
