//! The habits a script can see: where unsafe may stand, how long files are, what no file contains.

use nano_house::{Source, code_only, root, sources};

/// Files that may be longer than [`LONGEST`], each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Lines beyond which a file holds more than one idea.
const LONGEST: usize = 1500;

/// Lines from which a file is named in the output, to be looked at.
const LONG: usize = 800;

/// Crates that run on a device.
const NO_STD: &[&str] = &["wire", "caps", "woof", "vm", "device"];

fn rust_sources() -> impl Iterator<Item = Source> {
    sources().into_iter().filter(|source| source.is("rs"))
}

fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn unsafe_stands_only_where_it_may() {
    let mut offences = Vec::new();
    for source in rust_sources().filter(|source| {
        !source.is_generated() && source.path != "vm/src/raw.rs" && !source.path.starts_with("firmware/")
    }) {
        for (line, code) in (1..).zip(code_only(&source.text).lines()) {
            let mut words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            if words.any(|word| word == "unsafe") {
                offences.push(format!("{}:{line}: unsafe", source.path));
            }
        }
    }
    assert_none(&offences);
}

#[test]
fn files_hold_one_idea() {
    let mut offences = Vec::new();
    for source in rust_sources().filter(|source| !source.is_generated()) {
        let lines = source.text.lines().count();
        let allowed = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if lines > LONGEST && !allowed {
            offences.push(format!("{}: {lines} lines; more than {LONGEST} need a reason in {}", source.path, file!()));
        } else if lines > LONG {
            println!("long: {} has {lines} lines", source.path);
        }
    }
    assert_none(&offences);
}

#[test]
fn crates_say_what_they_are() {
    let mut offences = Vec::new();
    for source in rust_sources() {
        let is_root = source.path.ends_with("src/lib.rs") || source.path.ends_with("src/main.rs");
        if is_root && !source.text.starts_with("//! ") {
            offences.push(format!("{}: the first line must be `//! ` and what the crate is", source.path));
        }
    }
    assert_none(&offences);
}

#[test]
fn crates_for_devices_deny_what_can_panic() {
    let mut offences = Vec::new();
    for name in NO_STD {
        let path = format!("{name}/src/lib.rs");
        let text = std::fs::read_to_string(root().join(&path)).expect("the crate is there");
        for needed in
            ["no_std", "clippy::unwrap_used", "clippy::expect_used", "clippy::panic", "clippy::indexing_slicing"]
        {
            if !text.contains(needed) {
                offences.push(format!("{path}: lacks {needed} in its attributes"));
            }
        }
    }
    assert_none(&offences);
}

#[test]
fn dependencies_have_one_version_and_a_reason() {
    let mut offences = Vec::new();
    for source in sources().iter().filter(|source| source.path.ends_with("Cargo.toml")) {
        // flatc's package is a workspace of its own.
        let is_workspace = source.text.lines().any(|line| line == "[workspace]");
        let mut section = String::new();
        let mut before = "";
        for (number, line) in (1..).zip(source.text.lines()) {
            if line.starts_with('[') {
                line.trim_matches(['[', ']']).clone_into(&mut section);
            } else if is_workspace {
                let starts_group = before.is_empty() || before.starts_with('[');
                if section == "workspace.dependencies" && starts_group && !line.is_empty() && !line.starts_with('#') {
                    offences.push(format!("{}:{number}: no comment says what this group is for", source.path));
                }
            } else if section.ends_with("dependencies") && line.contains('=') && !line.contains("workspace = true") {
                offences
                    .push(format!("{}:{number}: the version belongs into the root Cargo.toml: {line}", source.path));
            }
            before = line;
        }
    }
    assert_none(&offences);
}

/// Patterns that no committed file contains, and why. Written in two halves, or this file would be the first to.
const NOWHERE: &[(&str, &str, &str)] = &[
    ("crates", ".io", "the host of a package registry"),
    ("py", "pi.org", "the host of a package registry"),
    ("files.python", "hosted.org", "the host of a package registry"),
    ("registry.npm", "js.org", "the host of a package registry"),
    ("/ro", "ot/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("TO", "DO", "unfinished"),
    ("FIX", "ME", "unfinished"),
];

#[test]
fn no_file_holds_what_belongs_to_one_machine_or_is_unfinished() {
    let mut offences = Vec::new();
    // Lock files name the registry they lock.
    for source in sources().iter().filter(|source| !source.path.ends_with("Cargo.lock")) {
        for (first, second, why) in NOWHERE {
            let pattern = format!("{first}{second}");
            for (number, line) in (1..).zip(source.text.lines()) {
                if line.contains(&pattern) {
                    offences.push(format!("{}:{number}: {why}: {pattern}", source.path));
                }
            }
        }
    }
    assert_none(&offences);
}
