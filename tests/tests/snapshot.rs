//! Snapshots: a module started from one is a module that has started; a live instance goes on elsewhere.

use nano_compiler::{Options, Package, compile};
use nano_tests::Collector;
use nano_tests::mutation::programs;
use nano_vm::{Aligned, Event, Instance, Limits, Module, NoSnapshot};
use nano_wire::module::with_snapshot;

fn module(source: &str) -> (Module<Aligned>, Vec<u8>) {
    let compiled = compile(&Package::single("handler.py", source), &Options::default()).expect("compiles");
    (Module::load(Aligned::new(&compiled.module)).expect("verified"), compiled.module)
}

#[test]
fn a_start_from_a_snapshot_is_the_top_level_without_running_it() {
    for path in programs() {
        let source = std::fs::read_to_string(&path).expect("readable");
        let (plain, bytes) = module(&source);
        let words = plain.snapshot(256 << 10, Limits::default()).unwrap_or_else(|why| panic!("{path:?}: {why}"));
        let with = with_snapshot(&bytes, &words).expect("a module");
        let started = Module::load(Aligned::new(&with)).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        for stress in [false, true] {
            let limits = Limits { stress: stress && bytes.len() < 1700, ..Limits::default() };
            let mut here = Instance::new(plain.clone(), 64 << 10, limits);
            let mut there = Instance::new(started.clone(), 38 << 10, limits);
            let (top, none) = (here.run_main(&mut Collector::default()), there.run_main(&mut Collector::default()));
            assert!(top.instructions > 0 && none.instructions == 0 && none.cold, "{path:?}");
            for _ in 0..2 {
                let one = here.bench(&mut Collector::default(), "bench", 1);
                let other = there.bench(&mut Collector::default(), "bench", 1);
                assert_eq!((&one.result, one.instructions), (&other.result, other.instructions), "{path:?}");
                assert!(one.result.is_ok(), "{path:?}: {:?}", one.result);
            }
        }
    }
}

#[test]
fn a_generator_that_was_suspended_goes_on_in_another_arena() {
    let source = "
def numbers(items):
    total = 0
    for name, value in items:
        total += value
        sent = yield name * 2, total / 4
        if sent:
            total += len(sent)
    yield from range(3)

RUN = numbers([('a', 1), ('b', 2), ('c', 1 << 70)])
LOG = []

def handler(event, context):
    LOG.append(len(LOG))
    return [next(RUN) if event is None else RUN.send(event), LOG]
";
    let (module, _) = module(source);
    let step = |instance: &mut Instance<Aligned>, event: &str| {
        let invocation = instance.invoke(&mut Collector::default(), "handler", Event::Json(event));
        (invocation.result.expect("a result"), invocation.instructions)
    };
    let events = ["null", "\"xy\"", "null", "null", "null", "null"];
    let mut whole = Instance::new(module.clone(), 8 << 10, Limits::default());
    let expected: Vec<_> = events.iter().map(|event| step(&mut whole, event)).collect();
    for stop in 1..events.len() {
        let mut first = Instance::new(module.clone(), 16 << 10, Limits { stress: true, ..Limits::default() });
        let before: Vec<_> = events[..stop].iter().map(|event| step(&mut first, event)).collect();
        let words = first.checkpoint().expect("a form");
        let mut second =
            Instance::resume(module.clone(), 6 << 10, Limits::default(), &words).expect("words of this module");
        // Nothing moved: taken again they are the same.
        assert_eq!(second.checkpoint().expect("a form"), words);
        let after: Vec<_> = events[stop..].iter().map(|event| step(&mut second, event)).collect();
        assert_eq!([before, after].concat(), expected, "stopped after {stop}");
    }
}

