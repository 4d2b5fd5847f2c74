//! Which modules a program surely runs: what its entry imports where nothing is left to chance, and what that does.
//!
//! A module that is imported only by functions, or where an `ImportError` is handled, may never run. What it imports and
//! is not there is an error when it does, as in CPython, and none when compiling.

use crate::front::ast::{self, Stmt};
use crate::program::{Module, Program, absolute, may_lack};
use std::collections::HashSet;

/// The numbers of the modules that are surely run.
pub(crate) fn firm(program: &Program<'_>) -> HashSet<usize> {
    let mut firm = HashSet::from([0]);
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        let mut names = Vec::new();
        let module = &program.modules[at];
        imports(module, &module.body, &mut names, may_lack(program.package, module.file));
        // Importing `a.b` runs `a` first.
        let with_parents = names.iter().flat_map(|name: &String| {
            name.match_indices('.').map(|(dot, _)| &name[..dot]).chain([name.as_str()]).collect::<Vec<_>>()
        });
        open.extend(with_parents.filter_map(|name| program.index.get(name)).filter(|found| firm.insert(**found)));
    }
    firm
}

fn imports(module: &Module<'_>, body: &[Stmt], names: &mut Vec<String>, may_lack: bool) {
    for statement in body {
        match statement {
            Stmt::Import(node) => names.extend(node.names.iter().map(|alias| alias.name.to_string())),
            Stmt::ImportFrom(node) => {
                let written = node.module.as_deref().unwrap_or_default();
                let Some(from) = absolute(module.file, node.level, written) else { continue };
                names.extend(node.names.iter().map(|alias| format!("{from}.{}", alias.name)));
                names.push(from);
            }
            // Packages that others wrote ask what else is there.
            Stmt::If(_) if may_lack => {}
            Stmt::If(node) => {
                imports(module, &node.body, names, may_lack);
                node.elif_else_clauses.iter().for_each(|clause| imports(module, &clause.body, names, may_lack));
            }
            Stmt::For(ast::StmtFor { body, orelse, .. }) | Stmt::While(ast::StmtWhile { body, orelse, .. }) => {
                imports(module, body, names, may_lack);
                imports(module, orelse, names, may_lack);
            }
            Stmt::With(node) => imports(module, &node.body, names, may_lack),
            Stmt::ClassDef(node) => imports(module, &node.body, names, may_lack),
            Stmt::Try(node) => {
                // A handler is where something else went wrong.
                if !crate::lower::expects_import_error(node) {
                    imports(module, &node.body, names, may_lack);
                }
                imports(module, &node.orelse, names, may_lack);
                imports(module, &node.finalbody, names, may_lack);
            }
            _ => {}
        }
    }
}
