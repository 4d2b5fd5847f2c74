//! Builtins that the library has in Python: a module that names one imports it, as if it had said so.

use crate::annotations;
use crate::dispatch;
use crate::document;
use crate::front::ast;
use crate::front::snippet as parsed;
use crate::made;
use ast::visitor::transformer::{self, Transformer};
use ast::visitor::{self, Visitor};
use ast::{Expr, Number, Stmt};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

/// Where they are.
const MODULE: &str = "_supplied";

const NAMES: [&str; 14] = [
    "input",
    "memoryview",
    "complex",
    "aiter",
    "anext",
    GENERATOR,
    GIVEN,
    LEFT,
    BASED,
    DETAILED,
    document::DOCUMENTED,
    annotations::ANNOTATED,
    PARAMETRIZED,
    nano_wire::symbols::COMPLEX_POWER,
];

const PRINT: &str = "print";

/// Where `print` is that follows `sys.stdout`.
const REDIRECTED: &str = "_redirected";

/// What makes an asynchronous generator of a coroutine that yields, and what it yields.
const GENERATOR: &str = "_async_generator";
const GIVEN: &str = "_Given";

/// What is told that a loop over an asynchronous generator has been left.
const LEFT: &str = "_left";

/// What asks a base of a class that has parameters (`Dict[str, int]`) which class it stands for.
const BASED: &str = "_based";

/// What makes `list[int]` of a builtin class and its parameters, and the classes that have them.
const PARAMETRIZED: &str = "_parametrized";
const GENERIC: [&str; 6] = ["list", "dict", "tuple", "set", "frozenset", "type"];

/// What makes an exception that is given details by name, and which those are.
const DETAILED: &str = "_detailed";
const DETAILS: [(&str, &[&str]); 5] = [
    ("AttributeError", &["name", "obj"]),
    ("ImportError", &["name", "path"]),
    ("ModuleNotFoundError", &["name", "path"]),
    ("NameError", &["name"]),
    ("UnboundLocalError", &["name"]),
];

/// Is it a builtin that the library has?
pub(crate) fn has(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Does the text of a program put something in the place of `sys.stdout`?
pub(crate) fn redirects(text: &str) -> bool {
    text.contains("redirect_stdout") || text.contains("sys.stdout =") && !text.contains("sys.stdout ==")
}

/// The classes that the library has in the place of builtin ones that nobody can derive from.
const DERIVED: &str = "_derived";
const DERIVABLE: [&str; 8] =
    ["property", "staticmethod", "classmethod", "enumerate", "reversed", "zip", "map", "filter"];

/// Which of them the text of a program derives from.
pub(crate) fn derives(text: &str) -> impl Iterator<Item = &'static str> {
    let bases = |line: &str| line.trim_start().strip_prefix("class ").and_then(|rest| rest.split_once('(')).is_some();
    let lines: Vec<&str> = text.lines().filter(|line| bases(line)).collect();
    let has = move |name: &&str| lines.iter().any(|line| line.split(['(', ',', ')']).any(|part| part.trim() == *name));
    DERIVABLE.into_iter().filter(has)
}

/// Imports those classes where a module names and doesn't bind them.
pub(crate) fn derive(body: &mut Vec<Stmt>, derived: &HashSet<&'static str>) {
    if derived.is_empty() {
        return;
    }
    let mut names = Named::default();
    names.visit_body(body);
    for name in DERIVABLE {
        if derived.contains(name) && names.used.contains(name) && !names.bound.contains(name) {
            let at = start(body);
            body.splice(at..at, parsed(&format!("from {DERIVED} import {name}\n")));
        }
    }
}

