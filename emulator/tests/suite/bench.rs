//! A project in a folder of its own, and an emulator beside an edge.

use std::fs;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use nano_edge::{Edge, EdgeOptions, World};
use nano_emulator::project::Project;
use nano_emulator::{DeviceClient, DeviceEvent, DeviceFolder, Emulator, Happened, Invocation, Link};
use tempfile::TempDir;

/// Longest that anything is waited for. No test depends on how soon it comes.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const TOML: &str = r#"
[project]
name = "app"

[functions.lamp]
handler = "lights.lamp"
memory = "8 KiB"
timeout = "1 s"
trigger = { woof = "light", every = 1 }
run = "device"

[functions.summary]
handler = "lights.summary"
trigger = { woof = "light", every = 5 }
run = "edge"

[woofs.light]
element = "64 B"
history = 64

[devices.walkway]
board = "esp8266"
sensors.light = { pin = "ADC0", rate = "50 Hz", source = "light.csv" }
"#;

pub const SOURCE: &str = "\
def lamp(payload, ctx):
    return {'level': payload[0], 'dark': payload[0] < 100}

def summary(payload, ctx):
    return sum(sample[0] for sample in payload)
";

pub fn project_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nano.toml"), TOML).unwrap();
    fs::write(folder.path().join("lights.py"), SOURCE).unwrap();
    fs::write(folder.path().join("light.csv"), "level\n33\n512\n").unwrap();
    folder
}

/// An emulator of the project in a folder; nothing is deployed yet.
pub fn emulator(folder: &Path) -> (Emulator, Project) {
    let edge =
        Edge::open(EdgeOptions::new(folder.join(".nano/edge"), std::env::var("PATH").unwrap_or_default())).unwrap();
    (Emulator::new(edge, World::system(), Link::PERFECT, 1), Project::load(folder).unwrap())
}

/// The owner's client of a device that is on.
pub fn owner(emulator: &Emulator, project: &Project) -> DeviceClient {
    let device = emulator.devices().remove(0);
    let folder = DeviceFolder::new(&project.local_folder(), &device.name);
    let root = folder.root(&folder.identity().unwrap().unwrap()).unwrap();
    DeviceClient::connect(&device.address, root, &World::system()).unwrap()
}

/// Waits for an event that `look` finds something in.
pub fn wait<T>(events: &Receiver<DeviceEvent>, mut look: impl FnMut(&DeviceEvent) -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    let mut seen = Vec::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(event) = events.recv_timeout(left) else { panic!("it did not happen; but: {seen:#?}") };
        if let Some(found) = look(&event) {
            return found;
        }
        seen.push(event.to_string());
    }
}

/// Waits for an invocation.
pub fn invocation(events: &Receiver<DeviceEvent>, is_it: impl Fn(&Invocation) -> bool) -> Invocation {
    wait(events, |event| match &event.what {
        Happened::Invocation(invocation) if is_it(invocation) => Some((**invocation).clone()),
        _ => None,
    })
}
