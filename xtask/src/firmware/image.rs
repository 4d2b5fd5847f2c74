//! The images and how each is built: another compiler, another target and another workspace than the host's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::repository::Repository;
use crate::setup;

/// An image.
#[derive(Debug)]
pub struct Image {
    /// Its name, and that of the program in its package.
    pub name: &'static str,
    package: &'static str,
}

/// All of them.
pub const IMAGES: &[Image] =
    &[Image { name: "instrument", package: "nano-instrument" }, Image { name: "battery", package: "nano-instrument" }];

/// What its sections come to, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// Code and what initial data there is.
    pub flash: u64,
    /// Static data: constants that can't lie in flash, variables.
    pub data: u64,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7} bytes of flash, {:>6} of static data", self.flash, self.data)
    }
}

impl Image {
    /// The image of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        IMAGES.iter().find(|image| image.name == name)
    }

    /// Builds it; where it is then.
    pub fn build(&self, repository: &Repository) -> Result<PathBuf, String> {
        let toolchain = setup::lx106()?;
        let firmware = repository.root.join("firmware");
        let target = repository.target.join("firmware");
        let mut build = toolchain.cargo_build(repository);
        build
            .current_dir(&firmware)
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_TARGET_LX106_LINKER", firmware.join("targets/lx106-link"))
            // The oldest debug format is the one GNU's tools for this core read; texts of panics and of `{:?}` are
            // no use where nobody reads them.
            .env("RUSTFLAGS", "-Awarnings -Zdwarf-version=4 -Zlocation-detail=none -Zfmt-debug=none")
            .args(["--quiet", "--release", "--locked", "--target", "targets/lx106.json"])
            .args(["--package", self.package, "--bin", self.name]);
        process::run(&mut build)?;
        let built = target.join("lx106/release").join(self.name).with_extension("elf");
        let folder = repository.cache.join("firmware");
        let kept = folder.join(self.name).with_extension("elf");
        // Renamed into place: whoever runs the old image goes on with it.
        let new = folder.join(format!("{}.new", self.name));
        fs::create_dir_all(&folder)
            .and_then(|()| fs::copy(&built, &new))
            .and_then(|_| fs::rename(&new, &kept))
            .map_err(|error| format!("{}: {error}", kept.display()))?;
        Ok(kept)
    }
}

impl Size {
    /// Of an image.
    pub fn of(elf: &Path) -> Result<Size, String> {
        let listing = process::output(Command::new("xtensa-lx106-elf-size").arg("-A").arg(elf))?;
        let mut size = Size::default();
        for line in listing.lines() {
            let mut words = line.split_whitespace();
            let (Some(name), Some(Ok(bytes))) = (words.next(), words.next().map(str::parse::<u64>)) else { continue };
            match name {
                ".rodata" | ".data" => {
                    size.flash += bytes;
                    size.data += bytes;
                }
                ".bss" => size.data += bytes,
                ".text" | ".reset" => size.flash += bytes,
                _ => {}
            }
        }
        Ok(size)
    }
}
