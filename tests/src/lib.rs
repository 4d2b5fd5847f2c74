//! Running one Python program on CPython and on IoTPy, to compare what they print.

pub mod differential;
pub mod grammar;
pub mod kept;
pub mod mutation;
pub mod suites;

use nano_compiler::{Compiled, Diagnostic, MadeSource, Options, Package, compile_and_run};
use nano_vm::{Aligned, Context, Failure, Host, Instance, Limits, Module};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a run left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Standard output.
    pub stdout: String,
    /// Standard error (the traceback).
    pub stderr: String,
    /// Exit status.
    pub status: i32,
}

/// The language suite: every program of `tests/language`, by name.
///
/// # Panics
/// When there are hardly any: the folder is not where it was.
pub fn language_programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("language");
    let mut programs: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of programs")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    programs.sort();
    assert!(programs.len() > 40);
    programs
}

/// Runs a program by python3.
///
/// # Panics
/// When there is no python3: a comparison with nothing would be no test.
pub fn on_cpython(path: &Path) -> Run {
    let output = Command::new("python3")
        .arg(path.file_name().expect("a file"))
        .current_dir(path.parent().expect("a folder"))
        .env("PYTHONHASHSEED", "0")
        .output()
        .expect("python3 is needed: apt-get install python3");
    Run {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code().unwrap_or(-1),
    }
}

/// A host that collects what is printed.
#[derive(Debug, Default)]
pub struct Collector {
    /// What was printed.
    pub printed: String,
    /// What went to the error stream.
    pub errors: String,
    /// Names and texts of the context object.
    pub context: (&'static [&'static str], Vec<String>),
}

impl Host for Collector {
    fn print(&mut self, text: &str) {
        self.printed.push_str(text);
    }

    fn print_error(&mut self, text: &str) {
        self.errors.push_str(text);
    }

    fn context(&mut self) -> Context {
        Context { names: self.context.0, changed: self.context.1.len() }
    }

    fn context_text(&self, index: usize) -> &str {
        &self.context.1[index]
    }
}

/// Runs a program on IoTPy, in an arena of this many bytes.
pub fn on_iotpy(path: &Path, arena: usize, limits: Limits) -> Run {
    let text = std::fs::read_to_string(path).expect("readable");
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    run_source(&name, &text, arena, limits)
}

/// Runs a program that is in memory.
#[must_use]
pub fn run_source(name: &str, text: &str, arena: usize, limits: Limits) -> Run {
    run_package(&Package::single(name, text), arena, limits)
}

/// Compiles the entry of a package as a program, with the code that its top level makes.
///
/// # Errors
/// What the compiler refuses.
pub fn compiled(package: &Package) -> Result<Compiled, Vec<Diagnostic>> {
    // As whoever builds for a device or the edge (`edge/src/snapshot.rs`).
    let limits = Limits { fuel: 20_000_000, ..Limits::default() };
    compile_and_run(package, &Options { main: true }, &mut |module| {
        let wanted = Module::load(Aligned::new(module)).ok()?.wanted_source(1 << 20, limits)?;
        Some(MadeSource { text: wanted.text, name: wanted.name, is_expression: wanted.is_expression })
    })
}

/// Runs the entry of a package as a program.
#[must_use]
pub fn run_package(package: &Package, arena: usize, limits: Limits) -> Run {
    let compiled = match compiled(package) {
        Ok(compiled) => compiled,
        Err(diagnostics) => {
            let stderr = diagnostics.iter().map(|d| format!("{d:?}\n")).collect();
            return Run { stdout: String::new(), stderr, status: 1 };
        }
    };
    run_compiled(&compiled, arena, limits)
}

/// Runs a compiled program.
#[must_use]
pub fn run_compiled(compiled: &Compiled, arena: usize, limits: Limits) -> Run {
    let module = match Module::load(Aligned::new(&compiled.module)) {
        Ok(module) => module,
        Err(error) => return Run { stdout: String::new(), stderr: format!("{error}\n"), status: 3 },
    };
    let mut host = Collector::default();
    let mut instance = Instance::new(module, arena, limits);
    let invocation = instance.run_main(&mut host);
    instance.end(&mut host);
    let (stderr, status) = match &invocation.result {
        Ok(_) => (String::new(), 0),
        Err(Failure::Exception(exception)) => match exception.exit {
            Some(status) if exception.says_why => (format!("{}\n", exception.message), status),
            Some(status) => (String::new(), status),
            None => (exception.text(&compiled.symbols), 1),
        },
        Err(other) => (format!("{other:?}\n"), 3),
    };
    Run { stdout: host.printed, stderr: host.errors + &stderr, status }
}
