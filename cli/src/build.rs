//! `nano build`: compile a project; sizes, and whether it fits the board and uses only what its firmware has.

use crate::arguments::Build;
use crate::failure::Failure;
use crate::requirements::Machine;
use crate::{load, project};
use nano_compiler::{Compiled, Options};
use nano_edge::{TopLevel, TranslationError, with_top_level_run};
use nano_emulator::BoardTable;
use nano_emulator::project::{FunctionSpec, Project, RunOn};
use nano_vm::{Aligned, Event, Failure as VmFailure, Instance, Limits, Module, NoHost, NoSnapshot, Stop};
use nano_wire::features::Features;
use nano_wire::module::Packed;
use serde_json::json;

/// Compiles every function and tells its sizes; fails when one can't fit its memory.
pub fn build(arguments: &Build) -> Result<u8, Failure> {
    let project = project::complete(&arguments.project, Machine::Here)?;
    let board = match &arguments.target {
        None => None,
        Some(name) => Some(BoardTable::named(name).ok_or_else(|| {
            Failure::with_hint(
                format!("there is no board {name:?}"),
                format!("the boards are: {}", BoardTable::names().join(", ")),
            )
        })?),
    };
    let mut unfit = Vec::new();
    if !arguments.json {
        anstream::println!(
            "{:<22} {:>8} {:>10} {:>10} {:>8}  runs on",
            "function",
            "module B",
            "snapshot B",
            "RAM needed",
            "arena B"
        );
    }
    for function in &project.functions {
        let compiled = match compiled(&project, function)? {
            Outcome::Compiled(compiled) => compiled,
            Outcome::Cloud(why) => {
                let (name, word) = (&function.name, function.run.word());
                if arguments.json {
                    println!("{}", json!({"function": name, "run": word, "runs_on": "cloud", "why": why}));
                } else {
                    anstream::println!("{name:<22} {:>8} {:>10} {:>10} {:>8}  {word}", "-", "-", "-", "-");
                    anstream::eprintln!("note: {name} runs on CPython: {why}");
                }
                continue;
            }
        };
        let code = compiled.module.len();
        let (compiled, top_level) = with_top_level_run(compiled);
        let asks = matches!(&top_level, TopLevel::Runs(NoSnapshot::Effect(_)));
        let snapshot = compiled.module.len() - code;
        let module = Module::load(Aligned::new(&compiled.module)).map_err(|error| Failure::Internal(error.into()))?;
        if let Some(folder) = &arguments.output {
            let file = folder.join(format!("{}.iotpy", function.name));
            std::fs::create_dir_all(folder)
                .and_then(|()| std::fs::write(&file, &compiled.module))
                .map_err(|error| Failure::usage(format!("{} can't be written: {error}", file.display())))?;
        }
        let (_, handler) = project::handler(function);
        if !module.has_global(handler) {
            unfit.push(no_handler(function, &compiled, &module));
        }
        let needed = ram_needed(&module, function.memory as usize);
        match &needed {
            Needed::TooLittle => unfit.push(format!(
                "{}: its top level does not fit {} bytes of memory; raise `memory` in nano.toml",
                function.name, function.memory
            )),
            // What it asks of the world has no answer here.
            Needed::Unknown(why) if !asks => unfit.push(format!("{}: its top level {why}", function.name)),
            Needed::Bytes(_) | Needed::Unknown(_) => {}
        }
        let image = Packed::read(&compiled.module).map_or(0, |packed| packed.image_bytes());
        if arguments.json {
            println!(
                "{}",
                json!({"function": function.name, "module_bytes": compiled.module.len(), "snapshot_bytes": snapshot, "top_level": top_level.to_string(), "ram_bytes": needed.bytes(),
                       "arena_bytes": function.memory, "run": function.run.word()})
            );
        } else {
            anstream::println!(
                "{:<22} {:>8} {:>10} {:>10} {:>8}  {}",
                function.name,
                compiled.module.len(),
                snapshot,
                needed.word(),
                function.memory,
                function.run.word()
            );
        }
        if !matches!(top_level, TopLevel::Snapshot(_)) {
            anstream::eprintln!("note: {} {top_level}", function.name);
        }
        if let Some(board) = &board {
            let lacking = module.needs().without(board.vm.features);
            match function.run {
                _ if lacking.is_empty() => {}
                RunOn::Device => unfit.push(lacks(&function.name, board, lacking)),
                RunOn::Auto => anstream::eprintln!("note: the edge runs it: {}", lacks(&function.name, board, lacking)),
                RunOn::Edge | RunOn::Cloud => {}
            }
        }
        match (&needed, &board) {
            (Needed::TooLittle, _) => {}
            (_, Some(board)) if function.memory > board.memory.arena => unfit.push(format!(
                "{}: {} can give functions {} bytes, nano.toml asks for {}; lower `memory`",
                function.name, board.model, board.memory.arena, function.memory
            )),
            _ => {}
        }
        if let Some(why) = board.as_ref().and_then(|board| too_large(&function.name, image, board)) {
            match function.run {
                RunOn::Device => unfit.push(why),
                RunOn::Auto => anstream::eprintln!("note: the edge runs it: {why}"),
                RunOn::Edge | RunOn::Cloud => {}
            }
        }
    }
    if unfit.is_empty() {
        return Ok(0);
    }
    Err(Failure::Code(unfit.iter().map(|line| format!("error: {line}\n")).collect()))
}

