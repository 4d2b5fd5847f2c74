//! Runs the modules of a folder, and compares what each prints with the text beside it: `modules FOLDER`.
//!
//! For what interprets the interpreter, as Miri does: it depends on nothing but the VM.
//! `cargo run -p nano-tests --example write_modules` makes such a folder, and `cargo xtask sanitize` calls both.

use nano_vm::{Aligned, Host, Instance, Limits, Module};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the smallest boards have no more than, and large enough for every program here.
const ARENA: usize = 128 << 10;

/// What was printed.
#[derive(Default)]
struct Printed(String);

impl Host for Printed {
    fn print(&mut self, text: &str) {
        self.0.push_str(text);
    }
}

fn run(file: &Path) -> Result<(), String> {
    let read = |file: &Path| std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    let module = Module::load(Aligned::new(&read(file)?)).map_err(|error| error.to_string())?;
    let mut instance = Instance::new(module, ARENA, Limits::default());
    let mut printed = Printed::default();
    let result = instance.run_main(&mut printed).result;
    instance.end(&mut printed);
    if printed.0.as_bytes() == read(&file.with_extension("txt"))? {
        Ok(())
    } else {
        Err(format!("ended with {result:?}, and printed otherwise:\n{}", printed.0))
    }
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("a folder of modules");
        return ExitCode::from(2);
    };
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => {
            eprintln!("{folder}: {error}");
            return ExitCode::from(2);
        }
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "module"));
    files.sort();
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        match run(&file) {
            Ok(()) => passed += 1,
            Err(why) => {
                failed += 1;
                eprintln!("{}: {why}", file.display());
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    if passed > 0 && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
