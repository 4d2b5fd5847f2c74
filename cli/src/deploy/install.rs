//! The project's functions onto a board that has its firmware, over the same serial line; and its first event.

use super::port::Serial;
use crate::failure::Failure;
use crate::requirements::{self, Machine};
use nano_edge::{Edge, EdgeOptions, Translation, World};
use nano_emulator::project::{DeviceSpec, Project};
use nano_emulator::{
    BoardTable, ClientError, DeviceClient, DeviceEvent, DeviceFolder, Identity, Pushed, Selection, WiredDevice, install,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The device's own log of results.
const RESULTS: (u16, u16) = (1, 1);

/// What was done.
pub struct Installed {
    /// The functions.
    pub functions: Vec<Pushed>,
    /// The newest result, once there was one.
    pub first: Option<Value>,
}

/// Installs them, and waits for the first event where the board samples something.
pub fn functions(
    serial: &Serial,
    (project, translations): (&Project, &BTreeMap<String, Arc<Translation>>),
    device: &DeviceSpec,
    (folder, identity): (&DeviceFolder, &Identity),
    patience: Duration,
) -> Result<Installed, Failure> {
    let failed = |error: std::io::Error| Failure::usage(format!("the serial line: {error}"));
    let (input, output) = (serial.again().map_err(failed)?, serial.again().map_err(failed)?);
    // Why it can't go on it says again and again.
    let complaint = Arc::new(Mutex::new(None));
    let heard = Arc::clone(&complaint);
    let hear = move |event: DeviceEvent| {
        if let Some(why) = event.to_string().strip_prefix("nano: ") {
            *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
        }
    };
    let board = WiredDevice::start(&device.name, input, output, None, Arc::new(hear)).map_err(failed)?;
    let refused = |error: ClientError| {
        let said = complaint.lock().unwrap_or_else(PoisonError::into_inner).take();
        Failure::Code(match said {
            Some(why) => format!("error: the board does not take its functions; it says: {why}\n"),
            None => format!("error: the board refuses its functions: {error}\n"),
        })
    };
    let root = folder.root(identity).map_err(Failure::usage)?;
    let mut client = DeviceClient::connect(board.address(), root, &World::system()).map_err(refused)?;
    let newest = |client: &mut DeviceClient| {
        let record = client.get(RESULTS.0, RESULTS.1, Selection::Latest).ok()?.pop()?;
        Some((record.sequence, serde_json::from_slice::<Value>(&record.payload).ok()?))
    };
    let before = newest(&mut client).map_or(0, |(sequence, _)| sequence);
    let functions = install(&mut client, project, device, translations).map_err(refused)?;
    let mut first = None;
    let until = Instant::now() + patience;
    while first.is_none() && !functions.is_empty() && !device.sensors.is_empty() && Instant::now() < until {
        first = newest(&mut client).filter(|(sequence, _)| *sequence > before).map(|(_, result)| result);
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(Installed { functions, first })
}

/// The modules of what can run on this board. What needs parts of the VM that its firmware lacks runs at the edge where it
/// may, and is refused where it may not, before anything is sent.
pub fn translations_for(project: &Project, board: &BoardTable) -> Result<BTreeMap<String, Arc<Translation>>, Failure> {
    use nano_emulator::project::RunOn;
    let mut translations = translations(project)?;
    for function in &project.functions {
        let Some(translation) = translations.get(&function.name) else { continue };
        let lacks = translation.module.needs().without(board.vm.features);
        if lacks.is_empty() {
            continue;
        }
        let why = crate::build::lacks(&function.name, board, lacks);
        if function.run == RunOn::Device {
            return Err(Failure::Code(format!("error: {why}\n")));
        }
        anstream::eprintln!("note: the edge runs it: {why}");
        translations.remove(&function.name);
    }
    Ok(translations)
}

/// The modules of what can run on a device.
pub fn translations(project: &Project) -> Result<BTreeMap<String, Arc<Translation>>, Failure> {
    use nano_emulator::project::RunOn;
    let mut project = project.clone();
    requirements::install(&mut project, Machine::Here)?;
    let package = crate::project::package(&project)?;
    let data = project.local_folder().join("deploy");
    let edge = Edge::open(EdgeOptions::new(&data, std::env::var("PATH").unwrap_or_default()))?;
    let mut translations = BTreeMap::new();
    for function in project.functions.iter().filter(|f| matches!(f.run, RunOn::Device | RunOn::Auto)) {
        match edge.check(&package, &function.handler, function.run.at_edge()) {
            Ok(translation) => {
                translations.insert(function.name.clone(), Arc::new(translation));
            }
            Err(_) if function.run == RunOn::Auto => {}
            Err(error) => return Err(Failure::Code(format!("{}\n", error.to_string().trim_end()))),
        }
    }
    Ok(translations)
}
