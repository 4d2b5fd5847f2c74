//! Mutated modules by the million: `cargo run --release -p nano-tests --example fuzz_modules -- [COUNT] [SEED] [--keep]`.
//!
//! Each mutant is loaded and, where it is accepted, run. One that panics is written to `target/fuzz-SEED-NUMBER.iotpy`,
//! which takes the place of COUNT to run it again; one that does not end is written there too, and ends all. It begins
//! with what is kept in `tests/hostile/kept.txt`, and changes that further; `--keep` writes down what is worth keeping,
//! of the modules as they are compiled now.

use nano_tests::kept::{CORPUS, Corpus};
use nano_tests::mutation::{Random, run, seeds};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A mutant's fuel is used up in milliseconds; so long none takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the corpus begins with.
const HEAD: &str = "\
# Modules that lie, each for something that no other shows. `seed NAME BYTES` is a module; `NAME FORM PLACE:BYTES..` is one
# with other bytes, as it travels (`module`) or as it is run (`image`). All numbers are hexadecimal. Written by
# cargo run --release -p nano-tests --example fuzz_modules -- 1000000 --keep
";

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
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let keep = arguments.iter().position(|argument| argument == "--keep").map(|at| arguments.remove(at)).is_some();
    let file = arguments.first().map(std::path::Path::new);
    if let Some(file) = file.filter(|file| file.extension().is_some_and(|extension| extension == "iotpy")) {
        println!("{:?}", run(&std::fs::read(file).expect("readable"), false));
        return;
    }
    let number = |at: usize, default| arguments.get(at).map_or(Ok(default), |text| text.parse::<u64>());
    let (count, seed) = (number(0, 100_000).expect("a count"), number(1, 1).expect("a seed"));
    let (_, kept) = Corpus::read(&std::fs::read_to_string(CORPUS).unwrap_or_default());
    let mut corpus = Corpus::new(seeds());
    corpus.try_all(&kept);
    let mut random = Random(seed * 0x9E37_79B9 + 1);
    let mut panics = 0u64;
    let at_work = AtWork::default();
    let watched = Arc::clone(&at_work);
    std::thread::spawn(move || watch(&watched, seed));
    for number in 0..count {
        let recipe = corpus.mutant(&mut random);
        let mutant = corpus.module(&recipe).unwrap_or_default();
        *at_work.lock().unwrap_or_else(PoisonError::into_inner) = (number, mutant.clone());
        if catch_unwind(AssertUnwindSafe(|| corpus.try_out(&recipe))).is_err() {
            panics += 1;
            let path = format!("target/fuzz-{seed}-{number}.iotpy");
            std::fs::write(&path, &mutant).expect("writable");
            eprintln!("panic: {path}: {recipe}");
        }
        if number > 0 && number % 1_000_000 == 0 {
            println!("{number}: {:?}, {panics} panics", corpus.tally);
        }
    }
    println!("{count} mutants: {:?}, {panics} panics", corpus.tally);
    if keep {
        corpus.shrink();
        std::fs::write(CORPUS, format!("{HEAD}{corpus}")).expect("writable");
    }
    let (entries, signs) = corpus.found();
    println!("{entries} of them show {signs} different things");
    std::process::exit(i32::from(panics > 0));
}
