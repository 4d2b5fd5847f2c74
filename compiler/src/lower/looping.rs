//! Loops: tested at the bottom, with counted loops over `range`.

use super::{Block, Unit, at};
use crate::assembler::Register;
use crate::constant::Constant;
use crate::front::ast::{self, Expr};
use crate::front::{Span, Spanned, span};
use crate::scope::Place;
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

/// What a loop takes its items from: registers held while it runs.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Iterator(Register),
    Range(Register),
}

impl<'a> Unit<'_, 'a> {
    pub(super) fn while_loop(&mut self, node: &'a ast::StmtWhile) {
        let hoisted = self.hoist_constants(&node.body, &[&node.test]);
        self.code.span = span!(node);
        let growing = self.grow_in(&node.body, &[&node.test]);
        self.while_statement(node);
        self.forget_growing(growing);
        self.forget_constants(hoisted);
    }

    fn while_statement(&mut self, node: &'a ast::StmtWhile) {
        // What a loop may unbind is unknown at its head.
        self.code.assigned = self.code.assigned.without(self.volatile);
        let (body, check, otherwise, end) =
            (self.code.label(), self.code.label(), self.code.label(), self.code.label());
        let block = Block::Loop { break_to: end, continue_to: check, iterator: None };
        match self.known(&node.test) {
            Some(true) => {
                self.code.place(check);
                self.blocks.push(block);
                self.body(&node.body);
                self.blocks.pop();
                self.code.span = node.test.span();
                self.code.jump(check);
            }
            Some(false) => self.body(&node.orelse),
            None => {
                let rebinds = self.has_walrus
                    && ast::helpers::any_over_expr(&node.test, &|part: &Expr| matches!(part, Expr::Named(_)));
                self.code.span = span!(node);
                if rebinds {
                    // The body sees what the test binds: it is tested before, too.
                    self.branch(&node.test, otherwise, false);
                } else {
                    self.code.jump(check);
                }
                let assigned = self.code.assigned;
                self.code.enter(body, assigned);
                self.blocks.push(block);
                self.body(&node.body);
                self.blocks.pop();
                self.code.place(check);
                self.code.span = span!(node);
                self.branch(&node.test, body, true);
                self.code.place(otherwise);
                self.body(&node.orelse);
            }
        }
        self.code.place(end);
    }

    pub(super) fn for_loop(&mut self, node: &'a ast::StmtFor) {
        let end = self.code.label();
        let hoisted = self.hoist_constants(&node.body, &[]);
        let span = span!(node);
        let source = self.loop_source(&node.iter, span);
        let growing = self.grow_in(&node.body, &[&node.target]);
        let owned = self.may_be_owned(&node.iter);
        self.loop_over(source, &node.target, span, Some((end, owned)), |unit| unit.body(&node.body));
        self.forget_growing(growing);
        self.forget_constants(hoisted);
        self.body(&node.orelse);
        self.code.place(end);
    }

    /// Prepares what a loop runs over. Errors belong to the whole loop, as in CPython.
    pub(super) fn loop_source(&mut self, iter: &'a Expr, span: Span) -> Source {
        if let Some(arguments) = self.range_arguments(iter) {
            let window = self.window(3);
            let (start, stop, step) = match arguments {
                [stop] => (None, stop, None),
                [start, stop] => (Some(start), stop, None),
                [start, stop, step] => (Some(start), stop, Some(step)),
                _ => (None, iter, None),
            };
            self.code.span = iter.span();
            match start {
                Some(start) => self.into(start, window),
                None => {
                    self.constant(&Constant::Int(0), Some(window));
                }
            }
            self.into(stop, at(window, 1));
            match step {
                Some(step) => self.into(step, at(window, 2)),
                None => {
                    self.constant(&Constant::Int(1), Some(at(window, 2)));
                }
            }
            // What `range` refuses is refused at its call.
            self.code.span = iter.span();
            return Source::Range(window);
        }
        let mark = self.next;
        let source = match iter {
            // A list that nobody else can see need not be one.
            Expr::List(list) if !list.elts.is_empty() => {
                match list.elts.iter().map(crate::fold::constant).collect::<Option<Vec<_>>>() {
                    Some(items) => self.constant(&Constant::Tuple(items), None),
                    None => self.operand(iter),
                }
            }
            _ => self.iterable(iter),
        };
        self.next = mark;
        let iterator = self.alloc();
        self.code.span = span;
        self.code.abc(Opcode::GetIter, iterator, source, 0);
        Source::Iterator(iterator)
    }

    /// The arguments of a call of the builtin `range`, where a counted loop can do it.
    pub(super) fn range_arguments<'e>(&self, iter: &'e Expr) -> Option<&'e [Expr]> {
        let Expr::Call(call) = iter else { return None };
        let Expr::Name(name) = &*call.func else { return None };
        let arguments = &*call.arguments.args;
        let plain = call.arguments.keywords.is_empty()
            && (1..=3).contains(&arguments.len())
            && !arguments.iter().any(Expr::is_starred_expr);
        (plain && self.place_of(&name.id) == Place::Builtin(Builtin::RangeType)).then_some(arguments)
    }

    /// The loop itself. With `end` it is a loop statement, which `break` leaves to there; whether nothing else may refer
    /// to its iterator.
    pub(super) fn loop_over(
        &mut self,
        source: Source,
        target: &'a Expr,
        span: Span,
        end: Option<(crate::assembler::Label, bool)>,
        body: impl FnOnce(&mut Self),
    ) {
        self.code.assigned = self.code.assigned.without(self.volatile);
        let (top, check) = (self.code.label(), self.code.label());
        let mark = self.next;
        let direct = self.target_register(target);
        let item = match direct {
            Some(register) => register,
            None => self.alloc(),
        };
        let before = self.code.assigned;
        match source {
            Source::Range(window) => self.code.jump_short(Opcode::RangePrepare, window, check),
            Source::Iterator(_) => self.code.jump(check),
        }
        self.code.enter(top, before);
        match direct {
            Some(register) => self.code.assigned.insert(register),
            None => {
                self.assign_target(target, item);
                // The item is not needed once it is stored.
                self.next = mark;
            }
        }
        if let Some((end, owned)) = end {
            let iterator = match source {
                Source::Iterator(iterator) if owned => Some(iterator),
                _ => None,
            };
            self.blocks.push(Block::Loop { break_to: end, continue_to: check, iterator });
        }
        body(self);
        if end.is_some() {
            self.blocks.pop();
        }
        self.code.place(check);
        self.code.span = span;
        match source {
            Source::Range(window) => self.code.jump_extra(Opcode::ForRange, window, item, 0, top),
            Source::Iterator(iterator) => self.code.jump_extra(Opcode::ForIter, iterator, item, 0, top),
        }
        self.next = mark;
    }
}
