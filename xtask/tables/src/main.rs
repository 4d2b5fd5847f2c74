//! Prints the code's tables as chapters of the book: `nano-tables isa`.
//!
//! Apart from `nano-xtask`, which must compile in seconds and without the tables.

mod isa;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some("isa") = env::args().nth(1).as_deref() else {
        eprintln!("error: which table? one of: isa");
        return ExitCode::from(2);
    };
    let chapter = isa::chapter();
    print!("{chapter}");
    ExitCode::SUCCESS
}