/// Writes complex literals as calls, and exceptions with details, says the class in `@f.register`, and imports what is named and bound nowhere in
/// the module. In a program that redirects its output, `print` is what follows `sys.stdout`; in one that may make code,
/// `exec` is what has it.
pub(crate) fn supply(body: &mut Vec<Stmt>, module: &str, is_library: bool, redirects: bool, makes_code: bool) {
    if module == MODULE {
        return;
    }
    let literals = Literals { bound: RefCell::new(vec![Named::in_scope(body, None)]) };
    for statement in body.iter_mut() {
        literals.visit_stmt(statement);
    }
    dispatch::say_classes(body);
    let mut names = Named::default();
    names.visit_body(body);
    let has_complex = names.used.contains("complex") || names.has_cmath;
    if (names.is_complex || names.may_be_complex && has_complex) && !is_library {
        names.used.insert(nano_wire::symbols::COMPLEX_POWER.to_string());
    }
    let is_missing = |name: &&str| names.used.contains(*name) && !names.bound.contains(*name);
    let missing: Vec<&str> = NAMES.into_iter().filter(is_missing).collect();
    let mut statements = Vec::new();
    if !missing.is_empty() {
        statements.extend(parsed(&format!("from {MODULE} import {}\n", missing.join(", "))));
    }
    if redirects && is_missing(&PRINT) && !matches!(module, "sys" | REDIRECTED) {
        statements.extend(parsed(&format!("from {REDIRECTED} import written as {PRINT}\n")));
    }
    for name in made::NAMES.iter().filter(|name| makes_code && is_missing(name)) {
        statements.extend(parsed(&format!("from {} import {name}\n", made::MODULE)));
    }
    let at = start(body);
    body.splice(at..at, statements);
}

/// Where a module's statements begin: behind its docstring and what has to stand first.
pub(crate) fn start(body: &[Stmt]) -> usize {
    let is_first = |statement: &&Stmt| match statement {
        Stmt::Expr(node) => node.value.is_string_literal_expr(),
        Stmt::ImportFrom(node) => node.module.as_ref().is_some_and(|name| name.as_str() == "__future__"),
        _ => false,
    };
    body.iter().take_while(is_first).count()
}

/// An `async def` with `yield` is a coroutine that yields what it gives in a wrapping, and a decorator that unwraps it.
fn mark_generator(node: &mut ast::StmtFunctionDef) {
    let gives = Gives(std::cell::Cell::new(false));
    for statement in &mut node.body {
        gives.visit_stmt(statement);
    }
    if !gives.0.get() {
        return;
    }
    document::decorate(node, GENERATOR);
}

/// `async for` over what a call makes: a generator that is left, by `break` or an exception, is closed as nobody else
/// holds it. So it has a name, and behind the loop the library is told of it.
fn watch(statement: &mut Stmt) {
    let Stmt::For(node) = &mut *statement else { return };
    if !node.is_async || !node.iter.is_call_expr() {
        return;
    }
    let name = format!("_iterated_{}", node.range.start().to_u32());
    let text = format!("if True:\n  {name} = None\n  try:\n    {name}\n  finally:\n    {LEFT}({name})\n");
    let Some(Stmt::If(mut both)) = parsed(&text).into_iter().next() else { return };
    let [Stmt::Assign(assignment), Stmt::Try(guarded)] = both.body.as_mut_slice() else { return };
    let Some(Stmt::Expr(read)) = guarded.body.pop() else { return };
    assignment.value = std::mem::replace(&mut node.iter, read.value);
    assignment.range = node.range;
    guarded.range = node.range;
    guarded.body.push(statement.clone());
    both.range = guarded.range;
    *statement = Stmt::If(both);
}

/// Bases with parameters. Those of `Generic` and of a protocol are the class itself, always.
fn ask_bases(node: &mut ast::StmtClassDef) {
    let Some(arguments) = &mut node.arguments else { return };
    for base in &mut arguments.args {
        if let Expr::Call(call) = &*base
            && matches!(&*call.func, Expr::Name(name) if name.id == PARAMETRIZED)
            && let Some(class) = call.arguments.args.first()
        {
            *base = class.clone();
        }
        let Expr::Subscript(with_parameters) = &*base else { continue };
        let name = match &*with_parameters.value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        if matches!(name, "Generic" | "Protocol") {
            continue;
        }
        if let Some(Stmt::Expr(mut made)) = parsed(&format!("{BASED}(None)\n")).into_iter().next()
            && let Expr::Call(call) = &mut *made.value
            && let Some(place) = call.arguments.args.first_mut()
        {
            call.range = with_parameters.range;
            std::mem::swap(place, base);
            *base = *made.value;
        }
    }
}

/// Wraps what the `yield`s of one function give.
struct Gives(std::cell::Cell<bool>);

