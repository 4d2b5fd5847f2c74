//! Metaclasses in packages that others wrote: what one does becomes what a base of its classes does.
//!
//! A class knows methods of itself that syntax and builtins ask for (`__class_call__`, ..), and what to do when one is
//! derived from it. So `class M(type)` becomes a class of class methods, `class C(metaclass=M)` one that is derived from
//! it, and the library's `_metaclass` does what `type` would: a `__new__` is given the class that its statement has made,
//! as a name, bases and a dict, and what it changes in the dict is changed in the class. It can be seen, in `type(C)` and
//! in the order of bases: metaclasses in a program's own modules stay refused, and so do those that make their classes of
//! something else (`__prepare__`) or have properties.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::scope::definitions::is_abstract_meta;
use crate::supply;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The library's module, what stands for `type` among the bases, what a call of a metaclass goes through, and what marks
/// one.
const MODULE: &str = "_metaclass";
const BASE: &str = "_Metaclass";
const CALLS: &str = "_metaclass_calls";
const MARK: &str = "_is_metaclass = True\n";

/// What a method of a metaclass is called as one of the class itself.
const RENAMED: [(&str, &str); 12] = [
    ("__new__", "__class_new__"),
    ("__init__", "__class_init__"),
    ("__call__", "__class_call__"),
    ("__iter__", "__class_iter__"),
    ("__len__", "__class_len__"),
    ("__contains__", "__class_contains__"),
    ("__repr__", "__class_repr__"),
    ("__getattr__", "__class_getattr__"),
    ("__setattr__", "__class_setattr__"),
    ("__getitem__", "__class_getitem__"),
    ("__instancecheck__", "__class_instancecheck__"),
    ("__subclasscheck__", "__class_subclasscheck__"),
];

fn renamed(name: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(of, _)| *of == name).map(|(_, to)| *to)
}

/// Rewrites the metaclasses of a module that can be, and the classes that have one of them. `is_others` tells of a module
/// that an import names whether metaclasses are rewritten there too.
pub(crate) fn adopt(body: &mut Vec<Stmt>, is_others: &dyn Fn(u32, &str) -> bool) {
    let adopt = Adopt { imported: imported(body, is_others), ..Adopt::default() };
    for statement in body.iter_mut() {
        adopt.visit_stmt(statement);
    }
    if !adopt.names.borrow().is_empty() {
        let at = supply::start(body);
        body.splice(at..at, parsed(&format!("from {MODULE} import {BASE}, {CALLS}\n")));
    }
}

/// The names that a module's top level has of others' modules.
fn imported(body: &[Stmt], is_others: &dyn Fn(u32, &str) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for statement in body {
        let Stmt::ImportFrom(node) = statement else { continue };
        if is_others(node.level, node.module.as_deref().unwrap_or_default()) {
            names.extend(node.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string()));
        }
    }
    names
}

#[derive(Default)]
struct Adopt {
    /// Metaclasses of this module.
    names: RefCell<BTreeSet<String>>,
    /// What may be one.
    imported: BTreeSet<String>,
}

impl Adopt {
    /// Is it derived from `type`, and from nothing but metaclasses?
    fn is_metaclass(&self, node: &ast::StmtClassDef) -> bool {
        let names = self.names.borrow();
        let is_one = |base: &Expr| {
            is_type(base)
                || is_abstract_meta(base)
                || matches!(base, Expr::Name(name) if names.contains(name.id.as_str()))
        };
        node.keywords().is_empty() && !node.bases().is_empty() && node.bases().iter().all(is_one)
    }
}

