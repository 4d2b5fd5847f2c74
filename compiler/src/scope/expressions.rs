//! The walk over expressions; lambdas and comprehensions are scopes.

use super::collect::Collector;
use super::{ScopeKind, Symbol, address, flag};
use crate::diagnostic::code;
use crate::fold;
use crate::front::ast::{self, Expr};
use crate::front::{Problem, Span, Spanned, span};
use std::collections::HashSet;

impl Collector<'_> {
    pub(super) fn maybe(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    pub(super) fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) {
        expressions.into_iter().for_each(|expression| self.expression(expression));
    }

    pub(super) fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::BoolOp(node) => self.all(&node.values),
            Expr::Named(node) => {
                self.expression(&node.value);
                self.walrus(&node.target);
            }
            Expr::BinOp(node) => {
                self.expression(&node.left);
                self.expression(&node.right);
            }
            Expr::UnaryOp(node) => self.expression(&node.operand),
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.defaults(parameters);
                }
                let outer = self.push_scope(ScopeKind::Lambda, "<lambda>", Some(address(node)));
                let around = std::mem::take(&mut self.around);
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                }
                self.expression(&node.body);
                self.around = around;
                self.pop_unit(outer);
            }
            Expr::If(node) => self.all([&*node.test, &node.body, &node.orelse]),
            Expr::Dict(node) => {
                for item in &node.items {
                    self.maybe(item.key.as_ref());
                    self.expression(&item.value);
                }
            }
            Expr::Set(node) => self.all(&node.elts),
            Expr::ListComp(node) => {
                self.comprehension(address(node), "<listcomp>", &[&node.elt], &node.generators);
            }
            Expr::SetComp(node) => self.comprehension(address(node), "<setcomp>", &[&node.elt], &node.generators),
            Expr::DictComp(node) => {
                self.comprehension(address(node), "<dictcomp>", &[&node.key, &node.value], &node.generators);
            }
            Expr::Generator(node) => {
                self.comprehension(address(node), "<genexpr>", &[&node.elt], &node.generators);
            }
            Expr::Await(node) => {
                self.awaits(span!(node), "'await'");
                self.expression(&node.value);
            }
            Expr::Yield(ast::ExprYield { value, .. }) => {
                self.yields(expression.span());
                self.maybe(value.as_deref());
            }
            Expr::YieldFrom(node) => {
                if self.scope().is_coroutine {
                    self.problem(code::SYNTAX, span!(node), "'yield from' inside async function");
                }
                self.yields(span!(node));
                self.expression(&node.value);
            }
            Expr::Compare(node) => {
                self.expression(&node.left);
                self.all(&node.comparators);
            }
            Expr::Call(node) => {
                self.expression(&node.func);
                for argument in &node.arguments.args {
                    self.expression(argument);
                }
                let mut seen = HashSet::new();
                for keyword in &node.arguments.keywords {
                    if let Some(name) = &keyword.arg
                        && !seen.insert(name.as_str())
                    {
                        let message = format!("keyword argument repeated: {name}");
                        self.problem(code::SYNTAX, span!(keyword), message);
                    }
                    self.expression(&keyword.value);
                }
            }
            Expr::FString(node) => {
                for part in &node.value {
                    if let ast::FStringPart::FString(string) = part {
                        self.interpolated(&string.elements);
                    }
                }
            }
            Expr::TString(node) => self.unsupported(span!(node), "template strings are", "use an f-string"),
            Expr::NumberLiteral(node) => {
                if let Some(digits) = fold::too_many_digits(&node.value) {
                    let message = format!(
                        "Exceeds the limit (4300 digits) for integer string conversion: value has {digits} digits; \
                         use sys.set_int_max_str_digits() to increase the limit"
                    );
                    self.out
                        .problems
                        .push(Problem::new(code::SYNTAX, span!(node), message).hint("write it in hexadecimal"));
                }
            }
            Expr::Attribute(node) => self.expression(&node.value),
            Expr::Subscript(node) => {
                self.expression(&node.value);
                self.expression(&node.slice);
            }
            Expr::Starred(node) => self.expression(&node.value),
            Expr::Name(node) => self.use_name(&node.id, span!(node)),
            Expr::List(node) => self.all(&node.elts),
            Expr::Tuple(node) => self.all(&node.elts),
            Expr::Slice(node) => {
                self.maybe(node.lower.as_deref());
                self.maybe(node.upper.as_deref());
                self.maybe(node.step.as_deref());
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
            Expr::IpyEscapeCommand(node) => self.problem(code::SYNTAX, span!(node), "invalid syntax"),
        }
    }

    pub(super) fn interpolated(&mut self, elements: &ast::InterpolatedStringElements) {
        for element in elements {
            if let ast::InterpolatedStringElement::Interpolation(node) = element {
                self.expression(&node.expression);
                if let Some(spec) = &node.format_spec {
                    self.interpolated(&spec.elements);
                }
            }
        }
    }

    /// What only a coroutine can do.
    pub(super) fn awaits(&mut self, at: Span, what: &str) {
        let scope = self.scope();
        if scope.is_coroutine {
            return;
        }
        let (kind, parent) = (scope.kind, scope.parent);
        match kind {
            // In a list made inside a coroutine the coroutine waits.
            ScopeKind::Comprehension => {
                let outer = std::mem::replace(&mut self.current, parent.unwrap_or(0));
                self.awaits(at, what);
                self.current = outer;
                self.scope().is_coroutine = true;
            }
            ScopeKind::Module | ScopeKind::Class => {
                self.problem(code::MISPLACED, at, format!("{what} outside function"));
            }
            _ => self.problem(code::MISPLACED, at, format!("{what} outside async function")),
        }
    }

    pub(super) fn yields(&mut self, at: Span) {
        if self.scope().is_coroutine && self.scope().kind == ScopeKind::Function {
            // An asynchronous generator, see `supply`.
            return;
        }
        match self.scope().kind {
            ScopeKind::Function | ScopeKind::Lambda => self.scope().is_generator = true,
            ScopeKind::Module | ScopeKind::Class => self.problem(code::MISPLACED, at, "'yield' outside function"),
            ScopeKind::Comprehension | ScopeKind::Generator => {
                let kind = match self.scope().name.as_str() {
                    "<listcomp>" => "list comprehension",
                    "<setcomp>" => "set comprehension",
                    "<dictcomp>" => "dict comprehension",
                    _ => "generator expression",
                };
                self.problem(code::MISPLACED, at, format!("'yield' inside {kind}"));
            }
        }
    }

    pub(super) fn comprehension(
        &mut self,
        node: usize,
        name: &str,
        elements: &[&Expr],
        generators: &[ast::Comprehension],
    ) {
        let Some(first) = generators.first() else { return };
        // The first iterable belongs to the scope around.
        self.expression(&first.iter);
        let kind = if name == "<genexpr>" { ScopeKind::Generator } else { ScopeKind::Comprehension };
        let outer = self.push_scope(kind, name, Some(node));
        self.inner_uses.push(HashSet::new());
        for (index, generator) in generators.iter().enumerate() {
            if generator.is_async {
                if kind == ScopeKind::Generator {
                    let hint = "write an async def with yield";
                    self.unsupported(span!(generator), "'async for' in a generator expression is", hint);
                } else {
                    self.awaits(span!(generator), "asynchronous comprehension");
                }
            }
            if index > 0 {
                self.expression(&generator.iter);
            }
            self.target(&generator.target);
            self.iteration_variables(&generator.target);
            self.all(&generator.ifs);
        }
        elements.iter().for_each(|element| self.expression(element));
        let uses = self.inner_uses.pop().unwrap_or_default();
        let scope = &mut self.out.scopes.all[self.current];
        scope.is_generator = kind == ScopeKind::Generator;
        let is_captured = |symbol: &Symbol| symbol.is(flag::BOUND) && uses.contains(&symbol.name);
        scope.inlined = kind == ScopeKind::Comprehension && !scope.symbols.iter().any(is_captured);
        if scope.is_coroutine && !scope.inlined {
            let at = first.iter.span();
            let hint = "use a for statement";
            self.unsupported(
                at,
                "'await' and 'async for' in a comprehension whose variables a function inside it uses is",
                hint,
            );
        }
        let scope = &mut self.out.scopes.all[self.current];
        if scope.inlined {
            if let Some(around) = self.inner_uses.last_mut() {
                around.extend(uses);
            }
            self.current = outer;
        } else {
            // What its own inner units use from outside passes through it.
            if let Some(around) = self.inner_uses.last_mut() {
                around.extend(uses);
            }
            self.pop_unit(outer);
        }
    }

    pub(super) fn iteration_variables(&mut self, target: &Expr) {
        match target {
            Expr::Name(node) => self.symbol(&node.id).flags |= flag::ITERATION,
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.iteration_variables(element));
            }
            Expr::Starred(node) => self.iteration_variables(&node.value),
            _ => {}
        }
    }

    /// `name := ..` binds in the innermost scope that is no comprehension.
    pub(super) fn walrus(&mut self, target: &Expr) {
        let Expr::Name(node) = target else {
            self.target(target);
            return;
        };
        let at = span!(node);
        let inside = self.current;
        while matches!(self.scope().kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            if self.symbol(&node.id).is(flag::ITERATION) {
                let message =
                    format!("assignment expression cannot rebind comprehension iteration variable '{}'", node.id);
                self.problem(code::NAMES, at, message);
                self.current = inside;
                return;
            }
            self.current = self.scope().parent.unwrap_or(0);
        }
        let owner = self.current;
        if owner != inside && self.scope().kind == ScopeKind::Class {
            let message = "assignment expression within a comprehension cannot be used in a class body";
            self.problem(code::NAMES, at, message);
        }
        self.bind(&node.id, flag::WALRUS, at);
        let flags = self.symbol(&node.id).flags;
        let is_global = self.scope().kind == ScopeKind::Module || flags & flag::GLOBAL != 0;
        self.current = inside;
        // The comprehensions in between refer to it.
        while self.current != owner {
            let kind = if is_global { flag::GLOBAL } else { flag::NONLOCAL };
            self.symbol(&node.id).flags |= kind | flag::BOUND | flag::WALRUS;
            self.current = self.scope().parent.unwrap_or(0);
        }
        self.current = inside;
    }
}
