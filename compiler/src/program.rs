//! The modules of a program: the entry and what imports reach, parsed and with their scopes.

use crate::absent::absent;
use crate::annotated;
use crate::annotations;
use crate::diagnostic::{Diagnostic, code};
use crate::document;
use crate::early;
use crate::firm::firm;
use crate::front::{self, Problem, Span, ast};
use crate::library;
use crate::made::{self, Made};
use crate::metaclass;
use crate::names;
use crate::namespace;
use crate::nesting;
use crate::placed;
use crate::portable;
use crate::reach::{self, Demand, Mentions, Part};
use crate::scope::collect::{Collected, collect};
use crate::source::{Lines, Package, SourceFile};
use crate::spec::specify;
use crate::star::{self, Stars};
use crate::supply::{self, redirects, supply};
use crate::traced;
use crate::unhashable;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;

/// One module of the program.
#[derive(Debug)]
pub(crate) struct Module<'p> {
    pub file: &'p SourceFile,
    pub lines: Lines<'p>,
    pub body: Vec<ast::Stmt>,
    pub collected: Collected,
    /// Submodules that are part of the program: they are attributes of this package.
    pub submodules: Vec<String>,
    /// It may never run: it is imported by functions only, or where an `ImportError` is handled.
    pub is_optional: bool,
    /// It is no module: the program makes its source, see [`made`].
    pub made: Option<Making>,
}

/// What a source is that a program makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Making {
    /// Its number, which is that of its unit.
    pub number: usize,
    /// Its value is wanted.
    pub is_expression: bool,
}

/// All modules; the first is the entry.
#[derive(Debug)]
pub(crate) struct Program<'p> {
    pub package: &'p Package,
    pub modules: Vec<Module<'p>>,
    pub index: HashMap<String, usize>,
    /// Attributes that are assigned anywhere.
    pub stored_attributes: HashSet<String>,
    /// Something may ask classes for the annotations in them.
    pub asks_annotations: bool,
    /// What modules of the library define, used or not.
    pub exports: HashMap<String, Vec<String>>,
}

impl Program<'_> {
    /// Does it call for code that is made while it runs?
    pub fn makes_code(&self) -> bool {
        self.index.contains_key(made::MODULE)
    }

    /// How many of the modules, the last ones, are code that the program makes.
    pub fn made(&self) -> usize {
        self.modules.iter().rev().take_while(|module| module.made.is_some()).count()
    }

    /// Is it a module of Python's own library, whatever it is written in?
    pub fn is_library(&self, module: &str) -> bool {
        let of = |index: &usize| self.modules.get(*index).is_some_and(|module| library::is_library(module.file));
        self.index.get(module).map_or_else(|| names::module(module).is_some(), of)
    }
}

/// Why a program is not loaded.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A file nests too deep for the stack there is.
    Deep,
    Diagnostics(Vec<Diagnostic>),
}

pub(crate) fn text(file: &SourceFile) -> &str {
    file.text.strip_prefix('\u{feff}').unwrap_or(&file.text)
}

/// The file of a module: one of the package, or one of the library, which no builtin module's name can be.
pub(crate) fn file<'p>(package: &'p Package, module: &str) -> Option<&'p SourceFile> {
    package.file(module).or_else(|| if names::module(module).is_some() { None } else { library::file(module) })
}

/// Is it part of a package that somebody else wrote, as far as can be told?
pub(crate) fn is_others(package: &Package, file: &SourceFile) -> bool {
    file.module != package.entry() && (file.is_package || file.module.contains('.'))
}

/// Is what it lacks refused where it is used, and not when it is compiled?
pub(crate) fn may_lack(package: &Package, file: &SourceFile) -> bool {
    !package.is_strict() && is_others(package, file)
}

