//! `nano devices`: who is there.

use crate::arguments::Devices;
use crate::client;
use crate::failure::Failure;
use serde_json::Value;

/// Lists the devices of a running `nano dev`.
pub fn devices(arguments: &Devices) -> Result<u8, Failure> {
    let list = client::request("GET", &arguments.endpoint, "/_nano/devices", b"")?;
    for device in list.as_array().into_iter().flatten() {
        if arguments.json {
            println!("{device}");
            continue;
        }
        let text = |key: &str| device.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        let functions: Vec<&str> = device
            .get("functions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|function| function.get("name")?.as_str())
            .collect();
        let energy = device.get("energy_uj").and_then(Value::as_f64).unwrap_or(0.0) / 1e6;
        println!(
            "{:<12} {:<10} {:<22} {}  ({energy:.3} J so far, estimated)",
            text("name"),
            text("board"),
            text("address"),
            functions.join(", ")
        );
    }
    Ok(0)
}
