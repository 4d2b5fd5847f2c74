//! Packages' own test suites: each test by its name, as it went on CPython and on IoTPy.
//!
//! A suite's tests are listed from its text (`tests/suites/collect.py`); each module of tests becomes a program with the
//! package and small stand-ins for pytest and unittest, which prints a line for each test. The program is the same for
//! both. What the compiler refuses in a test is taken out of the program, and the test counts as refused.

use nano_compiler::Package;
use nano_vm::Limits;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package with tests of its own.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// The package: with its version it names a source distribution.
    pub name: &'static str,
    /// Which of its versions.
    pub version: &'static str,
    /// What is imported: folders and files of the distribution.
    pub sources: &'static [&'static str],
    /// Where its tests are.
    pub tests: &'static str,
    /// Modules of tests that take long.
    pub long: &'static [&'static str],
}

impl Suite {
    /// The folder of its distribution, in the one where all are.
    #[must_use]
    pub fn folder(&self, distributions: &Path) -> PathBuf {
        distributions.join(format!("{}-{}", self.name.replace('-', "_"), self.version))
    }
}

/// How the suites went when that was written down.
pub const RESULTS: &str = include_str!("../suites/results.txt");

/// The name of a test without the number of its parameters.
#[must_use]
pub fn unnumbered(test: &str) -> &str {
    test.split('[').next().unwrap_or(test)
}

/// What stands for all tests of a module that is refused whole.
pub const ALL: &str = "(all)";

/// The tests in it that don't go alike: (suite, module, test).
#[must_use]
pub fn refusals(results: &str) -> BTreeSet<(&str, &str, &str)> {
    let mut found = BTreeSet::new();
    let mut of = ("", "");
    for line in results.lines() {
        if let Some(test) = line.strip_prefix("  ") {
            found.insert((of.0, of.1, test.split(": ").next().unwrap_or(test)));
        } else if let Some((suite, module)) = line.split(": ").next().unwrap_or(line).split_once(' ') {
            of = (suite, module);
        }
    }
    found
}

/// The suites, in the order of the table.
pub const SUITES: &[Suite] = &[
    suite("addict", "2.4.0", &["addict"], "test_addict.py", &[]),
    suite("cachetools", "8.0.2", &["src/cachetools"], "tests", &[]),
    suite("inflection", "0.5.1", &["inflection"], "test_inflection.py", &[]),
    suite("jmespath", "1.1.0", &["jmespath"], "tests", &[]),
    suite("more-itertools", "11.2.1", &["more_itertools"], "tests", &["tests.test_more"]),
    suite("packaging", "26.4", &["src/packaging"], "tests", PACKAGING_LONG),
    suite("pynmea2", "1.19.0", &["pynmea2"], "test", &[]),
    suite("pyrsistent", "0.20.0", &["pyrsistent"], "tests", &[]),
    suite("schema", "0.7.8", &["schema"], "test_schema.py", &[]),
    suite("semver", "3.1.2", &["src/semver", "../packaging-26.4/src/packaging"], "tests", &[]),
    suite("simplejson", "4.3.0", &["simplejson"], "simplejson/tests", SIMPLEJSON_LONG),
    suite("toolz", "1.2.0", &["toolz", "tlz"], "toolz/tests", &[]),
    suite("utm", "0.9.0", &["utm"], "test", &[]),
    suite("voluptuous", "0.16.0", &["voluptuous"], "voluptuous/tests", &[]),
];

const fn suite(
    name: &'static str,
    version: &'static str,
    sources: &'static [&'static str],
    tests: &'static str,
    long: &'static [&'static str],
) -> Suite {
    Suite { name, version, sources, tests, long }
}

/// Some of them look at the machine's C library.
const PACKAGING_LONG: &[&str] = &[
    "tests.test_manylinux",
    "tests.test_markers",
    "tests.test_metadata",
    "tests.test_musllinux",
    "tests.test_ranges",
    "tests.test_requirements",
    "tests.test_specifiers",
    "tests.test_tags",
    "tests.test_version",
];
const SIMPLEJSON_LONG: &[&str] = &["tests.test_dump", "tests.test_unicode"];

/// How one test went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed on both.
    Passed,
    /// It failed on both, with the same exception; or was skipped by both.
    Alike(String),
    /// What CPython says, and what IoTPy says.
    Different(String, String),
    /// Why it is no part of the program.
    Refused(String),
}

/// Tests of one module, by name.
pub type Outcomes = BTreeMap<String, Outcome>;

/// A line of `collect.py`.
#[derive(Clone, Debug)]
struct Test {
    module: String,
    kind: String,
    name: String,
    lines: (usize, usize),
    parameters: Vec<String>,
}

/// A suite that is laid out in a folder: sources, tests, stand-ins.
#[derive(Debug)]
pub struct Laid {
    folder: PathBuf,
    files: BTreeMap<String, String>,
    tests: Vec<Test>,
}

