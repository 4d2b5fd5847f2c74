//! The steps of `cargo xtask test`, cheapest first.

use std::process::Command;

use super::tally::Tally;
use super::{Outcome, runners};
use crate::repository::Repository;
use crate::setup::{self, Need};
use crate::{firmware, generate, process};

/// One step of the run.
pub struct Step {
    /// What selects it on the command line.
    pub name: &'static str,
    /// What it shows.
    pub what: &'static str,
    /// Whether it runs tests that a filter can choose among.
    pub takes_filter: bool,
    /// Does it.
    pub run: fn(&Repository, Option<&str>) -> Result<Outcome, String>,
}

/// All of them.
pub const STEPS: &[Step] = &[
    Step { name: "fmt", what: "the code is formatted", takes_filter: false, run: fmt },
    Step { name: "generated", what: "generated files are up to date", takes_filter: false, run: generated },
    Step { name: "clippy", what: "no lint complains", takes_filter: false, run: clippy },
    Step { name: "tests", what: "all crates' and whole-program tests", takes_filter: true, run: tests },
    Step { name: "doctests", what: "the examples in the documentation run", takes_filter: true, run: doctests },
    Step {
        name: "bare-metal",
        what: "the no_std crates build for microcontrollers",
        takes_filter: false,
        run: bare_metal,
    },
    Step {
        name: "firmware",
        what: "images build, fit, and do on emulated cores what the host does",
        takes_filter: false,
        run: firmware,
    },
];

/// What runs on a device, with the features it has there.
const NO_STD: [&str; 5] = ["nano-wire", "nano-caps", "nano-woof", "nano-vm", "nano-device"];

fn fmt(repository: &Repository, _: Option<&str>) -> Result<Outcome, String> {
    if !process::succeeds(repository.cargo().args(["fmt", "--version"])) {
        return Ok(Outcome::Skipped("rustfmt is missing; hint: rustup component add rustfmt".into()));
    }
    check(repository.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(repository: &Repository, _: Option<&str>) -> Result<Outcome, String> {
    if !process::succeeds(repository.cargo().args(["clippy", "--version"])) {
        return Ok(Outcome::Skipped("clippy is missing; hint: rustup component add clippy".into()));
    }
    // The tests that need boards run in the firmware step; that they compile is seen here.
    let boards = ["--features", "nano-emulator/boards,nano-cli/boards"];
    let mut command = repository.cargo();
    process::run(
        command
            .args(["clippy", "--workspace", "--all-targets", "--quiet"])
            .args(boards)
            .args(["--", "--deny", "warnings"]),
    )?;
    for need in [Need::BareMetal, Need::Lx106, Need::BoardClippy] {
        if let Err(reason) = setup::ensure(need) {
            return Ok(Outcome::Skipped(reason));
        }
    }
    firmware::clippy(repository)?;
    Ok(Outcome::Ran(Tally::success()))
}

fn generated(repository: &Repository, _: Option<&str>) -> Result<Outcome, String> {
    if let Err(reason) = setup::ensure(Need::CxxCompiler) {
        return Ok(Outcome::Skipped(reason));
    }
    generate::check(repository)?;
    Ok(Outcome::Ran(Tally::success()))
}

fn tests(repository: &Repository, filter: Option<&str>) -> Result<Outcome, String> {
    // The stock AWS clients are part of the tests, so without them the tests are not what they claim.
    let clients = match setup::clients(repository) {
        Ok(clients) => clients,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let others = match setup::other_clients(repository) {
        Ok(others) => others,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let packages = match setup::packages(repository) {
        Ok(packages) => packages,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let suites = match setup::suites(repository) {
        Ok(suites) => suites,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let second = setup::aws_cli();
    if let Err(reason) = &second {
        if super::is_ci() {
            return Ok(Outcome::Skipped(reason.clone()));
        }
        eprintln!("   the edge is not tested with it: {reason}");
    }
    let capture = setup::ensure(Need::Capture);
    if let Err(reason) = &capture {
        if super::is_ci() {
            return Ok(Outcome::Skipped(reason.clone()));
        }
        eprintln!("   the replay test has a recorder of its own: {reason}");
    }
    let suite = setup::cpython_tests(repository);
    if let Err(reason) = &suite {
        if super::is_ci() {
            return Ok(Outcome::Skipped(reason.clone()));
        }
        eprintln!("   nano is not tested with them: {reason}");
    }
    let terraform = setup::terraform();
    if terraform.is_none() {
        eprintln!(
            "   the edge is not tested with Terraform itself, which no package registry has; its requests are replayed"
        );
    }
    let mut tally = runners::tests(repository, filter, |command| {
        if let Some(providers) = &terraform {
            command.env("NANO_TEST_TERRAFORM", providers);
        }
        if capture.is_ok() {
            // Nothing but the lack of a right may keep the replay test from a stock capture.
            command.env("NANO_TEST_CAPTURE", "1");
        }
        if let Ok(suite) = &suite {
            command.env("NANO_TEST_CPYTHON", suite);
        }
        if let Ok(second) = &second {
            command.env("NANO_TEST_AWS2", second);
        }
        command
            .env("NANO_TEST_PYTHON", clients.python())
            .env("NANO_TEST_AWS", clients.aws())
            .env("NANO_TEST_CLIENTS", &others)
            .env("NANO_TEST_PACKAGES", &packages)
            .env("NANO_TEST_SUITES", &suites)
    })?;
    if filter.is_none() {
        tally += runners::without_features(repository)?;
    }
    Ok(Outcome::Ran(tally))
}

fn doctests(repository: &Repository, filter: Option<&str>) -> Result<Outcome, String> {
    runners::doctests(repository, filter).map(Outcome::Ran)
}

#[expect(clippy::unnecessary_wraps, reason = "the type of every step")]
fn bare_metal(repository: &Repository, _: Option<&str>) -> Result<Outcome, String> {
    let toolchain = match setup::bare_metal() {
        Ok(toolchain) => toolchain,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    eprintln!("   compiler: {}", toolchain.describe());
    let mut tally = Tally::default();
    for target in setup::TARGETS {
        for package in NO_STD {
            let mut build = toolchain.cargo_build(repository);
            build.args(["--quiet", "--no-default-features", "--package", package, "--target", target]);
            // One crate that doesn't build says nothing about the next.
            tally += process::run(&mut build).map_or_else(
                |error| {
                    eprintln!("error: {error}");
                    Tally::failure()
                },
                |()| Tally::success(),
            );
        }
    }
    Ok(Outcome::Ran(tally))
}

fn firmware(repository: &Repository, _: Option<&str>) -> Result<Outcome, String> {
    for need in [Need::Lx106, Need::Emulators] {
        if let Err(reason) = setup::ensure(need) {
            return Ok(Outcome::Skipped(reason));
        }
    }
    firmware::test(repository).map(Outcome::Ran)
}

fn check(command: &mut Command) -> Result<Outcome, String> {
    process::run(command)?;
    Ok(Outcome::Ran(Tally::success()))
}
