//! Tracebacks and other failures of a run, as CPython would show them.

use nano_vm::{Exception, Failure, Stop};
use nano_wire::symbols::Symbols;
use nano_wire::traceback::{self, Place};

/// A whole traceback, causes first.
pub fn exception(symbols: &Symbols, exception_: &Exception) -> String {
    let mut text = String::new();
    if let Some((origin, explicit)) = &exception_.origin {
        text.push_str(&exception(symbols, origin));
        text.push_str(if *explicit {
            "\nThe above exception was the direct cause of the following exception:\n\n"
        } else {
            "\nDuring handling of the above exception, another exception occurred:\n\n"
        });
    }
    text.push_str("Traceback (most recent call last):\n");
    text.push_str(&traceback::render(symbols, &places(exception_)));
    text.push_str(&traceback::last_line(&exception_.class, &exception_.message));
    text.push('\n');
    text
}

fn places(exception: &Exception) -> Vec<Place> {
    exception
        .frames
        .iter()
        .map(|frame| Place { function: frame.function, word: frame.word, repeats: frame.repeats })
        .collect()
}

/// One text for any failure of a run.
pub fn failure(symbols: &Symbols, failure: &Failure, function: &str) -> String {
    match failure {
        Failure::Exception(one) => exception(symbols, one),
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
    }
}
