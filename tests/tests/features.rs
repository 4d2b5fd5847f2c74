//! Parts of the VM that a board's firmware may leave out: what needs them is refused by name, when it is loaded or, at the
//! latest, when it runs.
//!
//! Built with all of them the refusals are those of [`Module::load_for`]; `cargo test --no-default-features` builds a VM with
//! none.

use nano_compiler::{Options, Package, compile};
use nano_tests::Collector;
use nano_vm::{Aligned, Event, FEATURES, Failure, Instance, Limits, LoadError, Module};
use nano_wire::features::{Feature, Features};

/// A program for each feature that its code tells it needs, and for nothing else but what the feature stands on.
const TOLD: &[(Feature, &str)] = &[
    (Feature::MathTrigonometry, "import math\ndef handler(event, context):\n    return math.sin(0.5) > 0\n"),
    (Feature::MathTrigonometry, "from math import atan2\ndef handler(event, context):\n    return atan2(0, 1) == 0\n"),
    (Feature::MathSpecial, "import math\nm = math\ndef handler(event, context):\n    return m.erf(0.0) == 0\n"),
    (Feature::MathInteger, "import math\ndef handler(event, context):\n    return math.gcd(4, 6) == 2\n"),
    (Feature::MathSums, "import math\nf = [math.fsum]\ndef handler(event, context):\n    return f[0]([1, 2]) == 3\n"),
    (Feature::PowModulo, "def handler(event, context):\n    return pow(2, 5, 7) == 4\n"),
    (Feature::IntBytes, "def handler(event, context):\n    return (258).to_bytes(2, 'big') == b'\\x01\\x02'\n"),
    (Feature::IntBytes, "def handler(event, context):\n    return int.from_bytes(b'\\x01', 'big') == 1\n"),
    (Feature::StrFormat, "def handler(event, context):\n    return 'a{}'.format(1) == 'a1'\n"),
    (Feature::StrTranslate, "def handler(event, context):\n    return 'ab'.translate({97: 'c'}) == 'cb'\n"),
    (Feature::StrLayout, "def handler(event, context):\n    return 'a'.center(3) == ' a '\n"),
    (Feature::PercentFormat, "def handler(event, context):\n    x = 5\n    return 'a%3d' % x == 'a  5'\n"),
    (Feature::Bytearray, "def handler(event, context):\n    return len(bytearray(3)) == 3\n"),
    (
        Feature::Match,
        "def handler(event, context):\n    match [1, event]:\n        case [a, b]:\n            return a == 1\n",
    ),
    (Feature::Async, "async def f():\n    return 1\ndef handler(event, context):\n    f().close()\n    return True\n"),
    (
        Feature::ExceptionGroups,
        "def handler(event, context):\n    try:\n        raise ExceptionGroup('a', [ValueError()])\n    except* ValueError:\n        pass\n    return True\n",
    ),
    (Feature::Introspection, "def handler(event, context):\n    return 'append' in dir(list)\n"),
    (Feature::MathExponential, "import math\ndef handler(event, context):\n    return math.log(1.0) == 0\n"),
    (Feature::Sets, "def handler(event, context):\n    x = 1\n    return len({x, 2}) == 2\n"),
    (Feature::Sets, "def handler(event, context):\n    return {x for x in [1]} == {x for x in [1, 1]}\n"),
    (Feature::Sets, "def handler(event, context):\n    return len(frozenset([1, 1])) == 1\n"),
    (Feature::Codecs, "def handler(event, context):\n    return 'é'.encode('Latin_1') == b'\\xe9'\n"),
    (Feature::Codecs, "def handler(event, context):\n    return b'a\\0'.decode('utf-16-le') == 'a'\n"),
    (Feature::Generators, "def f():\n    yield 1\ndef handler(event, context):\n    return list(f()) == [1]\n"),
    (
        Feature::Classes,
        "class A:\n    def f(self):\n        return True\ndef handler(event, context):\n    return A().f()\n",
    ),
    (Feature::LongIntegers, "def handler(event, context):\n    x = 1180591620717411303425\n    return x & 3 == 1\n"),
    (Feature::LongIntegers, "def handler(event, context):\n    return 9223372036854775808 > 1\n"),
    (Feature::Classes, "p = [property]\ndef handler(event, context):\n    return p[0]().fget is None\n"),
    (Feature::Classes, "def handler(event, context):\n    handler.calls = 1\n    return handler.calls == 1\n"),
    (Feature::FormatSpec, "def handler(event, context):\n    return f'{1.5:5.2f}' == ' 1.50'\n"),
    (Feature::Bytearray, "def handler(event, context):\n    return bytes([1]) == b'\\x01'\n"),
    (Feature::Classes, "def handler(event, context):\n    return bool.__mro__[1] is int\n"),
    (Feature::Device, "import device\ndef handler(event, context):\n    return device.append is not None\n"),
    (Feature::Device, "import device\nd = device\ndef handler(event, context):\n    return d.read_pin is not None\n"),
    (Feature::Time, "from time import monotonic\ndef handler(event, context):\n    return monotonic() >= 0\n"),
    (Feature::StrPredicates, "def handler(event, context):\n    return 'a'.isalpha() and not b'a'.isdigit()\n"),
    (Feature::StrParts, "def handler(event, context):\n    return 'a=b'.partition('=') == ('a', '=', 'b')\n"),
    (Feature::StrLayout, "def handler(event, context):\n    return 'a'.zfill(2) == '0a'\n"),
    (Feature::Slices, "def handler(event, context):\n    return [1, 2, 3][::-1] == [3, 2, 1]\n"),
    (Feature::Slices, "def handler(event, context):\n    a = [1, 2, 3]\n    del a[:1]\n    return a == [2, 3]\n"),
    (Feature::Slices, "def handler(event, context):\n    return slice(1).stop == 1\n"),
    (Feature::FormatSpec, "def handler(event, context):\n    return format(10, 'x') == 'a'\n"),
];

