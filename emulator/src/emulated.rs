//! A device of a project whose board is emulated: the real image in QEMU, watched by what it says of itself.
//!
//! Nothing of the runtime is in this process, so what is known of it is what its owner can ask: its log of results tells
//! what its functions did. Sensors that read a file are played by this side, which appends what the file says.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_caps::{ANY, Capability, FrameBuilder, Rights};
use nano_device::{Identity, RESULTS_HANDLE, provision};
use nano_edge::{Edge, World};
use nano_wire::message::Selection;
use nano_wire::message::operation::FunctionState;
use serde_json::Value;

use crate::bridge::Bridge;
use crate::client::{ClientError, DeviceClient, LogInfo};
use crate::event::{DeviceEvent, Happened, Invocation, InvocationError};
use crate::gateway::Gateway;
use crate::library::Library;
use crate::machine::Machine;
use crate::qemu::{QemuDevice, QemuError, QemuOptions};
use crate::sensor::SensorData;
use crate::soft::Sink;
use crate::table::{BoardTable, Wiring};
use crate::uplink::EdgePort;

/// How often it is asked for new results.
const PACE: Duration = Duration::from_millis(40);
/// How long a board may take to start, and to fetch a module.
const PATIENCE: Duration = Duration::from_secs(20);
/// Lanes of those who speak to the board beside its owner, who has 0.
const WATCHING: u8 = 2;
const FEEDING: u8 = 3;
const ASKING: u8 = 4;
/// Results that are taken at a time.
const MOST_RESULTS: u16 = 8;

/// What a board's console says of a new version that failed, among other words.
const REFUSED: &str = " is refused, the one before goes on";

/// How an emulated device is made.
pub struct EmulatedOptions<'a> {
    /// What its owner calls it.
    pub name: String,
    /// Which board QEMU is to be.
    pub machine: Machine,
    /// What is known of the board.
    pub table: BoardTable,
    /// Folder of the images.
    pub firmware: PathBuf,
    /// Folder of its flash.
    pub folder: PathBuf,
    /// Who it is.
    pub identity: Identity,
    /// Its owner's capability.
    pub root: Capability,
    /// What it samples itself.
    pub samplers: &'a [provision::Sampler<'a>],
    /// The edge, and its door for boards on a network.
    pub edge: Edge,
    /// The door.
    pub gateway: Option<Arc<Gateway>>,
    /// Time and entropy.
    pub world: World,
    /// Modules.
    pub library: Arc<Library>,
    /// Who watches.
    pub sink: Sink,
}

/// What a device samples on this side: its log, how often, and what.
pub type Played = ((u16, u16), u64, SensorData);

/// What its threads share.
struct Shared {
    name: String,
    root: Capability,
    world: World,
    table: BoardTable,
    address: SocketAddr,
    bridge: Arc<Bridge>,
    sink: Sink,
    begun: Instant,
    ended: AtomicBool,
    played: Mutex<Vec<(Played, Instant)>>,
    /// The last result of before this start.
    before: AtomicU64,
    /// Of all invocations since, microjoules, estimated.
    energy_uj: Mutex<f64>,
}

/// A device in QEMU. Its power is cut when this is dropped.
pub struct EmulatedDevice {
    shared: Arc<Shared>,
    _qemu: QemuDevice,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for EmulatedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatedDevice").field("name", &self.shared.name).finish_non_exhaustive()
    }
}