impl Laid {
    /// Lays out the suite of a distribution that is unpacked here.
    ///
    /// # Errors
    /// What is not where it should be.
    pub fn out(suite: &Suite, distribution: &Path, folder: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        for source in suite.sources {
            let from = distribution.join(source);
            let name = Path::new(source).file_name().unwrap_or_default().to_string_lossy().into_owned();
            if from.is_dir() {
                read(&from, &name, &mut files)?;
            } else {
                read(&from.with_extension("py"), &format!("{name}.py"), &mut files)?;
            }
        }
        let tests = distribution.join(suite.tests);
        if tests.is_dir() {
            read(&tests, "tests", &mut files)?;
        } else {
            read(&tests, &format!("tests/{}", suite.tests), &mut files)?;
        }
        if !files.contains_key("tests/__init__.py") {
            // Then pytest imports what is beside the tests by its own name.
            let beside =
                |path: &String| path.strip_prefix("tests/").map(String::from).filter(|name| !name.contains('/'));
            let helpers: Vec<_> = files.iter().filter_map(|(path, text)| Some((beside(path)?, text.clone()))).collect();
            files.extend(helpers.into_iter().filter(|(name, _)| !name.starts_with("test_") && name != "conftest.py"));
            files.insert("tests/__init__.py".into(), TESTS.to_owned());
        }
        let standing = Path::new(env!("CARGO_MANIFEST_DIR")).join("suites");
        read(&standing, "", &mut files)?;
        for (path, text) in &files {
            let to = folder.join(path);
            std::fs::create_dir_all(to.parent().unwrap_or(folder)).map_err(|error| error.to_string())?;
            std::fs::write(&to, text).map_err(|error| format!("{}: {error}", to.display()))?;
        }
        let listed = python(&[&standing.join("collect.py").to_string_lossy(), &folder.to_string_lossy()], folder)?;
        let tests = listed.lines().filter_map(Test::parse).collect();
        Ok(Self { folder: folder.to_owned(), files, tests })
    }

    /// Its modules with tests.
    #[must_use]
    pub fn modules(&self) -> BTreeSet<String> {
        let modules = self.tests.iter().filter(|test| test.kind != "fixture").map(|test| test.module.clone());
        // Below `property` are tests of random examples, which are skipped.
        modules.filter(|name| !name.contains('-') && !name.starts_with("tests.property.")).collect()
    }

    /// Runs the tests of a module on both.
    ///
    /// # Errors
    /// When python3 is missing.
    pub fn compare(&self, module: &str) -> Result<Outcomes, String> {
        let program = self.program(module, &BTreeMap::new());
        std::fs::write(self.folder.join("program.py"), &program).map_err(|error| error.to_string())?;
        let expected = python(&["program.py"], &self.folder)?;
        // What lacks something on CPython (a file of the suite, a package that it uses) says nothing of IoTPy.
        if expected.lines().any(|line| line.starts_with("(end): ")) {
            return Ok(Outcomes::new());
        }
        let (got, refused) = self.run(module);
        Ok(outcomes(&expected, &got, &refused))
    }

    /// The program of a module's tests, without those that are refused.
    fn program(&self, module: &str, refused: &BTreeMap<String, String>) -> String {
        let mut text = format!("import suite_runner\nimport {module} as module\n");
        let shared = "tests.conftest";
        if self.files.contains_key("tests/conftest.py") {
            let _ = writeln!(text, "import {shared} as shared\nsuite_runner.modules(module, shared)");
        } else {
            text.push_str("suite_runner.modules(module)\n");
        }
        let is_fixture = |test: &&Test| test.kind == "fixture" && (test.module == module || test.module == shared);
        let own = self.tests.iter().filter(|test| test.module == module && test.kind != "fixture");
        for test in self.tests.iter().filter(is_fixture).chain(own) {
            if !refused.contains_key(&test.name) {
                let arguments = std::iter::once(&test.name).chain(&test.parameters);
                let arguments: Vec<String> = arguments.map(|one| format!("{one:?}")).collect();
                let _ = writeln!(text, "suite_runner.{}({})", test.kind, arguments.join(", "));
            }
        }
        text
    }

