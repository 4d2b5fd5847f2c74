//! Names of `typing` that only annotations use: in a program that does not ask for its annotations (`annotations.rs`) nothing
//! evaluates them, so nothing imports those names. What is made of them for annotations alone, `Rows = List[int]`, is not
//! made either.

use crate::front::ast;
use crate::library;
use crate::source::{Package, SourceFile};
use ast::visitor::{self, Visitor};
use ast::{Expr, Stmt};
use std::collections::{HashMap, HashSet};

const TYPING: &str = "typing";

/// Words of programs that reach names of a module by text.
const BY_TEXT: [&str; 9] =
    ["globals", "locals", "vars", "getattr", "__dict__", "__all__", "exec", "eval", "sys.modules"];

/// May something ask the module of a file for a name that it binds: another module, or what knows the name as text?
pub(crate) fn may_be_asked(package: &Package, file: &SourceFile) -> bool {
    let last = file.module.rsplit('.').next().unwrap_or(&file.module);
    let attribute = format!("{last}.");
    let asks = |text: &str| {
        let imports = |line: &str| line.contains("import") && line.contains(last);
        text.contains(&attribute) || text.lines().any(imports)
    };
    let others =
        package.modules().filter_map(|module| package.file(module)).filter(|other| other.module != file.module);
    BY_TEXT.iter().any(|word| package.texts().any(|text| text.contains(word)))
        || others.map(|other| other.text.as_str()).any(asks)
}

/// Takes the names that annotations alone use out of the imports of a module that nothing asks for them.
pub(crate) fn forget(body: &mut Vec<Stmt>) {
    let forms: HashSet<String> = body.iter().flat_map(forms).collect();
    if forms.is_empty() && !body.iter().any(|one| alias(one, &forms).is_some()) {
        return;
    }
    let mut used = Used::of(body);
    loop {
        let count = body.len();
        body.retain(|statement| !is_alias(statement, &forms, &used));
        if body.len() == count {
            break;
        }
        used = Used::of(body);
    }
    for statement in body.iter_mut() {
        let Stmt::ImportFrom(node) = statement else { continue };
        if node.level == 0 && node.module.as_deref() == Some(TYPING) {
            node.names.retain(|alias| {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                !is_form(&alias.name) || used.0.contains_key(bound.as_str())
            });
        }
    }
    body.retain(|statement| !matches!(statement, Stmt::ImportFrom(node) if node.names.is_empty()));
}

/// Is it a name for annotations, and nothing else?
fn is_form(name: &str) -> bool {
    library::file(TYPING).is_some_and(|file| file.text.contains(&format!("\n{name} = _Form(")))
}

/// The names for annotations that a statement imports, as they are bound.
fn forms(statement: &Stmt) -> Vec<String> {
    match statement {
        Stmt::ImportFrom(node) if node.level == 0 && node.module.as_deref() == Some(TYPING) => {
            let forms = node.names.iter().filter(|alias| is_form(&alias.name));
            forms.map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string()).collect()
        }
        _ => Vec::new(),
    }
}

/// Is it `Rows = List[dict[str, int]]`, where nothing but annotations says `Rows`?
fn is_alias(statement: &Stmt, forms: &HashSet<String>, used: &Used) -> bool {
    alias(statement, forms).is_some_and(|name| used.0.get(name) == Some(&1))
}

/// The `Rows` of `Rows = List[dict[str, int]]`.
fn alias<'s>(statement: &'s Stmt, forms: &HashSet<String>) -> Option<&'s str> {
    let (target, value) = match statement {
        Stmt::Assign(node) => match node.targets.as_slice() {
            [target] => (target, &*node.value),
            _ => return None,
        },
        Stmt::AnnAssign(node) => (&*node.target, node.value.as_deref()?),
        _ => return None,
    };
    let Expr::Name(target) = target else { return None };
    let is_form = |name: &str| forms.contains(name);
    let of_class = |name: &str| is_form(name) || BUILTIN.contains(&name);
    let has_parameters =
        matches!(value, Expr::Subscript(node) if matches!(&*node.value, Expr::Name(name) if of_class(&name.id)));
    (has_parameters && is_type(value, &is_form)).then_some(target.id.as_str())
}

const BUILTIN: [&str; 11] =
    ["bool", "bytes", "dict", "float", "frozenset", "int", "list", "object", "set", "str", "tuple"];

/// Is it made of names for annotations and of builtin types alone?
fn is_type(expression: &Expr, is_form: &dyn Fn(&str) -> bool) -> bool {
    match expression {
        Expr::Name(node) => is_form(&node.id) || BUILTIN.contains(&node.id.as_str()),
        Expr::Subscript(node) => is_type(&node.value, is_form) && is_type(&node.slice, is_form),
        Expr::Tuple(node) => node.elts.iter().all(|one| is_type(one, is_form)),
        Expr::List(node) => node.elts.iter().all(|one| is_type(one, is_form)),
        Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::StringLiteral(_) => true,
        _ => false,
    }
}

/// How often each name stands outside of annotations.
#[derive(Default)]
struct Used(HashMap<String, usize>);

impl Used {
    fn of(body: &[Stmt]) -> Self {
        let mut used = Self::default();
        used.visit_body(body);
        used
    }
}

impl<'a> Visitor<'a> for Used {
    fn visit_annotation(&mut self, _: &'a Expr) {
        // What is evaluated of annotations stands elsewhere by now.
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(node) = expression {
            *self.0.entry(node.id.to_string()).or_default() += 1;
        }
        visitor::walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::snippet as parsed;

    /// The names that are still imported.
    fn left(source: &str) -> String {
        let mut body = parsed(source);
        forget(&mut body);
        let imports = body.iter().filter_map(Stmt::as_import_from_stmt);
        imports.flat_map(|node| &node.names).map(|alias| alias.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_annotations_alone_use_is_not_imported() {
        let annotated = "def f(x: Optional[int]) -> List[int]:\n    y: Any = x\n    return [y]\n";
        let import = "from typing import Any, List, Optional\n";
        assert_eq!(left(&format!("{import}{annotated}")), "");
        assert_eq!(left(&format!("{import}Rows = List[int]\nprint(Rows)\n{annotated}")), "List");
        assert_eq!(left(&format!("{import}Rows = List[int]\nMore: Any = Optional[List[str]]\nx: Rows = 1\n")), "");
        assert_eq!(left(&format!("{import}Rows = List[missing]\n{annotated}")), "List");
        assert_eq!(left(&format!("from typing import Any as A, List\n{annotated}print(A)\n")), "Any");
        assert_eq!(left("from typing import NamedTuple, TYPE_CHECKING, Bogus\n"), "NamedTuple TYPE_CHECKING Bogus");
        assert_eq!(left("from other import Any\n"), "Any");
        let of_builtin = |rest: &str| {
            let mut body = parsed(&format!("Rows = dict[str, list[int]]\n{rest}"));
            forget(&mut body);
            body.len()
        };
        assert_eq!(of_builtin("def f(rows: Rows): pass\n"), 1);
        assert_eq!(of_builtin("print(Rows)\n"), 2);
    }

    #[test]
    fn modules_ask_each_other() {
        let asked = |other: &str| {
            let mut package = Package::new("main");
            package.add("main.py", "from typing import Any\n");
            package.add("other.py", other);
            package.file("main").is_some_and(|file| may_be_asked(&package, file))
        };
        assert!(!asked("import json\nmain = 1\n"));
        assert!(asked("from main import Any\n"));
        assert!(asked("from . import (\n    main,\n)\nmain.Any\n"));
        assert!(asked("globals()\n"));
    }
}
