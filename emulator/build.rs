//! Names the boards' tables: each file of `boards/`.

use std::path::Path;
use std::{env, fs};

fn main() {
    let boards = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder")).join("boards");
    println!("cargo::rerun-if-changed={}", boards.display());
    let entries = fs::read_dir(&boards).expect("the boards' tables are there");
    let mut tables: Vec<_> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    tables.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    tables.sort();
    let tables = tables.iter().map(|path| (path.file_stem().unwrap_or_default().display(), path.display().to_string()));
    let tables = tables.map(|(name, path)| format!("(\"{name}\", include_str!({path:?})),"));
    let text = format!("&[{}]", tables.collect::<String>());
    let out = env::var_os("OUT_DIR").expect("cargo names the folder");
    fs::write(Path::new(&out).join("tables.rs"), text).expect("the folder can be written");
}
