//! Tracebacks and other failures of a run, as CPython would show them.

use nano_vm::{Failure, Stop};
use nano_wire::symbols::Symbols;

/// One text for any failure of a run.
pub fn failure(symbols: &Symbols, failure: &Failure, function: &str) -> String {
    match failure {
        Failure::Exception(one) => one.text(symbols),
        Failure::Stopped(Stop::Fuel) => {
            "error: stopped: the function used up its instructions\nhint: look for a loop that does not end\n".to_string()
        }
        Failure::Stopped(Stop::Interrupted) => {
            "error: stopped: the time-out was reached\nhint: raise `timeout` in nano.toml, or look for a loop that does not end\n".to_string()
        }
        Failure::Stopped(Stop::Damaged) => {
            "error: stopped: the module's code is inconsistent\nhint: compile it again; if that does not help, this is a defect of nano\n".to_string()
        }
        Failure::NotFound => format!("error: there is no function '{function}'\nhint: `handler` in nano.toml is module.function\n"),
        Failure::Unserializable(why) => format!("error: the result can't be written as JSON: {why}\n"),
        Failure::ArenaTooSmall(bytes) => format!(
            "error: the memory is too small: the module alone needs {bytes} bytes\nhint: raise `memory` in nano.toml or --memory\n"
        ),
        Failure::Memory(shortage) => format!("error: {shortage}\nhint: lower `memory` in nano.toml or --memory\n"),
    }
}
