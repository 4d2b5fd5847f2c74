//! The context object, which is a copy of one that the machine keeps from one invocation to the next.

use nano_compiler::{Options, Package, compile};
use nano_tests::Collector;
use nano_vm::{Aligned, Context, Event, Instance, Limits, Module};

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
        let context = Context { names, texts, changed: texts.len() };
        let ran = instance.invoke(&mut Collector::default(), "handler", Event::Json(&event), context);
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
