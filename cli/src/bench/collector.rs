//! Collecting a full arena, on this machine and on the lx106 core.

use super::{BUDGET, instrument, matches};
use crate::failure::Failure;
use crate::host::Console;
use crate::load;
use nano_compiler::Package;
use nano_vm::{Aligned, Collected, Event, Instance, Limits, Module};
use serde_json::{Map, Value, json};
use std::time::Instant;

/// Its functions fill the arena.
const READINGS: &str = include_str!("../../../bench/collector/readings.py");
/// Bytes of the arena.
const ARENA: usize = 16 << 10;
/// What is not in use of a full one, at most: what is kept back for errors, and less than one more object.
const SLACK: u32 = 512;
/// On the lx106 at 80 MHz.
const GOAL_MS: f64 = 2.0;

/// What the arena is filled with.
struct Case {
    name: &'static str,
    function: &'static str,
    what: &'static str,
}

const CASES: [Case; 3] = [
    Case { name: "collect_mixed", function: "mixed", what: "a handler's data, half of it alive" },
    Case { name: "collect_live", function: "live", what: "a handler's data, all alive" },
    Case { name: "collect_dense", function: "dense", what: "pairs of references, all alive" },
];

/// What it takes.
enum Price {
    /// This machine's.
    Microseconds(f64),
    /// The core's, and what they take at the board's clock.
    Instructions { count: u64, ms: f64 },
}

/// A case and what collecting came to.
pub struct Row {
    name: &'static str,
    what: &'static str,
    collected: Collected,
    price: Price,
}

impl Row {
    /// Was the arena full?
    pub fn ok(&self) -> bool {
        self.collected.before + SLACK >= ARENA as u32
    }
}

/// Are there cases whose name matches?
pub fn is_wanted(filter: &str) -> bool {
    CASES.iter().any(|case| matches(filter, case.name))
}

/// Collects on this machine: the best of many times.
pub fn here(filter: &str) -> Result<Vec<Row>, Failure> {
    let module = Module::load(Aligned::new(&module()?)).map_err(|error| Failure::Internal(error.into()))?;
    rows(filter, |function| {
        let mut instance = Instance::new(module.clone(), ARENA, Limits::default());
        let mut host = Console::new();
        let (mut best, mut collected) = (f64::MAX, None);
        let begin = Instant::now();
        while collected.is_none() || begin.elapsed() < BUDGET {
            if let Err(failure) = instance.invoke(&mut host, function, Event::Json("null")).result {
                return Err(Failure::Internal(anyhow::anyhow!("{function}: {failure:?}")));
            }
            let start = Instant::now();
            collected = instance.collect(&mut host);
            best = best.min(start.elapsed().as_secs_f64() * 1e6);
        }
        let collected = collected.ok_or_else(|| Failure::Internal(anyhow::anyhow!("{function} left no arena")))?;
        Ok((collected, Price::Microseconds(best)))
    })
}

/// Collects on the lx106 core: every instruction counts, those that set the machine up too.
pub fn on_lx106(filter: &str) -> Result<Vec<Row>, Failure> {
    let (module, board) = (module()?, instrument::board()?);
    rows(filter, |function| {
        let mut request = format!("collect {function} {ARENA} {}\n", module.len()).into_bytes();
        request.extend_from_slice(&module);
        let lines = instrument::ask(&request)?;
        if let Some(why) = instrument::field(&lines, "failed") {
            return Err(Failure::Internal(anyhow::anyhow!("{function}: {why}")));
        }
        let bytes = |name| instrument::number(&lines, name) as u32;
        let collected = Collected { before: bytes("before"), after: bytes("after") };
        let count = instrument::number(&lines, "collect");
        Ok((collected, Price::Instructions { count, ms: board.cycles_ms(count) }))
    })
}

fn module() -> Result<Vec<u8>, Failure> {
    let mut package = Package::new("readings");
    package.add("readings.py", READINGS);
    Ok(load::compiled(&package, false)?.module)
}

fn rows(filter: &str, measure: impl Fn(&str) -> Result<(Collected, Price), Failure>) -> Result<Vec<Row>, Failure> {
    let wanted = CASES.iter().filter(|case| matches(filter, case.name));
    wanted
        .map(|case| {
            let (collected, price) = measure(case.function)?;
            Ok(Row { name: case.name, what: case.what, collected, price })
        })
        .collect()
}

/// Adds them to the report.
pub fn report(rows: &[Row], object: &mut Map<String, Value>) {
    for row in rows {
        let Collected { before, after } = row.collected;
        let mut one = json!({"arena_bytes": ARENA, "before_bytes": before, "after_bytes": after, "ok": row.ok()});
        match row.price {
            Price::Microseconds(us) => one["us"] = us.into(),
            Price::Instructions { count, ms } => {
                one["instructions"] = count.into();
                one["ms"] = ms.into();
                one["goal_ms"] = GOAL_MS.into();
            }
        }
        object.insert(row.name.to_owned(), one);
    }
}

/// Prints them.
pub fn print(rows: &[Row]) {
    let Some(first) = rows.first() else { return };
    let heading = format!("collecting a full arena of {} KiB", ARENA >> 10);
    match first.price {
        Price::Microseconds(_) => anstream::println!("{heading:<52} {:>12} {:>8} {:>8}", "us", "before B", "after B"),
        Price::Instructions { .. } => anstream::println!(
            "{heading:<52} {:>12} {:>8} {:>8} {:>8} {:>8}",
            "instructions",
            "ms",
            "goal ms",
            "before B",
            "after B"
        ),
    }
    for row in rows {
        let Collected { before, after } = row.collected;
        let what = format!("{:<14} {}", row.name, row.what);
        let full = if row.ok() { "" } else { "  NOT FULL" };
        match row.price {
            Price::Microseconds(us) => anstream::println!("{what:<52} {us:>12.3} {before:>8} {after:>8}{full}"),
            Price::Instructions { count, ms } => {
                anstream::println!("{what:<52} {count:>12} {ms:>8.3} {GOAL_MS:>8} {before:>8} {after:>8}{full}");
            }
        }
    }
}
