//! A project onto a device by its owner's connection alone: logs, functions, and their modules, pushed.
//!
//! For a device whose edge is away or not yet known. What is there already is left alone: equal hashes, no transfer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use nano_edge::Translation;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{ANY, Configuration, FunctionState, Place};

use crate::client::{ClientError, DeviceClient};
use crate::project::{DeviceSpec, Project, RunOn};

/// Bytes of a module in one request: a board with little memory takes frames of a kilobyte.
const CHUNK: usize = 512;

/// What was done for a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The function.
    pub name: String,
    /// What has become of it.
    pub state: FunctionState,
    /// Bytes that were sent; 0: it was there.
    pub bytes: usize,
}

/// Makes a device's logs and functions what the project says. `translations` are by function; one without runs at the edge.
pub fn install(
    client: &mut DeviceClient,
    project: &Project,
    device: &DeviceSpec,
    translations: &BTreeMap<String, Arc<Translation>>,
) -> Result<Vec<Pushed>, ClientError> {
    let ns = client.make_namespace(&project.name)?;
    let mut logs = HashMap::new();
    for log in project.woofs.iter().filter(|log| project.has_log(&log.name, device)) {
        logs.insert(log.name.as_str(), (ns, client.make_log(ns, &log.name, log.element, log.history)?));
    }
    let wanted: Vec<_> = project.functions.iter().filter(|function| project.runs_on(function, device)).collect();
    for there in client.functions(ANY, ANY)? {
        if !wanted.iter().any(|function| function.name == there.name) {
            client.remove(there.log, &there.name)?;
        }
    }
    let mut all = Vec::new();
    for function in wanted {
        let trigger = function.trigger.as_ref();
        let log = trigger.and_then(|trigger| logs.get(trigger.woof.as_str())).copied().unwrap_or((ANY, ANY));
        let translation =
            translations.get(&function.name).filter(|_| matches!(function.run, RunOn::Device | RunOn::Auto));
        let module = translation.map_or(&[][..], |translation| translation.module.bytes());
        let hash = translation.map_or(ModuleHash::NONE, |translation| ModuleHash(translation.hash));
        let configuration = Configuration {
            hash,
            size: module.len() as u32, // at most 8 MiB
            memory: function.memory,
            timeout_ms: function.timeout_ms,
            every: trigger.map_or(0, |trigger| trigger.every),
            place: if translation.is_some() { Place::Device } else { Place::Edge },
            name: &function.name,
            handler: &function.handler,
        };
        let mut installed = client.configure(log, configuration)?;
        let mut bytes = 0;
        while installed.state == FunctionState::Wanted {
            let from = installed.next as usize;
            let Some(chunk) = module.get(from..).filter(|rest| !rest.is_empty()) else { break };
            let chunk = chunk.get(..CHUNK).unwrap_or(chunk);
            installed = client.push(log, hash, installed.next, chunk)?;
            bytes += chunk.len();
        }
        all.push(Pushed { name: function.name.clone(), state: installed.state, bytes });
    }
    Ok(all)
}
