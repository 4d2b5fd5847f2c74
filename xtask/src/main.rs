//! The repository's own commands: `cargo xtask demo`, `test`, `bench`, `firmware`, `generate`,
//! `sanitize`, `crash`, `soak`, `setup`.

mod bench;
mod crash;
mod demo;
mod firmware;
mod generate;
mod process;
mod repository;
mod sanitize;
mod setup;
mod soak;
mod test;
mod tighten;

use std::env;
use std::process::ExitCode;

use repository::Repository;

const HELP: &str = "\
The repository's own commands:

  cargo xtask demo                  builds nano and plays its main job, visibly; leaves nothing running
  cargo xtask test [FILTER]         every check; closes with `N passed, N failed`
  cargo xtask bench [NAME]          the benchmarks' numbers
  cargo xtask firmware [NAME]       builds the boards' images
  cargo xtask generate [--check]    writes (or compares) generated files
  cargo xtask tighten IN.s OUT.s    what the linker wrapper of the ESP8266's core calls
  cargo xtask sanitize              interpreter, capabilities and modules that lie under AddressSanitizer and Miri
  cargo xtask crash [--count N]     kills an edge's stores at work N times and looks for what was answered
  cargo xtask soak [NAME]           minutes of power cuts, hostile lines and fuzzing: what test does a little of
  cargo xtask setup                 finds or installs what the others need; they do so by themselves

COMMAND --help says more.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (name, rest) = match arguments.split_first() {
        None => ("help", [].as_slice()),
        Some((name, rest)) => (name.as_str(), rest),
    };
    let asks_for_help = rest.iter().any(|argument| argument == "--help" || argument == "-h");
    let help = match name {
        "help" | "--help" | "-h" => Some(HELP),
        "demo" if asks_for_help => Some(demo::HELP),
        "test" if asks_for_help => Some(test::HELP),
        "bench" if asks_for_help => Some(bench::HELP),
        "crash" if asks_for_help => Some(crash::HELP),
        "soak" if asks_for_help => Some(soak::HELP),
        "sanitize" if asks_for_help => Some(sanitize::HELP),
        "firmware" if asks_for_help => Some(firmware::HELP),
        "generate" if asks_for_help => Some(generate::HELP),
        _ if asks_for_help => Some(HELP),
        _ => None,
    };
    if let Some(help) = help {
        println!("{help}");
        return ExitCode::SUCCESS;
    }
    match run(name, rest) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well; an error when the command could not do its work.
fn run(name: &str, arguments: &[String]) -> Result<bool, String> {
    if name == "tighten" {
        return tighten::run(arguments);
    }
    let repository = Repository::find()?;
    match name {
        "setup" => setup::all(&repository).map(|()| true),
        "test" => test::run(&repository, arguments),
        "generate" => generate::run(&repository, arguments),
        "demo" => demo::run(&repository, arguments),
        "bench" => bench::run(&repository, arguments),
        "firmware" => firmware::run(&repository, arguments),
        "crash" => crash::run(&repository, arguments),
        "soak" => soak::run(&repository, arguments),
        "sanitize" => sanitize::run(&repository),
        _ => Err(format!("no command `{name}`; hint: cargo xtask help")),
    }
}
