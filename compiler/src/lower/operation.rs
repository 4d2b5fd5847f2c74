//! Operators: arithmetic with immediate operands, `and` and `or`, comparisons and conditional expressions as values.

use super::Unit;
use crate::assembler::Register;
use crate::fold;
use crate::front::ast::{self, BoolOp, CmpOp, Expr, Operator};
use crate::front::{Spanned, span};
use nano_wire::isa::Opcode;

/// Opcode of an operator, and of its in-place form.
pub(super) fn opcodes(operator: Operator) -> (Opcode, Opcode) {
    match operator {
        Operator::Add => (Opcode::Add, Opcode::InplaceAdd),
        Operator::Sub => (Opcode::Subtract, Opcode::InplaceSubtract),
        Operator::Mult => (Opcode::Multiply, Opcode::InplaceMultiply),
        Operator::MatMult => (Opcode::MatrixMultiply, Opcode::InplaceMatrixMultiply),
        Operator::Div => (Opcode::TrueDivide, Opcode::InplaceTrueDivide),
        Operator::Mod => (Opcode::Modulo, Opcode::InplaceModulo),
        Operator::Pow => (Opcode::Power, Opcode::InplacePower),
        Operator::LShift => (Opcode::ShiftLeft, Opcode::InplaceShiftLeft),
        Operator::RShift => (Opcode::ShiftRight, Opcode::InplaceShiftRight),
        Operator::BitOr => (Opcode::Or, Opcode::InplaceOr),
        Operator::BitXor => (Opcode::Xor, Opcode::InplaceXor),
        Operator::BitAnd => (Opcode::And, Opcode::InplaceAnd),
        Operator::FloorDiv => (Opcode::FloorDivide, Opcode::InplaceFloorDivide),
    }
}

/// Opcode of an operator whose left operand is a temporary; of one without such a form, the plain one.
fn over_left(operator: Operator) -> Opcode {
    match operator {
        Operator::Add => Opcode::AddOverLeft,
        Operator::Sub => Opcode::SubtractOverLeft,
        Operator::Mult => Opcode::MultiplyOverLeft,
        Operator::Div => Opcode::TrueDivideOverLeft,
        other => opcodes(other).0,
    }
}

/// Opcode of an operator whose right operand is a temporary.
fn over_right(operator: Operator) -> Opcode {
    match operator {
        Operator::Add => Opcode::AddOverRight,
        Operator::Sub => Opcode::SubtractOverRight,
        Operator::Mult => Opcode::MultiplyOverRight,
        Operator::Div => Opcode::TrueDivideOverRight,
        other => opcodes(other).0,
    }
}

/// The opcode and operand of an operator with a small integer at its right, if there is one. `add_int` with a negative
/// operand means a subtraction, so that the VM can name the right operator in an error; `x + -1` is a plain `add`.
pub(super) fn immediate(operator: Operator, right: &Expr) -> Option<(Opcode, u8)> {
    let crate::constant::Constant::Int(number) = fold::constant(right)? else { return None };
    let (op, number) = match operator {
        Operator::Add if number >= 0 => (Opcode::AddInt, number),
        Operator::Sub if number > 0 => (Opcode::AddInt, -number),
        Operator::Mult => (Opcode::MultiplyInt, number),
        Operator::FloorDiv if number != 0 => (Opcode::FloorDivideInt, number),
        Operator::Mod if number != 0 => (Opcode::ModuloInt, number),
        Operator::LShift if number >= 0 => (Opcode::ShiftLeftInt, number),
        Operator::RShift if number >= 0 => (Opcode::ShiftRightInt, number),
        Operator::BitAnd => (Opcode::AndInt, number),
        _ => return None,
    };
    Some((op, i8::try_from(number).ok()?.cast_unsigned()))
}

/// Opcode of a comparison.
fn comparison(operator: CmpOp) -> Opcode {
    match operator {
        CmpOp::Eq => Opcode::Equal,
        CmpOp::NotEq => Opcode::NotEqual,
        CmpOp::Lt => Opcode::Less,
        CmpOp::LtE => Opcode::LessEqual,
        CmpOp::Gt => Opcode::Greater,
        CmpOp::GtE => Opcode::GreaterEqual,
        CmpOp::Is => Opcode::Is,
        CmpOp::IsNot => Opcode::IsNot,
        CmpOp::In => Opcode::In,
        CmpOp::NotIn => Opcode::NotIn,
    }
}

