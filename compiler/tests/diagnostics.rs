//! What is refused, with code, place, message and hint.
#![allow(clippy::format_collect, reason = "sources of tests are made in one line")]

use nano_compiler::{Diagnostic, Options, Package, code, compile};

fn diagnostics(source: &str) -> Vec<Diagnostic> {
    compile(&Package::single("a.py", source), &Options::default()).expect_err(source)
}

/// Code, place and message of the first diagnostic.
fn first(source: &str) -> (&'static str, (u32, u32), String) {
    let diagnostic = diagnostics(source).swap_remove(0);
    (diagnostic.code, (diagnostic.line, diagnostic.column), diagnostic.message)
}

#[test]
fn misplaced_statements_have_cpythons_messages() {
    for (source, place, message) in [
        ("return 1\n", (1, 1), "'return' outside function"),
        ("class A:\n    return 1\n", (2, 5), "'return' outside function"),
        ("yield 1\n", (1, 1), "'yield' outside function"),
        ("class A:\n    yield 1\n", (2, 5), "'yield' outside function"),
        ("break\n", (1, 1), "'break' outside loop"),
        ("continue\n", (1, 1), "'continue' not properly in loop"),
        ("for i in []:\n    def f():\n        continue\n", (3, 9), "'continue' not properly in loop"),
        ("[(yield) for x in y]\n", (1, 3), "'yield' inside list comprehension"),
        ("((yield) for x in y)\n", (1, 3), "'yield' inside generator expression"),
        ("def f():\n    from a import *\n", (2, 19), "import * only allowed at module level"),
        (
            "x = 1\nfrom __future__ import annotations\n",
            (2, 1),
            "from __future__ imports must occur at the beginning of the file",
        ),
    ] {
        assert_eq!(first(source), (code::MISPLACED, place, message.into()), "{source}");
    }
}

#[test]
fn names_have_cpythons_messages() {
    for (source, message) in [
        ("def f(a, a): pass\n", "duplicate argument 'a' in function definition"),
        ("lambda x, *, x: 0\n", "duplicate argument 'x' in function definition"),
        ("def f(x):\n    global x\n", "name 'x' is parameter and global"),
        ("def f(x):\n    nonlocal x\n", "name 'x' is parameter and nonlocal"),
        ("def f():\n    x = 1\n    global x\n", "name 'x' is assigned to before global declaration"),
        ("def f():\n    print(x)\n    global x\n", "name 'x' is used prior to global declaration"),
        ("nonlocal x\n", "nonlocal declaration not allowed at module level"),
        ("def f():\n    nonlocal x\n", "no binding for nonlocal 'x' found"),
        ("def f():\n    global x\n    nonlocal x\n", "name 'x' is nonlocal and global"),
        ("def f():\n    x: int = 1\n    global x\n", "annotated name 'x' can't be global"),
        ("[x := 1 for x in y]\n", "assignment expression cannot rebind comprehension iteration variable 'x'"),
        (
            "class A:\n    [x := 1 for y in z]\n",
            "assignment expression within a comprehension cannot be used in a class body",
        ),
    ] {
        let (found, _, text) = first(source);
        assert_eq!((found, text.as_str()), (code::NAMES, message), "{source}");
    }
}

#[test]
fn syntax() {
    for (source, message) in [
        ("try: pass\nexcept: pass\nexcept ValueError: pass\n", "default 'except:' must be last"),
        ("*a, *b = c\n", "multiple starred expressions in assignment"),
        ("*a = c\n", "starred assignment target must be in a list or tuple"),
        ("x = *a\n", "can't use starred expression here"),
        ("f(a=1, a=2)\n", "keyword argument repeated: a"),
        ("from __future__ import nothing\n", "future feature nothing is not defined"),
        ("__debug__ = 1\n", "cannot assign to __debug__"),
        ("def f(a, b:\n    pass\n", "'(' was never closed"),
        ("x = (1]\n", "closing parenthesis ']' does not match opening parenthesis '('"),
        ("x = 1\0\n", "source code cannot contain null bytes"),
    ] {
        let (found, _, text) = first(source);
        assert_eq!((found, text.as_str()), (code::SYNTAX, message), "{source}");
    }
    let digits = format!("x = {}\n", "9".repeat(5000));
    assert!(first(&digits).2.starts_with("Exceeds the limit (4300 digits)"));
    // Python 3.12 is not Python 3.11, on the device as in the cloud.
    assert!(diagnostics("type X = int\n")[0].hint.is_some());
    assert!(diagnostics("x = f'{'a'}'\n")[0].message.contains("Python 3.11"));
}

#[test]
fn what_is_not_supported_is_refused_with_a_hint() {
    for (source, part) in [
        ("class A(metaclass=B): pass\n", "metaclasses"),
        ("class A(*b): pass\n", "starred bases"),
        ("eval('1')\n", "'eval' is not available"),
        ("def f():\n    globals()['x'] = 1\n", "'globals' is not available"),
        ("locals().update(x=1)\n", "'locals' is not available"),
        ("def f(a):\n    if a: b = 1\n    return locals()\n", "'locals' is not available"),
        ("x = open\n", "'open' is not available"),
        ("f = lambda: vars()\n", "'vars()' without an argument"),
    ] {
        let diagnostic = diagnostics(source).swap_remove(0);
        assert!(diagnostic.message.contains(part), "{source}: {}", diagnostic.message);
        assert!(diagnostic.hint.is_some() && diagnostic.code.starts_with("E02"), "{source}: {diagnostic:?}");
    }
    // A name of the program's own is not the builtin.
    compile(&Package::single("a.py", "def eval(x): return x\neval(1)\n"), &Options::default()).unwrap();
}

