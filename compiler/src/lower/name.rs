//! Names: loading, storing and deleting variables wherever they live.

use super::Unit;
use crate::assembler::Register;
use crate::constant::Constant;
use crate::diagnostic::code;
use crate::front::{Problem, Span};
use crate::names;
use crate::program;
use crate::scope::{CLASS_CELL, Place, Symbol, flag};
use nano_wire::builtins::Builtin;
use nano_wire::isa::{Opcode, halves};
use nano_wire::module::NONE;

impl Unit<'_, '_> {
    /// The register of a variable of an inlined comprehension.
    fn inline_register(&self, name: &str) -> Option<Register> {
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            if let Some((_, _, register)) = self.inline.iter().rev().find(|(of, own, _)| *of == id && own == name) {
                return Some(*register);
            }
            if id == self.own {
                return None;
            }
            scope = self.scopes()[id].parent;
        }
        None
    }

    /// Register of a variable that lives in one.
    pub(super) fn variable_register(&self, name: &str) -> Option<Register> {
        match self.place_of(name) {
            Place::Local(register) => Some(register),
            Place::Inline => self.inline_register(&self.mangled(name)),
            _ => None,
        }
    }

    /// Loads a name. Where it is a local it may be given as it is.
    pub(super) fn load_name(&mut self, name: &str, span: Span, wanted: Option<Register>) -> Register {
        self.code.span = span;
        // Inside a class `__class__` is the cell, unless somebody binds the name.
        let is_cell = name == "__class__" && self.symbol(name).is_none() && self.symbol(CLASS_CELL).is_some();
        let name = if is_cell { CLASS_CELL } else { name };
        let Some(symbol) = self.symbol(name) else {
            // Every name of the source has a symbol; this is not reached.
            return self.constant(&Constant::NONE, wanted);
        };
        match symbol.place {
            Place::Local(_) | Place::Inline => {
                let register = self.variable_register(name).unwrap_or(0);
                self.check_local(register, symbol);
                match wanted {
                    Some(to) => {
                        self.move_to(to, register);
                        to
                    }
                    // An assignment expression later in the same expression would change it under our hands.
                    None if symbol.is(flag::WALRUS) => {
                        let to = self.alloc();
                        self.move_to(to, register);
                        to
                    }
                    None => register,
                }
            }
            Place::Cell(cell) => {
                let is_bound = self.code.assigned.contains(cell) && !self.is_deleted_inside(symbol);
                let to = self.load_checked(wanted, symbol, is_bound, |unit, to| {
                    unit.code.abc(Opcode::LoadCell, to, cell, 0);
                });
                self.code.assigned.insert(cell);
                to
            }
            Place::Free(number) => {
                let is_bound = self.proven.get(usize::from(number)).copied().unwrap_or(false);
                self.load_checked(wanted, symbol, is_bound, |unit, to| {
                    unit.code.abx(Opcode::LoadFree, to, u16::from(number));
                })
            }
            Place::Global(slot) => {
                let to = self.result(wanted);
                self.code.abx(Opcode::LoadGlobal, to, slot);
                to
            }
            Place::Dictionary => self.load_from_dict(symbol, wanted),
            Place::Namespace(_) if self.is_made() => self.load_from_class(symbol, wanted),
            Place::Namespace(slot) => {
                let to = self.result(wanted);
                let index = self.out.pool.name(&symbol.name);
                self.code.extra(Opcode::LoadName, to, 0, 0, halves(index, slot.unwrap_or(NONE)));
                to
            }
            Place::Builtin(builtin) | Place::Import(builtin, _) => self.load_builtin(builtin, wanted),
            Place::ModuleName => {
                let name = Constant::Str(self.context.name.to_string());
                self.constant(&name, wanted)
            }
            Place::ModuleFile => {
                let name = Constant::Str(self.context.module.file.name.clone());
                self.constant(&name, wanted)
            }
            Place::Unsupported => {
                if self.may_wait(name) {
                    return self.raise_unavailable(name, wanted);
                }
                let hint = names::unsupported(name).unwrap_or("it is not part of IoTPy");
                let message = format!("'{name}' is not available");
                self.problems.push(Problem::new(code::UNSUPPORTED_BUILTIN, span, message).hint(hint));
                self.result(wanted)
            }
        }
    }

    /// Packages that others wrote look into their own names, or read files, in functions that most programs never call
    /// (a module's `__getattr__`, a command of its own): what is called is refused there, not the package. Code that is
    /// made at run time is no such case.
    fn may_wait(&self, name: &str) -> bool {
        let may_lack = if self.may_lack() {
            !matches!(name, "eval" | "exec" | "compile")
        } else {
            matches!(name, "globals" | "locals")
        };
        may_lack && self.is_in_others_function()
    }

    /// Is it within a function of a package that somebody else wrote?
    pub(super) fn is_in_others_function(&self) -> bool {
        self.is_others() && self.scopes()[self.own].parent.is_some()
    }

    /// Is it part of a package that somebody else wrote?
    fn is_others(&self) -> bool {
        program::is_others(self.context.program.package, self.context.module.file)
    }

    /// Is what it lacks refused where it is used, and not here?
    pub(super) fn may_lack(&self) -> bool {
        program::may_lack(self.context.program.package, self.context.module.file)
    }

    fn raise_unavailable(&mut self, name: &str, wanted: Option<Register>) -> Register {
        let to = self.result(wanted);
        let why = names::unsupported(name).unwrap_or_default();
        let message = format!("{name}() is not available: {why}");
        let at = self.constant(&Constant::Str(message), None);
        self.code.extra(Opcode::CallBuiltin, at, 1, at, Builtin::NotImplementedError as u32);
        self.code.last(Opcode::Raise, at, 0);
        to
    }

    pub(super) fn load_builtin(&mut self, builtin: Builtin, wanted: Option<Register>) -> Register {
        if let Some(number) = names::number(builtin) {
            return self.constant(&Constant::float(number), wanted);
        }
        if builtin == Builtin::DeviceName {
            // A value that only the device knows.
            let to = self.result(wanted);
            self.code.abx(Opcode::LoadBuiltin, to, Builtin::Device as u16);
            self.get_attribute(to, to, builtin.name());
            return to;
        }
        self.constant(&Constant::Builtin(builtin), wanted)
    }

    /// Loads the content of a cell and checks it, where it isn't sure to be bound. A variable is written behind the
    /// check only.
    fn load_checked(
        &mut self,
        wanted: Option<Register>,
        symbol: &Symbol,
        is_bound: bool,
        load: impl FnOnce(&mut Self, Register),
    ) -> Register {
        let to = self.result(wanted);
        if is_bound {
            load(self, to);
            return to;
        }
        let mark = self.next;
        let work = if self.is_variable(to) { self.alloc() } else { to };
        load(self, work);
        let index = self.out.pool.name(visible(&symbol.name));
        let check = if matches!(symbol.place, Place::Free(_)) { Opcode::CheckFree } else { unbound_check(symbol) };
        self.code.abx(check, work, index);
        self.move_to(to, work);
        self.next = mark;
        to
    }

    fn is_deleted_inside(&self, symbol: &Symbol) -> bool {
        let owner = symbol.owner.map_or(Some(symbol), |owner| self.scopes()[owner].symbol(&symbol.name));
        owner.is_some_and(|symbol| symbol.is(flag::DELETED_INSIDE))
    }

    fn check_local(&mut self, register: Register, symbol: &Symbol) {
        if !self.code.assigned.contains(register) {
            let index = self.out.pool.name(&symbol.name);
            self.code.abx(unbound_check(symbol), register, index);
            // Behind the check it is bound.
            self.code.assigned.insert(register);
        }
    }

    /// Stores a register to a name.
    pub(super) fn store_name(&mut self, name: &str, from: Register) {
        match self.place_of(name) {
            Place::Local(_) | Place::Inline => {
                if let Some(to) = self.variable_register(name) {
                    self.move_to(to, from);
                    self.code.assigned.insert(to);
                }
            }
            Place::Cell(cell) => {
                self.code.abc(Opcode::StoreCell, cell, from, 0);
                self.code.assigned.insert(cell);
            }
            Place::Free(number) => self.code.abx(Opcode::StoreFree, from, u16::from(number)),
            Place::Global(slot) | Place::Import(_, Some(slot)) => self.code.abx(Opcode::StoreGlobal, from, slot),
            Place::Dictionary => {
                if let Some(symbol) = self.symbol(name) {
                    self.store_in_dict(symbol, from);
                }
            }
            Place::Namespace(slot) => {
                let index = self.out.pool.name(&self.mangled(name));
                self.code.extra(Opcode::StoreName, 0, from, 0, halves(index, slot.unwrap_or(NONE)));
            }
            Place::Import(_, None) | Place::Builtin(_) | Place::ModuleName | Place::ModuleFile | Place::Unsupported => {
            }
        }
    }

    /// Does a store to the name leave a trace?
    pub(super) fn is_stored(&self, name: &str) -> bool {
        !matches!(self.place_of(name), Place::Import(_, None))
    }

    /// `del name`.
    pub(super) fn delete_name(&mut self, name: &str, span: Span) {
        self.code.span = span;
        match self.place_of(name) {
            Place::Local(register) => {
                if let Some(symbol) = self.symbol(name) {
                    self.check_local(register, symbol);
                }
                self.unbind(register);
            }
            Place::Cell(_) | Place::Free(_) => {
                let mark = self.next;
                let temporary = self.alloc();
                self.load_name(name, span, Some(temporary));
                self.unbind_name(name);
                self.next = mark;
            }
            Place::Global(slot) | Place::Import(_, Some(slot)) => self.code.abx(Opcode::DeleteGlobal, 0, slot),
            Place::Dictionary => {
                if let Some(symbol) = self.symbol(name) {
                    self.delete_from_dict(symbol);
                }
            }
            Place::Namespace(slot) => {
                let index = self.out.pool.name(&self.mangled(name));
                self.code.extra(Opcode::DeleteName, 0, 0, 0, halves(index, slot.unwrap_or(NONE)));
            }
            _ => {}
        }
    }

    fn unbind(&mut self, register: Register) {
        self.code.abc(Opcode::Unbind, register, 0, 0);
        self.code.assigned.remove(register);
    }

    /// The end of `except .. as name`: unbound, whether it still was bound or not.
    pub(super) fn unbind_name(&mut self, name: &str) {
        let mark = self.next;
        match self.place_of(name) {
            Place::Local(register) => self.unbind(register),
            Place::Cell(cell) => {
                let temporary = self.alloc();
                self.code.abc(Opcode::Unbind, temporary, 0, 0);
                self.code.abc(Opcode::StoreCell, cell, temporary, 0);
                self.code.assigned.remove(cell);
            }
            Place::Free(number) => {
                let temporary = self.alloc();
                self.code.abc(Opcode::Unbind, temporary, 0, 0);
                self.code.abx(Opcode::StoreFree, temporary, u16::from(number));
            }
            Place::Global(_) | Place::Namespace(_) | Place::Dictionary => {
                let temporary = self.alloc();
                self.load_none(temporary);
                self.store_name(name, temporary);
                self.delete_name(name, self.code.span);
            }
            _ => {}
        }
        self.next = mark;
    }
}

/// Which error an unbound variable is: to a comprehension a variable of the function around it is a free one, even
/// where it runs in that function's registers.
fn unbound_check(symbol: &Symbol) -> Opcode {
    if symbol.owner.is_some() { Opcode::CheckFree } else { Opcode::CheckLocal }
}

/// A symbol's name as messages show it.
fn visible(name: &str) -> &str {
    if name == CLASS_CELL { "__class__" } else { name }
}