impl<'a> Unit<'_, 'a> {
    pub(super) fn binary(&mut self, node: &'a ast::ExprBinOp, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let left = self.operand(&node.left);
        if let Some((op, number)) = immediate(node.op, &node.right) {
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span!(node);
            self.code.abc(op, to, left, number);
            return to;
        }
        let right = self.operand(&node.right);
        let op = if self.is_temporary(&node.left, left) {
            over_left(node.op)
        } else if self.is_temporary(&node.right, right) {
            over_right(node.op)
        } else {
            opcodes(node.op).0
        };
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span!(node);
        self.code.abc(op, to, left, right);
        to
    }

    /// Is the operand a result of arithmetic, in a register that nothing else reads?
    fn is_temporary(&self, operand: &Expr, register: Register) -> bool {
        let Expr::BinOp(node) = operand else { return false };
        over_left(node.op) != opcodes(node.op).0 && !self.is_variable(register) && fold::constant(operand).is_none()
    }

    /// Can the register be written before the rest of the expression is computed? Not where it is a variable that the
    /// rest reads, or that a handler could see.
    pub(super) fn is_early<'e>(&self, to: Register, rest: impl IntoIterator<Item = &'e Expr>) -> bool {
        if !self.is_variable(to) {
            return true;
        }
        if self.is_guarded() {
            return false;
        }
        let reads = |expression: &Expr| match expression {
            Expr::Name(node) => self.variable_register(&node.id) == Some(to),
            // Inner scopes may use the name for something else; they are rare here.
            Expr::Lambda(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Yield(_)
            | Expr::YieldFrom(_) => true,
            _ => false,
        };
        !rest.into_iter().any(|expression| ast::helpers::any_over_expr(expression, &reads))
    }

    /// `a and b`, `a or b` as a value.
    pub(super) fn bool_operation(&mut self, node: &'a ast::ExprBoolOp, wanted: Option<Register>) -> Register {
        let Some((last, first)) = node.values.split_last() else { return self.result(wanted) };
        // Where a value decides, the rest is never reached.
        let decides =
            |value: &Expr| fold::constant(value).is_some_and(|constant| constant.truth() == (node.op == BoolOp::Or));
        if let Some(index) = first.iter().position(decides)
            && index == 0
        {
            return self.expression(&first[0], wanted);
        }
        let to = self.result(wanted);
        let mark = self.next;
        let work = if self.is_early(to, &node.values[1..]) { to } else { self.alloc() };
        let end = self.code.label();
        let op = if node.op == BoolOp::And { Opcode::JumpIfNot } else { Opcode::JumpIf };
        for value in first {
            self.into(value, work);
            self.code.span = span!(node);
            self.code.jump_short(op, work, end);
        }
        self.into(last, work);
        self.code.place(end);
        self.code.span = span!(node);
        self.move_to(to, work);
        self.next = mark;
        to
    }

    pub(super) fn compare(&mut self, node: &'a ast::ExprCompare, wanted: Option<Register>) -> Register {
        let count = node.ops.len();
        if count == 1 {
            let mark = self.next;
            let left = self.operand(&node.left);
            let right = self.membership(node.ops[0], &node.comparators[0]);
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span!(node);
            self.code.abc(comparison(node.ops[0]), to, left, right);
            return to;
        }
        let to = self.result(wanted);
        let mark = self.next;
        let work = if self.is_early(to, &*node.comparators) { to } else { self.alloc() };
        let end = self.code.label();
        let mut left = self.operand(&node.left);
        for (index, (op, right)) in node.ops.iter().zip(&node.comparators).enumerate() {
            // One in the middle is a list to the next comparison.
            let right = if index + 1 < count { self.operand(right) } else { self.membership(*op, right) };
            self.code.span = span!(node);
            self.code.abc(comparison(*op), work, left, right);
            if index + 1 < count {
                self.code.jump_short(Opcode::JumpIfNot, work, end);
            }
            left = right;
        }
        self.code.place(end);
        self.move_to(to, work);
        self.next = mark;
        to
    }

    /// The right side of a comparison; a list display behind `in` needs no list.
    pub(super) fn membership(&mut self, op: CmpOp, right: &'a Expr) -> Register {
        if let (CmpOp::In | CmpOp::NotIn, Expr::List(list)) = (op, right)
            && let Some(items) = list.elts.iter().map(fold::constant).collect::<Option<Vec<_>>>()
        {
            self.code.span = right.span();
            return self.constant_operand(&crate::constant::Constant::Tuple(items));
        }
        if let (CmpOp::In | CmpOp::NotIn, Expr::Set(set)) = (op, right) {
            // Nobody sees its order.
            return self.set_of(&set.elts, right.span(), None);
        }
        self.operand(right)
    }

    /// `a if test else b`.
    pub(super) fn conditional(&mut self, node: &'a ast::ExprIf, wanted: Option<Register>) -> Register {
        if let Some(test) = fold::constant(&node.test) {
            return self.expression(if test.truth() { &node.body } else { &node.orelse }, wanted);
        }
        let to = self.result(wanted);
        let mark = self.next;
        let (otherwise, end) = (self.code.label(), self.code.label());
        self.code.span = span!(node);
        self.branch(&node.test, otherwise, false);
        self.next = mark;
        // Each branch ends with its only write to the result.
        self.into(&node.body, to);
        self.code.jump(end);
        self.code.place(otherwise);
        self.next = mark;
        self.into(&node.orelse, to);
        self.code.place(end);
        self.next = mark;
        to
    }
}
