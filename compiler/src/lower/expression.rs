//! Expressions: each is compiled into a wanted register, or says which register has its value.

use super::{Collects, Comprehension, Unit};
use crate::assembler::Register;
use crate::diagnostic::code;
use crate::fold;
use crate::front::ast::{self, Expr, UnaryOp};
use crate::front::{Problem, Span, Spanned, span};
use crate::scope::Place;
use crate::{library, names};
use nano_wire::builtins::{Builtin, Category};
use nano_wire::isa::Opcode;

/// What of the context object is not text, so that IoTPy's has none of it: what a client of AWS's mobile SDKs says of itself.
/// (`identity` alone would be many a program's own.)
const ABSENT_OF_CONTEXT: [&str; 3] = ["client_context", "cognito_identity_id", "cognito_identity_pool_id"];

impl<'a> Unit<'_, 'a> {
    /// The value in any register: a local's own, or a new temporary.
    pub(super) fn operand(&mut self, expression: &'a Expr) -> Register {
        self.expression(expression, None)
    }

    /// The value in this register.
    pub(super) fn into(&mut self, expression: &'a Expr, to: Register) {
        self.expression(expression, Some(to));
    }

    /// The value in a new temporary, at the top of the stack.
    pub(super) fn push(&mut self, expression: &'a Expr) -> Register {
        let to = self.alloc();
        self.expression(expression, Some(to));
        to
    }

    /// Compiles an expression; its value is in the register that is given back, the wanted one if there is one.
    /// Temporaries above a new result are released.
    pub(super) fn expression(&mut self, expression: &'a Expr, wanted: Option<Register>) -> Register {
        let span = expression.span();
        match expression {
            Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::UnaryOp(_)
            | Expr::BinOp(_)
            | Expr::Tuple(_) => {
                if let Some(constant) = fold::constant(expression) {
                    self.code.span = span;
                    return match wanted {
                        Some(to) => self.constant(&constant, Some(to)),
                        None => self.constant_operand(&constant),
                    };
                }
            }
            _ => {}
        }
        match expression {
            Expr::Name(node) => {
                if let Some(constant) = fold::constant(expression) {
                    return self.constant(&constant, wanted);
                }
                self.load_name(&node.id, span, wanted)
            }
            Expr::BinOp(node) => self.binary(node, wanted),
            Expr::UnaryOp(node) => self.unary(node, wanted),
            Expr::BoolOp(node) => self.bool_operation(node, wanted),
            Expr::Compare(node) => self.compare(node, wanted),
            Expr::If(node) => self.conditional(node, wanted),
            Expr::Call(node) => self.call(node, wanted),
            Expr::Attribute(node) => self.attribute(node, wanted),
            Expr::Subscript(node) => self.subscript(node, wanted),
            Expr::Slice(node) => {
                let mark = self.next;
                let window = self.slice_window(node, true);
                self.next = mark;
                let to = self.result(wanted);
                self.code.span = span;
                self.code.abc(Opcode::BuildSlice, to, window, 0);
                to
            }
            Expr::Tuple(node) => self.tuple(&node.elts, span, wanted),
            Expr::List(node) => self.list(&node.elts, span, wanted),
            Expr::Set(node) => self.set(&node.elts, span, wanted),
            Expr::Dict(node) => self.dict(node, wanted),
            Expr::FString(node) => self.f_string(node, wanted),
            Expr::Lambda(node) => self.lambda(node, wanted),
            Expr::Named(node) => self.named(node, wanted),
            Expr::Yield(node) => {
                let mark = self.next;
                let value = match &node.value {
                    Some(value) => self.operand(value),
                    None => {
                        let to = self.alloc();
                        self.load_none(to);
                        to
                    }
                };
                self.next = mark;
                let to = self.result(wanted);
                self.code.span = span;
                self.code.abc(Opcode::Yield, to, value, 0);
                to
            }
            Expr::Await(node) => {
                let mark = self.next;
                let source = self.operand(&node.value);
                self.next = mark;
                self.code.span = span;
                self.await_by(Builtin::Await, source, wanted)
            }
            Expr::YieldFrom(node) => {
                let mark = self.next;
                let source = self.operand(&node.value);
                self.next = mark;
                let window = self.window(2);
                self.code.span = span;
                self.code.abc(Opcode::GetIter, window, source, 0);
                self.load_none(super::at(window, 1));
                self.next = mark;
                let to = self.result(wanted);
                self.code.abc(Opcode::YieldFrom, to, window, 0);
                to
            }
            Expr::ListComp(node) => {
                let scope = self.context.module.collected.scopes.of(node);
                let kind = Collects::List;
                let comprehension =
                    Comprehension { kind, scope, element: &node.elt, value: None, generators: &node.generators, span };
                self.comprehension(comprehension, wanted)
            }
            Expr::SetComp(node) => {
                let scope = self.context.module.collected.scopes.of(node);
                let kind = Collects::Set;
                let comprehension =
                    Comprehension { kind, scope, element: &node.elt, value: None, generators: &node.generators, span };
                self.comprehension(comprehension, wanted)
            }
            Expr::DictComp(node) => {
                let scope = self.context.module.collected.scopes.of(node);
                let (kind, value) = (Collects::Dict, Some(&*node.value));
                let comprehension =
                    Comprehension { kind, scope, element: &node.key, value, generators: &node.generators, span };
                self.comprehension(comprehension, wanted)
            }
            Expr::Generator(node) => {
                let scope = self.context.module.collected.scopes.of(node);
                let kind = Collects::Generator;
                let comprehension =
                    Comprehension { kind, scope, element: &node.elt, value: None, generators: &node.generators, span };
                self.comprehension(comprehension, wanted)
            }
            Expr::Starred(node) => {
                let message = "can't use starred expression here";
                self.problem(code::SYNTAX, span, message);
                self.expression(&node.value, wanted)
            }
            // Refused before, in the walk over the scopes; constants were folded.
            _ => self.result(wanted),
        }
    }

    fn unary(&mut self, node: &'a ast::ExprUnaryOp, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let operand = self.operand(&node.operand);
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span!(node);
        let op = match node.op {
            UnaryOp::Not => Opcode::Not,
            UnaryOp::USub => Opcode::Negate,
            UnaryOp::UAdd => Opcode::Positive,
            UnaryOp::Invert => Opcode::Invert,
        };
        self.code.abc(op, to, operand, 0);
        to
    }

    /// `name := value`.
    fn named(&mut self, node: &'a ast::ExprNamed, wanted: Option<Register>) -> Register {
        let value = self.expression(&node.value, wanted);
        if let Expr::Name(target) = &*node.target {
            self.code.span = span!(node);
            self.store_name(&target.id, value);
        }
        value
    }

    /// The builtin module a name surely is.
    pub(super) fn builtin_module(&self, expression: &Expr) -> Option<Builtin> {
        match expression {
            Expr::Name(node) => match self.place_of(&node.id) {
                Place::Import(builtin, _) if builtin.category() == Category::Module => Some(builtin),
                _ => None,
            },
            _ => None,
        }
    }

    fn attribute(&mut self, node: &'a ast::ExprAttribute, wanted: Option<Register>) -> Register {
        if let Some(builtin) = self.builtin_module(&node.value).and_then(|module| names::member(module, &node.attr)) {
            self.code.span = span!(node);
            return self.load_builtin(builtin, wanted);
        }
        if let Some(index) = self.builtin_module(&node.value).and_then(|module| self.supplement(module, &node.attr)) {
            let to = self.result(wanted);
            self.code.span = self.attribute_span(node);
            self.code.abx(Opcode::ImportModule, to, index);
            self.get_attribute(to, to, &node.attr);
            return to;
        }
        self.refuse_absent(node);
        let mark = self.next;
        let object = self.operand(&node.value);
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = self.attribute_span(node);
        self.get_attribute(to, object, &node.attr);
        to
    }

    /// What only CPython's context object has is a reason to have CPython run the package, where there is one. A program that
    /// sets such an attribute has it of its own.
    fn refuse_absent(&mut self, node: &ast::ExprAttribute) {
        let program = self.context.program;
        let name = node.attr.as_str();
        if program.package.is_strict()
            && ABSENT_OF_CONTEXT.contains(&name)
            && !program.stored_attributes.contains(name)
            && !library::is_library(self.context.module.file)
        {
            let message = format!("the context object of IoTPy has no '{name}'");
            let problem = Problem::new(code::NO_MEMBER, span!(node.attr), message);
            self.problems.push(problem.hint("CPython's has: run = \"cloud\", or \"auto\""));
        }
    }

    /// Where an attribute access stands: one that goes over lines at its name, as in CPython.
    pub(super) fn attribute_span(&self, node: &ast::ExprAttribute) -> Span {
        let whole = span!(node);
        if self.context.module.lines.slice(whole).contains('\n') { span!(node.attr) } else { whole }
    }

    fn subscript(&mut self, node: &'a ast::ExprSubscript, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let object = self.operand(&node.value);
        if let Expr::Slice(slice) = &*node.slice
            && slice.step.is_none()
        {
            let window = self.slice_window(slice, false);
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span!(node);
            self.code.abc(Opcode::GetSlice, to, object, window);
            return to;
        }
        if let Some(index) = fold::constant(&node.slice).and_then(|constant| constant.as_i8()) {
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span!(node);
            self.code.abc(Opcode::GetItemInt, to, object, index.cast_unsigned());
            return to;
        }
        let index = self.operand(&node.slice);
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span!(node);
        self.code.abc(Opcode::GetItem, to, object, index);
        to
    }

    /// The bounds of a slice in consecutive registers.
    fn slice_window(&mut self, node: &'a ast::ExprSlice, step: bool) -> Register {
        let bounds = [&node.lower, &node.upper, &node.step];
        let mut first = None;
        for bound in &bounds[..if step { 3 } else { 2 }] {
            let register = match bound {
                Some(bound) => self.push(bound),
                None => {
                    let register = self.alloc();
                    self.load_none(register);
                    register
                }
            };
            first.get_or_insert(register);
        }
        first.unwrap_or(0)
    }
}
