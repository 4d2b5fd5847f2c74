//! `globals()` and `locals()`, to be read: the names are known when compiling, so what asks for them lists them.
//!
//! `globals()` is a view of the module's variables, which the library has. `locals()` of a function is a dict of those of
//! its variables that are surely bound there; where it can't be told which are (some are bound in a branch, or in a
//! function around this one), it stays refused, as everything does that would write.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::supply;
use ast::visitor::transformer::{self, Transformer};
use ast::visitor::{self, Visitor};
use ast::{Expr, Pattern, Stmt};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The library's module and its class, and what a program calls its view of itself.
const MODULE: &str = "_namespace";
const CLASS: &str = "_Namespace";
const OWN: &str = "_own_globals";
const THIS: &str = "_this_module";

/// Methods of a dict that write.
const WRITES: [&str; 6] = ["update", "setdefault", "pop", "popitem", "clear", "__setitem__"];

/// Writes out what a module asks of its names.
pub(crate) fn name(body: &mut Vec<Stmt>, module: &str, text: &str) {
    let is_named = module.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if !is_named || !["globals()", "locals()", "vars()"].iter().any(|one| text.contains(one)) {
        return;
    }
    let mut names = Names { is_module: true, ..Names::default() };
    names.visit_body(body);
    if ["globals", "locals", "vars"].iter().any(|name| names.bound.iter().any(|bound| bound == name)) {
        return;
    }
    let listed = names.bound.iter().fold(String::new(), |mut text, name| {
        let _ = write!(text, "'{name}', ");
        text
    });
    let views = Views { is_module: true, is_any: Cell::new(false) };
    for statement in body.iter_mut() {
        views.visit_stmt(statement);
        Functions.visit_stmt(statement);
    }
    if views.is_any.get() {
        let made = format!(
            "from {MODULE} import {CLASS}\nimport {module} as {THIS}\n{OWN} = {CLASS}({THIS}, __name__, ({listed}))\n"
        );
        let at = supply::start(body);
        body.splice(at..at, parsed(&made));
    }
}

/// Is it a call of this builtin, without arguments?
fn calls(expression: &Expr, names: &[&str]) -> bool {
    let Expr::Call(call) = expression else { return false };
    call.arguments.args.is_empty()
        && call.arguments.keywords.is_empty()
        && matches!(&*call.func, Expr::Name(name) if names.contains(&name.id.as_str()))
}

fn replace(expression: &mut Expr, text: &str) -> bool {
    let Some(Stmt::Expr(made)) = parsed(text).into_iter().next() else { return false };
    *expression = *made.value;
    true
}

/// Does an expression write into what it is given first?
fn writes(expression: &Expr) -> bool {
    match expression {
        Expr::Subscript(node) => !node.ctx.is_load() && calls(&node.value, &["globals", "locals", "vars"]),
        Expr::Attribute(node) => {
            WRITES.contains(&node.attr.as_str()) && calls(&node.value, &["globals", "locals", "vars"])
        }
        _ => false,
    }
}

/// Puts the view of a module where it is asked for: `globals()` anywhere, `locals()` and `vars()` at the top level.
struct Views {
    is_module: bool,
    is_any: Cell<bool>,
}

impl Views {
    /// Of what has variables of its own.
    fn inner(&self, walk: impl FnOnce(&Self)) {
        let inner = Self { is_module: false, is_any: Cell::new(self.is_any.get()) };
        walk(&inner);
        self.is_any.set(inner.is_any.get());
    }
}

impl Transformer for Views {
    fn visit_stmt(&self, statement: &mut Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                self.inner(|inner| transformer::walk_stmt(inner, statement));
            }
            _ => transformer::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&self, _: &mut Expr) {}

    fn visit_expr(&self, expression: &mut Expr) {
        if writes(expression) {
            return;
        }
        if matches!(expression, Expr::Lambda(_)) && self.is_module {
            self.inner(|inner| transformer::walk_expr(inner, expression));
            return;
        }
        transformer::walk_expr(self, expression);
        let names: &[&str] = if self.is_module { &["globals", "locals", "vars"] } else { &["globals"] };
        if calls(expression, names) && replace(expression, &format!("{OWN}._look()\n")) {
            self.is_any.set(true);
        }
    }
}

/// Finds the functions that aren't within others.
struct Functions;

impl Transformer for Functions {
    fn visit_stmt(&self, statement: &mut Stmt) {
        if let Stmt::FunctionDef(node) = statement {
            let mut frame = Frame::of(node);
            frame.block(&mut node.body);
        } else {
            transformer::walk_stmt(self, statement);
        }
    }
}

/// What is known of a function's variables at a statement.
#[derive(Clone, Default)]
struct Frame {
    /// They are bound, in this order.
    sure: Vec<String>,
    /// These may be.
    unsure: BTreeSet<String>,
    globals: BTreeSet<String>,
}

impl Frame {
    fn of(node: &ast::StmtFunctionDef) -> Self {
        let parameters = &node.parameters;
        let plain = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let plain = plain.map(|parameter| &parameter.parameter);
        let stars = parameters.vararg.iter().chain(&parameters.kwarg).map(|parameter| &**parameter);
        let sure = plain.chain(stars).map(|parameter| parameter.name.to_string()).collect();
        let mut names = Names::default();
        names.visit_body(&node.body);
        Self { sure, unsure: BTreeSet::new(), globals: names.declared.into_iter().collect() }
    }

