//! Where a program logs: calls of loggers' methods say their file, line and function, in a program whose formats ask.
//!
//! A device has no lines. So `logger.info(..)` becomes `_logging_placed(logger.info, file, line, function)(..)`, which
//! is the method itself where it is no logger's.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::source::{Lines, SourceFile};
use crate::supply;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};
use std::cell::{Cell, RefCell};

const PLACED: &str = "_logging_placed";

const METHODS: [&str; 9] = ["debug", "info", "warning", "error", "critical", "exception", "log", "warn", "fatal"];

/// What formats, and formatters that read the record, ask for a place by.
const ASKS: [&str; 8] =
    ["lineno", "funcName", "pathname", "%(filename", "{filename", "%(module", "{module", "record.module"];

/// Does the text of a program ask where it logs?
pub(crate) fn asks(text: &str) -> bool {
    text.contains("logging") && ASKS.iter().any(|one| text.contains(one))
}

/// Lets the calls of a module say where they are.
pub(crate) fn place(body: &mut Vec<Stmt>, file: &SourceFile, lines: &Lines<'_>) {
    let calls = Calls { file: &file.name, lines, around: RefCell::default(), is_any: Cell::new(false) };
    for statement in body.iter_mut() {
        calls.visit_stmt(statement);
    }
    if calls.is_any.get() {
        let at = supply::start(body);
        body.splice(at..at, parsed(&format!("from logging import _placed as {PLACED}\n")));
    }
}

struct Calls<'s> {
    file: &'s str,
    lines: &'s Lines<'s>,
    /// Names of the code around, as tracebacks have them.
    around: RefCell<Vec<String>>,
    is_any: Cell<bool>,
}

impl Calls<'_> {
    fn inside(&self, name: &str, walk: impl FnOnce()) {
        self.around.borrow_mut().push(name.to_string());
        walk();
        self.around.borrow_mut().pop();
    }

    fn placed(&self, function: &Expr) -> Option<Expr> {
        let Expr::Attribute(node) = function else { return None };
        if !METHODS.contains(&node.attr.as_str()) {
            return None;
        }
        let (line, _) = self.lines.position(node.range.end().to_u32());
        let around = self.around.borrow();
        let name = around.last().map_or("<module>", String::as_str);
        let path = self.file.replace('\\', "\\\\").replace('"', "\\\"");
        let made = parsed(&format!("{PLACED}(None, \"{path}\", {line}, \"{name}\")\n")).into_iter().next();
        let Some(Stmt::Expr(made)) = made else { return None };
        let Expr::Call(mut call) = *made.value else { return None };
        call.range = node.range;
        *call.arguments.args.first_mut()? = function.clone();
        self.is_any.set(true);
        Some(Expr::Call(call))
    }
}

impl Transformer for Calls<'_> {
    fn visit_stmt(&self, statement: &mut Stmt) {
        let name = match statement {
            Stmt::FunctionDef(node) => node.name.to_string(),
            Stmt::ClassDef(node) => node.name.to_string(),
            _ => return transformer::walk_stmt(self, statement),
        };
        self.inside(&name, || transformer::walk_stmt(self, statement));
    }

    fn visit_expr(&self, expression: &mut Expr) {
        let name = match expression {
            Expr::Lambda(_) => "<lambda>",
            Expr::ListComp(_) => "<listcomp>",
            Expr::SetComp(_) => "<setcomp>",
            Expr::DictComp(_) => "<dictcomp>",
            Expr::Generator(_) => "<genexpr>",
            _ => {
                transformer::walk_expr(self, expression);
                if let Expr::Call(call) = expression
                    && let Some(placed) = self.placed(&call.func)
                {
                    *call.func = placed;
                }
                return;
            }
        };
        self.inside(name, || transformer::walk_expr(self, expression));
    }
}
