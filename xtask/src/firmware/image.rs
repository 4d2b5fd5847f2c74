//! The images and how each is built: another compiler, another target and another workspace than the host's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nano_build::Board;

use super::flash::Layout;
use crate::process;
use crate::repository::Repository;
use crate::setup::{self, Toolchain};

/// An image.
#[derive(Debug)]
pub struct Image {
    /// Its name, and that of the program in its package.
    pub name: String,
    /// Its package.
    pub package: String,
    /// What it runs on.
    pub core: Core,
    /// What flashes it, where it is needed as flash content, too.
    flashed: Flashed,
    /// Where it is another's program built otherwise: that program, and the feature.
    variant: Option<(&'static str, &'static str)>,
}

/// What an image runs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Core {
    /// The ESP8266's core.
    Lx106,
    /// A target that rustc itself knows.
    Known(String),
}

impl Core {
    /// Of a board's table.
    fn named(target: &str) -> Self {
        if target == "lx106" { Self::Lx106 } else { Self::Known(target.to_owned()) }
    }

    /// What builds for it.
    pub fn toolchain(&self) -> Result<Toolchain, String> {
        match self {
            Self::Lx106 => setup::lx106(),
            Self::Known(_) => setup::bare_metal(),
        }
    }

    /// As cargo is told of it, in the boards' workspace.
    pub fn target(&self) -> &str {
        match self {
            Self::Lx106 => "targets/lx106.json",
            Self::Known(name) => name,
        }
    }
}

/// How a program becomes flash content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flashed {
    /// Not at all.
    Never,
    /// Behind a first stage of ours, which is a program of its package.
    WithFirstStage,
    /// Behind Espressif's boot loader.
    WithBootloader,
}

/// A board that there is a firmware for.
#[derive(Debug)]
pub struct Firmware {
    /// Its name, as its table has it.
    pub board: String,
    /// Its table.
    pub table: Board,
    core: Core,
}

/// All of them: each table that says what its firmware is compiled for.
pub fn boards(repository: &Repository) -> Result<Vec<Firmware>, String> {
    let folder = repository.root.join("emulator/boards");
    let failed = |error| format!("{}: {error}", folder.display());
    let mut boards = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let table = Board::read(&entry.map_err(failed)?.path())?;
        if let (Some(board), Some(target)) = (table.text("", "model"), table.text("firmware", "target")) {
            boards.push(Firmware { board: board.to_owned(), core: Core::named(target), table });
        }
    }
    boards.sort_by(|one, other| one.board.cmp(&other.board));
    Ok(boards)
}

impl Firmware {
    /// Its image.
    pub fn image(&self) -> Image {
        let flashed = match self.table.text("firmware", "started_by") {
            Some("first-stage") => Flashed::WithFirstStage,
            Some(_) => Flashed::WithBootloader,
            None => Flashed::Never,
        };
        Image { flashed, ..Image::of(&self.board, &self.board, self.core.clone()) }
    }

    /// The image with the arithmetic battery for it, if its package has one and QEMU can be the board itself.
    pub fn battery(&self, repository: &Repository) -> Option<Image> {
        let program = repository.root.join(format!("firmware/{}/src/bin/battery.rs", self.board));
        let name = format!("battery-{}", self.board);
        program.is_file().then(|| Image::of(&name, &self.board, self.core.clone()))
    }

    /// What its sections may come to, where that is limited.
    pub fn limits(&self) -> Option<Size> {
        let most = |name| self.table.number_if_any("firmware", name);
        Some(Size { flash: most("most_flash")?, data: most("most_data")? })
    }
}

/// What makes llc's code smaller: constants are made again where they are needed instead of being kept in registers,
/// of which there are few; no block is written twice, and ends of blocks that are the same are written once; a table of
/// jumps is for many ways only.
const SMALL: &str = "-disable-machine-licm -disable-machine-cse -disable-lsr -disable-block-placement \
    -split-spill-mode=size -disable-tail-duplicate -disable-early-taildup -disable-machine-sink \
    -tail-merge-size=2 -tail-merge-threshold=1000 -min-jump-table-entries=12";

