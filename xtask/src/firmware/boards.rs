//! The boards' firmware on emulated cores: what fits, and the tests that drive the real images.

use std::process::Command;

use super::image::{self, Image, Size};
use crate::process;
use crate::repository::Repository;
use crate::test::Tally;

/// Power cuts in a run: a fraction of a second each.
const POWER_CUTS: &str = "200";

/// Builds the images, checks their sizes, and runs what drives them; each is a test.
pub fn test(repository: &Repository) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let rom = Image::named(repository, "esp8266-rom")?.build(repository)?;
    for board in image::boards(repository)? {
        let size = Size::of(&board.image().build(repository)?)?;
        eprintln!("   {}: {size}", board.board);
        let Some(limits) = board.limits() else { continue };
        if size.flash <= limits.flash && size.data <= limits.data {
            tally += Tally::success();
        } else {
            eprintln!("error: the image of the {} is over {limits}", board.board);
            tally += Tally::failure();
        }
    }
    let is_near = Image::named(repository, "esp8266")?.far_calls(repository).is_none();
    tally += if is_near { Tally::success() } else { Tally::failure() };
    let plugin = image::plugin(repository, "narrow")?;
    let deliberate = image::deliberate().build(repository)?;
    let mut tests = repository.cargo();
    tests
        .env("NANO_TEST_NARROW", &plugin)
        .env("NANO_TEST_DELIBERATE", deliberate.with_extension("bin"))
        .args(["test", "--quiet", "--locked", "--package", "nano-emulator", "--features", "boards", "--test", "boards"])
        .env("NANO_TEST_FIRMWARE", rom.parent().unwrap_or(&rom))
        .env("NANO_TEST_POWER_CUTS", POWER_CUTS);
    tally += outcome(&mut tests);
    let corpus = image::corpus().build(repository)?;
    let mut language = repository.cargo();
    language
        .args(["test", "--quiet", "--locked", "--package", "nano-tests", "--features", "boards", "--test", "lx106"])
        .env("NANO_TEST_NARROW", &plugin)
        .env("NANO_TEST_FIRMWARE", corpus.parent().unwrap_or(&corpus));
    tally += outcome(&mut language);
    let mut deploy = repository.cargo();
    deploy
        .env("NANO_TEST_ESPTOOL", crate::setup::esptool(repository)?)
        .args([
            "test",
            "--quiet",
            "--locked",
            // One failure hides no other.
            "--no-fail-fast",
            "--package",
            "nano-cli",
            "--features",
            "boards",
            "--test",
            "deploy",
            "--test",
            "usb",
            "--test",
            "emulated",
            "--test",
            "link",
        ])
        .env("NANO_TEST_FIRMWARE", rom.parent().unwrap_or(&rom));
    tally += outcome(&mut deploy);
    let mut keep = repository.cargo();
    keep.current_dir(repository.root.join("firmware"))
        .env("CARGO_TARGET_DIR", repository.target.join("firmware-host"))
        .args(["test", "--quiet", "--locked"])
        .args(super::clippy::HOST.iter().flat_map(|package| ["--package", package]));
    tally += outcome(&mut keep);
    Ok(tally)
}

fn outcome(command: &mut Command) -> Tally {
    process::run(command).map_or_else(
        |error| {
            eprintln!("error: {error}");
            Tally::failure()
        },
        |()| Tally::success(),
    )
}
