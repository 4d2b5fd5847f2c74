//! One unit: its beginning and end, and what all of its parts use: names, registers, instructions.

use super::{Context, Lowered, MAX_REGISTERS, Node, Output, Pending, Unit, definition, numeric};
use crate::assembler::{Assembler, Assigned, MAX_WORDS, Register};
use crate::constant::Constant;
use crate::diagnostic::code;
use crate::front::ast::Stmt;
use crate::front::{Problem, Span, Spanned};
use crate::library;
use crate::program::Module;
use crate::scope::resolve::{CLASS_CELL_REGISTER, MAX_LOCALS};
use crate::scope::{GLOBALS, LOCALS, Place, Scope, ScopeId, Symbol, flag, mangle};
use nano_wire::isa::{Opcode, halves};
use nano_wire::module::{Function, flags};
use std::collections::{HashMap, HashSet, VecDeque};

/// Annotations that a class makes at a time: each takes two registers.
const ANNOTATIONS: usize = 50;

impl<'u, 'a> Unit<'u, 'a> {
    pub(super) fn lower(
        context: &'u Context<'a>,
        out: &'u mut Output,
        queue: &'u mut VecDeque<Pending<'a>>,
        made: &'u mut HashMap<usize, u16>,
        problems: &'u mut Vec<Problem>,
        pending: Pending<'a>,
    ) -> Option<(u16, Lowered)> {
        let Pending { index, node, scope, proven } = pending;
        let (span, at) = definition::spans(node, context.module.body.first());
        let data = &context.module.collected.scopes.all[scope];
        let mut unit = Unit {
            context,
            out,
            queue,
            made,
            problems,
            code: Assembler::new(at),
            own: scope,
            scope,
            locals: data.locals.min(MAX_LOCALS) as u16,
            next: data.locals.min(MAX_LOCALS) as u16,
            highest: (data.locals.min(MAX_LOCALS) as u16).max(1),
            names: vec![String::new(); data.locals.min(MAX_LOCALS)],
            blocks: Vec::new(),
            inline: Vec::new(),
            proven,
            volatile: Assigned::default(),
            has_walrus: false,
            hoisted: HashMap::new(),
            texts: HashSet::new(),
            growing: Vec::new(),
            numeric: numeric::Numeric::default(),
            too_many_registers: data.locals > MAX_LOCALS,
        };
        unit.prologue(data);
        unit.node(node);
        unit.finish(index, node, span)
    }

    /// Notes what is known of the locals, and makes the cells.
    pub(super) fn prologue(&mut self, scope: &Scope) {
        for symbol in &scope.symbols {
            if symbol.is(flag::WALRUS) {
                self.has_walrus = true;
            }
            if let Place::Local(register) | Place::Cell(register) = symbol.place
                && symbol.owner.is_none()
            {
                if let Some(name) = self.names.get_mut(usize::from(register)) {
                    name.clone_from(&symbol.name);
                }
                if symbol.is(flag::DELETED) {
                    self.volatile.insert(register);
                }
                if symbol.is(flag::PARAMETER) {
                    self.code.assigned.insert(register);
                }
            }
        }
        for symbol in &scope.symbols {
            if let (Place::Cell(register), None) = (symbol.place, symbol.owner) {
                self.code.abc(Opcode::MakeCell, register, 0, 0);
            }
        }
        if scope.class_cell {
            self.code.abc(Opcode::MakeCell, CLASS_CELL_REGISTER, 0, 0);
        }
    }

    pub(super) fn node(&mut self, node: Node<'a>) {
        match node {
            Node::Module => self.module(),
            Node::Function(node) => {
                self.numeric = self.find_numbers(&node.body);
                self.texts = self.find_texts(&node.body);
                self.body(&node.body);
            }
            Node::Lambda(node) => {
                let value = self.operand(&node.body);
                self.return_value(value);
            }
            Node::Class(node) => {
                let scope = &self.context.module.collected.scopes.all[self.own];
                let reads = |name| scope.symbol(name).is_some();
                // Classes of the entry need no word of it: it is `__main__`.
                if self.is_made() {
                    self.store_module_of_class();
                } else if self.context.index != 0 {
                    self.store_text("__module__", self.context.name);
                } else if reads("__module__") {
                    self.store_text("__module__", "__main__");
                }
                let qualname = &scope.qualname;
                let name = library::name_in_messages(self.context.module.file, &node.name);
                if *qualname != name || reads("__qualname__") {
                    self.store_text("__qualname__", qualname);
                }
                if self.context.program.asks_annotations && !reads("__annotations__") {
                    self.store_annotations(&node.body);
                }
                self.body(&node.body);
                if self.scopes()[self.own].class_cell {
                    self.code.last(Opcode::Return, CLASS_CELL_REGISTER, 0);
                }
            }
            Node::Comprehension(node) => self.comprehension_unit(node),
        }
        // The end of a body.
        self.code.last(Opcode::ReturnNone, 0, 0);
    }

