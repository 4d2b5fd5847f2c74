//! Capabilities on the emulated core: the published vectors to the byte, what operations cost, and that a wrong tag tells
//! nothing by the time it takes.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

use super::battery::simulator;
use super::image::Image;
use crate::repository::Repository;
use crate::test::Tally;

/// Instructions that a packet may cost which is refused before anything is hashed.
const MOST_EARLY: u64 = 500;
/// Instructions that an operation may take: the goals of the book's table, 80,000 being a millisecond.
const GOALS: [(&str, u64); 6] = [
    ("sha256_32", 3_600),
    ("hmac_16", 14_400),
    ("bind", 16_000),
    ("verify_1", 20_000),
    ("verify_3", 28_000),
    ("verify_5", 36_000),
];
/// The counter's ticks are not instructions: two measurements of the same number differ by so many.
const ROUNDING: u64 = 2;

/// Runs the instrument; each property is a test.
pub fn test(repository: &Repository) -> Result<Tally, String> {
    let image = Image::named(repository, "instrument")?;
    let elf = image.build(repository)?;
    let mut child = simulator(&elf)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("qemu-system-xtensa: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(b"caps\nvectors\n").map_err(|error| error.to_string())?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let number = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|text| text.parse::<u64>().ok())
            .ok_or_else(|| format!("the instrument does not say {name}: {said}"))
    };
    let mut tally = Tally::default();
    let mut check = |holds: bool, what: &str| {
        if holds {
            tally += Tally::success();
        } else {
            eprintln!("error: lx106: {what}");
            tally += Tally::failure();
        }
    };
    for size in [8, 16] {
        let (least, most) = (number(&format!("wrong_tag_{size}_least"))?, number(&format!("wrong_tag_{size}_most"))?);
        check(most - least <= ROUNDING, &format!("a wrong tag of {size} bytes takes {least} to {most} instructions"));
    }
    for name in ["refuse_early", "refuse_flood"] {
        let instructions = number(name)?;
        check(instructions <= MOST_EARLY, &format!("{name} takes {instructions} instructions, over {MOST_EARLY}"));
    }
    for (name, goal) in GOALS {
        let instructions = number(name)?;
        check(instructions <= goal, &format!("{name} takes {instructions} instructions, over its goal of {goal}"));
    }
    for (name, digits) in vectors(repository)? {
        let made = said.lines().find_map(|line| line.strip_prefix(&name)?.strip_prefix(' '));
        check(made == Some(digits.as_str()), &format!("{name} is {made:?} there, and should be {digits}"));
    }
    check(said.lines().any(|line| line == "accepted 2"), "both requests of the vectors are accepted");
    Ok(tally)
}

/// Names and hexadecimal digits of the published vectors.
fn vectors(repository: &Repository) -> Result<BTreeMap<String, String>, String> {
    let path = repository.root.join("caps/tests/data/vectors.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
