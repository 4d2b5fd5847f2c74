//! `nano cap audit`: what each client of the devices used, and the least capability that would have done.

use super::arguments::Audit;
use super::{describe, store};
use crate::client;
use crate::failure::Failure;
use base64::Engine as _;
use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Right, Rights};
use nano_edge::{AuditEntry, EdgeOptions, QUEUE_OF, read_chain};
use nano_emulator::project::Project;
use nano_emulator::{Dev, DevEvent, DevOptions, Happened, Link};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest that the project's events are waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// Records read of a running edge's log.
const MOST: u32 = 10_000;

/// What was seen.
struct Seen {
    entries: Vec<AuditEntry>,
    /// `namespace/name` of (device, ns, woof).
    names: BTreeMap<(String, u16, u16), String>,
    /// Functions with the device and log that invoked them.
    invoked: BTreeSet<(String, String, String)>,
}

/// One client of one device.
#[derive(Default)]
struct Used {
    rights: BTreeMap<(u16, u16), Rights>,
    lanes: BTreeSet<u8>,
    denied: BTreeMap<String, u64>,
    requests: u64,
}

/// Runs the project's events once, or reads the log of a running edge, and prints a line for each client.
pub fn audit(arguments: &Audit) -> Result<u8, Failure> {
    let seen = match &arguments.endpoint {
        Some(endpoint) => of_edge(endpoint)?,
        None => of_project(&arguments.project)?,
    };
    let files: BTreeMap<String, String> = store::all()
        .into_iter()
        .map(|(path, capability)| (AuditEntry::client_of(capability.body().as_bytes()), path.display().to_string()))
        .collect();
    let mut clients: BTreeMap<(String, String), Used> = BTreeMap::new();
    let (mut unknown, mut missed) = (0u64, 0);
    for entry in &seen.entries {
        missed += entry.missed;
        if entry.client.is_empty() {
            unknown += 1;
            continue;
        }
        // What was asked of the edge for a device that slept; what came of it the device's own entries say.
        if entry.device.ends_with(QUEUE_OF) {
            continue;
        }
        let used = clients.entry((entry.device.clone(), entry.client.clone())).or_default();
        used.requests += 1;
        used.lanes.insert(entry.lane);
        let Some(right) = Right::from_name(&entry.op) else { continue };
        if entry.answer == "DENIED" {
            *used
                .denied
                .entry(format!("{} on {}", entry.op.to_ascii_lowercase(), object(&seen, entry)))
                .or_default() += 1;
        } else {
            let rights = used.rights.entry((entry.ns, entry.woof)).or_default();
            *rights = *rights | right;
        }
    }
    for ((device, client), used) in &clients {
        let file = files.get(client);
        let lane = (used.lanes.len() == 1).then(|| used.lanes.first().copied()).flatten().filter(|lane| *lane != 0);
        let grants: Vec<_> = merged(&used.rights)
            .into_iter()
            .map(|((ns, woof), rights)| (name(&seen, device, ns, woof), rights))
            .collect();
        let who = match file {
            Some(file) => format!("@{file}"),
            None if owners(device).contains(client) => "the owner's root, as nano dev itself uses it".to_string(),
            None => format!("client {client}"),
        };
        say(arguments.json, device, &who, &grants, lane, used);
    }
    // Where a function or a sensor is not on the device itself, it is a client: what it would need.
    for (function, device, woof) in &seen.invoked {
        let grants = [(woof.clone(), Right::Get | Right::Stat)];
        say(
            arguments.json,
            device,
            &format!("function {function}, away from the device"),
            &grants,
            None,
            &Used::default(),
        );
    }
    let fed: BTreeSet<_> = seen.invoked.iter().map(|(_, device, woof)| (device, woof)).collect();
    for (device, woof) in fed {
        let grants = [(woof.clone(), Rights::from(Right::Exec))];
        say(
            arguments.json,
            device,
            &format!("who appends to {woof}, away from the device"),
            &grants,
            None,
            &Used::default(),
        );
    }
    if !arguments.json {
        anstream::eprintln!(
            "the chain of {} records holds; {unknown} requests met silence{}",
            seen.entries.len(),
            if missed > 0 { format!(", {missed} more were not written down") } else { String::new() }
        );
    }
    Ok(0)
}

