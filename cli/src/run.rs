//! `nano run`: a program on IoTPy, or one handler once.

use crate::arguments::Run;
use crate::failure::Failure;
use crate::host::Console;
use crate::{load, report, time};
use nano_vm::{Aligned, Failure as VmFailure, Host as _, Instance, Invocation, Limits, Module};
use std::io::Write as _;
use std::path::Path;

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
    let resume = arguments.resume.as_deref().map(read_words).transpose()?;
    let (call, keep) = (arguments.call.clone(), arguments.checkpoint.is_some());
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let mut host = Console::with_arguments(program);
        let instance = match resume {
            Some(words) => Instance::resume(module, arena, limits, &words),
            None => match Instance::try_new(module, arena, limits) {
                Ok(instance) => Some(instance),
                Err(shortage) => return Some((Invocation::unstarted(VmFailure::Memory(shortage)), None, false)),
            },
        };
        let mut instance = instance?;
        let mut invocation = instance.run_main(&mut host);
        if let (Some(name), Ok(_)) = (&call, &invocation.result) {
            invocation = instance.bench(&mut host, name, 1);
            if let Ok(text) = &invocation.result {
                host.print(&format!("{text}\n"));
            }
        }
        let words = if keep && invocation.result.is_ok() { instance.checkpoint() } else { None };
        if !keep {
            instance.end(&mut host);
        }
        Some((invocation, words, host.broken))
    });
    let Ok(Ok(ran)) = worker.map(std::thread::JoinHandle::join) else {
        return Err(Failure::Internal(anyhow::anyhow!("the interpreter's thread ended abnormally")));
    };
    let Some((invocation, words, broken)) = ran else {
        return Err(Failure::with_hint(
            "the checkpoint is not one of this program, or does not fit its memory",
            "take it again with --checkpoint, or raise --memory",
        ));
    };
    let flushed = std::io::stdout().flush();
    if broken || flushed.is_err() {
        return Err(Failure::BrokenPipe);
    }
    match invocation.result {
        Ok(_) => match &arguments.checkpoint {
            None => Ok(0),
            Some(path) => write_words(path, words.as_deref()).map(|()| 0),
        },
        Err(VmFailure::Exception(exception)) if exception.exit.is_some() => {
            // `sys.exit("why")`: neither None nor a number, so it is said.
            if exception.says_why {
                eprintln!("{}", exception.message);
            }
            Ok(exception.exit.unwrap_or(0) as u8)
        }
        Err(failure) => {
            Err(Failure::Code(report::failure(&compiled.symbols, &failure, arguments.call.as_deref().unwrap_or(""))))
        }
    }
}

/// A checkpoint's words, little endian.
fn read_words(path: &Path) -> Result<Vec<u32>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::with_hint(format!("{} can't be read: {error}", path.display()), "give a file that --checkpoint wrote")
    })?;
    Ok(bytes.chunks(4).map(|chunk| chunk.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))).collect())
}

fn write_words(path: &Path, words: Option<&[u32]>) -> Result<(), Failure> {
    let Some(words) = words else {
        return Err(Failure::with_hint(
            "the program holds something that has no form outside its memory",
            "let go of exceptions and of iterators other than plain ones before it ends",
        ));
    };
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    std::fs::write(path, bytes).map_err(|error| {
        Failure::with_hint(format!("{} can't be written: {error}", path.display()), "name a file in a folder of yours")
    })
}
