//! The arithmetic battery on emulated cores, compared with the host's line for line.

use std::path::Path;
use std::process::Command;

use super::image::{self, Image};
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
    let elf = Image::named(repository, "battery")?.build(repository)?;
    tally += compare("lx106", &expected, &process::stdout(&mut simulator(&elf))?);
    for board in image::boards(repository)? {
        let of_qemu = |name| board.table.text("qemu", name);
        let (Some(image), Some(program), Some(arguments)) =
            (board.battery(repository), of_qemu("program"), of_qemu("arguments"))
        else {
            continue;
        };
        let elf = image.build(repository)?;
        let mut emulator = Command::new(program);
        emulator.args(arguments.split_ascii_whitespace()).args(["-display", "none", "-monitor", "none", "-kernel"]);
        tally += compare(&board.board, &expected, &process::stdout(emulator.arg(&elf))?);
    }
    Ok(tally)
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
