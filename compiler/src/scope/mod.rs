//! Scopes: which names a block binds, and where each of them lives.
//!
//! [`collect`] walks a module once and notes what is bound and used where (with CPython's errors for what is
//! misplaced); [`resolve`] then gives each name its [`Place`].
//!
//! A *unit* is a scope with registers of its own: module, function, lambda, class body, generator expression.
//! Comprehensions whose variables no inner unit captures are not units: they run in registers of the enclosing unit.

pub(crate) mod collect;
pub(crate) mod definitions;
mod expressions;
mod patterns;
pub(crate) mod resolve;
mod statements;

use crate::assembler::Register;
use crate::front::Span;
use nano_wire::builtins::Builtin;
use std::collections::HashMap;

pub(crate) type ScopeId = usize;

/// Names under which a unit that the program makes has its dicts; no identifiers either. See [`crate::made`].
pub(crate) const GLOBALS: &str = ".globals";
pub(crate) const LOCALS: &str = ".locals";

/// Name under which the cell `__class__` of a class body is kept; no identifier, so nothing else can be called so.
pub(crate) const CLASS_CELL: &str = ".class";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Function,
    Lambda,
    Class,
    /// List, set or dict comprehension.
    Comprehension,
    /// Generator expression.
    Generator,
}

/// What a block does with a name.
pub(crate) mod flag {
    /// Bound in this block.
    pub const BOUND: u16 = 1;
    /// Read in this block.
    pub const USED: u16 = 1 << 1;
    pub const PARAMETER: u16 = 1 << 2;
    /// Declared `global`.
    pub const GLOBAL: u16 = 1 << 3;
    /// Declared `nonlocal`.
    pub const NONLOCAL: u16 = 1 << 4;
    /// Unbound by `del` or by the end of an `except .. as`.
    pub const DELETED: u16 = 1 << 5;
    /// Target of `:=`.
    pub const WALRUS: u16 = 1 << 6;
    /// Annotated.
    pub const ANNOTATED: u16 = 1 << 7;
    /// Variable of a comprehension.
    pub const ITERATION: u16 = 1 << 8;
    /// An inner unit refers to it: it lives in a cell.
    pub const CAPTURED: u16 = 1 << 9;
    /// An inner unit deletes it.
    pub const DELETED_INSIDE: u16 = 1 << 10;
}

/// Where a name lives, as seen from one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a register.
    Local(Register),
    /// In a cell that a register holds.
    Cell(Register),
    /// In captured cell number n of the running function.
    Free(u8),
    /// In a global slot.
    Global(u16),
    /// In the class namespace; global slot of the same name.
    Namespace(Option<u16>),
    /// In a dict that is only known when it runs: `.locals` where the scope is a made unit itself, else `.globals`.
    Dictionary,
    /// A builtin that nothing shadows.
    Builtin(Builtin),
    /// A builtin that one import binds and nothing else; the slot or register it is stored to, if anyone can see it.
    Import(Builtin, Option<u16>),
    /// Variable of a comprehension that runs in the enclosing unit.
    Inline,
    /// `__name__` of the module.
    ModuleName,
    /// `__file__`.
    ModuleFile,
    /// A builtin of CPython that is not supported.
    Unsupported,
}

/// One name in one scope.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub name: String,
    pub flags: u16,
    /// Statements that bind it.
    pub bindings: u32,
    /// Where it is first read.
    pub first_use: Span,
    /// The builtin that an import binds it to.
    pub import: Option<Builtin>,
    /// Scope that owns it, where that is not this one.
    pub owner: Option<ScopeId>,
    pub place: Place,
}

impl Symbol {
    pub fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }
}

/// One scope.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the scope, none excludes another")]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// The unit it runs in; itself, or the enclosing one.
    pub unit: ScopeId,
    /// As tracebacks show it.
    pub name: String,
    pub qualname: String,
    pub symbols: Vec<Symbol>,
    pub index: HashMap<String, usize>,
    pub is_generator: bool,
    /// `async def`; also a generator, in which `await` is a `yield from`.
    pub is_coroutine: bool,
    /// A comprehension that runs in the enclosing unit.
    pub inlined: bool,
    /// Name of the innermost class, for private names.
    pub class_name: Option<String>,
    /// Registers that parameters and locals take (units).
    pub locals: usize,
    /// Captured cells: name and owner (units).
    pub free: Vec<(String, ScopeId)>,
    /// A method needs the cell `__class__` (class bodies).
    pub class_cell: bool,
}

impl Scope {
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.index.get(name).map(|index| &self.symbols[*index])
    }

    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, ScopeKind::Module | ScopeKind::Class)
    }
}

/// All scopes of a module; the first is the module's.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    pub all: Vec<Scope>,
    /// Scope of a function, lambda, class or comprehension by the address of its node.
    pub by_node: HashMap<usize, ScopeId>,
    /// Global slots of the module: their names.
    pub globals: Vec<String>,
    /// It is no module, but a unit whose names are in dicts.
    pub is_made: bool,
}

impl Scopes {
    /// The scope that a node opens.
    pub fn of<T>(&self, node: &T) -> ScopeId {
        self.by_node.get(&address(node)).copied().unwrap_or(0)
    }
}

/// Identity of a node: its address, which doesn't change while the tree lives.
pub(crate) fn address<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}

/// The name as it is inside a class (`__x` in class `C` is `_C__x`).
pub(crate) fn mangle<'n>(name: &'n str, class: Option<&str>) -> std::borrow::Cow<'n, str> {
    match class {
        Some(class) if name.starts_with("__") && !name.ends_with("__") => {
            let class = class.trim_start_matches('_');
            if class.is_empty() { name.into() } else { format!("_{class}{name}").into() }
        }
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::mangle;

    #[test]
    fn private_names() {
        assert_eq!(mangle("__x", Some("_C")), "_C__x");
        assert_eq!(mangle("__x__", Some("C")), "__x__");
        assert_eq!(mangle("__x", Some("__")), "__x");
        assert_eq!(mangle("_x", Some("C")), "_x");
        assert_eq!(mangle("__x", None), "__x");
    }
}