/// Programs that need a feature without telling it beforehand.
const UNTOLD: &[(Feature, &str)] = &[
    (
        Feature::MathSpecial,
        "import math\ndef handler(event, context):\n    return getattr(math, 'ga' + 'mma')(1) == 1\n",
    ),
    (Feature::PowModulo, "p = [pow]\ndef handler(event, context):\n    return p[0](2, 5, 7) == 4\n"),
    (Feature::FloatHex, "def handler(event, context):\n    return (1.0).hex() == '0x1.0000000000000p+0'\n"),
    (
        Feature::StrTranslate,
        "def translate():\n    pass\ndef handler(event, context):\n    return 'ab'.translate({97: 'c'}) == 'cb'\n",
    ),
    (Feature::PercentFormat, "f = 'a%3d'\ndef handler(event, context):\n    x = 5\n    return f % x == 'a  5'\n"),
    (Feature::MathExponential, "def handler(event, context):\n    x = 0.25\n    return x ** 0.5 == 0.5\n"),
    (Feature::MathExponential, "def handler(event, context):\n    x = 4\n    return x ** -1 == 0.25\n"),
    (Feature::Sets, "def handler(event, context):\n    return len({1: 2}.keys() & [1]) == 1\n"),
    (Feature::Codecs, "def handler(event, context):\n    return b'\\xff'.decode('utf-8', 'ignore') == ''\n"),
    (Feature::Codecs, "def handler(event, context):\n    return str(b'\\xe9', 'latin-1') == 'é'\n"),
    (Feature::LongIntegers, "def handler(event, context):\n    x = 3037000500\n    return x * x % 10 == 0\n"),
    (Feature::LongIntegers, "def handler(event, context):\n    x = 7\n    return x ** 30 % 1000 == 249\n"),
    (Feature::LongIntegers, "def handler(event, context):\n    x = 1\n    return x << 63 > 0\n"),
    (Feature::LongIntegers, "def handler(event, context):\n    return int('9223372036854775808') > 0\n"),
    (Feature::LongIntegers, "def handler(event, context):\n    return int(1e20) > 0\n"),
    (
        Feature::LongIntegers,
        "import json\ndef handler(event, context):\n    return json.loads('[99999999999999999999]')[0] > 0\n",
    ),
    (Feature::Classes, "def handler(event, context):\n    return type('A', (), {'x': 1}).x == 1\n"),
    (Feature::Classes, "def handler(event, context):\n    return type(context)() is not None\n"),
    (Feature::Classes, "def handler(event, context):\n    return (1).__add__(2) == 3\n"),
    (
        Feature::Bytearray,
        "def handler(event, context):\n    return b'\\x01'.hex() == '01' and isinstance(b'', bytes)\n",
    ),
    (Feature::Classes, "def handler(event, context):\n    return [type(context)][0].__name__ != ''\n"),
    (Feature::Unicode, "def handler(event, context):\n    return 'é'.upper() == 'É'\n"),
];

