//! Annotations: evaluated in a program that asks for them, by statements that a person could have written.
//!
//! A module and a class fill `__annotations__`, and a function is given its own by the innermost of its decorators. In
//! every other program nothing evaluates them, and they cost nothing.

use crate::document::decorate;
use crate::front::snippet as parsed;
use crate::front::{Spanned, ast};
use crate::scope::mangle;
use crate::source::Lines;
use crate::supply;
use ast::{Expr, Stmt};

/// What gives a function its annotations, of the library's builtins.
pub(crate) const ANNOTATED: &str = "_annotated";

const NAME: &str = "__annotations__";

/// Does the text of a program ask for annotations?
pub(crate) fn asks(text: &str) -> bool {
    let has = |word| text.contains(word);
    has(NAME)
        || has("get_type_hints")
        || has("get_annotations")
        || has("inspect") && has("signature(")
        || has("fields(") && has(".type")
}

/// Evaluates the annotations of a module, or writes them as text where it says `from __future__ import annotations`.
pub(crate) fn evaluate(body: &mut Vec<Stmt>, lines: &Lines<'_>) {
    let as_text = body.iter().any(|statement| match statement {
        Stmt::ImportFrom(node) => {
            node.module.as_deref() == Some("__future__") && node.names.iter().any(|one| &one.name == "annotations")
        }
        _ => false,
    });
    let annotations = Annotations { lines, as_text };
    if annotations.block(body, Scope::Module) {
        prepare(body);
    }
}

/// `__annotations__ = {}` where a module or class begins.
fn prepare(body: &mut Vec<Stmt>) {
    let at = supply::start(body);
    body.splice(at..at, parsed(&format!("{NAME} = {{}}\n")));
}

#[derive(Clone, Copy)]
enum Scope<'c> {
    Module,
    Class(&'c str),
    /// A function, and the class it is in.
    Function(Option<&'c str>),
}

struct Annotations<'l> {
    lines: &'l Lines<'l>,
    as_text: bool,
}

impl Annotations<'_> {
    /// Whether a variable of the scope has an annotation in these statements.
    fn block(&self, body: &mut Vec<Stmt>, scope: Scope<'_>) -> bool {
        let mut found = false;
        let mut made = Vec::with_capacity(body.len());
        for mut statement in std::mem::take(body) {
            let mut assigned = Vec::new();
            match &mut statement {
                Stmt::FunctionDef(node) => self.function(node, scope),
                Stmt::ClassDef(node) => {
                    let name = node.name.to_string();
                    self.block(&mut node.body, Scope::Class(&name));
                    prepare(&mut node.body);
                }
                Stmt::AnnAssign(node) if !matches!(scope, Scope::Function(_)) => {
                    if let (Expr::Name(name), true) = (&*node.target, node.simple) {
                        found = true;
                        let class = if let Scope::Class(class) = scope { Some(class) } else { None };
                        let name = mangle(&name.id, class);
                        assigned = parsed(&format!("{NAME}['{name}'] = None\n"));
                        if let Some(Stmt::Assign(assignment)) = assigned.first_mut() {
                            *assignment.value = self.value(&node.annotation);
                            assignment.range = node.range;
                        }
                    }
                }
                other => {
                    for inner in blocks(other) {
                        found |= self.block(inner, scope);
                    }
                }
            }
            made.push(statement);
            made.append(&mut assigned);
        }
        *body = made;
        found
    }

    fn function(&self, node: &mut ast::StmtFunctionDef, scope: Scope<'_>) {
        let class = match scope {
            Scope::Module => None,
            Scope::Class(class) => Some(class),
            Scope::Function(class) => class,
        };
        self.block(&mut node.body, Scope::Function(class));
        let parameters = &node.parameters;
        let plain =
            |list: &'_ Vec<ast::ParameterWithDefault>| list.iter().map(|one| one.parameter.clone()).collect::<Vec<_>>();
        let all = plain(&parameters.args)
            .into_iter()
            .chain(plain(&parameters.posonlyargs))
            .chain(parameters.vararg.as_deref().cloned())
            .chain(plain(&parameters.kwonlyargs))
            .chain(parameters.kwarg.as_deref().cloned());
        let given =
            all.filter_map(|one| Some((mangle(&one.name, class).to_string(), self.value(one.annotation.as_deref()?))));
        let returned = node.returns.as_deref().map(|one| ("return".to_string(), self.value(one)));
        let (names, values): (Vec<_>, Vec<_>) =
            given.chain(returned).filter(|(_, value)| !value.is_starred_expr()).unzip();
        let items: Vec<String> = names.iter().map(|name| format!("'{name}': None")).collect();
        decorate(node, &format!("{ANNOTATED}({{{}}})", items.join(", ")));
        if let Some(Expr::Call(call)) = node.decorator_list.last_mut().map(|made| &mut made.expression)
            && let Some(Expr::Dict(table)) = call.arguments.args.first_mut()
        {
            call.range = node.name.range;
            for (item, value) in table.items.iter_mut().zip(values) {
                item.value = value;
            }
        }
    }

    /// What an annotation is, evaluated.
    fn value(&self, annotation: &Expr) -> Expr {
        if self.as_text {
            let text = self.lines.slice(annotation.span());
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            // As it is written out anew.
            let text = if text.contains(['\'', '\\']) { text } else { text.replace('"', "'") };
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            if let Some(Stmt::Expr(made)) = parsed(&format!("\"{text}\"\n")).into_iter().next() {
                return *made.value;
            }
        }
        annotation.clone()
    }
}

