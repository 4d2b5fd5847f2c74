//! The context object, which is a copy of one that the machine keeps from one invocation to the next.

use nano_compiler::{Options, Package, compile};
use nano_tests::Collector;
use nano_vm::{Aligned, Event, Instance, Limits, Module};

const SOURCE: &str = r#"
kept = []

def handler(event, context):
    kept.append(context)
    if event == 1:
        context.name = "changed"
        context.own = [event]
        type(context).shared = "by all"
    if event == 2:
        del context.name
    names = [getattr(one, "name", None) for one in kept]
    numbers = [one.number for one in kept]
    own = [getattr(one, "own", None) for one in kept]
    return [names, numbers, own, context.get_remaining_time_in_millis() >= 0, type(context).__name__]
"#;

fn results(limits: Limits, contexts: &[(&'static [&'static str], [&str; 2])]) -> Vec<String> {
    let compiled = compile(&Package::single("handler.py", SOURCE), &Options::default()).expect("compiles");
    let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
    let mut instance = Instance::new(module, 16 << 10, limits);
    let run = |(number, (names, texts)): (usize, &(&'static [&'static str], [&str; 2]))| {
        let event = number.to_string();
        let mut host = Collector { context: (names, texts.map(String::from).to_vec()), ..Collector::default() };
        let ran = instance.invoke(&mut host, "handler", Event::Json(&event));
        ran.result.expect("no exception")
    };
    contexts.iter().enumerate().map(run).collect()
}

#[test]
fn each_invocation_has_its_own() {
    static NAMES: [&str; 2] = ["number", "name"];
    static OTHERS: [&str; 2] = ["name", "number"];
    let contexts: [(&'static [&'static str], [&str; 2]); 5] = [
        (&NAMES, ["1", "n"]),
        (&NAMES, ["2", "n"]),
        (&NAMES, ["3", "n"]),
        (&NAMES, ["4", "an\u{e9}"]),
        (&OTHERS, ["other", "5"]),
    ];
    for stress in [false, true] {
        let limits = Limits { fuel: 1_000_000, stress, ..Limits::default() };
        let results = results(limits, &contexts);
        let expected = [
            r#"[["n"], ["1"], [null], true, "LambdaContext"]"#,
            r#"[["n", "changed"], ["1", "2"], [null, [1]], true, "LambdaContext"]"#,
            r#"[["n", "changed", null], ["1", "2", "3"], [null, [1], null], true, "LambdaContext"]"#,
            r#"[["n", "changed", null, "an\u00e9"], ["1", "2", "3", "4"], [null, [1], null, null], true, "LambdaContext"]"#,
            r#"[["n", "changed", null, "an\u00e9", "other"], ["1", "2", "3", "4", "5"], [null, [1], null, null, null], true, "LambdaContext"]"#,
        ];
        assert_eq!(results, expected);
    }
}

/// What a handler returns at its first invocations, and the most memory that took.
fn run(source: &str, invocations: u32) -> (Vec<String>, u32) {
    let compiled = compile(&Package::single("handler.py", source), &Options::default()).expect("compiles");
    let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
    let mut instance = Instance::new(module, 16 << 10, Limits { fuel: 1_000_000, ..Limits::default() });
    let mut peak = 0;
    let results = (0..invocations).map(|_| {
        let mut host = Collector { context: (&["name"], vec!["n".into()]), ..Collector::default() };
        let ran = instance.invoke(&mut host, "handler", Event::Json("0"));
        peak = ran.heap_peak_bytes;
        ran.result.expect("no exception")
    });
    (results.collect(), peak)
}

#[test]
fn whoever_looks_has_one() {
    for source in [
        "def handler(event, context):\n    return context.name\n",
        "def handler(event, context=None):\n    return context.name\n",
        "def handler(event, *rest):\n    return rest[0].name\n",
        "def handler(*both):\n    return both[1].name\n",
        "handler = lambda event, context: context.name\n",
        "def handler(event, context):\n    return [one.name for one in (event, context)[1:]][0]\n",
        "def handler(event, context):\n    def look():\n        return context.name\n    return look()\n",
        "def handler(event, context):\n    return (lambda both: both[1].name)([event, context])\n",
        "def handler(event, context):\n    return f'{context.name}'\n",
        "def handler(event, context):\n    event, context = context, event\n    return event.name\n",
        "def inner(event, context):\n    return context.name\n\ndef handler(event, context):\n    return inner(event, context)\n",
        "def keep(handler):\n    return lambda *both: handler(*both)\n\n@keep\ndef handler(event, context):\n    return context.name\n",
        "class Handler:\n    def __call__(self, event, context):\n        return context.name\n\nhandler = Handler()\n",
        "class Handler:\n    def handle(self, context):\n        return context.name\n\n    def both(self, event, context):\n        return self.handle(context)\n\nhandler = Handler().both\n",
    ] {
        assert_eq!(run(source, 3).0, [r#""n""#; 3], "{source}");
    }
}

#[test]
fn another_handler_than_before_has_one_if_it_looks() {
    let source = "
def second(event, context):
    return context.name

def handler(event, context):
    global handler
    handler = second
    return 1
";
    assert_eq!(run(source, 3).0, ["1", r#""n""#, r#""n""#]);
}

#[test]
fn whoever_does_not_look_pays_nothing_for_it() {
    let looks = run("def handler(event, context):\n    return (event, context)[0]\n", 2);
    let does_not = run("def handler(event, context):\n    return event\n", 2);
    assert_eq!(looks.0, does_not.0);
    assert!(does_not.1 + 250 < looks.1, "{} and {}", does_not.1, looks.1);
}
