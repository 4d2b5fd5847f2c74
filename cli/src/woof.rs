//! `nano woof`: append-only logs, of the edge and (through a capability) of devices.

pub mod device;
mod later;

use crate::arguments::{Woof, WoofCommand};
use crate::client;
use crate::failure::Failure;
use device::DeviceLog;
use nano_woof::WoofUri;
use serde_json::Value;
use std::io::{Read as _, Write as _};

/// Runs one of the commands.
pub fn woof(arguments: &Woof) -> Result<u8, Failure> {
    if let Some(keep) = &arguments.queue {
        return later::ask(arguments, keep);
    }
    match &arguments.command {
        WoofCommand::List { uri, json } => list(uri.as_deref(), *json),
        WoofCommand::Stat { uri } => {
            let stat = match target(arguments, uri)? {
                Target::Edge { endpoint, path } => client::request("GET", &endpoint, &path, b"")?,
                Target::Device(mut log) => log.stat()?,
            };
            println!("{stat}");
            Ok(0)
        }
        WoofCommand::Create { uri, element, history } => {
            let element = crate::time::bytes(element)?;
            match target(arguments, uri)? {
                Target::Edge { endpoint, path } => println!(
                    "{}",
                    client::request("PUT", &endpoint, &format!("{path}?element={element}&history={history}"), b"")?
                ),
                Target::Device(_) => {
                    return Err(Failure::with_hint(
                        "the log is there already",
                        "logs of devices are made by [woofs] in nano.toml",
                    ));
                }
            }
            Ok(0)
        }
        WoofCommand::Get { uri, sequence, json } => {
            let answer = match (target(arguments, uri)?, sequence) {
                (Target::Edge { endpoint, path }, Some(sequence)) => {
                    client::request("GET", &endpoint, &format!("{path}?sequence={sequence}"), b"")?
                }
                (Target::Edge { endpoint, path }, None) => {
                    client::request("GET", &endpoint, &format!("{path}?tail=1"), b"")?
                }
                (Target::Device(mut log), Some(sequence)) => log.get(*sequence)?,
                (Target::Device(mut log), None) => log.tail(1)?,
            };
            print(&answer, *json)
        }
        WoofCommand::Put { uri, payload, exec } => {
            let bytes = record(payload)?;
            match target(arguments, uri)? {
                Target::Edge { endpoint, path } => {
                    let answer = client::request("POST", &endpoint, &path, &bytes)?;
                    println!("{}", answer.get("sequence").unwrap_or(&Value::Null));
                }
                Target::Device(mut log) => println!("{}", log.put(&bytes, *exec)?),
            }
            Ok(0)
        }
        WoofCommand::Tail { uri, count, json } => {
            let answer = match target(arguments, uri)? {
                Target::Edge { endpoint, path } => {
                    client::request("GET", &endpoint, &format!("{path}?tail={count}"), b"")?
                }
                Target::Device(mut log) => log.tail(*count)?,
            };
            print(&answer, *json)
        }
    }
}

/// The bytes of a record: the argument's, or those of standard input (`-`).
fn record(payload: &str) -> Result<Vec<u8>, Failure> {
    if payload != "-" {
        return Ok(payload.as_bytes().to_vec());
    }
    let mut bytes = Vec::new();
    std::io::stdin().take(1 << 20).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whose log it is.
enum Target {
    /// The edge's.
    Edge { endpoint: String, path: String },
    /// A device's.
    Device(Box<DeviceLog>),
}

fn address(uri: &str) -> Result<WoofUri<'_>, Failure> {
    WoofUri::parse(uri).map_err(|error| {
        Failure::with_hint(
            format!("'{uri}' is no address of a WooF: {error}"),
            "write woof://127.0.0.1:4566/namespace/name, or woof://DEVICE/namespace/name",
        )
    })
}

/// An address with a capability, or of a device whose keys are in this project, is a device's; others are the edge's.
fn target(arguments: &Woof, uri: &str) -> Result<Target, Failure> {
    let WoofUri { host, port, woof } = address(uri)?;
    let capability = match &arguments.cap {
        Some(capability) => Some(crate::cap::read(capability)?),
        None if port.is_none() => crate::owner::root(host)?,
        None => None,
    };
    let name = (woof.namespace(), woof.name());
    match capability {
        Some(capability) => {
            let second = arguments.second.as_deref().map(crate::cap::read).transpose()?;
            let log = DeviceLog::open(&arguments.endpoint, (host, port), name, (capability, second))?;
            Ok(Target::Device(Box::new(log)))
        }
        None => Ok(Target::Edge {
            endpoint: format!("http://{host}:{}", port.unwrap_or(nano_edge::DEFAULT_PORT)),
            path: format!("/_nano/woofs/{}/{}", client::segment(name.0), client::segment(name.1)),
        }),
    }
}

fn list(uri: Option<&str>, json: bool) -> Result<u8, Failure> {
    let (endpoint, namespace) = host(uri)?;
    let path = if namespace.is_empty() {
        "/_nano/woofs".to_string()
    } else {
        format!("/_nano/woofs/{}", client::segment(&namespace))
    };
    let list = client::request("GET", &endpoint, &path, b"")?;
    let mut out = std::io::stdout().lock();
    for woof in list.as_array().into_iter().flatten() {
        if json {
            writeln!(out, "{woof}")?;
        } else {
            let text = |key: &str| woof.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
            let number = |key: &str| woof.get(key).and_then(Value::as_u64).unwrap_or(0);
            writeln!(
                out,
                "{}/{}  element {} B, history {}, last {}",
                text("namespace"),
                text("name"),
                number("element"),
                number("history"),
                number("last")
            )?;
        }
    }
    Ok(0)
}

/// Prints records, a line each.
pub fn print(answer: &Value, json: bool) -> Result<u8, Failure> {
    let mut out = std::io::stdout().lock();
    let one = std::slice::from_ref(answer);
    for record in answer.as_array().map_or(one, Vec::as_slice) {
        if json {
            writeln!(out, "{record}")?;
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
            writeln!(out, "{sequence}  {text}")?;
        }
    }
    Ok(0)
}

/// Endpoint and namespace of `woof://host[:port][/namespace]`.
fn host(uri: Option<&str>) -> Result<(String, String), Failure> {
    let Some(uri) = uri else { return Ok((client::local(), String::new())) };
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
