//! `nano run`: a program on IoTPy, or one handler once.

use crate::arguments::Run;
use crate::failure::Failure;
use crate::host::Console;
use crate::{load, report, time};
use nano_vm::{Aligned, Failure as VmFailure, Instance, Limits, Module};
use std::io::Write as _;

/// Arena of a program on this machine.
const PROGRAM_ARENA: usize = 64 << 20;
/// Stack of the thread that runs a program: native calls may nest `native_depth` deep.
const STACK: usize = 256 << 20;

/// Runs.
pub fn run(arguments: &Run) -> Result<u8, Failure> {
    if arguments.function.is_some() {
        return crate::function::run(arguments);
    }
    if arguments.target.is_dir() {
        return Err(Failure::with_hint(
            format!("{} is a folder", arguments.target.display()),
            "name a file, or one of the project's functions: nano run . --function NAME",
        ));
    }
    let package = load::package(&arguments.target)?;
    let compiled = load::compiled(&package, true)?;
    let module = Module::load(Aligned::new(&compiled.module)).map_err(|error| Failure::Internal(error.into()))?;
    let arena = arguments.memory.as_deref().map_or(Ok(PROGRAM_ARENA), time::bytes)?;
    let limits = Limits { native_depth: 400, ..Limits::default() };
    let mut program = vec![arguments.target.display().to_string()];
    program.extend(arguments.arguments.iter().cloned());
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut host = Console::with_arguments(program);
        let invocation = Instance::new(module, arena, limits).run_main(&mut host);
        (invocation, host.broken)
    });
    let Ok(Ok((invocation, broken))) = worker.map(std::thread::JoinHandle::join) else {
        return Err(Failure::Internal(anyhow::anyhow!("the interpreter's thread ended abnormally")));
    };
    let flushed = std::io::stdout().flush();
    if broken || flushed.is_err() {
        return Err(Failure::BrokenPipe);
    }
    match invocation.result {
        Ok(_) => Ok(0),
        Err(VmFailure::Exception(exception)) if exception.exit.is_some() => {
            // `sys.exit("why")`: neither None nor a number, so it is said.
            if !exception.message.is_empty() && exception.message.parse::<i64>().is_err() && exception.exit == Some(1) {
                eprintln!("{}", exception.message);
            }
            Ok(exception.exit.unwrap_or(0) as u8)
        }
        Err(failure) => Err(Failure::Code(report::failure(&compiled.symbols, &failure, ""))),
    }
}
