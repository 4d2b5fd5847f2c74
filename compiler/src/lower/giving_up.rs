//! Temporaries that may be generators, given up before they are at their end: they are unbound, which closes them.

use super::Unit;
use crate::assembler::Register;
use crate::front::Span;
use crate::front::ast::Expr;
use crate::scope::Place;
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

impl Unit<'_, '_> {
    /// May an expression give an iterator that waits inside `try`, and that nothing else refers to?
    pub(super) fn may_be_owned(&self, iter: &Expr) -> bool {
        match iter {
            Expr::Generator(_) | Expr::Await(_) | Expr::Yield(_) | Expr::If(_) | Expr::BoolOp(_) => true,
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => match self.place_of(&name.id) {
                    Place::Builtin(builtin) => {
                        is_lazy(builtin) && call.arguments.args.iter().any(|argument| self.may_be_owned(argument))
                    }
                    _ => true,
                },
                // The views of a dict wait for nothing.
                Expr::Attribute(method) => !matches!(method.attr.as_str(), "items" | "keys" | "values" | "split"),
                _ => true,
            },
            _ => false,
        }
    }

    /// Does a builtin leave its first argument before that is at its end, and is it a temporary?
    pub(super) fn may_leave_early(&self, builtin: Builtin, arguments: &[Expr]) -> bool {
        let Some(first) = arguments.first() else { return false };
        match builtin {
            Builtin::Next | Builtin::Any | Builtin::All => self.may_be_owned(first),
            // These take all there is; `zip` ends with the shortest of what it is over.
            Builtin::ListType | Builtin::TupleType | Builtin::DictType | Builtin::Sum => match first {
                Expr::Call(call) => match &*call.func {
                    Expr::Name(name) => {
                        self.place_of(&name.id) == Place::Builtin(Builtin::ZipType) && self.may_be_owned(first)
                    }
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    /// A call of a builtin whose first argument is given up afterwards.
    pub(super) fn call_and_give_up(
        &mut self,
        builtin: Builtin,
        first: Register,
        arguments: usize,
        wanted: Option<Register>,
        (span, mark): (Span, u16),
    ) -> Register {
        self.next = u16::from(first) + 1;
        let to = match wanted {
            Some(register) if register != first => register,
            _ => self.alloc(),
        };
        self.code.span = span;
        self.code.extra(Opcode::CallBuiltin, first, arguments as u8, to, builtin as u32);
        self.code.abc(Opcode::Unbind, first, 0, 0);
        match wanted {
            Some(register) => {
                self.move_to(register, to);
                self.next = mark;
                register
            }
            None => to,
        }
    }
}

/// Builtins whose result is an iterator over iterators.
fn is_lazy(builtin: Builtin) -> bool {
    matches!(
        builtin,
        Builtin::EnumerateType | Builtin::ZipType | Builtin::MapType | Builtin::FilterType | Builtin::Iter
    )
}