    /// What the program prints on IoTPy, and the tests that are no part of it.
    fn run(&self, module: &str) -> (String, BTreeMap<String, String>) {
        let mut files = self.files.clone();
        let mut refused = BTreeMap::new();
        loop {
            let mut package = Package::new("program");
            for (path, text) in &files {
                package.add(path, text);
            }
            package.add("program.py", &self.program(module, &refused));
            let diagnostics = match crate::compiled(&package) {
                Ok(compiled) => {
                    let limits = Limits { fuel: FUEL, ..Limits::default() };
                    let run = crate::run_compiled(&compiled, ARENA, limits);
                    return (format!("{}\n{}", run.stdout, last_line(&run.stderr)), refused);
                }
                Err(diagnostics) => diagnostics,
            };
            let mut is_less = false;
            for diagnostic in &diagnostics {
                let of = self.tests.iter().filter(|test| {
                    let lines = test.lines.0..=test.lines.1;
                    path_of(&test.module, &self.files) == diagnostic.file && lines.contains(&(diagnostic.line as usize))
                });
                for test in of {
                    if refused.insert(test.name.clone(), diagnostic.message.clone()).is_none() {
                        is_less = true;
                        if let Some(text) = files.get_mut(&diagnostic.file) {
                            *text = without(text, test.lines);
                        }
                    }
                }
            }
            if !is_less {
                let first = &diagnostics[0];
                let why = format!("{} ({}:{}: {})", first.message, first.file, first.line, first.source_line.trim());
                for test in self.tests.iter().filter(|test| test.module == module && test.kind != "fixture") {
                    refused.entry(test.name.clone()).or_insert_with(|| why.clone());
                }
                return (String::new(), refused);
            }
        }
    }
}

impl Test {
    fn parse(line: &str) -> Option<Self> {
        let [module, kind, name, first, last, parameters] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
        Some(Self {
            module: module.into(),
            kind: kind.into(),
            name: name.into(),
            lines: (first.parse().ok()?, last.parse().ok()?),
            parameters: parameters.split(',').filter(|one| !one.is_empty()).map(String::from).collect(),
        })
    }
}

/// What a module of tests may take.
const FUEL: u64 = 50_000_000_000;
const ARENA: usize = 256 << 20;

/// What `tests` has where the distribution leaves it out (jmespath's has these names).
const TESTS: &str = "import json\nimport unittest\nfrom collections import OrderedDict\n";

fn path_of(module: &str, files: &BTreeMap<String, String>) -> String {
    let path = module.replace('.', "/");
    let package = format!("{path}/__init__.py");
    if files.contains_key(&package) { package } else { format!("{path}.py") }
}

/// A text in which these lines say nothing.
fn without(text: &str, (first, last): (usize, usize)) -> String {
    let mut made = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        match number + 1 {
            at if at == first => {
                let indent = line.len() - line.trim_start().len();
                made.push_str(&line[..indent]);
                made.push_str("pass");
            }
            at if at > first && at <= last => {}
            _ => made.push_str(line),
        }
        made.push('\n');
    }
    made
}

/// Reads Python files below a folder, or one file.
fn read(from: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<(), String> {
    let text = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    if !from.is_dir() {
        files.insert(prefix.to_owned(), text(from)?);
        return Ok(());
    }
    for entry in std::fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() {
            read(&entry.path(), &path, files)?;
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "py") {
            files.insert(path, text(&entry.path())?);
        }
    }
    Ok(())
}

fn python(arguments: &[&str], folder: &Path) -> Result<String, String> {
    let output = Command::new("python3")
        .args(arguments)
        .current_dir(folder)
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned() + &last_line(&String::from_utf8_lossy(&output.stderr)))
}

/// What a program ended with, as a line of its own.
fn last_line(errors: &str) -> String {
    errors.lines().rev().find(|line| !line.trim().is_empty()).map_or(String::new(), |line| format!("(end): {line}\n"))
}

fn lines(printed: &str) -> BTreeMap<&str, &str> {
    printed.lines().filter_map(|line| line.split_once(": ")).collect()
}

/// Does IoTPy say that it doesn't have something?
fn is_refusal(line: &str) -> bool {
    let begins = [
        "NotImplementedError: ",
        "ModuleNotFoundError: No module named",
        "ImportError: ",
        "RuntimeError: can't start new thread",
        // A name that the library's module doesn't have.
        "AttributeError: module '",
    ];
    begins.iter().any(|begin| line.starts_with(begin))
}

fn outcomes(expected: &str, got: &str, refused: &BTreeMap<String, String>) -> Outcomes {
    let (expected, got) = (lines(expected), lines(got));
    let mut outcomes = Outcomes::new();
    for (name, expected) in &expected {
        let outcome = match (refused.get(unnumbered(name)), got.get(name)) {
            (Some(why), _) => Outcome::Refused(why.clone()),
            (None, Some(got)) if got == expected && *got == "passed" => Outcome::Passed,
            (None, Some(got)) if got == expected => Outcome::Alike((*got).to_owned()),
            (None, Some(got)) if is_refusal(got) => Outcome::Refused((*got).to_owned()),
            (None, Some(got)) => Outcome::Different((*expected).to_owned(), (*got).to_owned()),
            (None, None) => match got.get("(end)") {
                Some(end) if is_refusal(end) => Outcome::Refused(format!("not run: {end}")),
                Some(end) => Outcome::Different((*expected).to_owned(), format!("not run: {end}")),
                None => Outcome::Different((*expected).to_owned(), "not run".to_owned()),
            },
        };
        outcomes.insert((*name).to_owned(), outcome);
    }
    outcomes
}
