//! Logs of a device, which it shows to whoever brings a capability.

use crate::client;
use crate::failure::Failure;
use nano_caps::{ANY, Capability};
use nano_edge::World;
use nano_emulator::{ClientError, DeviceClient, LogInfo, LogRecord, Selection};
use serde_json::{Value, json};

/// A log of a device and the connection to read and write it.
pub struct DeviceLog {
    client: DeviceClient,
    device: String,
    log: (u16, u16),
}

impl DeviceLog {
    /// Connects to the device `host` (a device of the edge at `endpoint` where there is no port) and finds its log
    /// `namespace/name`: by name, or by handles where both parts are numbers. Each request shows the capability, and beside
    /// it the second one.
    pub fn open(
        endpoint: &str,
        (host, port): (&str, Option<u16>),
        (namespace, name): (&str, &str),
        (capability, second): (Capability, Option<Capability>),
    ) -> Result<Self, Failure> {
        let candidates = granted(&capability);
        let (mut client, listed) = connect(endpoint, (host, port), capability)?;
        if let Some(second) = second {
            client = client.with_second(second);
        }
        let log = match listed.as_ref().and_then(|device| handles(device, namespace, name)) {
            Some(log) => log,
            None => find(&mut client, &candidates, namespace, name)
                .map_err(|error| refused(host, &error))?
                .ok_or_else(|| {
                    Failure::with_hint(
                        format!("{host} shows no log {namespace}/{name} to this capability"),
                        "give its handles as numbers, woof://DEVICE/NS/WOOF; `nano devices --json` shows them",
                    )
                })?,
        };
        Ok(Self { client, device: host.to_owned(), log })
    }

    /// What the log is.
    pub fn stat(&mut self) -> Result<Value, Failure> {
        let (ns, woof) = self.log;
        let logs = self.client.logs(ns, woof).map_err(|error| refused(&self.device, &error))?;
        let info = logs.into_iter().next().ok_or_else(|| Failure::usage("the device shows no such log"))?;
        let LogInfo { ns, woof, element, history, first, last, namespace, name } = info;
        Ok(json!({
            "namespace": namespace, "name": name, "element": element, "history": history,
            "first": first, "last": if last == 0 { Value::Null } else { json!(last) }, "ns": ns, "woof": woof,
        }))
    }

    /// One record.
    pub fn get(&mut self, sequence: u64) -> Result<Value, Failure> {
        let (ns, woof) = self.log;
        let records = self
            .client
            .get(ns, woof, Selection::Range { from: sequence, count: 1 })
            .map_err(|error| refused(&self.device, &error))?;
        let found = records.first().filter(|record| record.sequence == sequence).map(record);
        found.ok_or_else(|| Failure::usage(format!("{} has no record {sequence} (any more)", self.device)))
    }

    /// The newest records, oldest first.
    pub fn tail(&mut self, count: u64) -> Result<Value, Failure> {
        let (ns, woof) = self.log;
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        let records = self.client.tail(ns, woof, count).map_err(|error| refused(&self.device, &error))?;
        Ok(records.iter().map(record).collect())
    }

    /// Appends; where `exec`, the log's handlers run. Its sequence number.
    pub fn put(&mut self, payload: &[u8], exec: bool) -> Result<u64, Failure> {
        let (ns, woof) = self.log;
        let put = if exec { self.client.exec(ns, woof, payload) } else { self.client.put(ns, woof, payload) };
        put.map_err(|error| refused(&self.device, &error))
    }
}

/// Connects to the device `host`, which is one of the edge at `endpoint` where there is no port; then also what the edge
/// says of it.
pub fn connect(
    endpoint: &str,
    (host, port): (&str, Option<u16>),
    capability: Capability,
) -> Result<(DeviceClient, Option<Value>), Failure> {
    let listed = if port.is_none() { Some(listed(endpoint, host)?) } else { None };
    let address = match (&listed, port) {
        (Some(device), _) => device.get("address").and_then(Value::as_str).unwrap_or_default().to_owned(),
        (None, port) => format!("{host}:{}", port.unwrap_or_default()),
    };
    let client = DeviceClient::connect(address, capability, &World::system());
    Ok((client.map_err(|error| unreachable_device(host, &error))?, listed))
}

