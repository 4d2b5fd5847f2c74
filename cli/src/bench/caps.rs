//! Capability operations on the lx106 core, beside the paper's times on the same chip.

use super::instrument;
use crate::arguments::{BenchCaps, Core};
use crate::failure::Failure;
use serde_json::{Map, Value, json};

/// What is measured: the instrument's word, what it is, the paper's time in ms, our goal in ms.
const ROWS: [(&str, &str, Option<f64>, Option<f64>); 12] = [
    ("sha256_32", "SHA-256 of 32 bytes", Some(0.088), Some(0.045)),
    ("hmac_16", "HMAC, 128-bit key", Some(0.37), Some(0.18)),
    ("bind", "bind a request (client, key known)", Some(0.58), Some(0.20)),
    ("verify_1", "verify, 1 level, bound", Some(0.9), Some(0.25)),
    ("verify_3", "verify, 3 levels, bound (paper: unbound)", Some(1.0), Some(0.35)),
    ("verify_5", "verify, 5 levels, bound (paper: unbound)", Some(1.3), Some(0.45)),
    ("derive", "derive one level", None, None),
    ("respond", "answer", None, None),
    ("step", "one step of the chain", None, None),
    ("refuse_tag", "refuse a wrong tag, 1 level", None, None),
    // 500 instructions.
    ("refuse_early", "refuse before hashing, the dearest case", None, Some(0.006_25)),
    ("refuse_flood", "refuse in a flood", None, Some(0.006_25)),
];

/// Measures.
pub fn caps(arguments: &BenchCaps) -> Result<u8, Failure> {
    let Core::Lx106 = arguments.target;
    let board = instrument::board()?;
    let lines = instrument::ask(b"caps\n")?;
    let ms = |name: &str| board.cycles_ms(instrument::number(&lines, name));
    if arguments.json {
        let object: Map<String, Value> = ROWS
            .iter()
            .map(|(name, _, paper, goal)| {
                let row = json!({"instructions": instrument::number(&lines, name), "ms": ms(name), "paper_ms": paper,
                                 "goal_ms": goal});
                ((*name).to_owned(), row)
            })
            .collect();
        println!("{}", Value::Object(object));
        return Ok(0);
    }
    anstream::println!(
        "{:<42} {:>12} {:>8} {:>8} {:>8}",
        format!("lx106 at {} MHz", board.processor.clock_mhz),
        "instructions",
        "ms",
        "paper ms",
        "goal ms"
    );
    let or_dash = |number: Option<f64>| number.map_or_else(|| "-".into(), |number| number.to_string());
    for (name, what, paper, goal) in ROWS {
        let instructions = instrument::number(&lines, name);
        // An image of an earlier build measures less.
        if instructions == 0 {
            continue;
        }
        anstream::println!(
            "{what:<42} {instructions:>12} {:>8.3} {:>8} {:>8}",
            ms(name),
            or_dash(paper),
            or_dash(goal)
        );
    }
    for size in [8, 16] {
        let least = instrument::number(&lines, &format!("wrong_tag_{size}_least"));
        let most = instrument::number(&lines, &format!("wrong_tag_{size}_most"));
        anstream::println!(
            "wrong tag of {size} bytes, whichever byte differs: {least} to {most} instructions (the counter rounds by 2)"
        );
    }
    anstream::println!("ms: one cycle an instruction, and no cache misses");
    Ok(0)
}