    /// `__annotations__` in a class's namespace: the annotations of its variables, as text.
    fn store_annotations(&mut self, body: &[Stmt]) {
        let noted = body.iter().filter_map(|statement| match statement {
            Stmt::AnnAssign(node) if node.simple => Some((node.target.as_name_expr()?, &node.annotation)),
            _ => None,
        });
        let noted: Vec<_> = noted.collect();
        let mark = self.next;
        let first = mark.min(255) as Register;
        for (piece, part) in noted.chunks(ANNOTATIONS).enumerate() {
            // Those behind the first are made above it, and added.
            self.next = mark + u16::from(piece > 0);
            let made = self.next.min(255) as Register;
            for (name, annotation) in part {
                let name = self.mangled(&name.id).to_string();
                self.constant(&Constant::Str(name), None);
                let text = self.context.module.lines.slice(annotation.span());
                self.constant(&Constant::Str(text.trim_matches(['"', '\'']).to_string()), None);
            }
            self.code.abc(Opcode::BuildDict, made, made, part.len() as u8);
            if piece > 0 {
                self.code.abc(Opcode::DictMerge, first, made, 0);
            }
        }
        if !noted.is_empty() {
            let name = self.out.pool.name("__annotations__");
            self.code.extra(Opcode::StoreName, 0, first, 0, halves(name, nano_wire::module::NONE));
        }
        self.next = mark;
    }

    /// A text in a class's namespace.
    fn store_text(&mut self, name: &str, text: &str) {
        let mark = self.next;
        let value = self.constant(&Constant::Str(text.to_string()), None);
        let name = self.out.pool.name(name);
        self.code.extra(Opcode::StoreName, 0, value, 0, halves(name, nano_wire::module::NONE));
        self.next = mark;
    }

    pub(super) fn finish(mut self, index: u16, node: Node<'a>, span: Span) -> Option<(u16, Lowered)> {
        let scope = &self.context.module.collected.scopes.all[self.own];
        if self.code.is_full() {
            let message = format!("this function is too long: more than {MAX_WORDS} instruction words");
            self.problems.push(Problem::new(code::LIMIT, span, message).hint("split it into several functions"));
            return None;
        }
        if self.too_many_registers {
            let message = format!("this function needs more than {MAX_REGISTERS} registers");
            let hint = "split it into several functions, or keep values in a list or dict";
            self.problems.push(Problem::new(code::LIMIT, span, message).hint(hint));
            return None;
        }
        if self.code.guards.len() > 255 {
            let message = "this function has more than 255 guarded ranges (try, with)";
            self.problems.push(Problem::new(code::LIMIT, span, message).hint("split it into several functions"));
            return None;
        }
        if scope.free.len() > 250 {
            let message = "this function uses more than 250 variables of enclosing functions";
            self.problems.push(Problem::new(code::LIMIT, span, message).hint("pass them as arguments"));
            return None;
        }
        self.code.resolve();
        let handlers = self
            .code
            .guards
            .iter()
            .map(|guard| (guard.start as u16, guard.end as u16, self.code.position(guard.target) as u16))
            .collect::<Vec<_>>();
        // Nothing can show the name of a top level; the module's own name is there anyway.
        let is_module = matches!(node, Node::Module) && !self.is_made();
        let name = if is_module { self.context.name } else { scope.qualname.as_str() };
        let mut function = Function {
            words: self.code.words.len() as u16,
            name: self.out.pool.name(name),
            handlers: handlers.len() as u8,
            registers: self.highest.min(MAX_REGISTERS) as u8,
            captures: scope.free.len() as u8,
            flags: match (scope.is_generator, scope.is_coroutine) {
                (_, true) => flags::GENERATOR | flags::COROUTINE,
                (true, false) => flags::GENERATOR,
                (false, false) => 0,
            },
            ..Function::default()
        };
        let mut parameters = Vec::new();
        match node {
            Node::Function(node) => self.parameters(&node.parameters, &mut function, &mut parameters),
            Node::Lambda(node) => {
                if let Some(list) = &node.parameters {
                    self.parameters(list, &mut function, &mut parameters);
                }
            }
            Node::Class(_) => {
                function.flags |= flags::CLASS_BODY;
                function.positional = 1;
                parameters.push(self.out.pool.name(".0"));
            }
            Node::Comprehension(_) => {
                function.positional = 1;
                parameters.push(self.out.pool.name(".0"));
            }
            Node::Module if self.is_made() => {
                function.positional = 2;
                parameters.extend([GLOBALS, LOCALS].map(|name| self.out.pool.name(name)));
            }
            Node::Module => {}
        }
        function.positional_only = match node {
            Node::Class(_) | Node::Comprehension(_) => 1,
            Node::Module => function.positional,
            _ => function.positional_only,
        };
        let lowered = Lowered {
            function,
            code: self.code.words,
            handlers,
            parameters,
            positions: self.code.positions,
            name: scope.name.clone(),
            span,
            registers: self.names,
        };
        Some((index, lowered))
    }

