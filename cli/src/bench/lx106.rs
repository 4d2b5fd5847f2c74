//! The corpus on the lx106 core: instructions, garbage collection included, and memory.

use super::{ARENA, Expected, collector, cpython, instrument, programs, smallest_arena, stem};
use crate::arguments::BenchVm;
use crate::failure::Failure;
use crate::load;
use nano_vm::{Aligned, Module};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Instructions that the counted calls of a program take together, about.
const BUDGET: u64 = 10_000_000;

/// What another interpreter needed for the same program on this core.
#[derive(Clone, Copy, Debug)]
struct Peer {
    instructions: f64,
    smallest: Option<u64>,
}

struct Row {
    name: String,
    /// Of one iteration.
    instructions: f64,
    bytecodes: f64,
    /// Of the first call of `bench`, top level included.
    cold: u64,
    /// Of checking the module.
    load: u64,
    peak: u64,
    smallest: usize,
    bytes: usize,
    peer: Option<Peer>,
    ok: bool,
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        self.peer.map(|peer| self.instructions / peer.instructions)
    }
}

/// Measures the corpus.
pub fn vm(arguments: &BenchVm) -> Result<u8, Failure> {
    let peers = peers(&arguments.corpus)?;
    let mut rows = Vec::new();
    for program in programs(arguments)? {
        rows.push(measure(&program, &peers)?);
    }
    let collections = collector::on_lx106(&arguments.filter)?;
    let ratios: Vec<f64> = rows.iter().filter_map(Row::ratio).collect();
    let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len().max(1) as f64).exp();
    if arguments.json {
        let mut object: Map<String, Value> = rows.iter().map(|row| (row.name.clone(), report(row))).collect();
        collector::report(&collections, &mut object);
        println!("{}", Value::Object(object));
    } else {
        if !rows.is_empty() {
            print(&rows);
        }
        if !ratios.is_empty() {
            anstream::println!("geometric mean of the ratios to MicroPython with boxed doubles: {mean:.3}");
        }
        collector::print(&collections);
    }
    Ok(u8::from(rows.iter().any(|row| !row.ok) || !collections.iter().all(collector::Row::ok)))
}

fn report(row: &Row) -> Value {
    json!({"instructions": row.instructions, "bytecodes": row.bytecodes, "cold_instructions": row.cold,
           "load_instructions": row.load, "heap_peak_bytes": row.peak, "smallest_heap_bytes": row.smallest,
           "module_bytes": row.bytes, "micropython_instructions": row.peer.map(|peer| peer.instructions),
           "micropython_smallest_heap_bytes": row.peer.and_then(|peer| peer.smallest),
           "ratio": row.ratio(), "ok": row.ok})
}

fn print(rows: &[Row]) {
    anstream::println!(
        "{:<10} {:>14} {:>11} {:>14} {:>6} {:>11} {:>8} {:>9} {:>12}  result",
        "program",
        "instructions",
        "a bytecode",
        "MicroPython",
        "ratio",
        "cold start",
        "peak B",
        "smallest B",
        "MicroPython B"
    );
    for row in rows {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        anstream::println!(
            "{:<10} {:>14.0} {:>11.1} {:>14} {:>6} {:>11} {:>8} {:>9} {:>12}  {}",
            row.name,
            row.instructions,
            row.instructions / row.bytecodes,
            or_dash(row.peer.map(|peer| peer.instructions.to_string())),
            or_dash(row.ratio().map(|ratio| format!("{ratio:.2}"))),
            row.cold,
            row.peak,
            row.smallest,
            or_dash(row.peer.and_then(|peer| peer.smallest).map(|bytes| bytes.to_string())),
            if row.ok { "equal" } else { "DIFFERENT" }
        );
    }
}

/// What MicroPython needed, beside the programs in `lx106.json`; nothing where there is no such file.
fn peers(corpus: &Path) -> Result<BTreeMap<String, Peer>, Failure> {
    let path = corpus.join("lx106.json");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let text = load::read(&path)?;
    let file: Value = serde_json::from_str(&text).map_err(|error| {
        Failure::with_hint(
            format!("{}: {error}", path.display()),
            "mend it or take it away; it only holds numbers to compare",
        )
    })?;
    let programs = file["programs"].as_object().into_iter().flatten();
    Ok(programs
        .filter_map(|(name, peer)| {
            let instructions = peer["instructions"].as_f64()?;
            Some((name.clone(), Peer { instructions, smallest: peer["smallest_heap_bytes"].as_u64() }))
        })
        .collect())
}

fn measure(program: &Path, peers: &BTreeMap<String, Peer>) -> Result<Row, Failure> {
    let compiled = load::compiled(&load::package(program)?, false)?;
    let name = stem(program);
    let Expected { inner, result: expected, .. } = cpython(program, Duration::ZERO)?;
    let run = |arena: usize, repeat: u64| {
        let mut request = format!("vm {arena} {repeat} {}\n", compiled.module.len()).into_bytes();
        request.extend_from_slice(&compiled.module);
        instrument::ask(&request)
    };
    // How often it is to be called, then that often.
    let once = run(ARENA, 1)?;
    if let Some(why) = instrument::field(&once, "failed") {
        return Err(Failure::Code(format!("error: {name}: {why}\n")));
    }
    let repeat = (BUDGET / instrument::number(&once, "warm").max(1)).clamp(1, 1000);
    let lines = if repeat == 1 { once } else { run(ARENA, repeat)? };
    let result = instrument::field(&lines, "result").unwrap_or_default();

    // The arena has the same bytes on every core, so this machine finds its smallest size and the core confirms it.
    let module = Module::load(Aligned::new(&compiled.module)).map_err(|error| Failure::Internal(error.into()))?;
    let smallest = smallest_arena(&module, result);
    let confirmed = instrument::field(&run(smallest, 1)?, "result") == Some(result);
    let calls = repeat as f64 * inner;
    Ok(Row {
        instructions: instrument::number(&lines, "warm") as f64 / calls,
        bytecodes: instrument::number(&lines, "bytecodes") as f64 / calls,
        cold: instrument::number(&lines, "cold"),
        load: instrument::number(&lines, "load"),
        peak: instrument::number(&lines, "peak"),
        smallest,
        bytes: compiled.module.len(),
        peer: peers.get(&name).copied(),
        ok: result == expected && confirmed,
        name,
    })
}
