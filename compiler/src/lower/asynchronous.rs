//! `await`, `async for` and `async with`: a coroutine is a generator, and waiting is a `yield from`.

use super::{Block, Unit, at};
use crate::assembler::Register;
use crate::constant::Constant;
use crate::front::ast;
use crate::front::span;
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

    /// `async for`: the end of the iterator is an exception.
    pub(super) fn async_for(&mut self, node: &'a ast::StmtFor) {
        let span = span!(node);
        let outer = self.next;
        let source = self.operand(&node.iter);
        self.next = outer;
        let iterator = self.alloc();
        self.code.span = span;
        self.code.extra(Opcode::CallBuiltin, source, 1, iterator, Builtin::AsyncIter as u32);
        let (top, otherwise, end) = (self.code.label(), self.code.label(), self.code.label());
        self.code.assigned = self.code.assigned.without(self.volatile);
        self.code.place(top);
        let bound = self.bound_in_handler();
        let mark = self.next;
        let item = self.alloc();
        let region = self.region(false);
        self.blocks.push(Block::Try { region });
        self.await_by(Builtin::AsyncNext, iterator, Some(item));
        let used = self.pop_block();
        self.assign_target(&node.target, item);
        self.next = mark;
        self.blocks.push(Block::Loop { break_to: end, continue_to: top });
        self.body(&node.body);
        self.blocks.pop();
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
        self.next = outer;
        self.code.place(otherwise);
        self.body(&node.orelse);
        self.code.place(end);
    }
}
