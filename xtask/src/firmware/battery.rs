//! The arithmetic battery on emulated cores, compared with the host's line for line.

use std::path::Path;
use std::process::Command;

use super::image::Image;
use crate::process;
use crate::repository::Repository;
use crate::test::Tally;

/// Runs it here and there; each line is a test.
pub fn test(repository: &Repository) -> Result<Tally, String> {
    let mut here = repository.cargo();
    here.current_dir(repository.root.join("firmware"))
        .env("CARGO_TARGET_DIR", repository.target.join("firmware-host"))
        .args(["run", "--quiet", "--locked", "--release", "--package", "nano-battery", "--example", "host"]);
    let expected = process::stdout(&mut here)?;
    let mut tally = Tally::default();
    for (core, image, run) in CORES {
        let image = Image::named(image).ok_or_else(|| format!("there is no image {image}"))?;
        let elf = image.build(repository)?;
        let said = process::stdout(&mut run(&elf))?;
        tally += compare(core, &expected, &said);
    }
    Ok(tally)
}

/// A core, the image with the battery for it, and how it is run.
type Core = (&'static str, &'static str, fn(&Path) -> Command);

const CORES: [Core; 3] = [
    ("lx106", "battery", simulator),
    ("Cortex-M4F", "battery-mps2-an386", cortex),
    ("RISC-V", "battery-riscv32-virt", riscv),
];

const SEMIHOSTING: &str =
    "-display none -serial none -monitor none -semihosting-config enable=on,target=native -kernel";

fn cortex(elf: &Path) -> Command {
    let mut command = Command::new("qemu-system-arm");
    command.args(["-M", "mps2-an386"]).args(SEMIHOSTING.split(' ')).arg(elf);
    command
}

fn riscv(elf: &Path) -> Command {
    let mut command = Command::new("qemu-system-riscv32");
    command.args(["-M", "virt", "-bios", "none"]).args(SEMIHOSTING.split(' ')).arg(elf);
    command
}

/// QEMU's machine for the lx106, counting instructions.
pub fn simulator(elf: &Path) -> Command {
    let mut command = Command::new("qemu-system-xtensa");
    command
        .args("-M sim -cpu lx106 -m 16M -display none -serial none -monitor none -semihosting".split(' '))
        .args(["-icount", "shift=5", "-kernel"])
        .arg(elf);
    command
}

/// Counts equal lines; shows the others.
fn compare(core: &str, expected: &str, said: &str) -> Tally {
    let mut tally = Tally::default();
    let mut said = said.lines();
    for line in expected.lines() {
        let other = said.next().unwrap_or("nothing");
        if line == other {
            tally += Tally::success();
        } else {
            eprintln!("error: {core} says `{other}`, the host `{line}`");
            tally += Tally::failure();
        }
    }
    if let Some(more) = said.next() {
        eprintln!("error: {core} says more than the host: `{more}`");
        tally += Tally::failure();
    }
    if expected.lines().count() < 600 {
        eprintln!("error: the battery has too few lines");
        tally += Tally::failure();
    }
    tally
}
