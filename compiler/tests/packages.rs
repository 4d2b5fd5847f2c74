//! Programs of several modules: what is linked in, and how names of other modules are reached.

mod check;

use nano_compiler::{Compiled, Options, Package, compile, disassemble};

fn build(files: &[(&str, &str)]) -> Compiled {
    let mut package = Package::new(files[0].0.trim_end_matches(".py"));
    for (path, text) in files {
        package.add(path, text).unwrap();
    }
    let compiled = compile(&package, &Options { main: true }).unwrap_or_else(|errors| panic!("{errors:?}"));
    check::check(&compiled).unwrap();
    compiled
}

#[test]
fn only_reached_modules_are_linked_and_the_entry_comes_first() {
    let compiled = build(&[
        ("main.py", "import lib.tool\nfrom lib import VALUE\nprint(lib.tool.twice(VALUE))\n"),
        ("lib/__init__.py", "VALUE = 1\n"),
        ("lib/tool.py", "from . import deep\ndef twice(x): return deep.same(x) * 2\n"),
        ("lib/deep.py", "def same(x): return x\n"),
        ("lib/unused.py", "import numpy\n"),
    ]);
    let files: Vec<_> = compiled.symbols.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(files, ["main.py", "lib/__init__.py", "lib/tool.py", "lib/deep.py"]);
    assert_eq!(compiled.symbols.functions[0].name, "<module>");
    let listing = disassemble(&compiled);
    // A submodule becomes an attribute of its package when it has run.
    assert!(listing.contains("import_module r0, m2"), "{listing}");
}

#[test]
fn cycles_and_relative_imports() {
    build(&[("a.py", "import b\ndef f(): return b.g()\n"), ("b.py", "import a\ndef g(): return a.f\n")]);
    build(&[
        ("main.py", "import pkg.sub.leaf as leaf\nprint(leaf.value)\n"),
        ("pkg/__init__.py", "shared = 1\n"),
        ("pkg/sub/__init__.py", ""),
        ("pkg/sub/leaf.py", "from .. import shared as value\nfrom . import other\n"),
        ("pkg/sub/other.py", ""),
    ]);
}

#[test]
fn rare_parts_of_a_library_class_come_with_the_class_and_their_name() {
    let has = |text: &str, name: &str| {
        build(&[("main.py", text)]).symbols.functions.iter().any(|function| function.name == name)
    };
    let rotate = "_deque_rotate";
    assert!(has("from collections import deque\ndeque().rotate()\n", rotate));
    assert!(!has("from collections import deque\ndeque().append(1)\n", rotate));
    // The name alone brings neither the method nor the class.
    let other = "from collections import namedtuple\nprint(namedtuple('P', 'x'), 'rotate')\n";
    assert!(!has(other, rotate) && !has(other, "deque"));
    let plain = "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nprint(P(1))\n";
    let firm = plain.replace("@dataclass", "@dataclass(frozen=True, slots=True)");
    for name in ["_freeze", "_make_hashed", "_slotted"] {
        assert!(!has(plain, name) && has(&firm, name), "{name}");
    }
    for name in ["_kind", "_make_ordered", "_said", "Field"] {
        assert!(!has(plain, name) && !has(&firm, name), "{name}");
    }
    assert!(has(&plain.replace("x: int", "x: int = dataclasses.field(default=1)"), "_said"));
    assert!(has(&plain.replace("x: int", "_: KW_ONLY"), "_kind"));
    let cached = "from functools import lru_cache\n@lru_cache\ndef f(x): return x\nprint(f(1))\n";
    assert!(!has(cached, "namedtuple") && has(&cached.replace("f(1)", "f.cache_info()"), "namedtuple"));
}

#[test]
fn a_module_of_the_package_wins_over_a_builtin_one() {
    let compiled = build(&[("main.py", "import json\nprint(json.own)\n"), ("json.py", "own = 1\n")]);
    assert_eq!(compiled.symbols.files.len(), 2);
}

#[test]
fn a_patched_module_is_not_called_directly() {
    // `tool.math` is replaced from outside, so calls through it must look.
    let direct = build(&[("main.py", "import math\nprint(math.sqrt(2))\n")]);
    assert!(disassemble(&direct).contains("math.sqrt"));
    let patched = build(&[
        ("main.py", "import tool\ntool.math = None\nprint(tool.root(2))\n"),
        ("tool.py", "import math\ndef root(x): return math.sqrt(x)\n"),
    ]);
    assert!(!disassemble(&patched).contains("call_builtin r0, 1, r1, math.sqrt"));
}

#[test]
fn the_same_source_makes_the_same_bytes() {
    let files = [("main.py", include_str!("cases/classes.py")), ("other.py", "x = 1\n")];
    let (first, second) = (build(&files), build(&files));
    assert_eq!(first, second);
    assert_ne!(first.symbols.module_hash, [0; 32]);
}

