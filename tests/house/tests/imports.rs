//! Who may import whom: the table of ARCHITECTURE.md, checked against what cargo sees.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use nano_house::root;
use serde_json::Value;

/// Each crate and what it may import of ours, in code or when building.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // The sum of 32 bits on the ESP8266's core.
    ("nano-lx106-crc", &["nano-build"]),
    ("nano-wire", &["nano-lx106-crc"]),
    // Its compression on the ESP8266's core.
    ("nano-lx106-sha256", &["nano-build"]),
    ("nano-caps", &["nano-lx106-sha256"]),
    ("nano-woof", &["nano-lx106-crc"]),
    ("nano-vm", &["nano-wire"]),
    ("nano-compiler", &["nano-wire"]),
    ("nano-device", &["nano-vm", "nano-caps", "nano-woof", "nano-wire"]),
    // What each board may import, beside what the boards have in common.
    ("nano-firmware", &["nano-device", "nano-vm"]),
    ("nano-build", &[]),
    ("nano-heap", &[]),
    ("nano-battery", &["nano-caps"]),
    // What is in flash has the checksum that frames have: the note of which of two firmwares runs, and values.
    ("nano-nor", &["nano-wire"]),
    ("nano-keep", &["nano-nor", "nano-wire"]),
    ("nano-board", &["nano-device", "nano-keep"]),
    ("nano-semihosting", &["nano-keep"]),
    ("nano-bare", &["nano-device", "nano-board", "nano-battery", "nano-heap", "nano-semihosting"]),
    // The interpreter's quick loop in assembly, with the numbers of opcodes.
    ("nano-lx106", &["nano-build", "nano-heap", "nano-vm", "nano-wire"]),
    // What it has of its own is for its core and its flash.
    ("nano-esp8266", &["nano-build", "nano-device", "nano-vm", "nano-board", "nano-keep", "nano-lx106", "nano-nor"]),
    ("nano-esp8266-rom", &["nano-build", "nano-lx106"]),
    ("nano-net", &["nano-device"]),
    // Measures the parts one by one.
    (
        "nano-instrument",
        &["nano-build", "nano-lx106", "nano-battery", "nano-vm", "nano-caps", "nano-device", "nano-wire"],
    ),
    ("nano-edge", &["nano-compiler", "nano-vm", "nano-caps", "nano-woof", "nano-wire"]),
    ("nano-emulator", &["nano-edge", "nano-device", "nano-vm", "nano-caps", "nano-woof", "nano-wire"]),
    ("nano-cli", &["nano-emulator", "nano-edge", "nano-compiler", "nano-vm", "nano-caps", "nano-woof", "nano-wire"]),
    // The repository's own programs. xtask builds before everything else, so it imports only what imports nothing itself.
    ("nano-xtask", &["nano-build"]),
    ("nano-tables", &["nano-wire"]),
    ("nano-house", &[]),
    ("nano-tests", &["nano-compiler", "nano-vm", "nano-wire"]),
];

/// What any other board may import, `nano-NAME` for `emulator/boards/NAME.toml`. Boards choose the parts of the VM that their
/// firmware has.
const BOARDS_MAY_IMPORT: &[&str] = &[
    "nano-build",
    "nano-device",
    "nano-vm",
    "nano-board",
    "nano-bare",
    "nano-net",
    "nano-nor",
    "nano-keep",
    "nano-heap",
    "nano-semihosting",
];

/// Whether a package is a board's.
fn is_board(package: &str) -> bool {
    let board = package.strip_prefix("nano-").unwrap_or(package);
    root().join(format!("emulator/boards/{board}.toml")).is_file()
}

/// What tests may import beyond that, and why.
const TESTS_MAY_ALSO_IMPORT: &[(&str, &[&str], &str)] = &[
    ("nano-vm", &["nano-compiler"], "programs are compiled, run and compared with CPython"),
    ("nano-device", &["nano-compiler"], "handlers under test are written in Python"),
    ("nano-emulator", &["nano-build"], "a software device has the limits that its board's firmware is built with"),
    ("nano-compiler", &["nano-vm"], "what is compiled must pass the verifier"),
];

