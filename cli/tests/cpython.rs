//! Files of CPython's own test suite end on nano as they do on CPython, but for what `tests/cpython/expected.txt` names.
//!
//! The suite is a package of the system's, which `cargo xtask test` unpacks. More of its files, and how each test ends:
//! `python3 tests/cpython/run.py --help`.

use std::path::PathBuf;
use std::process::Command;

#[test]
fn cpythons_own_tests_end_as_they_do_there() {
    let suite = std::env::var_os("NANO_TEST_CPYTHON").unwrap_or_else(|| "/usr/lib/python3.11/test".into());
    let suite = PathBuf::from(suite);
    let is_311 = Command::new("python3").args(["-c", "import sys; sys.exit(sys.version_info[:2] != (3, 11))"]).status();
    let lacks = if !suite.join("test_list.py").is_file() {
        "CPython 3.11's tests are missing; cargo xtask test has them"
    } else if !is_311.is_ok_and(|status| status.success()) {
        "python3 is not CPython 3.11, whose tests these are"
    } else {
        ""
    };
    if !lacks.is_empty() {
        assert!(std::env::var_os("CI").is_none(), "{lacks}");
        eprintln!("skipped: {lacks}");
        return;
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/cpython");
    let work = tempfile::tempdir().unwrap();
    let output = Command::new("python3")
        .arg(folder.join("run.py"))
        .args(["--nano", env!("CARGO_BIN_EXE_nano"), "--suite"])
        .arg(suite)
        .arg("--expected")
        .arg(folder.join("expected.txt"))
        .arg("--work")
        .arg(work.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("tests of CPython's end alike"), "{said}");
}
