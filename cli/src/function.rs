//! `nano run --function`: one handler, once, on the device's limits, at the edge, on CPython, or on all three.

use crate::arguments::Run;
use crate::failure::Failure;
use crate::requirements::Machine;
use crate::{event, load, project, requirements, time};
use nano_edge::{Edge, EdgeOptions, Invoke, Network, On, Translation, World};
use nano_emulator::project::{FunctionSpec, LOCAL_FOLDER, Project, RunOn};
use nano_emulator::{BoardTable, Once, OnceError, OnceOptions, run_once};
use nano_vm::{Aligned, Module};
use nano_wire::module::Packed;
use serde_json::{Value, json};
use std::path::PathBuf;

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
    let mut rows = Vec::new();
    for place in places {
        let row = if *place == RunOn::Device {
            on_device(&project, &function, &event)?
        } else {
            // An edge each: what one of them appends to a log the other one does not find.
            Temporary::open(&project, &function)?.invoke(&function.name, &event, *place)?
        };
        rows.push(row);
    }
    print(arguments, &rows)
}

/// A project's function; of a single file a project of one function.
fn target(arguments: &Run, name: &str) -> Result<(Project, FunctionSpec), Failure> {
    if arguments.target.is_dir() {
        let project = project::complete(&arguments.target, Machine::Here)?;
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
    let board = default_board()?;
    let function = FunctionSpec {
        name: name.to_string(),
        handler: format!("{module}.{name}"),
        // Nobody else is there.
        memory: board.memory.arena,
        timeout_ms: 3000,
        trigger: None,
        run: RunOn::Auto,
    };
    let packages = requirements::installed(&folder, &folder.join(LOCAL_FOLDER), Machine::Here)?;
    let project = Project {
        name: "run".to_string(),
        folder,
        packages,
        network: Network::default(),
        data: Vec::new(),
        functions: vec![function.clone()],
        woofs: Vec::new(),
        devices: Vec::new(),
    };
    Ok((project, function))
}

/// On a software device in virtual time: its runtime, its arena, its limits.
fn on_device(project: &Project, function: &FunctionSpec, event: &str) -> Result<Row, Failure> {
    let compiled = load::compiled(&project::sources(project, function)?, false)?;
    let module = Module::load(Aligned::new(&compiled.module)).map_err(|error| Failure::Internal(error.into()))?;
    let table = board(project)?;
    let lacking = module.needs().without(table.vm.features);
    if !lacking.is_empty() {
        let why = crate::build::lacks(&function.name, &table, lacking);
        return Err(Failure::with_hint(why, "run it here on the edge: --on edge"));
    }
    let image = Packed::read(&compiled.module).map_or(0, |packed| packed.image_bytes());
    if let Some(why) = crate::build::too_large(&function.name, image, &table) {
        anstream::eprintln!("note: a device would not take it: {why}");
    }
    let (_, name) = project::handler(function);
    let hash = compiled.symbols.module_hash;
    let translation = Translation { module, hash, symbols: compiled.symbols, function: name.to_owned() };
    let logs: Vec<_> = project.woofs.iter().map(|log| (log.name.clone(), log.element, log.history)).collect();
    let (function, event, namespace) = (function.clone(), event.to_owned(), project.name.clone());
    let worker = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        let options = OnceOptions {
            table: &table,
            function: &function.name,
            handler: &function.handler,
            memory: function.memory,
            timeout_ms: function.timeout_ms,
            namespace: &namespace,
            logs: &logs,
            event: event.as_bytes(),
            time_ms: World::system().now_ms(),
        };
        run_once(&options, translation)
    });
    let Ok(Ok(ran)) = worker.map(std::thread::JoinHandle::join) else {
        return Err(Failure::Internal(anyhow::anyhow!("the interpreter's thread ended abnormally")));
    };
    let Once { invocation, pins } = ran.map_err(|error| match error {
        OnceError::Memory { .. } => {
            Failure::with_hint(error, "lower --memory, or `memory` in nano.toml, or run it elsewhere: --on edge")
        }
        error => Failure::usage(error),
    })?;
    let mut logs = invocation.logs;
    for (pin, _) in pins.iter().enumerate().filter(|(_, high)| **high) {
        logs.push_str(&format!("device: pin {pin} high\n"));
    }
    Ok(Row {
        on: "device",
        json: json!({"on": "device", "result": invocation.result, "error": invocation.error, "duration_us": invocation.duration_us,
            "instructions": invocation.instructions, "energy_uj": invocation.energy_uj, "heap_peak_bytes": invocation.heap_peak_bytes,
            "logs": logs}),
    })
}

/// The board of the project's first device; of a file alone an ESP8266.
fn board(project: &Project) -> Result<BoardTable, Failure> {
    match project.devices.first() {
        Some(device) => Ok(device.board.clone()),
        None => default_board(),
    }
}

fn default_board() -> Result<BoardTable, Failure> {
    BoardTable::named("esp8266").ok_or_else(|| Failure::Internal(anyhow::anyhow!("no table of the esp8266")))
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
        let path = std::env::var("PATH").unwrap_or_default();
        let options = EdgeOptions { network: project.network, ..EdgeOptions::new(folder.clone(), path) };
        let edge = Edge::open(options).map_err(|error| Failure::usage(format!("the edge can't be opened: {error}")))?;
        let temporary = Self { edge, folder };
        let mut deployment = project::deployment(project, function);
        deployment.nano.trigger = None;
        // A handler may append to the project's logs here as it may on a device.
        for log in &project.woofs {
            let name = format!("{}/{}", project.name, log.name);
            let made = temporary.edge.woofs().create(&name, log.element, log.history.into());
            made.map_err(|error| Failure::usage(format!("the log {} can't be made: {error}", log.name)))?;
        }
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
                    _ => {
                        let text = |key: &str| row.json.pointer(key).and_then(Value::as_str).unwrap_or_default();
                        anstream::eprintln!("{}: {}", text("/error/type"), text("/error/message"));
                    }
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
