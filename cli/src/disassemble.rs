//! `nano disassemble`: the bytecode beside the source; of a module alone, the bytecode.

use crate::arguments::Disassemble;
use crate::failure::Failure;
use crate::load;
use nano_compiler::Compiled;
use nano_vm::{Aligned, Module};
use nano_wire::symbols::Symbols;
use std::io::Write as _;

/// Prints the listing of a Python file, or of a module that `nano build --output` wrote.
pub fn disassemble(arguments: &Disassemble) -> Result<u8, Failure> {
    let compiled = match module(arguments)? {
        Some(module) => Compiled { module, symbols: Symbols::default(), warnings: Vec::new() },
        None => load::compiled(&load::package(&arguments.file)?, false)?,
    };
    let listing = nano_compiler::disassemble(&compiled);
    let mut out = std::io::stdout();
    if arguments.json {
        let functions: Vec<Vec<&str>> = listing
            .split("\n\n")
            .map(|function| function.lines().collect())
            .filter(|lines: &Vec<_>| !lines.is_empty())
            .collect();
        writeln!(
            out,
            "{}",
            serde_json::json!({"file": arguments.file.display().to_string(), "module_bytes": compiled.module.len(), "functions": functions})
        )?;
    } else {
        out.write_all(listing.as_bytes())?;
    }
    Ok(0)
}

/// The file's bytes where its name is that of a module; refused when they are none.
fn module(arguments: &Disassemble) -> Result<Option<Vec<u8>>, Failure> {
    if arguments.file.extension().is_none_or(|extension| extension != "iotpy") {
        return Ok(None);
    }
    let bytes = std::fs::read(&arguments.file)
        .map_err(|error| Failure::usage(format!("{} can't be read: {error}", arguments.file.display())))?;
    Module::load(Aligned::new(&bytes)).map_err(|error| {
        Failure::with_hint(
            format!("{} is no module that this version runs: {error}", arguments.file.display()),
            "make it anew: nano build --output DIR",
        )
    })?;
    Ok(Some(bytes))
}
