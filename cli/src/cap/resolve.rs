//! `nano cap resolve`: names to handles.

use super::arguments::Resolve;
use super::{describe, device, read};
use crate::failure::Failure;
use nano_emulator::ANY;

/// Prints `NS WOOF NAME`, one a line.
pub fn resolve(arguments: &Resolve) -> Result<u8, Failure> {
    let capability = arguments.cap.as_deref().map(read).transpose()?;
    let logs = device::logs(&arguments.device, &arguments.at, capability)?;
    let say = |ns: u16, woof: u16, name: &str| {
        if arguments.json {
            println!("{}", serde_json::json!({"device": arguments.device, "ns": ns, "woof": woof, "name": name}));
        } else {
            println!("{} {} {name}", describe::handle(ns), describe::handle(woof));
        }
    };
    match &arguments.name {
        Some(name) => {
            let (ns, woof) = device::handles(&logs, name)?;
            say(ns, woof, name);
        }
        None => {
            for log in &logs {
                let name =
                    if log.woof == ANY { log.namespace.clone() } else { format!("{}/{}", log.namespace, log.name) };
                say(log.ns, log.woof, &name);
            }
        }
    }
    Ok(0)
}
