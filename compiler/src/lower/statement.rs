//! Statements, and what happens to the blocks around one that leaves them.

use super::{Block, Unit, at};
use crate::assembler::{Label, Register};
use crate::constant::Constant;
use crate::fold;
use crate::front::ast::{self, Expr, Stmt};
use crate::front::{Spanned, span};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

/// How a statement leaves the blocks around it.
#[derive(Clone, Copy)]
enum Exit {
    Jump(Label),
    /// Out of a loop whose iterator is given up.
    Break(Label, Option<Register>),
    Return(Register),
    ReturnNone,
}

impl<'a> Unit<'_, 'a> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            // What cannot be reached is not compiled; its names were noted before.
            if !self.code.reachable || self.code.is_full() {
                return;
            }
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        let mark = self.next;
        self.code.span = statement.span();
        match statement {
            Stmt::Expr(node) => {
                if fold::constant(&node.value).is_none() {
                    self.operand(&node.value);
                }
            }
            Stmt::Assign(node) => self.assign(node),
            Stmt::AugAssign(node) => self.augmented(node),
            Stmt::AnnAssign(node) => {
                if let Some(value) = &node.value {
                    match self.target_register(&node.target) {
                        Some(register) => {
                            self.into(value, register);
                            self.code.assigned.insert(register);
                        }
                        None => {
                            let value = self.operand(value);
                            self.assign_target(&node.target, value);
                        }
                    }
                }
            }
            Stmt::If(node) => self.if_statement(node),
            Stmt::Match(node) => self.match_statement(node),
            Stmt::While(node) => self.while_loop(node),
            Stmt::For(node) if node.is_async => self.async_for(node),
            Stmt::For(node) => self.for_loop(node),
            Stmt::Return(node) => self.return_statement(node),
            Stmt::Break(_) => self.leave_loop(true),
            Stmt::Continue(_) => self.leave_loop(false),
            Stmt::FunctionDef(node) => self.define_function(node),
            Stmt::ClassDef(node) => self.define_class(node),
            Stmt::Try(node) => self.try_statement(node),
            Stmt::With(node) => self.with_items(&node.items, &node.body, span!(node), node.is_async),
            Stmt::Raise(node) => self.raise(node),
            Stmt::Assert(node) => self.assert(node),
            Stmt::Delete(node) => node.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Import(node) => self.import(node),
            Stmt::ImportFrom(node) => self.import_from(node),
            // The rest has no code, or was refused before.
            _ => {}
        }
        self.next = mark;
    }

    fn if_statement(&mut self, node: &'a ast::StmtIf) {
        let end = self.code.label();
        let mut at = span!(node);
        let mut test = Some(&*node.test);
        let mut body = &node.body;
        let mut clauses = node.elif_else_clauses.iter().peekable();
        loop {
            let next = self.code.label();
            if let Some(test) = test {
                self.code.span = at;
                self.branch(test, next, false);
            }
            self.body(body);
            let following = clauses.next();
            if following.is_some() {
                self.code.jump(end);
            }
            self.code.place(next);
            match following {
                Some(clause) => (test, body, at) = (clause.test.as_ref(), &clause.body, span!(clause)),
                None => break,
            }
        }
        self.code.place(end);
    }

    fn raise(&mut self, node: &'a ast::StmtRaise) {
        let span = span!(node);
        let Some(exception) = &node.exc else {
            self.code.last(Opcode::RaiseCurrent, 0, 0);
            return;
        };
        let exception = self.operand(exception);
        match &node.cause {
            Some(cause) => {
                let cause = self.operand(cause);
                self.code.span = span;
                self.code.last(Opcode::RaiseFrom, exception, cause);
            }
            None => {
                self.code.span = span;
                self.code.last(Opcode::Raise, exception, 0);
            }
        }
    }

    fn assert(&mut self, node: &'a ast::StmtAssert) {
        let passed = self.code.label();
        self.branch(&node.test, passed, true);
        let at = self.code.span;
        if self.code.reachable {
            let exception = match &node.msg {
                Some(message) => {
                    let value = self.operand(message);
                    let to = self.alloc();
                    self.code.span = at;
                    self.code.extra(Opcode::CallBuiltin, value, 1, to, Builtin::AssertionError as u32);
                    to
                }
                None => self.constant(&Constant::Builtin(Builtin::AssertionError), None),
            };
            self.code.span = at;
            self.code.last(Opcode::Raise, exception, 0);
        }
        self.code.place(passed);
    }

    // --- Leaving blocks.

    /// Is the current place within a guarded range of this unit?
    pub(super) fn is_guarded(&self) -> bool {
        self.blocks.iter().any(|block| !matches!(block, Block::Loop { .. }))
    }

    fn return_statement(&mut self, node: &'a ast::StmtReturn) {
        let span = span!(node);
        let value = node.value.as_deref();
        let known = value.map_or(Some(Constant::NONE), fold::constant);
        if let Some(constant) = known {
            // Nothing has to be kept while the blocks are left.
            if constant == Constant::NONE {
                self.leave(0, Exit::ReturnNone);
            } else {
                let count = self.blocks.len();
                let left = self.leave_blocks(0);
                let to = self.constant(&constant, None);
                self.code.span = span;
                self.code.last(Opcode::Return, to, 0);
                self.enter_blocks(left);
                debug_assert_eq!(count, self.blocks.len());
            }
            return;
        }
        let Some(value) = value else { return };
        let keep = self.blocks.iter().find_map(|block| match block {
            Block::With { keep, .. } => *keep,
            _ => None,
        });
        let runs_code = self.blocks.iter().any(|block| matches!(block, Block::Finally { .. } | Block::Named { .. }));
        let register = match keep {
            Some(keep) => {
                self.into(value, keep);
                keep
            }
            None => {
                let register = self.operand(value);
                if runs_code && self.is_variable(register) {
                    let copy = self.alloc();
                    self.move_to(copy, register);
                    copy
                } else {
                    register
                }
            }
        };
        self.code.span = span;
        self.leave(0, Exit::Return(register));
    }

    /// Returns a register from where no block has to be left.
    pub(super) fn return_value(&mut self, value: Register) {
        self.code.last(Opcode::Return, value, 0);
    }

    fn leave_loop(&mut self, is_break: bool) {
        let found = self.blocks.iter().enumerate().rev().find_map(|(index, block)| match block {
            Block::Loop { break_to, iterator, .. } if is_break => Some((index, Exit::Break(*break_to, *iterator))),
            Block::Loop { continue_to, .. } => Some((index, Exit::Jump(*continue_to))),
            _ => None,
        });
        if let Some((index, exit)) = found {
            self.leave(index + 1, exit);
        }
    }

    fn leave(&mut self, depth: usize, exit: Exit) {
        let span = self.code.span;
        let left = self.leave_blocks(depth);
        self.code.span = span;
        match exit {
            Exit::Jump(label) => self.code.jump(label),
            Exit::Break(label, iterator) => {
                if let Some(iterator) = iterator {
                    self.code.abc(Opcode::Unbind, iterator, 0, 0);
                }
                self.code.jump(label);
            }
            Exit::Return(register) => self.code.last(Opcode::Return, register, 0),
            Exit::ReturnNone => self.code.last(Opcode::ReturnNone, 0, 0),
        }
        self.enter_blocks(left);
    }

    /// Does what leaving all blocks above `depth` takes, innermost first; their ranges have a gap here.
    fn leave_blocks(&mut self, depth: usize) -> Vec<Block<'a>> {
        let mut left = Vec::new();
        // An exit call overwrites what stands above it, constants of a loop that is being left among it.
        let hoisted = std::mem::take(&mut self.hoisted);
        while self.blocks.len() > depth {
            let Some(mut block) = self.blocks.pop() else { break };
            self.close_region(&mut block);
            match &block {
                Block::Finally { body, .. } => self.body(body),
                Block::Catch { at, .. } => self.code.abc(Opcode::CatchEnd, *at, 0, 0),
                Block::Named { name, .. } => self.unbind_name(name),
                Block::With { window, is_async, .. } => self.exit_with(*window, *is_async),
                // What is still to be left comes after the end of what the loop ran over.
                Block::Loop { iterator: Some(iterator), .. }
                    if self.blocks.iter().any(|block| matches!(block, Block::With { .. } | Block::Finally { .. })) =>
                {
                    self.code.abc(Opcode::Unbind, *iterator, 0, 0);
                }
                Block::Loop { .. } | Block::Try { .. } => {}
            }
            left.push(block);
        }
        self.hoisted = hoisted;
        left
    }

    /// Back in the blocks that were left.
    fn enter_blocks(&mut self, left: Vec<Block<'a>>) {
        let here = self.code.here();
        for mut block in left.into_iter().rev() {
            if let Some(region) = block.region() {
                region.start = here;
            }
            self.blocks.push(block);
        }
    }

    /// Ends the guarded range of a block at the current place.
    pub(super) fn close_region(&mut self, block: &mut Block<'a>) {
        let here = self.code.here();
        if let Some(region) = block.region() {
            if region.start < here && !region.ignored {
                region.used = true;
                self.code.guard(region.start, here, region.target);
            }
            region.start = here;
        }
    }

    /// `__exit__(None, None, None)` of a `with`.
    fn exit_with(&mut self, window: Register, is_async: bool) {
        for offset in 4..7 {
            self.load_none(at(window, offset));
        }
        self.code.abc(Opcode::CallMethod, window, 3, window);
        if is_async {
            self.await_exit(window);
        }
    }
}

