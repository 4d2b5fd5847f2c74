//! The module format's code, made by flatc from `wire/schema/*.fbs`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::Files;
use crate::process;
use crate::repository::Repository;

const SCHEMAS: &str = "wire/schema";
const GENERATED: &str = "wire/src/generated";

/// One file per schema and the `mod.rs` that holds them together.
pub fn files(repository: &Repository) -> Result<Files, String> {
    let schemas = schemas(&repository.root.join(SCHEMAS))?;
    let scratch = Scratch::new(repository)?;
    let mut flatc = repository.cargo();
    // Its own target folder: another workspace, and a minute of C++ that nobody wants to repeat.
    flatc
        .env("CARGO_TARGET_DIR", repository.target.join("flatc"))
        .env("CMAKE_TOOLCHAIN_FILE", repository.root.join("xtask/flatc/only-flatc.cmake"))
        .args(["run", "--quiet", "--locked", "--manifest-path", "xtask/flatc/Cargo.toml", "--", "--rust", "-o"])
        .arg(&scratch.0);
    flatc.args(schemas.iter().map(|name| format!("{SCHEMAS}/{name}.fbs")));
    if !repository.target.join("flatc/debug/nano-flatc").is_file() {
        eprintln!("   building flatc (C++, once per machine, one to two minutes)");
    }
    process::run(&mut flatc)?;

    let mut files = Files::new();
    let mut index = String::from(INDEX_HEAD);
    for name in &schemas {
        let made = read(&scratch.0.join(format!("{name}_generated.rs")))?;
        let head = format!("// Made by `cargo xtask generate` from {SCHEMAS}/{name}.fbs. Do not edit.\n");
        files.insert(PathBuf::from(GENERATED).join(format!("{name}.rs")), head + &made);
        let _ = writeln!(index, "#[rustfmt::skip]\npub mod {name};");
    }
    files.insert(PathBuf::from(GENERATED).join("mod.rs"), index);
    Ok(files)
}

const INDEX_HEAD: &str = "\
//! What flatc made of `wire/schema/*.fbs`: readers, writers and verifiers. Made by `cargo xtask generate`.
#![allow(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    missing_docs,
    unused_imports,
    unused_qualifications,
    dead_code,
    mismatched_lifetime_syntaxes,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = \"flatc's own style\"
)]
";

fn schemas(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".fbs").map(str::to_owned)).collect();
    names.sort();
    if names.is_empty() { Err(format!("{}: no schema", folder.display())) } else { Ok(names) }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A folder for what is made, gone when this is.
struct Scratch(PathBuf);

impl Scratch {
    fn new(repository: &Repository) -> Result<Self, String> {
        let folder = repository.target.join(format!("generate-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