/// Of the workspace in this folder.
fn metadata(workspace: &str) -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root().join(workspace))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

/// Our dependencies of each of our crates: (crate, is it for tests only).
fn imports(metadata: &Value) -> BTreeMap<String, Vec<(String, bool)>> {
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let ours = package["dependencies"].as_array().expect("dependencies").iter();
            let ours = ours
                .filter(|dependency| dependency["path"].is_string())
                .map(|dependency| (dependency["name"].as_str().expect("name").to_owned(), dependency["kind"] == "dev"));
            (package["name"].as_str().expect("name").to_owned(), ours.collect())
        })
        .collect()
}

fn offences(imports: &BTreeMap<String, Vec<(String, bool)>>) -> Vec<String> {
    let mut offences = Vec::new();
    for (package, dependencies) in imports {
        let of_boards = is_board(package).then_some(BOARDS_MAY_IMPORT);
        let allowed = MAY_IMPORT.iter().find(|(name, _)| name == package).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed.or(of_boards) else {
            offences.push(format!("{package} has no line in the table of tests/house/tests/imports.rs"));
            continue;
        };
        for (dependency, for_tests) in dependencies {
            let in_tests = TESTS_MAY_ALSO_IMPORT.iter().filter(|(name, ..)| *for_tests && name == package);
            let allowed: BTreeSet<&str> =
                allowed.iter().copied().chain(in_tests.flat_map(|(_, more, _)| more.iter().copied())).collect();
            if !allowed.contains(dependency.as_str()) {
                let what = if *for_tests { "tests of" } else { "crate" };
                offences.push(format!("{what} {package} must not import {dependency}"));
            }
        }
    }
    offences
}

#[test]
fn crates_import_only_what_the_architecture_allows() {
    let mut imports = imports(&metadata("."));
    imports.extend(self::imports(&metadata("firmware")));
    assert!(imports.len() >= 10, "cargo metadata lists {} packages", imports.len());
    let offences = offences(&imports);
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn an_import_against_the_rule_is_found() {
    let one = |name: &str, dependency: &str, for_tests| {
        BTreeMap::from([(name.to_owned(), vec![(dependency.to_owned(), for_tests)])])
    };
    assert_eq!(offences(&one("nano-vm", "nano-wire", false)).len(), 0);
    assert_eq!(offences(&one("nano-vm", "nano-compiler", true)).len(), 0);
    assert_eq!(offences(&one("nano-vm", "nano-compiler", false)).len(), 1);
    assert_eq!(offences(&one("nano-wire", "nano-vm", true)).len(), 1);
    assert_eq!(offences(&one("nano-unknown", "nano-wire", false)).len(), 1);
    assert_eq!(offences(&one("nano-riscv32-virt", "nano-bare", false)).len(), 0);
    assert_eq!(offences(&one("nano-riscv32-virt", "nano-wire", false)).len(), 1);
}

#[test]
fn the_architecture_page_has_the_same_table() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let short = |name: &str| name.trim_start_matches("nano-").to_owned();
    let not_on_the_page = ["nano-xtask", "nano-tables", "nano-house", "nano-tests"];
    // The page has one row for all that is built for boards.
    let for_boards = imports(&metadata("firmware"));
    let on_the_page = |name: &str| !not_on_the_page.contains(&name) && !for_boards.contains_key(name);
    for (package, allowed) in MAY_IMPORT.iter().filter(|(name, _)| on_the_page(name)) {
        let line = page.lines().find(|line| line.starts_with(&format!("| {} ", short(package))));
        let line = line.unwrap_or_else(|| panic!("ARCHITECTURE.md has no row `| {} |`", short(package)));
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let said: BTreeSet<String> = cells[2]
            .split(", ")
            .filter(|name| !name.is_empty() && *name != "nothing of ours")
            .map(str::to_owned)
            .collect();
        let meant: BTreeSet<String> = allowed.iter().map(|name| short(name)).collect();
        assert_eq!(said, meant, "ARCHITECTURE.md, row {}", short(package));
    }
}
