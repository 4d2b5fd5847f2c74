//! Conditions: jumps that compare, without a truth value in between.

use super::Unit;
use crate::assembler::{Label, Register};
use crate::fold;
use crate::front::ast::{self, BoolOp, CmpOp, Expr, UnaryOp};
use crate::front::span;
use nano_wire::isa::Opcode;

impl<'a> Unit<'_, 'a> {
    /// The value of a condition that is known.
    pub(super) fn known(&self, test: &Expr) -> Option<bool> {
        if let Some(constant) = fold::constant(test) {
            return Some(constant.truth());
        }
        match test {
            // `if __name__ == "__main__":`
            Expr::Compare(node) if node.ops.len() == 1 => {
                let name = fold::name(&node.left)?;
                let crate::constant::Constant::Str(text) = fold::constant(&node.comparators[0])? else { return None };
                if self.place_of(name) != crate::scope::Place::ModuleName {
                    return None;
                }
                match node.ops[0] {
                    CmpOp::Eq => Some(text == self.context.name),
                    CmpOp::NotEq => Some(text != self.context.name),
                    _ => None,
                }
            }
            Expr::UnaryOp(node) if node.op == UnaryOp::Not => self.known(&node.operand).map(|known| !known),
            _ => None,
        }
    }

    /// Jumps to `target` when the truth of the condition is `when`; falls through otherwise.
    ///
    /// A value's own truth belongs to what stands in `code.span`, the statement; comparisons to themselves, and what
    /// follows one in the statement to it as well. That is where CPython puts its carets.
    pub(super) fn branch(&mut self, test: &'a Expr, target: Label, when: bool) {
        let at = self.code.span;
        if let Some(known) = self.known(test) {
            if known == when {
                self.code.jump(target);
            }
            return;
        }
        let mark = self.next;
        match test {
            Expr::UnaryOp(node) if node.op == UnaryOp::Not => self.branch(&node.operand, target, !when),
            Expr::BoolOp(node) => {
                let Some((last, first)) = node.values.split_last() else { return };
                if (node.op == BoolOp::And) == when {
                    // All values must agree; one that doesn't skips the jump.
                    let skip = self.code.label();
                    for value in first {
                        self.branch(value, skip, !when);
                    }
                    self.branch(last, target, when);
                    self.code.place(skip);
                } else {
                    for value in &node.values {
                        self.branch(value, target, when);
                    }
                }
            }
            Expr::Compare(node) => {
                self.branch_compare(node, target, when);
                self.code.span = span!(node);
            }
            _ => {
                let value = self.operand(test);
                self.code.span = at;
                self.code.jump_short(if when { Opcode::JumpIf } else { Opcode::JumpIfNot }, value, target);
            }
        }
        self.next = mark;
    }

    fn branch_compare(&mut self, node: &'a ast::ExprCompare, target: Label, when: bool) {
        let count = node.ops.len();
        let mut left = self.operand(&node.left);
        let skip = self.code.label();
        for (index, (op, right)) in node.ops.iter().zip(&node.comparators).enumerate() {
            let is_last = index + 1 == count;
            // A comparison in the middle of a chain that fails decides.
            let (target, when) = match (is_last, when) {
                (true, _) => (target, when),
                (false, false) => (target, false),
                (false, true) => (skip, false),
            };
            left = self.jump_compare(node, *op, left, right, is_last, target, when);
        }
        self.code.place(skip);
    }

    /// One comparison and its jump; gives the register of the right side.
    #[allow(clippy::too_many_arguments)]
    fn jump_compare(
        &mut self,
        node: &'a ast::ExprCompare,
        op: CmpOp,
        left: Register,
        right: &'a Expr,
        is_last: bool,
        target: Label,
        when: bool,
    ) -> Register {
        let at = span!(node);
        if is_last {
            if right.is_none_literal_expr() && matches!(op, CmpOp::Is | CmpOp::IsNot) {
                let jump = if (op == CmpOp::Is) == when { Opcode::JumpNone } else { Opcode::JumpNotNone };
                self.code.span = at;
                self.code.jump_short(jump, left, target);
                return left;
            }
            let immediate = match op {
                CmpOp::Lt => Some(Opcode::JumpLessInt),
                CmpOp::LtE => Some(Opcode::JumpLessEqualInt),
                CmpOp::Eq => Some(Opcode::JumpEqualInt),
                CmpOp::NotEq => Some(Opcode::JumpNotEqualInt),
                CmpOp::Gt => Some(Opcode::JumpGreaterInt),
                CmpOp::GtE => Some(Opcode::JumpGreaterEqualInt),
                _ => None,
            };
            if let (Some(jump), Some(number)) = (immediate, fold::constant(right).and_then(|value| value.as_i8())) {
                self.code.span = at;
                self.code.jump_extra(jump, left, number.cast_unsigned(), u8::from(when), target);
                return left;
            }
        }
        let right = if is_last { self.membership(op, right) } else { self.operand(right) };
        let (jump, when) = match op {
            CmpOp::Lt => (Opcode::JumpLess, when),
            CmpOp::LtE => (Opcode::JumpLessEqual, when),
            CmpOp::Eq => (Opcode::JumpEqual, when),
            CmpOp::NotEq => (Opcode::JumpNotEqual, when),
            CmpOp::Gt => (Opcode::JumpGreater, when),
            CmpOp::GtE => (Opcode::JumpGreaterEqual, when),
            CmpOp::Is => (Opcode::JumpIs, when),
            CmpOp::IsNot => (Opcode::JumpIs, !when),
            CmpOp::In => (Opcode::JumpIn, when),
            CmpOp::NotIn => (Opcode::JumpIn, !when),
        };
        self.code.span = at;
        self.code.jump_extra(jump, left, right, u8::from(when), target);
        right
    }
}