/// Parses the entry and everything its imports reach. Without a `deep` stack, deep files are not touched.
pub(crate) fn load<'p>(package: &'p Package, made: Option<&'p Made>, deep: bool) -> Result<Program<'p>, Refused> {
    let program = Program {
        package,
        modules: Vec::new(),
        index: HashMap::new(),
        stored_attributes: HashSet::new(),
        asks_annotations: false,
        exports: HashMap::new(),
    };
    let mut loader = Loader {
        program,
        made,
        deep,
        diagnostics: Vec::new(),
        queue: VecDeque::new(),
        demands: VecDeque::new(),
        parts: BTreeMap::new(),
        stars: Stars::default(),
        asks: Asks {
            redirects: package.texts().any(redirects),
            documents: package.texts().any(document::asks),
            annotations: package.texts().any(annotations::asks),
            derives: package.texts().flat_map(supply::derives).collect(),
            places: package.texts().any(placed::asks),
        },
    };
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
    loader.queue.push_back(entry);
    loader.program.index.insert(entry.module.clone(), 0);
    loader.run()?;
    let Loader { mut program, diagnostics, .. } = loader;
    for index in 0..program.modules.len() {
        let name = &program.modules[index].file.module;
        if let Some((parent, child)) = name.rsplit_once('.')
            && let Some(parent) = program.index.get(parent)
        {
            let child = child.to_string();
            program.modules[*parent].submodules.push(child);
        }
    }
    let firm = firm(&program);
    for (index, module) in program.modules.iter_mut().enumerate() {
        module.is_optional = !firm.contains(&index);
    }
    if diagnostics.is_empty() { Ok(program) } else { Err(Refused::Diagnostics(diagnostics)) }
}

/// A program that is being loaded.
struct Loader<'p> {
    program: Program<'p>,
    /// What the program makes; `None` where nobody could run it to know.
    made: Option<&'p Made>,
    deep: bool,
    diagnostics: Vec<Diagnostic>,
    /// Files of the package that are reached.
    queue: VecDeque<&'p SourceFile>,
    /// What is asked of modules of the library.
    demands: VecDeque<(String, Demand)>,
    /// Modules of the library that are reached.
    parts: BTreeMap<String, (&'p SourceFile, Part)>,
    stars: Stars,
    asks: Asks,
}

/// What the text of the program asks for, so that all of it is compiled with that.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
struct Asks {
    /// Something stands in for `sys.stdout` at times.
    redirects: bool,
    documents: bool,
    annotations: bool,
    /// Builtin classes that the program derives from, and that only the library lets it derive from.
    derives: HashSet<&'static str>,
    /// What is logged may say where.
    places: bool,
}

impl<'p> Loader<'p> {
    fn run(&mut self) -> Result<(), Refused> {
        self.reach()?;
        let made = self.parse_made()?;
        self.reach()?;
        // All of the library that is needed is known.
        for (module, (file, part)) in std::mem::take(&mut self.parts) {
            self.program.index.insert(module.clone(), self.program.modules.len());
            self.program.exports.insert(module, part.names());
            self.add(file, part.into_body(), None);
        }
        for (number, (unit, body)) in made.into_iter().enumerate() {
            self.add(&unit.file, body, Some(Making { number, is_expression: unit.is_expression }));
        }
        if self.program.makes_code() {
            for (file, lines, problems) in early::late_uses(&self.program) {
                self.report(file, &lines, problems);
            }
        }
        Ok(())
    }

    /// The sources that the program makes, and what they ask of modules.
    fn parse_made(&mut self) -> Result<Vec<(&'p made::Unit, Vec<ast::Stmt>)>, Refused> {
        let mut units = Vec::new();
        let made: Option<&'p Made> = self.made;
        for unit in made.into_iter().flat_map(Made::units) {
            if unit.is_deep() && !self.deep {
                return Err(Refused::Deep);
            }
            let mut body = unit.parse().unwrap_or_else(|problems| {
                self.report(&unit.file, &Lines::new(&unit.file.text), problems);
                Vec::new()
            });
            self.expand_stars(&unit.file, &mut body)?;
            self.mention(&unit.file, &body);
            units.push((unit, body));
        }
        Ok(units)
    }

    /// Asks for what a file mentions.
    fn mention(&mut self, file: &SourceFile, body: &[ast::Stmt]) {
        let absolute = |level: u32, module: &str| absolute(file, level, module);
        let mentions = Mentions::of(body, &absolute);
        let package = self.program.package;
        self.demands.extend(mentions.demands(&mentions, &|name| self::file(package, name).is_some()));
    }

    /// Follows imports to their end.
    fn reach(&mut self) -> Result<(), Refused> {
        loop {
            if let Some(file) = self.queue.pop_front() {
                let body = self.parse(file)?;
                self.mention(file, &body);
                self.add(file, body, None);
            } else if let Some((module, demand)) = self.demands.pop_front() {
                self.demand(&module, demand)?;
            } else {
                return Ok(());
            }
        }
    }

