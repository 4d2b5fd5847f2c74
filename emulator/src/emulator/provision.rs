//! Makes a device what the project says, as its owner.

use std::collections::HashMap;
use std::sync::Arc;

use nano_caps::Status;
use nano_device::{Source, provision::Sampler};
use nano_edge::Translation;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{ANY, Configuration, Place, Refused};

use super::member::{Body, Member, Placed};
use super::{Deployed, EmulatorError};
use crate::client::{ClientError, DeviceClient};
use crate::emulated::settle;
use crate::project::{DeviceSpec, FunctionSpec, Project, RunOn, SensorPin};
use crate::sensor::SensorData;

/// Makes a device's logs, functions and samplers what the project says, as its owner.
pub(super) fn provision(
    project: &Project,
    member: &mut Member,
    translations: &HashMap<&str, Arc<Translation>>,
    deployed: &Deployed,
    is_running: bool,
) -> Result<(), EmulatorError> {
    let device = member.spec.name.clone();
    let refused = |what: String| {
        let device = device.clone();
        move |error| EmulatorError::Refused { device, what, error }
    };
    let ns = member.client.make_namespace(&project.name).map_err(refused(format!("namespace {}", project.name)))?;
    for log in project.woofs.iter().filter(|log| project.has_log(&log.name, &member.spec)) {
        let made = match member.client.make_log(ns, &log.name, log.element, log.history) {
            Err(ClientError::Refused { reason: Some(Refused::Differs), .. }) => {
                // Another size: the old log goes, and capabilities for it are dead.
                remake_log(&mut member.client, ns, &log.name, log.element, log.history)
            }
            made => made,
        };
        let woof = made.map_err(refused(format!("log {}", log.name)))?;
        if member.logs.insert(log.name.clone(), (ns, woof)) != Some((ns, woof)) {
            member.sampling = false;
        }
    }
    let is_changed = |name: &str| deployed.changed.iter().any(|(changed, _)| changed == name);
    let mut replays = Vec::new();
    let mut wanted = HashMap::new();
    for function in project.functions.iter().filter(|function| project.runs_on(function, &member.spec)) {
        wanted.insert(function.name.clone(), placed(function, member, translations.get(function.name.as_str())));
    }
    let there = member.client.functions(ANY, ANY).map_err(refused("a listing".into()))?;
    for function in there {
        // One that changed its log is made anew there.
        if wanted.get(&function.name).is_none_or(|placed| placed.log != function.log) {
            let what = format!("to remove {}", function.name);
            member.client.remove(function.log, &function.name).map_err(refused(what))?;
            member.installed.remove(&function.name);
        }
    }
    for (name, placed) in wanted {
        if member.installed.get(&name) == Some(&placed) {
            // Other text, the same module (a comment, say): there is nothing to fetch, but a result to show.
            if placed.place == Place::Device && is_changed(&name) {
                match &member.device {
                    Body::Soft(device) => device.later(move |runtime| {
                        runtime.replay(&name);
                    }),
                    Body::Emulated(_) => replays.push((name, placed.log)),
                }
            }
        } else {
            let size = match placed.place {
                Place::Device => translations.get(name.as_str()).map_or(0, |t| t.module.bytes().len() as u32),
                Place::Edge => 0,
            };
            let configuration = Configuration {
                hash: placed.hash,
                size,
                memory: placed.memory,
                timeout_ms: u32::try_from(placed.timeout_ms).unwrap_or(u32::MAX),
                every: placed.every,
                place: placed.place,
                name: &name,
                handler: &placed.handler,
            };
            member.client.configure(placed.log, configuration).map_err(refused(format!("function {name}")))?;
            if placed.place == Place::Device && is_changed(&name) && is_running && member.device.soft().is_none() {
                replays.push((name.clone(), placed.log));
            }
            member.installed.insert(name, placed);
        }
    }
    for (name, log) in replays {
        settle(&mut member.client, &name, log).map_err(refused(format!("function {name}")))?;
    }
    if !member.sampling {
        start_sampling(member)?;
        member.sampling = true;
    }
    Ok(())
}

/// Where and how a function is to be on a device.
fn placed(function: &FunctionSpec, member: &Member, translation: Option<&Arc<Translation>>) -> Placed {
    let on_device = matches!(function.run, RunOn::Device | RunOn::Auto);
    // What does not compile for IoTPy runs at the edge, where CPython is.
    let (place, hash) = match translation {
        Some(translation) if on_device => (Place::Device, ModuleHash(translation.hash)),
        _ => (Place::Edge, ModuleHash::NONE),
    };
    let trigger = function.trigger.as_ref();
    Placed {
        log: trigger.and_then(|trigger| member.logs.get(&trigger.woof)).copied().unwrap_or((ANY, ANY)),
        hash,
        place,
        memory: function.memory,
        timeout_ms: function.timeout_ms.into(),
        every: trigger.map_or(0, |trigger| trigger.every),
        handler: function.handler.clone(),
    }
}

fn remake_log(client: &mut DeviceClient, ns: u16, name: &str, element: u32, history: u32) -> Result<u16, ClientError> {
    let logs = client.logs(ns, ANY)?;
    let old = logs.iter().find(|log| log.name == name).map(|log| log.woof);
    let gone = ClientError::Refused { status: Status::NotFound, reason: None };
    client.drop_log(ns, old.ok_or(gone)?)?;
    client.make_log(ns, name, element, history)
}

fn start_sampling(member: &Member) -> Result<(), EmulatorError> {
    let mut feeds = Vec::new();
    for sensor in &member.spec.sensors {
        let data = sensor.source.as_deref().map(SensorData::load).transpose()?;
        let source = match sensor.pin {
            SensorPin::Adc(channel) => Source::Adc(channel),
            SensorPin::Gpio(pin) => Source::Pin(pin),
            SensorPin::Bus(bus) => Source::Sensor(bus),
        };
        if let Some(log) = member.logs.get(&sensor.woof) {
            feeds.push((*log, source, sensor.period_us, data));
        }
    }
    let soft = match &member.device {
        Body::Soft(device) => device,
        Body::Emulated(device) => {
            // What reads no file the board samples itself.
            let played = feeds.into_iter().filter_map(|(log, _, period_us, data)| Some((log, period_us, data?)));
            device.play(played.collect());
            return Ok(());
        }
    };
    let sampled = soft.with(move |runtime| {
        runtime.stop_sampling();
        for ((ns, woof), source, period_us, data) in feeds {
            if let Some(data) = data {
                let board = runtime.board_mut();
                match source {
                    Source::Adc(channel) => board.feed_adc(channel, data),
                    Source::Pin(pin) => board.feed_gpio(pin, data),
                    Source::Sensor(bus) => board.feed_bus(bus, data),
                }
            }
            // The log was made a moment ago.
            let _ = runtime.sample(ns, woof, source, period_us);
        }
    });
    sampled.map_err(|error| EmulatorError::Device { device: member.spec.name.clone(), error })
}

/// What an emulated board samples itself: where no file is read instead.
pub(super) fn samplers<'a>(project: &'a Project, spec: &'a DeviceSpec) -> Vec<Sampler<'a>> {
    let played = |woof: &str| spec.sensors.iter().any(|sensor| sensor.woof == woof && sensor.source.is_some());
    project.samplers(spec).into_iter().filter(|sampler| !played(sampler.log)).collect()
}
