//! `cargo xtask generate [--check]`: files that derive from one table or schema, written or compared.

mod compatibility;
mod flatbuffers;
mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::repository::Repository;

/// What `cargo xtask generate --help` prints.
pub const HELP: &str = "\
cargo xtask generate [--check]

Writes the files that derive from a table or a schema:
  wire/src/generated/          from wire/schema/*.fbs (by flatc)
  book/src/reference/isa.md    from the instruction table in wire/src/isa.rs
  COMPATIBILITY.md             from what CPython and IoTPy answer to the same questions
With --check nothing is written; it fails when a file is not what would be written.";

/// Text by path in the repository.
type Files = BTreeMap<PathBuf, String>;

/// Writes, or with `--check` compares.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    match arguments {
        [] => write(repository).map(|()| true),
        [check] if check == "--check" => check_all(repository),
        _ => Err("the only option is --check".into()),
    }
}

/// An error that names every stale file and the command that mends it.
pub fn check(repository: &Repository) -> Result<(), String> {
    let stale = stale(repository, &make(repository)?)?;
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("not what `cargo xtask generate` makes; run it and commit:\n   {}", stale.join("\n   ")))
}

fn check_all(repository: &Repository) -> Result<bool, String> {
    check(repository)?;
    eprintln!("generated files are up to date");
    Ok(true)
}

fn write(repository: &Repository) -> Result<(), String> {
    crate::setup::ensure(crate::setup::Need::CxxCompiler)?;
    // The reference is made by a program that contains the code made from the schemas, so those come first.
    for make in [flatbuffers::files, reference::files, compatibility::files] {
        let files = make(repository)?;
        for (path, text) in &files {
            let full = repository.root.join(path);
            if fs::read_to_string(&full).is_ok_and(|old| old == *text) {
                eprintln!("   unchanged {}", path.display());
                continue;
            }
            let folder = full.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            fs::write(&full, text).map_err(|error| format!("{}: {error}", full.display()))?;
            eprintln!("   wrote     {}", path.display());
        }
        for path in left_over(repository, &files)? {
            fs::remove_file(repository.root.join(&path)).map_err(|error| format!("{}: {error}", path.display()))?;
            eprintln!("   removed   {}", path.display());
        }
    }
    Ok(())
}

fn make(repository: &Repository) -> Result<Files, String> {
    let mut files = flatbuffers::files(repository)?;
    files.extend(reference::files(repository)?);
    files.extend(compatibility::files(repository)?);
    Ok(files)
}

fn stale(repository: &Repository, files: &Files) -> Result<Vec<String>, String> {
    let mut stale: Vec<String> = files
        .iter()
        .filter(|(path, text)| fs::read_to_string(repository.root.join(path)).ok().as_ref() != Some(*text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    stale.extend(left_over(repository, files)?.iter().map(|path| format!("{} (nothing makes it)", path.display())));
    Ok(stale)
}

/// Files in folders called `generated` that nothing makes any more.
fn left_over(repository: &Repository, files: &Files) -> Result<Vec<PathBuf>, String> {
    let mut left_over = Vec::new();
    let folders: std::collections::BTreeSet<&Path> =
        files.keys().filter_map(|path| path.parent()).filter(|folder| folder.ends_with("generated")).collect();
    for folder in folders {
        let full = repository.root.join(folder);
        let Ok(entries) = fs::read_dir(&full) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", full.display()))?;
            let path = folder.join(entry.file_name());
            if !files.contains_key(&path) {
                left_over.push(path);
            }
        }
    }
    left_over.sort();
    Ok(left_over)
}
