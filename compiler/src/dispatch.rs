//! `@f.register` above a function with an annotation: functools takes the class out of the annotation, which is never
//! evaluated here. So the class is written into the decorator: `@f.register(int)`.

use crate::front::ast;
use crate::front::snippet as parsed;
use ast::visitor::transformer::{self, Transformer};
use ast::visitor::{self, Visitor};
use ast::{Expr, Stmt};
use std::collections::BTreeSet;

/// Writes the classes into the decorators of one module.
pub(crate) fn say_classes(body: &mut [Stmt]) {
    let mut generic = Generic::default();
    generic.visit_body(body);
    if generic.names.is_empty() {
        return;
    }
    for statement in body {
        Registrations(&generic.names).visit_stmt(statement);
    }
}

/// Functions that `singledispatch` decorates.
#[derive(Default)]
struct Generic {
    names: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Generic {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(node) = statement {
            let is_generic = |decorator: &ast::Decorator| {
                let name = match &decorator.expression {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                matches!(name, "singledispatch" | "singledispatchmethod")
            };
            if node.decorator_list.iter().any(is_generic) {
                self.names.insert(node.name.to_string());
            }
        }
        visitor::walk_stmt(self, statement);
    }
}

struct Registrations<'n>(&'n BTreeSet<String>);

impl Transformer for Registrations<'_> {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        let Stmt::FunctionDef(node) = statement else { return };
        let mut parameters = node.parameters.posonlyargs.iter().chain(&node.parameters.args);
        let Some(class) = parameters.find_map(|one| one.parameter.annotation.as_deref()).cloned() else {
            return;
        };
        for decorator in &mut node.decorator_list {
            if self.registers(&decorator.expression) {
                say_class(&mut decorator.expression, class.clone());
            }
        }
    }
}

impl Registrations<'_> {
    /// Is it `f.register`, without a call?
    fn registers(&self, decorator: &Expr) -> bool {
        let Expr::Attribute(attribute) = decorator else { return false };
        let Expr::Name(name) = &*attribute.value else { return false };
        attribute.attr.as_str() == "register" && self.0.contains(name.id.as_str())
    }
}

/// `f.register` becomes `f.register(class)`.
fn say_class(decorator: &mut Expr, class: Expr) {
    let Some(Stmt::Expr(mut made)) = parsed("register(None)\n").into_iter().next() else { return };
    let class = match &class {
        Expr::StringLiteral(text) => match parsed(&format!("{}\n", text.value.to_str())).into_iter().next() {
            Some(Stmt::Expr(named)) => *named.value,
            _ => return,
        },
        _ => class,
    };
    if let Expr::Call(call) = &mut *made.value
        && let Some(place) = call.arguments.args.first_mut()
        && let Expr::Attribute(attribute) = &*decorator
    {
        call.range = attribute.range;
        *place = class;
        *call.func = decorator.clone();
        *decorator = *made.value;
    }
}
