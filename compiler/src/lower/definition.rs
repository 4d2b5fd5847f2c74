//! Definitions: functions with their defaults and captured cells, classes, decorators.

use super::{Node, Unit};
use crate::assembler::Register;
use crate::constant::Constant;
use crate::diagnostic::code;
use crate::fold;
use crate::front::ast::{self, Stmt};
use crate::front::{Span, Spanned, span};
use crate::library;
use crate::scope::resolve::CLASS_CELL_REGISTER;
use crate::scope::{CLASS_CELL, Place, ScopeId, ScopeKind, flag};
use nano_wire::isa::{Opcode, halves};
use nano_wire::module::{Function, NONE, flags};

/// Where a unit is defined, for messages and `first_line`, and the span its prologue belongs to.
pub(super) fn spans(node: Node<'_>, first: Option<&Stmt>) -> (Span, Span) {
    let whole = match node {
        Node::Module => first.map_or(Span::default(), |_| Span::default()),
        Node::Function(node) => {
            // CPython counts a function from its first decorator.
            let start = node.decorator_list.first().map_or(span!(node).start, |first| span!(first).start);
            Span { start, end: span!(node.name).end }
        }
        Node::Class(node) => {
            let start = node.decorator_list.first().map_or(span!(node).start, |first| span!(first).start);
            Span { start, end: span!(node.name).end }
        }
        Node::Lambda(node) => span!(node),
        Node::Comprehension(node) => node.span,
    };
    (whole, whole)
}

