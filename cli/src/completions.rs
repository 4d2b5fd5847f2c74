//! `nano completions` and `nano man`: derived from the command line's description.

use crate::arguments::{Arguments, Completions};
use crate::failure::Failure;
use clap::CommandFactory as _;
use std::io::Write as _;

/// Prints the completions of a shell.
pub fn completions(arguments: &Completions) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "nano", &mut text);
    std::io::stdout().write_all(&text)?;
    Ok(0)
}

/// Prints the manual page.
pub fn man() -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    std::io::stdout().write_all(&text)?;
    Ok(0)
}
