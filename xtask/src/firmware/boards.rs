//! The boards' firmware on emulated cores: what fits, and the tests that drive the real images.

use std::process::Command;

use super::image::{Image, Size};
use crate::process;
use crate::repository::Repository;
use crate::test::Tally;

/// Power cuts in a run: a fraction of a second each.
const POWER_CUTS: &str = "200";
/// Where the code of an image must end, in flash, and what its variables may take of data RAM. What the runtime takes of its heap
/// is looked at when it starts (`emulator/tests/boards.rs`).
const LIMITS: Size = Size { flash: 460_000, data: 6 << 10 };
/// The same of the ESP32-C3, whose heap is among its data; its flash has room for 1,966,080 bytes.
const LIMITS_C3: Size = Size { flash: 1_450_000, data: 304 << 10 };

/// Builds the images, checks their sizes, and runs what drives them; each is a test.
pub fn test(repository: &Repository) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let rom = Image::named("esp8266-rom").ok_or("there is no stand-in for the boot ROM")?.build(repository)?;
    let esp8266 = Image::named("esp8266").ok_or("there is no image for the ESP8266")?.build(repository)?;
    let esp32c3 = Image::named("esp32c3").ok_or("there is no image for the ESP32-C3")?.build(repository)?;
    for (name, elf, limits) in [("esp8266", &esp8266, LIMITS), ("esp32c3", &esp32c3, LIMITS_C3)] {
        let size = Size::of(elf)?;
        eprintln!("   {name}: {size}");
        if size.flash <= limits.flash && size.data <= limits.data {
            tally += Tally::success();
        } else {
            eprintln!("error: the image of the {name} is over {limits}");
            tally += Tally::failure();
        }
    }
    let is_near = Image::named("esp8266").is_some_and(|image| image.far_calls(repository).is_none());
    tally += if is_near { Tally::success() } else { Tally::failure() };
    for name in ["mps2-an386", "riscv32-virt"] {
        let image = Image::named(name).ok_or_else(|| format!("there is no image {name}"))?.build(repository)?;
        eprintln!("   {name}: {}", Size::of(&image)?);
    }
    let plugin = super::image::plugin(repository, "narrow")?;
    let deliberate = super::image::DELIBERATE.build(repository)?;
    let mut tests = repository.cargo();
    tests
        .env("NANO_TEST_NARROW", &plugin)
        .env("NANO_TEST_DELIBERATE", deliberate.with_extension("bin"))
        .args(["test", "--quiet", "--locked", "--package", "nano-emulator", "--features", "boards", "--test", "boards"])
        .env("NANO_TEST_FIRMWARE", rom.parent().unwrap_or(&rom))
        .env("NANO_TEST_POWER_CUTS", POWER_CUTS);
    tally += outcome(&mut tests);
    let corpus = super::image::CORPUS.build(repository)?;
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
