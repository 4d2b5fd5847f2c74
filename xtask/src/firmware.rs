//! `cargo xtask firmware [NAME]`: the boards' images, built from packages alone, with their sizes.

mod battery;
mod boards;
mod caps;
mod clippy;
mod flash;
mod idf;
mod image;

use std::path::PathBuf;

use crate::repository::Repository;
use crate::test::Tally;
pub use clippy::clippy;
pub use image::{Image, Size};

/// What `cargo xtask firmware --help` prints.
pub const HELP: &str = "\
cargo xtask firmware [NAME]

Builds the boards' images, or one, and leaves them as `firmware/NAME.elf` in the cache folder, where nano looks
for them; prints their sizes.

  BOARD          the firmware of that board, one of emulator/boards with a [firmware]: esp8266, esp32c3, ..; where it lies
                 in flash also as flash content, for `nano deploy` and `nano dev --device`
  esp8266-rom    a stand-in for the ESP8266's boot ROM, with which it runs in QEMU
  instrument     measures on the ESP8266's core in QEMU, for `nano bench --target lx106`
  battery        the arithmetic battery on the ESP8266's core
  battery-BOARD  the same on other boards; `cargo xtask test firmware` compares them with the host's";

/// Builds one or all.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    let chosen = match arguments {
        [] => image::all(repository)?,
        [name] => vec![Image::named(repository, name)?],
        _ => return Err("one NAME at most".into()),
    };
    for image in chosen {
        let elf = image.build(repository)?;
        println!("{:<12} {}  {}", image.name, Size::of(&elf)?, elf.display());
    }
    Ok(true)
}

/// Builds these; the folder they are in.
pub fn images(repository: &Repository, names: &[&str]) -> Result<PathBuf, String> {
    for name in names {
        Image::named(repository, name)?.build(repository)?;
    }
    Ok(image::folder(repository))
}

/// Builds what runs on emulated cores and runs it.
pub fn test(repository: &Repository) -> Result<Tally, String> {
    let mut tally = Tally::default();
    tally += battery::test(repository)?;
    tally += caps::test(repository)?;
    tally += boards::test(repository)?;
    Ok(tally)
}
