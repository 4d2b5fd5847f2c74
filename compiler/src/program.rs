//! The modules of a program: the entry and what imports reach, parsed and with their scopes.

use crate::diagnostic::{Diagnostic, code};
use crate::front::{self, Problem, Span, ast};
use crate::names;
use crate::nesting;
use crate::scope::collect::{Collected, collect};
use crate::source::{Lines, Package, SourceFile};
use std::collections::{HashMap, HashSet, VecDeque};

/// One module of the program.
#[derive(Debug)]
pub(crate) struct Module<'p> {
    pub file: &'p SourceFile,
    pub lines: Lines<'p>,
    pub body: Vec<ast::Stmt>,
    pub collected: Collected,
    /// Submodules that are part of the program: they are attributes of this package.
    pub submodules: Vec<String>,
}

/// All modules; the first is the entry.
#[derive(Debug)]
pub(crate) struct Program<'p> {
    pub package: &'p Package,
    pub modules: Vec<Module<'p>>,
    pub index: HashMap<String, usize>,
    /// Attributes that are assigned anywhere.
    pub stored_attributes: HashSet<String>,
}

/// Why a program is not loaded.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A file nests too deep for the stack there is.
    Deep,
    Diagnostics(Vec<Diagnostic>),
}

fn text(file: &SourceFile) -> &str {
    file.text.strip_prefix('\u{feff}').unwrap_or(&file.text)
}

/// Parses the entry and everything its imports reach. Without a `deep` stack, deep files are not touched.
pub(crate) fn load(package: &Package, deep: bool) -> Result<Program<'_>, Refused> {
    let mut program =
        Program { package, modules: Vec::new(), index: HashMap::new(), stored_attributes: HashSet::new() };
    let mut diagnostics = Vec::new();
    let Some(entry) = package.file(package.entry()) else {
        let file = SourceFile {
            name: package.entry().to_string(),
            module: String::new(),
            is_package: false,
            text: String::new(),
        };
        let message = format!("the package has no module '{}'", package.entry());
        let hint = format!("its modules are: {}", package.modules().collect::<Vec<_>>().join(", "));
        let lines = Lines::new("");
        let at = Span::default();
        let diagnostic = Diagnostic::new(code::NO_MODULE, &file, &lines, at, message, Some(hint));
        return Err(Refused::Diagnostics(vec![diagnostic]));
    };
    let mut queue = VecDeque::from([entry]);
    program.index.insert(entry.module.clone(), 0);
    while let Some(file) = queue.pop_front() {
        let text = text(file);
        let lines = Lines::new(text);
        let mut report = |problems: Vec<Problem>| {
            diagnostics.extend(problems.into_iter().map(|problem| {
                Diagnostic::new(problem.code, file, &lines, problem.span, problem.message, problem.hint)
            }));
        };
        let nesting = nesting::nesting(text);
        if !deep && nesting.as_ref().is_ok_and(nesting::Nesting::is_deep) {
            return Err(Refused::Deep);
        }
        let parsed = nesting.map_err(|problem| vec![problem]).and_then(|nesting| front::parse(text, nesting));
        let (body, mut collected) = match parsed {
            Ok(body) => {
                let builtin = |name: &str| if package.file(name).is_some() { None } else { names::module(name) };
                let collected = collect(&body, &builtin);
                (body, collected)
            }
            Err(problems) => {
                report(problems);
                (Vec::new(), Collected::default())
            }
        };
        report(std::mem::take(&mut collected.problems));
        program.stored_attributes.extend(collected.stored_attributes.iter().cloned());
        for (level, module, imported) in &collected.imports {
            let Some(absolute) = absolute(file, *level, module) else { continue };
            let mut reached: Vec<String> = Vec::new();
            // Importing `a.b` imports `a` first.
            let dots = absolute.match_indices('.').map(|(at, _)| at).chain([absolute.len()]);
            reached.extend(dots.map(|at| absolute[..at].to_string()));
            reached.extend(
                imported.iter().map(
                    |name| {
                        if absolute.is_empty() { name.clone() } else { format!("{absolute}.{name}") }
                    },
                ),
            );
            for name in reached {
                if let Some(file) = package.file(&name)
                    && !program.index.contains_key(&name)
                {
                    program.index.insert(name, program.index.len());
                    queue.push_back(file);
                }
            }
        }
        program.modules.push(Module { file, lines, body, collected, submodules: Vec::new() });
    }
    for index in 0..program.modules.len() {
        let name = &program.modules[index].file.module;
        if let Some((parent, child)) = name.rsplit_once('.')
            && let Some(parent) = program.index.get(parent)
        {
            let child = child.to_string();
            program.modules[*parent].submodules.push(child);
        }
    }
    if diagnostics.is_empty() { Ok(program) } else { Err(Refused::Diagnostics(diagnostics)) }
}

/// The absolute name of an import in a file; `None` where it leaves the package.
pub(crate) fn absolute(file: &SourceFile, level: u32, module: &str) -> Option<String> {
    if level == 0 {
        return Some(module.to_string());
    }
    // `.` is the package the file is in: the file itself, if it is the package.
    let mut base = file.module.as_str();
    for _ in usize::from(file.is_package)..level as usize {
        base = base.rsplit_once('.').map(|(parent, _)| parent).or(if base.is_empty() { None } else { Some("") })?;
    }
    if base.is_empty() {
        return None;
    }
    Some(if module.is_empty() { base.to_string() } else { format!("{base}.{module}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_imports() {
        let mut package = Package::new("main");
        package.add("a/__init__.py", "");
        package.add("a/b/c.py", "");
        let (a, c) = (package.file("a").unwrap(), package.file("a.b.c").unwrap());
        assert_eq!(absolute(a, 1, "x").as_deref(), Some("a.x"));
        assert_eq!(absolute(a, 1, "").as_deref(), Some("a"));
        assert_eq!(absolute(c, 1, "x").as_deref(), Some("a.b.x"));
        assert_eq!(absolute(c, 2, "").as_deref(), Some("a"));
        assert_eq!(absolute(c, 3, "x"), None);
        assert_eq!(absolute(c, 0, "x").as_deref(), Some("x"));
    }

    #[test]
    fn only_what_is_imported_is_part_of_the_program() {
        let mut package = Package::new("main");
        package.add("main.py", "import a.b\n");
        package.add("a/__init__.py", "from . import c\n");
        package.add("a/b.py", "");
        package.add("a/c.py", "");
        package.add("unused.py", "syntax error here");
        let program = load(&package, false).unwrap();
        let names: Vec<_> = program.modules.iter().map(|module| module.file.module.as_str()).collect();
        assert_eq!(names, ["main", "a", "a.b", "a.c"]);
        assert_eq!(program.modules[1].submodules, ["b", "c"]);
    }
}