    // --- Scopes.

    pub(super) fn scopes(&self) -> &'a [Scope] {
        &self.context.module.collected.scopes.all
    }

    /// The symbol of a name in the current scope.
    pub(super) fn symbol(&self, name: &str) -> Option<&'a Symbol> {
        let scope = &self.scopes()[self.scope];
        scope.symbol(&mangle(name, scope.class_name.as_deref()))
    }

    pub(super) fn place_of(&self, name: &str) -> Place {
        self.symbol(name).map_or(Place::Unsupported, |symbol| symbol.place)
    }

    pub(super) fn mangled<'n>(&self, name: &'n str) -> std::borrow::Cow<'n, str> {
        mangle(name, self.scopes()[self.scope].class_name.as_deref())
    }

    pub(super) fn problem(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::new(code, span, message));
    }

    // --- Registers.

    /// A new temporary.
    pub(super) fn alloc(&mut self) -> Register {
        self.window(1)
    }

    /// Consecutive temporaries.
    pub(super) fn window(&mut self, count: usize) -> Register {
        let end = usize::from(self.next) + count;
        if end > usize::from(MAX_REGISTERS) {
            // The function will be refused; any register will do until then.
            self.too_many_registers = true;
            return 0;
        }
        let first = self.next;
        self.next = end as u16;
        self.highest = self.highest.max(self.next);
        first as Register
    }

    /// Registers that are free.
    pub(super) fn room(&self) -> usize {
        usize::from(MAX_REGISTERS.saturating_sub(self.next))
    }

    /// Does a register hold a variable, so that writing it early could be seen?
    pub(super) fn is_variable(&self, register: Register) -> bool {
        u16::from(register) < self.locals || self.inline.iter().any(|(_, _, of)| *of == register)
    }

    /// A register for a result: the wanted one, else a new temporary.
    pub(super) fn result(&mut self, wanted: Option<Register>) -> Register {
        match wanted {
            Some(register) => register,
            None => self.alloc(),
        }
    }

    // --- Instructions.

    pub(super) fn constant(&mut self, constant: &Constant, wanted: Option<Register>) -> Register {
        let to = self.result(wanted);
        match constant {
            Constant::Builtin(builtin) => self.code.abx(Opcode::LoadBuiltin, to, *builtin as u16),
            Constant::Int(number) if i16::try_from(*number).is_ok() => {
                self.code.abx(Opcode::LoadInt, to, (*number as i16).cast_unsigned());
            }
            _ => {
                let index = self.out.pool.index(constant);
                self.code.abx(Opcode::LoadConst, to, index);
            }
        }
        to
    }

    pub(super) fn load_none(&mut self, to: Register) {
        self.constant(&Constant::NONE, Some(to));
    }

    pub(super) fn move_to(&mut self, to: Register, from: Register) {
        if to != from {
            self.code.abc(Opcode::Move, to, from, 0);
        }
    }

    /// Name and inline cache of an attribute access.
    pub(super) fn name_cache(&mut self, name: &str) -> u32 {
        let name = self.mangled(name);
        let index = self.out.pool.name(&name);
        if !self.code.reachable {
            return halves(index, 0);
        }
        let cache = self.out.caches;
        self.out.caches += 1;
        halves(index, cache.min(u32::from(u16::MAX)) as u16)
    }

    pub(super) fn get_attribute(&mut self, to: Register, object: Register, name: &str) {
        let extra = self.name_cache(name);
        self.code.extra(Opcode::GetAttr, to, object, 0, extra);
    }

    /// A function of the queue, by its node.
    pub(super) fn function_index(&mut self, node: Node<'a>, scope: ScopeId, proven: Vec<bool>) -> u16 {
        // A function has one scope, however often its code is written (a `finally` is, at every way out).
        let key = scope;
        if let Some(index) = self.made.get(&key).copied() {
            // Made at several places: bound only if it is so at each.
            if let Some(pending) = self.queue.iter_mut().find(|pending| pending.index == index) {
                pending.proven.iter_mut().zip(proven).for_each(|(all, one)| *all &= one);
            }
            return index;
        }
        let index = self.out.units.len().min(usize::from(u16::MAX)) as u16;
        self.out.units.push(None);
        self.made.insert(key, index);
        self.queue.push_back(Pending { index, node, scope, proven });
        index
    }

    pub(super) fn module(&mut self) {
        let module: &'a Module<'a> = self.context.module;
        if let (Some(making), [Stmt::Expr(node)]) = (module.made, module.body.as_slice())
            && making.is_expression
        {
            let value = self.operand(&node.value);
            self.return_value(value);
            return;
        }
        self.body(&module.body);
        self.bind_submodule();
    }
}