/// Programs that look as if they needed something.
const INNOCENT: &[&str] = &[
    "import math\ndef handler(event, context):\n    return math.sqrt(4.0) == 2 and math.pi > 3\n",
    "def handler(event, context):\n    a, b = 7, 4\n    print('100%', a % b)\n    return a % b == 3\n",
    "def handler(event, context):\n    return pow(2, 3) == 8 and f'{1.5}' == '1.5'\n",
    "def handler(event, context):\n    return 'é' + 'a'.upper() == 'éA' and 'abcd'[1:3] + 'ab'[-1:] == 'bcb'\n",
    "def handler(event, context):\n    return 'é'.encode().decode('ascii' if event else 'UTF_8', 'strict') == 'é'\n",
    "def handler(event, context):\n    return b'a'.decode('ascii') == 'a' and 'a'.encode('us-ascii') == b'a'\n",
    "def handler(event, context):\n    return {1: 2}.keys() == {1: 3}.keys() and 1 in {1: 2}.keys() and 3 ** 2 == 9\n",
    "def handler(event, context):\n    return context.get_remaining_time_in_millis() >= 0 and str(context) != ''\n",
    "def handler(event, context):\n    try:\n        raise ValueError(1)\n    except ValueError as e:\n        return e.args == (1,) and str(e) == '1' and isinstance(e, Exception)\n",
    "def handler(event, context):\n    x = 9223372036854775807\n    return str(-x - 1) == '-9223372036854775808' and int(str(x)) == x and x // 10 * 10 + x % 10 == x\n",
    "def handler(event, context):\n    x = 1 << 62\n    return x / 3 == 1.5372286728091292e+18 and 1 / x == 2.168404344971009e-19 and -x / x == -1.0\n",
    "def handler(event, context):\n    return round(1250, -2) == 1200 and round(-1350, -2) == -1400 and divmod(-7, 2) == (-4, 1)\n",
    "def handler(event, context):\n    x = 1 << 40\n    return hash(x) == x and float(x) == x and x < 1e13 and x & (x - 1) == 0 and hex(x) == '0x10000000000'\n",
    "def handler(event, context):\n    f = lambda x: x + 1\n    return sorted(map(f, (2, 1)), key=lambda x: -x) == [3, 2]\n",
];

/// And with classes, which these do need.
const INNOCENT_CLASSES: &[&str] = &[
    "def f():\n    pass\ndef handler(event, context):\n    f.center = True\n    return f.center\n",
    "def handler(event, context):\n    try:\n        context.x = 1\n        raise ValueError(context.x)\n    except ValueError as e:\n        e.code = 2\n        return e.args == (1,) and e.code == 2 and isinstance(e, Exception)\n",
    "class Bus:\n    def translate(self, x):\n        return x\ndef handler(event, context):\n    return Bus().translate(True)\n",
    "class Point:\n    def __init__(self):\n        self.center = True\ndef handler(event, context):\n    return Point().center\n",
];

fn module(source: &str) -> Vec<u8> {
    compile(&Package::single("handler.py", source), &Options::default()).expect("compiles").module
}

fn load(bytes: &[u8], features: Features) -> Result<Module<Aligned>, LoadError> {
    Module::load_for(Aligned::new(bytes), features)
}

/// Runs it: its result, or the exception.
fn run(module: Module<Aligned>) -> Result<String, String> {
    let mut instance = Instance::new(module, 16 << 10, Limits::default());
    match instance.invoke(&mut Collector::default(), "handler", Event::Json("{}")).result {
        Ok(result) => Ok(result),
        Err(Failure::Exception(exception)) => Err(format!("{}: {}", exception.class, exception.message)),
        Err(other) => Err(format!("{other:?}")),
    }
}

fn only(feature: Feature) -> Features {
    Features::NONE.with(feature, true)
}

/// It, and what no program can use it without.
fn with_base(feature: Feature) -> Features {
    only(feature).with(Feature::Generators, feature == Feature::Async)
}

