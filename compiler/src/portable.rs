//! Conditions that only tell Pythons apart: what is for another Python, or for a type checker, is left out.
//!
//! Portable packages choose by version (`if sys.version_info >= (3, 14): import annotationlib`). What stands in the
//! branch that CPython 3.11 doesn't take is no part of the program, so its imports aren't either. Only branches of
//! modules and classes are left out: in a function a branch that is never taken still makes its names local.

use crate::front;
use crate::front::ast::{self, BoolOp, CmpOp, Expr, Number, Stmt, UnaryOp};
use ast::visitor::{self, Visitor};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// `sys.version_info` and `sys.hexversion`, as the library has them.
const VERSION: [i64; 3] = [3, 11, 0];
const HEX_VERSION: i64 = 0x030B_00F0;
/// Names in `sys` by which PyPy, Jython and Windows are told.
const FOREIGN: [&str; 5] = ["pypy_version_info", "pypy_translation_info", "JYTHON_JAR", "getwindowsversion", "winver"];

/// Leaves out what is for other Pythons.
pub(crate) fn fold(body: &mut Vec<Stmt>) {
    let mut imported = Imported::default();
    imported.body(body);
    if imported.names.is_empty() {
        return;
    }
    imported.answers(body);
    block(body, &imported);
}

/// Names that stand for something known, as `module` or `module.name`.
#[derive(Default)]
struct Imported {
    names: HashSet<(String, &'static str)>,
    /// Names of the module that hold the answer to such a condition (`PY3 = sys.version_info[0] == 3`).
    answers: HashMap<String, bool>,
}

impl Imported {
    fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            match statement {
                Stmt::Import(node) => {
                    for alias in &node.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                        match alias.name.as_str() {
                            "sys" => self.add(bound, "sys"),
                            "typing" => self.add(bound, "typing"),
                            _ => {}
                        }
                    }
                }
                Stmt::ImportFrom(node) if node.level == 0 => {
                    for alias in &node.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                        match (node.module.as_deref(), alias.name.as_str()) {
                            (Some("sys"), "version_info") => self.add(bound, "sys.version_info"),
                            (Some("sys"), "hexversion") => self.add(bound, "sys.hexversion"),
                            (Some("typing"), "TYPE_CHECKING") => self.add(bound, "typing.TYPE_CHECKING"),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Finds the names that are bound to an answer, and to nothing else.
    fn answers(&mut self, body: &[Stmt]) {
        let mut bound = Bound::default();
        bound.visit_body(body);
        for statement in body {
            let Stmt::Assign(node) = statement else { continue };
            let ([Expr::Name(name)], Expr::Compare(_) | Expr::BoolOp(_) | Expr::UnaryOp(_)) =
                (node.targets.as_slice(), &*node.value)
            else {
                continue;
            };
            if let (Some(1), Some(answer)) = (bound.0.get(name.id.as_str()), truth(&node.value, self)) {
                self.answers.insert(name.id.to_string(), answer);
            }
        }
    }

    fn add(&mut self, bound: String, stands_for: &'static str) {
        self.names.insert((bound, stands_for));
    }

    /// Is it `module.name`, however it was imported?
    fn is(&self, expression: &Expr, module: &'static str, dotted: &'static str) -> bool {
        match expression {
            Expr::Name(node) => self.names.contains(&(node.id.to_string(), dotted)),
            Expr::Attribute(node) => {
                let name = dotted.rsplit('.').next();
                let is_module =
                    matches!(&*node.value, Expr::Name(of) if self.names.contains(&(of.id.to_string(), module)));
                is_module && name == Some(node.attr.as_str())
            }
            _ => false,
        }
    }
}

/// How often names are bound, anywhere in a module.
#[derive(Default)]
struct Bound(HashMap<String, usize>);

impl<'a> Visitor<'a> for Bound {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let mut add = |name: &str| *self.0.entry(name.to_string()).or_default() += 1;
        match statement {
            Stmt::FunctionDef(node) => add(&node.name),
            Stmt::ClassDef(node) => add(&node.name),
            Stmt::Import(ast::StmtImport { names, .. }) | Stmt::ImportFrom(ast::StmtImportFrom { names, .. }) => {
                names.iter().for_each(|alias| add(alias.asname.as_ref().unwrap_or(&alias.name)));
            }
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(node) = expression
            && !node.ctx.is_load()
        {
            *self.0.entry(node.id.to_string()).or_default() += 1;
        }
        visitor::walk_expr(self, expression);
    }
}

fn block(body: &mut Vec<Stmt>, imported: &Imported) {
    let mut at = 0;
    while at < body.len() {
        if let Stmt::If(node) = &mut body[at]
            && let Some(taken) = taken(node, imported)
        {
            body.splice(at..=at, taken);
            continue;
        }
        match &mut body[at] {
            Stmt::If(node) => {
                block(&mut node.body, imported);
                node.elif_else_clauses.iter_mut().for_each(|clause| inner(&mut clause.body, imported));
            }
            Stmt::Try(node) => {
                inner(&mut node.body, imported);
                inner(&mut node.orelse, imported);
                for ast::ExceptHandler::ExceptHandler(handler) in &mut node.handlers {
                    inner(&mut handler.body, imported);
                }
            }
            Stmt::ClassDef(node) => inner(&mut node.body, imported),
            _ => {}
        }
        at += 1;
    }
}

/// A block that must not become empty.
fn inner(body: &mut Vec<Stmt>, imported: &Imported) {
    let was_empty = body.is_empty();
    block(body, imported);
    if body.is_empty() && !was_empty {
        body.extend(front::snippet("pass\n"));
    }
}

/// The statements that stand for an `if` whose first conditions are known.
fn taken(node: &mut ast::StmtIf, imported: &Imported) -> Option<Vec<Stmt>> {
    if truth(&node.test, imported)? {
        return Some(std::mem::take(&mut node.body));
    }
    if node.elif_else_clauses.is_empty() {
        return Some(Vec::new());
    }
    let mut clause = node.elif_else_clauses.remove(0);
    match clause.test.take() {
        None => Some(clause.body),
        Some(test) => {
            *node.test = test;
            node.body = clause.body;
            node.range = clause.range;
            let mut rest = node.clone();
            match taken(&mut rest, imported) {
                Some(body) => Some(body),
                None => Some(vec![Stmt::If(node.clone())]),
            }
        }
    }
}

fn truth(test: &Expr, imported: &Imported) -> Option<bool> {
    match test {
        Expr::UnaryOp(node) if node.op == UnaryOp::Not => truth(&node.operand, imported).map(|value| !value),
        Expr::BoolOp(node) => {
            let decides = node.op == BoolOp::Or;
            for value in &node.values {
                if truth(value, imported)? == decides {
                    return Some(decides);
                }
            }
            Some(!decides)
        }
        Expr::Compare(node) => {
            let ([op], [right]) = (&*node.ops, &*node.comparators) else { return None };
            let ordering = compare(&node.left, right, imported)?;
            Some(match op {
                CmpOp::Eq => ordering == Ordering::Equal,
                CmpOp::NotEq => ordering != Ordering::Equal,
                CmpOp::Lt => ordering == Ordering::Less,
                CmpOp::LtE => ordering != Ordering::Greater,
                CmpOp::Gt => ordering == Ordering::Greater,
                CmpOp::GtE => ordering != Ordering::Less,
                _ => return None,
            })
        }
        // What only other Pythons, or Python on Windows, have in `sys`.
        Expr::Call(call) => {
            let ([object, Expr::StringLiteral(name)], []) = (&*call.arguments.args, &*call.arguments.keywords) else {
                return None;
            };
            let asks = matches!(&*call.func, Expr::Name(name) if name.id == "hasattr")
                && matches!(object, Expr::Name(of) if imported.names.contains(&(of.id.to_string(), "sys")))
                && FOREIGN.contains(&name.value.to_str());
            asks.then_some(false)
        }
        Expr::Name(node) if imported.answers.contains_key(node.id.as_str()) => {
            imported.answers.get(node.id.as_str()).copied()
        }
        other => imported.is(other, "typing", "typing.TYPE_CHECKING").then_some(false),
    }
}

/// How the version on the left stands to a literal on the right.
fn compare(left: &Expr, right: &Expr, imported: &Imported) -> Option<Ordering> {
    if imported.is(left, "sys", "sys.hexversion") {
        return Some(HEX_VERSION.cmp(&integer(right)?));
    }
    let first = first_of_version(left, imported);
    if first.is_some() || imported.is(left, "sys", "sys.version_info") {
        let Expr::Tuple(tuple) = right else { return None };
        let numbers: Vec<i64> = tuple.elts.iter().map(integer).collect::<Option<_>>()?;
        if let Some(first) = first {
            return Some(VERSION[..first].cmp(&numbers));
        }
        // A tuple that goes on is the greater one, and the version goes on.
        let ordering = VERSION.iter().zip(&numbers).map(|(own, other)| own.cmp(other)).find(|order| order.is_ne());
        return (numbers.len() <= VERSION.len()).then(|| ordering.unwrap_or(Ordering::Greater));
    }
    let index = match left {
        Expr::Subscript(node) if imported.is(&node.value, "sys", "sys.version_info") => integer(&node.slice)?,
        Expr::Attribute(node) if imported.is(&node.value, "sys", "sys.version_info") => match node.attr.as_str() {
            "major" => 0,
            "minor" => 1,
            "micro" => 2,
            _ => return None,
        },
        _ => return None,
    };
    let own = VERSION.get(usize::try_from(index).ok()?)?;
    Some(own.cmp(&integer(right)?))
}

/// How many numbers of the version it takes: `sys.version_info[:2]`.
fn first_of_version(expression: &Expr, imported: &Imported) -> Option<usize> {
    let Expr::Subscript(node) = expression else { return None };
    let Expr::Slice(ast::ExprSlice { lower: None, upper: Some(upper), step: None, .. }) = &*node.slice else {
        return None;
    };
    let first = usize::try_from(integer(upper)?).ok().filter(|first| *first <= VERSION.len())?;
    imported.is(&node.value, "sys", "sys.version_info").then_some(first)
}

fn integer(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(value), .. }) => value.as_i64(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::parse;
    use crate::nesting::nesting;

    /// The names that are assigned at the top of what is left.
    fn left(source: &str) -> Vec<String> {
        let mut body = parse(source, nesting(source).unwrap()).unwrap();
        fold(&mut body);
        body.iter()
            .filter_map(|statement| match statement {
                Stmt::Assign(node) => node.targets[0].as_name_expr().map(|name| name.id.to_string()),
                Stmt::If(_) => Some("if".into()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn branches_of_other_pythons_are_left_out() {
        for (condition, is_taken) in [
            ("sys.version_info >= (3, 8)", true),
            ("sys.version_info > (3, 11)", true),
            ("sys.version_info >= (3, 14)", false),
            ("sys.version_info < (3,)", false),
            ("sys.version_info[0] == 2", false),
            ("sys.version_info.minor >= 11", true),
            ("sys.version_info[:2] >= (3, 11)", true),
            ("sys.version_info[:2] > (3, 11)", false),
            ("sys.version_info[:1] == (3,)", true),
            ("not sys.hexversion < 0x03000000", true),
            ("hexversion < 0x03000000 or version_info[0] < 3", false),
            ("hasattr(sys, 'pypy_version_info')", false),
            ("TYPE_CHECKING", false),
            ("typing.TYPE_CHECKING", false),
        ] {
            let imports =
                "import sys, typing\nfrom sys import hexversion, version_info\nfrom typing import TYPE_CHECKING\n";
            let source = format!("{imports}if {condition}:\n    a = 1\nelse:\n    b = 1\n");
            assert_eq!(left(&source), [if is_taken { "a" } else { "b" }], "{condition}");
        }
    }

    #[test]
    fn an_answer_may_have_a_name() {
        let start = "import sys\nNEW = sys.version_info[:2] >= (3, 14)\n";
        assert_eq!(left(&format!("{start}if NEW:\n    a = 1\nelse:\n    b = 1\n")), ["NEW", "b"]);
        assert_eq!(left(&format!("{start}NEW = f()\nif NEW:\n    a = 1\n")), ["NEW", "NEW", "if"]);
        assert_eq!(left(&format!("{start}def f():\n    global NEW\n    NEW = 1\nif NEW:\n    a = 1\n")), ["NEW", "if"]);
    }

    #[test]
    fn what_is_not_known_stays() {
        let start = "import sys\n";
        assert_eq!(left(&format!("{start}if sys.version_info[0] == x:\n    a = 1\n")), ["if"]);
        assert_eq!(left("if TYPE_CHECKING:\n    a = 1\n"), ["if"]);
        let chain = "if sys.version_info < (3,):\n    a = 1\nelif x:\n    b = 1\nelse:\n    c = 1\n";
        assert_eq!(left(&format!("{start}{chain}")), ["if"]);
        let chain = "if sys.version_info < (3,):\n    a = 1\nelif sys.version_info > (3, 5):\n    b = 1\n";
        assert_eq!(left(&format!("{start}{chain}")), ["b"]);
    }
}
