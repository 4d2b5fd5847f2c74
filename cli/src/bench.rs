//! `nano bench`: the interpreter over a corpus beside CPython, on the device's core too; collecting; capabilities; the
//! compiler.

mod bare;
mod caps;
mod client;
mod collector;
mod compile;
mod cores;
mod dev;
mod flashed;
mod instrument;
mod lambda;
mod lx106;
mod pace;
mod path;
mod peers;
mod profile;
mod s3;
mod traffic;

use crate::arguments::{Bench, BenchCommand, BenchVm, Core};
use crate::failure::Failure;
use crate::host::Console;
use crate::load;
use nano_vm::{Aligned, Instance, Limits, Module};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Arena of a benchmark: what an ESP8266 can give a function.
const ARENA: usize = 38 << 10;
/// How long each program is repeated.
const BUDGET: Duration = Duration::from_millis(400);

/// Runs a benchmark.
pub fn bench(arguments: &Bench) -> Result<u8, Failure> {
    match &arguments.command {
        BenchCommand::Vm(arguments) => match arguments.target {
            None => vm(arguments),
            Some(Core::Lx106) => lx106::vm(arguments),
        },
        BenchCommand::Caps(arguments) => caps::caps(arguments),
        BenchCommand::Path(arguments) => path::path(arguments),
        BenchCommand::Compile(arguments) => compile::compile(arguments),
        BenchCommand::Dev(arguments) => dev::dev(arguments),
        BenchCommand::S3(arguments) => s3::s3(arguments),
        BenchCommand::Lambda(arguments) => lambda::lambda(arguments),
    }
}

/// What one program came to.
struct Row {
    name: String,
    us: f64,
    cpython_us: f64,
    instructions: u64,
    peak: u32,
    smallest: usize,
    bytes: usize,
    ok: bool,
}

/// The programs of the corpus that are wanted, in order.
fn programs(arguments: &BenchVm) -> Result<Vec<PathBuf>, Failure> {
    let mut programs: Vec<PathBuf> = std::fs::read_dir(&arguments.corpus)
        .map_err(|error| {
            Failure::with_hint(
                format!("{} can't be read: {error}", arguments.corpus.display()),
                "give the folder of the programs: --corpus DIR",
            )
        })?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "py") && matches(&arguments.filter, &stem(path))
        })
        .collect();
    programs.sort();
    if programs.is_empty() && !collector::is_wanted(&arguments.filter) {
        return Err(Failure::usage(format!(
            "no program in {} matches '{}'",
            arguments.corpus.display(),
            arguments.filter
        )));
    }
    Ok(programs)
}