/// What is said of a handler that its file does not have.
fn no_handler(function: &FunctionSpec, compiled: &Compiled, module: &Module<Aligned>) -> String {
    let functions = compiled.symbols.functions.iter().filter(|function| function.file == 0);
    let names = functions.map(|function| function.name.as_str()).filter(|name| module.has_global(name));
    let names: Vec<&str> = names.take(20).collect();
    let (file, name) = project::handler(function);
    let has = if names.is_empty() { "no function".to_owned() } else { names.join(", ") };
    format!("{}: the handler is {name:?}, and {file} does not bind that name; it has {has}", function.name)
}

/// What is said of a module that is larger than what a board has for all of them.
pub fn too_large(function: &str, image: usize, board: &BoardTable) -> Option<String> {
    let most = board.memory.modules;
    (image > most as usize).then(|| {
        format!(
            "{function}: its module takes {image} bytes in memory, {} has {most} for modules; import less, or let it run at \
             the edge (run = \"edge\" in nano.toml)",
            board.model
        )
    })
}

/// What is said of a function that a board can't run.
pub fn lacks(function: &str, board: &BoardTable, features: Features) -> String {
    let parts: Vec<String> = features.iter().map(|feature| format!("{feature} ({})", feature.about())).collect();
    format!(
        "{function}: the firmware of {} is built without what it uses: {}; let it run at the edge (run = \"edge\" in nano.toml), or \
         add it to [vm] of emulator/boards/{}.toml and build the firmware",
        board.model,
        parts.join("; "),
        board.model
    )
}

/// What becomes of a function.
enum Outcome {
    Compiled(Compiled),
    /// CPython runs it, and why.
    Cloud(String),
}

fn compiled(project: &Project, function: &FunctionSpec) -> Result<Outcome, Failure> {
    let sources = project::sources(project, function)?;
    if function.run == RunOn::Cloud {
        return Ok(Outcome::Cloud("nano.toml says run = \"cloud\"".to_owned()));
    }
    if function.run == RunOn::Auto
        && let Err(diagnostics) = nano_edge::compile(&sources.clone().strict(), &Options::default())
    {
        let error = TranslationError::Refused(diagnostics);
        // What is no Python runs nowhere, and is shown with its caret.
        if !error.is_syntax_error() {
            return Ok(Outcome::Cloud(format!("the package does not compile for IoTPy: {}", error.reason())));
        }
    }
    Ok(Outcome::Compiled(load::compiled(&sources, false)?))
}

/// The memory that a module's top level needs.
enum Needed {
    Bytes(usize),
    /// More than it is given.
    TooLittle,
    /// It does not come to its end on this machine; why.
    Unknown(String),
}

impl Needed {
    fn bytes(&self) -> Option<usize> {
        if let Self::Bytes(bytes) = self { Some(*bytes) } else { None }
    }

    fn word(&self) -> String {
        match self {
            Self::Bytes(bytes) => bytes.to_string(),
            Self::TooLittle => "too little".to_owned(),
            Self::Unknown(_) => "-".to_owned(),
        }
    }
}

/// Smallest arena in which the module's top level runs, up to `most`; by bisection to 64 bytes.
fn ram_needed(module: &Module<Aligned>, most: usize) -> Needed {
    let run = |bytes: usize| {
        let mut instance = Instance::new(module.clone(), bytes, Limits { fuel: 50_000_000, ..Limits::default() });
        instance.invoke(&mut NoHost, "", Event::Json("null")).result
    };
    // The top level ran when the only thing missing is the function without a name.
    let fits = |bytes: usize| run(bytes) == Err(VmFailure::NotFound);
    match run(most) {
        Err(VmFailure::NotFound) => {}
        Err(VmFailure::Exception(exception)) if exception.class != "MemoryError" => {
            let message = exception.message.split('\n').next().unwrap_or_default();
            return Needed::Unknown(format!("raises {}: {message}", exception.class));
        }
        Err(VmFailure::Stopped(Stop::Fuel)) => {
            return Needed::Unknown("does not end within 50 million instructions".to_owned());
        }
        _ => return Needed::TooLittle,
    }
    let (mut low, mut high) = (0, most);
    while high - low > 64 {
        let middle = usize::midpoint(low, high) & !3;
        if fits(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Needed::Bytes(high)
}