    fn parse(&mut self, file: &'p SourceFile) -> Result<Vec<ast::Stmt>, Refused> {
        let text = text(file);
        let nesting = nesting::nesting(text);
        if !self.deep && nesting.as_ref().is_ok_and(nesting::Nesting::is_deep) {
            return Err(Refused::Deep);
        }
        let parsed = nesting.map_err(|problem| vec![problem]).and_then(|nesting| front::parse(text, nesting));
        let mut body = parsed.unwrap_or_else(|problems| {
            self.report(file, &Lines::new(text), problems);
            Vec::new()
        });
        if !library::is_library(file) {
            portable::fold(&mut body);
            let package = self.program.package;
            // What others wrote is asked for annotations by itself alone, which does with text.
            if self.asks.annotations && !is_others(package, file) {
                annotations::evaluate(&mut body, &Lines::new(text));
            }
            if !annotated::may_be_asked(package, file) {
                annotated::forget(&mut body);
            }
            if is_others(package, file) {
                let is_there = |module: &str| names::module(module).is_some() || self::file(package, module).is_some();
                if !package.is_strict() {
                    absent(&mut body, &is_there);
                    let is_others = |level: u32, module: &str| {
                        let from = absolute(file, level, module).and_then(|name| self::file(package, &name));
                        from.is_some_and(|from| !library::is_library(from) && is_others(package, from))
                    };
                    metaclass::adopt(&mut body, &is_others);
                }
                specify(&mut body, file);
            }
            self.expand_stars(file, &mut body)?;
            namespace::name(&mut body, &file.module, text);
            if text.contains("__eq__") && package.texts().any(unhashable::asks) {
                unhashable::say(&mut body);
            }
            if self.asks.documents {
                document::document(&mut body);
            }
            if self.asks.places {
                placed::place(&mut body, file, &Lines::new(text));
            }
            if traced::asks(text) {
                traced::trace(&mut body);
            }
        }
        if file.module == made::MODULE && library::is_library(file) {
            body.extend(self.made.map(Made::table).unwrap_or_default());
        }
        // What a package makes in the end is not known when it is refused whole for what it may lack.
        let is_refused = self.program.package.is_strict() && is_others(self.program.package, file);
        let makes_code = self.made.is_some() && !library::is_library(file) && !is_refused;
        let is_library = library::is_library(file);
        if !is_library {
            supply::derive(&mut body, &self.asks.derives);
        }
        supply(&mut body, &file.module, is_library, self.asks.redirects, makes_code);
        Ok(body)
    }

    /// Writes out what `from module import *` imports.
    fn expand_stars(&mut self, file: &'p SourceFile, body: &mut Vec<ast::Stmt>) -> Result<(), Refused> {
        if !text(file).contains('*') {
            return Ok(());
        }
        let absolute = |level: u32, module: &str| absolute(file, level, module);
        let around = Around {
            package: self.program.package,
            deep: self.deep,
            is_deep: Cell::new(false),
            bodies: RefCell::default(),
        };
        let mut problems = Vec::new();
        self.stars.expand(body, &absolute, &around, &mut problems);
        self.report(file, &Lines::new(text(file)), problems);
        if around.is_deep.get() { Err(Refused::Deep) } else { Ok(()) }
    }

    fn report(&mut self, file: &SourceFile, lines: &Lines<'_>, problems: Vec<Problem>) {
        self.diagnostics.extend(
            problems
                .into_iter()
                .map(|problem| Diagnostic::new(problem.code, file, lines, problem.span, problem.message, problem.hint)),
        );
    }

