//! `nano run --function`: one handler, once, on the device's limits, at the edge, on CPython, or on all three.

use crate::arguments::Run;
use crate::failure::Failure;
use crate::{event, load, project, report, time};
use nano_edge::{Edge, EdgeOptions, Invoke, On};
use nano_emulator::BoardTable;
use nano_emulator::project::{FunctionSpec, Project, RunOn};
use nano_vm::{Aligned, Event, Host, HostError, Instance, Limits, Module};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One result, as it is printed.
struct Row {
    on: &'static str,
    json: Value,
}

/// Invokes the handler.
pub fn run(arguments: &Run) -> Result<u8, Failure> {
    let name = arguments.function.as_deref().unwrap_or_default();
    let event = event::read(&arguments.event)?;
    let (project, mut function) = target(arguments, name)?;
    if let Some(memory) = &arguments.memory {
        function.memory = time::bytes(memory)? as u32;
    }
    let places: &[RunOn] = match arguments.on.as_str() {
        "device" => &[RunOn::Device],
        "edge" => &[RunOn::Edge],
        "cloud" => &[RunOn::Cloud],
        "all" => &[RunOn::Device, RunOn::Edge, RunOn::Cloud],
        other => {
            return Err(Failure::with_hint(
                format!("'{other}' is no place to run"),
                "choose device, edge, cloud or all",
            ));
        }
    };
    let mut edge = None;
    let mut rows = Vec::new();
    for place in places {
        let row = if *place == RunOn::Device {
            on_device(&project, &function, &event)?
        } else {
            if edge.is_none() {
                edge = Some(Temporary::open(&project, &function)?);
            }
            let Some(edge) = &edge else { continue };
            edge.invoke(&function.name, &event, *place)?
        };
        rows.push(row);
    }
    print(arguments, &rows)
}

/// A project's function; of a single file a project of one function.
fn target(arguments: &Run, name: &str) -> Result<(Project, FunctionSpec), Failure> {
    if arguments.target.is_dir() {
        let project = project::read(&arguments.target)?;
        let function = project::function(&project, name)?.clone();
        return Ok((project, function));
    }
    load::read(&arguments.target)?;
    let module = arguments.target.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = arguments
        .target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let function = FunctionSpec {
        name: name.to_string(),
        handler: format!("{module}.{name}"),
        memory: 64 << 10,
        timeout_ms: 3000,
        trigger: None,
        run: RunOn::Auto,
    };
    let project = Project {
        name: "run".to_string(),
        folder,
        functions: vec![function.clone()],
        woofs: Vec::new(),
        devices: Vec::new(),
    };
    Ok((project, function))
}

/// The world of a handler that is run once: pins that remember, logs of its own, a deadline.
struct Bench {
    started: Instant,
    deadline: Instant,
    printed: String,
    pins: std::collections::BTreeMap<u32, bool>,
    logs: std::collections::BTreeMap<String, Vec<Vec<u8>>>,
}

impl Host for Bench {
    fn print(&mut self, text: &str) {
        if self.printed.len() < 1 << 20 {
            self.printed.push_str(text);
        }
    }

    fn wall_clock_ns(&mut self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
    }

    fn monotonic_ns(&mut self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    fn sleep_ns(&mut self, nanoseconds: u64) {
        let left = self.deadline.saturating_duration_since(Instant::now());
        std::thread::sleep(Duration::from_nanos(nanoseconds).min(left));
    }

    fn remaining_ms(&mut self) -> Option<u64> {
        Some(self.deadline.saturating_duration_since(Instant::now()).as_millis() as u64)
    }

    fn interrupted(&mut self) -> bool {
        Instant::now() >= self.deadline
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        self.pins.insert(pin, high);
        Ok(())
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        Ok(self.pins.get(&pin).copied().unwrap_or(false))
    }

    fn read_adc(&mut self, _channel: u32) -> Result<u32, HostError> {
        Ok(0)
    }

    fn append(&mut self, log: &str, payload: &[u8]) -> Result<u64, HostError> {
        let log = self.logs.entry(log.to_string()).or_default();
        log.push(payload.to_vec());
        Ok(log.len() as u64)
    }

    fn latest(&mut self, log: &str, buffer: &mut [u8]) -> Result<Option<(u64, usize)>, HostError> {
        let Some(log) = self.logs.get(log) else { return Err(HostError::NotFound) };
        let Some(last) = log.last() else { return Ok(None) };
        let length = last.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), last.get(..length)) {
            to.copy_from_slice(from);
        }
        Ok(Some((log.len() as u64, last.len())))
    }
}

