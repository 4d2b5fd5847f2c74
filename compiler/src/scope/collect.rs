//! The walk over a module that notes scopes, names and imports, and refuses what stands in the wrong place.
//!
//! What is done for each kind of node is in `statements`, `definitions` and `expressions`.

use super::{CLASS_CELL, Scope, ScopeId, ScopeKind, Scopes, Symbol, flag, mangle};
use crate::diagnostic::code;
use crate::front::ast::Stmt;
use crate::front::{Problem, Span};
use crate::scope::Place;
use nano_wire::builtins::Builtin;
use std::collections::{HashMap, HashSet};

/// What is known of a module after the walk.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub scopes: Scopes,
    pub problems: Vec<Problem>,
    /// `import` statements: relative level, module, and the names behind `from`.
    pub imports: Vec<(u32, String, Vec<String>)>,
    /// Attribute names that are assigned or deleted anywhere.
    pub stored_attributes: HashSet<String>,
    /// `nonlocal` declarations, to be checked when all is known.
    pub nonlocals: Vec<(ScopeId, String, Span)>,
}

/// State of loops around a statement.
#[derive(Clone, Copy, Default)]
pub(super) struct Around {
    pub in_loop: bool,
    /// Blocks around, of which CPython takes 20.
    pub blocks: u32,
}

pub(super) struct Collector<'p> {
    pub out: Collected,
    pub current: ScopeId,
    pub around: Around,
    /// For each comprehension around: names that inner units use.
    pub inner_uses: Vec<HashSet<String>>,
    /// The module of an absolute import, if it is a builtin one that no file of the package shadows.
    pub builtin_module: &'p dyn Fn(&str) -> Option<Builtin>,
}

/// Walks a module.
pub(crate) fn collect(body: &[Stmt], builtin_module: &dyn Fn(&str) -> Option<Builtin>) -> Collected {
    let mut collector = Collector {
        out: Collected::default(),
        current: 0,
        around: Around::default(),
        inner_uses: Vec::new(),
        builtin_module,
    };
    collector.push_scope(ScopeKind::Module, "<module>", None);
    collector.futures(body);
    collector.body(body);
    collector.out
}

const NOT_YET: &str = "not supported yet";

impl Collector<'_> {
    pub(super) fn problem(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.out.problems.push(Problem::new(code, span, message));
    }

    pub(super) fn unsupported(&mut self, span: Span, what: &str, hint: &str) {
        self.out.problems.push(Problem::new(code::UNSUPPORTED, span, format!("{what} {NOT_YET}")).hint(hint));
    }

    pub(super) fn scope(&mut self) -> &mut Scope {
        &mut self.out.scopes.all[self.current]
    }

    /// Opens a scope and makes it the current one; the former current one is given back.
    pub(super) fn push_scope(&mut self, kind: ScopeKind, name: &str, node: Option<usize>) -> ScopeId {
        let id = self.out.scopes.all.len();
        let (parent, class_name, qualname) = if id == 0 {
            (None, None, name.to_string())
        } else {
            let parent = &self.out.scopes.all[self.current];
            let qualname = match parent.kind {
                _ if parent.symbol(name).is_some_and(|symbol| symbol.is(flag::GLOBAL)) => name.to_string(),
                ScopeKind::Module => name.to_string(),
                ScopeKind::Class | ScopeKind::Comprehension | ScopeKind::Generator => {
                    format!("{}.{name}", parent.qualname)
                }
                _ => format!("{}.<locals>.{name}", parent.qualname),
            };
            (Some(self.current), parent.class_name.clone(), qualname)
        };
        self.out.scopes.all.push(Scope {
            kind,
            parent,
            unit: id,
            name: name.to_string(),
            qualname,
            symbols: Vec::new(),
            index: HashMap::new(),
            is_generator: false,
            is_coroutine: false,
            inlined: false,
            class_name: if kind == ScopeKind::Class { Some(name.to_string()) } else { class_name },
            locals: 0,
            free: Vec::new(),
            class_cell: false,
        });
        if let Some(node) = node {
            self.out.scopes.by_node.insert(node, id);
        }
        std::mem::replace(&mut self.current, id)
    }

    /// Closes a unit: what it uses from outside may capture a comprehension's variables.
    pub(super) fn pop_unit(&mut self, outer: ScopeId) {
        if let Some(uses) = self.inner_uses.last_mut() {
            let scope = &self.out.scopes.all[self.current];
            for symbol in &scope.symbols {
                if !symbol.is(flag::BOUND) || symbol.is(flag::NONLOCAL) || scope.kind == ScopeKind::Class {
                    uses.insert(symbol.name.clone());
                }
            }
        }
        self.current = outer;
    }

    pub(super) fn symbol(&mut self, name: &str) -> &mut Symbol {
        let scope = &mut self.out.scopes.all[self.current];
        let name = mangle(name, scope.class_name.as_deref());
        let index = match scope.index.get(name.as_ref()) {
            Some(index) => *index,
            None => {
                scope.index.insert(name.to_string(), scope.symbols.len());
                scope.symbols.push(Symbol {
                    name: name.to_string(),
                    flags: 0,
                    bindings: 0,
                    first_use: Span::default(),
                    import: None,
                    owner: None,
                    place: Place::Unsupported,
                });
                scope.symbols.len() - 1
            }
        };
        &mut scope.symbols[index]
    }

    pub(super) fn bind(&mut self, name: &str, flags: u16, span: Span) {
        if name == "__debug__" {
            self.problem(code::SYNTAX, span, "cannot assign to __debug__");
        }
        let symbol = self.symbol(name);
        symbol.flags |= flag::BOUND | flags;
        symbol.bindings += 1;
    }

    pub(super) fn bind_import(&mut self, name: &str, builtin: Option<Builtin>, span: Span) {
        self.bind(name, 0, span);
        let symbol = self.symbol(name);
        if builtin.is_some() && symbol.import == builtin {
            // `import json` and `import json.decoder` bind the same.
            symbol.bindings -= 1;
        }
        symbol.import = builtin;
    }

    pub(super) fn use_name(&mut self, name: &str, span: Span) {
        if (name == "super" || name == "__class__") && self.is_in_class() {
            self.note_use(CLASS_CELL, span);
            if name == "__class__" {
                return;
            }
        }
        if matches!(name, "__module__" | "__qualname__") && self.scope().kind == ScopeKind::Class {
            // The first that a class body does is to bind them.
            self.bind(name, 0, span);
        }
        self.note_use(name, span);
    }

    pub(super) fn note_use(&mut self, name: &str, span: Span) {
        let symbol = self.symbol(name);
        if !symbol.is(flag::USED) {
            symbol.first_use = span;
        }
        symbol.flags |= flag::USED;
    }

    /// Is this a function somewhere inside a class body?
    pub(super) fn is_in_class(&mut self) -> bool {
        if !self.scope().is_function_like() {
            return false;
        }
        let scopes = &self.out.scopes.all;
        let mut around = scopes[self.current].parent;
        while let Some(id) = around {
            if scopes[id].kind == ScopeKind::Class {
                return true;
            }
            around = scopes[id].parent;
        }
        false
    }
}