/// The device as the edge lists it.
fn listed(endpoint: &str, name: &str) -> Result<Value, Failure> {
    let devices = client::request("GET", endpoint, "/_nano/devices", b"")?;
    let devices = devices.as_array().map_or(&[][..], Vec::as_slice);
    let name_of = |device: &Value| device.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    devices.iter().find(|device| name_of(device) == name).cloned().ok_or_else(|| {
        let names: Vec<String> = devices.iter().map(name_of).collect();
        Failure::with_hint(
            format!("the edge at {endpoint} knows no device {name}"),
            if names.is_empty() {
                "devices are there while `nano dev` runs; or name one by HOST:PORT".to_owned()
            } else {
                format!("its devices are: {}", names.join(", "))
            },
        )
    })
}

/// Handles of a log of a device that may be asleep: the numbers that its name's parts are, else what the edge knows.
pub fn named(endpoint: &str, device: &str, namespace: &str, name: &str) -> Result<(u16, u16), Failure> {
    if let (Ok(ns), Ok(woof)) = (namespace.parse(), name.parse()) {
        return Ok((ns, woof));
    }
    handles(&listed(endpoint, device)?, namespace, name).ok_or_else(|| {
        Failure::with_hint(
            format!("the edge at {endpoint} knows no log {namespace}/{name} of {device}"),
            "give its handles as numbers, woof://DEVICE/NS/WOOF: nano cap resolve says them while the device is awake",
        )
    })
}

/// Handles of a log in that list.
fn handles(device: &Value, namespace: &str, name: &str) -> Option<(u16, u16)> {
    let log = device.get("logs")?.as_array()?.iter().find(|log| {
        log.get("namespace").and_then(Value::as_str) == Some(namespace)
            && log.get("name").and_then(Value::as_str) == Some(name)
    })?;
    let handle = |key: &str| log.get(key).and_then(Value::as_u64).and_then(|handle| u16::try_from(handle).ok());
    Some((handle("ns")?, handle("woof")?))
}

/// The objects that a capability names, its narrowest first.
fn granted(capability: &Capability) -> Vec<(u16, u16)> {
    let mut objects: Vec<(u16, u16)> =
        capability.body().frames().flat_map(|frame| frame.grants()).map(|grant| (grant.ns, grant.woof)).collect();
    objects.push((ANY, ANY));
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// Finds a log among what the capability may know of.
fn find(
    client: &mut DeviceClient,
    candidates: &[(u16, u16)],
    namespace: &str,
    name: &str,
) -> Result<Option<(u16, u16)>, ClientError> {
    if let (Ok(ns), Ok(woof)) = (namespace.parse(), name.parse()) {
        return Ok(Some((ns, woof)));
    }
    let mut failed = None;
    for (ns, woof) in candidates {
        match client.logs(*ns, *woof) {
            Ok(logs) => {
                let log = logs.iter().find(|log| log.namespace == namespace && log.name == name);
                if let Some(log) = log {
                    return Ok(Some((log.ns, log.woof)));
                }
            }
            // It may not list these; perhaps others.
            Err(error @ ClientError::Refused { .. }) => failed = failed.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    failed.map_or(Ok(None), Err)
}

fn record(record: &LogRecord) -> Value {
    json!({
        "sequence": record.sequence,
        "timestamp_ms": record.timestamp_ms,
        "text": std::str::from_utf8(&record.payload).ok(),
        "base64": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &record.payload),
    })
}

fn unreachable_device(device: &str, error: &ClientError) -> Failure {
    Failure::with_hint(format!("{device}: {error}"), "see `nano devices` for who is there")
}

/// The device's word, as a failure of what was asked rather than of how.
pub fn refused(device: &str, error: &ClientError) -> Failure {
    match error {
        // Where the device names a reason it is not the capability.
        ClientError::Refused { reason: Some(_), .. } => Failure::Code(format!("error: {device} refuses: {error}\n")),
        ClientError::Refused { .. } => Failure::Code(format!(
            "error: {device} refuses: {error}\nhint: `nano cap inspect` shows what a capability allows\n"
        )),
        other => Failure::Code(format!("error: {device}: {other}\n")),
    }
}