/// What the owner's root of a device is called in the log: that of a device that was never revoked on (a copy of the project
/// has one), and the current one.
fn owners(device: &str) -> Vec<String> {
    let mut ring = KeyRing::new(DeviceKey::new([0; 32]), DeviceId([0; 8]), 0);
    let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build();
    let first = ring.enable(0).and_then(|()| ring.root(0, &everything?)).ok();
    let current = super::device::owned(device).ok().map(|owned| owned.root);
    let roots = [first, current].into_iter().flatten();
    roots.map(|root| AuditEntry::client_of(root.body().as_bytes())).collect()
}

fn object(seen: &Seen, entry: &AuditEntry) -> String {
    name(seen, &entry.device, entry.ns, entry.woof)
}

/// An object as `nano cap derive --grant` takes it.
fn name(seen: &Seen, device: &str, ns: u16, woof: u16) -> String {
    if (ns, woof) == (ANY, ANY) {
        return "any".to_string();
    }
    seen.names
        .get(&(device.to_string(), ns, woof))
        .cloned()
        .unwrap_or_else(|| format!("{}/{}", describe::handle(ns), describe::handle(woof)))
}

/// Without what is already said of any log of the namespace, or of anything.
fn merged(rights: &BTreeMap<(u16, u16), Rights>) -> Vec<((u16, u16), Rights)> {
    let wider = |ns: u16, woof: u16| {
        let of = |object: (u16, u16)| {
            if object == (ns, woof) { Rights::NONE } else { rights.get(&object).copied().unwrap_or_default() }
        };
        of((ANY, ANY)) | of((ns, ANY))
    };
    let left = rights.iter().map(|((ns, woof), given)| ((*ns, *woof), *given - wider(*ns, *woof)));
    left.filter(|(_, rights)| !rights.is_empty()).collect()
}

fn say(json: bool, device: &str, who: &str, grants: &[(String, Rights)], lane: Option<u8>, used: &Used) {
    // Who was only refused needs nothing.
    let mut command = if grants.is_empty() { String::new() } else { format!("nano cap derive --device {device}") };
    for (object, rights) in grants {
        command += &format!(" --grant {}@{object}", describe::names(*rights).join(","));
    }
    if let (Some(lane), false) = (lane, grants.is_empty()) {
        command += &format!(" --lane {lane}");
    }
    if json {
        let grants: Vec<Value> = grants
            .iter()
            .map(|(object, rights)| json!({"object": object, "rights": describe::names(*rights)}))
            .collect();
        println!(
            "{}",
            json!({"device": device, "client": who, "used": grants, "lane": lane, "requests": used.requests,
                "denied": used.denied, "derive": (!command.is_empty()).then_some(&command)})
        );
        return;
    }
    anstream::println!(
        "{device}: {who}{}",
        match used.requests {
            0 => String::new(),
            1 => ", 1 request".to_string(),
            requests => format!(", {requests} requests"),
        }
    );
    for (object, rights) in grants {
        anstream::println!("  used {} on {object}", describe::rights(*rights));
    }
    for (what, times) in &used.denied {
        anstream::println!(
            "  was denied {what}, {}",
            if *times == 1 { "once".into() } else { format!("{times} times") }
        );
    }
    anstream::println!("  {}", if command.is_empty() { "used nothing: it needs no capability" } else { &command });
}

fn broken(broken: &nano_edge::Broken) -> Failure {
    Failure::Code(format!("error: {broken}\nhint: what comes before it can be believed, what comes after it can't\n"))
}

/// The audit log of a running edge.
fn of_edge(endpoint: &str) -> Result<Seen, Failure> {
    let log = client::get(endpoint, &format!("/_nano/woofs/nano/audit?tail={MOST}"))?;
    if log.status == 404 {
        return Err(Failure::with_hint(
            format!("the edge at {endpoint} has no audit log: no gate has told it anything"),
            "software devices and the queues of an edge do; a board keeps its decisions to itself, in QEMU, too",
        ));
    }
    let records = log.value(endpoint)?;
    let records: Vec<(u64, Vec<u8>)> = records
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|record| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(record.get("base64")?.as_str()?).ok()?;
            Some((record.get("sequence")?.as_u64()?, bytes))
        })
        .collect();
    let entries = read_chain(records.iter().map(|(sequence, bytes)| (*sequence, bytes.as_slice())))
        .map_err(|error| broken(&error))?;
    let devices = client::request("GET", endpoint, "/_nano/devices", b"").unwrap_or_default();
    Ok(Seen { entries, names: names(&devices), invoked: BTreeSet::new() })
}