impl<'a> Unit<'_, 'a> {
    /// Describes the parameters of a function.
    pub(super) fn parameters(&mut self, list: &ast::Parameters, function: &mut Function, names: &mut Vec<u16>) {
        let count = |length: usize| length.min(255) as u8;
        function.positional = count(list.posonlyargs.len() + list.args.len());
        function.positional_only = count(list.posonlyargs.len());
        function.keyword_only = count(list.kwonlyargs.len());
        if list.vararg.is_some() {
            function.flags |= flags::VARARGS;
        }
        if list.kwarg.is_some() {
            function.flags |= flags::KEYWORDS;
        }
        let plain = list.posonlyargs.iter().chain(&list.args).chain(&list.kwonlyargs);
        let plain = plain.map(|parameter| &parameter.parameter.name);
        let stars = list.vararg.iter().chain(&list.kwarg).map(|parameter| &parameter.name);
        for name in plain.chain(stars) {
            let name = self.mangled(name);
            names.push(self.out.pool.name(&name));
        }
    }

    /// `make_function` and the cells it captures.
    pub(super) fn make_function(&mut self, node: Node<'a>, scope: ScopeId, to: Register, span: Span) -> u16 {
        let free = &self.scopes()[scope].free;
        let own_name = match node {
            // Nothing calls it before its name is bound.
            Node::Function(node) if node.decorator_list.is_empty() => Some(self.mangled(&node.name).to_string()),
            _ => None,
        };
        let mut captures = Vec::with_capacity(free.len());
        let mut proven = Vec::with_capacity(free.len());
        for (name, owner) in free {
            let is_here = self.scopes()[*owner].unit == self.own;
            if is_here {
                let symbol = self.scopes()[*owner].symbol(name);
                let cell = match symbol.map(|symbol| symbol.place) {
                    Some(Place::Cell(cell)) => cell,
                    // The cell of `__class__` is no symbol of the class body.
                    _ => CLASS_CELL_REGISTER,
                };
                let is_bound = self.code.assigned.contains(cell) || own_name.as_ref() == Some(name);
                let is_stable = symbol.is_some_and(|symbol| !symbol.is(flag::DELETED | flag::DELETED_INSIDE));
                proven.push(is_bound && is_stable && name != CLASS_CELL);
                captures.push((Opcode::Capture, cell));
            } else {
                let here = &self.scopes()[self.own].free;
                let number = here.iter().position(|(own, of)| own == name && of == owner).unwrap_or(0);
                proven.push(self.proven.get(number).copied().unwrap_or(false));
                captures.push((Opcode::CaptureFree, number.min(255) as u8));
            }
        }
        let index = self.function_index(node, scope, proven);
        self.code.span = span;
        self.code.abx(Opcode::MakeFunction, to, index);
        for (number, (op, from)) in captures.into_iter().enumerate() {
            self.code.abc(op, to, number.min(255) as u8, from);
        }
        index
    }

    /// A function object with its defaults.
    pub(super) fn function_object(
        &mut self,
        node: Node<'a>,
        scope: ScopeId,
        parameters: Option<&'a ast::Parameters>,
        to: Register,
        span: Span,
    ) {
        let mark = self.next;
        let (mut defaults, mut keyword_defaults) = (None, None);
        if let Some(list) = parameters {
            if list.len() > 200 {
                self.problem(code::LIMIT, span, "more than 200 parameters");
                return;
            }
            defaults = self.defaults(list);
            keyword_defaults = self.keyword_defaults(list);
        }
        self.make_function(node, scope, to, span);
        if let Some(defaults) = defaults {
            self.code.abc(Opcode::SetDefaults, to, defaults, 0);
        }
        if let Some(defaults) = keyword_defaults {
            self.code.abc(Opcode::SetKeywordDefaults, to, defaults, 0);
        }
        self.next = mark;
    }

    /// The defaults of positional parameters, as a tuple.
    fn defaults(&mut self, list: &'a ast::Parameters) -> Option<Register> {
        let values: Vec<_> =
            list.posonlyargs.iter().chain(&list.args).filter_map(|parameter| parameter.default.as_deref()).collect();
        if values.is_empty() {
            return None;
        }
        if let Some(constants) = values.iter().map(|value| fold::constant(value)).collect::<Option<Vec<_>>>() {
            return Some(self.constant(&Constant::Tuple(constants), None));
        }
        let mark = self.next;
        for value in &values {
            self.push(value);
        }
        let first = mark.min(255) as Register;
        self.code.abc(Opcode::BuildTuple, first, first, values.len() as u8);
        self.next = mark + 1;
        Some(first)
    }

    /// The defaults of keyword-only parameters, as a dict.
    fn keyword_defaults(&mut self, list: &'a ast::Parameters) -> Option<Register> {
        let mark = self.next;
        let mut count = 0;
        for parameter in &list.kwonlyargs {
            if let Some(value) = &parameter.default {
                let name = Constant::Str(self.mangled(&parameter.parameter.name).to_string());
                self.constant(&name, None);
                self.push(value);
                count += 1;
            }
        }
        if count == 0 {
            return None;
        }
        let first = mark.min(255) as Register;
        self.code.abc(Opcode::BuildDict, first, first, count);
        self.next = mark + 1;
        Some(first)
    }

    /// Evaluates decorators; each stands in a call window whose argument is the next one's result.
    fn decorators(&mut self, list: &'a [ast::Decorator]) -> Vec<Register> {
        list.iter()
            .map(|decorator| {
                let window = self.window(3);
                self.into(&decorator.expression, window);
                window
            })
            .collect()
    }

    fn decorate(&mut self, windows: &[Register], list: &'a [ast::Decorator]) {
        for (window, decorator) in windows.iter().zip(list).rev() {
            // The callee's own register is where the window outside has its argument.
            self.code.span = decorator.expression.span();
            self.code.abc(Opcode::Call, *window, 1, *window);
        }
    }

    pub(super) fn define_function(&mut self, node: &'a ast::StmtFunctionDef) {
        let scope = self.context.module.collected.scopes.of(node);
        let span = span!(node);
        let windows = self.decorators(&node.decorator_list);
        let direct = if windows.is_empty() { self.variable_register(&node.name) } else { None };
        let to = match direct {
            Some(register) => register,
            None => self.alloc(),
        };
        self.function_object(Node::Function(node), scope, Some(&node.parameters), to, span);
        if direct.is_some() {
            self.code.assigned.insert(to);
            return;
        }
        self.decorate(&windows, &node.decorator_list);
        self.code.span = span;
        self.store_name(&node.name, windows.first().copied().unwrap_or(to));
    }

    pub(super) fn define_class(&mut self, node: &'a ast::StmtClassDef) {
        let scope = self.context.module.collected.scopes.of(node);
        let span = span!(node);
        let windows = self.decorators(&node.decorator_list);
        let mark = self.next;
        let window = self.window(3);
        self.make_function(Node::Class(node), scope, window, span);
        for base in node.bases() {
            self.push(base);
        }
        // A metaclass that is accepted stands among the bases.
        let is_meta = |keyword: &&ast::Keyword| keyword.arg.as_deref() == Some("metaclass");
        let metas = node.keywords().iter().filter(is_meta);
        let metas = metas.map(|keyword| self.push(&keyword.value)).count();
        let mut keywords = Vec::new();
        for keyword in node.keywords().iter().filter(|keyword| !is_meta(keyword)) {
            if let Some(name) = &keyword.arg {
                keywords.push(Constant::Str(name.to_string()));
                self.push(&keyword.value);
            }
        }
        let count = node.bases().len() + metas + keywords.len();
        if count > 50 {
            self.problem(code::LIMIT, span, "more than 50 bases and keywords");
            return;
        }
        // The frame record of the body.
        self.window(3);
        self.next = mark;
        let to = if windows.is_empty() { self.target_of_class(&node.name) } else { None };
        let result = self.result(to);
        let keywords = if keywords.is_empty() { NONE } else { self.out.pool.index(&Constant::Tuple(keywords)) };
        let name = library::name_in_messages(self.context.module.file, &node.name);
        let name = self.out.pool.name(&name);
        self.code.span = span;
        self.code.extra(Opcode::BuildClass, window, count as u8, result, halves(name, keywords));
        self.decorate(&windows, &node.decorator_list);
        self.code.span = span;
        match to {
            Some(register) => self.code.assigned.insert(register),
            None => self.store_name(&node.name, windows.first().copied().unwrap_or(result)),
        }
    }

    fn target_of_class(&self, name: &str) -> Option<Register> {
        if self.scopes()[self.own].kind == ScopeKind::Class { None } else { self.variable_register(name) }
    }
}
