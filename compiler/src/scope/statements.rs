//! The walk over statements and targets.

use super::collect::Collector;
use super::{ScopeKind, flag, mangle};
use crate::diagnostic::code;
use crate::front::ast::{self, Expr, Stmt};
use crate::front::{Span, Spanned, span};
use crate::names;

impl Collector<'_> {
    pub(super) fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    /// `from __future__` must come first.
    pub(super) fn futures(&mut self, body: &[Stmt]) {
        let mut first = true;
        for (index, statement) in body.iter().enumerate() {
            let is_docstring =
                index == 0 && matches!(statement, Stmt::Expr(node) if node.value.is_string_literal_expr());
            match statement {
                Stmt::ImportFrom(node) if node.module.as_deref() == Some("__future__") && node.level == 0 => {
                    if !first {
                        let message = "from __future__ imports must occur at the beginning of the file";
                        self.problem(code::MISPLACED, span!(node), message);
                    }
                }
                _ if is_docstring => {}
                _ => first = false,
            }
        }
    }

    /// A block within a function; CPython nests 20.
    pub(super) fn block(&mut self, body: &[Stmt], at: Span) {
        self.around.blocks += 1;
        if self.around.blocks == 21 {
            self.problem(code::LIMIT, at, "too many statically nested blocks");
        }
        self.body(body);
        self.around.blocks -= 1;
    }

    pub(super) fn loop_block(&mut self, body: &[Stmt], at: Span) {
        let outer = std::mem::replace(&mut self.around.in_loop, true);
        self.block(body, at);
        self.around.in_loop = outer;
    }

    pub(super) fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Return(node) => {
                if !matches!(self.scope().kind, ScopeKind::Function | ScopeKind::Lambda) {
                    self.problem(code::MISPLACED, span!(node), "'return' outside function");
                }
                self.maybe(node.value.as_deref());
            }
            Stmt::Delete(node) => node.targets.iter().for_each(|target| self.delete(target)),
            Stmt::TypeAlias(node) => self.unsupported(span!(node), "'type' statements are", "use an assignment"),
            Stmt::Assign(node) => {
                self.expression(&node.value);
                node.targets.iter().for_each(|target| self.assigned(target));
            }
            Stmt::AugAssign(node) => {
                if let Expr::Name(target) = &*node.target {
                    self.use_name(&target.id, span!(target));
                }
                self.expression(&node.value);
                self.target(&node.target);
            }
            Stmt::AnnAssign(node) => {
                if let Expr::Name(target) = &*node.target {
                    let scope_flags = self.symbol(&target.id).flags;
                    if scope_flags & (flag::GLOBAL | flag::NONLOCAL) != 0 && node.simple {
                        let kind = if scope_flags & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                        let message = format!("annotated name '{}' can't be {kind}", target.id);
                        self.problem(code::NAMES, span!(target), message);
                    }
                    if node.value.is_some() {
                        self.bind(&target.id, flag::ANNOTATED, span!(target));
                    } else if node.simple {
                        let in_function = self.scope().is_function_like();
                        // An annotation alone makes a local variable of a function, and nothing elsewhere.
                        let flags = flag::ANNOTATED | if in_function { flag::BOUND } else { 0 };
                        self.symbol(&target.id).flags |= flags;
                    }
                } else {
                    self.target(&node.target);
                }
                self.maybe(node.value.as_deref());
            }
            Stmt::For(node) => {
                if node.is_async {
                    self.awaits(span!(node), "'async for'");
                }
                self.expression(&node.iter);
                self.target(&node.target);
                self.loop_block(&node.body, span!(node));
                self.body(&node.orelse);
            }
            Stmt::While(node) => {
                self.expression(&node.test);
                self.loop_block(&node.body, span!(node));
                self.body(&node.orelse);
            }
            Stmt::If(node) => {
                self.expression(&node.test);
                self.body(&node.body);
                for clause in &node.elif_else_clauses {
                    self.maybe(clause.test.as_ref());
                    self.body(&clause.body);
                }
            }
            Stmt::With(node) => {
                if node.is_async {
                    self.awaits(span!(node), "'async with'");
                }
                for item in &node.items {
                    self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.target(target);
                    }
                }
                self.block(&node.body, span!(node));
            }
            Stmt::Match(node) => {
                self.expression(&node.subject);
                for (index, case) in node.cases.iter().enumerate() {
                    let is_last = index + 1 == node.cases.len();
                    if case.guard.is_none() && !is_last {
                        self.reachable_behind(&case.pattern);
                    }
                    self.pattern(&case.pattern, &mut Vec::new());
                    self.maybe(case.guard.as_deref());
                    self.body(&case.body);
                }
            }
            Stmt::Raise(node) => {
                self.maybe(node.exc.as_deref());
                self.maybe(node.cause.as_deref());
            }
            Stmt::Try(node) => self.try_statement(node),
            Stmt::Assert(node) => {
                self.expression(&node.test);
                self.maybe(node.msg.as_deref());
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let module = alias.name.as_str();
                    self.out.imports.push((0, module.to_string(), Vec::new()));
                    match &alias.asname {
                        Some(name) => self.bind_import(name, (self.builtin_module)(module), span!(name)),
                        None => {
                            let first = module.split('.').next().unwrap_or(module);
                            self.bind_import(first, (self.builtin_module)(first), span!(alias.name));
                        }
                    }
                }
            }
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::Global(node) => {
                for name in &node.names {
                    self.declare(name, flag::GLOBAL, "global");
                }
            }
            Stmt::Nonlocal(node) => {
                if self.scope().kind == ScopeKind::Module {
                    self.problem(code::NAMES, span!(node), "nonlocal declaration not allowed at module level");
                    return;
                }
                for name in &node.names {
                    self.declare(name, flag::NONLOCAL, "nonlocal");
                    let scope = self.current;
                    let mangled = mangle(name, self.scope().class_name.as_deref()).to_string();
                    self.out.nonlocals.push((scope, mangled, span!(node)));
                }
            }
            Stmt::Expr(node) => self.expression(&node.value),
            Stmt::Pass(_) => {}
            Stmt::Break(node) => {
                if !self.around.in_loop {
                    self.problem(code::MISPLACED, span!(node), "'break' outside loop");
                }
            }
            Stmt::Continue(node) => {
                if !self.around.in_loop {
                    self.problem(code::MISPLACED, span!(node), "'continue' not properly in loop");
                }
            }
            Stmt::IpyEscapeCommand(node) => self.problem(code::SYNTAX, span!(node), "invalid syntax"),
        }
    }

    pub(super) fn declare(&mut self, name: &ast::Identifier, flags: u16, kind: &str) {
        let symbol = self.symbol(name);
        let present = symbol.flags;
        symbol.flags |= flags;
        let message = if present & flag::PARAMETER != 0 {
            format!("name '{name}' is parameter and {kind}")
        } else if present & (flag::GLOBAL | flag::NONLOCAL) & !flags != 0 {
            format!("name '{name}' is nonlocal and global")
        } else if present & flag::ANNOTATED != 0 {
            format!("annotated name '{name}' can't be {kind}")
        } else if present & flag::BOUND != 0 && present & flags == 0 {
            format!("name '{name}' is assigned to before {kind} declaration")
        } else if present & flag::USED != 0 && present & flags == 0 {
            format!("name '{name}' is used prior to {kind} declaration")
        } else {
            return;
        };
        self.problem(code::NAMES, span!(name), message);
    }

    pub(super) fn import_from(&mut self, node: &ast::StmtImportFrom) {
        let module = node.module.as_ref().map_or("", |name| name.as_str());
        if module == "__future__" && node.level == 0 {
            for alias in &node.names {
                const FEATURES: &[&str] = &[
                    "nested_scopes",
                    "generators",
                    "division",
                    "absolute_import",
                    "with_statement",
                    "print_function",
                    "unicode_literals",
                    "barry_as_FLUFL",
                    "generator_stop",
                    "annotations",
                ];
                if !FEATURES.contains(&alias.name.as_str()) {
                    let message = format!("future feature {} is not defined", alias.name);
                    self.problem(code::SYNTAX, span!(alias), message);
                }
            }
            return;
        }
        let builtin = if node.level == 0 { (self.builtin_module)(module) } else { None };
        let names = node.names.iter().map(|alias| alias.name.to_string()).collect();
        self.out.imports.push((node.level, module.to_string(), names));
        for alias in &node.names {
            if &alias.name == "*" {
                // At the top of a module it was written out, or the module isn't there, which is said later.
                if self.scope().kind != ScopeKind::Module {
                    self.problem(code::MISPLACED, span!(alias), "import * only allowed at module level");
                }
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let member = builtin.and_then(|module| names::member(module, &alias.name));
            self.bind_import(bound, member, span!(bound));
        }
    }

    pub(super) fn try_statement(&mut self, node: &ast::StmtTry) {
        if node.is_star && node.handlers.iter().any(leaves) {
            let message = "'break', 'continue' and 'return' cannot appear in an except* block";
            self.problem(code::SYNTAX, span!(node), message);
        }
        self.block(&node.body, span!(node));
        for (index, handler) in node.handlers.iter().enumerate() {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            match &handler.type_ {
                Some(class) => self.expression(class),
                None if index + 1 < node.handlers.len() => {
                    self.problem(code::SYNTAX, span!(handler), "default 'except:' must be last");
                }
                None => {}
            }
            if let Some(name) = &handler.name {
                self.bind(name, flag::DELETED, span!(name));
            }
            self.block(&handler.body, span!(handler));
        }
        self.body(&node.orelse);
        if !node.finalbody.is_empty() {
            self.block(&node.finalbody, span!(node));
        }
    }

    /// A whole target of an assignment.
    pub(super) fn assigned(&mut self, target: &Expr) {
        if let Expr::Starred(node) = target {
            self.problem(code::SYNTAX, span!(node), "starred assignment target must be in a list or tuple");
        }
        self.target(target);
    }

    pub(super) fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(node) => self.bind(&node.id, 0, span!(node)),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let mut starred = elts.iter().filter(|element| element.is_starred_expr());
                if let (Some(_), Some(second)) = (starred.next(), starred.next()) {
                    self.problem(code::SYNTAX, second.span(), "multiple starred expressions in assignment");
                }
                elts.iter().for_each(|element| self.target(element));
            }
            Expr::Starred(node) => self.target(&node.value),
            Expr::Attribute(node) => {
                self.stored(&node.attr);
                self.expression(&node.value);
            }
            other => self.expression(other),
        }
    }

    pub(super) fn stored(&mut self, attribute: &str) {
        if !self.out.stored_attributes.contains(attribute) {
            self.out.stored_attributes.insert(attribute.to_string());
        }
    }

    pub(super) fn delete(&mut self, target: &Expr) {
        match target {
            Expr::Name(node) => self.bind(&node.id, flag::DELETED, span!(node)),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.delete(element));
            }
            other => self.target(other),
        }
    }
}

/// Does a handler leave its block by a jump?
fn leaves(handler: &ast::ExceptHandler) -> bool {
    fn jumps(body: &[Stmt], in_loop: bool) -> bool {
        body.iter().any(|statement| match statement {
            Stmt::Return(_) => true,
            Stmt::Break(_) | Stmt::Continue(_) => !in_loop,
            Stmt::If(node) => {
                jumps(&node.body, in_loop) || node.elif_else_clauses.iter().any(|clause| jumps(&clause.body, in_loop))
            }
            Stmt::For(node) => jumps(&node.body, true) || jumps(&node.orelse, in_loop),
            Stmt::While(node) => jumps(&node.body, true) || jumps(&node.orelse, in_loop),
            Stmt::With(node) => jumps(&node.body, in_loop),
            Stmt::Match(node) => node.cases.iter().any(|case| jumps(&case.body, in_loop)),
            Stmt::Try(node) => {
                jumps(&node.body, in_loop)
                    || jumps(&node.orelse, in_loop)
                    || jumps(&node.finalbody, in_loop)
                    || node.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(inner)| jumps(&inner.body, in_loop))
            }
            _ => false,
        })
    }
    let ast::ExceptHandler::ExceptHandler(handler) = handler;
    jumps(&handler.body, false)
}
