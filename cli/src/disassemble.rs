//! `nano disassemble`: the bytecode beside the source.

use crate::arguments::Disassemble;
use crate::failure::Failure;
use crate::load;
use std::io::Write as _;

/// Prints the listing of a Python file.
pub fn disassemble(arguments: &Disassemble) -> Result<u8, Failure> {
    let package = load::package(&arguments.file)?;
    let compiled = load::compiled(&package, false)?;
    std::io::stdout().write_all(nano_compiler::disassemble(&compiled).as_bytes())?;
    Ok(0)
}
