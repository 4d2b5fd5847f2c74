//! Constants of loops: loaded once, before the outermost loop, where an instruction can then use the register.
//!
//! A load in a loop is a whole dispatch each time round. `flags[j] = False` in a counted loop is two instructions
//! instead of three this way, and a float operand costs nothing.

use super::Unit;
use super::operation::immediate;
use crate::assembler::Register;
use crate::constant::Constant;
use crate::fold;
use crate::front::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::front::ast::{self, CmpOp, Expr, Stmt};
use std::collections::HashMap;

/// Most constants that are kept in registers.
const MOST: usize = 8;

/// Counts constants that stand where an instruction reads a register, by how deep in loops they are.
struct Count<'u, 'v, 'a> {
    unit: &'u Unit<'v, 'a>,
    weight: u64,
    found: HashMap<Constant, (u64, usize)>,
}

impl Count<'_, '_, '_> {
    fn operand(&mut self, expression: &Expr) {
        if let Some(constant) = fold::constant(expression) {
            let order = self.found.len();
            let (weight, _) = self.found.entry(constant).or_insert((0, order));
            *weight += self.weight;
        }
    }

    fn deeper(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = self.weight;
        self.weight = outer.saturating_mul(8);
        walk(self);
        self.weight = outer;
    }

    /// A name, attribute or item that is no register.
    fn needs_register(&self, target: &Expr) -> bool {
        matches!(target, Expr::Attribute(_) | Expr::Subscript(_))
            || (matches!(target, Expr::Name(_)) && self.unit.target_register(target).is_none())
    }
}

impl<'a> Visitor<'a> for Count<'_, '_, '_> {
    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // Other units.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::For(_) | Stmt::While(_) => self.deeper(|count| walk_stmt(count, statement)),
            Stmt::Assign(node) => {
                if node.targets.iter().any(|target| self.needs_register(target))
                    && self.unit.target_register(&node.targets[0]).is_none()
                {
                    self.operand(&node.value);
                }
                walk_stmt(self, statement);
            }
            Stmt::AugAssign(node) => {
                if self.unit.immediate_in_place(node).is_none() {
                    self.operand(&node.value);
                }
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if fold::constant(expression).is_some() {
            return;
        }
        match expression {
            Expr::Lambda(_) | Expr::Generator(_) => return,
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) => {
                self.deeper(|count| walk_expr(count, expression));
                return;
            }
            Expr::BinOp(node) => {
                self.operand(&node.left);
                if immediate(node.op, &node.right).is_none() {
                    self.operand(&node.right);
                }
            }
            Expr::Compare(node) => {
                self.operand(&node.left);
                for (op, right) in node.ops.iter().zip(&node.comparators) {
                    let is_immediate = match op {
                        CmpOp::Is | CmpOp::IsNot => right.is_none_literal_expr(),
                        CmpOp::In | CmpOp::NotIn => false,
                        _ => fold::constant(right).is_some_and(|constant| constant.as_i8().is_some()),
                    };
                    if !is_immediate {
                        self.operand(right);
                    }
                }
            }
            Expr::Subscript(node) => {
                if fold::constant(&node.slice).is_some_and(|constant| constant.as_i8().is_none()) {
                    self.operand(&node.slice);
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

impl<'a> Unit<'_, 'a> {
    /// Loads the constants of the outermost loop; gives the registers back with [`Unit::forget_constants`].
    pub(super) fn hoist_constants(&mut self, statements: &'a [Stmt], expressions: &[&'a Expr]) -> bool {
        if !self.hoisted.is_empty() || self.room() < 100 {
            return false;
        }
        let mut count = Count { unit: self, weight: 1, found: HashMap::new() };
        statements.iter().for_each(|statement| count.visit_stmt(statement));
        expressions.iter().for_each(|expression| count.visit_expr(expression));
        let mut found: Vec<_> = count.found.into_iter().collect();
        found.sort_by_key(|(_, (weight, order))| (std::cmp::Reverse(*weight), *order));
        found.truncate(MOST);
        for (constant, _) in found {
            let register = self.constant(&constant, None);
            self.hoisted.insert(constant, register);
        }
        !self.hoisted.is_empty()
    }

    pub(super) fn forget_constants(&mut self, hoisted: bool) {
        if hoisted {
            self.hoisted.clear();
        }
    }

    /// The register a constant waits in.
    pub(super) fn hoisted_constant(&self, constant: &Constant) -> Option<Register> {
        self.hoisted.get(constant).copied()
    }

    /// A constant that is only read: where it waits, or in a new temporary.
    pub(super) fn constant_operand(&mut self, constant: &Constant) -> Register {
        match self.hoisted_constant(constant) {
            Some(register) => register,
            None => self.constant(constant, None),
        }
    }
}

/// The parts of a comprehension that run each time round.
pub(super) fn repeated<'a>(generators: &'a [ast::Comprehension], elements: &[Option<&'a Expr>]) -> Vec<&'a Expr> {
    let tests = generators.iter().flat_map(|generator| &generator.ifs);
    elements.iter().copied().flatten().chain(tests).collect()
}
