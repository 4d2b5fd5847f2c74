//! Mutated modules by the million: `cargo run --release -p nano-tests --example fuzz_modules -- [COUNT] [SEED]`.
//!
//! Each mutant is loaded and, where it is accepted, run. One that panics is written to `target/fuzz-SEED-NUMBER.iotpy`,
//! which takes the place of COUNT to run it again; one that does not end is written there too, and ends all.

use nano_tests::mutation::{Random, Tally, mutate, run, seeds};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A mutant's fuel is used up in milliseconds; so long none takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The mutant at work, by its number.
type AtWork = Arc<Mutex<(u64, Vec<u8>)>>;

/// Writes down a mutant that is still at work when it must have ended, and ends the program.
fn watch(at_work: &AtWork, seed: u64) {
    let mut before = u64::MAX;
    loop {
        std::thread::sleep(PATIENCE);
        let (number, mutant) = at_work.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if number == before {
            let path = format!("target/fuzz-{seed}-{number}.iotpy");
            std::fs::write(&path, &mutant).expect("writable");
            eprintln!("does not end: {path}");
            std::process::exit(2);
        }
        before = number;
    }
}

fn main() {
    let first = std::env::args_os().nth(1).map(std::path::PathBuf::from);
    if let Some(path) = first.filter(|path| path.extension().is_some_and(|extension| extension == "iotpy")) {
        let mut tally = Tally::default();
        run(&std::fs::read(path).expect("readable"), &mut tally);
        println!("{tally:?}");
        return;
    }
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let count = arguments.next().and_then(Result::ok).unwrap_or(100_000);
    let seed = arguments.next().and_then(Result::ok).unwrap_or(1);
    let mut sources = Vec::new();
    for folder in ["bench/corpus", "tests/hostile"] {
        for entry in std::fs::read_dir(folder).expect("run it from the repository").flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "py") {
                sources.push(std::fs::read_to_string(entry.path()).expect("readable"));
            }
        }
    }
    sources.sort();
    let seeds = seeds(&sources);
    let mut random = Random(seed * 0x9E37_79B9 + 1);
    let (mut tally, mut panics) = (Tally::default(), 0u64);
    let at_work = AtWork::default();
    let watched = Arc::clone(&at_work);
    std::thread::spawn(move || watch(&watched, seed));
    for number in 0..count {
        let at = random.below(seeds.len());
        let mutant = mutate(&seeds[at], &mut random);
        *at_work.lock().unwrap_or_else(PoisonError::into_inner) = (number, mutant.clone());
        if catch_unwind(AssertUnwindSafe(|| run(&mutant, &mut tally))).is_err() {
            panics += 1;
            let path = format!("target/fuzz-{seed}-{number}.iotpy");
            std::fs::write(&path, &mutant).expect("writable");
            eprintln!("panic: {path}");
        }
        if number > 0 && number % 1_000_000 == 0 {
            println!("{number}: {tally:?}, {panics} panics");
        }
    }
    println!("{count} mutants of {} modules: {tally:?}, {panics} panics", seeds.len());
    std::process::exit(i32::from(panics > 0));
}
