//! Packages' own tests go on IoTPy as they go on CPython.
//!
//! What each suite has is in `tests/suites/results.txt`: how many tests pass on both, and each that doesn't, with why. A
//! test that is not listed there must go alike. The short suites run here; with `NANO_TEST_SUITES_ALL` set, all of them.
//! `cargo run -p nano-tests --example suites -- FOLDER > tests/suites/results.txt` writes the file anew.
//!
//! The source distributions are downloaded by `cargo xtask test`, at the versions and hashes in `xtask/suites.txt`.

use nano_tests::suites::{ALL, Laid, Outcome, RESULTS, SUITES, refusals, unnumbered};
use std::path::{Path, PathBuf};

/// Where the distributions are. In CI they must be there.
fn distributions() -> Option<PathBuf> {
    let folder = match std::env::var_os("NANO_TEST_SUITES") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let cache = cache.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")))?;
            cache.join("nano/suites")
        }
    };
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "the suites are missing: cargo xtask test downloads them");
    eprintln!("skipped: the suites are missing; cargo xtask test downloads them");
    None
}

fn goes_alike(name: &str) {
    let Some(distributions) = distributions() else { return };
    let suite = SUITES.iter().find(|suite| suite.name == name).expect("a suite of the table");
    let work = tempfile::tempdir().expect("a folder");
    let laid = Laid::out(suite, &suite.folder(&distributions), work.path()).expect("a suite");
    let all = std::env::var_os("NANO_TEST_SUITES_ALL").is_some();
    let known = refusals(RESULTS);
    let mut passed = 0;
    let mut wrong = Vec::new();
    for module in laid.modules().into_iter().filter(|module| all || !suite.long.contains(&module.as_str())) {
        for (test, outcome) in laid.compare(&module).expect("python3") {
            let is_known = [unnumbered(&test), ALL].iter().any(|one| known.contains(&(name, module.as_str(), *one)));
            match outcome {
                Outcome::Passed => passed += 1,
                Outcome::Alike(_) => {}
                Outcome::Different(expected, got) if !is_known => {
                    wrong.push(format!("{module} {test}\n  CPython: {expected}\n  IoTPy:   {got}"));
                }
                Outcome::Refused(why) if !is_known => wrong.push(format!("{module} {test}\n  refused: {why}")),
                Outcome::Different(..) | Outcome::Refused(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(passed > 4, "hardly any test of {name} passes");
}

#[test]
fn addict() {
    goes_alike("addict");
}

#[test]
fn cachetools() {
    goes_alike("cachetools");
}

#[test]
fn inflection() {
    goes_alike("inflection");
}

#[test]
fn jmespath() {
    goes_alike("jmespath");
}

#[test]
fn packaging() {
    goes_alike("packaging");
}

#[test]
fn pynmea2() {
    goes_alike("pynmea2");
}

#[test]
fn schema() {
    goes_alike("schema");
}

#[test]
fn semver() {
    goes_alike("semver");
}

#[test]
fn simplejson() {
    goes_alike("simplejson");
}

#[test]
fn utm() {
    goes_alike("utm");
}

#[test]
fn voluptuous() {
    goes_alike("voluptuous");
}

/// The whole of it takes minutes.
#[test]
fn more_itertools() {
    if std::env::var_os("NANO_TEST_SUITES_ALL").is_some() {
        goes_alike("more-itertools");
    }
}