/// The standard library's own choice of shorter ways.
const SMALL_CORE: &str = "unstable.build-std-features=['compiler-builtins-mem','optimize_for_size']";

/// All of them: the boards', what else there is for the lx106 core, and the batteries.
pub fn all(repository: &Repository) -> Result<Vec<Image>, String> {
    let boards = boards(repository)?;
    let mut images: Vec<Image> =
        [("instrument", "instrument"), ("battery", "instrument"), ("esp8266-rom", "esp8266-rom")]
            .map(|(name, package)| Image::of(name, package, Core::Lx106))
            .into();
    images.extend(boards.iter().map(Firmware::image));
    images.extend(boards.iter().filter_map(|board| board.battery(repository)));
    Ok(images)
}

/// The cores that these run on.
pub fn cores(images: &[Image]) -> BTreeSet<&Core> {
    images.iter().map(|image| &image.core).collect()
}

/// The ESP8266's image with one byte read from its code in flash, which the chip refuses: what looks for such loads must
/// find it.
pub fn deliberate() -> Image {
    let variant = Some(("esp8266", "narrow-load"));
    Image { flashed: Flashed::WithFirstStage, variant, ..Image::of("esp8266-narrow", "esp8266", Core::Lx106) }
}

/// The instrument with its constants in flash, for programs that show whether they are read as flash can be.
pub fn corpus() -> Image {
    Image { variant: Some(("instrument", "flash")), ..Image::of("corpus", "instrument", Core::Lx106) }
}

/// What its sections come to, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// Code, constants and what initial data there is.
    pub flash: u64,
    /// Variables.
    pub data: u64,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7} bytes of flash, {:>6} of static data", self.flash, self.data)
    }
}

impl Image {
    /// Of a package of the boards' workspace.
    fn of(name: &str, package: &str, core: Core) -> Self {
        let package = format!("nano-{package}");
        Self { name: name.to_owned(), package, core, flashed: Flashed::Never, variant: None }
    }

    /// The image of this name.
    pub fn named(repository: &Repository, name: &str) -> Result<Self, String> {
        let mut images = all(repository)?;
        let names = images.iter().map(|image| image.name.as_str()).collect::<Vec<_>>().join(", ");
        images.extend([deliberate(), corpus()]);
        let image = images.into_iter().find(|image| image.name == name);
        image.ok_or_else(|| format!("there is no image {name}; there are: {names}"))
    }

    fn has_constants_in_flash(&self) -> bool {
        self.flashed == Flashed::WithFirstStage || self.variant.is_some_and(|(_, feature)| feature == "flash")
    }

    /// The VM's features that its board has chosen; `None`: all, or none, as its package says.
    pub fn features(&self, repository: &Repository) -> Result<Option<Vec<String>>, String> {
        if self.flashed != Flashed::WithFirstStage {
            return Ok(None);
        }
        let table = Board::read(&self.table(repository))?;
        Ok(Some(table.names("vm", "features").into_iter().map(str::to_owned).collect()))
    }

    /// The program of its package.
    fn program(&self) -> &str {
        self.variant.map_or(&self.name, |(program, _)| program)
    }

    /// The table of its board.
    fn table(&self, repository: &Repository) -> PathBuf {
        repository.root.join(format!("emulator/boards/{}.toml", self.program()))
    }

