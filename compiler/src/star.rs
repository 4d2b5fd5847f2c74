//! `from module import *`: which names that are is found when compiling, and they are imported one by one.
//!
//! They are those in `__all__` where the module has one, else the public names its top level binds. A name that the top
//! level may leave unbound (it is deleted, or bound in a branch) is imported only if it is there, as in CPython. One
//! thing differs: names that functions of the module make with `global` alone are not seen.

use crate::front::ast::{self, Expr, Operator, Stmt};
use crate::front::{self, Problem, span};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// A name that a star brings; is it surely bound?
pub(crate) type Names = BTreeMap<String, bool>;

/// What is asked of the program about its modules.
pub(crate) trait Modules {
    /// The top level of a module written in Python and whether it is a package; nothing where there is none.
    fn body(&self, module: &str) -> Option<(Rc<Vec<Stmt>>, bool)>;
    /// The names of a module that is built in.
    fn builtin(&self, module: &str) -> Option<Vec<&'static str>>;
    /// Is it of Python's own library? What it imports for itself is not its to give.
    fn is_library(&self, module: &str) -> bool;
}

/// The names found so far, by module. One that is being looked at has none yet, as in a circle of imports.
#[derive(Debug, Default)]
pub(crate) struct Stars {
    known: HashMap<String, Rc<Names>>,
}

impl Stars {
    /// Writes out the stars of a module's top level.
    pub fn expand(
        &mut self,
        body: &mut Vec<Stmt>,
        absolute: &dyn Fn(u32, &str) -> Option<String>,
        modules: &dyn Modules,
        problems: &mut Vec<Problem>,
    ) {
        let mut at = 0;
        while at < body.len() {
            let mut behind = Vec::new();
            match &mut body[at] {
                Stmt::ImportFrom(node) if is_star(node) => {
                    let module = absolute(node.level, node.module.as_deref().unwrap_or_default());
                    let found = module.map(|module| (self.names(&module, modules), module));
                    match found {
                        Some((Ok(names), module)) if !names.is_empty() || is_module(&module, modules) => {
                            behind = write_out(node, &names);
                        }
                        Some((Err(()), module)) => {
                            let message = format!("the names of 'from {module} import *' are not known when compiling");
                            let hint = format!("name what you need: from {module} import a, b");
                            problems.push(
                                Problem::new(crate::diagnostic::code::UNSUPPORTED, span!(node), message).hint(hint),
                            );
                        }
                        // The import itself says that there is no such module.
                        _ => {}
                    }
                }
                Stmt::If(node) => {
                    self.expand(&mut node.body, absolute, modules, problems);
                    for clause in &mut node.elif_else_clauses {
                        self.expand(&mut clause.body, absolute, modules, problems);
                    }
                }
                Stmt::Try(node) => {
                    self.expand(&mut node.body, absolute, modules, problems);
                    self.expand(&mut node.orelse, absolute, modules, problems);
                    self.expand(&mut node.finalbody, absolute, modules, problems);
                    for ast::ExceptHandler::ExceptHandler(handler) in &mut node.handlers {
                        self.expand(&mut handler.body, absolute, modules, problems);
                    }
                }
                _ => {}
            }
            at += 1;
            let more = behind.len();
            body.splice(at..at, behind);
            at += more;
        }
    }

    /// The names a star brings from a module; an error where its `__all__` is computed.
    fn names(&mut self, module: &str, modules: &dyn Modules) -> Result<Rc<Names>, ()> {
        if let Some(known) = self.known.get(module) {
            return Ok(Rc::clone(known));
        }
        self.known.insert(module.to_string(), Rc::default());
        let found = self.find(module, modules);
        match found {
            Ok(names) => {
                let names = Rc::new(names);
                self.known.insert(module.to_string(), Rc::clone(&names));
                Ok(names)
            }
            Err(()) => {
                self.known.remove(module);
                Err(())
            }
        }
    }

