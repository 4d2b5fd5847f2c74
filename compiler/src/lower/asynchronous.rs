//! `await`, `async for` and `async with`: a coroutine is a generator, and waiting is a `yield from`.

use super::{Block, Unit, at};
use crate::assembler::{Label, Register};
use crate::constant::Constant;
use crate::front::ast::{self, Expr};
use crate::front::{Span, span};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

impl<'a> Unit<'_, 'a> {
    /// Waits for what a builtin makes of a register: the awaitable itself, or the next item of an iterator.
    pub(super) fn await_by(&mut self, builtin: Builtin, source: Register, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let window = self.window(2);
        self.code.extra(Opcode::CallBuiltin, source, 1, window, builtin as u32);
        self.load_none(at(window, 1));
        self.next = mark;
        let to = self.result(wanted);
        self.code.abc(Opcode::YieldFrom, to, window, 0);
        to
    }

    /// The iterator of an `async for`, in a register that is held.
    pub(super) fn async_iterator(&mut self, iter: &'a Expr, span: Span) -> Register {
        let outer = self.next;
        let source = self.operand(iter);
        self.next = outer;
        let iterator = self.alloc();
        self.code.span = span;
        self.code.extra(Opcode::CallBuiltin, source, 1, iterator, Builtin::AsyncIter as u32);
        iterator
    }

    /// `async for`: the end of the iterator is an exception.
    pub(super) fn async_for(&mut self, node: &'a ast::StmtFor) {
        let span = span!(node);
        let outer = self.next;
        let iterator = self.async_iterator(&node.iter, span);
        let end = self.code.label();
        self.async_loop(iterator, &node.target, span, Some(end), |unit| unit.body(&node.body));
        self.next = outer;
        self.body(&node.orelse);
        self.code.place(end);
    }

    /// Runs a body for every item; `end` is where a `break` leads, where there may be one.
    pub(super) fn async_loop(
        &mut self,
        iterator: Register,
        target: &'a Expr,
        span: Span,
        end: Option<Label>,
        body: impl FnOnce(&mut Self),
    ) {
        let held = self.next;
        let (top, otherwise) = (self.code.label(), self.code.label());
        self.code.assigned = self.code.assigned.without(self.volatile);
        self.code.place(top);
        let bound = self.bound_in_handler();
        let mark = self.next;
        let item = self.alloc();
        let region = self.region(false);
        self.blocks.push(Block::Try { region });
        self.await_by(Builtin::AsyncNext, iterator, Some(item));
        let used = self.pop_block();
        self.assign_target(target, item);
        self.next = mark;
        if let Some(end) = end {
            self.blocks.push(Block::Loop { break_to: end, continue_to: top, iterator: None });
        }
        body(self);
        if end.is_some() {
            self.blocks.pop();
        }
        self.code.span = span;
        if self.code.reachable {
            self.code.jump(top);
        }
        if used {
            self.code.enter(region.target, bound);
            self.code.span = span;
            let caught = self.window(2);
            self.code.abc(Opcode::CatchBegin, caught, 0, 0);
            let class = self.constant(&Constant::Builtin(Builtin::StopAsyncIteration), None);
            self.code.abc(Opcode::MatchException, class, caught, class);
            let is_end = self.code.label();
            self.code.jump_short(Opcode::JumpIf, class, is_end);
            self.end_by_raising(caught);
            self.code.place(is_end);
            self.code.abc(Opcode::CatchEnd, caught, 0, 0);
            self.code.jump(otherwise);
        }
        self.next = held;
        self.code.place(otherwise);
    }
}
