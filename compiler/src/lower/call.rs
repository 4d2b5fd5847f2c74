//! Calls: windows whose arguments become the callee's registers, methods without bound objects, direct builtins.

use super::{Unit, at};
use crate::assembler::Register;
use crate::constant::Constant;
use crate::front::ast::{self, Expr};
use crate::front::{Span, Spanned, span};
use crate::library;
use crate::made;
use crate::names;
use crate::scope::{CLASS_CELL, Place, ScopeKind, flag};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

/// Arguments above which they are collected in a list.
const MANY: usize = 60;

impl<'a> Unit<'_, 'a> {
    pub(super) fn call(&mut self, node: &'a ast::ExprCall, wanted: Option<Register>) -> Register {
        let span = span!(node);
        let arguments = &*node.arguments.args;
        let keywords = &*node.arguments.keywords;
        let spread = arguments.iter().any(Expr::is_starred_expr)
            || keywords.iter().any(|keyword| keyword.arg.is_none())
            || arguments.len() + keywords.len() > MANY;
        if let Some(number) = self.made_unit(node) {
            let to = self.result(wanted);
            self.code.abx(Opcode::MakeFunction, to, number);
            return to;
        }
        let builtin = self.callee_builtin(&node.func);
        if builtin == Some(Builtin::SuperType)
            && arguments.is_empty()
            && keywords.is_empty()
            && let Some(register) = self.zero_argument_super(span, wanted)
        {
            return register;
        }
        if let Some(builtin @ (Builtin::Vars | Builtin::Dir)) = builtin
            && arguments.is_empty()
            && keywords.is_empty()
        {
            let message = format!("'{}()' without an argument is not available", builtin.name());
            let hint = "names are resolved when compiling; pass an object";
            let code = crate::diagnostic::code::UNSUPPORTED_BUILTIN;
            self.problems.push(crate::front::Problem::new(code, span, message).hint(hint));
        }
        if spread {
            return self.call_spread(node, wanted);
        }
        if !keywords.is_empty() {
            return self.call_keywords(node, wanted);
        }
        let mark = self.next;
        if let Some(builtin) = builtin {
            let first = self.arguments_in_a_row(arguments);
            if self.may_leave_early(builtin, arguments) {
                return self.call_and_give_up(builtin, first, arguments.len(), wanted, (span, mark));
            }
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = span;
            self.code.extra(Opcode::CallBuiltin, first, arguments.len() as u8, to, builtin as u32);
            return to;
        }
        if let Expr::Attribute(method) = &*node.func
            && self.builtin_module(&method.value).and_then(|module| self.supplement(module, &method.attr)).is_none()
        {
            let object = self.operand(&method.value);
            self.next = mark;
            let window = self.window(4);
            let at = self.attribute_span(method);
            self.code.span = at;
            let extra = self.name_cache(&method.attr);
            self.code.extra(Opcode::LoadMethod, window, object, 0, extra);
            for argument in arguments {
                self.push(argument);
            }
            self.next = mark;
            let to = self.result(wanted);
            self.code.span = if at == span!(method) { span } else { at.to(span) };
            self.code.abc(Opcode::CallMethod, window, arguments.len() as u8, to);
            return to;
        }
        let window = self.window(3);
        self.into(&node.func, window);
        for argument in arguments {
            self.push(argument);
        }
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span;
        self.code.abc(Opcode::Call, window, arguments.len() as u8, to);
        to
    }

    /// The unit that the library's module about made code calls by its number.
    fn made_unit(&self, node: &ast::ExprCall) -> Option<u16> {
        let (Expr::Name(callee), [Expr::NumberLiteral(number)]) = (&*node.func, &*node.arguments.args) else {
            return None;
        };
        let ast::Number::Int(number) = &number.value else { return None };
        let is_table = callee.id == made::UNIT && self.context.module.file.module == made::MODULE;
        number.as_u16().filter(|_| is_table && library::is_library(self.context.module.file))
    }

    /// The builtin that a callee surely is.
    fn callee_builtin(&self, callee: &Expr) -> Option<Builtin> {
        let builtin = match callee {
            Expr::Name(node) => match self.place_of(&node.id) {
                Place::Builtin(builtin) | Place::Import(builtin, _) => builtin,
                _ => return None,
            },
            Expr::Attribute(node) => names::member(self.builtin_module(&node.value)?, &node.attr)?,
            _ => return None,
        };
        names::is_callable(builtin).then_some(builtin)
    }

    /// Arguments in consecutive registers; variables that are so already stay where they are.
    fn arguments_in_a_row(&mut self, arguments: &'a [Expr]) -> Register {
        if let [argument] = arguments {
            return self.operand(argument);
        }
        let variable = |argument: &Expr| {
            let Expr::Name(node) = argument else { return None };
            let register = self.variable_register(&node.id)?;
            let walrus = self.symbol(&node.id).is_some_and(|symbol| symbol.is(flag::WALRUS));
            (!walrus && self.code.assigned.contains(register)).then_some(register)
        };
        if let Some(first) = arguments.first().and_then(variable)
            && arguments.iter().enumerate().all(|(index, argument)| variable(argument) == Some(at(first, index)))
        {
            return first;
        }
        let first = self.next;
        for argument in arguments {
            self.push(argument);
        }
        if arguments.is_empty() { 0 } else { first.min(255) as Register }
    }

    /// `super()` in a method: the class from its cell, and the first parameter.
    fn zero_argument_super(&mut self, span: Span, wanted: Option<Register>) -> Option<Register> {
        let unit = &self.scopes()[self.own];
        // Only a function with a parameter, inside a class.
        let class = self.scopes()[self.scope].symbol(CLASS_CELL).filter(|symbol| symbol.owner.is_some())?;
        if unit.kind != ScopeKind::Function && unit.kind != ScopeKind::Lambda {
            return None;
        }
        let first = unit.symbols.first().filter(|symbol| symbol.is(flag::PARAMETER))?;
        let mark = self.next;
        let window = self.window(2);
        // No check: the class is there once methods are called, and `super` tells if it isn't.
        match class.place {
            Place::Free(number) => self.code.abx(Opcode::LoadFree, window, u16::from(number)),
            Place::Cell(cell) => self.code.abc(Opcode::LoadCell, window, cell, 0),
            _ => {}
        }
        match first.place {
            Place::Cell(cell) => self.code.abc(Opcode::LoadCell, at(window, 1), cell, 0),
            Place::Local(register) => self.move_to(at(window, 1), register),
            _ => {}
        }
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span;
        self.code.extra(Opcode::CallBuiltin, window, 2, to, Builtin::SuperType as u32);
        Some(to)
    }

    fn call_keywords(&mut self, node: &'a ast::ExprCall, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let window = self.window(3);
        self.into(&node.func, window);
        for argument in &node.arguments.args {
            self.push(argument);
        }
        let mut keywords = Vec::new();
        for keyword in &node.arguments.keywords {
            if let Some(name) = &keyword.arg {
                keywords.push(Constant::Str(name.to_string()));
            }
            self.push(&keyword.value);
        }
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span!(node);
        let count = node.arguments.args.len() + keywords.len();
        let index = self.out.pool.index(&Constant::Tuple(keywords));
        self.code.extra(Opcode::CallKeywords, window, count as u8, to, u32::from(index));
        to
    }

    /// `f(*a, **k)`: the arguments as one list and one dict.
    fn call_spread(&mut self, node: &'a ast::ExprCall, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let window = self.window(5);
        self.into(&node.func, window);
        let (list, dict) = (at(window, 3), at(window, 4));
        let above = self.next;
        match &*node.arguments.args {
            // A single starred argument: CPython makes a tuple of it, too.
            [Expr::Starred(only)] => {
                let value = self.operand(&only.value);
                self.code.span = span!(node);
                self.code.abc(Opcode::BuildList, list, 0, 0);
                self.code.abc(Opcode::ListExtend, list, value, 1);
            }
            arguments => {
                self.items_into_list(arguments, span!(node), list);
            }
        }
        self.next = above;
        if node.arguments.keywords.is_empty() {
            self.load_none(dict);
        } else {
            self.code.span = span!(node);
            // Names come in one go; only what `**` brings can collide with them.
            let named = node.arguments.keywords.iter().take_while(|keyword| keyword.arg.is_some()).take(MANY);
            let named = named.count();
            let first = self.next.min(255) as Register;
            for keyword in &node.arguments.keywords[..named] {
                self.keyword_pair(keyword);
            }
            self.code.span = span!(node);
            self.code.abc(Opcode::BuildDict, dict, if named > 0 { first } else { 0 }, named as u8);
            self.next = above;
            for keyword in &node.arguments.keywords[named..] {
                let value = if keyword.arg.is_some() {
                    let pair = self.keyword_pair(keyword);
                    self.code.abc(Opcode::BuildDict, pair, pair, 1);
                    pair
                } else {
                    self.operand(&keyword.value)
                };
                self.code.span = span!(node);
                self.code.abc(Opcode::DictMerge, dict, value, 1);
                self.next = above;
            }
        }
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = node.func.span().to(span!(node));
        self.code.abc(Opcode::CallSpread, window, 0, to);
        to
    }

    /// A keyword's name and value in consecutive registers.
    fn keyword_pair(&mut self, keyword: &'a ast::Keyword) -> Register {
        let pair = self.alloc();
        if let Some(name) = &keyword.arg {
            let name = Constant::Str(name.to_string());
            self.constant(&name, Some(pair));
        }
        self.push(&keyword.value);
        pair
    }
}
