//! What natives do is paid for, and looked at now and then: neither fuel nor a deadline is passed however much one
//! instruction sets off. Counted in fuel and in questions to the host, not in time.

use nano_compiler::{Options, Package, compile};
use nano_vm::{Aligned, Event, Failure, Host, Instance, Invocation, Limits, Module, Stop};
use std::fmt::Write;

/// Counts how often it is asked whether the run is to end.
#[derive(Default)]
struct Asked(u64);

impl Host for Asked {
    fn print(&mut self, _: &str) {}

    fn print_error(&mut self, _: &str) {}

    fn interrupted(&mut self) -> bool {
        self.0 += 1;
        false
    }
}

/// Lines at an indentation.
fn indented(lines: &str) -> String {
    lines.lines().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "    {line}");
        text
    })
}

/// Runs a statement on what its preparation leaves; the answers of both, and how often the statement's host was asked.
fn run(preparation: &str, statement: &str, fuel: u64) -> (Invocation, Invocation, u64) {
    let source = format!(
        "import json, math\na = b = c = None\ndef prepare(event, context):\n    global a, b, c\n{}\ndef handler(event, context):\n{}",
        indented(preparation),
        indented(statement)
    );
    let compiled = compile(&Package::single("handler.py", &source), &Options::default()).expect("compiles");
    let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
    let mut instance = Instance::new(module, 96 << 20, Limits { fuel, ..Limits::default() });
    let prepared = instance.invoke(&mut Asked::default(), "prepare", Event::Json("null"));
    let mut asked = Asked::default();
    let done = instance.invoke(&mut asked, "handler", Event::Json("null"));
    (prepared, done, asked.0)
}

/// Each goes over a hundred thousand items, one by one.
const LOOPS: &[(&str, &[&str])] = &[
    (
        "a = list(range(100000))",
        &[
            "sum(a)",
            "max(a)",
            "min(a)",
            "max(a, key=id)",
            "all(a[1:])",
            "any([0] * 100000)",
            "sorted(a)",
            "a.sort(reverse=True)",
            "list(zip(a, a))",
            "list(map(str, a))",
            "list(filter(None, a))",
            "list(enumerate(a))",
            "tuple(iter(a))",
            "set(a)",
            "frozenset(a)",
            "dict.fromkeys(a)",
            "[*map(id, a)]",
            "-1 in a",
            "-1 in tuple(a)",
            "a.count(-1)",
            "try:\n    a.index(-1)\nexcept ValueError:\n    pass",
            "json.dumps(a)",
            "math.fsum(a)",
            "math.prod([1] * 100000)",
            "bytes([7] * 100000)",
            "bytearray([7] * 100000)",
            "repr(a)",
            "isinstance(a, (int,) * 100000)",
            "a == list(range(100000))",
            "a < list(range(100000))",
        ],
    ),
    (
        "a = set(range(100000))\nb = set(range(1, 100001))",
        &[
            "a & b",
            "a | b",
            "a - b",
            "a ^ b",
            "a <= set(a)",
            "a == set(a)",
            "a.isdisjoint(range(-100000, 0))",
            "b.issuperset(range(1, 100000))",
            "a.update(b)",
        ],
    ),
    (
        "a = dict.fromkeys(range(100000), 1)\nb = dict(a)",
        &[
            "a == b",
            "{}.update(a)",
            "list(a.items())",
            "sum(a.values())",
            "{**a}",
            "a | b",
            "set(a)",
            "1.5 in a.values()",
            "a.keys() == b.keys()",
        ],
    ),
    (
        "a = 'x' * 100000\nb = a.encode()",
        &[
            "a.translate({120: 121})",
            "b.translate(None, b'y')",
            "list(a)",
            "b.hex()",
            "bytes.fromhex('00' * 100000)",
            "('\\t' * 100000).expandtabs(1)",
            "(' ' * 100000).strip()",
            "a.strip('xy')",
            "(a + '\\u00e9').upper()",
            "(a + '\\u00e9').encode('latin-1')",
            "('x ' * 100000).split()",
            "('x,' * 100000).split(',')",
            "('x\\n' * 100000).splitlines()",
            "json.loads('[' + '1,' * 100000 + '1]')",
            "sum(b)",
        ],
    ),
];

#[test]
fn loops_of_natives_are_paid_for_in_slices() {
    let mut cheap = String::new();
    for (preparation, statements) in LOOPS {
        for statement in *statements {
            let (prepared, done, asked) = run(preparation, statement, u64::MAX);
            assert!(
                prepared.result.is_ok() && done.result.is_ok(),
                "{statement}: {:?} {:?}",
                prepared.result,
                done.result
            );
            // Four items an instruction, or sixteen where there is little to do; a look about every thousand instructions.
            if done.instructions < 6_000 || asked < 4 {
                let _ = writeln!(cheap, "{statement}: {} instructions, looked at {asked} times", done.instructions);
            }
        }
    }
    assert!(cheap.is_empty(), "{cheap}");
}