fn names(devices: &Value) -> BTreeMap<(String, u16, u16), String> {
    let mut names = BTreeMap::new();
    for device in devices.as_array().into_iter().flatten() {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        for log in device.get("logs").and_then(Value::as_array).into_iter().flatten() {
            let handle = |key: &str| log.get(key).and_then(Value::as_u64).and_then(|handle| u16::try_from(handle).ok());
            if let (Some(ns), Some(woof)) = (handle("ns"), handle("woof")) {
                let (device, namespace) = (text(device, "name"), text(log, "namespace"));
                names.insert((device.clone(), ns, woof), format!("{namespace}/{}", text(log, "name")));
                names.insert((device, ns, ANY), format!("{namespace}/any"));
            }
        }
    }
    names
}

/// Runs a copy of the project, beside whatever runs of it now, until each function that a log invokes has run once.
fn of_project(folder: &Path) -> Result<Seen, Failure> {
    let project = Project::load(folder)?;
    let mut number = [0; 8];
    getrandom::fill(&mut number).map_err(|error| Failure::Internal(error.into()))?;
    let copy = std::env::temp_dir().join(format!("nano-audit-{}", super::hex(&number)));
    // Its functions are run from there: a folder that somebody else has made, or may write to, is none.
    std::fs::DirBuilder::new().mode(0o700).create(&copy)?;
    let seen = copy_files(&project, &copy).and_then(|()| run(&copy));
    let _ = std::fs::remove_dir_all(&copy);
    seen
}

fn copy_files(project: &Project, copy: &Path) -> Result<(), Failure> {
    let mut files: Vec<(String, Vec<u8>)> = project.files()?;
    for path in project.devices.iter().flat_map(|device| &device.sensors).filter_map(|sensor| sensor.source.as_ref()) {
        let relative = path.strip_prefix(&project.folder).unwrap_or(path);
        files.push((relative.display().to_string(), std::fs::read(project.folder.join(relative))?));
    }
    let toml = nano_emulator::project::PROJECT_FILE;
    files.push((toml.to_string(), std::fs::read(project.folder.join(toml))?));
    for (path, content) in files {
        let path = copy.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, content)?;
    }
    Ok(())
}

fn run(folder: &Path) -> Result<Seen, Failure> {
    let mut dev = Dev::start(DevOptions {
        folder: folder.to_path_buf(),
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        edge: EdgeOptions::new(folder.join(".nano/edge"), std::env::var("PATH").unwrap_or_default()),
        link: Link::LOCAL,
        seed: 1,
        emulated: nano_emulator::Emulated::default(),
        prepare: nano_emulator::Prepare::default(),
    })
    .map_err(Failure::usage)?;
    let Some(events) = dev.take_events() else { return Err(Failure::usage("the project's events can't be heard")) };
    let mut awaited: BTreeSet<String> = dev
        .project()
        .functions
        .iter()
        .filter(|function| function.trigger.is_some() && !dev.project().devices.is_empty())
        .map(|function| function.name.clone())
        .collect();
    let mut invoked = BTreeSet::new();
    let deadline = Instant::now() + PATIENCE;
    while !awaited.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(event) = events.recv_timeout(left) else { break };
        if let DevEvent::Device(event) = event
            && let Happened::Invocation(invocation) = event.what
        {
            awaited.remove(&invocation.function);
            if !invocation.woof.is_empty() {
                invoked.insert((invocation.function.clone(), event.device, invocation.woof.clone()));
            }
        }
    }
    for function in awaited {
        anstream::eprintln!("note: nothing invoked {function} within {} s", PATIENCE.as_secs());
    }
    let records = dev.emulator().edge().audit().tail(MOST.into()).map_err(Failure::usage)?;
    let chain = records.iter().map(|record| (record.header.sequence.get(), record.payload.as_slice()));
    let entries = read_chain(chain).map_err(|error| broken(&error))?;
    Ok(Seen { entries, names: names(&json!(dev.emulator().devices())), invoked })
}