#[test]
fn what_is_left_out_is_named_when_a_module_is_loaded() {
    for (feature, source) in TOLD {
        let bytes = module(source);
        let loaded = load(&bytes, Features::ALL).unwrap();
        assert_eq!(loaded.needs(), with_base(*feature), "{source}");
        let refused = load(&bytes, Features::ALL.without(only(*feature))).unwrap_err();
        assert_eq!(refused, LoadError::Lacks(only(*feature)), "{source}");
        let text = refused.to_string();
        assert!(text.contains(feature.name()) && text.contains("build the firmware with it"), "{text}");
        assert!(load(&bytes, with_base(*feature)).is_ok(), "{source}");
        match Module::load(Aligned::new(&bytes)) {
            Ok(module) => assert_eq!(run(module).as_deref(), Ok("true"), "{source}"),
            Err(error) => assert!(error == LoadError::Lacks(with_base(*feature)) && !FEATURES.has(*feature), "{error}"),
        }
    }
}

#[test]
fn what_cannot_be_told_raises_an_exception_that_names_it() {
    for (feature, source) in UNTOLD {
        let loaded = Module::load(Aligned::new(&module(source))).unwrap_or_else(|error| panic!("{error}: {source}"));
        let wanted = if FEATURES.has(*feature) {
            Ok("true".to_owned())
        } else {
            Err(format!("NotImplementedError: this firmware was built without IoTPy's feature {feature}"))
        };
        assert_eq!(run(loaded), wanted, "{source}");
    }
}

#[test]
fn what_needs_nothing_runs_everywhere() {
    for source in INNOCENT {
        let loaded = load(&module(source), Features::NONE).unwrap_or_else(|error| panic!("{error}: {source}"));
        assert_eq!(run(loaded).as_deref(), Ok("true"), "{source}");
    }
    for source in INNOCENT_CLASSES {
        let loaded = load(&module(source), only(Feature::Classes)).unwrap_or_else(|error| panic!("{error}: {source}"));
        if FEATURES.has(Feature::Classes) {
            assert_eq!(run(loaded).as_deref(), Ok("true"), "{source}");
        }
    }
}

#[test]
fn what_went_wrong_has_a_text_where_there_are_messages() {
    for (source, class, message) in [
        ("def handler(event, context):\n    return [1][2]\n", "IndexError", "list index out of range"),
        (
            "def f(a):\n    pass\ndef handler(event, context):\n    f()\n",
            "TypeError",
            "f() missing 1 required positional argument: 'a'",
        ),
        (
            "import json\ndef handler(event, context):\n    json.loads('[1,]')\n",
            "json.decoder.JSONDecodeError",
            "Expecting value: line 1 column 4 (char 3)",
        ),
    ] {
        let loaded = load(&module(source), Features::NONE).unwrap();
        let message = if FEATURES.has(Feature::Messages) { message } else { "" };
        assert_eq!(run(loaded), Err(format!("{class}: {message}")), "{source}");
    }
    // What the program says itself is said everywhere.
    let loaded =
        load(&module("def handler(event, context):\n    raise ValueError('a' + str(1))\n"), Features::NONE).unwrap();
    assert_eq!(run(loaded), Err("ValueError: a1".to_owned()));
}

#[test]
fn a_snapshot_is_left_alone_where_it_cannot_be_read() {
    let bytes = module("made = [1, 2, 3]\ndef handler(event, context):\n    return sum(made) == 6\n");
    let loaded = load(&bytes, Features::ALL).unwrap();
    let words = loaded.snapshot(16 << 10, Limits::default()).unwrap();
    let with_snapshot = nano_wire::module::with_snapshot(&bytes, &words).unwrap();
    assert_eq!(run(load(&with_snapshot, Features::NONE).unwrap()).as_deref(), Ok("true"));
}

#[test]
fn the_features_of_the_package_are_those_of_the_table() {
    let package = include_str!("../../vm/Cargo.toml");
    let list = package.split_once("\nfull = [").unwrap().1.split_once(']').unwrap().0;
    let names: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(names, Feature::all().map(Feature::name).collect::<Vec<_>>());
    for name in names {
        assert!(package.contains(&format!("\n{name} = []")), "{name}");
    }
    assert!(FEATURES == Features::ALL || FEATURES == Features::NONE);
}