#[test]
fn imports_that_lead_nowhere() {
    let unknown = diagnostics("import numpy\n").swap_remove(0);
    assert_eq!((unknown.code, unknown.message.as_str()), (code::NO_MODULE, "No module named 'numpy'"));
    assert!(unknown.hint.unwrap_or_default().starts_with("built in: abc, array, asyncio, "));
    assert_eq!(diagnostics("import maths\n")[0].hint.as_deref(), Some("did you mean 'math'?"));
    let member = diagnostics("from math import sqr\n").swap_remove(0);
    assert_eq!(
        (member.code, member.message.as_str(), member.hint.as_deref()),
        (code::NO_MEMBER, "cannot import name 'sqr' from 'math'", Some("did you mean 'sqrt'?"))
    );
    assert_eq!(diagnostics("from . import x\n")[0].message, "attempted relative import with no known parent package");
    let mut package = Package::new("main");
    package.add("main.py", "from lib import missing\n");
    package.add("lib.py", "present = 1\n");
    let errors = compile(&package, &Options::default()).unwrap_err();
    assert_eq!(errors[0].message, "cannot import name 'missing' from 'lib'");
    // A program that is ready for it gets the exception instead.
    let optional = "try:\n    import ujson as json\nexcept ImportError:\n    import json\n";
    compile(&Package::single("a.py", optional), &Options::default()).unwrap();
    assert_eq!(compile(&Package::new("gone"), &Options::default()).unwrap_err()[0].code, code::NO_MODULE);
}

#[test]
fn limits_are_errors_and_not_crashes() {
    let deep = |open: &str, close: &str, count| format!("x = {}0{}\n", open.repeat(count), close.repeat(count));
    compile(&Package::single("a.py", &deep("(", ")", 190)), &Options::default()).unwrap();
    compile(&Package::single("a.py", &deep("-", "", 900)), &Options::default()).unwrap();
    compile(&Package::single("a.py", &deep("y + ", "", 900)), &Options::default()).unwrap();
    compile(&Package::single("a.py", &deep("[", "]", 190)), &Options::default()).unwrap();
    compile(&Package::single("a.py", &deep("lambda: ", "", 450)), &Options::default()).unwrap();
    for source in [deep("(", ")", 5000), deep("-", "", 100_000), deep("not ", "", 5000), deep("f(", ")", 3000)] {
        assert_eq!(first(&source).0, code::LIMIT);
    }
    let blocks: String = (0..30).map(|n| format!("{}while x:\n", " ".repeat(n))).collect::<String>() + &" ".repeat(30);
    assert_eq!(first(&format!("{blocks}pass\n")).2, "too many statically nested blocks");
    let many: String = (0..300).map(|n| format!("    x{n} = f\n")).collect();
    assert!(first(&format!("def f():\n{many}")).2.contains("registers"));
    let long = "    f(1, 2, 3, 4, 5, 6, 7, 8)\n".repeat(4000);
    assert!(first(&format!("def f():\n{long}")).2.contains("too long"));
    // Each `finally` is copied to every exit: twenty of them would be a million copies.
    let mut nested = String::from("pass");
    for _ in 0..19 {
        nested = format!("try:\n f()\nfinally:\n {}", nested.replace('\n', "\n "));
    }
    assert!(first(&format!("{nested}\n")).2.contains("too long"));
}

#[test]
fn displays_and_calls_of_any_length() {
    let items = "x, ".repeat(1000);
    let pairs: String = (0..1000).map(|n| format!("'k{n}': x, ")).collect();
    let keywords: String = (0..200).map(|n| format!("k{n}=x, ")).collect();
    for source in [
        format!("x = 1\ny = [{items}]\n"),
        format!("x = 1\ny = ({items})\n"),
        format!("x = 1\ny = {{{items}}}\n"),
        format!("x = 1\ny = {{{pairs}}}\n"),
        format!("x = 1\nprint({items})\n"),
        format!("x = 1\nprint({keywords})\n"),
        format!("x = 1\ny = f'{}'\n", "{x} and ".repeat(1000)),
    ] {
        compile(&Package::single("a.py", &source), &Options::default()).unwrap_or_else(|e| panic!("{e:?}"));
    }
}

#[test]
fn names_that_nothing_binds_are_warnings() {
    let source = "def f():\n    return lenght(1)\n";
    let compiled = compile(&Package::single("a.py", source), &Options::default()).unwrap();
    let warning = &compiled.warnings[0];
    assert_eq!((warning.code, warning.line, warning.column), (code::UNDEFINED, 2, 12));
    assert_eq!(
        warning.to_string(),
        "warning[W0401]: name 'lenght' is not defined\n --> a.py:2:12\n  |\n2 |     return lenght(1)\n  |            ^^^^^^"
    );
}

#[test]
fn surrogates_in_literals_are_warnings() {
    let warned = |source: &str| {
        let compiled = compile(&Package::single("a.py", source), &Options::default()).unwrap();
        compiled.warnings.iter().map(|warning| (warning.code, warning.column, warning.end.1)).collect::<Vec<_>>()
    };
    let literals = r#"x = ["a\\ud800\ud83d", f"{1:\udfff}\U0000dc00", "\ud7ff\ue000\U0001f600", r"\ud800\ufffd", "\ufffd", b"\ud800"]"#;
    let expected = [(15, 21), (29, 35), (36, 46)].map(|(start, end)| (code::SURROGATE, start, end));
    assert_eq!(warned(&format!("{literals}\n")), expected);
    assert_eq!(warned("x = rf'\\ud800{1}' '\u{FFFD}'\n"), []);
}