impl EmulatedDevice {
    /// Switches it on and waits until it answers.
    pub fn start(options: EmulatedOptions<'_>) -> Result<Self, QemuError> {
        let EmulatedOptions { name, machine, table, firmware, folder, identity, root, world, library, sink, .. } =
            options;
        let port = EdgePort::new(&name, options.edge, library);
        let told = Arc::clone(&sink);
        let console: Sink = Arc::new(move |mut event: DeviceEvent| {
            if let Happened::Progress { text } = &event.what
                && text.contains(REFUSED)
            {
                event.what = Happened::Note { text: text.clone() };
            }
            told(event);
        });
        let qemu = QemuDevice::start(QemuOptions {
            name: name.clone(),
            board: machine.board,
            firmware,
            folder,
            identity,
            time_ms: world.now_ms(),
            samplers: options.samplers,
            edge: (machine.qemu.link == Wiring::Serial).then_some(port),
            gateway: options.gateway.as_ref().map(|gateway| gateway.address()),
            arguments: Vec::new(),
            sink: console,
        })?;
        let address = reachable(&name, &qemu, options.gateway.as_deref())?;
        let linked = options.gateway.as_ref().and_then(|gateway| gateway.bridge(&name));
        let bridge = linked.unwrap_or_else(|| Arc::clone(qemu.bridge()));
        let shared = Arc::new(Shared {
            name,
            root,
            world,
            table,
            address,
            bridge,
            sink,
            begun: Instant::now(),
            ended: AtomicBool::new(false),
            played: Mutex::default(),
            before: AtomicU64::new(0),
            energy_uj: Mutex::default(),
        });
        let mut device = Self { shared, _qemu: qemu, threads: Vec::new() };
        device.wait_for_answer()?;
        // Now, before anything is installed or played: what comes from here on is told from the first.
        let before = device.client().and_then(|mut client| newest_result(&mut client));
        device.shared.before.store(before.unwrap_or(0), Ordering::Relaxed);
        for (name, run) in [("nano-watch", watch as fn(&Shared)), ("nano-play", play)] {
            let shared = Arc::clone(&device.shared);
            let thread = thread::Builder::new().name(name.into()).spawn(move || run(&shared));
            let thread = thread.map_err(|source| QemuError::Io { what: "a thread".into(), source })?;
            device.threads.push(thread);
        }
        Ok(device)
    }

    fn wait_for_answer(&self) -> Result<(), QemuError> {
        let until = Instant::now() + PATIENCE;
        loop {
            if self.shared.client(ASKING).and_then(|mut client| client.device()).is_ok() {
                return Ok(());
            }
            if Instant::now() > until {
                return Err(QemuError::Silent(self.shared.name.clone()));
            }
        }
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Since it was switched on, microseconds.
    pub fn uptime_us(&self) -> u64 {
        self.shared.uptime_us()
    }

    /// Energy of all invocations since, microjoules, estimated.
    pub fn energy_uj(&self) -> f64 {
        *self.shared.energy_uj.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line to it.
    pub(crate) fn bridge(&self) -> Arc<Bridge> {
        Arc::clone(&self.shared.bridge)
    }

    /// Plays these sensors from now on.
    pub fn play(&self, played: Vec<Played>) {
        let now = Instant::now();
        *self.shared.played.lock().unwrap_or_else(PoisonError::into_inner) =
            played.into_iter().map(|played| (played, now)).collect();
    }

    /// A client with all of its owner's rights.
    pub fn client(&self) -> Result<DeviceClient, ClientError> {
        self.shared.client(ASKING)
    }
}

impl Drop for EmulatedDevice {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Where clients reach it, as soon as they do.
fn reachable(name: &str, qemu: &QemuDevice, gateway: Option<&Gateway>) -> Result<SocketAddr, QemuError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let linked = gateway.filter(|gateway| gateway.is_linked(name));
        if let Some(address) = qemu.address().or_else(|| linked?.client_address(name)) {
            return Ok(address);
        }
        if Instant::now() > until {
            return Err(QemuError::Silent(name.to_owned()));
        }
        thread::sleep(PACE);
    }
}

/// Waits until a function is here, and appends its log's newest record once more, so that it runs.
pub fn settle(client: &mut DeviceClient, function: &str, log: (u16, u16)) -> Result<(), ClientError> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let functions = client.functions(ANY, ANY)?;
        if functions.iter().any(|f| f.name == function && f.state == FunctionState::Ready) {
            break;
        }
        thread::sleep(PACE / 8);
    }
    let newest = client.get(log.0, log.1, Selection::Latest).ok().and_then(|mut records| records.pop());
    if let Some(record) = newest {
        client.exec(log.0, log.1, &record.payload)?;
    }
    Ok(())
}

