//! Comprehensions: loops in the enclosing unit where nobody can tell, else functions of their own.

use super::hoist::repeated;
use super::looping::Source;
use super::{Collects, Comprehension, Node, Unit};
use crate::assembler::Register;
use crate::front::ast::{self, Expr};
use crate::front::{Spanned, span};
use nano_wire::isa::Opcode;

impl<'a> Unit<'_, 'a> {
    /// A comprehension or generator expression as a value.
    pub(super) fn comprehension(&mut self, node: Comprehension<'a>, wanted: Option<Register>) -> Register {
        let Some(first) = node.generators.first() else { return self.result(wanted) };
        let mark = self.next;
        if self.scopes()[node.scope].inlined {
            // The collection, and above it the loops. A wanted register is written at the end only.
            let work = match wanted {
                Some(register) if !self.is_variable(register) => register,
                _ => self.alloc(),
            };
            let above = self.next;
            let repeated = repeated(node.generators, &[Some(node.element), node.value]);
            let hoisted = self.hoist_constants(&[], &repeated);
            // The first iterable is evaluated before the scope is entered.
            let source = if first.is_async {
                Source::Iterator(self.async_iterator(&first.iter, node.span))
            } else {
                self.loop_source(&first.iter, node.span)
            };
            let outer = std::mem::replace(&mut self.scope, node.scope);
            let inlined = self.inline.len();
            self.declare_inline(&node);
            self.code.span = node.span;
            self.empty_collection(node.kind, work);
            self.generator(&node, 0, source, work);
            self.inline.truncate(inlined);
            self.scope = outer;
            self.forget_constants(hoisted);
            self.next = above;
            let to = match wanted {
                Some(register) => register,
                None => work,
            };
            self.move_to(to, work);
            self.next = if wanted.is_some() { mark } else { above };
            return to;
        }
        let window = self.window(4);
        self.make_function(Node::Comprehension(node), node.scope, window, node.span);
        let above = self.next;
        let iterable = self.iterable(&first.iter);
        self.next = above;
        self.code.span = node.span;
        self.code.abc(Opcode::GetIter, super::at(window, 3), iterable, 0);
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = node.span;
        self.code.abc(Opcode::Call, window, 1, to);
        to
    }

    /// Gives the variables of an inlined comprehension registers.
    fn declare_inline(&mut self, node: &Comprehension<'a>) {
        for symbol in &self.scopes()[node.scope].symbols {
            // Variables of a comprehension around this one have their register already.
            if symbol.place != crate::scope::Place::Inline || symbol.owner.is_some_and(|owner| owner != node.scope) {
                continue;
            }
            let register = self.alloc();
            self.code.assigned.remove(register);
            self.inline.push((node.scope, symbol.name.clone(), register));
            // Read before the loop that binds it has begun: that is an error, not what was there before.
            let reads = |expression: &Expr| {
                let is_it = |part: &Expr| matches!(part, Expr::Name(name) if name.id.as_str() == symbol.name);
                ast::helpers::any_over_expr(expression, &is_it)
            };
            let binder = node.generators.iter().position(|generator| reads(&generator.target)).unwrap_or(0);
            let is_read = node.generators.iter().enumerate().any(|(index, generator)| {
                (index > 0 && index <= binder && reads(&generator.iter))
                    || (index < binder && generator.ifs.iter().any(reads))
            });
            if is_read {
                self.code.abc(Opcode::Unbind, register, 0, 0);
            }
        }
    }

    fn empty_collection(&mut self, kind: Collects, to: Register) {
        let op = match kind {
            Collects::List => Opcode::BuildList,
            Collects::Set => Opcode::BuildSet,
            Collects::Dict => Opcode::BuildDict,
            Collects::Generator => return,
        };
        self.code.abc(op, to, 0, 0);
    }

    /// The body of a comprehension that is a function: its parameter is the first iterator.
    pub(super) fn comprehension_unit(&mut self, node: Comprehension<'a>) {
        self.code.span = node.span;
        let work = if node.kind == Collects::Generator { 0 } else { self.alloc() };
        self.empty_collection(node.kind, work);
        self.generator(&node, 0, Source::Iterator(0), work);
        if node.kind != Collects::Generator {
            self.return_value(work);
        }
    }

    fn generator(&mut self, node: &Comprehension<'a>, index: usize, source: Source, work: Register) {
        let generators: &'a [ast::Comprehension] = node.generators;
        let generator = &generators[index];
        let node = *node;
        let body = |unit: &mut Self| {
            let next = unit.code.label();
            for test in &generator.ifs {
                unit.code.span = node.span;
                unit.branch(test, next, false);
            }
            let mark = unit.next;
            if let Some(inner) = generators.get(index + 1) {
                let source = if inner.is_async {
                    Source::Iterator(unit.async_iterator(&inner.iter, node.span))
                } else {
                    unit.loop_source(&inner.iter, node.span)
                };
                unit.generator(&node, index + 1, source, work);
            } else {
                unit.collect(&node, work);
            }
            unit.next = mark;
            unit.code.place(next);
        };
        match source {
            Source::Iterator(iterator) if generator.is_async => {
                self.async_loop(iterator, &generator.target, node.span, None, body);
            }
            _ => self.loop_over(source, &generator.target, node.span, None, body),
        }
    }

    fn collect(&mut self, node: &Comprehension<'a>, work: Register) {
        let element = self.operand(node.element);
        self.code.span = node.element.span();
        match (node.kind, node.value) {
            (Collects::List, _) => self.code.abc(Opcode::ListAppend, work, element, 0),
            (Collects::Set, _) => self.code.abc(Opcode::SetAdd, work, element, 0),
            (Collects::Dict, Some(value)) => {
                let value = self.operand(value);
                self.code.span = node.span;
                self.code.abc(Opcode::DictInsert, work, element, value);
            }
            (Collects::Generator, _) => {
                let sent = self.alloc();
                self.code.abc(Opcode::Yield, sent, element, 0);
            }
            (Collects::Dict, None) => {}
        }
    }

    pub(super) fn lambda(&mut self, node: &'a ast::ExprLambda, wanted: Option<Register>) -> Register {
        let scope = self.context.module.collected.scopes.of(node);
        let to = self.result(wanted);
        self.function_object(Node::Lambda(node), scope, node.parameters.as_deref(), to, span!(node));
        to
    }
}
