//! Displays of tuples, lists, sets and dicts, of any length: long ones are built piece by piece.

use super::{Unit, at};
use crate::assembler::Register;
use crate::constant::Constant;
use crate::fold;
use crate::front::ast::{self, Expr};
use crate::front::{Span, Spanned, span};
use nano_wire::isa::Opcode;

/// Items that are put into registers at a time.
const PIECE: usize = 40;
/// Constant items from which a constant tuple is copied.
const COPIED: usize = 4;
/// Constant items up to which a set comes out the same whether or not it is a copy.
const UNCOPIED: usize = 4;

impl<'a> Unit<'_, 'a> {
    fn piece(&self) -> usize {
        PIECE.min(self.room().saturating_sub(10)).max(1)
    }

    pub(super) fn tuple(&mut self, items: &'a [Expr], span: Span, wanted: Option<Register>) -> Register {
        let mark = self.next;
        if items.len() <= self.piece() && !items.iter().any(Expr::is_starred_expr) {
            let first = self.row(items);
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span;
            self.code.abc(Opcode::BuildTuple, to, first, items.len() as u8);
            return to;
        }
        let list = self.alloc();
        self.items_into_list(items, span, list);
        self.next = mark;
        let to = self.result(wanted);
        self.code.abc(Opcode::ListToTuple, to, list, 0);
        to
    }

    /// Items in consecutive registers.
    fn row(&mut self, items: &'a [Expr]) -> Register {
        let first = self.next;
        for item in items {
            self.push(item);
        }
        if items.is_empty() { 0 } else { first.min(255) as Register }
    }

    pub(super) fn list(&mut self, items: &'a [Expr], span: Span, wanted: Option<Register>) -> Register {
        let mark = self.next;
        if items.len() <= self.piece()
            && !items.iter().any(Expr::is_starred_expr)
            && (items.len() < COPIED || items.iter().any(|item| fold::constant(item).is_none()))
        {
            let first = self.row(items);
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span;
            self.code.abc(Opcode::BuildList, to, first, items.len() as u8);
            return to;
        }
        let to = self.result(wanted);
        let above = self.next;
        let work = if self.is_early(to, items) { to } else { self.alloc() };
        self.items_into_list(items, span, work);
        self.move_to(to, work);
        self.next = above;
        to
    }

    /// Makes a list of items, starred ones included.
    pub(super) fn items_into_list(&mut self, items: &'a [Expr], span: Span, to: Register) {
        let mut is_made = false;
        let mut rest = items;
        while !rest.is_empty() || !is_made {
            let mark = self.next;
            if let Some((Expr::Starred(starred), behind)) = rest.split_first() {
                if !is_made {
                    self.code.span = span;
                    self.code.abc(Opcode::BuildList, to, 0, 0);
                }
                let value = self.operand(&starred.value);
                self.code.span = span;
                self.code.abc(Opcode::ListExtend, to, value, 0);
                rest = behind;
            } else {
                let constants: Vec<_> = rest.iter().map_while(fold::constant).collect();
                let plain = rest.iter().take_while(|item| !item.is_starred_expr()).count();
                let count;
                if constants.len() >= COPIED {
                    count = constants.len();
                    if !is_made {
                        self.code.span = span;
                        self.code.abc(Opcode::BuildList, to, 0, 0);
                    }
                    let value = self.constant(&Constant::Tuple(constants), None);
                    self.code.abc(Opcode::ListExtend, to, value, 0);
                } else {
                    count = plain.min(self.piece());
                    let first = self.row(&rest[..count]);
                    self.code.span = span;
                    if !is_made {
                        self.code.abc(Opcode::BuildList, to, first, count as u8);
                    } else if count == 1 {
                        self.code.abc(Opcode::ListAppend, to, first, 0);
                    } else {
                        self.code.abc(Opcode::BuildList, first, first, count as u8);
                        self.code.abc(Opcode::ListExtend, to, first, 0);
                    }
                }
                rest = &rest[count..];
            }
            is_made = true;
            self.next = mark;
        }
    }

    pub(super) fn set(&mut self, items: &'a [Expr], span: Span, wanted: Option<Register>) -> Register {
        if !is_copied(items) {
            return self.set_of(items, span, wanted);
        }
        let to = self.result(wanted);
        let above = self.next;
        let made = self.constant_set(items, span);
        self.code.abc(Opcode::BuildSet, to, 0, 0);
        self.code.abc(Opcode::SetUpdate, to, made, 0);
        self.next = above;
        to
    }

    /// What a loop walks over.
    pub(super) fn iterable(&mut self, expression: &'a Expr) -> Register {
        match expression {
            Expr::Set(node) if is_copied(&node.elts) => self.constant_set(&node.elts, expression.span()),
            _ => self.operand(expression),
        }
    }

    /// A set of constants in the order of CPython's frozenset: its compiler makes one of the items, and when it
    /// collects the constants another one of the first one's. A display copies it, a loop walks over it.
    fn constant_set(&mut self, items: &'a [Expr], span: Span) -> Register {
        let list = self.alloc();
        let above = self.next;
        let set = self.set_of(items, span, None);
        self.code.abc(Opcode::BuildList, list, 0, 0);
        self.code.abc(Opcode::ListExtend, list, set, 0);
        self.next = above;
        let again = self.alloc();
        self.code.abc(Opcode::BuildSet, again, 0, 0);
        self.code.abc(Opcode::SetUpdate, again, list, 0);
        again
    }

    /// A set of items as they come.
    pub(super) fn set_of(&mut self, items: &'a [Expr], span: Span, wanted: Option<Register>) -> Register {
        let mark = self.next;
        if items.len() <= self.piece() && !items.iter().any(Expr::is_starred_expr) {
            let first = self.row(items);
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span;
            self.code.abc(Opcode::BuildSet, to, first, items.len() as u8);
            return to;
        }
        let to = self.result(wanted);
        let above = self.next;
        let work = if self.is_early(to, items) { to } else { self.alloc() };
        self.code.span = span;
        self.code.abc(Opcode::BuildSet, work, 0, 0);
        for item in items {
            let mark = self.next;
            let (op, value) = match item {
                Expr::Starred(starred) => (Opcode::SetUpdate, self.operand(&starred.value)),
                _ => (Opcode::SetAdd, self.operand(item)),
            };
            self.code.span = span;
            self.code.abc(op, work, value, 0);
            self.next = mark;
        }
        self.move_to(to, work);
        self.next = above;
        to
    }

    pub(super) fn dict(&mut self, node: &'a ast::ExprDict, wanted: Option<Register>) -> Register {
        let span = span!(node);
        let mark = self.next;
        let piece = (self.piece() / 2).max(1);
        if node.items.len() <= piece && node.items.iter().all(|item| item.key.is_some()) {
            let first = self.pairs(&node.items);
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span;
            self.code.abc(Opcode::BuildDict, to, first, node.items.len() as u8);
            return to;
        }
        let to = self.result(wanted);
        let above = self.next;
        let parts = node.items.iter().flat_map(|item| item.key.iter().chain([&item.value]));
        let work = if self.is_early(to, parts) { to } else { self.alloc() };
        let mut rest = &node.items[..];
        let mut is_made = false;
        while let Some(item) = rest.first() {
            let mark = self.next;
            if item.key.is_some() {
                let count = rest.iter().take_while(|item| item.key.is_some()).count().min(piece);
                let first = self.pairs(&rest[..count]);
                self.code.span = span;
                if is_made && count == 1 {
                    self.code.abc(Opcode::DictInsert, work, first, at(first, 1));
                } else if is_made {
                    self.code.abc(Opcode::BuildDict, first, first, count as u8);
                    self.code.abc(Opcode::DictMerge, work, first, 0);
                } else {
                    self.code.abc(Opcode::BuildDict, work, first, count as u8);
                }
                rest = &rest[count..];
            } else {
                if !is_made {
                    self.code.span = span;
                    self.code.abc(Opcode::BuildDict, work, 0, 0);
                }
                let value = self.operand(&item.value);
                self.code.span = span;
                self.code.abc(Opcode::DictMerge, work, value, 0);
                rest = &rest[1..];
            }
            is_made = true;
            self.next = mark;
        }
        self.move_to(to, work);
        self.next = above;
        to
    }

    /// Keys and values in consecutive registers.
    fn pairs(&mut self, items: &'a [ast::DictItem]) -> Register {
        let first = self.next;
        for item in items {
            if let Some(key) = &item.key {
                self.push(key);
                self.push(&item.value);
            }
        }
        if items.is_empty() { 0 } else { first.min(255) as Register }
    }
}

/// Is a set display so long, and constant, that CPython's way of making it has a say in the order?
fn is_copied(items: &[Expr]) -> bool {
    items.len() > UNCOPIED && items.iter().all(|item| fold::constant(item).is_some())
}