/// The statements inside one that is no scope of its own.
fn blocks(statement: &mut Stmt) -> Vec<&mut Vec<Stmt>> {
    match statement {
        Stmt::If(node) => {
            let others = node.elif_else_clauses.iter_mut().map(|clause| &mut clause.body);
            std::iter::once(&mut node.body).chain(others).collect()
        }
        Stmt::For(node) => vec![&mut node.body, &mut node.orelse],
        Stmt::While(node) => vec![&mut node.body, &mut node.orelse],
        Stmt::With(node) => vec![&mut node.body],
        Stmt::Match(node) => node.cases.iter_mut().map(|case| &mut case.body).collect(),
        Stmt::Try(node) => {
            let handlers = node.handlers.iter_mut().map(|handler| {
                let ast::ExceptHandler::ExceptHandler(handler) = handler;
                &mut handler.body
            });
            let mut all: Vec<_> = std::iter::once(&mut node.body).chain(handlers).collect();
            all.extend([&mut node.orelse, &mut node.finalbody]);
            all
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many statements the module and its first class have, and how many decorators its first function.
    fn made(source: &str) -> (usize, usize, usize) {
        let mut body = parsed(source);
        evaluate(&mut body, &Lines::new(source));
        let class = body.iter().find_map(|one| one.as_class_def_stmt()).map_or(0, |node| node.body.len());
        let function =
            body.iter().find_map(|one| one.as_function_def_stmt()).map_or(0, |node| node.decorator_list.len());
        (body.len(), class, function)
    }

    #[test]
    fn annotations_are_stored_where_they_are_evaluated() {
        assert_eq!(made("x: int = 1\n"), (3, 0, 0));
        assert_eq!(made("class C:\n    'doc'\n    x: int\n    (y): int = 2\n"), (1, 5, 0));
        assert_eq!(made("@d\ndef f(a: int) -> str:\n    b: int = 1\n"), (1, 0, 2));
        assert_eq!(made("if a:\n    x: int\n"), (2, 0, 0));
    }

    #[test]
    fn programs_ask_for_them_by_name() {
        assert!(asks("print(f.__annotations__)"));
        assert!(asks("for one in dataclasses.fields(C): print(one.type)"));
        assert!(!asks("verify_signature(x)\nevent.type\n"));
    }
}
