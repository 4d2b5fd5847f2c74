//! Text that grows in a loop: `text += more` where nothing else in the loop names `text`.
//!
//! What such an addition made is held by that variable alone when it comes round again, so the VM may append to it
//! where it is (`inplace_grow`). Before the loop it is told to forget what it knows (`forget_growing`), for outside
//! the loop the variable may have been read. Only variables that are text somewhere in the function are looked at, so
//! that sums of numbers keep the shorter way.

use super::Unit;
use crate::assembler::Register;
use crate::front::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::front::ast::{Expr, Operator, Stmt};
use crate::scope::Place;
use nano_wire::isa::Opcode;
use std::collections::{HashMap, HashSet};

/// Names that are given a text or an f-string somewhere.
#[derive(Default)]
struct Texts<'a>(HashSet<&'a str>);

impl<'a> Visitor<'a> for Texts<'a> {
    fn visit_expr(&mut self, _: &'a Expr) {}

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Assign(node) if matches!(*node.value, Expr::StringLiteral(_) | Expr::FString(_)) => {
                self.0.extend(
                    node.targets.iter().filter_map(|target| target.as_name_expr()).map(|name| name.id.as_str()),
                );
            }
            _ => walk_stmt(self, statement),
        }
    }
}

/// How often a loop names each variable, and how often as `name += ..`.
#[derive(Default)]
struct Uses<'a> {
    named: HashMap<&'a str, usize>,
    grown: HashMap<&'a str, usize>,
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::AugAssign(node) = statement
            && node.op == Operator::Add
            && let Expr::Name(name) = &*node.target
        {
            *self.grown.entry(name.id.as_str()).or_default() += 1;
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            *self.named.entry(name.id.as_str()).or_default() += 1;
        }
        walk_expr(self, expression);
    }
}

impl<'a> Unit<'_, 'a> {
    /// Notes which names of a function are text somewhere.
    pub(super) fn find_texts(&self, body: &'a [Stmt]) -> HashSet<String> {
        let mut texts = Texts::default();
        body.iter().for_each(|statement| texts.visit_stmt(statement));
        texts.0.into_iter().filter(|name| matches!(self.place_of(name), Place::Local(_))).map(str::to_string).collect()
    }

    /// The variables that grow in this loop, and in no loop around it; compiles what must come before the loop.
    /// `Some`: they are known from here on, until the loop is given back to [`Unit::forget_growing`].
    pub(super) fn grow_in(&mut self, statements: &'a [Stmt], expressions: &[&'a Expr]) -> usize {
        if self.texts.is_empty() {
            return 0;
        }
        let mut uses = Uses::default();
        statements.iter().for_each(|statement| uses.visit_stmt(statement));
        expressions.iter().for_each(|expression| uses.visit_expr(expression));
        if ["locals", "vars"].iter().any(|name| uses.named.contains_key(name)) {
            return 0;
        }
        let grown = uses.grown.into_iter().filter(|(name, count)| uses.named.get(name) == Some(count));
        let mut registers: Vec<Register> = grown
            .filter(|(name, _)| self.texts.contains(*name))
            .filter_map(|(name, _)| self.variable_register(name))
            .filter(|register| !self.growing.contains(register))
            .collect();
        registers.sort_unstable();
        if !registers.is_empty() {
            self.code.abc(Opcode::ForgetGrowing, 0, 0, 0);
        }
        self.growing.extend(&registers);
        registers.len()
    }

    pub(super) fn forget_growing(&mut self, count: usize) {
        self.growing.truncate(self.growing.len() - count);
    }
}
