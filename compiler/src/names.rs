//! Builtins by name, found in one step, and the builtins of CPython that are not supported.

use nano_wire::builtins::{Builtin, Category};
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Debug)]
struct Names {
    scope: HashMap<&'static str, Builtin>,
    modules: HashMap<&'static str, Builtin>,
    members: HashMap<Builtin, HashMap<&'static str, Builtin>>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { scope: HashMap::new(), modules: HashMap::new(), members: HashMap::new() };
    for builtin in Builtin::all() {
        match builtin.category() {
            Category::Member(module) => {
                names.members.entry(module).or_default().insert(builtin.name(), builtin);
            }
            Category::Module => {
                names.modules.insert(builtin.name(), builtin);
            }
            Category::HiddenType => {}
            _ if builtin == Builtin::JSONDecodeError => {
                names.members.entry(Builtin::Json).or_default().insert(builtin.name(), builtin);
            }
            _ => {
                names.scope.insert(builtin.name(), builtin);
            }
        }
    }
    // Names of the same class.
    names.scope.insert("IOError", Builtin::OSError);
    names.scope.insert("EnvironmentError", Builtin::OSError);
    names
});

/// The value under this name in the builtin scope.
pub(crate) fn builtin(name: &str) -> Option<Builtin> {
    NAMES.scope.get(name).copied()
}

/// The builtin module of this name.
pub(crate) fn module(name: &str) -> Option<Builtin> {
    NAMES.modules.get(name).copied()
}

/// A member of a builtin module.
pub(crate) fn member(module: Builtin, name: &str) -> Option<Builtin> {
    NAMES.members.get(&module)?.get(name).copied()
}

/// The names in a builtin module, for hints.
pub(crate) fn members(module: Builtin) -> Vec<&'static str> {
    let mut names: Vec<_> = NAMES.members.get(&module).into_iter().flat_map(HashMap::keys).copied().collect();
    names.sort_unstable();
    names
}

/// The names of the builtin scope, for hints.
pub(crate) fn scope<'n>() -> impl Iterator<Item = &'n str> {
    NAMES.scope.keys().copied()
}

/// The builtin modules, for hints.
pub(crate) fn modules() -> Vec<&'static str> {
    let mut names: Vec<_> = NAMES.modules.keys().copied().filter(|name| !name.starts_with('_')).collect();
    names.sort_unstable();
    names
}

/// Can it be called by `call_builtin`?
pub(crate) fn is_callable(builtin: Builtin) -> bool {
    match builtin.category() {
        Category::Type | Category::Exception(_) | Category::Function => true,
        Category::Member(_) => !is_value(builtin),
        _ => false,
    }
}

/// Is it a member that is no function?
pub(crate) fn is_value(builtin: Builtin) -> bool {
    matches!(
        builtin,
        Builtin::MathPi | Builtin::MathE | Builtin::MathTau | Builtin::MathInf | Builtin::MathNan | Builtin::DeviceName
    )
}

/// The number a member of `math` is.
pub(crate) fn number(builtin: Builtin) -> Option<f64> {
    Some(match builtin {
        Builtin::MathPi => std::f64::consts::PI,
        Builtin::MathE => std::f64::consts::E,
        Builtin::MathTau => std::f64::consts::TAU,
        Builtin::MathInf => f64::INFINITY,
        Builtin::MathNan => f64::NAN,
        _ => return None,
    })
}

/// CPython's builtins that IoTPy does not have.
const UNSUPPORTED: &[(&str, &str)] = &[
    (
        "eval",
        "there is no compiler on the device; use json.loads for data, or let the top level call it, which runs at build",
    ),
    ("exec", "there is no compiler on the device; let the top level call it, which runs at build"),
    ("compile", "there is no compiler on the device; let the top level call it, which runs at build"),
    ("globals", "names are resolved when compiling; keep a dict of your own"),
    ("locals", "names are resolved when compiling; keep a dict of your own"),
    ("__import__", "imports are resolved when compiling; use an import statement"),
    ("open", "there is no file system; read and append logs through `device`, or use the event"),
    ("breakpoint", "use print() or `nano logs`"),
    ("help", "use print()"),
    ("exit", "return from the handler"),
    ("quit", "return from the handler"),
];