    /// Asks something of a module: one of the package is loaded whole.
    fn demand(&mut self, module: &str, demand: Demand) -> Result<(), Refused> {
        let package = self.program.package;
        // Importing `a.b` imports `a` first.
        let dots: Vec<usize> = module.match_indices('.').map(|(at, _)| at).collect();
        for at in dots {
            self.demand(&module[..at], Demand::Module)?;
        }
        if self.program.index.contains_key(module) {
            return Ok(());
        }
        // What a builtin module doesn't have may stand in its supplement.
        if let (Some(builtin), Demand::Name(name), None) = (names::module(module), &demand, package.file(module))
            && names::member(builtin, name).is_none()
            && let Some(supplement) = library::supplement(module)
        {
            return self.demand(&supplement.module, demand);
        }
        if let Some(file) = package.file(module) {
            self.program.index.insert(module.to_string(), self.program.index.len());
            self.queue.push_back(file);
            return Ok(());
        }
        let Some(file) = file(package, module) else { return Ok(()) };
        if !self.parts.contains_key(module) {
            let mut body = self.parse(file)?;
            let is_named = |key: &str| package.texts().any(|text| text.contains(key));
            body.retain(|statement| reach::entry(statement).is_none_or(is_named));
            let absolute = |level: u32, module: &str| absolute(file, level, module);
            self.parts.insert(module.to_string(), (file, Part::new(body, &absolute)));
        }
        if let Some((_, part)) = self.parts.get_mut(module) {
            let demands = part.want(demand, &|name| self::file(package, name).is_some());
            self.demands.extend(demands);
        }
        Ok(())
    }

    /// Adds a module with the statements that are compiled.
    fn add(&mut self, file: &'p SourceFile, body: Vec<ast::Stmt>, made: Option<Making>) {
        let lines = Lines::new(text(file));
        let package = self.program.package;
        let builtin = |name: &str| if package.file(name).is_some() { None } else { names::module(name) };
        let mut collected = collect(&body, &builtin);
        collected.scopes.is_made = made.is_some();
        // Modules that make something of them, or a program that does.
        let asks = matches!(file.module.as_str(), "dataclasses" | "typing") && library::is_library(file);
        self.program.asks_annotations |= asks || (!library::is_library(file) && file.text.contains("__annotations__"));
        let problems = std::mem::take(&mut collected.problems);
        self.report(file, &lines, problems);
        self.program.stored_attributes.extend(collected.stored_attributes.iter().cloned());
        let submodules = Vec::new();
        self.program.modules.push(Module { file, lines, body, collected, submodules, is_optional: false, made });
    }
}

/// The modules around one that imports a star.
struct Around<'p> {
    package: &'p Package,
    deep: bool,
    /// A file was met that needs a deep stack.
    is_deep: Cell<bool>,
    bodies: RefCell<HashMap<String, Option<Rc<Vec<ast::Stmt>>>>>,
}

impl star::Modules for Around<'_> {
    fn body(&self, module: &str) -> Option<(Rc<Vec<ast::Stmt>>, bool)> {
        let file = file(self.package, module)?;
        let parse = || {
            let nesting = nesting::nesting(text(file)).ok()?;
            if nesting.is_deep() && !self.deep {
                self.is_deep.set(true);
                return None;
            }
            // What is wrong in it is said when it is loaded.
            let mut body = front::parse(text(file), nesting).ok()?;
            portable::fold(&mut body);
            Some(Rc::new(body))
        };
        let mut bodies = self.bodies.borrow_mut();
        let body = bodies.entry(module.to_string()).or_insert_with(parse);
        body.clone().map(|body| (body, file.is_package))
    }

    fn builtin(&self, module: &str) -> Option<Vec<&'static str>> {
        if self.package.file(module).is_some() {
            return None;
        }
        names::module(module).map(names::members)
    }

    fn is_library(&self, module: &str) -> bool {
        file(self.package, module).is_some_and(library::is_library)
    }
}

/// The absolute name of an import in a file; `None` where it leaves the package.
pub(crate) fn absolute(file: &SourceFile, level: u32, module: &str) -> Option<String> {
    absolute_in(&file.module, file.is_package, level, module)
}

/// The same in a module of which only the name is at hand.
pub(crate) fn absolute_in(of: &str, is_package: bool, level: u32, module: &str) -> Option<String> {
    if level == 0 {
        return Some(module.to_string());
    }
    // `.` is the package the file is in: the file itself, if it is the package.
    let mut base = of;
    for _ in usize::from(is_package)..level as usize {
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
        let program = load(&package, None, false).unwrap();
        let names: Vec<_> = program.modules.iter().map(|module| module.file.module.as_str()).collect();
        assert_eq!(names, ["main", "a", "a.b", "a.c"]);
        assert_eq!(program.modules[1].submodules, ["b", "c"]);
    }
}
