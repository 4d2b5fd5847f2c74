//! Linking: all units of all modules into the parts of one module, and the symbols beside it.

use crate::constant::{Constant, Pool};
use crate::diagnostic::{Diagnostic, code};
use crate::front::{Problem, Span};
use crate::library;
use crate::lower::{self, Context, Output};
use crate::names;
use crate::program::Program;
use crate::scope::resolve::{Surroundings, resolve};
use crate::scope::{Place, flag};
use crate::surrogate;
use crate::traced;
use nano_wire::module::{Handler, PackageModule, Parts};
use nano_wire::symbols::{File, FunctionSymbols, Position, Symbols};
use std::collections::HashMap;

/// Where a handler's files are, as Lambda has them.
const FOLDER: &str = "/var/task/";
/// Levels of the library's `logging`.
const NOTSET: i64 = 0;
const WARNING: i64 = 30;

/// A linked program, before it is encoded.
#[derive(Debug)]
pub(crate) struct Linked {
    pub parts: Parts,
    pub symbols: Symbols,
    pub warnings: Vec<Diagnostic>,
}

/// Resolves, lowers and links a program.
pub(crate) fn link(program: &mut Program<'_>, main: bool) -> Result<Linked, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut ranges = Vec::new();
    let mut submodule_slots = HashMap::new();
    let mut first_global = 0usize;
    let is_shared = program.modules.len() > 1;
    for index in 0..program.modules.len() {
        let module = &mut program.modules[index];
        let surroundings = Surroundings {
            first_global: first_global.min(usize::from(u16::MAX)) as u16,
            bound_outside: &module.submodules,
            stored_attributes: &program.stored_attributes,
            is_shared,
        };
        let problems = resolve(&mut module.collected.scopes, &module.collected.nonlocals, &surroundings);
        report(program, index, problems, &mut diagnostics);
        let module = &program.modules[index];
        let globals = &module.collected.scopes.globals;
        for (offset, name) in globals.iter().enumerate() {
            if module.submodules.contains(name) {
                submodule_slots.insert((index, name.clone()), (first_global + offset) as u16);
            }
        }
        ranges.push((first_global, globals.len()));
        first_global += globals.len();
    }
    if first_global >= usize::from(u16::MAX) {
        let problem = Problem::new(code::LIMIT, Span::default(), "the program has more than 65,535 global names");
        report(program, 0, vec![problem], &mut diagnostics);
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }

    let mut out = Output::default();
    // Units that the program makes come first, so that their numbers are known.
    let made = program.made();
    out.units.resize_with(made, || None);
    let mut firsts = Vec::new();
    let mut module_names = Vec::new();
    for (index, module) in program.modules.iter().enumerate() {
        let name = if index == 0 && main { "__main__" } else { module.file.module.as_str() };
        firsts.push(out.units.len());
        module_names.push(name.to_string());
        let context = Context { program, module, index, name, submodule_slots: &submodule_slots };
        let problems = lower::lower(&context, &mut out);
        report(program, index, problems, &mut diagnostics);
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut warnings = undefined_names(program);
    for (index, module) in program.modules.iter().enumerate() {
        if !library::is_library(module.file) {
            report(program, index, surrogate::warnings(module), &mut warnings);
        }
    }

    let mut parts = Parts::default();
    let mut symbols = Symbols {
        files: program
            .modules
            .iter()
            .map(|module| {
                // Places in the library are not shown, so its text isn't needed.
                // Nor is what a program makes: CPython has no file of it either.
                let is_unseen = library::is_library(module.file) || module.made.is_some();
                let source = if is_unseen { String::new() } else { module.file.text.clone() };
                File { name: module.file.name.clone(), source }
            })
            .collect(),
        ..Symbols::default()
    };
    let Output { mut pool, units, caches } = out;
    let first_made = program.modules.len() - made;
    let own = firsts.iter().enumerate().map(|(index, first)| {
        let end = firsts.get(index + 1).copied().unwrap_or(units.len());
        (index, (index < first_made).then_some(*first), *first..end)
    });
    let entries = (0..made).map(|number| (first_made + number, None, number..number + 1));
    for (index, function, range) in entries.chain(own) {
        let module = &program.modules[index];
        if let Some(function) = function {
            let (first_global, globals) = ranges[index];
            parts.modules.push(PackageModule {
                name: pool.name(&module_names[index]),
                function: function as u16,
                first_global: first_global as u16,
                globals: globals as u16,
            });
            for name in &module.collected.scopes.globals {
                parts.global_names.push(pool.name(name));
            }
        }
        for unit in units[range].iter().flatten() {
            let mut function = unit.function;
            function.code = parts.code.len() as u32;
            function.first_handler = parts.handlers.len().min(usize::from(u16::MAX)) as u16;
            function.first_parameter = parts.parameters.len().min(usize::from(u16::MAX)) as u16;
            parts.code.extend_from_slice(&unit.code);
            parts.handlers.extend(unit.handlers.iter().map(|(start, end, target)| Handler {
                start: *start,
                end: *end,
                target: *target,
            }));
            parts.parameters.extend_from_slice(&unit.parameters);
            parts.functions.push(function);
            symbols.functions.push(FunctionSymbols {
                name: unit.name.clone(),
                file: index.min(usize::from(u16::MAX)) as u16,
                first_line: module.lines.position(unit.span.start).0,
                positions: unit
                    .positions
                    .iter()
                    .map(|(word, span)| {
                        let (line, column) = module.lines.position(span.start);
                        let (end_line, end_column) = module.lines.position(span.end);
                        let narrow = |number: u32| number.min(u32::from(u16::MAX)) as u16;
                        Position {
                            word: *word as u16,
                            line,
                            column: narrow(column),
                            line_span: narrow(end_line - line),
                            end_column: narrow(end_column),
                        }
                    })
                    .collect(),
                registers: unit.registers.clone(),
            });
        }
    }
    let too_many =
        parts.handlers.len() > usize::from(u16::MAX) || parts.parameters.len() > usize::from(u16::MAX) || pool.overflow;
    if too_many {
        let message = "the program has more constants, parameters or guarded ranges than fit in a module";
        report(program, 0, vec![Problem::new(code::LIMIT, Span::default(), message)], &mut diagnostics);
        return Err(diagnostics);
    }
    pool.replace(&traced::placeholder(), || {
        let own = program.modules.iter().take_while(|module| !library::is_library(module.file)).count();
        traced::places(&symbols, own, if main { "" } else { FOLDER })
    });
    // `lastResort.level` of the library's `logging`.
    let (unhandled, level) = (Constant::Bytes(b"<library>/logging.py".to_vec()), if main { WARNING } else { NOTSET });
    pool.replace(&unhandled, || Constant::Int(level));
    let Pool { values, objects, .. } = pool;
    parts.constants = values;
    parts.objects = objects;
    parts.caches = caches as u16;
    Ok(Linked { parts, symbols, warnings })
}

fn report(program: &Program<'_>, index: usize, problems: Vec<Problem>, diagnostics: &mut Vec<Diagnostic>) {
    let module = &program.modules[index];
    diagnostics.extend(problems.into_iter().map(|problem| {
        Diagnostic::new(problem.code, module.file, &module.lines, problem.span, problem.message, problem.hint)
    }));
}

/// Global names that are read somewhere and bound nowhere: a NameError when they are reached.
fn undefined_names(program: &Program<'_>) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for (index, module) in program.modules.iter().enumerate() {
        if library::is_library(module.file) {
            continue;
        }
        let scopes = &module.collected.scopes;
        let bound: std::collections::HashSet<&str> = scopes
            .all
            .iter()
            .flat_map(|scope| {
                scope
                    .symbols
                    .iter()
                    .filter(move |symbol| symbol.is(flag::BOUND) && (scope.parent.is_none() || symbol.is(flag::GLOBAL)))
            })
            .map(|symbol| symbol.name.as_str())
            .collect();
        let mut seen = std::collections::HashSet::new();
        for symbol in scopes.all.iter().flat_map(|scope| &scope.symbols) {
            let name = symbol.name.as_str();
            let is_unbound = matches!(symbol.place, Place::Global(_)) && !bound.contains(name);
            if !is_unbound
                || !symbol.is(flag::USED)
                || module.submodules.iter().any(|own| own == name)
                || !seen.insert(name)
            {
                continue;
            }
            let span = symbol.first_use;
            let mut problem = Problem::new(code::UNDEFINED, span, format!("name '{name}' is not defined"));
            let candidates = bound.iter().copied().chain(names::scope());
            if let Some(closest) = names::closest(name, candidates) {
                problem = problem.hint(format!("did you mean '{closest}'?"));
            }
            report(program, index, vec![problem], &mut warnings);
        }
    }
    warnings
}
