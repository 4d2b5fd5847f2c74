//! `nano dev`: edge, software devices and hot reload; one line an event.

use crate::arguments::Dev as Arguments;
use crate::failure::Failure;
use crate::requirements::{Machine, install};
use nano_edge::{Arm, EdgeEvent, EdgeOptions};
use nano_emulator::{Deployed, Dev, DevError, DevEvent, DevOptions, Emulated, Happened, Invocation, Link, Prepare};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::SocketAddr;

impl From<DevError> for Failure {
    fn from(error: DevError) -> Self {
        match error {
            DevError::Project(error) => error.into(),
            DevError::Prepare(text) => Self::Code(format!("{}\n", text.trim_end())),
            DevError::Edge(error) => error.into(),
            DevError::Emulator(error) => Self::Code(format!("{}\n", error.to_string().trim_end())),
            other => Self::usage(other),
        }
    }
}

/// The devices that are to be real images in QEMU.
fn emulated(arguments: &Arguments) -> Result<Emulated, Failure> {
    if arguments.device.is_empty() {
        return Ok(Emulated::default());
    }
    let devices = arguments.device.iter().map(|text| {
        let parts = text.split_once('=').and_then(|(device, machine)| Some((device, machine.strip_prefix("qemu:")?)));
        let (device, board) = parts.ok_or_else(|| {
            Failure::with_hint(
                format!("\"{text}\" names no device and board"),
                "a device of the project and what QEMU is to be: --device walkway=qemu:esp8266",
            )
        })?;
        Ok((device.to_owned(), board.to_owned()))
    });
    Ok(Emulated { devices: devices.collect::<Result<_, Failure>>()?, firmware: crate::deploy::firmware_folder()? })
}

/// Runs until it is interrupted.
pub fn dev(arguments: &Arguments) -> Result<u8, Failure> {
    crate::signal::outlive_file_size_limit();
    let _ = crate::serve::most_files();
    let project = crate::project::read(&arguments.project)?;
    let data = arguments.data.clone().unwrap_or_else(|| project.local_folder().join("edge"));
    let options = DevOptions {
        folder: arguments.project.clone(),
        address: SocketAddr::from(([127, 0, 0, 1], arguments.port)),
        edge: EdgeOptions {
            network: project.network,
            ..EdgeOptions::new(data.clone(), std::env::var("PATH").unwrap_or_default())
        },
        link: Link::GOOD,
        seed: arguments.seed,
        emulated: emulated(arguments)?,
        prepare: Prepare::by(|project| {
            install(project, Machine::Here).map_err(|failure| match failure {
                Failure::Code(text) => text,
                Failure::Usage(error, hint) => hint.map_or(error.to_string(), |hint| format!("{error}\nhint: {hint}")),
                other => format!("{other:?}"),
            })
        }),
    };
    let mut dev = Dev::start(options)?;
    let marker = crate::serve::placed(&data, dev.address());
    let endpoint = format!("http://{}", dev.address());
    if arguments.json {
        println!(
            "{}",
            json!({"event": "ready", "endpoint": endpoint, "project": dev.project().name, "devices": dev.emulator().device_names()})
        );
    } else {
        anstream::eprintln!("{}: edge at {endpoint}", dev.project().name);
        for device in dev.emulator().devices() {
            anstream::eprintln!("  {} ({}) at {}", device.name, device.board, device.address);
        }
        anstream::eprintln!("Edit and save: the new code runs on the last event. Ctrl-C ends it.");
    }
    if let Some(events) = dev.take_events() {
        let json = arguments.json;
        let quiet = arguments.quiet;
        std::thread::spawn(move || {
            for event in events {
                if print(&event, json, quiet).is_err() {
                    return;
                }
            }
        });
    }
    crate::signal::wait();
    anstream::eprintln!("ending");
    drop(marker);
    drop(dev);
    Ok(0)
}

