//! Which locals surely are numbers: found from all that is assigned to them in the function.
//!
//! `x += 1` is an `add_int` then. Of any other value it must be an `inplace_add`: a class may define `__iadd__`, and
//! an error names the operator.

use super::Unit;
use super::operation::immediate;
use crate::fold;
use crate::front::ast::visitor::{Visitor, walk_expr, walk_stmt};
use crate::front::ast::{self, Expr, Operator, Stmt, UnaryOp};
use crate::names;
use crate::scope::{Place, flag};
use nano_wire::builtins::{Builtin, Category};
use nano_wire::isa::Opcode;
use std::collections::{HashMap, HashSet};

/// What a binding gives a name.
enum Given<'a> {
    Value(&'a Expr),
    /// `name op= value`.
    Augmented(Operator, &'a Expr),
    /// An item of a `range`.
    Counter,
}

/// Bindings whose value can be seen.
struct Bindings<'u, 'v, 'a> {
    unit: &'u Unit<'v, 'a>,
    given: HashMap<&'a str, Vec<Given<'a>>>,
}

impl<'a> Bindings<'_, '_, 'a> {
    fn give(&mut self, target: &'a Expr, given: Given<'a>) {
        if let Expr::Name(name) = target
            && matches!(self.unit.place_of(&name.id), Place::Local(_))
        {
            self.given.entry(name.id.as_str()).or_default().push(given);
        }
    }
}

impl<'a> Visitor<'a> for Bindings<'_, '_, 'a> {
    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Assign(node) => {
                for target in &node.targets {
                    match (target, &*node.value) {
                        (Expr::Tuple(targets), Expr::Tuple(values)) if targets.elts.len() == values.elts.len() => {
                            for (target, value) in targets.elts.iter().zip(&values.elts) {
                                self.give(target, Given::Value(value));
                            }
                        }
                        _ => self.give(target, Given::Value(&node.value)),
                    }
                }
            }
            Stmt::AugAssign(node) => self.give(&node.target, Given::Augmented(node.op, &node.value)),
            Stmt::AnnAssign(node) => {
                if let Some(value) = &node.value {
                    self.give(&node.target, Given::Value(value));
                }
            }
            Stmt::For(node) if self.unit.range_arguments(&node.iter).is_some() => {
                self.give(&node.target, Given::Counter);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Lambda(_) | Expr::Generator(_) => {}
            Expr::Named(node) => {
                self.give(&node.target, Given::Value(&node.value));
                walk_expr(self, expression);
            }
            _ => walk_expr(self, expression),
        }
    }
}

/// Locals that are numbers, and those that are integers.
#[derive(Debug, Default)]
pub(super) struct Numeric {
    numbers: HashSet<String>,
    integers: HashSet<String>,
}

impl<'a> Unit<'_, 'a> {
    /// Finds the numbers among the locals of a body. Bindings that can't be seen count in the symbol only, so a name
    /// that has any is none of them.
    pub(super) fn find_numbers(&self, body: &'a [Stmt]) -> Numeric {
        let mut bindings = Bindings { unit: self, given: HashMap::new() };
        body.iter().for_each(|statement| bindings.visit_stmt(statement));
        let all_seen = |name: &str, given: &[Given<'_>]| {
            self.symbol(name).is_some_and(|symbol| {
                symbol.bindings as usize == given.len() && !symbol.is(flag::PARAMETER | flag::DELETED)
            })
        };
        bindings.given.retain(|name, given| all_seen(name, given));
        Numeric { numbers: self.settle(&bindings.given, false), integers: self.settle(&bindings.given, true) }
    }

    /// The largest set of names whose values all are numbers if the others in the set are.
    fn settle(&self, given: &HashMap<&'a str, Vec<Given<'a>>>, integers: bool) -> HashSet<String> {
        let mut names: HashSet<String> = given.keys().map(ToString::to_string).collect();
        loop {
            let fails = |name: &str, given: &Given<'_>| match given {
                Given::Counter => false,
                Given::Value(value) => !self.is_number(value, &names, integers),
                Given::Augmented(op, value) => {
                    !closed(*op, integers) || !names.contains(name) || !self.is_number(value, &names, integers)
                }
            };
            let failing: Vec<&str> = given
                .iter()
                .filter(|(name, all)| names.contains(**name) && all.iter().any(|one| fails(name, one)))
                .map(|(name, _)| *name)
                .collect();
            if failing.is_empty() {
                return names;
            }
            for name in failing {
                names.remove(name);
            }
        }
    }

    fn is_number(&self, expression: &Expr, names: &HashSet<String>, integers: bool) -> bool {
        let number = |expression: &Expr| self.is_number(expression, names, integers);
        match expression {
            Expr::NumberLiteral(node) => match fold::number(&node.value) {
                Some(crate::constant::Constant::Float(_)) => !integers,
                Some(_) => true,
                None => false,
            },
            Expr::BooleanLiteral(_) => true,
            Expr::Name(node) => names.contains(node.id.as_str()) && matches!(self.place_of(&node.id), Place::Local(_)),
            Expr::BinOp(node) => closed(node.op, integers) && number(&node.left) && number(&node.right),
            Expr::UnaryOp(node) => node.op == UnaryOp::Not || number(&node.operand),
            Expr::BoolOp(node) => node.values.iter().all(number),
            Expr::If(node) => number(&node.body) && number(&node.orelse),
            Expr::Call(node) => {
                let Expr::Name(callee) = &*node.func else { return false };
                let Place::Builtin(builtin) = self.place_of(&callee.id) else { return false };
                match builtin {
                    Builtin::Len | Builtin::Ord | Builtin::IntType | Builtin::BoolType | Builtin::Hash => true,
                    Builtin::FloatType => !integers,
                    Builtin::Abs => node.arguments.args.iter().all(number),
                    _ => false,
                }
            }
            Expr::Attribute(node) => {
                // `math.pi`; calls of its functions are not known.
                let member = self.builtin_module(&node.value).and_then(|module| names::member(module, &node.attr));
                !integers
                    && member.is_some_and(|member| {
                        member.category() == Category::Member(Builtin::Math) && names::is_value(member)
                    })
            }
            _ => false,
        }
    }

    /// The opcode and operand of `target op= small integer`, where that need not be the in-place operation.
    pub(super) fn immediate_in_place(&self, node: &ast::StmtAugAssign) -> Option<(Opcode, u8)> {
        let Expr::Name(name) = &*node.target else { return None };
        let (op, number) = immediate(node.op, &node.value)?;
        let known = match op {
            Opcode::ShiftLeftInt | Opcode::ShiftRightInt | Opcode::AndInt => &self.numeric.integers,
            _ => &self.numeric.numbers,
        };
        let is_known = known.contains(name.id.as_str()) && matches!(self.place_of(&name.id), Place::Local(_));
        is_known.then_some((op, number))
    }
}

/// Does the operator make a number of numbers (an integer of integers)?
fn closed(op: Operator, integers: bool) -> bool {
    match op {
        Operator::Div => !integers,
        // A power may be complex, a matrix product is none of numbers.
        Operator::Pow | Operator::MatMult => false,
        _ => true,
    }
}
