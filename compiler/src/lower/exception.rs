//! `try`: guarded ranges, handlers, and `finally` bodies copied to every exit.
//!
//! A handler that is left by an exception must restore which exception is being handled, so its own code is guarded
//! too, by a short clean-up; where nothing in it can raise there is none.

use super::{Block, Region, Unit};
use crate::assembler::{Assigned, Label, Register};
use crate::constant::Constant;
use crate::fold;
use crate::front::ast::{self, Expr, Stmt};
use crate::front::{Spanned, span};
use crate::scope::Place;
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

impl<'a> Unit<'_, 'a> {
    /// A guarded range that begins here.
    pub(super) fn region(&mut self, ignored: bool) -> Region {
        let target = self.code.label();
        Region { start: self.code.here(), target, used: false, ignored, expects_import_error: false }
    }

    /// Leaves the innermost block by falling out of it; says whether its handler can be reached.
    pub(super) fn pop_block(&mut self) -> bool {
        let Some(mut block) = self.blocks.pop() else { return false };
        self.close_region(&mut block);
        block.region().is_some_and(|region| region.used)
    }

    /// What surely is bound when a handler of the range that starts here begins.
    pub(super) fn bound_in_handler(&self) -> Assigned {
        self.code.assigned.without(self.volatile)
    }

    pub(super) fn try_statement(&mut self, node: &'a ast::StmtTry) {
        if node.finalbody.is_empty() {
            self.try_except(node);
            return;
        }
        let bound = self.bound_in_handler();
        let region = self.region(false);
        let end = self.code.label();
        self.blocks.push(Block::Finally { body: &node.finalbody, region });
        if node.handlers.is_empty() {
            self.body(&node.body);
            self.body(&node.orelse);
        } else {
            self.try_except(node);
        }
        let used = self.pop_block();
        self.body(&node.finalbody);
        self.code.jump(end);
        if used {
            let mark = self.next;
            self.code.enter(region.target, bound);
            let at = self.window(2);
            self.code.span = node.finalbody.first().map_or(span!(node), Spanned::span);
            self.code.abc(Opcode::CatchBegin, at, 0, 0);
            let cleanup = self.region(self.is_quiet(&node.finalbody));
            let bound = self.bound_in_handler();
            self.blocks.push(Block::Catch { at, region: cleanup });
            self.body(&node.finalbody);
            let used = self.pop_block();
            self.end_by_raising(at);
            if used {
                self.clean_up(cleanup.target, bound, at, None);
            }
            self.next = mark;
        }
        self.code.place(end);
    }

    /// `catch_end` and `reraise`.
    pub(super) fn end_by_raising(&mut self, at: Register) {
        self.code.abc(Opcode::CatchEnd, at, 0, 0);
        self.code.last(Opcode::Reraise, at, 0);
    }

    /// The handler of a handler: an exception leaves it.
    pub(super) fn clean_up(&mut self, target: Label, bound: Assigned, at: Register, name: Option<&str>) {
        self.code.enter(target, bound);
        let mark = self.next;
        let inner = self.window(2);
        self.code.abc(Opcode::CatchBegin, inner, 0, 0);
        if let Some(name) = name {
            self.unbind_name(name);
        }
        self.code.abc(Opcode::CatchEnd, at, 0, 0);
        self.code.last(Opcode::Reraise, inner, 0);
        self.next = mark;
    }

    fn try_except(&mut self, node: &'a ast::StmtTry) {
        if node.is_star {
            self.try_except_star(node);
            return;
        }
        let bound = self.bound_in_handler();
        let mut region = self.region(false);
        region.expects_import_error = super::import::expects_import_error(node);
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
        let at = self.window(2);
        self.code.span = node.handlers.first().map_or(span!(node), |handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            let span = span!(handler);
            handler.type_.as_deref().map_or(span, Spanned::span)
        });
        self.code.abc(Opcode::CatchBegin, at, 0, 0);
        let quiet = node.handlers.iter().all(|handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            handler.type_.as_deref().is_none_or(|class| self.exception_classes(class).is_some())
                && self.is_quiet(&handler.body)
        });
        let mut cleanup = self.region(quiet);
        cleanup.expects_import_error = region.expects_import_error;
        let cleanup_bound = self.bound_in_handler();
        self.blocks.push(Block::Catch { at, region: cleanup });
        for handler in &node.handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            if !self.code.reachable {
                break;
            }
            self.handler(handler, at, end);
        }
        let used = self.pop_block();
        self.end_by_raising(at);
        if used {
            self.clean_up(cleanup.target, cleanup_bound, at, None);
        }
        self.next = mark;
        self.code.place(end);
    }

    /// One `except` clause.
    fn handler(&mut self, node: &'a ast::ExceptHandlerExceptHandler, at: Register, end: Label) {
        let next = self.code.label();
        if let Some(class) = &node.type_ {
            let mark = self.next;
            let classes = match self.exception_classes(class) {
                Some(classes) => {
                    self.code.span = class.span();
                    self.constant(&classes, None)
                }
                None => self.operand(class),
            };
            let matches = self.alloc();
            self.code.span = span!(node);
            self.code.abc(Opcode::MatchException, matches, at, classes);
            self.code.jump_short(Opcode::JumpIfNot, matches, next);
            self.next = mark;
        }
        let Some(name) = &node.name else {
            self.body(&node.body);
            self.end_handler(at, end);
            self.code.place(next);
            return;
        };
        self.code.span = span!(name);
        self.store_name(name, at);
        // Who would see that the name still is bound after an exception? Not the caller of a dead frame.
        let is_seen = !matches!(self.place_of(name), Place::Local(_))
            || self.blocks.iter().rev().skip(1).any(|block| !matches!(block, Block::Loop { .. }));
        let region = self.region(!is_seen);
        let bound = self.bound_in_handler();
        self.blocks.push(Block::Named { name, region });
        self.body(&node.body);
        let used = self.pop_block();
        if self.code.reachable {
            self.unbind_name(name);
        }
        self.end_handler(at, end);
        if used {
            // Its own clean-up is not guarded by the handlers' one, which does less.
            let Some(mut block) = self.blocks.pop() else { return };
            self.close_region(&mut block);
            self.clean_up(region.target, bound, at, Some(name));
            self.reopen(block);
        }
        self.code.place(next);
    }

    /// The normal end of a handler.
    fn end_handler(&mut self, at: Register, end: Label) {
        let Some(mut block) = self.blocks.pop() else { return };
        self.close_region(&mut block);
        self.code.abc(Opcode::CatchEnd, at, 0, 0);
        self.code.jump(end);
        self.reopen(block);
    }

    fn reopen(&mut self, mut block: Block<'a>) {
        let here = self.code.here();
        if let Some(region) = block.region() {
            region.start = here;
        }
        self.blocks.push(block);
    }

    /// Builtin exception classes that an `except` names: a constant.
    fn exception_classes(&self, class: &Expr) -> Option<Constant> {
        match class {
            Expr::Name(node) => match self.place_of(&node.id) {
                Place::Builtin(builtin) | Place::Import(builtin, _) if builtin.is_exception() => {
                    Some(Constant::Builtin(builtin))
                }
                _ => None,
            },
            Expr::Attribute(node) => {
                let module = self.builtin_module(&node.value)?;
                let member: Builtin = crate::names::member(module, &node.attr)?;
                member.is_exception().then_some(Constant::Builtin(member))
            }
            Expr::Tuple(node) => {
                let items = node.elts.iter().map(|item| match item {
                    Expr::Tuple(_) => None,
                    other => self.exception_classes(other),
                });
                Some(Constant::Tuple(items.collect::<Option<_>>()?))
            }
            _ => None,
        }
    }

    /// Can no statement of a body raise? Only the simplest are known.
    fn is_quiet(&self, body: &[Stmt]) -> bool {
        body.iter().all(|statement| match statement {
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {
                // Leaving a loop may run code of blocks in between.
                !self.blocks.iter().any(|block| matches!(block, Block::Finally { .. } | Block::With { .. }))
            }
            Stmt::Return(node) => {
                node.value.as_deref().is_none_or(|value| self.is_quiet_value(value))
                    && !self.blocks.iter().any(|block| matches!(block, Block::Finally { .. } | Block::With { .. }))
            }
            Stmt::Assign(node) => {
                self.is_quiet_value(&node.value)
                    && node.targets.iter().all(|target| {
                        fold::name(target)
                            .is_some_and(|name| matches!(self.place_of(name), Place::Local(_) | Place::Global(_)))
                    })
            }
            Stmt::Expr(node) => fold::constant(&node.value).is_some(),
            _ => false,
        })
    }

    fn is_quiet_value(&self, value: &Expr) -> bool {
        fold::constant(value).is_some()
            || fold::name(value).is_some_and(|name| match self.place_of(name) {
                Place::Local(register) => self.code.assigned.contains(register) && !self.volatile.contains(register),
                _ => false,
            })
    }
}
