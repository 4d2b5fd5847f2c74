//! The test runners: cargo-nextest where it is installed, else `cargo test`; and their counts.

use std::process::{Command, ExitStatus};

use super::tally::Tally;
use crate::process;
use crate::repository::Repository;

/// Runs the workspace's tests, except the documentation's. `settle` hands the tests what the setup found.
pub fn tests(
    repository: &Repository,
    filter: Option<&str>,
    settle: impl Fn(&mut Command) -> &mut Command,
) -> Result<Tally, String> {
    if !process::succeeds(repository.cargo().args(["nextest", "--version"])) {
        eprintln!("   cargo-nextest is not installed: running `cargo test`, which is slower and has no time limits");
        eprintln!("   hint: cargo install cargo-nextest --locked");
        let mut command = repository.cargo();
        // Examples and benches are built by clippy's step.
        command.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast", "--"]).args(filter);
        let (status, text) = process::tee(settle(&mut command))?;
        return Ok(with_status(libtest_counts(&text), status));
    }
    let mut selection: Vec<String> = Vec::new();
    if let Some(filter) = filter {
        let mut list = repository.cargo();
        list.args(["nextest", "list", "--workspace", "--list-type=binaries-only", "--message-format=json"]);
        selection = vec!["-E".into(), expression(&process::stdout(settle(&mut list))?, filter)?];
    }
    let mut command = repository.cargo();
    command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests=pass", "--status-level=slow"]);
    let (status, text) = process::tee(settle(command.args(&selection)))?;
    let mut tally = with_status(nextest_counts(&text), status);
    // Tests the filter leaves out count as skipped for nextest; for us only those marked `#[ignore]` do.
    if tally.skipped > 0 {
        let mut list = repository.cargo();
        list.args(["nextest", "list", "--workspace", "--message-format=json"]);
        let ignored = ignored(&process::output(settle(list.args(&selection)))?)?;
        for name in &ignored {
            eprintln!("   skipped: {name} is marked #[ignore]");
        }
        tally.skipped = ignored.len() as u64;
    }
    Ok(tally)
}

/// That a VM without the parts that a board may leave out refuses what needs them.
pub fn without_features(repository: &Repository) -> Result<Tally, String> {
    let mut command = repository.cargo();
    command.args(["test", "--package", "nano-tests", "--no-default-features", "--test", "features"]);
    let (status, text) = process::tee(&mut command)?;
    Ok(with_status(libtest_counts(&text), status))
}

/// What selects the tests with this in their name, and all tests of the programs and crates with this in theirs. These
/// are named one by one, since nextest takes an operator that matches no program for a mistake.
fn expression(list: &str, filter: &str) -> Result<String, String> {
    let list: serde_json::Value = serde_json::from_str(list).map_err(|error| format!("cargo nextest list: {error}"))?;
    let programs = list["rust-binaries"].as_object().ok_or("cargo nextest list: no rust-binaries")?;
    let mut chosen: Vec<_> =
        programs.keys().filter(|id| id.contains(filter)).map(|id| format!(" | binary_id(={id})")).collect();
    chosen.sort();
    let name: String = filter.chars().filter(|letter| letter.is_alphanumeric() || "_-:/.".contains(*letter)).collect();
    Ok(format!("test(~{name}){}", chosen.concat()))
}

/// Runs the examples in the documentation of the libraries.
pub fn doctests(repository: &Repository, filter: Option<&str>) -> Result<Tally, String> {
    let mut command = repository.cargo();
    command.args(["test", "--workspace", "--doc", "--no-fail-fast", "--"]).args(filter);
    let (status, text) = process::tee(&mut command)?;
    Ok(with_status(libtest_counts(&text), status))
}

/// A runner that ends badly without a failed test did not run to its end.
fn with_status(mut tally: Tally, status: ExitStatus) -> Tally {
    if !status.success() && tally.failed == 0 {
        tally += Tally::failure();
    }
    tally
}