impl Shared {
    fn client(&self, lane: u8) -> Result<DeviceClient, ClientError> {
        let frame = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).lane(lane).build();
        let capability = frame.and_then(|frame| self.root.derive(&frame)).map_err(ClientError::Request)?;
        DeviceClient::connect(self.address, capability, &self.world)
    }

    fn uptime_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn tell(&self, what: Happened) {
        (self.sink)(DeviceEvent { device: self.name.clone(), at_us: self.uptime_us(), what });
    }

    /// An invocation, as its record in the log of results has it.
    fn invocation(&self, record: &Value, logs: &[LogInfo], client: &mut DeviceClient) -> Invocation {
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| record[key].as_u64().unwrap_or(0);
        let (function, woof, sequence, instructions) =
            (text("function"), text("woof"), number("sequence"), number("instructions"));
        let on = if record["on"] == "edge" { "edge" } else { "device" };
        let log = logs.iter().find(|log| format!("{}/{}", log.namespace, log.name) == woof);
        let input = log.and_then(|log| client.get(log.ns, log.woof, Selection::At(sequence)).ok()?.pop());
        let functions = client.functions(ANY, ANY).unwrap_or_default();
        let module = functions.iter().find(|f| f.name == function).map_or(String::new(), |f| f.hash.to_string());
        let duration_us = match on {
            "edge" => number("us"),
            // QEMU's clock says nothing of the chip's.
            _ => self.table.invocation_ns(instructions) / 1000,
        };
        let error = record.get("error").and_then(Value::as_str).map(|text| {
            let (kind, message) = text.split_once(": ").unwrap_or(("Error", text));
            InvocationError { kind: kind.to_owned(), message: message.to_owned(), traceback: None }
        });
        Invocation {
            function,
            on,
            result: record.get("result").cloned().unwrap_or(Value::Null),
            error,
            duration_us,
            instructions,
            energy_uj: self.table.running_uj(duration_us),
            heap_peak_bytes: u32::try_from(number("heap")).unwrap_or(u32::MAX),
            // What it printed is on the console.
            logs: if record["cut"] == true { CUT.to_owned() } else { String::new() },
            woof,
            sequence,
            input: input.map_or(String::new(), |record| String::from_utf8_lossy(&record.payload).into_owned()),
            cold: false,
            module: if on == "edge" { String::new() } else { module },
        }
    }
}

/// Said in place of a result that the board did not keep.
const CUT: &str = "[nano] the result is longer than a record of the board's log of results ([limits] of its table)\n";

/// The number of the newest result; 0: there is none.
fn newest_result(client: &mut DeviceClient) -> Result<u64, ClientError> {
    match client.get(RESULTS.0, RESULTS.1, Selection::Latest) {
        Ok(records) => Ok(records.last().map_or(0, |record| record.sequence)),
        // There is no such log yet, or nothing in it.
        Err(ClientError::Refused { .. }) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Tells what is new in the log of results.
fn watch(shared: &Shared) {
    let (mut connected, mut seen, mut logs) = (None, shared.before.load(Ordering::Relaxed), Vec::new());
    while !shared.ended.load(Ordering::Acquire) {
        thread::sleep(PACE);
        if connected.is_none() {
            connected = shared.client(WATCHING).ok();
        }
        let Some(client) = &mut connected else { continue };
        let (ns, woof) = RESULTS;
        let from = seen + 1;
        let records = match client.get(ns, woof, Selection::Range { from, count: MOST_RESULTS }) {
            Ok(records) => records,
            // So many came that some are gone already.
            Err(ClientError::Refused { .. }) => match client.get(ns, woof, Selection::Latest) {
                Ok(records) => records.into_iter().filter(|record| record.sequence >= from).collect(),
                Err(_) => continue,
            },
            Err(ClientError::Io(_)) => {
                connected = None;
                continue;
            }
            Err(_) => continue,
        };
        for record in records {
            seen = record.sequence;
            let Ok(value) = serde_json::from_slice::<Value>(&record.payload) else { continue };
            let known = |log: &LogInfo| value["woof"] == format!("{}/{}", log.namespace, log.name);
            if !logs.iter().any(known) {
                logs = client.logs(ANY, ANY).unwrap_or_default();
            }
            let invocation = shared.invocation(&value, &logs, client);
            *shared.energy_uj.lock().unwrap_or_else(PoisonError::into_inner) += invocation.energy_uj;
            shared.tell(Happened::Invocation(Box::new(invocation)));
        }
    }
}

/// Handles of the log of results.
const RESULTS: (u16, u16) = (nano_device::OWN_NAMESPACE_HANDLE, RESULTS_HANDLE);

/// Appends what the sensors' files say, at their rates. Readings that were missed are not made up for.
fn play(shared: &Shared) {
    let mut connected = None;
    while !shared.ended.load(Ordering::Acquire) {
        let mut due = Vec::new();
        for ((log, period_us, data), next) in shared.played.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            let now = Instant::now();
            if *next <= now {
                *next = (*next + Duration::from_micros(*period_us)).max(now);
                due.extend(data.text().map(|text| (*log, text.to_owned())));
            }
        }
        if connected.is_none() && !due.is_empty() {
            connected = shared.client(FEEDING).ok();
        }
        for ((ns, woof), text) in due {
            let appended = connected.as_mut().map(|client: &mut DeviceClient| client.exec(ns, woof, text.as_bytes()));
            if matches!(appended, Some(Err(ClientError::Io(_)))) {
                connected = None;
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
}
