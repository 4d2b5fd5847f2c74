//! `cargo xtask bench sizes`: flash of the ESP8266's image by crate and by module, and sizes of compiled functions,
//! beside those that were saved.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use super::symbol;
use crate::firmware::{Image, Size};
use crate::process;
use crate::repository::Repository;

/// What was measured last: one `name bytes` a line.
const SAVED: &str = "bench/sizes.txt";
/// Functions whose modules are measured: the paper's two.
const FUNCTIONS: [&str; 4] = [
    "bench/corpus/light.py",
    "bench/corpus/ks32.py",
    "templates/sensor-app/lights.py",
    "templates/predictive-maintenance/maintenance.py",
];
/// A module of less is not worth a line of its own.
const LEAST: u64 = 512;

/// Bytes by what they are for. Names sort as they are printed.
type Table = BTreeMap<String, u64>;

/// Measures, compares, and with `--save` keeps the table.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    let save = arguments.last().is_some_and(|option| option == "--save");
    let arguments = arguments.get(..arguments.len() - usize::from(save)).unwrap_or_default();
    let priced = match arguments {
        [] => None,
        [option, names @ ..] if option == "--features" => Some(names),
        _ => return Err("unknown arguments; hint: cargo xtask bench --help".into()),
    };
    crate::setup::ensure(crate::setup::Need::Lx106)?;
    let mut table = functions(repository)?;
    flash(repository, &mut table)?;
    let saved_text = fs::read_to_string(repository.root.join(SAVED)).unwrap_or_default();
    // Prices that are not measured now stay as they were.
    let known = parse(&saved_text).into_iter().filter(|(name, _)| name.starts_with("feature"));
    table.extend(known);
    if let Some(names) = priced {
        table.extend(super::features::prices(repository, names)?);
    }
    let path = repository.root.join(SAVED);
    let saved = parse(&saved_text);
    print!("{}", compared(&table, &saved));
    if save {
        let text: String = table.iter().map(|(name, bytes)| format!("{name} {bytes}\n")).collect();
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(true)
}

/// Modules of the compiled functions, without snapshot.
fn functions(repository: &Repository) -> Result<Table, String> {
    let mut program = repository.cargo();
    program.args(["run", "--quiet", "--package", "nano-tests", "--example", "sizes", "--"]).args(FUNCTIONS);
    Ok(parse(&process::stdout(&mut program)?)
        .into_iter()
        .map(|(name, bytes)| (format!("function {name}"), bytes))
        .collect())
}

/// The image as it is flashed, attributed by its symbols.
fn flash(repository: &Repository, table: &mut Table) -> Result<(), String> {
    let elf = Image::named(repository, "esp8266")?.build(repository)?;
    let size = Size::of(&elf)?;
    table.insert("image flash".into(), size.flash);
    table.insert("image static data".into(), size.data);
    let listing = symbol::listing(&elf)?;
    let mut named = 0;
    let mut modules = Table::new();
    for symbol in listing.lines().filter_map(symbol::Symbol::of) {
        let mut path = symbol.path();
        named += symbol.bytes;
        path.truncate(3);
        *table.entry(format!("crate {}", path[0])).or_default() += symbol.bytes;
        *modules.entry(path.join("::")).or_default() += symbol.bytes;
    }
    // Addresses and constants that code loads lie between the functions; texts have no symbols.
    table.insert("crate (literals and texts)".into(), size.flash.saturating_sub(named));
    let large = modules.into_iter().filter(|(_, bytes)| *bytes >= LEAST);
    table.extend(large.map(|(name, bytes)| (format!("module {name}"), bytes)));
    Ok(())
}

/// Lines of `name bytes`; others say nothing.
fn parse(text: &str) -> Table {
    text.lines()
        .filter_map(|line| line.rsplit_once(' '))
        .filter_map(|(name, bytes)| Some((name.to_owned(), bytes.parse().ok()?)))
        .collect()
}

/// Both tables side by side; what is new, gone or changed says by how much.
fn compared(table: &Table, saved: &Table) -> String {
    let mut text = format!("{:<56} {:>8} {:>8} {:>8}\n", "", "bytes", "saved", "change");
    for name in table.keys().chain(saved.keys().filter(|name| !table.contains_key(*name))) {
        let (now, before) = (table.get(name), saved.get(name));
        let number = |bytes: Option<&u64>| bytes.map_or_else(String::new, u64::to_string);
        let change = match (now, before) {
            (Some(now), Some(before)) if now != before => format!("{:+}", *now as i64 - *before as i64),
            _ => String::new(),
        };
        let line = format!("{name:<56} {:>8} {:>8} {change:>8}", number(now), number(before));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_and_compared() {
        let (now, before) = (parse("image flash 90\nmodule a::b 5\nnothing\n"), parse("image flash 100\nmodule c 1\n"));
        assert_eq!(now.len(), 2);
        let text = compared(&now, &before);
        let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[1], ["image", "flash", "90", "100", "-10"]);
        assert_eq!(words[2], ["module", "a::b", "5"]);
        assert_eq!(words[3], ["module", "c", "1"]);
    }
}
