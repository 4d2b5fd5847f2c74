//! `cargo xtask soak`: what every test run does a little of, done for long.

use std::path::PathBuf;
use std::process::Command;

use crate::firmware;
use crate::process;
use crate::repository::Repository;
use crate::setup::{self, Need};

/// What `cargo xtask soak --help` prints.
pub const HELP: &str = "\
cargo xtask soak [NAME]

Does for minutes what every test run does a little of; all, or one. Prints what came of each and fails where one fails.

  hostile    a minute of anything at full speed: in the edge's place of a board on Ethernet, and on the line of an ESP8266
  power      1000 power cuts of an emulated ESP8266: while it appends and while it is updated; 100 inside a write of flash
  decoders   10,000,000 inputs to every decoder of capabilities, of the gate and of the device's link
  modules    10,000,000 modules that lie, loaded and run
  sources    200,000 mutated programs, compiled and checked

An edge's stores have `cargo xtask crash`.";

/// One of them.
struct Soak {
    name: &'static str,
    run: fn(&Repository) -> Result<(), String>,
}

const SOAKS: [Soak; 5] = [
    Soak { name: "hostile", run: hostile },
    Soak { name: "power", run: power },
    Soak { name: "decoders", run: decoders },
    Soak { name: "modules", run: modules },
    Soak { name: "sources", run: sources },
];

/// Runs one or all.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    let chosen: Vec<&Soak> = match arguments {
        [] => SOAKS.iter().collect(),
        [name] => SOAKS.iter().filter(|soak| soak.name == name).collect(),
        _ => return Err("one NAME at most".into()),
    };
    if chosen.is_empty() {
        let names: Vec<&str> = SOAKS.iter().map(|soak| soak.name).collect();
        return Err(format!("no such soak; there are: {}", names.join(", ")));
    }
    let mut holds = true;
    for soak in chosen {
        match (soak.run)(repository) {
            Ok(()) => println!("{:<9} holds", soak.name),
            Err(error) => {
                println!("{:<9} fails: {error}", soak.name);
                holds = false;
            }
        }
    }
    Ok(holds)
}

fn hostile(repository: &Repository) -> Result<(), String> {
    let mut tests = on_boards(repository, "nano-cli", "link", "an_enemy_at_full_speed")?;
    process::run(tests.env("NANO_TEST_HOSTILE_SECONDS", "60"))
}

fn power(repository: &Repository) -> Result<(), String> {
    for (package, test, filter) in
        [("nano-emulator", "boards", "power_"), ("nano-cli", "link", "power_that_goes_in_the_middle_of_a_write")]
    {
        process::run(on_boards(repository, package, test, filter)?.env("NANO_TEST_POWER_CUTS", "1000"))?;
    }
    Ok(())
}

fn decoders(repository: &Repository) -> Result<(), String> {
    process::run(&mut example(repository, "nano-device", "fuzz", &["--iterations", "10000000"]))
}

fn modules(repository: &Repository) -> Result<(), String> {
    process::run(&mut example(repository, "nano-tests", "fuzz_modules", &["10000000"]))
}

fn sources(repository: &Repository) -> Result<(), String> {
    let mut test = repository.cargo();
    test.env("NANO_FUZZ_ROUNDS", "200000")
        .args(["test", "--release", "--quiet", "--locked", "--package", "nano-compiler", "--test", "sanity"])
        .args(["mutated_sources", "--", "--nocapture"]);
    process::run(&mut test)
}

/// Tests that drive real images on emulated cores, one at a time, with what they print.
fn on_boards(repository: &Repository, package: &str, test: &str, filter: &str) -> Result<Command, String> {
    let images = images(repository)?;
    let mut command = repository.cargo();
    command
        .env("NANO_TEST_FIRMWARE", images)
        .args(["test", "--quiet", "--locked", "--package", package, "--features", "boards", "--test", test])
        .args([filter, "--", "--nocapture", "--test-threads=1"]);
    Ok(command)
}

/// The folder of the images, built anew.
fn images(repository: &Repository) -> Result<PathBuf, String> {
    for need in [Need::Lx106, Need::Emulators] {
        setup::ensure(need)?;
    }
    firmware::images(repository, &["esp8266-rom", "esp8266", "mps2-an386"])
}

fn example(repository: &Repository, package: &str, name: &str, arguments: &[&str]) -> Command {
    let mut command = repository.cargo();
    command
        .args(["run", "--release", "--quiet", "--locked", "--package", package, "--example", name, "--"])
        .args(arguments);
    command
}