/// Why a builtin of CPython is not here, if it is one.
pub(crate) fn unsupported(name: &str) -> Option<&'static str> {
    UNSUPPORTED.iter().find(|(candidate, _)| *candidate == name).map(|(_, hint)| *hint)
}

const NO_NETWORK: &str = "a function has no network of its own; call S3 and Lambda through boto3";
const NO_FILES: &str = "there is no file system; read and append logs through `device`, or use S3";
const NO_PROCESSES: &str = "there are no processes; call another function through boto3's Lambda client";
const NO_COMMANDS: &str = "a function has no command line; take what it needs from the event";
const NO_COMPILER: &str = "there is no compiler on the device";

/// Modules of CPython, and packages that many have, that need what is not there.
const UNSUPPORTED_MODULES: &[(&str, &str)] = &[
    ("argparse", NO_COMMANDS),
    ("ast", NO_COMPILER),
    ("code", NO_COMPILER),
    ("dis", NO_COMPILER),
    ("doctest", NO_COMPILER),
    ("fcntl", NO_FILES),
    ("fileinput", NO_FILES),
    ("ftplib", NO_NETWORK),
    ("getopt", NO_COMMANDS),
    ("getpass", NO_COMMANDS),
    ("gettext", "there are no catalogues of texts; keep a dict of your own"),
    ("glob", NO_FILES),
    ("http.client", NO_NETWORK),
    ("httpx", NO_NETWORK),
    ("marshal", "use json"),
    ("multiprocessing", NO_PROCESSES),
    ("optparse", NO_COMMANDS),
    ("pickle", "use json"),
    ("pkgutil", NO_FILES),
    ("requests", NO_NETWORK),
    ("resource", NO_PROCESSES),
    ("select", NO_NETWORK),
    ("selectors", NO_NETWORK),
    ("shutil", NO_FILES),
    ("signal", NO_PROCESSES),
    ("smtplib", NO_NETWORK),
    ("socket", NO_NETWORK),
    ("sqlite3", NO_FILES),
    ("ssl", NO_NETWORK),
    ("subprocess", NO_PROCESSES),
    ("tarfile", NO_FILES),
    ("tempfile", NO_FILES),
    ("unicodedata", "its tables are larger than a device; text methods know letters, digits and case"),
    ("urllib.request", NO_NETWORK),
    ("urllib3", NO_NETWORK),
    ("zipfile", NO_FILES),
    ("zoneinfo", "there is no database of time zones; use datetime.timezone with an offset"),
];

/// Why a module is not here, if it is one of those.
pub(crate) fn unsupported_module(name: &str) -> Option<&'static str> {
    let is_in = |module: &str| name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    UNSUPPORTED_MODULES.iter().find(|(module, _)| is_in(module)).map(|(_, hint)| *hint)
}

/// The candidate that looks most like a name, for hints.
pub(crate) fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let limit = name.len().div_ceil(3).min(3);
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two names; long ones are not compared.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(40).collect(), b.chars().take(40).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_agree_with_wire() {
        for candidate in Builtin::all() {
            if let Category::Member(of) = candidate.category() {
                assert_eq!(member(of, candidate.name()), Some(candidate));
            }
            assert_eq!(builtin(candidate.name()), Builtin::in_scope(candidate.name()));
        }
        assert_eq!(member(Builtin::Math, "pow"), Some(Builtin::MathPow));
        assert_eq!(member(Builtin::Math, "len"), None);
        assert_eq!(member(Builtin::Math, "nothing"), None);
        assert_eq!(member(Builtin::Json, "JSONDecodeError"), Some(Builtin::JSONDecodeError));
    }

    #[test]
    fn modules_that_cannot_be_here_say_why() {
        assert_eq!(unsupported_module("urllib.request"), Some(NO_NETWORK));
        assert_eq!(unsupported_module("multiprocessing.pool"), Some(NO_PROCESSES));
        assert_eq!(unsupported_module("socketserver"), None);
        assert_eq!(unsupported_module("urllib"), None);
    }

    #[test]
    fn names_that_look_alike() {
        assert_eq!(closest("sqr", ["sin", "sqrt", "cos"]), Some("sqrt"));
        assert_eq!(closest("zzz", ["sin", "sqrt"]), None);
    }
}