    fn find(&mut self, module: &str, modules: &dyn Modules) -> Result<Names, ()> {
        let Some((body, is_package)) = modules.body(module) else {
            let Some(names) = modules.builtin(module) else { return Ok(Names::new()) };
            let mut names: Names = names.into_iter().map(|name| (name.to_string(), true)).collect();
            // What the library has of it.
            let supplement = format!("_{module}");
            if modules.is_library(&supplement) {
                names.extend(self.names(&supplement, modules)?.iter().map(|(name, sure)| (name.clone(), *sure)));
            }
            return Ok(names);
        };
        let mut look = Look { module, is_package, modules, names: Names::new(), all: None, is_computed: false };
        look.block(&body, true, self);
        if look.is_computed {
            return Err(());
        }
        match look.all {
            Some(all) => Ok(all.into_iter().map(|name| (name, true)).collect()),
            None => Ok(look.names.into_iter().filter(|(name, _)| !name.starts_with('_')).collect()),
        }
    }
}

fn is_star(node: &ast::StmtImportFrom) -> bool {
    node.names.iter().any(|alias| alias.name.as_str() == "*")
}

fn is_module(module: &str, modules: &dyn Modules) -> bool {
    modules.body(module).is_some() || modules.builtin(module).is_some()
}

/// Names what is surely there in the statement; the rest is tried behind it.
fn write_out(node: &mut ast::StmtImportFrom, names: &Names) -> Vec<Stmt> {
    let Some(star) = node.names.iter().find(|alias| alias.name.as_str() == "*").cloned() else { return Vec::new() };
    let named = |name: &str| {
        let mut alias = star.clone();
        alias.name.id = name.into();
        alias
    };
    let maybe: Vec<Stmt> = names
        .iter()
        .filter(|(_, sure)| !**sure)
        .filter_map(|(name, _)| {
            let text = "try:\n    pass\nexcept ImportError:\n    pass\n";
            let mut tried = front::snippet(text).into_iter().next()?;
            let mut import = node.clone();
            import.names = vec![named(name)];
            if let Stmt::Try(tried) = &mut tried {
                tried.range = node.range;
                tried.body = vec![Stmt::ImportFrom(import)];
                for ast::ExceptHandler::ExceptHandler(handler) in &mut tried.handlers {
                    handler.range = node.range;
                    if let Some(Expr::Name(class)) = handler.type_.as_deref_mut() {
                        class.range = node.range;
                    }
                    if let Some(Stmt::Pass(pass)) = handler.body.first_mut() {
                        pass.range = node.range;
                    }
                }
            }
            Some(tried)
        })
        .collect();
    node.names = names.iter().filter(|(_, sure)| **sure).map(|(name, _)| named(name)).collect();
    maybe
}

/// The walk over a top level that finds its names.
struct Look<'l> {
    module: &'l str,
    is_package: bool,
    modules: &'l dyn Modules,
    names: Names,
    all: Option<Vec<String>>,
    is_computed: bool,
}

