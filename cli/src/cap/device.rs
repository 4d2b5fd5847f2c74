//! The devices whose secrets this machine keeps, and where they are reached.

use super::arguments::At;
use super::store::LOCAL;
use crate::client;
use crate::failure::Failure;
use nano_caps::{Capability, KeyRing};
use nano_edge::World;
use nano_emulator::{ANY, ClientError, DeviceClient, DeviceFolder, LogInfo};
use serde_json::Value;
use std::path::Path;

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let hint = match error {
            ClientError::Refused { .. } => "hint: nano cap inspect shows what a capability allows\n",
            _ => "",
        };
        Self::Code(format!("error: {error}\n{hint}"))
    }
}

/// A device's folder, by a name that is one.
pub fn folder(device: &str) -> Result<DeviceFolder, Failure> {
    let fine = !device.is_empty() && device.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !fine {
        return Err(Failure::with_hint(format!("'{device}' is no device name"), "use letters, digits, - and _"));
    }
    Ok(DeviceFolder::new(Path::new(LOCAL), device))
}

/// The owner's side of a device: its identity, its key ring as far as this machine knows it, its root.
pub struct Owned {
    /// Key and identity.
    pub identity: nano_emulator::Identity,
    /// Epoch, generations, revocations.
    pub ring: KeyRing,
    /// The owner's root.
    pub root: Capability,
}

/// What this machine keeps of a device.
pub fn owned(device: &str) -> Result<Owned, Failure> {
    let folder = folder(device)?;
    let identity = folder.identity()?.ok_or_else(|| {
        Failure::with_hint(
            format!("there is no secret of '{device}' ({})", folder.key_file().display()),
            format!("make one: nano cap new {device}; or go to the folder of the project that has it"),
        )
    })?;
    Ok(Owned { identity, ring: folder.ring(&identity)?, root: folder.root(&identity)? })
}

/// The devices of a running `nano dev`.
fn listed(endpoint: &str) -> Result<Vec<Value>, Failure> {
    match client::request("GET", endpoint, "/_nano/devices", b"")? {
        Value::Array(devices) => Ok(devices),
        _ => Err(Failure::with_hint(format!("{endpoint} has no devices"), "devices are there while nano dev runs")),
    }
}

fn of_dev(device: &str, endpoint: &str) -> Result<Value, Failure> {
    let devices = listed(endpoint)?;
    let named = |value: &&Value| value.get("name").and_then(Value::as_str) == Some(device);
    devices.iter().find(named).cloned().ok_or_else(|| {
        let names: Vec<&str> = devices.iter().filter_map(|value| value.get("name")?.as_str()).collect();
        Failure::with_hint(
            format!("{endpoint} has no device '{device}'"),
            format!("its devices are: {}", if names.is_empty() { "none".to_string() } else { names.join(", ") }),
        )
    })
}

/// Where a device takes requests.
pub fn address(device: &str, at: &At) -> Result<String, Failure> {
    if let Some(address) = &at.at {
        return Ok(address.clone());
    }
    let device = of_dev(device, &at.endpoint)?;
    let address = device.get("address").and_then(Value::as_str).unwrap_or_default();
    Ok(address.to_string())
}

/// A connection with a capability.
pub fn connect(address: &str, capability: Capability) -> Result<DeviceClient, Failure> {
    let hint = "a device's address is HOST:PORT, as nano devices shows it";
    DeviceClient::connect(address, capability, &World::system()).map_err(|error| match error {
        ClientError::Io(why) if why.kind() == std::io::ErrorKind::InvalidInput => {
            Failure::with_hint(format!("'{address}' is no address of a device"), hint)
        }
        error => Failure::Code(format!("error: {address}: {error}\nhint: {hint}\n")),
    })
}

/// The logs and empty namespaces of a device: asked of a running `nano dev`, or of the device itself with a capability.
pub fn logs(device: &str, at: &At, capability: Option<Capability>) -> Result<Vec<LogInfo>, Failure> {
    if let Some(address) = &at.at {
        let capability = match capability {
            Some(capability) => capability,
            None => owned(device)?.root,
        };
        return Ok(connect(address, capability)?.logs(ANY, ANY)?);
    }
    let device = of_dev(device, &at.endpoint)?;
    let logs = device.get("logs").and_then(Value::as_array).into_iter().flatten();
    Ok(logs.filter_map(log).collect())
}

fn log(value: &Value) -> Option<LogInfo> {
    let number = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or(0);
    let handle = |key: &str| u16::try_from(number(key)).ok();
    Some(LogInfo {
        ns: handle("ns")?,
        woof: handle("woof")?,
        element: u32::try_from(number("element")).ok()?,
        history: u32::try_from(number("history")).ok()?,
        first: 0,
        last: number("last"),
        namespace: value.get("namespace")?.as_str()?.to_string(),
        name: value.get("name")?.as_str()?.to_string(),
    })
}

/// Handles of `NAMESPACE` (its logs: any) or `NAMESPACE/NAME`.
pub fn handles(logs: &[LogInfo], name: &str) -> Result<(u16, u16), Failure> {
    let (namespace, log) = name.split_once('/').map_or((name, None), |(namespace, log)| (namespace, Some(log)));
    let found = logs.iter().find(|info| info.namespace == namespace && log.is_none_or(|log| info.name == log));
    found.map(|info| (info.ns, if log.is_some() { info.woof } else { ANY })).ok_or_else(|| {
        let mut names: Vec<String> = logs.iter().map(|info| format!("{}/{}", info.namespace, info.name)).collect();
        names.sort();
        Failure::with_hint(format!("the device has no '{name}'"), format!("it has: {}", names.join(", ")))
    })
}
