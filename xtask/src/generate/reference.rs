//! Chapters of the book that list a table of the code.

use std::path::PathBuf;

use super::Files;
use crate::process;
use crate::repository::Repository;

/// Each chapter and what prints it.
const CHAPTERS: [(&str, &str); 1] = [("book/src/reference/isa.md", "isa")];

/// Asks the `nano-tables` program, which is linked with the tables; this one compiles without them.
pub fn files(repository: &Repository) -> Result<Files, String> {
    CHAPTERS
        .into_iter()
        .map(|(path, table)| {
            let mut print = repository.cargo();
            print.args(["run", "--quiet", "--package", "nano-tables", "--", table]);
            Ok((PathBuf::from(path), process::output(&mut print)?))
        })
        .collect()
}
