//! Programs at random on CPython and on IoTPy: `cargo run -p nano-tests --example differential -- [COUNT] [SEED]`, or
//! `-- FILE.py` for one program. Each difference is minimised, once per kind; exit status 1 if there is any.

use nano_tests::differential::{CPython, difference, grammar, minimise, on_iotpy, program};
use nano_tests::mutation::Random;
use std::collections::BTreeSet;

fn main() {
    std::thread::Builder::new().stack_size(256 << 20).spawn(work).expect("a thread").join().expect("no panic");
}

fn work() {
    let mut cpython = CPython::start();
    let first = std::env::args().nth(1).unwrap_or_default();
    if std::path::Path::new(&first).extension().is_some_and(|extension| extension == "py") {
        let source = std::fs::read_to_string(&first).expect("readable");
        let expected = cpython.run(&source);
        let got = on_iotpy(&source, false);
        println!("CPython: {expected:#?}\nIoTPy: {got:#?}");
        return;
    }
    let count: u64 = first.parse().unwrap_or(1000);
    let seed: u64 = std::env::args().nth(2).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let grammar = grammar();
    let (mut compared, mut found) = (0, BTreeSet::new());
    for number in 0..count {
        let source = program(&grammar, &mut Random::seeded(seed, number));
        let Some(expected) = cpython.run(&source) else { continue };
        compared += 1;
        let got = on_iotpy(&source, number % 8 == 0);
        let Some((left, right)) = difference(&expected, &got) else { continue };
        let words = |line: &str| line.chars().filter(|c| c.is_alphabetic()).take(30).collect::<String>();
        if found.insert((words(&left), words(&right))) {
            let small = minimise(&source, &mut cpython);
            println!("---- {number}\n{small}CPython: {left}\nIoTPy:   {right}");
        }
    }
    println!("{compared} programs of {count} compared (seed {seed}), {} kinds of difference", found.len());
    std::process::exit(i32::from(!found.is_empty()));
}