    fn bind(&mut self, names: Vec<String>, is_sure: bool) {
        for name in names {
            if self.globals.contains(&name) || self.sure.contains(&name) {
                continue;
            }
            if is_sure {
                self.unsure.remove(&name);
                self.sure.push(name);
            } else {
                self.unsure.insert(name);
            }
        }
    }

    fn block(&mut self, body: &mut [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &mut Stmt) {
        let mut names = Names::default();
        names.visit_stmt(statement);
        for name in &names.deleted {
            self.sure.retain(|sure| sure != name);
            self.unsure.insert(name.clone());
        }
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => {
                self.bind(names.bound, true);
            }
            Stmt::If(_) | Stmt::While(_) | Stmt::For(_) | Stmt::Try(_) | Stmt::With(_) | Stmt::Match(_) => {
                if self.unsure.is_empty() {
                    let locals = Locals { names: &self.sure };
                    match statement {
                        Stmt::If(node) => locals.visit_expr(&mut node.test),
                        Stmt::For(node) => locals.visit_expr(&mut node.iter),
                        _ => {}
                    }
                }
                // What a loop binds may be bound when it comes round again.
                let mut inner = self.clone();
                if statement.is_for_stmt() || statement.is_while_stmt() {
                    inner.bind(names.bound.clone(), false);
                }
                match statement {
                    Stmt::If(node) => {
                        inner.clone().block(&mut node.body);
                        for clause in &mut node.elif_else_clauses {
                            inner.clone().block(&mut clause.body);
                        }
                    }
                    Stmt::While(node) => inner.block(&mut node.body),
                    Stmt::For(node) => {
                        let mut target = Names::default();
                        target.visit_expr(&node.target);
                        inner.bind(target.bound, true);
                        inner.block(&mut node.body);
                    }
                    Stmt::Try(node) => inner.block(&mut node.body),
                    Stmt::With(node) => {
                        for item in &node.items {
                            let mut target = Names::default();
                            item.optional_vars.iter().for_each(|to| target.visit_expr(to));
                            inner.bind(target.bound, true);
                        }
                        inner.block(&mut node.body);
                    }
                    _ => {}
                }
                self.bind(names.bound, false);
            }
            _ => {
                if self.unsure.is_empty() {
                    Locals { names: &self.sure }.visit_stmt(statement);
                }
                self.bind(names.bound, true);
            }
        }
    }
}

/// Puts a dict of a function's variables where it is asked for.
struct Locals<'f> {
    names: &'f [String],
}

impl Transformer for Locals<'_> {
    fn visit_annotation(&self, _: &mut Expr) {}

    fn visit_expr(&self, expression: &mut Expr) {
        // These have variables of their own.
        let is_scope = matches!(
            expression,
            Expr::Lambda(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_)
        );
        // A private name is called otherwise.
        if is_scope || writes(expression) || self.names.iter().any(|name| name.starts_with("__")) {
            return;
        }
        transformer::walk_expr(self, expression);
        if calls(expression, &["locals", "vars"]) {
            let mut text = String::from("{");
            for name in self.names {
                let _ = write!(text, "'{name}': {name}, ");
            }
            text.push_str("}\n");
            replace(expression, &text);
        }
    }
}

/// The names that statements bind, in the order of the text, without those of functions and classes inside.
#[derive(Default)]
struct Names {
    bound: Vec<String>,
    deleted: Vec<String>,
    /// By `global` and `nonlocal`.
    declared: Vec<String>,
    /// Of a module: what functions bind by `global` counts too.
    is_module: bool,
}

impl Names {
    fn bind(&mut self, name: &str) {
        if !self.bound.iter().any(|bound| bound == name) {
            self.bound.push(name.to_string());
        }
    }

    fn inside(&mut self, body: &[Stmt]) {
        let mut names = Self::default();
        names.visit_body(body);
        if self.is_module {
            names.declared.iter().for_each(|name| self.bind(name));
        }
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                self.bind(&node.name);
                self.inside(&node.body);
            }
            Stmt::ClassDef(node) => {
                self.bind(&node.name);
                self.inside(&node.body);
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.bind(alias.asname.as_ref().map_or(first, |name| name.as_str()));
                }
            }
            Stmt::ImportFrom(node) => {
                node.names.iter().for_each(|alias| self.bind(alias.asname.as_ref().unwrap_or(&alias.name)));
            }
            Stmt::Global(node) => self.declared.extend(node.names.iter().map(ToString::to_string)),
            Stmt::Nonlocal(node) => self.declared.extend(node.names.iter().map(ToString::to_string)),
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(node) = handler;
        if let Some(name) = &node.name {
            self.bind(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(node) => node.name.as_ref(),
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(node) if node.ctx.is_store() => self.bind(&node.id),
            Expr::Name(node) if node.ctx.is_del() => self.deleted.push(node.id.to_string()),
            // What `:=` binds in there is bound out here; its own variables are not.
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let mut walrus = Walrus::default();
                walrus.visit_expr(expression);
                walrus.0.iter().for_each(|name| self.bind(name));
            }
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// What `:=` binds.
#[derive(Default)]
struct Walrus(Vec<String>);

impl<'a> Visitor<'a> for Walrus {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Named(node) = expression
            && let Expr::Name(name) = &*node.target
        {
            self.0.push(name.id.to_string());
        }
        visitor::walk_expr(self, expression);
    }
}
