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
    let image = Image::named("battery").ok_or("the battery has no image")?;
    let elf = image.build(repository)?;
    let said = process::stdout(&mut simulator(&elf))?;
    Ok(compare("lx106", &expected, &said))
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
