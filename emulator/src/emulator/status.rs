//! What there is on a device, for listings.

use nano_wire::message::operation::{ANY, FunctionState, Place};

use super::member::{Body, Member};
use crate::client::ClientError;
use crate::device::{DeviceError, SoftDevice};
use crate::emulated::EmulatedDevice;

/// One device, for listings.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DeviceStatus {
    /// Its name.
    pub name: String,
    /// Its board.
    pub board: String,
    /// Where clients reach it.
    pub address: String,
    /// Version of the runtime.
    pub version: &'static str,
    /// Since it was switched on, microseconds.
    pub uptime_us: u64,
    /// Its time, unix ms.
    pub time_ms: u64,
    /// Whether its link to the edge is up.
    pub linked: bool,
    /// Whether its radio is on.
    pub awake: bool,
    /// Requests that wait for it at the edge.
    pub waiting: usize,
    /// Its number at the edge, as capabilities for its queue name it.
    pub queue: u16,
    /// Numbers of the pins that are high.
    pub pins_high: Vec<usize>,
    /// Energy of all invocations, microjoules, estimated.
    pub energy_uj: f64,
    /// Requests that got no answer.
    pub silent: u32,
    /// Its logs.
    pub logs: Vec<LogStatus>,
    /// Its functions.
    pub functions: Vec<FunctionStatus>,
}

/// A log of a device, for listings.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LogStatus {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Handle of the namespace, as capabilities name it.
    pub ns: u16,
    /// Handle of the log, as capabilities name it.
    pub woof: u16,
    /// Most bytes of a record.
    pub element: u32,
    /// How many records stay.
    pub history: u32,
    /// Newest record; 0 when there is none.
    pub last: u64,
}

/// A function of a device, for listings.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FunctionStatus {
    /// Its name.
    pub name: String,
    /// `ready`, `wanted`, `refused` or `too large`.
    pub state: &'static str,
    /// `device` or `edge`.
    pub on: &'static str,
    /// SHA-256 of its module.
    pub module: String,
    /// Bytes of its arena.
    pub memory_bytes: u32,
    /// Invocations.
    pub runs: u32,
    /// Those that failed.
    pub errors: u32,
    /// Most bytes of the arena in use during the last one.
    pub heap_peak_bytes: u32,
}

pub(super) fn status_of(member: &Member) -> Option<DeviceStatus> {
    match &member.device {
        Body::Soft(device) => status(device).ok(),
        Body::Emulated(device) => emulated_status(&member.spec.name, device).ok(),
    }
}

/// What a board in QEMU says of itself.
fn emulated_status(name: &str, device: &EmulatedDevice) -> Result<DeviceStatus, ClientError> {
    let mut client = device.client()?;
    let (board, _, time_ms) = client.device()?;
    let logs = client.logs(ANY, ANY)?;
    let functions = client.functions(ANY, ANY)?;
    Ok(DeviceStatus {
        name: name.to_owned(),
        board: format!("qemu:{board}"),
        address: device.address().to_string(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_us: device.uptime_us(),
        time_ms,
        linked: true,
        awake: true,
        waiting: 0,
        queue: ANY,
        pins_high: Vec::new(),
        energy_uj: device.energy_uj(),
        silent: 0,
        logs: logs
            .into_iter()
            .filter(|log| log.woof != ANY)
            .map(|log| LogStatus {
                namespace: log.namespace,
                name: log.name,
                ns: log.ns,
                woof: log.woof,
                element: log.element,
                history: log.history,
                last: log.last,
            })
            .collect(),
        functions: functions
            .into_iter()
            .map(|function| FunctionStatus {
                name: function.name,
                state: state_name(function.state),
                on: if function.hash.is_none() { "edge" } else { "device" },
                module: if function.hash.is_none() { String::new() } else { function.hash.to_string() },
                memory_bytes: function.memory,
                runs: function.runs,
                errors: function.errors,
                heap_peak_bytes: function.heap_peak,
            })
            .collect(),
    })
}

fn state_name(state: FunctionState) -> &'static str {
    match state {
        FunctionState::Ready => "ready",
        FunctionState::Wanted => "wanted",
        FunctionState::Refused => "refused",
        FunctionState::TooLarge => "too large",
        FunctionState::Lacks => "lacks features",
    }
}

fn status(device: &SoftDevice) -> Result<DeviceStatus, DeviceError> {
    use nano_device::{Board as _, Port};
    let (address, awake) = (device.address().to_string(), device.is_awake());
    device.with(move |runtime| {
        let (uptime_us, time_ms) = (runtime.board_mut().now_us(), runtime.time_ms());
        let linked = runtime.board_mut().linked(Port::EDGE);
        let (silent, board) = (runtime.silent(), runtime.board());
        let objects = runtime.objects();
        let namespace = |handle| objects.namespace(handle).map_or(String::new(), |namespace| namespace.name.clone());
        DeviceStatus {
            name: board.name().to_owned(),
            board: board.model().to_owned(),
            address,
            version: env!("CARGO_PKG_VERSION"),
            uptime_us,
            time_ms,
            linked,
            awake,
            waiting: 0,
            queue: ANY,
            pins_high: board.pins().iter().enumerate().filter(|(_, high)| **high).map(|(pin, _)| pin).collect(),
            energy_uj: board.energy_uj(),
            silent,
            logs: objects
                .logs()
                .iter()
                .map(|log| LogStatus {
                    namespace: namespace(log.ns),
                    name: log.name.clone(),
                    ns: log.ns,
                    woof: log.woof,
                    element: log.ring.element(),
                    history: log.ring.history(),
                    last: log.ring.last().map_or(0, |sequence| sequence.0),
                })
                .collect(),
            functions: runtime
                .functions()
                .map(|stat| FunctionStatus {
                    name: stat.name.to_owned(),
                    state: state_name(stat.state),
                    on: match stat.place {
                        Place::Device if !matches!(stat.state, FunctionState::TooLarge | FunctionState::Lacks) => {
                            "device"
                        }
                        _ => "edge",
                    },
                    module: if stat.hash.is_none() { String::new() } else { stat.hash.to_string() },
                    memory_bytes: stat.memory,
                    runs: stat.runs,
                    errors: stat.errors,
                    heap_peak_bytes: stat.heap_peak,
                })
                .collect(),
        }
    })
}