fn vm(arguments: &BenchVm) -> Result<u8, Failure> {
    let programs = programs(arguments)?;
    let mut rows = Vec::new();
    for program in &programs {
        rows.push(measure(program)?);
    }
    let collections = collector::here(&arguments.filter)?;
    let mean = (rows.iter().map(|row| (row.us / row.cpython_us).ln()).sum::<f64>() / rows.len() as f64).exp();
    if arguments.json {
        let mut object = Map::new();
        for row in &rows {
            object.insert(
                row.name.clone(),
                json!({"us": row.us, "cpython_us": row.cpython_us, "ratio": row.us / row.cpython_us, "instructions": row.instructions,
                       "heap_peak_bytes": row.peak, "smallest_heap_bytes": row.smallest, "module_bytes": row.bytes, "ok": row.ok}),
            );
        }
        collector::report(&collections, &mut object);
        println!("{}", Value::Object(object));
    } else if rows.is_empty() {
        collector::print(&collections);
    } else {
        let python = crate::python::version().unwrap_or_default();
        anstream::println!(
            "{:<12} {:>12} {:>12} {:>7} {:>13} {:>10} {:>9}  result",
            "program",
            "IoTPy us",
            "CPython us",
            "ratio",
            "instructions",
            "smallest",
            "module"
        );
        for row in &rows {
            anstream::println!(
                "{:<12} {:>12.3} {:>12.3} {:>7.2} {:>13} {:>10} {:>9}  {}",
                row.name,
                row.us,
                row.cpython_us,
                row.us / row.cpython_us,
                row.instructions,
                row.smallest,
                row.bytes,
                if row.ok { "equal" } else { "DIFFERENT" }
            );
        }
        anstream::println!("geometric mean of the ratios to CPython {python} in this run: {mean:.3}");
        collector::print(&collections);
    }
    Ok(u8::from(rows.iter().any(|row| !row.ok) || !collections.iter().all(collector::Row::ok)))
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `*` is any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut last_was_star = !pattern.contains('*');
    for part in parts {
        last_was_star = part.is_empty();
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.is_empty()
        || (last_was_star && pattern.contains('*'))
        || pattern.split('*').next_back().is_some_and(|last| !last.is_empty() && name.ends_with(last))
}

/// Times `bench()` of a program by CPython: prints microseconds, INNER and the result's repr.
const CPYTHON: &str = "
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location('program', sys.argv[1])
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
result = repr(program.bench())
best, count, begin = 1e9, 1, time.perf_counter()
while time.perf_counter() - begin < float(sys.argv[2]):
    start = time.perf_counter()
    for _ in range(count):
        program.bench()
    took = time.perf_counter() - start
    best = min(best, took / count)
    if took < 0.005:
        count *= 2
print(best * 1e6, program.INNER)
print(result)
";

/// What CPython makes of a program.
struct Expected {
    us: f64,
    inner: f64,
    result: String,
}

/// Runs it by CPython and, with a budget, times it.
fn cpython(program: &Path, budget: Duration) -> Result<Expected, Failure> {
    let budget = budget.as_secs_f64().to_string();
    let output = crate::python::script(CPYTHON, &[program.as_os_str(), budget.as_ref()])?;
    let mut lines = output.lines();
    let mut numbers = lines.next().unwrap_or_default().split(' ').filter_map(|number| number.parse::<f64>().ok());
    let (us, inner) = (numbers.next().unwrap_or(f64::NAN), numbers.next().unwrap_or(1.0));
    Ok(Expected { us, inner, result: lines.next().unwrap_or_default().to_string() })
}

/// The smallest arena in which the program still has this result, to 64 bytes; `bench` is called twice.
fn smallest_arena(module: &Module<Aligned>, result: &str) -> usize {
    let runs = |arena: usize| {
        let mut instance = Instance::new(module.clone(), arena, Limits::default());
        instance.bench(&mut Console::new(), "bench", 2).result.as_deref() == Ok(result)
    };
    let (mut low, mut high) = (0, 512usize);
    while high <= 1 << 20 && !runs(high) {
        low = high;
        high *= 2;
    }
    while high - low > 64 {
        let middle = usize::midpoint(low, high) & !3;
        if runs(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

fn measure(program: &Path) -> Result<Row, Failure> {
    let package = load::package(program)?;
    let compiled = load::compiled(&package, false)?;
    let module = Module::load(Aligned::new(&compiled.module)).map_err(|error| Failure::Internal(error.into()))?;
    let name = stem(program);
    let Expected { us: cpython, inner, result: expected } = cpython(program, BUDGET)?;

    let mut instance = Instance::new(module.clone(), ARENA, Limits::default());
    let mut host = Console::new();
    // The first call also runs the top level; the second is what one iteration costs.
    let first = instance.bench(&mut host, "bench", 1);
    let result = match &first.result {
        Ok(text) => text.clone(),
        Err(failure) => return Err(Failure::Code(crate::report::failure(&compiled.symbols, failure, "bench"))),
    };
    let second = instance.bench(&mut host, "bench", 1);
    let (mut best, mut count) = (f64::MAX, 1u32);
    let begin = Instant::now();
    while begin.elapsed() < BUDGET {
        let start = Instant::now();
        let _ = instance.bench(&mut host, "bench", count);
        let took = start.elapsed().as_secs_f64();
        best = best.min(took / f64::from(count) * 1e6);
        if took < 0.005 {
            count = count.saturating_mul(2);
        }
    }
    Ok(Row {
        name,
        us: best / inner,
        cpython_us: cpython / inner,
        instructions: (second.instructions as f64 / inner) as u64,
        peak: second.heap_peak_bytes,
        smallest: smallest_arena(&module, &result),
        bytes: compiled.module.len(),
        ok: result == expected,
    })
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        assert!(matches("*", "fib20") && matches("ks*", "ks32") && matches("*32", "ks32") && matches("fib20", "fib20"));
        assert!(!matches("ks*", "fib20") && !matches("fib", "fib20") && !matches("*31", "ks32"));
    }
}
