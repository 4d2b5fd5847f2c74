//! `with`: the exit function and its manager wait in a call window of their own below the body's temporaries.

use super::statement::returns_value;
use super::{Block, Unit, at};
use crate::assembler::Register;
use crate::front::Span;
use crate::front::ast::{self, Stmt};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

impl<'a> Unit<'_, 'a> {
    /// Waits for what an asynchronous exit gave, within its window.
    pub(super) fn await_exit(&mut self, window: Register) {
        self.code.extra(Opcode::CallBuiltin, window, 1, at(window, 1), Builtin::Await as u32);
        self.load_none(at(window, 2));
        self.code.abc(Opcode::YieldFrom, window, at(window, 1), 0);
    }

    pub(super) fn with_items(
        &mut self,
        items: &'a [ast::WithItem],
        body: &'a [Stmt],
        at_statement: Span,
        is_async: bool,
    ) {
        let Some((item, rest)) = items.split_first() else {
            self.body(body);
            return;
        };
        let outer = self.next;
        // The exception and the one before; a value that is returned; the exit window. The exit call overwrites all
        // registers from its arguments on, so what must survive it stands below.
        let caught = self.window(2);
        let has_keep = self.blocks.iter().any(|block| matches!(block, Block::With { .. }));
        let keep = (!has_keep && returns_value(body)).then(|| self.alloc());
        let window = self.window(7);
        let mark = self.next;
        let manager = self.operand(&item.context_expr);
        let enter = self.window(4);
        self.code.span = at_statement;
        let (enter_name, exit_name) = if is_async { ("__aenter__", "__aexit__") } else { ("__enter__", "__exit__") };
        let extra = self.name_cache(enter_name);
        self.code.extra(Opcode::LoadTypeMethod, enter, manager, 0, extra);
        let extra = self.name_cache(exit_name);
        self.code.extra(Opcode::LoadTypeMethod, window, manager, 0, extra);
        let target = item.optional_vars.as_deref();
        let direct = target.and_then(|target| self.target_register(target));
        self.next = mark;
        let value = match direct {
            Some(register) => register,
            None => self.alloc(),
        };
        if is_async {
            self.code.abc(Opcode::CallMethod, enter, 0, enter);
            let above = self.next;
            self.next = self.next.max(u16::from(enter) + 4);
            self.await_by(Builtin::Await, enter, Some(value));
            self.next = above;
        } else {
            self.code.abc(Opcode::CallMethod, enter, 0, value);
        }
        if direct.is_some() {
            self.code.assigned.insert(value);
        }
        let bound = self.bound_in_handler();
        let region = self.region(false);
        self.blocks.push(Block::With { window, keep, region, is_async });
        if let (Some(target), None) = (target, direct) {
            self.assign_target(target, value);
        }
        self.next = mark;
        self.with_items(rest, body, at_statement, is_async);
        let used = self.pop_block();
        self.next = mark;
        let end = self.code.label();
        if self.code.reachable {
            self.code.span = at_statement;
            for offset in 4..7 {
                self.load_none(at(window, offset));
            }
            self.code.abc(Opcode::CallMethod, window, 3, window);
            if is_async {
                self.await_exit(window);
            }
            self.code.jump(end);
        }
        if used {
            self.code.enter(region.target, bound);
            self.code.span = at_statement;
            self.code.abc(Opcode::CatchBegin, caught, 0, 0);
            let cleanup = self.region(false);
            self.blocks.push(Block::Catch { at: caught, region: cleanup });
            self.code.extra(Opcode::CallBuiltin, caught, 1, at(window, 4), Builtin::TypeType as u32);
            self.move_to(at(window, 5), caught);
            self.get_attribute(at(window, 6), caught, "__traceback__");
            self.code.abc(Opcode::CallMethod, window, 3, window);
            if is_async {
                self.await_exit(window);
            }
            let suppressed = self.code.label();
            self.code.jump_short(Opcode::JumpIf, window, suppressed);
            let used = self.pop_block();
            self.end_by_raising(caught);
            self.code.place(suppressed);
            self.code.abc(Opcode::CatchEnd, caught, 0, 0);
            self.code.jump(end);
            if used {
                self.clean_up(cleanup.target, bound, caught, None);
            }
        }
        self.code.place(end);
        self.next = outer;
    }
}
