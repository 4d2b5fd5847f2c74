//! Code that a program makes: what of it runs where, and what of it is refused.
//!
//! That it does what it does on CPython is for `tests/language/made_code.py` and `tests/packages`.

use nano_compiler::{Compiled, Diagnostic, MadeSource, Options, Package, compile, compile_and_run};
use nano_tests::{Run, run_source};
use nano_vm::{Aligned, Event, Failure, Instance, Limits, Module, NoHost, NoSnapshot};
use nano_wire::module::with_snapshot;

/// A function, built by who can run its top level.
fn built(source: &str) -> Result<Compiled, Vec<Diagnostic>> {
    built_package(&Package::single("handler.py", source))
}

fn built_package(package: &Package) -> Result<Compiled, Vec<Diagnostic>> {
    compile_and_run(package, &Options::default(), &mut |module| {
        let module = Module::load(Aligned::new(module)).expect("it loads");
        let wanted = module.wanted_source(1 << 20, Limits { fuel: 20_000_000, ..Limits::default() })?;
        Some(MadeSource { text: wanted.text, name: wanted.name, is_expression: wanted.is_expression })
    })
}

fn loaded(compiled: &Compiled) -> Module<Aligned> {
    Module::load(Aligned::new(&compiled.module)).expect("it loads")
}

fn invoked(module: Module<Aligned>, event: &str) -> Result<String, Failure> {
    let mut instance = Instance::new(module, 64 << 10, Limits::default());
    instance.invoke(&mut NoHost, "handler", Event::Json(event)).result
}

fn refused(source: &str) -> Vec<(String, u32, u32)> {
    let diagnostics = built(source).expect_err("it is refused");
    diagnostics.into_iter().map(|one| (one.message, one.line, one.column)).collect()
}

fn message(failure: Failure) -> String {
    match failure {
        Failure::Exception(exception) => format!("{}: {}", exception.class, exception.message),
        other => format!("{other:?}"),
    }
}

const MADE: &str = "\
space = {'factor': 3}
exec('def scale(x):\\n    return x * factor\\n', space)
scale = space['scale']
def handler(event, context):
    return scale(event)
";

#[test]
fn what_the_top_level_makes_is_in_the_module_and_in_its_snapshot() {
    let compiled = built(MADE).expect("it is built");
    assert_eq!(invoked(loaded(&compiled), "14").as_deref(), Ok("42"));
    let words = loaded(&compiled).snapshot(64 << 10, Limits::default()).expect("a snapshot");
    let module = with_snapshot(&compiled.module, &words).expect("it has room");
    let module = Module::load(Aligned::new(&module)).expect("it loads");
    assert_eq!(invoked(module, "14").as_deref(), Ok("42"));
}

#[test]
fn the_same_source_makes_the_same_module() {
    assert_eq!(built(MADE).expect("built").module, built(MADE).expect("built again").module);
}

#[test]
fn what_makes_no_code_is_compiled_as_ever_and_once() {
    let package =
        Package::single("handler.py", "import re\ndef handler(event, context):\n    return re.compile('a')\n");
    let plain = compile(&package, &Options::default()).expect("compiles");
    let built = compile_and_run(&package, &Options::default(), &mut |_| panic!("there is nothing to learn"));
    assert_eq!(built, Ok(plain));
}

/// A top level that asks the world runs where the function does; what it makes is there.
#[test]
fn it_is_there_where_the_top_level_runs_at_the_first_start() {
    let compiled = built(&format!("import time\nstarted = time.time()\n{MADE}")).expect("it is built");
    let got = loaded(&compiled).snapshot(64 << 10, Limits::default());
    assert_eq!(got, Err(NoSnapshot::Effect("reads the clock")));
    assert_eq!(invoked(loaded(&compiled), "2").as_deref(), Ok("6"));
}

