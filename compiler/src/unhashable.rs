//! A class that says `__eq__` and not `__hash__` has no hash. Calling `hash` fails without a word of it; a program that
//! looks at `__hash__` itself finds the None there that CPython puts there.

use crate::front::ast;
use crate::front::snippet as parsed;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};

/// Does the text of a program look at it?
pub(crate) fn asks(text: &str) -> bool {
    text.contains("__hash__")
}

/// Says `__hash__ = None` in the classes of a module.
pub(crate) fn say(body: &mut [Stmt]) {
    for statement in body {
        Classes.visit_stmt(statement);
    }
}

struct Classes;

impl Transformer for Classes {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        let Stmt::ClassDef(node) = statement else { return };
        let says = |name: &str| node.body.iter().any(|statement| binds(statement, name));
        if says("__eq__") && !says("__hash__") && !node.body.iter().any(has_slot) {
            node.body.extend(parsed("__hash__ = None\n"));
        }
    }
}

/// Is it `__slots__ = (.., "__hash__")`?
fn has_slot(statement: &Stmt) -> bool {
    let Stmt::Assign(node) = statement else { return false };
    let names: &[Expr] = match &*node.value {
        Expr::Tuple(node) => &node.elts,
        Expr::List(node) => &node.elts,
        other => std::slice::from_ref(other),
    };
    let is_hash = |name: &Expr| matches!(name, Expr::StringLiteral(text) if text.value == *"__hash__");
    binds(statement, "__slots__") && names.iter().any(is_hash)
}

fn binds(statement: &Stmt, name: &str) -> bool {
    match statement {
        Stmt::FunctionDef(node) => node.name.as_str() == name,
        Stmt::Assign(node) => {
            node.targets.iter().any(|target| matches!(target, Expr::Name(target) if target.id == name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_class_with_equality_alone_is_told() {
        let last = |source: &str| {
            let mut body = parsed(source);
            say(&mut body);
            matches!(body.first(), Some(Stmt::ClassDef(node)) if node.body.iter().any(|one| binds(one, "__hash__")))
        };
        assert!(last("class A:\n    def __eq__(self, other): return True\n"));
        assert!(last("class A:\n    __eq__ = f\n    __hash__ = g\n"));
        let slotted = parsed("__slots__ = ('a', '__hash__')\n");
        assert!(slotted.iter().all(has_slot));
        assert!(!last("class A:\n    def __lt__(self, other): return True\n"));
    }
}