#[test]
fn a_star_is_written_out() {
    let star = "from lib import *\nfrom math import *\nprint(one, sqrt(two), __name__)\n";
    let plain = "from lib import one, two\nfrom math import sqrt\nprint(one, sqrt(two), __name__)\n";
    let lib = ("lib.py", "__all__ = ['one'] + ['two']\none = 1\ntwo = 2\nthree = 3\n_own = 4\n");
    let names = |compiled: &Compiled| disassemble(compiled).matches("import_from").count();
    assert_eq!(names(&build(&[("main.py", star), lib])), names(&build(&[("main.py", plain), lib])));
    // Through a package that passes on what its modules have, some of it in branches, and in a circle.
    build(&[
        ("main.py", "from pkg import *\nprint(a, b, c, hidden)\nfrom pkg.a import _own\n"),
        ("pkg/__init__.py", "from .a import *\nfrom .b import *\n__all__ = a.__all__ + ['b', 'hidden']\n"),
        ("pkg/a.py", "from . import b as back\n__all__ = ('a',)\n__all__ += ('c',)\na = 1\n_own = c = 2\n"),
        ("pkg/b.py", "import sys\nfrom .a import *\nb = 1\nif sys.argv:\n    hidden = 2\nelse:\n    x = 1\n"),
    ]);
}

#[test]
fn a_star_that_is_not_known_is_refused() {
    let mut package = Package::new("main");
    package.add("main.py", "from lib import *\n");
    package.add("lib.py", "__all__ = [name for name in ('a', 'b')]\na = b = 1\n");
    let diagnostics = compile(&package, &Options { main: true }).unwrap_err();
    assert_eq!(diagnostics.len(), 1);
    assert!(diagnostics[0].message.contains("not known when compiling"), "{diagnostics:?}");
    assert!(diagnostics[0].hint.is_some());
    package.add("main.py", "from nowhere import *\n");
    let diagnostics = compile(&package, &Options { main: true }).unwrap_err();
    assert_eq!(diagnostics[0].message, "No module named 'nowhere'");
}

#[test]
fn imports_for_other_pythons_are_no_part_of_the_program() {
    let compiled = build(&[
        (
            "main.py",
            "import sys\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lib import Type\n\
             if sys.version_info < (3,):\n    import urllib2\n\
             try:\n    from collections.abc import Mapping\nexcept ImportError:\n    from collections import Mapping\n\
             try:\n    import ujson as json\nexcept ImportError:\n    try:\n        import rapidjson as json\n    \
             except ImportError:\n        import json\n",
        ),
        ("lib.py", "import nowhere\n"),
    ]);
    assert!(compiled.symbols.files.iter().all(|file| file.name != "lib.py"));
}

#[test]
fn what_may_never_run_may_import_what_is_not_there() {
    let files = [
        ("main.py", "import pkg\nprint(pkg.old())\n"),
        ("pkg/__init__.py", "def old():\n    from . import legacy\n    globals()['y'] = 1\n    return legacy.x\n"),
        ("pkg/legacy.py", "import UserDict\nx = 1\n"),
    ];
    build(&files);
    // Where it surely runs it is an error as ever.
    let mut package = Package::new("main");
    package.add("main.py", "import pkg.legacy\n");
    package.add("pkg/__init__.py", "");
    package.add("pkg/legacy.py", "if True:\n    import UserDict\n");
    let diagnostics = compile(&package, &Options { main: true }).unwrap_err();
    assert_eq!(diagnostics[0].message, "No module named 'UserDict'");
    package.add("main.py", "def f(): globals()['x'] = 1\n");
    assert_eq!(compile(&package, &Options { main: true }).unwrap_err()[0].message, "'globals' is not available");
}

#[test]
fn a_program_that_asks_where_exceptions_come_from_carries_its_places() {
    let module = |body: &str, main: bool| {
        let source = format!("import logging\ndef handler(event, context):\n    try: return event[0]\n    {body}\n");
        let compiled = compile(&Package::single("lights.py", &source), &Options { main }).expect("compiles");
        String::from_utf8_lossy(&compiled.module).into_owned()
    };
    let logging = "except Exception: logging.exception('no')";
    assert!(module(logging, true).contains("lights.py"));
    assert!(module(logging, false).contains("/var/task/lights.py"));
    assert!(module(logging, false).contains("try: return event[0]"));
    assert!(module("except Exception as e: return e.__traceback__", false).contains("/var/task/lights.py"));
    let silent = module("except Exception: logging.error('no')", false);
    assert!(!silent.contains("lights.py") && !silent.contains("try:"));
}

/// A function that may be run by CPython must be where a package needs what is only there.
#[test]
fn what_a_package_lacks_waits_until_it_is_used_unless_there_is_another_python() {
    let mut package = Package::new("app");
    package.add("app.py", "from net import ask\n\ndef handler(event, context):\n    return ask()\n");
    package.add("net/__init__.py", "import socket\n\ndef ask():\n    return socket.AF_INET, open('x')\n");
    assert!(compile(&package, &Options::default()).is_ok());
    let refused = compile(&package.strict(), &Options::default()).unwrap_err();
    let refused: Vec<_> = refused.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(refused, [("net/__init__.py", 1), ("net/__init__.py", 4)]);
}

#[test]
fn what_only_another_python_tells_of_a_client_is_asked_of_it() {
    let package = |text: &str| Package::single("app.py", text);
    for asked in ["context.client_context.custom", "context.identity.cognito_identity_id"] {
        let handler = package(&format!("def handler(event, context):\n    return {asked}\n"));
        assert!(compile(&handler, &Options::default()).is_ok());
        let refused = compile(&handler.strict(), &Options::default()).unwrap_err();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(refused[0].message.starts_with("the context object of IoTPy has no 'c"), "{}", refused[0].message);
    }
    // One's own attribute of that name is there.
    let own = "class Job:\n    def __init__(self, c):\n        self.client_context = c\n\n\
               def handler(event, context):\n    return Job(event).client_context\n";
    assert!(compile(&package(own).strict(), &Options::default()).is_ok());
}