impl Transformer for Gives {
    fn visit_stmt(&self, statement: &mut Stmt) {
        // What is defined inside is its own.
        if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            transformer::walk_stmt(self, statement);
        }
    }

    fn visit_expr(&self, expression: &mut Expr) {
        if matches!(expression, Expr::Lambda(_)) {
            return;
        }
        transformer::walk_expr(self, expression);
        let Expr::Yield(node) = expression else { return };
        self.0.set(true);
        let wrapping = parsed(&format!("{GIVEN}(None)\n")).into_iter().next();
        if let Some(Stmt::Expr(mut made)) = wrapping
            && let Expr::Call(call) = &mut *made.value
        {
            call.range = node.range;
            if let (Some(value), Some(place)) = (node.value.take(), call.arguments.args.first_mut()) {
                *place = *value;
            }
            node.value = Some(made.value);
        }
    }
}

/// `AttributeError(text, name=name)` is `_detailed(AttributeError, text, name=name)`.
fn detail(call: &mut ast::ExprCall) {
    let Expr::Name(function) = &*call.func else { return };
    let Some((_, details)) = DETAILS.iter().find(|(class, _)| function.id == *class) else { return };
    let is_detail = |keyword: &ast::Keyword| keyword.arg.as_ref().is_some_and(|name| details.contains(&name.as_str()));
    let keywords = &call.arguments.keywords;
    if keywords.is_empty() || !keywords.iter().all(is_detail) {
        return;
    }
    if let Some(Stmt::Expr(made)) = parsed(&format!("{DETAILED}\n")).into_iter().next() {
        let class = std::mem::replace(&mut call.func, made.value);
        call.arguments.args = std::iter::once(*class).chain(std::mem::take(&mut call.arguments.args)).collect();
    }
}

/// `2j` is `complex(0.0, 2.0)`, and `list[int]` is `_parametrized(list, int)`.
struct Literals {
    /// The names that each scope around binds.
    bound: RefCell<Vec<BTreeSet<String>>>,
}

impl Literals {
    fn is_generic(&self, name: &str) -> bool {
        GENERIC.contains(&name) && !self.bound.borrow().iter().any(|scope| scope.contains(name))
    }
}

impl Transformer for Literals {
    fn visit_stmt(&self, statement: &mut Stmt) {
        let inside = match statement {
            Stmt::FunctionDef(node) => Some(Named::in_scope(&node.body, Some(&node.parameters))),
            Stmt::ClassDef(node) => Some(Named::in_scope(&node.body, None)),
            _ => None,
        };
        let depth = self.bound.borrow().len();
        self.bound.borrow_mut().extend(inside);
        transformer::walk_stmt(self, statement);
        self.bound.borrow_mut().truncate(depth);
        if let Stmt::FunctionDef(node) = statement
            && node.is_async
        {
            mark_generator(node);
        }
        if let Stmt::ClassDef(node) = statement {
            ask_bases(node);
        }
        watch(statement);
    }

    fn visit_expr(&self, expression: &mut Expr) {
        transformer::walk_expr(self, expression);
        if let Expr::Call(call) = expression {
            detail(call);
        }
        if let Expr::Subscript(node) = expression
            && node.ctx.is_load()
            && matches!(&*node.value, Expr::Name(name) if self.is_generic(&name.id))
            && let Some(Stmt::Expr(made)) = parsed(&format!("{PARAMETRIZED}(None, None)\n")).into_iter().next()
            && let Expr::Call(mut call) = *made.value
        {
            call.range = node.range;
            let parts = [node.value.as_ref(), node.slice.as_ref()];
            for (place, part) in call.arguments.args.iter_mut().zip(parts) {
                place.clone_from(part);
            }
            *expression = Expr::Call(call);
        }
        let Expr::NumberLiteral(node) = expression else { return };
        let Number::Complex { real, imag } = node.value else { return };
        let text = |number: f64| if number.is_finite() { format!("{number:?}") } else { "1e999".to_string() };
        let call = parsed(&format!("complex({}, {})\n", text(real), text(imag)));
        if let Some(Stmt::Expr(mut made)) = call.into_iter().next() {
            if let Expr::Call(call) = &mut *made.value {
                call.range = node.range;
            }
            *expression = *made.value;
        }
    }
}

/// Names that are read, and those that are bound anywhere.
#[expect(clippy::struct_excessive_bools, reason = "each is found by itself")]
#[derive(Default)]
struct Named {
    used: BTreeSet<String>,
    bound: BTreeSet<String>,
    /// There is a power that a complex number may come of. That alone is not enough: every square root would bring the class
    /// of complex numbers, which is fifty times as large as a small handler.
    may_be_complex: bool,
    /// There is one whose base is written with a minus.
    is_complex: bool,
    /// `cmath` is imported.
    has_cmath: bool,
    /// What is defined inside of functions and classes is left out.
    is_shallow: bool,
}

