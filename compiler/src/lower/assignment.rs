//! Assignments: plain, unpacking and augmented, and `del`.

use super::operation::opcodes;
use super::{Unit, at};
use crate::assembler::Register;
use crate::diagnostic::code;
use crate::fold;
use crate::front::ast::{self, Expr};
use crate::front::{Span, Spanned, span};
use nano_wire::isa::Opcode;

/// Where a value of a parallel assignment waits.
enum Waiting {
    Register(Register),
    Constant(crate::constant::Constant),
}

impl<'a> Unit<'_, 'a> {
    /// The register of a target that is a variable in a register.
    pub(super) fn target_register(&self, target: &Expr) -> Option<Register> {
        fold::name(target).and_then(|name| self.variable_register(name))
    }

    pub(super) fn assign(&mut self, node: &'a ast::StmtAssign) {
        let mark = self.next;
        let (Some(first), value) = (node.targets.first(), &*node.value) else { return };
        if let ([Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })], Expr::Tuple(tuple)) =
            (&node.targets[..], value)
            && elts.len() == tuple.elts.len()
            && !elts.iter().chain(&tuple.elts).any(Expr::is_starred_expr)
        {
            self.assign_parallel(elts, &tuple.elts);
        } else if let Some(register) = self.target_register(first) {
            self.into(value, register);
            self.code.assigned.insert(register);
            for target in &node.targets[1..] {
                self.assign_target(target, register);
            }
        } else {
            let value = self.operand(value);
            for target in &node.targets {
                self.assign_target(target, value);
            }
        }
        self.next = mark;
    }

    /// `a, b = b, a`: no tuple is made.
    fn assign_parallel(&mut self, targets: &'a [Expr], values: &'a [Expr]) {
        let mut waiting = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            if let Some(constant) = fold::constant(value) {
                waiting.push(Waiting::Constant(constant));
                continue;
            }
            let register = self.operand(value);
            // A variable that an earlier target overwrites is read now.
            let is_overwritten = targets[..index].iter().any(|target| self.overwrites(target, register));
            waiting.push(Waiting::Register(if is_overwritten {
                let copy = self.alloc();
                self.move_to(copy, register);
                copy
            } else {
                register
            }));
        }
        for (target, value) in targets.iter().zip(waiting) {
            self.code.span = target.span();
            let mark = self.next;
            match value {
                Waiting::Register(register) => self.assign_target(target, register),
                Waiting::Constant(constant) => {
                    let wanted = self.target_register(target);
                    let register = self.constant(&constant, wanted);
                    self.assign_target(target, register);
                }
            }
            self.next = mark;
        }
    }

    fn overwrites(&self, target: &Expr, register: Register) -> bool {
        self.is_variable(register)
            && ast::helpers::any_over_expr(target, &|part| {
                fold::name(part).is_some_and(|name| self.variable_register(name) == Some(register))
            })
    }

    /// Assigns a register to a target.
    pub(super) fn assign_target(&mut self, target: &'a Expr, value: Register) {
        let mark = self.next;
        let span = target.span();
        match target {
            Expr::Name(node) => {
                self.code.span = span;
                self.store_name(&node.id, value);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts, value, span);
            }
            Expr::Attribute(node) => {
                let object = self.operand(&node.value);
                self.code.span = self.attribute_span(node);
                let extra = self.name_cache(&node.attr);
                self.code.extra(Opcode::SetAttr, object, value, 0, extra);
            }
            Expr::Subscript(node) => {
                let object = self.operand(&node.value);
                let index = self.operand(&node.slice);
                self.code.span = span;
                self.code.abc(Opcode::SetItem, object, index, value);
            }
            Expr::Starred(node) => self.assign_target(&node.value, value),
            _ => {}
        }
        self.next = mark;
    }

    fn unpack(&mut self, targets: &'a [Expr], value: Register, span: Span) {
        let count = targets.len();
        if count > 200 {
            self.problem(code::LIMIT, span, "more than 200 targets in an unpacking assignment");
            return;
        }
        let star = targets.iter().position(Expr::is_starred_expr);
        self.code.span = span;
        if star.is_none()
            && let Some(first) = targets.first().and_then(|target| self.target_register(target))
            && targets.iter().enumerate().all(|(index, target)| {
                usize::from(first) + index < 256 && self.target_register(target) == Some(at(first, index))
            })
            && !(first..=at(first, count - 1)).contains(&value)
        {
            self.code.abc(Opcode::Unpack, first, value, count as u8);
            (0..count).for_each(|index| self.code.assigned.insert(at(first, index)));
            return;
        }
        let window = self.window(count);
        match star {
            None => self.code.abc(Opcode::Unpack, window, value, count as u8),
            Some(star) => {
                let behind = (count - star - 1) as u32;
                self.code.extra(Opcode::UnpackStar, window, value, star as u8, behind);
            }
        }
        for (index, target) in targets.iter().enumerate() {
            self.assign_target(target, at(window, index));
        }
    }

    pub(super) fn augmented(&mut self, node: &'a ast::StmtAugAssign) {
        let mark = self.next;
        let whole = span!(node);
        let span = node.target.span();
        match &*node.target {
            Expr::Name(name) => {
                // A local is changed where it is, unless the value rebinds it.
                let walrus = self.symbol(&name.id).is_some_and(|symbol| symbol.is(crate::scope::flag::WALRUS));
                let place = self.variable_register(&name.id).filter(|_| !walrus);
                let old = self.load_name(&name.id, span, None);
                let to = place.unwrap_or(old);
                self.operate(node, to, old, whole);
                if place.is_none() {
                    self.code.span = span;
                    self.store_name(&name.id, to);
                }
            }
            Expr::Attribute(target) => {
                let object = self.operand(&target.value);
                let old = self.alloc();
                self.code.span = span;
                self.get_attribute(old, object, &target.attr);
                self.operate(node, old, old, whole);
                self.code.span = span;
                let extra = self.name_cache(&target.attr);
                self.code.extra(Opcode::SetAttr, object, old, 0, extra);
            }
            Expr::Subscript(target) => {
                let object = self.operand(&target.value);
                let index = self.operand(&target.slice);
                let old = self.alloc();
                self.code.span = span;
                self.code.abc(Opcode::GetItem, old, object, index);
                self.operate(node, old, old, whole);
                self.code.span = span;
                self.code.abc(Opcode::SetItem, object, index, old);
            }
            _ => {}
        }
        self.next = mark;
    }

    /// `to = old op value`, in place.
    fn operate(&mut self, node: &'a ast::StmtAugAssign, to: Register, old: Register, span: Span) {
        if let Some((op, number)) = self.immediate_in_place(node) {
            self.code.span = span;
            self.code.abc(op, to, old, number);
            return;
        }
        let value = self.operand(&node.value);
        self.code.span = span;
        let grows = node.op == ast::Operator::Add && to == old && self.growing.contains(&to);
        self.code.abc(if grows { Opcode::InplaceGrow } else { opcodes(node.op).1 }, to, old, value);
    }

    pub(super) fn delete(&mut self, target: &'a Expr) {
        let mark = self.next;
        let span = target.span();
        match target {
            Expr::Name(node) => self.delete_name(&node.id, span),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.delete(element));
            }
            Expr::Attribute(node) => {
                let object = self.operand(&node.value);
                self.code.span = span;
                let extra = self.name_cache(&node.attr);
                self.code.extra(Opcode::DeleteAttr, object, 0, 0, extra);
            }
            Expr::Subscript(node) => {
                let object = self.operand(&node.value);
                let index = self.operand(&node.slice);
                self.code.span = span;
                self.code.abc(Opcode::DeleteItem, object, index, 0);
            }
            _ => {}
        }
        self.next = mark;
    }
}
