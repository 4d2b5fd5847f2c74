//! The whole path on the lx106 core, beside the paper's: append, event, handler, pin.

use super::{flashed, instrument};
use crate::arguments::{BenchPath, Core};
use crate::failure::Failure;
use crate::load;
use nano_compiler::Package;
use serde_json::{Value, json};

/// The handlers are those that `nano new` writes.
const LIGHTS: &str = include_str!("../../../templates/sensor-app/lights.py");
const MAINTENANCE: &str = include_str!("../../../templates/predictive-maintenance/maintenance.py");
/// Samples of an event of the maintenance handler.
const WINDOW: u32 = 32;

/// A function whose path is measured.
struct Subject {
    name: &'static str,
    file: &'static str,
    source: &'static str,
    handler: &'static str,
    memory: u32,
    every: u32,
}

const SUBJECTS: [Subject; 2] = [
    Subject {
        name: "light",
        file: "lights.py",
        source: LIGHTS,
        handler: "lights.new_light_lvl",
        memory: 4096,
        every: 1,
    },
    Subject {
        name: "ks32",
        file: "maintenance.py",
        source: MAINTENANCE,
        handler: "maintenance.check_bearing",
        memory: 24 << 10,
        every: WINDOW,
    },
];

/// A row: subject, the instrument's word, what it is, the paper's ms, our goal in ms.
type Row = (&'static str, &'static str, &'static str, Option<f64>, Option<f64>);

const ROWS: [Row; 6] = [
    ("light", "warm", "light control, warm", Some(6.7), Some(0.10)),
    ("light", PIN, "  of which until the pin is driven", None, None),
    ("light", "cold", "light control, cold start of a module on the device", Some(436.0), Some(0.2)),
    ("light", "fetch", "light control, module fetched from the edge (device time)", Some(119.5), Some(1.0)),
    ("ks32", "warm", "KS 32, warm (paper: CC3220SF)", Some(209.4), Some(4.0)),
    ("ks32", "cold", "KS 32, cold start of a module on the device", None, None),
];

/// The profile of the image that is flashed.
const FLASHED: &str = "light_flashed";

/// Part of another row.
const PIN: &str = "pin";

/// Measures.
pub fn path(arguments: &BenchPath) -> Result<u8, Failure> {
    let Core::Lx106 = arguments.target;
    if let Some(row) = &arguments.profile {
        return profile(row, arguments);
    }
    let board = instrument::board()?;
    let mut measured = Vec::new();
    for subject in &SUBJECTS {
        measured.push((subject.name, measure(subject)?));
    }
    let of = |name: &str| measured.iter().find(|(other, _)| *other == name).map_or(&[][..], |(_, lines)| lines);
    let rows = ROWS.map(|(subject, word, what, paper, goal)| {
        let instructions = instrument::number(of(subject), word);
        let ms = board.cycles_ms(instructions);
        (subject, word, what, paper, goal, instructions, ms, board.power.running * ms)
    });
    let flashed = flashed::event(&module(&SUBJECTS[0])?, SUBJECTS[0].handler)?;
    if arguments.json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(subject, word, what, paper, goal, instructions, ms, uj)| {
                json!({"name": format!("{subject}_{word}"), "what": what, "instructions": instructions, "ms": ms,
                       "energy_uj": uj, "paper_ms": paper, "goal_ms": goal})
            })
            .collect();
        let peak = |name| instrument::number(of(name), "peak");
        println!(
            "{}",
            json!({"rows": rows, "light_heap_peak_bytes": peak("light"), "ks32_heap_peak_bytes": peak("ks32"),
                   "flashed": flashed.map(|event| json!({
                       "light_warm": event.path(), "light_pin": event.path_to_pin(), "keep": event.keep,
                       "console": event.console, "sensor": event.sensor, "all": event.all}))})
        );
        return Ok(0);
    }
    anstream::println!(
        "{:<58} {:>12} {:>8} {:>9} {:>8} {:>8}",
        format!("lx106 at {} MHz", board.processor.clock_mhz),
        "instructions",
        "ms",
        "uJ",
        "paper ms",
        "goal ms"
    );
    let or_dash = |number: Option<f64>| number.map_or_else(|| "-".into(), |number| number.to_string());
    for (_, _, what, paper, goal, instructions, ms, uj) in rows {
        anstream::println!(
            "{what:<58} {instructions:>12} {ms:>8.3} {uj:>9.1} {:>8} {:>8}",
            or_dash(paper),
            or_dash(goal)
        );
    }
    print_flashed(flashed, |instructions| board.cycles_ms(instructions));
    anstream::println!("heap of KS 32: {} bytes (paper: 23.6 KB)", instrument::number(of("ks32"), "peak"));
    anstream::println!(
        "ms: one cycle an instruction; uJ: {} mW while running, from the board's table",
        board.power.running
    );
    Ok(0)
}