fn print(event: &DevEvent, json: bool, quiet: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", as_json(event))?;
        return out.flush();
    }
    match event {
        DevEvent::Device(event) => match &event.what {
            Happened::Invocation(invocation) if !quiet => line(&mut out, &event.device, invocation),
            Happened::Pin { pin, high } if !quiet => {
                writeln!(out, "{:<10} pin {pin} {}", event.device, if *high { "high" } else { "low" })
            }
            Happened::Refused { function, reason, .. } => {
                writeln!(out, "{:<10} {function}: new version refused: {reason}", event.device)
            }
            Happened::Note { text } => writeln!(out, "{:<10} {text}", event.device),
            _ => Ok(()),
        },
        DevEvent::Edge(EdgeEvent::Invoked { function, answer, .. }) if !quiet => {
            let arm = if answer.on == Arm::Cloud { "cloud" } else { "edge" };
            match &answer.result {
                Ok(result) => writeln!(
                    out,
                    "{arm:<10} {function} -> {}  ({} us, {} bytes)",
                    String::from_utf8_lossy(result),
                    answer.duration.as_micros(),
                    answer.memory_bytes
                ),
                Err(failure) => {
                    writeln!(out, "{arm:<10} {function} failed: {}: {}", failure.error_type, failure.message)
                }
            }
        }
        DevEvent::Saved { files, deployed } => {
            writeln!(out, "saved      {} ({})", files.join(", "), times(deployed))?;
            deployed.notes.iter().try_for_each(|note| writeln!(out, "           {note}"))
        }
        DevEvent::Reloaded { device, invocation, since_save } => {
            write!(out, "reloaded   {:.0} ms after the save: ", since_save.as_secs_f64() * 1e3)?;
            line(&mut out, device, invocation)
        }
        DevEvent::Refused { files, text } => {
            writeln!(out, "refused    {}; the old code goes on", files.join(", "))?;
            writeln!(out, "{}", text.trim_end())
        }
        _ => Ok(()),
    }
}

fn times(deployed: &Deployed) -> String {
    format!(
        "compiled in {:.1} ms, deployed in {:.1} ms",
        deployed.compile_us as f64 / 1e3,
        deployed.deploy_us as f64 / 1e3
    )
}

/// `walkway    new_light_lvl [512] -> {...}  (1.2 ms, 220 uJ estimated, 620 bytes)`
fn line(out: &mut impl std::io::Write, device: &str, invocation: &Invocation) -> std::io::Result<()> {
    let Invocation { function, input, result, error, duration_us, energy_uj, heap_peak_bytes, logs, on, .. } =
        invocation;
    for text in logs.lines() {
        writeln!(out, "{device:<10} | {text}")?;
    }
    let figures =
        format!("{on}, {:.2} ms, {energy_uj:.0} uJ estimated, {heap_peak_bytes} bytes", *duration_us as f64 / 1e3);
    match error {
        None => writeln!(out, "{device:<10} {function} {input} -> {result}  ({figures})"),
        Some(error) => {
            writeln!(out, "{device:<10} {function} {input} failed: {}: {}  ({figures})", error.kind, error.message)?;
            error.traceback.iter().try_for_each(|text| writeln!(out, "{}", text.trim_end()))
        }
    }
}

fn as_json(event: &DevEvent) -> Value {
    match event {
        DevEvent::Device(event) => serde_json::to_value(event).unwrap_or_default(),
        DevEvent::Edge(EdgeEvent::Invoked { function, answer, cause }) => {
            let mut value = answer.to_json();
            if let Some(object) = value.as_object_mut() {
                object.insert("event".into(), json!("invocation"));
                object.insert("function".into(), json!(function));
                object.insert("cause".into(), json!(cause));
            }
            value
        }
        DevEvent::Edge(EdgeEvent::Deployed { function }) => json!({"event": "deployed", "function": function}),
        DevEvent::Edge(EdgeEvent::Appended { woof, sequence }) => {
            json!({"event": "appended", "on": "edge", "woof": woof, "sequence": sequence})
        }
        DevEvent::Saved { files, deployed } => {
            json!({"event": "saved", "files": files, "compile_us": deployed.compile_us, "deploy_us": deployed.deploy_us, "notes": deployed.notes})
        }
        DevEvent::Reloaded { device, invocation, since_save } => {
            json!({"event": "reloaded", "device": device, "invocation": **invocation, "since_save_us": since_save.as_micros() as u64})
        }
        DevEvent::Refused { files, text } => json!({"event": "refused", "files": files, "text": text}),
        _ => Value::Null,
    }
}