#[test]
fn a_sentinel_and_an_enumeration_travel() {
    let source = "
from enum import Enum

class State(Enum):
    IDLE = 'idle'
    BUSY = 'busy'

MISSING = object()
AGAIN = {MISSING: 'found', State.IDLE: 1}

def handler(event, context):
    given = {}.get('x', MISSING)
    return [given is MISSING, type(MISSING).__name__, AGAIN[MISSING], State(event).name, AGAIN[State('idle')]]
";
    let (plain, bytes) = module(source);
    let words = plain.snapshot(64 << 10, Limits::default()).expect("a snapshot");
    let started = Module::load(Aligned::new(&with_snapshot(&bytes, &words).expect("a module"))).expect("verified");
    let mut instance = Instance::new(started, 64 << 10, Limits { stress: true, ..Limits::default() });
    let got = instance.invoke(&mut Collector::default(), "handler", Event::Json("\"busy\"")).result;
    assert_eq!(got.as_deref(), Ok(r#"[true, "object", "found", "BUSY", 1]"#));
}

#[test]
fn what_asks_the_world_is_left_to_where_it_runs() {
    for (source, effect) in [
        ("print('hello')\n", "prints"),
        ("import time\nSTART = time.time()\n", "reads the clock"),
        ("import os\nLEVEL = os.environ.get('LEVEL')\n", "reads the environment"),
        ("import device\ndevice.set_pin_high(2)\n", "drives a pin"),
        ("import device\ntry:\n    X = device.read_pin(2)\nexcept Exception:\n    X = None\n", "reads a pin"),
    ] {
        let (module, _) = module(source);
        let got = module.snapshot(64 << 10, Limits::default());
        assert_eq!(got, Err(NoSnapshot::Effect(effect)), "{source}");
    }
    let (failing, _) = module("X = 1 // 0\n");
    assert!(matches!(failing.snapshot(64 << 10, Limits::default()), Err(NoSnapshot::Failed(_))));
    let (held, _) = module("try:\n    X = 1 // 0\nexcept Exception as error:\n    KEPT = error\n");
    assert_eq!(held.snapshot(64 << 10, Limits::default()), Err(NoSnapshot::Unsupported));
    let (small, bytes) = module("X = list(range(100))\n");
    let words = small.snapshot(64 << 10, Limits::default()).expect("a snapshot");
    let started = Module::load(Aligned::new(&with_snapshot(&bytes, &words).expect("a module"))).expect("verified");
    let invocation = Instance::new(started, 700, Limits::default()).run_main(&mut Collector::default());
    assert!(matches!(invocation.result, Err(nano_vm::Failure::ArenaTooSmall(_))), "{:?}", invocation.result);
}

#[test]
fn words_of_another_module_or_with_damage_are_refused() {
    let (one, _) = module("X = [1, 2.5, {'a': (1, 2)}, {3, 4}]\n");
    let (other, _) = module("X = 1\nY = 2\ndef f():\n    return X\n");
    let words = one.snapshot(64 << 10, Limits::default()).expect("a snapshot");
    assert!(Instance::resume(one.clone(), 8 << 10, Limits::default(), &words).is_some());
    assert!(Instance::resume(other, 8 << 10, Limits::default(), &words).is_none());
    assert!(Instance::resume(one.clone(), 512, Limits::default(), &words).is_none());
    for length in 0..words.len() {
        assert!(Instance::resume(one.clone(), 8 << 10, Limits::default(), &words[..length]).is_none(), "{length}");
    }
}

#[test]
fn numbers_of_objects_travel_and_weak_references_find_theirs() {
    let source = "
from weakref import WeakValueDictionary, ref

class Node:
    def __init__(self, name): self.name = name

NODES = [Node(str(number)) for number in range(9)]
IDS = {id(node): node.name for node in NODES}
SEEN = {node: node.name for node in NODES}
LOST = ref(Node('lost'))
NAMED = WeakValueDictionary((node.name, node) for node in NODES)
TEXT = repr(NODES[0])

def handler(event, context):
    if event:
        NODES.append(Node(event))
        assert id(NODES[-1]) not in IDS
        IDS[id(NODES[-1])] = event
        SEEN[NODES[-1]] = event
        del NODES[0]
    return [[IDS[id(node)] for node in NODES], [SEEN[node] for node in NODES], LOST() is None,
        all(NAMED[node.name] is node for node in NODES if node.name in NAMED), TEXT]
";
    let (module, bytes) = module(source);
    let words = module.snapshot(256 << 10, Limits::default()).expect("a snapshot");
    let with = with_snapshot(&bytes, &words).expect("a module");
    let started = Module::load(Aligned::new(&with)).expect("verified");
    for stress in [false, true] {
        let limits = Limits { stress, ..Limits::default() };
        let step = |instance: &mut Instance<Aligned>, event: &str| {
            instance.invoke(&mut Collector::default(), "handler", Event::Json(event)).result.expect("a result")
        };
        let mut here = Instance::new(started.clone(), 64 << 10, limits);
        let first = step(&mut here, "null");
        assert!(first.contains("\"8\"], true, true, \"<__main__.Node object at 0x1"), "{first}");
        let kept = here.checkpoint().expect("it has a form");
        let mut there = Instance::resume(started.clone(), 96 << 10, limits, &kept).expect("there is room");
        for event in ["\"a\"", "\"b\"", "null"] {
            assert_eq!(step(&mut here, event), step(&mut there, event));
        }
    }
}

#[test]
fn instances_of_classes_derived_from_builtin_types_travel() {
    let source = "
from collections import Counter, OrderedDict, defaultdict, namedtuple
from enum import Enum, IntEnum

class Reading(float):
    unit = 'C'

class Name(str):
    def __init__(self, text): self.seen = 1

class Level(IntEnum):
    LOW = 1
    HIGH = 2

class Kind(str, Enum):
    ON = 'on'

class Stack(list):
    def push(self, item): self.append(item)

class Big(int): pass
class Raw(bytes): pass
class Pair(tuple): pass
class Tags(frozenset): pass
class Bag(set): pass
class Buffer(bytearray): pass

Point = namedtuple('Point', 'x y')
STATE = {'at': Point(1, 2), 'level': Level.HIGH, 'kind': Kind.ON, 'name': Name('n'), 'reading': Reading(2.5),
    'big': Big(1 << 70), 'small': Big(5), 'raw': Raw(b'ab'), 'pair': Pair((1, 'x')), 'tags': Tags('a')}
COUNTS, ORDER, LISTS = Counter('abca'), OrderedDict(a=1), defaultdict(list)
STACK, BAG, BUFFER = Stack([1]), Bag([1]), Buffer(b'x')

def handler(event, context):
    COUNTS[event] += 1
    ORDER.move_to_end('a')
    LISTS[event].append(STATE['at'].x)
    STACK.push(event)
    BAG.add(event)
    BUFFER.append(65)
    STATE['name'].seen += 1
    STATE['reading'] = Reading(STATE['reading'] * 2)
    return repr([STATE, COUNTS.most_common(), ORDER, LISTS, STACK, sorted(map(str, BAG)), BUFFER, STATE['name'].seen,
        STATE['level'] > Level.LOW, len(STATE['name']), STATE['big'] + STATE['small'], Level(2) is STATE['level']])
";
    let (module, bytes) = module(source);
    let words = module.snapshot(256 << 10, Limits::default()).expect("a snapshot");
    let with = with_snapshot(&bytes, &words).expect("a module");
    let started = Module::load(Aligned::new(&with)).expect("verified");
    let step = |instance: &mut Instance<Aligned>, event: &str| {
        instance.invoke(&mut Collector::default(), "handler", Event::Json(event)).result.expect("a result")
    };
    for stress in [false, true] {
        let limits = Limits { stress, ..Limits::default() };
        let mut top = Instance::new(module.clone(), 128 << 10, limits);
        let mut here = Instance::new(started.clone(), 128 << 10, limits);
        assert_eq!(step(&mut top, "\"a\""), step(&mut here, "\"a\""));
        let kept = here.checkpoint().expect("it has a form");
        let mut there = Instance::resume(started.clone(), 160 << 10, limits, &kept).expect("there is room");
        for event in ["\"b\"", "\"a\""] {
            assert_eq!(step(&mut top, event), step(&mut there, event));
        }
    }
}