impl Look<'_> {
    fn bind(&mut self, name: &str, sure: bool) {
        *self.names.entry(name.to_string()).or_insert(false) |= sure;
    }

    fn block(&mut self, body: &[Stmt], sure: bool, stars: &mut Stars) {
        for statement in body {
            self.statement(statement, sure, stars);
        }
    }

    fn statement(&mut self, statement: &Stmt, sure: bool, stars: &mut Stars) {
        match statement {
            Stmt::FunctionDef(node) => self.bind(&node.name, sure),
            Stmt::ClassDef(node) => self.bind(&node.name, sure),
            Stmt::Assign(node) => {
                for target in &node.targets {
                    self.target(target, sure);
                    if is_all(target) {
                        self.all = self.list(&node.value, stars);
                        self.is_computed |= self.all.is_none();
                    }
                }
            }
            Stmt::AnnAssign(node) if node.value.is_some() => {
                self.target(&node.target, sure);
                if let (true, Some(value)) = (is_all(&node.target), &node.value) {
                    self.all = self.list(value, stars);
                    self.is_computed |= self.all.is_none();
                }
            }
            Stmt::AugAssign(node) if is_all(&node.target) => self.extend(&node.value, stars),
            Stmt::Expr(node) => self.call(&node.value, stars),
            Stmt::Delete(node) => {
                for target in &node.targets {
                    if let Expr::Name(name) = target {
                        self.names.insert(name.id.to_string(), false);
                    }
                }
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.import(alias.asname.as_ref().map_or(first, |name| name.as_str()), sure);
                }
            }
            Stmt::ImportFrom(node) => self.import_from(node, sure, stars),
            Stmt::If(node) => {
                self.block(&node.body, false, stars);
                node.elif_else_clauses.iter().for_each(|clause| self.block(&clause.body, false, stars));
            }
            Stmt::For(node) => {
                self.target(&node.target, false);
                self.block(&node.body, false, stars);
                self.block(&node.orelse, false, stars);
            }
            Stmt::While(node) => {
                self.block(&node.body, false, stars);
                self.block(&node.orelse, false, stars);
            }
            Stmt::With(node) => {
                node.items.iter().filter_map(|item| item.optional_vars.as_deref()).for_each(|target| {
                    self.target(target, sure);
                });
                self.block(&node.body, sure, stars);
            }
            Stmt::Try(node) => {
                self.block(&node.body, false, stars);
                for ast::ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    self.block(&handler.body, false, stars);
                }
                self.block(&node.orelse, false, stars);
                self.block(&node.finalbody, sure, stars);
            }
            Stmt::Match(node) => node.cases.iter().for_each(|case| self.block(&case.body, false, stars)),
            _ => {}
        }
    }

    fn import(&mut self, bound: &str, sure: bool) {
        if !self.modules.is_library(self.module) {
            self.bind(bound, sure);
        }
    }

    fn import_from(&mut self, node: &ast::StmtImportFrom, sure: bool, stars: &mut Stars) {
        let written = node.module.as_deref().unwrap_or_default();
        if node.level == 0 && written == "__future__" {
            return;
        }
        // What a package imports from its own modules makes them attributes of it.
        if let (true, 1, Some(first)) = (self.is_package, node.level, written.split('.').next())
            && !first.is_empty()
        {
            self.bind(first, false);
        }
        if !is_star(node) {
            for alias in &node.names {
                self.import(alias.asname.as_ref().unwrap_or(&alias.name), sure);
            }
            return;
        }
        match self.absolute(node.level, written).map(|module| stars.names(&module, self.modules)) {
            Some(Ok(names)) => names.iter().for_each(|(name, own)| self.bind(name, sure && *own)),
            Some(Err(())) => self.is_computed = true,
            None => {}
        }
    }

    fn absolute(&self, level: u32, module: &str) -> Option<String> {
        crate::program::absolute_in(self.module, self.is_package, level, module)
    }

    fn target(&mut self, target: &Expr, sure: bool) {
        match target {
            Expr::Name(node) => self.bind(&node.id, sure),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.target(element, sure));
            }
            Expr::Starred(node) => self.target(&node.value, sure),
            _ => {}
        }
    }

    fn extend(&mut self, value: &Expr, stars: &mut Stars) {
        match (self.list(value, stars), &mut self.all) {
            (Some(more), Some(all)) => all.extend(more),
            _ => self.is_computed = true,
        }
    }

    /// `__all__.append(name)`, `__all__.extend(names)`.
    fn call(&mut self, expression: &Expr, stars: &mut Stars) {
        let Expr::Call(call) = expression else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        let [argument] = &*call.arguments.args else { return };
        if is_all(&method.value) {
            match (method.attr.as_str(), argument, &mut self.all) {
                ("append", Expr::StringLiteral(text), Some(all)) => all.push(text.value.to_str().to_string()),
                ("extend", ..) => self.extend(argument, stars),
                _ => self.is_computed = true,
            }
        }
    }

    /// The strings of a list that can be read off: literals, sums of such, the `__all__` of a module.
    fn list(&self, value: &Expr, stars: &mut Stars) -> Option<Vec<String>> {
        match value {
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => elts
                .iter()
                .map(|element| match element {
                    Expr::StringLiteral(text) => Some(text.value.to_str().to_string()),
                    _ => None,
                })
                .collect(),
            Expr::BinOp(node) if node.op == Operator::Add => {
                let mut names = self.list(&node.left, stars)?;
                names.extend(self.list(&node.right, stars)?);
                Some(names)
            }
            Expr::Attribute(node) if node.attr.as_str() == "__all__" => {
                let Expr::Name(module) = &*node.value else { return None };
                // A module of the same package, or one that is imported under its own name.
                let beside = self.absolute(1, &module.id).filter(|name| is_module(name, self.modules));
                let names = stars.names(&beside.unwrap_or(module.id.to_string()), self.modules).ok()?;
                Some(names.keys().cloned().collect())
            }
            _ => None,
        }
    }
}

fn is_all(expression: &Expr) -> bool {
    matches!(expression, Expr::Name(name) if name.id.as_str() == "__all__")
}
