//! Python source to IoTPy module: parser, scopes, lowering and linking; never on the device.
//!
//! [`compile`] takes a [`Package`] of Python files and makes one linked module of the entry and what its imports
//! reach, and the [`Symbols`] that turn instructions back into source positions. What is no Python 3.11, or is not
//! supported, is refused with [`Diagnostic`]s. Nothing here runs the program.
//!
//! Three things differ from CPython on purpose: annotations are evaluated in programs that ask for them only, a list, set
//! or dict comprehension has no frame of its own in a traceback, and an import of a module that doesn't exist is an error
//! when compiling, unless it stands in a `try` that expects an `ImportError`.
//!
//! ```
//! use nano_compiler::{Options, Package, compile};
//!
//! let package = Package::single("lights.py", "def handler(event, context):\n    return event['level'] > 100\n");
//! let compiled = compile(&package, &Options::default()).unwrap();
//! assert!(compiled.module.len() < 400);
//!
//! let package = Package::single("lights.py", "return 1\n");
//! let diagnostics = compile(&package, &Options::default()).unwrap_err();
//! assert_eq!(diagnostics[0].message, "'return' outside function");
//! ```

#![allow(clippy::single_match_else, reason = "a match names what the other case is")]
#![cfg_attr(test, allow(clippy::format_collect, reason = "sources of tests are made in one line"))]
#![allow(clippy::needless_for_each, reason = "one line for one idea, in walks over lists of nodes")]
#![allow(clippy::collapsible_match, reason = "the arm says which node it is for, the condition whether it applies")]

mod absent;
mod annotated;
mod annotations;
mod assembler;
mod constant;
mod diagnostic;
mod dispatch;
mod document;
mod early;
mod firm;
mod fold;
mod front;
mod library;
mod link;
mod listing;
mod lower;
mod made;
mod metaclass;
mod names;
mod namespace;
mod nesting;
mod placed;
mod portable;
mod program;
mod reach;
mod scope;
mod source;
mod spec;
mod star;
mod supply;
mod surrogate;
mod traced;
mod unhashable;

pub use diagnostic::{Diagnostic, code};
pub use library::modules as library_modules;
pub use listing::disassemble;
pub use made::MadeSource;
pub use nano_wire::symbols::Symbols;
pub use source::{Package, SourceFile};

use made::Made;
use nano_wire::module::{MAX_BYTES, encode};
use program::Refused;
use sha2::{Digest, Sha256};

/// How to compile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The entry is run as a program: its `__name__` is `__main__`. Else it is imported under its own name.
    pub main: bool,
}

/// A compiled program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The module's bytes.
    pub module: Vec<u8>,
    /// Names and positions, for tracebacks and listings; they carry the module's hash.
    pub symbols: Symbols,
    /// What looks wrong, but compiles.
    pub warnings: Vec<Diagnostic>,
}

/// Stack for sources that nest deeply; only what is used is ever touched.
const DEEP_STACK: usize = 128 << 20;

/// Compiles the entry of a package and everything its imports reach. Code that a program makes is refused.
pub fn compile(package: &Package, options: &Options) -> Result<Compiled, Vec<Diagnostic>> {
    compile_with(package, *options, None).map(|(compiled, _)| compiled)
}

/// As [`compile`], for who can run what is built: `run` runs the top level of a module and gives the source that it
/// wants compiled and doesn't have (`exec`, `eval`, `compile`), if it comes to one.
pub fn compile_and_run(
    package: &Package,
    options: &Options,
    run: &mut dyn FnMut(&[u8]) -> Option<MadeSource>,
) -> Result<Compiled, Vec<Diagnostic>> {
    let mut made = Made::default();
    loop {
        let (compiled, makes_code) = compile_with(package, *options, Some(&made))?;
        if !makes_code {
            return Ok(compiled);
        }
        let Some(source) = run(&compiled.module) else { break };
        made.add(package, source)?;
    }
    made.is_complete = true;
    compile_with(package, *options, Some(&made)).map(|(compiled, _)| compiled)
}

/// Compiles with what the program has asked for so far; does it ask at all?
fn compile_with(package: &Package, options: Options, made: Option<&Made>) -> Result<(Compiled, bool), Vec<Diagnostic>> {
    match compile_on(package, options, made, false) {
        Ok(compiled) => Ok(compiled),
        Err(Refused::Diagnostics(diagnostics)) => Err(sorted(diagnostics)),
        Err(Refused::Deep) => compile_deep(package, options, made),
    }
}

/// Compiles with a stack for the deepest source that is accepted.
fn compile_deep(package: &Package, options: Options, made: Option<&Made>) -> Result<(Compiled, bool), Vec<Diagnostic>> {
    let result = on_deep_stack(|| compile_on(package, options, made, true)).unwrap_or(Err(Refused::Deep));
    result.map_err(|refused| match refused {
        Refused::Diagnostics(diagnostics) => sorted(diagnostics),
        Refused::Deep => {
            let message = "no memory for the stack that a source this deep needs".to_string();
            vec![Diagnostic::of_program(code::LIMIT, package, message)]
        }
    })
}

/// Runs something with [`DEEP_STACK`]; `None` where there is no memory for it.
pub(crate) fn on_deep_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    let worker = std::thread::Builder::new().stack_size(DEEP_STACK);
    std::thread::scope(|scope| match worker.spawn_scoped(scope, run).map(std::thread::ScopedJoinHandle::join) {
        Ok(Ok(result)) => Some(result),
        // A panic of the worker is ours: let it be seen as one.
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => None,
    })
}

fn compile_on(
    package: &Package,
    options: Options,
    made: Option<&Made>,
    deep: bool,
) -> Result<(Compiled, bool), Refused> {
    let mut program = program::load(package, made, deep)?;
    let linked = link::link(&mut program, options.main).map_err(Refused::Diagnostics)?;
    let module = encode(&linked.parts);
    if module.len() > MAX_BYTES {
        let message = format!("the program is larger than {MAX_BYTES} bytes");
        return Err(Refused::Diagnostics(vec![Diagnostic::of_program(code::LIMIT, package, message)]));
    }
    let mut symbols = linked.symbols;
    symbols.module_hash = Sha256::digest(&module).into();
    Ok((Compiled { module, symbols, warnings: linked.warnings }, program.makes_code()))
}

/// In the order of the source, each once.
fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    diagnostics.dedup();
    diagnostics
}
