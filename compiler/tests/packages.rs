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
