//! What a program reaches in the library: the definitions of library modules it names, and what those name in turn.
//!
//! A top-level statement of a library module that binds names (`def`, `class`, `import`, an assignment) is kept when one
//! of them is asked for: by `from module import name`, by `module.name`, or by a statement that is kept. Names are
//! compared as text, so what is kept is a little more than what is needed, never less. A module that is used as a
//! value (passed on, looked into with `getattr`) is kept whole. Statements that bind nothing are always kept.

use crate::front::ast::visitor::{self, Visitor};
use crate::front::ast::{self, Expr, Stmt};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Something that is asked of a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Demand {
    /// That it runs at all.
    Module,
    Name(String),
    /// All its names.
    Everything,
}

/// What a piece of source says about modules and names.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Names that are loaded or stored.
    names: HashSet<String>,
    /// `name.attribute`, both as written.
    attributes: HashSet<(String, String)>,
    /// `import module` and the name it binds, which stands for the module of the second name.
    aliases: Vec<(String, String)>,
    /// `from module import name as bound`.
    members: Vec<(String, String, String)>,
}

impl Mentions {
    pub fn of(body: &[Stmt], absolute: &dyn Fn(u32, &str) -> Option<String>) -> Self {
        let mut walk = Walk { found: Self::default(), absolute };
        walk.visit_body(body);
        walk.found
    }

    /// What it asks of other modules, where its own module's imports are known. `is_module` tells which dotted names
    /// are modules.
    pub fn demands(&self, around: &Self, is_module: &dyn Fn(&str) -> bool) -> Vec<(String, Demand)> {
        let mut demands = Vec::new();
        for (bound, module) in &around.aliases {
            for (name, attribute) in &self.attributes {
                if name == bound {
                    demands.push((module.clone(), Demand::Name(attribute.clone())));
                    let inner = format!("{module}.{attribute}");
                    if is_module(&inner) {
                        demands.push((inner, Demand::Everything));
                    }
                }
            }
            if self.names.contains(bound) {
                demands.push((module.clone(), Demand::Everything));
            }
        }
        for (_, module) in &self.aliases {
            demands.push((module.clone(), Demand::Module));
        }
        for (module, name, bound) in &self.members {
            let inner = format!("{module}.{name}");
            if is_module(&inner) {
                demands.push((inner.clone(), Demand::Module));
                let used = around.attributes.iter().filter(|(of, _)| of == bound);
                demands.extend(used.map(|(_, attribute)| (inner.clone(), Demand::Name(attribute.clone()))));
                if around.names.contains(bound) {
                    demands.push((inner, Demand::Everything));
                }
            }
            demands.push((module.clone(), if name == "*" { Demand::Everything } else { Demand::Name(name.clone()) }));
        }
        demands
    }
}

struct Walk<'w> {
    found: Mentions,
    absolute: &'w dyn Fn(u32, &str) -> Option<String>,
}

impl<'a> Visitor<'a> for Walk<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(node) => {
                for alias in &node.names {
                    let module = alias.name.to_string();
                    match &alias.asname {
                        Some(name) => self.found.aliases.push((name.to_string(), module)),
                        None => {
                            // `import a.b` binds `a`, and makes `a.b` an attribute of it.
                            let first = module.split('.').next().unwrap_or(&module).to_string();
                            if first != module {
                                self.found.aliases.push((format!("{first}."), module));
                            }
                            self.found.aliases.push((first.clone(), first));
                        }
                    }
                }
            }
            Stmt::ImportFrom(node) => {
                let module = node.module.as_ref().map_or("", |name| name.as_str());
                if let Some(module) = (self.absolute)(node.level, module) {
                    for alias in &node.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.found.members.push((module.clone(), alias.name.to_string(), bound.to_string()));
                    }
                }
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {
        // What is evaluated of annotations stands elsewhere by now.
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(node) => {
                self.found.names.insert(node.id.to_string());
            }
            Expr::Attribute(node) => match &*node.value {
                Expr::Name(name) => {
                    self.found.attributes.insert((name.id.to_string(), node.attr.to_string()));
                }
                _ => visitor::walk_expr(self, expression),
            },
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// The key of a statement `table["key"] = value` or `setattr(Class, "key", value)`: a library module has those for what
/// the text of the program names.
pub(crate) fn entry(statement: &Stmt) -> Option<&str> {
    let key = match statement {
        Stmt::Assign(node) => match node.targets.as_slice() {
            [Expr::Subscript(target)] => &*target.slice,
            _ => return None,
        },
        Stmt::Expr(node) => match &*node.value {
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "setattr") => {
                call.arguments.args.get(1)?
            }
            _ => return None,
        },
        _ => return None,
    };
    key.as_string_literal_expr().map(|key| key.value.to_str())
}

