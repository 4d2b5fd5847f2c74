//! `except*`: each clause takes its part of a group of exceptions; what is left, and what clauses raise, goes on.

use super::{Block, Unit, at};
use crate::assembler::Register;
use crate::front::ast;
use crate::front::{Spanned, span};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

impl<'a> Unit<'_, 'a> {
    pub(super) fn try_except_star(&mut self, node: &'a ast::StmtTry) {
        let bound = self.bound_in_handler();
        let region = self.region(false);
        let end = self.code.label();
        self.blocks.push(Block::Try { region });
        self.body(&node.body);
        let used = self.pop_block();
        self.body(&node.orelse);
        self.code.jump(end);
        if !used {
            self.code.place(end);
            return;
        }
        let mark = self.next;
        self.code.enter(region.target, bound);
        self.code.span = span!(node);
        // Who was handled before comes behind what was caught; then what is left of that, and what clauses raised.
        let caught = self.window(5);
        self.code.abc(Opcode::CatchBegin, caught, 0, 0);
        let cleanup = self.region(false);
        let cleanup_bound = self.bound_in_handler();
        self.blocks.push(Block::Catch { at: caught, region: cleanup });
        let state = at(caught, 2);
        self.move_to(state, caught);
        self.move_to(at(state, 1), caught);
        self.code.abc(Opcode::BuildList, at(state, 2), 0, 0);
        for handler in &node.handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            self.star_clause(handler, at(state, 1), at(state, 2));
            // `CatchEnd` makes what is in the register behind its own the handled exception: all that was caught.
            self.code.abc(Opcode::CatchEnd, at(caught, 1), 0, 0);
        }
        self.code.span = span!(node);
        let joined = self.alloc();
        self.code.extra(Opcode::CallBuiltin, state, 3, joined, Builtin::GroupJoin as u32);
        let done = self.code.label();
        self.code.jump_short(Opcode::JumpNone, joined, done);
        let used = self.pop_block();
        self.code.abc(Opcode::CatchEnd, caught, 0, 0);
        self.code.last(Opcode::Reraise, joined, 0);
        self.code.place(done);
        self.code.abc(Opcode::CatchEnd, caught, 0, 0);
        self.code.jump(end);
        if used {
            self.clean_up(cleanup.target, cleanup_bound, caught, None);
        }
        self.next = mark;
        self.code.place(end);
    }

    /// One clause: its part of the group, if there is any.
    fn star_clause(&mut self, node: &'a ast::ExceptHandlerExceptHandler, rest: Register, raised: Register) {
        let mark = self.next;
        let next = self.code.label();
        let frame = self.window(3);
        let pair = at(frame, 1);
        self.move_to(pair, rest);
        if let Some(class) = &node.type_ {
            self.into(class, at(pair, 1));
            self.code.span = class.span();
        }
        self.code.extra(Opcode::CallBuiltin, pair, 2, pair, Builtin::GroupSplit as u32);
        self.code.abc(Opcode::Unpack, pair, pair, 2);
        self.move_to(rest, at(pair, 1));
        self.code.jump_short(Opcode::JumpNone, pair, next);
        // What the clause handles, and what a naked `raise` in it raises, is its part.
        self.code.abc(Opcode::CatchEnd, frame, 0, 0);
        if let Some(name) = &node.name {
            self.store_name(name, pair);
        }
        let bound = self.bound_in_handler();
        let region = self.region(false);
        self.blocks.push(Block::Try { region });
        self.body(&node.body);
        let used = self.pop_block();
        let after = self.code.label();
        if self.code.reachable {
            self.code.jump(after);
        }
        if used {
            self.code.enter(region.target, bound);
            let inner = self.window(2);
            self.code.abc(Opcode::CatchBegin, inner, 0, 0);
            self.code.abc(Opcode::ListAppend, raised, inner, 0);
            self.code.abc(Opcode::CatchEnd, inner, 0, 0);
        }
        self.code.place(after);
        if let Some(name) = &node.name {
            self.unbind_name(name);
        }
        self.code.place(next);
        self.next = mark;
    }
}