    /// Builds it with these features of the VM; where cargo has it then.
    pub fn compile(&self, repository: &Repository, chosen: &[String]) -> Result<PathBuf, String> {
        let firmware = repository.root.join("firmware");
        let target = repository.target.join("firmware");
        let program = self.program();
        let mut build = self.core.toolchain()?.cargo_build(repository);
        build.current_dir(&firmware).env("CARGO_TARGET_DIR", &target).args([
            "--quiet",
            "--release",
            "--locked",
            "--package",
            self.package.as_str(),
            "--bin",
            program,
            "--target",
            self.core.target(),
        ]);
        let mut features: Vec<String> = self.variant.iter().map(|(_, feature)| (*feature).to_owned()).collect();
        features.extend(chosen.iter().map(|feature| format!("nano-vm/{feature}")));
        if !features.is_empty() {
            build.arg("--features").arg(features.join(","));
        }
        if self.flashed == Flashed::WithFirstStage {
            build.args(["--bin", &format!("{program}-first")]);
        }
        let built = match &self.core {
            Core::Lx106 => {
                build
                    .env("CARGO_TARGET_LX106_LINKER", firmware.join("targets/lx106-link"))
                    .env("NANO_LX106_TIGHTEN", std::env::current_exe().map_err(|error| error.to_string())?)
                    // The oldest debug format is the one GNU's tools for this core read; texts of panics and of `{:?}`
                    // are no use where nobody reads them.
                    .env("RUSTFLAGS", "-Awarnings -Zdwarf-version=4 -Zlocation-detail=none -Zfmt-debug=none");
                target.join("lx106/release").join(program).with_extension("elf")
            }
            Core::Known(name) => {
                let linker = format!("CARGO_TARGET_{}_LINKER", name.to_uppercase().replace('-', "_"));
                build.env(linker, setup::lld()?).env("RUSTFLAGS", "-Awarnings -Clinker-flavor=ld.lld");
                target.join(name).join("release").join(program)
            }
        };
        if self.has_constants_in_flash() {
            // The chip maps a megabyte of flash; what only measures may be as quick, and as large, as it likes. Only
            // capabilities are as they are measured.
            for option in [
                "opt-level='z'",
                "package.nano-vm.opt-level='z'",
                "package.nano-device.opt-level='z'",
                "package.nano-woof.opt-level='z'",
            ] {
                build.arg("--config").arg(format!("profile.release.{option}"));
            }
            build.arg("--config").arg(SMALL_CORE);
            // Code takes about half a megabyte.
            build.env("NANO_LX106_LLC", SMALL).env("NANO_LX106_NEAR", "1");
            build.env("NANO_LX106_OPTIONS", "--words").env("NANO_LX106_FAR", far_folder(repository));
        }
        process::run(&mut build)?;
        if let Some(why) = self.far_calls(repository) {
            eprintln!("{}: not every call reaches, so all are far, and the image is larger:\n{why}", self.name);
        }
        Ok(built)
    }

    /// Why the linker's wrapper gave up calls of one instruction, if it did when the program was linked last.
    pub fn far_calls(&self, repository: &Repository) -> Option<String> {
        let noted = |program: &str| fs::read_to_string(far_folder(repository).join(program).with_extension("far")).ok();
        self.has_constants_in_flash().then(|| noted(self.program()))?
    }

    /// Builds it as its board has it and keeps it; where it is then.
    pub fn build(&self, repository: &Repository) -> Result<PathBuf, String> {
        let built = self.compile(repository, &self.features(repository)?.unwrap_or_default())?;
        let folder = folder(repository);
        let kept = folder.join(&self.name).with_extension("elf");
        let elf = fs::read(&built).map_err(|error| format!("{}: {error}", built.display()))?;
        if self.flashed != Flashed::Never {
            let board = Board::read(&self.table(repository))?;
            let image = if self.flashed == Flashed::WithFirstStage {
                let path = built.with_file_name(format!("{}-first", self.program())).with_extension("elf");
                let first = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                super::flash::image(&Layout::of(&board), &first, &elf)?
            } else {
                super::idf::content(&super::idf::Layout::of(&board), &super::idf::bootloader(repository)?, &elf)?
            };
            put(&kept.with_extension("bin"), &image)?;
            put(&kept.with_extension("crc"), format!("{:08x}\n", super::flash::checksum(&image)).as_bytes())?;
        }
        put(&kept, &elf)?;
        if ["instrument", "esp8266"].contains(&self.name.as_str()) {
            let plugin = plugin(repository, "trace")?;
            let bytes = fs::read(&plugin).map_err(|error| format!("{}: {error}", plugin.display()))?;
            put(&folder.join("trace.so"), &bytes)?;
        }
        Ok(kept)
    }
}

