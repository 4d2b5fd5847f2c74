//! Names of code that a program makes: they are in two dicts, which the unit is called with.

use super::Unit;
use crate::assembler::Register;
use crate::constant::Constant;
use crate::scope::{GLOBALS, LOCALS, Place, ScopeKind, Symbol, flag};
use nano_wire::isa::{Opcode, halves};
use nano_wire::module::NONE;

impl Unit<'_, '_> {
    /// Is this code that the program makes?
    pub(super) fn is_made(&self) -> bool {
        self.context.module.made.is_some()
    }

    /// The register of a dict that the unit, or the one around it, was called with.
    fn names_dict(&mut self, name: &str) -> Register {
        match self.place_of(name) {
            Place::Local(register) => register,
            Place::Cell(cell) => {
                let to = self.alloc();
                self.code.abc(Opcode::LoadCell, to, cell, 0);
                to
            }
            Place::Free(number) => {
                let to = self.alloc();
                self.code.abx(Opcode::LoadFree, to, u16::from(number));
                to
            }
            _ => 0,
        }
    }

    /// The dict in which a name is stored.
    fn dict_of(&mut self, symbol: &Symbol) -> Register {
        let is_own = self.scopes()[self.scope].kind == ScopeKind::Module && !symbol.is(flag::GLOBAL);
        self.names_dict(if is_own { LOCALS } else { GLOBALS })
    }

    /// Loads a name from the locals if this is the unit itself, else or then from the globals, then the builtins.
    pub(super) fn load_from_dict(&mut self, symbol: &Symbol, wanted: Option<Register>) -> Register {
        let to = self.result(wanted);
        let mark = self.next;
        let first = self.dict_of(symbol);
        self.load_from(first, symbol, to);
        self.next = mark;
        to
    }

    /// Loads a name of a class from its namespace, else as any other.
    pub(super) fn load_from_class(&mut self, symbol: &Symbol, wanted: Option<Register>) -> Register {
        let to = self.result(wanted);
        self.load_from(0, symbol, to);
        to
    }

    /// Loads a name from a dict, else from the globals.
    fn load_from(&mut self, first: Register, symbol: &Symbol, to: Register) {
        let mark = self.next;
        let globals = self.names_dict(GLOBALS);
        let name = halves(self.out.pool.name(&symbol.name), NONE);
        let (is_there, end) = (self.code.label(), self.code.label());
        if first != globals {
            let key = self.constant(&Constant::Str(symbol.name.clone()), None);
            self.code.jump_extra(Opcode::JumpIn, key, first, 1, is_there);
        }
        self.code.extra(Opcode::LoadName, to, globals, 0, name);
        if first != globals {
            self.code.jump(end);
            self.code.place(is_there);
            self.code.extra(Opcode::LoadName, to, first, 0, name);
            self.code.place(end);
        }
        self.next = mark;
    }

    pub(super) fn store_in_dict(&mut self, symbol: &Symbol, from: Register) {
        let mark = self.next;
        let dict = self.dict_of(symbol);
        let name = self.out.pool.name(&symbol.name);
        self.code.extra(Opcode::StoreName, dict, from, 0, halves(name, NONE));
        self.next = mark;
    }

    pub(super) fn delete_from_dict(&mut self, symbol: &Symbol) {
        let mark = self.next;
        let dict = self.dict_of(symbol);
        let name = self.out.pool.name(&symbol.name);
        self.code.extra(Opcode::DeleteName, dict, 0, 0, halves(name, NONE));
        self.next = mark;
    }

    /// `__module__` of a class is what the globals say that `__name__` is.
    pub(super) fn store_module_of_class(&mut self) {
        let mark = self.next;
        let globals = self.names_dict(GLOBALS);
        let (key, value) = (self.alloc(), self.alloc());
        self.constant(&Constant::Str("__name__".to_owned()), Some(key));
        self.constant(&Constant::Str("builtins".to_owned()), Some(value));
        let is_absent = self.code.label();
        self.code.jump_extra(Opcode::JumpIn, key, globals, 0, is_absent);
        self.code.abc(Opcode::GetItem, value, globals, key);
        self.code.place(is_absent);
        let name = self.out.pool.name("__module__");
        self.code.extra(Opcode::StoreName, 0, value, 0, halves(name, NONE));
        self.next = mark;
    }
}
