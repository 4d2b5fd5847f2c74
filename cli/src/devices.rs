//! `nano devices`: who is there.

use crate::arguments::{Devices, DevicesCommand};
use crate::client;
use crate::failure::Failure;
use serde_json::Value;

/// Lists the devices of a running `nano dev`, or the boards that connect to a running `nano serve --devices`.
pub fn devices(arguments: &Devices) -> Result<u8, Failure> {
    if let Some(command) = &arguments.command {
        let (device, verb) = match command {
            DevicesCommand::Sleep { device } => (device, "sleep"),
            DevicesCommand::Wake { device } => (device, "wake"),
        };
        let path = format!("/_nano/devices/{}/{verb}", client::segment(device));
        let answer = client::request_as_operator("POST", &arguments.endpoint, &path, b"")?;
        if arguments.json {
            println!("{answer}");
        } else {
            println!("{device} {}", if verb == "sleep" { "sleeps: nobody reaches it" } else { "is awake" });
        }
        return Ok(0);
    }
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
        let waiting = match device.get("waiting").and_then(Value::as_u64) {
            Some(count @ 1..) => format!(", {count} waiting"),
            _ => String::new(),
        };
        let Some(energy) = device.get("energy_uj").and_then(Value::as_f64) else {
            // A board that connects to `nano serve`: what is known of it is what it has said.
            let seen = device.get("last_seen_s").and_then(Value::as_u64);
            let Some(seen) = seen else {
                println!("{:<12} not seen since the edge started{waiting}", text("name"));
                continue;
            };
            let linked = device.get("linked") == Some(&Value::Bool(true));
            let state = if linked { "connected".to_owned() } else { format!("away for {seen} s") };
            println!(
                "{:<12} {:<10} {:<22} firmware {}, {state}{waiting}",
                text("name"),
                text("board"),
                text("address"),
                text("version")
            );
            continue;
        };
        let energy = energy / 1e6;
        let asleep = if device.get("awake") == Some(&Value::Bool(false)) { ", asleep" } else { "" };
        println!(
            "{:<12} {:<10} {:<22} {}  ({energy:.3} J so far, estimated{asleep}{waiting})",
            text("name"),
            text("board"),
            text("address"),
            functions.join(", ")
        );
    }
    Ok(0)
}