/// The same event on the image that is flashed, and what it does there beside.
fn print_flashed(event: Option<flashed::Event>, ms: impl Fn(u64) -> f64) {
    let Some(event) = event else {
        anstream::println!("the image that is flashed is not here to be measured: cargo xtask firmware");
        return;
    };
    let rows = [
        ("on the image that is flashed: light control, warm", event.path()),
        ("  of which until the pin is driven", event.path_to_pin()),
        ("  and to keep the two records in flash", event.keep),
        ("  and to write a line to the console", event.console),
        ("  and to read the sensor", event.sensor),
    ];
    for (what, instructions) in rows {
        anstream::println!("{what:<58} {instructions:>12} {:>8.3}", ms(instructions));
    }
}

/// Profiles the row of this name, which is that in the JSON.
fn profile(name: &str, arguments: &BenchPath) -> Result<u8, Failure> {
    if name == FLASHED {
        return flashed::profile(&module(&SUBJECTS[0])?, SUBJECTS[0].handler, arguments.top, arguments.tree)
            .map(|()| 0);
    }
    let named = |(subject, word, ..): &Row| format!("{subject}_{word}");
    let subject = |row: &Row| SUBJECTS.iter().find(|subject| subject.name == row.0);
    let found = ROWS.iter().find(|row| named(row) == name).and_then(|row| Some((row.1, subject(row)?)));
    let found = found.filter(|(part, _)| *part != PIN);
    let Some((part, subject)) = found else {
        let names: Vec<String> =
            ROWS.iter().filter(|row| row.1 != PIN).map(named).chain([FLASHED.to_owned()]).collect();
        return Err(Failure::with_hint(format!("there is no row {name}"), format!("one of {}", names.join(", "))));
    };
    super::profile::print(&request(subject)?, part, arguments.top, arguments.tree)?;
    Ok(0)
}

/// Records of one event, a line each.
fn records(subject: &Subject) -> String {
    if subject.every == 1 {
        return "[42]".into();
    }
    // A window of vibration around 1 g, by a fixed sequence.
    let mut state = 12_345_u32;
    let mut axis = |middle: f64| {
        state = (state * 1103 + 12_345) % 65_536;
        middle + (f64::from(state) - 32_768.0) / 400_000.0
    };
    (0..subject.every).map(|_| format!("[{:.4}, {:.4}, {:.4}]\n", axis(0.0), axis(0.0), axis(1.0))).collect()
}

fn module(subject: &Subject) -> Result<Vec<u8>, Failure> {
    let mut package = Package::new(subject.file.trim_end_matches(".py"));
    package.add(subject.file, subject.source);
    Ok(load::compiled(&package, false)?.module)
}

fn request(subject: &Subject) -> Result<Vec<u8>, Failure> {
    let module = module(subject)?;
    let records = records(subject);
    let mut request =
        format!("path {} {} {} {} {}\n", subject.handler, subject.memory, subject.every, module.len(), records.len())
            .into_bytes();
    request.extend_from_slice(&module);
    request.extend_from_slice(records.as_bytes());
    Ok(request)
}

fn measure(subject: &Subject) -> Result<Vec<String>, Failure> {
    let lines = instrument::ask(&request(subject)?)?;
    match instrument::field(&lines, "failed") {
        Some(why) => Err(Failure::Internal(anyhow::anyhow!("{}: {why}", subject.name))),
        None => Ok(lines),
    }
}