/// The line `Summary [   0.1s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 3 skipped`.
fn nextest_counts(text: &str) -> Tally {
    let Some(counts) = text.lines().rev().find(|line| line.trim_start().starts_with("Summary [")) else {
        return Tally::default();
    };
    let counts = counts.split_once(" run: ").map_or("", |(_, counts)| counts);
    let mut tally = Tally::default();
    let mut depth = 0;
    let outside = counts.chars().filter(|&letter| {
        depth += i32::from(letter == '(');
        let keep = depth == 0;
        depth -= i32::from(letter == ')');
        keep
    });
    for part in outside.collect::<String>().split(',') {
        let Some((number, what)) = part.trim().split_once(' ') else { continue };
        let number = number.parse().unwrap_or(0);
        match what.trim() {
            "passed" => tally.passed += number,
            "skipped" => tally.skipped += number,
            // Failed, timed out, failed to start, and whatever a later version adds.
            _ => tally.failed += number,
        }
    }
    tally
}

/// The lines `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 5 filtered out; ..`, summed.
fn libtest_counts(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| line.starts_with("test result: ")) {
        let (_, counts) = line.split_once(". ").unwrap_or_default();
        for part in counts.split("; ") {
            let Some((number, what)) = part.trim().split_once(' ') else { continue };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => tally.passed += number,
                "failed" => tally.failed += number,
                "ignored" => tally.skipped += number,
                _ => {}
            }
        }
    }
    tally
}

/// The tests that would run, were they not marked `#[ignore]`.
fn ignored(list: &str) -> Result<Vec<String>, String> {
    let list: serde_json::Value = serde_json::from_str(list).map_err(|error| format!("cargo nextest list: {error}"))?;
    let suites = list["rust-suites"].as_object().ok_or("cargo nextest list: no rust-suites")?;
    let mut ignored = Vec::new();
    for (suite, tests) in suites.iter().filter_map(|(suite, value)| Some((suite, value["testcases"].as_object()?))) {
        let tests = tests.iter().filter(|(_, test)| test["filter-match"]["reason"] == "ignored");
        ignored.extend(tests.map(|(name, _)| format!("{suite} {name}")));
    }
    Ok(ignored)
}

#[cfg(test)]
mod tests {
    use super::{expression, ignored, libtest_counts, nextest_counts};
    use crate::test::tally::Tally;

    #[test]
    fn nextest_counts_every_kind_of_failure() {
        let text = "    PASS [   0.003s] (1/9) a b\n────\n     Summary [   0.105s] 9 tests run: 6 passed (1 slow, 2 leaky), \
                    1 failed, 1 timed out, 1 exec failed, 4 skipped\n        FAIL [   0.1s] c d\nerror: test run failed\n";
        assert_eq!(nextest_counts(text), Tally { passed: 6, failed: 3, skipped: 4 });
        assert_eq!(nextest_counts("     Summary [ 0.0s] 1 test run: 1 passed, 0 skipped"), Tally::success());
        assert_eq!(nextest_counts("  Summary [ 0.0s] 2/5 tests run: 1 passed, 1 failed, 0 skipped").failed, 1);
        assert_eq!(nextest_counts("error: could not compile"), Tally::default());
    }

    #[test]
    fn libtest_counts_are_summed_over_programs() {
        let text = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.00s\n\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s\n";
        assert_eq!(libtest_counts(text), Tally { passed: 4, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_filter_selects_tests_programs_and_crates() {
        let list = r#"{"rust-binaries": {"nano-house::imports": {}, "nano-house": {}, "nano-vm": {}}}"#;
        let chosen = |filter| expression(list, filter).unwrap();
        assert_eq!(chosen("imports"), "test(~imports) | binary_id(=nano-house::imports)");
        assert_eq!(chosen("house"), "test(~house) | binary_id(=nano-house) | binary_id(=nano-house::imports)");
        assert_eq!(chosen("a|b)"), "test(~ab)");
        assert!(expression("", "x").is_err());
    }

    #[test]
    fn only_marked_tests_count_as_skipped() {
        let list = r#"{"rust-suites": {"a": {"testcases": {
            "x": {"ignored": false, "filter-match": {"status": "matches"}},
            "y": {"ignored": true, "filter-match": {"status": "mismatch", "reason": "ignored"}},
            "z": {"ignored": false, "filter-match": {"status": "mismatch", "reason": "expression"}}}}}}"#;
        assert_eq!(ignored(list), Ok(vec!["a y".to_owned()]));
        assert!(ignored("{}").is_err());
        assert!(ignored("").is_err());
    }
}
