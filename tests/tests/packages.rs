//! Packages in pure Python from PyPI do as parts of a function what they do on CPython.
//!
//! Each program of `tests/packages` uses a package widely. The packages are installed by `cargo xtask test`, at the
//! versions in `xtask/packages.txt`.

use nano_compiler::{Diagnostic, Package};
use nano_tests::{Run, compiled, run_package};
use nano_vm::Limits;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the packages are, and the Python that has them. In CI they must be there.
fn installed() -> Option<(PathBuf, PathBuf)> {
    let folder = match std::env::var_os("NANO_TEST_PACKAGES") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let cache = cache.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")))?;
            cache.join("nano/packages")
        }
    };
    let library = std::fs::read_dir(folder.join("lib"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("site-packages"))
        .find(|path| path.join("tenacity").is_dir());
    if library.is_none() {
        assert!(std::env::var_os("CI").is_none(), "the packages are missing: cargo xtask test installs them");
        eprintln!("skipped: the packages are missing; cargo xtask test installs them");
    }
    Some((folder.join("bin/python3"), library?))
}

/// A program with the packages it names in its first line.
fn package(program: &Path, library: &Path, names: &[&str]) -> Package {
    let mut package = Package::new("program");
    package.add("program.py", &std::fs::read_to_string(program).expect("readable"));
    for name in names {
        add(&mut package, &library.join(name), name);
    }
    package
}

/// Adds a package's folder, or the file of one that is a single module.
fn add(package: &mut Package, folder: &Path, prefix: &str) {
    if folder.is_file() {
        package.add(prefix, &std::fs::read_to_string(folder).expect("text"));
        return;
    }
    for entry in std::fs::read_dir(folder).expect("the package's folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}/{name}");
        if entry.path().is_dir() {
            add(package, &entry.path(), &path);
        } else if entry.path().extension().is_some_and(|extension| extension == "py") {
            package.add(&path, &std::fs::read_to_string(entry.path()).expect("text"));
        }
    }
}

/// Runs a program on both and compares what they print.
fn same(program: &str, names: &[&str]) {
    let Some((python, library)) = installed() else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages").join(program);
    let output = Command::new(python).arg(&path).env("PYTHONHASHSEED", "0").output().expect("the packages' Python");
    let expected = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let package = package(&path, &library, names);
    let limits = Limits { fuel: 20_000_000_000, ..Limits::default() };
    let run = move || run_package(&package, 32 << 20, limits);
    let got: Run =
        std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread").join().expect("a run");
    for (line, (expected, got)) in expected.lines().zip(got.stdout.lines()).enumerate() {
        assert_eq!(expected, got, "line {} of {program}", line + 1);
    }
    assert_eq!((expected, 0), (got.stdout, got.status), "{}", got.stderr);
}

/// What keeps a package from being compiled.
fn refused(name: &str, names: &[&str]) -> Vec<Diagnostic> {
    let Some((_, library)) = installed() else { return Vec::new() };
    let mut package = Package::new("program");
    package.add("program.py", &format!("import {name}\n"));
    for name in names {
        add(&mut package, &library.join(name), name);
    }
    compiled(&package).expect_err("what needs computed names is refused")
}

#[test]
fn sortedcontainers() {
    same("use_sortedcontainers.py", &["sortedcontainers"]);
}

#[test]
fn cachetools() {
    same("use_cachetools.py", &["cachetools"]);
}

/// With what it is for: decimals in JSON.
#[test]
fn simplejson() {
    same("use_simplejson.py", &["simplejson"]);
}

/// In pure Python, as it is where no C is compiled.
#[test]
fn msgpack() {
    same("use_msgpack.py", &["msgpack"]);
}

#[test]
fn tomli() {
    same("use_tomli.py", &["tomli"]);
}

#[test]
fn more_itertools() {
    same("use_more_itertools.py", &["more_itertools"]);
}

#[test]
fn texts() {
    same("use_texts.py", &["tabulate", "chevron", "pystache", "semver", "inflection"]);
}

#[test]
fn data_and_calls() {
    let data = ["iso8601", "jsonpatch.py", "jsonpointer.py", "deepmerge", "packaging"];
    let calls = ["backoff", "retrying.py", "six.py", "tenacity"];
    same("use_data_and_calls.py", &[&data[..], &calls[..]].concat());
}

/// No package, but what packages want: the library's own decimals.
#[test]
fn decimals() {
    same("use_decimal.py", &[]);
}

/// Its table of functions is filled by a metaclass.
#[test]
fn jmespath() {
    same("use_jmespath.py", &["jmespath"]);
}

/// It writes the methods of classes as text, which is compiled at build. What it lacks: a
/// field of a class with slots that is declared again in one derived from it (the descriptor of a slot can't do what it is
/// for); names of its methods in messages about arguments (`P.__init__()`); types of fields, which are annotations: text.
#[test]
fn attrs() {
    same("use_attrs.py", &["attr", "attrs"]);
}

/// What metaclasses of packages do, across modules that import each other.
#[test]
fn metaclasses() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/metaclasses");
    let expected = nano_tests::on_cpython(&folder.join("program.py"));
    let package = package(&folder.join("program.py"), &folder, &["fleet"]);
    assert_eq!(expected, run_package(&package, 1 << 20, Limits::default()));
}

/// Its curried operators are made by writing through `locals()`, under names that are computed.
#[test]
fn toolz_is_refused_where_it_writes_through_locals() {
    let diagnostics = refused("toolz", &["toolz"]);
    let is_there = diagnostics.iter().any(|diagnostic| {
        diagnostic.message == "'locals' is not available" && diagnostic.source_line == "locals().update("
    });
    assert!(diagnostics.is_empty() || is_there, "{diagnostics:?}");
}