#[test]
fn what_depends_on_where_it_runs_is_an_error_there() {
    let source = "import os\nvalue = eval(os.environ.get('EXPRESSION', '1 + 1'), {})\n\
                  def handler(event, context):\n    return value\n";
    let compiled = built(source).expect("it is built");
    assert_eq!(invoked(loaded(&compiled), "0").as_deref(), Ok("2"));

    struct Elsewhere;
    impl nano_vm::Host for Elsewhere {
        fn environment(&self, index: usize) -> Option<(&str, &str)> {
            (index == 0).then_some(("EXPRESSION", "2 + 2"))
        }
    }
    let mut instance = Instance::new(loaded(&compiled), 64 << 10, Limits::default());
    let result = instance.invoke(&mut Elsewhere, "handler", Event::Json("0")).result;
    assert_eq!(
        message(result.expect_err("there is no such code")),
        "NotImplementedError: eval() is not available: there is no compiler on the device; \
         what the top level makes is compiled at build, where it is run"
    );
}

/// The top level comes to it, and so may the handler, with a source that is known and one that isn't.
#[test]
fn a_call_that_both_may_come_to_is_an_error_where_it_fails() {
    let source = "def value(text):\n    return eval(text, {})\nvalue('1 + 1')\n\
                  def handler(event, context):\n    return value(event)\n";
    let compiled = built(source).expect("it is built");
    assert_eq!(invoked(loaded(&compiled), "\"1 + 1\"").as_deref(), Ok("2"));
    let failure = invoked(loaded(&compiled), "\"2 + 2\"").expect_err("there is no such code");
    assert!(message(failure).starts_with("NotImplementedError: eval() is not available"));
}

#[test]
fn what_only_a_device_could_come_to_is_refused_where_it_stands() {
    let handler = "def handler(event, context):\n    return eval(event, {})\n";
    assert_eq!(refused(handler), [("'eval' is not available".to_owned(), 2, 12)]);
    let helped = "def run(text):\n    exec(text, {})\ndef handler(event, context):\n    run(event)\n";
    assert_eq!(refused(helped), [("'exec' is not available".to_owned(), 2, 5)]);
    let both = "exec('x = 1', {})\ndef handler(event, context):\n    exec(event, {})\n";
    assert_eq!(refused(both), [("'exec' is not available".to_owned(), 3, 5)]);
    // Who can't run the top level can't compile what it makes.
    let package = Package::single("handler.py", MADE);
    assert_eq!(compile(&package, &Options::default()).expect_err("refused")[0].message, "'exec' is not available");
}

#[test]
fn the_names_around_are_no_dict() {
    let message = "'eval' without a dict of names is not available".to_owned();
    assert_eq!(refused("x = 1\ny = eval('x')\n"), [(message, 2, 5)]);
}

#[test]
fn what_others_wrote_fails_where_it_is_called() {
    let mut package = Package::new("handler");
    package.add("handler.py", "from other import run\ndef handler(event, context):\n    return run(event)\n");
    package.add("other/__init__.py", "def run(text):\n    return eval(text, {})\n");
    let compiled = built_package(&package).expect("it is built");
    let failure = invoked(loaded(&compiled), "\"2 + 2\"").expect_err("there is no compiler");
    assert!(message(failure).starts_with("NotImplementedError: eval() is not available"));
    // Where CPython would run it, that is left to CPython.
    let diagnostics = built_package(&package.strict()).expect_err("it is refused");
    assert_eq!(diagnostics[0].message, "'eval' is not available");
}

#[test]
fn python_that_is_not_supported_is_refused_in_what_is_made_too() {
    let source = "exec('bases = ()\\nclass C(*bases): pass\\n', {})\n";
    let diagnostics = built(source).expect_err("it is refused");
    let first = &diagnostics[0];
    let at = (first.file.as_str(), first.line, first.column, first.message.as_str());
    assert_eq!(at, ("<string>", 2, 9, "starred bases are not supported yet"));
}

/// A source that fails shows where, by the name it was compiled with.
#[test]
fn tracebacks_name_what_was_made() {
    let source =
        "space = {}\nexec(compile('def f(x):\\n    return 1 / x\\n', '<made f>', 'exec'), space)\nspace['f'](0)\n";
    let Run { stderr, status, .. } = run_source("program.py", source, 1 << 20, Limits::default());
    assert_eq!(
        (stderr.as_str(), status),
        (
            "Traceback (most recent call last):\n  File \"program.py\", line 3, in <module>\n    space['f'](0)\n  \
             File \"<made f>\", line 2, in f\nZeroDivisionError: division by zero\n",
            1
        )
    );
}
