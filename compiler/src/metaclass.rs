//! Metaclasses in packages that others wrote: what one does becomes what a base of its classes does.
//!
//! A class knows methods of itself that syntax and builtins ask for (`__class_call__`, ..), and what to do when one is
//! derived from it. So `class M(type)` becomes a class of class methods, `class C(metaclass=M)` one that is derived from
//! it, and the library's `_metaclass` does what `type` would. That is right where a metaclass fills tables, or makes the
//! call of a class something else. It is not where it makes the class itself (`__new__`): that stays refused, as every
//! metaclass in a program's own modules does, for it can be seen: in `type(C)`, in the order of bases.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::supply;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The library's module, what stands for `type` among the bases, and what marks a metaclass.
const MODULE: &str = "_metaclass";
const BASE: &str = "_Metaclass";
const MARK: &str = "_is_metaclass = True\n";

/// What a method of a metaclass is called as one of the class itself.
const RENAMED: [(&str, &str); 10] = [
    ("__init__", "__class_init__"),
    ("__call__", "__class_call__"),
    ("__iter__", "__class_iter__"),
    ("__len__", "__class_len__"),
    ("__contains__", "__class_contains__"),
    ("__repr__", "__class_repr__"),
    ("__getattr__", "__class_getattr__"),
    ("__setattr__", "__class_setattr__"),
    ("__getitem__", "__class_getitem__"),
    ("__subclasscheck__", "__class_subclasscheck__"),
];

fn renamed(name: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(of, _)| *of == name).map(|(_, to)| *to)
}

/// Rewrites the metaclasses of a module that can be, and the classes that have one of them.
pub(crate) fn adopt(body: &mut Vec<Stmt>) {
    let adopt = Adopt::default();
    for statement in body.iter_mut() {
        adopt.visit_stmt(statement);
    }
    if !adopt.names.borrow().is_empty() {
        let at = supply::start(body);
        body.splice(at..at, parsed(&format!("from {MODULE} import {BASE}\n")));
    }
}

#[derive(Default)]
struct Adopt {
    names: RefCell<BTreeSet<String>>,
}

impl Transformer for Adopt {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        let Stmt::ClassDef(node) = statement else { return };
        if is_metaclass(node) {
            if node.body.iter().all(can_be) {
                become_base(node);
                self.names.borrow_mut().insert(node.name.to_string());
            }
            return;
        }
        let Some(arguments) = node.arguments.as_deref_mut() else { return };
        let names = self.names.borrow();
        let is_adopted = |keyword: &ast::Keyword| {
            keyword.arg.as_deref() == Some("metaclass")
                && matches!(&keyword.value, Expr::Name(name) if names.contains(name.id.as_str()))
        };
        if let Some(at) = arguments.keywords.iter().position(is_adopted) {
            let mut keywords = std::mem::take(&mut arguments.keywords).into_vec();
            let keyword = keywords.remove(at);
            arguments.keywords = keywords.into_boxed_slice();
            let mut bases = std::mem::take(&mut arguments.args).into_vec();
            bases.push(keyword.value);
            arguments.args = bases.into_boxed_slice();
        }
    }
}

/// Is it derived from `type`, and from nothing else?
fn is_metaclass(node: &ast::StmtClassDef) -> bool {
    let is_type = |base: &Expr| matches!(base, Expr::Name(name) if name.id.as_str() == "type");
    node.keywords().is_empty() && matches!(node.bases(), [base] if is_type(base))
}

/// Can the statement of a metaclass stand in a base of its classes? Plain methods, texts and nothing can.
fn can_be(statement: &Stmt) -> bool {
    match statement {
        Stmt::FunctionDef(node) => {
            let is_special = node.name.starts_with("__") && node.name.ends_with("__");
            node.decorator_list.is_empty() && (!is_special || renamed(&node.name).is_some())
        }
        Stmt::Expr(node) => node.value.is_string_literal_expr(),
        Stmt::Assign(node) => matches!(&*node.targets, [Expr::Name(name)] if !name.id.starts_with("__")),
        Stmt::Pass(_) => true,
        _ => false,
    }
}

fn become_base(node: &mut ast::StmtClassDef) {
    if let (Some(arguments), Some(Stmt::Expr(made))) =
        (node.arguments.as_deref_mut(), parsed(&format!("{BASE}\n")).into_iter().next())
        && let Some(base) = arguments.args.first_mut()
    {
        *base = *made.value;
    }
    for statement in &mut node.body {
        let Stmt::FunctionDef(method) = statement else { continue };
        for statement in &mut method.body {
            Supers.visit_stmt(statement);
        }
        if let Some(name) = renamed(&method.name) {
            method.name.id = name.into();
        }
        let decorated = parsed("@classmethod\ndef f(): pass\n");
        if let Some(Stmt::FunctionDef(made)) = decorated.into_iter().next() {
            method.decorator_list = made.decorator_list;
        }
    }
    node.body.extend(parsed(MARK));
}

/// `super().__init__` is what the method is called now.
struct Supers;

impl Transformer for Supers {
    fn visit_expr(&self, expression: &mut Expr) {
        transformer::walk_expr(self, expression);
        let Expr::Attribute(node) = expression else { return };
        let is_super = matches!(&*node.value, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "super"));
        if let (true, Some(name)) = (is_super, renamed(&node.attr)) {
            node.attr.id = name.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adopted(source: &str) -> bool {
        let mut body = parsed(source);
        adopt(&mut body);
        matches!(body.first(), Some(Stmt::ImportFrom(node)) if node.module.as_deref() == Some(MODULE))
    }

    #[test]
    fn metaclasses_that_make_the_class_are_left_alone() {
        assert!(adopted("class M(type):\n    def __init__(cls, name, bases, names): pass\n"));
        assert!(adopted("class M(type):\n    'text'\n    made = {}\n    def __call__(cls): pass\n"));
        assert!(!adopted("class M(type):\n    def __new__(mcs, name, bases, names): pass\n"));
        assert!(!adopted("class M(type):\n    @property\n    def p(cls): pass\n"));
        assert!(!adopted("class M(type, Other):\n    pass\n"));
    }
}
