//! Docstrings: kept in a program that asks for one, by statements that a person could have written.
//!
//! A module and a class assign `__doc__`; a function is given its text by the innermost of its decorators.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::supply;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};

/// What gives a function its text, of the library's builtins.
pub(crate) const DOCUMENTED: &str = "_documented";

/// Does the text of a program ask for docstrings?
pub(crate) fn asks(text: &str) -> bool {
    text.contains("__doc__") || text.contains("getdoc")
}

/// Keeps the docstrings of a module and of all that is in it.
pub(crate) fn document(body: &mut Vec<Stmt>) {
    for statement in body.iter_mut() {
        Definitions.visit_stmt(statement);
    }
    let text = docstring(body);
    let at = supply::start(body);
    body.splice(at..at, assignment(text));
}

/// The expression that a body begins with, if it is text.
fn docstring(body: &[Stmt]) -> Option<Expr> {
    match body.first() {
        Some(Stmt::Expr(node)) if node.value.is_string_literal_expr() => Some((*node.value).clone()),
        _ => None,
    }
}

/// `__doc__ = text`, or None.
fn assignment(text: Option<Expr>) -> Vec<Stmt> {
    let mut made = parsed("__doc__ = None\n");
    if let (Some(Stmt::Assign(node)), Some(text)) = (made.first_mut(), text) {
        *node.value = text;
    }
    made
}

struct Definitions;

impl Transformer for Definitions {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        match statement {
            Stmt::ClassDef(node) => {
                let text = docstring(&node.body);
                node.body.splice(0..0, assignment(text));
            }
            Stmt::FunctionDef(node) => {
                let Some(text) = docstring(&node.body) else { return };
                decorate(node, &format!("{DOCUMENTED}(None)"));
                if let Some(Expr::Call(call)) = node.decorator_list.last_mut().map(|made| &mut made.expression)
                    && let Some(place) = call.arguments.args.first_mut()
                {
                    call.range = node.name.range;
                    *place = text;
                }
            }
            _ => {}
        }
    }
}

/// Gives a function a further decorator, the innermost; errors in it stand at the function's name.
pub(crate) fn decorate(node: &mut ast::StmtFunctionDef, decorator: &str) {
    let decorated = parsed(&format!("@{decorator}\ndef f(): pass\n"));
    let Some(Stmt::FunctionDef(made)) = decorated.into_iter().next() else { return };
    let range = node.name.range;
    node.decorator_list.extend(made.decorator_list.into_iter().map(|mut decorator| {
        decorator.range = range;
        if let Expr::Name(name) = &mut decorator.expression {
            name.range = range;
        }
        decorator
    }));
}