/// One library module, of which parts are kept.
#[derive(Debug)]
pub(crate) struct Part {
    body: Vec<Stmt>,
    /// Names that each top-level statement binds; empty for one that is always kept.
    binds: Vec<Vec<String>>,
    mentions: Vec<Mentions>,
    /// Of the whole module.
    around: Mentions,
    by_name: HashMap<String, Vec<usize>>,
    kept: BTreeSet<usize>,
    wanted: HashSet<Demand>,
}

impl Part {
    pub fn new(body: Vec<Stmt>, absolute: &dyn Fn(u32, &str) -> Option<String>) -> Self {
        let around = Mentions::of(&body, absolute);
        let binds: Vec<Vec<String>> = body.iter().map(binds).collect();
        let mentions = body.iter().map(|one| Mentions::of(std::slice::from_ref(one), absolute)).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, names) in binds.iter().enumerate() {
            for name in names {
                by_name.entry(name.clone()).or_default().push(index);
            }
        }
        Self { body, binds, mentions, around, by_name, kept: BTreeSet::new(), wanted: HashSet::new() }
    }

    /// The names the module defines.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.by_name.keys().filter(|name| !name.starts_with('_')).cloned().collect();
        names.sort_unstable();
        names
    }

    /// Keeps what a demand needs; what that asks of other modules is given back.
    pub fn want(&mut self, demand: Demand, is_module: &dyn Fn(&str) -> bool) -> Vec<(String, Demand)> {
        let mut demands = Vec::new();
        if self.wanted.is_empty() {
            let always: Vec<usize> = (0..self.body.len()).filter(|index| self.binds[*index].is_empty()).collect();
            self.keep(always, is_module, &mut demands);
        }
        if !self.wanted.insert(demand.clone()) {
            return demands;
        }
        let found = match demand {
            Demand::Module => Vec::new(),
            Demand::Everything => (0..self.body.len()).collect(),
            Demand::Name(name) => self.by_name.get(&name).cloned().unwrap_or_default(),
        };
        self.keep(found, is_module, &mut demands);
        demands
    }

    fn keep(&mut self, mut open: Vec<usize>, is_module: &dyn Fn(&str) -> bool, out: &mut Vec<(String, Demand)>) {
        while let Some(index) = open.pop() {
            if !self.kept.insert(index) {
                continue;
            }
            let mentions = &self.mentions[index];
            let names = mentions.names.iter().chain(mentions.attributes.iter().map(|(name, _)| name));
            open.extend(names.filter_map(|name| self.by_name.get(name)).flatten());
            out.extend(mentions.demands(&self.around, is_module));
        }
    }

    /// The statements that are kept.
    pub fn into_body(self) -> Vec<Stmt> {
        let kept = self.kept;
        self.body.into_iter().enumerate().filter(|(index, _)| kept.contains(index)).map(|(_, one)| one).collect()
    }
}

/// The names that a top-level statement binds, where it is one that can be left out.
fn binds(statement: &Stmt) -> Vec<String> {
    let mut names = Vec::new();
    match statement {
        Stmt::FunctionDef(node) => names.push(node.name.to_string()),
        Stmt::ClassDef(node) => names.push(node.name.to_string()),
        Stmt::Import(node) => names.extend(node.names.iter().map(|alias| match &alias.asname {
            Some(name) => name.to_string(),
            None => alias.name.split('.').next().unwrap_or_default().to_string(),
        })),
        Stmt::ImportFrom(node) => {
            names.extend(node.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string()));
        }
        Stmt::Assign(node) => node.targets.iter().for_each(|target| targets(target, &mut names)),
        Stmt::AnnAssign(node) => targets(&node.target, &mut names),
        Stmt::AugAssign(node) => targets(&node.target, &mut names),
        // What is set on a class belongs to it.
        Stmt::Expr(node) if entry(statement).is_some() => {
            if let Expr::Call(call) = &*node.value
                && let Some(class) = call.arguments.args.first()
            {
                targets(class, &mut names);
            }
        }
        _ => {}
    }
    names
}

/// The names of a target; an attribute or item belongs to the name it begins with.
fn targets(target: &Expr, names: &mut Vec<String>) {
    match target {
        Expr::Name(node) => names.push(node.id.to_string()),
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
            elts.iter().for_each(|element| targets(element, names));
        }
        Expr::Attribute(node) => targets(&node.value, names),
        Expr::Subscript(node) => targets(&node.value, names),
        _ => {}
    }
}