impl Transformer for Adopt {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        let Stmt::ClassDef(node) = statement else { return };
        if self.is_metaclass(node) {
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
                && !is_abstract_meta(&keyword.value)
                && matches!(&keyword.value, Expr::Name(name)
                    if names.contains(name.id.as_str()) || self.imported.contains(name.id.as_str()))
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

fn is_type(base: &Expr) -> bool {
    matches!(base, Expr::Name(name) if name.id.as_str() == "type")
}

/// Can the statement of a metaclass stand in a base of its classes? Methods, texts and nothing can.
fn can_be(statement: &Stmt) -> bool {
    match statement {
        Stmt::FunctionDef(node) => {
            let is_special = node.name.starts_with("__") && node.name.ends_with("__");
            if is_special { node.decorator_list.is_empty() && renamed(&node.name).is_some() } else { is_plain(node) }
        }
        Stmt::Expr(node) => node.value.is_string_literal_expr(),
        Stmt::Assign(node) => matches!(&*node.targets, [Expr::Name(name)] if !name.id.starts_with("__")),
        // An annotation is nothing.
        Stmt::AnnAssign(node) => node.value.is_none(),
        Stmt::Pass(_) => true,
        _ => false,
    }
}

/// Is it a method of the metaclass's classes, or of the metaclass itself?
fn is_plain(node: &ast::StmtFunctionDef) -> bool {
    let is_method = |decorator: &ast::Decorator| matches!(&decorator.expression, Expr::Name(name) if matches!(name.id.as_str(), "classmethod" | "staticmethod"));
    node.decorator_list.iter().all(is_method)
}

fn become_base(node: &mut ast::StmtClassDef) {
    let base = parsed(&format!("{BASE}\n")).into_iter().next();
    if let (Some(arguments), Some(Stmt::Expr(made))) = (node.arguments.as_deref_mut(), base) {
        let mut bases = std::mem::take(&mut arguments.args).into_vec();
        if let Some(at) = bases.iter().position(is_type) {
            bases[at] = *made.value;
        } else if bases.iter().any(is_abstract_meta) {
            bases.push(*made.value);
        }
        arguments.args = bases.into_boxed_slice();
    }
    for statement in &mut node.body {
        let Stmt::FunctionDef(method) = statement else { continue };
        for statement in &mut method.body {
            Supers.visit_stmt(statement);
        }
        if !method.decorator_list.is_empty() {
            continue;
        }
        let decorator = match method.name.as_str() {
            "__new__" => "staticmethod",
            "__call__" => CALLS,
            _ => "classmethod",
        };
        if let Some(name) = renamed(&method.name) {
            method.name.id = name.into();
        }
        let decorated = parsed(&format!("@{decorator}\ndef f(): pass\n"));
        if let Some(Stmt::FunctionDef(made)) = decorated.into_iter().next() {
            method.decorator_list = made.decorator_list;
        }
    }
    node.body.extend(parsed(MARK));
}

/// `super().__init__` is what the method is called now, and so is `type.__new__`; `type.__init__` does nothing.
struct Supers;

impl Transformer for Supers {
    fn visit_expr(&self, expression: &mut Expr) {
        transformer::walk_expr(self, expression);
        let Expr::Attribute(node) = expression else { return };
        let is_super = matches!(&*node.value, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "super"));
        if let (true, Some(name)) = (is_super, renamed(&node.attr)) {
            node.attr.id = name.into();
        } else if is_type(&node.value) || is_abstract_meta(&node.value) {
            let does = match node.attr.as_str() {
                "__new__" => "__class_new__",
                "__init__" => "_type_init",
                _ => return,
            };
            if let Some(Stmt::Expr(made)) = parsed(&format!("{BASE}.{does}\n")).into_iter().next() {
                *expression = *made.value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adopted(source: &str) -> bool {
        let mut body = parsed(source);
        adopt(&mut body, &|level, _| level > 0);
        matches!(body.first(), Some(Stmt::ImportFrom(node)) if node.module.as_deref() == Some(MODULE))
    }

    #[test]
    fn metaclasses_that_make_the_namespace_or_have_properties_are_left_alone() {
        assert!(adopted("class M(type):\n    def __init__(cls, name, bases, names): pass\n"));
        assert!(adopted("class M(type):\n    'text'\n    made = {}\n    def __call__(cls): pass\n"));
        assert!(adopted("class M(type):\n    def __new__(mcs, name, bases, names): pass\n"));
        assert!(adopted("class M(ABCMeta):\n    @classmethod\n    def of(mcs): pass\n"));
        assert!(!adopted("class M(type):\n    @classmethod\n    def __prepare__(mcs, name, bases): pass\n"));
        assert!(!adopted("class M(type):\n    @property\n    def p(cls): pass\n"));
        assert!(!adopted("class M(type, Other):\n    pass\n"));
    }

    #[test]
    fn a_metaclass_may_be_of_another_module() {
        let metaclass_of = |source: &str| {
            let mut body = parsed(source);
            adopt(&mut body, &|level, _| level > 0);
            let Some(Stmt::ClassDef(node)) = body.pop() else { return false };
            !node.keywords().is_empty()
        };
        assert!(!metaclass_of("from .factory import M\nclass C(metaclass=M): pass\n"));
        assert!(metaclass_of("from enum import M\nclass C(metaclass=M): pass\n"));
        assert!(metaclass_of("class C(metaclass=M): pass\n"));
    }
}
