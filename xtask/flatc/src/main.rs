//! Runs the flatc that was built along with this program, with the arguments given to it.

use std::env;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    match Command::new(flatc::flatc()).args(env::args_os().skip(1)).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}: {error}", flatc::flatc().display());
            ExitCode::FAILURE
        }
    }
}
