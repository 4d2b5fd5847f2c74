//! Programs of several files print on IoTPy what they print on CPython.

use nano_compiler::Package;
use nano_tests::{on_cpython, run_package};
use nano_vm::Limits;

fn compare(name: &str, files: &[(&str, &str)]) {
    let folder = std::env::temp_dir().join(format!("nano-modules-{}-{name}", std::process::id()));
    let mut package = Package::new("main");
    for (path, text) in files {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().expect("below the folder")).expect("writable");
        std::fs::write(&file, text).expect("writable");
        package.add(path, text).expect("a path of a module");
    }
    let expected = on_cpython(&folder.join("main.py"));
    std::fs::remove_dir_all(&folder).expect("removable");
    for stress in [false, true] {
        let got = run_package(&package, 1 << 20, Limits { stress, ..Limits::default() });
        assert_eq!((&got.stdout, got.status), (&expected.stdout, expected.status), "{}{}", got.stderr, expected.stderr);
    }
}

#[test]
fn a_module_is_asked_for_what_it_does_not_have() {
    compare(
        "getattr",
        &[
            (
                "main.py",
                "import lazy\nfrom lazy import answer, other as renamed\nimport pkg.deep\nfrom pkg import made, deep\n\
                 print(lazy.here, lazy.there, answer, renamed, made, deep.value, pkg.late)\n\
                 print(getattr(lazy, 'x'), hasattr(lazy, 'refused'), getattr(lazy, 'refused', 0))\n\
                 try:\n    lazy.refused\nexcept AttributeError as e:\n    print(e)\n\
                 try:\n    from lazy import refused\nexcept ImportError as e:\n    print(str(e).split(' (')[0])\n",
            ),
            (
                "lazy.py",
                "here = 1\ndef __getattr__(name):\n    if name == 'refused':\n        \
                 raise AttributeError(f'module {__name__!r} has no attribute {name!r}')\n    return 'lazy ' + name\n",
            ),
            ("pkg/__init__.py", "def __getattr__(name):\n    return f'{__name__} {name}'\n"),
            ("pkg/deep.py", "value = 7\n"),
        ],
    );
}

#[test]
fn what_another_module_prints_follows_the_output() {
    compare(
        "redirect",
        &[
            (
                "main.py",
                "import io, sys, talk\nold, sys.stdout = sys.stdout, io.StringIO()\ntalk.say('a')\n\
                 text = sys.stdout.getvalue()\nsys.stdout = old\nprint(repr(text))\ntalk.say('b')\n",
            ),
            ("talk.py", "def say(text):\n    print('said', text, sep=': ')\n"),
        ],
    );
}

#[test]
fn names_of_classes_and_files_are_those_of_their_module() {
    compare(
        "names",
        &[
            (
                "main.py",
                "from pkg.inner import A, made, where\nprint(A, A.B, A.B.__qualname__, made(), where.rpartition('/')[2])\n\
                 class A:\n    class C: pass\nprint(A.C, A.C.__module__)\ntry:\n    raise made().__class__\n\
                 except Exception as e:\n    print(type(e), repr(e))\nraise made()\n",
            ),
            ("pkg/__init__.py", ""),
            (
                "pkg/inner.py",
                "where = __file__\nclass A:\n    class B: pass\ndef made():\n    class E(Exception): pass\n    return E('x')\n",
            ),
        ],
    );
}
