//! Handlers that misbehave, and modules that lie: a clear answer, and the process goes on.

use nano_compiler::{Options, Package, compile};
use nano_tests::Collector;
use nano_vm::{Aligned, Event, Failure, Instance, Invocation, Limits, Module, NoHost, Stop};
use nano_wire::module::{encode, parse, unpack};

const FUEL: u64 = 3_000_000;

fn instance(source: &str, arena: usize) -> Instance<Aligned> {
    let compiled = compile(&Package::single("handler.py", source), &Options::default()).expect("compiles");
    let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
    Instance::new(module, arena, Limits { fuel: FUEL, ..Limits::default() })
}

fn invoke(instance: &mut Instance<Aligned>, event: &str) -> Invocation {
    let mut host = Collector { context: (&["function_name"], vec!["handler".into()]), ..Collector::default() };
    instance.invoke(&mut host, "handler", Event::Json(event))
}

fn class(invocation: &Invocation) -> &str {
    match &invocation.result {
        Err(Failure::Exception(exception)) => &exception.class,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_loop_without_end_is_stopped_and_no_except_catches_it() {
    for source in [
        "def handler(event, context):\n    while True:\n        pass\n",
        "def handler(event, context):\n    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass\n",
        "def handler(event, context):\n    try:\n        for x in iter(int, 1):\n            pass\n    finally:\n        while True:\n            pass\n",
        "def g():\n    while True:\n        yield 1\ndef handler(event, context):\n    return sum(g())\n",
    ] {
        let mut instance = instance(source, 16 << 10);
        let invocation = invoke(&mut instance, "{}");
        assert_eq!(invocation.result, Err(Failure::Stopped(Stop::Fuel)), "{source}");
        assert!(invocation.instructions <= FUEL + 1, "{}", invocation.instructions);
    }
}

/// What an instruction sets off is paid for: each of these does next to nothing by its instructions, and went on for hours
/// of the host's time on its fuel.
#[test]
fn work_behind_an_instruction_costs_fuel() {
    const CLOSED: &str = "
def guarded():
    try:
        yield 1
    finally:
        pass

def hold(value):
    waiting = guarded()
    next(waiting)
    held = value
    return 0
";
    let full = "
def handler(event, context):
    chains = [None] * 100
    count = 0
    try:
        while True:
            chains[count % 100] = [chains[count % 100]]
            count += 1
    except MemoryError:
        pass
    while True:
        try:
            STATEMENT
        except Exception:
            pass
";
    let nested = format!(
        "{CLOSED}
def handler(event, context):
    nested = []
    for _ in range(6):
        nested = [nested] * 16
    while True:
        hold(nested)
"
    );
    let large = format!(
        "{CLOSED}
def handler(event, context):
    many = [[i] for i in range(20000)]
    while True:
        hold(None)
"
    );
    for source in
        [full.replace("STATEMENT", "[1]"), full.replace("STATEMENT", "raise ValueError(context)"), nested, large]
    {
        let mut instance = instance(&source, 1 << 20);
        assert_eq!(invoke(&mut instance, "{}").result, Err(Failure::Stopped(Stop::Fuel)), "{source}");
    }
}

/// However many wait that are still in use, what nobody refers to is closed, and takes no memory.
#[test]
fn abandoned_generators_make_way_for_others() {
    let source = "
def guarded(closed):
    try:
        yield 1
    finally:
        closed[0] += 1

class Holder:
    pass

def abandon(closed):
    holder = Holder()
    holder.itself = holder
    holder.deep = [[[[[[[[guarded(closed)]]]]]]]]
    next(holder.deep[0][0][0][0][0][0][0][0])

def handler(event, context):
    closed = [0]
    used = [guarded(closed) for _ in range(40)]
    for generator in used:
        next(generator)
    for _ in range(2000):
        abandon(closed)
    return closed[0] > 1000, len(used)
";
    let mut instance = instance(source, 24 << 10);
    assert_eq!(invoke(&mut instance, "{}").result.as_deref(), Ok("[true, 40]"));
}

#[test]
fn memory_without_end_is_a_memory_error_and_the_instance_goes_on() {
    let source = "
def handler(event, context):
    if event == 'small':
        return 1
    if event == 'caught':
        try:
            x = []
            while True:
                x.append('a' * 100)
        except MemoryError:
            return 'caught'
    if event == 'string':
        s = 'x'
        while True:
            s += s
    x = []
    while True:
        x.append([0] * 100)
";
    let mut instance = instance(source, 16 << 10);
    for _ in 0..3 {
        assert_eq!(class(&invoke(&mut instance, "\"list\"")), "MemoryError");
        assert_eq!(invoke(&mut instance, "\"small\"").result, Ok("1".to_string()));
        assert_eq!(class(&invoke(&mut instance, "\"string\"")), "MemoryError");
        assert_eq!(invoke(&mut instance, "\"caught\"").result, Ok("\"caught\"".to_string()));
    }
}

#[test]
fn recursion_without_end_is_a_recursion_error() {
    let source = "
class A:
    def __eq__(self, other):
        return self == other
    def __repr__(self):
        return repr(self)
def f(n):
    return f(n + 1)
def handler(event, context):
    if event == 'function':
        return f(0)
    if event == 'equal':
        return A() == A()
    if event == 'repr':
        return repr(A())
    if event == 'list':
        x = []
        for _ in range(100000):
            x = [x]
        return repr(x)
    return 'ok'
";
    std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || {
            let mut instance = instance(source, 1 << 20);
            for event in ["function", "equal", "repr"] {
                assert_eq!(class(&invoke(&mut instance, &format!("\"{event}\""))), "RecursionError", "{event}");
                assert_eq!(invoke(&mut instance, "\"\"").result, Ok("\"ok\"".to_string()));
            }
            // In a device's memory it is the stack that ends first.
            let mut small = self::instance(source, 4 << 10);
            assert_eq!(class(&invoke(&mut small, "\"function\"")), "RecursionError");
            assert_eq!(invoke(&mut small, "\"\"").result, Ok("\"ok\"".to_string()));
        })
        .expect("a thread")
        .join()
        .expect("no panic");
}

#[test]
fn what_json_cannot_hold_is_said() {
    let mut instance = instance("def handler(event, context):\n    return {1, 2}\n", 16 << 10);
    match invoke(&mut instance, "{}").result {
        Err(Failure::Unserializable(why)) => assert_eq!(why, "Object of type set is not JSON serializable"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unknown_function_and_a_tiny_arena_are_said() {
    let mut instance = instance("def other(event, context):\n    return 1\n", 16 << 10);
    assert_eq!(invoke(&mut instance, "{}").result, Err(Failure::NotFound));
    let mut tiny = self::instance("def handler(event, context):\n    return 1\n", 128);
    assert!(matches!(invoke(&mut tiny, "{}").result, Err(Failure::ArenaTooSmall(_))));
}

#[test]
fn an_arena_that_there_is_no_memory_for_is_an_error() {
    let compiled = compile(&Package::single("handler.py", "x = 1\n"), &Options::default()).unwrap();
    let module = Module::load(Aligned::new(&compiled.module)).unwrap();
    for bytes in [usize::MAX, usize::MAX / 2, usize::MAX / 4] {
        let error = Instance::try_new(module.clone(), bytes, Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "there is no memory for the function's arena: 4294967295 bytes");
    }
    let mut none = Instance::try_new(module.clone(), 0, Limits::default()).unwrap();
    assert!(matches!(none.run_main(&mut NoHost).result, Err(Failure::ArenaTooSmall(_))));
    assert!(Instance::try_new(module, 16 << 10, Limits::default()).unwrap().run_main(&mut NoHost).result.is_ok());
}

#[test]
fn two_instances_share_nothing() {
    let source = "seen = []\ndef handler(event, context):\n    seen.append(event)\n    return seen\n";
    let (mut a, mut b) = (instance(source, 16 << 10), instance(source, 16 << 10));
    assert_eq!(invoke(&mut a, "1").result, Ok("[1]".to_string()));
    assert_eq!(invoke(&mut b, "2").result, Ok("[2]".to_string()));
    assert_eq!(invoke(&mut a, "3").result, Ok("[1, 3]".to_string()));
}

/// A small deterministic generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn a_module_with_any_byte_changed_is_refused_or_harmless() {
    let source = "
import math
class Point:
    def __init__(self, x, y=2):
        self.x = x
        self.y = y
    def size(self):
        return math.sqrt(self.x * self.x + self.y * self.y)
def squares(n):
    for i in range(n):
        yield i * i
def handler(event, context):
    total = 0
    try:
        for value in squares(5):
            total += value
        d = {'a': [1, 2.5, (3, 'x')], 'b': Point(3, 4).size()}
        total += len(str(d)) + sum(x for x in [1, 2, 3])
        raise ValueError('v')
    except ValueError as e:
        total += len(e.args)
    finally:
        total += 1
    return [total, 'text' + 'x' * 3, {k: v for k, v in [('a', 1)]}]
";
    let compiled = compile(&Package::single("handler.py", source), &Options::default()).expect("compiles");
    let original = compiled.module;
    let (mut loaded, mut refused) = (0, 0);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let rounds = original.len() * 3 + 4000;
    for round in 0..rounds {
        let mut bytes = original.clone();
        if round < original.len() * 3 {
            // Every byte: one bit, all bits, another value.
            let at = round / 3;
            bytes[at] ^= [1, 0xFF, 0x55][round % 3];
        } else {
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] = random.below(256) as u8;
            }
        }
        let Ok(module) = Module::load(Aligned::new(&bytes)) else {
            refused += 1;
            continue;
        };
        loaded += 1;
        let mut instance =
            Instance::new(module, 12 << 10, Limits { fuel: 20_000, native_depth: 20, ..Limits::default() });
        for _ in 0..2 {
            let _ = invoke(&mut instance, "{\"k\": [1, 2]}");
        }
    }
    assert!(loaded > 100 && refused > 1000, "{loaded} loaded, {refused} refused");
}

#[test]
fn a_handler_in_its_own_range_is_stopped() {
    let source =
        "def handler(event, context):\n    try:\n        raise ValueError\n    except KeyError:\n        pass\n";
    let compiled = compile(&Package::single("handler.py", source), &Options::default()).expect("compiles");
    let words = unpack(&compiled.module).expect("a module");
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut parts = parse(&bytes).expect("an image").parts();
    // What no handler takes is raised again, and lies in a range that the compiler would not have made so wide.
    let words = parts.functions.iter().find(|function| function.handlers > 0).expect("one has handlers").words;
    parts.handlers.iter_mut().for_each(|handler| handler.end = words);
    let module = Module::load(Aligned::new(&encode(&parts))).expect("nothing is wrong with each part of it");
    let mut instance = Instance::new(module, 16 << 10, Limits { fuel: FUEL, ..Limits::default() });
    assert_eq!(invoke(&mut instance, "{}").result, Err(Failure::Stopped(Stop::Fuel)));
}

#[test]
fn a_truncated_module_is_refused() {
    let compiled = compile(&Package::single("handler.py", "def handler(e, c):\n    return 1\n"), &Options::default())
        .expect("compiles");
    for length in 0..compiled.module.len() - 4 {
        let loaded = Module::load(Aligned::new(&compiled.module[..length]));
        if let Ok(module) = loaded {
            let mut instance = Instance::new(module, 8 << 10, Limits { fuel: 1000, ..Limits::default() });
            let _ = invoke(&mut instance, "{}");
        }
    }
}

#[test]
fn stack_goes_back_to_the_heap_only_where_no_window_lies() {
    // `wide` calls from its lowest registers while its window reaches far up; `small` runs out of memory meanwhile.
    let items = (0..150).map(|number| format!("small({number})")).collect::<Vec<_>>().join(", ");
    let source = format!(
        "
def deep(n):
    return deep(n - 1) + 1 if n else 0

def small(n):
    for _ in range(4):
        junk = [n] * 40
    return [n, str(n)]

def wide():
    return [{items}]

def handler(event, context):
    deep(60)
    kept = 'x' * 5000
    for _ in range(5):
        got = wide()
        if got != [[n, str(n)] for n in range(150)]:
            return 'overwritten'
    return len(kept)
"
    );
    for arena in (16..28).map(|size| size << 10) {
        let mut instance = instance(&source, arena);
        let invocation = invoke(&mut instance, "{}");
        match invocation.result {
            Ok(text) => assert_eq!(text, "5000", "{arena}"),
            Err(Failure::Exception(exception)) => {
                assert!(matches!(exception.class.as_str(), "MemoryError" | "RecursionError"), "{exception:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}