impl Block<'_> {
    pub(super) fn region(&mut self) -> Option<&mut super::Region> {
        match self {
            Block::Loop { .. } => None,
            Block::Try { region }
            | Block::Finally { region, .. }
            | Block::Catch { region, .. }
            | Block::Named { region, .. }
            | Block::With { region, .. } => Some(region),
        }
    }
}

/// Does a body return a value that has to be kept? Functions inside it don't count.
pub(super) fn returns_value(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Return(node) => node.value.as_deref().is_some_and(|value: &Expr| fold::constant(value).is_none()),
        Stmt::If(node) => {
            returns_value(&node.body) || node.elif_else_clauses.iter().any(|clause| returns_value(&clause.body))
        }
        Stmt::For(node) => returns_value(&node.body) || returns_value(&node.orelse),
        Stmt::While(node) => returns_value(&node.body) || returns_value(&node.orelse),
        Stmt::With(node) => returns_value(&node.body),
        Stmt::Match(node) => node.cases.iter().any(|case| returns_value(&case.body)),
        Stmt::Try(node) => {
            returns_value(&node.body)
                || returns_value(&node.orelse)
                || returns_value(&node.finalbody)
                || node.handlers.iter().any(|handler| {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    returns_value(&handler.body)
                })
        }
        _ => false,
    })
}