/// Each goes over four million bytes at once.
const BULK: &[(&str, &[&str])] = &[
    (
        "a = [1] * 1000000",
        &[
            "a[1:]",
            "a + a",
            "a * 2",
            "a.copy()",
            "a.insert(0, 1)",
            "a.reverse()",
            "del a[0]",
            "a.extend(a)",
            "[*a]",
            "a[0:1] = [1, 2]",
            "a[::-1]",
            "hash(tuple(a))",
        ],
    ),
    ("a = dict.fromkeys(range(200000), 1)\nb = ['x'] * 1000000", &["a.copy()", "list(a)", "''.join(b)"]),
    (
        "a = 'x' * 4000000\nb = a.encode()\nc = bytearray(b)",
        &[
            "a[1:]",
            "a[::-1]",
            "a.isalpha()",
            "a.isprintable()",
            "a.islower()",
            "a + 'y'",
            "a * 2",
            "a.upper()",
            "a.title()",
            "a.replace('y', 'z')",
            "a.count('y')",
            "a.find('y')",
            "a.rfind('yy')",
            "'y' in a",
            "a.partition('y')",
            "a.split('y')",
            "a.splitlines()",
            "a.encode()",
            "a.isascii()",
            "a.rjust(5000000)",
            "b.decode()",
            "b.find(b'y')",
            "hash(b)",
            "f'{1:4000000}'",
            "c.insert(0, 1)",
            "c.reverse()",
            "c[0:1] = b'xy'",
        ],
    ),
];

#[test]
fn what_goes_over_many_bytes_at_once_is_paid_for() {
    let mut cheap = String::new();
    for (preparation, statements) in BULK {
        for statement in *statements {
            let (prepared, done, _) = run(preparation, statement, u64::MAX);
            assert!(
                prepared.result.is_ok() && done.result.is_ok(),
                "{statement}: {:?} {:?}",
                prepared.result,
                done.result
            );
            if done.instructions < 50_000 {
                let _ = writeln!(cheap, "{statement}: {} instructions", done.instructions);
            }
        }
    }
    assert!(cheap.is_empty(), "{cheap}");
}

/// What one instruction would be at for minutes to years.
const ENDLESS: &[(&str, &str)] = &[
    ("a = 'x' * 400000\nb = 'y' * 400000 + 'x'", "a.strip(b)"),
    ("a = b'x' * 400000\nb = b'y' * 400000 + b'x'", "a.rstrip(b)"),
    ("a = (int,)\nfor _ in range(50):\n    a = (a, a)", "isinstance('', a)"),
    ("a = (int,)\nfor _ in range(50):\n    a = (a, a)", "issubclass(str, a)"),
    ("a = ((0,) * 30000,) * 30000", "hash(a)"),
    ("a = ((0,) * 30000,) * 30000", "{a: 1}"),
    ("a = [(0,) * 30000] * 30000\nb = (0,) * 29999 + (1,)", "b in a"),
    ("a = ['x' * 100000 + '1'] * 30000\nb = 'x' * 100000 + '2'", "b in a"),
    ("a = ['x' * 100000 + '1'] * 30000\nb = 'x' * 100000 + '2'", "a.count(b)"),
    ("a = ['x' * 100000 + '1', 'x' * 100000 + '2'] * 3000", "a.sort()"),
    ("a = [['x' * 100000 + '1'], ['x' * 100000 + '2']] * 3000", "a.sort()"),
    ("a = ['x' * 100000 + '1', 'x' * 100000 + '2'] * 3000", "max(a)"),
    ("a = 'x' * 200000\nb = ('x' * 100000 + 'y',) * 30000", "a.startswith(b)"),
    // All of these have the same hash.
    ("a = [number * (2 ** 61 - 1) for number in range(20000)]", "set(a)"),
    ("a = [number * (2 ** 61 - 1) for number in range(20000)]", "dict.fromkeys(a)"),
];

#[test]
fn no_instruction_outlasts_its_fuel() {
    for (preparation, statement) in ENDLESS {
        let (prepared, done, _) = run(preparation, statement, 2_000_000);
        assert!(prepared.result.is_ok(), "{preparation}: {:?}", prepared.result);
        assert_eq!(done.result, Err(Failure::Stopped(Stop::Fuel)), "{statement}");
    }
}

/// Sets of sets that share their parts have as many paths as there are atoms; each step hashes the last.
#[test]
fn nested_sets_are_hashed_in_little_time() {
    let statement = "
f, g = frozenset([1]), frozenset([2])
for number in range(100):
    f, g = frozenset([f, g]), frozenset([f, g, number])
chain = frozenset()
for _ in range(50000):
    chain = frozenset([chain])
return f in {f, g}, g in {f}, chain in {chain}";
    let (_, done, _) = run("pass", statement, 3_000_000);
    assert_eq!(done.result.as_deref(), Ok("[true, false, true]"));
}