/// The device's arena and limits, on this machine.
fn on_device(project: &Project, function: &FunctionSpec, event: &str) -> Result<Row, Failure> {
    let compiled = load::compiled(&project::sources(project, function)?, false)?;
    let module = Module::load(Aligned::new(&compiled.module)).map_err(|error| Failure::Internal(error.into()))?;
    let (function, event) = (function.clone(), event.to_string());
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        let mut host = Bench {
            started: Instant::now(),
            deadline: Instant::now() + Duration::from_millis(u64::from(function.timeout_ms)),
            printed: String::new(),
            pins: std::collections::BTreeMap::new(),
            logs: std::collections::BTreeMap::new(),
        };
        let mut instance = Instance::new(module, function.memory as usize, Limits::default());
        let context =
            [("aws_request_id", "run"), ("function_name", function.name.as_str()), ("function_version", "$LATEST")];
        let begun = Instant::now();
        let invocation = instance.invoke(&mut host, project::handler(&function).1, Event::Json(&event), &context);
        let took = begun.elapsed();
        for (pin, high) in &host.pins {
            host.printed.push_str(&format!("device: pin {pin} {}\n", if *high { "high" } else { "low" }));
        }
        (invocation, host.printed, took, function.name)
    });
    let Ok(Ok((invocation, printed, took, name))) = worker.map(std::thread::JoinHandle::join) else {
        return Err(Failure::Internal(anyhow::anyhow!("the interpreter's thread ended abnormally")));
    };
    // mW * ns = pJ; an estimate by the table of the project's first device.
    let board =
        project.devices.first().map_or_else(|| BoardTable::named("esp8266"), |device| Some(device.board.clone()));
    let energy = board.map(|board| board.instructions_ns(invocation.instructions) as f64 * board.power.running / 1e6);
    let (result, error) = match &invocation.result {
        Ok(text) => (serde_json::from_str(text).unwrap_or(Value::Null), Value::Null),
        Err(failure) => {
            let text = report::failure(&compiled.symbols, failure, &name);
            let (class, message) = match failure {
                nano_vm::Failure::Exception(exception) => (exception.class.clone(), exception.message.clone()),
                other => (
                    format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_string(),
                    text.lines().next().unwrap_or_default().to_string(),
                ),
            };
            (Value::Null, json!({"type": class, "message": message, "traceback": text}))
        }
    };
    Ok(Row {
        on: "device",
        json: json!({"on": "device", "result": result, "error": error, "duration_us": took.as_micros() as u64, "instructions": invocation.instructions,
            "energy_uj": energy, "heap_peak_bytes": invocation.heap_peak_bytes, "logs": printed}),
    })
}

/// An edge in a temporary folder, for one command.
struct Temporary {
    edge: Edge,
    folder: PathBuf,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Temporary {
    fn open(project: &Project, function: &FunctionSpec) -> Result<Self, Failure> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| Failure::Internal(error.into()))?;
        let folder = std::env::temp_dir().join(format!("nano-run-{}", u64::from_le_bytes(random)));
        let options = EdgeOptions::new(folder.clone(), std::env::var("PATH").unwrap_or_default());
        let edge = Edge::open(options).map_err(|error| Failure::usage(format!("the edge can't be opened: {error}")))?;
        let temporary = Self { edge, folder };
        let mut deployment = project::deployment(project, function);
        deployment.nano.trigger = None;
        let package = project::package(project)?;
        temporary
            .edge
            .deploy(&deployment, &package)
            .map_err(|error| Failure::usage(format!("the function can't be deployed: {}", error.message)))?;
        Ok(temporary)
    }

    fn invoke(&self, function: &str, event: &str, place: RunOn) -> Result<Row, Failure> {
        let (on, name) = if place == RunOn::Cloud { (On::Cloud, "cloud") } else { (On::Edge, "edge") };
        let invoke = Invoke { on, ..Invoke::new(event.to_string()) };
        let answer = self.edge.invoke(function, invoke).map_err(|error| Failure::usage(error.message))?;
        Ok(Row { on: name, json: answer.to_json() })
    }
}

fn print(arguments: &Run, rows: &[Row]) -> Result<u8, Failure> {
    let result = |row: &Row| row.json.get("result").cloned().unwrap_or(Value::Null);
    let failed = |row: &Row| row.json.get("error").is_some_and(|error| !error.is_null());
    let error_type = |row: &Row| row.json.pointer("/error/type").cloned().unwrap_or(Value::Null);
    let equal = rows.windows(2).all(|pair| match pair {
        [a, b] => result(a) == result(b) && error_type(a) == error_type(b),
        _ => true,
    });
    if arguments.json {
        match rows {
            [one] => println!("{}", one.json),
            all => println!("{}", Value::Array(all.iter().map(|row| row.json.clone()).collect())),
        }
    } else {
        for row in rows {
            let logs = row.json.get("logs").and_then(Value::as_str).unwrap_or_default();
            if !logs.is_empty() {
                anstream::eprint!("{logs}");
            }
            let us = row.json.get("duration_us").and_then(Value::as_u64).unwrap_or(0);
            let bytes = row.json.get("heap_peak_bytes").and_then(Value::as_u64).unwrap_or(0);
            let energy = row
                .json
                .get("energy_uj")
                .and_then(Value::as_f64)
                .map(|uj| format!(", {uj:.1} uJ estimated"))
                .unwrap_or_default();
            if failed(row) {
                let text = row.json.pointer("/error/traceback");
                match text {
                    Some(Value::String(text)) => anstream::eprint!("{text}"),
                    _ => anstream::eprintln!(
                        "{}",
                        row.json.pointer("/error/message").and_then(Value::as_str).unwrap_or_default()
                    ),
                }
                anstream::eprintln!("{:<7} failed ({us} us, {bytes} bytes{energy})", row.on);
            } else {
                if rows.len() == 1 {
                    println!("{}", result(row));
                } else {
                    println!("{:<7} {}", row.on, result(row));
                }
                anstream::eprintln!("{:<7} ok ({us} us, {bytes} bytes{energy})", row.on);
            }
        }
        if rows.len() > 1 {
            anstream::eprintln!(
                "{}",
                if equal { "equal: device, edge and cloud agree" } else { "DIFFERENT: the results are not equal" }
            );
        }
    }
    Ok(u8::from(!equal || rows.iter().any(failed)))
}
