//! Fuzzes every decoder for as long as one likes: `cargo run -p nano-device --example fuzz -- --iterations 10000000`.
//!
//! `--seed N` begins elsewhere; `--keep` writes the inputs that found something new to the corpus of the tests.

#[path = "../tests/suite/fuzz.rs"]
mod fuzz;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map_or(default, |at| arguments.get(at + 1).and_then(|text| text.parse().ok()).expect("a number"))
    };
    let (iterations, seed) = (number("--iterations", 1_000_000), number("--seed", 2));
    let corpus = std::fs::read_to_string(fuzz::CORPUS).unwrap_or_default();
    let mut fuzz = fuzz::Fuzz::new(&corpus, seed);
    let begun = std::time::Instant::now();
    for done in 1..=iterations {
        fuzz.step();
        if done % (iterations / 10).max(1) == 0 {
            let (kept, outcomes) = fuzz.found();
            println!("{done} inputs, {:.0} s: {kept} kept, {outcomes} outcomes", begun.elapsed().as_secs_f64());
        }
    }
    println!(
        "{iterations} inputs, each to every decoder: nothing panicked, nothing forged passed; accepted {} times",
        fuzz.accepted
    );
    if arguments.iter().any(|argument| argument == "--keep") {
        std::fs::write(fuzz::CORPUS, fuzz.corpus()).expect("the corpus is written");
    }
}
