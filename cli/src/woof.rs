//! `nano woof`: append-only logs, of the edge and (through a capability) of devices.

use crate::arguments::{Woof, WoofCommand};
use crate::client;
use crate::failure::Failure;
use nano_woof::WoofUri;
use serde_json::Value;
use std::io::Read as _;

/// Runs one of the commands.
pub fn woof(arguments: &Woof) -> Result<u8, Failure> {
    match &arguments.command {
        WoofCommand::List { uri, json } => {
            let (endpoint, namespace) = host(uri.as_deref())?;
            let path = if namespace.is_empty() {
                "/_nano/woofs".to_string()
            } else {
                format!("/_nano/woofs/{}", client::segment(&namespace))
            };
            let list = client::request("GET", &endpoint, &path, b"")?;
            for woof in list.as_array().into_iter().flatten() {
                if *json {
                    println!("{woof}");
                } else {
                    let text = |key: &str| woof.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
                    let number = |key: &str| woof.get(key).and_then(Value::as_u64).unwrap_or(0);
                    println!(
                        "{}/{}  element {} B, history {}, last {}",
                        text("namespace"),
                        text("name"),
                        number("element"),
                        number("history"),
                        number("last")
                    );
                }
            }
            Ok(0)
        }
        WoofCommand::Stat { uri } => {
            let (endpoint, path) = place(uri)?;
            println!("{}", client::request("GET", &endpoint, &path, b"")?);
            Ok(0)
        }
        WoofCommand::Create { uri, element, history } => {
            let (endpoint, path) = place(uri)?;
            let element = crate::time::bytes(element)?;
            println!(
                "{}",
                client::request("PUT", &endpoint, &format!("{path}?element={element}&history={history}"), b"")?
            );
            Ok(0)
        }
        WoofCommand::Get { uri, sequence, json } => {
            let (endpoint, path) = place(uri)?;
            let query = match sequence {
                Some(sequence) => format!("{path}?sequence={sequence}"),
                None => format!("{path}?tail=1"),
            };
            let answer = client::request("GET", &endpoint, &query, b"")?;
            print(&answer, *json);
            Ok(0)
        }
        WoofCommand::Put { uri, payload } => {
            let (endpoint, path) = place(uri)?;
            let bytes = if payload == "-" {
                let mut bytes = Vec::new();
                std::io::stdin().take(1 << 20).read_to_end(&mut bytes)?;
                bytes
            } else {
                payload.as_bytes().to_vec()
            };
            let answer = client::request("POST", &endpoint, &path, &bytes)?;
            println!("{}", answer.get("sequence").unwrap_or(&Value::Null));
            Ok(0)
        }
        WoofCommand::Tail { uri, count, json } => {
            let (endpoint, path) = place(uri)?;
            let answer = client::request("GET", &endpoint, &format!("{path}?tail={count}"), b"")?;
            print(&answer, *json);
            Ok(0)
        }
    }
}

fn print(answer: &Value, json: bool) {
    let one = std::slice::from_ref(answer);
    for record in answer.as_array().map_or(one, Vec::as_slice) {
        if json {
            println!("{record}");
        } else {
            let sequence = record.get("sequence").and_then(Value::as_u64).unwrap_or(0);
            let text = record.get("text").and_then(Value::as_str).map_or_else(
                || {
                    record
                        .get("base64")
                        .and_then(Value::as_str)
                        .map(|text| format!("base64:{text}"))
                        .unwrap_or_default()
                },
                str::to_string,
            );
            println!("{sequence}  {text}");
        }
    }
}

/// Endpoint and path of a `woof://host[:port]/namespace/name`.
fn place(uri: &str) -> Result<(String, String), Failure> {
    let parsed = WoofUri::parse(uri).map_err(|error| {
        Failure::with_hint(
            format!("'{uri}' is no address of a WooF: {error}"),
            "write woof://127.0.0.1:4566/namespace/name",
        )
    })?;
    let text = parsed.to_string();
    let rest = text.strip_prefix("woof://").unwrap_or(&text);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (namespace, name) = path.split_once('/').unwrap_or((path, ""));
    let authority = if authority.contains(':') { authority.to_string() } else { format!("{authority}:4566") };
    Ok((
        format!("http://{authority}"),
        format!("/_nano/woofs/{}/{}", client::segment(namespace), client::segment(name)),
    ))
}

/// Endpoint and namespace of `woof://host[:port][/namespace]`.
fn host(uri: Option<&str>) -> Result<(String, String), Failure> {
    let Some(uri) = uri else { return Ok((client::ENDPOINT.to_string(), String::new())) };
    let Some(rest) = uri.strip_prefix("woof://") else {
        return Err(Failure::with_hint(
            format!("'{uri}' is no address"),
            "write woof://127.0.0.1:4566 or woof://127.0.0.1:4566/namespace",
        ));
    };
    let (authority, namespace) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = if authority.contains(':') { authority.to_string() } else { format!("{authority}:4566") };
    Ok((format!("http://{authority}"), namespace.trim_end_matches('/').to_string()))
}
