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
use image::{CORPUS, DELIBERATE, IMAGES};
pub use image::{Image, Size};

/// What `cargo xtask firmware --help` prints.
pub const HELP: &str = "\
cargo xtask firmware [NAME]

Builds the boards' images, or one, and leaves them as `firmware/NAME.elf` in the cache folder, where nano looks
for them; prints their sizes.

  instrument    measures on the ESP8266's core in QEMU, for `nano bench --target lx106`
  esp8266       the ESP8266's firmware, also as flash content, for `nano deploy` and `nano dev --device`
  esp8266-rom   a stand-in for its boot ROM, with which it runs in QEMU
  mps2-an386    the firmware for a Cortex-M4F with Ethernet
  esp32c3       the ESP32-C3's firmware with Wi-Fi, also as flash content, for `nano deploy`
  riscv32-virt  the runtime on the ESP32-C3's kind of core, for QEMU's RISC-V machine
  battery       the arithmetic battery on the ESP8266's core, battery-mps2-an386 and battery-riscv32-virt the same on the
                others; `cargo xtask test firmware` compares them with the host's";

/// Builds one or all.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    let chosen: Vec<_> = match arguments {
        [] => IMAGES.iter().collect(),
        [name] => IMAGES.iter().chain([&DELIBERATE, &CORPUS]).filter(|image| image.name == name).collect(),
        _ => return Err("one NAME at most".into()),
    };
    if chosen.is_empty() {
        let names: Vec<&str> = IMAGES.iter().map(|image| image.name).collect();
        return Err(format!("no such image; there are: {}", names.join(", ")));
    }
    for image in chosen {
        let elf = image.build(repository)?;
        println!("{:<12} {}  {}", image.name, Size::of(&elf)?, elf.display());
    }
    Ok(true)
}

/// Builds these; the folder they are in.
pub fn images(repository: &Repository, names: &[&str]) -> Result<PathBuf, String> {
    for name in names {
        Image::named(name).ok_or_else(|| format!("there is no image {name}"))?.build(repository)?;
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