impl Named {
    /// The names that one scope binds.
    fn in_scope(body: &[Stmt], parameters: Option<&ast::Parameters>) -> BTreeSet<String> {
        let mut names = Self { is_shallow: true, ..Self::default() };
        if let Some(parameters) = parameters {
            names.visit_parameters(parameters);
        }
        names.visit_body(body);
        names.bound
    }

    /// A power of these. It is complex only where the base is negative and the exponent no whole number.
    fn see_power(&mut self, base: &Expr, exponent: &Expr) {
        let exponent = match exponent {
            Expr::UnaryOp(node) => &node.operand,
            other => other,
        };
        if matches!(exponent, Expr::NumberLiteral(node) if matches!(node.value, Number::Int(_))) {
            return;
        }
        // A minus before a number is an operator of its own.
        self.is_complex |= matches!(base, Expr::UnaryOp(node) if node.op == ast::UnaryOp::USub);
        self.may_be_complex |= !base.is_number_literal_expr();
    }
}

impl<'a> Visitor<'a> for Named {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                self.bound.insert(node.name.to_string());
            }
            Stmt::ClassDef(node) => {
                self.bound.insert(node.name.to_string());
            }
            Stmt::Import(ast::StmtImport { names, .. }) | Stmt::ImportFrom(ast::StmtImportFrom { names, .. }) => {
                let from = statement.as_import_from_stmt().and_then(|node| node.module.as_ref());
                self.has_cmath |= from.is_some_and(|name| name == "cmath");
                self.has_cmath |= from.is_none() && names.iter().any(|alias| &alias.name == "cmath");
                self.bound.extend(names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string()));
            }
            Stmt::AugAssign(node) if node.op == ast::Operator::Pow => {
                self.see_power(&node.target, &node.value);
            }
            _ => {}
        }
        if !self.is_shallow || !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            visitor::walk_stmt(self, statement);
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {
        // What is evaluated of annotations stands elsewhere by now.
    }

    fn visit_parameter(&mut self, parameter: &'a ast::Parameter) {
        if GENERIC.contains(&parameter.name.as_str()) || DERIVABLE.contains(&parameter.name.as_str()) {
            self.bound.insert(parameter.name.to_string());
        }
        visitor::walk_parameter(self, parameter);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(node) = expression
            && (has(&node.id)
                || node.id == PRINT
                || made::NAMES.contains(&node.id.as_str())
                || GENERIC.contains(&node.id.as_str())
                || DERIVABLE.contains(&node.id.as_str()))
        {
            let to = if node.ctx.is_load() { &mut self.used } else { &mut self.bound };
            to.insert(node.id.to_string());
        }
        match expression {
            Expr::BinOp(node) if node.op == ast::Operator::Pow => {
                self.see_power(&node.left, &node.right);
            }
            Expr::Call(node) if matches!(&*node.func, Expr::Name(name) if name.id == "pow") => {
                if let [base, exponent] = &*node.arguments.args {
                    self.see_power(base, exponent);
                }
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(source: &str) -> String {
        let mut body = parsed(source);
        supply(&mut body, "main", false, false, false);
        let imports =
            body.iter().position(|one| matches!(one, Stmt::ImportFrom(node) if node.module.as_deref() == Some(MODULE)));
        imports.map_or(String::new(), |at| {
            let Stmt::ImportFrom(node) = &body[at] else { return String::new() };
            let names: Vec<&str> = node.names.iter().map(|alias| alias.name.as_str()).collect();
            format!("{at} {}", names.join(" "))
        })
    }

    #[test]
    fn what_is_named_and_not_bound_is_imported() {
        assert_eq!(
            first("'doc'\nfrom __future__ import annotations\nx = 2j + memoryview(b'')\n"),
            "2 memoryview complex"
        );
        assert_eq!(first("def input(): pass\ninput()\n"), "");
        assert_eq!(first("x: complex = 1\nf(input=2)\nobj.input\n"), "");
        assert_eq!(first("def f():\n    return input()\n"), "0 input");
    }
}
