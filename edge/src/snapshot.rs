//! The top level of a module, run once when it is compiled: its arena goes into the module, so a start is a copy.

use nano_compiler::{Compiled, Diagnostic, MadeSource, Options, Package};
use nano_vm::{Aligned, Limits, Module, NoSnapshot, WantedSource};
use nano_wire::module::with_snapshot;
use sha2::{Digest, Sha256};

/// Instructions a top level may take for it.
const FUEL: u64 = 20_000_000;
/// Arena it is run in.
const ARENA: usize = 1 << 20;
/// A larger snapshot costs more to send and to keep than it saves: such a top level runs at each start.
const MOST_BYTES: usize = 16 << 10;

/// What became of a module's top level.
#[derive(Clone, Debug, PartialEq)]
pub enum TopLevel {
    /// It ran, and the module starts from a snapshot of so many bytes.
    Snapshot(usize),
    /// It runs at each first start; why.
    Runs(NoSnapshot),
    /// It runs at each first start: the snapshot would have had so many bytes.
    TooLarge(usize),
}

impl std::fmt::Display for TopLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Snapshot(bytes) => write!(f, "starts from a snapshot of {bytes} bytes"),
            Self::Runs(why) => write!(f, "runs its top level at each first start: {why}"),
            Self::TooLarge(bytes) => {
                write!(
                    f,
                    "runs its top level at each first start: a snapshot would have {bytes} bytes, more than {MOST_BYTES}"
                )
            }
        }
    }
}

/// Compiles a package. Where its top level makes code (`exec`, `eval`), it is run to know which.
pub fn compile(package: &Package, options: &Options) -> Result<Compiled, Vec<Diagnostic>> {
    let limits = Limits { fuel: FUEL, ..Limits::default() };
    let mut run = |module: &[u8]| {
        let wanted = Module::load(Aligned::new(module)).ok()?.wanted_source(ARENA, limits)?;
        let WantedSource { text, name, is_expression } = wanted;
        Some(MadeSource { text, name, is_expression })
    };
    nano_compiler::compile_and_run(package, options, &mut run)
}

/// Gives a compiled module its snapshot, where its top level can have run anywhere.
pub fn with_top_level_run(compiled: Compiled) -> (Compiled, TopLevel) {
    let limits = Limits { fuel: FUEL, ..Limits::default() };
    let words = match Module::load(Aligned::new(&compiled.module)) {
        Ok(module) => module.snapshot(ARENA, limits),
        // Whoever loads the module next says what is wrong with it.
        Err(_) => Err(NoSnapshot::Unsupported),
    };
    let words = match words {
        Ok(words) => words,
        Err(why) => return (compiled, TopLevel::Runs(why)),
    };
    let bytes = words.len() * 4;
    if bytes > MOST_BYTES {
        return (compiled, TopLevel::TooLarge(bytes));
    }
    let Ok(module) = with_snapshot(&compiled.module, &words) else {
        return (compiled, TopLevel::Runs(NoSnapshot::Unsupported));
    };
    let mut compiled = compiled;
    compiled.symbols.module_hash = Sha256::digest(&module).into();
    compiled.module = module;
    (compiled, TopLevel::Snapshot(bytes))
}
