//! `cargo xtask test [FILTER]`: every check of the repository, timed, with one closing line.

mod runners;
mod steps;
mod tally;

use std::time::{Duration, Instant};

use crate::repository::{Repository, is_ci};
use steps::{STEPS, Step};
pub use tally::Tally;

/// What a step came to.
#[derive(Debug)]
enum Outcome {
    /// It ran; counts as many tests as it has.
    Ran(Tally),
    /// It could not run, and why.
    Skipped(String),
}

/// What `cargo xtask test --help` prints.
pub const HELP: &str = "\
cargo xtask test [FILTER]

Runs every check: formatting, lints, generated files, all tests, the documentation's examples and the
bare-metal builds. FILTER is the name of one step, or part of the name of a test, test file or crate.

  cargo xtask test                  everything
  cargo xtask test fmt              one step
  cargo xtask test import           the tests with `import` in their name
  cargo xtask test --list           the steps

The closing line on standard output is `N passed, N failed`, with `, N skipped` when something could not
run; the exit code is 0 only when nothing failed. With CI=true a skip is a failure.";

/// Runs the steps; whether all is well.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    match arguments {
        [] => run_steps(repository, STEPS, None),
        [list] if list == "--list" => {
            for step in STEPS {
                println!("{:<12} {}", step.name, step.what);
            }
            Ok(true)
        }
        [option] if option.starts_with('-') => Err(format!("unknown option {option}; hint: cargo xtask test --help")),
        [filter] => match STEPS.iter().find(|step| step.name == filter) {
            Some(step) => run_steps(repository, std::slice::from_ref(step), None),
            None => run_steps(repository, STEPS, Some(filter)),
        },
        _ => Err("one FILTER at most; hint: cargo xtask test --help".into()),
    }
}

fn run_steps(repository: &Repository, steps: &[Step], filter: Option<&str>) -> Result<bool, String> {
    crate::setup::ensure(crate::setup::Need::Linker)?;
    let mut done: Vec<(&str, Duration, Outcome)> = Vec::new();
    for step in steps.iter().filter(|step| filter.is_none() || step.takes_filter) {
        eprintln!("== {}: {}", step.name, step.what);
        let start = Instant::now();
        let outcome = (step.run)(repository, filter).unwrap_or_else(|error| {
            eprintln!("error: {error}");
            Outcome::Ran(Tally::failure())
        });
        done.push((step.name, start.elapsed(), outcome));
    }
    let ran_tests = steps.iter().any(|step| step.takes_filter);
    Ok(report(&done, ran_tests))
}

/// Prints the table and the closing line; whether all is well.
fn report(done: &[(&str, Duration, Outcome)], must_have_tests: bool) -> bool {
    let ci = is_ci();
    let mut total = Tally::default();
    let mut notes = Vec::new();
    eprintln!("== result");
    for (name, time, outcome) in done {
        let tally = match outcome {
            Outcome::Ran(tally) => {
                if ci && tally.skipped > 0 {
                    notes.push(format!("failed: {name}: {} ignored tests, and CI=true", tally.skipped));
                }
                *tally
            }
            Outcome::Skipped(reason) => {
                notes.push(if ci {
                    format!("failed: {name}: cannot run here, and CI=true: {reason}")
                } else {
                    format!("skipped: {name}: {reason}")
                });
                Tally::skip()
            }
        };
        let tally = if ci { tally.with_skips_failed() } else { tally };
        eprintln!("   {name:<12} {:>7.1} s   {tally}", time.as_secs_f64());
        total += tally;
    }
    if must_have_tests && total.passed + total.failed == 0 {
        notes.push("failed: not one test ran".into());
        total += Tally::failure();
    }
    for note in notes {
        eprintln!("{note}");
    }
    println!("{total}");
    total.failed == 0
}