/// Where `lx106-link` notes which programs have far calls.
fn far_folder(repository: &Repository) -> PathBuf {
    repository.target.join("firmware/lx106-far")
}

/// Where images are kept, and nano looks for them.
pub fn folder(repository: &Repository) -> PathBuf {
    repository.cache.join("firmware")
}

/// Builds one of QEMU's plugins in `firmware/targets`; where it is then.
pub fn plugin(repository: &Repository, name: &str) -> Result<PathBuf, String> {
    let plugin = repository.target.join(format!("lib{name}.so"));
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"]).arg(&plugin);
    process::run(compiler.arg(repository.root.join("firmware/targets").join(name).with_extension("c")))?;
    Ok(plugin)
}

/// Renamed into place: whoever runs the old image goes on with it.
fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let new = path.with_extension("new");
    fs::create_dir_all(path.parent().unwrap_or(path))
        .and_then(|()| fs::write(&new, bytes))
        .and_then(|()| fs::rename(&new, path))
        .map_err(|error| format!("{}: {error}", path.display()))
}

impl Size {
    /// Of an image.
    pub fn of(elf: &Path) -> Result<Size, String> {
        let listing = process::output(Command::new("llvm-size-22").arg("-A").arg(elf))?;
        let mut size = Size::default();
        for line in listing.lines() {
            let mut words = line.split_whitespace();
            let (Some(name), Some(Ok(bytes))) = (words.next(), words.next().map(str::parse::<u64>)) else { continue };
            match name {
                ".data" | ".data.wifi" => {
                    size.flash += bytes;
                    size.data += bytes;
                }
                ".bss" | ".noinit" => size.data += bytes,
                ".text" | ".rodata" | ".ARM.exidx" | ".vectors" | ".reset" | ".literals" | ".entries"
                // Of the ESP32-C3: constants of its radio, and the code that is loaded into RAM.
                | ".flash.appdesc" | ".rodata.wifi" | ".trap" | ".rwtext" | ".rwtext.wifi" => {
                    size.flash += bytes;
                }
                _ => {}
            }
        }
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// With tools in the place of the real ones, of which the linker fails where it is told to.
    #[test]
    fn far_calls_are_noted_and_the_note_goes_when_calls_reach_again() {
        let folder = std::env::temp_dir().join(format!("nano-far-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let tool = folder.join("xtensa-lx106-elf-gcc");
        let script = "#!/bin/sh\n[ -e \"$NANO_LX106_FAR/fails\" ] || exit 0\nrm \"$NANO_LX106_FAR/fails\"\n\
                      echo 'dangerous relocation: call8 out of range' >&2\nexit 1\n";
        fs::write(&tool, script).unwrap();
        fs::set_permissions(&tool, PermissionsExt::from_mode(0o755)).unwrap();
        let wrapper = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/targets/lx106-link");
        let link = |near: &str| {
            let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
            let output = folder.join("program-0123abcd.elf");
            let mut command = Command::new(&wrapper);
            command.args(["-Wl,--gc-sections", "-o"]).arg(&output);
            command.env("PATH", path).env("NANO_LX106_FAR", &folder).env("NANO_LX106_NEAR", near);
            assert!(command.status().unwrap().success());
            fs::read_to_string(folder.join("program.far")).ok()
        };
        assert_eq!(link("1"), None);
        fs::write(folder.join("fails"), "").unwrap();
        assert!(link("1").is_some_and(|why| why.contains("out of range")));
        assert_eq!(link("1"), None);
        fs::remove_dir_all(folder).unwrap();
    }
}
